#include <config.h>

#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "store/state_db.h"
#include "store/state_listing.h"

/* An item that waits only because of an edit here is not fetched again and again;
 * without an edit in its way (any more) it is. */
#define WANTED                                                                         \
	" FROM temp.there AS t"                                                        \
	" LEFT JOIN item AS i ON i.calendar=?1 AND i.segment=t.segment"                \
	" LEFT JOIN quarantine AS q"                                                   \
	"  ON q.calendar=?1 AND q.local=0 AND q.what=t.segment"                        \
	" WHERE t.segment>?2 AND (t.forced OR (t.kind=0"                               \
	"  AND (i.id IS NULL OR t.etag='' OR i.etag<>t.etag)"                          \
	"  AND (q.what IS NULL OR t.etag='' OR q.etag<>t.etag"                         \
	"   OR q.tries BETWEEN 1 AND 2)))"

bool there_begin(struct state *s, struct err *e)
{
	return db_exec(s->db, "DELETE FROM temp.there", e);
}

static bool insert(struct state *s, const struct there *t, struct err *e)
{
	struct db_stmt *q = db_sql(s->db,
		"INSERT INTO temp.there VALUES(?1,?2,?3,?4,0) ON CONFLICT DO NOTHING",
		e);

	if (!q)
		return false;
	db_bind_text(q, 1, t->segment);
	db_bind_int(q, 2, t->kind);
	db_bind_text(q, 3, t->href);
	db_bind_text(q, 4, t->etag);
	return db_done(q, e);
}

static bool update(struct state *s, const struct there *t, struct err *e)
{
	struct db_stmt *q = db_sql(s->db,
		"UPDATE temp.there SET kind=?2, href=?3, etag=?4 WHERE segment=?1", e);

	if (!q)
		return false;
	db_bind_text(q, 1, t->segment);
	db_bind_int(q, 2, t->kind);
	db_bind_text(q, 3, t->href);
	db_bind_text(q, 4, t->etag);
	return db_done(q, e);
}

/* What to do with a member that is named twice. */
static bool again(struct state *s, const struct there *t, struct err *e)
{
	struct db_stmt *q = db_sql(s->db,
		"SELECT kind, etag=?2 FROM temp.there WHERE segment=?1", e);

	if (!q)
		return false;
	db_bind_text(q, 1, t->segment);
	db_bind_text(q, 2, t->etag);
	if (db_step(q, e) != DB_ROW)
		return false;
	const enum there_kind before = (enum there_kind)db_int(q, 0);
	const bool same = db_int(q, 1);
	db_reset(q);
	if (before == THERE_PRESENT && t->kind == THERE_PRESENT && !same)
		return err_set(e, ERR_PROTOCOL,
			"the server listed %s twice, differently",
			safe(str_of(t->segment)).text);
	return t->kind != THERE_PRESENT || before == THERE_PRESENT || update(s, t, e);
}

bool there_add(struct state *s, const struct there *t, struct err *e)
{
	return insert(s, t, e) && (db_changes(s->db) > 0 || again(s, t, e));
}

/* kind 3: not listed, but wanted. */
bool there_add_behind(struct state *s, int64_t calendar, struct err *e)
{
	return state_run_with(s,
		"INSERT INTO temp.there SELECT segment, 3, href, etag, 1 FROM item"
		" WHERE calendar=?1 AND behind AND NOT EXISTS("
		"  SELECT 1 FROM temp.here AS h WHERE h.uid=item.uid AND h.kind=0)"
		" ON CONFLICT(segment) DO UPDATE SET forced=1 WHERE kind=0",
		calendar, e);
}

/* kind 3 as above; what was listed keeps its kind. Kinds of here: 0 edited, 1 gone, 2
 * new, 4 refused. */
bool there_add_unsure(struct state *s, int64_t calendar, bool all_behind, struct err *e)
{
	static const char edits[] =
		"INSERT INTO temp.there SELECT segment, 3, href, etag, 1 FROM item"
		" WHERE calendar=?1 AND uid IN"
		"  (SELECT uid FROM temp.here WHERE kind IN (0,1,2))"
		" AND (etag='' OR etag LIKE 'W/%' OR base_local=x''"
		"  OR NOT EXISTS(SELECT 1 FROM body WHERE body.item=item.id))"
		" ON CONFLICT(segment) DO UPDATE SET forced=1 WHERE kind=0";
	static const char open[] =
		"INSERT INTO temp.there SELECT segment, 3, href, '', 1 FROM intent"
		" WHERE calendar=?1 ON CONFLICT(segment) DO UPDATE SET forced=1"
		" WHERE kind=0";
	static const char behind[] =
		"INSERT INTO temp.there SELECT segment, 3, href, etag, 1 FROM item"
		" WHERE calendar=?1 AND behind"
		" ON CONFLICT(segment) DO UPDATE SET forced=1 WHERE kind=0";

	return state_run_with(s, edits, calendar, e) &&
	       state_run_with(s, open, calendar, e) &&
	       (!all_behind || state_run_with(s, behind, calendar, e));
}

bool there_force(struct state *s, const char *segment, const char *href, struct err *e)
{
	struct db_stmt *q = db_sql(s->db,
		"INSERT INTO temp.there VALUES(?1,3,?2,'',1)"
		" ON CONFLICT(segment) DO UPDATE SET forced=1, href=?2",
		e);

	if (!q)
		return false;
	db_bind_text(q, 1, segment);
	db_bind_text(q, 2, href);
	return db_done(q, e);
}

/* kind 4: present, and dealt with. */
bool there_settled(struct state *s, struct err *e)
{
	return db_exec(s->db,
		"UPDATE temp.there SET forced=0, kind=CASE kind WHEN 0 THEN 4 ELSE "
		"kind "
		"END",
		e);
}

bool there_add_unfit(struct state *s, int64_t calendar, struct err *e)
{
	return state_run_with(s,
		"UPDATE temp.there SET forced=1 WHERE kind=0 AND segment IN"
		" (SELECT what FROM quarantine WHERE calendar=?1 AND local=0 AND "
		"other=0)",
		calendar, e);
}

bool there_count(struct state *s, int64_t calendar, struct there_counts *out,
	struct err *e)
{
	struct db_stmt *q = db_sql(s->db,
		"SELECT count(*) FILTER(WHERE t.kind=0), count(*) FILTER(WHERE "
		"t.kind=2),"
		" (SELECT count(*) FROM item WHERE calendar=?1),"
		" count(*) FILTER(WHERE t.kind=0 AND i.id IS NOT NULL),"
		" count(*) FILTER(WHERE t.kind=0 AND i.etag=t.etag AND t.etag<>''),"
		" count(*) FILTER(WHERE t.kind=1 AND i.id IS NOT NULL)"
		" FROM temp.there AS t"
		" LEFT JOIN item AS i ON i.calendar=?1 AND i.segment=t.segment",
		e);

	if (!q)
		return false;
	db_bind_int(q, 1, calendar);
	if (db_step(q, e) != DB_ROW)
		return false;
	*out = (struct there_counts){
		.present = db_int(q, 0),
		.failed = db_int(q, 1),
		.known = db_int(q, 2),
		.common = db_int(q, 3),
		.same = db_int(q, 4),
		.removed = db_int(q, 5),
	};
	db_reset(q);
	return true;
}

bool there_wanted(struct state *s, int64_t calendar, const char *after, size_t limit,
	void (*row)(void *ctx, const struct there *t), void *ctx, struct err *e)
{
	struct db_stmt *q = db_sql(s->db,
		"SELECT t.segment, t.href, t.etag" WANTED
		" ORDER BY t.segment LIMIT ?3",
		e);
	enum db_step step = DB_ROW;

	if (!q)
		return false;
	db_bind_int(q, 1, calendar);
	db_bind_text(q, 2, after);
	db_bind_int(q, 3, (int64_t)limit);
	while ((step = db_step(q, e)) == DB_ROW)
		row(ctx, &(struct there){.segment = db_text(q, 0),
				 .href = db_text(q, 1),
				 .etag = db_text(q, 2)});
	return step == DB_END;
}

bool there_count_wanted(struct state *s, int64_t calendar, int64_t *count,
	struct err *e)
{
	struct db_stmt *q = db_sql(s->db, "SELECT count(*)" WANTED, e);

	if (!q)
		return false;
	db_bind_int(q, 1, calendar);
	db_bind_text(q, 2, "");
	if (db_step(q, e) != DB_ROW)
		return false;
	*count = db_int(q, 0);
	db_reset(q);
	return true;
}

bool there_find(struct state *s, const char *segment, enum there_kind *kind,
	bool *found, struct err *e)
{
	struct db_stmt *q = db_sql(s->db,
		"SELECT kind % 4 FROM temp.there WHERE segment=?1 AND kind<>3", e);

	if (!q)
		return false;
	db_bind_text(q, 1, segment);
	const enum db_step step = db_step(q, e);
	if (step == DB_FAILED)
		return false;
	*found = step == DB_ROW;
	if (*found)
		*kind = (enum there_kind)db_int(q, 0);
	db_reset(q);
	return true;
}

#define MISSING                                                                        \
	" FROM item AS i LEFT JOIN temp.there AS t ON t.segment=i.segment"             \
	" WHERE i.calendar=?1 AND i.segment>?2"                                        \
	" AND (t.kind=1 OR (?3 AND (t.segment IS NULL OR t.kind=3)))"

static struct db_stmt *bind_missing(struct db_stmt *q, int64_t calendar,
	const char *after, bool complete)
{
	if (q) {
		db_bind_int(q, 1, calendar);
		db_bind_text(q, 2, after);
		db_bind_int(q, 3, complete);
	}
	return q;
}

bool there_missing(struct state *s, int64_t calendar, bool complete, const char *after,
	size_t limit, void (*row)(void *ctx, const struct state_item *i), void *ctx,
	struct err *e)
{
	struct db_stmt *q = bind_missing(db_sql(s->db,
						 "SELECT i.id, i.uid, i.segment, "
						 "i.href, i.name, i.size, i.mtime_ns,"
						 " i.ctime_ns, i.inode" MISSING
						 " ORDER BY i.segment LIMIT ?4",
						 e),
		calendar, after, complete);
	enum db_step step = DB_ROW;

	if (!q)
		return false;
	db_bind_int(q, 4, (int64_t)limit);
	while ((step = db_step(q, e)) == DB_ROW)
		row(ctx, &(struct state_item){.id = db_int(q, 0),
				 .uid = db_text(q, 1),
				 .segment = db_text(q, 2),
				 .href = db_text(q, 3),
				 .name = db_text(q, 4),
				 .stat = {db_int(q, 5), db_int(q, 6), db_int(q, 7),
					 (uint64_t)db_int(q, 8)}});
	return step == DB_END;
}

bool there_count_missing(struct state *s, int64_t calendar, bool complete,
	int64_t *count, struct err *e)
{
	struct db_stmt *q = bind_missing(db_sql(s->db, "SELECT count(*)" MISSING, e),
		calendar, "", complete);

	if (!q)
		return false;
	if (db_step(q, e) != DB_ROW)
		return false;
	*count = db_int(q, 0);
	db_reset(q);
	return true;
}

bool there_settle_quarantine(struct state *s, int64_t calendar, bool complete,
	struct err *e)
{
	struct db_stmt *q = db_sql(s->db,
		"DELETE FROM quarantine WHERE calendar=?1 AND local=0 AND CASE WHEN ?2"
		" THEN what NOT IN (SELECT segment FROM temp.there WHERE kind<>1)"
		" ELSE what IN (SELECT segment FROM temp.there WHERE kind=1) END",
		e);

	if (!q)
		return false;
	db_bind_int(q, 1, calendar);
	db_bind_int(q, 2, complete);
	return db_done(q, e);
}
