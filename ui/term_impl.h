/*
 * Private to the terminal: what term_curses.c (opening, leaving), term_curses_paint.c
 * and term_curses_input.c share.
 */
#ifndef UI_TERM_IMPL_H
#define UI_TERM_IMPL_H

#include <stdint.h>
#include <termios.h>

#include "base/buf.h"
#include "base/secret.h"
#include "ui/term_curses.h"
#include "ui/theme.h"

#define TERM_PAIRS_SWATCH 32
#define TERM_PASTE_MAX 4096

/* Codes of our own beside those of curses, for define_key(). */
enum { TERM_PASTE_BEGIN = 1, TERM_PASTE_END, TERM_SHIFT_TAB };

struct term {
	void *screen; /* SCREEN *, owned */
	struct termios before;
	enum glyphs glyphs;
	enum theme_depth depth;
	char note[160];
	int stderr_before; /* descriptor to put back; -1 = not moved */

	struct cell *shown; /* owned: what is on the screen */
	int width;          /* of shown */
	int height;
	bool all; /* paint everything */
	uint32_t swatches[TERM_PAIRS_SWATCH];
	int n_swatches;

	struct secret *paste; /* owned: a paste may be a password */
	bool pasting;
	bool lent;         /* the paste was handed out; to be wiped */
	unsigned burst;    /* characters since the input was last empty */
	size_t ended;      /* characters of a torn end of the paste so far */
	int64_t escape_at; /* when a lone Esc or a piece behind it came; 0 = none */
	char torn[8];      /* what came behind it: the rest of a torn sequence */
	size_t n_torn;
};

/* The bracketed-paste switch; the terminal ignores it when it does not know it. */
#define TERM_PASTE_ON "\033[?2004h"
#define TERM_PASTE_OFF "\033[?2004l"

void term_send(const char *bytes);
void term_colours_begin(struct term *t, bool no_color);

#endif
