/*
 * A page laid out at a size: cells with characters and roles, and where the cursor is.
 * Pure: the same page, size and glyph set always give the same grid, which is what the
 * golden screens compare.
 */
#ifndef UI_GRID_H
#define UI_GRID_H

#include <stdint.h>

#include "ui/page.h"

enum glyphs { GLYPHS_UTF8, GLYPHS_ASCII };

/* Size classes: wide >= 100x30, normal >= 80x24, narrow >= 60x18, compact >= 40x13,
 * tiny. */
enum size_class { SIZE_WIDE, SIZE_NORMAL, SIZE_NARROW, SIZE_COMPACT, SIZE_TINY };
enum size_class size_class(int width, int height);

struct cell {
	uint32_t ch[3]; /* base character and up to two combining marks; 0 ends */
	uint8_t width;  /* 1 or 2; 0 = the right half of the cell before it */
	uint8_t role;   /* enum role */
	uint32_t rgb;   /* ROLE_SWATCH: 0xRRGGBB */
};

struct grid {
	int width;
	int height;
	struct cell *cells; /* owned, width * height, row by row */
	int cursor_x;       /* always inside */
	int cursor_y;
};

/* Lays the page out; releases what the grid held before. width and height at least 1.
 */
void grid_draw(struct grid *g, const struct page *p, int width, int height,
	enum glyphs glyphs);
void grid_clear(struct grid *g);

const struct cell *grid_at(const struct grid *g, int x, int y);

/* The text plane and the role plane (one letter a cell), rows ended by LF, blanks at
 * the end of a row left out. The caller's. */
char *grid_text(const struct grid *g) MUST_USE;
char *grid_roles(const struct grid *g) MUST_USE;

#endif
