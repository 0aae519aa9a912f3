/*
 * What the benchmark server says: one request in, one answer out. No sockets here.
 *
 *   /  and  /.well-known/caldav   who am I?
 *   /principals/ada/              where are my calendars?
 *   /ada/                         the home
 *   /ada/c01/                     a calendar; below it NAME.ics
 */
#ifndef TESTS_BENCH_ANSWER_H
#define TESTS_BENCH_ANSWER_H

#include "tests/bench/world.h"

/* All slices borrowed. */
struct question {
	struct str method;
	struct str path; /* decoded, without the query */
	struct str depth;
	struct str if_match;
	struct str if_none_match;
	struct str body;
};

struct answer {
	int status;
	char etag[ETAG_SIZE]; /* "" = none */
	const char *location; /* NULL = none; static */
	const char *type;
	struct buf body;
};

/* Fills *a, whose body the caller clears. with_data: a list of changes delivers the
 * bodies when they are asked for. */
void answer_to(struct answer *a, struct world *w, const struct question *q,
	bool with_data);

/* "Multi-Status" and the like. */
const char *answer_reason(int status);

#endif
