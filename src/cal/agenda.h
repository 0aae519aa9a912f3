/*
 * What happens next: the occurrences of many objects between two instants, in order.
 */
#ifndef CAL_AGENDA_H
#define CAL_AGENDA_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* One occurrence of an event. */
struct cal_occurrence {
	int64_t start; /* Unix seconds */
	int64_t end;
	bool all_day;
	char *summary; /* owned; safe for a terminal */
};

/*
 * A bounded list of the earliest occurrences that begin at or after `from` and before
 * `until`, kept in order: the agenda adds objects one by one and remembers only the
 * best `limit`. What began before `from` and goes on is not among them, so for the
 * all-day events of today `from` is this morning's midnight.
 */
struct cal_agenda;

struct cal_agenda *cal_agenda_new(int64_t from, int64_t until, size_t limit) MUST_USE;
void cal_agenda_free(struct cal_agenda *a);
AUTO_DEFINE(cal_agenda)

#define CAL_STEPS_MAX 2000

/*
 * Adds the occurrences of one object: the recurrence of its master (the first RRULE, at
 * most CAL_STEPS_MAX days of it within the bounds), EXDATE and RDATE obeyed, overrides
 * in place of what they replace, cancelled ones left out. Of a rule that
 * cal_rule_read() does not take, such as one finer than daily, only the first
 * occurrence is known. An override counts for its own occurrence alone:
 * RANGE=THISANDFUTURE, which nobody writes any more, is not followed. Tasks and
 * unreadable objects add nothing.
 */
void cal_agenda_add(struct cal_agenda *a, struct str ics);

size_t cal_agenda_count(const struct cal_agenda *a);
const struct cal_occurrence *cal_agenda_at(const struct cal_agenda *a, size_t i);

/* "Tue 4 March 2026 10:00  Dentist" in local time; the caller's. */
char *cal_occurrence_text(const struct cal_occurrence *o) MUST_USE;

#endif
