/*
 * The body of a page: its blocks one below the other on a canvas that grows, of which
 * layout_body() shows a part. Private to ui/layout_*.c.
 */
#ifndef UI_LAYOUT_BLOCK_H
#define UI_LAYOUT_BLOCK_H

#include "ui/layout.h"

struct span {
	int first; /* row of the canvas */
	int rows;
};

/* What is given up, one after the other, where there are too few rows. */
enum squeeze { SQUEEZE_NOTHING, SQUEEZE_GAPS, SQUEEZE_SPARE };

struct body {
	const struct page *page;
	enum glyphs glyphs;
	struct grid canvas; /* owned */
	struct span *spans; /* owned; one a block */
	int rows;           /* of the canvas that are used */
	int measure;
	int edge;
	enum size_class size;
	enum squeeze squeeze;
	bool coded;  /* a code stands beside the blocks */
	bool cursor; /* the canvas' cursor is set */
	/* Columns that the blocks of a kind share */
	int field;
	int field_note;
	int value;
	int radio_note;
	int detail;
};

/* Draws the whole page onto the canvas. */
void body_init(struct body *b, const struct layout *l, enum squeeze squeeze);
void body_clear(struct body *b);

bool body_has_focus(const struct body *b, const struct block *block);
const char *body_text(const struct body *b, const struct block *block);
enum role body_role(const struct body *b, const struct block *block);

/* Makes the rows up to y. */
void body_reach(struct body *b, int y);

/* A pen that ends before `right`, or before the body's edge. */
struct pen body_pen(struct body *b, int right);

/* Text broken into lines from x to before `right`, from row y on; returns the row
 * below. */
int body_wrap(struct body *b, int x, int right, int y, enum role role,
	const char *text);

/* Each draws its kind from the row y on; the first one is there. */
typedef void body_draw_fn(struct body *b, const struct block *block, int y);
body_draw_fn draw_field; /* layout_control.c */
body_draw_fn draw_select;
body_draw_fn draw_radio;
body_draw_fn draw_tick;
body_draw_fn draw_row; /* layout_table.c */
void draw_table_head(struct body *b, int y);

/* layout_columns.c: the columns that blocks share, from what is on the page. */
void body_measure(struct body *b);
int body_x(const struct body *b, const struct block *block);

/* Columns of the calendar table: where each begins and the column behind it. */
struct table {
	int swatch; /* LAYOUT_NONE: left out */
	int name[2];
	int direction[2];
	int folder[2]; /* LAYOUT_NONE: left out */
	int count[2];
	bool counts; /* there are some */
	bool brief;  /* directions in one word */
};

struct table body_table(const struct body *b);

#endif
