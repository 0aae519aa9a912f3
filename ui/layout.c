#include <config.h>

#include "ui/layout.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "ui/wrap.h"

#define WIDTH 80
#define HEIGHT 24
#define RAIL_END 24
#define MEASURE 72
#define NOTE_END 76
#define MESSAGE_ROWS 4
#define BODY_LEAST 2 /* rows a long message leaves to the body */

struct pen layout_pen(const struct layout *l)
{
	return (struct pen){l->grid, l->glyphs, l->edge};
}

bool layout_is_small(const struct layout *l)
{
	return l->size == SIZE_NARROW || l->size == SIZE_COMPACT;
}

static int least_of(int a, int b)
{
	return a < b ? a : b;
}

static void set_columns(struct layout *l)
{
	const bool wide = l->size == SIZE_WIDE;

	l->width = wide ? l->grid->width : least_of(l->grid->width, WIDTH);
	l->height = wide ? l->grid->height : least_of(l->grid->height, HEIGHT);
	l->edge = l->width - 1;
	l->left = layout_is_small(l) ? 1 : 2;
	if (wide && l->page->n_steps)
		l->left = RAIL_END;
	l->measure = least_of(l->left + MEASURE, l->edge);
}

/* In the smallest windows the header names the step already. */
static bool has_title(const struct layout *l)
{
	const struct page *p = l->page;
	return l->size != SIZE_COMPACT || p->headline || p->step >= p->n_steps;
}

/* The last rows are the same everywhere; the first ones close up in small windows. */
static void set_rows(struct layout *l)
{
	const bool small = layout_is_small(l);

	l->hints = l->height - 1;
	l->rule = l->size == SIZE_COMPACT ? LAYOUT_NONE : l->height - 2;
	l->buttons = l->height - 3;
	l->message = l->buttons - (small ? 0 : 1); /* until there is one */
	l->rail = !l->page->n_steps || small ? LAYOUT_NONE
	          : l->size == SIZE_WIDE     ? 3
	                                     : 1;
	l->title = !small ? 3 : has_title(l) ? 1 : LAYOUT_NONE;
	l->body = !small ? 5 : has_title(l) ? 2 : 1;
}

/* Header, title, message */

/* "Step 3 of 10", and shorter where columns are scarce. */
static void draw_place(const struct layout *l, struct pen *pen)
{
	const struct page *p = l->page;
	const char *join = l->size == SIZE_COMPACT ? "/" : " of ";

	if (p->step >= p->n_steps)
		return;
	AUTO_FREE char *place = xasprintf("%s%zu%s%zu",
		layout_is_small(l) ? "" : "Step ", p->step + 1, join, p->n_steps);
	pen->right = pen_text_right(pen, 1, 0, ROLE_MUTED, place) - 2;
}

void layout_header(const struct layout *l)
{
	const struct page *p = l->page;
	const bool named = layout_is_small(l) && p->step < p->n_steps;
	const char *what = named ? p->steps[p->step] : p->purpose;
	struct pen pen = layout_pen(l);

	draw_place(l, &pen);
	int x = pen_text(&pen, 1, 0, ROLE_MUTED, "calwiz");
	if (!what)
		return;
	if (l->size == SIZE_COMPACT)
		x += 2;
	else
		x = pen_glyph(&pen, x, 0, ROLE_MUTED, GLYPH_BRAND);
	(void)pen_text(&pen, x, 0, ROLE_MUTED, what);
}

static void draw_title(const struct layout *l)
{
	const struct page *p = l->page;
	struct pen pen = layout_pen(l);

	if (l->title == LAYOUT_NONE)
		return;
	if (l->size == SIZE_NORMAL)
		pen.right = least_of(NOTE_END, l->edge);
	/* Where only one of them has room, the title has it. */
	const int note = p->title_note ? glyph_width(p->title_note, l->glyphs) + 2 : 0;
	const int title = l->left + glyph_width(p->title, l->glyphs);
	if (note && title + note <= pen.right)
		(void)pen_text_right(&pen, title, l->title, ROLE_MUTED, p->title_note);
	(void)pen_text(&pen, l->left, l->title, ROLE_TITLE, p->title);
}

struct message {
	struct glyph_text text;
	const char *mark;
	int x;
	int rows;
};

static void message_clear(struct message *m)
{
	glyph_text_clear(&m->text);
}

static struct message message_of(const struct layout *l)
{
	const struct page *p = l->page;
	const bool marked =
		p->message_role == ROLE_ATTENTION || p->message_role == ROLE_ERROR;
	const bool brief = l->size == SIZE_COMPACT && p->brief;
	struct message m = {
		.text = glyph_text(brief ? p->brief : p->message, l->glyphs),
		.mark = marked ? "! " : "",
		.x = l->left + (marked ? 2 : 0)};
	const int room = l->buttons - l->body - BODY_LEAST;

	/* A question over the page is all there is to say. */
	if (!m.text.text[0] || p->dialog.open)
		return m;
	m.rows = least_of(wrap_count(str_of(m.text.text), l->measure - m.x),
		MESSAGE_ROWS);
	m.rows = room < 1 ? 1 : least_of(m.rows, room);
	return m;
}

static void draw_message(struct layout *l)
{
	SCOPED(message) m = message_of(l);
	struct str rest = str_of(m.text.text);
	struct str line;
	const enum role role = l->page->message_role;
	struct pen pen = layout_pen(l);

	/* Without a message its row stays free, unless rows are scarce. */
	l->message = l->buttons - (m.rows || layout_is_small(l) ? m.rows : 1);
	if (!m.rows)
		return;
	pen.right = l->measure;
	(void)pen_text(&pen, l->left, l->message, role, m.mark);
	for (int y = l->message; y < l->buttons && rest.len; y++) {
		if (y + 1 == l->buttons)
			line = rest; /* cut by the pen if it is more than a line */
		else
			(void)wrap_line(&rest, l->measure - m.x, &line);
		(void)pen_put(&pen, m.x, y, role, line);
	}
}

static void draw_rules(const struct layout *l)
{
	const struct pen pen = layout_pen(l);

	if (l->size == SIZE_WIDE)
		pen_fill(&pen, 1, l->edge, 1, GLYPH_RULE);
	if (l->rule != LAYOUT_NONE)
		pen_fill(&pen, 1, l->edge, l->rule, GLYPH_RULE);
}

static void draw_page(struct layout *l)
{
	struct layout inner;

	layout_header(l);
	layout_rail(l);
	draw_rules(l);
	draw_message(l);
	grid_cursor(l->grid, l->left, l->title == LAYOUT_NONE ? l->body : l->title);
	if (!l->page->dialog.open)
		layout_buttons(l);
	inner = *l;
	layout_qr(&inner);
	l->code = inner.code;
	layout_hints(l, l->hints);
	draw_title(&inner);
	layout_body(&inner);
	if (l->page->dialog.open)
		layout_dialog(l);
}

static bool wants_code_alone(const struct layout *l)
{
	if (l->page->dialog.open)
		return false;
	return l->page->qr_big || (l->page->qr_asked && !layout_qr_fits(l));
}

void layout_draw(struct grid *g, const struct page *p, enum glyphs glyphs)
{
	struct layout l = {.page = p,
		.grid = g,
		.glyphs = glyphs,
		.size = size_class(g->width, g->height)};

	set_columns(&l);
	if (l.size == SIZE_TINY) {
		layout_notice(&l);
		return;
	}
	set_rows(&l);
	if (wants_code_alone(&l) && layout_qr_alone(&l))
		return;
	draw_page(&l);
}
