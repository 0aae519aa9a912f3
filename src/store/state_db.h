/*
 * Private to the files store/state*.c: what struct state holds.
 */
#ifndef STORE_STATE_DB_H
#define STORE_STATE_DB_H

#include "store/db.h"
#include "store/state.h"

struct state {
	struct db *db; /* owned */
	char *aside;   /* owned; NULL = nothing was lost */
	bool lost;
};

/* Tables, one text for each version, and the temporary ones of a connection. */
extern const struct db_schema state_schema;

/* Runs a statement whose only parameter is one number. */
bool state_run_with(struct state *s, const char *sql, int64_t number,
	struct err *e) MUST_USE;

/* The one number a statement with at most one number as parameter answers. */
bool state_number(struct state *s, const char *sql, int64_t number, int64_t *out,
	struct err *e) MUST_USE;

#endif
