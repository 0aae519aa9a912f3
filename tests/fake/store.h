/*
 * What the server holds: calendars in the order they were made, their objects, what was
 * deleted, and since which revision. Every write and deletion raises the revision of
 * its calendar by one and, where an object stays, gives it a new entity tag.
 *
 * Pointers to calendars and objects live until they are removed. Names are bytes as
 * they are, not escaped; they are unique in their place.
 */
#ifndef TESTS_FAKE_STORE_H
#define TESTS_FAKE_STORE_H

#include "base/clock.h"
#include "base/str.h"

enum kind { KIND_CALENDAR, KIND_INBOX, KIND_OUTBOX, KIND_NOTIFICATION };

struct object {
	char *name;
	char *body;
	char *uid;  /* "" when it has none */
	char *etag; /* with quotes */
	uint64_t rev;

	/* Reads that still miss the last write, and what they see: NULL = nothing. */
	int64_t lag;
	char *old_body;
	char *old_etag;
};

struct tombstone {
	char *name;
	uint64_t rev;
};

struct calendar {
	char *name;
	char *display; /* NULL = has none */
	char *color;   /* NULL = has none */
	char *source;  /* of a subscription; NULL = is none */
	enum kind kind;
	bool todo; /* holds VTODO, else VEVENT */
	bool read_only;
	bool shared;       /* from somebody else */
	bool shared_owner; /* to somebody else */
	bool unlisted;     /* there, but not in the home */
	int order;         /* 0 = has none */

	struct object **objects;
	size_t count;
	size_t cap;
	struct tombstone *gone;
	size_t n_gone;
	size_t cap_gone;
	uint64_t rev;
	uint64_t oldest; /* tokens of earlier revisions are refused */
};

struct store {
	const struct clock *clock; /* borrowed */
	struct calendar **calendars;
	size_t count;
	size_t cap;
	int64_t last_tag; /* entity tags strictly increase */
	int64_t lag;      /* given to every object that is written */
};

void store_clear(struct store *s);

struct calendar *store_calendar(const struct store *s, struct str name);
struct calendar *store_add_calendar(struct store *s, struct str name);
void store_remove_calendar(struct store *s, struct calendar *c);

struct object *store_object(const struct calendar *c, struct str name);

/* The object that has this UID, in any calendar; NULL when there is none. */
struct object *store_uid(const struct store *s, const char *uid, struct calendar **in);

struct object *store_put(struct store *s, struct calendar *c, struct str name,
	struct str body);
void store_delete(struct calendar *c, struct object *o);
void store_retag(struct store *s, struct calendar *c, struct object *o);

/* Replaces the text *field owns. */
void store_set(char **field, struct str text);

#endif
