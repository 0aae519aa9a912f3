#include <config.h>

#include "tests/unit/http_client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

static int64_t client_now(void *ctx)
{
	return ((struct client *)ctx)->now;
}

void client_reopen(struct client *c, struct http_options *o)
{
	o->gate.provider = PROVIDER_CALDAV;
	o->gate.home = (struct origin){.port = c->server->port, .host = "127.0.0.1"};
	o->login = CLIENT_LOGIN;
	o->password = c->password;
	http_free(c->http);
	c->http = http_new(c->loop, o);
}

int client_set_up(void **state)
{
	struct client *c = xcalloc(1, sizeof(*c));
	struct http_options o = {0};

	/* 2026-03-04T09:15:00Z */
	c->now = 1772615700000;
	c->clock = (struct clock){client_now, client_now, c};
	c->loop = loop_new(&c->clock, NULL);
	if (!c->loop)
		return -1;
	c->server = script_new(c->loop);
	c->password = secret_from(STR(CLIENT_PASSWORD));
	client_reopen(c, &o);
	*state = c;
	return 0;
}

int client_tear_down(void **state)
{
	struct client *c = *state;

	http_free(c->http);
	script_free(c->server);
	loop_free(c->loop);
	secret_free(c->password);
	free(c);
	return 0;
}

void outcome_clear(struct outcome *o)
{
	buf_clear(&o->body);
	buf_clear(&o->error_body);
}

struct dav_request client_request(const struct client *c, const char *method,
	const char *where)
{
	struct dav_request r = {.method = method,
		.depth = DEPTH_NONE,
		.max_body = 1 << 20};
	const bool absolute = where[0] != '/';
	AUTO_FREE char *text = absolute ? xstrdup(where)
	                                : xasprintf("http://127.0.0.1:%u%s",
						  (unsigned)c->server->port, where);
	struct err e = {0};

	if (!uri_parse(&r.uri, str_of(text), &e))
		fail_msg("%s", e.message);
	return r;
}

void client_body(struct dav_request *r, const char *body)
{
	r->content_type = "application/xml; charset=utf-8";
	buf_text(&r->body, body);
}

static void connected(void *ctx)
{
	struct outcome *o = ctx;

	assert_false(o->done);
	o->connected++;
	if (o->on_connected)
		o->on_connected(o);
}

static bool body(void *ctx, const struct dav_reply *head, struct str bytes,
	struct err *e)
{
	struct outcome *o = ctx;

	assert_false(o->done);
	assert_int_equal(head->failure, DAV_ANSWERED);
	o->parts++;
	o->head_status = head->status;
	memcpy(o->head_etag, head->etag, sizeof(o->head_etag));
	buf_add(&o->body, bytes);
	return !o->on_body || o->on_body(o, e);
}

static void done(void *ctx, const struct dav_reply *reply)
{
	struct outcome *o = ctx;
	AUTO_FREE char *text = uri_text(&reply->uri);

	assert_false(o->done);
	o->done = true;
	o->x = NULL;
	o->reply = *reply;
	o->reply.uri.path = NULL;
	o->reply.error_body = (struct str){0};
	buf_add(&o->error_body, reply->error_body);
	(void)snprintf(o->address, sizeof(o->address), "%s", text);
	if (o->on_done)
		o->on_done(o);
}

void client_start(struct client *c, struct dav_request *r, struct outcome *o)
{
	const struct dav_sink sink = {o, connected, body, done};

	o->client = c;
	o->x = transport_start(http_transport(c->http), r, &sink);
	assert_null(r->uri.path);
	assert_null(r->body.ptr);
	assert_false(o->done);
}

/* The real clock decides only how long a broken test may hang. */
void client_until(struct client *c, const bool *flag)
{
	const struct clock real = clock_system();
	const int64_t start = clock_mono_ms(&real);
	struct err e = {0};

	while (!*flag) {
		if (!loop_turn(c->loop, 1000, &e))
			fail_msg("%s", e.message);
		if (clock_mono_ms(&real) - start > 20000)
			fail_msg("nothing came of it");
	}
}

void client_settle(struct client *c)
{
	struct err e = {0};

	for (int turns = 0; turns < 20; turns++)
		if (!loop_turn(c->loop, 0, &e))
			fail_msg("%s", e.message);
}

void client_ask(struct client *c, const char *method, const char *where,
	struct outcome *o)
{
	struct dav_request r = client_request(c, method, where);

	client_start(c, &r, o);
	client_until(c, &o->done);
}
