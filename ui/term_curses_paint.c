#include <config.h>

#include <curses.h>
#include <string.h>

#include "base/mem.h"
#include "ui/term_impl.h"

/* Pair 0 is the terminal's own; then one for each role; then the swatches. */
static int role_pair(enum role role)
{
	return 1 + (int)role;
}

void term_colours_begin(struct term *t, bool no_color)
{
	const char *refused = getenv("NO_COLOR");
	const char *classic = getenv("CLICOLOR");

	t->depth = THEME_MONO;
	if (no_color || (refused && refused[0]) || (classic && !strcmp(classic, "0")) ||
		!has_colors() || start_color() != OK || use_default_colors() != OK)
		return;
	t->depth = COLORS >= 256 ? THEME_256 : THEME_8;
	for (int role = 0; role < ROLES; role++) {
		const struct theme_style s = theme_style(t->depth, (enum role)role);
		(void)init_extended_pair(role_pair((enum role)role), s.foreground,
			s.background);
	}
}

/* Calendars have few colours; when there are more than pairs, the last one serves. */
static int swatch_pair(struct term *t, uint32_t rgb)
{
	int i = 0;

	if (t->depth == THEME_MONO)
		return 0;
	while (i < t->n_swatches && t->swatches[i] != rgb)
		i++;
	if (i == TERM_PAIRS_SWATCH)
		i--;
	if (i == t->n_swatches) {
		t->swatches[t->n_swatches++] = rgb;
		(void)init_extended_pair(1 + ROLES + i, theme_nearest(t->depth, rgb),
			-1);
	}
	return 1 + ROLES + i;
}

static attr_t attributes(const struct theme_style *s)
{
	return (s->bold ? A_BOLD : A_NORMAL) | (s->reverse ? A_REVERSE : A_NORMAL) |
	       (s->underline ? A_UNDERLINE : A_NORMAL);
}

static void put(struct term *t, int x, int y, const struct cell *cell)
{
	const enum role role = (enum role)cell->role;
	const struct theme_style style = theme_style(t->depth, role);
	wchar_t text[4] = {L' ', 0};
	int pair = t->depth == THEME_MONO ? 0 : role_pair(role);
	cchar_t out;

	if (role == ROLE_SWATCH)
		pair = swatch_pair(t, cell->rgb);
	for (size_t i = 0; i < 3 && cell->ch[i]; i++)
		text[i] = (wchar_t)cell->ch[i];
	(void)setcchar(&out, text, attributes(&style), 0, &pair);
	(void)mvadd_wch(y, x, &out);
}

static bool same(const struct cell *a, const struct cell *b)
{
	return !memcmp(a->ch, b->ch, sizeof(a->ch)) && a->width == b->width &&
	       a->role == b->role && a->rgb == b->rgb;
}

static void remember_size(struct term *t, const struct grid *g)
{
	if (t->shown && t->width == g->width && t->height == g->height)
		return;
	free(t->shown);
	t->shown = xcalloc((size_t)g->width * (size_t)g->height, sizeof(*t->shown));
	t->width = g->width;
	t->height = g->height;
	t->all = true;
}

void term_paint(struct term *t, const struct grid *g)
{
	remember_size(t, g);
	/* The last cell is never written: nothing of a larger window stays in it. */
	if (t->all)
		(void)erase();
	for (int y = 0; y < g->height && y < LINES; y++) {
		for (int x = 0; x < g->width && x < COLS; x++) {
			const struct cell *cell = grid_at(g, x, y);
			struct cell *old = &t->shown[y * t->width + x];
			const bool corner = y == LINES - 1 && x == COLS - 1;
			if (corner || (!t->all && same(cell, old)))
				continue;
			*old = *cell;
			/* The right half of a wide character came with the left. It is
			 * remembered all the same: curses blanks it when the left one
			 * goes, and then what comes back there is a change. */
			if (cell->width)
				put(t, x, y, cell);
		}
	}
	t->all = false;
	(void)move(g->cursor_y, g->cursor_x);
	(void)refresh();
}
