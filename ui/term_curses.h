/*
 * The real terminal: grids out, keys in. The only file that knows curses.
 *
 * Wide API only, no mouse, no OSC, the cursor always visible, the terminal's own
 * background. Whatever ends the program, the terminal is left as it was found.
 */
#ifndef UI_TERM_CURSES_H
#define UI_TERM_CURSES_H

#include "base/err.h"
#include "ui/grid.h"
#include "ui/key.h"

struct term;

struct term_options {
	bool no_color;
	bool ascii;
};

/*
 * Takes the terminal on descriptors 0 and 1. ERR_USAGE when they are no terminal or it
 * cannot move its cursor, in words that name the other ways (--setup). Falls back to
 * xterm-256color for terminals that are known to be like it but not known here;
 * term_note() then says so. Standard error goes to a pipe meanwhile, so that libraries
 * cannot scribble on the screen.
 */
bool term_open(struct term **t, const struct term_options *o, struct err *e) MUST_USE;
void term_free(struct term *t); /* restores everything; accepts NULL */
AUTO_DEFINE(term)

const char *term_note(const struct term *t); /* "" or a sentence for the message line */
enum glyphs term_glyphs(const struct term *t);
void term_set_glyphs(struct term *t, enum glyphs glyphs);
void term_size(const struct term *t, int *width, int *height);

/* Writes what changed since the last grid. */
void term_paint(struct term *t, const struct grid *g);
void term_redraw(struct term *t);  /* the next paint writes everything */
void term_resized(struct term *t); /* after SIGWINCH */

enum term_input_kind { TERM_NOTHING, TERM_KEY, TERM_PASTE, TERM_HUNG_UP };

struct term_input {
	enum term_input_kind kind;
	struct key_press key;
	struct str paste; /* lent until the next call, then wiped */
};

/* The next decoded input; TERM_NOTHING when there is no more for now. Call until then
 * whenever the descriptor is readable. */
void term_read(struct term *t, struct term_input *in);
int term_fd(const struct term *t);

/* Leaves the full screen, prints the bare address, waits for Enter, comes back. Blocks
 * only for that; a hang-up or a signal that ends the program returns at once. */
void term_show_address(struct term *t, const char *address);

/* Ctrl-Z: gives the terminal back, stops the process group, takes it again after. */
void term_suspend(struct term *t);
void term_continued(struct term *t); /* after SIGCONT */

#endif
