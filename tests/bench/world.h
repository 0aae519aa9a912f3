/*
 * The calendars of the benchmark server, in memory: made from a number, so that two
 * runs see the same bytes. Events are found by name in a hash table; every change gives
 * its calendar a new revision, which is what sync-token and ctag tell.
 */
#ifndef TESTS_BENCH_WORLD_H
#define TESTS_BENCH_WORLD_H

#include "base/buf.h"

struct item {
	char *name; /* owned: last segment of the address */
	char *body; /* owned */
	size_t len;
	uint64_t revision; /* of the calendar, when this changed last */
	unsigned version;
	bool gone; /* kept, so that a list of changes can tell it */
};

struct shelf {
	struct item *items; /* owned */
	size_t count;
	size_t cap;
	uint32_t *table; /* owned: index + 1, 0 = free; a power of two */
	size_t slots;
	uint64_t revision;
};

struct world {
	struct shelf *calendars; /* owned */
	size_t n_calendars;
};

/* `events` in all, spread evenly. */
void world_init(struct world *w, size_t events, size_t calendars);
void world_clear(struct world *w);

/* Mean size of an event in bytes. */
size_t world_mean(const struct world *w);

/* Changes n events of one calendar, spread over all of it. */
void world_touch(struct world *w, size_t calendar, size_t n);

/* NULL when there never was one; look at `gone`. Lent until the next shelf_put(). */
struct item *shelf_find(const struct shelf *s, struct str name);
struct item *shelf_put(struct shelf *s, struct str name, struct str body);
void shelf_remove(struct shelf *s, struct item *i);

/* The quoted entity tag. */
#define ETAG_SIZE 40
void item_etag(const struct item *i, char out[ETAG_SIZE]);

/* Adds event number n as it reads in that version (0 = as made). */
void event_write(struct buf *out, size_t n, unsigned version);

#endif
