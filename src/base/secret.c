#include <config.h>

#include "base/secret.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "base/mem.h"

struct secret {
	char *bytes; /* owned sodium_malloc memory of capacity + 1 */
	size_t len;
	size_t capacity;
	bool open;
};

bool secrets_init(struct err *e)
{
	if (sodium_init() < 0)
		return err_set(e, ERR_SYSTEM,
			"the cryptographic library does not start");
	return true;
}

struct secret *secret_new(size_t capacity)
{
	struct secret *s = xcalloc(1, sizeof(*s));

	s->capacity = capacity;
	s->bytes = sodium_malloc(capacity + 1);
	if (!s->bytes) {
		/* Guard pages need address space; without it there is no safe place. */
		static const char message[] = "calwiz: out of protected memory\n";
		(void)!write(STDERR_FILENO, message, sizeof(message) - 1);
		exit(EXIT_SYSTEM);
	}
	memset(s->bytes, 0, capacity + 1);
	(void)sodium_mprotect_noaccess(s->bytes);
	return s;
}

void secret_free(struct secret *s)
{
	if (!s)
		return;
	sodium_free(s->bytes); /* wipes */
	free(s);
}

size_t secret_len(const struct secret *s)
{
	return s->len;
}

size_t secret_capacity(const struct secret *s)
{
	return s->capacity;
}

char *secret_open(struct secret *s)
{
	assert(!s->open);
	(void)sodium_mprotect_readwrite(s->bytes);
	s->open = true;
	return s->bytes;
}

void secret_close(struct secret *s)
{
	assert(s->open);
	s->open = false;
	(void)sodium_mprotect_noaccess(s->bytes);
}

struct str secret_view(struct secret *s)
{
	return (struct str){secret_open(s), s->len};
}

void secret_set_len(struct secret *s, size_t len)
{
	assert(s->open && len <= s->capacity);
	s->len = len;
	s->bytes[len] = '\0';
}

bool secret_insert(struct secret *s, size_t at, struct str bytes)
{
	if (at > s->len || bytes.len > s->capacity - s->len)
		return false;
	char *p = secret_open(s);
	memmove(p + at + bytes.len, p + at, s->len - at);
	if (bytes.len)
		memcpy(p + at, bytes.ptr, bytes.len);
	secret_set_len(s, s->len + bytes.len);
	secret_close(s);
	return true;
}

void secret_remove(struct secret *s, size_t at, size_t count)
{
	if (at > s->len)
		return;
	if (count > s->len - at)
		count = s->len - at;
	char *p = secret_open(s);
	memmove(p + at, p + at + count, s->len - at - count);
	wipe(p + s->len - count, count);
	secret_set_len(s, s->len - count);
	secret_close(s);
}

void secret_wipe(struct secret *s)
{
	wipe(secret_open(s), s->capacity + 1);
	secret_set_len(s, 0);
	secret_close(s);
}

struct secret *secret_copy(struct secret *s)
{
	struct secret *copy = secret_from(secret_view(s));

	secret_close(s);
	return copy;
}

struct secret *secret_from(struct str bytes)
{
	struct secret *s = secret_new(bytes.len);

	(void)secret_insert(s, 0, bytes);
	return s;
}

bool secret_equal(struct secret *a, struct secret *b)
{
	if (a == b)
		return true;
	const struct str x = secret_view(a);
	const struct str y = secret_view(b);
	const bool same = x.len == y.len && sodium_memcmp(x.ptr, y.ptr, x.len) == 0;
	secret_close(a);
	secret_close(b);
	return same;
}

void wipe(void *p, size_t len)
{
	sodium_memzero(p, len);
}
