#include <config.h>

#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void log_line(const struct log *log, enum log_level level, const char *fmt, ...)
{
	if (!log || log->fd < 0 || level > log->level)
		return;
	char line[1024];
	va_list args;
	va_start(args, fmt);
	const int wanted = vsnprintf(line, sizeof(line) - 1, fmt, args);
	va_end(args);
	if (wanted < 0)
		return;
	size_t len = strlen(line);
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
			line[i] = '?';
	line[len++] = '\n';
	(void)!write(log->fd, line, len);
}
