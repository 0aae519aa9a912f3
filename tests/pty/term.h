/*
 * A real terminal for tests: a program on a pty, its output read by libvterm.
 *
 *   const char *argv[] = {"./calwiz", NULL};
 *   const char *env[] = {TERM_ENV, "HOME=/tmp/x", NULL};
 *   AUTO(term) *t = term_new(&(struct term_spec){argv, env, NULL, 24, 80}, &e);
 *   assert_true(term_wait_text(t, "Step 1 of 10", 5000));
 *   term_type(t, "\r");
 *
 * Tests look at the grid as it is now, never at the byte log; they wait for something
 * to become true, with a deadline, and never sleep. A wait that fails prints the whole
 * grid to stderr. The byte log is for what must never be sent.
 *
 * Rows and columns count from 0. Nothing is read from the program between calls: only
 * the term_wait functions and term_listen() move the screen on.
 */
#ifndef TESTS_PTY_TERM_H
#define TESTS_PTY_TERM_H

#include <sys/types.h>
#include <termios.h>
#include <vterm_keycodes.h>

#include "base/err.h"
#include "base/str.h"

struct term;

/* What every test wants in the environment; HOME is its own. */
#define TERM_ENV                                                                       \
	"TERM=xterm-256color", "LC_ALL=C.UTF-8", "TZ=UTC",                             \
		"PATH=/usr/sbin:/usr/bin:/bin"

struct term_spec {
	const char *const *argv; /* argv[0] is a path, or looked up in our PATH */
	const char *const *env;  /* the whole environment: nothing is inherited */
	const char *folder;      /* where it runs; NULL: here */
	int rows;
	int cols;
};

/* Starts the program as the leader of its own session, with default signals and only
 * descriptors 0 to 2. One that cannot be executed exits 127. NULL: no pty, no process.
 */
struct term *term_new(const struct term_spec *spec, struct err *e) MUST_USE;

/* Hangs up, kills the program if that did not end it, and reaps it. */
void term_free(struct term *t);
AUTO_DEFINE(term)

/* --- what a person does --- */

void term_send(struct term *t, struct str bytes); /* sent while waiting or listening */
void term_type(struct term *t, const char *text);
void term_key(struct term *t, VTermKey key, VTermModifier mod); /* as xterm sends it */
void term_paste(struct term *t, const char *text); /* bracketed if it was asked for */
void term_resize(struct term *t, int rows, int cols);
void term_hangup(struct term *t); /* the window is closed; the grid stays readable */
bool term_signal(struct term *t, int sig);
pid_t term_pid(const struct term *t);

/* --- waiting: true as soon as it holds, false at the deadline or when nothing can come
 * any more --- */

typedef bool term_holds(struct term *t, const void *ctx);

bool term_wait(struct term *t, term_holds *holds, const void *ctx, int ms) MUST_USE;
bool term_wait_text(struct term *t, const char *text, int ms) MUST_USE;
bool term_wait_gone(struct term *t, const char *text, int ms) MUST_USE;
bool term_wait_cursor(struct term *t, int row, int col, int ms) MUST_USE;

/* The program has ended and all it wrote was read; *status is that of waitpid(2). When
 * a child of its own keeps the terminal open, this lasts until the deadline. */
bool term_wait_exit(struct term *t, int ms, int *status) MUST_USE;

/* Reads for exactly that long: how many bytes came. For "idle means silent". */
size_t term_listen(struct term *t, int ms);

/* --- what a person sees --- */

int term_rows(const struct term *t);
int term_cols(const struct term *t);

/* One row as UTF-8, without the blanks at its end; empty cells are blanks. The
 * caller's. */
char *term_row(const struct term *t, int row) MUST_USE;
char *term_dump(const struct term *t) MUST_USE; /* every row and a LF; the caller's */

/* Where text stands, first from the top; row and col may be NULL. It does not span
 * rows. */
bool term_find(const struct term *t, const char *text, int *row, int *col);
bool term_has(const struct term *t, const char *text);

enum term_colour_kind { TERM_DEFAULT, TERM_INDEXED, TERM_RGB };

struct term_colour {
	enum term_colour_kind kind;
	int index; /* TERM_INDEXED: 0 to 255 */
	uint8_t red, green, blue;
};

struct term_cell {
	char text[32]; /* "" for an empty cell and for the right half of a wide one */
	int width;     /* 2 for a wide one, 0 for its right half */
	struct term_colour fg;
	struct term_colour bg;
	bool bold, underline, italic, blink, reverse,
		strike; /* libvterm knows no dim */
};

struct term_cell term_cell(const struct term *t, int row, int col);

struct term_cursor {
	int row, col;
	bool visible;
};

struct term_cursor term_cursor(const struct term *t);

/* --- the state a program must leave behind as it found it --- */

bool term_alt_screen(const struct term *t);
int term_mouse(const struct term *t); /* 0: no mouse mode is set */
bool term_paste_mode(struct term *t); /* bracketed paste is on */
bool term_termios(const struct term *t, struct termios *out) MUST_USE;
int term_bells(const struct term *t);

/* --- the byte log --- */

size_t term_bytes(const struct term *t);   /* how many were read in all */
struct str term_raw(const struct term *t); /* borrowed until the next wait */
char *term_osc(
	const struct term *t) MUST_USE; /* all OSC strings, one a line; caller's */

#endif
