/*
 * BLAKE2b-256 of bytes: tells whether two bodies are the same, names files after UIDs.
 * Not a secret and not a signature.
 */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stdbool.h>

#include "base/str.h"

#define DIGEST_SIZE 32

struct digest {
	unsigned char bytes[DIGEST_SIZE];
};

struct digest digest_of(struct str bytes);
bool digest_equal(const struct digest *a, const struct digest *b);

/* The first `bytes` bytes (at most DIGEST_SIZE) as lower-case hex plus NUL. */
void digest_hex(const struct digest *d, size_t bytes, char *out);

/* Fills with unpredictable bytes. */
void random_bytes(void *out, size_t len);

#endif
