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

static void test_missing_folder(void **state)
{
	struct world *w = *state;
	AUTO_FREE char *away = xasprintf("%s.away", w->folder);
	AUTO_FREE char *cal = xasprintf("%s/home", w->folder);
	AUTO_FREE char *cal_away = xasprintf("%s/elsewhere", w->base);

	world_synced(w, 3);
	assert_int_equal(rename(w->folder, away), 0);
	assert_int_equal(world_sync(w), EXIT_HELD);
	assert_int_equal(w->err.code, ERR_NONE);
	assert_int_equal(w->calendars[0].err.code, ERR_HELD);
	assert_int_equal(world_count(w, "home"), 0);
	assert_int_equal(rename(away, w->folder), 0);
	world_assert_quiet(w, EXIT_OK);
	assert_int_equal(rename(cal, cal_away), 0);
	assert_int_equal(world_sync(w), EXIT_HELD);
	assert_int_equal(rename(cal_away, cal), 0);
	world_assert_quiet(w, EXIT_OK);
	world_remove(w, "home/.calwiz");
	assert_int_equal(world_sync(w), EXIT_HELD);
}

static void test_other_folder_is_a_first_sync(void **state)
{
	struct world *w = *state;

	world_synced(w, 3);
	free(w->account.calendars[0].folder);
	w->account.calendars[0].folder = xstrdup("other");
	fake_delete(w->home, "e0001.ics");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(world_count(w, "other"), 2);
	assert_int_equal(world_count(w, "home"), 3);
}

static void test_other_account_is_a_first_sync(void **state)
{
	struct world *w = *state;

	world_synced(w, 6);
	free(w->account.login);
	w->account.login = xstrdup("bob");
	for (unsigned i = 0; i < 5; i++)
		fake_delete(w->home, w->home->objects[i].name);
	assert_int_equal(world_sync(w),
		EXIT_OK); /* five files nobody knows: new ones */
	assert_int_equal(world_count(w, "home"), 6);
	assert_int_equal(w->calendars[0].sent_new, 5);
	assert_int_equal(w->fake->deletes, 0);
}

static void test_dry_run(void **state)
{
	struct world *w = *state;

	w->dry_run = true;
	world_fill(w, 3);
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->calendars[0].added, 3);
	assert_non_null(strstr(w->planned, "add Event 2, "));
	assert_null(world_read(w, "home/displayname"));
	assert_int_equal(access(w->folder, F_OK), -1);
	w->dry_run = false;
	world_synced(w, 3);
	world_put(w, "e0002.ics", "e0002@example.org", "Moved");
	world_put(w, "new.ics", "new@example.org", "Fresh");
	fake_delete(w->home, "e0003.ics");
	world_edit(w, "e0001@example.org.ics", "e0001@example.org", "Mine");
	const struct digest folder = world_folder_digest(w);
	const struct digest before = world_state_digest(w);
	w->dry_run = true;
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->fake->puts, 0);
	assert_non_null(strstr(w->planned, "send Event 1, "));
	assert_int_equal(w->calendars[0].sent_changed, 1);
	const struct digest folder_after = world_folder_digest(w);
	const struct digest after = world_state_digest(w);
	assert_true(digest_equal(&folder, &folder_after));
	assert_true(digest_equal(&before, &after));
	assert_non_null(strstr(w->planned, "change Event 2, "));
	assert_non_null(strstr(w->planned, "add Fresh, "));
	assert_non_null(strstr(w->planned, "remove "));
	assert_int_equal(w->calendars[0].added, 1);
	assert_int_equal(w->calendars[0].changed, 1);
	assert_int_equal(w->calendars[0].removed, 1);
	w->dry_run = false;
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->calendars[0].added, 1);
}

static void test_cancel_and_resume(void **state)
{
	struct world *w = *state;
	unsigned last = 0;

	world_fill(w, 700);
	for (unsigned after = 1; after < 5; after++) {
		w->cancel_after = after;
		(void)world_sync(w);
		assert_true(w->cancelled);
		assert_int_equal(w->exit, EXIT_TRY_LATER);
		last = (unsigned)world_count(w, "home");
	}
	assert_true(last > 0 && last < 700);
	w->cancel_after = 0;
	fake_reset_counts(w->fake);
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(world_count(w, "home"), 700);
	assert_int_equal(w->fake->hrefs, 700 - last);
	world_assert_quiet(w, EXIT_OK);
}

static void test_password_refused(void **state)
{
	struct world *w = *state;

	world_add_work(w);
	world_synced(w, 3);
	fake_add_fault(w->fake,
		&(struct fake_fault){.method = "PROPFIND", .times = 1, .status = 401});
	assert_int_equal(world_sync(w), EXIT_SIGN_IN);
	assert_int_equal(w->err.code, ERR_AUTH);
	assert_int_equal(w->diagnosis, DIAGNOSIS_AUTH_REFUSED);
	assert_int_equal(w->calendars[1].exit, EXIT_SIGN_IN);
	/* In the middle of a run. */
	for (unsigned i = 1; i <= 3; i++) {
		AUTO_FREE char *name = xasprintf("e%04u.ics", i);
		AUTO_FREE char *uid = xasprintf("e%04u@example.org", i);
		world_put(w, name, uid, "Moved");
	}
	(void)fake_put(w->work, "w.ics", "not read");
	fake_reset_counts(w->fake);
	fake_add_fault(w->fake, &(struct fake_fault){.method = "REPORT",
					.contains = "multiget",
					.status = 401,
					.times = 1});
	assert_int_equal(world_sync(w), EXIT_SIGN_IN);
	assert_int_equal(w->err.code, ERR_AUTH);
	assert_int_equal(w->fake->requests, 3); /* no further try */
	assert_int_equal(world_count(w, "home"), 3);
}

static void test_one_calendar_fails(void **state)
{
	struct world *w = *state;
	AUTO_FREE char *body = fake_event("w@example.org", "At work");

	world_add_work(w);
	world_fill(w, 3);
	(void)fake_put(w->work, "w.ics", body);
	fake_add_fault(w->fake, &(struct fake_fault){.method = "REPORT",
					.contains = "/ada/home",
					.status = 502});
	assert_int_equal(world_sync(w), EXIT_TRY_LATER);
	assert_int_equal(w->calendars[0].exit, EXIT_TRY_LATER);
	assert_int_equal(w->calendars[1].exit, EXIT_OK);
	assert_int_equal(world_count(w, "work"), 1);
	w->fake->n_faults = 0;
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(world_count(w, "home"), 3);
}

static void test_server_asks_to_wait(void **state)
{
	struct world *w = *state;

	world_add_work(w);
	world_synced(w, 3);
	fake_retag(w->home, "e0001.ics");
	fake_add_fault(w->fake,
		&(struct fake_fault){.method = "REPORT", .status = 503, .times = 1});
	/* Told of the one calendar; the other one is looked at all the same. */
	assert_int_equal(world_sync(w), EXIT_TRY_LATER);
	assert_int_equal(w->err.code, ERR_NONE);
	assert_int_equal(world_sync(w), EXIT_OK);
}

static void test_network_gone(void **state)
{
	struct world *w = *state;

	world_synced(w, 3);
	fake_add_fault(w->fake, &(struct fake_fault){.method = "PROPFIND",
					.times = 1,
					.failure = DAV_NO_CONNECTION});
	assert_int_equal(world_sync(w), EXIT_TRY_LATER);
	assert_int_equal(w->diagnosis, DIAGNOSIS_NET_DOWN);
	world_assert_quiet(w, EXIT_OK);
}

static void test_calendar_gone(void **state)
{
	struct world *w = *state;

	world_add_work(w);
	world_synced(w, 3);
	w->home->gone = true;
	assert_int_equal(world_sync(w), EXIT_CONFIG);
	assert_int_equal(w->calendars[0].err.code, ERR_GONE);
	assert_non_null(strstr(w->calendars[0].err.message,
		"gone from the server since 2026-03-04"));
	assert_int_equal(w->calendars[1].exit, EXIT_OK);
	assert_int_equal(world_count(w, "home"), 3);
	w->wall_ms += INT64_C(86400000) * 2;
	assert_int_equal(world_sync(w), EXIT_CONFIG);
	assert_non_null(strstr(w->calendars[0].err.message, "since 2026-03-04"));
	w->home->gone = false;
	assert_int_equal(world_sync(w), EXIT_OK);
	/* Not listed, but there: a fault, not an end. */
	w->home->unlisted = true;
	assert_int_equal(world_sync(w), EXIT_TRY_LATER);
	assert_int_equal(world_count(w, "home"), 3);
}

static void test_home_moved(void **state)
{
	struct world *w = *state;

	world_synced(w, 3);
	free(w->account.home);
	w->account.home = xstrdup(FAKE_ORIGIN "/elsewhere/");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_string_equal(w->new_home, FAKE_HOME);
	free(w->account.home);
	w->account.home = xstrdup(w->new_home);
	world_assert_quiet(w, EXIT_OK);
	assert_string_equal(w->new_home, "");
}

static void test_choice_of_calendars(void **state)
{
	struct world *w = *state;

	world_add_work(w);
	world_fill(w, 2);
	(void)fake_add_calendar(w->fake, "club");
	w->only = "work";
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->n_calendars, 1);
	assert_int_equal(w->new_calendars, 1);
	assert_int_equal(world_count(w, "home"), 0);
	w->only = "nothing of that name";
	assert_int_equal(world_sync(w), EXIT_USAGE);
}

#define TEST(name)                                                                     \
	cmocka_unit_test_setup_teardown(test_##name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(missing_folder),
		TEST(other_folder_is_a_first_sync),
		TEST(other_account_is_a_first_sync),
		TEST(dry_run),
		TEST(cancel_and_resume),
		TEST(password_refused),
		TEST(one_calendar_fails),
		TEST(server_asks_to_wait),
		TEST(network_gone),
		TEST(calendar_gone),
		TEST(home_moved),
		TEST(choice_of_calendars),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
