/*
 * A vault file, numbers little-endian; its size must match exactly:
 *
 *   header, 64 bytes
 *   off len
 *     0   8  magic 89 43 57 56 0d 0a 1a 0a: breaks when copied as text
 *     8   2  version, 1
 *    10   1  suite, 1: Argon2id13, BLAKE2b, XChaCha20-Poly1305-IETF
 *    11   1  number of slots, 1 to 8
 *    12   4  flags, 0
 *    16  16  id of the vault, random, the same until it is made anew
 *    32   8  generation, 1 at the first save, one more at each
 *    40   4  length of the payload: padded text and 16 bytes of tag
 *    44   4  length of header, slots and MAC, as a second witness
 *    48  16  zero
 *   slots, 128 bytes each (vault_slot.c)
 *   MAC, 32 bytes: BLAKE2b-256 of all before it
 *   nonce, 24 bytes, fresh at each save
 *   payload: the text, padded to a multiple of 1024 (ISO/IEC 7816-4), encrypted; the
 *            encryption also covers header, slots and MAC
 *
 * Both keys are derived from the data key: number 1 for the MAC, number 2 for the
 * payload. The MAC commits to the data key, which XChaCha20-Poly1305 alone does not.
 */
#include <config.h>

#include "store/vault_image.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "base/mem.h"

#define VERSION_AT 8
#define SUITE_AT 10
#define SLOTS_AT 11
#define FLAGS_AT 12
#define ID_AT 16
#define GENERATION_AT 32
#define PAYLOAD_LEN_AT 40
#define HEADER_LEN_AT 44
#define ZERO_AT 48

#define LAYOUT 1
#define SUITE 1

enum subkey { SUBKEY_MAC = 1, SUBKEY_PAYLOAD = 2 };

static_assert(VAULT_DEK_SIZE == crypto_kdf_KEYBYTES, "data key");
static_assert(VAULT_MAC_SIZE == crypto_generichash_BYTES, "MAC");

static const unsigned char magic[VERSION_AT] = {0x89, 'C', 'W', 'V', '\r', '\n', 0x1a,
	'\n'};

static size_t slots_end(size_t n_slots)
{
	return VAULT_HEADER_SIZE + n_slots * VAULT_SLOT_SIZE;
}

static size_t covered_len(size_t n_slots)
{
	return slots_end(n_slots) + VAULT_MAC_SIZE;
}

static bool damaged(struct err *e, const char *what)
{
	return err_set(e, ERR_CONFIG,
		"the settings are damaged: %s; config.cwv.prev is the copy before",
		what);
}

static bool newer(struct err *e, const char *what, unsigned long number)
{
	return err_set(e, ERR_CONFIG,
		"the settings were written by a newer calwiz (%s %lu); install that "
		"version",
		what, number);
}

static bool check_size_and_magic(struct str image, struct err *e)
{
	if (str_starts(image, STR("calwiz-config ")))
		return err_set(e, ERR_CONFIG,
			"this is plain text, which is never taken for encrypted "
			"settings; "
			"remove it and run calwiz");
	if (image.len < VAULT_IMAGE_MIN)
		return damaged(e, "the file is cut off");
	if (image.len > VAULT_IMAGE_MAX)
		return damaged(e, "the file is too large");
	if (memcmp(image.ptr, magic, 4) != 0)
		return err_set(e, ERR_CONFIG, "this is not a settings file of calwiz");
	if (memcmp(image.ptr, magic, sizeof(magic)) != 0)
		return damaged(e, "the file was changed by a copy as text");
	return true;
}

static bool check_version(const unsigned char *raw, struct err *e)
{
	const unsigned long version = (unsigned long)le_get(raw + VERSION_AT, 2);
	const unsigned long flags = (unsigned long)le_get(raw + FLAGS_AT, 4);

	if (version == 0)
		return damaged(e, "version 0 never was");
	if (version != LAYOUT)
		return newer(e, "version", version);
	if (raw[SUITE_AT] != SUITE)
		return newer(e, "suite", raw[SUITE_AT]);
	if (flags)
		return newer(e, "flags", flags);
	return true;
}

static bool check_lengths(const struct vault_head *h, const unsigned char *raw,
	size_t size, struct err *e)
{
	if (h->n_slots < 1 || h->n_slots > VAULT_SLOTS_MAX)
		return damaged(e, "the number of slots is not 1 to 8");
	if (h->generation == 0)
		return damaged(e, "the generation is 0");
	if (h->payload_len < VAULT_PAYLOAD_MIN || h->payload_len > VAULT_PAYLOAD_MAX ||
		(h->payload_len - VAULT_TAG_SIZE) % VAULT_PAD)
		return damaged(e, "the length of the contents");
	if (le_get(raw + HEADER_LEN_AT, 4) != covered_len(h->n_slots))
		return damaged(e, "the length of the header");
	if (!sodium_is_zero(raw + ZERO_AT, VAULT_HEADER_SIZE - ZERO_AT))
		return damaged(e, "the header has something where nothing belongs");
	const size_t whole =
		covered_len(h->n_slots) + VAULT_NONCE_SIZE + h->payload_len;
	if (size < whole)
		return damaged(e, "the file is cut off");
	if (size > whole)
		return damaged(e, "the file has something added at its end");
	return true;
}

static bool read_slots(struct vault_head *h, const unsigned char *raw, struct err *e)
{
	for (size_t i = 0; i < h->n_slots; i++) {
		if (!vault_slot_read(&h->slots[i], raw + slots_end(i), e))
			return false;
		for (size_t j = 0; j < i; j++)
			if (h->slots[j].id == h->slots[i].id)
				return damaged(e, "two slots have the same number");
	}
	return true;
}

bool vault_head_read(struct vault_head *h, struct str image, struct err *e)
{
	const unsigned char *raw = (const unsigned char *)image.ptr;

	if (!check_size_and_magic(image, e) || !check_version(raw, e))
		return false;
	struct vault_head r = {.n_slots = raw[SLOTS_AT],
		.generation = le_get(raw + GENERATION_AT, 8),
		.payload_len = (size_t)le_get(raw + PAYLOAD_LEN_AT, 4)};
	memcpy(r.vault_id, raw + ID_AT, VAULT_ID_SIZE);
	if (!check_lengths(&r, raw, image.len, e) || !read_slots(&r, raw, e))
		return false;
	*h = r;
	return true;
}

static bool has_slot(const struct vault_head *h, enum slot_kind kind)
{
	for (size_t i = 0; i < h->n_slots; i++)
		if (h->slots[i].kind == kind)
			return true;
	return false;
}

/* The first bytes of an id are enough to tell two key files apart. */
static bool another_vault(const struct vault_head *h, const struct vault_key *k,
	struct err *e)
{
	char ours[9];
	char theirs[9];

	(void)sodium_bin2hex(ours, sizeof(ours), h->vault_id, 4);
	(void)sodium_bin2hex(theirs, sizeof(theirs), k->vault_id, 4);
	return err_set(e, ERR_CONFIG,
		"the key belongs to another vault (%s..., the settings are %s...); put "
		"the "
		"key file that was made with these settings in its place",
		theirs, ours);
}

static bool can_unlock(const struct vault_head *h, const struct vault_unlock *u,
	struct err *e)
{
	assert(!u->key != !u->passphrase);
	if (!has_slot(h, u->key ? SLOT_KEY : SLOT_PASSPHRASE))
		return err_set(e, ERR_CONFIG,
			"these settings are opened with a %s, not a %s",
			u->key ? "passphrase" : "key", u->key ? "key" : "passphrase");
	if (u->key && !u->key->any_vault &&
		memcmp(u->key->vault_id, h->vault_id, VAULT_ID_SIZE) != 0)
		return another_vault(h, u->key, e);
	return true;
}

bool vault_head_unlock(const struct vault_head *h, const struct vault_unlock *u,
	struct secret **dek, struct err *e)
{
	const enum slot_kind kind = u->key ? SLOT_KEY : SLOT_PASSPHRASE;
	struct secret *found = NULL;

	if (!can_unlock(h, u, e))
		return false;
	for (size_t i = 0; i < h->n_slots && !found; i++)
		if (h->slots[i].kind == kind &&
			!vault_slot_unwrap(&h->slots[i], h->vault_id, u, &found, e))
			return false;
	if (!found && u->key)
		return err_set(e, ERR_CONFIG,
			"the key does not open the settings: it is another key, or "
			"they "
			"are damaged; config.cwv.prev is the copy before");
	if (!found)
		return err_set(e, ERR_CONFIG,
			"the passphrase is not right; type it again");
	*dek = found;
	return true;
}

static struct secret *derive(struct secret *dek, enum subkey number)
{
	struct secret *key = secret_new(VAULT_DEK_SIZE);

	(void)crypto_kdf_derive_from_key((unsigned char *)secret_open(key),
		VAULT_DEK_SIZE, (uint64_t)number, "cwvault1",
		(const unsigned char *)secret_open(dek));
	secret_close(dek);
	secret_set_len(key, VAULT_DEK_SIZE);
	secret_close(key);
	return key;
}

static void mac_of(const unsigned char *raw, size_t len, struct secret *dek,
	unsigned char mac[VAULT_MAC_SIZE])
{
	AUTO(secret) *key = derive(dek, SUBKEY_MAC);

	(void)crypto_generichash(mac, VAULT_MAC_SIZE, raw, len,
		(const unsigned char *)secret_open(key), VAULT_DEK_SIZE);
	secret_close(key);
}

static bool check_mac(const struct vault_head *h, const unsigned char *raw,
	struct secret *dek, struct err *e)
{
	unsigned char mac[VAULT_MAC_SIZE];

	mac_of(raw, slots_end(h->n_slots), dek, mac);
	if (sodium_memcmp(mac, raw + slots_end(h->n_slots), sizeof(mac)) != 0)
		return damaged(e, "the seal of the header is broken");
	return true;
}

/* Decrypts into `padded`, which has room for all of it. */
static bool decrypt(const struct vault_head *h, const unsigned char *raw,
	struct secret *dek, struct secret *padded, struct err *e)
{
	AUTO(secret) *key = derive(dek, SUBKEY_PAYLOAD);
	const size_t covered = covered_len(h->n_slots);
	const int failed = crypto_aead_xchacha20poly1305_ietf_decrypt(
		(unsigned char *)secret_open(padded), NULL, NULL,
		raw + covered + VAULT_NONCE_SIZE, h->payload_len, raw, covered,
		raw + covered, (const unsigned char *)secret_open(key));

	secret_close(key);
	secret_close(padded);
	return !failed || damaged(e, "the seal of the contents is broken");
}

static bool unpad(struct secret *padded, struct err *e)
{
	size_t len = 0;
	const int failed =
		sodium_unpad(&len, (const unsigned char *)secret_open(padded),
			secret_capacity(padded), VAULT_PAD);

	secret_set_len(padded, failed ? 0 : len);
	secret_close(padded);
	return !failed ||
	       damaged(e, "the contents are not filled up as they should be");
}

bool vault_image_open(const struct vault_head *h, struct str image, struct secret *dek,
	struct secret **text, struct err *e)
{
	const unsigned char *raw = (const unsigned char *)image.ptr;
	AUTO(secret) *padded = secret_new(h->payload_len - VAULT_TAG_SIZE);

	if (!check_mac(h, raw, dek, e) || !decrypt(h, raw, dek, padded, e) ||
		!unpad(padded, e))
		return false;
	*text = take(&padded);
	return true;
}

static bool text_fits(struct secret *text, struct err *e)
{
	const struct str bytes = secret_view(text);
	size_t lines = 0;

	for (size_t i = 0; i < bytes.len; i++)
		lines += bytes.ptr[i] == '\n';
	secret_close(text);
	/* The padding takes at least one byte. */
	if (bytes.len < VAULT_TEXT_MAX && lines <= VAULT_LINES_MAX)
		return true;
	return err_set(e, ERR_CONFIG,
		"the settings are too large to be saved (%zu bytes, %zu lines); choose "
		"fewer "
		"calendars",
		bytes.len, lines);
}

static struct secret *padded_copy(struct secret *text)
{
	const size_t len = secret_len(text);
	const size_t room = len + VAULT_PAD - len % VAULT_PAD;
	struct secret *padded = secret_new(room);
	char *bytes = secret_open(padded);
	size_t whole = 0;

	memcpy(bytes, secret_open(text), len);
	secret_close(text);
	const int failed =
		sodium_pad(&whole, (unsigned char *)bytes, len, VAULT_PAD, room);
	assert(!failed && whole == room);
	secret_set_len(padded, whole);
	secret_close(padded);
	return padded;
}

/* Header and slots, without the MAC. */
static void write_head(const struct vault_head *h, size_t payload_len,
	unsigned char *raw)
{
	memset(raw, 0, VAULT_HEADER_SIZE);
	memcpy(raw, magic, sizeof(magic));
	le_put(raw + VERSION_AT, LAYOUT, 2);
	raw[SUITE_AT] = SUITE;
	raw[SLOTS_AT] = (unsigned char)h->n_slots;
	memcpy(raw + ID_AT, h->vault_id, VAULT_ID_SIZE);
	le_put(raw + GENERATION_AT, h->generation, 8);
	le_put(raw + PAYLOAD_LEN_AT, payload_len, 4);
	le_put(raw + HEADER_LEN_AT, covered_len(h->n_slots), 4);
	for (size_t i = 0; i < h->n_slots; i++)
		vault_slot_write(&h->slots[i], raw + slots_end(i));
}

static void encrypt(struct secret *padded, struct secret *dek, size_t covered,
	const unsigned char *nonce, unsigned char *raw)
{
	AUTO(secret) *key = derive(dek, SUBKEY_PAYLOAD);

	memcpy(raw + covered, nonce, VAULT_NONCE_SIZE);
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt(raw + covered +
								 VAULT_NONCE_SIZE,
		NULL, (const unsigned char *)secret_open(padded), secret_len(padded),
		raw, covered, NULL, nonce, (const unsigned char *)secret_open(key));
	secret_close(key);
	secret_close(padded);
}

bool vault_image_seal(const struct vault_head *h, struct secret *dek,
	struct secret *text, const unsigned char nonce[VAULT_NONCE_SIZE],
	struct buf *image, struct err *e)
{
	assert(h->n_slots >= 1 && h->n_slots <= VAULT_SLOTS_MAX && h->generation);
	if (!text_fits(text, e))
		return false;
	AUTO(secret) *padded = padded_copy(text);
	const size_t payload_len = secret_len(padded) + VAULT_TAG_SIZE;
	const size_t covered = covered_len(h->n_slots);
	const size_t size = covered + VAULT_NONCE_SIZE + payload_len;
	AUTO_FREE unsigned char *raw = xmalloc(size);

	write_head(h, payload_len, raw);
	mac_of(raw, slots_end(h->n_slots), dek, raw + slots_end(h->n_slots));
	encrypt(padded, dek, covered, nonce, raw);
	buf_add(image, (struct str){(const char *)raw, size});
	return buf_ok(image) ||
	       err_set(e, ERR_INTERNAL, "no room for the sealed settings");
}
