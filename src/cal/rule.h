/*
 * Recurrence rules (RFC 5545, section 3.3.10) that choose whole days, as values.
 */
#ifndef CAL_RULE_H
#define CAL_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "cal/moment.h"

#define CAL_RULE_LIST_MAX 64

enum cal_frequency { CAL_DAILY, CAL_WEEKLY, CAL_MONTHLY, CAL_YEARLY };

struct cal_list {
	int16_t values[CAL_RULE_LIST_MAX];
	unsigned count;
};

struct cal_rule {
	enum cal_frequency frequency;
	int64_t interval; /* at least 1 */
	int64_t count;    /* 0 = without */
	bool has_until;
	struct cal_moment until; /* local when the rule does not say UTC */
	int week_start;          /* 0 = Sunday */
	struct cal_list months;
	struct cal_list month_days;
	struct cal_list year_days;
	struct cal_list weeks;
	struct cal_list weekdays; /* ordinal * 8 + weekday, "-1FR" is -8 + 5 */
	struct cal_list positions;
	int hour; /* BYHOUR, BYMINUTE and BYSECOND of one value each; -1 = as DTSTART */
	int minute;
	int second;
};

/*
 * Reads the value of an RRULE. False for what is malformed, for SECONDLY, MINUTELY and
 * HOURLY rules and several times a day, for calendars other than the Gregorian (RFC
 * 7529), and for lists longer than CAL_RULE_LIST_MAX.
 */
bool cal_rule_read(struct str text, struct cal_rule *out) MUST_USE;

/* Seconds since midnight of an occurrence of an event whose DTSTART has `seconds`. */
int cal_rule_seconds(const struct cal_rule *rule, int seconds);

#endif
