#include <config.h>

#include "store/db.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"

struct db_stmt {
	struct db *db;
	const char *sql; /* borrowed: what it is found by */
	sqlite3_stmt *raw;
	bool busy;
};

struct db {
	sqlite3 *raw;
	char *suspect; /* path of a file that asks the next open for a whole check */
	bool corrupt;  /* damage was met in use */
	struct db_stmt **stmts; /* owned; each apart, because they are lent */
	size_t n_stmts;
	size_t cap_stmts;
};

static enum err_code code_of(int result)
{
	switch (result & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return ERR_BUSY;
	case SQLITE_NOMEM:
		return ERR_SYSTEM;
	case SQLITE_FULL:
	case SQLITE_IOERR:
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_TOOBIG:
		return ERR_LOCAL;
	default:
		return ERR_INTERNAL;
	}
}

static bool is_damage(int result)
{
	return (result & 0xff) == SQLITE_CORRUPT || (result & 0xff) == SQLITE_NOTADB;
}

static bool failed(struct db *d, struct err *e)
{
	d->corrupt |= is_damage(sqlite3_extended_errcode(d->raw));
	return err_set(e, code_of(sqlite3_extended_errcode(d->raw)),
		"the state database: %s", sqlite3_errmsg(d->raw));
}

static void leave_note(const char *path)
{
	const int fd = open(path, O_CREAT | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd >= 0)
		(void)close(fd);
}

void db_free(struct db *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->n_stmts; i++) {
		(void)sqlite3_finalize(d->stmts[i]->raw);
		free(d->stmts[i]);
	}
	free(d->stmts);
	(void)sqlite3_close(d->raw);
	if (d->corrupt && d->suspect)
		leave_note(d->suspect);
	free(d->suspect);
	free(d);
}

/* SQLite would make it readable for everybody the umask allows. */
static bool make_file(const char *path, bool *damaged, struct err *e)
{
	struct stat st;

	if (lstat(path, &st) == 0) {
		*damaged = !S_ISREG(st.st_mode) || st.st_size == 0;
		return *damaged ? err_set(e, ERR_LOCAL, "the state database is empty")
		                : true;
	}
	if (errno != ENOENT)
		return err_errno(e, "look at %s", safe(str_of(path)).text);
	AUTO_CLOSE int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_errno(e, "make %s", safe(str_of(path)).text);
	return true;
}

/* One row, one column; -1 when there is none. */
static int64_t ask_number(struct db *d, const char *sql, int *result)
{
	sqlite3_stmt *s = NULL;
	int64_t value = -1;

	*result = sqlite3_prepare_v2(d->raw, sql, -1, &s, NULL);
	if (*result == SQLITE_OK)
		*result = sqlite3_step(s);
	if (*result == SQLITE_ROW)
		value = sqlite3_column_int64(s, 0);
	(void)sqlite3_finalize(s);
	return value;
}

static bool check_says_ok(struct db *d, const char *sql, int *result)
{
	sqlite3_stmt *s = NULL;
	bool healthy = false;

	*result = sqlite3_prepare_v2(d->raw, sql, -1, &s, NULL);
	if (*result == SQLITE_OK)
		*result = sqlite3_step(s);
	if (*result == SQLITE_ROW)
		healthy = str_is(str_of((const char *)sqlite3_column_text(s, 0)), "ok");
	(void)sqlite3_finalize(s);
	return healthy;
}

/* All of it after an end that was not clean, and when damage was met in use; at other
 * times without the tables that are large and read only here and there. */
static bool is_healthy(struct db *d, const struct db_schema *schema, bool whole,
	int *result)
{
	char sql[96];

	if (whole || !schema->checked)
		return check_says_ok(d, "PRAGMA quick_check(1)", result);
	for (const char *const *table = schema->checked; *table; table++) {
		(void)snprintf(sql, sizeof(sql), "PRAGMA quick_check('%s')", *table);
		if (!check_says_ok(d, sql, result))
			return false;
	}
	return true;
}

static const char pragmas[] = "PRAGMA trusted_schema=OFF;"
			      "PRAGMA cell_size_check=ON;"
			      "PRAGMA mmap_size=0;"
			      "PRAGMA temp_store=FILE;"
			      "PRAGMA synchronous=EXTRA;"
			      "PRAGMA journal_mode=DELETE;";

static bool connect_to(struct db *d, const char *path, struct err *e)
{
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW |
	                  SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_NOMUTEX |
	                  SQLITE_OPEN_EXRESCODE;

	if (sqlite3_open_v2(path, &d->raw, flags, NULL) != SQLITE_OK)
		return d->raw ? failed(d, e) : err_set(e, ERR_SYSTEM, "out of memory");
	(void)sqlite3_busy_timeout(d->raw, 5000);
	(void)sqlite3_db_config(d->raw, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	return true;
}

static bool is_ours(struct db *d, const struct db_schema *schema, int64_t version)
{
	int result = SQLITE_OK;
	const int64_t id = ask_number(d, "PRAGMA application_id", &result);

	if (id == (int64_t)schema->application)
		return true;
	/* Just made, or a run ended before the first migration was through. */
	return id == 0 && version == 0 &&
	       ask_number(d, "SELECT count(*) FROM sqlite_schema", &result) == 0;
}

static bool check(struct db *d, const struct db_schema *schema, bool whole,
	int64_t *version, bool *damaged, struct err *e)
{
	int result = SQLITE_OK;

	*version = ask_number(d, "PRAGMA user_version", &result);
	if (result != SQLITE_ROW) {
		*damaged = is_damage(result);
		(void)failed(d, e);
		d->corrupt = false; /* told */
		return false;
	}
	if (!is_ours(d, schema, *version)) {
		*damaged = true;
		return err_set(e, ERR_LOCAL, "the state database is another program's");
	}
	if (*version > (int64_t)schema->n_steps)
		return err_set(e, ERR_CONFIG,
			"the state database was written by a newer calwiz (version "
			"%lld)",
			(long long)*version);
	/* An older version has other tables. */
	whole |= *version < (int64_t)schema->n_steps;
	if (is_healthy(d, schema, whole, &result)) {
		(void)unlink(d->suspect);
		return true;
	}
	d->corrupt = false; /* told */
	(void)unlink(d->suspect);
	*damaged = result == SQLITE_ROW || is_damage(result);
	return *damaged ? err_set(e, ERR_LOCAL, "the state database is damaged")
	                : failed(d, e);
}

static bool migrate(struct db *d, const struct db_schema *schema, int64_t version,
	struct err *e)
{
	char sql[96];

	if (version == (int64_t)schema->n_steps)
		return true;
	if (!db_begin(d, e))
		return false;
	(void)snprintf(sql, sizeof(sql),
		"PRAGMA application_id=%u; PRAGMA user_version=%zu",
		schema->application, schema->n_steps);
	bool ok = true;
	for (size_t i = (size_t)version; ok && i < schema->n_steps; i++)
		ok = db_exec(d, schema->steps[i], e);
	ok = ok && db_exec(d, sql, e) && db_commit(d, e);
	if (!ok)
		db_rollback(d);
	return ok;
}

bool db_open(struct db **out, const char *path, const struct db_schema *schema,
	bool *damaged, struct err *e)
{
	AUTO(db) *d = xcalloc(1, sizeof(*d));
	int64_t version = 0;

	*damaged = false;
	d->suspect = xasprintf("%s-suspect", path);
	AUTO_FREE char *journal = xasprintf("%s-journal", path);
	const bool whole = access(journal, F_OK) == 0 || access(d->suspect, F_OK) == 0;
	if (!make_file(path, damaged, e) || !connect_to(d, path, e))
		return false;
	const int result = sqlite3_exec(d->raw, pragmas, NULL, NULL, NULL);
	if (result != SQLITE_OK) {
		*damaged = is_damage(result);
		(void)failed(d, e);
		d->corrupt = false; /* told */
		return false;
	}
	if (!check(d, schema, whole, &version, damaged, e) ||
		!migrate(d, schema, version, e))
		return false;
	if (schema->connection && !db_exec(d, schema->connection, e))
		return false;
	*out = take(&d);
	return true;
}

bool db_exec(struct db *d, const char *sql, struct err *e)
{
	return sqlite3_exec(d->raw, sql, NULL, NULL, NULL) == SQLITE_OK || failed(d, e);
}

bool db_begin(struct db *d, struct err *e)
{
	return db_exec(d, "BEGIN IMMEDIATE", e);
}

bool db_commit(struct db *d, struct err *e)
{
	return db_exec(d, "COMMIT", e);
}

void db_rollback(struct db *d)
{
	if (db_in_transaction(d))
		(void)sqlite3_exec(d->raw, "ROLLBACK", NULL, NULL, NULL);
}

bool db_in_transaction(const struct db *d)
{
	return !sqlite3_get_autocommit(d->raw);
}

static struct db_stmt *find_stmt(struct db *d, const char *sql)
{
	for (size_t i = 0; i < d->n_stmts; i++)
		if (d->stmts[i]->sql == sql)
			return d->stmts[i];
	return NULL;
}

struct db_stmt *db_sql(struct db *d, const char *sql, struct err *e)
{
	struct db_stmt *s = find_stmt(d, sql);

	if (!s) {
		sqlite3_stmt *raw = NULL;
		if (sqlite3_prepare_v3(d->raw, sql, -1, SQLITE_PREPARE_PERSISTENT, &raw,
			    NULL) != SQLITE_OK) {
			(void)failed(d, e);
			return NULL;
		}
		s = xcalloc(1, sizeof(*s));
		*s = (struct db_stmt){.db = d, .sql = sql, .raw = raw};
		d->stmts = xgrow(d->stmts, d->n_stmts, &d->cap_stmts,
			sizeof(struct db_stmt *));
		d->stmts[d->n_stmts++] = s;
	}
	assert(!s->busy);
	return s;
}

void db_bind_int(struct db_stmt *s, int at, int64_t value)
{
	(void)sqlite3_bind_int64(s->raw, at, value);
}

void db_bind_text(struct db_stmt *s, int at, const char *text)
{
	(void)sqlite3_bind_text(s->raw, at, text, -1, SQLITE_STATIC);
}

void db_bind_blob(struct db_stmt *s, int at, struct str bytes)
{
	assert(bytes.len <= INT_MAX);
	(void)sqlite3_bind_blob(s->raw, at, bytes.len ? bytes.ptr : "", (int)bytes.len,
		SQLITE_STATIC);
}

enum db_step db_step(struct db_stmt *s, struct err *e)
{
	const int result = sqlite3_step(s->raw);

	s->busy = result == SQLITE_ROW;
	if (result == SQLITE_ROW)
		return DB_ROW;
	if (result != SQLITE_DONE)
		(void)failed(s->db, e);
	db_reset(s);
	return result == SQLITE_DONE ? DB_END : DB_FAILED;
}

void db_reset(struct db_stmt *s)
{
	(void)sqlite3_reset(s->raw);
	(void)sqlite3_clear_bindings(s->raw);
	s->busy = false;
}

bool db_done(struct db_stmt *s, struct err *e)
{
	enum db_step step = DB_ROW;

	while (step == DB_ROW)
		step = db_step(s, e);
	return step == DB_END;
}

int64_t db_int(struct db_stmt *s, int column)
{
	return sqlite3_column_int64(s->raw, column);
}

const char *db_text(struct db_stmt *s, int column)
{
	return (const char *)sqlite3_column_text(s->raw, column);
}

struct str db_blob(struct db_stmt *s, int column)
{
	const char *bytes = sqlite3_column_blob(s->raw, column);
	const int len = sqlite3_column_bytes(s->raw, column);

	return bytes && len > 0 ? (struct str){bytes, (size_t)len} : STR("");
}

bool db_null(struct db_stmt *s, int column)
{
	return sqlite3_column_type(s->raw, column) == SQLITE_NULL;
}

int64_t db_last_id(const struct db *d)
{
	return sqlite3_last_insert_rowid(d->raw);
}

int64_t db_changes(const struct db *d)
{
	return sqlite3_changes64(d->raw);
}
