#include <config.h>

#include <string.h>

#include "base/mem.h"
#include "ui/layout_block.h"

#define TICK (LAYOUT_LEFT + 2)
#define NO_COLOR UINT32_MAX

static void put(struct body *b, const int columns[2], int y, enum role role,
	const char *text)
{
	const struct pen pen = body_pen(b, columns[1]);

	if (columns[0] != LAYOUT_NONE)
		(void)pen_text(&pen, columns[0], y, role, text);
}

/* "both" of "both ways", "read" of "read-only". */
static void put_first_word(struct body *b, const int columns[2], int y, enum role role,
	const char *text)
{
	AUTO_FREE char *word = xstrdup(text ? text : "");

	word[strcspn(word, " -")] = '\0';
	put(b, columns, y, role, word);
}

/* A column of numbers. */
static void put_number(struct body *b, const int columns[2], int y, enum role role,
	const char *text)
{
	const struct pen pen = body_pen(b, columns[1]);

	(void)pen_text_right(&pen, columns[0], y, role, text);
}

void draw_table_head(struct body *b, int y)
{
	const struct table t = body_table(b);

	const int name[] = {t.swatch == LAYOUT_NONE ? t.name[0] : t.swatch, t.name[1]};

	put(b, name, y, ROLE_MUTED, "Name");
	put(b, t.direction, y, ROLE_MUTED, "Direction");
	put(b, t.folder, y, ROLE_MUTED, "Folder");
	if (t.counts)
		put_number(b, t.count, y, ROLE_MUTED, "Events");
}

/* 0xRRGGBB of "#RRGGBB"; some servers add two digits of opacity. */
static uint32_t color_of(const char *text)
{
	uint32_t rgb = 0;

	if (!text || text[0] != '#' || strlen(text) < 7)
		return NO_COLOR;
	for (size_t i = 1; i <= 6; i++) {
		const int digit = ascii_hex(text[i]);
		if (digit < 0)
			return NO_COLOR;
		rgb = rgb << 4 | (uint32_t)digit;
	}
	return rgb;
}

static void draw_swatch(struct body *b, const char *color, int x, int y)
{
	const struct pen pen = body_pen(b, b->edge);
	const uint32_t rgb = color_of(color);
	const bool known = rgb != NO_COLOR;

	if (x == LAYOUT_NONE || x >= pen.right)
		return;
	(void)pen_glyph(&pen, x, y, known ? ROLE_SWATCH : ROLE_MUTED, GLYPH_SWATCH);
	if (known)
		grid_tint(&b->canvas, x, y, rgb);
}

void draw_row(struct body *b, const struct block *block, int y)
{
	const struct table t = body_table(b);
	const struct pen pen = body_pen(b, b->edge);
	const enum role role = body_role(b, block);

	/* One bar over the whole row where focus is shown in reverse. */
	for (int x = TICK; x < t.count[1] && x < pen.right; x++)
		grid_put(&b->canvas, x, y, role, ' ');
	(void)pen_text(&pen, TICK, y, role, block->on ? "[x]" : "[ ]");
	draw_swatch(b, block->color, t.swatch, y);
	put(b, t.name, y, role, block->text);
	if (t.brief)
		put_first_word(b, t.direction, y, role, block->direction);
	else
		put(b, t.direction, y, role, block->direction);
	put(b, t.folder, y, role, block->folder);
	put_number(b, t.count, y, role, block->count);
}
