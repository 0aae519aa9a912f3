/*
 * Levelled lines for whoever asked (-v, -vv), silent otherwise. One line each,
 * "area: what key=value". Never to the terminal while the full screen owns it, never a
 * secret, a header or a body; text from outside passes safe() first.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/auto.h"

enum log_level { LOG_QUIET, LOG_INFO, LOG_DEBUG };

struct log {
	int fd;               /* borrowed; -1 = nowhere */
	enum log_level level; /* what is wanted */
};

/* log may be NULL. Control characters in the finished line become `?`. */
void log_line(const struct log *log, enum log_level level, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

#endif
