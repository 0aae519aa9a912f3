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
};

struct look {
	struct pass *pass;
	bool *seen;            /* owned: by index of the file */
	struct learnt *learnt; /* owned */
	size_t n_learnt;
	size_t cap_learnt;
	struct buf body;
};

static void look_clear(struct look *l)
{
	for (size_t i = 0; i < l->n_learnt; i++) {
		free(l->learnt[i].uid);
		free(l->learnt[i].name);
	}
	free(l->learnt);
	free(l->seen);
	buf_clear(&l->body);
}

static void learn(struct look *l, const char *uid, const struct here *h, bool agrees)
{
	l->learnt = xgrow(l->learnt, l->n_learnt, &l->cap_learnt, sizeof(*l->learnt));
	l->learnt[l->n_learnt++] = (struct learnt){
		.uid = xstrdup(uid),
		.name = xstrdup(h->name),
		.stat = h->stat,
		.digest = h->digest,
		.agrees = agrees,
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

/* A file of a known item whose stat is not the one agreed on, or proves nothing. */
static bool look_inside(struct look *l, const struct state_item *i,
	const struct vdir_entry *entry, struct err *e)
{
	const bool same_stat = vdir_stat_equal(&entry->stat, &i->stat);
	struct here h = {.kind = HERE_EDITED,
		.uid = i->uid,
		.name = entry->name,
		.reason = "",
		.stat = entry->stat};
	bool readable = false;

	if (!read_file(l, &h, &readable, e))
		return false;
	if (!readable)
		return add(l, &h, e);
	if (i->has_base && digest_equal(&h.digest, &i->base_local)) {
		if (!same_stat)
			learn(l, i->uid, &h, false);
		return true;
	}
	if (digest_equal(&h.digest, &i->base_remote)) {
		learn(l, i->uid, &h, true);
		return true;
	}
	return add(l, &h, e);
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
	l->seen[entry - files->entries] = true;
	if (i->has_base && !entry->racy && vdir_stat_equal(&entry->stat, &i->stat))
		return true;
	return look_inside(l, i, entry, e);
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
	const bool base = i->has_base && digest_equal(&h->digest, &i->base_local);
	const bool agrees = base || digest_equal(&h->digest, &i->base_remote);
	learn(l, i->uid, h, agrees && !base);
	h->kind = HERE_EDITED;
	return agrees || add(l, h, e);
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
	return add(l, &h, e);
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

bool pass_look_here(struct pass *p, struct err *e)
{
	SCOPED(look) l = {.pass = p};

	if (!here_begin(p->o.state, e))
		return false;
	if (p->o.vdir && !vdir_scan(p->o.vdir, &p->files, e))
		return false;
	l.seen = xcalloc(p->files.count, sizeof(bool));
	return state_each_item(p->o.state, p->cal.id, look_at_item, &l, e) &&
	       look_at_strangers(&l, e) && write_learnt(&l, e);
}
