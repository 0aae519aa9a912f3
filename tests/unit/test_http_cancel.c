/* net/http: exchanges end when they are told to, from wherever that is. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/http_client.h"

#define HELLO "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"

static void cancel_it(struct outcome *o)
{
	exchange_cancel(http_transport(o->client->http), take(&o->x));
}

static bool cancel_in_body(struct outcome *o, UNUSED struct err *e)
{
	cancel_it(o);
	return true;
}

static bool stop_in_body(UNUSED struct outcome *o, struct err *e)
{
	return err_set(e, ERR_PROTOCOL, "that is enough");
}

static void free_the_transport(struct outcome *o)
{
	http_free(take(&o->client->http));
}

static bool free_in_body(struct outcome *o, UNUSED struct err *e)
{
	free_the_transport(o);
	return true;
}

/* The server sees the connection end; nothing is said to the sink. */
static void ends_in_silence(struct client *c, struct outcome *o)
{
	struct dav_request r = client_request(c, "GET", "/");

	SAYS(c, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhello");
	client_start(c, &r, o);
	client_settle(c);
	for (int i = 0; i < 1000 && !c->server->hung_up; i++)
		client_settle(c);
	assert_int_equal(c->server->hung_up, 1);
	assert_false(o->done);
}

static void cancelled_when_connected(void **state)
{
	struct client *c = *state;
	SCOPED(outcome) o = {.on_connected = cancel_it};

	ends_in_silence(c, &o);
	assert_int_equal(c->server->count, 0);
}

static void cancelled_from_the_body(void **state)
{
	SCOPED(outcome) o = {.on_body = cancel_in_body};

	ends_in_silence(*state, &o);
	assert_int_equal(o.parts, 1);
}

static void transport_freed_when_connected(void **state)
{
	SCOPED(outcome) o = {.on_connected = free_the_transport};

	ends_in_silence(*state, &o);
}

static void transport_freed_from_the_body(void **state)
{
	SCOPED(outcome) o = {.on_body = free_in_body};

	ends_in_silence(*state, &o);
}

static void transport_freed_from_done(void **state)
{
	struct client *c = *state;
	SCOPED(outcome) o = {.on_done = free_the_transport};
	SCOPED(outcome) p = {0};
	struct dav_request r = client_request(c, "GET", "/b");
	struct dav_request q = client_request(c, "GET", "/a");

	SAYS(c, HELLO);
	client_start(c, &q, &o);
	client_start(c, &r, &p);
	client_until(c, &o.done);
	client_settle(c);
	assert_int_equal(o.reply.status, 200);
	assert_false(p.done);
}

static void cancelled_before_anything_happened(void **state)
{
	struct client *c = *state;
	SCOPED(outcome) o = {0};
	struct dav_request r = client_request(c, "GET", "/");

	client_start(c, &r, &o);
	cancel_it(&o);
	client_settle(c);
	assert_false(o.done);
	assert_int_equal(c->server->connections, 0);
	exchange_cancel(http_transport(c->http), NULL);
}

/* A body that stalls, and a person who has had enough of it. */
static void cancelled_while_a_body_is_slow(void **state)
{
	struct client *c = *state;
	SCOPED(outcome) o = {0};
	struct dav_request r = client_request(c, "GET", "/");

	SAYS(c, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhello");
	client_start(c, &r, &o);
	for (int i = 0; i < 1000 && !o.parts; i++)
		client_settle(c);
	assert_string_equal(buf_cstr(&o.body), "hello");
	cancel_it(&o);
	for (int i = 0; i < 1000 && !c->server->hung_up; i++)
		client_settle(c);
	assert_int_equal(c->server->hung_up, 1);
	assert_false(o.done);
}

static void the_body_callback_stops_it(void **state)
{
	struct client *c = *state;
	SCOPED(outcome) o = {.on_body = stop_in_body};

	SAYS(c, HELLO);
	client_ask(c, "GET", "/", &o);
	assert_int_equal(o.reply.failure, DAV_STOPPED);
	assert_int_equal(o.reply.status, 0);
	assert_string_equal(o.reply.err.message, "that is enough");
	assert_int_equal(o.parts, 1);
}

static bool cancel_the_other(struct outcome *o, UNUSED struct err *e)
{
	cancel_it(o->partner);
	return true;
}

static void one_cancels_the_other(void **state)
{
	struct client *c = *state;
	SCOPED(outcome) p = {0};
	SCOPED(outcome) o = {.on_body = cancel_the_other, .partner = &p};
	struct dav_request q = client_request(c, "GET", "/stalls");
	struct dav_request r = client_request(c, "GET", "/goes");

	SAYS(c, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhello");
	client_start(c, &q, &p);
	for (int i = 0; i < 1000 && !p.parts; i++)
		client_settle(c);
	SAYS(c, HELLO);
	client_start(c, &r, &o);
	client_until(c, &o.done);
	client_settle(c);
	assert_int_equal(o.reply.status, 200);
	assert_false(p.done);
	assert_null(p.x);
	assert_int_equal(c->server->hung_up, 1);
}

static bool ask_again(struct outcome *o, UNUSED struct err *e)
{
	struct dav_request r = client_request(o->client, "GET", "/again");

	SAYS(o->client, HELLO);
	client_start(o->client, &r, o->partner);
	return true;
}

static void a_request_from_within_a_body(void **state)
{
	struct client *c = *state;
	SCOPED(outcome) again = {0};
	SCOPED(outcome) o = {.on_body = ask_again, .partner = &again};

	SAYS(c, HELLO);
	client_ask(c, "GET", "/", &o);
	client_until(c, &again.done);
	assert_int_equal(again.reply.status, 200);
	assert_string_equal(c->server->requests[1].target, "/again");
}

#define HTTP_TEST(name)                                                                \
	cmocka_unit_test_setup_teardown(name, client_set_up, client_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HTTP_TEST(cancelled_when_connected),
		HTTP_TEST(cancelled_from_the_body),
		HTTP_TEST(transport_freed_when_connected),
		HTTP_TEST(transport_freed_from_the_body),
		HTTP_TEST(transport_freed_from_done),
		HTTP_TEST(cancelled_before_anything_happened),
		HTTP_TEST(cancelled_while_a_body_is_slow),
		HTTP_TEST(the_body_callback_stops_it),
		HTTP_TEST(one_cancels_the_other),
		HTTP_TEST(a_request_from_within_a_body),
	};

	return secrets_init(NULL) ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
