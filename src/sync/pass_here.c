#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "sync/body.h"
#include "sync/pass_impl.h"
#include "sync/step.h"

/* Something the scan learnt of an item: written after it, not while items are read. */
struct learnt {
	char *uid;  /* owned */
	char *name; /* owned */
	struct vdir_stat stat;
	struct digest digest;
	bool agrees; /* the file is what was agreed, or what the server was seen to hold
	              */
	bool means;  /* its bytes are other ones, with the meaning of what was agreed */
};

/* How a file compares with what is known of its item. */
enum likeness { SAME_FILE, SAME_AS_SERVER, SAME_MEANING, OTHER_FILE };

struct look {
	struct pass *pass;
	bool *seen;            /* owned: by index of the file */
	struct learnt *learnt; /* owned */
	size_t n_learnt;
	size_t cap_learnt;
	struct buf body;
	char *reason; /* owned */
};

static void look_clear(struct look *l)
{
	free(l->reason);
	for (size_t i = 0; i < l->n_learnt; i++) {
		free(l->learnt[i].uid);
		free(l->learnt[i].name);
	}
	free(l->learnt);
	free(l->seen);
	buf_clear(&l->body);
}

static void learn(struct look *l, const char *uid, const struct here *h,
	enum likeness like)
{
	l->learnt = xgrow(l->learnt, l->n_learnt, &l->cap_learnt, sizeof(*l->learnt));
	l->learnt[l->n_learnt++] = (struct learnt){
		.uid = xstrdup(uid),
		.name = xstrdup(h->name),
		.stat = h->stat,
		.digest = h->digest,
		.agrees = like == SAME_AS_SERVER,
		.means = like == SAME_MEANING,
	};
}

static bool add(struct look *l, const struct here *h, struct err *e)
{
	return here_add(l->pass->o.state, h, e);
}

/* Reads a file. *there false: there is nothing to read, and `h` says what to make of
 * it; false only when the disk fails. */
static bool read_file(struct look *l, struct here *h, bool *readable, struct err *e)
{
	struct err why = {0};

	buf_reset(&l->body);
	*readable = vdir_read(l->pass->o.vdir, h->name, CAL_BYTES_MAX, &l->body,
		&h->stat, &why);
	if (*readable) {
		h->digest = body_digest(buf_view(&l->body));
		return true;
	}
	if (why.code == ERR_ATTENTION)
		h->kind = HERE_ODD;
	else if (why.code == ERR_BUSY)
		h->kind = HERE_EDITED;
	else if (why.code == ERR_NO_INPUT)
		h->kind = HERE_GONE;
	else {
		*e = why;
		return false;
	}
	h->reason = h->kind == HERE_ODD ? "it cannot be read, or is too large" : "";
	return true;
}

/* What was agreed is read only when bytes differ, which is rare. */
static bool compare(struct look *l, const struct state_item *i, const struct here *h,
	enum likeness *like, struct err *e)
{
	SCOPED(buf) base = buf_with_max(0);
	bool found = false;

	*like = OTHER_FILE;
	if (i->has_base && digest_equal(&h->digest, &i->base_local))
		*like = SAME_FILE;
	else if (digest_equal(&h->digest, &i->base_remote))
		*like = SAME_AS_SERVER;
	if (*like != OTHER_FILE || !l->pass->o.both || !i->has_base)
		return true;
	if (!state_body_get(l->pass->o.state, i->id, &base, &found, e))
		return false;
	if (found && body_same_meaning(buf_view(&base), buf_view(&l->body)))
		*like = SAME_MEANING;
	return true;
}

/* The server did not take this very version: not sent again until it changes. */
static bool check_refused(struct look *l, struct here *h, struct err *e)
{
	struct pass *p = l->pass;
	char version[2 * DIGEST_SIZE + 1];

	if (!p->quarantine_used || p->check_all || !p->o.both)
		return true;
	digest_hex(&h->digest, DIGEST_SIZE, version);
	free(take(&l->reason));
	if (!state_quarantine_reason(p->o.state, p->cal.id, h->name, version,
		    &l->reason, e))
		return false;
	if (l->reason) {
		h->kind = HERE_REFUSED;
		h->reason = l->reason;
	}
	return true;
}

/* An edit: what is unfit is not sent, but is in the way of what the server has. */
static bool add_edited(struct look *l, struct here *h, const struct state_item *i,
	bool *other_uid, struct err *e)
{
	struct cal_scan *scan = &l->pass->scan;

	if (l->pass->o.both) {
		const enum cal_fault fault = cal_scan(buf_view(&l->body), scan);
		*other_uid = fault == CAL_OK && strcmp(scan->uid, i->uid) != 0;
		if (*other_uid)
			h->kind = HERE_GONE;
		else if (fault != CAL_OK) {
			h->kind = HERE_REFUSED;
			h->reason = cal_fault_text(fault);
		} else if (!check_refused(l, h, e))
			return false;
	}
	return add(l, h, e);
}

/* A file of a known item whose stat is not the one agreed on, or proves nothing. */
static bool look_inside(struct look *l, const struct state_item *i,
	const struct vdir_entry *entry, bool *other_uid, struct err *e)
{
	const bool same_stat = vdir_stat_equal(&entry->stat, &i->stat);
	struct here h = {.kind = HERE_EDITED,
		.uid = i->uid,
		.name = entry->name,
		.reason = "",
		.stat = entry->stat};
	bool readable = false;
	enum likeness like = OTHER_FILE;

	if (!read_file(l, &h, &readable, e))
		return false;
	if (!readable)
		return add(l, &h, e);
	if (!compare(l, i, &h, &like, e))
		return false;
	if (like == OTHER_FILE)
		return add_edited(l, &h, i, other_uid, e);
	if (like != SAME_FILE || !same_stat)
		learn(l, i->uid, &h, like);
	return true;
}

static bool look_at_item(void *ctx, const struct state_item *i, struct err *e)
{
	struct look *l = ctx;
	const struct vdir_listing *files = &l->pass->files;
	const struct vdir_entry *entry = vdir_listing_find(files, i->name);

	l->pass->base++;
	if (!entry)
		return add(l,
			&(struct here){.kind = HERE_GONE,
				.uid = i->uid,
				.name = i->name,
				.reason = ""},
			e);
	bool *seen = &l->seen[entry - files->entries];
	*seen = true;
	if (i->has_base && !entry->racy && vdir_stat_equal(&entry->stat, &i->stat))
		return true;
	bool other_uid = false;
	if (!look_inside(l, i, entry, &other_uid, e))
		return false;
	*seen = !other_uid; /* another event now, under the same name */
	return true;
}

/* A file no item has the name of, but an item has its UID. */
static bool look_at_known(struct look *l, struct here *h, const struct state_item *i,
	struct err *e)
{
	struct here before;
	AUTO_FREE char *name = NULL;
	bool found = false;

	if (!here_find(l->pass->o.state, i->uid, &before, &name, &found, e))
		return false;
	if (!found || before.kind != HERE_GONE) {
		h->kind = HERE_ODD;
		h->reason = "another file has the same UID";
		return add(l, h, e);
	}
	if (!here_drop(l->pass->o.state, i->uid, e))
		return false;
	enum likeness like = OTHER_FILE;
	if (!compare(l, i, h, &like, e))
		return false;
	learn(l, i->uid, h, like);
	h->kind = HERE_EDITED;
	return like != OTHER_FILE || (check_refused(l, h, e) && add(l, h, e));
}

/* A file nobody knows: new, renamed, a copy, or no event at all. */
static bool look_at_stranger(struct look *l, const struct vdir_entry *entry,
	struct err *e)
{
	struct pass *p = l->pass;
	struct here h = {.kind = HERE_NEW,
		.uid = "",
		.name = entry->name,
		.reason = "",
		.stat = entry->stat};
	SCOPED(state_item) item = {0};
	AUTO_FREE char *name = NULL;
	struct here other;
	bool readable = false;
	bool found = false;

	if (!read_file(l, &h, &readable, e))
		return false;
	if (!readable)
		return h.kind == HERE_GONE || add(l, &h, e);
	const enum cal_fault fault = cal_scan(buf_view(&l->body), &p->scan);
	h.uid = p->scan.uid;
	if (fault != CAL_OK) {
		h.kind = HERE_ODD;
		h.reason = cal_fault_text(fault);
		return add(l, &h, e);
	}
	if (!state_item_by_uid(p->o.state, p->cal.id, h.uid, &item, &found, e))
		return false;
	if (found)
		return look_at_known(l, &h, &item, e);
	if (!here_find(p->o.state, h.uid, &other, &name, &found, e))
		return false;
	if (found) {
		h.kind = HERE_ODD;
		h.reason = "another file has the same UID";
	}
	return (found || check_refused(l, &h, e)) && add(l, &h, e);
}

static bool look_at_strangers(struct look *l, struct err *e)
{
	for (size_t i = 0; i < l->pass->files.count; i++)
		if (!l->seen[i] && !look_at_stranger(l, &l->pass->files.entries[i], e))
			return false;
	return true;
}

static bool write_one(struct pass *p, const struct learnt *one, struct err *e)
{
	SCOPED(state_item) item = {0};
	bool found = false;

	if (!state_item_by_uid(p->o.state, p->cal.id, one->uid, &item, &found, e))
		return false;
	if (!found)
		return true;
	item.name = one->name;
	if (one->agrees) {
		item.base_local = one->digest;
		item.has_base = true;
		item.behind = false;
	}
	if (one->means)
		item.base_local = one->digest;
	/* Of a renamed file that was edited too, the old stat stays: it must differ. */
	if (one->agrees || digest_equal(&one->digest, &item.base_local))
		item.stat = one->stat;
	return state_item_put(p->o.state, p->cal.id, &item, e);
}

static bool write_learnt(struct look *l, struct err *e)
{
	struct pass *p = l->pass;

	if (!l->n_learnt || p->o.dry_run)
		return true;
	if (!state_begin(p->o.state, e))
		return false;
	bool ok = true;
	for (size_t i = 0; ok && i < l->n_learnt; i++)
		ok = write_one(p, &l->learnt[i], e);
	ok = ok && state_commit(p->o.state, e);
	if (!ok)
		state_rollback(p->o.state);
	step_done("learnt");
	return ok;
}

/* An item of which only the file holds what was agreed. */
struct bodiless {
	int64_t id;
	char *name; /* owned */
	struct digest digest;
};

struct bodiless_list {
	struct bodiless *items; /* owned */
	size_t count;
	size_t cap;
};

static void bodiless_list_clear(struct bodiless_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i].name);
	free(list->items);
}

static bool note_bodiless(void *ctx, const struct state_item *i, struct err *e)
{
	struct bodiless_list *list = ctx;

	(void)e;
	if (!i->has_base || i->behind || !digest_equal(&i->base_local, &i->base_remote))
		return true;
	list->items = xgrow(list->items, list->count, &list->cap, sizeof(*list->items));
	list->items[list->count++] =
		(struct bodiless){i->id, xstrdup(i->name), i->base_local};
	return true;
}

static bool fill_one(struct pass *p, const struct bodiless *b, struct err *e)
{
	SCOPED(buf) raw = buf_with_max(0);
	SCOPED(buf) body = buf_with_max(0);
	struct vdir_stat stat;

	if (!p->o.vdir ||
		!vdir_read(p->o.vdir, b->name, CAL_BYTES_MAX, &raw, &stat, NULL))
		return true;
	body_normal(buf_view(&raw), &body);
	const struct digest digest = digest_of(buf_view(&body));
	return !digest_equal(&digest, &b->digest) ||
	       state_body_put(p->o.state, b->id, buf_view(&body), e);
}

/* Once, when a calendar that was only read from is written to from now on: its files
 * are what both sides agreed on. */
static bool bodies_fill(struct pass *p, struct err *e)
{
	SCOPED(bodiless_list) list = {0};

	if (p->cal.bodies == p->o.both || p->o.dry_run)
		return true;
	p->hold_changed = true;
	p->cal.bodies = p->o.both;
	if (!p->o.both || !p->cal.items)
		return true;
	if (!state_each_item(p->o.state, p->cal.id, note_bodiless, &list, e) ||
		!state_begin(p->o.state, e))
		return false;
	bool ok = true;
	for (size_t i = 0; ok && i < list.count; i++)
		ok = fill_one(p, &list.items[i], e);
	ok = ok && state_commit(p->o.state, e);
	if (!ok)
		state_rollback(p->o.state);
	return ok;
}

bool pass_look_here(struct pass *p, struct err *e)
{
	SCOPED(look) l = {.pass = p, .body = buf_with_max(0)};

	if (!here_begin(p->o.state, e))
		return false;
	if (p->o.vdir && !vdir_scan(p->o.vdir, &p->files, e))
		return false;
	l.seen = xcalloc(p->files.count, sizeof(bool));
	return state_each_item(p->o.state, p->cal.id, look_at_item, &l, e) &&
	       look_at_strangers(&l, e) && write_learnt(&l, e) && bodies_fill(p, e);
}
