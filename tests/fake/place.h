/*
 * What a path points to.
 */
#ifndef TESTS_FAKE_PLACE_H
#define TESTS_FAKE_PLACE_H

#include "base/buf.h"
#include "tests/fake/event.h"
#include "tests/fake/store.h"

struct dialect;

enum place_kind {
	PLACE_NOWHERE,
	PLACE_ROOT,
	PLACE_WELL_KNOWN,
	PLACE_PRINCIPAL,
	PLACE_HOME,
	PLACE_CALENDAR,
	PLACE_OBJECT, /* of a calendar that is there; itself perhaps not */
};

struct place {
	enum place_kind kind;
	struct calendar *calendar; /* borrowed; NULL where there is none */
	struct object *object;     /* borrowed; NULL where there is none */
	char *name;                /* of the last segment, not escaped */
};

/* `href` is a path or a whole address. */
void place_find(struct place *p, const struct dialect *d, const struct store *s,
	struct str href);
void place_clear(struct place *p);

/* The path of a calendar, or of a member of it. */
void place_path(struct buf *out, const struct dialect *d, const struct calendar *c,
	const char *member);

#endif
