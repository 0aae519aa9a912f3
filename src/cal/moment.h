/*
 * A point in time as an object writes it: a wall clock, and where it hangs.
 */
#ifndef CAL_MOMENT_H
#define CAL_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "cal/zone.h"

enum cal_place {
	CAL_PLACE_LOCAL, /* floating, or in a zone nobody knows: the process's TZ */
	CAL_PLACE_UTC,
	CAL_PLACE_ZONE,
};

struct cal_moment {
	int64_t day;  /* base of cal/day.h */
	int seconds;  /* since midnight; 0 when all_day */
	bool all_day; /* a DATE: begins at local midnight */
	enum cal_place place;
	const struct cal_zone *zone; /* borrowed; with CAL_PLACE_ZONE */
};

/* Reads "20260304", "20260304T101500" or "20260304T101500Z"; a wall clock without Z is
 * in `zone`, or local when that is NULL. Years 1 to 9999. */
bool cal_moment_read(struct str text, const struct cal_zone *zone,
	struct cal_moment *out) MUST_USE;

int64_t cal_moment_unix(const struct cal_moment *m);

/* A duration of RFC 5545, "-P1DT2H": days and seconds, both of one sign. */
struct cal_span {
	int64_t days;
	int64_t seconds;
};

bool cal_span_read(struct str text, struct cal_span *out) MUST_USE;

/* "Tue 4 March 2026", and " 10:00" unless all_day, of local time and in English. */
void cal_time_text(int64_t unix_seconds, bool all_day, struct buf *out);
void cal_day_text(int64_t day, struct buf *out);

#endif
