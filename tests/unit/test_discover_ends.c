#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/conversation.h"

struct ending {
	struct turn turns[TURNS_MAX + 1];
	enum diagnosis diagnosis;
	enum err_code code;
};

static void check_endings(const char *start, enum provider provider,
	const struct ending *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		AUTO(discover) *d = run(start, provider, rows[i].turns);
		assert_int_equal(discover_step(d), DISCOVER_FAILED);
		if (discover_diagnosis(d) != rows[i].diagnosis)
			fail_msg("row %zu: diagnosis %d, %s", i, discover_diagnosis(d),
				discover_error(d)->message);
		if (discover_error(d)->code != rows[i].code)
			fail_msg("row %zu: code %d, %s", i, discover_error(d)->code,
				discover_error(d)->message);
		assert_true(discover_error(d)->message[0] != '\0');
	}
}

static void ends_without_principal(void **state)
{
	static const struct ending rows[] = {
		/* at once */
		{{ROOT(.status = 401)}, DIAGNOSIS_AUTH_REFUSED, ERR_AUTH},
		{{ROOT(.status = 429)}, DIAGNOSIS_SVC_BUSY, ERR_BUSY},
		{{ROOT(.status = 503)}, DIAGNOSIS_SVC_BUSY, ERR_BUSY},
		{{ROOT(.status = 500)}, DIAGNOSIS_SVC_ERROR, ERR_NETWORK},
		{{ROOT(.failure = DAV_NO_HOST)}, DIAGNOSIS_NET_DNS, ERR_NETWORK},
		{{ROOT(.failure = DAV_TLS_NAME)}, DIAGNOSIS_TLS_NAME, ERR_NETWORK},
		{{ROOT(.failure = DAV_TIMEOUT)}, DIAGNOSIS_NET_TIME, ERR_NETWORK},
		/* after the other addresses; the root is not asked twice */
		{{ROOT(.status = 404), KNOWN(.status = 401)}, DIAGNOSIS_AUTH_REFUSED,
			ERR_AUTH},
		{{ROOT(.status = 404), KNOWN(.status = 404)}, DIAGNOSIS_SVC_NOT_DAV,
			ERR_GONE},
		{{ROOT(.status = 501), KNOWN(.status = 404)}, DIAGNOSIS_SVC_NOT_DAV,
			ERR_UNAVAILABLE},
		{{ROOT(.status = 200, .file = "webpage.html"), KNOWN(.status = 404)},
			DIAGNOSIS_SVC_NOT_DAV, ERR_PROTOCOL},
		{{ROOT(.status = 207, .body = NO_PRINCIPAL), KNOWN(.status = 404)},
			DIAGNOSIS_SVC_NOT_DAV, ERR_PROTOCOL},
		/* what was meant for us and came out wrong, against what was not */
		{{ROOT(.status = 207, .file = "xxe.xml"), KNOWN(.status = 404)},
			DIAGNOSIS_SVC_ERROR, ERR_PROTOCOL},
		{{ROOT(.status = 207, .body = "<multistatus xmlns='DAV:'>"),
			 KNOWN(.status = 404)},
			DIAGNOSIS_SVC_ERROR, ERR_PROTOCOL},
		{{ROOT(.status = 207), KNOWN(.status = 404)}, DIAGNOSIS_SVC_ERROR,
			ERR_PROTOCOL},
		{{ROOT(.status = 200, .body = "hello"), KNOWN(.status = 404)},
			DIAGNOSIS_SVC_NOT_DAV, ERR_PROTOCOL},
		{{ROOT(.status = 200, .body = "<rss/>"), KNOWN(.status = 404)},
			DIAGNOSIS_SVC_NOT_DAV, ERR_PROTOCOL},
		{{ROOT(.status = 200), KNOWN(.status = 404)}, DIAGNOSIS_SVC_NOT_DAV,
			ERR_PROTOCOL},
		/* the most telling of two */
		{{ROOT(.status = 404), KNOWN(.status = 403)}, DIAGNOSIS_AUTH_LOCKED,
			ERR_AUTH},
		{{ROOT(.status = 404), KNOWN(.failure = DAV_FOREIGN_HOST)},
			DIAGNOSIS_SVC_MOVED, ERR_NETWORK},
		{{ROOT(.status = 207, .file = "cyrus_root.xml"), KNOWN(.status = 404)},
			DIAGNOSIS_AUTH_REFUSED, ERR_AUTH},
		/* a principal that must not be followed */
		{{ROOT(.status = 207,
			 .body = "<multistatus "
				 "xmlns='DAV:'><response><href>/</href><propstat>"
				 "<prop><current-user-principal><href>https://"
				 "evil.example/p/"
				 "</href></current-user-principal></prop><status>HTTP/"
				 "1.1 200 "
				 "OK</status></propstat></response></multistatus>")},
			DIAGNOSIS_SVC_MOVED, ERR_CONFIG},
		{{ROOT(.status = 207,
			 .body = "<multistatus "
				 "xmlns='DAV:'><response><href>/</href><propstat>"
				 "<prop><current-user-principal><href>/../p/</href>"
				 "</current-user-principal></prop><status>HTTP/1.1 200 "
				 "OK</status></propstat></response></multistatus>")},
			DIAGNOSIS_SVC_ERROR, ERR_PROTOCOL},
	};
	(void)state;

	check_endings(DAV "/", PROVIDER_CALDAV, rows, COUNT_OF(rows));
}

static void ends_at_icloud(void **state)
{
	static const struct ending rows[] = {
		{{{.asked = ICLOUD_ENTRY, .status = 401}}, DIAGNOSIS_AUTH_REFUSED,
			ERR_AUTH},
		{{{.asked = ICLOUD_ENTRY, .status = 403}}, DIAGNOSIS_AUTH_LOCKED,
			ERR_AUTH},
		{{{.asked = ICLOUD_ENTRY, .status = 400}}, DIAGNOSIS_SVC_ERROR,
			ERR_NETWORK},
		{{{.asked = ICLOUD_ENTRY, .status = 404}}, DIAGNOSIS_SVC_ERROR,
			ERR_GONE},
		{{{.asked = ICLOUD_ENTRY, .status = 503}}, DIAGNOSIS_SVC_BUSY,
			ERR_BUSY},
		{{{.asked = ICLOUD_ENTRY, .status = 200, .file = "webpage.html"}},
			DIAGNOSIS_NET_PORTAL, ERR_PROTOCOL},
		{{{.asked = ICLOUD_ENTRY, .status = 207, .file = "xxe.xml"}},
			DIAGNOSIS_SVC_ERROR, ERR_PROTOCOL},
		{{{.asked = ICLOUD_ENTRY, .status = 207}}, DIAGNOSIS_SVC_ERROR,
			ERR_PROTOCOL},
		{{{.asked = ICLOUD_ENTRY, .status = 207, .body = NO_PRINCIPAL}},
			DIAGNOSIS_SVC_NONE, ERR_CONFIG},
		{{{.asked = ICLOUD_ENTRY, .failure = DAV_FOREIGN_HOST}},
			DIAGNOSIS_SVC_MOVED, ERR_NETWORK},
		{{ICLOUD_PRINCIPAL, {.asked = ICLOUD_ENTRY "20481632641/principal/",
					    .status = 403}},
			DIAGNOSIS_AUTH_LOCKED, ERR_AUTH},
		{{ICLOUD_PRINCIPAL, {.asked = ICLOUD_ENTRY "20481632641/principal/",
					    .status = 207,
					    .file = "icloud_unchanged.xml"}},
			DIAGNOSIS_SVC_NONE, ERR_CONFIG},
		{{ICLOUD_PRINCIPAL, ICLOUD_HOME, {.asked = P77, .status = 401}},
			DIAGNOSIS_AUTH_REFUSED, ERR_AUTH},
		{{ICLOUD_PRINCIPAL, ICLOUD_HOME, {.asked = P77, .status = 404}},
			DIAGNOSIS_SVC_NONE, ERR_GONE},
		{{ICLOUD_PRINCIPAL, ICLOUD_HOME, {.asked = P77, .failure = DAV_CUT}},
			DIAGNOSIS_SVC_ERROR, ERR_NETWORK},
	};
	(void)state;

	check_endings(ICLOUD_ENTRY, PROVIDER_ICLOUD, rows, COUNT_OF(rows));
}

static void picks_a_home(void **state)
{
	static const struct {
		const char *body;
		const char *home; /* NULL = none */
		enum diagnosis diagnosis;
	} rows[] = {
		{HOMES("<href>/cal/ada/</href>"), DAV "/cal/ada/", 0},
		{HOMES("<href>/cal/ada</href>"), DAV "/cal/ada/", 0},
		{HOMES("<href>cal/</href>"), DAV "/ada/cal/", 0},
		{HOMES("<href>https://evil.example/</href><href>/cal/</href>"),
			DAV "/cal/", 0},
		{HOMES("<href>https://evil.example/</href>"), NULL,
			DIAGNOSIS_SVC_MOVED},
		{HOMES("<href>http://dav.example.org/</href>"), NULL,
			DIAGNOSIS_SVC_MOVED},
		{HOMES("<href>/a/../b/</href>"), NULL, DIAGNOSIS_SVC_ERROR},
		{HOMES(""), NULL, DIAGNOSIS_SVC_NONE},
		{NO_PRINCIPAL, NULL, DIAGNOSIS_SVC_NONE},
	};
	(void)state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct turn turns[TURNS_MAX + 1] = {
			ROOT(.status = 207, .body = FOUND_PRINCIPAL),
			{.asked = DAV "/ada/", .status = 207, .body = rows[i].body},
			{.asked = rows[i].home,
				.status = 207,
				.file = "icloud_unchanged.xml"}};
		AUTO(discover) *d = run(DAV "/", PROVIDER_CALDAV, turns);
		if (!rows[i].home) {
			assert_int_equal(discover_step(d), DISCOVER_FAILED);
			assert_int_equal(discover_diagnosis(d), rows[i].diagnosis);
			continue;
		}
		assert_int_equal(discover_step(d), DISCOVER_DONE);
		assert_int_equal(discover_diagnosis(d), DIAGNOSIS_CAL_EMPTY);
		AUTO_FREE char *home = uri_text(discover_home(d));
		assert_string_equal(home, rows[i].home);
	}
}

/* Where it worked before, a web page is the network's. */
static void expects_what_was_there(void **state)
{
	static const struct turn pages[TURNS_MAX + 1] = {
		ROOT(.status = 200, .file = "webpage.html"), KNOWN(.status = 404)};
	static const struct turn list[TURNS_MAX + 1] = {
		{.asked = DAV "/h/", .status = 200, .file = "webpage.html"}};
	SCOPED(uri) home = {0};
	(void)state;

	AUTO(discover) *d = start_at(DAV "/", PROVIDER_CALDAV);
	discover_expect(d);
	converse(d, pages);
	assert_int_equal(discover_diagnosis(d), DIAGNOSIS_NET_PORTAL);
	assert_true(uri_parse(&home, STR(DAV "/h/"), NULL));
	const struct gate gate = {.provider = PROVIDER_CALDAV, .home = home.origin};
	AUTO(discover) *e = discover_from_home(&home, &gate);
	converse(e, list);
	assert_int_equal(discover_diagnosis(e), DIAGNOSIS_NET_PORTAL);
	assert_int_equal(discover_error(e)->code, ERR_PROTOCOL);
}

/* The answer that is told of is the one that decided, not the last one. */
static void remembers_the_answer(void **state)
{
	static const struct {
		struct turn turns[TURNS_MAX + 1];
		enum dav_failure failure;
		int status;
		const char *foreign;
	} rows[] = {
		{{ROOT(.status = 401)}, DAV_ANSWERED, 401, ""},
		{{ROOT(.status = 403), KNOWN(.status = 404)}, DAV_ANSWERED, 403, ""},
		{{ROOT(.status = 207, .file = "xxe.xml"), KNOWN(.status = 404)},
			DAV_STOPPED, 0, ""},
		{{ROOT(.status = 207, .body = FOUND_PRINCIPAL),
			 {.asked = DAV "/ada/",
				 .status = 207,
				 .body = HOMES("<href>https://evil.example/</href>")}},
			DAV_ANSWERED, 207, "evil.example"},
	};
	(void)state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO(discover) *d = run(DAV "/", PROVIDER_CALDAV, rows[i].turns);
		const struct dav_reply *r = discover_reply(d);
		assert_int_equal(discover_step(d), DISCOVER_FAILED);
		assert_int_equal(r->failure, rows[i].failure);
		assert_int_equal(r->status, rows[i].status);
		assert_string_equal(r->foreign, rows[i].foreign);
		assert_null(r->uri.path);
		assert_null(r->error_body.ptr);
	}
}

static void judges_what_it_found(void **state)
{
	static const struct {
		const char *body;
		enum discover_step step;
		enum diagnosis diagnosis;
	} rows[] = {
		{LISTING(CAL("/h/a/", "VEVENT", "all")), DISCOVER_DONE, DIAGNOSIS_NONE},
		{LISTING(CAL("/h/a/", "VEVENT", "read")
				 CAL("/h/b/", "VEVENT", "write")),
			DISCOVER_DONE, DIAGNOSIS_NONE},
		{LISTING(CAL("/h/a/", "VEVENT", "read")), DISCOVER_DONE,
			DIAGNOSIS_CAL_READ_ONLY},
		{LISTING(CAL("/h/a/", "VEVENT", "read") CAL("/h/b/", "VTODO", "all")),
			DISCOVER_DONE, DIAGNOSIS_CAL_READ_ONLY},
		{LISTING(CAL("/h/a/", "VTODO", "all")), DISCOVER_DONE,
			DIAGNOSIS_CAL_EMPTY},
		{LISTING(""), DISCOVER_DONE, DIAGNOSIS_CAL_EMPTY},
		{LISTING(CAL("https://evil.example/a/", "VEVENT", "all")),
			DISCOVER_DONE, DIAGNOSIS_CAL_EMPTY},
		{LISTING("<response><href>/h/</href><status>HTTP/1.1 404 Not "
			 "Found</status>"
			 "</response>"),
			DISCOVER_FAILED, DIAGNOSIS_SVC_NONE},
		{LISTING("<response><href>/h/</href><status>HTTP/1.1 403 "
			 "Forbidden</status>"
			 "</response>"),
			DISCOVER_FAILED, DIAGNOSIS_AUTH_LOCKED},
		/* a listing that was cut shows nothing */
		{"<multistatus xmlns='DAV:' "
		 "xmlns:C='urn:ietf:params:xml:ns:caldav'>" CAL("/h/a/", "VEVENT",
			 "all"),
			DISCOVER_FAILED, DIAGNOSIS_SVC_ERROR},
	};
	SCOPED(uri) home = {0};
	(void)state;

	assert_true(uri_parse(&home, STR(DAV "/h/"), NULL));
	const struct gate gate = {.provider = PROVIDER_CALDAV, .home = home.origin};
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct turn turns[TURNS_MAX + 1] = {
			{.asked = DAV "/h/", .status = 207, .body = rows[i].body}};
		AUTO(discover) *d = discover_from_home(&home, &gate);
		converse(d, turns);
		assert_int_equal(discover_step(d), rows[i].step);
		if (discover_diagnosis(d) != rows[i].diagnosis)
			fail_msg("row %zu: %d", i, discover_diagnosis(d));
		if (rows[i].step == DISCOVER_FAILED)
			assert_int_equal(discover_calendars(d)->count, 0);
	}
}

/* A driver that goes on after the reader said no learns the same from the end. */
static void stays_broken(void **state)
{
	AUTO(discover) *d = start_at(ICLOUD_ENTRY, PROVIDER_ICLOUD);
	const struct dav_reply reply = {.status = 207, .content_type = "text/xml"};
	struct dav_request r;
	struct err e = {0};
	(void)state;

	discover_ask(d, &r);
	dav_request_clear(&r);
	assert_false(discover_body(d, STR("<!DOCTYPE x>"), &e));
	assert_int_equal(e.code, ERR_PROTOCOL);
	assert_false(discover_body(d, STR("<x/>"), NULL));
	discover_answer(d, &reply);
	assert_int_equal(discover_step(d), DISCOVER_FAILED);
	assert_int_equal(discover_diagnosis(d), DIAGNOSIS_SVC_ERROR);
	assert_int_equal(discover_error(d)->code, ERR_PROTOCOL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends_without_principal),
		cmocka_unit_test(ends_at_icloud),
		cmocka_unit_test(picks_a_home),
		cmocka_unit_test(expects_what_was_there),
		cmocka_unit_test(remembers_the_answer),
		cmocka_unit_test(judges_what_it_found),
		cmocka_unit_test(stays_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
