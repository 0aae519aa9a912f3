#include <config.h>

#include "store/state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/state_db.h"

void state_free(struct state *s)
{
	if (!s)
		return;
	db_free(s->db);
	free(s->aside);
	free(s);
}

bool state_was_lost(const struct state *s)
{
	return s->lost;
}

const char *state_aside(const struct state *s)
{
	return s->aside;
}

/* "personal.db.aside-20260304T091500Z" or, when that is taken, with a number behind. */
static char *aside_name(const char *folder, const char *file)
{
	const struct clock clock = clock_system();
	char stamp[CLOCK_STAMP_SIZE];
	char compact[CLOCK_STAMP_SIZE];
	size_t len = 0;

	clock_stamp(clock_wall_ms(&clock) / 1000, stamp);
	for (size_t i = 0; stamp[i]; i++)
		if (stamp[i] != '-' && stamp[i] != ':')
			compact[len++] = stamp[i];
	compact[len] = '\0';
	for (int n = 1;; n++) {
		char *name = n == 1 ? xasprintf("%s.aside-%s", file, compact)
		                    : xasprintf("%s.aside-%s-%d", file, compact, n);
		AUTO_FREE char *path = xasprintf("%s/%s", folder, name);
		if (access(path, F_OK) < 0)
			return name;
		free(name);
	}
}

/* The journal goes first: left behind it would be applied to the fresh file. */
static bool move_aside(const char *folder, const char *file, char **name, struct err *e)
{
	AUTO_FREE char *aside = aside_name(folder, file);
	AUTO_FREE char *from = xasprintf("%s/%s", folder, file);
	AUTO_FREE char *to = xasprintf("%s/%s", folder, aside);
	AUTO_FREE char *journal = xasprintf("%s-journal", from);
	AUTO_FREE char *journal_to = xasprintf("%s-journal", to);

	if (rename(journal, journal_to) < 0 && errno != ENOENT)
		return err_errno(e, "set %s aside", safe(str_of(journal)).text);
	if (rename(from, to) < 0)
		return err_errno(e, "set %s aside", safe(str_of(from)).text);
	*name = take(&aside);
	return true;
}

static bool open_file(struct state *s, const char *folder, const char *file,
	struct err *e)
{
	AUTO_FREE char *path = xasprintf("%s/%s", folder, file);
	struct err why = {0};
	bool damaged = false;

	if (db_open(&s->db, path, &state_schema, &damaged, &why))
		return true;
	if (!damaged) {
		if (e)
			*e = why;
		return false;
	}
	s->lost = true;
	return move_aside(folder, file, &s->aside, e) &&
	       db_open(&s->db, path, &state_schema, &damaged, e);
}

bool state_open(struct state **out, const char *state_dir, const char *account,
	struct err *e)
{
	AUTO(state) *s = xcalloc(1, sizeof(*s));
	AUTO_CLOSE int fd = -1;
	AUTO_FREE char *file = xasprintf("%s.db", account);

	if (!dir_open_private(state_dir, true, &fd, e))
		return false;
	/* SQLite refuses a path with a symbolic link anywhere in it, and homes have
	 * some. */
	AUTO_FREE char *folder = realpath(state_dir, NULL);
	if (!folder)
		return err_errno(e, "find the folder %s", safe(str_of(state_dir)).text);
	if (!open_file(s, folder, file, e))
		return err_wrap(e, "%s", file);
	*out = take(&s);
	return true;
}

bool state_begin(struct state *s, struct err *e)
{
	return db_begin(s->db, e);
}

bool state_commit(struct state *s, struct err *e)
{
	return db_commit(s->db, e);
}

void state_rollback(struct state *s)
{
	db_rollback(s->db);
}

bool state_run_with(struct state *s, const char *sql, int64_t number, struct err *e)
{
	struct db_stmt *q = db_sql(s->db, sql, e);

	if (!q)
		return false;
	db_bind_int(q, 1, number);
	return db_done(q, e);
}

bool state_number(struct state *s, const char *sql, int64_t number, int64_t *out,
	struct err *e)
{
	struct db_stmt *q = db_sql(s->db, sql, e);

	if (!q)
		return false;
	db_bind_int(q, 1, number);
	const enum db_step step = db_step(q, e);
	if (step == DB_FAILED)
		return false;
	*out = step == DB_ROW ? db_int(q, 0) : 0;
	db_reset(q);
	return true;
}

bool state_meta_get(struct state *s, const char *key, char **value, struct err *e)
{
	struct db_stmt *q = db_sql(s->db, "SELECT value FROM meta WHERE key=?1", e);

	if (!q)
		return false;
	db_bind_text(q, 1, key);
	const enum db_step step = db_step(q, e);
	if (step == DB_FAILED)
		return false;
	*value = step == DB_ROW ? xstrdup_or_null(db_text(q, 0)) : NULL;
	db_reset(q);
	return true;
}

static bool meta_remove(struct state *s, const char *key, struct err *e)
{
	struct db_stmt *q = db_sql(s->db, "DELETE FROM meta WHERE key=?1", e);

	if (!q)
		return false;
	db_bind_text(q, 1, key);
	return db_done(q, e);
}

bool state_meta_set(struct state *s, const char *key, const char *value, struct err *e)
{
	if (!value)
		return meta_remove(s, key, e);
	struct db_stmt *q = db_sql(s->db,
		"INSERT INTO meta VALUES(?1,?2)"
		" ON CONFLICT(key) DO UPDATE SET value=?2 WHERE value<>?2",
		e);
	if (!q)
		return false;
	db_bind_text(q, 1, key);
	db_bind_text(q, 2, value);
	return db_done(q, e);
}
