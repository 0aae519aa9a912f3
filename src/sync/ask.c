#include <config.h>

#include "sync/ask.h"

#include <stdlib.h>

#include "base/mem.h"

#define PEEK 2048 /* bytes of an unexpected answer that are looked at */

struct ask {
	struct transport *transport;   /* borrowed */
	struct dav_exchange *exchange; /* lent; NULL once done */
	struct multistatus *list;      /* owned; NULL for an object */
	struct buf body;               /* an object, or the start of a wrong answer */
	struct ask_handler handler;
	const char *what;
	const struct uri *from; /* lent while bytes are fed */
};

static bool on_response(void *ctx, const struct dav_response *r, struct err *e)
{
	struct ask *a = ctx;

	return a->handler.row(a->handler.ctx, a->from, r, e);
}

/* A success that is no multistatus: keep its start, to tell a hotel's sign-in page. */
static bool peek(struct ask *a, struct str bytes)
{
	const size_t room = a->body.len < PEEK ? PEEK - a->body.len : 0;

	buf_add(&a->body, str_slice(bytes, 0, room));
	return true;
}

static bool on_body(void *ctx, const struct dav_reply *head, struct str bytes,
	struct err *e)
{
	struct ask *a = ctx;

	if (a->list && head->status != 207)
		return peek(a, bytes);
	if (!a->list) {
		buf_add(&a->body, bytes);
		return buf_ok(&a->body) ||
		       err_set(e, ERR_PROTOCOL, "%s: the answer is too large", a->what);
	}
	a->from = &head->uri;
	const bool ok = multistatus_feed(a->list, bytes, e);
	a->from = NULL;
	return ok;
}

/* The last responses may come with the end of the document. */
static bool finish_list(struct ask *a, const struct dav_reply *reply,
	struct multistatus_end *end, struct err *e)
{
	if (reply->failure != DAV_ANSWERED || reply->status != 207)
		return dav_reply_error(reply, a->what, e);
	a->from = &reply->uri;
	const bool ok =
		multistatus_finish(a->list, end, e) || err_wrap(e, "%s", a->what);
	a->from = NULL;
	return ok;
}

static bool finish_object(struct ask *a, const struct dav_reply *reply, struct err *e)
{
	if (reply->failure != DAV_ANSWERED || reply->status != 200)
		return dav_reply_error(reply, a->what, e);
	return true;
}

static void on_done(void *ctx, const struct dav_reply *reply)
{
	struct ask *a = ctx;
	struct multistatus_end end = {0};
	struct ask_answer answer = {.reply = reply};
	const struct ask_handler handler = a->handler;

	a->exchange = NULL;
	answer.ok = a->list ? finish_list(a, reply, &end, &answer.err)
	                    : finish_object(a, reply, &answer.err);
	if (answer.ok && a->list)
		answer.end = &end;
	else if (answer.ok)
		answer.body = buf_view(&a->body);
	else if (reply->failure == DAV_ANSWERED)
		answer.web_page = dav_is_web_page(
			a->list ? buf_view(&a->body) : STR(""), reply->content_type);
	handler.done(handler.ctx, &answer);
	multistatus_end_clear(&end);
}

static struct ask *start(struct transport *t, struct dav_request *request,
	const char *what, const struct ask_handler *handler, bool list)
{
	struct ask *a = xcalloc(1, sizeof(*a));
	const struct multistatus_sink rows = {.ctx = a, .response = on_response};
	const struct dav_sink sink = {.ctx = a, .body = on_body, .done = on_done};

	*a = (struct ask){.transport = t, .handler = *handler, .what = what};
	a->body = buf_with_max(request->max_body);
	if (list)
		a->list = multistatus_new(&rows);
	a->exchange = transport_start(t, request, &sink);
	return a;
}

struct ask *ask_list(struct transport *t, struct dav_request *request, const char *what,
	const struct ask_handler *handler)
{
	return start(t, request, what, handler, true);
}

struct ask *ask_object(struct transport *t, struct dav_request *request,
	const char *what, const struct ask_handler *handler)
{
	return start(t, request, what, handler, false);
}

void ask_free(struct ask *a)
{
	if (!a)
		return;
	if (a->exchange)
		exchange_cancel(a->transport, a->exchange);
	multistatus_free(a->list);
	buf_clear(&a->body);
	free(a);
}
