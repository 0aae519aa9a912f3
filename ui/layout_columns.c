#include <config.h>

#include "ui/layout_block.h"

#define FIELD_COLUMN 20
#define VALUE_COLUMN_MAX 32
#define SHORTEST_LINE 12 /* what running text needs behind an indent */

/* Kinds whose text stands behind the column of the marker even without a focus. */
static bool is_inset(enum block_kind kind)
{
	static const bool inset[] = {
		[BLOCK_FIELD] = true,
		[BLOCK_RADIO] = true,
		[BLOCK_TICK] = true,
		[BLOCK_SELECT] = true,
		[BLOCK_STEP] = true,
		[BLOCK_PROGRESS] = true,
		[BLOCK_PAIR] = true,
		[BLOCK_ROW] = true,
		[BLOCK_MENU] = true,
		[BLOCK_QR] = false,
	};

	return inset[kind];
}

int body_x(const struct body *b, const struct block *block)
{
	const int least = LAYOUT_LEFT + (block->id || is_inset(block->kind) ? 2 : 0);
	const int indent = block->indent < 200 ? (int)block->indent : 200;
	const int x = LAYOUT_LEFT + indent;

	if (x < least || x + SHORTEST_LINE > b->measure)
		return least;
	return x;
}

static int least_of(int a, int b)
{
	return a < b ? a : b;
}

static int most_of(int a, int b)
{
	return a > b ? a : b;
}

static int label_end(const struct body *b, const struct block *block)
{
	return body_x(b, block) + glyph_width(block->label, b->glyphs);
}

/* The details of steps stand in one of a few columns, so that they keep it while they
 * change: the first that the longest line leaves free, but not so far right that the
 * longest detail does not fit. */
static int detail_column(int end, int last)
{
	static const int stops[] = {28, 47, 58};
	int column = stops[0];

	for (size_t i = 0; i < COUNT_OF(stops) && stops[i] <= last; i++) {
		column = stops[i];
		if (end <= column)
			return column;
	}
	return end < last ? end : column;
}

struct extent {
	int labels;
	int pairs;
	int radios;
	int steps;
	int notes;  /* width */
	int fields; /* width */
};

static void extend(struct extent *e, const struct body *b, const struct block *block)
{
	const int text = body_x(b, block) + glyph_width(block->text, b->glyphs);

	if (block->kind == BLOCK_FIELD || block->kind == BLOCK_SELECT)
		e->labels = most_of(e->labels, label_end(b, block));
	if (block->kind == BLOCK_FIELD)
		e->fields = most_of(e->fields, block->width);
	if (block->kind == BLOCK_PAIR)
		e->pairs = most_of(e->pairs, label_end(b, block));
	if (block->kind == BLOCK_RADIO && block->note)
		e->radios = most_of(e->radios, text + 4);
	if (block->kind == BLOCK_STEP) {
		e->steps = most_of(e->steps, text + 3);
		e->notes = most_of(e->notes, glyph_width(block->note, b->glyphs));
	}
}

void body_measure(struct body *b)
{
	struct extent e = {0};
	const int third = most_of(b->measure / 2, LAYOUT_LEFT + 4);

	for (size_t i = 0; i < b->page->n_blocks; i++)
		extend(&e, b, &b->page->blocks[i]);
	b->field = least_of(most_of(FIELD_COLUMN, e.labels + 2), third);
	b->field_note = b->field + e.fields + 3;
	b->value = least_of(e.pairs + 3, least_of(VALUE_COLUMN_MAX, third));
	b->radio_note = e.radios + 4;
	b->detail = least_of(detail_column(e.steps + 3, b->edge - e.notes),
		most_of(b->edge - e.notes, third));
}

/* Narrow windows do without the folder, the narrowest without the swatch too. */
struct table body_table(const struct body *b)
{
	static const struct table wide = {8, {10, 36}, {38, 53}, {55, 68}, {68, 75}};
	const bool narrow = b->width >= 56;
	const int end = b->width - 1;
	const int direction = end - (narrow ? 20 : 17);

	if (b->width >= 76)
		return wide;
	return (struct table){.swatch = narrow ? 8 : LAYOUT_NONE,
		.name = {narrow ? 10 : 8, direction - 1},
		.direction = {direction, direction + 11},
		.folder = {LAYOUT_NONE, LAYOUT_NONE},
		.count = {direction + 12, end}};
}
