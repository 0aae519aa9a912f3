/*
 * The command line.
 */
#ifndef APP_OPTIONS_H
#define APP_OPTIONS_H

#include <stdbool.h>

#include "base/err.h"

enum mode {
	MODE_WIZARD,
	MODE_SETUP,
	MODE_HEADLESS,
	MODE_STATUS,
	MODE_CHECK,
	MODE_HELP,
	MODE_VERSION
};

struct options {
	enum mode mode;
	bool check;             /* --check, alone or with --setup */
	const char *setup_file; /* "-" = standard input */
	const char *account;
	const char *calendar;
	bool dry_run;
	bool full;
	bool json;
	int verbose; /* 0, 1, 2 */
	bool quiet;
	int max_age_seconds; /* 0 = not asked */
	int password_fd;     /* -1 = none */
	const char *password_file;
	int key_fd; /* -1 = none */
	const char *key_file;
	bool plain; /* the wizard in plain lines */
	bool ascii;
	bool no_color;
	bool no_sandbox;
};

/* Strings point into argv. ERR_USAGE names the option that is wrong. */
bool options_parse(struct options *o, int argc, char **argv, struct err *e) MUST_USE;

/* The text of --help. */
const char *options_help(void);

/* "6h", "90m", "2d", "45s" or plain seconds; false for anything else. */
bool duration_parse(const char *text, int *seconds) MUST_USE;

#endif
