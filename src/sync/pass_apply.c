#include <config.h>

#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "cal/object.h"
#include "sync/body.h"
#include "sync/pass_impl.h"
#include "sync/step.h"

/* One body that has arrived, next to what is known of it. */
struct meeting {
	struct pass *pass;
	const struct arrival *arrival;
	struct str body; /* with the line ends that are stored */
	struct digest digest;
	struct state_item item; /* texts owned when known */
	bool known;
	struct here file;
	char *file_name; /* owned */
	bool differs_here;
};

static void meeting_clear(struct meeting *m)
{
	state_item_clear(&m->item);
	free(m->file_name);
}

void pass_tell(struct pass *p, const char *verb, struct str body, const char *name)
{
	if (!p->o.planned || !verb[0])
		return;
	AUTO_FREE char *title = body.len ? cal_object_title(body) : xstrdup(name);
	const struct safe_text safe_title = safe(str_of(title));
	p->o.planned(p->o.planned_ctx, &(struct planned){.calendar = p->o.result->name,
					       .verb = verb,
					       .title = safe_title.text});
}

void pass_quarantine(struct pass *p, const struct arrival *a, const char *reason,
	int64_t tries)
{
	const struct pending q = {
		.kind = PENDING_QUARANTINE,
		.item = {.uid = p->scan.uid,
			.segment = a->segment,
			.href = a->href,
			.etag = a->etag},
		.reason = reason,
		.side = STATE_SERVER,
		.tries = tries,
	};

	if (tries)
		p->scan.uid[0] = '\0';
	pendings_add(&p->pending, &q);
	pass_tell(p, "skip", STR(""), a->segment);
}

/* To-dos and journals in a calendar of events: not worth a word, but not fetched again.
 */
static void leave_out(struct pass *p, const struct arrival *a)
{
	const struct pending q = {
		.kind = PENDING_QUARANTINE,
		.item = {.uid = p->scan.uid,
			.segment = a->segment,
			.href = a->href,
			.etag = a->etag},
		.reason = "it is not an event",
		.side = STATE_OTHER,
	};

	pendings_add(&p->pending, &q);
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

static bool find_by_uid(struct meeting *m, enum verdict *verdict, struct err *e)
{
	struct pass *p = m->pass;
	bool there = true;

	if (!state_item_by_uid(p->o.state, p->cal.id, p->scan.uid, &m->item, &m->known,
		    e))
		return false;
	if (!m->known)
		return true;
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
	if (!p->cal.items && !p->rows_written) /* a first sync: spare the questions */
		return true;
	if (!state_item_by_segment(p->o.state, p->cal.id, m->arrival->segment, &m->item,
		    &m->known, e))
		return false;
	return m->known ? check_new_uid(m, verdict, e) : find_by_uid(m, verdict, e);
}

static bool find_file(struct meeting *m, struct err *e)
{
	const char *uid = m->known ? m->item.uid : m->pass->scan.uid;

	return here_find(m->pass->o.state, uid, &m->file, &m->file_name,
		&m->differs_here, e);
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

static enum plan_side there_side(const struct meeting *m)
{
	const bool same = m->known && digest_equal(&m->digest, &m->item.base_remote);

	return same ? PLAN_SAME : PLAN_CHANGED;
}

/* Is the file that differs from what was agreed the very version that arrives? So it is
 * after a run that ended between the renames and the transaction. Without a base equal
 * meaning is enough. */
static bool file_is_it(const struct meeting *m)
{
	const struct pass *p = m->pass;
	SCOPED(buf) file = buf_with_max(0);
	struct vdir_stat stat;

	if (!m->differs_here || m->file.kind == HERE_GONE)
		return false;
	if (digest_equal(&m->file.digest, &m->digest))
		return true;
	if (m->known || !p->o.vdir)
		return false;
	return vdir_read(p->o.vdir, m->file.name, CAL_BYTES_MAX, &file, &stat, NULL) &&
	       vdir_stat_equal(&stat, &m->file.stat) &&
	       body_same_meaning(buf_view(&file), m->body);
}

/* The row as it will be once both sides agree on what arrived. */
static struct state_item agreed_row(const struct meeting *m)
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

static void put_row(struct meeting *m, const struct state_item *row, bool agrees)
{
	const struct pending q = {.kind = PENDING_ROW, .item = *row, .agrees = agrees};

	pendings_add(&m->pass->pending, &q);
}

static bool adopt(struct meeting *m)
{
	struct state_item row = agreed_row(m);

	row.name = m->file.name;
	row.stat = m->file.stat;
	row.base_local = m->file.digest;
	put_row(m, &row, true);
	return true;
}

/* Only what the server calls it has changed. */
static bool relabel(struct meeting *m)
{
	struct state_item row = agreed_row(m);

	row.base_local = m->item.base_local;
	put_row(m, &row, false);
	return true;
}

/* An edit is in the way: what the server holds is noted, the file stays. */
static bool leave(struct meeting *m, enum plan_side there)
{
	struct state_item row = agreed_row(m);

	row.uid = m->known ? m->item.uid : row.uid;
	row.base_local = m->item.base_local;
	row.has_base = m->known && m->item.has_base;
	row.behind = m->item.behind || there == PLAN_CHANGED;
	if (!m->known) {
		row.name = m->file.name;
		row.stat = m->file.stat;
	}
	put_row(m, &row, false);
	return true;
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

static bool stage(struct meeting *m, const char *name, const struct vdir_stat *expect,
	struct err *e)
{
	const struct vdir_change change = {.name = name,
		.body = m->body,
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
	struct pending q = {.kind = PENDING_CREATE, .item = agreed_row(m)};

	if (t.failed) {
		*e = t.err;
		return false;
	}
	/* A file that was removed here comes back under its own name. */
	q.item.name = m->known ? m->item.name : name;
	q.agrees = m->known;
	if (!stage(m, q.item.name, NULL, e))
		return false;
	pendings_add(&p->pending, &q);
	return true;
}

static bool replace(struct meeting *m, struct err *e)
{
	struct pending q = {.kind = PENDING_REPLACE, .item = agreed_row(m)};

	q.item.name = m->item.name;
	if (!stage(m, q.item.name, &m->item.stat, e))
		return false;
	pendings_add(&m->pass->pending, &q);
	return true;
}

static bool carry_out(struct meeting *m, struct err *e)
{
	struct pass *p = m->pass;
	const bool is_it = file_is_it(m);
	const enum plan_side there = there_side(m);
	const struct plan_step step =
		plan_decide(p->o.direction, base_of(m), here_side(m), there);

	if (is_it)
		return adopt(m);
	p->told += step.told && !plan_waits(step.action);
	pass_tell(p, plan_verb(step.action), m->body, m->arrival->segment);
	if (plan_waits(step.action))
		return leave(m, there);
	if (step.action == PLAN_CREATE_HERE)
		return create(m, e);
	if (step.action == PLAN_REPLACE_HERE)
		return replace(m, e);
	return relabel(m);
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
	return find_file(m, e) && carry_out(m, e);
}

bool pass_apply(struct pass *p, const struct arrival *a, struct err *e)
{
	SCOPED(meeting) m = {.pass = p, .arrival = a};

	buf_reset(&p->body);
	body_normal(a->body, &p->body);
	m.body = buf_view(&p->body);
	const enum cal_fault fault = cal_scan(m.body, &p->scan);
	if (fault != CAL_OK) {
		pass_quarantine(p, a, cal_fault_text(fault), 0);
		return true;
	}
	if (p->scan.kind != CAL_EVENT) {
		leave_out(p, a);
		return true;
	}
	m.digest = digest_of(m.body);
	return meet(&m, e);
}
