/*
 * Everything one sync needs, in a private folder: an account with calendars "home" and
 * "work" on the server of fake_dav, a vdir folder, a state folder, a clock. Each
 * world_sync() opens the state anew, as a process of its own would.
 */
#ifndef TESTS_UNIT_SYNC_WORLD_H
#define TESTS_UNIT_SYNC_WORLD_H

#include <stdint.h>

#include "base/digest.h"
#include "sync/run.h"
#include "tests/unit/fake_dav.h"

struct world_calendar {
	int exit;
	struct err err;
	size_t events, added, changed, removed, quarantined, edited, held;
	size_t sent_new, sent_changed, sent_removed, conflicts;
	bool unchanged;
};

struct world {
	char base[64];
	char folder[96];
	char state_dir[96];
	struct fake_dav *fake;
	struct fake_calendar *home;
	struct fake_calendar *work; /* NULL until world_add_work() */
	struct account account;
	struct gate gate;
	struct clock clock;
	int64_t wall_ms;
	int64_t mono_ms;

	/* how the next run is started */
	bool dry_run;
	bool full;
	const char *only;
	unsigned cancel_after; /* answers; 0 = never */
	unsigned answers_limit;

	/* what the last run told */
	unsigned dones;
	int exit;
	struct err err;
	enum diagnosis diagnosis;
	bool cancelled;
	size_t n_calendars;
	size_t new_calendars;
	char new_home[128];
	struct world_calendar calendars[4];
	char planned[4096]; /* "verb title\n" ... */
	unsigned progress_calls;
};

int world_setup(void **state);
int world_teardown(void **state);
void world_add_work(struct world *w);

/* A whole run; its exit status. */
int world_sync(struct world *w);

/* A synced calendar of n events; the server's counts are at zero. */
void world_synced(struct world *w, unsigned n);

/* Runs again, expecting nothing to do: one request, no byte changed anywhere. */
void world_assert_quiet(struct world *w, int expected);

/* n events "e0001@example.org" ..., names "e0001.ics", in the calendar home. */
void world_fill(struct world *w, unsigned n);

/* One event on the server, in home; in a file here. */
void world_put(struct world *w, const char *name, const char *uid, const char *summary);
void world_edit(struct world *w, const char *name, const char *uid,
	const char *summary);

/* Files of FOLDER/home by default; a name with a slash is relative to FOLDER. */
char *world_read(const struct world *w,
	const char *name); /* NULL = none; the caller's */
void world_write(const struct world *w, const char *name, const char *text);
void world_remove(const struct world *w, const char *name);
size_t world_count(const struct world *w, const char *calendar); /* .ics files */
size_t world_trash(const struct world *w);                       /* files in it */
size_t world_kept(const struct world *w); /* versions that lost in a clash */

/* Does any kept version of a clash, or any file in the trash, hold this text? */
bool world_lost_has(const struct world *w, const char *contained);
bool world_trash_has(const struct world *w, const char *contained);

/* What the server holds; NULL = nothing. Lent. */
const char *world_there(const struct world *w, const char *name);
bool world_there_has(const struct world *w, const char *name, const char *contained);
size_t world_count_there(const struct fake_calendar *c);

/* After something was sent the list is asked for once more; then nothing. */
void world_assert_settled(struct world *w, int expected);
bool world_has(const struct world *w, const char *name, const char *contained);

/* All bytes of the state file as one digest, to see whether a run changed it. */
struct digest world_state_digest(const struct world *w);

/* All names, sizes and times of the folder as one digest. */
struct digest world_folder_digest(const struct world *w);

#endif
