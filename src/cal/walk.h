/*
 * The days a recurrence rule chooses, in order.
 *
 * Own code instead of libical's iterator: that one needs seconds, or never ends, on
 * rules that never match, and any calendar may hold one. A walk looks at each day
 * between its bounds at most once.
 */
#ifndef CAL_WALK_H
#define CAL_WALK_H

#include <stdbool.h>
#include <stdint.h>

#include "cal/rule.h"

#define CAL_WALK_DAYS_MAX 366

struct cal_walk {
	struct cal_rule rule; /* with what DTSTART adds to it */
	int64_t start;
	int64_t last;
	int64_t period; /* the next one, in intervals after that of the start */
	int64_t left;   /* of the count; INT64_MAX without one */
	int64_t days[CAL_WALK_DAYS_MAX]; /* what the current period gives */
	unsigned count;
	unsigned at;
};

/* From `start`, the day of DTSTART, to `last`. Without a count, days before `from` may
 * be left out. */
void cal_walk_init(struct cal_walk *w, const struct cal_rule *rule, int64_t start,
	int64_t from, int64_t last);

/* False when there are no more. UNTIL is left to the caller, who knows the clock. */
bool cal_walk_next(struct cal_walk *w, int64_t *day);

#endif
