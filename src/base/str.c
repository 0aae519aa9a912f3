#include <config.h>

#include "base/str.h"

#include <string.h>

#include "base/mem.h"

bool ascii_is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

char ascii_lower(char c)
{
	return ascii_is_upper(c) ? (char)(c - 'A' + 'a') : c;
}

bool ascii_is_alpha(char c)
{
	return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z';
}

bool ascii_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool ascii_is_alnum(char c)
{
	return ascii_is_alpha(c) || ascii_is_digit(c);
}

int ascii_hex(char c)
{
	if (ascii_is_digit(c))
		return c - '0';
	const char low = ascii_lower(c);
	return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

struct str str_of(const char *text)
{
	return text ? (struct str){text, strlen(text)} : STR("");
}

struct str str_slice(struct str s, size_t from, size_t to)
{
	if (to > s.len)
		to = s.len;
	if (from > to)
		from = to;
	/* Adding even 0 to NULL, which an exhausted slice may hold, is undefined. */
	return (struct str){from ? s.ptr + from : s.ptr, to - from};
}

struct str str_from(struct str s, size_t from)
{
	return str_slice(s, from, s.len);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str str_trim(struct str s)
{
	while (s.len && is_blank(s.ptr[0]))
		s = str_from(s, 1);
	while (s.len && is_blank(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

bool str_eq(struct str a, struct str b)
{
	return a.len == b.len && (!a.len || !memcmp(a.ptr, b.ptr, a.len));
}

bool str_eq_nocase(struct str a, struct str b)
{
	return a.len == b.len && str_starts_nocase(a, b);
}

bool str_is(struct str a, const char *b)
{
	return str_eq(a, str_of(b));
}

int str_cmp(struct str a, struct str b)
{
	const size_t common = a.len < b.len ? a.len : b.len;
	const int order = common ? memcmp(a.ptr, b.ptr, common) : 0;

	if (order)
		return order;
	return a.len < b.len ? -1 : a.len > b.len;
}

bool str_starts(struct str s, struct str prefix)
{
	return s.len >= prefix.len && str_eq(str_slice(s, 0, prefix.len), prefix);
}

bool str_starts_nocase(struct str s, struct str prefix)
{
	if (s.len < prefix.len)
		return false;
	for (size_t i = 0; i < prefix.len; i++)
		if (ascii_lower(s.ptr[i]) != ascii_lower(prefix.ptr[i]))
			return false;
	return true;
}

bool str_ends(struct str s, struct str suffix)
{
	return s.len >= suffix.len && str_eq(str_from(s, s.len - suffix.len), suffix);
}

size_t str_find(struct str s, struct str needle)
{
	if (!needle.len)
		return 0;
	const char *at = s.len ? memmem(s.ptr, s.len, needle.ptr, needle.len) : NULL;
	return at ? (size_t)(at - s.ptr) : STR_NONE;
}

size_t str_find_char(struct str s, char c)
{
	const char *at = s.len ? memchr(s.ptr, c, s.len) : NULL;
	return at ? (size_t)(at - s.ptr) : STR_NONE;
}

bool str_split(struct str *rest, char sep, struct str *part)
{
	if (!rest->ptr)
		return false;
	const size_t at = str_find_char(*rest, sep);
	if (at == STR_NONE) {
		*part = *rest;
		*rest = (struct str){NULL, 0};
		return true;
	}
	*part = str_slice(*rest, 0, at);
	*rest = str_from(*rest, at + 1);
	return true;
}

bool str_line(struct str *rest, struct str *line)
{
	if (!rest->len)
		return false;
	const size_t at = str_find_char(*rest, '\n');
	*line = str_slice(*rest, 0, at);
	*rest = at == STR_NONE ? STR("") : str_from(*rest, at + 1);
	if (line->len && line->ptr[line->len - 1] == '\r')
		line->len--;
	return true;
}

bool str_to_int(struct str s, int64_t min, int64_t max, int64_t *out)
{
	const bool negative = s.len && s.ptr[0] == '-';
	const struct str digits = negative ? str_from(s, 1) : s;

	if (!digits.len)
		return false;
	int64_t value = 0;
	for (size_t i = 0; i < digits.len; i++) {
		if (!ascii_is_digit(digits.ptr[i]) ||
			__builtin_mul_overflow(value, 10, &value) ||
			__builtin_sub_overflow(value, digits.ptr[i] - '0', &value))
			return false;
	}
	/* Summed downwards, because the smallest number has no positive counterpart. */
	if (!negative && __builtin_sub_overflow(0, value, &value))
		return false;
	if (value < min || value > max)
		return false;
	*out = value;
	return true;
}

char *str_dup(struct str s)
{
	return xstrndup(s.ptr ? s.ptr : "", s.len);
}
