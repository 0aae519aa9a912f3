#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "dav/request.h"
#include "sync/pass_impl.h"

#define FAILURES_MAX 12

/* How an answer that is no good is to be taken. */
enum verdict { STOP, SMALLER, ABSENT };

void wants_clear(struct wants *w)
{
	for (size_t i = 0; i < w->count; i++) {
		free(w->items[i].segment);
		free(w->items[i].href);
		free(w->items[i].etag);
	}
	free(w->items);
	*w = (struct wants){0};
}

static struct want *push(struct wants *w)
{
	w->items = xgrow(w->items, w->count, &w->cap, sizeof(*w->items));
	return &w->items[w->count++];
}

void wants_add(struct wants *w, const struct there *t)
{
	*push(w) = (struct want){
		.segment = xstrdup(t->segment),
		.href = xstrdup(t->href),
		.etag = xstrdup(t->etag),
	};
}

static void move_one(struct wants *to, struct want *from)
{
	*push(to) = *from;
	*from = (struct want){0};
}

static int by_segment(const void *key, const void *want)
{
	return strcmp(key, ((const struct want *)want)->segment);
}

static struct want *find_want(struct wants *w, const char *segment)
{
	if (!w->count)
		return NULL;
	return bsearch(segment, w->items, w->count, sizeof(*w->items), by_segment);
}

static bool broken(struct pass *p, const struct err *e)
{
	p->broke = true;
	p->broke_err = *e;
	return false;
}

/* What one response of a multiget tells of the object it names. */
static bool take_row(struct slot *s, struct want *w, const struct dav_response *r,
	struct err *e)
{
	struct pass *p = s->pass;
	const bool gone = r->status == 404 || r->status == 410;
	const bool data = (r->found & DAV_P_DATA) && r->data.len;

	if (w->done)
		return true;
	if (p->checking) {
		if (gone || data || (r->found & DAV_P_ETAG))
			gone_settle(p, w, gone);
		return true;
	}
	if (!data)
		return true;
	return fetch_take(p, w, r->etag, r->data, e) || broken(p, e);
}

static bool on_row(void *ctx, const struct uri *from, const struct dav_response *r,
	struct err *e)
{
	struct slot *s = ctx;
	AUTO_FREE char *segment = NULL;
	AUTO_FREE char *path = NULL;
	bool self = false;

	if (!r->href.len ||
		!pass_member(s->pass, from, r->href, &segment, &path, &self))
		return true;
	struct want *w = find_want(&s->wants, segment);
	return !w || take_row(s, w, r, e);
}

static void on_done(void *ctx, const struct ask_answer *a);

static void ask_many(struct slot *s)
{
	const struct ask_handler handler = {.ctx = s, .row = on_row, .done = on_done};
	struct pass *p = s->pass;
	struct str *hrefs = xcalloc(s->wants.count, sizeof(*hrefs));
	struct dav_request request = {0};

	for (size_t i = 0; i < s->wants.count; i++)
		hrefs[i] = str_of(s->wants.items[i].href);
	dav_ask_objects(&request, p->o.uri, hrefs, s->wants.count);
	free(hrefs);
	s->ask = ask_list(p->o.transport, &request, "fetch events", &handler);
}

static void ask_one(struct slot *s)
{
	const struct ask_handler handler = {.ctx = s, .done = on_done};
	struct pass *p = s->pass;
	struct uri at = {.origin = p->o.uri->origin, .path = s->wants.items[0].href};
	struct dav_request request = {0};

	dav_ask_object(&request, &at);
	s->ask = ask_object(p->o.transport, &request, "fetch an event", &handler);
}

static void slot_start(struct pass *p, struct slot *s, struct wants *wants)
{
	s->pass = p;
	s->wants = *wants;
	*wants = (struct wants){0};
	s->single = s->wants.count == 1;
	s->started_ms = clock_mono_ms(p->o.clock);
	p->active++;
	if (s->single)
		ask_one(s);
	else
		ask_many(s);
}

static struct slot *free_slot(struct pass *p)
{
	for (size_t i = 0; i < FETCHES_MAX; i++)
		if (!p->slots[i].ask)
			return &p->slots[i];
	return NULL;
}

static void again_singly(struct pass *p, struct wants *w)
{
	for (size_t i = 0; i < w->count; i++)
		if (!w->items[i].done)
			move_one(&p->singles, &w->items[i]);
}

static void again_in_halves(struct pass *p, struct wants *w)
{
	struct wants half = {0};
	size_t left = 0;

	for (size_t i = 0; i < w->count; i++)
		left += !w->items[i].done;
	for (size_t i = 0, moved = 0; i < w->count; i++) {
		if (w->items[i].done)
			continue;
		move_one(&half, &w->items[i]);
		if (++moved != (left + 1) / 2 && moved != left)
			continue;
		p->retry.items = xgrow(p->retry.items, p->retry.count, &p->retry.cap,
			sizeof(*p->retry.items));
		p->retry.items[p->retry.count++] = half;
		half = (struct wants){0};
	}
}

static enum verdict judge(const struct ask_answer *a)
{
	const struct dav_reply *reply = a->reply;

	/* Cyrus writes its 404 for people; a page in place of an answer has 200. */
	const bool absent = reply->failure == DAV_ANSWERED &&
	                    (reply->status == 404 || reply->status == 410);

	if (a->web_page && !absent)
		return STOP;
	if (reply->failure != DAV_ANSWERED) {
		const bool smaller = reply->failure == DAV_TIMEOUT ||
		                     reply->failure == DAV_TOO_LARGE ||
		                     reply->failure == DAV_STOPPED;
		return smaller ? SMALLER : STOP;
	}
	if (reply->status == 401 || reply->status == 429 || reply->status == 503)
		return STOP;
	return reply->status == 404 || reply->status == 410 ? ABSENT : SMALLER;
}

/* Refusals of the size are remembered; an object that spoils an answer is not. */
static void remember_smaller(struct pass *p, const struct ask_answer *a, size_t asked)
{
	static const int statuses[] = {403, 413, 504, 507};
	bool size =
		a->reply->failure == DAV_TIMEOUT || a->reply->failure == DAV_TOO_LARGE;

	for (size_t i = 0; i < COUNT_OF(statuses); i++)
		size |= a->reply->failure == DAV_ANSWERED &&
		        a->reply->status == statuses[i];
	if (size && asked / 2 < (size_t)p->cal.batch)
		p->cal.batch = asked > 2 ? (int64_t)asked / 2 : 1;
}

static void stop(struct pass *p, const struct ask_answer *a)
{
	struct err e = a->err;

	p->stops_account = pass_ends_account(&e);
	p->diagnosis = diagnose_reply(a->reply, p->o.gate->provider, false);
	if (a->web_page || e.code == ERR_GONE)
		e.code = ERR_NETWORK;
	pass_fail(p, &e);
}

/* iCloud lists names with "%40" and was seen to answer 404 to a GET of just that. */
static bool try_other_form(struct pass *p, struct want *w)
{
	char *at = strstr(w->href, "%40");

	if (w->other_form || !at)
		return false;
	SCOPED(buf) href = buf_with_max(0);
	for (const char *rest = w->href; *rest; rest++) {
		const bool escaped = str_starts(str_of(rest), STR("%40"));
		buf_char(&href, escaped ? '@' : *rest);
		rest += escaped ? 2 : 0;
	}
	free(w->href);
	w->href = buf_take(&href);
	w->other_form = true;
	move_one(&p->singles, w);
	return true;
}

static bool single_failed(struct pass *p, struct want *w, enum verdict verdict,
	struct err *e)
{
	if (try_other_form(p, w))
		return true;
	if (!p->checking)
		return fetch_missing(p, w, e);
	if (verdict == ABSENT)
		gone_settle(p, w, true);
	return true;
}

static bool take_object(struct pass *p, struct want *w, const struct ask_answer *a,
	struct err *e)
{
	if (p->checking) {
		gone_settle(p, w, false);
		return true;
	}
	if (!a->body.len)
		return fetch_missing(p, w, e);
	return fetch_take(p, w, str_of(a->reply->etag), a->body, e);
}

static void grow(struct pass *p, const struct slot *s, size_t asked)
{
	const int64_t took = clock_mono_ms(p->o.clock) - s->started_ms;

	if (took > BATCH_QUICK_MS || (int64_t)asked < p->cal.batch)
		return;
	p->cal.batch = p->cal.batch * 2 < BATCH_MAX ? p->cal.batch * 2 : BATCH_MAX;
}

static bool whole(const struct wants *w)
{
	for (size_t i = 0; i < w->count; i++)
		if (!w->items[i].done)
			return false;
	return true;
}

static bool answer_good(struct slot *s, const struct ask_answer *a, struct err *e)
{
	struct pass *p = s->pass;

	p->failures = 0;
	if (s->single)
		return take_object(p, &s->wants.items[0], a, e);
	if (whole(&s->wants))
		grow(p, s, s->wants.count);
	again_singly(p, &s->wants);
	return true;
}

static bool answer_bad(struct slot *s, const struct ask_answer *a, struct err *e)
{
	struct pass *p = s->pass;
	const enum verdict verdict = judge(a);

	if (p->broke) {
		*e = p->broke_err;
		return false;
	}
	if (s->single)
		return single_failed(p, &s->wants.items[0], verdict, e);
	remember_smaller(p, a, s->wants.count);
	/* sabre/dav answers 404 to the whole when one object is missing. */
	if (p->checking || s->wants.count == 2)
		again_singly(p, &s->wants);
	else
		again_in_halves(p, &s->wants);
	return true;
}

static void on_done(void *ctx, const struct ask_answer *a)
{
	struct slot *s = ctx;
	struct pass *p = s->pass;
	struct err e = {0};
	const bool hopeless =
		!a->ok && judge(a) != ABSENT && ++p->failures > FAILURES_MAX;

	p->active--;
	if (!a->ok && !p->broke && (judge(a) == STOP || hopeless)) {
		ask_free(take(&s->ask));
		stop(p, a);
		return;
	}
	const bool ok = a->ok ? answer_good(s, a, &e) : answer_bad(s, a, &e);
	ask_free(take(&s->ask));
	wants_clear(&s->wants);
	if (ok)
		slots_pump(p);
	else
		pass_fail(p, &e);
}

/* From the queues: what must be asked for again, and what is asked for singly. */
static bool next_again(struct pass *p, struct wants *out)
{
	if (p->retry.count) {
		*out = p->retry.items[--p->retry.count];
		return true;
	}
	if (!p->exhausted || !p->singles.count)
		return false;
	move_one(out, &p->singles.items[--p->singles.count]);
	return true;
}

static bool next_new(struct pass *p, struct wants *out, struct err *e)
{
	if (p->exhausted)
		return true;
	if (p->checking)
		p->exhausted = !gone_next(p, out);
	else if (!fetch_next(p, out, e))
		return false;
	return true;
}

void slots_pump(struct pass *p)
{
	struct err e = {0};

	for (struct slot *s = free_slot(p); s; s = free_slot(p)) {
		struct wants next = {0};
		if (!next_again(p, &next) && !next_new(p, &next, &e)) {
			pass_fail(p, &e);
			return;
		}
		if (!next.count && p->exhausted && !next_again(p, &next))
			break;
		if (next.count)
			slot_start(p, s, &next);
	}
	if (p->active)
		return;
	if (p->checking)
		gone_over(p);
	else
		fetch_over(p);
}

void slots_release(struct pass *p)
{
	for (size_t i = 0; i < FETCHES_MAX; i++) {
		ask_free(take(&p->slots[i].ask));
		wants_clear(&p->slots[i].wants);
	}
	p->active = 0;
	for (size_t i = 0; i < p->retry.count; i++)
		wants_clear(&p->retry.items[i]);
	free(p->retry.items);
	p->retry = (struct wants_queue){0};
	wants_clear(&p->singles);
}
