/*
 * `calwiz --status` and status.json: is everything all right? Told from what the last
 * runs wrote down; asks nobody.
 */
#ifndef APP_STATUS_H
#define APP_STATUS_H

#include "app/options.h"
#include "app/outcome.h"
#include "app/profile.h"

/* Prints it; returns the status of the last run, or worse when --max-age is passed. */
int status_run(const struct options *o);

/* Writes status.json, atomically, 0600. */
bool status_write(const struct profile *p, struct err *e) MUST_USE;

/* How the last sync went, behind the words "last sync": "2026-11-20 14:20, all right",
 * "never". *good tells. The caller's. */
char *status_words(const struct outcome *o, bool *good) MUST_USE;

/* The same, read from what is saved; "never" also when it cannot be read. */
char *status_of(const struct profile *p, const struct account *a, bool *good) MUST_USE;

#endif
