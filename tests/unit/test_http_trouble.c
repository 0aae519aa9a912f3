/* net/http: answers that are torn, late, or no answers at all. */
#include <config.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "net/http_exchange.h"
#include "tests/unit/http_client.h"

#define HELLO "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"

static void what_is_no_answer(void **state)
{
	/* clang-format off */
	static const struct {
		const char *bytes;
		enum script_end end;
		enum dav_failure failure;
	} rows[] = {
		{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", SCRIPT_CLOSE, DAV_CUT},
		{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", SCRIPT_RESET, DAV_CUT},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
			SCRIPT_CLOSE, DAV_CUT},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
			SCRIPT_CLOSE, DAV_CUT},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
			SCRIPT_CLOSE, DAV_CUT},
		{"HTTP/1.1 401 No\r\nContent-Length: 10\r\n\r\nhello", SCRIPT_CLOSE, DAV_CUT},
		{"", SCRIPT_CLOSE, DAV_NO_CONNECTION},
		{"", SCRIPT_RESET, DAV_NO_CONNECTION},
		{"HTTP/1.1 100 Continue\r\n\r\n", SCRIPT_CLOSE, DAV_NO_CONNECTION},
		{"HTTP/1.1 200 OK\r\nConte", SCRIPT_RESET, DAV_NO_CONNECTION},
		{"SSH-2.0-OpenSSH_9.2\r\n", SCRIPT_CLOSE, DAV_NOT_HTTP},
		{"<html>hello</html>", SCRIPT_CLOSE, DAV_NOT_HTTP},
		{"HTTP/1.1 999 What\r\nContent-Length: 0\r\n\r\n", SCRIPT_KEEP, DAV_NOT_HTTP},
		{"HTTP/1.1 20 What\r\nContent-Length: 0\r\n\r\n", SCRIPT_CLOSE, DAV_NOT_HTTP},
		{"HTTP/1.1 000 What\r\nContent-Length: 0\r\n\r\n", SCRIPT_CLOSE, DAV_NOT_HTTP},
		{"220 mail.example.org ESMTP\r\n", SCRIPT_CLOSE, DAV_NOT_HTTP},
	};
	/* clang-format on */
	struct client *c = *state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		SCOPED(outcome) o = {0};
		script_says(c->server, str_of(rows[i].bytes), rows[i].end);
		client_ask(c, "PROPFIND", "/", &o);
		if (o.reply.failure != rows[i].failure)
			fail_msg("row %zu: failure %d, %s", i, (int)o.reply.failure,
				o.reply.err.message);
		assert_int_equal(o.reply.status, 0);
		assert_true(o.reply.err.message[0]);
		assert_int_equal(o.error_body.len, 0);
	}
}

static void nobody_listens(void **state)
{
	struct client *c = *state;
	SCOPED(outcome) o = {0};
	struct dav_request r = client_request(c, "GET", "/");

	script_free(take(&c->server));
	client_start(c, &r, &o);
	client_until(c, &o.done);
	assert_int_equal(o.reply.failure, DAV_NO_CONNECTION);
	assert_int_equal(o.reply.err.code, ERR_NETWORK);
	assert_int_equal(o.connected, 0);
	assert_int_equal(o.reply.times.connected_ms, 0);
	assert_non_null(strstr(o.reply.err.message, "127.0.0.1"));
}

/* N47: the server ends a kept connection just when the next request is on its way. */
static void a_dead_connection_is_renewed_for_reads_only(void **state)
{
	static const char *const methods[] = {"PROPFIND", "GET", "PUT", "DELETE"};
	struct client *c = *state;

	for (size_t i = 0; i < COUNT_OF(methods); i++) {
		SCOPED(outcome) first = {0};
		SCOPED(outcome) o = {0};
		const bool read = i < 2;
		struct dav_request r = client_request(c, methods[i], "/");
		if (i == 0 || i == 2)
			client_body(&r, "body");
		SAYS(c, HELLO);
		client_ask(c, "GET", "/", &first);
		const size_t before = c->server->count;
		script_says(c->server, STR(""), SCRIPT_CLOSE);
		if (read)
			SAYS(c, HELLO);
		client_start(c, &r, &o);
		client_until(c, &o.done);
		client_settle(c);
		assert_int_equal(c->server->count, before + (read ? 2 : 1));
		assert_int_equal(o.reply.failure,
			read ? DAV_ANSWERED : DAV_NO_CONNECTION);
		assert_int_equal(o.connected, 1);
	}
}

/* Patience */

static void later(struct client *c, int64_t ms)
{
	c->now += ms;
	client_settle(c);
}

static void a_server_may_think_for_minutes(void **state)
{
	struct client *c = *state;
	SCOPED(outcome) o = {0};
	SCOPED(outcome) p = {0};
	struct dav_request r = client_request(c, "GET", "/");
	struct dav_request q = client_request(c, "GET", "/");

	client_start(c, &r, &o);
	client_settle(c);
	later(c, 179999);
	assert_false(o.done);
	script_adds(c->server, STR(HELLO));
	client_until(c, &o.done);
	assert_int_equal(o.reply.status, 200);
	client_start(c, &q, &p);
	client_settle(c);
	later(c, 180000);
	client_until(c, &p.done);
	assert_int_equal(p.reply.failure, DAV_TIMEOUT);
	assert_int_equal(p.reply.err.code, ERR_NETWORK);
}

static void once_it_speaks_it_must_go_on(void **state)
{
	struct client *c = *state;
	SCOPED(outcome) o = {0};
	struct dav_request r = client_request(c, "GET", "/");
	AUTO_FREE char *fast = xcalloc(1, 60 * 64 + 1);

	memset(fast, 'x', 60 * 64);
	SAYS(c, "HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\nhello");
	client_start(c, &r, &o);
	for (int i = 0; i < 1000 && !o.parts; i++)
		client_settle(c);
	script_adds(c->server, str_of(fast));
	for (int i = 0; i < 1000 && o.body.len < 5 + 60 * 64; i++)
		client_settle(c);
	later(c, 60000);
	assert_false(o.done);
	script_adds(c->server, STR("one more byte"));
	client_settle(c);
	later(c, 59999);
	assert_false(o.done);
	later(c, 1);
	client_until(c, &o.done);
	assert_int_equal(o.reply.failure, DAV_TIMEOUT);
	assert_int_equal(o.reply.status, 0);
}

static void the_deadline_ends_everything(void **state)
{
	struct client *c = *state;
	struct http_options soon = {.deadline_ms = c->now + 5000, .max_connections = 1};
	SCOPED(outcome) running = {0};
	SCOPED(outcome) waiting = {0};
	SCOPED(outcome) late = {0};
	struct dav_request q = client_request(c, "GET", "/a");
	struct dav_request r = client_request(c, "GET", "/b");

	client_reopen(c, &soon);
	client_start(c, &q, &running);
	client_start(c, &r, &waiting);
	later(c, 4999);
	assert_false(running.done);
	later(c, 1);
	client_until(c, &running.done);
	client_until(c, &waiting.done);
	client_ask(c, "GET", "/c", &late);
	assert_int_equal(running.reply.failure, DAV_TIMEOUT);
	assert_int_equal(waiting.reply.failure, DAV_TIMEOUT);
	assert_int_equal(late.reply.failure, DAV_TIMEOUT);
	assert_int_equal(c->server->count, 1);
}

/* Pure parts */

static void retry_after_is_clamped(void **state)
{
	/* clang-format off */
	static const struct {
		const char *value;
		int64_t seconds;
	} rows[] = {
		{"120", 120}, {"0", 0}, {"7200", 7200}, {"7201", 7200},
		{"99999999999999999999", 7200}, {"", -1}, {"-5", -1}, {"12abc", -1},
		{"1.5", -1}, {"soon", -1},
		{"Wed, 04 Mar 2026 09:15:30 GMT", 30},
		{"Wed, 04 Mar 2026 09:15:00 GMT", 0},
		{"Wed, 04 Mar 2026 09:14:59 GMT", -1},
		{"Wed, 04 Mar 2099 09:15:30 GMT", 7200},
		{"Wed, 04 Mar 2015 09:15:30 GMT", -1},
	};
	/* clang-format on */
	struct client *c = *state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		SCOPED(outcome) o = {0};
		AUTO_FREE char *answer =
			xasprintf("HTTP/1.1 503 Later\r\nRetry-After: %s\r\n"
				  "Date: Wed, 04 Mar 2026 09:15:00 GMT\r\n"
				  "Content-Length: 0\r\n\r\n",
				rows[i].value);
		assert_int_equal(http_retry_after(str_of(rows[i].value), 1772615700),
			rows[i].seconds);
		script_says(c->server, str_of(answer), SCRIPT_KEEP);
		client_ask(c, "PROPFIND", "/", &o);
		assert_int_equal(o.reply.status, 503);
		assert_int_equal(o.reply.retry_after, rows[i].seconds);
	}
}

static void failures_have_kinds_and_words(UNUSED void **state)
{
	/* clang-format off */
	static const struct {
		CURLcode code;
		long verify;
		long number;
		bool head_done;
		enum dav_failure kind;
		enum err_code err;
	} rows[] = {
		{CURLE_COULDNT_RESOLVE_HOST, 0, 0, false, DAV_NO_HOST, ERR_NETWORK},
		{CURLE_COULDNT_CONNECT, 0, ECONNREFUSED, false, DAV_NO_CONNECTION, ERR_NETWORK},
		{CURLE_GOT_NOTHING, 0, 0, false, DAV_NO_CONNECTION, ERR_NETWORK},
		{CURLE_RECV_ERROR, 0, ECONNRESET, false, DAV_NO_CONNECTION, ERR_NETWORK},
		{CURLE_RECV_ERROR, 0, 0, true, DAV_CUT, ERR_NETWORK},
		{CURLE_PARTIAL_FILE, 0, 0, true, DAV_CUT, ERR_NETWORK},
		{CURLE_OPERATION_TIMEDOUT, 0, 0, false, DAV_TIMEOUT, ERR_NETWORK},
		{CURLE_COULDNT_RESOLVE_PROXY, 0, 0, false, DAV_PROXY, ERR_NETWORK},
		{CURLE_PEER_FAILED_VERIFICATION, 18, 0, false, DAV_TLS_NAME, ERR_PROTOCOL},
		{CURLE_PEER_FAILED_VERIFICATION, 20, 0, false, DAV_TLS_NAME, ERR_PROTOCOL},
		{CURLE_PEER_FAILED_VERIFICATION, 0, 0, false, DAV_TLS_NAME, ERR_PROTOCOL},
		{CURLE_PEER_FAILED_VERIFICATION, 9, 0, false, DAV_TLS_CLOCK, ERR_PROTOCOL},
		{CURLE_PEER_FAILED_VERIFICATION, 10, 0, false, DAV_TLS_CLOCK, ERR_PROTOCOL},
		{CURLE_SSL_CONNECT_ERROR, 0, 0, false, DAV_TLS_OTHER, ERR_PROTOCOL},
		{CURLE_SSL_CONNECT_ERROR, 0, ECONNRESET, false, DAV_NO_CONNECTION, ERR_NETWORK},
		{CURLE_SSL_CACERT_BADFILE, 0, 0, false, DAV_TLS_OTHER, ERR_PROTOCOL},
		{CURLE_OUT_OF_MEMORY, 0, 0, false, DAV_TOO_LARGE, ERR_PROTOCOL},
		{CURLE_UNSUPPORTED_PROTOCOL, 0, 0, false, DAV_NOT_HTTP, ERR_PROTOCOL},
		{CURLE_BAD_CONTENT_ENCODING, 0, 0, true, DAV_NOT_HTTP, ERR_PROTOCOL},
		{CURLE_AGAIN, 0, 0, false, DAV_NO_CONNECTION, ERR_NETWORK},
	};
	/* clang-format on */
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct err e = {0};
		const struct http_trouble t = {rows[i].code, rows[i].verify,
			rows[i].number, rows[i].head_done, STR("cal.example.org")};
		assert_int_equal(http_failure(&t, &e), rows[i].kind);
		assert_int_equal(e.code, rows[i].err);
		assert_true(str_starts(str_of(e.message), STR("cal.example.org ")));
	}
}

#define HTTP_TEST(name)                                                                \
	cmocka_unit_test_setup_teardown(name, client_set_up, client_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HTTP_TEST(what_is_no_answer),
		HTTP_TEST(nobody_listens),
		HTTP_TEST(a_dead_connection_is_renewed_for_reads_only),
		HTTP_TEST(a_server_may_think_for_minutes),
		HTTP_TEST(once_it_speaks_it_must_go_on),
		HTTP_TEST(the_deadline_ends_everything),
		HTTP_TEST(retry_after_is_clamped),
		cmocka_unit_test(failures_have_kinds_and_words),
	};

	return secrets_init(NULL) ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
