/*
 * One wizard session on the full screen: feeds the pure wizard with keys and results,
 * carries out its effects, paints its pages.
 */
#ifndef UI_SESSION_H
#define UI_SESSION_H

#include "app/options.h"
#include "net/loop.h"

/* Returns the exit status. */
int session_run(const struct options *o, struct loop *loop);

#endif
