#include <config.h>

#include "tests/fake/server.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "tests/fake/base64.h"

void server_init(struct server *s, const struct dialect *d, const struct clock *c)
{
	*s = (struct server){.dialect = d,
		.clock = c,
		.store = {.clock = c},
		.login = xstrdup("ada"),
		.password = xstrdup("pear-tree"),
		.person = xstrdup("Ada Example"),
		.partition = 77};
}

void server_clear(struct server *s)
{
	store_clear(&s->store);
	faults_free(s->faults);
	free(s->login);
	free(s->password);
	free(s->person);
	buf_clear(&s->log);
}

void answer_status(struct exchange *x, int status)
{
	x->response->status = status;
	x->response->type = NULL;
	buf_reset(&x->response->body);
}

void answer_error(struct exchange *x, int status, const char *space, const char *name)
{
	struct buf *body = &x->response->body;

	answer_status(x, status);
	x->response->type = "text/xml; charset=utf-8";
	buf_printf(body,
		"<?xml version='1.0' encoding='UTF-8'?>\n<error xmlns='DAV:'>\n");
	if (!strcmp(space, NS_DAV))
		buf_printf(body, "<%s/>\n</error>", name);
	else
		buf_printf(body, "<%s xmlns='%s'/>\n</error>", name, space);
}

/* Basic, RFC 7617. */
static bool signed_in(const struct server *s, const struct request *r)
{
	struct str header = request_header(r, HEADER_AUTHORIZATION);
	SCOPED(buf) pair = buf_with_max(0);
	struct str scheme;

	if (!str_split(&header, ' ', &scheme) || !str_eq_nocase(scheme, STR("Basic")) ||
		!base64_decode(&pair, str_trim(header)))
		return false;
	AUTO_FREE char *right = xasprintf("%s:%s", s->login, s->password);
	return !s->revoked && str_is(buf_view(&pair), right);
}

static const struct {
	const char *method;
	void (*answer)(struct exchange *x);
} methods[] = {
	{"PROPFIND", method_propfind},
	{"REPORT", method_report},
	{"GET", method_get},
	{"HEAD", method_get},
	{"PUT", method_put},
	{"DELETE", method_delete},
	{"MOVE", method_move},
	{"MKCALENDAR", method_mkcalendar},
	{"PROPPATCH", method_proppatch},
	{"OPTIONS", method_options},
};

static void carry_out(struct exchange *x)
{
	const struct server *s = x->server;

	if (s->dialect->at_the_door(x))
		return;
	if (!signed_in(s, x->request) || x->sw->service_off == 401) {
		s->dialect->refuse(x);
		return;
	}
	if (s->dialect->by_itself(x))
		return;
	for (size_t i = 0; i < COUNT_OF(methods); i++) {
		if (strcmp(methods[i].method, x->request->method) != 0)
			continue;
		methods[i].answer(x);
		return;
	}
	answer_status(x, 405);
}

static bool is_object_method(const char *method)
{
	return !strcmp(method, "PUT") || !strcmp(method, "GET");
}

static void answer_well(struct server *s, const struct request *r,
	const struct switches *sw, struct response *a)
{
	struct exchange x = {.server = s, .request = r, .response = a, .sw = sw};

	place_find(&x.place, s->dialect, &s->store, str_of(r->path));
	s->store.lag = sw->lag;
	const bool readable =
		is_object_method(r->method) || query_read(&x.query, buf_view(&r->body));
	if (!readable)
		x.query = (struct query){.kind = QUERY_UNKNOWN};
	carry_out(&x);
	if (!readable && a->status / 100 == 2)
		answer_status(&x, 400);
	s->dialect->headers(&x);
	query_clear(&x.query);
	place_clear(&x.place);
}

static void add_doctype(struct buf *body)
{
	const struct str whole = buf_view(body);
	const size_t end = str_find(whole, STR("?>"));
	const size_t at = end == STR_NONE ? 0 : end + 2;
	SCOPED(buf) made = buf_with_max(0);

	buf_add(&made, str_slice(whole, 0, at));
	buf_text(&made, "<!DOCTYPE multistatus [<!ENTITY own SYSTEM "
			"\"file:///etc/hostname\">]>");
	buf_add(&made, str_from(whole, at));
	buf_reset(body);
	buf_add(body, buf_view(&made));
}

static void shorten(struct buf *body, const struct amount *a)
{
	const struct str whole = buf_view(body);

	body->len = amount_of(a, whole.len);
	if (body->ptr)
		body->ptr[body->len] = '\0';
}

static void spoil(const struct effect *e, struct response *a)
{
	if (e->status) {
		a->status = (int)e->status;
		a->type = e->has_body ? "text/xml" : NULL;
		buf_reset(&a->body);
	}
	if (e->has_body) {
		buf_reset(&a->body);
		buf_add(&a->body, buf_view(&e->body));
	}
	if (e->type) {
		a->type = NULL;
		response_header(a, "Content-Type", e->type);
	}
	buf_add(&a->headers, buf_view(&e->headers));
	if (e->doctype)
		add_doctype(&a->body);
	shorten(&a->body, &e->shorten);
	a->delivery = e->delivery;
	a->delivery.gzip |= e->switches.gzip != 0;
	a->delivery.http10 |= e->switches.http10 != 0;
}

static void log_request(struct server *s, const struct request *r, const char *word,
	const struct response *a)
{
	const struct str host = request_header(r, HEADER_HOST);
	const struct str depth = request_header(r, HEADER_DEPTH);

	buf_printf(&s->log, "%s %s host=" STR_FMT " depth=" STR_FMT " %s %s ",
		r->method, r->path, STR_ARG(host),
		STR_ARG(depth.len ? depth : STR("-")),
		r->headers[HEADER_AUTHORIZATION] ? "auth" : "-", word);
	if (a->delivery.drop)
		buf_text(&s->log, "drop\n");
	else
		buf_printf(&s->log, "%d\n", a->status);
}

static const char *word_of(const struct request *r)
{
	SCOPED(query) q = {0};

	if (is_object_method(r->method) || !query_read(&q, buf_view(&r->body)))
		return "-";
	return query_word(q.kind);
}

void server_answer(struct server *s, const struct request *r, struct response *a)
{
	const char *word = word_of(r);
	SCOPED(effect) effect = {.switches = s->switches};
	struct err e = {0};

	s->requests++;
	a->status = 500;
	if (!faults_apply(s->faults, r, word, &effect, &e)) {
		(void)fprintf(stderr, "davd: %s\n", e.message);
		buf_printf(&a->body, "%s\n", e.message);
		log_request(s, r, word, a);
		return;
	}
	const bool skipped = effect.drop_before || (effect.status && !effect.after);
	if (!skipped)
		answer_well(s, r, &effect.switches, a);
	spoil(&effect, a);
	log_request(s, r, word, a);
}
