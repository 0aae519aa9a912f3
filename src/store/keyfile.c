#include <config.h>

#include "store/keyfile.h"

#include <assert.h>
#include <string.h>

#include "base/digest.h"
#include "base/file.h"
#include "store/private_file.h"

#define FAMILY STR("CALWIZ-KEY-")
#define PREFIX STR("CALWIZ-KEY-1:")
#define ID_AT 13
#define KEY_AT (ID_AT + 2 * VAULT_ID_SIZE + 1)
#define CHECK_AT (KEY_AT + 2 * KEY_SIZE + 1)
#define CHECK_BYTES 4
#define WITH_LINE_END (KEYFILE_LEN + 2)

static_assert(CHECK_AT + 2 * CHECK_BYTES == KEYFILE_LEN, "parts of the key line");

void vault_key_clear(struct vault_key *k)
{
	secret_free(k->key);
	*k = (struct vault_key){0};
}

void vault_key_make(struct vault_key *k, const unsigned char vault_id[VAULT_ID_SIZE])
{
	*k = (struct vault_key){.key = secret_new(KEY_SIZE)};
	memcpy(k->vault_id, vault_id, VAULT_ID_SIZE);
	random_bytes(secret_open(k->key), KEY_SIZE);
	secret_set_len(k->key, KEY_SIZE);
	secret_close(k->key);
}

static void hex_write(char *out, const unsigned char *bytes, size_t count)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < count; i++) {
		*out++ = digits[bytes[i] >> 4];
		*out++ = digits[bytes[i] & 15];
	}
}

static void hex_read(unsigned char *out, struct str hex)
{
	for (size_t i = 0; i + 1 < hex.len; i += 2)
		*out++ = (unsigned char)(ascii_hex(hex.ptr[i]) << 4 |
					 ascii_hex(hex.ptr[i + 1]));
}

static bool is_lower_hex(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (ascii_hex(s.ptr[i]) < 0 || ascii_is_upper(s.ptr[i]))
			return false;
	return true;
}

static struct str without_line_end(struct str text)
{
	if (str_ends(text, STR("\r\n")))
		return str_slice(text, 0, text.len - 2);
	if (str_ends(text, STR("\n")))
		return str_slice(text, 0, text.len - 1);
	return text;
}

static void check_of(struct str line, char out[2 * CHECK_BYTES + 1])
{
	const struct digest d = digest_of(str_slice(line, 0, CHECK_AT - 1));
	digest_hex(&d, CHECK_BYTES, out);
}

static bool check_line(struct str line, struct err *e)
{
	char check[2 * CHECK_BYTES + 1];

	if (!str_starts(line, FAMILY))
		return err_set(e, ERR_CONFIG,
			"this is not a key of calwiz: it does not begin with "
			"CALWIZ-KEY-1");
	if (!str_starts(line, PREFIX))
		return err_set(e, ERR_CONFIG,
			"the key was written by a newer calwiz; install that version");
	if (line.len != KEYFILE_LEN)
		return err_set(e, ERR_CONFIG,
			"the key is damaged: %zu characters instead of %d; put back a "
			"copy",
			line.len, KEYFILE_LEN);
	if (line.ptr[KEY_AT - 1] != ':' || line.ptr[CHECK_AT - 1] != ':' ||
		!is_lower_hex(str_slice(line, ID_AT, KEY_AT - 1)) ||
		!is_lower_hex(str_slice(line, KEY_AT, CHECK_AT - 1)))
		return err_set(e, ERR_CONFIG,
			"the key is damaged: a character does not belong; put back a "
			"copy");
	check_of(line, check);
	if (!str_is(str_from(line, CHECK_AT), check))
		return err_set(e, ERR_CONFIG,
			"the key is damaged: its check does not match; put back a "
			"copy");
	return true;
}

bool vault_key_parse(struct vault_key *k, struct str text, struct err *e)
{
	const bool raw = text.len == KEY_SIZE;
	const struct str line = without_line_end(text);

	if (!raw && !check_line(line, e))
		return false;
	*k = (struct vault_key){.any_vault = raw, .key = secret_new(KEY_SIZE)};
	unsigned char *key = (unsigned char *)secret_open(k->key);
	if (raw) {
		memcpy(key, text.ptr, KEY_SIZE);
	} else {
		hex_read(k->vault_id, str_slice(line, ID_AT, KEY_AT - 1));
		hex_read(key, str_slice(line, KEY_AT, CHECK_AT - 1));
	}
	secret_set_len(k->key, KEY_SIZE);
	secret_close(k->key);
	return true;
}

struct secret *vault_key_format(const struct vault_key *k)
{
	struct secret *text = secret_new(KEYFILE_LEN + 1);
	char *line = secret_open(text);
	char check[2 * CHECK_BYTES + 1];

	memcpy(line, PREFIX.ptr, PREFIX.len);
	hex_write(line + ID_AT, k->vault_id, VAULT_ID_SIZE);
	line[KEY_AT - 1] = ':';
	hex_write(line + KEY_AT, (const unsigned char *)secret_open(k->key), KEY_SIZE);
	secret_close(k->key);
	line[CHECK_AT - 1] = ':';
	check_of((struct str){line, CHECK_AT}, check);
	memcpy(line + CHECK_AT, check, 2 * CHECK_BYTES);
	line[KEYFILE_LEN] = '\n';
	secret_set_len(text, KEYFILE_LEN + 1);
	secret_close(text);
	return text;
}

bool vault_key_load(struct vault_key *k, int dirfd, const char *name, const char *shown,
	struct err *e)
{
	AUTO_CLOSE int fd = -1;
	AUTO(secret) *text = secret_new(WITH_LINE_END);
	size_t len = 0;

	if (!private_open(dirfd, name, shown, &fd, e))
		return false;
	char *bytes = secret_open(text);
	const bool done = private_read(fd, shown, bytes, WITH_LINE_END, &len, e) &&
	                  (vault_key_parse(k, (struct str){bytes, len}, e) ||
				  err_wrap(e, "%s", shown));
	secret_close(text);
	return done;
}

bool vault_key_save(const struct vault_key *k, int dirfd, const char *name,
	struct err *e)
{
	AUTO(secret) *text = vault_key_format(k);
	const bool done = file_replace(dirfd, name, secret_view(text), 0600, e);

	secret_close(text);
	return done;
}
