/*
 * Errors as values.
 *
 * A function that can fail returns bool (true = done), is MUST_USE and takes a
 * `struct err *` last. On success *e is untouched and outputs are set; on failure the
 * outputs are untouched and *e says what happened. The code says what the caller may do
 * about it, the message what happened, in words for the person. e may be NULL.
 *
 * The message never holds a secret and never a byte from a server that has not passed
 * text_safe() (base/text.h).
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

#include "base/auto.h"

enum err_code {
	ERR_NONE,
	ERR_USAGE,       /* wrong options or answers */
	ERR_ATTENTION,   /* done, and something waits for a person */
	ERR_NO_INPUT,    /* nothing is configured yet */
	ERR_UNAVAILABLE, /* the server fails permanently */
	ERR_INTERNAL,    /* a defect of ours */
	ERR_SYSTEM,      /* out of processes, descriptors, memory */
	ERR_CREATE,      /* a file or folder cannot be made */
	ERR_LOCAL,       /* local input or output failed: disk full, unreadable */
	ERR_NETWORK,     /* could not talk to the server; later may work */
	ERR_BUSY,        /* asked to wait: retry_after, or another run holds the lock */
	ERR_PROTOCOL,    /* the answer cannot be trusted; nothing follows from it */
	ERR_AUTH,        /* the sign-in was refused */
	ERR_CONFIG,      /* settings damaged, wrong key, wrong permissions */
	ERR_GONE,        /* the thing asked for is not there any more */
	ERR_CONFLICT,    /* the other side changed in between: look again */
	ERR_HELD,        /* deletions were held back */
	ERR_CANCELLED,   /* a person or a signal stopped it */
};

struct err {
	enum err_code code;
	int retry_after; /* seconds, with ERR_BUSY; 0 = not told */
	char message[480];
};

/* All of these return false, so that a caller can `return err_set(e, ...)`. */
bool err_set(struct err *e, enum err_code code, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Adds ": " and strerror(errno); the code follows from errno (no space, read-only and
 * I/O errors are ERR_LOCAL, permission problems ERR_CONFIG, exhaustion ERR_SYSTEM). */
bool err_errno(struct err *e, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Puts "context: " before the message and keeps the code. */
bool err_wrap(struct err *e, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* The exit status of sysexits(3) and the contract that belongs to a code. */
int err_exit_status(enum err_code code);

/* One sentence that says what to do now; never NULL, "" for ERR_NONE. */
const char *err_advice(enum err_code code);

/* Of two exit statuses the one that must be reported when both happened in one run. */
int exit_worse(int a, int b) MUST_USE;

enum {
	EXIT_OK = 0,
	EXIT_USAGE = 64,
	EXIT_ATTENTION = 65,
	EXIT_NO_INPUT = 66,
	EXIT_UNAVAILABLE = 69,
	EXIT_INTERNAL = 70,
	EXIT_SYSTEM = 71,
	EXIT_CANNOT_CREATE = 73,
	EXIT_LOCAL_IO = 74,
	EXIT_TRY_LATER = 75,
	EXIT_PROTOCOL = 76,
	EXIT_SIGN_IN = 77,
	EXIT_CONFIG = 78,
	EXIT_HELD = 79,
	EXIT_SIGNAL = 128,
};

#endif
