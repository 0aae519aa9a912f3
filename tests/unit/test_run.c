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

static void test_first_sync(void **state)
{
	struct world *w = *state;

	world_fill(w, 250);
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->calendars[0].added, 250);
	assert_int_equal(w->calendars[0].events, 250);
	assert_int_equal(world_count(w, "home"), 250);
	assert_true(world_has(w, "e0007@example.org.ics", "SUMMARY:Event 7\r\n"));
	assert_true(world_has(w, "home/displayname", "The home"));
	assert_true(world_has(w, "home/color", "#1BADF8"));
	assert_true(w->progress_calls > 2);
	world_assert_quiet(w, EXIT_OK);
	assert_true(w->calendars[0].unchanged);
	assert_int_equal(w->calendars[0].events, 250);
}

static void test_small_changes(void **state)
{
	struct world *w = *state;

	world_synced(w, 5);
	world_put(w, "e0002.ics", "e0002@example.org", "Moved");
	world_put(w, "new.ics", "new@example.org", "Fresh");
	fake_delete(w->home, "e0003.ics");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->calendars[0].added, 1);
	assert_int_equal(w->calendars[0].changed, 1);
	assert_int_equal(w->calendars[0].removed, 1);
	assert_int_equal(w->calendars[0].events, 5);
	assert_true(world_has(w, "e0002@example.org.ics", "SUMMARY:Moved"));
	assert_true(world_has(w, "new@example.org.ics", "SUMMARY:Fresh"));
	assert_null(world_read(w, "e0003@example.org.ics"));
	assert_int_equal(world_trash(w), 2); /* the old version and the removed file */
	assert_int_equal(w->fake->requests, 4); /* home, changes, bodies, is it gone */
	world_assert_quiet(w, EXIT_OK);
}

/* Bodies that come with the list need no second request. */
static void test_bodies_in_the_list(void **state)
{
	struct world *w = *state;

	w->fake->inline_data = true;
	w->fake->folds = true;
	world_fill(w, 30);
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->fake->requests, 2);
	assert_int_equal(world_count(w, "home"), 30);
	assert_true(world_has(w, "e0007@example.org.ics", "SUMMARY:Event 7\r\n"));
	world_assert_quiet(w, EXIT_OK);
	world_put(w, "e0002.ics", "e0002@example.org", "Moved");
	world_put(w, "new.ics", "new@example.org", "Fresh");
	fake_reset_counts(w->fake);
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->fake->requests, 2);
	assert_int_equal(w->calendars[0].added, 1);
	assert_int_equal(w->calendars[0].changed, 1);
}

static void test_new_tag_only(void **state)
{
	struct world *w = *state;

	world_synced(w, 3);
	const struct digest before = world_folder_digest(w);
	fake_retag(w->home, "e0002.ics");
	assert_int_equal(world_sync(w), EXIT_OK);
	const struct digest after = world_folder_digest(w);
	assert_true(digest_equal(&before, &after));
	assert_int_equal(w->calendars[0].changed, 0);
	world_assert_quiet(w, EXIT_OK);
}

/* By multiget with LF, by GET with CR LF: the same object. */
static void test_line_ends(void **state)
{
	struct world *w = *state;

	w->fake->folds = true;
	world_synced(w, 3);
	assert_true(world_has(w, "e0002@example.org.ics", "SUMMARY:Event 2\r\n"));
	fake_retag(w->home, "e0002.ics"); /* a single one comes by GET */
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->fake->gets, 1);
	assert_int_equal(w->calendars[0].changed, 0);
	/* An editor that writes LF has not changed the event. */
	world_write(w, "e0001@example.org.ics",
		"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Example//EN\nBEGIN:VEVENT\n"
		"UID:e0001@example.org\nDTSTAMP:20260101T000000Z\nDTSTART:"
		"20260304T091500Z\n"
		"DTEND:20260304T101500Z\nSUMMARY:Event 1\nEND:VEVENT\nEND:VCALENDAR\n");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->calendars[0].edited, 0);
}

static void test_href_moved(void **state)
{
	struct world *w = *state;
	AUTO_FREE char *body = fake_event("e0002@example.org", "Event 2");

	world_synced(w, 4);
	const struct digest before = world_folder_digest(w);
	fake_delete(w->home, "e0002.ics");
	(void)fake_put(w->home, "elsewhere.ics", body);
	assert_int_equal(world_sync(w), EXIT_OK);
	const struct digest after = world_folder_digest(w);
	assert_true(digest_equal(&before, &after));
	assert_int_equal(w->calendars[0].removed, 0);
	world_assert_quiet(w, EXIT_OK);
}

static void test_empty_list_is_held(void **state)
{
	struct world *w = *state;

	world_synced(w, 10);
	w->home->lists_nothing = true;
	fake_forget_tokens(w->home);
	assert_int_equal(world_sync(w), EXIT_HELD);
	assert_int_equal(w->calendars[0].held, 10);
	assert_int_equal(w->calendars[0].err.code, ERR_HELD);
	assert_non_null(strstr(w->calendars[0].err.message, "--approve "));
	assert_int_equal(world_count(w, "home"), 10);
	assert_int_equal(w->fake->gets + w->fake->multigets, 0);
	assert_int_equal(world_sync(w), EXIT_HELD);
	/* The cause goes, and so does what was held. */
	w->home->lists_nothing = false;
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->calendars[0].held, 0);
	world_assert_quiet(w, EXIT_OK);
}

static void test_half_a_list(void **state)
{
	struct world *w = *state;

	world_synced(w, 10);
	for (unsigned i = 0; i < 5; i++)
		w->home->objects[i].hidden = true;
	fake_forget_tokens(w->home);
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(world_count(w, "home"), 10);
	assert_int_equal(w->calendars[0].removed, 0);
	assert_int_equal(w->calendars[0].held, 0);
}

/* More than a quarter is gone for good: they wait, everything else does not. */
static void test_many_deletions(void **state)
{
	struct world *w = *state;

	world_synced(w, 12);
	for (unsigned i = 0; i < 6; i++)
		fake_delete(w->home, w->home->objects[i].name);
	world_put(w, "e0012.ics", "e0012@example.org", "Moved");
	assert_int_equal(world_sync(w), EXIT_HELD);
	assert_int_equal(w->calendars[0].held, 6);
	assert_int_equal(w->calendars[0].changed, 1);
	assert_int_equal(world_count(w, "home"), 12);
	assert_true(world_has(w, "e0012@example.org.ics", "SUMMARY:Moved"));
}

static void approve(struct world *w, const char *code, int64_t until, bool expected)
{
	AUTO(state) *s = NULL;
	bool known = false;

	assert_true(state_open(&s, w->state_dir, "personal", NULL));
	assert_true(state_approve(s, code, until, &known, NULL));
	assert_int_equal(known, expected);
}

static void held_code(const struct world *w, char code[16])
{
	const char *at = strstr(w->calendars[0].err.message, "--approve ");

	assert_non_null(at);
	(void)snprintf(code, 16, "%.8s", at + strlen("--approve "));
}

static void test_approval(void **state)
{
	struct world *w = *state;
	char code[16];
	const int64_t now = w->wall_ms / 1000;

	world_synced(w, 12);
	for (unsigned i = 0; i < 6; i++)
		fake_delete(w->home, w->home->objects[i].name);
	assert_int_equal(world_sync(w), EXIT_HELD);
	held_code(w, code);
	approve(w, "00000000", now + 100, false);
	approve(w, code, now - 1, true);
	assert_int_equal(world_sync(w), EXIT_HELD); /* too late */
	approve(w, code, now + 100, true);
	fake_delete(w->home, w->home->objects[6].name);
	assert_int_equal(world_sync(w), EXIT_HELD); /* another set */
	assert_int_equal(world_count(w, "home"), 12);
	held_code(w, code);
	approve(w, code, now + 100, true);
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->calendars[0].removed, 7);
	assert_int_equal(world_count(w, "home"), 5);
	assert_int_equal(world_trash(w), 7);
	world_assert_quiet(w, EXIT_OK);
}

static void test_refused_tokens(void **state)
{
	static const int statuses[] = {400, 403, 405, 409, 410, 412, 415, 500, 501,
		507};
	struct world *w = *state;

	world_synced(w, 8);
	for (size_t i = 0; i < COUNT_OF(statuses); i++) {
		AUTO_FREE char *title = xasprintf("Take %zu", i);
		w->fake->bad_token = statuses[i];
		w->fake->bad_token_body = statuses[i] == 403;
		fake_forget_tokens(w->home);
		world_put(w, "e0001.ics", "e0001@example.org", title);
		fake_reset_counts(w->fake);
		assert_int_equal(world_sync(w), EXIT_OK);
		assert_int_equal(w->calendars[0].changed, 1);
		assert_int_equal(w->calendars[0].removed, 0);
		assert_int_equal(w->fake->requests,
			4); /* refused, whole list, one GET */
		world_assert_quiet(w, EXIT_OK);
	}
}

/* DAViCal: the whole list, no tombstones, no sign that the token was refused. */
static void test_whole_list_in_disguise(void **state)
{
	struct world *w = *state;

	world_synced(w, 8);
	w->fake->whole_for_bad = true;
	fake_delete(w->home, "e0003.ics");
	fake_forget_tokens(w->home);
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->calendars[0].removed, 1);
	assert_int_equal(world_count(w, "home"), 7);
}

static void test_no_sync_collection(void **state)
{
	struct world *w = *state;

	w->fake->no_tokens = true;
	world_synced(w, 6);
	world_assert_quiet(w, EXIT_OK);
	world_put(w, "e0002.ics", "e0002@example.org", "Moved");
	fake_delete(w->home, "e0003.ics");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->calendars[0].changed, 1);
	assert_int_equal(w->calendars[0].removed, 1);
	world_assert_quiet(w, EXIT_OK);
}

/* Now and then a whole list is asked for though the token says nothing changed. */
static void test_weekly_list(void **state)
{
	struct world *w = *state;

	world_synced(w, 3);
	world_assert_quiet(w, EXIT_OK);
	w->wall_ms += INT64_C(8) * 86400 * 1000;
	fake_reset_counts(w->fake);
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->fake->requests, 2);
	world_assert_quiet(w, EXIT_OK);
	w->full = true;
	fake_reset_counts(w->fake);
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->fake->requests, 2);
}

/* The list comes in parts (RFC 6578, 3.6). */
static void test_list_in_parts(void **state)
{
	struct world *w = *state;

	w->fake->page = 7;
	world_synced(w, 30);
	world_assert_quiet(w, EXIT_OK);
	for (unsigned i = 0; i < 4; i++)
		fake_delete(w->home, w->home->objects[i].name);
	for (unsigned i = 4; i < 20; i++) {
		AUTO_FREE char *uid = xasprintf("e%04u@example.org", i + 1);
		AUTO_FREE char *name = xasprintf("e%04u.ics", i + 1);
		world_put(w, name, uid, "Moved");
	}
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->calendars[0].changed, 16);
	assert_int_equal(w->calendars[0].removed, 4);
	world_assert_quiet(w, EXIT_OK);
}

#define TEST(name)                                                                     \
	cmocka_unit_test_setup_teardown(test_##name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(first_sync),
		TEST(small_changes),
		TEST(bodies_in_the_list),
		TEST(new_tag_only),
		TEST(line_ends),
		TEST(href_moved),
		TEST(empty_list_is_held),
		TEST(half_a_list),
		TEST(many_deletions),
		TEST(approval),
		TEST(refused_tokens),
		TEST(whole_list_in_disguise),
		TEST(no_sync_collection),
		TEST(weekly_list),
		TEST(list_in_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
