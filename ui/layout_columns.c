#include <config.h>

#include "ui/layout_block.h"

#define FIELD_COLUMN 20
#define VALUE_COLUMN_MAX 32
#define WIDEST_MORE 36   /* columns of a wide window that the table takes */
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
	const int least = b->size == SIZE_COMPACT ? 0 : FIELD_COLUMN;
	b->field = least_of(most_of(least, e.labels + 2), third);
	b->field_note = b->field + e.fields + 3;
	b->value = least_of(e.pairs + 3, least_of(VALUE_COLUMN_MAX, third));
	b->radio_note = e.radios + 4;
	b->detail = least_of(detail_column(e.steps + 3, b->edge - e.notes),
		most_of(b->edge - e.notes, third));
}

static bool has_counts(const struct page *p)
{
	for (size_t i = 0; i < p->n_blocks; i++)
		if (p->blocks[i].count && p->blocks[i].count[0])
			return true;
	return false;
}

/* At 80 columns, and what is more is shared by name and folder. */
static struct table roomy_table(int more, bool counts)
{
	const int half = more / 2;

	return (struct table){.swatch = 8,
		.name = {10, 36 + half},
		.direction = {38 + half, 53 + half},
		.folder = {55 + half, (counts ? 68 : 75) + more},
		.count = {68 + more, 75 + more},
		.counts = counts};
}

/* Narrow windows do without the folder, the narrowest without the swatch too. */
struct table body_table(const struct body *b)
{
	const bool counts = has_counts(b->page);
	const bool compact = b->size == SIZE_COMPACT;
	const int end = b->edge;
	const int direction = end - (compact ? 4 : 11) - (counts ? 9 : 0);

	if (b->size == SIZE_WIDE)
		return roomy_table(least_of(end - 75, WIDEST_MORE), counts);
	if (b->size == SIZE_NORMAL)
		return roomy_table(0, counts);
	return (struct table){.swatch = compact ? LAYOUT_NONE : 8,
		.name = {compact ? 8 : 10, direction - 1},
		.direction = {direction, direction + (compact ? 4 : 11)},
		.folder = {LAYOUT_NONE, LAYOUT_NONE},
		.count = {counts ? end - 8 : end, end},
		.brief = compact,
		.counts = counts};
}
