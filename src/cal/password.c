#include <config.h>

#include "cal/password.h"

#include <string.h>

#include "base/text.h"

#define GROUP 4

struct range {
	uint32_t first;
	uint32_t last;
};

static bool in_ranges(const struct range *ranges, size_t count, uint32_t c)
{
	for (size_t i = 0; i < count; i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

/* What copying from a web page or a mail brings along and nobody sees. */
static bool is_blank(uint32_t c)
{
	static const struct range ranges[] = {{'\t', '\r'}, {' ', ' '}, {0xa0, 0xa0},
		{0xad, 0xad}, {0x1680, 0x1680}, {0x2000, 0x200f}, {0x2028, 0x202f},
		{0x205f, 0x206f}, {0x3000, 0x3000}, {0xfeff, 0xfeff}};

	return in_ranges(ranges, COUNT_OF(ranges), c);
}

static bool is_dash(uint32_t c)
{
	static const struct range ranges[] = {{'-', '-'}, {0x2010, 0x2015},
		{0x2212, 0x2212}, {0xfe63, 0xfe63}, {0xff0d, 0xff0d}};

	return in_ranges(ranges, COUNT_OF(ranges), c);
}

/* Whether nothing but letters, dashes and blanks is in it. */
static bool is_lettered(struct str raw)
{
	while (raw.len) {
		size_t used = 0;
		const uint32_t c = utf8_next(raw, &used);
		const bool letter = c < 0x80 && ascii_is_alpha((char)c);
		if (!letter && !is_dash(c) && !is_blank(c))
			return false;
		raw = str_from(raw, used);
	}
	return true;
}

static size_t group_letters(struct str raw, char *out)
{
	size_t letters = 0;
	size_t len = 0;

	for (size_t i = 0; i < raw.len; i++) {
		if (!ascii_is_alpha(raw.ptr[i]))
			continue;
		if (letters && letters % GROUP == 0)
			out[len++] = '-';
		out[len++] = ascii_lower(raw.ptr[i]);
		letters++;
	}
	out[len] = '\0';
	return len;
}

static bool is_line_end(char c)
{
	return c == '\r' || c == '\n';
}

size_t password_clean(struct str raw, char *out)
{
	if (is_lettered(raw))
		return group_letters(raw, out);
	/* No password field takes a line end, so one at the edge came with the paste.
	 */
	while (raw.len && is_line_end(raw.ptr[raw.len - 1]))
		raw.len--;
	while (raw.len && is_line_end(raw.ptr[0]))
		raw = str_from(raw, 1);
	memcpy(out, raw.ptr, raw.len);
	out[raw.len] = '\0';
	return raw.len;
}

static enum password_kind kind_of_letters(unsigned letters)
{
	if (!letters)
		return PASSWORD_EMPTY;
	if (letters == PASSWORD_LETTERS)
		return PASSWORD_GOOD;
	return letters < PASSWORD_LETTERS ? PASSWORD_SHORT : PASSWORD_LONG;
}

struct password_verdict password_judge(struct str cleaned)
{
	struct password_verdict verdict = {PASSWORD_EMPTY, 0};
	bool foreign = false;

	for (size_t i = 0; i < cleaned.len; i++) {
		const char c = cleaned.ptr[i];
		verdict.letters += ascii_is_alpha(c);
		foreign = foreign || !(ascii_is_alpha(c) || c == '-') ||
		          ascii_is_upper(c);
	}
	verdict.kind = foreign ? PASSWORD_FOREIGN : kind_of_letters(verdict.letters);
	return verdict;
}
