/*
 * The two kinds of schedule, for schedule.c and the tests.
 */
#ifndef APP_SCHEDULE_IMPL_H
#define APP_SCHEDULE_IMPL_H

#include "app/schedule.h"
#include "base/buf.h"

#define SCHEDULE_OUTPUT_MAX (1024U * 1024U)

/* A program that was run: what it printed, and its first words on standard error. */
struct schedule_run {
	struct buf out; /* owned */
	int status;
	char said[160];
};
void schedule_run_clear(struct schedule_run *r);

/* Runs argv[0], found in PATH, with this on its standard input. *found is false, and
 * nothing else happens, when there is no such program. */
bool schedule_call(const char *const *argv, struct str input, struct schedule_run *r,
	bool *found, struct err *e) MUST_USE;

/* Homes other than the user's own, as NAME=value; owned, NULL = the usual place. */
struct schedule_homes {
	char *config;
	char *state;
};
struct schedule_homes schedule_homes(const struct paths *paths);
void schedule_homes_clear(struct schedule_homes *h);

/* A path that a timer can name: absolute, UTF-8, no control characters. */
bool schedule_path_ok(const char *path, struct err *e) MUST_USE;

/* 0 to minutes - 1: spreads the computers of the world over the interval, and is the
 * same every time on this one. */
int schedule_offset(int minutes);

/* Is there a user manager that looks for its units in this home? */
bool systemd_there(const struct paths *paths);
bool systemd_installed(const struct paths *paths);
bool systemd_install(const struct schedule *s, struct err *e) MUST_USE;
bool systemd_show(const struct paths *paths, const char *program,
	struct schedule_state *out, struct err *e) MUST_USE;
bool systemd_pause(const struct paths *paths, bool pause, struct err *e) MUST_USE;
bool systemd_remove(const struct paths *paths, struct err *e) MUST_USE;

/* The two files; the caller's. */
char *systemd_service_text(const struct schedule *s) MUST_USE;
char *systemd_timer_text(const struct schedule *s) MUST_USE;

bool cron_there(void);
bool cron_install(const struct schedule *s, struct err *e) MUST_USE;
bool cron_show(const struct paths *paths, const char *program,
	struct schedule_state *out, struct err *e) MUST_USE;
bool cron_pause(const struct paths *paths, bool pause, struct err *e) MUST_USE;
bool cron_remove(const struct paths *paths, struct err *e) MUST_USE;

/* The line, without its line end; the caller's. */
char *cron_line(const struct schedule *s) MUST_USE;

#endif
