/*
 * The terminal's way back: whatever ends the program, also a crash, leaves the terminal
 * in canonical mode on its main screen with the cursor shown.
 *
 * The one place in the program with state outside of a struct: a signal handler and an
 * atexit function can be handed nothing.
 */
#ifndef UI_TERM_GUARD_H
#define UI_TERM_GUARD_H

#include <termios.h>

#include "base/str.h"

/* Remembers how the terminal on descriptor fd was, and what to write to bring it back
 * (copied, at most 256 bytes); installs handlers for the fatal signals. */
void term_guard_arm(int fd, const struct termios *before, struct str restore);

/* The terminal was given back in the ordinary way. */
void term_guard_disarm(void);

#endif
