/*
 * The answers file of --setup: "key = value" lines, "#" comments. Everything wrong with
 * it is collected, so that a person mends it in one go.
 */
#ifndef APP_ANSWERS_H
#define APP_ANSWERS_H

#include "base/str.h"
#include "store/settings.h"

/* One "calendar =" line, before the server was asked. */
struct answer_calendar {
	char *name; /* display name or path */
	enum direction direction;
	char *folder; /* NULL = derived from the name */
	unsigned line;
};

struct answer_name {
	char *name;
	unsigned line;
};

struct problem {
	unsigned line; /* 0 = the file as a whole */
	char *text;    /* what is wrong, what to write */
};

struct answers {
	struct account account; /* everything but calendars and password */
	struct answer_calendar *calendars;
	size_t n_calendars;
	size_t cap_calendars;
	struct answer_name *consents; /* calendars that may be written to */
	size_t n_consents;
	size_t cap_consents;
	unsigned consent_line; /* 0 = no consent line at all */
	char *default_name;    /* NULL = none given */
	unsigned default_line;
	bool first_sync;
	struct problem *problems; /* in the order they were found */
	size_t n_problems;
	size_t cap_problems;
};

/* Reads the text. `home` expands "~/". Problems are collected, never returned. */
void answers_read(struct answers *a, struct str text, const char *home);
void answers_clear(struct answers *a);

void answers_problem(struct answers *a, unsigned line, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

/*
 * Settles the calendar lines against what the server has: fills account.calendars, and
 * checks direction, default and consent. Adds problems, among them "did you mean".
 */
struct dav_calendars;
void answers_resolve(struct answers *a, const struct dav_calendars *calendars);

#endif
