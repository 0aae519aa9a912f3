#include <config.h>

#include <string.h>

#include "base/mem.h"
#include "cal/merge.h"
#include "sync/body.h"
#include "sync/pass_meet.h"
#include "sync/step.h"

/* The file stays an edit; the server's version is what it is compared with from now on,
 * so that it is sent with the tag of what was just seen. */
static void keep_edit(struct meeting *m)
{
	struct pending q = {.kind = PENDING_ROW, .item = meet_agreed(m)};

	q.item.name = m->file.name;
	q.item.stat = (struct vdir_stat){0};
	meet_add(m, &q);
}

/* Both versions stay: the server's in place, the one of here beside it. */
static bool keep_both(struct meeting *m, struct err *e)
{
	AUTO_FREE char *kept = NULL;
	struct pass *p = m->pass;

	p->told_clash++;
	if (!p->o.dry_run) {
		if (!vdir_keep_lost(p->o.vdir, m->file.name, buf_view(&m->local), &kept,
			    e))
			return false;
		step_done("kept");
	}
	return meet_overrule(m, kept, e);
}

/* The server's version goes to the trash, the file is sent. */
static bool file_wins(struct meeting *m, struct err *e)
{
	struct pass *p = m->pass;

	p->told_clash++;
	if (!p->o.dry_run) {
		if (!vdir_keep(p->o.vdir, p->o.run, m->file.name, m->body, e))
			return false;
		step_done("kept");
	}
	keep_edit(m);
	return true;
}

static bool write_joined(struct meeting *m, struct str joined, const char *lost,
	struct err *e)
{
	struct pending q = {.kind = PENDING_REPLACE,
		.item = meet_agreed(m),
		.edited = true,
		.file = body_digest(joined),
		.lost = lost};

	if (body_same_meaning(joined, m->body))
		return meet_overrule(m, lost, e);
	q.item.name = m->file.name;
	if (!meet_stage(m, q.item.name, joined, &m->file.stat, e))
		return false;
	meet_add(m, &q);
	return true;
}

static bool settle_clash(struct meeting *m, struct str joined, struct err *e)
{
	AUTO_FREE char *kept = NULL;
	struct pass *p = m->pass;

	switch (p->o.conflict) {
	case CONFLICT_SERVER:
		p->told_clash++;
		return meet_overrule(m, NULL, e);
	case CONFLICT_LOCAL:
		return file_wins(m, e);
	case CONFLICT_MERGE:
		break;
	}
	p->told_clash++;
	if (!p->o.dry_run) {
		if (!vdir_keep_lost(p->o.vdir, m->file.name, buf_view(&m->local), &kept,
			    e))
			return false;
		step_done("kept");
	}
	return write_joined(m, joined, kept, e);
}

static bool without_merge(struct meeting *m, struct err *e)
{
	if (m->base.len && m->pass->o.conflict != CONFLICT_MERGE)
		return settle_clash(m, STR(""), e);
	return keep_both(m, e);
}

/* Somebody is writing the file right now: another run finds it finished. */
static bool not_now(struct meeting *m)
{
	m->pass->left_alone++;
	m->pass->unfinished = true;
	return true;
}

bool pass_clash(struct meeting *m, struct err *e)
{
	SCOPED(buf) out = buf_with_max(0);
	SCOPED(buf) here = buf_with_max(0);
	struct merge_report report;
	bool found = false;

	if (!meet_read_here(m))
		return not_now(m);
	/* The base of what is behind was not needed until now. */
	if (!m->base.len && m->item.id && m->item.has_base &&
		!state_body_get(m->pass->o.state, m->item.id, &m->base, &found, e))
		return false;
	body_normal(buf_view(&m->local), &here);
	switch (cal_merge(buf_view(&m->base), buf_view(&here), m->body, &out,
		&report)) {
	case MERGE_SAME:
		meet_adopt(m);
		return true;
	case MERGE_HERE:
		keep_edit(m);
		return true;
	case MERGE_THERE:
		return meet_overrule(m, NULL, e);
	case MERGE_DONE:
		return write_joined(m, buf_view(&out), NULL, e);
	case MERGE_CLASH:
		return settle_clash(m, buf_view(&out), e);
	case MERGE_IMPOSSIBLE:
		break;
	}
	return without_merge(m, e);
}
