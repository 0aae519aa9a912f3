#include <config.h>

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/text.h"
#include "store/vdir.h"
#include "ui/choices.h"

#define NAME_COLUMNS 100

void choices_init(struct choices *c)
{
	*c = (struct choices){.destination = NO_CHOICE};
}

static void choice_clear(struct choice *c)
{
	free(c->path);
	free(c->key);
	free(c->name);
	free(c->color);
	free(c->folder);
}

static void hidden_clear(struct choices *c)
{
	for (size_t i = 0; i < c->n_hidden; i++)
		free(c->hidden[i].name);
	free(c->hidden);
	c->hidden = NULL;
	c->n_hidden = 0;
	c->cap_hidden = 0;
}

void choices_clear(struct choices *c)
{
	for (size_t i = 0; i < c->count; i++)
		choice_clear(&c->items[i]);
	free(c->items);
	hidden_clear(c);
	choices_init(c);
}

static struct choice *add(struct choices *c)
{
	c->items = xgrow(c->items, c->count, &c->cap, sizeof(*c->items));
	struct choice *item = &c->items[c->count++];
	*item = (struct choice){.shown = true};
	return item;
}

static struct choice *find(const struct choices *c, const char *key)
{
	for (size_t i = 0; i < c->count; i++)
		if (!strcmp(c->items[i].key, key))
			return &c->items[i];
	return NULL;
}

static const struct calendar_choice *find_saved(const struct account *saved,
	const char *key)
{
	for (size_t i = 0; saved && i < saved->n_calendars; i++) {
		AUTO_FREE char *other = href_key(str_of(saved->calendars[i].path));
		if (!strcmp(other, key))
			return &saved->calendars[i];
	}
	return NULL;
}

static bool folder_taken(const struct choices *c, const char *folder)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->items[i].folder && !strcasecmp(c->items[i].folder, folder))
			return true;
	return false;
}

static char *free_folder(const struct choices *c, const struct choice *item)
{
	AUTO_FREE char *base = vdir_folder_for(str_of(item->name), str_of(item->key));
	char *folder = xstrdup(base);

	for (unsigned n = 2; folder_taken(c, folder); n++) {
		free(folder);
		folder = xasprintf("%s-%u", base, n);
	}
	return folder;
}

/* Apple's guesses from mail are kept as a calendar nobody made. */
static bool is_suggestions(const char *name)
{
	return str_starts_nocase(str_of(name), STR("Siri "));
}

static void decide_saved(struct choice *item, const struct calendar_choice *saved)
{
	item->saved = true;
	item->ticked = true;
	item->folder = xstrdup(saved->folder);
	item->direction = item->writable ? saved->direction : DIRECTION_FROM_SERVER;
}

static void decide_again(struct choice *item, struct choice *old)
{
	item->ticked = old->ticked;
	item->saved = old->saved;
	item->fresh = old->fresh;
	item->folder = take(&old->folder);
	item->direction = item->writable ? old->direction : DIRECTION_FROM_SERVER;
}

static void decide_new(struct choice *item, const struct dav_calendar *d,
	bool first_run)
{
	item->fresh = !first_run;
	item->ticked = first_run && !d->shared && !is_suggestions(item->name);
	item->direction = d->writable ? DIRECTION_BOTH : DIRECTION_FROM_SERVER;
}

static void add_shown(struct choices *c, struct choices *before,
	const struct dav_calendar *d, const struct account *saved)
{
	struct choice *item = add(c);
	struct choice *old = find(before, d->key);
	const struct calendar_choice *chosen = find_saved(saved, d->key);

	item->path = xstrdup(d->path);
	item->key = xstrdup(d->key);
	item->name = text_safe(str_of(d->name), NAME_COLUMNS, TEXT_UTF8);
	item->color = xstrdup_or_null(d->color);
	item->writable = d->writable;
	if (old)
		decide_again(item, old);
	else if (chosen)
		decide_saved(item, chosen);
	else
		decide_new(item, d, !saved);
}

static void add_gone(struct choices *c, struct choices *before,
	const struct calendar_choice *saved)
{
	AUTO_FREE char *key = href_key(str_of(saved->path));
	struct choice *old = find(before, key);

	if (find(c, key))
		return;
	struct choice *item = add(c);
	item->path = xstrdup(saved->path);
	item->key = take(&key);
	item->name = text_safe(str_of(saved->name), NAME_COLUMNS, TEXT_UTF8);
	item->writable = saved->writable;
	decide_saved(item, saved);
	item->ticked = old ? old->ticked : true;
	item->gone = true;
}

static void add_hidden(struct choices *c, const struct dav_calendar *d)
{
	/* The rest is machinery of the server that nobody thinks of as a calendar. */
	if (d->hidden != CALENDAR_TASKS && d->hidden != CALENDAR_SUBSCRIBED)
		return;
	c->hidden = xgrow(c->hidden, c->n_hidden, &c->cap_hidden, sizeof(*c->hidden));
	c->hidden[c->n_hidden++] = (struct hidden_calendar){
		.name = text_safe(str_of(d->name), NAME_COLUMNS, TEXT_UTF8),
		.reason = d->hidden,
	};
}

static void restore_destination(struct choices *c, const char *before,
	const struct account *saved)
{
	for (size_t i = 0; i < c->count; i++) {
		const struct calendar_choice *s = find_saved(saved, c->items[i].key);
		const bool wanted =
			before ? !strcmp(before, c->items[i].key) : s && s->new_events;
		if (wanted)
			c->destination = i;
	}
	choices_settle(c);
}

/* What consent is about: the two-way ones, as one text. */
static char *two_way_keys(const struct choices *c)
{
	struct buf keys = buf_with_max(0);

	for (size_t i = 0; i < c->count; i++)
		if (c->items[i].ticked && c->items[i].direction == DIRECTION_BOTH) {
			buf_text(&keys, c->items[i].key);
			buf_char(&keys, '\n');
		}
	return buf_take(&keys);
}

static bool same_text(const char *a, const char *b)
{
	return !strcmp(a ? a : "", b ? b : "");
}

bool choices_load(struct choices *c, const struct dav_calendars *list,
	const struct account *saved)
{
	AUTO_FREE char *keys_before = two_way_keys(c);
	AUTO_FREE char *destination = c->destination == NO_CHOICE
	                                      ? NULL
	                                      : xstrdup(c->items[c->destination].key);
	struct choices before = *c;

	choices_init(c);
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].hidden == CALENDAR_SHOWN)
			add_shown(c, &before, &list->items[i], saved);
		else
			add_hidden(c, &list->items[i]);
	for (size_t i = 0; saved && i < saved->n_calendars; i++)
		add_gone(c, &before, &saved->calendars[i]);
	for (size_t i = 0; i < c->count; i++)
		if (!c->items[i].folder)
			c->items[i].folder = free_folder(c, &c->items[i]);
	choices_clear(&before);
	restore_destination(c, destination, saved);
	AUTO_FREE char *keys_after = two_way_keys(c);
	return !same_text(keys_before, keys_after);
}
