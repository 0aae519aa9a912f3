/*
 * The bytes are taken twice: as an image, and as the text of one. The second way gets
 * behind the MAC, which no mutation of an image does.
 */
#include <config.h>

#include "store/vault_image.h"
#include "tests/fuzz/fuzz.h"

/* Key and id are those of the published vector, which is in the corpus. */
static struct secret *counted(unsigned char first)
{
	struct secret *s = secret_new(KEY_SIZE);
	char *bytes = secret_open(s);

	for (unsigned i = 0; i < KEY_SIZE; i++)
		bytes[i] = (char)(first + i);
	secret_set_len(s, KEY_SIZE);
	secret_close(s);
	return s;
}

static bool opens(struct str image, const struct vault_key *key)
{
	const struct vault_unlock unlock = {.key = key};
	AUTO(vault) *v = NULL;
	AUTO(secret) *text = NULL;
	struct err e = {0};

	const bool done = vault_open_image(&v, &text, image, &unlock, &e);
	must_tell(done, &e, ERR_CONFIG);
	must(done == (v != NULL) && done == (text != NULL));
	must(!done || secret_len(text) < VAULT_TEXT_MAX);
	return done;
}

/* A slot that is accepted is written as it was read. */
static void check_head(struct str image)
{
	struct vault_head h = {0};
	struct err e = {0};
	unsigned char raw[VAULT_SLOT_SIZE];

	const bool done = vault_head_read(&h, image, &e);
	must_tell(done, &e, ERR_CONFIG);
	must(h.n_slots <= VAULT_SLOTS_MAX);
	for (size_t i = 0; i < h.n_slots; i++) {
		vault_slot_write(&h.slots[i], raw);
		must(!memcmp(raw, image.ptr + VAULT_HEADER_SIZE + i * VAULT_SLOT_SIZE,
			sizeof(raw)));
	}
}

static void seal(struct buf *image, struct str bytes, const struct vault_key *key)
{
	static const unsigned char nonce[VAULT_NONCE_SIZE] = {0x55};
	AUTO(secret) *dek = counted(0x40);
	AUTO(secret) *text = secret_from(bytes);
	const struct vault_unlock unlock = {.key = key};
	struct vault_head h = {.generation = 7,
		.n_slots = 1,
		.slots = {{.kind = SLOT_KEY, .id = 1, .label = "keyfile"}}};
	struct err e = {0};

	memcpy(h.vault_id, key->vault_id, VAULT_ID_SIZE);
	must(vault_slot_wrap(&h.slots[0], h.vault_id, dek, &unlock, NULL));
	must_tell(vault_image_seal(&h, dek, text, nonce, image, &e), &e, ERR_CONFIG);
}

static void check_text(struct str bytes, const struct vault_key *key)
{
	const struct vault_unlock unlock = {.key = key};
	SCOPED(buf) image = buf_with_max(VAULT_IMAGE_MAX);
	AUTO(vault) *v = NULL;
	AUTO(secret) *text = NULL;

	seal(&image, bytes, key);
	if (!image.len)
		return; /* refused: more lines than a vault may hold */
	must(vault_open_image(&v, &text, buf_view(&image), &unlock, NULL));
	const bool same = str_eq(secret_view(text), bytes);
	secret_close(text);
	must(same);
	/* One bit, anywhere: chosen by the bytes, so that all get their turn. */
	const size_t at =
		(bytes.len ? (unsigned char)bytes.ptr[0] : 0) * 257U + bytes.len * 31;
	image.ptr[at % image.len] ^= (char)(1U << at % 7);
	must(!opens(buf_view(&image), key));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct str bytes = input_of(data, size);
	struct vault_key key = {0};

	must(secrets_init(NULL));
	for (unsigned i = 0; i < VAULT_ID_SIZE; i++)
		key.vault_id[i] = (unsigned char)i;
	key.key = counted(0x80);
	check_head(bytes);
	(void)opens(bytes, &key);
	check_text(bytes, &key);
	vault_key_clear(&key);
	return 0;
}
