#include <config.h>

#include "base/mem.h"
#include "ui/layout.h"
#include "ui/wrap.h"

#define MARGIN_FROM 24 /* columns from which there is a margin */
#define LINE_HEIGHT 3  /* with so few rows a line has to do */

static void draw_line(const struct layout *l)
{
	const struct pen pen = {l->grid, l->glyphs, l->width};

	(void)pen_text(&pen, 0, 0, ROLE_TEXT, "Window too small");
}

/* How to leave is what is missed first where the rest does not fit. */
static void draw_sentences(const struct layout *l, const char *const *lines,
	size_t count)
{
	const int margin = l->width > MARGIN_FROM ? 1 : 0;
	const struct pen pen = {l->grid, l->glyphs, l->width};
	const int last = l->height - 1;
	struct str line;
	int y = 0;

	if (l->height > (int)count + 4) {
		(void)pen_text(&pen, margin, y, ROLE_MUTED, "calwiz");
		y = 2;
	}
	for (size_t i = 0; i < count; i++) {
		struct str rest = str_of(lines[i]);
		while (y < last && wrap_line(&rest, l->width - 2 * margin, &line))
			(void)pen_put(&pen, margin, y++, ROLE_TEXT, line);
	}
	if (y + 1 < last)
		y++;
	(void)pen_text(&pen, margin, y, ROLE_MUTED,
		l->page->dialog.open ? "Ctrl-C again leaves at once" : "Ctrl-C quit");
}

void layout_notice(const struct layout *l)
{
	AUTO_FREE char *size =
		xasprintf("This window is %dx%d.", l->grid->width, l->grid->height);
	const char *const lines[] = {size, "Please make it 40x13 or more.",
		"Your answers are kept."};

	if (l->height <= LINE_HEIGHT)
		draw_line(l);
	else
		draw_sentences(l, lines, COUNT_OF(lines));
	grid_cursor(l->grid, 0, 0);
}
