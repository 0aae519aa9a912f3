/*
 * What one calendar object means to a person. Reads with cal/event.h, so any bytes will
 * do; changes nothing.
 */
#ifndef CAL_OBJECT_H
#define CAL_OBJECT_H

#include "base/str.h"

/*
 * "Dentist, Tue 4 March 2026" (all day) or "Dentist, Tue 4 March 2026 10:00", local
 * time, English, at most 72 columns, safe for a terminal. Without a summary "(no
 * title)", without a readable date only the summary. Of several components the one that
 * is not an override speaks; a task without a start names its due date. The caller's.
 */
char *cal_object_title(struct str ics) MUST_USE;

#endif
