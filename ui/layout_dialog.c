#include <config.h>

#include "ui/layout.h"
#include "ui/wrap.h"

#define BOX_WIDTH 48
#define BOX_RIGHT 10 /* columns behind it, where there are as many */
#define MARGIN 3     /* from the outside of the box to its text */
#define GAP 3

struct box {
	int x;
	int y;
	int width;
	int height;
	int text_rows;
};

/* Where a button goes: the next row when this one is full. */
static int place(const struct layout *l, const struct box *box, int *x, size_t i)
{
	const int start = box->x + MARGIN;
	const int width = layout_button_width(l, &l->page->dialog.buttons[i]);
	const bool wraps = *x > start && *x + width > box->x + box->width - MARGIN + 1;

	if (wraps)
		*x = start;
	return wraps ? 1 : 0;
}

static int button_rows(const struct layout *l, const struct box *box)
{
	int x = box->x + MARGIN;
	int rows = l->page->dialog.n_buttons ? 1 : 0;

	for (size_t i = 0; i < l->page->dialog.n_buttons; i++) {
		rows += place(l, box, &x, i);
		x += layout_button_width(l, &l->page->dialog.buttons[i]) + GAP;
	}
	return rows;
}

/* Border, title, blank, text, blank, buttons, border; the text gives way in small
 * windows. */
static struct box box_of(const struct layout *l)
{
	const int room = l->width - 4;
	struct box box = {.width = room < BOX_WIDTH ? room : BOX_WIDTH};
	SCOPED(glyph_text) t = glyph_text(l->page->dialog.text, l->glyphs);

	box.x = (l->width - box.width) / 2;
	if (box.x + box.width + BOX_RIGHT <= l->width)
		box.x = l->width - BOX_RIGHT - box.width;
	box.text_rows = wrap_count(str_of(t.text), box.width - 2 * MARGIN);
	const int fixed = 5 + button_rows(l, &box);
	if (fixed + box.text_rows > l->hints)
		box.text_rows = l->hints - fixed;
	if (box.text_rows < 0)
		box.text_rows = 0;
	box.height = fixed + box.text_rows;
	if (box.height > l->hints)
		box.height = l->hints;
	box.y = (l->height - box.height) / 2;
	return box;
}

static void draw_edge(const struct pen *pen, const struct box *box, int y,
	const enum glyph corners[2])
{
	const int last = box->x + box->width - 1;

	pen_fill(pen, box->x + 1, last, y, GLYPH_RULE);
	(void)pen_glyph(pen, box->x, y, ROLE_TEXT, corners[0]);
	(void)pen_glyph(pen, last, y, ROLE_TEXT, corners[1]);
}

/* A blank column on both sides keeps the page's words off the border. */
static void draw_box(const struct layout *l, const struct box *box)
{
	static const enum glyph top[] = {GLYPH_BOX_LEFT_TOP, GLYPH_BOX_RIGHT_TOP};
	static const enum glyph bottom[] = {GLYPH_BOX_LEFT_BOTTOM,
		GLYPH_BOX_RIGHT_BOTTOM};
	const struct pen pen = layout_pen(l);
	const int last = box->x + box->width - 1;

	for (int y = box->y; y < box->y + box->height; y++) {
		for (int x = box->x - 1; x <= last + 1; x++)
			grid_put(l->grid, x, y, ROLE_TEXT, ' ');
		(void)pen_glyph(&pen, box->x, y, ROLE_TEXT, GLYPH_BOX_SIDE);
		(void)pen_glyph(&pen, last, y, ROLE_TEXT, GLYPH_BOX_SIDE);
	}
	draw_edge(&pen, box, box->y, top);
	draw_edge(&pen, box, box->y + box->height - 1, bottom);
}

static void draw_text(const struct layout *l, const struct box *box)
{
	SCOPED(glyph_text) t = glyph_text(l->page->dialog.text, l->glyphs);
	const struct pen pen = {l->grid, l->glyphs, box->x + box->width - MARGIN};
	struct str rest = str_of(t.text);
	struct str line;
	const int first = box->y + 3;

	(void)pen_text(&pen, box->x + MARGIN, box->y + 1, ROLE_TITLE,
		l->page->dialog.title);
	for (int i = 0; i < box->text_rows && rest.len; i++) {
		if (i + 1 == box->text_rows)
			line = rest;
		else
			(void)wrap_line(&rest, box->width - 2 * MARGIN, &line);
		(void)pen_put(&pen, box->x + MARGIN, first + i, ROLE_TEXT, line);
	}
}

void layout_dialog(const struct layout *l)
{
	const struct box box = box_of(l);
	struct layout inside = *l;
	int x = box.x + MARGIN;
	int y = box.y + 4 + box.text_rows;

	draw_box(l, &box);
	draw_text(l, &box);
	inside.edge = box.x + box.width - 2;
	for (size_t i = 0; i < l->page->dialog.n_buttons; i++) {
		y += place(l, &box, &x, i);
		x = layout_button(&inside, x, y, &l->page->dialog.buttons[i]) + GAP;
	}
}
