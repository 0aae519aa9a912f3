#include <config.h>

#include "ui/choices.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/text.h"
#include "ui/fold.h"

#define FOLDER_MAX 100

static bool may_receive(const struct choice *item)
{
	return item->ticked && !item->gone && item->direction == DIRECTION_BOTH;
}

void choices_settle(struct choices *c)
{
	if (c->destination != NO_CHOICE && may_receive(&c->items[c->destination]))
		return;
	c->destination = NO_CHOICE;
	for (size_t i = 0; c->destination == NO_CHOICE && i < c->count; i++)
		if (may_receive(&c->items[i]))
			c->destination = i;
}

bool choices_tick(struct choices *c, size_t row, bool on)
{
	if (c->items[row].ticked == on)
		return false;
	c->items[row].ticked = on;
	choices_settle(c);
	return true;
}

bool choices_tick_shown(struct choices *c, bool on)
{
	bool changed = false;

	for (size_t i = 0; i < c->count; i++)
		if (c->items[i].shown)
			changed = choices_tick(c, i, on) || changed;
	return changed;
}

bool choices_turn(struct choices *c, size_t row)
{
	struct choice *item = &c->items[row];

	if (!item->writable || item->gone)
		return false;
	item->direction = item->direction == DIRECTION_BOTH ? DIRECTION_FROM_SERVER
	                                                    : DIRECTION_BOTH;
	choices_settle(c);
	return true;
}

bool choices_send_new_to(struct choices *c, size_t row)
{
	if (c->destination == row || !may_receive(&c->items[row]))
		return false;
	c->destination = row;
	return true;
}

void choices_filter(struct choices *c, struct str wanted)
{
	for (size_t i = 0; i < c->count; i++)
		c->items[i].shown = fold_contains(str_of(c->items[i].name), wanted);
}

size_t choices_ticked(const struct choices *c)
{
	size_t count = 0;

	for (size_t i = 0; i < c->count; i++)
		count += c->items[i].ticked;
	return count;
}

size_t choices_two_way(const struct choices *c)
{
	size_t count = 0;

	for (size_t i = 0; i < c->count; i++)
		count += c->items[i].ticked && c->items[i].direction == DIRECTION_BOTH;
	return count;
}

size_t choices_shown(const struct choices *c)
{
	size_t count = 0;

	for (size_t i = 0; i < c->count; i++)
		count += c->items[i].shown;
	return count;
}

static bool has_odd_character(struct str s)
{
	while (s.len) {
		size_t used = 0;
		const uint32_t c = utf8_next(s, &used);
		if (c == UTF8_BAD || c == '/' || text_is_unsafe(c))
			return true;
		s = str_from(s, used);
	}
	return false;
}

const char *choices_folder_problem(const struct choices *c, size_t row,
	struct str folder)
{
	if (!folder.len)
		return "A folder needs a name.";
	if (folder.len > FOLDER_MAX)
		return "This name is too long for a folder.";
	if (folder.ptr[0] == '.')
		return "A folder's name cannot begin with a dot.";
	if (has_odd_character(folder))
		return "A folder's name cannot contain a slash.";
	for (size_t i = 0; i < c->count; i++)
		if (i != row && str_eq_nocase(str_of(c->items[i].folder), folder))
			return "Another calendar has this folder already.";
	return NULL;
}

void choices_set_folder(struct choices *c, size_t row, struct str folder)
{
	free(c->items[row].folder);
	c->items[row].folder = str_dup(folder);
}

void choices_names(const struct choices *c, enum direction direction, struct buf *out)
{
	size_t left = 0;
	size_t written = 0;

	for (size_t i = 0; i < c->count; i++)
		left += c->items[i].ticked && c->items[i].direction == direction;
	for (size_t i = 0; i < c->count; i++) {
		if (!c->items[i].ticked || c->items[i].direction != direction)
			continue;
		if (written++)
			buf_text(out, written == left ? " and " : ", ");
		buf_text(out, c->items[i].name);
	}
}

void choices_store(const struct choices *c, struct account *a)
{
	for (size_t i = 0; i < a->n_calendars; i++)
		calendar_choice_clear(&a->calendars[i]);
	a->n_calendars = 0;
	for (size_t i = 0; i < c->count; i++) {
		if (!c->items[i].ticked)
			continue;
		struct calendar_choice *to = account_add_calendar(a);
		to->path = xstrdup(c->items[i].path);
		to->name = xstrdup(c->items[i].name);
		to->folder = xstrdup(c->items[i].folder);
		to->direction = c->items[i].direction;
		to->writable = c->items[i].writable;
		to->new_events = i == c->destination;
	}
}
