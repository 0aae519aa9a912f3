#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "ui/fold.h"
#include "ui/line_impl.h"

/* What an answer is understood with. */
struct answering {
	struct talk *talk;
	const struct page *page;
	struct questions questions;
	const struct question *question;
	struct str line; /* without blanks at its ends */
	struct talk_reply *reply;
	struct buf *out;
};

static void push(struct answering *a, struct wizard_event event)
{
	struct talk_reply *r = a->reply;

	r->acts = xgrow(r->acts, r->count, &r->cap, sizeof(*r->acts));
	r->acts[r->count++] = (struct talk_act){.event = event};
}

static void push_key(struct answering *a, enum key key)
{
	push(a, (struct wizard_event){.kind = EVENT_KEY, .key = {.key = key}});
}

static void push_char(struct answering *a, enum key key, char ch)
{
	push(a, (struct wizard_event){.kind = EVENT_KEY,
			.key = {.key = key, .ch = (unsigned char)ch}});
}

static void focus(struct answering *a, int id)
{
	push(a, (struct wizard_event){.kind = EVENT_FOCUS, .id = id});
}

static void show(struct answering *a)
{
	struct talk_reply *r = a->reply;

	r->acts = xgrow(r->acts, r->count, &r->cap, sizeof(*r->acts));
	r->acts[r->count++] = (struct talk_act){.show = true};
}

/* Enter on a button or an item of a list. */
static void press(struct answering *a, int id)
{
	focus(a, id);
	push_key(a, KEY_ENTER_);
	a->talk->moved = true;
}

static void press_first_button(struct answering *a)
{
	if (a->page->n_buttons)
		press(a, a->page->buttons[0].id);
}

/* The answer to this question is given: on to the next one of the page, or from it. */
static void go_on(struct answering *a)
{
	if (a->question->last)
		press_first_button(a);
	else
		focus(a, question_id(a->page, a->question + 1));
	a->talk->moved = true;
}

static void not_understood(struct answering *a, const char *why)
{
	say(a->out, a->talk->glyphs, "", str_of(why));
	a->talk->brief = true;
}

/* Words that work at every question */

static void go_back(struct answering *a)
{
	struct talk *t = a->talk;

	t->choosing = false;
	t->moved = true;
	t->back = true;
	/* A field that opened below the table is closed again. */
	if (t->question > 0 && a->question[-1].kind != ASK_TABLE) {
		focus(a, question_id(a->page, a->question - 1));
		return;
	}
	push_key(a, KEY_ESCAPE);
}

static void explain(struct answering *a)
{
	push_key(a, KEY_HELP_);
	show(a);
	push_key(a, KEY_ESCAPE);
}

static void leave(struct answering *a)
{
	push(a, (struct wizard_event){.kind = EVENT_LEAVE});
}

static bool common_word(struct answering *a)
{
	if (str_is(a->line, "b"))
		go_back(a);
	else if (str_is(a->line, "?"))
		explain(a);
	else if (str_is(a->line, "q"))
		leave(a);
	else if (str_is(a->line, "c") && page_code(a->page)) {
		say_code(a->talk, a->page, a->out);
		a->talk->brief = true;
	} else {
		return false;
	}
	return true;
}

static bool dialog_word(struct answering *a)
{
	if (str_is(a->line, "b"))
		push_key(a, KEY_ESCAPE);
	else if (str_is(a->line, "q"))
		press(a, ID_LEAVE);
	else if (!str_is(a->line, "?"))
		return false;
	return true;
}

/* Choices */

static void take_option(struct answering *a, const struct option *o)
{
	switch (o->is) {
	case OPTION_TYPE:
		a->talk->choosing = false;
		return;
	case OPTION_BACK:
		a->talk->choosing = false;
		go_back(a);
		return;
	case OPTION_HELP:
		explain(a);
		return;
	case OPTION_QUIT:
		leave(a);
		return;
	case OPTION_KEEP:
		a->talk->choosing = false;
		press(a, o->id);
		return;
	case OPTION_ITEM:
		break;
	}
	if (o->radio) {
		focus(a, o->id);
		push_char(a, KEY_CHAR, ' ');
		go_on(a);
	} else if (a->question->first < a->question->end &&
		   a->page->blocks[a->question->first].kind == BLOCK_SELECT) {
		focus(a, o->id);
		for (size_t i = 0; i < o->turns; i++)
			push_key(a, KEY_RIGHT_);
		go_on(a);
	} else {
		press(a, o->id);
	}
}

#define NOT_ONE ((size_t)-1)

/* Which of the texts is meant: the one that is it, else the only one that holds it. */
static size_t by_name(const struct options_list *o, struct str name)
{
	size_t found = NOT_ONE;
	size_t count = 0;

	for (size_t i = 0; i < o->count; i++) {
		if (str_eq_nocase(o->list[i].text, name))
			return i;
		if (!fold_contains(o->list[i].text, name))
			continue;
		found = i;
		count++;
	}
	return count == 1 ? found : NOT_ONE;
}

static bool mend_entry(struct answering *a)
{
	const size_t count = entries_count(a->page);
	int64_t number = 0;

	if (!a->question->last || a->page->dialog.open || !count ||
		!str_to_int(a->line, 1, (int64_t)count, &number))
		return false;
	press(a, entry_at(a->page, (size_t)number)->id);
	return true;
}

static void answer_choice(struct answering *a)
{
	struct options_list o;
	int64_t number = 0;

	options_find(a->page, a->question, a->talk->choosing, &o);
	if (!a->line.len && o.chosen < o.count) {
		take_option(a, &o.list[o.chosen]);
		return;
	}
	if (!a->line.len) {
		not_understood(a, "There is no default here.");
		return;
	}
	if (mend_entry(a))
		return;
	if (str_to_int(a->line, (int64_t)o.offset + 1, (int64_t)(o.offset + o.count),
		    &number)) {
		take_option(a, &o.list[(size_t)number - o.offset - 1]);
		return;
	}
	const size_t named = by_name(&o, a->line);
	if (named == NOT_ONE)
		not_understood(a, "That is none of the choices.");
	else
		take_option(a, &o.list[named]);
}

/* Fields */

static void answer_field(struct answering *a, struct str raw)
{
	const struct block *b = &a->page->blocks[a->question->first];

	if (!a->line.len && b->secret) {
		a->talk->choosing = true;
		return;
	}
	if (!a->line.len && !b->text[0] && !b->optional) {
		not_understood(a, "Nothing was typed.");
		return;
	}
	focus(a, b->id);
	if (a->line.len) {
		push_key(a, KEY_END_);
		push_char(a, KEY_CTRL, 'u');
		/* Blanks at its ends may be part of a password. */
		push(a, (struct wizard_event){.kind = EVENT_PASTE,
				.text = b->secret ? raw : a->line});
	}
	a->talk->typed = a->line.len && !a->question->last;
	if (a->question->last)
		press(a, b->id);
	else
		go_on(a);
}

/* The table of calendars */

static const struct block *row_at(const struct page *p, size_t number)
{
	for (size_t i = 0; i < p->n_blocks; i++)
		if (p->blocks[i].kind == BLOCK_ROW && !--number)
			return &p->blocks[i];
	return NULL;
}

static size_t rows_count(const struct page *p)
{
	size_t count = 0;

	for (size_t i = 0; i < p->n_blocks; i++)
		count += p->blocks[i].kind == BLOCK_ROW;
	return count;
}

static const struct block *row_named(const struct page *p, struct str name)
{
	const struct block *found = NULL;
	size_t count = 0;

	for (size_t i = 0; i < p->n_blocks; i++) {
		const struct block *b = &p->blocks[i];
		if (b->kind != BLOCK_ROW)
			continue;
		if (str_eq_nocase(str_of(b->text), name))
			return b;
		if (!fold_contains(str_of(b->text), name))
			continue;
		found = b;
		count++;
	}
	return count == 1 ? found : NULL;
}

static void act_on_row(struct answering *a, const struct block *row, char key)
{
	struct talk *t = a->talk;

	focus(a, row->id);
	push_char(a, KEY_CHAR, key);
	if (t->n_touched < TALK_TOUCHED)
		t->touched[t->n_touched++] = row->id;
	t->brief = true;
	t->moved = true;
}

/* "3", "5-7": false when it is no such thing, or leads out of the table. */
static bool parse_range(struct str text, size_t rows, size_t *from, size_t *to)
{
	const size_t dash = str_find_char(text, '-');
	const struct str last = dash == STR_NONE ? text : str_from(text, dash + 1);
	int64_t a = 0;
	int64_t b = 0;

	if (!str_to_int(str_slice(text, 0, dash), 1, (int64_t)rows, &a) ||
		!str_to_int(last, a, (int64_t)rows, &b))
		return false;
	*from = (size_t)a;
	*to = (size_t)b;
	return true;
}

/* Numbers and ranges with blanks or commas between them. Nothing is done before all of
 * them are understood. */
static bool each_number(struct answering *a, bool act)
{
	struct str rest = a->line;
	const size_t rows = rows_count(a->page);
	bool any = false;

	while (rest.len) {
		size_t end = 0;
		while (end < rest.len && rest.ptr[end] != ' ' && rest.ptr[end] != ',')
			end++;
		const struct str word = str_slice(rest, 0, end);
		rest = str_from(rest, end + 1);
		size_t from = 0;
		size_t to = 0;
		if (!word.len)
			continue;
		if (!parse_range(word, rows, &from, &to))
			return false;
		for (; act && from <= to; from++)
			act_on_row(a, row_at(a->page, from), ' ');
		any = true;
	}
	return any;
}

static bool table_word(struct answering *a)
{
	struct str line = a->line;

	if (str_is(line, "all") || str_is(line, "none")) {
		if (!rows_count(a->page))
			return false;
		focus(a, row_at(a->page, 1)->id);
		push_char(a, KEY_CHAR, line.ptr[0]);
		a->talk->moved = true;
		return true;
	}
	if (!str_starts(line, STR("list")) || (line.len > 4 && line.ptr[4] != ' '))
		return false;
	say_rows(a->talk, a->page, str_trim(str_from(line, 4)), a->out);
	a->talk->brief = true;
	return true;
}

/* "d 4", "f Work" */
static bool row_word(struct answering *a)
{
	const struct str line = a->line;
	const size_t rows = rows_count(a->page);
	int64_t number = 0;

	if (line.len < 3 || line.ptr[1] != ' ' || !memchr("dft", line.ptr[0], 3))
		return false;
	const struct str which = str_trim(str_from(line, 2));
	const struct block *row = str_to_int(which, 1, (int64_t)rows, &number)
	                                  ? row_at(a->page, (size_t)number)
	                                  : row_named(a->page, which);
	if (!row)
		return false;
	act_on_row(a, row, line.ptr[0]);
	return true;
}

static void answer_table(struct answering *a)
{
	if (!a->line.len) {
		press_first_button(a);
		a->talk->brief = true;
		return;
	}
	if (table_word(a) || row_word(a))
		return;
	if (each_number(a, false)) {
		(void)each_number(a, true);
		return;
	}
	const struct block *row = row_named(a->page, a->line);
	if (row)
		act_on_row(a, row, ' ');
	else
		not_understood(a,
			"That is no number and no name of the list; nothing was "
			"changed.");
}

/* Consent is a word typed in full, and nothing else. */
static void answer_agree(struct answering *a)
{
	const struct block *b = &a->page->blocks[a->question->first];

	if (str_eq_nocase(a->line, STR("yes"))) {
		if (!b->on) {
			focus(a, b->id);
			push_char(a, KEY_CHAR, ' ');
		}
		go_on(a);
	} else if (str_eq_nocase(a->line, STR("no"))) {
		if (b->on) {
			focus(a, b->id);
			push_char(a, KEY_CHAR, ' ');
		}
		not_understood(a, "Nothing is agreed to; b goes back, q leaves.");
	} else if (!a->line.len && b->on) {
		go_on(a);
	} else if (!mend_entry(a)) {
		not_understood(a, "Only the word yes agrees; b goes back, q leaves.");
	}
}

static void answer(struct answering *a, struct str raw)
{
	const bool secret = a->talk->secret;

	if (a->page->dialog.open) {
		if (!dialog_word(a))
			answer_choice(a);
		return;
	}
	if (!secret && common_word(a))
		return;
	if (a->talk->choosing || a->question->kind == ASK_CHOICE)
		answer_choice(a);
	else if (a->question->kind == ASK_FIELD)
		answer_field(a, raw);
	else if (a->question->kind == ASK_TABLE)
		answer_table(a);
	else
		answer_agree(a);
}

void talk_answer(struct talk *t, const struct page *p, struct str line,
	struct talk_reply *r, struct buf *out)
{
	struct answering a = {.talk = t,
		.page = p,
		.line = str_trim(line),
		.reply = r,
		.out = out};

	if (!t->open)
		return;
	t->open = false;
	t->moved = false;
	t->back = false;
	t->typed = false;
	t->answered = true;
	questions_find(p, &a.questions);
	a.question = &a.questions.list[p->dialog.open ? 0 : t->question];
	answer(&a, line);
}

void talk_reply_clear(struct talk_reply *r)
{
	free(r->acts);
	*r = (struct talk_reply){0};
}
