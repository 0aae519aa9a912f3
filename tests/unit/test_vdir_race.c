#include <config.h>

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/vdir_folder.h"
#include "tests/unit/vdir_system.h"

#define OLD "the version both sides had"
#define NEW "the version of the server"
#define EDIT "what the person just wrote"
#define EDIT_2 "and wrote once more"

static void swap_now(void)
{
	swap_file(sys.cal_fd, "a.ics", EDIT);
}

static void edit_in_place_now(void)
{
	put_file(sys.cal_fd, "a.ics", EDIT);
}

static void swap_once_more(void)
{
	swap_file(sys.cal_fd, "a.ics", EDIT_2);
}

static void edit_once_more(void)
{
	put_file(sys.cal_fd, "a.ics", EDIT_2);
}

static void delete_now(void)
{
	assert_int_equal(unlinkat(sys.cal_fd, "a.ics", 0), 0);
}

static void link_now(void)
{
	delete_now();
	assert_int_equal(symlinkat("/nowhere", sys.cal_fd, "a.ics"), 0);
}

static void a_file_made_in_the_instant_is_left_alone(void **state)
{
	const struct vdir_folder *f = *state;

	for (int mode = 0; mode < 2; mode++) {
		sys.no_flags = mode > 0;
		sys.on_new = swap_now;
		stage_file(f->vdir, "a.ics", NEW, NULL);
		assert_int_equal(commit_staged(f->vdir).done, 0);
		assert_null(sys.on_new);
		assert_true(file_is(f->cal_fd, "a.ics", EDIT));
		assert_int_equal(count_temporaries(f->cal_fd), 0);
		delete_now();
	}
}

static struct seen replace_after(const struct vdir_folder *f, void (*edit)(void))
{
	const struct vdir_stat old = file_stat(f->cal_fd, "a.ics");

	stage_file(f->vdir, "a.ics", NEW, &old);
	if (edit)
		edit();
	return commit_staged(f->vdir);
}

static struct seen remove_after(const struct vdir_folder *f, void (*edit)(void))
{
	const struct vdir_stat old = file_stat(f->cal_fd, "a.ics");

	assert_true(vdir_stage_removal(f->vdir, "a.ics", &old, NULL));
	if (edit)
		edit();
	return commit_staged(f->vdir);
}

static void an_edit_after_staging_wins(void **state)
{
	static void (*const edits[])(void) = {swap_now, edit_in_place_now};
	static struct seen (*const changes[])(const struct vdir_folder *,
		void (*)(void)) = {replace_after, remove_after};
	const struct vdir_folder *f = *state;

	for (size_t i = 0; i < 4; i++) {
		put_file(f->cal_fd, "a.ics", OLD);
		const struct seen s = changes[i / 2](f, edits[i % 2]);
		assert_int_equal(s.count, 1);
		assert_int_equal(s.done, 0);
		assert_true(file_is(f->cal_fd, "a.ics", EDIT));
		assert_false(trash_has(f, "a.ics"));
		assert_int_equal(count_temporaries(f->cal_fd), 0);
	}
}

/* An edit of the same length whose mtime was set back shows in the ctime alone. */
static void an_edit_that_hides_shows_in_the_ctime(void **state)
{
	const struct vdir_folder *f = *state;

	put_file(f->cal_fd, "a.ics", EDIT);
	struct vdir_stat old = file_stat(f->cal_fd, "a.ics");
	old.ctime_ns--;
	stage_file(f->vdir, "a.ics", NEW, &old);
	assert_true(vdir_stage_removal(f->vdir, "a.ics", &old, NULL));
	const struct seen s = commit_staged(f->vdir);
	assert_int_equal(s.count, 2);
	assert_int_equal(s.done, 0);
	assert_true(file_is(f->cal_fd, "a.ics", EDIT));
}

static void a_deletion_after_staging_stays_one(void **state)
{
	const struct vdir_folder *f = *state;

	put_file(f->cal_fd, "a.ics", OLD);
	assert_int_equal(replace_after(f, delete_now).done, 0);
	assert_false(file_is_there(f->cal_fd, "a.ics"));
	put_file(f->cal_fd, "a.ics", OLD);
	assert_int_equal(remove_after(f, delete_now).done, 0);
	assert_false(file_is_there(f->cal_fd, "a.ics"));
}

/* The person acts after the last look at the file and before the exchange. */
static void an_edit_in_the_instant_wins(void **state)
{
	static const struct {
		void (*first)(void);
		void (*second)(void); /* before the file is given back */
		const char *there;    /* NULL = nothing */
		const char *trash;    /* NULL = nothing */
	} rows[] = {
		{swap_now, NULL, EDIT, NULL},
		{edit_in_place_now, NULL, EDIT, NULL},
		{swap_now, swap_once_more, EDIT_2, EDIT},
		{swap_now, edit_once_more, EDIT_2, EDIT},
		{edit_in_place_now, swap_once_more, EDIT_2, EDIT},
		{delete_now, NULL, NULL, NULL},
		{swap_now, delete_now, NULL, EDIT},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		void *own = NULL;
		(void)vdir_system_setup(&own);
		const struct vdir_folder *f = own;
		put_file(f->cal_fd, "a.ics", OLD);
		sys.on_exchange[0] = rows[i].first;
		sys.on_exchange[1] = rows[i].second;
		const struct seen s = replace_after(f, NULL);
		assert_null(sys.on_exchange[0]);
		assert_int_equal(s.count, 1);
		assert_int_equal(s.done, 0);
		assert_int_equal(file_is_there(f->cal_fd, "a.ics"),
			rows[i].there != NULL);
		if (rows[i].there)
			assert_true(file_is(f->cal_fd, "a.ics", rows[i].there));
		assert_int_equal(trash_has(f, "a.ics"), rows[i].trash != NULL);
		if (rows[i].trash)
			assert_true(trash_is(f, "a.ics", rows[i].trash));
		assert_int_equal(count_temporaries(f->cal_fd), 0);
		(void)vdir_system_teardown(&own);
	}
}

static void a_link_in_the_instant_is_given_back(void **state)
{
	const struct vdir_folder *f = *state;
	char target[32] = "";

	put_file(f->cal_fd, "a.ics", OLD);
	sys.on_exchange[0] = link_now;
	assert_int_equal(replace_after(f, NULL).done, 0);
	assert_int_equal(readlinkat(f->cal_fd, "a.ics", target, sizeof(target) - 1), 8);
	assert_string_equal(target, "/nowhere");
	assert_false(trash_has(f, "a.ics"));
}

static void a_removal_gives_back_what_was_just_edited(void **state)
{
	static void (*const edits[])(void) = {swap_now, edit_in_place_now};
	const struct vdir_folder *f = *state;

	for (size_t i = 0; i < COUNT_OF(edits); i++) {
		put_file(f->cal_fd, "a.ics", OLD);
		sys.on_move = edits[i];
		assert_int_equal(remove_after(f, NULL).done, 0);
		assert_null(sys.on_move);
		assert_true(file_is(f->cal_fd, "a.ics", EDIT));
		assert_false(trash_has(f, "a.ics"));
	}
}

/* Where there is no exchange: writing into the file, or saving before the link. */
static void an_edit_in_the_instant_wins_without_exchange(void **state)
{
	static void (*const edits[])(void) = {swap_now, edit_in_place_now, delete_now};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(edits) * 2; i++) {
		void *own = NULL;
		(void)vdir_system_setup(&own);
		const struct vdir_folder *f = own;
		sys.no_flags = true;
		sys.no_links = i % 2;
		put_file(f->cal_fd, "a.ics", OLD);
		sys.on_move = edits[i / 2];
		const struct seen s = replace_after(f, NULL);
		assert_null(sys.on_move);
		assert_int_equal(s.done, 0);
		if (edits[i / 2] == delete_now)
			assert_false(file_is_there(f->cal_fd, "a.ics"));
		else
			assert_true(file_is(f->cal_fd, "a.ics", EDIT));
		assert_false(trash_has(f, "a.ics"));
		assert_int_equal(count_temporaries(f->cal_fd), 0);
		(void)vdir_system_teardown(&own);
	}
}

/* ---- interruption ---- */

static void leftovers_of_a_killed_run_are_removed(void **state)
{
	struct vdir_folder *f = *state;
	SCOPED(vdir_listing) l = {0};
	int status = 0;
	const pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		for (int i = 0; i < 5; i++)
			stage_file(f->vdir, "a.ics", NEW, NULL);
		_exit(42);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WEXITSTATUS(status), 42);
	assert_int_equal(count_temporaries(f->cal_fd), 6);
	vdir_folder_reopen(f);
	assert_int_equal(count_temporaries(f->cal_fd), 0);
	assert_true(vdir_scan(f->vdir, &l, NULL));
	assert_int_equal(l.count, 0);
	assert_int_equal(l.odd, 0);
}

static void scanning_leaves_what_is_staged(void **state)
{
	const struct vdir_folder *f = *state;
	SCOPED(vdir_listing) l = {0};

	stage_file(f->vdir, "a.ics", NEW, NULL);
	assert_true(vdir_scan(f->vdir, &l, NULL));
	assert_int_equal(l.count, 0);
	assert_int_equal(commit_staged(f->vdir).done, 1);
	assert_true(file_is(f->cal_fd, "a.ics", NEW));
}

static void freeing_discards_what_is_staged(void **state)
{
	struct vdir_folder *f = *state;

	stage_file(f->vdir, "a.ics", NEW, NULL);
	assert_int_equal(count_temporaries(f->cal_fd), 2);
	vdir_free(f->vdir);
	f->vdir = NULL;
	assert_int_equal(count_temporaries(f->cal_fd), 0);
	assert_false(file_is_there(f->cal_fd, "a.ics"));
}

/* A child commits one change of each kind and ends before its n-th call. */
static int commit_until(const struct vdir_folder *f, int calls)
{
	int status = 0;
	put_file(f->cal_fd, "changed.ics", OLD);
	put_file(f->cal_fd, "removed.ics", OLD);
	const struct vdir_stat changed = file_stat(f->cal_fd, "changed.ics");
	const struct vdir_stat removed = file_stat(f->cal_fd, "removed.ics");
	const pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		struct seen s = {0};
		stage_file(f->vdir, "changed.ics", NEW, &changed);
		stage_file(f->vdir, "new.ics", NEW, NULL);
		assert_true(vdir_stage_removal(f->vdir, "removed.ics", &removed, NULL));
		sys.calls_left = calls;
		_exit(vdir_commit(f->vdir, RUN, see_result, &s, NULL) && s.done == 3
				? 0
				: 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void nothing_is_lost_or_half(struct vdir_folder *f)
{
	const bool was_changed = file_is(f->cal_fd, "changed.ics", NEW);

	assert_true(was_changed || file_is(f->cal_fd, "changed.ics", OLD));
	assert_true(!was_changed || trash_is(f, "changed.ics", OLD));
	assert_true(!file_is_there(f->cal_fd, "new.ics") ||
		    file_is(f->cal_fd, "new.ics", NEW));
	assert_true(file_is(f->cal_fd, "removed.ics", OLD) ||
		    trash_is(f, "removed.ics", OLD));
	vdir_folder_reopen(f);
	assert_int_equal(count_temporaries(f->cal_fd), 0);
}

static void being_killed_anywhere_loses_nothing(void **state)
{
	(void)state;
	for (int mode = 0; mode < 3; mode++) {
		int ended = 42;
		int calls = 1;
		for (; ended == 42; calls++) {
			void *own = NULL;
			(void)vdir_system_setup(&own);
			sys.no_flags = mode > 0;
			sys.no_links = mode > 1;
			ended = commit_until(own, calls);
			nothing_is_lost_or_half(own);
			(void)vdir_system_teardown(&own);
			assert_true(calls < 100);
		}
		assert_int_equal(ended, 0);
		assert_true(calls > 8);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SYSTEM(an_edit_after_staging_wins),
		IN_SYSTEM(a_file_made_in_the_instant_is_left_alone),
		IN_SYSTEM(an_edit_that_hides_shows_in_the_ctime),
		IN_SYSTEM(a_deletion_after_staging_stays_one),
		cmocka_unit_test(an_edit_in_the_instant_wins),
		IN_SYSTEM(a_link_in_the_instant_is_given_back),
		IN_SYSTEM(a_removal_gives_back_what_was_just_edited),
		cmocka_unit_test(an_edit_in_the_instant_wins_without_exchange),
		IN_SYSTEM(leftovers_of_a_killed_run_are_removed),
		IN_SYSTEM(scanning_leaves_what_is_staged),
		IN_SYSTEM(freeing_discards_what_is_staged),
		cmocka_unit_test(being_killed_anywhere_loses_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
