#include <config.h>

#include "base/clock.h"

#include <stddef.h>

#include "base/auto.h"

static int64_t read_ms(clockid_t id)
{
	struct timespec t = {0};

	(void)clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t system_wall(UNUSED void *ctx)
{
	return read_ms(CLOCK_REALTIME);
}

static int64_t system_mono(UNUSED void *ctx)
{
	return read_ms(CLOCK_BOOTTIME);
}

struct clock clock_system(void)
{
	return (struct clock){.wall_ms = system_wall, .mono_ms = system_mono};
}

int64_t clock_wall_ms(const struct clock *c)
{
	return c->wall_ms(c->ctx);
}

int64_t clock_mono_ms(const struct clock *c)
{
	return c->mono_ms(c->ctx);
}

void clock_stamp(int64_t unix_seconds, char out[CLOCK_STAMP_SIZE])
{
	const time_t t = (time_t)unix_seconds;
	struct tm tm = {0};

	out[0] = '\0';
	if (gmtime_r(&t, &tm))
		(void)strftime(out, CLOCK_STAMP_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm);
}
