/*
 * One sync of one account as the program does it: lock, state, network, run, and the
 * outcome written down. The wizard's first sync and --headless both use it.
 */
#ifndef APP_JOB_H
#define APP_JOB_H

#include "app/profile.h"
#include "base/log.h"
#include "net/http.h"
#include "sync/run.h"

struct job_options {
	struct loop *loop; /* borrowed */
	const struct profile
		*profile; /* borrowed: folders, host id, vault generation */
	const struct account *account; /* borrowed until done */
	const struct log *log;         /* borrowed, may be NULL */
	const char *only_calendar;     /* NULL = all */
	bool dry_run;
	bool full;
	bool by_person; /* a person waits: the pause after a refused password is skipped
	                 */
	struct progress_sink progress;
	void *ctx;
	void (*planned)(void *ctx, const struct planned *p); /* optional */
	void (*done)(void *ctx, const struct run_result *r); /* once, last */
};

struct job;

/* Never fails: trouble comes with done, from a turn of the loop. */
struct job *job_start(const struct job_options *o) MUST_USE;

/* Stops safely; done comes before this returns (unless it came already). */
void job_cancel(struct job *j);

/* After (not in) done, or at any time to drop it. */
void job_free(struct job *j);
AUTO_DEFINE(job)

/*
 * Should this exit status be told to somebody who reads mail from cron? On a change
 * (also back to 0), and once a day while it lasts. Remembers that it was.
 */
bool job_tell(struct job *j, int exit);

/* Requests, connections and bytes so far. */
struct http_stats job_stats(const struct job *j);

#endif
