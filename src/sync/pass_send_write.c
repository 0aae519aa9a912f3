#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sync/body.h"
#include "sync/pass_impl.h"
#include "sync/step.h"

/* The file is what both sides agree on until the server's version has been read back;
 * no entity tag is kept before, so that a run that ends here looks again. */
static bool write_put(struct pass *p, const struct send *s, struct err *e)
{
	const struct str body = buf_view(&s->body);
	const struct state_item row = {
		.id = s->item.id,
		.uid = s->file.uid,
		.segment = s->segment,
		.href = s->href,
		.etag = "",
		.name = s->file.name,
		.base_remote = digest_of(body),
		.base_local = digest_of(body),
		.has_base = true,
		.stat = s->file.stat,
	};
	struct calendar_result *r = p->o.result;

	r->sent_new += s->op == INTENT_CREATE;
	r->sent_changed += s->op == INTENT_REPLACE;
	return state_item_put_body(p->o.state, p->cal.id, &row, body, e) &&
	       here_drop(p->o.state, s->file.uid, e);
}

static bool write_removal(struct pass *p, const struct send *s, struct err *e)
{
	p->o.result->sent_removed++;
	return state_item_forget(p->o.state, s->item.id, e) &&
	       here_drop(p->o.state, s->file.uid, e);
}

static bool write_refusal(struct pass *p, const struct send *s, struct err *e)
{
	char reason[80];

	(void)snprintf(reason, sizeof(reason), "the server refused it (status %d)",
		s->status);
	return here_refuse(p->o.state, s->file.uid, reason, e);
}

static bool write_one(struct pass *p, const struct send *s, struct err *e)
{
	switch (s->state) {
	case SEND_DONE:
		return s->op == INTENT_REMOVE ? write_removal(p, s, e)
		                              : write_put(p, s, e);
	case SEND_REFUSED:
		return write_refusal(p, s, e);
	case SEND_DENIED:
		if (s->op != INTENT_CREATE)
			return true; /* restored after this */
		return here_refuse(p->o.state, s->file.uid,
			"the server lets nobody write to this calendar", e);
	case SEND_WAITING:
	case SEND_SKIPPED:
	case SEND_IN_FLIGHT:
	case SEND_AGAIN:
	case SEND_UNSURE:
	case SEND_STOPPED:
		break;
	}
	return true;
}

/* Its fate is not known: it has to be looked at before anything else is done to it. */
static bool stays_open(const struct send *s)
{
	return s->state == SEND_UNSURE || s->state == SEND_IN_FLIGHT;
}

static bool write_all(struct pass *p, struct err *e)
{
	struct sends *list = &p->sends;

	for (size_t i = list->begin; i < list->end; i++) {
		struct send *s = &list->items[i];
		if (!write_one(p, s, e))
			return false;
		if (s->state != SEND_SKIPPED && !stays_open(s) &&
			!state_intent_drop(p->o.state, p->cal.id, s->file.uid, e))
			return false;
		buf_clear(&s->body);
		buf_clear(&s->mended);
	}
	return true;
}

static bool restore_denied(struct pass *p, struct err *e)
{
	for (size_t i = p->sends.begin; i < p->sends.end; i++) {
		const struct send *s = &p->sends.items[i];
		if (s->state == SEND_DENIED && s->op != INTENT_CREATE &&
			!send_restore(p, s->file.uid, e))
			return false;
	}
	return pass_commit(p, e);
}

bool send_write(struct pass *p, struct err *e)
{
	p->sends.open = false;
	p->rows_written = true;
	if (!state_begin(p->o.state, e))
		return false;
	const bool ok = write_all(p, e) && state_commit(p->o.state, e);
	if (!ok)
		state_rollback(p->o.state);
	step_done("results");
	return ok && restore_denied(p, e);
}

static bool stage(struct pass *p, const struct here *h, const char *name,
	struct str body, struct err *e)
{
	const struct vdir_change change = {.name = name,
		.body = body,
		.expect = h->kind == HERE_GONE ? NULL : &h->stat};

	if (p->o.dry_run)
		return true;
	if (!vdir_stage(p->o.vdir, &change, e))
		return false;
	step_done("staged");
	return true;
}

/* The version both sides agreed on takes the place of the edit, which goes to the
 * trash. */
static bool restore(struct pass *p, const struct here *h, const struct state_item *i,
	struct err *e)
{
	SCOPED(buf) body = buf_with_max(0);
	bool found = false;
	struct pending q = {.kind = h->kind == HERE_GONE ? PENDING_CREATE
	                                                 : PENDING_REPLACE,
		.item = *i,
		.agrees = true};

	if (!state_body_get(p->o.state, i->id, &body, &found, e))
		return false;
	if (!found || i->behind)
		return true;
	p->told_restored++;
	pass_tell(p, plan_verb(PLAN_RESTORE), buf_view(&body), h->name);
	q.item.owned = NULL;
	q.item.name = h->name;
	q.item.base_local = q.item.base_remote = digest_of(buf_view(&body));
	if (!stage(p, h, h->name, buf_view(&body), e))
		return false;
	pendings_add(&p->pending, &q);
	return true;
}

bool send_restore(struct pass *p, const char *uid, struct err *e)
{
	struct here h;
	AUTO_FREE char *name = NULL;
	SCOPED(state_item) item = {0};
	bool found = false;
	bool known = false;

	if (!here_find(p->o.state, uid, &h, &name, &found, e))
		return false;
	if (!found)
		return true;
	if (!state_item_by_uid(p->o.state, p->cal.id, uid, &item, &known, e))
		return false;
	return !known || restore(p, &h, &item, e);
}

struct uids {
	char **items; /* owned, and each */
	size_t count;
	size_t cap;
};

static void uids_clear(struct uids *u)
{
	for (size_t i = 0; i < u->count; i++)
		free(u->items[i]);
	free(u->items);
}

static bool note_uid(void *ctx, const struct here *h, struct err *e)
{
	struct uids *u = ctx;

	(void)e;
	u->items = xgrow(u->items, u->count, &u->cap, sizeof(*u->items));
	u->items[u->count++] = xstrdup(h->uid);
	return true;
}

bool send_restore_all(struct pass *p, struct err *e)
{
	SCOPED(uids) u = {0};
	struct state *s = p->o.state;

	if (!here_each(s, HERE_EDITED, note_uid, &u, e) ||
		!here_each(s, HERE_REFUSED, note_uid, &u, e) ||
		!here_each(s, HERE_GONE, note_uid, &u, e))
		return false;
	for (size_t i = 0; i < u.count; i++)
		if (!send_restore(p, u.items[i], e) || !pass_commit_if_full(p, e))
			return false;
	return pass_commit(p, e);
}
