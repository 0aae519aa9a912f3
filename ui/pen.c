#include <config.h>

#include "base/text.h"
#include "ui/grid_impl.h"

static int put_run(const struct pen *p, int x, int y, enum role role, struct str text)
{
	int base = -1;

	while (text.len) {
		size_t used = 0;
		const uint32_t c = utf8_next(text, &used);
		const int width = text_char_width(c);
		text = str_from(text, used);
		if (x + width > p->right)
			break;
		if (width) {
			grid_put(p->grid, x, y, role, c);
			base = x;
		} else if (base >= 0) {
			grid_mark(p->grid, base, y, c);
		}
		x += width;
	}
	return x;
}

int pen_put(const struct pen *p, int x, int y, enum role role, struct str text)
{
	const struct str dots = str_of(glyph(GLYPH_ELLIPSIS, p->glyphs));
	const int room = p->right - x;

	if (room <= 0)
		return x;
	if (text_width(text) <= room)
		return put_run(p, x, y, role, text);
	const int left = room - text_width(dots);
	if (left > 0)
		x = put_run(p, x, y, role, text_fit(text, left));
	return put_run(p, x, y, role, dots);
}

int pen_text(const struct pen *p, int x, int y, enum role role, const char *text)
{
	SCOPED(glyph_text) t = glyph_text(text, p->glyphs);

	return pen_put(p, x, y, role, str_of(t.text));
}

int pen_glyph(const struct pen *p, int x, int y, enum role role, enum glyph which)
{
	return pen_put(p, x, y, role, str_of(glyph(which, p->glyphs)));
}

int pen_text_right(const struct pen *p, int x, int y, enum role role, const char *text)
{
	SCOPED(glyph_text) t = glyph_text(text, p->glyphs);
	const int width = text_width(str_of(t.text));

	if (p->right - width > x)
		x = p->right - width;
	(void)pen_put(p, x, y, role, str_of(t.text));
	return x;
}

void pen_fill(const struct pen *p, int x, int end, int y, enum glyph which)
{
	for (; x < end && x < p->right; x++)
		(void)pen_glyph(p, x, y, ROLE_MUTED, which);
}
