#include <config.h>

#include "ui/grid.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/text.h"
#include "ui/grid_impl.h"
#include "ui/layout.h"
#include "ui/theme.h"

static const struct cell blank = {.ch = {' '}, .width = 1, .role = ROLE_TEXT};

enum size_class size_class(int width, int height)
{
	static const struct {
		int width;
		int height;
	} least[] = {[SIZE_WIDE] = {100, 30},
		[SIZE_NORMAL] = {80, 24},
		[SIZE_NARROW] = {60, 18},
		[SIZE_COMPACT] = {40, 13}};

	for (int class = SIZE_WIDE; class < SIZE_TINY; class ++)
		if (width >= least[class].width && height >= least[class].height)
			return (enum size_class) class;
	return SIZE_TINY;
}

static size_t cells_of(int width, int height)
{
	return (size_t)width * (size_t)height;
}

void grid_init(struct grid *g, int width, int height)
{
	*g = (struct grid){.width = width};
	g->cells = xcalloc(1, sizeof(*g->cells));
	grid_grow(g, height);
}

/* Not realloc: what was on the screen may have been a password. */
void grid_grow(struct grid *g, int height)
{
	if (height <= g->height)
		return;
	const size_t used = cells_of(g->width, g->height);
	const size_t count = cells_of(g->width, height);
	struct cell *cells = xcalloc(count, sizeof(*cells));
	if (used)
		memcpy(cells, g->cells, used * sizeof(*cells));
	for (size_t i = used; i < count; i++)
		cells[i] = blank;
	wipe(g->cells, used * sizeof(*cells));
	free(g->cells);
	g->cells = cells;
	g->height = height;
}

void grid_clear(struct grid *g)
{
	if (g->cells)
		wipe(g->cells, cells_of(g->width, g->height) * sizeof(*g->cells));
	free(g->cells);
	*g = (struct grid){0};
}

void grid_draw(struct grid *g, const struct page *p, int width, int height,
	enum glyphs glyphs)
{
	assert(width >= 1 && height >= 1);
	grid_clear(g);
	grid_init(g, width, height);
	layout_draw(g, p, glyphs);
}

static struct cell *cell_at(struct grid *g, int x, int y)
{
	if (x < 0 || y < 0 || x >= g->width || y >= g->height)
		return NULL;
	return &g->cells[cells_of(g->width, y) + (size_t)x];
}

const struct cell *grid_at(const struct grid *g, int x, int y)
{
	assert(x >= 0 && y >= 0 && x < g->width && y < g->height);
	return &g->cells[cells_of(g->width, y) + (size_t)x];
}

static void blank_out(struct cell *cell)
{
	if (cell)
		*cell = (struct cell){.ch = {' '}, .width = 1, .role = cell->role};
}

/* A wide character that loses one half loses both. */
static void part_from_neighbours(struct grid *g, int x, int y, int width)
{
	const struct cell *first = cell_at(g, x, y);
	const struct cell *last = cell_at(g, x + width - 1, y);

	if (first && first->width == 0)
		blank_out(cell_at(g, x - 1, y));
	if (last && last->width == 2)
		blank_out(cell_at(g, x + width, y));
}

void grid_put(struct grid *g, int x, int y, enum role role, uint32_t c)
{
	const int width = text_char_width(c);

	if (!cell_at(g, x, y) || !cell_at(g, x + width - 1, y) || !width)
		return;
	part_from_neighbours(g, x, y, width);
	const bool control = c < ' ' || (c >= 0x7f && c < 0xa0) || c > 0x10ffff;
	*cell_at(g, x, y) = (struct cell){.ch = {control ? ' ' : c},
		.width = (uint8_t)width,
		.role = (uint8_t)role};
	if (width == 2)
		*cell_at(g, x + 1, y) = (struct cell){.role = (uint8_t)role};
}

void grid_mark(struct grid *g, int x, int y, uint32_t mark)
{
	struct cell *cell = cell_at(g, x, y);

	for (size_t i = 1; cell && i < COUNT_OF(cell->ch); i++) {
		if (!cell->ch[i]) {
			cell->ch[i] = mark;
			return;
		}
	}
}

void grid_tint(struct grid *g, int x, int y, uint32_t rgb)
{
	struct cell *cell = cell_at(g, x, y);

	if (cell)
		cell->rgb = rgb;
}

void grid_copy_row(struct grid *to, struct grid_spot at, const struct grid *from,
	struct grid_spot of)
{
	const int left = to->width - at.x;
	const int width = from->width - of.x < left ? from->width - of.x : left;

	if (at.y >= 0 && at.y < to->height && width > 0)
		memcpy(cell_at(to, at.x, at.y), grid_at(from, of.x, of.y),
			(size_t)width * sizeof(*to->cells));
}

static int clamp(int value, int max)
{
	return value < 0 ? 0 : value > max ? max : value;
}

void grid_cursor(struct grid *g, int x, int y)
{
	g->cursor_x = clamp(x, g->width - 1);
	g->cursor_y = clamp(y, g->height - 1);
}

/* The planes */

static bool is_blank(const struct cell *cell)
{
	return cell->ch[0] == ' ' && !cell->ch[1] && cell->width == 1;
}

static void add_cell(struct buf *out, const struct cell *cell)
{
	for (size_t i = 0; cell->width && i < COUNT_OF(cell->ch) && cell->ch[i]; i++) {
		char bytes[4];
		const size_t len = utf8_encode(cell->ch[i], bytes);
		buf_add(out, (struct str){bytes, len});
	}
}

/* The column behind the last one that shows something. */
static int row_end(const struct grid *g, int y, bool roles)
{
	int end = g->width;

	while (end > 0) {
		const struct cell *cell = grid_at(g, end - 1, y);
		if (!is_blank(cell) || (roles && cell->role != ROLE_TEXT))
			break;
		end--;
	}
	return end;
}

char *grid_text(const struct grid *g)
{
	struct buf out = {0};

	for (int y = 0; y < g->height; y++) {
		const int end = row_end(g, y, false);
		for (int x = 0; x < end; x++)
			add_cell(&out, grid_at(g, x, y));
		buf_char(&out, '\n');
	}
	return buf_take(&out);
}

char *grid_roles(const struct grid *g)
{
	struct buf out = {0};

	for (int y = 0; y < g->height; y++) {
		const int end = row_end(g, y, true);
		for (int x = 0; x < end; x++)
			buf_char(&out, theme_letter((enum role)grid_at(g, x, y)->role));
		buf_char(&out, '\n');
	}
	return buf_take(&out);
}
