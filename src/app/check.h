/*
 * `calwiz --check`: tests everything and changes nothing. One line each, with the way
 * out where something is wrong.
 */
#ifndef APP_CHECK_H
#define APP_CHECK_H

#include "app/options.h"
#include "net/loop.h"

/* Runs all checks and prints them to stdout; returns the exit status. */
int check_run(const struct options *o, struct loop *loop);

struct account;

/* The network part for one account alone, as for --setup --check; returns the status.
 */
int check_account(const struct options *o, struct loop *loop, const struct account *a);

#endif
