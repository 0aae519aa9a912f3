#include <config.h>

#include <string.h>

#include "base/mem.h"
#include "tests/fake/rows.h"

static void tell_tag(struct exchange *x, const char *etag)
{
	AUTO_FREE char *told = etag_told(x, etag);

	if (told)
		response_header(x->response, "ETag", told);
}

/* What a GET sees of an object that was just written; false = nothing. */
static bool seen(struct object *o, const char **body, const char **etag)
{
	const bool behind = o->lag > 0;

	if (behind)
		o->lag--;
	*body = behind ? o->old_body : o->body;
	*etag = behind ? o->old_etag : o->etag;
	return *body != NULL;
}

void method_get(struct exchange *x)
{
	const struct str none = request_header(x->request, HEADER_IF_NONE_MATCH);
	const char *body = NULL;
	const char *etag = NULL;

	if (x->place.kind != PLACE_OBJECT || !x->place.object ||
		!seen(x->place.object, &body, &etag)) {
		answer_status(x, x->place.kind == PLACE_CALENDAR ? 405 : 404);
		return;
	}
	answer_status(x, none.len && str_is(none, etag) ? 304 : 200);
	tell_tag(x, etag);
	if (x->response->status != 200)
		return;
	x->response->type = "text/calendar; charset=utf-8";
	buf_text(&x->response->body, body);
}

static bool names_tag(struct str list, const char *etag)
{
	struct str one;

	while (str_split(&list, ',', &one))
		if (str_is(str_trim(one), etag))
			return true;
	return false;
}

bool may_change(const struct exchange *x, const struct object *o)
{
	const struct str match = request_header(x->request, HEADER_IF_MATCH);
	const struct str none = request_header(x->request, HEADER_IF_NONE_MATCH);

	if (match.len && (!o || (!str_is(match, "*") && !names_tag(match, o->etag))))
		return false;
	return !none.len || !o || (!str_is(none, "*") && !names_tag(none, o->etag));
}

/* The writer of a change is the one who is refused; true = may go on. */
static bool is_open(struct exchange *x)
{
	const struct calendar *c = x->place.calendar;

	if (x->place.kind != PLACE_OBJECT) {
		answer_status(x, x->place.kind == PLACE_NOWHERE ? 409 : 405);
		return false;
	}
	if (c->read_only || c->source || c->kind != KIND_CALENDAR) {
		if (x->server->dialect->style == XML_APPLE)
			answer_status(x, 403);
		else
			answer_error(x, 403, NS_DAV, "need-privileges");
		return false;
	}
	return true;
}

static void tell_put(struct exchange *x, const struct object *o, bool fresh)
{
	const int64_t how = x->sw->put_etag;

	answer_status(x, fresh ? 201 : 204);
	if (how == 2) {
		AUTO_FREE char *weak = xasprintf("W/%s", o->etag);
		response_header(x->response, "ETag", weak);
	} else if (!how) {
		tell_tag(x, o->etag);
	}
}

static void keep(struct exchange *x)
{
	struct server *s = x->server;
	const bool fresh = !x->place.object;
	SCOPED(buf) body = buf_with_max(0);
	SCOPED(buf) rewritten = buf_with_max(0);

	s->dialect->keep(&body, buf_view(&x->request->body));
	if (x->sw->rewrite)
		event_rewritten(&rewritten, buf_view(&body));
	x->place.object = store_put(&s->store, x->place.calendar, str_of(x->place.name),
		buf_view(x->sw->rewrite ? &rewritten : &body));
	tell_put(x, x->place.object, fresh);
}

void method_put(struct exchange *x)
{
	SCOPED(event) facts = {0};

	if (!is_open(x))
		return;
	if (!may_change(x, x->place.object)) {
		answer_status(x, 412);
		return;
	}
	event_read(&facts, buf_view(&x->request->body));
	const int refused = x->server->dialect->refuse_put(x, &facts);
	if (!refused)
		keep(x);
	else if (x->response->status != refused)
		answer_status(x, refused);
}

static void delete_calendar(struct exchange *x)
{
	store_remove_calendar(&x->server->store, x->place.calendar);
	x->place.calendar = NULL;
	answer_status(x, 204);
}

void method_delete(struct exchange *x)
{
	if (x->place.kind == PLACE_CALENDAR) {
		delete_calendar(x);
		return;
	}
	if (!is_open(x))
		return;
	if (!x->place.object) {
		answer_status(x, 404);
	} else if (!may_change(x, x->place.object)) {
		answer_status(x, 412);
	} else {
		store_delete(x->place.calendar, x->place.object);
		answer_status(x, 204);
	}
}

void method_move(struct exchange *x)
{
	struct server *s = x->server;
	const struct str overwrite = request_header(x->request, HEADER_OVERWRITE);
	SCOPED(place) to = {0};

	if (!is_open(x))
		return;
	place_find(&to, s->dialect, &s->store,
		request_header(x->request, HEADER_DESTINATION));
	if (!x->place.object || to.kind != PLACE_OBJECT) {
		answer_status(x, x->place.object ? 409 : 404);
		return;
	}
	if (!may_change(x, x->place.object) || (to.object && str_is(overwrite, "F"))) {
		answer_status(x, 412);
		return;
	}
	const bool fresh = !to.object;
	AUTO_FREE char *body = xstrdup(x->place.object->body);
	store_delete(x->place.calendar, x->place.object);
	x->place.object = NULL;
	(void)store_put(&s->store, to.calendar, str_of(to.name), str_of(body));
	answer_status(x, fresh ? 201 : 204);
}
