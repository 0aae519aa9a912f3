/*
 * A private state folder for the tests of store/state, with one calendar in it.
 */
#ifndef TESTS_UNIT_STATE_FOLDER_H
#define TESTS_UNIT_STATE_FOLDER_H

#include "store/state_listing.h"

struct state_folder {
	char path[64];
	char file[96];
	struct state *s;
	struct state_calendar cal;
};

/* cmocka fixtures: an empty folder, nothing open. */
int state_folder_setup(void **state);
int state_folder_teardown(void **state);

void state_folder_reopen(
	struct state_folder *f);                /* closes first, as the next run does */
void state_folder_home(struct state_folder *f); /* reads the calendar into f->cal */

/* An item whose texts all are its UID; in the calendar. */
struct state_item state_folder_item(const char *uid);
void state_folder_put(struct state_folder *f, const char *uid);

#endif
