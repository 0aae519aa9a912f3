#include <config.h>

#include <string.h>

#include "base/mem.h"
#include "store/state_intent.h"
#include "sync/body.h"
#include "sync/pass_meet.h"
#include "sync/step.h"

static void meeting_clear(struct meeting *m)
{
	state_item_clear(&m->item);
	free(m->file_name);
	buf_clear(&m->base);
	buf_clear(&m->local);
}

/* Does the server still have the member under which the item was known? */
static bool still_there(struct pass *p, const char *segment, bool *there, struct err *e)
{
	enum there_kind kind = THERE_PRESENT;
	bool found = false;

	if (!there_find(p->o.state, segment, &kind, &found, e))
		return false;
	*there = found ? kind != THERE_REMOVED : !p->complete;
	return true;
}

/* What the rest of a meeting depends on. */
enum verdict { GO_ON, TWIN, LATER, DONE_ALREADY };

/* A run ended between a PUT and its answer: the object is there, so it is known, and
 * what was sent is what both sides agreed on. */
static bool find_by_intent(struct meeting *m, struct err *e)
{
	struct pass *p = m->pass;
	SCOPED(intent) i = {0};
	bool found = false;

	if (!p->open_intents)
		return true;
	if (!state_intent_find(p->o.state, p->cal.id, p->scan.uid, &i, &found, e))
		return false;
	if (!found || i.op != INTENT_CREATE ||
		strcmp(i.segment, m->arrival->segment) != 0)
		return true;
	buf_add(&m->base, i.bytes);
	m->item = (struct state_item){.uid = i.uid,
		.segment = i.segment,
		.href = i.href,
		.etag = "",
		.name = i.name,
		.base_remote = i.sent,
		.base_local = i.sent,
		.has_base = true,
		.owned = take(&i.owned)};
	m->known = m->was_sent = true;
	return true;
}

static bool find_by_uid(struct meeting *m, enum verdict *verdict, struct err *e)
{
	struct pass *p = m->pass;
	bool there = true;

	if (!state_item_by_uid(p->o.state, p->cal.id, p->scan.uid, &m->item, &m->known,
		    e))
		return false;
	if (!m->known)
		return find_by_intent(m, e);
	/* While the list is not complete nobody knows whether the other one is gone. */
	if (p->listing) {
		*verdict = LATER;
		return true;
	}
	if (!still_there(p, m->item.segment, &there, e))
		return false;
	*verdict = there ? TWIN : GO_ON;
	return true;
}

/* The server put another UID under a known name: nobody else may have it. */
static bool check_new_uid(struct meeting *m, enum verdict *verdict, struct err *e)
{
	struct pass *p = m->pass;
	SCOPED(state_item) other = {0};
	bool found = false;

	if (!strcmp(m->item.uid, p->scan.uid))
		return true;
	if (!state_item_by_uid(p->o.state, p->cal.id, p->scan.uid, &other, &found, e))
		return false;
	if (found)
		*verdict = TWIN;
	return true;
}

static bool find_known(struct meeting *m, enum verdict *verdict, struct err *e)
{
	struct pass *p = m->pass;
	const struct pending *before = pendings_find_uid(&p->pending, p->scan.uid);

	*verdict = GO_ON;
	if (before) {
		const bool same = !strcmp(before->item.segment, m->arrival->segment);
		*verdict = same ? DONE_ALREADY : TWIN;
		return true;
	}
	if (!p->cal.items && !p->rows_written &&
		!p->open_intents) /* a first sync: spare the questions */
		return true;
	if (!state_item_by_segment(p->o.state, p->cal.id, m->arrival->segment, &m->item,
		    &m->known, e))
		return false;
	return m->known ? check_new_uid(m, verdict, e) : find_by_uid(m, verdict, e);
}

static bool find_file(struct meeting *m, struct err *e)
{
	const char *uid = m->known ? m->item.uid : m->pass->scan.uid;

	if (!here_find(m->pass->o.state, uid, &m->file, &m->file_name, &m->differs_here,
		    e))
		return false;
	if (!m->was_sent)
		return true;
	if (!m->differs_here) {
		m->differs_here = true;
		m->file = (struct here){.kind = HERE_GONE, .uid = uid, .name = ""};
		return true;
	}
	m->item.name = m->file.name;
	m->item.stat = m->file.stat;
	/* Still what was sent: no difference, but it is in the list as a new one. */
	m->differs_here = !digest_equal(&m->file.digest, &m->item.base_local);
	return true;
}

/* Only when bytes differ, which is rare. */
static bool find_base(struct meeting *m, struct err *e)
{
	bool found = false;

	if (!m->known || m->was_sent || !m->pass->o.both || !m->item.id ||
		digest_equal(&m->digest, &m->item.base_remote))
		return true;
	return state_body_get(m->pass->o.state, m->item.id, &m->base, &found, e);
}

static enum plan_base base_of(const struct meeting *m)
{
	if (!m->known)
		return PLAN_BASE_NONE;
	return m->item.behind || !m->item.has_base ? PLAN_BASE_BEHIND
	                                           : PLAN_BASE_AGREED;
}

static enum plan_side here_side(const struct meeting *m)
{
	if (!m->differs_here)
		return m->known ? PLAN_SAME : PLAN_ABSENT;
	return m->file.kind == HERE_GONE ? PLAN_ABSENT : PLAN_CHANGED;
}

/* Behind, the base is older than what was last seen. */
static enum plan_side there_side(const struct meeting *m)
{
	if (!m->known)
		return PLAN_CHANGED;
	if (digest_equal(&m->digest, &m->item.base_remote))
		return PLAN_SAME;
	const bool same = m->base.len && !m->item.behind &&
	                  body_same_meaning(buf_view(&m->base), m->body);

	return same ? PLAN_SAME : PLAN_CHANGED;
}

bool meet_read_here(struct meeting *m)
{
	struct vdir_stat stat;

	if (m->local_read)
		return true;
	m->local_read = m->pass->o.vdir &&
	                vdir_read(m->pass->o.vdir, m->file.name, CAL_BYTES_MAX,
				&m->local, &stat, NULL) &&
	                vdir_stat_equal(&stat, &m->file.stat);
	return m->local_read;
}

/* Is the file that differs from what was agreed the very version that arrives? So it is
 * after a run that ended between the renames and the transaction. Where edits are sent,
 * and without a base, equal meaning is enough. */
static bool file_is_it(struct meeting *m)
{
	if (!m->differs_here || m->file.kind == HERE_GONE)
		return false;
	if (digest_equal(&m->file.digest, &m->digest))
		return true;
	if (m->known && !m->pass->o.both)
		return false;
	return meet_read_here(m) && body_same_meaning(buf_view(&m->local), m->body);
}

struct state_item meet_agreed(const struct meeting *m)
{
	struct state_item row = m->item;

	row.owned = NULL;
	row.uid = m->pass->scan.uid;
	row.segment = m->arrival->segment;
	row.href = m->arrival->href;
	row.etag = m->arrival->etag;
	row.base_remote = m->digest;
	row.base_local = m->digest;
	row.has_base = true;
	row.behind = false;
	return row;
}

void meet_add(struct meeting *m, const struct pending *p)
{
	struct pending mine = *p;

	if (m->pass->bodies)
		mine.body = m->body;
	pendings_add(&m->pass->pending, &mine);
}

static void put_row(struct meeting *m, const struct state_item *row, bool agrees)
{
	meet_add(m,
		&(struct pending){.kind = PENDING_ROW, .item = *row, .agrees = agrees});
}

void meet_adopt(struct meeting *m)
{
	struct state_item row = meet_agreed(m);

	row.name = m->file.name;
	row.stat = m->file.stat;
	row.base_local = m->file.digest;
	put_row(m, &row, true);
}

/* Only what the server calls it, or how it writes it, has changed. */
static void relabel(struct meeting *m)
{
	struct state_item row = meet_agreed(m);

	row.base_local = m->item.base_local;
	put_row(m, &row, m->was_sent && !m->differs_here);
}

/* An edit is in the way: what the server holds is noted, the file stays; and so does
 * the body both agreed on. */
static void leave(struct meeting *m, enum plan_side there)
{
	struct state_item row = meet_agreed(m);

	row.uid = m->known ? m->item.uid : row.uid;
	row.base_local = m->item.base_local;
	row.has_base = m->known && m->item.has_base;
	row.behind = m->item.behind || there == PLAN_CHANGED;
	if (!m->known) {
		row.name = m->file.name;
		row.stat = m->file.stat;
	}
	pendings_add(&m->pass->pending,
		&(struct pending){.kind = PENDING_ROW, .item = row});
}

struct taken {
	struct pass *pass;
	bool failed;
	struct err err;
};

static bool is_taken(void *ctx, const char *name)
{
	struct taken *t = ctx;
	struct pass *p = t->pass;
	bool taken = false;

	if (pendings_has_name(&p->pending, name))
		return true;
	if (!p->files.count && !p->cal.items && !p->rows_written)
		return false;
	if (!state_name_taken(p->o.state, p->cal.id, name, &taken, &t->err)) {
		t->failed = true;
		return false;
	}
	return taken;
}

bool meet_stage(struct meeting *m, const char *name, struct str body,
	const struct vdir_stat *expect, struct err *e)
{
	const struct vdir_change change = {.name = name,
		.body = body,
		.expect = expect};

	if (m->pass->o.dry_run)
		return true;
	if (!vdir_stage(m->pass->o.vdir, &change, e))
		return false;
	step_done("staged");
	return true;
}

static bool create(struct meeting *m, struct err *e)
{
	struct pass *p = m->pass;
	struct taken t = {.pass = p};
	AUTO_FREE char *name = vdir_name_for(str_of(p->scan.uid),
		str_of(m->arrival->segment), is_taken, &t);
	struct pending q = {.kind = PENDING_CREATE, .item = meet_agreed(m)};

	if (t.failed) {
		*e = t.err;
		return false;
	}
	/* A file that was removed here comes back under its own name. */
	q.item.name = m->known && m->item.name[0] ? m->item.name : name;
	q.agrees = m->known;
	if (!meet_stage(m, q.item.name, m->body, NULL, e))
		return false;
	meet_add(m, &q);
	return true;
}

static bool replace(struct meeting *m, struct err *e)
{
	struct pending q = {.kind = PENDING_REPLACE, .item = meet_agreed(m)};

	q.item.name = m->item.name;
	q.agrees = m->was_sent;
	if (!meet_stage(m, q.item.name, m->body, &m->item.stat, e))
		return false;
	meet_add(m, &q);
	return true;
}

bool meet_overrule(struct meeting *m, const char *lost, struct err *e)
{
	struct pending q = {.kind = PENDING_REPLACE,
		.item = meet_agreed(m),
		.agrees = true,
		.lost = lost};

	q.item.name = m->file.name;
	if (!meet_stage(m, q.item.name, m->body, &m->file.stat, e))
		return false;
	meet_add(m, &q);
	return true;
}

static bool restore(struct meeting *m, struct err *e)
{
	m->pass->told_restored++;
	if (m->differs_here && m->file.kind == HERE_GONE)
		return create(m, e);
	return meet_overrule(m, NULL, e);
}

/* "Dentist, Tue 4 March 2026 10:00: 10:00 to 11:00" */
static void tell(struct meeting *m, enum plan_action action)
{
	if (action == PLAN_REPLACE_HERE && m->base.len)
		pass_tell_change(m->pass, plan_verb(action), buf_view(&m->base),
			m->body);
	else if (action != PLAN_REPLACE_THERE && action != PLAN_REMOVE_THERE &&
		 !(action == PLAN_LEAVE && m->differs_here &&
			 m->pass->o.direction == PLAN_BOTH))
		pass_tell(m->pass, plan_verb(action), m->body, m->arrival->segment);
}

static bool carry_out(struct meeting *m, struct err *e)
{
	struct pass *p = m->pass;
	const bool is_it = file_is_it(m);
	const enum plan_side there = there_side(m);
	const struct plan_step step =
		plan_decide(p->o.direction, base_of(m), here_side(m), there);

	if (is_it) {
		meet_adopt(m);
		return true;
	}
	tell(m, step.action);
	switch (step.action) {
	case PLAN_CREATE_HERE:
		p->told_back += step.told;
		return create(m, e);
	case PLAN_REPLACE_HERE:
		return replace(m, e);
	case PLAN_CLASH:
		return pass_clash(m, e);
	case PLAN_RESTORE:
		return restore(m, e);
	case PLAN_LEAVE:
		leave(m, there);
		return true;
	/* What is left goes the other way, later. */
	case PLAN_NOTHING:
	case PLAN_ADOPT:
	case PLAN_FORGET:
	case PLAN_CREATE_THERE:
	case PLAN_REPLACE_THERE:
	case PLAN_REMOVE_HERE:
	case PLAN_REMOVE_THERE:
	case PLAN_ACTIONS:
		break;
	}
	relabel(m);
	return true;
}

static bool meet(struct meeting *m, struct err *e)
{
	struct pass *p = m->pass;
	enum verdict verdict = GO_ON;

	if (!find_known(m, &verdict, e))
		return false;
	if (verdict == LATER || verdict == DONE_ALREADY)
		return true;
	if (verdict == TWIN) {
		pass_quarantine(p, m->arrival,
			"another event on the server has the same UID", 0);
		return true;
	}
	return find_file(m, e) && find_base(m, e) && carry_out(m, e);
}

bool pass_apply(struct pass *p, const struct arrival *a, struct err *e)
{
	SCOPED(meeting)
	m = {.pass = p,
		.arrival = a,
		.base = buf_with_max(0),
		.local = buf_with_max(0)};

	buf_reset(&p->body);
	body_normal(a->body, &p->body);
	m.body = buf_view(&p->body);
	const enum cal_fault fault = cal_scan(m.body, &p->scan);
	if (fault != CAL_OK) {
		pass_quarantine(p, a, cal_fault_text(fault), 0);
		return true;
	}
	if (p->scan.kind != CAL_EVENT) {
		pass_leave_out(p, a);
		return true;
	}
	m.digest = digest_of(m.body);
	return meet(&m, e);
}
