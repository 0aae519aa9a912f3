/*
 * A growing byte buffer with a ceiling.
 *
 * Everything whose size somebody else chooses goes through one. An addition that would
 * pass the ceiling adds nothing and sets `full`, which stays set until buf_reset(); so
 * a builder checks once, at the end, with buf_ok(). ptr[len] is always NUL once
 * anything was added; before that ptr may be NULL.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>

#include "base/str.h"

struct buf {
	char *ptr;
	size_t len;
	size_t cap;
	size_t max; /* bytes, without the closing NUL; 0 = no ceiling of its own */
	bool full;
};

struct buf buf_with_max(size_t max);
void buf_clear(struct buf *b); /* releases; the ceiling stays */
void buf_reset(struct buf *b); /* empty again, memory kept */

void buf_add(struct buf *b, struct str bytes);
void buf_text(struct buf *b, const char *text);
void buf_char(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Adds &amp; &lt; &gt; &quot; for the XML characters that need it. */
void buf_xml(struct buf *b, struct str text);

/* Adds text as the inside of a JSON string (RFC 8259): the caller writes the quotes.
 * The text must be UTF-8; bytes that are not become U+FFFD. */
void buf_json(struct buf *b, struct str text);

bool buf_ok(const struct buf *b);
struct str buf_view(const struct buf *b);  /* borrowed until the next addition */
const char *buf_cstr(const struct buf *b); /* borrowed; never NULL */
char *buf_take(struct buf *b) MUST_USE;    /* the caller's; b is empty afterwards */

#endif
