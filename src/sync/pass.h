/*
 * One sync of one calendar, as a state machine over struct transport:
 *
 *   look at the folder -> ask what changed -> fetch -> check what is gone
 *     -> send -> read back -> write down
 *
 * Files are written in batches: temporaries, one sync, renames, then one transaction
 * with their rows. The token is saved last and only when everything that was listed is
 * dealt with, so a pass that ends anywhere is taken up again by the next one.
 *
 * What changed here is sent after that, each request announced in the state before it
 * leaves, and what the server made of it is read back. An edit that meets another one
 * on the server is joined with it; no version is lost on either side.
 */
#ifndef SYNC_PASS_H
#define SYNC_PASS_H

#include "dav/calendar.h"
#include "store/settings.h"
#include "store/state_item.h"
#include "store/vdir.h"
#include "sync/plan.h"
#include "sync/run.h"

struct pass;

/* Everything is borrowed until done. */
struct pass_options {
	struct state *state;
	struct transport *transport;
	const struct gate *gate;
	const struct clock *clock;
	const struct log *log;
	struct vdir
		*vdir; /* NULL: there is no folder yet (a dry run of a first sync) */
	struct state_identity identity;
	const char *folder_identity;       /* of the account's folder; may be NULL */
	const struct uri *uri;             /* of the calendar */
	const struct dav_calendar *listed; /* what the home told of it */
	enum plan_direction direction;
	bool both; /* the person agreed that this calendar is written to */
	enum conflict_rule conflict;
	bool removals_later; /* deletions here are not sent now: pass_has_removals() */
	bool another_round;  /* what the server has elsewhere may wait for it */
	const char *run;     /* names this run in the trash: one safe segment */
	bool dry_run;
	bool full;
	bool state_lost;
	struct progress_sink progress;
	void *planned_ctx;
	void (*planned)(void *ctx, const struct planned *p); /* may be NULL */
	struct calendar_result *result; /* path and name are set; the rest is filled */
	void *ctx;
	void (*done)(void *ctx); /* once, last; may come from within pass_start() */
};

/* The pass may be freed in done: nothing of it is touched afterwards. */
struct pass *pass_new(const struct pass_options *o) MUST_USE;
void pass_start(struct pass *p);

/* Asks for nothing more, writes down what has arrived; no done. */
void pass_cancel(struct pass *p);
void pass_free(struct pass *p);
AUTO_DEFINE(pass)

/* After done: were there deletions that the options told to leave for later? */
bool pass_has_removals(const struct pass *p);

/* After done: did the server have what was new here in another place, so that it may be
 * sent when a deletion there has been? Only with another_round. */
bool pass_waits_elsewhere(const struct pass *p);

/* After done: must the whole account stop (a refused sign-in, a request to wait)? */
bool pass_stops_account(const struct pass *p);
enum diagnosis pass_diagnosis(const struct pass *p);

#endif
