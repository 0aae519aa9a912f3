#include <config.h>

#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
	int status;
	const char *advice;
} codes[] = {
	[ERR_NONE] = {EXIT_OK, ""},
	[ERR_USAGE] = {EXIT_USAGE, "See calwiz --help."},
	[ERR_ATTENTION] = {EXIT_ATTENTION, "calwiz --status lists what waits for you."},
	[ERR_NO_INPUT] = {EXIT_NO_INPUT, "Run calwiz to set it up."},
	[ERR_UNAVAILABLE] = {EXIT_UNAVAILABLE, "Ask whoever runs the server."},
	[ERR_INTERNAL] = {EXIT_INTERNAL,
		"This is a defect of calwiz; please report it."},
	[ERR_SYSTEM] = {EXIT_SYSTEM,
		"Free some memory or processes, then run it again."},
	[ERR_CREATE] = {EXIT_CANNOT_CREATE,
		"Choose another folder or mend its rights."},
	[ERR_LOCAL] = {EXIT_LOCAL_IO, "Make room or mend the disk, then run it again."},
	[ERR_NETWORK] = {EXIT_TRY_LATER,
		"Check the network; the next run tries again."},
	[ERR_BUSY] = {EXIT_TRY_LATER, "The next run tries again."},
	[ERR_PROTOCOL] = {EXIT_PROTOCOL, "Nothing was changed because of it."},
	[ERR_AUTH] = {EXIT_SIGN_IN, "Run calwiz to enter a new password."},
	[ERR_CONFIG] = {EXIT_CONFIG, "Run calwiz to look at the settings."},
	[ERR_GONE] = {EXIT_CONFIG, "Run calwiz to choose the calendars again."},
	[ERR_CONFLICT] = {EXIT_ATTENTION, "The next run looks again."},
	[ERR_HELD] = {EXIT_HELD, "calwiz --status names the deletions that wait."},
	[ERR_CANCELLED] = {EXIT_TRY_LATER,
		"The next run goes on where this one stopped."},
};

static enum err_code code_of_errno(int number)
{
	switch (number) {
	case EACCES:
	case EPERM:
	case ELOOP:
	case ENOENT:
	case ENOTDIR:
		return ERR_CONFIG;
	case ENOMEM:
	case EMFILE:
	case ENFILE:
	case EAGAIN:
		return ERR_SYSTEM;
	default:
		return ERR_LOCAL;
	}
}

bool err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
	if (!e)
		return false;
	va_list args;
	va_start(args, fmt);
	e->code = code;
	e->retry_after = 0;
	(void)vsnprintf(e->message, sizeof(e->message), fmt, args);
	va_end(args);
	return false;
}

bool err_errno(struct err *e, const char *fmt, ...)
{
	const int number = errno;

	if (!e)
		return false;
	va_list args;
	va_start(args, fmt);
	char what[sizeof(e->message) / 2];
	(void)vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	return err_set(e, code_of_errno(number), "%s: %s", what, strerror(number));
}

bool err_wrap(struct err *e, const char *fmt, ...)
{
	if (!e)
		return false;
	va_list args;
	va_start(args, fmt);
	char context[sizeof(e->message) / 2];
	(void)vsnprintf(context, sizeof(context), fmt, args);
	va_end(args);
	const struct err inner = *e;
	const int room = (int)(sizeof(e->message) - strlen(context) - sizeof(": "));
	(void)snprintf(e->message, sizeof(e->message), "%s: %.*s", context, room,
		inner.message);
	return false;
}

int err_exit_status(enum err_code code)
{
	return codes[code].status;
}

const char *err_advice(enum err_code code)
{
	return codes[code].advice;
}

/* 64, 66, 71 and 73 end a program before there is anything to compare with, so their
 * place among the others only has to be high. */
static int severity(int status)
{
	static const int rising[] = {EXIT_OK, EXIT_ATTENTION, EXIT_TRY_LATER,
		EXIT_UNAVAILABLE, EXIT_PROTOCOL, EXIT_HELD, EXIT_CANNOT_CREATE,
		EXIT_LOCAL_IO, EXIT_SIGN_IN, EXIT_NO_INPUT, EXIT_USAGE, EXIT_CONFIG,
		EXIT_SYSTEM, EXIT_INTERNAL};

	for (size_t i = 0; i < COUNT_OF(rising); i++)
		if (rising[i] == status)
			return (int)i;
	return (int)COUNT_OF(rising);
}

int exit_worse(int a, int b)
{
	return severity(a) >= severity(b) ? a : b;
}
