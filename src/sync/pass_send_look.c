#include <config.h>

#include <string.h>

#include "base/mem.h"
#include "sync/pass_impl.h"
#include "sync/step.h"

static bool needs_look(const struct send *s)
{
	const bool put = s->op != INTENT_REMOVE;

	return (s->state == SEND_DONE && put) || s->state == SEND_AGAIN ||
	       s->state == SEND_UNSURE;
}

/* Not listed again: only what was sent is fetched. */
static bool force_looks(struct pass *p, size_t *count, struct err *e)
{
	if (!there_settled(p->o.state, e))
		return false;
	for (size_t i = 0; i < p->sends.count; i++) {
		const struct send *s = &p->sends.items[i];
		if (!needs_look(s))
			continue;
		++*count;
		if (!there_force(p->o.state, s->segment, s->href, e))
			return false;
	}
	return true;
}

void send_look(struct pass *p)
{
	struct err e = {0};
	size_t count = 0;

	if (p->sends.stopped) {
		pass_fail(p, &p->sends.stop_err);
		return;
	}
	if (p->sends.any && !force_looks(p, &count, &e)) {
		pass_fail(p, &e);
		return;
	}
	if (!count) {
		pass_end(p);
		return;
	}
	p->looking = true;
	p->checking = false;
	pass_fetch(p);
}

void send_missing(struct pass *p, const char *segment)
{
	for (size_t i = 0; i < p->sends.count; i++) {
		struct send *s = &p->sends.items[i];
		if (s->segment && !strcmp(s->segment, segment))
			s->missing = true;
	}
}

/* 412, and it is not there: deleted in between. An edit is then a new object. */
static bool forget_missing(struct pass *p, const struct send *s, struct err *e)
{
	if (!s->missing || s->state != SEND_AGAIN || !s->item.id)
		return true;
	if (s->op == INTENT_REMOVE && !here_drop(p->o.state, s->file.uid, e))
		return false;
	p->told_again += s->op == INTENT_REPLACE;
	return state_item_forget(p->o.state, s->item.id, e);
}

/* After a second refusal: somebody else is at it right now, or the server has the event
 * in another calendar (iCloud takes a UID once for an account). */
static bool give_up(struct pass *p, const struct send *s, struct err *e)
{
	if (s->op != INTENT_CREATE) {
		p->unsent++;
		return true;
	}
	if (p->o.another_round) {
		p->elsewhere = true;
		return true;
	}
	return here_refuse(p->o.state, s->file.uid,
		"the server has the same event in another place (412)", e);
}

/* What is not settled by looking, and is still a difference. */
static bool take_stock(struct pass *p, const struct send *s, bool *again, struct err *e)
{
	struct here h;
	AUTO_FREE char *name = NULL;
	bool found = false;

	if (s->state != SEND_AGAIN && s->state != SEND_UNSURE)
		return true;
	if (!forget_missing(p, s, e) ||
		!here_find(p->o.state, s->file.uid, &h, &name, &found, e))
		return false;
	if (!found || h.kind == HERE_REFUSED)
		return true;
	if (s->state == SEND_UNSURE) {
		p->unsent++;
		return true;
	}
	if (p->sends.round)
		return give_up(p, s, e);
	*again = true;
	return true;
}

static bool settle_looks(struct pass *p, bool *again, struct err *e)
{
	bool ok = true;

	if (!state_begin(p->o.state, e))
		return false;
	for (size_t i = 0; ok && i < p->sends.count; i++)
		ok = take_stock(p, &p->sends.items[i], again, e);
	ok = ok && state_intents_clear(p->o.state, p->cal.id, e) &&
	     state_commit(p->o.state, e);
	if (!ok)
		state_rollback(p->o.state);
	step_done("looked");
	return ok;
}

/* Only those that were refused by 412, as they look now. */
static bool plan_again(struct pass *p, struct err *e)
{
	struct sends before = p->sends;
	bool ok = true;

	p->sends = (struct sends){.round = 1, .any = true};
	for (size_t i = 0; ok && i < before.count; i++) {
		struct here h;
		AUTO_FREE char *name = NULL;
		bool found = false;
		if (before.items[i].state != SEND_AGAIN)
			continue;
		ok = here_find(p->o.state, before.items[i].file.uid, &h, &name, &found,
			e);
		if (ok && found && h.kind != HERE_REFUSED)
			ok = send_collect(&p->sends, &h, e);
	}
	sends_clear(&before);
	return ok && send_complete(p, e);
}

void send_looked(struct pass *p)
{
	struct err e = {0};
	bool again = false;

	p->looking = false;
	if (!settle_looks(p, &again, &e) || (again && !plan_again(p, &e))) {
		pass_fail(p, &e);
		return;
	}
	if (again)
		send_groups(p);
	else
		pass_end(p);
}
