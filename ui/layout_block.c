#include <config.h>

#include "ui/layout_block.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "ui/wrap.h"

#define BAR_WIDTH 53
#define BAR_LEAST 8
#define MENU_COLUMN 26

bool body_has_focus(const struct body *b, const struct block *block)
{
	return block->id && block->id == b->page->focus && !b->page->dialog.open;
}

enum role body_role(const struct body *b, const struct block *block)
{
	return body_has_focus(b, block) ? ROLE_FOCUS : block->role;
}

void body_reach(struct body *b, int y)
{
	if (y >= b->canvas.height)
		grid_grow(&b->canvas, 2 * y + 16);
	if (y >= b->rows)
		b->rows = y + 1;
}

struct pen body_pen(struct body *b, int right)
{
	return (struct pen){&b->canvas, b->glyphs, right < b->edge ? right : b->edge};
}

int body_wrap(struct body *b, int x, int right, int y, enum role role, const char *text)
{
	SCOPED(glyph_text) t = glyph_text(text, b->glyphs);
	const struct pen pen = body_pen(b, b->edge);
	struct str rest = str_of(t.text);
	struct str line;

	while (wrap_line(&rest, right > x ? right - x : 1, &line)) {
		body_reach(b, y);
		(void)pen_put(&pen, x, y++, role, line);
	}
	return y;
}

const char *body_text(const struct body *b, const struct block *block)
{
	if (b->coded && block->with_code)
		return block->with_code;
	return b->size == SIZE_COMPACT && block->brief ? block->brief : block->text;
}

/* A mark before it stands alone, as in the message line. */
static void draw_text(struct body *b, const struct block *block, int y)
{
	const char *text = body_text(b, block);
	const bool marked = block->role == ROLE_ATTENTION && !strncmp(text, "! ", 2);
	const enum role role = body_role(b, block);
	const struct pen pen = body_pen(b, b->edge);
	int x = body_x(b, block);

	if (marked)
		x = pen_text(&pen, x, y, role, "! ");
	(void)body_wrap(b, x, b->measure, y, role, marked ? text + 2 : text);
}

static void draw_nothing(UNUSED struct body *b, UNUSED const struct block *block,
	UNUSED int y)
{
}

/* Broken, not cut, where it is wider than the window: it can still be copied. */
static void draw_link(struct body *b, const struct block *block, int y)
{
	const enum role role = block->role == ROLE_TEXT ? ROLE_LINK : block->role;
	int x = body_x(b, block);

	if (x + glyph_width(block->text, b->glyphs) > b->edge)
		x = LAYOUT_LEFT;
	(void)body_wrap(b, x, b->edge, y, role, block->text);
}

static void draw_numbered(struct body *b, const struct block *block, int y)
{
	char number[16];
	const struct pen pen = body_pen(b, b->edge);
	const enum role role = body_role(b, block);

	(void)snprintf(number, sizeof(number), "%u", block->number);
	const int end = pen_text(&pen, body_x(b, block), y, role, number);
	(void)body_wrap(b, end + 2, b->measure, y, role, body_text(b, block));
}

static void draw_bullet(struct body *b, const struct block *block, int y)
{
	const int x = body_x(b, block);
	const struct pen pen = body_pen(b, b->edge);
	const enum role role = body_role(b, block);

	(void)pen_text(&pen, x, y, role, "-");
	(void)body_wrap(b, x + 2, b->measure, y, role, block->text);
}

static const struct step_look {
	enum glyph mark;
	enum role role;
	enum role text;
} step_looks[] = {[STEP_WAITING] = {GLYPH_WAITING, ROLE_MUTED, ROLE_MUTED},
	[STEP_RUNNING] = {GLYPH_RUNNING, ROLE_ACCENT, ROLE_TEXT},
	[STEP_DONE] = {GLYPH_OK, ROLE_OK, ROLE_TEXT},
	[STEP_FAILED] = {GLYPH_FAILED, ROLE_ERROR, ROLE_TEXT}};

static void draw_step(struct body *b, const struct block *block, int y)
{
	const struct step_look *look = &step_looks[block->state];
	const int x = body_x(b, block);
	const bool noted = block->note && block->note[0];
	const struct pen pen = body_pen(b, b->edge);
	const struct pen text = body_pen(b, noted ? b->detail - 1 : b->edge);
	const enum role role = body_role(b, block);

	(void)pen_glyph(&pen, x, y, look->role, look->mark);
	(void)pen_text(&text, x + 3, y, role == ROLE_TEXT ? look->text : role,
		block->text);
	if (noted)
		(void)pen_text(&pen, b->detail, y, ROLE_MUTED, block->note);
}

/* How much of a bar is full: all of it only when everything is done. */
static int filled(size_t done, size_t total, int width)
{
	if (done >= total)
		return width;
	return (int)((double)width * ((double)done / (double)total));
}

static void draw_bar(const struct pen *pen, int x, int y, int width, int full)
{
	for (int i = 0; i < width; i++)
		(void)pen_glyph(pen, x + i, y, i < full ? ROLE_ACCENT : ROLE_MUTED,
			i < full ? GLYPH_BAR_FULL : GLYPH_BAR_EMPTY);
}

static char *counts_of(const struct block *block)
{
	const char *unit = block->text ? block->text : "";
	const char *blank = unit[0] ? " " : "";

	if (!block->total)
		return xasprintf("%zu%s%s", block->done, blank, unit);
	return xasprintf("%zu of %zu%s%s", block->done, block->total, blank, unit);
}

static void draw_progress(struct body *b, const struct block *block, int y)
{
	AUTO_FREE char *counts = counts_of(block);
	struct pen pen = body_pen(b, b->edge);
	int x = body_x(b, block);
	const int room = b->edge - x - 3 - glyph_width(counts, b->glyphs);
	const int width = room < BAR_WIDTH ? room : BAR_WIDTH;

	/* Without a known total there is nothing to be a part of. */
	if (block->total && width >= BAR_LEAST) {
		draw_bar(&pen, x, y, width, filled(block->done, block->total, width));
		x += width + 3;
	}
	(void)pen_text(&pen, x, y, block->role, counts);
}

static void draw_pair(struct body *b, const struct block *block, int y)
{
	const struct pen pen = body_pen(b, b->value - 1);
	const enum role role = body_has_focus(b, block) ? ROLE_FOCUS : ROLE_TEXT;

	(void)pen_text(&pen, body_x(b, block), y, role, block->label);
	(void)body_wrap(b, b->value, b->measure, y, body_role(b, block), block->text);
}

static void draw_menu(struct body *b, const struct block *block, int y)
{
	const struct pen pen = body_pen(b, b->edge);
	const int end =
		pen_text(&pen, body_x(b, block), y, body_role(b, block), block->text) +
		2;

	if (block->note)
		(void)pen_text(&pen, end > MENU_COLUMN ? end : MENU_COLUMN, y,
			ROLE_MUTED, block->note);
}

static void draw_figure(struct body *b, const struct block *block, int y)
{
	const struct pen pen = body_pen(b, b->edge);
	SCOPED(glyph_text) t = glyph_text(block->text, b->glyphs);
	struct str rest = str_of(t.text);
	struct str line;

	for (; str_line(&rest, &line); y++) {
		body_reach(b, y);
		(void)pen_put(&pen, body_x(b, block), y, body_role(b, block), line);
	}
}

static body_draw_fn *const draw[] = {
	[BLOCK_TEXT] = draw_text,
	[BLOCK_GAP] = draw_nothing,
	[BLOCK_LINK] = draw_link,
	[BLOCK_NUMBERED] = draw_numbered,
	[BLOCK_BULLET] = draw_bullet,
	[BLOCK_FIELD] = draw_field,
	[BLOCK_RADIO] = draw_radio,
	[BLOCK_TICK] = draw_tick,
	[BLOCK_SELECT] = draw_select,
	[BLOCK_STEP] = draw_step,
	[BLOCK_PROGRESS] = draw_progress,
	[BLOCK_PAIR] = draw_pair,
	[BLOCK_ROW] = draw_row,
	[BLOCK_MENU] = draw_menu,
	[BLOCK_FIGURE] = draw_figure,
	[BLOCK_QR] = draw_nothing,
};

/* The code stands beside the blocks, not among them; above the first one is a blank row
 * already. */
static bool takes_rows(const struct body *b, const struct block *block)
{
	if (block->kind == BLOCK_GAP)
		return b->squeeze < SQUEEZE_GAPS && b->rows > 0;
	if (block->spare && b->squeeze >= SQUEEZE_SPARE)
		return false;
	return block->kind != BLOCK_QR;
}

static void draw_block(struct body *b, size_t i)
{
	const struct block *block = &b->page->blocks[i];
	const bool first_row =
		block->kind == BLOCK_ROW && (i == 0 || block[-1].kind != BLOCK_ROW);

	if (first_row && b->page->table &&
		(b->size == SIZE_WIDE || b->size == SIZE_NORMAL)) {
		body_reach(b, b->rows);
		draw_table_head(b, b->rows - 1);
	}
	const int y = b->rows;
	b->spans[i].first = y;
	if (takes_rows(b, block)) {
		body_reach(b, y);
		draw[block->kind](b, block, y);
	}
	b->spans[i].rows = b->rows - y;
	if (!body_has_focus(b, block) || b->rows == y)
		return;
	grid_put(&b->canvas, LAYOUT_LEFT, y, ROLE_FOCUS, '>');
	if (!b->cursor)
		grid_cursor(&b->canvas, LAYOUT_LEFT, y);
	b->cursor = true;
}

void body_init(struct body *b, const struct layout *l, enum squeeze squeeze)
{
	const int shift = l->left - LAYOUT_LEFT;

	*b = (struct body){.page = l->page,
		.glyphs = l->glyphs,
		.measure = l->measure - shift,
		.edge = l->edge - shift,
		.size = l->size,
		.coded = l->code == CODE_BESIDE,
		.squeeze = squeeze};
	grid_init(&b->canvas, b->edge, 0);
	b->spans = xcalloc(b->page->n_blocks + 1, sizeof(*b->spans));
	body_measure(b);
	for (size_t i = 0; i < b->page->n_blocks; i++)
		draw_block(b, i);
}

void body_clear(struct body *b)
{
	grid_clear(&b->canvas);
	free(b->spans);
	b->spans = NULL;
}
