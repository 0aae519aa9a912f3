/*
 * What servers make of a PUT or a DELETE: other versions, no or weak entity tags,
 * refusals, answers that never come.
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

static void fault(struct world *w, const char *method, const char *contains, int status,
	unsigned times)
{
	fake_add_fault(w->fake, &(struct fake_fault){.method = method,
					.contains = contains,
					.status = status,
					.times = times});
}

static void lose_answer(struct world *w, const char *method)
{
	fake_add_fault(w->fake,
		&(struct fake_fault){.method = method, .times = 1, .failure = DAV_CUT});
}

/* With and without a tag in the answer. */
static void test_rewritten(void **state)
{
	struct world *w = *state;

	world_synced(w, 3);
	w->fake->rewrites = true;
	for (unsigned i = 0; i < 2; i++) {
		AUTO_FREE char *uid = xasprintf("fresh%u", i);
		AUTO_FREE char *name = xasprintf("%s.ics", uid);
		w->fake->no_etag = i;
		world_edit(w, name, uid, "New");
		assert_int_equal(world_sync(w), EXIT_OK);
		assert_true(world_has(w, name, "X-SERVER"));
		world_assert_settled(w, EXIT_OK);
		world_edit(w, name, uid, "Edited");
		assert_int_equal(world_sync(w), EXIT_OK);
		assert_true(world_has(w, name, "X-SERVER"));
		assert_true(world_has(w, name, "Edited"));
		world_assert_settled(w, EXIT_OK);
	}
	assert_int_equal(world_kept(w), 0);
}

/* 75, then edited before anybody knew what the server made of it. */
static void test_edited_before_read_back(void **state)
{
	struct world *w = *state;

	world_synced(w, 3);
	w->fake->rewrites = true;
	w->fake->no_etag = true;
	fake_add_fault(w->fake, &(struct fake_fault){.method = "GET",
					.contains = "fresh",
					.failure = DAV_NO_CONNECTION,
					.times = 1});
	world_edit(w, "fresh.ics", "fresh", "New");
	assert_int_equal(world_sync(w), EXIT_TRY_LATER);
	assert_true(world_there_has(w, "fresh.ics", "New"));
	world_edit(w, "fresh.ics", "fresh", "Edited");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_true(world_there_has(w, "fresh.ics", "Edited"));
	assert_true(world_has(w, "fresh.ics", "X-SERVER"));
	assert_int_equal(world_kept(w), 0);
	world_assert_settled(w, EXIT_OK);
}

static void play_lost_answer(struct world *w, bool rewrites)
{
	world_synced(w, 6);
	w->fake->rewrites = rewrites;
	lose_answer(w, "PUT");
	world_edit(w, "fresh.ics", "fresh", "New");
	assert_int_equal(world_sync(w), EXIT_TRY_LATER);
	fake_reset_counts(w->fake);
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->fake->puts, 0);
	assert_int_equal(world_count_there(w->home), 7);
	assert_int_equal(world_has(w, "fresh.ics", "X-SERVER"), rewrites);
	world_assert_settled(w, EXIT_OK);
	w->fake->n_faults = 0;
	lose_answer(w, "PUT");
	world_edit(w, F2, E2, "Mine");
	assert_int_equal(world_sync(w), EXIT_TRY_LATER);
	fake_reset_counts(w->fake);
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->fake->puts, 0);
	assert_true(world_has(w, F2, "Mine"));
	assert_int_equal(world_has(w, F2, "X-SERVER"), rewrites);
	world_assert_settled(w, EXIT_OK);
	w->fake->n_faults = 0;
	lose_answer(w, "DELETE");
	world_remove(w, F2);
	assert_int_equal(world_sync(w), EXIT_TRY_LATER);
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(world_count_there(w->home), 6);
	assert_int_equal(world_kept(w), 0);
	world_assert_settled(w, EXIT_OK);
}

static void test_lost_answer(void **state)
{
	play_lost_answer(*state, false);
}

static void test_lost_answer_rewritten(void **state)
{
	play_lost_answer(*state, true);
}

static void test_weak_tags(void **state)
{
	struct world *w = *state;

	w->fake->weak = true;
	world_synced(w, 6);
	world_edit(w, F2, E2, "Mine");
	world_remove(w, "e0003@example.org.ics");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_true(world_there_has(w, "e0002.ics", "Mine"));
	assert_null(world_there(w, "e0003.ics"));
	/* Without a condition to send, it is looked at just before. */
	world_put(w, "e0004.ics", "e0004@example.org", "Theirs");
	world_edit(w, "e0004@example.org.ics", "e0004@example.org", "Mine");
	assert_int_equal(world_sync(w), EXIT_ATTENTION);
	assert_true(world_lost_has(w, "Mine"));
	assert_true(world_there_has(w, "e0004.ics", "Theirs"));
	world_assert_settled(w, EXIT_OK);
}

/* Somebody changes it between the listing and the PUT. */
static void test_412(void **state)
{
	struct world *w = *state;

	world_synced(w, 4);
	/* The entity tag alone. */
	fake_retag(w->home, "e0002.ics");
	w->home->revision--;
	world_edit(w, F2, E2, "Mine");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->fake->puts, 2);
	assert_true(world_there_has(w, "e0002.ics", "Mine"));
	(void)world_sync(w);
	world_assert_quiet(w, EXIT_OK);
	/* And in earnest. */
	world_put(w, "e0003.ics", "e0003@example.org", "Theirs");
	w->home->revision--;
	world_edit(w, "e0003@example.org.ics", "e0003@example.org", "Mine");
	assert_int_equal(world_sync(w), EXIT_ATTENTION);
	assert_true(world_there_has(w, "e0003.ics", "Theirs"));
	assert_true(world_lost_has(w, "Mine"));
	/* Deleted here, changed there. */
	world_put(w, "e0004.ics", "e0004@example.org", "Alive");
	w->home->revision--;
	world_remove(w, "e0004@example.org.ics");
	assert_int_equal(world_sync(w), EXIT_ATTENTION);
	assert_true(world_has(w, "e0004@example.org.ics", "Alive"));
	assert_int_equal(world_count_there(w->home), 4);
}

/* Deleted there between the listing and the PUT: created anew, once. */
static void test_404(void **state)
{
	struct world *w = *state;

	world_synced(w, 6);
	fake_delete(w->home, "e0002.ics");
	w->home->revision--;
	world_edit(w, F2, E2, "Mine");
	assert_int_equal(world_sync(w), EXIT_ATTENTION);
	assert_int_equal(world_count_there(w->home), 6);
	assert_true(world_has(w, F2, "Mine"));
	world_assert_settled(w, EXIT_OK);
	/* The server that says 404 itself. */
	fault(w, "PUT", NULL, 404, 1);
	world_edit(w, "e0003@example.org.ics", "e0003@example.org", "Mine");
	(void)world_sync(w);
	fake_delete(w->home, "e0004.ics");
	w->home->revision--;
	world_remove(w, "e0004@example.org.ics");
	assert_int_equal(world_sync(w), EXIT_OK);
	(void)world_sync(w);
	world_assert_quiet(w, EXIT_OK);
}

static void test_no_end(void **state)
{
	struct world *w = *state;

	world_synced(w, 3);
	w->fake->wants_end = true;
	world_write(w, "fresh.ics",
		"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\n"
		"UID:fresh\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:20260304T091500Z\r\n"
		"SUMMARY:No end\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_true(world_there_has(w, "fresh.ics", "DTEND"));
	assert_true(world_has(w, "fresh.ics", "DTEND"));
	assert_int_equal(world_kept(w), 0);
	world_assert_settled(w, EXIT_OK);
}

static void test_refused(void **state)
{
	struct world *w = *state;
	static const int statuses[] = {400, 409, 413, 415, 422, 405, 501};

	world_synced(w, 3);
	for (size_t i = 0; i < COUNT_OF(statuses); i++) {
		w->fake->n_faults = 0;
		fault(w, "PUT", "UID:bad", statuses[i], 0);
		AUTO_FREE char *title = xasprintf("Bad %zu", i);
		AUTO_FREE char *uid = xasprintf("good%zu", i);
		AUTO_FREE char *name = xasprintf("%s.ics", uid);
		world_edit(w, "bad.ics", "bad", title);
		world_edit(w, name, uid, "Good");
		assert_int_equal(world_sync(w), EXIT_ATTENTION);
		assert_int_equal(w->calendars[0].quarantined, 1);
		assert_int_equal(w->calendars[0].sent_new, 1);
		assert_true(world_has(w, "bad.ics", "Bad"));
		world_assert_settled(w, EXIT_ATTENTION);
	}
	/* It is tried again when it changes, and when everything is compared. */
	w->full = true;
	fake_reset_counts(w->fake);
	assert_int_equal(world_sync(w), EXIT_ATTENTION);
	w->full = false;
	w->fake->n_faults = 0;
	world_assert_settled(w, EXIT_ATTENTION);
	world_edit(w, "bad.ics", "bad", "Better");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_true(world_there_has(w, "bad.ics", "Better"));
	world_assert_settled(w, EXIT_OK);
}

/* An edit the server does not take stays in the way of what it has. */
static void test_refused_edit(void **state)
{
	struct world *w = *state;

	world_synced(w, 3);
	fault(w, "PUT", "Mine", 422, 0);
	world_edit(w, F2, E2, "Mine");
	assert_int_equal(world_sync(w), EXIT_ATTENTION);
	assert_true(world_has(w, F2, "Mine"));
	world_assert_quiet(w, EXIT_ATTENTION);
	world_put(w, "e0002.ics", E2, "Theirs");
	assert_int_equal(world_sync(w), EXIT_ATTENTION);
	assert_true(world_has(w, F2, "Theirs"));
	assert_true(world_lost_has(w, "Mine"));
	world_assert_settled(w, EXIT_OK);
}

static void test_server_errors(void **state)
{
	struct world *w = *state;

	world_synced(w, 3);
	fault(w, "PUT", "UID:bad", 500, 1);
	world_edit(w, "bad.ics", "bad", "Later");
	world_edit(w, "good.ics", "good", "Now");
	assert_int_equal(world_sync(w), EXIT_TRY_LATER);
	assert_true(world_there_has(w, "good.ics", "Now"));
	assert_null(world_there(w, "bad.ics"));
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_true(world_there_has(w, "bad.ics", "Later"));
	world_assert_settled(w, EXIT_OK);
}

static void test_stops(void **state)
{
	struct world *w = *state;
	static const struct {
		int status;
		int exit;
	} rows[] = {{401, EXIT_SIGN_IN}, {503, EXIT_TRY_LATER}, {429, EXIT_TRY_LATER},
		{507, EXIT_UNAVAILABLE}};

	world_synced(w, 3);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		w->fake->n_faults = 0;
		fault(w, "PUT", NULL, rows[i].status, 0);
		for (unsigned n = 0; n < 20; n++) {
			AUTO_FREE char *uid = xasprintf("n%zu-%u", i, n);
			AUTO_FREE char *name = xasprintf("%s.ics", uid);
			world_edit(w, name, uid, "New");
		}
		fake_reset_counts(w->fake);
		assert_int_equal(world_sync(w), rows[i].exit);
		assert_true(w->fake->requests <= 1 + 8);
	}
	w->fake->n_faults = 0;
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(world_count_there(w->home), 83);
	(void)world_sync(w);
	world_assert_quiet(w, EXIT_OK);
}

static void test_inside(void **state)
{
	struct world *w = *state;

	world_synced(w, 4);
	w->fake->inside = true;
	fake_retag(w->home, "e0002.ics");
	w->home->revision--;
	world_edit(w, F2, E2, "Mine");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_true(world_there_has(w, "e0002.ics", "Mine"));
}

static void test_hotel(void **state)
{
	struct world *w = *state;

	world_synced(w, 4);
	fake_add_fault(w->fake,
		&(struct fake_fault){.method = "PUT",
			.status = 200,
			.body = "<!DOCTYPE html><html><body>Welcome</body></html>"});
	world_edit(w, F2, E2, "Mine");
	assert_int_equal(world_sync(w), EXIT_TRY_LATER);
	assert_true(world_there_has(w, "e0002.ics", "Event 2"));
	w->fake->n_faults = 0;
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_true(world_there_has(w, "e0002.ics", "Mine"));
}

/* A run that is stopped: what was in flight is looked at by the next one. */
static void test_cancelled(void **state)
{
	struct world *w = *state;

	world_synced(w, 1);
	for (unsigned n = 0; n < 100; n++) {
		AUTO_FREE char *uid = xasprintf("n%u", n);
		AUTO_FREE char *name = xasprintf("%s.ics", uid);
		world_edit(w, name, uid, "New");
	}
	for (unsigned after = 3; after < 100; after += 31) {
		w->cancel_after = after;
		(void)world_sync(w);
	}
	w->cancel_after = 0;
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(world_count_there(w->home), 101);
	assert_int_equal(world_count(w, "home"), 101);
	assert_int_equal(world_kept(w), 0);
	(void)world_sync(w);
	world_assert_quiet(w, EXIT_OK);
}

#define TEST(name)                                                                     \
	cmocka_unit_test_setup_teardown(test_##name, world_setup, world_teardown)

/* PHP calls an empty 201 text/html, and Cyrus tells a person what a 404 is: neither is a
 * sign-in page of a hotel. */
static void test_called_html(void **state)
{
	struct world *w = *state;

	world_synced(w, 3);
	w->fake->calls_it_html = true;
	world_edit(w, "mine.ics", "mine", "New");
	assert_int_equal(world_sync(w), EXIT_OK);
	world_remove(w, "mine.ics");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(world_count_there(w->home), 3);
	fake_delete(w->home, "e0002.ics");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(world_count(w, "home"), 2);
	world_assert_settled(w, EXIT_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rewritten),
		TEST(called_html),
		TEST(edited_before_read_back),
		TEST(lost_answer),
		TEST(lost_answer_rewritten),
		TEST(weak_tags),
		TEST(412),
		TEST(404),
		TEST(no_end),
		TEST(refused),
		TEST(refused_edit),
		TEST(server_errors),
		TEST(stops),
		TEST(inside),
		TEST(hotel),
		TEST(cancelled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
