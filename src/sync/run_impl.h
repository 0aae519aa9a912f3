/*
 * What the files of sync/run share; nobody else includes it.
 */
#ifndef SYNC_RUN_IMPL_H
#define SYNC_RUN_IMPL_H

#include "dav/discover.h"
#include "store/vdir.h"
#include "sync/ask.h"
#include "sync/pass.h"
#include "sync/run.h"

/* What a calendar is taken up for once more, when all have had their turn. */
struct again {
	bool removals;  /* deletions here are yet to be sent */
	bool elsewhere; /* the server took no second copy of an event: moved to here */
	bool failed;    /* for a passing reason: what it has may be on the move */
};

struct run {
	struct run_options o;
	struct run_result result;
	const struct calendar_choice **choices; /* owned array: one for each result */

	/* asking for the account */
	struct discover *discover;     /* owned */
	struct dav_exchange *exchange; /* lent; NULL = nothing in flight */
	bool again;                    /* the home was not where it was: found anew */

	/* one calendar after another */
	char *owner; /* owned: which account on which server */
	char *name;  /* owned: of this run, in the trash */
	bool root_tried;
	struct vdir_root *root;
	struct vdir *vdir;
	struct pass *pass;
	struct ask *ask; /* is the calendar still there? */
	int presence;    /* status inside its answer: Xandikos says 404 within a 207 */
	struct uri uri;  /* of the current calendar */
	char *key;       /* owned: of the current calendar */
	char *folder;    /* owned: absolute, of the current calendar */
	size_t next;     /* index of the current one, behind it while it runs */
	struct again *later; /* owned: one for each result */
	unsigned round;
	bool waiting; /* something of the current one is in flight */
	bool looping;
	bool over;
};

/* run_account.c: begins asking; ends in run_calendars() or run_refused(). */
void run_account(struct run *r);

/* run.c */
void run_refused(struct run *r, const struct err *e, enum diagnosis diagnosis);
void run_calendars(struct run *r);
void run_finish(struct run *r);

/* run_again.c: is there another round, and is this calendar in it? */
bool run_next_round(struct run *r);
bool run_takes_part(const struct run *r);
bool run_removals_later(const struct run *r);
bool run_another_round(const struct run *r);
void run_note_again(struct run *r, const struct pass *p);

/* run_calendar.c: one calendar; sets r->waiting unless it was over at once. */
void run_calendar(struct run *r);
void run_calendar_clear(struct run *r);

struct calendar_result *run_current(struct run *r);
void run_calendar_failed(struct run *r, const struct err *e);

#endif
