/*
 * What the components of one calendar object say about when and what, as values.
 */
#ifndef CAL_EVENT_H
#define CAL_EVENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "cal/moment.h"
#include "cal/scan.h"
#include "cal/zone.h"

struct cal_moments {
	struct cal_moment *items; /* owned */
	size_t count;
	size_t cap;
};

struct cal_event {
	enum cal_kind kind;
	char *summary; /* owned; unescaped, not safe for a terminal; NULL = none */
	char *rrule;   /* owned; the first one; NULL = none */
	bool has_start;
	bool has_end;
	bool has_span;
	bool has_replaces;
	bool cancelled;
	struct cal_moment start;
	struct cal_moment end;       /* DTEND, or DUE of a task */
	struct cal_span span;        /* DURATION */
	struct cal_moment replaces;  /* RECURRENCE-ID */
	struct cal_moments added;    /* RDATE; the end of a PERIOD is not kept */
	struct cal_moments excluded; /* EXDATE */
};

struct cal_events {
	struct cal_event *items; /* owned */
	size_t count;
	size_t cap;
	struct cal_zones *zones; /* owned; the moments borrow from it */
};

/*
 * Reads the events, tasks and journal entries. NULL when cal_scan() finds more wrong
 * with the bytes than their UIDs or a METHOD. The caller's; the bytes must outlive it.
 */
struct cal_events *cal_events_read(struct str ics) MUST_USE;
void cal_events_free(struct cal_events *events);
AUTO_DEFINE(cal_events)

/* The summary for people: at most max_cols columns, "(no title)" when there is none. */
char *cal_event_title(const struct cal_event *event, int max_cols) MUST_USE;

#endif
