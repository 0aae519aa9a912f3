/* dav/discover: accounts with several calendar homes. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/conversation.h"

#define PRINCIPAL_TURN ROOT(.status = 207, .body = FOUND_PRINCIPAL)
#define HOMES_TURN(hrefs)                                                              \
	{                                                                              \
		.asked = DAV "/ada/", .status = 207, .body = HOMES(hrefs)              \
	}
#define ONE_AND_TWO "<href>/one/</href><href>/two/</href>"
#define ONE CAL("/one/a/", "VEVENT", "all")
#define TWO CAL("/two/b/", "VEVENT", "read")

static void expect_calendars(const struct discover *d, const char *paths)
{
	const struct dav_calendars *list = discover_calendars(d);
	SCOPED(buf) found = buf_with_max(0);

	for (size_t i = 0; i < list->count; i++)
		buf_printf(&found, "%s%s", i ? " " : "", list->items[i].path);
	assert_string_equal(buf_cstr(&found), paths);
}

static void lists_all_homes(void **state)
{
	static const struct {
		struct turn turns[TURNS_MAX + 1];
		const char *calendars;
		const char *homes;
		const char *left_out;
	} rows[] = {
		{{PRINCIPAL_TURN, HOMES_TURN(ONE_AND_TWO),
			 {.asked = DAV "/one/", .status = 207, .body = LISTING(ONE)},
			 {.asked = DAV "/two/", .status = 207, .body = LISTING(TWO)}},
			"/one/a/ /two/b/", DAV "/one/ " DAV "/two/", ""},
		/* named twice, with and without its slash */
		{{PRINCIPAL_TURN, HOMES_TURN("<href>/one</href><href>/one/</href>"),
			 {.asked = DAV "/one/", .status = 207, .body = LISTING(ONE)}},
			"/one/a/", DAV "/one/", ""},
		/* one calendar in both */
		{{PRINCIPAL_TURN, HOMES_TURN(ONE_AND_TWO),
			 {.asked = DAV "/one/",
				 .status = 207,
				 .body = LISTING(ONE TWO)},
			 {.asked = DAV "/two/", .status = 207, .body = LISTING(TWO)}},
			"/one/a/ /two/b/", DAV "/one/ " DAV "/two/", ""},
		/* not on this host */
		{{PRINCIPAL_TURN,
			 HOMES_TURN(
				 "<href>/one/</href><href>https://cal.example.net/two/"
				 "</href>"),
			 {.asked = DAV "/one/", .status = 207, .body = LISTING(ONE)}},
			"/one/a/", DAV "/one/", "cal.example.net"},
		/* a second one that may not be looked into, or moved and listed there
	         */
		{{PRINCIPAL_TURN, HOMES_TURN(ONE_AND_TWO),
			 {.asked = DAV "/one/", .status = 207, .body = LISTING(ONE)},
			 {.asked = DAV "/two/", .status = 403}},
			"/one/a/", DAV "/one/ " DAV "/two/", ""},
		{{PRINCIPAL_TURN, HOMES_TURN(ONE_AND_TWO),
			 {.asked = DAV "/one/", .status = 207, .body = LISTING(ONE)},
			 {.asked = DAV "/two/",
				 .status = 207,
				 .body = LISTING(CAL("/2/b/", "VEVENT", "all")),
				 .moved = DAV "/2"}},
			"/one/a/ /2/b/", DAV "/one/ " DAV "/2/", ""},
	};
	(void)state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO(discover) *d = run(DAV "/", PROVIDER_CALDAV, rows[i].turns);
		AUTO_FREE char *homes = discover_homes(d);
		assert_int_equal(discover_step(d), DISCOVER_DONE);
		assert_int_equal(discover_diagnosis(d), DIAGNOSIS_NONE);
		expect_calendars(d, rows[i].calendars);
		assert_string_equal(homes, rows[i].homes);
		assert_string_equal(discover_left_out(d), rows[i].left_out);
	}
}

/* A list that is not whole must not look as if calendars had gone. */
static void fails_as_a_whole(void **state)
{
	static const struct turn seconds[] = {
		{.asked = DAV "/two/", .status = 500},
		{.asked = DAV "/two/", .status = 401},
		{.asked = DAV "/two/", .status = 503},
		{.asked = DAV "/two/", .failure = DAV_CUT},
		{.asked = DAV "/two/",
			.status = 207,
			.body = "<multistatus xmlns='DAV:' "
				"xmlns:C='urn:ietf:params:xml:"
				"ns:caldav'>" TWO},
	};
	(void)state;

	for (size_t i = 0; i < COUNT_OF(seconds); i++) {
		const struct turn turns[TURNS_MAX + 1] = {PRINCIPAL_TURN,
			HOMES_TURN(ONE_AND_TWO),
			{.asked = DAV "/one/", .status = 207, .body = LISTING(ONE)},
			seconds[i]};
		AUTO(discover) *d = run(DAV "/", PROVIDER_CALDAV, turns);
		assert_int_equal(discover_step(d), DISCOVER_FAILED);
		assert_int_equal(discover_calendars(d)->count, 0);
	}
}

static void starts_at_known_homes(void **state)
{
	static const struct turn turns[TURNS_MAX + 1] = {
		{.asked = DAV "/one/", .status = 207, .body = LISTING(ONE)},
		{.asked = DAV "/two/", .status = 207, .body = LISTING(TWO)}};
	static const struct turn first[TURNS_MAX + 1] = {
		{.asked = DAV "/one/", .status = 404}};
	const struct gate gate = {.provider = PROVIDER_CALDAV,
		.home = {.tls = true, .port = 443, .host = "dav.example.org"}};
	(void)state;

	AUTO(discover) *d = discover_from_homes(STR(DAV "/one/ " DAV "/two/"), &gate);
	assert_non_null(d);
	converse(d, turns);
	expect_calendars(d, "/one/a/ /two/b/");
	AUTO(discover) *e = discover_from_homes(STR(DAV "/one/ " DAV "/two/"), &gate);
	converse(e, first);
	assert_int_equal(discover_step(e), DISCOVER_FAILED);
	assert_int_equal(discover_error(e)->code, ERR_GONE);
	assert_null(discover_from_homes(STR(""), &gate));
	assert_null(discover_from_homes(STR("ftp://x/"), &gate));
	AUTO(discover) *many = discover_from_homes(
		STR(DAV "/1/ " DAV "/2/ " DAV "/3/ " DAV "/4/ " DAV "/5/"), &gate);
	AUTO_FREE char *kept = discover_homes(many);
	assert_string_equal(kept, DAV "/1/ " DAV "/2/ " DAV "/3/ " DAV "/4/");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_all_homes),
		cmocka_unit_test(fails_as_a_whole),
		cmocka_unit_test(starts_at_known_homes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
