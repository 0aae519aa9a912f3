/* net/http: what is sent, what is read of an answer, and cancelling from everywhere. */
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

#define EMPTY "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
#define HELLO "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"

static void assert_header(const struct client *c, size_t i, const char *name,
	const char *value)
{
	const struct str is = script_header(c->server, i, name);

	if (!value && is.ptr)
		fail_msg("%s: %.*s should not be there", name, STR_ARG(is));
	if (value && !str_is(is, value))
		fail_msg("%s: \"%.*s\" instead of \"%s\"", name, STR_ARG(is), value);
}

static void a_request_says_exactly_what_it_must(void **state)
{
	struct client *c = *state;
	SCOPED(outcome) o = {0};
	struct dav_request r = client_request(c, "REPORT", "/a%2fb/c%20d/?x=%41");

	r.depth = DEPTH_1;
	r.compress = true;
	client_body(&r, "<?xml version=\"1.0\"?><x/>");
	SAYS(c, "HTTP/1.1 207 Multi-Status\r\nContent-Length: 5\r\n\r\nhello");
	client_start(c, &r, &o);
	client_until(c, &o.done);
	assert_int_equal(o.reply.failure, DAV_ANSWERED);
	assert_int_equal(o.reply.status, 207);
	assert_int_equal(o.head_status, 207);
	assert_string_equal(buf_cstr(&o.body), "hello");
	assert_int_equal(o.connected, 1);
	assert_int_equal(c->server->count, 1);
	const struct script_request *q = &c->server->requests[0];
	assert_string_equal(q->method, "REPORT");
	assert_string_equal(q->target, "/a%2fb/c%20d/?x=%41");
	assert_string_equal(q->body, "<?xml version=\"1.0\"?><x/>");
	assert_header(c, 0, "Authorization", CLIENT_BASIC);
	assert_header(c, 0, "Depth", "1");
	assert_header(c, 0, "Content-Type", "application/xml; charset=utf-8");
	assert_header(c, 0, "Content-Length", "25");
	assert_header(c, 0, "Accept-Encoding", "gzip");
	assert_header(c, 0, "User-Agent", "calwiz/" VERSION);
	assert_header(c, 0, "Expect", NULL);
	assert_header(c, 0, "If-Match", NULL);
	assert_header(c, 0, "Cookie", NULL);
	assert_header(c, 0, "Transfer-Encoding", NULL);
}

static void a_plain_request_says_no_more(void **state)
{
	static const char *const absent[] = {"Depth", "Content-Type", "Content-Length",
		"Accept-Encoding", "Expect", "If-Match", "If-None-Match"};
	struct client *c = *state;
	SCOPED(outcome) o = {0};

	SAYS(c, HELLO);
	client_ask(c, "GET", "/x.ics", &o);
	for (size_t i = 0; i < COUNT_OF(absent); i++)
		assert_header(c, 0, absent[i], NULL);
	assert_int_equal(c->server->requests[0].body_len, 0);
}

static void a_large_put_goes_without_asking_first(void **state)
{
	struct client *c = *state;
	SCOPED(outcome) o = {0};
	SCOPED(outcome) p = {0};
	const size_t size = 1280 * 1024; /* libcurl asks first from 1 MB on */
	AUTO_FREE char *text = xcalloc(1, size + 1);
	struct dav_request r = client_request(c, "PUT", "/x.ics");

	memset(text, 'x', size);
	client_body(&r, text);
	r.if_match = xstrdup("\"a-1\"");
	SAYS(c, "HTTP/1.1 204 No Content\r\nETag: \"a-2\"\r\n\r\n");
	client_start(c, &r, &o);
	client_until(c, &o.done);
	assert_int_equal(o.reply.status, 204);
	assert_string_equal(o.reply.etag, "\"a-2\"");
	assert_header(c, 0, "Expect", NULL);
	assert_header(c, 0, "If-Match", "\"a-1\"");
	assert_int_equal(c->server->requests[0].body_len, size);
	r = client_request(c, "PUT", "/y.ics");
	r.if_none_match = true;
	client_body(&r, "");
	SAYS(c, EMPTY);
	client_start(c, &r, &p);
	client_until(c, &p.done);
	assert_header(c, 1, "If-None-Match", "*");
	assert_header(c, 1, "Content-Length", "0");
}

static void a_tag_with_a_line_end_is_not_sent(void **state)
{
	struct client *c = *state;
	SCOPED(outcome) o = {0};
	struct dav_request r = client_request(c, "DELETE", "/x.ics");

	r.if_match = xstrdup("\"a\"\r\nX-Evil: 1");
	client_start(c, &r, &o);
	client_until(c, &o.done);
	assert_int_equal(o.reply.failure, DAV_NOT_HTTP);
	assert_int_equal(o.reply.err.code, ERR_PROTOCOL);
	assert_int_equal(c->server->connections, 0);
}

static void nothing_leaves_for_a_host_the_gate_refuses(void **state)
{
	static const char *const elsewhere[] = {"http://localhost:%u/",
		"http://[::1]:%u/", "https://127.0.0.1:%u/", "http://example.org:%u/"};
	struct client *c = *state;

	for (size_t i = 0; i < COUNT_OF(elsewhere); i++) {
		SCOPED(outcome) o = {0};
		char text[64];
		/* the rows differ in nothing but the host */
		const struct str row = str_of(elsewhere[i]);
		const size_t at = str_find(row, STR("%u"));
		(void)snprintf(text, sizeof(text), "%.*s%u/", (int)at, row.ptr,
			(unsigned)c->server->port);
		client_ask(c, "GET", text, &o);
		assert_int_equal(o.reply.failure, DAV_FOREIGN_HOST);
		assert_int_equal(o.reply.err.code, ERR_CONFIG);
		assert_int_equal(o.reply.status, 0);
		assert_int_equal(o.connected, 0);
	}
	assert_int_equal(c->server->connections, 0);
}

static void proxies_in_the_environment_are_ignored(void **state)
{
	static const char *const names[] = {"http_proxy", "HTTP_PROXY", "https_proxy",
		"HTTPS_PROXY", "all_proxy", "ALL_PROXY"};
	struct client *c = *state;
	SCOPED(outcome) o = {0};
	struct script *proxy = script_new(c->loop);
	char address[40];

	(void)snprintf(address, sizeof(address), "http://127.0.0.1:%u", proxy->port);
	for (size_t i = 0; i < COUNT_OF(names); i++)
		assert_int_equal(setenv(names[i], address, 1), 0);
	SAYS(c, HELLO);
	client_ask(c, "GET", "/", &o);
	for (size_t i = 0; i < COUNT_OF(names); i++)
		assert_int_equal(unsetenv(names[i]), 0);
	assert_int_equal(o.reply.status, 200);
	assert_int_equal(c->server->count, 1);
	assert_int_equal(proxy->connections, 0);
	script_free(proxy);
}

/* N15, icloud G1: the schemes come in any order, on one line or more. */
static void a_refused_sign_in_is_not_repeated(void **state)
{
	static const char *const challenges[] = {
		"WWW-Authenticate: Basic realm=\"MMCalDav\"\r\n",
		"WWW-Authenticate: X-MobileMe-AuthToken realm=\"MMCalDav\", Basic "
		"realm=\"MMCalDav\"\r\n",
		"WWW-Authenticate: Negotiate\r\nWWW-Authenticate: NTLM\r\n"
		"WWW-Authenticate: Digest realm=\"x\", nonce=\"1\", qop=\"auth\"\r\n"
		"WWW-Authenticate: Basic realm=\"x\"\r\n",
		"WWW-Authenticate: Digest realm=\"x\", nonce=\"1\"\r\n",
		"",
	};
	struct client *c = *state;

	for (size_t i = 0; i < COUNT_OF(challenges); i++) {
		SCOPED(outcome) o = {0};
		AUTO_FREE char *answer = xasprintf("HTTP/1.1 401 Unauthorized\r\n%s"
						   "x-apple-user-partition: 42\r\n"
						   "Content-Length: 2\r\n\r\nno",
			challenges[i]);
		script_says(c->server, str_of(answer), SCRIPT_KEEP);
		client_ask(c, "PROPFIND", "/", &o);
		client_settle(c);
		assert_int_equal(o.reply.failure, DAV_ANSWERED);
		assert_int_equal(o.reply.status, 401);
		assert_true(o.reply.known_account);
		assert_int_equal(o.parts, 0);
		assert_string_equal(buf_cstr(&o.error_body), "no");
		assert_int_equal(c->server->count, i + 1);
		assert_header(c, i, "Authorization", CLIENT_BASIC);
	}
	assert_int_equal(c->server->connections, 1);
}

static void without_a_login_nothing_is_told(void **state)
{
	struct client *c = *state;
	SCOPED(outcome) o = {0};
	const struct http_options plain = {
		.gate.home = {.port = c->server->port, .host = "127.0.0.1"},
		.gate.provider = PROVIDER_CALDAV,
	};

	http_free(c->http);
	c->http = http_new(c->loop, &plain);
	SAYS(c, HELLO);
	client_ask(c, "GET", "/", &o);
	assert_int_equal(o.reply.status, 200);
	assert_header(c, 0, "Authorization", NULL);
}

static void cookies_are_not_kept(void **state)
{
	struct client *c = *state;
	SCOPED(outcome) o = {0};
	SCOPED(outcome) p = {0};

	SAYS(c, "HTTP/1.1 200 OK\r\nSet-Cookie: a=b; Path=/\r\nContent-Length: "
		"0\r\n\r\n");
	SAYS(c, EMPTY);
	client_ask(c, "GET", "/", &o);
	client_ask(c, "GET", "/", &p);
	assert_int_equal(c->server->count, 2);
	assert_header(c, 1, "Cookie", NULL);
}

static void connections_are_kept_and_counted(void **state)
{
	struct client *c = *state;

	for (int i = 0; i < 3; i++) {
		SCOPED(outcome) o = {0};
		SAYS(c, HELLO);
		client_ask(c, "GET", "/", &o);
		assert_int_equal(o.connected, 1);
		assert_true(o.reply.times.total_ms > 0);
		assert_int_equal(o.reply.times.secured_ms, 0);
	}
	const struct http_stats s = http_stats(c->http);
	size_t up = 0;
	for (size_t i = 0; i < c->server->count; i++)
		up += strlen(c->server->requests[i].head);
	assert_int_equal(c->server->connections, 1);
	assert_int_equal(s.requests, 3);
	assert_int_equal(s.connections, 1);
	assert_int_equal(s.bytes_up, up);
	assert_int_equal(s.bytes_down, 3 * (sizeof(HELLO) - 1));
}

/* After a 421 the same connection would do no better. */
static void a_fresh_request_has_its_own_connection(void **state)
{
	static const bool fresh[] = {false, true, false};
	struct client *c = *state;

	for (size_t i = 0; i < COUNT_OF(fresh); i++) {
		SCOPED(outcome) o = {0};
		struct dav_request r = client_request(c, "PROPFIND", "/");
		r.fresh = fresh[i];
		SAYS(c, HELLO);
		client_start(c, &r, &o);
		client_until(c, &o.done);
		assert_int_equal(o.reply.status, 200);
		assert_int_equal(o.reply.local_date, c->now / 1000);
	}
	assert_int_equal(c->server->connections, 2);
	assert_int_equal(c->server->requests[0].connection, 1);
	assert_int_equal(c->server->requests[1].connection, 2);
}

static void no_more_connections_than_allowed(void **state)
{
	struct client *c = *state;
	struct outcome o[7] = {0};
	struct http_options two = {.max_connections = 2};

	client_reopen(c, &two);
	for (size_t i = 0; i < COUNT_OF(o); i++) {
		char path[8];
		(void)snprintf(path, sizeof(path), "/%zu", i);
		struct dav_request r = client_request(c, "GET", path);
		SAYS(c, HELLO);
		client_start(c, &r, &o[i]);
	}
	for (size_t i = 0; i < COUNT_OF(o); i++) {
		client_until(c, &o[i].done);
		assert_int_equal(o[i].reply.status, 200);
		outcome_clear(&o[i]);
		outcome_clear(&o[i]);
	}
	assert_int_equal(c->server->count, COUNT_OF(o));
	assert_true(c->server->connections <= 2);
	assert_string_equal(c->server->requests[6].target, "/6");
}

static void an_answer_is_read_with_care(void **state)
{
	/* clang-format off */
	static const struct {
		const char *headers;
		const char *etag;
		const char *type;
		int64_t date;
		bool known;
	} rows[] = {
		{"ETag: \"abc\"\r\n", "\"abc\"", "", 0, false},
		{"etag:W/\"abc\"  \r\n", "W/\"abc\"", "", 0, false},
		{"ETag: \"\"\r\n", "\"\"", "", 0, false},
		{"ETag: \"C=12@U=f8-\xc3\xa4\"\r\n", "\"C=12@U=f8-\xc3\xa4\"", "", 0, false},
		{"ETag: abc\r\n", "", "", 0, false},
		{"ETag: \"a\"b\"\r\n", "", "", 0, false},
		{"ETag: \"a b\"\r\n", "", "", 0, false},
		{"ETag: \"\x1b[2J\"\r\n", "", "", 0, false},
		{"ETag : \"abc\"\r\n", "", "", 0, false},
		{"X: y\r\n ETag: \"abc\"\r\n", "", "", 0, false},
		{"Content-Type: text/xml; charset=utf-8\r\n", "",
			"text/xml; charset=utf-8", 0, false},
		{"Date: Wed, 04 Mar 2026 09:15:00 GMT\r\n", "", "", 1772615700, false},
		{"Date: yesterday\r\n", "", "", 0, false},
		{"X-Apple-User-Partition: 7\r\n", "", "", 0, true},
		{"X-Apple-User-Partition:\r\n", "", "", 0, false},
	};
	/* clang-format on */
	struct client *c = *state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		SCOPED(outcome) o = {0};
		AUTO_FREE char *answer =
			xasprintf("HTTP/1.1 200 OK\r\n%sContent-Length: 2\r\n\r\nok",
				rows[i].headers);
		script_says(c->server, str_of(answer), SCRIPT_KEEP);
		client_ask(c, "GET", "/", &o);
		assert_int_equal(o.reply.status, 200);
		assert_string_equal(o.reply.etag, rows[i].etag);
		assert_string_equal(o.head_etag, rows[i].etag);
		assert_string_equal(o.reply.content_type, rows[i].type);
		assert_int_equal(o.reply.server_date, rows[i].date);
		assert_int_equal(o.reply.known_account, rows[i].known);
		assert_int_equal(o.reply.retry_after, -1);
		assert_string_equal(buf_cstr(&o.body), "ok");
	}
}

static void a_notice_before_the_answer_is_not_the_answer(void **state)
{
	struct client *c = *state;
	SCOPED(outcome) o = {0};

	SAYS(c, "HTTP/1.1 103 Early Hints\r\nETag: \"early\"\r\n\r\n"
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
		"3\r\nabc\r\n0\r\nETag: \"late\"\r\n\r\n");
	client_ask(c, "GET", "/", &o);
	assert_int_equal(o.reply.status, 200);
	assert_string_equal(o.reply.etag, "");
	assert_string_equal(buf_cstr(&o.body), "abc");
}

/* Radicale speaks HTTP/1.0 and ends each body with the connection. */
static void an_old_server_is_understood(void **state)
{
	struct client *c = *state;

	for (int i = 1; i <= 2; i++) {
		SCOPED(outcome) o = {0};
		script_says(c->server, STR("HTTP/1.0 207 Multi-Status\r\n\r\nhello"),
			SCRIPT_CLOSE);
		client_ask(c, "PROPFIND", "/", &o);
		assert_int_equal(o.reply.status, 207);
		assert_string_equal(buf_cstr(&o.body), "hello");
		assert_int_equal(c->server->connections, i);
	}
}

static void the_log_has_no_headers_and_no_bodies(void **state)
{
	struct client *c = *state;
	SCOPED(outcome) o = {0};
	int fds[2];
	char line[1024] = "";

	assert_int_equal(pipe(fds), 0);
	const struct log log = {fds[1], LOG_DEBUG};
	struct http_options logged = {.log = &log};
	client_reopen(c, &logged);
	SAYS(c, HELLO);
	client_ask(c, "GET", "/path", &o);
	assert_true(read(fds[0], line, sizeof(line) - 1) > 0);
	assert_non_null(strstr(line, "GET /path status=200 bytes=43 ms="));
	assert_null(strstr(line, "Basic"));
	assert_null(strstr(line, "hello"));
	(void)close(fds[0]);
	(void)close(fds[1]);
}

#define HTTP_TEST(name)                                                                \
	cmocka_unit_test_setup_teardown(name, client_set_up, client_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HTTP_TEST(a_request_says_exactly_what_it_must),
		HTTP_TEST(a_plain_request_says_no_more),
		HTTP_TEST(a_large_put_goes_without_asking_first),
		HTTP_TEST(a_tag_with_a_line_end_is_not_sent),
		HTTP_TEST(nothing_leaves_for_a_host_the_gate_refuses),
		HTTP_TEST(proxies_in_the_environment_are_ignored),
		HTTP_TEST(a_refused_sign_in_is_not_repeated),
		HTTP_TEST(without_a_login_nothing_is_told),
		HTTP_TEST(cookies_are_not_kept),
		HTTP_TEST(connections_are_kept_and_counted),
		HTTP_TEST(a_fresh_request_has_its_own_connection),
		HTTP_TEST(no_more_connections_than_allowed),
		HTTP_TEST(an_answer_is_read_with_care),
		HTTP_TEST(a_notice_before_the_answer_is_not_the_answer),
		HTTP_TEST(an_old_server_is_understood),
		HTTP_TEST(the_log_has_no_headers_and_no_bodies),
	};

	return secrets_init(NULL) ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
