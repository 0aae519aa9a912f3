/*
 * Memory for a password or a key: locked, fenced by guard pages, left out of core
 * dumps, wiped on release, and unreadable (PROT_NONE) but between secret_open() and
 * secret_close(). The type has no format for printf, so it cannot be logged.
 *
 * secrets_init() must have succeeded once before anything else here is called.
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

struct secret;

bool secrets_init(struct err *e) MUST_USE;

/* An empty secret with room for `capacity` bytes, which never grows. */
struct secret *secret_new(size_t capacity) MUST_USE;
void secret_free(struct secret *s); /* wipes; accepts NULL */
AUTO_DEFINE(secret)

size_t secret_len(const struct secret *s);
size_t secret_capacity(const struct secret *s);

/* Opens the memory and lends its bytes, NUL-terminated, until secret_close(). Opening
 * twice without closing is a mistake of ours (asserted). Write through `bytes` only
 * below the capacity, then tell the length with secret_set_len(). */
char *secret_open(struct secret *s);
void secret_close(struct secret *s);
struct str secret_view(struct secret *s); /* like secret_open, as a slice */
void secret_set_len(struct secret *s, size_t len);

/* Edits between offsets in bytes; false when it would not fit (then nothing changes).
 */
bool secret_insert(struct secret *s, size_t at, struct str bytes);
void secret_remove(struct secret *s, size_t at, size_t count);
void secret_wipe(struct secret *s); /* length 0, bytes zeroed */

struct secret *secret_copy(struct secret *s) MUST_USE;
struct secret *secret_from(
	struct str bytes) MUST_USE; /* the source stays the caller's */
bool secret_equal(struct secret *a, struct secret *b); /* in constant time */

/* Zeroes memory in a way the compiler keeps. */
void wipe(void *p, size_t len);

#endif
