/*
 * The one place that sleeps: file descriptors, signals, timers and curl transfers, in
 * one curl_multi_poll(), on one thread. Callbacks run to completion in turn, never from
 * within the call that registered them; none sleeps and none runs another turn. A
 * callback may register and cancel anything, itself included.
 */
#ifndef NET_LOOP_H
#define NET_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"

struct loop;
struct loop_timer;
struct loop_watch;

/* One per program. The clock is borrowed. Also initialises libcurl with an allocator
 * that wipes what it releases, so that passwords leave no copies in the heap. */
struct loop *loop_new(const struct clock *clock, struct err *e) MUST_USE;
void loop_free(struct loop *l); /* all transfers, timers and watches must be gone */
AUTO_DEFINE(loop)

const struct clock *loop_clock(const struct loop *l);

/*
 * One turn: waits until something is due (at most max_wait_ms; -1 = as long as it
 * takes), then runs what is due. Returns at once when nothing at all is registered.
 * Fails only when the waiting itself fails.
 */
bool loop_turn(struct loop *l, int max_wait_ms, struct err *e) MUST_USE;

/* Fires once, after delay_ms; gone afterwards. Lent until then or cancel. */
struct loop_timer *loop_after(struct loop *l, int64_t delay_ms, void (*fire)(void *ctx),
	void *ctx);
void loop_timer_cancel(struct loop *l, struct loop_timer *t); /* accepts NULL */

/* Fires whenever fd is readable (or hung up), until cancelled. fd is borrowed. */
struct loop_watch *loop_watch(struct loop *l, int fd, void (*readable)(void *ctx),
	void *ctx);
void loop_watch_cancel(struct loop *l, struct loop_watch *w); /* accepts NULL */

/*
 * Signals become events: blocks the given ones (a 0-ended list) for the process and
 * calls back with the number, from a turn. Once per loop; undone by loop_free().
 */
bool loop_signals(struct loop *l, const int *numbers,
	void (*got)(void *ctx, int number), void *ctx, struct err *e) MUST_USE;

#endif
