#include <config.h>

#include <string.h>

#include "base/mem.h"
#include "store/state_db.h"
#include "store/state_listing.h"

#define COLUMNS                                                                        \
	"SELECT kind, uid, name, reason, digest, size, mtime_ns, ctime_ns, inode"      \
	" FROM temp.here "

bool here_begin(struct state *s, struct err *e)
{
	return db_exec(s->db, "DELETE FROM temp.here", e);
}

bool here_add(struct state *s, const struct here *h, struct err *e)
{
	struct db_stmt *q = db_sql(s->db,
		"INSERT INTO temp.here VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)", e);

	if (!q)
		return false;
	db_bind_int(q, 1, h->kind);
	db_bind_text(q, 2, h->uid);
	db_bind_text(q, 3, h->name);
	db_bind_text(q, 4, h->reason);
	db_bind_blob(q, 5, (struct str){(const char *)h->digest.bytes, DIGEST_SIZE});
	db_bind_int(q, 6, h->stat.size);
	db_bind_int(q, 7, h->stat.mtime_ns);
	db_bind_int(q, 8, h->stat.ctime_ns);
	db_bind_int(q, 9, (int64_t)h->stat.inode);
	return db_done(q, e);
}

static void read_row(struct db_stmt *q, struct here *h)
{
	const struct str digest = db_blob(q, 4);

	*h = (struct here){
		.kind = (enum here_kind)db_int(q, 0),
		.uid = db_text(q, 1),
		.name = db_text(q, 2),
		.reason = db_text(q, 3),
		.stat = {db_int(q, 5), db_int(q, 6), db_int(q, 7),
			(uint64_t)db_int(q, 8)},
	};
	if (digest.len == DIGEST_SIZE)
		memcpy(h->digest.bytes, digest.ptr, DIGEST_SIZE);
}

bool here_find(struct state *s, const char *uid, struct here *out, char **name,
	bool *found, struct err *e)
{
	struct db_stmt *q =
		db_sql(s->db, COLUMNS "WHERE uid=?1 AND kind<>?2 LIMIT 1", e);

	if (!q)
		return false;
	db_bind_text(q, 1, uid);
	db_bind_int(q, 2, HERE_ODD);
	const enum db_step step = db_step(q, e);
	if (step == DB_FAILED)
		return false;
	*found = step == DB_ROW;
	if (*found) {
		read_row(q, out);
		*name = xstrdup(out->name);
		out->name = *name;
		out->uid = uid;
		out->reason = "";
	}
	db_reset(q);
	return true;
}

bool here_drop(struct state *s, const char *uid, struct err *e)
{
	struct db_stmt *q =
		db_sql(s->db, "DELETE FROM temp.here WHERE uid=?1 AND kind<>?2", e);

	if (!q)
		return false;
	db_bind_text(q, 1, uid);
	db_bind_int(q, 2, HERE_ODD);
	return db_done(q, e);
}

bool here_count(struct state *s, enum here_kind kind, int64_t *count, struct err *e)
{
	return state_number(s, "SELECT count(*) FROM temp.here WHERE kind=?1", kind,
		count, e);
}

bool here_each(struct state *s, enum here_kind kind,
	bool (*row)(void *ctx, const struct here *h, struct err *e), void *ctx,
	struct err *e)
{
	struct db_stmt *q = db_sql(s->db, COLUMNS "WHERE kind=?1 ORDER BY name", e);
	enum db_step step = DB_ROW;

	if (!q)
		return false;
	db_bind_int(q, 1, kind);
	while ((step = db_step(q, e)) == DB_ROW) {
		struct here h;
		read_row(q, &h);
		if (!row(ctx, &h, e)) {
			db_reset(q);
			return false;
		}
	}
	return step == DB_END;
}

static bool add_odd(struct state *s, int64_t calendar, int64_t now, struct err *e)
{
	struct db_stmt *q = db_sql(s->db,
		"INSERT INTO quarantine"
		" SELECT ?1, 1, name, 0, uid, reason,"
		"  CASE WHEN kind=?4 THEN lower(hex(digest)) ELSE '' END,"
		"  ?2, 0 FROM temp.here"
		" WHERE kind IN (?3,?4) AND NOT EXISTS(SELECT 1 FROM quarantine AS q"
		"  WHERE q.calendar=?1 AND q.local=1 AND q.what=here.name"
		"  AND q.reason=here.reason AND (here.kind=?3"
		"   OR q.etag=lower(hex(here.digest))))"
		" ON CONFLICT(calendar, local, what) DO UPDATE"
		" SET uid=excluded.uid, reason=excluded.reason, etag=excluded.etag",
		e);

	if (!q)
		return false;
	db_bind_int(q, 1, calendar);
	db_bind_int(q, 2, now);
	db_bind_int(q, 3, HERE_ODD);
	db_bind_int(q, 4, HERE_REFUSED);
	return db_done(q, e);
}

bool here_refuse(struct state *s, const char *uid, const char *reason, struct err *e)
{
	struct db_stmt *q = db_sql(s->db,
		"UPDATE temp.here SET kind=?2, reason=?3 WHERE uid=?1 AND kind<>?4", e);

	if (!q)
		return false;
	db_bind_text(q, 1, uid);
	db_bind_int(q, 2, HERE_REFUSED);
	db_bind_text(q, 3, reason);
	db_bind_int(q, 4, HERE_ODD);
	return db_done(q, e);
}

bool here_has_file(struct state *s, const char *name, bool *found, struct err *e)
{
	struct db_stmt *q = db_sql(s->db,
		"SELECT EXISTS(SELECT 1 FROM temp.here WHERE name=?1 COLLATE NOCASE"
		" AND kind<>?2)",
		e);

	if (!q)
		return false;
	db_bind_text(q, 1, name);
	db_bind_int(q, 2, HERE_GONE);
	if (db_step(q, e) != DB_ROW)
		return false;
	*found = db_int(q, 0);
	db_reset(q);
	return true;
}

bool here_settle_odd(struct state *s, int64_t calendar, int64_t now, struct err *e)
{
	struct db_stmt *q = db_sql(s->db,
		"DELETE FROM quarantine WHERE calendar=?1 AND local=1 AND what NOT IN"
		" (SELECT name FROM temp.here WHERE kind IN (?2,?3))",
		e);

	if (!q)
		return false;
	db_bind_int(q, 1, calendar);
	db_bind_int(q, 2, HERE_ODD);
	db_bind_int(q, 3, HERE_REFUSED);
	return db_done(q, e) && add_odd(s, calendar, now, e);
}
