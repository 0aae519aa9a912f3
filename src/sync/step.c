#include <config.h>

#include "sync/step.h"

#ifdef CALWIZ_FAULTS

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/str.h"

static int64_t setting(const char *name)
{
	int64_t value = -1;

	if (!str_to_int(str_of(getenv(name)), 0, INT32_MAX, &value))
		return -1;
	return value;
}

void step_done(const char *what)
{
	/* The one count of the process: only in builds for tests. */
	static int64_t steps;
	const int64_t fd = setting("CALWIZ_TEST_STEPS");

	steps++;
	if (fd >= 0)
		(void)dprintf((int)fd, "%lld %s\n", (long long)steps, what);
	if (steps == setting("CALWIZ_TEST_STOP_AT"))
		(void)kill(getpid(), SIGKILL);
}

#else

/* ISO C wants something in every file. */
typedef int step_is_nothing;

#endif
