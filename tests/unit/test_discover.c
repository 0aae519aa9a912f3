#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/conversation.h"

static void finds_icloud(void **state)
{
	static const struct turn turns[TURNS_MAX + 1] = {ICLOUD_PRINCIPAL, ICLOUD_HOME,
		{.asked = P77, .status = 207, .file = "icloud_calendars.xml"}};
	AUTO(discover) *d = run(ICLOUD_ENTRY, PROVIDER_ICLOUD, turns);
	(void)state;

	assert_int_equal(discover_step(d), DISCOVER_DONE);
	assert_int_equal(discover_diagnosis(d), DIAGNOSIS_NONE);
	assert_int_equal(discover_error(d)->code, ERR_NONE);
	AUTO_FREE char *home = uri_text(discover_home(d));
	assert_string_equal(home, P77);
	assert_string_equal(discover_principal(d), "/20481632641/principal/");
	const struct dav_calendars *list = discover_calendars(d);
	assert_int_equal(list->count, 10);
	assert_string_equal(list->items[0].name, "Home");
}

/* The partition of an account changes; its paths do not. */
static void follows_icloud(void **state)
{
	static const struct turn turns[TURNS_MAX + 1] = {
		{.asked = ICLOUD_ENTRY,
			.status = 207,
			.file = "icloud_principal.xml",
			.moved = "https://p12-caldav.icloud.com/"},
		{.asked = "https://p12-caldav.icloud.com/20481632641/principal/",
			.status = 207,
			.file = "icloud_home.xml"},
		{.asked = P77,
			.status = 207,
			.file = "icloud_calendars.xml",
			.moved = P78}};
	AUTO(discover) *d = run(ICLOUD_ENTRY, PROVIDER_ICLOUD, turns);
	(void)state;

	assert_int_equal(discover_step(d), DISCOVER_DONE);
	AUTO_FREE char *home = uri_text(discover_home(d));
	assert_string_equal(home, P78);
	assert_int_equal(discover_calendars(d)->count, 10);
}

static void lists_a_known_home(void **state)
{
	static const struct turn turns[TURNS_MAX + 1] = {
		{.asked = P77, .status = 207, .file = "icloud_calendars.xml"}};
	static const struct turn gone[TURNS_MAX + 1] = {{.asked = P77, .status = 404}};
	SCOPED(uri) home = {0};
	(void)state;

	assert_true(uri_parse(&home, STR(P77), NULL));
	const struct gate gate = {.provider = PROVIDER_ICLOUD, .home = home.origin};
	AUTO(discover) *d = discover_from_home(&home, &gate);
	assert_int_equal(discover_step(d), DISCOVER_CALENDARS);
	converse(d, turns);
	assert_int_equal(discover_step(d), DISCOVER_DONE);
	assert_null(discover_principal(d));
	assert_int_equal(discover_calendars(d)->count, 10);
	AUTO(discover) *e = discover_from_home(&home, &gate);
	converse(e, gone);
	assert_int_equal(discover_step(e), DISCOVER_FAILED);
	assert_int_equal(discover_diagnosis(e), DIAGNOSIS_SVC_NONE);
	assert_int_equal(discover_error(e)->code, ERR_GONE);
	assert_int_equal(discover_calendars(e)->count, 0);
}

#define LOOPBACK "http://127.0.0.1:5232"
#define ADA LOOPBACK "/ada/"

/* Radicale: the typed address may be the root or the principal, which is the home too.
 */
static void finds_radicale(void **state)
{
	static const char *const starts[] = {LOOPBACK "/", ADA,
		LOOPBACK "/ada/6f1c9d6e-calendar/"};
	(void)state;

	for (size_t i = 0; i < COUNT_OF(starts); i++) {
		const struct turn turns[TURNS_MAX + 1] = {
			{.asked = starts[i],
				.status = 207,
				.file = "radicale_principal.xml"},
			{.asked = ADA, .status = 207, .file = "radicale_home.xml"},
			{.asked = ADA,
				.status = 207,
				.file = "radicale_calendars.xml"}};
		AUTO(discover) *d = run(starts[i], PROVIDER_CALDAV, turns);
		assert_int_equal(discover_step(d), DISCOVER_DONE);
		assert_int_equal(discover_diagnosis(d), DIAGNOSIS_NONE);
		assert_string_equal(discover_principal(d), "/ada/");
		AUTO_FREE char *home = uri_text(discover_home(d));
		assert_string_equal(home, ADA);
		assert_int_equal(discover_calendars(d)->count, 3);
	}
}

/* What an address that is not the right one may answer; the well-known one is next. */
static void falls_back_to_well_known(void **state)
{
	static const struct turn firsts[] = {
		{.status = 404},
		{.status = 405},
		{.status = 501},
		{.status = 400},
		{.status = 403},
		{.status = 410},
		{.status = 200, .file = "webpage.html", .type = "text/html"},
		{.status = 200},
		{.status = 200, .body = "It works!"},
		{.status = 207, .body = NO_PRINCIPAL},
		{.status = 207, .file = "xandikos_missing.xml"},
		{.status = 207, .file = "cyrus_root.xml"},
		{.status = 207, .file = "xxe.xml"},
		{.failure = DAV_FOREIGN_HOST},
		{.failure = DAV_REDIRECTS},
	};
	(void)state;

	for (size_t i = 0; i < COUNT_OF(firsts); i++) {
		struct turn turns[TURNS_MAX + 1] = {firsts[i],
			{.asked = WELL_KNOWN,
				.status = 207,
				.body = FOUND_PRINCIPAL,
				.moved = DAV "/dav/calendars"},
			HOME_TURN, LIST_TURN};
		turns[0].asked = DAV "/typed";
		AUTO(discover) *d = run(DAV "/typed", PROVIDER_CALDAV, turns);
		if (discover_step(d) != DISCOVER_DONE)
			fail_msg("row %zu: %s", i, discover_error(d)->message);
		assert_int_equal(discover_diagnosis(d), DIAGNOSIS_NONE);
		assert_int_equal(discover_error(d)->code, ERR_NONE);
	}
}

static void falls_back_to_the_root(void **state)
{
	static const struct turn turns[TURNS_MAX + 1] = {
		{.asked = DAV "/typed", .status = 404},
		{.asked = WELL_KNOWN, .status = 404},
		{.asked = DAV "/", .status = 207, .body = FOUND_PRINCIPAL}, HOME_TURN,
		LIST_TURN};
	AUTO(discover) *d = run(DAV "/typed", PROVIDER_CALDAV, turns);
	(void)state;

	assert_int_equal(discover_step(d), DISCOVER_DONE);
}

/* A second try begins afresh: what a stopped answer left behind does not count. */
static void asks_again(void **state)
{
	AUTO(discover) *d = start_at(DAV "/", PROVIDER_CALDAV);
	struct dav_request r;
	(void)state;

	discover_ask(d, &r);
	dav_request_clear(&r);
	assert_true(discover_body(d, STR("<multistatus xmlns='DAV:'>"), NULL));
	discover_ask(d, &r);
	const struct turn turn = ROOT(.status = 207, .body = FOUND_PRINCIPAL);
	answer(d, &turn, &r.uri);
	dav_request_clear(&r);
	assert_int_equal(discover_step(d), DISCOVER_HOME);
	discover_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_icloud),
		cmocka_unit_test(follows_icloud),
		cmocka_unit_test(lists_a_known_home),
		cmocka_unit_test(finds_radicale),
		cmocka_unit_test(falls_back_to_well_known),
		cmocka_unit_test(falls_back_to_the_root),
		cmocka_unit_test(asks_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
