/*
 * Running `calwiz --headless` every so often: a timer of the systemd user manager where
 * there is one, else a line in the user's crontab.
 *
 * systemd: calwiz.service and calwiz.timer in ~/.config/systemd/user. cron: one line
 * that ends in "# calwiz"; every other line of the crontab stays byte for byte.
 *
 * A schedule belongs to one home: with XDG_CONFIG_HOME or XDG_STATE_HOME elsewhere than
 * the user's own, the line in the crontab says so, and lines of other homes are left
 * alone. A user manager that looks for its units in another home is not used.
 *
 * These calls run systemctl, loginctl and crontab, as found in PATH, and wait for them.
 */
#ifndef APP_SCHEDULE_H
#define APP_SCHEDULE_H

#include "base/err.h"
#include "base/paths.h"

/* What is wanted; all borrowed. */
struct schedule {
	const struct paths *paths;
	int minutes;         /* a part of an hour, or whole hours of a day */
	const char *program; /* NULL = the running one */
	const char *const
		*folders; /* what a sync writes to besides settings and state */
	size_t n_folders;
};

enum schedule_kind { SCHEDULE_NONE, SCHEDULE_SYSTEMD, SCHEDULE_CRON };

enum schedule_linger {
	LINGER_UNKNOWN,
	LINGER_NO, /* the timer stops with the last session of the user */
	LINGER_YES,
};

/* What is there. */
struct schedule_state {
	enum schedule_kind kind;
	int minutes;   /* 0 = not told */
	bool paused;   /* installed, and not running */
	bool this_one; /* it starts the program that asks */
	enum schedule_linger linger;
	int last_status; /* of the last run by systemd: an exit status; -1 = not told */
	char next[64];   /* when it runs next, as systemd says it; "" = not told */
};

/* May a schedule be this long? 5, 15, 30, 60 and other parts of an hour or a day. */
bool schedule_possible(int minutes);

/*
 * Installs it, or makes the installed one like this, running. Doing it again changes
 * nothing. ERR_CONFIG when there is neither a user manager nor crontab, or when either
 * refuses; its words are in the message.
 */
bool schedule_install(const struct schedule *s, struct err *e) MUST_USE;

bool schedule_show(const struct paths *paths, struct schedule_state *out,
	struct err *e) MUST_USE;

/* Stops it without forgetting it, and starts it again. ERR_NO_INPUT when there is none.
 */
bool schedule_pause(const struct paths *paths, bool pause, struct err *e) MUST_USE;

/* Removes what schedule_install() made; well when there is nothing. */
bool schedule_remove(const struct paths *paths, struct err *e) MUST_USE;

/* "every 15 minutes, systemd timer calwiz.timer", "paused ...", "none"; the caller's.
 */
char *schedule_words(const struct schedule_state *s) MUST_USE;

/* What a person should know or do about it: that the timer stops when they sign out,
 * and the command that changes it. "" = nothing. Static. */
const char *schedule_hint(const struct schedule_state *s);

struct profile;

/*
 * Makes the schedule fit the saved settings: the shortest interval any account asks
 * for, or none. *state is how it is afterwards.
 */
bool schedule_settle(const struct profile *p, struct schedule_state *state,
	struct err *e) MUST_USE;

#endif
