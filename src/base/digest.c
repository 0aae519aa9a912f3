#include <config.h>

#include "base/digest.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

struct digest digest_of(struct str bytes)
{
	struct digest d;

	crypto_generichash(d.bytes, sizeof(d.bytes), (const unsigned char *)bytes.ptr,
		bytes.len, NULL, 0);
	return d;
}

bool digest_equal(const struct digest *a, const struct digest *b)
{
	return !memcmp(a->bytes, b->bytes, DIGEST_SIZE);
}

void digest_hex(const struct digest *d, size_t bytes, char *out)
{
	assert(bytes <= DIGEST_SIZE);
	(void)sodium_bin2hex(out, bytes * 2 + 1, d->bytes, bytes);
}

void random_bytes(void *out, size_t len)
{
	randombytes_buf(out, len);
}
