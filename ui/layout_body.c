#include <config.h>

#include "base/mem.h"
#include "ui/layout_block.h"

#define LIST_LEAST 3 /* rows a list scrolls in beside what stays */
#define POSITION_END 75

/* A run of blocks of one kind that can be long. */
struct list {
	size_t from;
	size_t to;
	int first; /* row of the canvas */
	int rows;
};

static bool is_listed(enum block_kind kind)
{
	return kind == BLOCK_ROW || kind == BLOCK_MENU || kind == BLOCK_STEP;
}

static struct list list_at(const struct body *b, size_t from)
{
	const struct block *blocks = b->page->blocks;
	struct list list = {.from = from, .to = from, .first = b->spans[from].first};

	while (list.to < b->page->n_blocks && is_listed(blocks[from].kind) &&
		blocks[list.to].kind == blocks[from].kind) {
		list.rows += b->spans[list.to].rows;
		list.to++;
	}
	return list;
}

static struct list longest_list(const struct body *b)
{
	struct list longest = {0};

	for (size_t i = 0; i < b->page->n_blocks; i++) {
		const struct list list = list_at(b, i);
		if (list.rows > longest.rows)
			longest = list;
		if (list.to > i)
			i = list.to - 1;
	}
	return longest;
}

/* What has to be seen: the focused block, else the line that is at work. */
static struct span anchor(const struct body *b, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (body_has_focus(b, &b->page->blocks[i]))
			return b->spans[i];
	for (size_t i = from; i < to; i++)
		if (b->page->blocks[i].kind == BLOCK_STEP &&
			b->page->blocks[i].state == STEP_RUNNING)
			return b->spans[i];
	if (b->page->look >= from && b->page->look < to)
		return b->spans[b->page->look];
	return (struct span){0, 0};
}

/* How far to scroll, half a window at a time: a list that moved with every key would be
 * hard to read. */
static int offset_for(struct span seen, int total, int room)
{
	const int step = room / 2 > 0 ? room / 2 : 1;
	const int last = seen.first + (seen.rows > 0 ? seen.rows - 1 : 0);
	int offset = room > 1 ? (last / step - 1) * step : last;

	if (offset > seen.first)
		offset = seen.first;
	if (offset > total - room)
		offset = total - room;
	return offset > 0 ? offset : 0;
}

/* Which rows of the canvas are shown: those above the first that scrolls, a part of
 * those that scroll, and those below them. */
struct window {
	int first; /* the first row that scrolls */
	int rows;  /* how many that scroll are shown */
	int total; /* of how many */
	int offset;
	bool scrolls;
	struct list list; /* what is counted; rows 0: lines */
};

static struct window whole_window(const struct body *b, int room, struct list list)
{
	struct window w = {.rows = room,
		.total = b->rows,
		.scrolls = true,
		.list = list};
	struct span seen = anchor(b, 0, b->page->n_blocks);

	if (room > 1)
		w.rows--; /* for the position */
	/* The row below a field explains it. */
	if (seen.rows && seen.first + seen.rows < b->rows)
		seen.rows++;
	w.offset = offset_for(seen, w.total, w.rows);
	return w;
}

static struct window window_of(const struct body *b, int room)
{
	const struct list list = longest_list(b);
	const int list_room = room - 1 - (b->rows - list.rows);

	if (b->rows <= room)
		return (struct window){.rows = b->rows, .total = b->rows};
	if (list_room < LIST_LEAST || list_room >= list.rows)
		return whole_window(b, room, list);
	struct span seen = anchor(b, list.from, list.to);
	if (seen.rows)
		seen.first -= list.first;
	return (struct window){.first = list.first,
		.rows = list_room,
		.total = list.rows,
		.offset = offset_for(seen, list.rows, list_room),
		.scrolls = true,
		.list = list};
}

/* The row of the canvas at this row of the body, or LAYOUT_NONE. */
static int row_at(const struct body *b, const struct window *w, int i)
{
	int row = i;

	if (i >= w->first + w->rows)
		row = i + w->total - w->rows;
	else if (i >= w->first)
		row = i + w->offset;
	return row < b->rows ? row : LAYOUT_NONE;
}

/* Is a part of the list in sight, and a part not? */
static bool is_parted(const struct window *w)
{
	const int first = w->first + w->offset;
	const int end = first + w->rows;
	const int list_end = w->list.first + w->list.rows;

	return end > w->list.first && first < list_end &&
	       (first > w->list.first || end < list_end);
}

/* "3-9 of 20": of the list where that is what scrolls, else of all lines. */
static void draw_position(const struct layout *l, const struct body *b,
	const struct window *w)
{
	const bool listed = is_parted(w);
	const int start = listed ? w->list.first : w->first;
	const int total = listed ? w->list.rows : w->total;
	int from = w->first + w->offset - start;
	int to = from + w->rows;
	struct pen pen = layout_pen(l);

	if (from < 0)
		from = 0;
	if (to > total)
		to = total;
	const bool below = to < total;
	const char *more = b->cursor ? "" : below ? "  PgDn more" : "  PgUp back";
	AUTO_FREE char *text = xasprintf("%d-%d of %d%s", from + 1, to, total, more);
	if (l->size == SIZE_NORMAL && pen.right > POSITION_END)
		pen.right = POSITION_END;
	(void)pen_text_right(&pen, l->left, l->message - 1, ROLE_MUTED, text);
}

static void show(const struct layout *l, const struct body *b, int room)
{
	const struct window w = window_of(b, room);

	for (int i = 0; i < room; i++) {
		const int row = row_at(b, &w, i);
		const bool kept = w.scrolls && room > 1 && i == room - 1;
		if (row == LAYOUT_NONE || kept)
			continue;
		grid_copy_row(l->grid, (struct grid_spot){l->left, l->body + i},
			&b->canvas, (struct grid_spot){LAYOUT_LEFT, row});
		if (b->cursor && b->canvas.cursor_y == row)
			grid_cursor(l->grid, b->canvas.cursor_x + l->left - LAYOUT_LEFT,
				l->body + i);
	}
	if (w.scrolls && room > 1)
		draw_position(l, b, &w);
}

/* A blank row above the body where there is one to spare. */
static void set_off(const struct layout *l, const struct body *b, int room)
{
	struct layout lower = *l;

	if (layout_is_small(l) && b->rows < room) {
		lower.body++;
		room--;
	}
	show(&lower, b, room);
}

/* Small windows give up what can be missed before anything scrolls. */
void layout_body(const struct layout *l)
{
	const int room = l->message - l->body;
	const int last = layout_is_small(l) ? SQUEEZE_SPARE : SQUEEZE_GAPS;

	for (int squeeze = SQUEEZE_NOTHING; room > 0 && squeeze <= last; squeeze++) {
		SCOPED(body) b = {0};
		body_init(&b, l, (enum squeeze)squeeze);
		if (b.rows <= room || (layout_is_small(l) && squeeze == last)) {
			set_off(l, &b, room);
			return;
		}
	}
	if (room > 0) {
		SCOPED(body) b = {0};
		body_init(&b, l, SQUEEZE_NOTHING);
		show(l, &b, room);
	}
}
