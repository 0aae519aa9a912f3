/*
 * SQLite, thinly wrapped: open safely, migrate, prepared statements, transactions,
 * errors as struct err. The only file that knows the library; SQL text lives with its
 * users.
 *
 * Errors: a full or failing disk is ERR_LOCAL, somebody else's lock ERR_BUSY, a schema
 * made by a newer version ERR_CONFIG (the file is left as it is).
 */
#ifndef STORE_DB_H
#define STORE_DB_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct db;

struct db_schema {
	uint32_t application;     /* marks the file as ours */
	const char *const *steps; /* step N brings a schema of version N to N + 1 */
	size_t n_steps;
	const char *connection; /* run at each open: temporary tables; or NULL */
	/* Tables that are checked at each open, ends with NULL; all of the file is
	 * checked after an end that was not clean, and after damage was met in use.
	 * NULL = all, always. */
	const char *const *checked;
};

/*
 * Opens or makes `path` (absolute, its folder resolved, mode 0600). A file that is no
 * healthy database of this application (zero bytes, damaged, somebody else's) gives
 * false with *damaged true and is not touched. Migrations run in one transaction.
 */
bool db_open(struct db **d, const char *path, const struct db_schema *schema,
	bool *damaged, struct err *e) MUST_USE;
void db_free(struct db *d);
AUTO_DEFINE(db)

bool db_begin(struct db *d, struct err *e) MUST_USE; /* takes the write lock */
bool db_commit(struct db *d, struct err *e) MUST_USE;
void db_rollback(struct db *d);
bool db_in_transaction(const struct db *d);

/* Runs statements without parameters or rows. */
bool db_exec(struct db *d, const char *sql, struct err *e) MUST_USE;

/*
 * A prepared statement, made at its first use and kept: sql must be static storage, the
 * same text at the same address finds it again. It comes reset, without bindings, and
 * must be used up (db_done, or db_reset) before the same one is asked for again. NULL
 * with *e.
 */
struct db_stmt;
struct db_stmt *db_sql(struct db *d, const char *sql, struct err *e) MUST_USE;

/* Parameters count from 1. Bytes are borrowed until db_reset() or db_done(). */
void db_bind_int(struct db_stmt *s, int at, int64_t value);
void db_bind_text(struct db_stmt *s, int at, const char *text); /* NULL = SQL null */
void db_bind_blob(struct db_stmt *s, int at, struct str bytes);

enum db_step { DB_ROW, DB_END, DB_FAILED };
enum db_step db_step(struct db_stmt *s, struct err *e) MUST_USE;
void db_reset(struct db_stmt *s);

/* Steps to the end, ignoring rows, and resets. */
bool db_done(struct db_stmt *s, struct err *e) MUST_USE;

/* Columns count from 0; lent until the next step or reset. */
int64_t db_int(struct db_stmt *s, int column);
const char *db_text(struct db_stmt *s, int column); /* NULL for SQL null */
struct str db_blob(struct db_stmt *s, int column);
bool db_null(struct db_stmt *s, int column);

int64_t db_last_id(const struct db *d);
int64_t db_changes(const struct db *d); /* rows the last statement changed */

#endif
