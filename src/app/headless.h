/*
 * `calwiz --headless`: one sync of every account, no question ever, the exit status
 * tells the outcome.
 */
#ifndef APP_HEADLESS_H
#define APP_HEADLESS_H

#include "app/options.h"
#include "app/profile.h"
#include "net/loop.h"

int headless_run(const struct options *o, struct loop *loop);

/* One account of an opened profile, because a person asked: pauses are not kept. */
int headless_sync_now(const struct options *o, struct loop *loop, struct profile *p,
	const char *account);

#endif
