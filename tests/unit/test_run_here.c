#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "tests/unit/sync_world.h"

/* A calendar the person chose to have from the server only. */
static int from_server(void **state)
{
	(void)world_setup(state);
	struct world *w = *state;
	w->account.calendars[0].direction = DIRECTION_FROM_SERVER;
	return 0;
}

static void test_local_edit_is_kept(void **state)
{
	struct world *w = *state;

	world_synced(w, 4);
	world_edit(w, "e0002@example.org.ics", "e0002@example.org", "Mine");
	world_edit(w, "fresh.ics", "fresh@example.org", "New here");
	assert_int_equal(world_sync(w), EXIT_ATTENTION);
	assert_int_equal(w->calendars[0].edited, 2);
	assert_int_equal(w->calendars[0].events, 5);
	assert_true(world_has(w, "e0002@example.org.ics", "Mine"));
	world_assert_quiet(w, EXIT_ATTENTION);
	assert_int_equal(w->calendars[0].edited, 2);
}

static void test_edit_on_both_sides(void **state)
{
	struct world *w = *state;

	world_synced(w, 4);
	world_edit(w, "e0002@example.org.ics", "e0002@example.org", "Mine");
	world_put(w, "e0002.ics", "e0002@example.org", "Theirs");
	world_put(w, "e0003.ics", "e0003@example.org", "Ordinary");
	assert_int_equal(world_sync(w), EXIT_ATTENTION);
	assert_true(world_has(w, "e0002@example.org.ics", "Mine"));
	assert_true(world_has(w, "e0003@example.org.ics", "Ordinary"));
	assert_int_equal(w->calendars[0].edited, 1);
	assert_int_equal(w->calendars[0].changed, 1);
	world_assert_quiet(w, EXIT_ATTENTION);
	/* The edit is taken back: now the server's version comes, though nothing is
	 * new. */
	world_edit(w, "e0002@example.org.ics", "e0002@example.org", "Event 2");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_true(world_has(w, "e0002@example.org.ics", "Theirs"));
	world_assert_quiet(w, EXIT_OK);
}

static void test_same_edit_on_both_sides(void **state)
{
	struct world *w = *state;

	world_synced(w, 4);
	world_edit(w, "e0002@example.org.ics", "e0002@example.org", "Ours");
	world_put(w, "e0002.ics", "e0002@example.org", "Ours");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->calendars[0].changed, 0);
	assert_int_equal(w->calendars[0].edited, 0);
	assert_int_equal(world_trash(w), 0);
	world_assert_quiet(w, EXIT_OK);
}

static void test_edit_beats_deletion(void **state)
{
	struct world *w = *state;

	world_synced(w, 4);
	world_edit(w, "e0002@example.org.ics", "e0002@example.org", "Mine");
	fake_delete(w->home, "e0002.ics");
	assert_int_equal(world_sync(w), EXIT_ATTENTION);
	assert_true(world_has(w, "e0002@example.org.ics", "Mine"));
	assert_int_equal(w->calendars[0].edited, 1);
	world_assert_quiet(w, EXIT_ATTENTION);
}

static void test_local_deletion(void **state)
{
	struct world *w = *state;

	world_synced(w, 6);
	world_remove(w, "e0002@example.org.ics");
	assert_int_equal(world_sync(w), EXIT_ATTENTION);
	assert_int_equal(w->calendars[0].edited, 1);
	assert_int_equal(w->calendars[0].events, 5);
	assert_int_equal(world_count(w, "home"), 5);
	world_assert_quiet(w, EXIT_ATTENTION);
	/* Changed there: the event comes back, and that is told once. */
	world_put(w, "e0002.ics", "e0002@example.org", "Alive");
	assert_int_equal(world_sync(w), EXIT_ATTENTION);
	assert_true(world_has(w, "e0002@example.org.ics", "Alive"));
	world_assert_quiet(w, EXIT_OK);
	/* Gone on both sides. */
	world_remove(w, "e0003@example.org.ics");
	fake_delete(w->home, "e0003.ics");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->calendars[0].removed, 0);
	world_assert_quiet(w, EXIT_OK);
}

static void test_renamed_file(void **state)
{
	struct world *w = *state;
	AUTO_FREE char *body = fake_event("e0002@example.org", "Event 2");

	world_synced(w, 4);
	world_remove(w, "e0002@example.org.ics");
	world_write(w, "my own name.ics", body);
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->fake->requests, 1);
	world_put(w, "e0002.ics", "e0002@example.org", "Moved");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_true(world_has(w, "my own name.ics", "Moved"));
	assert_int_equal(world_count(w, "home"), 4);
	world_assert_quiet(w, EXIT_OK);
}

static void test_odd_files(void **state)
{
	struct world *w = *state;
	AUTO_FREE char *copy = fake_event("e0002@example.org", "Event 2");

	world_synced(w, 4);
	world_write(w, "copy.ics", copy);
	world_write(w, "latin.ics",
		"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:l\r\nSUMMARY:caf\xe9\r\n"
		"END:VEVENT\r\nEND:VCALENDAR\r\n");
	world_put(w, "e0003.ics", "e0003@example.org", "Moved");
	assert_int_equal(world_sync(w), EXIT_ATTENTION);
	assert_int_equal(w->calendars[0].quarantined, 2);
	assert_int_equal(w->calendars[0].changed, 1);
	assert_true(world_has(w, "copy.ics", "Event 2"));
	world_assert_quiet(w, EXIT_ATTENTION);
	world_remove(w, "copy.ics");
	world_remove(w, "latin.ics");
	assert_int_equal(world_sync(w), EXIT_OK);
	world_assert_quiet(w, EXIT_OK);
}

static void lose_state(const struct world *w, const char *text)
{
	AUTO_FREE char *path = xasprintf("%s/personal.db", w->state_dir);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void test_lost_state(void **state)
{
	struct world *w = *state;

	world_synced(w, 120);
	const struct digest before = world_folder_digest(w);
	lose_state(w, "this is no database, however long one looks at it");
	fake_delete(w->home, "e0001.ics");
	world_edit(w, "e0002@example.org.ics", "e0002@example.org", "Mine");
	assert_int_equal(world_sync(w), EXIT_ATTENTION);
	assert_int_equal(world_count(w, "home"), 120);
	assert_int_equal(w->calendars[0].added, 0);
	assert_int_equal(w->calendars[0].removed, 0);
	assert_int_equal(w->calendars[0].edited,
		2); /* the edit, and what R has no more */
	assert_true(world_has(w, "e0002@example.org.ics", "Mine"));
	assert_true(w->fake->hrefs <= 119);
	world_edit(w, "e0002@example.org.ics", "e0002@example.org", "Event 2");
	(void)before;
	assert_int_equal(world_sync(w), EXIT_ATTENTION);
	assert_int_equal(w->calendars[0].edited, 1);
	world_assert_quiet(w, EXIT_ATTENTION);
}

static void test_meeting_without_a_base(void **state)
{
	struct world *w = *state;
	AUTO_FREE char *path = xasprintf("%s/home", w->folder);

	world_fill(w, 3);
	w->dry_run = false;
	world_synced(w, 3);
	lose_state(w, "");
	/* Equal but for stamps and folding: adopted, the file stays as it is. */
	world_write(w, "e0001@example.org.ics",
		"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Other//"
		"EN\r\nBEGIN:VEVENT\r\n"
		"UID:e0001@\r\n example.org\r\nDTSTAMP:20270101T000000Z\r\n"
		"DTSTART:20260304T091500Z\r\nDTEND:20260304T101500Z\r\nSUMMARY:Event "
		"1\r\n"
		"END:VEVENT\r\nEND:VCALENDAR\r\n");
	assert_int_equal(world_sync(w),
		EXIT_ATTENTION); /* told: the state was made anew */
	assert_int_equal(w->calendars[0].edited, 0);
	assert_true(world_has(w, "e0001@example.org.ics", "Other"));
	world_assert_quiet(w, EXIT_OK);
	/* And a later change of it is a plain change. */
	world_put(w, "e0001.ics", "e0001@example.org", "Moved");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_true(world_has(w, "e0001@example.org.ics", "Moved"));
}

static void test_clash_without_a_base(void **state)
{
	struct world *w = *state;

	world_synced(w, 3);
	lose_state(w, "");
	world_edit(w, "e0002@example.org.ics", "e0002@example.org", "Mine");
	assert_int_equal(world_sync(w), EXIT_ATTENTION);
	assert_true(world_has(w, "e0002@example.org.ics", "Mine"));
	assert_int_equal(w->calendars[0].edited, 1);
	world_assert_quiet(w, EXIT_ATTENTION);
	world_remove(w, "e0002@example.org.ics");
	assert_int_equal(world_sync(w), EXIT_ATTENTION); /* comes back: told once */
	assert_true(world_has(w, "e0002@example.org.ics", "Event 2"));
	world_assert_quiet(w, EXIT_OK);
}

/* As a run leaves it that ended between the renames and the rows. */
static void test_killed_before_the_rows(void **state)
{
	struct world *w = *state;

	world_synced(w, 4);
	world_put(w, "e0002.ics", "e0002@example.org", "Moved");
	world_put(w, "new.ics", "new@example.org", "Fresh");
	world_edit(w, "e0002@example.org.ics", "e0002@example.org", "Moved");
	world_edit(w, "new@example.org.ics", "new@example.org", "Fresh");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->calendars[0].edited, 0);
	assert_int_equal(world_count(w, "home"), 5);
	assert_int_equal(world_trash(w), 0);
	world_assert_quiet(w, EXIT_OK);
}

static void test_read_only(void **state)
{
	struct world *w = *state;

	w->home->read_only = true;
	world_synced(w, 4);
	world_edit(w, "e0002@example.org.ics", "e0002@example.org", "Mine");
	world_put(w, "e0002.ics", "e0002@example.org", "Theirs");
	world_put(w, "e0003.ics", "e0003@example.org", "Moved");
	assert_int_equal(world_sync(w), EXIT_ATTENTION);
	assert_true(world_has(w, "e0002@example.org.ics", "Mine"));
	assert_true(world_has(w, "e0003@example.org.ics", "Moved"));
}

#define TEST(name)                                                                     \
	cmocka_unit_test_setup_teardown(test_##name, from_server, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(local_edit_is_kept),
		TEST(edit_on_both_sides),
		TEST(same_edit_on_both_sides),
		TEST(edit_beats_deletion),
		TEST(local_deletion),
		TEST(renamed_file),
		TEST(odd_files),
		TEST(lost_state),
		TEST(meeting_without_a_base),
		TEST(clash_without_a_base),
		TEST(killed_before_the_rows),
		TEST(read_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
