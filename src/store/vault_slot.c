/*
 * A slot, 128 bytes, numbers little-endian:
 *
 *   off len
 *     0   1  kind: 1 passphrase, 2 key of 32 bytes
 *     1   1  id, 1 to 255, unique
 *     2   2  zero
 *     4   4  Argon2id passes (0 with kind 2)
 *     8   8  Argon2id memory in bytes (0 with kind 2)
 *    16  16  salt
 *    32  24  nonce
 *    56  48  data key, encrypted under the slot's key, with its tag
 *   104  16  label, filled up with NUL
 *   120   8  created, Unix seconds
 *
 * The slot's key is Argon2id(passphrase, salt), or keyed BLAKE2b-256 over a constant,
 * the vault's id and the salt. The encryption also covers a constant, the vault's id
 * and the first 32 bytes, so that a slot cannot be moved into another vault or made
 * cheaper.
 */
#include <config.h>

#include "store/vault_slot.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#define ID_AT 1
#define ZERO_AT 2
#define OPS_AT 4
#define MEM_AT 8
#define SALT_AT 16
#define NONCE_AT 32
#define WRAPPED_AT 56
#define LABEL_AT 104
#define CREATED_AT 120

#define DOMAIN_SIZE 16
#define COVERED (DOMAIN_SIZE + VAULT_ID_SIZE + NONCE_AT)

static_assert(WRAPPED_AT + VAULT_DEK_SIZE + VAULT_TAG_SIZE == LABEL_AT, "slot layout");
static_assert(VAULT_NONCE_SIZE == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	"nonce");
static_assert(VAULT_TAG_SIZE == crypto_aead_xchacha20poly1305_ietf_ABYTES, "tag");
static_assert(VAULT_DEK_SIZE == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "key");
static_assert(VAULT_SALT_SIZE == crypto_pwhash_SALTBYTES, "salt");

static const unsigned char slot_domain[DOMAIN_SIZE] = "calwiz-slot-v1\0";
static const unsigned char kek_domain[DOMAIN_SIZE] = "calwiz-kek-v1\0\0";

void le_put(unsigned char *out, uint64_t value, size_t count)
{
	for (size_t i = 0; i < count; i++, value >>= 8)
		out[i] = (unsigned char)(value & 0xff);
}

uint64_t le_get(const unsigned char *in, size_t count)
{
	uint64_t value = 0;

	while (count--)
		value = value << 8 | in[count];
	return value;
}

bool vault_label_ok(struct str label)
{
	for (size_t i = 0; i < label.len; i++) {
		const char c = label.ptr[i];
		if (!ascii_is_digit(c) && c != '-' &&
			(!ascii_is_alpha(c) || ascii_is_upper(c)))
			return false;
	}
	return label.len < VAULT_LABEL_SIZE;
}

static bool damaged(struct err *e, unsigned id, const char *what)
{
	return err_set(e, ERR_CONFIG,
		"the settings are damaged: slot %u, %s; config.cwv.prev is the copy "
		"before",
		id, what);
}

static bool cost_ok(const struct vault_slot *s)
{
	if (s->kind == SLOT_KEY)
		return !s->opslimit && !s->memlimit;
	return s->opslimit >= 1 && s->opslimit <= VAULT_OPS_MAX &&
	       s->memlimit >= VAULT_MEM_MIN && s->memlimit <= VAULT_MEM_MAX;
}

static bool label_padded(const char label[VAULT_LABEL_SIZE])
{
	const size_t len = strnlen(label, VAULT_LABEL_SIZE);

	return vault_label_ok((struct str){label, len}) &&
	       sodium_is_zero((const unsigned char *)label + len,
		       VAULT_LABEL_SIZE - len);
}

bool vault_slot_read(struct vault_slot *s, const unsigned char raw[VAULT_SLOT_SIZE],
	struct err *e)
{
	struct vault_slot r = {.id = raw[ID_AT]};

	if (raw[0] != SLOT_PASSPHRASE && raw[0] != SLOT_KEY)
		return damaged(e, r.id, "of an unknown kind");
	r.kind = raw[0] == SLOT_KEY ? SLOT_KEY : SLOT_PASSPHRASE;
	r.opslimit = (uint32_t)le_get(raw + OPS_AT, 4);
	r.memlimit = le_get(raw + MEM_AT, 8);
	r.created = (int64_t)le_get(raw + CREATED_AT, 8);
	memcpy(r.salt, raw + SALT_AT, sizeof(r.salt));
	memcpy(r.nonce, raw + NONCE_AT, sizeof(r.nonce));
	memcpy(r.wrapped, raw + WRAPPED_AT, sizeof(r.wrapped));
	memcpy(r.label, raw + LABEL_AT, sizeof(r.label));
	if (!r.id)
		return damaged(e, r.id, "a number that is not used");
	if (!sodium_is_zero(raw + ZERO_AT, OPS_AT - ZERO_AT))
		return damaged(e, r.id, "something where nothing belongs");
	if (!cost_ok(&r))
		return damaged(e, r.id, "the cost of its slow hash is out of bounds");
	if (!label_padded(r.label))
		return damaged(e, r.id, "its label");
	*s = r;
	return true;
}

void vault_slot_write(const struct vault_slot *s, unsigned char raw[VAULT_SLOT_SIZE])
{
	memset(raw, 0, VAULT_SLOT_SIZE);
	raw[0] = (unsigned char)s->kind;
	raw[ID_AT] = s->id;
	le_put(raw + OPS_AT, s->opslimit, 4);
	le_put(raw + MEM_AT, s->memlimit, 8);
	memcpy(raw + SALT_AT, s->salt, sizeof(s->salt));
	memcpy(raw + NONCE_AT, s->nonce, sizeof(s->nonce));
	memcpy(raw + WRAPPED_AT, s->wrapped, sizeof(s->wrapped));
	memcpy(raw + LABEL_AT, s->label, sizeof(s->label));
	le_put(raw + CREATED_AT, (uint64_t)s->created, 8);
}

static void covered_of(const struct vault_slot *s, const unsigned char *vault_id,
	unsigned char out[COVERED])
{
	unsigned char raw[VAULT_SLOT_SIZE];

	vault_slot_write(s, raw);
	memcpy(out, slot_domain, DOMAIN_SIZE);
	memcpy(out + DOMAIN_SIZE, vault_id, VAULT_ID_SIZE);
	memcpy(out + DOMAIN_SIZE + VAULT_ID_SIZE, raw, NONCE_AT);
}

static void kek_from_key(const struct vault_slot *s, const unsigned char *vault_id,
	struct secret *key, unsigned char *kek)
{
	unsigned char message[DOMAIN_SIZE + VAULT_ID_SIZE + VAULT_SALT_SIZE];

	memcpy(message, kek_domain, DOMAIN_SIZE);
	memcpy(message + DOMAIN_SIZE, vault_id, VAULT_ID_SIZE);
	memcpy(message + DOMAIN_SIZE + VAULT_ID_SIZE, s->salt, VAULT_SALT_SIZE);
	(void)crypto_generichash(kek, VAULT_DEK_SIZE, message, sizeof(message),
		(const unsigned char *)secret_open(key), KEY_SIZE);
	secret_close(key);
}

static bool kek_from_passphrase(const struct vault_slot *s, struct secret *passphrase,
	unsigned char *kek, struct err *e)
{
	const struct str typed = secret_view(passphrase);
	const int failed =
		crypto_pwhash(kek, VAULT_DEK_SIZE, typed.ptr, typed.len, s->salt,
			s->opslimit, (size_t)s->memlimit, crypto_pwhash_ALG_ARGON2ID13);

	secret_close(passphrase);
	if (failed)
		return err_set(e, ERR_SYSTEM,
			"the passphrase cannot be used now: it needs %llu MB of memory",
			(unsigned long long)(s->memlimit >> 20));
	return true;
}

/* The key a slot's own encryption uses; the caller's. NULL on failure. */
static struct secret *kek_of(const struct vault_slot *s, const unsigned char *vault_id,
	const struct vault_unlock *u, struct err *e)
{
	AUTO(secret) *kek = secret_new(VAULT_DEK_SIZE);
	unsigned char *bytes = (unsigned char *)secret_open(kek);
	bool done = true;

	if (s->kind == SLOT_KEY)
		kek_from_key(s, vault_id, u->key->key, bytes);
	else
		done = kek_from_passphrase(s, u->passphrase, bytes, e);
	secret_set_len(kek, VAULT_DEK_SIZE);
	secret_close(kek);
	return done ? take(&kek) : NULL;
}

bool vault_slot_wrap(struct vault_slot *s, const unsigned char vault_id[VAULT_ID_SIZE],
	struct secret *dek, const struct vault_unlock *u, struct err *e)
{
	unsigned char covered[COVERED];
	AUTO(secret) *kek = kek_of(s, vault_id, u, e);

	if (!kek)
		return false;
	covered_of(s, vault_id, covered);
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt(s->wrapped, NULL,
		(const unsigned char *)secret_open(dek), VAULT_DEK_SIZE, covered,
		sizeof(covered), NULL, s->nonce,
		(const unsigned char *)secret_open(kek));
	secret_close(dek);
	secret_close(kek);
	return true;
}

bool vault_slot_unwrap(const struct vault_slot *s,
	const unsigned char vault_id[VAULT_ID_SIZE], const struct vault_unlock *u,
	struct secret **dek, struct err *e)
{
	unsigned char covered[COVERED];
	AUTO(secret) *opened = secret_new(VAULT_DEK_SIZE);
	AUTO(secret) *kek = kek_of(s, vault_id, u, e);

	if (!kek)
		return false;
	covered_of(s, vault_id, covered);
	const int failed = crypto_aead_xchacha20poly1305_ietf_decrypt(
		(unsigned char *)secret_open(opened), NULL, NULL, s->wrapped,
		sizeof(s->wrapped), covered, sizeof(covered), s->nonce,
		(const unsigned char *)secret_open(kek));
	secret_close(kek);
	secret_set_len(opened, VAULT_DEK_SIZE);
	secret_close(opened);
	*dek = failed ? NULL : take(&opened);
	return true;
}
