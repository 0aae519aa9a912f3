#include <config.h>

#include "dav/transport.h"

#include "base/mem.h"

void dav_request_clear(struct dav_request *r)
{
	uri_clear(&r->uri);
	buf_clear(&r->body);
	free(r->if_match);
	*r = (struct dav_request){.depth = DEPTH_NONE};
}

void dav_request_copy(struct dav_request *to, const struct dav_request *from)
{
	*to = *from;
	to->body = buf_with_max(from->body.max);
	buf_add(&to->body, buf_view(&from->body));
	to->if_match = xstrdup_or_null(from->if_match);
	uri_copy(&to->uri, &from->uri);
}

struct dav_exchange *transport_start(struct transport *t, struct dav_request *request,
	const struct dav_sink *sink)
{
	return t->ops->start(t, request, sink);
}

void exchange_cancel(struct transport *t, struct dav_exchange *x)
{
	if (x)
		t->ops->cancel(x);
}

static const struct {
	int status;
	enum err_code code;
	const char *words;
} statuses[] = {
	{401, ERR_AUTH, "the sign-in was refused"},
	{403, ERR_AUTH, "the server does not allow it"},
	{404, ERR_GONE, "it is not there"},
	{410, ERR_GONE, "it is not there any more"},
	{412, ERR_CONFLICT, "it was changed in between"},
	{421, ERR_NETWORK, "the connection led to the wrong machine"},
	{423, ERR_BUSY, "it is locked"},
	{429, ERR_BUSY, "the server asks to wait"},
	{503, ERR_BUSY, "the server asks to wait"},
	{500, ERR_NETWORK, "the server has a problem"},
	{502, ERR_NETWORK, "the server has a problem"},
	{504, ERR_NETWORK, "the server has a problem"},
};

static bool set_by_class(int status, const char *what, struct err *e)
{
	if (status >= 500)
		return err_set(e, ERR_UNAVAILABLE,
			"%s: the server cannot do it (answered %d)", what, status);
	if (status >= 300 && status < 400)
		return err_set(e, ERR_GONE, "%s: it has moved (answered %d)", what,
			status);
	return err_set(e, ERR_PROTOCOL, "%s: not the answer to expect (%d)", what,
		status);
}

static bool set_by_status(const struct dav_reply *reply, const char *what,
	struct err *e)
{
	for (size_t i = 0; i < COUNT_OF(statuses); i++) {
		if (statuses[i].status != reply->status)
			continue;
		(void)err_set(e, statuses[i].code, "%s: %s (answered %d)", what,
			statuses[i].words, reply->status);
		if (e && statuses[i].code == ERR_BUSY && reply->retry_after > 0)
			e->retry_after = (int)reply->retry_after;
		return false;
	}
	return set_by_class(reply->status, what, e);
}

bool dav_reply_error(const struct dav_reply *reply, const char *what, struct err *e)
{
	if (reply->failure == DAV_ANSWERED)
		return set_by_status(reply, what, e);
	if (reply->err.code == ERR_NONE)
		return err_set(e, ERR_NETWORK, "%s: no answer", what);
	if (e)
		*e = reply->err;
	return err_wrap(e, "%s", what);
}
