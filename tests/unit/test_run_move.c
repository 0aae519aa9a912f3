/*
 * Events that move from one calendar to another: never in neither, and in the end not
 * in both.
 */
#include <config.h>

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "tests/unit/sync_world.h"

static void two_calendars(struct world *w)
{
	world_add_work(w);
	world_fill(w, 6);
	for (unsigned i = 1; i <= 3; i++) {
		AUTO_FREE char *name = xasprintf("w%u.ics", i);
		AUTO_FREE char *uid = xasprintf("w%u", i);
		AUTO_FREE char *body = fake_event(uid, "Work");
		(void)fake_put(w->work, name, body);
	}
	assert_int_equal(world_sync(w), EXIT_OK);
	fake_reset_counts(w->fake);
}

static void move_file(const struct world *w, const char *from, const char *to)
{
	AUTO_FREE char *a = xasprintf("%s/%s", w->folder, from);
	AUTO_FREE char *b = xasprintf("%s/%s", w->folder, to);

	assert_int_equal(rename(a, b), 0);
}

static void assert_moved(struct world *w, size_t home, size_t work)
{
	assert_int_equal(world_count_there(w->home), home);
	assert_int_equal(world_count_there(w->work), work);
	assert_int_equal(world_count(w, "home"), home);
	assert_int_equal(world_count(w, "work"), work);
	(void)world_sync(w);
	world_assert_quiet(w, EXIT_OK);
}

static void test_to_the_next(void **state)
{
	struct world *w = *state;

	two_calendars(w);
	move_file(w, "home/e0002@example.org.ics", "work/e0002@example.org.ics");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->fake->puts, 1);
	assert_int_equal(w->fake->deletes, 1);
	assert_moved(w, 5, 4);
}

static void test_to_the_one_before(void **state)
{
	struct world *w = *state;

	two_calendars(w);
	move_file(w, "work/w1.ics", "home/w1.ics");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_moved(w, 7, 2);
}

/* iCloud: a UID only once. */
static void test_once_in_an_account(void **state)
{
	struct world *w = *state;

	two_calendars(w);
	w->fake->unique_uids = true;
	move_file(w, "home/e0002@example.org.ics", "work/e0002@example.org.ics");
	move_file(w, "work/w1.ics", "home/w1.ics");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_moved(w, 6, 3);
}

/* The other calendar does not take it: it stays where it was. */
static void test_refused(void **state)
{
	struct world *w = *state;

	two_calendars(w);
	fake_add_fault(w->fake, &(struct fake_fault){.method = "PUT",
					.contains = "/work/",
					.status = 409});
	move_file(w, "home/e0002@example.org.ics", "work/e0002@example.org.ics");
	world_remove(w, "e0003@example.org.ics");
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(world_sync(w), EXIT_ATTENTION);
		assert_int_equal(world_count_there(w->home), 5); /* another one went */
		assert_non_null(world_there(w, "e0002.ics"));
		assert_int_equal(world_count(w, "work"), 4);
	}
}

/* Or cannot be had at the moment. */
static void test_unreachable(void **state)
{
	struct world *w = *state;

	two_calendars(w);
	fake_add_fault(w->fake, &(struct fake_fault){.method = "PUT",
					.contains = "/work/",
					.status = 500});
	move_file(w, "home/e0002@example.org.ics", "work/e0002@example.org.ics");
	assert_int_equal(world_sync(w), EXIT_TRY_LATER);
	assert_non_null(world_there(w, "e0002.ics"));
	w->fake->n_faults = 0;
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_moved(w, 5, 4);
}

/* Moved and edited. */
static void test_edited(void **state)
{
	struct world *w = *state;

	two_calendars(w);
	world_remove(w, "e0002@example.org.ics");
	world_edit(w, "work/e0002.ics", "e0002@example.org", "Moved");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_moved(w, 5, 4);
	assert_true(world_has(w, "work/e0002.ics", "Moved"));
	assert_true(world_trash_has(w, "SUMMARY:Event 2\r"));
}

#define TEST(name)                                                                     \
	cmocka_unit_test_setup_teardown(test_##name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(to_the_next),
		TEST(to_the_one_before),
		TEST(once_in_an_account),
		TEST(refused),
		TEST(unreachable),
		TEST(edited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
