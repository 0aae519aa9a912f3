/*
 * One sync of one account: asks the server once for all calendars, then works through
 * those that changed, each as its own pass. One calendar's trouble never stops the
 * others.
 *
 * Runs inside the event loop: run_start() only begins it, `done` comes later, from a
 * turn.
 */
#ifndef SYNC_RUN_H
#define SYNC_RUN_H

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "dav/diagnose.h"
#include "dav/transport.h"
#include "store/settings.h"
#include "store/state.h"
#include "sync/progress.h"

/* What happened in one calendar. */
struct calendar_result {
	char *path;     /* owned, as in calendar_choice */
	char *name;     /* owned, safe text */
	int exit;       /* EXIT_OK, EXIT_ATTENTION, EXIT_HELD, ... */
	struct err err; /* ERR_NONE when all right: what a person must know */
	size_t events;  /* in the folder afterwards */
	size_t added;
	size_t changed;
	size_t removed;
	size_t quarantined;  /* server items that were left alone */
	size_t sent_new;     /* to the server */
	size_t sent_changed; /* to the server */
	size_t sent_removed; /* from the server */
	size_t conflicts;    /* versions kept for a person to look at, of all runs */
	size_t edited;       /* local edits that wait (found, kept, not sent) */
	size_t held;         /* deletions held back, of both directions */
	bool unchanged;      /* the server said nothing changed, nothing was fetched */
};

/* One planned change, for a dry run and for -v. Lent for the callback. */
struct planned {
	const char *calendar; /* safe text */
	const char *verb;     /* "add", "change", "remove", "hold", "keep" ... */
	const char *title; /* "Dentist, Tue 4 March 2026 10:00"; or the file or UID */
};

struct run_result {
	int exit;       /* the worst of all */
	struct err err; /* of the account as a whole; ERR_NONE when it was reached */
	enum diagnosis diagnosis;          /* for err */
	struct calendar_result *calendars; /* owned */
	size_t n_calendars;
	size_t new_calendars; /* on the server, not selected */
	bool cancelled;
	/* The calendar home answered 404 and was found again elsewhere: to be saved. */
	char *new_home; /* owned; NULL = unchanged */
};
void run_result_clear(struct run_result *r);

struct run_options {
	const struct account *account; /* borrowed until done */
	struct state *state;           /* borrowed; open */
	struct transport *transport;   /* borrowed */
	const struct gate *gate;       /* borrowed */
	const struct clock *clock;     /* borrowed */
	const struct log *log;         /* borrowed, may be NULL */
	const char *host_id;           /* for the folder's marker */
	const char *only_calendar;     /* NULL, or the name or folder of one */
	bool dry_run; /* no write anywhere: not to the folder, not to the state */
	bool full;    /* ignore ctag and sync-token, compare everything */
	struct progress_sink progress;
	void *ctx;
	void (*planned)(void *ctx, const struct planned *p); /* optional */
	void (*done)(void *ctx, const struct run_result *r); /* once, last */
};

struct run;

/* Must be followed by run_free() after (not in) done, or by run_cancel(). */
struct run *run_start(const struct run_options *o) MUST_USE;

/* Stops safely: nothing new is asked for, what has arrived is committed, then done
 * comes (with cancelled set) before this returns. */
void run_cancel(struct run *r);
void run_free(struct run *r);
AUTO_DEFINE(run)

#endif
