#include <config.h>

#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"
#include "ui/calendars_words.h"

enum { ID_FILTER = ID_PAGE, ID_NAMING };

#define FILTER_WIDTH 30
#define MARKED_COLUMNS 18
#define HIDDEN_NAMES 3

static struct choices *choices_of(struct wizard *w)
{
	return &w->picking.choices;
}

/* The row with the focus; NO_CHOICE when something else has it. */
static size_t focused_row(const struct wizard *w)
{
	const int id = w->focus[PAGE_CALENDARS];

	if (id < ID_ROW || (size_t)(id - ID_ROW) >= w->picking.choices.count)
		return NO_CHOICE;
	return (size_t)(id - ID_ROW);
}

static const char *row_name(const struct choice *item, struct page *p)
{
	if (!item->fresh && !item->gone)
		return page_copy(p, item->name);
	AUTO_FREE char *cut = text_safe(str_of(item->name), MARKED_COLUMNS, TEXT_UTF8);
	return page_format(p, "%s (%s)", cut, item->gone ? "gone" : "new");
}

static void add_rows(const struct wizard *w, struct page *p)
{
	const struct choices *c = &w->picking.choices;

	p->table = true;
	for (size_t i = 0; i < c->count; i++) {
		const struct choice *item = &c->items[i];
		if (!item->shown)
			continue;
		struct block *b = page_add(p, BLOCK_ROW, NULL);
		b->id = ID_ROW + (int)i;
		b->on = item->ticked;
		b->text = row_name(item, p);
		b->direction = words_direction(w, item->direction, item->writable);
		b->folder = item->ticked ? page_copy(p, item->folder) : "-";
		b->count = "";
		b->color = item->color ? page_copy(p, item->color) : NULL;
	}
	if (!choices_shown(c))
		(void)page_add(p, BLOCK_TEXT,
			c->count ? "No name matches."
				 : "There is no calendar to choose.");
}

static void add_field(struct page *p, int id, const char *label, const struct edit *e)
{
	struct block *b = page_add(p, BLOCK_FIELD, page_copy(p, edit_text(e)));

	b->id = id;
	b->label = label;
	b->width = FILTER_WIDTH;
	b->caret = edit_position(e);
}

static void add_naming(const struct wizard *w, struct page *p)
{
	const struct picking *k = &w->picking;

	if (k->folder_row == NO_CHOICE)
		return;
	page_gap(p);
	add_field(p, ID_NAMING, "Folder", &k->folder);
}

static void add_destination(const struct wizard *w, struct page *p)
{
	const struct choices *c = &w->picking.choices;
	const bool known = c->destination != NO_CHOICE;
	const char *name =
		known ? calendars_name(w, p, &c->items[c->destination]) : "(none)";
	const enum size_class size = wizard_size(w);

	/* In the smallest window the message tells it when it changes. */
	if (size == SIZE_COMPACT)
		return;
	page_gap(p);
	(void)page_add(p, BLOCK_TEXT,
		size == SIZE_NARROW
			? page_format(p, "New events go to  %s", name)
			: page_format(p, "New events made on this computer go to    %s",
				  name));
}

static void add_hidden_group(const struct choices *c, struct page *p,
	enum calendar_hidden reason, size_t *told)
{
	SCOPED(buf) names = buf_with_max(0);
	size_t count = 0;

	for (size_t i = 0; i < c->n_hidden; i++) {
		if (c->hidden[i].reason != reason)
			continue;
		if (count < HIDDEN_NAMES)
			buf_printf(&names, "%s%s", count ? ", " : "",
				c->hidden[i].name);
		count++;
	}
	if (!count)
		return;
	if (count > HIDDEN_NAMES)
		buf_printf(&names, " and %zu more", count - HIDDEN_NAMES);
	if (!(*told)++)
		page_gap(p);
	struct block *b = page_add(p, BLOCK_TEXT,
		page_format(p, "Not offered: %s (%s).", buf_cstr(&names),
			calendar_hidden_text(reason)));
	b->role = ROLE_MUTED;
	b->spare = true;
}

static void add_hidden(const struct wizard *w, struct page *p)
{
	size_t told = 0;

	add_hidden_group(&w->picking.choices, p, CALENDAR_TASKS, &told);
	add_hidden_group(&w->picking.choices, p, CALENDAR_SUBSCRIBED, &told);
}

static void warn_empty(const struct wizard *w, struct page *p)
{
	const size_t row = focused_row(w);

	p->message_role = ROLE_ATTENTION;
	if (!w->picking.choices.count)
		p->message = page_format(p,
			"There is no calendar to choose. Make one at %s, then check "
			"again.",
			words_place(w));
	else if (row == NO_CHOICE)
		p->message = words_how(w,
			"Nothing is ticked yet. Press Space on a calendar to tick it.",
			"Nothing is ticked yet. Type the number of a calendar to tick "
			"it.");
	else
		p->message = page_format(p,
			"Nothing is ticked yet. %s %s, or %s for all.",
			words_how(w, "Press Space to tick", "Type its number to tick"),
			w->picking.choices.items[row].name, words_how(w, "a", "all"));
}

static void add_message(const struct wizard *w, struct page *p)
{
	const struct picking *k = &w->picking;
	const size_t row = focused_row(w);

	if (k->folder_row != NO_CHOICE) {
		const char *problem = choices_folder_problem(&k->choices, k->folder_row,
			str_of(edit_text(&k->folder)));
		p->message = problem ? problem
		                     : page_format(p, "Enter keeps this folder for %s.",
					       k->choices.items[k->folder_row].name);
		p->message_role = problem ? ROLE_ATTENTION : ROLE_TEXT;
	} else if (k->told_empty && !choices_ticked(&k->choices)) {
		warn_empty(w, p);
	} else if (row != NO_CHOICE) {
		p->message = calendars_describe(w, p, &k->choices.items[row]);
		p->brief = calendars_describe_briefly(w, p, &k->choices.items[row]);
		p->aside = true;
	}
}

static void add_hints(const struct wizard *w, struct page *p)
{
	const int id = w->focus[PAGE_CALENDARS];

	if (id == ID_FILTER || id == ID_NAMING) {
		page_hint(p, "Enter", "keep");
		page_hint(p, "Esc", id == ID_FILTER ? "show all" : "cancel");
		page_hint(p, "F1", "help");
		return;
	}
	page_hint(p, "Space", "tick");
	page_hint(p, "d", "direction");
	page_hint(p, "f", "folder");
	page_hint(p, "t", "new events");
	page_hint(p, "a", "all");
	page_hint(p, "n", "none");
	page_hint(p, "/", "find");
	page_hint(p, "?", "help");
}

static void view(const struct wizard *w, struct page *p)
{
	const struct choices *c = &w->picking.choices;

	p->title = "Choose your calendars";
	p->title_note =
		page_format(p, "%zu of %zu ticked", choices_ticked(c), c->count);
	if (w->picking.filtering)
		add_field(p, ID_FILTER, "Find", &w->picking.filter);
	add_rows(w, p);
	add_naming(w, p);
	add_destination(w, p);
	calendars_detail(w, p, focused_row(w));
	add_hidden(w, p);
	add_message(w, p);
	(void)page_button(p, ID_CONTINUE, "Continue");
	(void)page_button(p, ID_BACK, "Back");
	add_hints(w, p);
}

static void enter(struct wizard *w, UNUSED bool back)
{
	w->picking.folder_row = NO_CHOICE;
	w->picking.told_empty = false;
	w->picking.told_gone = false;
}

/* After a change of ticks or directions: what was agreed to is not what is chosen. */
static void chosen_anew(struct wizard *w, size_t destination_before)
{
	const struct choices *c = choices_of(w);

	wizard_touch(w);
	w->picking.told_gone = false;
	if (c->destination == destination_before)
		return;
	if (c->destination == NO_CHOICE)
		wizard_say(w, ROLE_TEXT, "New events have no place to go to now.");
	else
		wizard_say(w, ROLE_TEXT, "New events go to %s now.",
			c->items[c->destination].name);
}

static bool space(struct wizard *w, UNUSED int id)
{
	struct choices *c = choices_of(w);
	const size_t row = focused_row(w);
	const size_t destination = c->destination;

	if (row == NO_CHOICE || !choices_tick(c, row, !c->items[row].ticked))
		return false;
	chosen_anew(w, destination);
	return true;
}

static void tick_shown(struct wizard *w, bool on)
{
	const size_t destination = choices_of(w)->destination;

	if (choices_tick_shown(choices_of(w), on))
		chosen_anew(w, destination);
}

static void turn(struct wizard *w, size_t row)
{
	struct choices *c = choices_of(w);
	const size_t destination = c->destination;

	if (choices_turn(c, row))
		chosen_anew(w, destination);
	else
		wizard_say(w, ROLE_TEXT,
			"%s cannot be changed there, so changes only come "
			"from %s.",
			c->items[row].name, words_place(w));
}

static void send_new_to(struct wizard *w, size_t row)
{
	struct choices *c = choices_of(w);

	if (choices_send_new_to(c, row))
		wizard_say(w, ROLE_TEXT, "New events go to %s now.",
			c->items[row].name);
	else if (c->destination != row)
		wizard_say(w, ROLE_ATTENTION,
			"New events need a ticked calendar that goes both ways.");
}

static void stop_naming(struct wizard *w)
{
	wizard_focus(w, ID_ROW + (int)w->picking.folder_row);
	w->picking.folder_row = NO_CHOICE;
}

/* False, with the focus on the field, when what is in it cannot be a folder. */
static bool keep_folder(struct wizard *w)
{
	struct picking *k = &w->picking;
	const struct str folder = str_trim(str_of(edit_text(&k->folder)));

	if (k->folder_row == NO_CHOICE)
		return true;
	if (choices_folder_problem(&k->choices, k->folder_row, folder)) {
		wizard_focus(w, ID_NAMING);
		return false;
	}
	choices_set_folder(&k->choices, k->folder_row, folder);
	stop_naming(w);
	return true;
}

static void name_folder(struct wizard *w, size_t row)
{
	struct picking *k = &w->picking;

	if (!keep_folder(w))
		return;
	if (k->choices.items[row].saved) {
		wizard_say(w, ROLE_TEXT,
			"%s is synced into this folder already, so it stays there.",
			k->choices.items[row].name);
		return;
	}
	k->folder_row = row;
	edit_set(&k->folder, str_of(k->choices.items[row].folder));
	wizard_focus(w, ID_NAMING);
}

static void filter_open(struct wizard *w)
{
	w->picking.filtering = true;
	wizard_focus(w, ID_FILTER);
}

/* Back to the row that had the focus, or the first one that is shown. */
static void focus_rows(struct wizard *w)
{
	const struct choices *c = choices_of(w);
	const int before = w->row[PAGE_CALENDARS];

	if (before >= ID_ROW && (size_t)(before - ID_ROW) < c->count &&
		c->items[before - ID_ROW].shown) {
		wizard_focus(w, before);
		return;
	}
	wizard_focus(w, ID_CONTINUE);
	for (size_t i = c->count; i-- > 0;)
		if (c->items[i].shown)
			wizard_focus(w, ID_ROW + (int)i);
}

static void filter_close(struct wizard *w)
{
	edit_empty(&w->picking.filter);
	w->picking.filtering = false;
	choices_filter(choices_of(w), STR(""));
	focus_rows(w);
}

static const struct choice *ticked_and_gone(const struct choices *c)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->items[i].gone && c->items[i].ticked)
			return &c->items[i];
	return NULL;
}

static void go_on(struct wizard *w)
{
	struct picking *k = &w->picking;
	const struct choice *gone = ticked_and_gone(&k->choices);

	if (!keep_folder(w))
		return;
	if (!choices_ticked(&k->choices)) {
		k->told_empty = true;
		if (focused_row(w) == NO_CHOICE)
			focus_rows(w);
	} else if (gone && !k->told_gone) {
		k->told_gone = true;
		wizard_focus(w, ID_ROW + (int)(gone - k->choices.items));
		wizard_say(w, ROLE_ATTENTION,
			"%s is not on %s any more. Untick it, or press Enter again to "
			"keep "
			"waiting for it.",
			gone->name, words_place(w));
	} else {
		wizard_next(w);
	}
}

static void press(struct wizard *w, int id)
{
	if (id == ID_NAMING) {
		(void)keep_folder(w);
	} else if (id == ID_FILTER) {
		if (edit_is_empty(&w->picking.filter))
			filter_close(w);
		else
			focus_rows(w);
	} else {
		go_on(w);
	}
}

static bool row_key(struct wizard *w, uint32_t ch, size_t row)
{
	if (row == NO_CHOICE)
		return false;
	if (ch == 'd')
		turn(w, row);
	else if (ch == 'f')
		name_folder(w, row);
	else if (ch == 't')
		send_new_to(w, row);
	else
		return false;
	return true;
}

static bool key(struct wizard *w, const struct key_press *k)
{
	if (k->key != KEY_CHAR)
		return false;
	if (k->ch == 'a' || k->ch == 'n')
		tick_shown(w, k->ch == 'a');
	else if (k->ch == '/')
		filter_open(w);
	else
		return row_key(w, k->ch, focused_row(w));
	return true;
}

static bool back(struct wizard *w)
{
	if (w->picking.folder_row != NO_CHOICE) {
		stop_naming(w);
		return true;
	}
	if (!w->picking.filtering)
		return false;
	filter_close(w);
	return true;
}

static struct edit *field(struct wizard *w, int id)
{
	if (id == ID_FILTER)
		return &w->picking.filter;
	return id == ID_NAMING ? &w->picking.folder : NULL;
}

static void changed(struct wizard *w, int id)
{
	if (id == ID_FILTER)
		choices_filter(choices_of(w), str_of(edit_text(&w->picking.filter)));
}

static const struct help_line help[] = {
	{"Space", "tick or untick"},
	{"d", "direction: both ways, or changes made here are not sent"},
	{"f", "name of the folder"},
	{"t", "new events made here go to this calendar"},
	{"a, n", "tick all, tick none; only those the filter shows"},
	{"/", "show only matching names; Enter keeps, Esc shows all"},
	{"Home, End", "first, last"},
	{"read-only", "the account may not change it there"},
	{"Unticking", "ends the sync; nothing is deleted, neither there nor here"},
	{NULL, NULL},
};

const struct page_ops page_calendars = {
	.view = view,
	.enter = enter,
	.press = press,
	.space = space,
	.key = key,
	.back = back,
	.field = field,
	.changed = changed,
	.help = help,
};
