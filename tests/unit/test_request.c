#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "dav/request.h"
#include "dav/xml_reader.h"

#define AT "https://dav.example.org/home/"

/* Element names and texts of a body in order, so that a test sees structure, not bytes.
 */
static bool note_start(void *ctx, const struct xml_element *el, struct err *e)
{
	static const char *const spaces[] = {[XML_OTHER] = "?",
		[XML_DAV] = "",
		[XML_CALDAV] = "C:",
		[XML_SERVER] = "CS:",
		[XML_APPLE] = "A:"};
	(void)e;
	buf_printf(ctx, "%s%s(", spaces[el->space], el->name);
	return true;
}

static bool note_text(void *ctx, struct str text, struct err *e)
{
	(void)e;
	buf_add(ctx, text);
	return true;
}

static bool note_end(void *ctx, struct err *e)
{
	(void)e;
	buf_char(ctx, ')');
	return true;
}

static void check(struct dav_request *r, const char *method, int depth,
	const char *shape)
{
	SCOPED(buf) found = buf_with_max(0);
	const struct xml_handler handler = {.ctx = &found,
		.start = note_start,
		.text = note_text,
		.end = note_end};
	AUTO(xml_reader) *reader = xml_reader_new(&handler);
	AUTO_FREE char *address = uri_text(&r->uri);

	assert_string_equal(r->method, method);
	assert_int_equal(r->depth, depth);
	assert_string_equal(address, AT);
	assert_string_equal(r->content_type, "application/xml; charset=utf-8");
	assert_true(r->compress);
	assert_null(r->if_match);
	assert_false(r->if_none_match);
	assert_int_equal(strncmp(buf_cstr(&r->body), "<?xml", 5), 0);
	assert_true(xml_reader_feed(reader, buf_view(&r->body), NULL));
	assert_true(xml_reader_finish(reader, NULL));
	assert_string_equal(buf_cstr(&found), shape);
	dav_request_clear(r);
	assert_null(r->uri.path);
	assert_int_equal(r->body.len, 0);
}

static void asks_for_discovery(void **state)
{
	SCOPED(uri) at = {0};
	struct dav_request r;
	(void)state;

	assert_true(uri_parse(&at, STR(AT), NULL));
	dav_ask_principal(&r, &at);
	assert_int_equal(r.max_body, DAV_BODY_DISCOVERY);
	check(&r, "PROPFIND", DEPTH_0, "propfind(prop(current-user-principal()))");
	dav_ask_home(&r, &at);
	check(&r, "PROPFIND", DEPTH_0, "propfind(prop(C:calendar-home-set()))");
	dav_ask_calendars(&r, &at);
	assert_int_equal(r.max_body, DAV_BODY_DISCOVERY);
	check(&r, "PROPFIND", DEPTH_1,
		"propfind(prop(resourcetype()displayname()"
		"C:supported-calendar-component-set()CS:getctag()sync-token()"
		"A:calendar-color()A:calendar-order()current-user-privilege-set()))");
}

static void asks_for_members(void **state)
{
	const struct str hrefs[] = {STR("/a/1.ics"), STR("/a/x&y<z>\".ics"),
		STR("/a/caf%C3%A9%40.ics")};
	SCOPED(uri) at = {0};
	struct dav_request r;
	(void)state;

	assert_true(uri_parse(&at, STR(AT), NULL));
	dav_ask_changes(&r, &at, STR(""), false);
	assert_int_equal(r.max_body, DAV_BODY_STREAM);
	check(&r, "REPORT", DEPTH_0,
		"sync-collection(sync-token()sync-level(1)prop(getetag()))");
	dav_ask_changes(&r, &at, STR("data:,<1>&\"+/="), true);
	check(&r, "REPORT", DEPTH_0,
		"sync-collection(sync-token(data:,<1>&\"+/=)sync-level(1)"
		"prop(getetag()C:calendar-data()))");
	dav_ask_listing(&r, &at);
	check(&r, "PROPFIND", DEPTH_1, "propfind(prop(resourcetype()getetag()))");
	dav_ask_objects(&r, &at, hrefs, COUNT_OF(hrefs));
	check(&r, "REPORT", DEPTH_1,
		"C:calendar-multiget(prop(getetag()C:calendar-data())href(/a/1.ics)"
		"href(/a/x&y<z>\".ics)href(/a/caf%C3%A9%40.ics))");
}

static void asks_for_one_object(void **state)
{
	SCOPED(uri) at = {0};
	struct dav_request r;
	(void)state;

	assert_true(uri_parse(&at, STR(AT), NULL));
	dav_ask_object(&r, &at);
	assert_string_equal(r.method, "GET");
	assert_int_equal(r.depth, DEPTH_NONE);
	assert_int_equal(r.max_body, DAV_BODY_OBJECT);
	assert_false(r.compress);
	assert_null(r.content_type);
	assert_int_equal(r.body.len, 0);
	dav_request_clear(&r);
	dav_request_clear(&r);
	assert_int_equal(r.depth, DEPTH_NONE);
}

static void tells_errors(void **state)
{
	static const struct {
		int status;
		enum err_code code;
	} rows[] = {
		{401, ERR_AUTH},
		{403, ERR_AUTH},
		{404, ERR_GONE},
		{410, ERR_GONE},
		{412, ERR_CONFLICT},
		{429, ERR_BUSY},
		{503, ERR_BUSY},
		{500, ERR_NETWORK},
		{502, ERR_NETWORK},
		{504, ERR_NETWORK},
		{501, ERR_UNAVAILABLE},
		{505, ERR_UNAVAILABLE},
		{507, ERR_UNAVAILABLE},
		{200, ERR_PROTOCOL},
		{207, ERR_PROTOCOL},
		{400, ERR_PROTOCOL},
		{301, ERR_GONE},
	};
	(void)state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct dav_reply reply = {.status = rows[i].status,
			.retry_after = 7};
		struct err e = {0};
		assert_false(dav_reply_error(&reply, "list Home", &e));
		assert_int_equal(e.code, rows[i].code);
		assert_int_equal(e.retry_after, rows[i].code == ERR_BUSY ? 7 : 0);
		assert_int_equal(strncmp(e.message, "list Home: ", 11), 0);
		AUTO_FREE char *number = xasprintf("%d", rows[i].status);
		assert_non_null(strstr(e.message, number));
	}
}

static void keeps_the_error_of_a_failure(void **state)
{
	struct dav_reply reply = {.failure = DAV_NO_HOST, .retry_after = -1};
	struct err e = {0};
	(void)state;

	(void)err_set(&reply.err, ERR_NETWORK, "no such host");
	assert_false(dav_reply_error(&reply, "sign in", &e));
	assert_int_equal(e.code, ERR_NETWORK);
	assert_string_equal(e.message, "sign in: no such host");
	assert_false(dav_reply_error(&reply, "sign in", NULL));
	reply.err = (struct err){0};
	assert_false(dav_reply_error(&reply, "sign in", &e));
	assert_int_equal(e.code, ERR_NETWORK);
	reply = (struct dav_reply){.status = 429, .retry_after = -1};
	assert_false(dav_reply_error(&reply, "sign in", &e));
	assert_int_equal(e.retry_after, 0);
}

/* A transport that notes what reaches it. */
struct fake {
	struct transport transport;
	unsigned started;
	unsigned cancelled;
};

struct dav_exchange {
	struct fake *fake;
};

static struct dav_exchange *fake_start(struct transport *t, struct dav_request *request,
	const struct dav_sink *sink)
{
	struct fake *f = (struct fake *)t;
	struct dav_exchange *x = xcalloc(1, sizeof(*x));

	(void)sink;
	f->started++;
	x->fake = f;
	dav_request_clear(request);
	return x;
}

static void fake_cancel(struct dav_exchange *x)
{
	x->fake->cancelled++;
	free(x);
}

static void forwards(void **state)
{
	static const struct transport_ops ops = {.start = fake_start,
		.cancel = fake_cancel};
	struct fake f = {.transport.ops = &ops};
	const struct dav_sink sink = {0};
	SCOPED(uri) at = {0};
	struct dav_request r;
	(void)state;

	assert_true(uri_parse(&at, STR(AT), NULL));
	dav_ask_object(&r, &at);
	struct dav_exchange *x = transport_start(&f.transport, &r, &sink);
	assert_int_equal(f.started, 1);
	assert_null(r.uri.path);
	exchange_cancel(&f.transport, x);
	exchange_cancel(&f.transport, NULL);
	assert_int_equal(f.cancelled, 1);
}

/* What a PUT or DELETE demands of the stored object. */
static void stores(void **state)
{
	static const struct {
		const char *tag;
		const char *if_match;
		bool if_none_match;
	} rows[] = {
		{NULL, NULL, true},
		{"\"e1\"", "\"e1\"", false},
		{"e1", "\"e1\"", false}, /* some servers tell it without quotes */
		{"W/\"e1\"", NULL, false},
		{"", NULL, false},
	};
	SCOPED(uri) at = {0};

	(void)state;
	assert_true(uri_parse(&at, STR(AT), NULL));
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		SCOPED(dav_request) put = {0};
		SCOPED(dav_request) remove = {0};
		dav_put(&put, &at, STR("BEGIN:VCALENDAR"), rows[i].tag);
		assert_string_equal(put.method, "PUT");
		assert_string_equal(put.content_type, "text/calendar; charset=utf-8");
		assert_string_equal(buf_cstr(&put.body), "BEGIN:VCALENDAR");
		assert_int_equal(put.if_none_match, rows[i].if_none_match);
		dav_remove(&remove, &at, rows[i].tag);
		assert_string_equal(remove.method, "DELETE");
		assert_false(remove.if_none_match);
		if (!rows[i].if_match) {
			assert_null(put.if_match);
			assert_null(remove.if_match);
			continue;
		}
		assert_string_equal(put.if_match, rows[i].if_match);
		assert_string_equal(remove.if_match, rows[i].if_match);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asks_for_discovery),
		cmocka_unit_test(asks_for_members),
		cmocka_unit_test(asks_for_one_object),
		cmocka_unit_test(stores),
		cmocka_unit_test(tells_errors),
		cmocka_unit_test(keeps_the_error_of_a_failure),
		cmocka_unit_test(forwards),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
