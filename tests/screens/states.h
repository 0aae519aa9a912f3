/*
 * The states of the wizard that have a golden screen: how each is reached.
 */
#ifndef TESTS_SCREENS_STATES_H
#define TESTS_SCREENS_STATES_H

#include <stdbool.h>
#include <stddef.h>

#include "tests/unit/wizard_play.h"

struct screen {
	const char *name;             /* PAGE-STATE */
	const char *script;           /* from the start; see wizard_play.h */
	void (*then)(struct play *p); /* what a script cannot say; optional */
	bool rerun;                   /* starts with an account that is set up */
};

extern const struct screen screens[];
extern const size_t n_screens;

/* One of each size class that has pages. */
struct screen_size {
	int width;
	int height;
};

extern const struct screen_size screen_sizes[];
extern const size_t n_screen_sizes;

/* Plays a state; play_end() when its page is drawn. */
void screen_play(const struct screen *s, struct play *p);

void screen_resize(struct play *p, struct screen_size size);

#endif
