#include <config.h>

#include "tests/bench/world.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"

#define MADE_NAME "-bench.ics" /* behind the number in hex */

static uint32_t hash_of(struct str name)
{
	uint32_t hash = 2166136261U; /* FNV-1a */

	for (size_t i = 0; i < name.len; i++)
		hash = (hash ^ (unsigned char)name.ptr[i]) * 16777619U;
	return hash;
}

/* The slot where the name is, or the free one where it belongs. */
static uint32_t *slot_of(const struct shelf *s, struct str name)
{
	size_t at = hash_of(name) & (s->slots - 1);

	while (s->table[at] && !str_is(name, s->items[s->table[at] - 1].name))
		at = (at + 1) & (s->slots - 1);
	return &s->table[at];
}

static void make_room(struct shelf *s)
{
	if (s->count * 2 < s->slots)
		return;
	free(s->table);
	s->slots = s->slots ? s->slots * 2 : 64;
	s->table = xcalloc(s->slots, sizeof(*s->table));
	for (size_t i = 0; i < s->count; i++)
		*slot_of(s, str_of(s->items[i].name)) = (uint32_t)(i + 1);
}

struct item *shelf_find(const struct shelf *s, struct str name)
{
	const uint32_t found = s->slots ? *slot_of(s, name) : 0;

	return found ? &s->items[found - 1] : NULL;
}

static struct item *add(struct shelf *s, struct str name)
{
	make_room(s);
	s->items = xgrow(s->items, s->count, &s->cap, sizeof(*s->items));
	*slot_of(s, name) = (uint32_t)(s->count + 1);
	struct item *i = &s->items[s->count++];
	*i = (struct item){.name = str_dup(name)};
	return i;
}

/* Takes the body. */
static void change(struct shelf *s, struct item *i, char *body, size_t len)
{
	free(i->body);
	i->body = body;
	i->len = len;
	i->gone = false;
	i->version++;
	i->revision = ++s->revision;
}

struct item *shelf_put(struct shelf *s, struct str name, struct str body)
{
	struct item *found = shelf_find(s, name);
	struct item *i = found ? found : add(s, name);

	change(s, i, str_dup(body), body.len);
	return i;
}

void shelf_remove(struct shelf *s, struct item *i)
{
	i->gone = true;
	i->version++;
	i->revision = ++s->revision;
}

void item_etag(const struct item *i, char out[ETAG_SIZE])
{
	(void)snprintf(out, ETAG_SIZE, "\"%08x-%u\"",
		(unsigned)hash_of(str_of(i->name)), i->version);
}

static void rewrite(struct shelf *s, struct item *i, size_t n, unsigned version)
{
	struct buf body = buf_with_max(0);

	event_write(&body, n, version);
	const size_t len = body.len;
	change(s, i, buf_take(&body), len);
}

void world_init(struct world *w, size_t events, size_t calendars)
{
	*w = (struct world){.n_calendars = calendars};
	w->calendars = xcalloc(calendars, sizeof(*w->calendars));
	for (size_t n = 0; n < events; n++) {
		struct shelf *s = &w->calendars[n * calendars / events];
		AUTO_FREE char *name = xasprintf("%08zX" MADE_NAME, n);
		rewrite(s, add(s, str_of(name)), n, 0);
	}
}

void world_clear(struct world *w)
{
	for (size_t c = 0; c < w->n_calendars; c++) {
		struct shelf *s = &w->calendars[c];
		for (size_t i = 0; i < s->count; i++) {
			free(s->items[i].name);
			free(s->items[i].body);
		}
		free(s->items);
		free(s->table);
	}
	free(w->calendars);
	*w = (struct world){0};
}

size_t world_mean(const struct world *w)
{
	size_t bytes = 0;
	size_t count = 0;

	for (size_t c = 0; c < w->n_calendars; c++) {
		count += w->calendars[c].count;
		for (size_t i = 0; i < w->calendars[c].count; i++)
			bytes += w->calendars[c].items[i].len;
	}
	return count ? bytes / count : 0;
}

void world_touch(struct world *w, size_t calendar, size_t n)
{
	struct shelf *s = &w->calendars[calendar];
	const size_t many = n < s->count ? n : s->count;

	for (size_t k = 0; k < many; k++) {
		struct item *i = &s->items[k * s->count / many];
		size_t number = 0;
		if (!str_ends(str_of(i->name), STR(MADE_NAME)))
			continue; /* a client's own */
		for (const char *c = i->name; ascii_hex(*c) >= 0; c++)
			number = number * 16 + (size_t)ascii_hex(*c);
		rewrite(s, i, number, i->version);
	}
}
