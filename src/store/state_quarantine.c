#include <config.h>

#include "base/mem.h"
#include "store/state_db.h"
#include "store/state_item.h"

bool state_quarantine_put(struct state *s, int64_t calendar,
	const struct state_quarantined *i, struct err *e)
{
	struct db_stmt *q = db_sql(s->db,
		"INSERT INTO quarantine VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)"
		" ON CONFLICT(calendar, local, what) DO UPDATE"
		" SET other=?4, uid=?5, reason=?6, etag=?7, tries=?9",
		e);

	if (!q)
		return false;
	db_bind_int(q, 1, calendar);
	db_bind_int(q, 2, i->side == STATE_LOCAL);
	db_bind_text(q, 3, i->what);
	db_bind_int(q, 4, i->side == STATE_OTHER);
	db_bind_text(q, 5, i->uid);
	db_bind_text(q, 6, i->reason);
	db_bind_text(q, 7, i->etag);
	db_bind_int(q, 8, i->since);
	db_bind_int(q, 9, i->tries);
	return db_done(q, e);
}

bool state_quarantine_drop(struct state *s, int64_t calendar, enum state_side side,
	const char *what, struct err *e)
{
	struct db_stmt *q = db_sql(s->db,
		"DELETE FROM quarantine WHERE calendar=?1 AND local=?2 AND what=?3", e);

	if (!q)
		return false;
	db_bind_int(q, 1, calendar);
	db_bind_int(q, 2, side == STATE_LOCAL);
	db_bind_text(q, 3, what);
	return db_done(q, e);
}

bool state_quarantine_tries(struct state *s, int64_t calendar, const char *what,
	const char *etag, int64_t *tries, struct err *e)
{
	struct db_stmt *q = db_sql(s->db,
		"SELECT tries FROM quarantine"
		" WHERE calendar=?1 AND local=0 AND what=?2 AND etag=?3",
		e);

	if (!q)
		return false;
	db_bind_int(q, 1, calendar);
	db_bind_text(q, 2, what);
	db_bind_text(q, 3, etag);
	const enum db_step step = db_step(q, e);
	if (step == DB_FAILED)
		return false;
	*tries = step == DB_ROW ? db_int(q, 0) : 0;
	db_reset(q);
	return true;
}

bool state_quarantine_reason(struct state *s, int64_t calendar, const char *what,
	const char *version, char **reason, struct err *e)
{
	struct db_stmt *q = db_sql(s->db,
		"SELECT reason FROM quarantine"
		" WHERE calendar=?1 AND local=1 AND what=?2 AND etag=?3",
		e);

	*reason = NULL;
	if (!q)
		return false;
	db_bind_int(q, 1, calendar);
	db_bind_text(q, 2, what);
	db_bind_text(q, 3, version);
	const enum db_step step = db_step(q, e);
	if (step == DB_FAILED)
		return false;
	*reason = step == DB_ROW ? xstrdup(db_text(q, 0)) : NULL;
	db_reset(q);
	return true;
}

bool state_quarantine_elsewhere(struct state *s, int64_t calendar, const char *uid,
	bool *found, struct err *e)
{
	struct db_stmt *q = db_sql(s->db,
		"SELECT EXISTS(SELECT 1 FROM quarantine"
		" WHERE local=1 AND uid=?2 AND calendar<>?1)"
		" OR EXISTS(SELECT 1 FROM intent"
		" WHERE op=0 AND uid=?2 AND calendar<>?1)",
		e);

	if (!q)
		return false;
	db_bind_int(q, 1, calendar);
	db_bind_text(q, 2, uid);
	if (db_step(q, e) != DB_ROW)
		return false;
	*found = db_int(q, 0);
	db_reset(q);
	return true;
}

bool state_quarantine_count(struct state *s, int64_t calendar, int64_t *count,
	struct err *e)
{
	return state_number(s,
		"SELECT count(*) FROM quarantine"
		" WHERE calendar=?1 AND other=0 AND (tries=0 OR tries>=3)",
		calendar, count, e);
}

bool state_quarantine_any(struct state *s, int64_t calendar, int64_t *count,
	struct err *e)
{
	return state_number(s,
		"SELECT EXISTS(SELECT 1 FROM quarantine WHERE calendar=?1)", calendar,
		count, e);
}

bool state_held_clear(struct state *s, int64_t calendar, bool there, struct err *e)
{
	struct db_stmt *q =
		db_sql(s->db, "DELETE FROM held WHERE calendar=?1 AND there=?2", e);

	if (!q)
		return false;
	db_bind_int(q, 1, calendar);
	db_bind_int(q, 2, there);
	return db_done(q, e);
}

bool state_held_add(struct state *s, int64_t calendar, const struct state_held *h,
	struct err *e)
{
	struct db_stmt *q =
		db_sql(s->db, "INSERT OR REPLACE INTO held VALUES(?1,?2,?3,?4)", e);

	if (!q)
		return false;
	db_bind_int(q, 1, calendar);
	db_bind_text(q, 2, h->uid);
	db_bind_text(q, 3, h->name);
	db_bind_int(q, 4, h->there);
	return db_done(q, e);
}
