#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sync/pass_impl.h"
#include "sync/step.h"

static bool is_file(enum pending_kind kind)
{
	return kind == PENDING_CREATE || kind == PENDING_REPLACE ||
	       kind == PENDING_REMOVE;
}

/* Results come in the order of staging, which is the order of the entries. */
static void on_result(void *ctx, const struct vdir_result *r)
{
	struct pass *p = ctx;
	struct pendings *list = &p->pending;

	while (p->commit_cursor < list->count &&
		!is_file(list->items[p->commit_cursor].kind))
		p->commit_cursor++;
	if (p->commit_cursor == list->count)
		return;
	struct pending *q = &list->items[p->commit_cursor++];
	q->done = r->done;
	q->item.stat = r->stat;
}

static bool write_quarantined(struct pass *p, const struct pending *q, struct err *e)
{
	const struct state_quarantined row = {
		.side = q->side,
		.what = q->item.segment,
		.uid = q->item.uid,
		.reason = q->reason,
		.etag = q->item.etag,
		.since = pass_now(p),
		.tries = q->tries,
	};

	p->quarantine_used = true;
	return state_quarantine_put(p->o.state, p->cal.id, &row, e);
}

/* Somebody made, changed or removed the file in that instant: the next pass looks
 * again. */
static bool not_done(struct pass *p)
{
	p->left_alone++;
	p->unfinished = true;
	return true;
}

/* Joined from both sides: the server has yet to learn of it. */
static bool note_edited(struct pass *p, const struct pending *q, struct err *e)
{
	const struct here h = {.kind = HERE_EDITED,
		.uid = q->item.uid,
		.name = q->item.name,
		.reason = "",
		.digest = q->file,
		.stat = q->item.stat};

	return here_drop(p->o.state, h.uid, e) && here_add(p->o.state, &h, e);
}

static bool note_lost(struct pass *p, const struct pending *q, struct err *e)
{
	const struct state_conflict c = {.kept = q->lost,
		.uid = q->item.uid,
		.name = q->item.name,
		.since = pass_now(p)};

	return state_conflict_add(p->o.state, p->cal.id, &c, e);
}

static bool write_row(struct pass *p, const struct pending *q, struct err *e)
{
	struct state *s = p->o.state;

	if (p->quarantine_used &&
		!state_quarantine_drop(s, p->cal.id, STATE_SERVER, q->item.segment, e))
		return false;
	struct state_item row = q->item;
	if (q->edited) /* the next scan must see a difference */
		row.stat = (struct vdir_stat){0};
	return state_item_put_body(s, p->cal.id, &row, q->body, e) &&
	       (!q->agrees || here_drop(s, q->item.uid, e)) &&
	       (!q->edited || note_edited(p, q, e)) && (!q->lost || note_lost(p, q, e));
}

static bool write_one(struct pass *p, const struct pending *q, struct err *e)
{
	struct state *s = p->o.state;

	if (q->kind == PENDING_QUARANTINE)
		return write_quarantined(p, q, e);
	if (is_file(q->kind) && !q->done)
		return not_done(p);
	if (q->kind == PENDING_REMOVE || q->kind == PENDING_FORGET)
		return state_item_forget(s, q->item.id, e) &&
		       (!q->agrees || here_drop(s, q->item.uid, e));
	return write_row(p, q, e);
}

static void count_one(struct calendar_result *r, const struct pending *q)
{
	r->added += q->kind == PENDING_CREATE;
	r->changed += q->kind == PENDING_REPLACE;
	r->removed += q->kind == PENDING_REMOVE;
}

void pass_count_planned(struct pass *p)
{
	for (size_t i = 0; i < p->pending.count; i++) {
		const struct pending *q = &p->pending.items[i];
		count_one(p->o.result, q);
		p->o.result->quarantined +=
			q->kind == PENDING_QUARANTINE && q->side == STATE_SERVER;
	}
}

static void count_done(struct pass *p)
{
	for (size_t i = 0; i < p->pending.count; i++) {
		const struct pending *q = &p->pending.items[i];
		if (!q->done)
			continue;
		count_one(p->o.result, q);
		p->created += q->kind == PENDING_CREATE;
		p->removed += q->kind == PENDING_REMOVE;
	}
}

static bool write_rows(struct pass *p, struct err *e)
{
	struct pendings *list = &p->pending;

	if (!state_begin(p->o.state, e))
		return false;
	p->rows_written = true;
	bool ok = true;
	for (size_t i = 0; ok && i < list->count; i++)
		ok = write_one(p, &list->items[i], e);
	ok = ok && state_commit(p->o.state, e);
	if (!ok)
		state_rollback(p->o.state);
	return ok;
}

/* After a failed renaming the rows of what was renamed are still written. */
bool pass_commit(struct pass *p, struct err *e)
{
	struct err inner = {0};

	if (!p->pending.count)
		return true;
	if (p->o.dry_run) /* kept: they are what a second object is compared with */
		return true;
	p->commit_cursor = 0;
	const bool renamed = vdir_commit(p->o.vdir, p->o.run, on_result, p, e);
	step_done("files");
	const bool written = write_rows(p, renamed ? e : &inner);
	step_done("rows");
	if (written)
		count_done(p);
	pendings_clear(&p->pending);
	if (renamed && written)
		pass_progress(p, PROGRESS_RUNNING);
	return renamed && written;
}

bool pass_commit_if_full(struct pass *p, struct err *e)
{
	const size_t full = p->listing ? COMMIT_LISTED : COMMIT_FETCHED;

	return p->pending.count < full || pass_commit(p, e);
}

void pass_set_text(char **text, const char *value)
{
	char *copy = xstrdup_or_null(value);

	free(*text);
	*text = copy;
}

/* The token last, and only when nothing of the list is left to do. */
static void note_progress(struct pass *p)
{
	struct state_calendar *c = &p->cal;

	if (!p->undelivered)
		c->last_good = pass_now(p);
	c->gone_since = 0;
	pass_set_text(&c->identity, p->o.folder_identity);
	if (!p->listed || p->unfinished)
		return;
	pass_set_text(&c->token, p->token);
	pass_set_text(&c->ctag, p->o.listed->ctag);
	if (p->complete) {
		c->listed = p->counts.present;
		c->last_full = pass_now(p);
	}
}

/* A run in which nothing happened leaves the state's bytes alone. */
static bool worth_saving(const struct pass *p)
{
	const struct state_calendar *c = &p->cal;

	return p->listed || p->hold_changed || p->sends.any || p->created ||
	       p->removed || p->guard != GUARD_FREE || c->gone_since ||
	       pass_now(p) - c->last_good > GOOD_EVERY_S || pass_now(p) < c->last_good;
}

static bool save(struct pass *p, struct err *e)
{
	struct state *s = p->o.state;

	if (p->listed && !there_settle_quarantine(s, p->cal.id, p->complete, e))
		return false;
	if (!here_settle_odd(s, p->cal.id, pass_now(p), e) || !pass_hold(p, e))
		return false;
	if (!worth_saving(p))
		return true;
	note_progress(p);
	return state_calendar_save(s, &p->cal, e);
}

bool pass_save(struct pass *p, struct err *e)
{
	if (p->o.dry_run)
		return true;
	if (!state_begin(p->o.state, e))
		return false;
	const bool ok = save(p, e) && state_commit(p->o.state, e);
	if (!ok)
		state_rollback(p->o.state);
	step_done("token");
	return ok;
}

static bool name_held(struct pass *p, struct err *e)
{
	for (size_t i = 0; i < p->n_gone; i++) {
		const struct state_held h = {.uid = p->gone[i].item.uid,
			.name = p->gone[i].item.name};
		if (!state_held_add(p->o.state, p->cal.id, &h, e))
			return false;
	}
	return true;
}

static bool add_held_there(void *ctx, const struct here *h, struct err *e)
{
	struct pass *p = ctx;
	const struct state_held held = {.uid = h->uid, .name = h->name, .there = true};

	return state_held_add(p->o.state, p->cal.id, &held, e);
}

static bool same_code(const char *code, bool holds, const char *now)
{
	return holds ? code && !strcmp(code, now) : !code;
}

/* Deletions towards the server. Only what differs from the last time is written. */
static bool hold_there(struct pass *p, struct err *e)
{
	struct state_calendar *c = &p->cal;
	const bool holds = !guard_passes(p->guard_there);

	if (same_code(c->there_code, holds, p->guard_there_code))
		return true;
	p->hold_changed = true;
	c->there_held = holds ? (int64_t)p->held_there : 0;
	c->there_since = holds ? pass_now(p) : 0;
	pass_set_text(&c->there_code, holds ? p->guard_there_code : NULL);
	pass_set_text(&c->there_approved, NULL);
	c->there_until = 0;
	return state_held_clear(p->o.state, c->id, true, e) &&
	       (!holds || here_each(p->o.state, HERE_GONE, add_held_there, p, e));
}

static bool hold_here(struct pass *p, struct err *e)
{
	struct state_calendar *c = &p->cal;
	const bool holds = !guard_passes(p->guard);

	if (!p->listed && !holds)
		return true;
	if (same_code(c->held_code, holds, p->guard_code))
		return true;
	c->held = holds ? (int64_t)p->o.result->held : 0;
	c->held_since = holds ? pass_now(p) : 0;
	pass_set_text(&c->held_code, holds ? p->guard_code : NULL);
	/* What was approved was another set, or has been done. */
	pass_set_text(&c->approved, NULL);
	c->approved_until = 0;
	return state_held_clear(p->o.state, c->id, false, e) &&
	       (!holds || name_held(p, e));
}

bool pass_hold(struct pass *p, struct err *e)
{
	return hold_here(p, e) && hold_there(p, e);
}
