#include <config.h>

#include <vterm.h>

#include "base/buf.h"
#include "base/text.h"
#include "tests/pty/term_p.h"

int term_rows(const struct term *t)
{
	int rows, cols;

	vterm_get_size(t->vt, &rows, &cols);
	return rows;
}

int term_cols(const struct term *t)
{
	int rows, cols;

	vterm_get_size(t->vt, &rows, &cols);
	return cols;
}

static struct term_colour colour_of(const VTermColor *c, bool is_default)
{
	struct term_colour out = {.kind = TERM_DEFAULT};

	if (is_default)
		return out;
	if (VTERM_COLOR_IS_INDEXED(c)) {
		out.kind = TERM_INDEXED;
		out.index = c->indexed.idx;
	} else {
		out.kind = TERM_RGB;
		out.red = c->rgb.red;
		out.green = c->rgb.green;
		out.blue = c->rgb.blue;
	}
	return out;
}

static void cell_text(const VTermScreenCell *cell, char *out, size_t room)
{
	size_t len = 0;

	/* A wide character's right half holds -1. */
	for (size_t i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell->chars[i] != 0 &&
			   cell->chars[i] != UINT32_MAX && len + 4 < room;
		i++)
		len += utf8_encode(cell->chars[i], out + len);
	out[len] = '\0';
}

struct term_cell term_cell(const struct term *t, int row, int col)
{
	VTermScreenCell cell = {0};
	struct term_cell out = {0};

	if (!vterm_screen_get_cell(t->screen, (VTermPos){row, col}, &cell))
		return out;
	cell_text(&cell, out.text, sizeof(out.text));
	out.width = cell.chars[0] == UINT32_MAX ? 0 : cell.width;
	out.fg = colour_of(&cell.fg, VTERM_COLOR_IS_DEFAULT_FG(&cell.fg));
	out.bg = colour_of(&cell.bg, VTERM_COLOR_IS_DEFAULT_BG(&cell.bg));
	out.bold = cell.attrs.bold;
	out.underline = cell.attrs.underline != VTERM_UNDERLINE_OFF;
	out.italic = cell.attrs.italic;
	out.blink = cell.attrs.blink;
	out.reverse = cell.attrs.reverse;
	out.strike = cell.attrs.strike;
	return out;
}

/* Adds the cells of one row up to column `end`. */
static void row_add(const struct term *t, int row, int end, struct buf *out)
{
	for (int col = 0; col < end;) {
		struct term_cell cell = term_cell(t, row, col);
		buf_text(out, cell.text[0] ? cell.text : " ");
		col += cell.width > 1 ? cell.width : 1;
	}
}

char *term_row(const struct term *t, int row)
{
	SCOPED(buf) b = buf_with_max(0);

	row_add(t, row, term_cols(t), &b);
	size_t len = b.len;
	while (len > 0 && b.ptr[len - 1] == ' ')
		len--;
	return str_dup(str_slice(buf_view(&b), 0, len));
}

char *term_dump(const struct term *t)
{
	SCOPED(buf) b = buf_with_max(0);

	for (int row = 0; row < term_rows(t); row++) {
		AUTO_FREE char *line = term_row(t, row);
		buf_printf(&b, "%s\n", line);
	}
	return buf_take(&b);
}

/* The column at which the cells before it fill `bytes` bytes. */
static int column_at(const struct term *t, int row, size_t bytes)
{
	SCOPED(buf) b = buf_with_max(0);
	int col = 0;

	while (col < term_cols(t)) {
		buf_reset(&b);
		row_add(t, row, col, &b);
		if (b.len >= bytes)
			break;
		col++;
	}
	return col;
}

bool term_find(const struct term *t, const char *text, int *row, int *col)
{
	SCOPED(buf) b = buf_with_max(0);

	for (int i = 0; i < term_rows(t); i++) {
		buf_reset(&b);
		row_add(t, i, term_cols(t), &b);
		size_t at = str_find(buf_view(&b), str_of(text));
		if (at == STR_NONE)
			continue;
		if (row)
			*row = i;
		if (col)
			*col = column_at(t, i, at);
		return true;
	}
	return false;
}

bool term_has(const struct term *t, const char *text)
{
	return term_find(t, text, NULL, NULL);
}

struct term_cursor term_cursor(const struct term *t)
{
	return t->cursor;
}
