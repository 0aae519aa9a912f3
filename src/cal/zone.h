/*
 * The time zones of one calendar object. The only file that meets libical.
 *
 * A zone is the object's own VTIMEZONE of that name, else the system's zone of that
 * name. libical reads no line of the object as it stands: what it is given is written
 * anew from the values that make up a zone, after each was found to be well formed,
 * because libical 3.0 prints to stderr about lines it does not like and does not end on
 * some recurrence rules. The first use reads the system's zone files.
 */
#ifndef CAL_ZONE_H
#define CAL_ZONE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define CAL_ZONES_MAX 16 /* a further one in the same object is not found */

struct cal_zone;
struct cal_zones;

/* Borrows the bytes, which passed cal_scan(), for its own life. */
struct cal_zones *cal_zones_new(struct str ics) MUST_USE;
void cal_zones_free(struct cal_zones *z);
AUTO_DEFINE(cal_zones)

/* Lives as long as z. NULL when nobody knows the zone, as with the names of Windows. */
const struct cal_zone *cal_zones_find(struct cal_zones *z, struct str tzid);

/* Unix seconds of a wall clock in that zone. */
int64_t cal_zone_unix(const struct cal_zone *zone, int64_t day, int seconds);

#endif
