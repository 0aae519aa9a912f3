#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "base/mem.h"
#include "store/vault_image.h"

/*
 * The published vector: every value that is random elsewhere is fixed, and the bytes
 * were found with another implementation.
 */
#define VECTOR_SIZE 1416
#define VECTOR_BITS (VECTOR_SIZE * (size_t)8)
#define SLOT_1 VAULT_HEADER_SIZE
#define SLOT_2 (VAULT_HEADER_SIZE + VAULT_SLOT_SIZE)
#define MAC_AT (VAULT_HEADER_SIZE + 2 * VAULT_SLOT_SIZE)
#define PASSPHRASE "correct horse battery staple"

static const char vector_text[] = "calwiz-config 1\n"
				  "account.1.kind icloud\n"
				  "account.1.login me@example.com\n"
				  "account.1.secret abcd-efgh-ijkl-mnop\n"
				  "end\n";

struct vector {
	struct vault_head head;
	struct secret *dek;
	struct vault_key key;
	struct secret *passphrase;
	struct vault_unlock by_key;
	struct vault_unlock by_passphrase;
	struct buf image;
};

/* The real function under its other name, so that a test sees what it is asked for. */
static unsigned kdf_calls;

int crypto_pwhash(unsigned char *const out, unsigned long long outlen,
	const char *const passwd, unsigned long long passwdlen,
	const unsigned char *const salt, unsigned long long opslimit, size_t memlimit,
	int alg)
{
	kdf_calls++;
	return crypto_pwhash_argon2id(out, outlen, passwd, passwdlen, salt, opslimit,
		memlimit, alg);
}

static struct secret *counted_secret(unsigned char first)
{
	struct secret *s = secret_new(32);
	char *bytes = secret_open(s);

	for (unsigned i = 0; i < 32; i++)
		bytes[i] = (char)(first + i);
	secret_set_len(s, 32);
	secret_close(s);
	return s;
}

static struct vault_slot vector_slot(enum slot_kind kind)
{
	const bool key = kind == SLOT_KEY;
	struct vault_slot s = {.kind = kind, .id = key ? 1 : 2, .created = 1700000000};

	s.opslimit = key ? 0 : 3;
	s.memlimit = key ? 0 : 67108864;
	memset(s.salt, key ? 0x11 : 0x33, sizeof(s.salt));
	memset(s.nonce, key ? 0x22 : 0x44, sizeof(s.nonce));
	memcpy(s.label, key ? "keyfile" : "recovery", key ? 7 : 8);
	return s;
}

static void seal_vector(struct vector *v)
{
	AUTO(secret) *text = secret_from(str_of(vector_text));
	unsigned char nonce[VAULT_NONCE_SIZE];

	memset(nonce, 0x55, sizeof(nonce));
	buf_reset(&v->image);
	assert_true(vault_image_seal(&v->head, v->dek, text, nonce, &v->image, NULL));
}

static int make_vector(void **state)
{
	struct vector *v = xcalloc(1, sizeof(*v));

	assert_true(secrets_init(NULL));
	v->dek = counted_secret(0x40);
	v->key.key = counted_secret(0x80);
	v->passphrase = secret_from(STR(PASSPHRASE));
	v->by_key.key = &v->key;
	v->by_passphrase.passphrase = v->passphrase;
	for (unsigned i = 0; i < VAULT_ID_SIZE; i++)
		v->head.vault_id[i] = v->key.vault_id[i] = (unsigned char)i;
	v->head.generation = 7;
	v->head.n_slots = 2;
	v->head.slots[0] = vector_slot(SLOT_KEY);
	v->head.slots[1] = vector_slot(SLOT_PASSPHRASE);
	assert_true(vault_slot_wrap(&v->head.slots[0], v->head.vault_id, v->dek,
		&v->by_key, NULL));
	assert_true(vault_slot_wrap(&v->head.slots[1], v->head.vault_id, v->dek,
		&v->by_passphrase, NULL));
	seal_vector(v);
	*state = v;
	return 0;
}

static int drop_vector(void **state)
{
	struct vector *v = *state;

	secret_free(v->dek);
	secret_free(v->passphrase);
	vault_key_clear(&v->key);
	buf_clear(&v->image);
	free(v);
	return 0;
}

static void assert_hex(const void *bytes, size_t len, const char *hex)
{
	AUTO_FREE char *got = xmalloc(len * 2 + 1);

	(void)sodium_bin2hex(got, len * 2 + 1, bytes, len);
	assert_string_equal(got, hex);
}

static void test_vector_bytes(void **state)
{
	const struct vector *v = *state;
	const char *image = v->image.ptr;
	unsigned char sha[crypto_hash_sha256_BYTES];

	assert_int_equal(v->image.len, VECTOR_SIZE);
	assert_hex(v->head.slots[0].wrapped, 48,
		"9ea10b11d486760a4b0c8d8847151deaaa4730181bb02546ae68a243cf51d707"
		"f53b1a67d917adf6e7c8ae5f2aa4c21a");
	assert_hex(v->head.slots[1].wrapped, 48,
		"b053ffca514e13f1ad138afb8ffd7791db8a30c4f42874abc8598e3b80f9cfd4"
		"4fad16e9216b66f1df96614444a3f10a");
	assert_hex(image + MAC_AT, VAULT_MAC_SIZE,
		"4d88b22c32f692d934f360a07a454c87c1662982c14f2984699bfa43c0100914");
	assert_hex(image + VECTOR_SIZE - 16, 16, "9065e156fb00edd292ed2d98d88980a7");
	crypto_hash_sha256(sha, (const unsigned char *)image, VECTOR_SIZE);
	assert_hex(sha, sizeof(sha),
		"4978a795bb222c7924c3cddc52851391bd6a0958fd9f076106eb7ba794f818c4");
}

/* Opens an exact heap copy, so that a read past the end is found out. */
static bool open_copy(struct str image, const struct vault_unlock *u,
	struct secret **text, struct err *e)
{
	AUTO_FREE char *copy = xmalloc(image.len ? image.len : 1);
	AUTO(vault) *v = NULL;

	if (image.len)
		memcpy(copy, image.ptr, image.len);
	return vault_open_image(&v, text, (struct str){copy, image.len}, u, e);
}

static void assert_vector_text(struct secret *text)
{
	const struct str bytes = secret_view(text);
	const bool same = str_eq(bytes, str_of(vector_text));

	secret_close(text);
	assert_true(same);
}

static void test_vector_opens_with_key(void **state)
{
	const struct vector *v = *state;
	AUTO(vault) *opened = NULL;
	AUTO(secret) *text = NULL;
	struct err e = {0};

	assert_true(
		vault_open_image(&opened, &text, buf_view(&v->image), &v->by_key, &e));
	assert_int_equal(e.code, ERR_NONE);
	assert_vector_text(text);
	assert_int_equal(vault_generation(opened), 7);
	assert_int_equal(vault_slot_count(opened), 2);
	assert_memory_equal(vault_id(opened), v->head.vault_id, VAULT_ID_SIZE);
}

static void test_vector_opens_with_passphrase(void **state)
{
	const struct vector *v = *state;
	AUTO(secret) *text = NULL;

	kdf_calls = 0;
	assert_true(open_copy(buf_view(&v->image), &v->by_passphrase, &text, NULL));
	assert_int_equal(kdf_calls, 1);
	assert_vector_text(text);
}

static void test_vector_opens_with_raw_key(void **state)
{
	struct vector *v = *state;
	AUTO(secret) *text = NULL;

	v->key.any_vault = true;
	memset(v->key.vault_id, 0, VAULT_ID_SIZE);
	assert_true(open_copy(buf_view(&v->image), &v->by_key, &text, NULL));
	assert_vector_text(text);
}

/* One that would not be refused must also not have moved any output. */
static void assert_refused(struct str image, const struct vault_unlock *u,
	struct err *e)
{
	struct secret *text = NULL;

	*e = (struct err){0};
	assert_false(open_copy(image, u, &text, e));
	assert_int_equal(e->code, ERR_CONFIG);
	assert_true(e->message[0] != '\0');
	assert_null(text);
}

static void test_every_changed_bit_is_refused(void **state)
{
	const struct vector *v = *state;
	char *image = v->image.ptr;
	struct err e;

	for (size_t bit = 0; bit < VECTOR_BITS; bit++) {
		image[bit / 8] = (char)(image[bit / 8] ^ (1 << bit % 8));
		assert_refused(buf_view(&v->image), &v->by_key, &e);
		image[bit / 8] = (char)(image[bit / 8] ^ (1 << bit % 8));
	}
	AUTO(secret) *text = NULL;
	assert_true(open_copy(buf_view(&v->image), &v->by_key, &text, NULL));
}

static void test_every_cut_is_refused(void **state)
{
	const struct vector *v = *state;
	struct err e;

	for (size_t len = 0; len < VECTOR_SIZE; len++)
		assert_refused(str_slice(buf_view(&v->image), 0, len), &v->by_key, &e);
}

static void test_added_bytes_are_refused(void **state)
{
	struct vector *v = *state;
	struct err e;

	buf_char(&v->image, '\0');
	assert_refused(buf_view(&v->image), &v->by_key, &e);
	assert_non_null(strstr(e.message, "added at its end"));
	while (v->image.len < VECTOR_SIZE + VAULT_PAD)
		buf_char(&v->image, '\0');
	assert_refused(buf_view(&v->image), &v->by_key, &e);
	while (v->image.len <= VAULT_IMAGE_MAX)
		buf_char(&v->image, '\0');
	assert_refused(buf_view(&v->image), &v->by_key, &e);
	assert_non_null(strstr(e.message, "too large"));
}

static void test_plain_text_is_refused(void **state)
{
	const struct vector *v = *state;
	SCOPED(buf) text = buf_with_max(0);
	struct err e;

	buf_text(&text, vector_text);
	assert_refused(buf_view(&text), &v->by_key, &e);
	assert_non_null(strstr(e.message, "plain text"));
	while (text.len < VECTOR_SIZE)
		buf_char(&text, '\n');
	assert_refused(buf_view(&text), &v->by_key, &e);
	assert_non_null(strstr(e.message, "plain text"));
}

/* One field after the other set to what must be refused, and the words for it. */
static void test_words_for_fields(void **state)
{
	static const struct {
		size_t at;
		size_t size;
		uint64_t value;
		const char *said;
	} cases[] = {
		{0, 1, 0x88, "not a settings file"},
		{4, 2, 0x0a0a, "copy as text"},
		{8, 2, 0, "version 0"},
		{8, 2, 2, "newer calwiz (version 2)"},
		{8, 2, 0xffff, "newer calwiz (version 65535)"},
		{10, 1, 2, "newer calwiz (suite 2)"},
		{12, 4, 1, "newer calwiz (flags 1)"},
		{12, 4, 0x80000000, "newer calwiz (flags"},
		{11, 1, 0, "number of slots"},
		{11, 1, 9, "number of slots"},
		{11, 1, 1, "length of the header"},
		{32, 8, 0, "generation is 0"},
		{40, 4, 1039, "length of the contents"},
		{40, 4, 1041, "length of the contents"},
		{40, 4, 1048592 + 1024, "length of the contents"},
		{40, 4, 1040 + 1024, "cut off"},
		{44, 4, 353, "length of the header"},
		{48, 1, 1, "where nothing belongs"},
		{63, 1, 1, "where nothing belongs"},
		{SLOT_1, 1, 0, "slot 1, of an unknown kind"},
		{SLOT_1, 1, 3, "slot 1, of an unknown kind"},
		{SLOT_1 + 1, 1, 0, "a number that is not used"},
		{SLOT_1 + 1, 1, 2, "two slots"},
		{SLOT_1 + 2, 2, 1, "slot 1, something where nothing belongs"},
		{SLOT_1 + 4, 4, 1, "slot 1, the cost"},
		{SLOT_1 + 8, 8, 1, "slot 1, the cost"},
		{SLOT_2 + 4, 4, 0, "slot 2, the cost"},
		{SLOT_2 + 4, 4, 17, "slot 2, the cost"},
		{SLOT_2 + 4, 4, UINT32_MAX, "slot 2, the cost"},
		{SLOT_2 + 8, 8, (64ULL << 20) - 1, "slot 2, the cost"},
		{SLOT_2 + 8, 8, (1ULL << 30) + 1, "slot 2, the cost"},
		{SLOT_2 + 8, 8, 1ULL << 40, "slot 2, the cost"},
		{SLOT_2 + 8, 8, UINT64_MAX, "slot 2, the cost"},
		{SLOT_1 + 104, 1, 'K', "its label"},
		{SLOT_1 + 104, 1, 0, "its label"},
		{SLOT_1 + 104 + 7, 8, 0x2d2d2d2d2d2d2d2d, "seal of the header"},
		{SLOT_1 + 104 + 15, 1, 'x', "its label"},
		{SLOT_1 + 16, 1, 0, "the key does not open"},
		{SLOT_1 + 56, 1, 0, "the key does not open"},
		{SLOT_2 + 56, 1, 0, "seal of the header"},
		{SLOT_2 + 120, 1, 9, "seal of the header"},
		{32, 1, 8, "seal of the header"},
		{MAC_AT, 1, 0, "seal of the header"},
		{MAC_AT + 32, 1, 0, "seal of the contents"},
		{MAC_AT + 32 + 24, 1, 0, "seal of the contents"},
		{VECTOR_SIZE - 1, 1, 0, "seal of the contents"},
	};
	const struct vector *v = *state;
	struct err e;

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		SCOPED(buf) image = buf_with_max(0);
		buf_add(&image, buf_view(&v->image));
		le_put((unsigned char *)image.ptr + cases[i].at, cases[i].value,
			cases[i].size);
		assert_refused(buf_view(&image), &v->by_key, &e);
		if (!strstr(e.message, cases[i].said))
			fail_msg("case %zu: %s", i, e.message);
	}
}

/* The damage is said before a single round of the slow hash is paid. */
static void test_forged_cost_is_not_paid(void **state)
{
	static const struct {
		size_t at;
		size_t size;
		uint64_t value;
	} cases[] = {
		{SLOT_2 + 4, 4, UINT32_MAX},
		{SLOT_2 + 4, 4, 17},
		{SLOT_2 + 4, 4, 0},
		{SLOT_2 + 8, 8, 1ULL << 40},
		{SLOT_2 + 8, 8, (1ULL << 30) + 1},
		{SLOT_2 + 8, 8, 8192},
	};
	const struct vector *v = *state;
	struct err e;

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		SCOPED(buf) image = buf_with_max(0);
		buf_add(&image, buf_view(&v->image));
		le_put((unsigned char *)image.ptr + cases[i].at, cases[i].value,
			cases[i].size);
		kdf_calls = 0;
		assert_refused(buf_view(&image), &v->by_passphrase, &e);
		assert_int_equal(kdf_calls, 0);
		assert_non_null(strstr(e.message, "the cost"));
	}
}

static void test_wrong_keys(void **state)
{
	struct vector *v = *state;
	struct err e;

	v->key.vault_id[0] = 0xab;
	assert_refused(buf_view(&v->image), &v->by_key, &e);
	assert_non_null(strstr(e.message, "belongs to another vault (ab010203..."));
	assert_non_null(strstr(e.message, "00010203..."));
	v->key.vault_id[0] = 0;
	secret_free(v->key.key);
	v->key.key = counted_secret(0x81);
	assert_refused(buf_view(&v->image), &v->by_key, &e);
	assert_non_null(strstr(e.message, "the key does not open"));
	v->key.any_vault = true;
	assert_refused(buf_view(&v->image), &v->by_key, &e);
	assert_non_null(strstr(e.message, "the key does not open"));
}

static void test_wrong_passphrase(void **state)
{
	const struct vector *v = *state;
	AUTO(secret) *wrong = secret_from(STR(PASSPHRASE " "));
	const struct vault_unlock u = {.passphrase = wrong};
	struct err e;

	assert_refused(buf_view(&v->image), &u, &e);
	assert_non_null(strstr(e.message, "passphrase is not right"));
}

static void test_no_such_slot(void **state)
{
	struct vector *v = *state;
	struct err e;

	v->head.n_slots = 1;
	seal_vector(v);
	kdf_calls = 0;
	assert_refused(buf_view(&v->image), &v->by_passphrase, &e);
	assert_non_null(strstr(e.message, "opened with a key, not a passphrase"));
	assert_int_equal(kdf_calls, 0);
	v->head.slots[0] = v->head.slots[1];
	seal_vector(v);
	assert_refused(buf_view(&v->image), &v->by_key, &e);
	assert_non_null(strstr(e.message, "opened with a passphrase, not a key"));
}

/* Same key, same data key, other vault: what was wrapped for one does not open the
 * other, although its header is sealed as it should be. */
static void test_slot_of_another_vault(void **state)
{
	struct vector *v = *state;
	struct err e;

	v->head.vault_id[15] = 0x77;
	v->key.vault_id[15] = 0x77;
	seal_vector(v);
	assert_refused(buf_view(&v->image), &v->by_key, &e);
	assert_non_null(strstr(e.message, "the key does not open"));
}

/* A second slot for another key is tried after the first did not fit. */
static void test_second_key_slot(void **state)
{
	struct vector *v = *state;
	struct vault_key other = {.any_vault = true, .key = counted_secret(0xa0)};
	const struct vault_unlock u = {.key = &other};
	AUTO(secret) *text = NULL;

	v->head.slots[2] = vector_slot(SLOT_KEY);
	v->head.slots[2].id = 255;
	assert_true(
		vault_slot_wrap(&v->head.slots[2], v->head.vault_id, v->dek, &u, NULL));
	v->head.n_slots = 3;
	seal_vector(v);
	assert_true(open_copy(buf_view(&v->image), &u, &text, NULL));
	assert_vector_text(text);
	vault_key_clear(&other);
}

/* With the keys at hand one can seal contents whose padding is wrong: refused as well.
 */
static void test_bad_padding(void **state)
{
	struct vector *v = *state;
	unsigned char key[32];
	unsigned char block[VAULT_PAD] = {0};
	unsigned char *raw = (unsigned char *)v->image.ptr;
	const size_t covered = MAC_AT + VAULT_MAC_SIZE;
	struct err e;

	(void)crypto_kdf_derive_from_key(key, sizeof(key), 2, "cwvault1",
		(const unsigned char *)secret_open(v->dek));
	secret_close(v->dek);
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt(raw + covered +
								 VAULT_NONCE_SIZE,
		NULL, block, sizeof(block), raw, covered, NULL, raw + covered, key);
	assert_refused(buf_view(&v->image), &v->by_key, &e);
	assert_non_null(strstr(e.message, "filled up"));
}

static struct secret *filled(size_t len, char c)
{
	struct secret *s = secret_new(len);

	memset(secret_open(s), c, len);
	secret_set_len(s, len);
	secret_close(s);
	return s;
}

static void test_sizes(void **state)
{
	static const struct {
		size_t len;
		size_t payload; /* 0 = refused */
	} cases[] = {
		{0, 1040},
		{1, 1040},
		{1023, 1040},
		{1024, 2064},
		{1025, 2064},
		{VAULT_TEXT_MAX - 1, 1048592},
		{VAULT_TEXT_MAX, 0},
		{VAULT_TEXT_MAX + 1, 0},
	};
	const struct vector *v = *state;
	const unsigned char nonce[VAULT_NONCE_SIZE] = {1};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		SCOPED(buf) image = buf_with_max(VAULT_IMAGE_MAX);
		AUTO(secret) *text = filled(cases[i].len, 'x');
		AUTO(secret) *again = NULL;
		struct err e = {0};
		const bool done =
			vault_image_seal(&v->head, v->dek, text, nonce, &image, &e);
		assert_int_equal(done, cases[i].payload != 0);
		if (!done) {
			assert_int_equal(e.code, ERR_CONFIG);
			assert_int_equal(image.len, 0);
			continue;
		}
		assert_int_equal(image.len, MAC_AT + 32 + 24 + cases[i].payload);
		assert_true(open_copy(buf_view(&image), &v->by_key, &again, &e));
		assert_true(secret_equal(text, again));
	}
}

/* What would be refused on reading is not written either. */
static void test_too_many_lines(void **state)
{
	const struct vector *v = *state;
	const unsigned char nonce[VAULT_NONCE_SIZE] = {1};
	SCOPED(buf) image = buf_with_max(VAULT_IMAGE_MAX);
	AUTO(secret) *most = filled(VAULT_LINES_MAX, '\n');
	AUTO(secret) *more = filled(VAULT_LINES_MAX + 1, '\n');
	struct err e = {0};

	assert_true(vault_image_seal(&v->head, v->dek, most, nonce, &image, &e));
	buf_reset(&image);
	assert_false(vault_image_seal(&v->head, v->dek, more, nonce, &image, &e));
	assert_int_equal(e.code, ERR_CONFIG);
}

static void test_eight_slots(void **state)
{
	struct vector *v = *state;
	AUTO(secret) *text = NULL;

	for (size_t i = 0; i < VAULT_SLOTS_MAX; i++) {
		v->head.slots[i] = vector_slot(SLOT_KEY);
		v->head.slots[i].id = (unsigned char)(i + 1);
		assert_true(vault_slot_wrap(&v->head.slots[i], v->head.vault_id, v->dek,
			&v->by_key, NULL));
	}
	v->head.n_slots = VAULT_SLOTS_MAX;
	seal_vector(v);
	assert_true(open_copy(buf_view(&v->image), &v->by_key, &text, NULL));
	assert_vector_text(text);
}

static void test_label(void **state)
{
	static const struct {
		const char *label;
		bool good;
	} cases[] = {
		{"", true},
		{"keyfile", true},
		{"a-9", true},
		{"fifteen-letters", true},
		{"sixteen--letters", false},
		{"Key", false},
		{"a b", false},
		{"a_b", false},
		{"\xc3\xa9", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		assert_int_equal(vault_label_ok(str_of(cases[i].label)), cases[i].good);
}

#define WITH_VECTOR(test)                                                              \
	cmocka_unit_test_setup_teardown(test, make_vector, drop_vector)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_VECTOR(test_vector_bytes),
		WITH_VECTOR(test_vector_opens_with_key),
		WITH_VECTOR(test_vector_opens_with_passphrase),
		WITH_VECTOR(test_vector_opens_with_raw_key),
		WITH_VECTOR(test_every_changed_bit_is_refused),
		WITH_VECTOR(test_every_cut_is_refused),
		WITH_VECTOR(test_added_bytes_are_refused),
		WITH_VECTOR(test_plain_text_is_refused),
		WITH_VECTOR(test_words_for_fields),
		WITH_VECTOR(test_forged_cost_is_not_paid),
		WITH_VECTOR(test_wrong_keys),
		WITH_VECTOR(test_wrong_passphrase),
		WITH_VECTOR(test_no_such_slot),
		WITH_VECTOR(test_slot_of_another_vault),
		WITH_VECTOR(test_second_key_slot),
		WITH_VECTOR(test_bad_padding),
		WITH_VECTOR(test_sizes),
		WITH_VECTOR(test_too_many_lines),
		WITH_VECTOR(test_eight_slots),
		cmocka_unit_test(test_label),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
