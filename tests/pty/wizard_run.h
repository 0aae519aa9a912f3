/*
 * The real wizard in the real terminal: starting it in a home of its own, waiting for
 * its pages, what must hold on every one of them.
 *
 * The program is $CALWIZ, or calwiz in the current folder. Each function fails the test
 * when what it says does not hold.
 */
#ifndef TESTS_PTY_WIZARD_RUN_H
#define TESTS_PTY_WIZARD_RUN_H

#include "base/buf.h"
#include "tests/pty/term.h"

/* Deadlines in ms: for what must come; for what must not. */
enum { SOON = 20000, NEVER = 300 };

/* What the tests of one program share: the state of cmocka. */
struct place {
	char *program; /* owned */
	char *root;    /* owned: a folder with a home for each test */
	unsigned homes;
};

int place_setup(void **state);
int place_teardown(void **state);
char *place_home(struct place *p) MUST_USE; /* a new one; the caller's */

struct run {
	struct place *place;
	const char *home;
	/* NAME=value replaces or adds a variable, NAME leaves it out; NULL-terminated
	 */
	const char *const *env;
	const char *option; /* of calwiz; NULL: none */
	const char
		*script; /* for sh, with the program in $CALWIZ; NULL: calwiz itself */
	int rows, cols;  /* 0: 24x80 */
};

struct term *run_wizard(const struct run *r) MUST_USE;

/* Waits for a page, by something that only it shows, and checks what holds on all:
 * cursor visible and on the focused item, no mouse, marked pastes. */
void see(struct term *t, const char *text);
void see_only(struct term *t, const char *text); /* the first half of it */
void see_gone(struct term *t, const char *text);
void press(struct term *t, const char *keys);
void press_key(struct term *t, VTermKey key);

#define KEY_CTRL_C "\003"
#define KEY_ENTER "\r"
#define KEY_ESC "\033"

/* It ends by itself with this status and leaves the terminal as it should be. */
void ends(struct term *t, int status);
void ends_by(struct term *t, int sig); /* the same after a signal that was not caught */
void is_restored(struct term *t);

bool has_sent(const struct term *t, struct str bytes);
void sent_only_ascii(const struct term *t);

/* The words of these rows, one blank between them. The caller's. */
char *words(const struct term *t, int from, int to) MUST_USE;

/* Every .ics file below the folder with size and time of change, a line each, sorted.
 * The caller's. */
char *calendar_files(const char *folder) MUST_USE;

#endif
