/*
 * What fills a grid: its cells, and a pen that writes text into them. Private to
 * ui/grid.c, ui/pen.c and ui/layout*.c.
 */
#ifndef UI_GRID_IMPL_H
#define UI_GRID_IMPL_H

#include "base/str.h"
#include "ui/glyph.h"
#include "ui/grid.h"

/* Blank cells; what g held before is not released. */
void grid_init(struct grid *g, int width, int height);

/* Adds blank rows until there are `height`. */
void grid_grow(struct grid *g, int height);

/* One character that takes columns; its neighbours are mended where it covers half of a
 * wide one. Outside of the grid nothing happens. */
void grid_put(struct grid *g, int x, int y, enum role role, uint32_t c);

/* A mark onto the character at x; the third one is left out. */
void grid_mark(struct grid *g, int x, int y, uint32_t mark);

/* The colour of a swatch. */
void grid_tint(struct grid *g, int x, int y, uint32_t rgb);

/* Copies row `from_y` from column `from_x` on to column `to_x`, as far as both are
 * wide. */
struct grid_spot {
	int x;
	int y;
};
void grid_copy_row(struct grid *to, struct grid_spot at, const struct grid *from,
	struct grid_spot of);

void grid_cursor(struct grid *g, int x, int y); /* clamped */

/* Writes between a column and a right edge. */
struct pen {
	struct grid *grid;
	enum glyphs glyphs;
	int right; /* the first column that is not its own */
};

/* Write from x on and return the column behind the last one; what does not fit is cut
 * with an ellipsis. pen_put() takes text that is in the set's characters already. */
int pen_put(const struct pen *p, int x, int y, enum role role, struct str text);
int pen_text(const struct pen *p, int x, int y, enum role role, const char *text);
int pen_glyph(const struct pen *p, int x, int y, enum role role, enum glyph which);

/* Writes so that the text ends before the right edge, but not from before x on; returns
 * where it begins. */
int pen_text_right(const struct pen *p, int x, int y, enum role role, const char *text);

/* Fills from x to before `end` with a glyph one column wide. */
void pen_fill(const struct pen *p, int x, int end, int y, enum glyph which);

#endif
