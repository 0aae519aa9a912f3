#include <config.h>

#include "base/text.h"

#include <string.h>
#include <wchar.h>

#include "base/buf.h"
#include "base/mem.h"

#define REPLACEMENT 0xfffdU
#define MIDDLE_DOT 0xb7U
#define ELLIPSIS 0x2026U
#define MARKS_MAX 2

/* Length, smallest code point and mask of the lead byte of a UTF-8 sequence. */
static size_t sequence(unsigned char lead, uint32_t *min, uint32_t *bits)
{
	if (lead < 0x80)
		return *min = 0, *bits = lead, 1;
	if (lead >= 0xc2 && lead < 0xe0)
		return *min = 0x80, *bits = lead & 0x1fU, 2;
	if (lead >= 0xe0 && lead < 0xf0)
		return *min = 0x800, *bits = lead & 0x0fU, 3;
	if (lead >= 0xf0 && lead < 0xf5)
		return *min = 0x10000, *bits = lead & 0x07U, 4;
	return 0;
}

uint32_t utf8_next(struct str s, size_t *used)
{
	uint32_t min = 0;
	uint32_t c = 0;
	const size_t len = sequence((unsigned char)s.ptr[0], &min, &c);

	*used = 1;
	if (!len || len > s.len)
		return UTF8_BAD;
	for (size_t i = 1; i < len; i++) {
		const unsigned char byte = (unsigned char)s.ptr[i];
		if ((byte & 0xc0) != 0x80)
			return UTF8_BAD;
		c = c << 6 | (byte & 0x3fU);
	}
	if (c < min || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return UTF8_BAD;
	*used = len;
	return c;
}

bool utf8_valid(struct str s)
{
	while (s.len) {
		size_t used = 0;
		if (utf8_next(s, &used) == UTF8_BAD)
			return false;
		s = str_from(s, used);
	}
	return true;
}

size_t utf8_encode(uint32_t c, char out[4])
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	const size_t len = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
	for (size_t i = len - 1; i > 0; i--) {
		out[i] = (char)(0x80 | (c & 0x3f));
		c >>= 6;
	}
	out[0] = (char)(lead[len] | c);
	return len;
}

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

/* Characters that take no room and change how others are drawn: leaving them out keeps
 * every word readable and every column where it was placed. */
static bool is_invisible(uint32_t c)
{
	static const struct range ranges[] = {{0xad, 0xad}, {0x61c, 0x61c},
		{0x180e, 0x180e}, {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f},
		{0xfe00, 0xfe0f}, {0xfeff, 0xfeff}, {0x1f3fb, 0x1f3ff},
		{0xe0000, 0xe0fff}};

	return in_ranges(ranges, COUNT_OF(ranges), c);
}

static bool is_foreign(uint32_t c)
{
	static const struct range ranges[] = {{0x00, 0x1f}, {0x7f, 0x9f},
		{0xe000, 0xf8ff}, {0xfdd0, 0xfdef}, {0xfff9, 0xfffb},
		{0xf0000, 0x10ffff}};

	return in_ranges(ranges, COUNT_OF(ranges), c) || (c & 0xfffe) == 0xfffe;
}

bool text_is_unsafe(uint32_t c)
{
	return is_invisible(c) || is_foreign(c);
}

int text_char_width(uint32_t c)
{
	const int width = wcwidth((wchar_t)c);
	return width < 0 ? 1 : width;
}

int text_width(struct str s)
{
	int width = 0;

	while (s.len) {
		size_t used = 0;
		const uint32_t c = utf8_next(s, &used);
		width += c == UTF8_BAD ? 1 : text_char_width(c);
		s = str_from(s, used);
	}
	return width;
}

struct str text_fit(struct str s, int cols)
{
	size_t end = 0;
	int width = 0;

	while (end < s.len) {
		size_t used = 0;
		const uint32_t c = utf8_next(str_from(s, end), &used);
		width += c == UTF8_BAD ? 1 : text_char_width(c);
		if (width > cols)
			break;
		end += used;
	}
	return str_slice(s, 0, end);
}

struct cleaner {
	struct buf out;
	enum text_charset charset;
	bool blank;     /* a blank waits: written before the next visible character */
	unsigned marks; /* combining marks since the last base character */
};

static void clean_put(struct cleaner *k, uint32_t c)
{
	char bytes[4];

	if (k->charset == TEXT_ASCII && c >= 0x80)
		c = '?';
	buf_add(&k->out, (struct str){bytes, utf8_encode(c, bytes)});
}

static void clean_char(struct cleaner *k, uint32_t c)
{
	if (is_invisible(c))
		return;
	if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == 0xa0) {
		k->blank = k->out.len > 0;
		return;
	}
	if (is_foreign(c))
		c = MIDDLE_DOT;
	const bool mark = text_char_width(c) == 0;
	k->marks = mark ? k->marks + 1 : 0;
	if (mark && (k->marks > MARKS_MAX || k->charset == TEXT_ASCII))
		return;
	if (k->blank)
		buf_char(&k->out, ' ');
	k->blank = false;
	clean_put(k, c);
}

/* Cuts what is wider than the limit, so that the ellipsis is the last column. */
static void clean_cut(struct cleaner *k, int max_cols)
{
	if (max_cols <= 0 || text_width(buf_view(&k->out)) <= max_cols)
		return;
	const int dots = k->charset == TEXT_ASCII && max_cols > 2 ? 2 : 1;
	k->out.len = text_fit(buf_view(&k->out), max_cols - dots).len;
	k->out.ptr[k->out.len] = '\0';
	if (k->charset == TEXT_UTF8)
		clean_put(k, ELLIPSIS);
	else
		buf_add(&k->out, str_slice(STR(".."), 0, (size_t)dots));
}

char *text_safe(struct str in, int max_cols, enum text_charset charset)
{
	struct cleaner k = {.charset = charset};

	while (in.len) {
		size_t used = 0;
		const uint32_t c = utf8_next(in, &used);
		clean_char(&k, c == UTF8_BAD ? REPLACEMENT : c);
		in = str_from(in, used);
	}
	if (!k.out.len)
		buf_text(&k.out, "(unnamed)");
	clean_cut(&k, max_cols);
	return buf_take(&k.out);
}

struct safe_text safe(struct str in)
{
	struct safe_text s = {""};
	AUTO_FREE char *clean = text_safe(in, 72, TEXT_UTF8);
	size_t len = strlen(clean);

	/* 72 columns can be more bytes than fit: step back to a whole character. */
	if (len > sizeof(s.text) - 1) {
		len = sizeof(s.text) - 1;
		while (len && ((unsigned char)clean[len] & 0xc0) == 0x80)
			len--;
	}
	memcpy(s.text, clean, len);
	return s;
}
