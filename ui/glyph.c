#include <config.h>

#include "ui/glyph.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/secret.h"
#include "base/text.h"

#define REPLACEMENT 0xfffdU
#define LONGEST 16 /* bytes one character can become */

/* clang-format off */
static const char *const table[GLYPHS_COUNT][2] = {
	[GLYPH_STEP_DONE]        = {"●", "x"},
	[GLYPH_STEP_CURRENT]     = {"◉", ""},
	[GLYPH_STEP_COMING]      = {"○", "o"},
	[GLYPH_STEP_JOIN]        = {"──", "--"},
	[GLYPH_OK]               = {"✓", "+"},
	[GLYPH_FAILED]           = {"✗", "x"},
	[GLYPH_RUNNING]          = {"…", "~"},
	[GLYPH_WAITING]          = {"·", "-"},
	[GLYPH_SWATCH]           = {"●", "*"},
	[GLYPH_BAR_FULL]         = {"█", "#"},
	[GLYPH_BAR_EMPTY]        = {"░", "."},
	[GLYPH_RULE]             = {"─", "-"},
	[GLYPH_BRAND]            = {" · ", ": "},
	[GLYPH_ELLIPSIS]         = {"…", ".."},
	[GLYPH_BOX_LEFT_TOP]     = {"┌", "+"},
	[GLYPH_BOX_RIGHT_TOP]    = {"┐", "+"},
	[GLYPH_BOX_LEFT_BOTTOM]  = {"└", "+"},
	[GLYPH_BOX_RIGHT_BOTTOM] = {"┘", "+"},
	[GLYPH_BOX_SIDE]         = {"│", "|"},
};

struct ascii {
	uint32_t c;
	const char *form;
};

/* Characters of our own texts, and typography in those of others. */
static const struct ascii ascii_forms[] = {
	{0xa0, " "},    {0xab, "\""},   {0xb7, "-"},    {0xbb, "\""},   {0xd7, "x"},
	{0x2010, "-"},  {0x2011, "-"},  {0x2012, "-"},  {0x2013, "-"},  {0x2014, "-"},
	{0x2018, "'"},  {0x2019, "'"},  {0x201c, "\""}, {0x201d, "\""}, {0x201e, "\""},
	{0x2022, "*"},  {0x2026, ".."}, {0x2190, "<"},  {0x2191, "^"},  {0x2192, ">"},
	{0x2193, "v"},  {0x2212, "-"},  {0x2500, "-"},  {0x2502, "|"},  {0x250c, "+"},
	{0x2510, "+"},  {0x2514, "+"},  {0x2518, "+"},  {0x251c, "+"},  {0x2524, "+"},
	{0x2588, "#"},  {0x2591, "."},  {0x25cb, "o"},  {0x25c9, "O"},  {0x25cf, "*"},
	{0x2713, "+"},  {0x2717, "x"},
};
/* clang-format on */

const char *glyph(enum glyph which, enum glyphs set)
{
	return table[which][set];
}

static const char *ascii_form(uint32_t c)
{
	for (size_t i = 0; i < COUNT_OF(ascii_forms); i++)
		if (ascii_forms[i].c == c)
			return ascii_forms[i].form;
	return NULL;
}

/* One `?` a column, so that nothing moves when the set is changed. */
static size_t put_ascii(uint32_t c, char out[LONGEST])
{
	static const char questions[] = "??";
	const char *form = ascii_form(c);

	if (!form)
		form = questions + 2 - text_char_width(c);
	const size_t len = strlen(form);
	memcpy(out, form, len);
	return len;
}

static size_t put_char(uint32_t c, enum glyphs set, char out[LONGEST])
{
	const bool blank = c == '\t' || c == '\r';

	if (c == '\n' || (c >= 0x20 && c < 0x7f) || blank) {
		out[0] = blank ? ' ' : (char)c;
		return 1;
	}
	if (c == UTF8_BAD || (text_is_unsafe(c) && text_char_width(c)))
		c = REPLACEMENT;
	else if (text_is_unsafe(c))
		return 0;
	if (set == GLYPHS_ASCII)
		return put_ascii(c, out);
	return utf8_encode(c, out);
}

static struct glyph_text convert(struct str s, enum glyphs set)
{
	/* A byte becomes at most three: U+FFFD for one that is not UTF-8. */
	struct glyph_text t = {xmalloc(3 * s.len + 1)};
	size_t len = 0;

	while (s.len) {
		char out[LONGEST];
		size_t used = 0;
		const uint32_t c = utf8_next(s, &used);
		const size_t room = put_char(c, set, out);
		memcpy(t.text + len, out, room);
		wipe(out, room);
		len += room;
		s = str_from(s, used);
	}
	t.text[len] = '\0';
	return t;
}

struct glyph_text glyph_text(const char *text, enum glyphs set)
{
	return convert(str_of(text), set);
}

struct glyph_text glyph_key(const char *text, enum glyphs set)
{
	static const char *const names[][2] = {{"↑↓", "Up/Dn"}, {"←→", "Left/Right"},
		{"↑", "Up"}, {"↓", "Dn"}, {"←", "Left"}, {"→", "Right"}};

	for (size_t i = 0; set == GLYPHS_ASCII && text && i < COUNT_OF(names); i++)
		if (!strcmp(text, names[i][0]))
			return (struct glyph_text){xstrdup(names[i][1])};
	return glyph_text(text, set);
}

void glyph_text_clear(struct glyph_text *t)
{
	if (t->text)
		wipe(t->text, strlen(t->text));
	free(t->text);
	t->text = NULL;
}

int glyph_width(const char *text, enum glyphs set)
{
	SCOPED(glyph_text) t = glyph_text(text, set);

	return text_width(str_of(t.text));
}

int glyph_width_of(const char *text, size_t chars, enum glyphs set)
{
	const struct str all = str_of(text);
	size_t end = 0;

	for (; chars && end < all.len; chars--) {
		size_t used = 0;
		(void)utf8_next(str_from(all, end), &used);
		end += used;
	}
	SCOPED(glyph_text) t = convert(str_slice(all, 0, end), set);
	return text_width(str_of(t.text));
}
