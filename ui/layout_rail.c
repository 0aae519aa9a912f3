#include <config.h>

#include "base/mem.h"
#include "ui/layout.h"

#define DOWN_LEFT 2 /* of the rail down the left side */
#define DOWN_END 22

static enum glyph step_glyph(const struct page *p, size_t i)
{
	if (i == p->step)
		return GLYPH_STEP_CURRENT;
	return i < p->step ? GLYPH_STEP_DONE : GLYPH_STEP_COMING;
}

/* "◉ Name", or "(3 Name)". */
static int draw_current(const struct layout *l, const struct pen *pen, int x, int y)
{
	const struct page *p = l->page;
	const char *name = p->steps[p->step];

	if (l->glyphs == GLYPHS_ASCII) {
		AUTO_FREE char *text = xasprintf("(%zu %s)", p->step + 1, name);
		return pen_text(pen, x, y, ROLE_ACCENT, text);
	}
	x = pen_glyph(pen, x, y, ROLE_ACCENT, GLYPH_STEP_CURRENT);
	return pen_text(pen, x + 1, y, ROLE_ACCENT, name);
}

static void draw_along(const struct layout *l)
{
	const struct pen pen = layout_pen(l);
	const struct page *p = l->page;
	int x = 1;

	for (size_t i = 0; i < p->n_steps; i++) {
		if (i)
			x = pen_glyph(&pen, x, l->rail, ROLE_MUTED, GLYPH_STEP_JOIN);
		if (i != p->step) {
			x = pen_glyph(&pen, x, l->rail, ROLE_MUTED, step_glyph(p, i));
			continue;
		}
		x = draw_current(l, &pen, x, l->rail);
		if (l->glyphs == GLYPHS_UTF8 && i + 1 < p->n_steps)
			x++;
	}
}

static void draw_down(const struct layout *l)
{
	const struct page *p = l->page;
	const struct pen pen = {l->grid, l->glyphs, DOWN_END};
	const int last = l->buttons - 1;

	for (size_t i = 0; i < p->n_steps; i++) {
		const int y = l->rail + 2 * (int)i;
		if (y > last)
			return;
		if (i)
			(void)pen_glyph(&pen, DOWN_LEFT, y - 1, ROLE_MUTED,
				GLYPH_BOX_SIDE);
		if (i == p->step) {
			(void)draw_current(l, &pen, DOWN_LEFT, y);
			continue;
		}
		(void)pen_glyph(&pen, DOWN_LEFT, y, ROLE_MUTED, step_glyph(p, i));
		(void)pen_text(&pen, DOWN_LEFT + 2, y, ROLE_MUTED, p->steps[i]);
	}
}

void layout_rail(const struct layout *l)
{
	if (l->rail == LAYOUT_NONE)
		return;
	if (l->size == SIZE_WIDE)
		draw_down(l);
	else
		draw_along(l);
}
