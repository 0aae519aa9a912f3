#include <config.h>

#include "store/state_db.h"

bool state_conflict_add(struct state *s, int64_t calendar,
	const struct state_conflict *c, struct err *e)
{
	struct db_stmt *q = db_sql(s->db,
		"INSERT INTO conflict VALUES(?1,?2,?3,?4,?5) ON CONFLICT DO NOTHING",
		e);

	if (!q)
		return false;
	db_bind_int(q, 1, calendar);
	db_bind_text(q, 2, c->kept);
	db_bind_text(q, 3, c->uid);
	db_bind_text(q, 4, c->name);
	db_bind_int(q, 5, c->since);
	return db_done(q, e);
}

bool state_conflict_drop(struct state *s, int64_t calendar, const char *kept,
	struct err *e)
{
	struct db_stmt *q =
		db_sql(s->db, "DELETE FROM conflict WHERE calendar=?1 AND kept=?2", e);

	if (!q)
		return false;
	db_bind_int(q, 1, calendar);
	db_bind_text(q, 2, kept);
	return db_done(q, e);
}

bool state_conflict_count(struct state *s, int64_t calendar, int64_t *count,
	struct err *e)
{
	return state_number(s, "SELECT count(*) FROM conflict WHERE calendar=?1",
		calendar, count, e);
}

bool state_each_conflict(struct state *s, int64_t calendar,
	void (*row)(void *ctx, const struct state_conflict *c), void *ctx,
	struct err *e)
{
	struct db_stmt *q = db_sql(s->db,
		"SELECT kept, uid, name, since FROM conflict WHERE calendar=?1"
		" ORDER BY since, kept",
		e);
	enum db_step step = DB_ROW;

	if (!q)
		return false;
	db_bind_int(q, 1, calendar);
	while ((step = db_step(q, e)) == DB_ROW)
		row(ctx, &(struct state_conflict){.kept = db_text(q, 0),
				 .uid = db_text(q, 1),
				 .name = db_text(q, 2),
				 .since = db_int(q, 3)});
	return step == DB_END;
}
