/*
 * The way through the set-up of another service, page by page.
 */
#ifndef TESTS_PTY_WIZARD_WALK_H
#define TESTS_PTY_WIZARD_WALK_H

#include "tests/pty/wizard_run.h"

void walk_to_server(struct term *t);  /* from Welcome */
void walk_to_sign_in(struct term *t); /* from Welcome to iCloud's */

/* What is on the server's page and what follows; from there to the sign-in. */
void walk_server(struct term *t, const char *address);

/* Types the name and the password, from an empty sign-in page, and continues. */
void walk_sign_in(struct term *t, const char *login, const char *password);

#endif
