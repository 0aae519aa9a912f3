#include <config.h>

#include <string.h>

#include "ui/line_impl.h"

/* What a block is in a conversation. A new kind of block does not compile before it has
 * its place here and in line_render.c. */
enum part { PART_SAID, PART_FIELD, PART_GROUP, PART_SELECT, PART_TABLE, PART_BOX };

static enum part part_of(const struct block *b)
{
	switch (b->kind) {
	case BLOCK_FIELD:
		return PART_FIELD;
	case BLOCK_RADIO:
	case BLOCK_MENU:
		return PART_GROUP;
	case BLOCK_SELECT:
		return PART_SELECT;
	case BLOCK_ROW:
		return PART_TABLE;
	case BLOCK_TICK:
		return PART_BOX;
	case BLOCK_TEXT:
	case BLOCK_GAP:
	case BLOCK_LINK:
	case BLOCK_NUMBERED:
	case BLOCK_BULLET:
	case BLOCK_STEP:
	case BLOCK_PROGRESS:
	case BLOCK_PAIR:
	case BLOCK_FIGURE:
	case BLOCK_QR:
		break;
	}
	return PART_SAID;
}

static enum question_kind kind_of(enum part part)
{
	switch (part) {
	case PART_FIELD:
		return ASK_FIELD;
	case PART_TABLE:
		return ASK_TABLE;
	case PART_BOX:
		return ASK_AGREE;
	case PART_GROUP:
	case PART_SELECT:
	case PART_SAID:
		break;
	}
	return ASK_CHOICE;
}

static bool is_led_by_a_word(int id)
{
	return id == ID_BACK || id == ID_QUIT;
}

/* Buttons that neither continue nor have a word of their own (b, q). */
static size_t extra_buttons(const struct page *p)
{
	size_t count = 0;

	for (size_t i = 1; i < p->n_buttons; i++)
		count += !is_led_by_a_word(p->buttons[i].id);
	return count;
}

static bool offers_buttons(const struct page *p, const struct question *q)
{
	const enum block_kind kind = p->blocks[q->first].kind;

	return q->kind == ASK_CHOICE ? kind == BLOCK_RADIO || kind == BLOCK_MENU
	                             : question_is_secret(p, q);
}

static void add(struct questions *out, struct question q)
{
	if (out->count < QUESTIONS_MAX)
		out->list[out->count++] = q;
}

static bool goes_on(const struct page *p, size_t first, size_t i)
{
	const enum part part = part_of(&p->blocks[first]);

	return (part == PART_GROUP || part == PART_TABLE) && i < p->n_blocks &&
	       p->blocks[i].kind == p->blocks[first].kind;
}

static void find_in_blocks(const struct page *p, struct questions *out)
{
	for (size_t i = 0; i < p->n_blocks; i++) {
		const struct block *b = &p->blocks[i];
		const enum part part = part_of(b);
		if (part == PART_SAID || !b->id || b->screen)
			continue;
		size_t end = i + 1;
		while (goes_on(p, i, end))
			end++;
		add(out, (struct question){.kind = kind_of(part),
				 .first = i,
				 .end = end});
		i = end - 1;
	}
}

void questions_find(const struct page *p, struct questions *out)
{
	*out = (struct questions){.count = 0};
	if (p->busy && !p->dialog.open)
		return;
	if (!p->dialog.open)
		find_in_blocks(p, out);
	if (!out->count ||
		(extra_buttons(p) && !offers_buttons(p, &out->list[out->count - 1])))
		add(out, (struct question){.kind = ASK_CHOICE});
	out->list[out->count - 1].last = true;
}

size_t question_at_focus(const struct page *p, const struct questions *q)
{
	for (size_t i = 0; i < q->count; i++)
		for (size_t b = q->list[i].first; b < q->list[i].end; b++)
			if (p->blocks[b].id == p->focus)
				return i;
	return q->count ? q->count - 1 : 0;
}

int question_id(const struct page *p, const struct question *q)
{
	if (q->first < q->end)
		return p->blocks[q->first].id;
	return p->n_buttons ? p->buttons[0].id : 0;
}

bool question_is_secret(const struct page *p, const struct question *q)
{
	return q->kind == ASK_FIELD && p->blocks[q->first].secret;
}

bool is_heading(const struct page *p, size_t block)
{
	size_t next = block + 1;

	while (next < p->n_blocks && p->blocks[next].kind == BLOCK_GAP)
		next++;
	return p->blocks[block].kind == BLOCK_TEXT && next < p->n_blocks &&
	       p->blocks[next].kind == BLOCK_RADIO;
}

bool is_hint(const struct page *p, size_t block)
{
	const struct block *b = &p->blocks[block];

	return block > 0 && b->kind == BLOCK_TEXT && b->role == ROLE_MUTED &&
	       (b[-1].kind == BLOCK_FIELD || b[-1].kind == BLOCK_SELECT);
}

bool is_entry(const struct page *p, const struct block *b)
{
	return b->kind == BLOCK_PAIR && b->id && !p->help;
}

size_t entries_count(const struct page *p)
{
	size_t count = 0;

	for (size_t i = 0; i < p->n_blocks; i++)
		count += is_entry(p, &p->blocks[i]);
	return count;
}

const struct block *entry_at(const struct page *p, size_t number)
{
	for (size_t i = 0; i < p->n_blocks; i++)
		if (is_entry(p, &p->blocks[i]) && !--number)
			return &p->blocks[i];
	return NULL;
}

static void add_option(struct options_list *out, struct option o)
{
	if (out->count < OPTIONS_MAX)
		out->list[out->count++] = o;
}

static void add_buttons(struct options_list *out, const struct button *buttons,
	size_t count, size_t from)
{
	for (size_t i = from; i < count; i++)
		if (!is_led_by_a_word(buttons[i].id))
			add_option(out, (struct option){.id = buttons[i].id,
						.text = str_of(buttons[i].label)});
}

static void add_blocks(struct options_list *out, const struct page *p,
	const struct question *q)
{
	for (size_t i = q->first; i < q->end; i++) {
		const struct block *b = &p->blocks[i];
		if (b->kind == BLOCK_RADIO ? b->on : b->id == p->focus)
			out->chosen = out->count;
		add_option(out, (struct option){.id = b->id,
					.text = str_of(b->text),
					.note = b->note,
					.radio = b->kind == BLOCK_RADIO});
	}
}

/* Right goes round: what stands before the one that is set comes after the last. */
static void add_values(struct options_list *out, const struct block *b)
{
	struct str rest = str_of(b->values ? b->values : b->text);
	struct str line;

	while (str_line(&rest, &line)) {
		if (str_is(line, b->text))
			out->chosen = out->count;
		add_option(out, (struct option){.id = b->id, .text = line});
	}
	for (size_t i = 0; i < out->count; i++)
		out->list[i].turns = (i + out->count - out->chosen) % out->count;
}

static void add_choices_of_secret(struct options_list *out, const struct page *p,
	const struct block *b)
{
	const char *go_on = b->text[0] && p->n_buttons ? p->buttons[0].label
	                                               : "Go on without typing it";

	add_option(out, (struct option){.is = OPTION_TYPE, .text = STR("Type it")});
	if (b->text[0] || b->optional)
		add_option(out,
			(struct option){.is = OPTION_KEEP,
				.id = b->id,
				.text = str_of(go_on),
				.note = b->text[0] ? "with what you typed before"
		                                   : NULL});
	add_buttons(out, p->buttons, p->n_buttons, 1);
	add_option(out, (struct option){.is = OPTION_BACK, .text = STR("Go back")});
	add_option(out, (struct option){.is = OPTION_HELP, .text = STR("Help")});
	add_option(out, (struct option){.is = OPTION_QUIT, .text = STR("Leave")});
}

void options_find(const struct page *p, const struct question *q, bool choosing,
	struct options_list *out)
{
	*out = (struct options_list){.count = 0};
	if (p->dialog.open) {
		for (size_t i = 0; i < p->dialog.n_buttons; i++)
			if (p->dialog.buttons[i].id == p->focus)
				out->chosen = i;
		add_buttons(out, p->dialog.buttons, p->dialog.n_buttons, 0);
	} else if (choosing) {
		add_choices_of_secret(out, p, &p->blocks[q->first]);
	} else if (q->first == q->end) {
		out->offset = entries_count(p);
		add_buttons(out, p->buttons, p->n_buttons, 0);
	} else if (p->blocks[q->first].kind == BLOCK_SELECT) {
		add_values(out, &p->blocks[q->first]);
	} else {
		add_blocks(out, p, q);
		if (q->last)
			add_buttons(out, p->buttons, p->n_buttons,
				p->blocks[q->first].kind == BLOCK_MENU ? 0 : 1);
	}
}
