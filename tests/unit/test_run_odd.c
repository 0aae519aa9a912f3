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

static void test_cut_list(void **state)
{
	struct world *w = *state;

	world_synced(w, 8);
	const struct digest folder = world_folder_digest(w);
	world_put(w, "e0002.ics", "e0002@example.org", "Moved");
	fake_delete(w->home, "e0003.ics");
	fake_add_fault(w->fake, &(struct fake_fault){.method = "REPORT",
					.contains = "sync-collection",
					.times = 1,
					.cut_after = 400});
	assert_int_equal(world_sync(w), EXIT_PROTOCOL);
	const struct digest after = world_folder_digest(w);
	assert_true(digest_equal(&folder, &after));
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->calendars[0].changed, 1);
	assert_int_equal(w->calendars[0].removed, 1);
}

static void test_cut_list_with_bodies(void **state)
{
	struct world *w = *state;

	w->fake->inline_data = true;
	world_fill(w, 20);
	fake_add_fault(w->fake, &(struct fake_fault){.method = "REPORT",
					.contains = "sync-collection",
					.times = 1,
					.cut_after = 5000});
	assert_int_equal(world_sync(w), EXIT_PROTOCOL);
	assert_int_equal(world_count(w, "home"), 0);
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(world_count(w, "home"), 20);
}

static void test_cut_home(void **state)
{
	struct world *w = *state;

	world_synced(w, 3);
	fake_add_fault(w->fake, &(struct fake_fault){.method = "PROPFIND",
					.times = 1,
					.cut_after = 300});
	assert_int_equal(world_sync(w), EXIT_PROTOCOL);
	assert_int_equal(world_count(w, "home"), 3);
	world_assert_quiet(w, EXIT_OK);
}

static void test_members_that_fail(void **state)
{
	struct world *w = *state;

	world_synced(w, 8);
	w->home->lists_failed = true;
	fake_forget_tokens(w->home);
	assert_int_equal(world_sync(w), EXIT_TRY_LATER);
	assert_int_equal(world_count(w, "home"), 8);
}

/* Listed, but not in the multiget's answer. */
static void test_left_out(void **state)
{
	struct world *w = *state;

	world_fill(w, 6);
	w->home->objects[2].skipped = true;
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(world_count(w, "home"), 6);
	assert_int_equal(w->fake->gets, 1);
}

/* Listed, but nowhere to be had: the rest comes, the token stays, and after some tries
 * it is told and let be. */
static void test_not_delivered(void **state)
{
	struct world *w = *state;

	world_fill(w, 6);
	w->home->objects[2].withheld = true;
	assert_int_equal(world_sync(w), EXIT_TRY_LATER);
	assert_int_equal(world_count(w, "home"), 5);
	assert_int_equal(w->calendars[0].quarantined, 0);
	fake_reset_counts(w->fake);
	assert_int_equal(world_sync(w), EXIT_TRY_LATER);
	assert_int_equal(w->fake->gets, 1);
	assert_int_equal(w->fake->multigets, 0);
	assert_int_equal(world_sync(w), EXIT_ATTENTION);
	assert_int_equal(w->calendars[0].quarantined, 1);
	world_assert_quiet(w, EXIT_ATTENTION);
	w->home->objects[2].withheld = false;
	w->full = true;
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(world_count(w, "home"), 6);
	assert_int_equal(w->calendars[0].quarantined, 0);
}

static void test_not_delivered_once(void **state)
{
	struct world *w = *state;

	world_synced(w, 6);
	world_put(w, "e0002.ics", "e0002@example.org", "Moved");
	w->home->objects[1].withheld = true;
	assert_int_equal(world_sync(w), EXIT_TRY_LATER);
	assert_true(world_has(w, "e0002@example.org.ics", "Event 2"));
	w->home->objects[1].withheld = false;
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_true(world_has(w, "e0002@example.org.ics", "Moved"));
	world_assert_quiet(w, EXIT_OK);
}

static void test_multiget_limits(void **state)
{
	struct world *w = *state;

	w->fake->multiget_max = 12;
	world_fill(w, 130);
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(world_count(w, "home"), 130);
	/* Remembered: the next large fetch begins small. */
	for (unsigned i = 1; i <= 60; i++) {
		AUTO_FREE char *name = xasprintf("e%04u.ics", i);
		AUTO_FREE char *uid = xasprintf("e%04u@example.org", i);
		world_put(w, name, uid, "Again");
	}
	fake_reset_counts(w->fake);
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->calendars[0].changed, 60);
	assert_true(w->fake->multigets <= 60 / 6 + 2);
}

/* A whole multiget fails because of one object (sabre answers 404). */
static void test_multiget_refused_as_a_whole(void **state)
{
	struct world *w = *state;

	world_fill(w, 9);
	fake_add_fault(w->fake, &(struct fake_fault){.method = "REPORT",
					.contains = "e0005.ics",
					.status = 404});
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(world_count(w, "home"), 9);
}

static void test_names_from_hell(void **state)
{
	static const char *const uids[] = {"../x", "/etc/passwd", "a/b", "..",
		".hidden", "-rf", "with space", "\xf0\x9f\x98\x80", "CON", "ABC",
		"abc"};
	struct world *w = *state;

	for (size_t i = 0; i < COUNT_OF(uids); i++) {
		AUTO_FREE char *name = xasprintf("h%zu.ics", i);
		world_put(w, name, uids[i], "Hostile");
	}
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(world_count(w, "home"), COUNT_OF(uids));
	assert_int_equal(world_count(w, "."), 0);
	world_assert_quiet(w, EXIT_OK);
	for (size_t i = 0; i < COUNT_OF(uids); i++) {
		AUTO_FREE char *name = xasprintf("h%zu.ics", i);
		world_put(w, name, uids[i], "Changed");
	}
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->calendars[0].changed, COUNT_OF(uids));
	assert_int_equal(world_count(w, "home"), COUNT_OF(uids));
}

static void test_one_uid_twice(void **state)
{
	struct world *w = *state;

	world_fill(w, 3);
	world_put(w, "twin.ics", "e0002@example.org", "The other one");
	assert_int_equal(world_sync(w), EXIT_ATTENTION);
	assert_int_equal(world_count(w, "home"), 3);
	assert_int_equal(w->calendars[0].quarantined, 1);
	assert_true(world_has(w, "e0002@example.org.ics", "Event 2"));
	world_assert_quiet(w, EXIT_ATTENTION);
}

static void test_malformed_events(void **state)
{
	static const char *const bodies[] = {"", "<html>Please sign in</html>",
		"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:open@example.org\r\n",
		"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:No UID\r\nEND:VEVENT\r\n"
		"END:VCALENDAR\r\n"};
	struct world *w = *state;

	world_fill(w, 5);
	for (size_t i = 1; i < COUNT_OF(bodies); i++) {
		AUTO_FREE char *name = xasprintf("bad%zu.ics", i);
		(void)fake_put(w->home, name, bodies[i]);
	}
	(void)fake_put(w->home, "todo.ics",
		"BEGIN:VCALENDAR\r\nBEGIN:VTODO\r\nUID:todo@example.org\r\nEND:"
		"VTODO\r\n"
		"END:VCALENDAR\r\n");
	assert_int_equal(world_sync(w), EXIT_ATTENTION);
	assert_int_equal(world_count(w, "home"), 5);
	assert_int_equal(w->calendars[0].quarantined, COUNT_OF(bodies) - 1);
	world_assert_quiet(w, EXIT_ATTENTION);
	/* It is mended on the server. */
	world_put(w, "bad1.ics", "mended@example.org", "Mended");
	fake_delete(w->home, "bad2.ics");
	assert_int_equal(world_sync(w), EXIT_ATTENTION);
	assert_true(world_has(w, "mended@example.org.ics", "Mended"));
	assert_int_equal(w->calendars[0].quarantined, 1);
}

/* A change that cannot be read leaves the version that could. */
static void test_malformed_change(void **state)
{
	struct world *w = *state;

	world_synced(w, 4);
	(void)fake_put(w->home, "e0002.ics", "BEGIN:VCALENDAR\r\n");
	assert_int_equal(world_sync(w), EXIT_ATTENTION);
	assert_true(world_has(w, "e0002@example.org.ics", "Event 2"));
	world_assert_quiet(w, EXIT_ATTENTION);
}

#define LIST_BEGIN                                                                     \
	"<?xml version=\"1.0\"?><multistatus "                                         \
	"xmlns=\"DAV:\"><sync-token>t99</sync-token>"
#define MEMBER(href, etag)                                                             \
	"<response><href>" href "</href><propstat><prop><getetag>&quot;" etag          \
	"&quot;</getetag></prop><status>HTTP/1.1 200 "                                 \
	"OK</status></propstat></response>"
#define GONE(href)                                                                     \
	"<response><href>" href                                                        \
	"</href><status>HTTP/1.1 404 Not Found</status></response>"

static void list_is(struct world *w, const char *body)
{
	w->fake->n_faults = 0;
	fake_add_fault(w->fake, &(struct fake_fault){.method = "REPORT",
					.contains = "sync-collection",
					.status = 207,
					.body = body});
}

static void test_listed_twice(void **state)
{
	struct world *w = *state;

	world_synced(w, 4);
	fake_retag(w->home, "e0001.ics");
	list_is(w, LIST_BEGIN MEMBER("/ada/home/e0001.ics", "e9")
			   MEMBER("/ada/home/e0001.ics", "e8") "</multistatus>");
	assert_int_equal(world_sync(w), EXIT_PROTOCOL);
	assert_int_equal(world_count(w, "home"), 4);
	/* iCloud repeats members; a removed one that is there again is there. */
	list_is(w, LIST_BEGIN GONE("/ada/home/e0001.ics") MEMBER("/ada/home/e0001.ics",
			   "e6") MEMBER("/ada/home/e0001.ics", "e6") "</multistatus>");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->calendars[0].removed, 0);
	assert_int_equal(world_count(w, "home"), 4);
}

/* Addresses that are no members of the calendar are never asked at. */
static void test_foreign_hrefs(void **state)
{
	struct world *w = *state;

	world_synced(w, 4);
	fake_retag(w->home, "e0001.ics");
	list_is(w,
		LIST_BEGIN MEMBER("http://169.254.169.254/ada/home/x.ics", "a") MEMBER(
			"//evil.example/ada/home/y.ics", "a") MEMBER("/ada/work/z.ics",
			"a") MEMBER("/ada/home/../work/v.ics", "a")
			MEMBER("/ada/home/sub/u.ics", "a") MEMBER("/ada/home/", "a")
				MEMBER("/ada/home/%2e%2e", "a") "</multistatus>");
	assert_int_equal(world_sync(w), EXIT_ATTENTION);
	assert_int_equal(world_count(w, "home"), 4);
	assert_int_equal(w->fake->gets + w->fake->multigets, 0);
}

/* The same name, written in three ways. */
static void test_href_forms(void **state)
{
	struct world *w = *state;

	world_put(w, "a%40b%7ec.ics", "forms@example.org", "One");
	assert_int_equal(world_sync(w), EXIT_OK);
	list_is(w, LIST_BEGIN MEMBER("http://127.0.0.1:8080/ada/home/a@b~c.ics",
			   "e2") "</multistatus>");
	fake_retag(w->home, "a%40b%7ec.ics");
	fake_reset_counts(w->fake);
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(w->fake->gets + w->fake->multigets, 0);
	assert_int_equal(world_count(w, "home"), 1);
}

/* The server says removed, but still has it (a stale list). */
static void test_removed_and_there(void **state)
{
	struct world *w = *state;

	world_synced(w, 4);
	fake_retag(w->home, "e0001.ics");
	list_is(w, LIST_BEGIN GONE("/ada/home/e0002.ics") "</multistatus>");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(world_count(w, "home"), 4);
	/* Nor is an error evidence. */
	fake_add_fault(w->fake, &(struct fake_fault){.method = "GET", .status = 500});
	fake_delete(w->home, "e0002.ics");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(world_count(w, "home"), 4);
	w->fake->n_faults = 0;
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(world_count(w, "home"), 3);
}

/* Another UID under a known name: the old event goes to the trash with its file. */
static void test_uid_changed_in_place(void **state)
{
	struct world *w = *state;

	world_synced(w, 4);
	world_put(w, "e0002.ics", "other@example.org", "Replaced");
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(world_count(w, "home"), 4);
	assert_true(world_has(w, "e0002@example.org.ics", "UID:other@example.org"));
	assert_int_equal(world_trash(w), 1);
	world_assert_quiet(w, EXIT_OK);
}

#define TEST(name)                                                                     \
	cmocka_unit_test_setup_teardown(test_##name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(cut_list),
		TEST(cut_list_with_bodies),
		TEST(cut_home),
		TEST(members_that_fail),
		TEST(left_out),
		TEST(not_delivered),
		TEST(not_delivered_once),
		TEST(multiget_limits),
		TEST(multiget_refused_as_a_whole),
		TEST(names_from_hell),
		TEST(one_uid_twice),
		TEST(malformed_events),
		TEST(malformed_change),
		TEST(listed_twice),
		TEST(foreign_hrefs),
		TEST(href_forms),
		TEST(removed_and_there),
		TEST(uid_changed_in_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
