#include <config.h>

#include "store/state_intent.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/state_db.h"

void intent_clear(struct intent *i)
{
	free(i->owned);
	*i = (struct intent){0};
}

static struct str digest_bytes(const struct digest *d)
{
	return (struct str){(const char *)d->bytes, DIGEST_SIZE};
}

bool state_intent_put(struct state *s, int64_t calendar, const struct intent *i,
	struct err *e)
{
	struct db_stmt *q = db_sql(s->db,
		"INSERT OR REPLACE INTO intent(calendar, op, uid, segment, href, name,"
		" condition, base, sent, bytes) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)",
		e);

	if (!q)
		return false;
	db_bind_int(q, 1, calendar);
	db_bind_int(q, 2, i->op);
	db_bind_text(q, 3, i->uid);
	db_bind_text(q, 4, i->segment);
	db_bind_text(q, 5, i->href);
	db_bind_text(q, 6, i->name);
	db_bind_text(q, 7, i->condition);
	db_bind_blob(q, 8, digest_bytes(&i->base));
	db_bind_blob(q, 9, digest_bytes(&i->sent));
	db_bind_blob(q, 10, i->bytes);
	return db_done(q, e);
}

static void read_digest(struct str bytes, struct digest *d)
{
	if (bytes.len == DIGEST_SIZE)
		memcpy(d->bytes, bytes.ptr, DIGEST_SIZE);
}

static void append(char **at, struct str text, const char **mine)
{
	memcpy(*at, text.ptr, text.len);
	(*at)[text.len] = '\0';
	*mine = *at;
	*at += text.len + 1;
}

static void read_row(struct db_stmt *q, struct intent *out)
{
	const struct str bytes = db_blob(q, 8);
	const char **const texts[] = {&out->uid, &out->segment, &out->href, &out->name,
		&out->condition};
	size_t size = bytes.len + 1;

	*out = (struct intent){.op = (enum intent_op)db_int(q, 0)};
	for (int i = 0; i < (int)COUNT_OF(texts); i++)
		size += strlen(db_text(q, i + 1)) + 1;
	out->owned = xmalloc(size);
	char *at = out->owned;
	for (int i = 0; i < (int)COUNT_OF(texts); i++)
		append(&at, str_of(db_text(q, i + 1)), texts[i]);
	read_digest(db_blob(q, 6), &out->base);
	read_digest(db_blob(q, 7), &out->sent);
	append(&at, bytes, &out->bytes.ptr);
	out->bytes.len = bytes.len;
}

bool state_intent_find(struct state *s, int64_t calendar, const char *uid,
	struct intent *out, bool *found, struct err *e)
{
	struct db_stmt *q = db_sql(s->db,
		"SELECT op, uid, segment, href, name, condition, base, sent, bytes"
		" FROM intent WHERE calendar=?1 AND uid=?2",
		e);

	if (!q)
		return false;
	db_bind_int(q, 1, calendar);
	db_bind_text(q, 2, uid);
	const enum db_step step = db_step(q, e);
	if (step == DB_FAILED)
		return false;
	*found = step == DB_ROW;
	if (*found)
		read_row(q, out);
	db_reset(q);
	return true;
}

bool state_intent_drop(struct state *s, int64_t calendar, const char *uid,
	struct err *e)
{
	struct db_stmt *q =
		db_sql(s->db, "DELETE FROM intent WHERE calendar=?1 AND uid=?2", e);

	if (!q)
		return false;
	db_bind_int(q, 1, calendar);
	db_bind_text(q, 2, uid);
	return db_done(q, e);
}

bool state_intents_clear(struct state *s, int64_t calendar, struct err *e)
{
	return state_run_with(s, "DELETE FROM intent WHERE calendar=?1", calendar, e);
}

bool state_intents_count(struct state *s, int64_t calendar, int64_t *count,
	struct err *e)
{
	return state_number(s, "SELECT count(*) FROM intent WHERE calendar=?1",
		calendar, count, e);
}
