/*
 * Where the parts of a page stand, and what draws them. Private to ui/grid.c and
 * ui/layout*.c.
 *
 * From 80x24 on a page takes the upper left 80x24 cells: header in row 0, rail in 1,
 * title in 3, body from 5, message up to row 20, buttons in 21, a hairline in 22, hints
 * in 23. Smaller windows lose the blank rows between them, and at last the rail.
 */
#ifndef UI_LAYOUT_H
#define UI_LAYOUT_H

#include "ui/grid_impl.h"

#define LAYOUT_LEFT 2 /* the marker's column, and the margin of text */
#define LAYOUT_NONE (-1)

struct layout {
	const struct page *page;
	struct grid *grid;
	enum glyphs glyphs;
	enum size_class size;
	int width; /* of what is used, at most 80 x 24 */
	int height;
	int measure; /* behind the last column of running text */
	int edge;    /* behind the last column of anything */
	/* Rows */
	int rail; /* LAYOUT_NONE: there is no room for it */
	int title;
	int body;
	int message; /* the first one; the body ends before it */
	int buttons;
	int rule;
	int hints;
};

/* Draws the page onto a blank grid. */
void layout_draw(struct grid *g, const struct page *p, enum glyphs glyphs);

struct pen layout_pen(const struct layout *l);

void layout_header(const struct layout *l);

/* layout_foot.c: what stands at the bottom. */
void layout_buttons(const struct layout *l);
void layout_hints(const struct layout *l, int y);

/* "[ Label ]"; the focused one takes the cursor. Returns the column behind it. */
int layout_button(const struct layout *l, int x, int y, const struct button *b);
int layout_button_width(const struct layout *l, const struct button *b);

/* layout_body.c: the blocks, scrolled so that the focused one shows. */
void layout_body(const struct layout *l);

/* layout_dialog.c: the question over the page. */
void layout_dialog(const struct layout *l);

/* layout_qr.c. The first draws the code at the right edge, where there is room for it,
 * and narrows measure and edge; the second draws it alone on the page, false when there
 * is no room for it. */
void layout_qr(struct layout *l);
bool layout_qr_big(const struct layout *l);

#endif
