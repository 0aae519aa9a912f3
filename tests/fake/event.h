/*
 * What a server reads in an iCalendar object before it takes it, and what iCloud makes
 * of one. A scan of lines that never fails: what is not there is not told.
 */
#ifndef TESTS_FAKE_EVENT_H
#define TESTS_FAKE_EVENT_H

#include "base/buf.h"

struct event {
	char *uid;       /* of the first component that has one; "" = none */
	char *component; /* VEVENT, VTODO, VJOURNAL; "" = none of them */
	size_t components;
	bool endless; /* one component has a start, but neither DTEND, DURATION nor DUE
	               */
	bool repeats;
	bool has_method;
	int64_t start; /* of the first one; seconds since 1970, zones not looked at */
	int64_t end;
};

void event_read(struct event *e, struct str body);
void event_clear(struct event *e);

/* Seconds since 1970 of "20260301" or "20260301T100000Z"; -1 for anything else. */
int64_t event_time(struct str text);

/* A small event; the name is also its UID. */
void event_make(struct buf *out, struct str uid, struct str summary, struct str start);

/* The body with every VTIMEZONE the server knows in the server's own words. */
void event_with_own_zones(struct buf *out, struct str body);

/* One component as iCloud's "expand" answers: without VERSION and PRODID, marked, and
 * with the time of the query for a second DTSTAMP. */
void event_expanded(struct buf *out, struct str body, const char *now);

/* The body as a server that rewrites would keep it: a property of its own in it. */
void event_rewritten(struct buf *out, struct str body);

#endif
