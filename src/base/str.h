/*
 * A borrowed slice of bytes. It owns nothing, need not end in NUL, and lives as long as
 * what it points into. All comparisons and classes are ASCII and free of the locale.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"

struct str {
	const char *ptr;
	size_t len;
};

#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})
#define STR_FMT "%.*s"
#define STR_ARG(s) (int)(s).len, (s).ptr

struct str str_of(const char *text); /* NULL gives the empty slice */
struct str str_slice(struct str s, size_t from, size_t to); /* clamped */
struct str str_from(struct str s, size_t from);             /* clamped */
struct str str_trim(struct str s); /* blanks, tabs, CR and LF at both ends */

bool str_eq(struct str a, struct str b);
bool str_eq_nocase(struct str a, struct str b);
bool str_is(struct str a, const char *b);
int str_cmp(struct str a, struct str b); /* bytewise, shorter first */
bool str_starts(struct str s, struct str prefix);
bool str_starts_nocase(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);

#define STR_NONE SIZE_MAX
size_t str_find(struct str s, struct str needle); /* STR_NONE when absent */
size_t str_find_char(struct str s, char c);

/* Cuts *rest at the first `sep`: the part before becomes *part, *rest what follows. The
 * last part has no separator behind it; false when *rest was exhausted before. */
bool str_split(struct str *rest, char sep, struct str *part);

/* The next line without its LF or CR LF; false at the end. */
bool str_line(struct str *rest, struct str *line);

/* Whole slice is one decimal number in [min, max]; else false and *out untouched. */
bool str_to_int(struct str s, int64_t min, int64_t max, int64_t *out) MUST_USE;

char *str_dup(struct str s) MUST_USE; /* NUL-terminated, the caller's */

bool ascii_is_alpha(char c);
bool ascii_is_digit(char c);
bool ascii_is_alnum(char c);
bool ascii_is_upper(char c);
char ascii_lower(char c);
int ascii_hex(char c); /* 0..15, or -1 */

#endif
