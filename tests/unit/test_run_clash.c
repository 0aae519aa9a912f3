/*
 * Changed on both sides: joined where that is possible, and where not, no version is
 * lost.
 */
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

#define E2 "e0002@example.org"
#define F2 "e0002@example.org.ics"

/* The event 2 with another title, and lines of its own. */
static char *version(const char *title, const char *lines)
{
	return xasprintf("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//EN\r\n"
			 "BEGIN:VEVENT\r\nUID:" E2 "\r\nDTSTAMP:20260101T000000Z\r\n"
			 "DTSTART:20260304T091500Z\r\nDTEND:20260304T101500Z\r\n"
			 "SUMMARY:%s\r\n%sEND:VEVENT\r\nEND:VCALENDAR\r\n",
		title, lines);
}

static void change_here(struct world *w, const char *title, const char *lines)
{
	AUTO_FREE char *body = version(title, lines);

	world_write(w, F2, body);
}

static void change_there(struct world *w, const char *title, const char *lines)
{
	AUTO_FREE char *body = version(title, lines);

	(void)fake_put(w->home, "e0002.ics", body);
}

static void test_same_on_both(void **state)
{
	struct world *w = *state;

	world_synced(w, 4);
	change_here(w, "Ours", "");
	change_there(w, "Ours", "LAST-MODIFIED:20260101T000000Z\r\n");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->fake->puts, 0);
	assert_int_equal(w->calendars[0].changed, 0);
	world_assert_quiet(w, EXIT_OK);
}

static void test_joined(void **state)
{
	struct world *w = *state;

	world_synced(w, 4);
	change_here(w, "Mine", "");
	change_there(w, "Event 2", "LOCATION:Room 7\r\n");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->fake->puts, 1);
	assert_true(world_has(w, F2, "Mine") && world_has(w, F2, "Room 7"));
	assert_true(world_there_has(w, "e0002.ics", "Mine"));
	assert_true(world_there_has(w, "e0002.ics", "Room 7"));
	assert_true(world_trash_has(w, "Mine"));
	assert_int_equal(world_kept(w), 0);
	world_assert_settled(w, EXIT_OK);
}

static void test_clash(void **state)
{
	struct world *w = *state;

	world_synced(w, 4);
	change_here(w, "Mine", "DESCRIPTION:notes\r\n");
	change_there(w, "Theirs", "");
	world_put(w, "e0003.ics", "e0003@example.org", "Ordinary");
	assert_int_equal(world_sync(w), EXIT_ATTENTION);
	assert_true(world_has(w, F2, "Theirs") && world_has(w, F2, "notes"));
	assert_true(world_there_has(w, "e0002.ics", "Theirs"));
	assert_true(world_there_has(w, "e0002.ics", "notes"));
	assert_true(world_lost_has(w, "Mine"));
	assert_int_equal(world_kept(w), 1);
	assert_int_equal(w->calendars[0].conflicts, 1);
	assert_true(world_has(w, "e0003@example.org.ics", "Ordinary"));
	world_assert_settled(w, EXIT_OK);
}

static void test_server_wins(void **state)
{
	struct world *w = *state;

	w->account.conflict = CONFLICT_SERVER;
	world_synced(w, 4);
	change_here(w, "Mine", "");
	change_there(w, "Theirs", "");
	assert_int_equal(world_sync(w), EXIT_ATTENTION);
	assert_int_equal(w->fake->puts, 0);
	assert_true(world_has(w, F2, "Theirs"));
	assert_true(world_trash_has(w, "Mine"));
	assert_int_equal(world_kept(w), 0);
	world_assert_quiet(w, EXIT_OK);
}

static void test_file_wins(void **state)
{
	struct world *w = *state;

	w->account.conflict = CONFLICT_LOCAL;
	world_synced(w, 4);
	change_here(w, "Mine", "");
	change_there(w, "Theirs", "");
	assert_int_equal(world_sync(w), EXIT_ATTENTION);
	assert_true(world_has(w, F2, "Mine"));
	assert_true(world_there_has(w, "e0002.ics", "Mine"));
	assert_true(world_trash_has(w, "Theirs"));
	world_assert_settled(w, EXIT_OK);
}

static void lose_state(const struct world *w)
{
	AUTO_FREE char *path = xasprintf("%s/personal.db", w->state_dir);

	assert_int_equal(remove(path), 0);
}

static void test_without_base(void **state)
{
	struct world *w = *state;
	static const enum conflict_rule rules[] = {CONFLICT_MERGE, CONFLICT_SERVER,
		CONFLICT_LOCAL};

	world_synced(w, 4);
	for (size_t i = 0; i < COUNT_OF(rules); i++) {
		AUTO_FREE char *mine = xasprintf("Mine %zu", i);
		AUTO_FREE char *theirs = xasprintf("Theirs %zu", i);
		w->account.conflict = rules[i];
		lose_state(w);
		change_here(w, mine, "");
		change_there(w, theirs, "");
		assert_int_equal(world_sync(w), EXIT_ATTENTION);
		assert_int_equal(w->fake->puts + w->fake->deletes, 0);
		assert_true(world_has(w, F2, theirs));
		assert_true(world_lost_has(w, mine));
		world_assert_quiet(w, EXIT_OK);
	}
	assert_int_equal(world_count(w, "home"), 4);
	/* Nothing is removed on either side. */
	lose_state(w);
	world_remove(w, "e0001@example.org.ics");
	fake_delete(w->home, "e0003.ics");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(world_count(w, "home"), 4);
	assert_int_equal(world_count_there(w->home), 4);
	world_assert_settled(w, EXIT_OK);
}

#define SERIES                                                                         \
	"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:s\r\n"      \
	"DTSTAMP:20260101T000000Z\r\nDTSTART:20260302T090000Z\r\n"                     \
	"DTEND:20260302T100000Z\r\nRRULE:FREQ=DAILY;COUNT=9\r\nSUMMARY:Daily\r\n"      \
	"END:VEVENT\r\n"
#define ONE(day, title)                                                                \
	"BEGIN:VEVENT\r\nUID:s\r\nDTSTAMP:20260101T000000Z\r\n"                        \
	"RECURRENCE-ID:202603" day "T090000Z\r\nDTSTART:202603" day "T110000Z\r\n"     \
	"DTEND:202603" day "T120000Z\r\nSUMMARY:" title "\r\nEND:VEVENT\r\n"
#define END "END:VCALENDAR\r\n"

static void test_two_occurrences(void **state)
{
	struct world *w = *state;

	(void)fake_put(w->home, "s.ics", SERIES END);
	assert_int_equal(world_sync(w), EXIT_OK);
	world_write(w, "s.ics", SERIES ONE("03", "Here") END);
	(void)fake_put(w->home, "s.ics", SERIES ONE("04", "There") END);
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_true(world_has(w, "s.ics", "Here") && world_has(w, "s.ics", "There"));
	assert_true(world_there_has(w, "s.ics", "Here"));
	assert_true(world_there_has(w, "s.ics", "There"));
	assert_true(world_there_has(w, "s.ics", "SUMMARY:Daily"));
	world_assert_settled(w, EXIT_OK);
}

static void test_unknown_properties(void **state)
{
	struct world *w = *state;
	static const char lines[] =
		"X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-TITLE=Room:geo:1,2\r\n"
		"ATTACH:https://example.org/a\r\nBEGIN:VALARM\r\n"
		"X-WR-ALARMUID:A1\r\nACTION:DISPLAY\r\nTRIGGER:-PT15M\r\n"
		"DESCRIPTION:x\r\nEND:VALARM\r\n";

	world_synced(w, 4);
	change_there(w, "Event 2", lines);
	assert_int_equal(world_sync(w), EXIT_OK);
	change_here(w, "Mine", lines);
	change_there(w, "Event 2",
		"ATTACH:https://example.org/a\r\n"
		"CATEGORIES:THEIRS\r\n"
		"X-APPLE-STRUCTURED-LOCATION;VALUE=URI;"
		"X-TITLE=Room:geo:1,2\r\nBEGIN:VALARM\r\n"
		"X-WR-ALARMUID:A1\r\nACTION:DISPLAY\r\n"
		"TRIGGER:-PT15M\r\nDESCRIPTION:x\r\nEND:VALARM\r\n");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_true(world_there_has(w, "e0002.ics", "X-APPLE-STRUCTURED-LOCATION"));
	assert_true(world_there_has(w, "e0002.ics", "X-WR-ALARMUID:A1"));
	assert_true(world_there_has(w, "e0002.ics", "THEIRS"));
	assert_true(world_there_has(w, "e0002.ics", "Mine"));
	world_assert_settled(w, EXIT_OK);
}

/* Only read from, an edit in the way; then the calendar is written to as well. */
static void test_behind_then_both(void **state)
{
	struct world *w = *state;

	w->account.calendars[0].direction = DIRECTION_FROM_SERVER;
	world_synced(w, 4);
	change_here(w, "Mine", "");
	change_there(w, "Theirs", "");
	assert_int_equal(world_sync(w), EXIT_ATTENTION);
	assert_true(world_has(w, F2, "Mine"));
	w->account.calendars[0].direction = DIRECTION_BOTH;
	assert_int_equal(world_sync(w), EXIT_ATTENTION);
	assert_true(world_has(w, F2, "Theirs"));
	assert_true(world_lost_has(w, "Mine"));
	world_assert_settled(w, EXIT_OK);
}

static void test_full(void **state)
{
	struct world *w = *state;

	world_synced(w, 4);
	change_here(w, "Mine", "");
	assert_int_equal(world_sync(w), EXIT_OK);
	w->full = true;
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->fake->puts, 1);
	change_here(w, "Mine again", "");
	change_there(w, "Mine", "LOCATION:Room 7\r\n");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_true(world_there_has(w, "e0002.ics", "Mine again"));
	assert_true(world_there_has(w, "e0002.ics", "Room 7"));
}

#define TEST(name)                                                                     \
	cmocka_unit_test_setup_teardown(test_##name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(same_on_both),
		TEST(joined),
		TEST(clash),
		TEST(server_wins),
		TEST(file_wins),
		TEST(without_base),
		TEST(two_occurrences),
		TEST(unknown_properties),
		TEST(behind_then_both),
		TEST(full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
