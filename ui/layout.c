#include <config.h>

#include "ui/layout.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "ui/wrap.h"

#define WIDTH 80
#define HEIGHT 24
#define MEASURE_END 74
#define NOTE_END 76
#define MESSAGE_ROWS 4
#define BODY_LEAST 2 /* rows a long message leaves to the body */

struct pen layout_pen(const struct layout *l)
{
	return (struct pen){l->grid, l->glyphs, l->edge};
}

static int least_of(int a, int b)
{
	return a < b ? a : b;
}

static void set_size(struct layout *l)
{
	l->size = size_class(l->grid->width, l->grid->height);
	l->width = least_of(l->grid->width, WIDTH);
	l->height = least_of(l->grid->height, HEIGHT);
	l->edge = l->width - 1;
	l->measure = least_of(MEASURE_END, l->edge);
}

/* The last rows are the same everywhere; the first ones close up in small windows. */
static void set_rows(struct layout *l)
{
	const bool roomy = l->size == SIZE_WIDE || l->size == SIZE_NORMAL;

	l->hints = l->height - 1;
	l->rule = l->height - 2;
	l->buttons = l->height - 3;
	l->rail = l->page->n_steps && l->size != SIZE_COMPACT ? 1 : LAYOUT_NONE;
	l->title = roomy ? 3 : l->rail == LAYOUT_NONE ? 1 : 2;
	l->body = roomy ? 5 : l->title + 1;
}

/* The rail */

static enum glyph step_glyph(const struct page *p, size_t i)
{
	if (i == p->step)
		return GLYPH_STEP_CURRENT;
	return i < p->step ? GLYPH_STEP_DONE : GLYPH_STEP_COMING;
}

/* "◉ Name ", or "(3 Name)". */
static int draw_current(const struct layout *l, const struct pen *pen, int x)
{
	const struct page *p = l->page;
	const char *name = p->steps[p->step];
	const bool last = p->step + 1 == p->n_steps;

	if (l->glyphs == GLYPHS_ASCII) {
		AUTO_FREE char *text = xasprintf("(%zu %s)", p->step + 1, name);
		return pen_text(pen, x, l->rail, ROLE_ACCENT, text);
	}
	x = pen_glyph(pen, x, l->rail, ROLE_ACCENT, GLYPH_STEP_CURRENT);
	x = pen_text(pen, x + 1, l->rail, ROLE_ACCENT, name);
	return last ? x : x + 1;
}

static void draw_rail(const struct layout *l)
{
	const struct pen pen = layout_pen(l);
	const struct page *p = l->page;
	int x = 1;

	if (l->rail == LAYOUT_NONE)
		return;
	for (size_t i = 0; i < p->n_steps; i++) {
		if (i)
			x = pen_glyph(&pen, x, l->rail, ROLE_MUTED, GLYPH_STEP_JOIN);
		if (i == p->step)
			x = draw_current(l, &pen, x);
		else
			x = pen_glyph(&pen, x, l->rail, ROLE_MUTED, step_glyph(p, i));
	}
}

/* Header, title, message */

void layout_header(const struct layout *l)
{
	const struct page *p = l->page;
	const bool stepping = p->step < p->n_steps;
	const bool terse = l->size == SIZE_COMPACT;
	struct pen pen = layout_pen(l);

	if (stepping) {
		AUTO_FREE char *place = xasprintf("%s%zu of %zu", terse ? "" : "Step ",
			p->step + 1, p->n_steps);
		pen.right = pen_text_right(&pen, 1, 0, ROLE_MUTED, place) - 2;
	}
	int x = pen_text(&pen, 1, 0, ROLE_MUTED, "calwiz");
	const char *what = terse && stepping ? p->steps[p->step] : p->purpose;
	if (!what)
		return;
	x = pen_glyph(&pen, x, 0, ROLE_MUTED, GLYPH_BRAND);
	(void)pen_text(&pen, x, 0, ROLE_MUTED, what);
}

static void draw_title(const struct layout *l)
{
	const struct page *p = l->page;
	struct pen pen = layout_pen(l);

	pen.right = least_of(NOTE_END, l->edge);
	/* Where only one of them has room, the title has it. */
	const int note = p->title_note ? glyph_width(p->title_note, l->glyphs) + 2 : 0;
	const int title = LAYOUT_LEFT + glyph_width(p->title, l->glyphs);
	if (note && title + note <= pen.right)
		(void)pen_text_right(&pen, title, l->title, ROLE_MUTED, p->title_note);
	(void)pen_text(&pen, LAYOUT_LEFT, l->title, ROLE_TITLE, p->title);
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
	struct message m = {.text = glyph_text(p->message, l->glyphs),
		.mark = marked ? "! " : "",
		.x = LAYOUT_LEFT + (marked ? 2 : 0)};
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
	const bool roomy = l->size == SIZE_WIDE || l->size == SIZE_NORMAL;
	l->message = l->buttons - (m.rows || !roomy ? m.rows : 1);
	if (!m.rows)
		return;
	pen.right = l->measure;
	(void)pen_text(&pen, LAYOUT_LEFT, l->message, role, m.mark);
	for (int y = l->message; y < l->buttons && rest.len; y++) {
		if (y + 1 == l->buttons)
			line = rest; /* cut by the pen if it is more than a line */
		else
			(void)wrap_line(&rest, l->measure - m.x, &line);
		(void)pen_put(&pen, m.x, y, role, line);
	}
}

/* The notice of a window that is too small. */
static void draw_notice(struct layout *l)
{
	const int margin = l->width > 24 ? 1 : 0;
	AUTO_FREE char *notice =
		xasprintf("This window is %dx%d. Please make it 80x24 or more. Your "
			  "answers are kept.",
			l->grid->width, l->grid->height);
	const bool hardly = l->grid->width <= 20 && l->grid->height <= 3;
	struct str rest = hardly ? STR("Window too small") : str_of(notice);
	const struct pen pen = {l->grid, l->glyphs, l->grid->width};
	const int cols = l->grid->width - 2 * margin;
	struct str line;
	int y = 0;

	if (!hardly && wrap_count(rest, cols) + 2 <= l->grid->height) {
		(void)pen_text(&pen, margin, y, ROLE_MUTED, "calwiz");
		y = 2;
	}
	for (; y < l->grid->height && rest.len; y++) {
		if (y + 1 == l->grid->height)
			line = rest;
		else
			(void)wrap_line(&rest, cols, &line);
		(void)pen_put(&pen, margin, y, ROLE_TEXT, line);
	}
	grid_cursor(l->grid, 0, 0);
}

static void draw_page(struct layout *l)
{
	const struct pen pen = layout_pen(l);

	layout_header(l);
	draw_rail(l);
	draw_message(l);
	grid_cursor(l->grid, LAYOUT_LEFT, l->title);
	if (!l->page->dialog.open)
		layout_buttons(l);
	pen_fill(&pen, 1, l->edge, l->rule, GLYPH_RULE);
	layout_hints(l, l->hints);
	layout_qr(l);
	draw_title(l);
	layout_body(l);
	if (l->page->dialog.open)
		layout_dialog(l);
}

void layout_draw(struct grid *g, const struct page *p, enum glyphs glyphs)
{
	struct layout l = {.page = p, .grid = g, .glyphs = glyphs};

	set_size(&l);
	if (l.size == SIZE_TINY) {
		draw_notice(&l);
		return;
	}
	set_rows(&l);
	if (p->qr_big && !p->dialog.open && layout_qr_big(&l))
		return;
	draw_page(&l);
}
