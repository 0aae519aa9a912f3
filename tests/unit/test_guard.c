#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/auto.h"
#include "sync/guard.h"

struct row {
	const char *what;
	struct guard_input in;
	enum guard_reason expected;
};

static const struct row rows[] = {
	{"nothing to delete", {.base = 50, .complete = true, .left = 50}, GUARD_FREE},
	{"no base", {.deletions = 3, .complete = true}, GUARD_FREE},
	{"1 of 3 is normal life",
		{.base = 3, .deletions = 1, .complete = true, .left = 2}, GUARD_FREE},
	{"4 of 5: below the floor of the share",
		{.base = 5, .deletions = 4, .complete = true, .left = 1}, GUARD_FREE},
	{"5 of 50 is 10 %", {.base = 50, .deletions = 5, .complete = true, .left = 45},
		GUARD_FREE},
	{"5 of 20 is exactly a quarter",
		{.base = 20, .deletions = 5, .complete = true, .left = 15}, GUARD_FREE},
	{"5 of 19 is more", {.base = 19, .deletions = 5, .complete = true, .left = 14},
		GUARD_SHARE},
	{"20 of 50", {.base = 50, .deletions = 20, .complete = true, .left = 30},
		GUARD_SHARE},
	{"100 of 1000", {.base = 1000, .deletions = 100, .complete = true, .left = 900},
		GUARD_FREE},
	{"101 of 1000", {.base = 1000, .deletions = 101, .complete = true, .left = 899},
		GUARD_MANY},
	{"all of 50", {.base = 50, .deletions = 50, .complete = true}, GUARD_EMPTY},
	{"the only one", {.base = 1, .deletions = 1, .complete = true}, GUARD_EMPTY},
	{"all of 3, told as removed", {.base = 3, .deletions = 3}, GUARD_EMPTY},
	{"2 of 3, told as removed", {.base = 3, .deletions = 2}, GUARD_FREE},
	{"another calendar",
		{.base = 4, .deletions = 4, .complete = true, .strangers = 9},
		GUARD_STRANGER},
	{"the rest all changed",
		{.base = 25,
			.deletions = 1,
			.complete = true,
			.left = 24,
			.changed = 24},
		GUARD_REWRITTEN},
	{"nearly all changed",
		{.base = 25,
			.deletions = 1,
			.complete = true,
			.left = 24,
			.changed = 23},
		GUARD_FREE},
	{"all of a small calendar changed",
		{.base = 20,
			.deletions = 1,
			.complete = true,
			.left = 19,
			.changed = 19},
		GUARD_FREE},
	{"3 with guests to the server",
		{.base = 50,
			.deletions = 3,
			.complete = true,
			.left = 47,
			.invited = 3,
			.to_server = true},
		GUARD_PEOPLE},
	{"2 with guests to the server",
		{.base = 50,
			.deletions = 3,
			.complete = true,
			.left = 47,
			.invited = 2,
			.to_server = true},
		GUARD_FREE},
	{"3 with guests from the server",
		{.base = 50,
			.deletions = 3,
			.complete = true,
			.left = 47,
			.invited = 3},
		GUARD_FREE},
	{"no folder",
		{.base = 50,
			.deletions = 1,
			.complete = true,
			.left = 49,
			.folder_missing = true},
		GUARD_FOLDER},
	{"approved",
		{.base = 50,
			.deletions = 50,
			.complete = true,
			.code = "1a2b3c4d",
			.approved = "1a2b3c4d"},
		GUARD_APPROVED},
	{"another set approved",
		{.base = 50,
			.deletions = 50,
			.complete = true,
			.code = "1a2b3c4d",
			.approved = "1a2b3c4e"},
		GUARD_EMPTY},
	{"a missing folder cannot be approved",
		{.base = 50,
			.deletions = 1,
			.complete = true,
			.left = 49,
			.folder_missing = true,
			.code = "1a2b3c4d",
			.approved = "1a2b3c4d"},
		GUARD_FOLDER},
};

static void test_rules(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const enum guard_reason got = guard_judge(&rows[i].in);
		if (got != rows[i].expected)
			fail_msg("%s: %d, not %d", rows[i].what, (int)got,
				(int)rows[i].expected);
		assert_int_equal(guard_passes(got),
			got == GUARD_FREE || got == GUARD_APPROVED);
		assert_int_equal(guard_text(got)[0] == '\0', guard_passes(got));
	}
}

static void code_of(const char *key, const char *const *uids, char out[GUARD_CODE_SIZE])
{
	struct guard_code c = guard_code_start(str_of(key));

	for (; *uids; uids++)
		guard_code_add(&c, str_of(*uids));
	guard_code_text(&c, out);
}

static void test_code_names_one_set(void **state)
{
	static const char *const one[] = {"a", "b", NULL};
	static const char *const other[] = {"a", "c", NULL};
	static const char *const joined[] = {"ab", NULL};
	char a[GUARD_CODE_SIZE];
	char b[GUARD_CODE_SIZE];

	(void)state;
	code_of("/ada/home/", one, a);
	code_of("/ada/home/", one, b);
	assert_string_equal(a, b);
	assert_int_equal(strlen(a), 8);
	code_of("/ada/home/", other, b);
	assert_string_not_equal(a, b);
	code_of("/ada/home/", joined, b);
	assert_string_not_equal(a, b);
	code_of("/ada/work/", one, b);
	assert_string_not_equal(a, b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_code_names_one_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
