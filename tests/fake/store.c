#include <config.h>

#include "tests/fake/store.h"

#include <string.h>

#include "base/mem.h"
#include "tests/fake/event.h"

static void object_free(struct object *o)
{
	free(o->name);
	free(o->body);
	free(o->uid);
	free(o->etag);
	free(o->old_body);
	free(o->old_etag);
	free(o);
}

static void calendar_free(struct calendar *c)
{
	for (size_t i = 0; i < c->count; i++)
		object_free(c->objects[i]);
	for (size_t i = 0; i < c->n_gone; i++)
		free(c->gone[i].name);
	free(c->objects);
	free(c->gone);
	free(c->name);
	free(c->display);
	free(c->color);
	free(c->source);
	free(c);
}

void store_clear(struct store *s)
{
	for (size_t i = 0; i < s->count; i++)
		calendar_free(s->calendars[i]);
	free(s->calendars);
	s->calendars = NULL;
	s->count = s->cap = 0;
}

struct calendar *store_calendar(const struct store *s, struct str name)
{
	for (size_t i = 0; i < s->count; i++)
		if (str_is(name, s->calendars[i]->name))
			return s->calendars[i];
	return NULL;
}

struct calendar *store_add_calendar(struct store *s, struct str name)
{
	struct calendar *c = xcalloc(1, sizeof(*c));

	c->name = str_dup(name);
	c->rev = c->oldest = 1;
	s->calendars =
		xgrow(s->calendars, s->count, &s->cap, sizeof(struct calendar *));
	s->calendars[s->count++] = c;
	return c;
}

void store_remove_calendar(struct store *s, struct calendar *c)
{
	for (size_t i = 0; i < s->count; i++) {
		if (s->calendars[i] != c)
			continue;
		memmove(&s->calendars[i], &s->calendars[i + 1],
			(s->count - i - 1) * sizeof(struct calendar *));
		s->count--;
		calendar_free(c);
		return;
	}
}

struct object *store_object(const struct calendar *c, struct str name)
{
	for (size_t i = 0; i < c->count; i++)
		if (str_is(name, c->objects[i]->name))
			return c->objects[i];
	return NULL;
}

struct object *store_uid(const struct store *s, const char *uid, struct calendar **in)
{
	for (size_t i = 0; *uid && i < s->count; i++) {
		struct calendar *c = s->calendars[i];
		for (size_t k = 0; k < c->count; k++) {
			if (strcmp(c->objects[k]->uid, uid) != 0)
				continue;
			*in = c;
			return c->objects[k];
		}
	}
	return NULL;
}

void store_set(char **field, struct str text)
{
	free(*field);
	*field = str_dup(text);
}

/* iCloud's form: milliseconds since 1970 in base 36, quoted. */
static char *new_tag(struct store *s)
{
	const int64_t now = clock_wall_ms(s->clock);
	char digits[16];
	size_t at = sizeof(digits);

	s->last_tag = now > s->last_tag ? now : s->last_tag + 1;
	digits[--at] = '\0';
	for (int64_t rest = s->last_tag; rest; rest /= 36)
		digits[--at] = "0123456789abcdefghijklmnopqrstuvwxyz"[rest % 36];
	return xasprintf("\"%s\"", digits + at);
}

static void forget_tombstone(struct calendar *c, struct str name)
{
	for (size_t i = 0; i < c->n_gone; i++) {
		if (!str_is(name, c->gone[i].name))
			continue;
		free(c->gone[i].name);
		c->gone[i] = c->gone[--c->n_gone];
		return;
	}
}

static struct object *add_object(struct calendar *c, struct str name)
{
	struct object *o = xcalloc(1, sizeof(*o));

	o->name = str_dup(name);
	c->objects = xgrow(c->objects, c->count, &c->cap, sizeof(struct object *));
	c->objects[c->count++] = o;
	forget_tombstone(c, name);
	return o;
}

struct object *store_put(struct store *s, struct calendar *c, struct str name,
	struct str body)
{
	struct object *o = store_object(c, name);
	SCOPED(event) facts = {0};

	if (!o)
		o = add_object(c, name);
	free(o->old_body);
	free(o->old_etag);
	o->old_body = o->body;
	o->old_etag = o->etag;
	o->body = str_dup(body);
	o->etag = new_tag(s);
	o->lag = s->lag;
	event_read(&facts, body);
	store_set(&o->uid, str_of(facts.uid));
	o->rev = ++c->rev;
	return o;
}

void store_retag(struct store *s, struct calendar *c, struct object *o)
{
	free(o->etag);
	o->etag = new_tag(s);
	o->rev = ++c->rev;
}

void store_delete(struct calendar *c, struct object *o)
{
	c->gone = xgrow(c->gone, c->n_gone, &c->cap_gone, sizeof(*c->gone));
	c->gone[c->n_gone++] =
		(struct tombstone){.name = xstrdup(o->name), .rev = ++c->rev};
	for (size_t i = 0; i < c->count; i++) {
		if (c->objects[i] != o)
			continue;
		memmove(&c->objects[i], &c->objects[i + 1],
			(c->count - i - 1) * sizeof(struct object *));
		c->count--;
		break;
	}
	object_free(o);
}
