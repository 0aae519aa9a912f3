/*
 * What a running sync tells: numbers for a progress bar and one line for each calendar.
 * The wizard and the command line both listen.
 */
#ifndef SYNC_PROGRESS_H
#define SYNC_PROGRESS_H

#include <stddef.h>

enum progress_state {
	PROGRESS_WAITING,
	PROGRESS_RUNNING,
	PROGRESS_DONE,
	PROGRESS_FAILED
};

/* One calendar; lent for the time of the callback. */
struct progress {
	const char *path; /* identifies the calendar: calendar_choice.path */
	const char *name;
	enum progress_state state;
	size_t total; /* to transfer, grows while the listing arrives */
	size_t done;
	size_t skipped;      /* quarantined or left alone */
	const char *problem; /* NULL, or what went wrong in words */
};

struct progress_sink {
	void *ctx;
	void (*calendar)(void *ctx, const struct progress *p); /* optional */
};

#endif
