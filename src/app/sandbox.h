/*
 * The fence around a run without a person. Once it stands, this process can read and
 * write the calendar folders, its state and its settings, read the system's libraries,
 * certificates and resolver configuration, connect to the ports it was told, and
 * nothing else: no other file, no other program, no listening socket. It cannot be
 * taken down again.
 *
 * Landlock (files and ports) and a seccomp filter (system calls) are used where the
 * kernel has them. Where it has not, the run goes on without; what stands is written
 * down for --status and --check.
 */
#ifndef APP_SANDBOX_H
#define APP_SANDBOX_H

#include <stdint.h>

#include "base/err.h"

struct sandbox {
	bool off;       /* --no-sandbox */
	int files;      /* the Landlock ABI in force, 0 = none */
	bool ports;     /* connections too are limited (Landlock 4) */
	bool sys_calls; /* the filter is in force */
};

/* What is allowed; all borrowed. */
struct sandbox_plan {
	const char *const *folders; /* to write to, with all below */
	size_t n_folders;
	const uint16_t *ports; /* to connect to, besides 443 and the name service */
	size_t n_ports;
};

/*
 * Puts it up, for this thread and all it starts: to be called before there are others.
 * A folder that is not there yet is allowed through the nearest one above it that is.
 */
struct sandbox sandbox_enter(const struct sandbox_plan *plan) MUST_USE;

/* What this kernel has to offer; changes nothing. */
struct sandbox sandbox_offer(void);

/* "files (Landlock 4), connections, system calls", "none", "off (--no-sandbox)"; the
 * caller's. */
char *sandbox_words(const struct sandbox *s) MUST_USE;

/* The same for status.json: an object without a line end. */
struct buf;
void sandbox_json(struct buf *out, const struct sandbox *s);

/* What the last run had, kept in the state folder; written only when it changed.
 * ERR_NO_INPUT when there was no run yet. */
bool sandbox_save(const struct sandbox *s, int state_dir, struct err *e) MUST_USE;
bool sandbox_load(struct sandbox *s, int state_dir, struct err *e) MUST_USE;

struct profile;

/* The plan for a profile's accounts, put up and written down. */
struct sandbox sandbox_enter_for(const struct profile *p) MUST_USE;

#endif
