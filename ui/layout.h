/*
 * Where the parts of a page stand, and what draws them. Private to ui/grid.c and
 * ui/layout*.c.
 *
 * From 80x24 on a page takes the upper left 80x24 cells: header in row 0, rail in 1,
 * title in 3, body from 5, message up to row 20, buttons in 21, a hairline in 22, hints
 * in 23. From 100x30 on it takes the whole window: a hairline in row 1, the rail down
 * the left side, body from column 24, the rest in the last four rows. Smaller windows
 * lose the rail and the blank rows, the smallest the title and the hairline too.
 */
#ifndef UI_LAYOUT_H
#define UI_LAYOUT_H

#include "ui/grid_impl.h"

#define LAYOUT_LEFT 2 /* where the body begins on its own canvas */
#define LAYOUT_NONE (-1)

/* Where the code of a page is to be seen. */
enum code_place { CODE_NOWHERE, CODE_BESIDE, CODE_ALONE };

struct layout {
	const struct page *page;
	struct grid *grid;
	enum glyphs glyphs;
	enum size_class size;
	int width; /* of what is used */
	int height;
	int left;    /* the marker's column, and the margin of text */
	int measure; /* behind the last column of running text */
	int edge;    /* behind the last column of anything */
	enum code_place code;
	/* Rows; LAYOUT_NONE: there is no room for it */
	int rail;
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

/* Narrow or compact: rows are scarce. */
bool layout_is_small(const struct layout *l);

void layout_header(const struct layout *l);

/* layout_rail.c: the steps, along row 1 or down the left side. */
void layout_rail(const struct layout *l);

/* layout_notice.c: what a window says that is too small for a page. */
void layout_notice(const struct layout *l);

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

/* layout_qr.c: the code at the right edge, where there is room for it, which narrows
 * measure and edge; whether there is; the code alone on the page, false when there is
 * no room for it; whether it is bigger there; whether there is room for it anywhere. */
void layout_qr(struct layout *l);
bool layout_qr_fits(const struct layout *l);
bool layout_qr_alone(struct layout *l);
bool layout_qr_grows(const struct layout *l);
bool layout_qr_has_room(const struct layout *l);

#endif
