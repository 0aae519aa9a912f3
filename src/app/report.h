/*
 * What a finished sync says: lines for people, objects for programs.
 */
#ifndef APP_REPORT_H
#define APP_REPORT_H

#include "base/buf.h"
#include "sync/run.h"

/* "Home: 412 events, 3 new, 1 changed". The caller's. */
char *report_calendar_line(const struct calendar_result *c) MUST_USE;

/* What a person must know of a calendar or an account, one line without the program's
 * name, or NULL when there is nothing. The caller's. */
char *report_problem(const struct calendar_result *c) MUST_USE;

/* "5 calendars, 1939 events, 12 seconds". The caller's. */
char *report_total_line(const struct run_result *r, int64_t ms) MUST_USE;

/* One JSON object, without a line end. */
void report_json(struct buf *out, const char *account, const struct calendar_result *c);
void report_json_account(struct buf *out, const char *account,
	const struct run_result *r);

#endif
