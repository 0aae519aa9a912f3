/*
 * Running another program: by its absolute path, never through a shell, with the few
 * environment variables that were named, no descriptor but 0 to 2, and an end that is
 * sure to come.
 *
 * The program leads a process group of its own. When it is over, for whatever reason,
 * what is left of that group is killed; a program that put itself into a session of its
 * own (an agent, a daemon) is not part of it. "Over" means: it has ended and nobody
 * holds its output any more.
 */
#ifndef APP_SPAWN_H
#define APP_SPAWN_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "base/text.h"

struct spawn {
	const char *path;           /* absolute */
	const char *const *argv;    /* ends with NULL */
	const char *const *inherit; /* variables to pass on where set; ends with NULL */
	const char *const *set;     /* NULL, or more, as NAME=value; ends with NULL */
	struct str input;           /* on its standard input; empty = /dev/null */
	int limit_ms;
	char *into; /* its output goes here and nowhere else: may be secret memory */
	size_t room;
};

struct spawn_end {
	size_t len;            /* bytes of output */
	int status;            /* its exit status, or -1 when a signal ended it */
	int number;            /* that signal */
	struct safe_text said; /* the first line of its standard error; "" = none */
};

/*
 * ERR_BUSY when the time was over, ERR_CONFIG when it printed more than `room` bytes or
 * cannot be started, ERR_SYSTEM when there are no processes left. How it ended is for
 * the caller to judge.
 */
bool spawn_run(const struct spawn *s, struct spawn_end *end, struct err *e) MUST_USE;

/* Where a program lies: the first of the absolute folders in PATH that has it, or NULL.
 * The caller's. */
char *spawn_find(const char *name) MUST_USE;

#endif
