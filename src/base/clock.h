/*
 * Time as a value that is passed in, so that tests own it.
 *
 * wall_ms is for people and files (Unix time, may jump); mono_ms for durations and
 * deadlines (CLOCK_BOOTTIME: never jumps, counts a laptop's sleep). Both milliseconds.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

struct clock {
	int64_t (*wall_ms)(void *ctx);
	int64_t (*mono_ms)(void *ctx);
	void *ctx;
};

struct clock clock_system(void);
int64_t clock_wall_ms(const struct clock *c);
int64_t clock_mono_ms(const struct clock *c);

/* "2026-03-04T09:15:00Z" of Unix seconds. */
#define CLOCK_STAMP_SIZE 32
void clock_stamp(int64_t unix_seconds, char out[CLOCK_STAMP_SIZE]);

#endif
