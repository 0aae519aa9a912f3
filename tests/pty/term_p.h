/*
 * The inside of struct term, for the files that make it up.
 */
#ifndef TESTS_PTY_TERM_P_H
#define TESTS_PTY_TERM_P_H

#include <vterm.h>

#include "base/buf.h"
#include "base/clock.h"
#include "tests/pty/term.h"

struct term {
	int master; /* -1 after term_hangup() */
	int pidfd;
	pid_t pid;
	bool hung;   /* no one holds the other side any more */
	bool exited; /* reaped; status is set */
	int status;
	VTerm *vt;
	VTermScreen *screen;
	struct buf raw;
	struct buf pending; /* not yet taken by the pty */
	struct clock clock;
	bool probing; /* term_paste_mode() counts instead of sending */
	size_t probed;
	struct term_cursor cursor;
	bool alt_screen;
	int mouse;
	int bells;
};

#endif
