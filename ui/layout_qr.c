#include <config.h>

#include <string.h>

#include "ui/layout.h"
#include "ui/qr.h"

#define QR_TOP 2
#define TEXT_LEAST 40 /* columns of text that a code beside it leaves */

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
		if (p->blocks[i].kind == BLOCK_QR && p->blocks[i].text)
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
			LAYOUT_LEFT + glyph_width(b->text, l->glyphs) > edge)
			return false;
	}
	return true;
}

void layout_qr(struct layout *l)
{
	static const struct form forms[] = {{true, false, 4}, {true, true, 4}};
	const bool silent = !l->page->message || l->page->dialog.open;
	const int room[2] = {l->edge - TEXT_LEAST - 3,
		(silent ? l->buttons : l->message) - QR_TOP};
	SCOPED(code) c = {.inverted = l->page->qr_inverted, .glyphs = l->glyphs};

	if (!choose(&c, l, forms, COUNT_OF(forms), room))
		return;
	const int left = l->edge - width_of(&c);
	if (!address_fits(l, left - 1))
		return;
	draw_code(&c, l->grid, left, QR_TOP);
	l->edge = left - 1;
	l->measure = left - 1;
}

bool layout_qr_big(const struct layout *l)
{
	static const struct form forms[] = {{false, false, 4}, {false, true, 4},
		{false, true, 2}, {true, false, 4}, {true, true, 4}};
	const int room[2] = {l->grid->width, l->grid->height - 2};
	SCOPED(code) c = {.inverted = l->page->qr_inverted, .glyphs = l->glyphs};

	if (!choose(&c, l, forms, COUNT_OF(forms), room))
		return false;
	layout_header(l);
	draw_code(&c, l->grid, (room[0] - width_of(&c)) / 2, 1);
	layout_hints(l, l->grid->height - 1);
	grid_cursor(l->grid, 1, l->grid->height - 1);
	return true;
}
