/*
 * One sync of one calendar, as a state machine over struct transport:
 *
 *   look at the folder -> ask what changed -> fetch -> check what is gone -> write down
 *
 * Files are written in batches: temporaries, one sync, renames, then one transaction
 * with their rows. The token is saved last and only when everything that was listed is
 * dealt with, so a pass that ends anywhere is taken up again by the next one. A local
 * edit is never overwritten: it is found, counted, left alone.
 */
#ifndef SYNC_PASS_H
#define SYNC_PASS_H

#include "dav/calendar.h"
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
	const char *run; /* names this run in the trash: one safe segment */
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

/* After done: must the whole account stop (a refused sign-in, a request to wait)? */
bool pass_stops_account(const struct pass *p);
enum diagnosis pass_diagnosis(const struct pass *p);

#endif
