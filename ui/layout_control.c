#include <config.h>

#include "base/text.h"
#include "ui/layout_block.h"

#define FIELD_LEAST 8
#define NOTE_END 76
#define NOTE_LEAST 16 /* a narrower column of notes goes below instead */

/* What a field shows of its text, so that the caret is in it. */
struct view {
	struct str text;
	int caret; /* columns from its start */
	bool cut;  /* at the left */
};

/* Columns of the text before the caret, and of the character under it. */
static void measure_caret(const struct body *b, const struct block *block, int *before,
	int *under)
{
	*before = glyph_width_of(block->text, block->caret, b->glyphs);
	*under = glyph_width_of(block->text, block->caret + 1, b->glyphs) - *before;
	if (*under < 1)
		*under = 1;
}

static struct view view_of(const struct body *b, const struct block *block,
	struct str text, int width)
{
	struct view v = {.text = text};
	const int dots = text_width(str_of(glyph(GLYPH_ELLIPSIS, b->glyphs)));
	const int all = text_width(text);
	int under = 1;

	measure_caret(b, block, &v.caret, &under);
	const int last = width - under - (all > v.caret + under ? dots : 0);
	const int skip = v.caret - (last > 0 ? last : 0);
	if (all < width || skip <= 0)
		return v;
	for (int skipped = 0; skipped < skip && v.text.len;) {
		size_t used = 0;
		const int columns = text_char_width(utf8_next(v.text, &used));
		skipped += columns;
		v.caret -= columns;
		v.text = str_from(v.text, used);
	}
	v.cut = true;
	return v;
}

static void draw_content(struct body *b, const struct block *block,
	const struct pen *pen, int x, int y)
{
	const bool focused = body_has_focus(b, block);
	SCOPED(glyph_text) t = glyph_text(block->text, b->glyphs);
	struct view v = {.text = str_of(t.text)};

	if (focused)
		v = view_of(b, block, v.text, pen->right - x);
	for (int end = pen_put(pen, x, y, block->role, v.text); end < pen->right; end++)
		grid_put(pen->grid, end, y, ROLE_MUTED, '_');
	const struct pen start = {pen->grid, pen->glyphs, x + v.caret};
	if (v.cut)
		(void)pen_glyph(&start, x, y, ROLE_MUTED, GLYPH_ELLIPSIS);
	if (focused) {
		grid_cursor(&b->canvas, x + v.caret, y);
		b->cursor = true;
	}
}

/* Returns where what is labelled begins. */
static int draw_label(struct body *b, const struct block *block, int y)
{
	const int x = body_x(b, block);
	const struct pen pen = body_pen(b, b->field - 1);

	if (!block->label || !block->label[0])
		return x;
	(void)pen_text(&pen, x, y, body_role(b, block), block->label);
	return b->field;
}

static void draw_note(struct body *b, const struct block *block, int x, int y)
{
	const struct pen pen = body_pen(b, b->edge);

	if (block->good)
		x = pen_glyph(&pen, x, y, ROLE_OK, GLYPH_OK) + 2;
	if (block->note)
		(void)pen_text(&pen, x, y, ROLE_MUTED, block->note);
}

/* What a note takes with the blanks before it. */
static int note_width(const struct body *b, const struct block *block)
{
	const int note = block->note ? glyph_width(block->note, b->glyphs) : 0;
	return (note ? note + 3 : 0) + (block->good ? 4 : 0);
}

void draw_field(struct body *b, const struct block *block, int y)
{
	const int x = draw_label(b, block, y);
	const int noted = note_width(b, block);
	const int room = b->edge - x - noted;
	const int least = b->size == SIZE_COMPACT ? 2 * FIELD_LEAST : FIELD_LEAST;
	const int most = room >= least ? room : b->edge - x;
	const int width = block->width > 0 && block->width < most ? block->width : most;
	const struct pen pen = body_pen(b, x + width);
	const bool shared =
		b->field_note > x + width && b->field_note - 3 + noted <= b->edge;

	draw_content(b, block, &pen, x, y);
	draw_note(b, block, shared ? b->field_note : x + width + 3, y);
}

void draw_select(struct body *b, const struct block *block, int y)
{
	const struct pen pen = body_pen(b, b->edge);
	const struct pen value = body_pen(b, b->edge - 2);
	const enum role role = body_role(b, block);
	int x = draw_label(b, block, y);

	x = pen_text(&pen, x, y, role, "< ");
	x = pen_text(&value, x, y, role, block->text);
	x = pen_text(&pen, x, y, role, " >");
	draw_note(b, block, x + 3, y);
}

void draw_radio(struct body *b, const struct block *block, int y)
{
	const int x = body_x(b, block);
	const struct pen pen = body_pen(b, b->edge);
	const enum role role = body_role(b, block);
	const int end = b->edge < NOTE_END ? b->edge : NOTE_END;

	(void)pen_text(&pen, x, y, role, block->on ? "(o)" : "( )");
	const int below = body_wrap(b, x + 4, b->measure, y, role, body_text(b, block));
	if (!block->note || (b->squeeze >= SQUEEZE_SPARE && b->size == SIZE_COMPACT))
		return;
	if (below <= y + 1 && b->radio_note + NOTE_LEAST <= end)
		(void)body_wrap(b, b->radio_note, end, y, ROLE_MUTED, block->note);
	else
		(void)body_wrap(b, x + 4, end, below, ROLE_MUTED, block->note);
}

void draw_tick(struct body *b, const struct block *block, int y)
{
	const int x = body_x(b, block);
	const struct pen pen = body_pen(b, b->edge);
	const enum role role = body_role(b, block);

	(void)pen_text(&pen, x, y, role, block->on ? "[x]" : "[ ]");
	(void)body_wrap(b, x + 4, b->measure, y, role, body_text(b, block));
}
