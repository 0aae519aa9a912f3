/* net/http: answers that are too large, or encoded in ways nobody asked for. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/http_client.h"

#define HELLO "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"

static void ask_limited(struct client *c, size_t max_body, bool compress,
	struct outcome *o)
{
	struct dav_request r = client_request(c, "PROPFIND", "/");

	r.max_body = max_body;
	r.compress = compress;
	client_start(c, &r, o);
	client_until(c, &o->done);
}

static void a_body_up_to_the_cap_and_no_further(void **state)
{
	struct client *c = *state;

	for (size_t cap = 4; cap <= 5; cap++) {
		SCOPED(outcome) o = {0};
		SAYS(c, HELLO);
		ask_limited(c, cap, false, &o);
		assert_int_equal(o.reply.failure,
			cap == 5 ? DAV_ANSWERED : DAV_TOO_LARGE);
		assert_int_equal(o.reply.status, cap == 5 ? 200 : 0);
		assert_string_equal(buf_cstr(&o.body), cap == 5 ? "hello" : "");
	}
}

static void an_endless_body_stops_at_the_cap(void **state)
{
	struct client *c = *state;
	SCOPED(outcome) o = {0};

	script_says_forever(c->server,
		STR("HTTP/1.1 207 Multi-Status\r\nTransfer-Encoding: chunked\r\n\r\n"),
		STR("10\r\n0123456789abcdef\r\n"));
	ask_limited(c, 300000, false, &o);
	assert_int_equal(o.reply.failure, DAV_TOO_LARGE);
	assert_int_equal(o.reply.err.code, ERR_PROTOCOL);
	assert_true(o.body.len <= 300000);
	assert_true(o.body.len > 200000);
}

/* The bits of a deflate stream, lowest first; Huffman codes go in from their top. */
struct bits {
	struct buf *out;
	unsigned held;
	unsigned count;
};

static void put_code(struct bits *b, unsigned code, unsigned len)
{
	while (len--) {
		b->held |= (code >> len & 1U) << b->count++;
		if (b->count < 8)
			continue;
		buf_char(b->out, (char)b->held);
		b->held = b->count = 0;
	}
}

#define GZIP_HEADER "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"

/* One literal and then matches of 258 bytes at distance 1, in 13 bits each (RFC 1951,
 * 3.2.6). Without the trailer: nobody gets that far. */
static void add_bomb(struct buf *out, size_t matches)
{
	struct bits b = {.out = out};

	buf_add(out, STR(GZIP_HEADER));
	put_code(&b, 1, 1);
	put_code(&b, 2, 2); /* fixed codes: 01, lowest bit first */
	put_code(&b, 0x30, 8);
	while (matches--)
		put_code(&b, 0xc5U << 5, 13);
	put_code(&b, 0, 16);
}

/* "hello" as gzip(1) would store it. */
#define GZIP_HELLO                                                                     \
	GZIP_HEADER "\x01\x05\x00\xfa\xff"                                             \
		    "hello\x86\xa6\x10\x36\x05\x00\x00\x00"

static void queue_encoded(struct client *c, const char *encoding, struct str body)
{
	SCOPED(buf) b = buf_with_max(0);

	buf_printf(&b, "HTTP/1.1 207 Multi-Status\r\nContent-Encoding: %s\r\n",
		encoding);
	buf_printf(&b, "Content-Length: %zu\r\n\r\n", body.len);
	buf_add(&b, body);
	script_says(c->server, buf_view(&b), SCRIPT_CLOSE);
}

static void gzip_is_decoded_where_it_was_offered(void **state)
{
	struct client *c = *state;
	SCOPED(outcome) o = {0};

	queue_encoded(c, "gzip", STR(GZIP_HELLO));
	ask_limited(c, 100, true, &o);
	assert_int_equal(o.reply.failure, DAV_ANSWERED);
	assert_string_equal(buf_cstr(&o.body), "hello");
}

static void other_encodings_are_refused(void **state)
{
	/* clang-format off */
	static const struct {
		bool compress;
		const char *encoding;
		enum dav_failure failure;
	} rows[] = {
		{false, "gzip", DAV_NOT_HTTP},
		{false, "br", DAV_NOT_HTTP},
		{false, "identity", DAV_ANSWERED},
		{true, "identity", DAV_ANSWERED},
		{true, "br", DAV_NOT_HTTP},
		{true, "deflate", DAV_NOT_HTTP},
		{true, "gzip, gzip", DAV_NOT_HTTP},
		{true, "gzip\r\nContent-Encoding: gzip", DAV_NOT_HTTP},
		{true, "x-unheard-of", DAV_NOT_HTTP},
	};
	/* clang-format on */
	struct client *c = *state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		SCOPED(outcome) o = {0};
		queue_encoded(c, rows[i].encoding, STR(GZIP_HELLO));
		ask_limited(c, 1000, rows[i].compress, &o);
		if (o.reply.failure != rows[i].failure)
			fail_msg("%s: %s", rows[i].encoding, o.reply.err.message);
		if (o.reply.failure != DAV_ANSWERED)
			assert_int_equal(o.reply.err.code, ERR_PROTOCOL);
	}
}

static void a_damaged_gzip_is_no_answer(void **state)
{
	struct client *c = *state;
	SCOPED(outcome) o = {0};

	queue_encoded(c, "gzip", STR("<?xml version=\"1.0\"?><not-gzip/>"));
	ask_limited(c, 1000, true, &o);
	assert_int_equal(o.reply.failure, DAV_NOT_HTTP);
}

static void a_gzip_bomb_stops_at_the_cap(void **state)
{
	struct client *c = *state;
	SCOPED(outcome) o = {0};
	SCOPED(buf) bomb = buf_with_max(0);

	add_bomb(&bomb, 80000); /* 20 MB out of 130 KB */
	queue_encoded(c, "gzip", buf_view(&bomb));
	ask_limited(c, 1 << 20, true, &o);
	assert_int_equal(o.reply.failure, DAV_TOO_LARGE);
	assert_true(o.body.len <= 1 << 20);
	assert_true(o.body.len > 1 << 19);
}

static void the_bomb_is_a_gzip(void **state)
{
	struct client *c = *state;
	SCOPED(outcome) o = {0};
	SCOPED(buf) small = buf_with_max(0);

	add_bomb(&small, 3);
	queue_encoded(c, "gzip", buf_view(&small));
	ask_limited(c, 1 << 20, true, &o);
	assert_int_equal(o.body.len, 1 + 3 * 258);
	assert_int_equal(o.body.ptr[0], 0);
}

static void of_an_error_the_beginning_is_kept(void **state)
{
	struct client *c = *state;
	SCOPED(outcome) o = {0};
	SCOPED(outcome) p = {0};

	script_says_forever(c->server, STR("HTTP/1.1 500 Oops\r\n\r\n"),
		STR("0123456789"));
	ask_limited(c, 10, false, &o);
	assert_int_equal(o.reply.failure, DAV_ANSWERED);
	assert_int_equal(o.reply.status, 500);
	assert_int_equal(o.error_body.len, 16 * 1024);
	assert_int_equal(memcmp(o.error_body.ptr, "01234567890123", 14), 0);
	assert_int_equal(o.parts, 0);
	SAYS(c, "HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nno!");
	ask_limited(c, 1, false, &p);
	assert_string_equal(buf_cstr(&p.error_body), "no!");
}

static void answered(void *ctx, const struct dav_reply *reply)
{
	struct outcome *o = ctx;

	o->done = true;
	o->reply = *reply;
}

static void what_nobody_waits_for_does_not_matter(void **state)
{
	struct client *c = *state;
	SCOPED(outcome) o = {0};
	struct dav_request r = client_request(c, "DELETE", "/x.ics");
	const struct dav_sink sink = {.ctx = &o, .done = answered};

	r.max_body = 0;
	script_says_forever(c->server, STR("HTTP/1.1 200 OK\r\n\r\n"),
		STR("deleted! "));
	(void)transport_start(http_transport(c->http), &r, &sink);
	client_until(c, &o.done);
	assert_int_equal(o.reply.failure, DAV_ANSWERED);
	assert_int_equal(o.reply.status, 200);
}

static void headers_have_a_limit(void **state)
{
	/* clang-format off */
	static const struct {
		struct str first;
		struct str again;
	} rows[] = {
		{STR("HTTP/1.1 200 OK\r\n"), STR("X-More: and more\r\n")},
		{STR("HTTP/1.1 200 OK\r\nX-Long: "), STR("and longer and longer ")},
		{STR(""), STR("HTTP/1.1 100 Continue\r\n\r\n")},
		{STR("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"),
			STR("X-Trailer: and more\r\n")},
	};
	/* clang-format on */
	struct client *c = *state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		SCOPED(outcome) o = {0};
		script_says_forever(c->server, rows[i].first, rows[i].again);
		ask_limited(c, 1000, false, &o);
		assert_int_equal(o.reply.failure, DAV_TOO_LARGE);
		assert_int_equal(o.reply.err.code, ERR_PROTOCOL);
		assert_int_equal(o.reply.status, 0);
	}
}

static void headers_below_the_limit_are_fine(void **state)
{
	struct client *c = *state;
	SCOPED(outcome) o = {0};
	SCOPED(buf) b = buf_with_max(0);

	buf_text(&b, "HTTP/1.1 200 OK\r\n");
	for (int i = 0; i < 2000; i++)
		buf_text(&b, "X-More: and so on and on\r\n");
	buf_text(&b, "Content-Length: 2\r\n\r\nok");
	script_says(c->server, buf_view(&b), SCRIPT_KEEP);
	ask_limited(c, 1000, false, &o);
	assert_string_equal(buf_cstr(&o.body), "ok");
}

#define HTTP_TEST(name)                                                                \
	cmocka_unit_test_setup_teardown(name, client_set_up, client_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HTTP_TEST(a_body_up_to_the_cap_and_no_further),
		HTTP_TEST(an_endless_body_stops_at_the_cap),
		HTTP_TEST(gzip_is_decoded_where_it_was_offered),
		HTTP_TEST(other_encodings_are_refused),
		HTTP_TEST(a_damaged_gzip_is_no_answer),
		HTTP_TEST(a_gzip_bomb_stops_at_the_cap),
		HTTP_TEST(the_bomb_is_a_gzip),
		HTTP_TEST(of_an_error_the_beginning_is_kept),
		HTTP_TEST(what_nobody_waits_for_does_not_matter),
		HTTP_TEST(headers_have_a_limit),
		HTTP_TEST(headers_below_the_limit_are_fine),
	};

	return secrets_init(NULL) ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
