#include <config.h>

#include <string.h>

#include "base/text.h"
#include "ui/layout.h"

#define BUTTON_EXTRA 4 /* "[  ]" */

/* Buttons */

int layout_button_width(const struct layout *l, const struct button *b)
{
	return glyph_width(b->label, l->glyphs) + BUTTON_EXTRA;
}

int layout_button(const struct layout *l, int x, int y, const struct button *b)
{
	const bool focused = b->id && b->id == l->page->focus;
	const enum role role = focused ? ROLE_BUTTON_FOCUS : ROLE_TEXT;
	const struct pen pen = layout_pen(l);
	const struct pen label = {pen.grid, pen.glyphs, pen.right - 2};

	if (focused)
		grid_cursor(l->grid, x, y);
	x = pen_text(&pen, x, y, role, "[ ");
	x = pen_text(&label, x, y, role, b->label);
	return pen_text(&pen, x, y, role, " ]");
}

static size_t focused_button(const struct page *p)
{
	for (size_t i = 0; i < p->n_buttons; i++)
		if (p->buttons[i].id && p->buttons[i].id == p->focus)
			return i;
	return 0;
}

/* Columns the buttons [from, to) take. */
static int buttons_width(const struct layout *l, size_t from, size_t to, int gap)
{
	int width = 0;

	for (size_t i = from; i < to; i++)
		width += layout_button_width(l, &l->page->buttons[i]) +
		         (i > from ? gap : 0);
	return width;
}

void layout_buttons(const struct layout *l)
{
	const struct page *p = l->page;
	const int room = l->edge - l->left;
	const int wanted = layout_is_small(l) ? 2 : 3;
	const int gap = buttons_width(l, 0, p->n_buttons, wanted) <= room ? wanted : 1;
	size_t first = 0;
	int x = l->left;

	/* Where not all fit, the focused one and those behind it do. */
	while (first < focused_button(p) &&
		buttons_width(l, first, focused_button(p) + 1, gap) > room)
		first++;
	for (size_t i = first; i < p->n_buttons; i++) {
		const int left = l->edge - x;
		if (i > first && layout_button_width(l, &p->buttons[i]) > left)
			break;
		x = layout_button(l, x, l->buttons, &p->buttons[i]) + gap;
	}
}

/* Hints */

/* The one that tells how to get help stays to the last. */
static bool is_help(const struct hint *h)
{
	return !strcmp(h->key, "?") || !strcmp(h->key, "F1");
}

struct hints {
	const struct layout *l;
	struct hint hints[PAGE_HINTS];
	size_t count;
	int gap;
};

static int hint_width(const struct layout *l, const struct hint *h)
{
	SCOPED(glyph_text) key = glyph_key(h->key, l->glyphs);
	const int word =
		h->word && h->word[0] ? 1 + glyph_width(h->word, l->glyphs) : 0;

	return text_width(str_of(key.text)) + word;
}

static bool too_wide(const struct hints *h)
{
	int width = 0;

	for (size_t i = 0; i < h->count; i++)
		width += hint_width(h->l, &h->hints[i]) + (i ? h->gap : 0);
	return width > h->l->edge - 1;
}

static void drop(struct hints *h, size_t i)
{
	for (; i + 1 < h->count; i++)
		h->hints[i] = h->hints[i + 1];
	h->count--;
}

/* First the blanks give way, then the word "help", then the least needed hint. */
static void fit(struct hints *h)
{
	if (too_wide(h))
		h->gap = 2;
	for (size_t i = 0; i < h->count && too_wide(h); i++)
		if (!strcmp(h->hints[i].key, "?"))
			h->hints[i].word = NULL;
	for (size_t i = h->count; i-- > 0 && too_wide(h);)
		if (!is_help(&h->hints[i]))
			drop(h, i);
}

static bool is_true(const struct layout *l, enum hint_when when)
{
	switch (when) {
	case HINT_ALWAYS:
		return true;
	case HINT_CODE:
		return l->code != CODE_NOWHERE;
	case HINT_BESIDE:
		return l->code == CODE_BESIDE && layout_qr_grows(l);
	case HINT_MISSING:
		return l->code == CODE_NOWHERE && layout_qr_has_room(l);
	case HINT_ALONE:
		return l->code == CODE_ALONE;
	case HINT_ROOM:
		return layout_qr_has_room(l);
	}
	return false;
}

void layout_hints(const struct layout *l, int y)
{
	struct hints h = {.l = l, .gap = 3};
	const struct pen pen = layout_pen(l);
	int x = 1;

	for (size_t i = 0; i < l->page->n_hints; i++)
		if (is_true(l, l->page->hints[i].when))
			h.hints[h.count++] = l->page->hints[i];
	fit(&h);
	for (size_t i = 0; i < h.count; i++) {
		SCOPED(glyph_text) key = glyph_key(h.hints[i].key, l->glyphs);
		x = pen_put(&pen, x, y, ROLE_MUTED, str_of(key.text));
		if (h.hints[i].word && h.hints[i].word[0])
			x = pen_text(&pen, x + 1, y, ROLE_MUTED, h.hints[i].word);
		x += h.gap;
	}
}
