/*
 * What changed here goes to the server: the plain cases, first sync, guards.
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
#include "sync/run.h"
#include "tests/unit/sync_world.h"

#define E2 "e0002@example.org"
#define F2 "e0002@example.org.ics"

static void test_new_file(void **state)
{
	struct world *w = *state;

	world_synced(w, 3);
	world_edit(w, "fresh.ics", "fresh", "New here");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->fake->requests, 3); /* home, PUT, read back */
	assert_int_equal(w->calendars[0].sent_new, 1);
	assert_int_equal(w->calendars[0].edited, 0);
	assert_true(world_there_has(w, "fresh.ics", "New here"));
	assert_int_equal(world_count(w, "home"), 4);
	world_assert_settled(w, EXIT_OK);
	/* A later change there is an ordinary one. */
	world_put(w, "fresh.ics", "fresh", "Moved");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_true(world_has(w, "fresh.ics", "Moved"));
}

static void test_changed_file(void **state)
{
	struct world *w = *state;

	world_synced(w, 3);
	world_edit(w, F2, E2, "Mine");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->fake->requests, 3);
	assert_int_equal(w->calendars[0].sent_changed, 1);
	assert_true(world_there_has(w, "e0002.ics", "Mine"));
	assert_int_equal(world_trash(w), 0);
	world_assert_settled(w, EXIT_OK);
}

static void test_removed_file(void **state)
{
	struct world *w = *state;

	world_synced(w, 6);
	world_remove(w, F2);
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->fake->requests, 2);
	assert_int_equal(w->calendars[0].sent_removed, 1);
	assert_null(world_there(w, "e0002.ics"));
	assert_true(world_trash_has(w, "SUMMARY:Event 2\r"));
	world_assert_settled(w, EXIT_OK);
}

static void test_many(void **state)
{
	struct world *w = *state;

	world_synced(w, 10);
	for (unsigned i = 1; i <= 10; i++) {
		AUTO_FREE char *uid = xasprintf("e%04u@example.org", i);
		AUTO_FREE char *name = xasprintf("%s.ics", uid);
		world_edit(w, name, uid, "Mine");
	}
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->fake->requests, 12);
	assert_int_equal(w->calendars[0].sent_changed, 10);
	world_assert_settled(w, EXIT_OK);
	/* More than one group. */
	for (unsigned i = 0; i < 150; i++) {
		AUTO_FREE char *uid = xasprintf("n%u", i);
		AUTO_FREE char *name = xasprintf("%s.ics", uid);
		world_edit(w, name, uid, "New");
	}
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->calendars[0].sent_new, 150);
	assert_int_equal(world_count_there(w->home), 160);
	(void)world_sync(w);
	world_assert_quiet(w, EXIT_OK);
}

/* Names for the server: the UID where every server takes it, else a hash, the same one
 * each time. */
static void test_names(void **state)
{
	struct world *w = *state;
	static const char *const uids[] = {"a/b", "caf\xc3\xa9", "x@y", "%41", "..",
		"a b"};

	world_synced(w, 1);
	for (size_t i = 0; i < COUNT_OF(uids); i++) {
		AUTO_FREE char *name = xasprintf("n%zu.ics", i);
		world_edit(w, name, uids[i], "Odd");
	}
	world_edit(w, "plain.ics", "0A-b_c.d", "Plain");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(world_count_there(w->home), 2 + COUNT_OF(uids));
	assert_true(world_there_has(w, "0A-b_c.d.ics", "Plain"));
	for (size_t i = 0; i < w->home->count; i++)
		assert_true(strspn(w->home->objects[i].name,
				    "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") ==
			    strlen(w->home->objects[i].name));
	world_assert_settled(w, EXIT_OK);
	assert_int_equal(world_count(w, "home"), 2 + COUNT_OF(uids));
}

static void test_name_in_use(void **state)
{
	struct world *w = *state;

	world_synced(w, 1);
	world_put(w, "fresh.ics", "somebody-else", "Theirs");
	world_edit(w, "mine.ics", "fresh", "Mine");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_true(world_there_has(w, "fresh.ics", "Theirs"));
	assert_int_equal(world_count_there(w->home), 3);
	world_assert_settled(w, EXIT_OK);
}

/* Not a change: another order, other line ends, stamps, a touch. */
static void test_rewritten_file(void **state)
{
	struct world *w = *state;

	world_synced(w, 3);
	world_write(w, F2,
		"BEGIN:VCALENDAR\nPRODID:-//Other//EN\nVERSION:2.0\nBEGIN:VEVENT\n"
		"SUMMARY:Eve\n nt 2\nDTEND:20260304T101500Z\nDTSTART:20260304T091500Z\n"
		"DTSTAMP:20270101T000000Z\nUID:e0002@example.org\nEND:VEVENT\n"
		"END:VCALENDAR\n");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->fake->requests, 1);
	assert_true(world_has(w, F2, "Other"));
	world_assert_quiet(w, EXIT_OK);
	world_edit(w, F2, E2, "Mine");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_true(world_there_has(w, "e0002.ics", "Mine"));
	world_assert_settled(w, EXIT_OK);
}

/* The same on the server: the file stays as it is. */
static void test_rewritten_there(void **state)
{
	struct world *w = *state;

	world_synced(w, 3);
	(void)fake_put(w->home, "e0002.ics",
		"BEGIN:VCALENDAR\r\nPRODID:-//Server//EN\r\nVERSION:2.0\r\n"
		"BEGIN:VEVENT\r\nSUMMARY:Event 2\r\nDTEND:20260304T101500Z\r\n"
		"DTSTART:20260304T091500Z\r\nDTSTAMP:20270101T000000Z\r\n"
		"UID:e0002@example.org\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->calendars[0].changed, 0);
	assert_false(world_has(w, F2, "Server"));
	world_assert_quiet(w, EXIT_OK);
}

static void test_renamed_and_edited(void **state)
{
	struct world *w = *state;

	world_synced(w, 4);
	world_remove(w, F2);
	world_edit(w, "my own.ics", E2, "Mine");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->fake->puts, 1);
	assert_int_equal(w->fake->deletes, 0);
	assert_true(world_there_has(w, "e0002.ics", "Mine"));
	assert_int_equal(world_count(w, "home"), 4);
	world_assert_settled(w, EXIT_OK);
}

/* Renamed here, moved to another href there, edited here. */
static void test_moved_on_both_sides(void **state)
{
	struct world *w = *state;

	world_synced(w, 4);
	world_remove(w, F2);
	world_edit(w, "my own.ics", E2, "Mine");
	fake_delete(w->home, "e0002.ics");
	world_put(w, "elsewhere.ics", E2, "Event 2");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_true(world_there_has(w, "elsewhere.ics", "Mine"));
	assert_int_equal(world_count_there(w->home), 4);
	assert_int_equal(world_count(w, "home"), 4);
	world_assert_settled(w, EXIT_OK);
}

static void test_changed_uid(void **state)
{
	struct world *w = *state;

	world_synced(w, 4);
	world_edit(w, F2, "other", "Event 2");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->calendars[0].sent_new, 1);
	assert_int_equal(w->calendars[0].sent_removed, 1);
	assert_null(world_there(w, "e0002.ics"));
	assert_true(world_there_has(w, "other.ics", "UID:other"));
	assert_true(world_trash_has(w, "UID:" E2));
	assert_int_equal(world_count(w, "home"), 4);
	world_assert_settled(w, EXIT_OK);
}

/* The one is only removed when the other has arrived. */
static void test_changed_uid_refused(void **state)
{
	struct world *w = *state;

	world_synced(w, 4);
	fake_add_fault(w->fake, &(struct fake_fault){.method = "PUT",
					.contains = "other",
					.status = 400});
	world_edit(w, F2, "other", "Event 2");
	assert_int_equal(world_sync(w), EXIT_ATTENTION);
	assert_non_null(world_there(w, "e0002.ics"));
	assert_true(world_has(w, F2, "UID:other"));
	assert_int_equal(w->fake->deletes, 0);
}

static void test_unfit_edit(void **state)
{
	struct world *w = *state;

	world_synced(w, 4);
	world_write(w, F2, "BEGIN:VCALENDAR\r\nrubbish");
	world_edit(w, "fresh.ics", "fresh", "Fine");
	assert_int_equal(world_sync(w), EXIT_ATTENTION);
	assert_true(world_has(w, F2, "rubbish"));
	assert_true(world_there_has(w, "e0002.ics", "Event 2"));
	assert_true(world_there_has(w, "fresh.ics", "Fine"));
	assert_int_equal(w->calendars[0].quarantined, 1);
	world_assert_settled(w, EXIT_ATTENTION);
}

static void test_twins_here(void **state)
{
	struct world *w = *state;

	world_synced(w, 2);
	world_edit(w, "copy.ics", E2, "Another");
	world_edit(w, "one.ics", "fresh", "One");
	world_edit(w, "two.ics", "fresh", "Two");
	world_edit(w, "three.ics", "good", "Good");
	assert_int_equal(world_sync(w), EXIT_ATTENTION);
	assert_int_equal(w->calendars[0].quarantined, 2);
	assert_int_equal(w->calendars[0].sent_new, 2);
	assert_int_equal(world_count(w, "home"), 6);
	assert_true(world_there_has(w, "e0002.ics", "Event 2"));
	assert_true(world_there_has(w, "good.ics", "Good"));
	world_assert_settled(w, EXIT_ATTENTION);
}

static void test_gone_on_both_sides(void **state)
{
	struct world *w = *state;

	world_synced(w, 4);
	world_remove(w, F2);
	fake_delete(w->home, "e0002.ics");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->fake->deletes, 0);
	world_assert_quiet(w, EXIT_OK);
}

static void test_edit_beats_deletion(void **state)
{
	struct world *w = *state;

	world_synced(w, 4);
	world_edit(w, F2, E2, "Mine");
	fake_delete(w->home, "e0002.ics");
	assert_int_equal(world_sync(w), EXIT_ATTENTION);
	assert_int_equal(world_count_there(w->home), 4);
	assert_true(world_has(w, F2, "Mine"));
	world_assert_settled(w, EXIT_OK);
	/* And the other way. */
	world_remove(w, F2);
	world_put(w, "e0003.ics", "e0003@example.org", "Theirs");
	world_remove(w, "e0003@example.org.ics");
	assert_int_equal(world_sync(w), EXIT_ATTENTION);
	assert_true(world_has(w, "e0003@example.org.ics", "Theirs"));
	assert_int_equal(world_count_there(w->home), 3);
	world_assert_settled(w, EXIT_OK);
}

/* A removed file that is put back is new. */
static void test_put_back(void **state)
{
	struct world *w = *state;

	world_synced(w, 4);
	fake_delete(w->home, "e0002.ics");
	assert_int_equal(world_sync(w), EXIT_OK);
	world_edit(w, F2, E2, "Event 2");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->calendars[0].sent_new, 1);
	assert_int_equal(world_count_there(w->home), 4);
	world_assert_settled(w, EXIT_OK);
}

/* Nothing is known of an empty calendar but what was just sent. */
static void test_into_an_empty_one(void **state)
{
	struct world *w = *state;

	world_synced(w, 0);
	world_edit(w, "a.ics", "x", "One");
	world_edit(w, "b.ics", "y@z", "Two");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->calendars[0].added, 0);
	assert_int_equal(world_count(w, "home"), 2);
	assert_int_equal(world_count_there(w->home), 2);
	(void)world_sync(w);
	world_assert_quiet(w, EXIT_OK);
}

static void test_first_sync_with_files(void **state)
{
	struct world *w = *state;

	world_synced(w, 0);
	world_edit(w, "a.ics", "a", "One");
	world_edit(w, "b.ics", "b", "Two");
	world_put(w, "b.ics", "b", "Two");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->calendars[0].sent_new, 1);
	assert_int_equal(w->calendars[0].changed, 0);
	assert_int_equal(world_count_there(w->home), 2);
	world_assert_settled(w, EXIT_OK);
}

static void remove_all(struct world *w, unsigned n)
{
	for (unsigned i = 1; i <= n; i++) {
		AUTO_FREE char *name = xasprintf("e%04u@example.org.ics", i);
		world_remove(w, name);
	}
}

static const char *code_of(const struct world *w)
{
	const char *at = strstr(w->calendars[0].err.message, "--approve ");

	return at ? at + strlen("--approve ") : "";
}

static void approve(struct world *w, const char *code, int64_t until, bool expected)
{
	AUTO(state) *s = NULL;
	bool known = false;

	assert_true(state_open(&s, w->state_dir, "personal", NULL));
	assert_true(state_approve(s, code, until, &known, NULL));
	assert_int_equal(known, expected);
}

static void test_many_removed(void **state)
{
	struct world *w = *state;
	char code[16];

	world_synced(w, 10);
	remove_all(w, 9);
	world_edit(w, "fresh.ics", "fresh", "Ordinary");
	assert_int_equal(world_sync(w), EXIT_HELD);
	assert_int_equal(w->fake->deletes, 0);
	assert_int_equal(w->calendars[0].held, 9);
	assert_true(world_there_has(w, "fresh.ics", "Ordinary"));
	(void)snprintf(code, sizeof(code), "%s", code_of(w));
	assert_int_equal(strlen(code), 8);
	world_assert_settled(w, EXIT_HELD);
	/* Another set: the code is void. */
	approve(w, code, INT64_MAX, true);
	world_remove(w, "e0010@example.org.ics");
	assert_int_equal(world_sync(w), EXIT_HELD);
	assert_int_equal(w->fake->deletes, 0);
	assert_string_not_equal(code, code_of(w));
	(void)snprintf(code, sizeof(code), "%s", code_of(w));
	approve(w, "00000000", INT64_MAX, false);
	/* Too late. */
	approve(w, code, w->wall_ms / 1000 - 1, true);
	assert_int_equal(world_sync(w), EXIT_HELD);
	approve(w, code, w->wall_ms / 1000 + 60, true);
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->calendars[0].sent_removed, 10);
	assert_int_equal(world_count_there(w->home), 1);
	world_assert_settled(w, EXIT_OK);
}

static void test_held_and_put_back(void **state)
{
	struct world *w = *state;

	world_synced(w, 8);
	remove_all(w, 8);
	assert_int_equal(world_sync(w), EXIT_HELD);
	for (unsigned i = 1; i <= 8; i++) {
		AUTO_FREE char *uid = xasprintf("e%04u@example.org", i);
		AUTO_FREE char *name = xasprintf("%s.ics", uid);
		AUTO_FREE char *title = xasprintf("Event %u", i);
		world_edit(w, name, uid, title);
	}
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->fake->puts + w->fake->deletes, 0);
	world_assert_quiet(w, EXIT_OK);
}

static void test_people(void **state)
{
	struct world *w = *state;

	world_fill(w, 30);
	for (unsigned i = 1; i <= 3; i++) {
		AUTO_FREE char *name = xasprintf("p%u.ics", i);
		AUTO_FREE char *body = xasprintf(
			"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\n"
			"UID:p%u\r\nDTSTAMP:20260101T000000Z\r\n"
			"DTSTART:20260304T091500Z\r\nDTEND:20260304T101500Z\r\n"
			"SUMMARY:Party\r\nORGANIZER:mailto:ada@example.org\r\n"
			"ATTENDEE:mailto:bob@example.org\r\n"
			"END:VEVENT\r\nEND:VCALENDAR\r\n",
			i);
		(void)fake_put(w->home, name, body);
	}
	assert_int_equal(world_sync(w), EXIT_OK);
	world_remove(w, "p1.ics");
	world_remove(w, "p2.ics");
	world_remove(w, "p3.ics");
	assert_int_equal(world_sync(w), EXIT_HELD);
	assert_int_equal(w->fake->deletes, 0);
	assert_non_null(strstr(w->calendars[0].err.message, "mail"));
}

static void test_read_only(void **state)
{
	struct world *w = *state;

	world_synced(w, 4);
	w->home->read_only = true;
	w->home->revision++;
	world_edit(w, F2, E2, "Mine");
	world_remove(w, "e0003@example.org.ics");
	world_edit(w, "fresh.ics", "fresh", "New here");
	assert_int_equal(world_sync(w), EXIT_ATTENTION);
	assert_int_equal(w->fake->puts + w->fake->deletes, 0);
	assert_true(world_has(w, F2, "Event 2"));
	assert_true(world_has(w, "e0003@example.org.ics", "Event 3"));
	assert_true(world_has(w, "fresh.ics", "New here"));
	assert_true(world_trash_has(w, "Mine"));
	world_assert_quiet(w, EXIT_ATTENTION);
}

/* The privileges say nothing, the answers do. */
static void test_denied(void **state)
{
	struct world *w = *state;

	world_synced(w, 6);
	fake_add_fault(w->fake, &(struct fake_fault){.method = "PUT", .status = 403});
	fake_add_fault(w->fake,
		&(struct fake_fault){.method = "DELETE", .status = 403});
	world_edit(w, F2, E2, "Mine");
	world_remove(w, "e0003@example.org.ics");
	world_edit(w, "fresh.ics", "fresh", "New here");
	assert_int_equal(world_sync(w), EXIT_ATTENTION);
	assert_true(world_has(w, F2, "Event 2"));
	assert_true(world_has(w, "e0003@example.org.ics", "Event 3"));
	assert_true(world_has(w, "fresh.ics", "New here"));
	assert_true(world_trash_has(w, "Mine"));
	world_assert_quiet(w, EXIT_ATTENTION);
}

/* Chosen from the server only: nothing is ever sent. */
static void test_from_server(void **state)
{
	struct world *w = *state;

	w->account.calendars[0].direction = DIRECTION_FROM_SERVER;
	world_synced(w, 6);
	world_edit(w, F2, E2, "Mine");
	world_remove(w, "e0003@example.org.ics");
	world_edit(w, "fresh.ics", "fresh", "New here");
	assert_int_equal(world_sync(w), EXIT_ATTENTION);
	assert_int_equal(w->fake->puts + w->fake->deletes, 0);
	assert_true(world_has(w, F2, "Mine"));
	/* From now on both: the bodies both agreed on come from the files. */
	w->account.calendars[0].direction = DIRECTION_BOTH;
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_true(world_there_has(w, "e0002.ics", "Mine"));
	assert_true(world_there_has(w, "fresh.ics", "New here"));
	assert_null(world_there(w, "e0003.ics"));
	world_assert_settled(w, EXIT_OK);
}

static void test_dry_run(void **state)
{
	struct world *w = *state;

	world_synced(w, 6);
	world_edit(w, F2, E2, "Mine");
	world_remove(w, "e0003@example.org.ics");
	world_edit(w, "fresh.ics", "fresh", "New here");
	const struct digest folder = world_folder_digest(w);
	const struct digest before = world_state_digest(w);
	w->dry_run = true;
	assert_int_equal(world_sync(w), EXIT_OK);
	const struct digest folder_after = world_folder_digest(w);
	const struct digest after = world_state_digest(w);
	assert_true(digest_equal(&folder, &folder_after));
	assert_true(digest_equal(&before, &after));
	assert_int_equal(w->fake->puts + w->fake->deletes, 0);
	assert_non_null(strstr(w->planned, "send Event 2, "));
	assert_non_null(strstr(w->planned, "new title \"Mine\""));
	assert_non_null(strstr(w->planned, "send New here, "));
	assert_non_null(strstr(w->planned, "remove from the server Event 3, "));
	w->dry_run = false;
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->fake->puts, 2);
}

#define TEST(name)                                                                     \
	cmocka_unit_test_setup_teardown(test_##name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(new_file),
		TEST(changed_file),
		TEST(removed_file),
		TEST(many),
		TEST(names),
		TEST(name_in_use),
		TEST(rewritten_file),
		TEST(rewritten_there),
		TEST(renamed_and_edited),
		TEST(moved_on_both_sides),
		TEST(changed_uid),
		TEST(changed_uid_refused),
		TEST(unfit_edit),
		TEST(twins_here),
		TEST(gone_on_both_sides),
		TEST(edit_beats_deletion),
		TEST(put_back),
		TEST(into_an_empty_one),
		TEST(first_sync_with_files),
		TEST(many_removed),
		TEST(held_and_put_back),
		TEST(people),
		TEST(read_only),
		TEST(denied),
		TEST(from_server),
		TEST(dry_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
