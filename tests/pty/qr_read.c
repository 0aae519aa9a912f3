#include <config.h>

#include "tests/pty/qr_read.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

enum shade { OUTSIDE, LIGHT, DARK };

/* --- the screen as modules --- */

struct picture {
	enum shade *at; /* owned */
	int width, height;
};

static void picture_clear(struct picture *p)
{
	free(p->at);
	*p = (struct picture){0};
}

static enum shade shade_at(const struct picture *p, int x, int y)
{
	if (x < 0 || y < 0 || x >= p->width || y >= p->height)
		return OUTSIDE;
	return p->at[y * p->width + x];
}

static enum shade shade_of(const struct term_colour *c, bool front, bool light)
{
	if (c->kind == TERM_DEFAULT)
		return front == light ? DARK : LIGHT;
	return c->index == 16 || c->index == 0 ? DARK : LIGHT;
}

static bool belongs(const struct term_cell *c)
{
	const bool block = !c->text[0] || !strcmp(c->text, " ") ||
	                   !strncmp(c->text, "\xe2\x96", 2);
	return block && (c->reverse || c->bg.kind != TERM_DEFAULT);
}

/* The upper or the lower half of a cell. */
static enum shade half(const struct term *t, const struct qr_place *place, int row,
	int col, bool lower)
{
	const struct term_cell c = term_cell(t, row, col);
	const char *solid[] = {"█", lower ? "▄" : "▀"};
	bool front = false;

	if (!belongs(&c))
		return OUTSIDE;
	for (size_t i = 0; i < COUNT_OF(solid); i++)
		front = front || !strcmp(c.text, solid[i]);
	front = front != c.reverse;
	return shade_of(front ? &c.fg : &c.bg, front, place->light);
}

static struct picture look(const struct term *t, const struct qr_place *place)
{
	const int step = place->cells ? 2 : 1;
	struct picture p = {.width = (term_cols(t) - place->col) / step,
		.height = place->rows * (place->cells ? 1 : 2)};

	p.at = xcalloc((size_t)(p.width * p.height), sizeof(*p.at));
	for (int y = 0; y < p.height; y++)
		for (int x = 0; x < p.width; x++)
			p.at[y * p.width + x] =
				half(t, place, place->row + (place->cells ? y : y / 2),
					place->col + x * step, !place->cells && y % 2);
	return p;
}

/* --- the code in it --- */

struct code {
	const struct picture *in;
	int left, top, size;
	unsigned mask;
};

static bool is_dark(const struct code *c, int row, int col)
{
	return shade_at(c->in, c->left + col, c->top + row) == DARK;
}

/* The corner marks reach to three corners, so the dark modules end where it ends. */
static bool find(struct code *c)
{
	int right = -1, bottom = -1;

	c->left = c->in->width;
	c->top = c->in->height;
	for (int y = 0; y < c->in->height; y++)
		for (int x = 0; x < c->in->width; x++) {
			if (shade_at(c->in, x, y) != DARK)
				continue;
			c->left = x < c->left ? x : c->left;
			c->top = y < c->top ? y : c->top;
			right = x > right ? x : right;
			bottom = y > bottom ? y : bottom;
		}
	c->size = right - c->left + 1;
	return c->size == bottom - c->top + 1 && c->size >= 21 && c->size <= 37 &&
	       c->size % 4 == 1;
}

static bool ring_is_light(const struct code *c, int away)
{
	const int end = c->size + away - 1;

	for (int i = -away; i <= end; i++)
		if (shade_at(c->in, c->left + i, c->top - away) != LIGHT ||
			shade_at(c->in, c->left + i, c->top + end) != LIGHT ||
			shade_at(c->in, c->left - away, c->top + i) != LIGHT ||
			shade_at(c->in, c->left + end, c->top + i) != LIGHT)
			return false;
	return true;
}

static int margin(const struct code *c)
{
	int width = 0;

	while (ring_is_light(c, width + 1))
		width++;
	return width;
}

/* The format beside the first corner mark; its last ten bits only protect it. */
static void read_format(struct code *c)
{
	unsigned bits = 0;

	for (int i = 0; i < 5; i++)
		bits = bits << 1 | (is_dark(c, 8, i) ? 1U : 0U);
	c->mask = (bits ^ 0x15U) & 7U; /* 0x15: the first five bits of 0x5412 */
}

static bool is_masked(unsigned mask, int r, int c)
{
	switch (mask) {
	case 0:
		return (r + c) % 2 == 0;
	case 1:
		return r % 2 == 0;
	case 2:
		return c % 3 == 0;
	case 3:
		return (r + c) % 3 == 0;
	case 4:
		return (r / 2 + c / 3) % 2 == 0;
	case 5:
		return r * c % 2 + r * c % 3 == 0;
	case 6:
		return (r * c % 2 + r * c % 3) % 2 == 0;
	default:
		return ((r + c) % 2 + r * c % 3) % 2 == 0;
	}
}

static bool is_pattern(const struct code *c, int row, int col)
{
	const int far = c->size - 8, small = c->size - 9;
	const bool alignment = c->size > 21 && row >= small && row < small + 5 &&
	                       col >= small && col < small + 5;

	return alignment || row == 6 || col == 6 || (row < 9 && col < 9) ||
	       (row < 9 && col >= far) || (row >= far && col < 9);
}

/* --- the text in it --- */

struct bits {
	uint8_t at[1400];
	size_t count, next;
};

/* Two columns at a time from the right, up and down in turn, past the timing column. */
static void collect(const struct code *c, struct bits *bits)
{
	bool up = true;

	for (int right = c->size - 1; right > 0; right -= 2, up = !up) {
		if (right == 6)
			right--;
		for (int i = 0; i < 2 * c->size; i++) {
			const int row = up ? c->size - 1 - i / 2 : i / 2;
			const int col = right - i % 2;
			if (is_pattern(c, row, col))
				continue;
			bits->at[bits->count++] =
				is_dark(c, row, col) != is_masked(c->mask, row, col);
		}
	}
}

static unsigned take_bits(struct bits *bits, int n)
{
	unsigned value = 0;

	for (; n > 0; n--)
		value = value << 1 |
		        (bits->next < bits->count ? bits->at[bits->next++] : 0U);
	return value;
}

static void read_letters(struct bits *bits, struct buf *out)
{
	static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
	unsigned left = take_bits(bits, 9);

	for (; left > 1 && bits->next < bits->count; left -= 2) {
		const unsigned pair = take_bits(bits, 11);
		buf_char(out, letters[pair / 45 % 45]);
		buf_char(out, letters[pair % 45]);
	}
	if (left == 1)
		buf_char(out, letters[take_bits(bits, 6) % 45]);
}

static void read_text(struct bits *bits, struct buf *out)
{
	for (;;) {
		const unsigned mode = take_bits(bits, 4);
		if (mode == 2) {
			read_letters(bits, out);
		} else if (mode == 4) {
			unsigned left = take_bits(bits, 8);
			for (; left && bits->next < bits->count; left--)
				buf_char(out, (char)take_bits(bits, 8));
		} else {
			return;
		}
	}
}

char *qr_read(const struct term *t, const struct qr_place *place, int *quiet)
{
	SCOPED(picture) picture = look(t, place);
	SCOPED(buf) out = buf_with_max(0);
	struct code code = {.in = &picture};
	struct bits bits = {0};

	*quiet = 0;
	if (!find(&code))
		return xstrdup("");
	*quiet = margin(&code);
	read_format(&code);
	collect(&code, &bits);
	read_text(&bits, &out);
	return out.ptr ? buf_take(&out) : xstrdup("");
}
