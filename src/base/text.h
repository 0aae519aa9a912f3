/*
 * Text for people: strict UTF-8 and the one door for bytes from outside.
 *
 * Whatever comes from a server, a file name or an event passes text_safe() before it
 * reaches a terminal, a log or an error message. Width is counted in terminal columns
 * with wcwidth(3), so LC_CTYPE must be set to a UTF-8 locale by the program.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define UTF8_BAD UINT32_MAX

/* Decodes the first character of a non-empty slice. *used is the number of bytes to
 * step over (at least 1). UTF8_BAD for anything RFC 3629 does not allow. */
uint32_t utf8_next(struct str s, size_t *used);

bool utf8_valid(struct str s);

/* Writes the UTF-8 form of c to out (4 bytes room); returns its length. */
size_t utf8_encode(uint32_t c, char out[4]);

/* True for characters that must not reach a terminal: controls, bidi marks, zero-width
 * and invisible characters, tags, private use and noncharacters. */
bool text_is_unsafe(uint32_t c);

/* Columns one character takes: 0, 1 or 2; an unprintable one counts 1. */
int text_char_width(uint32_t c);

int text_width(struct str s); /* of text that is already safe */

enum text_charset {
	TEXT_UTF8,
	TEXT_ASCII, /* every non-ASCII character becomes `?` (one a column) */
};

/*
 * Makes bytes from outside fit for people: invalid UTF-8 becomes U+FFFD, unsafe
 * characters are dropped or become a middle dot, runs of blanks become one, at most two
 * combining marks follow a base, and what is wider than max_cols (0 = no limit) is cut
 * on a character with an ellipsis. The empty result is "(unnamed)". The caller's.
 */
char *text_safe(struct str in, int max_cols, enum text_charset charset) MUST_USE;

/* text_safe() into a caller's array, always UTF-8 and NUL-terminated; for messages. */
struct safe_text {
	char text[160];
};
struct safe_text safe(struct str in);

/* The longest prefix of safe text that fits into cols columns. */
struct str text_fit(struct str s, int cols);

#endif
