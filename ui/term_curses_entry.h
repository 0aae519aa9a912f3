/*
 * Which terminfo entry to draw by.
 */
#ifndef UI_TERM_CURSES_ENTRY_H
#define UI_TERM_CURSES_ENTRY_H

#include <stddef.h>

#include "base/err.h"

/*
 * TERM's own entry, or one that is known to be like it where this computer does not
 * have that: then *note says so. ERR_USAGE when neither can move the cursor. *entry is
 * static or the environment's.
 */
bool term_entry_choose(const char **entry, char *note, size_t size,
	struct err *e) MUST_USE;

/* The error that says so; returns false. */
bool term_entry_unusable(const char *name, struct err *e);

#endif
