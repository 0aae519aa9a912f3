#include <config.h>

#include "sync/pending.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define FIRST_SIZE 256

static uint32_t hash(const char *text, bool fold)
{
	uint32_t h = 2166136261U;

	for (; *text; text++) {
		const char c = fold ? ascii_lower(*text) : *text;
		h = (h ^ (unsigned char)c) * 16777619U;
	}
	return h ^ (h >> 15);
}

static const char *key_of(const struct pending *p, bool names)
{
	return names ? p->item.name : p->item.uid;
}

static bool key_equal(const char *a, const char *b, bool names)
{
	return names ? str_eq_nocase(str_of(a), str_of(b)) : !strcmp(a, b);
}

static void enter(struct pending_slots *slots, uint32_t h, size_t index)
{
	size_t i = h & (slots->size - 1);

	while (slots->at[i])
		i = (i + 1) & (slots->size - 1);
	slots->at[i] = (uint32_t)index + 1;
}

/* At most half full. */
static void index_all(const struct pendings *list, struct pending_slots *slots,
	bool names)
{
	if (list->count * 2 < slots->size) {
		const struct pending *last = &list->items[list->count - 1];
		enter(slots, hash(key_of(last, names), names), list->count - 1);
		return;
	}
	free(slots->at);
	slots->size = slots->size ? slots->size * 2 : FIRST_SIZE;
	slots->at = xcalloc(slots->size, sizeof(*slots->at));
	for (size_t i = 0; i < list->count; i++)
		enter(slots, hash(key_of(&list->items[i], names), names), i);
}

static const struct pending *find(const struct pendings *list,
	const struct pending_slots *slots, const char *key, bool names)
{
	if (!slots->size)
		return NULL;
	for (size_t i = hash(key, names) & (slots->size - 1); slots->at[i];
		i = (i + 1) & (slots->size - 1)) {
		const struct pending *p = &list->items[slots->at[i] - 1];
		if (p->kind != PENDING_QUARANTINE &&
			key_equal(key_of(p, names), key, names))
			return p;
	}
	return NULL;
}

static const char *copy(char **at, const char *text)
{
	const size_t size = strlen(text) + 1;
	char *start = *at;

	memcpy(start, text, size);
	*at += size;
	return start;
}

static void own_texts(struct state_item *i)
{
	const char **const texts[] = {&i->uid, &i->segment, &i->href, &i->etag,
		&i->name};
	size_t size = 0;

	for (size_t n = 0; n < COUNT_OF(texts); n++) {
		if (!*texts[n])
			*texts[n] = "";
		size += strlen(*texts[n]) + 1;
	}
	char *block = xmalloc(size);
	char *at = block;
	for (size_t n = 0; n < COUNT_OF(texts); n++)
		*texts[n] = copy(&at, *texts[n]);
	i->owned = block;
}

void pendings_add(struct pendings *list, const struct pending *p)
{
	list->items = xgrow(list->items, list->count, &list->cap, sizeof(*list->items));
	struct pending *mine = &list->items[list->count++];
	*mine = *p;
	own_texts(&mine->item);
	mine->owned[0] = p->body.len ? str_dup(p->body) : NULL;
	mine->body.ptr = mine->owned[0];
	mine->owned[1] = xstrdup_or_null(p->lost);
	mine->lost = mine->owned[1];
	index_all(list, &list->by_uid, false);
	index_all(list, &list->by_name, true);
}

void pendings_clear(struct pendings *list)
{
	for (size_t i = 0; i < list->count; i++) {
		struct pending *p = &list->items[i];
		state_item_clear(&p->item);
		free(p->owned[0]);
		free(p->owned[1]);
	}
	free(list->items);
	free(list->by_uid.at);
	free(list->by_name.at);
	*list = (struct pendings){0};
}

const struct pending *pendings_find_uid(const struct pendings *list, const char *uid)
{
	return find(list, &list->by_uid, uid, false);
}

bool pendings_has_name(const struct pendings *list, const char *name)
{
	return find(list, &list->by_name, name, true) != NULL;
}
