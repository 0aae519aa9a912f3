#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sync/body.h"
#include "sync/pass_impl.h"
#include "sync/step.h"

static void send_clear(struct send *s)
{
	state_item_clear(&s->item);
	free(s->owned);
	free(s->segment);
	free(s->href);
	buf_clear(&s->body);
	buf_clear(&s->mended);
}

void sends_clear(struct sends *s)
{
	for (size_t i = 0; i < s->count; i++)
		send_clear(&s->items[i]);
	free(s->items);
	for (size_t i = 0; i < SENDS_MAX; i++)
		buf_clear(&s->slots[i].answer);
	s->items = NULL;
	s->count = s->cap = s->begin = s->end = s->next = 0;
}

bool send_collect(void *ctx, const struct here *h, struct err *e)
{
	struct sends *list = ctx;
	const size_t uid = strlen(h->uid) + 1;
	const size_t name = strlen(h->name) + 1;

	(void)e;
	list->items = xgrow(list->items, list->count, &list->cap, sizeof(*list->items));
	struct send *s = &list->items[list->count++];
	*s = (struct send){.file = *h, .owned = xmalloc(uid + name)};
	s->body = s->mended = buf_with_max(0);
	memcpy(s->owned, h->uid, uid);
	memcpy(s->owned + uid, h->name, name);
	s->file.uid = s->owned;
	s->file.name = s->owned + uid;
	s->file.reason = "";
	return true;
}

/* A name every server takes: iCloud refuses most characters, and "@" comes back in two
 * forms. */
static bool name_is_plain(struct str uid)
{
	if (!uid.len || uid.len > 100 || !ascii_is_alnum(uid.ptr[0]))
		return false;
	for (size_t i = 0; i < uid.len; i++) {
		const char c = uid.ptr[i];
		if (!ascii_is_alnum(c) && c != '-' && c != '_' && c != '.')
			return false;
	}
	return !str_ends(uid, STR("."));
}

/* Always the same for one UID, so that a second attempt meets the first. */
static char *hashed_name(struct str uid)
{
	const struct digest d = digest_of(uid);
	char hex[33];

	digest_hex(&d, 16, hex);
	return xasprintf("%.8s-%.4s-%.4s-%.4s-%.12s.ics", hex, hex + 8, hex + 12,
		hex + 16, hex + 20);
}

static bool name_for_server(struct pass *p, const char *uid, char **segment,
	struct err *e)
{
	const struct str text = str_of(uid);
	bool taken = false;

	*segment = name_is_plain(text) ? xasprintf("%s.ics", uid) : hashed_name(text);
	if (!state_segment_taken(p->o.state, p->cal.id, *segment, &taken, e))
		return false;
	if (!taken)
		return true;
	AUTO_FREE char *other = xasprintf("%s\n%s", uid, p->cal.key);
	free(*segment);
	*segment = hashed_name(str_of(other));
	return true;
}

/* What to do with one difference; SEND_SKIPPED: nothing now. */
static bool complete(struct pass *p, struct send *s, struct err *e)
{
	bool known = false;

	if (!state_item_by_uid(p->o.state, p->cal.id, s->file.uid, &s->item, &known, e))
		return false;
	if (known) {
		s->op = s->file.kind == HERE_GONE ? INTENT_REMOVE : INTENT_REPLACE;
		s->segment = xstrdup(s->item.segment);
		s->href = xstrdup(s->item.href);
		if (s->item.behind)
			s->state = SEND_SKIPPED;
		return true;
	}
	s->op = INTENT_CREATE;
	if (s->file.kind == HERE_GONE) {
		s->state = SEND_SKIPPED;
		return true;
	}
	if (!name_for_server(p, s->file.uid, &s->segment, e))
		return false;
	AUTO_FREE char *escaped = href_segment(str_of(s->segment));
	s->href = xasprintf("%s%s", p->o.uri->path, escaped);
	return true;
}

bool send_complete(struct pass *p, struct err *e)
{
	for (size_t i = 0; i < p->sends.count; i++) {
		struct send *s = &p->sends.items[i];
		if (!complete(p, s, e))
			return false;
		if (s->op != INTENT_REMOVE || !p->o.removals_later)
			continue;
		p->removals_left |= s->state == SEND_WAITING;
		s->state = SEND_SKIPPED;
	}
	return true;
}

static bool has_people(struct pass *p, const struct send *s, int64_t *count,
	struct err *e)
{
	SCOPED(buf) body = buf_with_max(0);
	bool found = false;

	if (!state_body_get(p->o.state, s->item.id, &body, &found, e))
		return false;
	*count += found && cal_scan(buf_view(&body), &p->scan) == CAL_OK &&
	          p->scan.has_attendee;
	return true;
}

/* Counts and names the set, which is in order of file names. */
static bool weigh(struct pass *p, int64_t *removals, int64_t *invited, struct err *e)
{
	AUTO_FREE char *key = xasprintf("%s there", p->cal.key);
	struct guard_code code = guard_code_start(str_of(key));

	for (size_t i = 0; i < p->sends.count; i++) {
		const struct send *s = &p->sends.items[i];
		if (s->op != INTENT_REMOVE || s->state != SEND_WAITING)
			continue;
		++*removals;
		guard_code_add(&code, str_of(s->file.uid));
		if (!has_people(p, s, invited, e))
			return false;
	}
	guard_code_text(&code, p->guard_there_code);
	return true;
}

static void hold(struct pass *p)
{
	for (size_t i = 0; i < p->sends.count; i++) {
		struct send *s = &p->sends.items[i];
		if (s->op != INTENT_REMOVE || s->state != SEND_WAITING)
			continue;
		s->state = SEND_SKIPPED;
		p->held_there++;
		pass_tell(p, "hold", STR(""), s->file.name);
	}
}

static bool guard(struct pass *p, struct err *e)
{
	const struct state_calendar *c = &p->cal;
	int64_t removals = 0;
	int64_t invited = 0;
	int64_t fresh = 0;

	if (!weigh(p, &removals, &invited, e) ||
		!here_count(p->o.state, HERE_NEW, &fresh, e))
		return false;
	const struct guard_input in = {
		.base = p->base,
		.deletions = removals,
		.complete = true,
		.left = p->base - removals,
		.strangers = fresh,
		.invited = invited,
		.to_server = true,
		.code = p->guard_there_code,
		.approved = c->there_until > pass_now(p) ? c->there_approved : NULL,
	};
	p->guard_there = guard_judge(&in);
	if (!guard_passes(p->guard_there))
		hold(p);
	return true;
}

static bool plan(struct pass *p, struct err *e)
{
	struct state *s = p->o.state;

	return here_each(s, HERE_NEW, send_collect, &p->sends, e) &&
	       here_each(s, HERE_EDITED, send_collect, &p->sends, e) &&
	       here_each(s, HERE_GONE, send_collect, &p->sends, e) &&
	       send_complete(p, e) && guard(p, e);
}

/* Must the deletion wait, because the same event under way to another calendar, or the
 * one that took over its file, is not on the server yet? */
static bool must_wait(struct pass *p, const struct send *s, bool *wait, struct err *e)
{
	if (!here_has_file(p->o.state, s->file.name, wait, e))
		return false;
	return *wait ||
	       state_quarantine_elsewhere(p->o.state, p->cal.id, s->file.uid, wait, e);
}

/* What is deleted on the server stays in the trash here. */
static bool prepare_removal(struct pass *p, struct send *s, struct err *e)
{
	SCOPED(buf) body = buf_with_max(0);
	bool found = false;
	bool wait = false;

	if (!must_wait(p, s, &wait, e) ||
		!state_body_get(p->o.state, s->item.id, &body, &found, e))
		return false;
	if (wait || !found) {
		s->state = SEND_SKIPPED;
		return true;
	}
	pass_tell(p, plan_verb(PLAN_REMOVE_THERE), buf_view(&body), s->file.name);
	if (p->o.dry_run) {
		p->o.result->sent_removed++;
		return true;
	}
	if (!vdir_keep(p->o.vdir, p->o.run, s->file.name, buf_view(&body), e))
		return false;
	step_done("kept");
	return true;
}

static bool tell_put(struct pass *p, const struct send *s, struct err *e)
{
	SCOPED(buf) before = buf_with_max(0);
	bool found = false;

	if (!p->o.planned)
		return true;
	if (s->item.id && !state_body_get(p->o.state, s->item.id, &before, &found, e))
		return false;
	if (found)
		pass_tell_change(p, plan_verb(PLAN_REPLACE_THERE), buf_view(&before),
			buf_view(&s->body));
	else
		pass_tell(p, plan_verb(PLAN_CREATE_THERE), buf_view(&s->body),
			s->file.name);
	return true;
}

/* The very bytes the scan saw, or nothing. */
static bool prepare_put(struct pass *p, struct send *s, struct err *e)
{
	SCOPED(buf) raw = buf_with_max(0);
	struct vdir_stat stat;

	if (!p->o.vdir ||
		!vdir_read(p->o.vdir, s->file.name, CAL_BYTES_MAX, &raw, &stat, NULL) ||
		!vdir_stat_equal(&stat, &s->file.stat) ||
		cal_scan(buf_view(&raw), &p->scan) != CAL_OK ||
		strcmp(p->scan.uid, s->file.uid) != 0) {
		s->state = SEND_SKIPPED;
		return true;
	}
	s->has_end = p->scan.has_end;
	body_normal(buf_view(&raw), &s->body);
	if (p->o.dry_run) {
		p->o.result->sent_new += s->op == INTENT_CREATE;
		p->o.result->sent_changed += s->op == INTENT_REPLACE;
	}
	return tell_put(p, s, e);
}

static bool prepare(struct pass *p, struct send *s, struct err *e)
{
	if (s->op == INTENT_REMOVE)
		return prepare_removal(p, s, e);
	return prepare_put(p, s, e);
}

static bool announce_one(struct pass *p, const struct send *s, struct err *e)
{
	const struct str body = buf_view(&s->body);
	const struct intent i = {
		.op = s->op,
		.uid = s->file.uid,
		.segment = s->segment,
		.href = s->href,
		.name = s->file.name,
		.condition = s->op == INTENT_CREATE ? "*" : s->item.etag,
		.base = s->item.base_remote,
		.sent = digest_of(body),
		.bytes = body,
	};

	return state_intent_put(p->o.state, p->cal.id, &i, e);
}

static bool announce(struct pass *p, size_t *waiting, struct err *e)
{
	struct sends *list = &p->sends;
	bool ok = true;

	if (!state_begin(p->o.state, e))
		return false;
	for (size_t i = list->begin; ok && i < list->end; i++) {
		if (list->items[i].state != SEND_WAITING)
			continue;
		++*waiting;
		ok = announce_one(p, &list->items[i], e);
	}
	ok = ok && state_commit(p->o.state, e);
	if (!ok)
		state_rollback(p->o.state);
	step_done("announced");
	return ok;
}

/* Deletions are apart, behind everything that is put. */
static bool next_group(struct pass *p, struct err *e)
{
	struct sends *list = &p->sends;
	const bool puts = list->items[list->end].op != INTENT_REMOVE;

	list->begin = list->end;
	while (list->end < list->count && list->end - list->begin < SEND_GROUP) {
		struct send *s = &list->items[list->end];
		if ((s->op != INTENT_REMOVE) != puts)
			break;
		if (s->state == SEND_WAITING && !prepare(p, s, e))
			return false;
		list->end++;
	}
	list->next = list->begin;
	return true;
}

/* Group by group; comes back from the last answer of each. */
void send_groups(struct pass *p)
{
	struct sends *list = &p->sends;
	struct err e = {0};

	while (list->end < list->count && !list->stopped) {
		size_t waiting = 0;
		if (!next_group(p, &e)) {
			pass_fail(p, &e);
			return;
		}
		if (p->o.dry_run)
			continue;
		if (!announce(p, &waiting, &e)) {
			pass_fail(p, &e);
			return;
		}
		if (!waiting)
			continue;
		list->open = list->any = true;
		p->total += waiting;
		send_pump(p);
		return;
	}
	send_look(p);
}

void send_group_over(struct pass *p)
{
	struct err e = {0};

	if (!send_write(p, &e)) {
		pass_fail(p, &e);
		return;
	}
	pass_progress(p, PROGRESS_RUNNING);
	send_groups(p);
}

bool send_settle(struct pass *p, struct err *e)
{
	if (!p->sends.open)
		return true;
	send_cancel(p);
	return send_write(p, e);
}

/* Everything that was on its way has been looked at by now. */
static bool forget_intents(struct pass *p, struct err *e)
{
	if (!p->open_intents || p->o.dry_run)
		return true;
	p->open_intents = false;
	return state_intents_clear(p->o.state, p->cal.id, e);
}

void pass_send(struct pass *p)
{
	struct err e = {0};
	bool ok = forget_intents(p, &e);

	if (ok && p->o.direction == PLAN_READ_ONLY)
		ok = send_restore_all(p, &e);
	else if (ok && p->o.direction == PLAN_BOTH)
		ok = plan(p, &e);
	if (!ok) {
		pass_fail(p, &e);
		return;
	}
	send_groups(p);
}
