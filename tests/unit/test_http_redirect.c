/* net/http: redirects are followed by hand, for reads, behind the gate. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "tests/unit/http_client.h"

#define HELLO "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"

static void moves(struct script *s, int status, const char *location)
{
	AUTO_FREE char *text =
		xasprintf("HTTP/1.1 %d Moved\r\nLocation: %s\r\nETag: \"m\"\r\n"
			  "Content-Length: 4\r\n\r\ngone",
			status, location);

	script_says(s, str_of(text), SCRIPT_KEEP);
}

static void reads_keep_method_body_and_sign_in(void **state)
{
	static const int statuses[] = {301, 302, 303, 307, 308};
	static const char *const methods[] = {"PROPFIND", "REPORT"};
	struct client *c = *state;
	size_t n = 0;

	for (size_t i = 0; i < COUNT_OF(statuses) * COUNT_OF(methods); i++) {
		SCOPED(outcome) o = {0};
		struct dav_request r = client_request(c, methods[i % 2], "/old/");
		r.depth = DEPTH_0;
		client_body(&r, "<?xml?>");
		moves(c->server, statuses[i / 2], "/new/?a=b");
		SAYS(c, HELLO);
		client_start(c, &r, &o);
		client_until(c, &o.done);
		assert_int_equal(o.reply.failure, DAV_ANSWERED);
		assert_int_equal(o.reply.status, 200);
		assert_int_equal(o.reply.redirects, 1);
		assert_string_equal(o.reply.etag, "");
		assert_int_equal(o.connected, 1);
		assert_string_equal(buf_cstr(&o.body), "hello");
		assert_non_null(strstr(o.address, "/new/?a=b"));
		for (int hop = 0; hop < 2; hop++, n++) {
			const struct script_request *q = &c->server->requests[n];
			assert_string_equal(q->method, methods[i % 2]);
			assert_string_equal(q->target, hop ? "/new/?a=b" : "/old/");
			assert_string_equal(q->body, "<?xml?>");
			assert_true(str_is(script_header(c->server, n, "Depth"), "0"));
			assert_true(str_is(script_header(c->server, n, "Authorization"),
				CLIENT_BASIC));
		}
	}
	assert_int_equal(c->server->count, n);
}

static void writes_never_follow(void **state)
{
	static const int statuses[] = {301, 302, 303, 307, 308};
	static const char *const methods[] = {"PUT", "DELETE", "POST", "PROPPATCH",
		"MKCALENDAR"};
	struct client *c = *state;

	for (size_t i = 0; i < COUNT_OF(statuses) * COUNT_OF(methods); i++) {
		SCOPED(outcome) o = {0};
		struct dav_request r = client_request(c, methods[i % 5], "/x.ics");
		client_body(&r, "BEGIN:VCALENDAR");
		moves(c->server, statuses[i / 5], "/y.ics");
		client_start(c, &r, &o);
		client_until(c, &o.done);
		client_settle(c);
		assert_int_equal(o.reply.failure, DAV_REDIRECTS);
		assert_int_equal(o.reply.err.code, ERR_CONFIG);
		assert_int_equal(o.reply.status, 0);
		assert_int_equal(c->server->count, i + 1);
	}
}

/* Another port is another host. */
static void nothing_is_sent_to_another_origin(void **state)
{
	struct client *c = *state;
	struct script *foreign = script_new(c->loop);
	static const char *const forms[] = {"http://127.0.0.1:", "//127.0.0.1:",
		"http://localhost:", "https://127.0.0.1:", "http://ada:x@127.0.0.1:"};

	for (size_t i = 0; i < COUNT_OF(forms); i++) {
		SCOPED(outcome) o = {0};
		AUTO_FREE char *to =
			xasprintf("%s%u/", forms[i], (unsigned)foreign->port);
		moves(c->server, 302, to);
		client_ask(c, "PROPFIND", "/", &o);
		client_settle(c);
		assert_int_not_equal(o.reply.failure, DAV_ANSWERED);
		assert_int_equal(o.reply.status, 0);
		if (i < COUNT_OF(forms) - 1)
			assert_int_equal(o.reply.failure, DAV_FOREIGN_HOST);
		if (i < COUNT_OF(forms) - 1)
			assert_int_equal(o.reply.err.code, ERR_CONFIG);
		assert_string_equal(o.reply.foreign, i == 2 ? "localhost"
						     : i < COUNT_OF(forms) - 1
							     ? "127.0.0.1"
							     : "");
	}
	assert_int_equal(foreign->connections, 0);
	assert_int_equal(c->server->count, COUNT_OF(forms));
	script_free(foreign);
}

static void an_agreed_origin_gets_the_sign_in(void **state)
{
	struct client *c = *state;
	struct script *friend = script_new(c->loop);
	struct http_options o = {.gate.n_allowed = 1};
	SCOPED(outcome) out = {0};
	char to[64];

	o.gate.allowed[0] = (struct origin){.port = friend->port, .host = "127.0.0.1"};
	client_reopen(c, &o);
	(void)snprintf(to, sizeof(to), "http://127.0.0.1:%u/b/", friend->port);
	moves(c->server, 301, to);
	script_says(friend, STR(HELLO), SCRIPT_KEEP);
	client_ask(c, "PROPFIND", "/a/", &out);
	assert_int_equal(out.reply.status, 200);
	assert_string_equal(out.address, to);
	assert_int_equal(out.reply.uri.origin.port, friend->port);
	assert_int_equal(friend->count, 1);
	assert_true(str_is(script_header(friend, 0, "Authorization"), CLIENT_BASIC));
	script_free(friend);
}

static void bad_targets_end_it(void **state)
{
	/* Those that name another place are a matter of where a password may go. */
	static const struct {
		const char *to;
		enum dav_failure failure;
		enum err_code code;
	} targets[] = {{"", DAV_REDIRECTS, ERR_PROTOCOL},
		{"/a/../b", DAV_REDIRECTS, ERR_PROTOCOL},
		{"/%2e%2e/b", DAV_REDIRECTS, ERR_PROTOCOL},
		{"/a#b", DAV_REDIRECTS, ERR_PROTOCOL},
		{"ftp://127.0.0.1/", DAV_FOREIGN_HOST, ERR_CONFIG},
		{"file:///etc/passwd", DAV_FOREIGN_HOST, ERR_CONFIG},
		{"http://", DAV_FOREIGN_HOST, ERR_CONFIG},
		{"http:///x", DAV_FOREIGN_HOST, ERR_CONFIG}};
	struct client *c = *state;

	for (size_t i = 0; i < COUNT_OF(targets); i++) {
		SCOPED(outcome) o = {0};
		moves(c->server, 302, targets[i].to);
		client_ask(c, "GET", "/", &o);
		client_settle(c);
		if (o.reply.failure == DAV_ANSWERED)
			fail_msg("\"%s\" was followed", targets[i].to);
		assert_int_equal(o.reply.failure, targets[i].failure);
		assert_int_equal(o.reply.err.code, targets[i].code);
		assert_true(o.reply.err.message[0]);
		assert_int_equal(c->server->count, i + 1);
	}
}

static void a_target_without_end_is_none(void **state)
{
	struct client *c = *state;
	SCOPED(outcome) o = {0};
	AUTO_FREE char *path = xmalloc(5002);

	memset(path, 'a', 5001);
	path[0] = '/';
	path[5001] = '\0';
	moves(c->server, 302, path);
	client_ask(c, "GET", "/", &o);
	assert_int_equal(o.reply.failure, DAV_REDIRECTS);
	assert_int_equal(c->server->count, 1);
}

static void no_target_ends_it(void **state)
{
	struct client *c = *state;
	SCOPED(outcome) o = {0};

	SAYS(c, "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n");
	client_ask(c, "GET", "/", &o);
	assert_int_equal(o.reply.failure, DAV_REDIRECTS);
}

static void circles_end_when_they_close(void **state)
{
	struct client *c = *state;
	SCOPED(outcome) o = {0};

	moves(c->server, 302, "/b");
	moves(c->server, 302, "/c");
	moves(c->server, 302, "/b");
	client_ask(c, "GET", "/a", &o);
	client_settle(c);
	assert_int_equal(o.reply.failure, DAV_REDIRECTS);
	assert_int_equal(o.reply.err.code, ERR_PROTOCOL);
	assert_int_equal(c->server->count, 3);
}

static void to_itself_is_a_circle(void **state)
{
	struct client *c = *state;
	SCOPED(outcome) o = {0};

	moves(c->server, 301, "/a");
	client_ask(c, "GET", "/a", &o);
	client_settle(c);
	assert_int_equal(o.reply.failure, DAV_REDIRECTS);
	assert_int_equal(c->server->count, 1);
}

static void five_are_followed_and_six_are_not(void **state)
{
	struct client *c = *state;
	static const char *const paths[] = {"/1", "/2", "/3", "/4", "/5", "/6"};

	for (size_t hops = 5; hops <= 6; hops++) {
		SCOPED(outcome) o = {0};
		const size_t before = c->server->count;
		for (size_t i = 0; i < hops; i++)
			moves(c->server, 307, paths[i]);
		if (hops == 5)
			SAYS(c, HELLO);
		client_ask(c, "PROPFIND", "/0", &o);
		client_settle(c);
		assert_int_equal(o.reply.failure,
			hops == 5 ? DAV_ANSWERED : DAV_REDIRECTS);
		assert_int_equal(o.reply.redirects, 5);
		assert_int_equal(c->server->count, before + 6);
	}
}

/* RFC 9110: what is not one of the five is an answer like any other. */
static void other_statuses_are_answers(void **state)
{
	static const int statuses[] = {300, 304, 305, 404};
	struct client *c = *state;

	for (size_t i = 0; i < COUNT_OF(statuses); i++) {
		SCOPED(outcome) o = {0};
		AUTO_FREE char *text = xasprintf(
			"HTTP/1.1 %d X\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n",
			statuses[i]);
		script_says(c->server, str_of(text), SCRIPT_KEEP);
		client_ask(c, "GET", "/", &o);
		assert_int_equal(o.reply.failure, DAV_ANSWERED);
		assert_int_equal(o.reply.status, statuses[i]);
	}
}

static void cancel_it(struct outcome *o)
{
	exchange_cancel(http_transport(o->client->http), take(&o->x));
}

static bool cancel_in_body(struct outcome *o, UNUSED struct err *e)
{
	cancel_it(o);
	return true;
}

static void cancelled_in_the_second_hop(void **state)
{
	struct client *c = *state;
	SCOPED(outcome) o = {.on_body = cancel_in_body};
	struct dav_request r = client_request(c, "GET", "/a");

	moves(c->server, 302, "/b");
	SAYS(c, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhello");
	client_start(c, &r, &o);
	for (int i = 0; i < 1000 && !c->server->hung_up; i++)
		client_settle(c);
	assert_int_equal(c->server->hung_up, 1);
	assert_int_equal(o.parts, 1);
	assert_false(o.done);
}

#define HTTP_TEST(name)                                                                \
	cmocka_unit_test_setup_teardown(name, client_set_up, client_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HTTP_TEST(reads_keep_method_body_and_sign_in),
		HTTP_TEST(writes_never_follow),
		HTTP_TEST(nothing_is_sent_to_another_origin),
		HTTP_TEST(an_agreed_origin_gets_the_sign_in),
		HTTP_TEST(bad_targets_end_it),
		HTTP_TEST(a_target_without_end_is_none),
		HTTP_TEST(no_target_ends_it),
		HTTP_TEST(circles_end_when_they_close),
		HTTP_TEST(to_itself_is_a_circle),
		HTTP_TEST(five_are_followed_and_six_are_not),
		HTTP_TEST(other_statuses_are_answers),
		HTTP_TEST(cancelled_in_the_second_hop),
	};

	return secrets_init(NULL) ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
