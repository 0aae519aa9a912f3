#include <config.h>

#include "base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"

static _Noreturn void exhausted(void)
{
	static const char message[] = "calwiz: out of memory\n";

	(void)!write(STDERR_FILENO, message, sizeof(message) - 1);
	exit(EXIT_SYSTEM);
}

static void *checked(void *p)
{
	if (!p)
		exhausted();
	return p;
}

void *xmalloc(size_t size)
{
	return checked(malloc(size ? size : 1));
}

void *xcalloc(size_t count, size_t size)
{
	return checked(calloc(count ? count : 1, size ? size : 1));
}

void *xreallocarray(void *p, size_t count, size_t size)
{
	return checked(reallocarray(p, count ? count : 1, size ? size : 1));
}

char *xstrdup(const char *text)
{
	return checked(strdup(text));
}

char *xstrndup(const char *text, size_t len)
{
	return checked(strndup(text, len));
}

char *xasprintf(const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	char *text = NULL;
	const int len = vasprintf(&text, fmt, args);
	va_end(args);
	if (len < 0)
		exhausted();
	return text;
}

char *xstrdup_or_null(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

void *xgrow(void *p, size_t len, size_t *cap, size_t size)
{
	if (len < *cap)
		return p;
	if (*cap > SIZE_MAX / 2)
		exhausted();
	*cap = *cap ? *cap * 2 : 8;
	return xreallocarray(p, *cap, size);
}
