/*
 * Memory that is always there: on exhaustion these write one line to stderr and call
 * exit(71), which restores the terminal. That is safe because nothing the program does
 * is lost when it ends between two steps. Whatever a server chooses the size of goes
 * through a struct buf with a ceiling instead (base/buf.h).
 *
 * Results are the caller's; release with free().
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

#include "base/auto.h"

void *xmalloc(size_t size) MUST_USE;
void *xcalloc(size_t count, size_t size) MUST_USE;                /* zeroed */
void *xreallocarray(void *p, size_t count, size_t size) MUST_USE; /* overflow checked */
char *xstrdup(const char *text) MUST_USE;
char *xstrndup(const char *text, size_t len) MUST_USE;
char *xasprintf(const char *fmt, ...) PRINTF_LIKE(1, 2) MUST_USE;

/* Like xstrdup, but NULL stays NULL. */
char *xstrdup_or_null(const char *text) MUST_USE;

/*
 * Makes room for one more element in a growing array: *cap elements of `size` bytes at
 * p, of which `len` are used. Returns the (possibly moved) array and updates *cap.
 */
void *xgrow(void *p, size_t len, size_t *cap, size_t size) MUST_USE;

#endif
