#include <config.h>

#include <string.h>

#include "ui/layout.h"
#include "ui/qr.h"

#define TEXT_LEAST 40 /* columns of text that a code beside it leaves */
#define TEXT_MOST 76  /* and how many are between the margin and a code at most */

/* The forms of a code, best first. Half blocks put two modules into a cell; else a
 * module is two cells of one colour, which needs no character but the blank. */
struct form {
	bool halves;
	bool small;
	int quiet; /* modules around it: readers want four */
};

struct code {
	struct qr qr;
	struct form form;
	bool inverted;
	enum glyphs glyphs;
};

static void code_clear(struct code *c)
{
	qr_clear(&c->qr);
}

static int width_of(const struct code *c)
{
	const int modules = c->qr.size + 2 * c->form.quiet;
	return c->form.halves ? modules : 2 * modules;
}

static int height_of(const struct code *c)
{
	const int modules = c->qr.size + 2 * c->form.quiet;
	return c->form.halves ? (modules + 1) / 2 : modules;
}

/* Module at x and y of the code with its quiet zone. */
static bool is_dark(const struct code *c, int x, int y)
{
	const int size = c->qr.size;

	x -= c->form.quiet;
	y -= c->form.quiet;
	const bool inside = x >= 0 && y >= 0 && x < size && y < size;
	return (inside && c->qr.dark[y * size + x]) != c->inverted;
}

static void draw_halves(const struct code *c, struct grid *g, int left, int top)
{
	static const uint32_t blocks[] = {' ', 0x2580, 0x2584, 0x2588};

	for (int y = 0; y < height_of(c); y++)
		for (int x = 0; x < width_of(c); x++) {
			const int which =
				is_dark(c, x, 2 * y) | is_dark(c, x, 2 * y + 1) << 1;
			grid_put(g, left + x, top + y, ROLE_QR, blocks[which]);
		}
}

static void draw_cells(const struct code *c, struct grid *g, int left, int top)
{
	const uint32_t full = c->glyphs == GLYPHS_UTF8 ? 0x2588 : ' ';
	const enum role role = c->glyphs == GLYPHS_UTF8 ? ROLE_QR : ROLE_QR_DARK;

	for (int y = 0; y < height_of(c); y++)
		for (int x = 0; x < width_of(c); x++) {
			const bool dark = is_dark(c, x / 2, y);
			grid_put(g, left + x, top + y, dark ? role : ROLE_QR,
				dark ? full : ' ');
		}
}

static void draw_code(const struct code *c, struct grid *g, int left, int top)
{
	if (c->form.halves)
		draw_halves(c, g, left, top);
	else
		draw_cells(c, g, left, top);
}

static const struct block *find_qr(const struct page *p)
{
	for (size_t i = 0; i < p->n_blocks; i++)
		if (p->blocks[i].kind == BLOCK_QR)
			return &p->blocks[i];
	return NULL;
}

/* Capitals mean the same in a scheme and a host name, not in a path. */
static bool may_shout(const char *address)
{
	const char *host = strstr(address, "://");

	return host && !strchr(host + 3, '/');
}

/* The first of the forms that fits; false when none does. */
static bool choose(struct code *c, const struct layout *l, const struct form *forms,
	size_t count, const int room[2])
{
	const struct block *block = find_qr(l->page);

	for (size_t i = 0; block && i < count; i++) {
		const struct form *f = &forms[i];
		code_clear(c);
		if ((f->halves && l->glyphs == GLYPHS_ASCII) ||
			(f->small && !may_shout(block->text)) ||
			!qr_make(&c->qr, block->text, f->small))
			continue;
		c->form = *f;
		if (width_of(c) <= room[0] && height_of(c) <= room[1])
			return true;
	}
	return false;
}

static bool address_fits(const struct layout *l, int edge)
{
	for (size_t i = 0; i < l->page->n_blocks; i++) {
		const struct block *b = &l->page->blocks[i];
		if (b->kind == BLOCK_LINK &&
			l->left + glyph_width(b->text, l->glyphs) > edge)
			return false;
	}
	return true;
}

/* Not far from the text, however wide the window is. */
static int left_of(const struct code *c, const struct layout *l)
{
	const int left = l->edge - width_of(c);
	const int most = l->left + TEXT_MOST;

	return left < most ? left : most;
}

static const struct form beside[] = {{true, false, 4}, {true, true, 4}};
static const struct form alone[] = {{false, false, 4}, {false, true, 4},
	{false, true, 2}, {true, false, 4}, {true, true, 4}, {true, false, 2}};

static int top_of(const struct layout *l)
{
	return l->size == SIZE_WIDE ? 3 : 2;
}

static bool choose_beside(struct code *c, const struct layout *l)
{
	const bool silent = !l->page->message || l->page->dialog.open;
	const int room[2] = {l->edge - l->left - TEXT_LEAST - 1,
		(silent ? l->buttons : l->message) - top_of(l)};

	return choose(c, l, beside, COUNT_OF(beside), room) &&
	       address_fits(l, left_of(c, l) - 1);
}

static bool choose_alone(struct code *c, const struct layout *l)
{
	const int room[2] = {l->grid->width, l->grid->height - 2};

	return choose(c, l, alone, COUNT_OF(alone), room);
}

void layout_qr(struct layout *l)
{
	const struct block *block = find_qr(l->page);
	SCOPED(code) c = {.inverted = l->page->qr_inverted, .glyphs = l->glyphs};

	if (!block || !block->on || !choose_beside(&c, l))
		return;
	const int left = left_of(&c, l);
	draw_code(&c, l->grid, left, top_of(l));
	l->code = CODE_BESIDE;
	l->edge = left - 1;
	if (l->measure > left - 1)
		l->measure = left - 1;
}

bool layout_qr_fits(const struct layout *l)
{
	SCOPED(code) c = {.glyphs = l->glyphs};

	return choose_beside(&c, l);
}

bool layout_qr_alone(struct layout *l)
{
	SCOPED(code) c = {.inverted = l->page->qr_inverted, .glyphs = l->glyphs};

	if (!choose_alone(&c, l))
		return false;
	l->code = CODE_ALONE;
	l->edge = l->width - 1;
	layout_header(l);
	draw_code(&c, l->grid, (l->grid->width - width_of(&c)) / 2, 1);
	layout_hints(l, l->grid->height - 1);
	grid_cursor(l->grid, 1, l->grid->height - 1);
	return true;
}

/* Two cells a module are more than half a cell. */
bool layout_qr_grows(const struct layout *l)
{
	SCOPED(code) c = {.glyphs = l->glyphs};

	return choose_alone(&c, l) && !c.form.halves;
}

bool layout_qr_has_room(const struct layout *l)
{
	SCOPED(code) c = {.glyphs = l->glyphs};

	return layout_qr_fits(l) || choose_alone(&c, l);
}
