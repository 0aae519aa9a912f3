#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "sync/pass_impl.h"
#include "sync/step.h"

#define SINGLY 4 /* so few are checked by one GET each */

static const char *own(char **at, const char *text)
{
	const size_t size = strlen(text) + 1;
	char *start = *at;

	memcpy(start, text, size);
	*at += size;
	return start;
}

static void take_missing(void *ctx, const struct state_item *i)
{
	struct pass *p = ctx;
	const size_t size = strlen(i->uid) + strlen(i->segment) + strlen(i->href) +
	                    strlen(i->name) + 4;
	char *at = xmalloc(size);

	p->gone = xgrow(p->gone, p->n_gone, &p->cap_gone, sizeof(*p->gone));
	struct missing *m = &p->gone[p->n_gone++];
	*m = (struct missing){.item = *i};
	m->item.owned = at;
	m->item.uid = own(&at, i->uid);
	m->item.segment = own(&at, i->segment);
	m->item.href = own(&at, i->href);
	m->item.name = own(&at, i->name);
	m->item.etag = "";
}

static void add_to_code(void *ctx, const struct state_item *i)
{
	guard_code_add(ctx, str_of(i->uid));
}

static bool name_the_set(struct pass *p, struct err *e)
{
	struct guard_code code = guard_code_start(str_of(p->cal.key));

	if (!there_missing(p->o.state, p->cal.id, p->complete, "", SIZE_MAX / 2,
		    add_to_code, &code, e))
		return false;
	guard_code_text(&code, p->guard_code);
	return true;
}

static struct guard_input input_of(const struct pass *p, int64_t deletions)
{
	const struct there_counts *c = &p->counts;
	const bool allowed = p->cal.approved && p->cal.approved_until > pass_now(p);

	return (struct guard_input){
		.base = c->known,
		.deletions = deletions,
		.complete = p->complete,
		.left = c->common,
		.changed = c->common - c->same,
		.strangers = c->present - c->common,
		.code = p->guard_code,
		.approved = allowed ? p->cal.approved : NULL,
	};
}

static void hold(struct pass *p)
{
	p->o.result->held = p->n_gone;
	p->unfinished = true;
	for (size_t i = 0; i < p->n_gone; i++)
		pass_tell(p, "hold", STR(""), p->gone[i].item.name);
	pass_send(p);
}

/* Few by one GET each, many by a multiget and GETs for those it leaves out. */
bool gone_next(struct pass *p, struct wants *out)
{
	const size_t slice = p->to_check <= SINGLY ? 1 : (size_t)p->cal.batch;

	while (p->checked < p->to_check && out->count < slice) {
		const struct state_item *i = &p->gone[p->checked++].item;
		wants_add(out, &(struct there){.segment = i->segment,
				       .href = i->href,
				       .etag = i->etag});
	}
	return out->count > 0;
}

static int by_segment(const void *key, const void *missing)
{
	return strcmp(key, ((const struct missing *)missing)->item.segment);
}

void gone_settle(struct pass *p, struct want *w, bool confirmed)
{
	struct missing *m =
		bsearch(w->segment, p->gone, p->to_check, sizeof(*p->gone), by_segment);

	w->done = true;
	if (!m)
		return;
	m->confirmed = confirmed;
	m->survived = !confirmed;
}

static size_t survivors(const struct pass *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->to_check; i++)
		n += p->gone[i].survived;
	return n;
}

static bool remove_file(struct pass *p, const struct missing *m, struct err *e)
{
	const struct pending q = {.kind = PENDING_REMOVE, .item = m->item};

	if (!p->o.dry_run &&
		!vdir_stage_removal(p->o.vdir, m->item.name, &m->item.stat, e))
		return false;
	step_done("staged");
	pendings_add(&p->pending, &q);
	return true;
}

/* What is forgotten and still has a file is, from now on, a new file of this side. */
static void forget(struct pass *p, const struct missing *m, bool agrees)
{
	const struct pending q = {.kind = PENDING_FORGET,
		.item = m->item,
		.agrees = agrees};

	pendings_add(&p->pending, &q);
}

static bool carry_out(struct pass *p, const struct missing *m, struct err *e)
{
	struct here file;
	AUTO_FREE char *name = NULL;
	bool differs = false;

	if (!here_find(p->o.state, m->item.uid, &file, &name, &differs, e))
		return false;
	const enum plan_side here = !differs                 ? PLAN_SAME
	                            : file.kind == HERE_GONE ? PLAN_ABSENT
	                                                     : PLAN_CHANGED;
	const struct plan_step step =
		plan_decide(p->o.direction, PLAN_BASE_AGREED, here, PLAN_ABSENT);
	if (step.action != PLAN_CREATE_THERE) /* told when it is sent */
		pass_tell(p, plan_verb(step.action), STR(""), m->item.name);
	if (step.action == PLAN_REMOVE_HERE)
		return remove_file(p, m, e);
	p->told_again += step.action == PLAN_CREATE_THERE;
	forget(p, m, step.action == PLAN_FORGET);
	return true;
}

static bool delete_confirmed(struct pass *p, struct err *e)
{
	for (size_t i = 0; i < p->to_check; i++) {
		const struct missing *m = &p->gone[i];
		if (!m->confirmed) {
			p->unfinished = true;
			continue;
		}
		if (!carry_out(p, m, e) || !pass_commit_if_full(p, e))
			return false;
	}
	return pass_commit(p, e);
}

void gone_over(struct pass *p)
{
	struct err e = {0};
	const size_t left = survivors(p);

	if (left && p->complete) {
		log_line(p->o.log, LOG_INFO,
			"sync: the server's list is incomplete calendar=%s missing=%zu",
			safe(str_of(p->o.listed->path)).text, left);
		p->guard = GUARD_FREE;
		p->unfinished = true;
		pass_send(p);
		return;
	}
	if (!guard_passes(p->guard)) {
		hold(p);
		return;
	}
	if (delete_confirmed(p, &e))
		pass_send(p);
	else
		pass_fail(p, &e);
}

/* Counts and names the set, and judges it. *count 0: nothing to do. */
static bool weigh(struct pass *p, int64_t *count, struct err *e)
{
	if (!there_count_missing(p->o.state, p->cal.id, p->complete, count, e))
		return false;
	if (!*count)
		return true;
	if (!name_the_set(p, e) || !there_missing(p->o.state, p->cal.id, p->complete,
					   "", SIZE_MAX / 2, take_missing, p, e))
		return false;
	const struct guard_input in = input_of(p, *count);
	p->guard = guard_judge(&in);
	return true;
}

void pass_check_gone(struct pass *p)
{
	struct err e = {0};
	int64_t count = 0;

	if (p->listed && !weigh(p, &count, &e)) {
		pass_fail(p, &e);
		return;
	}
	if (!count) {
		pass_send(p);
		return;
	}
	if (p->guard == GUARD_EMPTY || p->guard == GUARD_STRANGER) {
		hold(p);
		return;
	}
	/* So many will be held anyway: a few tell whether the list was complete. */
	p->to_check = (size_t)count;
	if (!guard_passes(p->guard) && p->to_check > SAMPLE)
		p->to_check = SAMPLE;
	p->checking = true;
	p->exhausted = false;
	slots_pump(p);
}
