#include <config.h>

#include "store/state_item.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/state_db.h"

#define COLUMNS                                                                        \
	"SELECT id, uid, segment, href, etag, name, base_remote, base_local, behind,"  \
	" size, mtime_ns, ctime_ns, inode FROM item WHERE calendar=?1 "

void state_item_clear(struct state_item *i)
{
	free(i->owned);
	*i = (struct state_item){0};
}

static struct digest read_digest(struct str bytes)
{
	struct digest d = {0};

	if (bytes.len == DIGEST_SIZE)
		memcpy(d.bytes, bytes.ptr, DIGEST_SIZE);
	return d;
}

/* The texts are lent by the statement. */
static void read_row(struct db_stmt *q, struct state_item *i)
{
	const bool same = db_null(q, 7);
	const struct str local = db_blob(q, 7);

	*i = (struct state_item){
		.id = db_int(q, 0),
		.uid = db_text(q, 1),
		.segment = db_text(q, 2),
		.href = db_text(q, 3),
		.etag = db_text(q, 4),
		.name = db_text(q, 5),
		.base_remote = read_digest(db_blob(q, 6)),
		.has_base = same || local.len == DIGEST_SIZE,
		.behind = db_int(q, 8),
		.stat = {db_int(q, 9), db_int(q, 10), db_int(q, 11),
			(uint64_t)db_int(q, 12)},
	};
	i->base_local = same ? i->base_remote : read_digest(local);
}

static const char *append(char **at, const char *text)
{
	const size_t size = strlen(text) + 1;
	const char *start = *at;

	memcpy(*at, text, size);
	*at += size;
	return start;
}

static void own_texts(struct state_item *i)
{
	const char **const texts[] = {&i->uid, &i->segment, &i->href, &i->etag,
		&i->name};
	size_t size = 0;

	for (size_t n = 0; n < COUNT_OF(texts); n++)
		size += strlen(*texts[n]) + 1;
	i->owned = xmalloc(size);
	char *at = i->owned;
	for (size_t n = 0; n < COUNT_OF(texts); n++)
		*texts[n] = append(&at, *texts[n]);
}

static bool find_item(struct db_stmt *q, int64_t calendar, const char *text,
	struct state_item *out, bool *found, struct err *e)
{
	if (!q)
		return false;
	db_bind_int(q, 1, calendar);
	db_bind_text(q, 2, text);
	const enum db_step step = db_step(q, e);
	if (step == DB_FAILED)
		return false;
	*found = step == DB_ROW;
	if (*found) {
		read_row(q, out);
		own_texts(out);
	}
	db_reset(q);
	return true;
}

bool state_item_by_segment(struct state *s, int64_t calendar, const char *segment,
	struct state_item *out, bool *found, struct err *e)
{
	return find_item(db_sql(s->db, COLUMNS "AND segment=?2", e), calendar, segment,
		out, found, e);
}

bool state_item_by_uid(struct state *s, int64_t calendar, const char *uid,
	struct state_item *out, bool *found, struct err *e)
{
	return find_item(db_sql(s->db, COLUMNS "AND uid=?2", e), calendar, uid, out,
		found, e);
}

static struct str digest_bytes(const struct digest *d)
{
	return (struct str){(const char *)d->bytes, DIGEST_SIZE};
}

static void bind_item(struct db_stmt *q, const struct state_item *i)
{
	db_bind_text(q, 3, i->uid);
	db_bind_text(q, 4, i->segment);
	db_bind_text(q, 5, i->href);
	db_bind_text(q, 6, i->etag);
	db_bind_blob(q, 7, digest_bytes(&i->base_remote));
	if (!i->has_base)
		db_bind_blob(q, 8, STR(""));
	else if (!digest_equal(&i->base_remote, &i->base_local))
		db_bind_blob(q, 8, digest_bytes(&i->base_local));
	db_bind_int(q, 9, i->behind);
	db_bind_text(q, 10, i->name);
	db_bind_int(q, 11, i->stat.size);
	db_bind_int(q, 12, i->stat.mtime_ns);
	db_bind_int(q, 13, i->stat.ctime_ns);
	db_bind_int(q, 14, (int64_t)i->stat.inode);
}

bool state_item_put(struct state *s, int64_t calendar, const struct state_item *i,
	struct err *e)
{
	static const char insert[] = "INSERT INTO item VALUES("
				     "?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14)";
	static const char update[] =
		"UPDATE item SET uid=?3, segment=?4, href=?5, etag=?6, base_remote=?7,"
		" base_local=?8, behind=?9, name=?10, size=?11, mtime_ns=?12,"
		" ctime_ns=?13, inode=?14 WHERE id=?1 AND calendar=?2";
	struct db_stmt *q = db_sql(s->db, i->id ? update : insert, e);

	if (!q)
		return false;
	if (i->id)
		db_bind_int(q, 1, i->id);
	db_bind_int(q, 2, calendar);
	bind_item(q, i);
	return db_done(q, e);
}

bool state_item_put_body(struct state *s, int64_t calendar, const struct state_item *i,
	struct str body, struct err *e)
{
	if (!state_item_put(s, calendar, i, e))
		return false;
	return !body.len ||
	       state_body_put(s, i->id ? i->id : db_last_id(s->db), body, e);
}

bool state_item_forget(struct state *s, int64_t id, struct err *e)
{
	return state_run_with(s, "DELETE FROM body WHERE item=?1", id, e) &&
	       state_run_with(s, "DELETE FROM item WHERE id=?1", id, e);
}

bool state_body_put(struct state *s, int64_t item, struct str body, struct err *e)
{
	struct db_stmt *q = db_sql(s->db,
		"INSERT INTO body VALUES(?1,?2)"
		" ON CONFLICT(item) DO UPDATE SET bytes=?2",
		e);

	if (!q)
		return false;
	db_bind_int(q, 1, item);
	db_bind_blob(q, 2, body);
	return db_done(q, e);
}

bool state_body_get(struct state *s, int64_t item, struct buf *out, bool *found,
	struct err *e)
{
	struct db_stmt *q = db_sql(s->db, "SELECT bytes FROM body WHERE item=?1", e);

	if (!q)
		return false;
	db_bind_int(q, 1, item);
	const enum db_step step = db_step(q, e);
	if (step == DB_FAILED)
		return false;
	*found = step == DB_ROW;
	if (*found)
		buf_add(out, db_blob(q, 0));
	db_reset(q);
	return true;
}

bool state_item_moved(struct state *s, int64_t id, const char *name,
	const struct vdir_stat *stat, struct err *e)
{
	struct db_stmt *q = db_sql(s->db,
		"UPDATE item SET name=?2, size=?3, mtime_ns=?4, ctime_ns=?5, inode=?6"
		" WHERE id=?1",
		e);

	if (!q)
		return false;
	db_bind_int(q, 1, id);
	db_bind_text(q, 2, name);
	db_bind_int(q, 3, stat->size);
	db_bind_int(q, 4, stat->mtime_ns);
	db_bind_int(q, 5, stat->ctime_ns);
	db_bind_int(q, 6, (int64_t)stat->inode);
	return db_done(q, e);
}

bool state_each_item(struct state *s, int64_t calendar,
	bool (*row)(void *ctx, const struct state_item *i, struct err *e), void *ctx,
	struct err *e)
{
	struct db_stmt *q = db_sql(s->db, COLUMNS, e);
	enum db_step step = DB_ROW;

	if (!q)
		return false;
	db_bind_int(q, 1, calendar);
	while ((step = db_step(q, e)) == DB_ROW) {
		struct state_item item;
		read_row(q, &item);
		if (!row(ctx, &item, e)) {
			db_reset(q);
			return false;
		}
	}
	return step == DB_END;
}

bool state_name_taken(struct state *s, int64_t calendar, const char *name, bool *taken,
	struct err *e)
{
	struct db_stmt *q = db_sql(s->db,
		"SELECT EXISTS(SELECT 1 FROM item WHERE calendar=?1"
		"  AND name=?2 COLLATE NOCASE)"
		" OR EXISTS(SELECT 1 FROM temp.here WHERE name=?2 COLLATE NOCASE)",
		e);

	if (!q)
		return false;
	db_bind_int(q, 1, calendar);
	db_bind_text(q, 2, name);
	if (db_step(q, e) != DB_ROW)
		return false;
	*taken = db_int(q, 0);
	db_reset(q);
	return true;
}

bool state_segment_taken(struct state *s, int64_t calendar, const char *segment,
	bool *taken, struct err *e)
{
	struct db_stmt *q = db_sql(s->db,
		"SELECT EXISTS(SELECT 1 FROM item WHERE calendar=?1 AND segment=?2)"
		" OR EXISTS(SELECT 1 FROM quarantine"
		"  WHERE calendar=?1 AND local=0 AND what=?2)",
		e);

	if (!q)
		return false;
	db_bind_int(q, 1, calendar);
	db_bind_text(q, 2, segment);
	if (db_step(q, e) != DB_ROW)
		return false;
	*taken = db_int(q, 0);
	db_reset(q);
	return true;
}
