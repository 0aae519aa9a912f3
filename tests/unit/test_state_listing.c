#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/state_folder.h"

struct names {
	char text[256];
};

static void add_name(void *ctx, const struct there *t)
{
	struct names *n = ctx;

	(void)strncat(n->text, t->segment, sizeof(n->text) - strlen(n->text) - 1);
}

static void add_missing(void *ctx, const struct state_item *i)
{
	struct names *n = ctx;

	(void)strncat(n->text, i->segment, sizeof(n->text) - strlen(n->text) - 1);
}

static void list_one(struct state_folder *f, enum there_kind kind, const char *segment,
	const char *etag)
{
	assert_true(
		there_add(f->s, &(struct there){kind, segment, segment, etag}, NULL));
}

static void test_listing(void **state)
{
	struct state_folder *f = *state;
	struct names wanted = {""};
	struct names missing = {""};
	struct names removed = {""};
	struct there_counts c;

	state_folder_reopen(f);
	state_folder_home(f);
	for (const char *const *uid = (const char *const[]){"a", "b", "c", "d", NULL};
		*uid; uid++)
		state_folder_put(f, *uid);
	assert_true(there_begin(f->s, NULL));
	list_one(f, THERE_PRESENT, "a", "\"1\"");
	list_one(f, THERE_PRESENT, "b", "\"2\"");
	list_one(f, THERE_REMOVED, "c", "");
	list_one(f, THERE_PRESENT, "e", "\"1\"");
	list_one(f, THERE_PRESENT, "e", "\"1\"");
	list_one(f, THERE_FAILED, "g", "");
	assert_true(there_count(f->s, f->cal.id, &c, NULL));
	assert_int_equal(c.known, 4);
	assert_int_equal(c.present, 3);
	assert_int_equal(c.common, 2);
	assert_int_equal(c.same, 1);
	assert_int_equal(c.removed, 1);
	assert_int_equal(c.failed, 1);
	assert_true(there_wanted(f->s, f->cal.id, "", 10, add_name, &wanted, NULL));
	assert_string_equal(wanted.text, "be");
	assert_true(there_missing(f->s, f->cal.id, true, "", 10, add_missing, &missing,
		NULL));
	assert_string_equal(missing.text, "cd");
	assert_true(there_missing(f->s, f->cal.id, false, "", 10, add_missing, &removed,
		NULL));
	assert_string_equal(removed.text, "c");
}

static void test_listed_twice(void **state)
{
	struct state_folder *f = *state;
	struct err e = {0};
	enum there_kind kind = THERE_FAILED;
	bool found = false;

	state_folder_reopen(f);
	state_folder_home(f);
	assert_true(there_begin(f->s, NULL));
	list_one(f, THERE_REMOVED, "a", "");
	list_one(f, THERE_PRESENT, "a", "\"1\"");
	list_one(f, THERE_REMOVED, "a", "");
	assert_true(there_find(f->s, "a", &kind, &found, NULL));
	assert_true(found);
	assert_int_equal(kind, THERE_PRESENT);
	assert_false(
		there_add(f->s, &(struct there){THERE_PRESENT, "a", "a", "\"2\""}, &e));
	assert_int_equal(e.code, ERR_PROTOCOL);
}

#define TEST(name)                                                                     \
	cmocka_unit_test_setup_teardown(test_##name, state_folder_setup,               \
		state_folder_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(listing),
		TEST(listed_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
