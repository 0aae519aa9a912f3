#include <config.h>

#include <string.h>

#include "base/text.h"
#include "cal/mend.h"
#include "dav/multistatus.h"
#include "dav/request.h"
#include "sync/pass_impl.h"
#include "sync/step.h"

/* The one place that every request that writes passes. */
static bool may_write(const struct pass *p)
{
	return p->o.direction == PLAN_BOTH && p->o.both && p->o.listed->writable &&
	       !p->o.dry_run && p->sends.open;
}

static bool on_body(void *ctx, const struct dav_reply *head, struct str bytes,
	struct err *e)
{
	struct send_slot *slot = ctx;

	(void)head;
	(void)e;
	buf_add(&slot->answer, bytes); /* what is beyond the ceiling says no more */
	return true;
}

struct inside {
	int worst;
};

static bool note_status(void *ctx, const struct dav_response *r, struct err *e)
{
	struct inside *in = ctx;
	const int status = r->status ? r->status : r->failed;

	(void)e;
	if (status >= 300 && !in->worst)
		in->worst = status;
	return true;
}

/* Xandikos answers 207 to a PUT that failed, with the status inside. */
static int status_inside(struct str answer)
{
	struct inside in = {0};
	const struct multistatus_sink sink = {&in, note_status};
	struct multistatus_end end = {0};
	AUTO(multistatus) *m = multistatus_new(&sink);
	const bool ok =
		multistatus_feed(m, answer, NULL) && multistatus_finish(m, &end, NULL);

	multistatus_end_clear(&end);
	if (in.worst)
		return in.worst;
	return ok ? 204 : 500;
}

static void stop(struct pass *p, const struct dav_reply *reply, enum err_code code)
{
	struct sends *list = &p->sends;

	if (list->stopped)
		return;
	list->stopped = true;
	(void)dav_reply_error(reply, "send changes", &list->stop_err);
	if (code != ERR_NONE)
		list->stop_err.code = code;
	p->stops_account = pass_ends_account(&list->stop_err);
	p->diagnosis = diagnose_reply(reply, p->o.gate->provider, false);
}

/* A refusal of this item tells a precondition; one for want of rights names the rights,
 * or comes without XML. */
static bool is_denial(struct str body)
{
	return str_find(body, STR("need-privileges")) != STR_NONE ||
	       str_find(body, STR("xml")) == STR_NONE;
}

static enum send_state judge_refusal(struct pass *p, struct send *s,
	const struct dav_reply *reply, int status)
{
	if (status == 401) {
		stop(p, reply, ERR_NONE);
		return SEND_STOPPED;
	}
	if (status == 429 || status == 503) {
		stop(p, reply, ERR_BUSY);
		return SEND_STOPPED;
	}
	if (status == 507) {
		stop(p, reply, ERR_UNAVAILABLE);
		return SEND_STOPPED;
	}
	if (status == 412)
		return SEND_AGAIN;
	if ((status == 404 || status == 410) && s->op == INTENT_REMOVE)
		return SEND_DONE;
	if (status == 403 && is_denial(reply->error_body)) {
		p->sends.denials++;
		return SEND_DENIED;
	}
	if (status >= 500 && status != 501 && status != 505)
		return SEND_UNSURE;
	return status == 423 ? SEND_UNSURE : SEND_REFUSED;
}

static enum send_state judge(struct pass *p, struct send_slot *slot,
	const struct dav_reply *reply)
{
	const struct str answer = buf_view(&slot->answer);
	struct send *s = slot->send;

	if (reply->failure != DAV_ANSWERED) {
		stop(p, reply, ERR_NONE);
		return SEND_UNSURE;
	}
	s->status = reply->status == 207 ? status_inside(answer) : reply->status;
	if (s->status < 200 || s->status >= 300)
		return judge_refusal(p, s, reply, s->status);
	/* PHP calls also an empty answer text/html. */
	if (answer.len && dav_is_web_page(answer, reply->content_type)) {
		/* A hotel's sign-in page answers everything. */
		stop(p, reply, ERR_NETWORK);
		return SEND_UNSURE;
	}
	return SEND_DONE;
}

static void start(struct pass *p, struct send_slot *slot);

/* What may be tried once more at once, in another form. */
static bool try_otherwise(struct pass *p, struct send_slot *slot, int status)
{
	struct send *s = slot->send;
	const bool gone = status == 404 || status == 410;

	if (s->op == INTENT_REMOVE || p->sends.stopped)
		return false;
	/* iCloud says 404, Cyrus 403, to an event without an end. */
	if ((status == 404 || status == 403 || status == 400) && !s->has_end &&
		!s->mended.len && cal_mend_end(buf_view(&s->body), &s->mended)) {
		start(p, slot);
		return true;
	}
	if (gone && s->op == INTENT_REPLACE && !s->create_anew) {
		s->create_anew = true;
		p->told_again++;
		start(p, slot);
		return true;
	}
	return false;
}

static void on_done(void *ctx, const struct dav_reply *reply)
{
	struct send_slot *slot = ctx;
	struct pass *p = slot->pass;
	struct send *s = slot->send;

	step_done("answered");
	slot->exchange = NULL;
	s->state = judge(p, slot, reply);
	const bool refused = s->state == SEND_REFUSED || s->state == SEND_DENIED;
	if (refused && try_otherwise(p, slot, s->status)) {
		s->state = SEND_IN_FLIGHT;
		return;
	}
	p->sends.active--;
	p->sends.done += s->state == SEND_DONE;
	p->handled++;
	send_pump(p);
}

static void start(struct pass *p, struct send_slot *slot)
{
	const struct dav_sink sink = {.ctx = slot, .body = on_body, .done = on_done};
	struct send *s = slot->send;
	const struct uri at = {.origin = p->o.uri->origin, .path = s->href};
	const bool fresh = s->op == INTENT_CREATE || s->create_anew;
	const struct str body = buf_view(s->mended.len ? &s->mended : &s->body);
	struct dav_request request = {0};

	buf_clear(&slot->answer);
	slot->answer = buf_with_max(DAV_BODY_ANSWER);
	if (s->op == INTENT_REMOVE)
		dav_remove(&request, &at, s->item.etag);
	else
		dav_put(&request, &at, body, fresh ? NULL : s->item.etag);
	if (!fresh && !dav_tag_is_strong(s->item.etag))
		log_line(p->o.log, LOG_INFO,
			"sync: sent without a condition, the server's tag is weak");
	slot->exchange = transport_start(p->o.transport, &request, &sink);
	step_done("sent");
}

static struct send_slot *free_slot(struct pass *p)
{
	for (size_t i = 0; i < SENDS_MAX; i++)
		if (!p->sends.slots[i].exchange)
			return &p->sends.slots[i];
	return NULL;
}

static struct send *next_send(struct sends *list)
{
	while (list->next < list->end) {
		struct send *s = &list->items[list->next++];
		if (s->state == SEND_WAITING)
			return s;
	}
	return NULL;
}

static bool denied_for_good(const struct sends *list)
{
	return list->denials >= DENIALS_MAX && !list->done;
}

void send_pump(struct pass *p)
{
	struct sends *list = &p->sends;

	while (list->active < SENDS_MAX && !list->stopped) {
		struct send_slot *slot = free_slot(p);
		struct send *s = next_send(list);
		if (!s || !slot)
			break;
		if (!may_write(p) || denied_for_good(list)) {
			s->state = SEND_DENIED;
			continue;
		}
		s->state = SEND_IN_FLIGHT;
		slot->pass = p;
		slot->send = s;
		list->active++;
		start(p, slot);
	}
	if (!list->active)
		send_group_over(p);
}

void send_cancel(struct pass *p)
{
	struct sends *list = &p->sends;

	for (size_t i = 0; i < SENDS_MAX; i++) {
		struct send_slot *slot = &list->slots[i];
		if (!slot->exchange)
			continue;
		exchange_cancel(p->o.transport, slot->exchange);
		slot->exchange = NULL;
		slot->send->state = SEND_UNSURE;
	}
	list->active = 0;
}
