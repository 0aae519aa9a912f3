/*
 * Where a run may be cut off: every side effect of sync is followed by step_done(),
 * which does nothing, unless built with CALWIZ_FAULTS. Then CALWIZ_TEST_STOP_AT=N in
 * the environment kills the process at the Nth step, and CALWIZ_TEST_STEPS=FD writes
 * one line for each step to that descriptor, so that a test knows how many there are.
 */
#ifndef SYNC_STEP_H
#define SYNC_STEP_H

#ifdef CALWIZ_FAULTS
void step_done(const char *what);
#else
static inline void step_done(const char *what)
{
	(void)what;
}
#endif

#endif
