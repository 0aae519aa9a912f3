#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/state.h"
#include "store/state_db.h"

#define COLUMNS                                                                        \
	"SELECT id, key, folder, owner, identity, ctag, token, listed, last_full,"     \
	" last_good, gone_since, batch, inline_data, held_code, held, held_since,"     \
	" approved, approved_until,"                                                   \
	" there_code, there_held, there_since, there_approved, there_until,"           \
	" (SELECT count(*) FROM conflict AS x WHERE x.calendar=calendar.id), bodies,"  \
	" (SELECT count(*) FROM item WHERE item.calendar=calendar.id),"                \
	" (SELECT count(*) FROM quarantine AS q WHERE q.calendar=calendar.id"          \
	"  AND q.other=0 AND (q.tries=0 OR q.tries>=3)) FROM calendar "

void state_calendar_clear(struct state_calendar *c)
{
	free(c->key);
	free(c->folder);
	free(c->owner);
	free(c->identity);
	free(c->ctag);
	free(c->token);
	free(c->held_code);
	free(c->approved);
	free(c->there_code);
	free(c->there_approved);
	*c = (struct state_calendar){0};
}

static char *copy(struct db_stmt *q, int column)
{
	return xstrdup_or_null(db_text(q, column));
}

static void read_row(struct db_stmt *q, struct state_calendar *c)
{
	*c = (struct state_calendar){
		.id = db_int(q, 0),
		.key = copy(q, 1),
		.folder = copy(q, 2),
		.owner = copy(q, 3),
		.identity = copy(q, 4),
		.ctag = copy(q, 5),
		.token = copy(q, 6),
		.listed = db_int(q, 7),
		.last_full = db_int(q, 8),
		.last_good = db_int(q, 9),
		.gone_since = db_int(q, 10),
		.batch = db_int(q, 11),
		.inline_data = (enum state_answer)db_int(q, 12),
		.held_code = copy(q, 13),
		.held = db_int(q, 14),
		.held_since = db_int(q, 15),
		.approved = copy(q, 16),
		.approved_until = db_int(q, 17),
		.there_code = copy(q, 18),
		.there_held = db_int(q, 19),
		.there_since = db_int(q, 20),
		.there_approved = copy(q, 21),
		.there_until = db_int(q, 22),
		.conflicts = db_int(q, 23),
		.bodies = db_int(q, 24),
		.items = db_int(q, 25),
		.quarantined = db_int(q, 26),
	};
}

static bool find(struct state *s, const char *key, struct state_calendar *out,
	struct err *e)
{
	struct db_stmt *q = db_sql(s->db, COLUMNS "WHERE key=?1", e);

	if (!q)
		return false;
	db_bind_text(q, 1, key);
	const enum db_step step = db_step(q, e);
	if (step == DB_ROW)
		read_row(q, out);
	if (step != DB_FAILED)
		db_reset(q);
	return step != DB_FAILED;
}

static bool forget(struct state *s, int64_t id, struct err *e)
{
	return state_run_with(s,
		       "DELETE FROM body WHERE item IN"
		       " (SELECT id FROM item WHERE calendar=?1)",
		       id, e) &&
	       state_run_with(s, "DELETE FROM item WHERE calendar=?1", id, e) &&
	       state_run_with(s, "DELETE FROM intent WHERE calendar=?1", id, e) &&
	       state_run_with(s, "DELETE FROM conflict WHERE calendar=?1", id, e) &&
	       state_run_with(s, "DELETE FROM quarantine WHERE calendar=?1", id, e) &&
	       state_run_with(s, "DELETE FROM held WHERE calendar=?1", id, e) &&
	       state_run_with(s, "DELETE FROM calendar WHERE id=?1", id, e);
}

static bool make(struct state *s, const struct state_identity *identity, struct err *e)
{
	struct db_stmt *q = db_sql(s->db,
		"INSERT INTO calendar(key, folder, owner) VALUES(?1,?2,?3)", e);

	if (!q)
		return false;
	db_bind_text(q, 1, identity->key);
	db_bind_text(q, 2, identity->folder);
	db_bind_text(q, 3, identity->owner);
	return db_done(q, e);
}

static void look_empty(const struct state_identity *identity,
	struct state_calendar *out)
{
	*out = (struct state_calendar){
		.key = xstrdup(identity->key),
		.folder = xstrdup(identity->folder),
		.owner = xstrdup(identity->owner),
	};
}

static bool replace(struct state *s, const struct state_identity *identity,
	int64_t stranger, struct err *e)
{
	if (!state_begin(s, e))
		return false;
	const bool ok = (!stranger || forget(s, stranger, e)) && make(s, identity, e) &&
	                state_commit(s, e);
	if (!ok)
		state_rollback(s);
	return ok;
}

bool state_calendar_open(struct state *s, const struct state_identity *identity,
	bool look_only, struct state_calendar *out, struct err *e)
{
	struct state_calendar found = {0};

	if (!find(s, identity->key, &found, e))
		return false;
	if (found.id && !strcmp(found.folder, identity->folder) &&
		!strcmp(found.owner, identity->owner)) {
		*out = found;
		return true;
	}
	const int64_t stranger = found.id;
	state_calendar_clear(&found);
	if (look_only) {
		look_empty(identity, out);
		return true;
	}
	return replace(s, identity, stranger, e) && find(s, identity->key, out, e);
}

bool state_calendar_save(struct state *s, const struct state_calendar *c, struct err *e)
{
	struct db_stmt *q = db_sql(s->db,
		"UPDATE calendar SET identity=?2, ctag=?3, token=?4, listed=?5,"
		" last_full=?6, last_good=?7, gone_since=?8, batch=?9, inline_data=?10,"
		" held_code=?11, held=?12, held_since=?13, approved=?14,"
		" approved_until=?15, there_code=?16, there_held=?17, there_since=?18,"
		" there_approved=?19, there_until=?20, bodies=?21 WHERE id=?1",
		e);

	if (!q)
		return false;
	db_bind_int(q, 1, c->id);
	db_bind_text(q, 2, c->identity);
	db_bind_text(q, 3, c->ctag);
	db_bind_text(q, 4, c->token);
	db_bind_int(q, 5, c->listed);
	db_bind_int(q, 6, c->last_full);
	db_bind_int(q, 7, c->last_good);
	db_bind_int(q, 8, c->gone_since);
	db_bind_int(q, 9, c->batch);
	db_bind_int(q, 10, c->inline_data);
	db_bind_text(q, 11, c->held_code);
	db_bind_int(q, 12, c->held);
	db_bind_int(q, 13, c->held_since);
	db_bind_text(q, 14, c->approved);
	db_bind_int(q, 15, c->approved_until);
	db_bind_text(q, 16, c->there_code);
	db_bind_int(q, 17, c->there_held);
	db_bind_int(q, 18, c->there_since);
	db_bind_text(q, 19, c->there_approved);
	db_bind_int(q, 20, c->there_until);
	db_bind_int(q, 21, c->bodies);
	return db_done(q, e);
}

bool state_knows_folder(struct state *s, const char *folder, bool *known, struct err *e)
{
	struct db_stmt *q = db_sql(s->db,
		"SELECT 1 FROM calendar WHERE substr(folder, 1, length(?1)+1)=?1||'/'"
		" AND EXISTS(SELECT 1 FROM item WHERE item.calendar=calendar.id) LIMIT "
		"1",
		e);

	if (!q)
		return false;
	db_bind_text(q, 1, folder);
	const enum db_step step = db_step(q, e);
	if (step == DB_FAILED)
		return false;
	*known = step == DB_ROW;
	db_reset(q);
	return true;
}

bool state_each_calendar(struct state *s,
	void (*row)(void *ctx, const struct state_calendar *c), void *ctx,
	struct err *e)
{
	struct db_stmt *q = db_sql(s->db, COLUMNS "ORDER BY folder", e);
	enum db_step step = DB_ROW;

	if (!q)
		return false;
	while ((step = db_step(q, e)) == DB_ROW) {
		struct state_calendar c;
		read_row(q, &c);
		row(ctx, &c);
		state_calendar_clear(&c);
	}
	return step == DB_END;
}

static bool approve(struct state *s, const char *sql, const char *code, int64_t until,
	int64_t *changed, struct err *e)
{
	struct db_stmt *q = db_sql(s->db, sql, e);

	if (!q)
		return false;
	db_bind_text(q, 1, code);
	db_bind_int(q, 2, until);
	if (!db_done(q, e))
		return false;
	*changed += db_changes(s->db);
	return true;
}

bool state_approve(struct state *s, const char *code, int64_t until, bool *known,
	struct err *e)
{
	static const char here[] =
		"UPDATE calendar SET approved=?1, approved_until=?2 WHERE held_code=?1";
	static const char there[] =
		"UPDATE calendar SET there_approved=?1, there_until=?2"
		" WHERE there_code=?1";
	int64_t changed = 0;

	if (!approve(s, here, code, until, &changed, e) ||
		!approve(s, there, code, until, &changed, e))
		return false;
	*known = changed > 0;
	return true;
}

bool state_each_quarantined(struct state *s, int64_t calendar,
	void (*row)(void *ctx, const struct state_quarantined *q), void *ctx,
	struct err *e)
{
	struct db_stmt *q = db_sql(s->db,
		"SELECT local, what, uid, reason, etag, since, tries FROM quarantine"
		" WHERE calendar=?1 AND other=0 AND (tries=0 OR tries>=3)"
		" ORDER BY since, what",
		e);
	enum db_step step = DB_ROW;

	if (!q)
		return false;
	db_bind_int(q, 1, calendar);
	while ((step = db_step(q, e)) == DB_ROW)
		row(ctx, &(struct state_quarantined){
				 .side = db_int(q, 0) ? STATE_LOCAL : STATE_SERVER,
				 .what = db_text(q, 1),
				 .uid = db_text(q, 2),
				 .reason = db_text(q, 3),
				 .etag = db_text(q, 4),
				 .since = db_int(q, 5),
				 .tries = db_int(q, 6)});
	return step == DB_END;
}

bool state_each_held(struct state *s, int64_t calendar,
	void (*row)(void *ctx, const struct state_held *h), void *ctx, struct err *e)
{
	struct db_stmt *q = db_sql(s->db,
		"SELECT uid, name, there FROM held WHERE calendar=?1 ORDER BY uid", e);
	enum db_step step = DB_ROW;

	if (!q)
		return false;
	db_bind_int(q, 1, calendar);
	while ((step = db_step(q, e)) == DB_ROW)
		row(ctx, &(struct state_held){.uid = db_text(q, 0),
				 .name = db_text(q, 1),
				 .there = db_int(q, 2)});
	return step == DB_END;
}
