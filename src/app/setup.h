/*
 * `calwiz --setup FILE`: the wizard's work without a person. Never asks, never reads
 * the terminal.
 */
#ifndef APP_SETUP_H
#define APP_SETUP_H

#include "app/options.h"
#include "net/loop.h"

/* Returns the exit status; every problem of the file is printed in one run. */
int setup_run(const struct options *o, struct loop *loop);

#endif
