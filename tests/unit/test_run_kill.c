/*
 * Kills a sync after each of its steps, runs it again, and expects the same end as
 * without the kill. Needs a build with CALWIZ_FAULTS; skipped (77) in any other.
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
#include <sys/wait.h>

#include <cmocka.h>

#include "base/mem.h"
#include "tests/unit/sync_world.h"

#define STEPS_MAX 500

/* A run in a process of its own, killed at a step (0 = never). Its exit status, or -1.
 */
static int sync_in_child(struct world *w, unsigned stop_at)
{
	AUTO_FREE char *step = xasprintf("%u", stop_at);
	const pid_t child = fork();
	int status = 0;

	assert_true(child >= 0);
	if (child == 0) {
		(void)setenv("CALWIZ_TEST_STOP_AT", step, 1);
		_exit(world_sync(w));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	fake_replay(w->fake); /* what it sent, it sent to a copy of the server */
	if (WIFSIGNALED(status)) {
		assert_int_equal(WTERMSIG(status), SIGKILL);
		return -1;
	}
	return WEXITSTATUS(status);
}

struct scenario {
	void (*before)(struct world *w); /* then a whole sync */
	void (*change)(struct world *w); /* then one that is killed */
	void (*check)(struct world *w);
	int expected;
};

static void expect_settled(struct world *w, const struct scenario *s)
{
	int last = sync_in_child(w, 0);

	s->check(w);
	if (last != s->expected)
		last = sync_in_child(w, 0);
	assert_int_equal(last, s->expected);
	/* What was sent is in the list once more: nothing but the token moves. */
	assert_int_equal(sync_in_child(w, 0), s->expected);
	assert_int_equal(w->fake->replayed, 0);
	const struct digest folder = world_folder_digest(w);
	const struct digest state = world_state_digest(w);
	assert_int_equal(sync_in_child(w, 0), s->expected);
	const struct digest folder_after = world_folder_digest(w);
	const struct digest state_after = world_state_digest(w);
	assert_true(digest_equal(&folder, &folder_after));
	assert_true(digest_equal(&state, &state_after));
	s->check(w);
}

/* False when the run was through before that step. */
static bool kill_at(const struct scenario *s, unsigned step)
{
	struct world *w = NULL;

	assert_int_equal(world_setup((void **)&w), 0);
	AUTO_FREE char *log = xasprintf("%s/writes", w->base);
	w->fake->log = log;
	if (s->before) {
		s->before(w);
		assert_int_equal(sync_in_child(w, 0), EXIT_OK);
	}
	s->change(w);
	const bool killed = sync_in_child(w, step) < 0;
	expect_settled(w, s);
	assert_int_equal(world_teardown((void **)&w), 0);
	return killed;
}

static void play(const struct scenario *s)
{
	unsigned step = 1;

	while (step < STEPS_MAX && kill_at(s, step))
		step++;
	assert_true(step > 2 && step < STEPS_MAX);
}

static void fill(struct world *w)
{
	world_fill(w, 12);
}

static void all_there(struct world *w)
{
	assert_int_equal(world_count(w, "home"), 12);
	assert_int_equal(world_trash(w), 0);
}

static void test_first_sync(void **state)
{
	const struct scenario s = {NULL, fill, all_there, EXIT_OK};

	(void)state;
	play(&s);
}

static void fill_inline(struct world *w)
{
	w->fake->inline_data = true;
	world_fill(w, 6);
}

static void six_there(struct world *w)
{
	assert_int_equal(world_count(w, "home"), 6);
	assert_int_equal(world_trash(w), 0);
}

static void test_first_sync_with_bodies(void **state)
{
	const struct scenario s = {NULL, fill_inline, six_there, EXIT_OK};

	(void)state;
	play(&s);
}

static void change_all_sorts(struct world *w)
{
	world_put(w, "e0002.ics", "e0002@example.org", "Moved");
	world_put(w, "new.ics", "new@example.org", "Fresh");
	fake_delete(w->home, "e0003.ics");
	fake_retag(w->home, "e0004.ics");
}

static void all_sorts_done(struct world *w)
{
	assert_int_equal(world_count(w, "home"), 12);
	assert_true(world_has(w, "e0002@example.org.ics", "Moved"));
	assert_true(world_has(w, "new@example.org.ics", "Fresh"));
	assert_false(world_has(w, "e0003@example.org.ics", "UID"));
	assert_int_equal(world_trash(w), 2);
}

static void test_changes(void **state)
{
	const struct scenario s = {fill, change_all_sorts, all_sorts_done, EXIT_OK};

	(void)state;
	play(&s);
}

static void change_against_edits(struct world *w)
{
	world_edit(w, "e0002@example.org.ics", "e0002@example.org", "Mine");
	world_edit(w, "e0003@example.org.ics", "e0003@example.org", "Mine too");
	world_remove(w, "e0005@example.org.ics");
	world_put(w, "e0002.ics", "e0002@example.org", "Theirs");
	world_put(w, "e0005.ics", "e0005@example.org", "Alive");
	world_put(w, "e0006.ics", "e0006@example.org", "Ordinary");
	(void)fake_put(w->home, "bad.ics", "no calendar");
	fake_delete(w->home, "e0003.ics");
}

static void only_from_server(struct world *w)
{
	w->account.calendars[0].direction = DIRECTION_FROM_SERVER;
	fill(w);
}

static void edits_kept(struct world *w)
{
	assert_int_equal(world_count(w, "home"), 12);
	assert_true(world_has(w, "e0002@example.org.ics", "Mine"));
	assert_true(world_has(w, "e0003@example.org.ics", "Mine too"));
	assert_true(world_has(w, "e0005@example.org.ics", "Alive"));
	assert_true(world_has(w, "e0006@example.org.ics", "Ordinary"));
}

static void test_edits(void **state)
{
	const struct scenario s = {only_from_server, change_against_edits, edits_kept,
		EXIT_ATTENTION};

	(void)state;
	play(&s);
}

static void clashes_settled(struct world *w)
{
	assert_int_equal(world_count(w, "home"), 12);
	assert_int_equal(world_count_there(w->home), 13); /* one is no calendar */
	assert_true(world_has(w, "e0002@example.org.ics", "Theirs"));
	assert_true(world_lost_has(w, "Mine"));
	assert_int_equal(world_kept(w), 1);
	assert_true(world_has(w, "e0003@example.org.ics", "Mine too"));
	assert_true(world_has(w, "e0005@example.org.ics", "Alive"));
	assert_true(world_has(w, "e0006@example.org.ics", "Ordinary"));
}

static void test_clashes(void **state)
{
	const struct scenario s = {fill, change_against_edits, clashes_settled,
		EXIT_ATTENTION};

	(void)state;
	play(&s);
}

static void change_here(struct world *w)
{
	world_edit(w, "e0002@example.org.ics", "e0002@example.org", "Mine");
	world_edit(w, "fresh.ics", "fresh", "New here");
	world_remove(w, "e0003@example.org.ics");
	world_edit(w, "e0004@example.org.ics", "other", "Another UID");
	world_remove(w, "e0005@example.org.ics");
	world_edit(w, "renamed.ics", "e0005@example.org", "Renamed and edited");
}

static void change_here_rewriting(struct world *w)
{
	w->fake->rewrites = true;
	change_here(w);
}

static void change_here_without_tags(struct world *w)
{
	w->fake->no_etag = true;
	w->fake->rewrites = true;
	change_here(w);
}

static void all_sent(struct world *w)
{
	assert_int_equal(world_count(w, "home"), 12);
	assert_int_equal(world_count_there(w->home), 12);
	assert_true(world_there_has(w, "e0002.ics", "Mine"));
	assert_true(world_there_has(w, "fresh.ics", "New here"));
	assert_true(world_there_has(w, "other.ics", "Another UID"));
	assert_true(world_there_has(w, "e0005.ics", "Renamed and edited"));
	assert_null(world_there(w, "e0003.ics"));
	assert_null(world_there(w, "e0004.ics"));
	assert_true(world_trash_has(w, "SUMMARY:Event 3\r"));
	assert_true(world_trash_has(w, "SUMMARY:Event 4\r"));
	assert_int_equal(world_kept(w), 0);
	if (w->fake->rewrites) {
		assert_true(world_has(w, "fresh.ics", "X-SERVER"));
		assert_true(world_has(w, "e0002@example.org.ics", "X-SERVER"));
	}
}

static void test_uploads(void **state)
{
	const struct scenario rows[] = {
		{fill, change_here, all_sent, EXIT_OK},
		{fill, change_here_rewriting, all_sent, EXIT_OK},
		{fill, change_here_without_tags, all_sent, EXIT_OK},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		play(&rows[i]);
}

static void join_edits(struct world *w)
{
	AUTO_FREE char *theirs = xasprintf("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
					   "PRODID:-//Example//EN\r\nBEGIN:VEVENT\r\n"
					   "UID:e0002@example.org\r\n"
					   "DTSTAMP:20260101T000000Z\r\n"
					   "DTSTART:20260304T091500Z\r\n"
					   "DTEND:20260304T101500Z\r\n"
					   "SUMMARY:Event 2\r\nLOCATION:Room 7\r\n"
					   "END:VEVENT\r\nEND:VCALENDAR\r\n");

	world_edit(w, "e0002@example.org.ics", "e0002@example.org", "Mine");
	(void)fake_put(w->home, "e0002.ics", theirs);
}

static void joined(struct world *w)
{
	assert_int_equal(world_count(w, "home"), 12);
	assert_true(world_has(w, "e0002@example.org.ics", "Mine"));
	assert_true(world_has(w, "e0002@example.org.ics", "Room 7"));
	assert_true(world_there_has(w, "e0002.ics", "Mine"));
	assert_true(world_there_has(w, "e0002.ics", "Room 7"));
	assert_int_equal(world_kept(w), 0);
}

static void test_joining(void **state)
{
	const struct scenario s = {fill, join_edits, joined, EXIT_OK};

	(void)state;
	play(&s);
}

static void fill_two(struct world *w)
{
	world_add_work(w);
	fill(w);
}

static void move_one(struct world *w)
{
	world_remove(w, "e0002@example.org.ics");
	world_edit(w, "work/moved.ics", "e0002@example.org", "Event 2");
}

static void move_one_only_once(struct world *w)
{
	w->fake->unique_uids = true;
	move_one(w);
}

static void moved(struct world *w)
{
	assert_int_equal(world_count(w, "home"), 11);
	assert_int_equal(world_count(w, "work"), 1);
	assert_int_equal(world_count_there(w->home), 11);
	assert_int_equal(world_count_there(w->work), 1);
}

static void test_moving(void **state)
{
	const struct scenario rows[] = {
		{fill_two, move_one, moved, EXIT_OK},
		{fill_two, move_one_only_once, moved, EXIT_OK},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		play(&rows[i]);
}

int main(void)
{
#ifdef CALWIZ_FAULTS
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_sync),
		cmocka_unit_test(test_first_sync_with_bodies),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_edits),
		cmocka_unit_test(test_clashes),
		cmocka_unit_test(test_uploads),
		cmocka_unit_test(test_joining),
		cmocka_unit_test(test_moving),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
#else
	(void)test_first_sync;
	(void)test_first_sync_with_bodies;
	(void)test_changes;
	(void)test_edits;
	(void)test_clashes;
	(void)test_uploads;
	(void)test_joining;
	(void)test_moving;
	return 77;
#endif
}
