#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "store/vdir_impl.h"
#include "tests/unit/vdir_folder.h"
#include "tests/unit/vdir_system.h"

#define OLD "the version both sides had"
#define NEW "the version of the server"
#define EDIT "what the person just wrote"

/* ---- the three kinds, on three kinds of file systems ---- */

static void forget_times(const struct vdir_folder *f)
{
	const struct timespec t[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};

	assert_int_equal(futimens(f->cal_fd, t), 0);
}

static void each_kind_of_change(const struct vdir_folder *f)
{
	put_file(f->cal_fd, "changed.ics", OLD);
	put_file(f->cal_fd, "removed.ics", OLD);
	const struct vdir_stat changed = file_stat(f->cal_fd, "changed.ics");
	const struct vdir_stat removed = file_stat(f->cal_fd, "removed.ics");

	stage_file(f->vdir, "new.ics", NEW, NULL);
	stage_file(f->vdir, "changed.ics", NEW, &changed);
	assert_true(vdir_stage_removal(f->vdir, "removed.ics", &removed, NULL));
	assert_int_equal(vdir_staged(f->vdir), 3);
	assert_false(file_is_there(f->cal_fd, "new.ics"));
	assert_true(file_is(f->cal_fd, "changed.ics", OLD));
	assert_true(file_is(f->cal_fd, "removed.ics", OLD));
	forget_times(f);

	const struct seen s = commit_staged(f->vdir);
	assert_int_equal(s.count, 3);
	assert_int_equal(s.done, 3);
	assert_string_equal(s.names[0], "new.ics");
	assert_string_equal(s.names[1], "changed.ics");
	assert_string_equal(s.names[2], "removed.ics");
	assert_true(s.last.removal);
	assert_true(file_is(f->cal_fd, "new.ics", NEW));
	assert_true(file_is(f->cal_fd, "changed.ics", NEW));
	assert_false(file_is_there(f->cal_fd, "removed.ics"));
	assert_int_equal(file_mode(f->cal_fd, "new.ics"), 0600);
	assert_int_equal(file_mode(f->cal_fd, "changed.ics"), 0600);
	assert_false(trash_has(f, "new.ics"));
	assert_true(trash_is(f, "changed.ics", OLD));
	assert_true(trash_is(f, "removed.ics", OLD));
	assert_int_equal(count_temporaries(f->cal_fd), 0);
	struct stat st;
	assert_int_equal(fstat(f->cal_fd, &st), 0);
	assert_true(st.st_mtime > 1000);
}

static void changes_arrive(void **state)
{
	each_kind_of_change(*state);
}

static void changes_arrive_without_rename_flags(void **state)
{
	sys.no_flags = true;
	each_kind_of_change(*state);
}

static void changes_arrive_without_links_either(void **state)
{
	sys.no_flags = true;
	sys.no_links = true;
	each_kind_of_change(*state);
}

static void the_told_stat_is_the_next_scans(void **state)
{
	const struct vdir_folder *f = *state;

	for (int i = 0; i < 3; i++) {
		const bool there = file_is_there(f->cal_fd, "a.ics");
		const struct vdir_stat before =
			there ? file_stat(f->cal_fd, "a.ics") : (struct vdir_stat){0};
		sys.no_flags = i == 2;
		stage_file(f->vdir, "a.ics", NEW, there ? &before : NULL);
		const struct seen s = commit_staged(f->vdir);
		const struct vdir_stat now = file_stat(f->cal_fd, "a.ics");
		assert_int_equal(s.done, 1);
		assert_true(vdir_stat_equal(&s.last.stat, &now));
	}
}

static void copies_of_one_name_are_all_kept(void **state)
{
	static const char *const versions[] = {"0", "1", "2", "3"};
	const struct vdir_folder *f = *state;
	char longest[VDIR_NAME_MAX + 1];

	memset(longest, 'x', sizeof(longest));
	memcpy(longest + VDIR_NAME_MAX - 4, ".ics", 5);
	put_file(f->cal_fd, "a.ics", versions[0]);
	put_file(f->cal_fd, longest, versions[0]);
	for (size_t i = 1; i < COUNT_OF(versions); i++) {
		const struct vdir_stat a = file_stat(f->cal_fd, "a.ics");
		const struct vdir_stat b = file_stat(f->cal_fd, longest);
		sys.no_flags = i == 2;
		stage_file(f->vdir, "a.ics", versions[i], &a);
		stage_file(f->vdir, longest, versions[i], &b);
		assert_int_equal(commit_staged(f->vdir).done, 2);
	}
	assert_true(trash_is(f, "a.ics", "0"));
	assert_true(trash_is(f, "a.ics.1", "1"));
	assert_true(trash_is(f, "a.ics.2", "2"));
	assert_true(trash_is(f, longest, "0"));
	memcpy(longest + 240, ".1", 3);
	assert_true(trash_is(f, longest, "1"));
}

/* ---- somebody was there first ---- */

static void a_new_name_that_is_in_use_is_left_alone(void **state)
{
	const struct vdir_folder *f = *state;

	for (int mode = 0; mode < 3; mode++) {
		sys.no_flags = mode > 0;
		sys.no_links = mode > 1;
		stage_file(f->vdir, "a.ics", NEW, NULL);
		put_file(f->cal_fd, "a.ics", EDIT);
		const struct seen s = commit_staged(f->vdir);
		assert_int_equal(s.count, 1);
		assert_int_equal(s.done, 0);
		assert_true(file_is(f->cal_fd, "a.ics", EDIT));
		assert_int_equal(count_temporaries(f->cal_fd), 0);
		assert_int_equal(unlinkat(f->cal_fd, "a.ics", 0), 0);
	}
}

static void what_is_no_plain_file_is_left_alone(void **state)
{
	const struct vdir_folder *f = *state;
	struct vdir_stat old;

	put_file(f->base_fd, "precious", OLD);
	put_file(f->cal_fd, "a.ics", OLD);
	old = file_stat(f->cal_fd, "a.ics");
	stage_file(f->vdir, "a.ics", NEW, &old);
	assert_true(vdir_stage_removal(f->vdir, "a.ics", &old, NULL));
	assert_int_equal(unlinkat(f->cal_fd, "a.ics", 0), 0);
	assert_int_equal(symlinkat("../../precious", f->cal_fd, "a.ics"), 0);
	stage_file(f->vdir, "a.ics", NEW, NULL);
	assert_int_equal(commit_staged(f->vdir).done, 0);
	assert_true(file_is(f->base_fd, "precious", OLD));
}

/* ---- many ---- */

static void two_hundred_changes_in_order(void **state)
{
	const struct vdir_folder *f = *state;
	char name[16];

	for (int i = 0; i < 200; i++) {
		(void)snprintf(name, sizeof(name), "%03d.ics", i);
		if (i % 3)
			put_file(f->cal_fd, name, OLD);
	}
	for (int i = 199; i >= 0; i--) {
		(void)snprintf(name, sizeof(name), "%03d.ics", i);
		const struct vdir_stat st =
			i % 3 ? file_stat(f->cal_fd, name) : (struct vdir_stat){0};
		if (i % 3 == 2)
			assert_true(vdir_stage_removal(f->vdir, name, &st, NULL));
		else
			stage_file(f->vdir, name, NEW, i % 3 ? &st : NULL);
	}
	assert_int_equal(vdir_staged(f->vdir), 200);
	const struct seen s = commit_staged(f->vdir);
	assert_int_equal(s.count, 200);
	assert_int_equal(s.done, 200);
	for (int i = 0; i < 200; i++) {
		(void)snprintf(name, sizeof(name), "%03d.ics", i);
		assert_string_equal(s.names[199 - i], name);
		assert_int_equal(file_is(f->cal_fd, name, NEW), i % 3 != 2);
		assert_int_equal(file_is_there(f->cal_fd, name), i % 3 != 2);
		assert_int_equal(trash_is(f, name, OLD), i % 3 != 0);
	}
	assert_int_equal(count_temporaries(f->cal_fd), 0);
}

static void nothing_staged_is_nothing_done(void **state)
{
	const struct vdir_folder *f = *state;

	sys.syncfs_fails = true;
	assert_int_equal(commit_staged(f->vdir).count, 0);
	assert_false(file_is_there(f->base_fd, "Calendars/.calwiz/trash"));
}

/* ---- failures ---- */

static void a_failed_sync_changes_nothing(void **state)
{
	const struct vdir_folder *f = *state;
	struct seen s = {0};
	struct err e = {0};

	put_file(f->cal_fd, "a.ics", OLD);
	put_file(f->cal_fd, "b.ics", OLD);
	const struct vdir_stat a = file_stat(f->cal_fd, "a.ics");
	const struct vdir_stat b = file_stat(f->cal_fd, "b.ics");
	stage_file(f->vdir, "new.ics", NEW, NULL);
	stage_file(f->vdir, "a.ics", NEW, &a);
	assert_true(vdir_stage_removal(f->vdir, "b.ics", &b, &e));
	sys.syncfs_fails = true;
	assert_false(vdir_commit(f->vdir, RUN, see_result, &s, &e));
	assert_int_equal(e.code, ERR_LOCAL);
	assert_int_equal(s.count, 0);
	assert_int_equal(vdir_staged(f->vdir), 0);
	assert_false(file_is_there(f->cal_fd, "new.ics"));
	assert_true(file_is(f->cal_fd, "a.ics", OLD));
	assert_true(file_is(f->cal_fd, "b.ics", OLD));
	assert_int_equal(count_temporaries(f->cal_fd), 0);
}

static void a_failed_fsync_promises_nothing(void **state)
{
	const struct vdir_folder *f = *state;
	struct seen s = {0};
	struct err e = {0};

	stage_file(f->vdir, "new.ics", NEW, NULL);
	sys.fsync_fails = true;
	assert_false(vdir_commit(f->vdir, RUN, see_result, &s, &e));
	assert_int_equal(e.code, ERR_LOCAL);
	assert_int_equal(s.count, 0);
	assert_int_equal(count_temporaries(f->cal_fd), 0);
}

static void what_was_reached_before_a_failure_is_told(void **state)
{
	const struct vdir_folder *f = *state;
	struct seen s = {0};
	struct err e = {0};

	stage_file(f->vdir, "a.ics", NEW, NULL);
	stage_file(f->vdir, "b.ics", NEW, NULL);
	stage_file(f->vdir, "c.ics", NEW, NULL);
	assert_int_equal(unlinkat(f->cal_fd, f->vdir->staged[1].temporary, 0), 0);
	assert_false(vdir_commit(f->vdir, RUN, see_result, &s, &e));
	assert_int_equal(e.code, ERR_LOCAL);
	assert_int_equal(s.count, 1);
	assert_int_equal(s.done, 1);
	assert_true(file_is(f->cal_fd, "a.ics", NEW));
	assert_false(file_is_there(f->cal_fd, "b.ics"));
	assert_false(file_is_there(f->cal_fd, "c.ics"));
	assert_int_equal(count_temporaries(f->cal_fd), 0);
	assert_int_equal(vdir_staged(f->vdir), 0);
}

static void a_write_that_fails_is_not_staged(void **state)
{
	const struct vdir_folder *f = *state;
	const struct sigaction ignore = {.sa_handler = SIG_IGN};
	AUTO_FREE char *large = xcalloc(1, 100001);
	struct vdir_change c = {.name = "b.ics"};
	struct sigaction old_action;
	struct rlimit old_limit;
	struct err e = {0};

	memset(large, 'x', 100000);
	c.body = str_of(large);
	stage_file(f->vdir, "a.ics", NEW, NULL);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old_limit), 0);
	assert_int_equal(sigaction(SIGXFSZ, &ignore, &old_action), 0);
	const struct rlimit small = {.rlim_cur = 50000, .rlim_max = old_limit.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	const bool ok = vdir_stage(f->vdir, &c, &e);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old_limit), 0);
	assert_int_equal(sigaction(SIGXFSZ, &old_action, NULL), 0);
	assert_false(ok);
	assert_int_equal(e.code, ERR_LOCAL);
	assert_int_equal(vdir_staged(f->vdir), 1);
	assert_int_equal(commit_staged(f->vdir).done, 1);
	assert_true(file_is(f->cal_fd, "a.ics", NEW));
	assert_false(file_is_there(f->cal_fd, "b.ics"));
	assert_int_equal(count_temporaries(f->cal_fd), 0);
}

static void unusable_names_are_refused(void **state)
{
	static const char *const names[] = {"", "a", "a.txt", ".a.ics", ".calwiz",
		"../a.ics", "a/b.ics", "/etc/x.ics", "color"};
	static const char *const runs[] = {"", ".", "..", "a/b", ".hidden"};
	const struct vdir_folder *f = *state;
	const struct vdir_stat st = {0};
	struct seen s = {0};

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		const struct vdir_change c = {.name = names[i], .body = STR(NEW)};
		struct err e = {0};
		assert_false(vdir_stage(f->vdir, &c, &e));
		assert_int_equal(e.code, ERR_INTERNAL);
		assert_false(vdir_stage_removal(f->vdir, names[i], &st, &e));
		assert_int_equal(e.code, ERR_INTERNAL);
	}
	assert_int_equal(vdir_staged(f->vdir), 0);
	for (size_t i = 0; i < COUNT_OF(runs); i++) {
		struct err e = {0};
		assert_false(vdir_commit(f->vdir, runs[i], see_result, &s, &e));
		assert_int_equal(e.code, ERR_INTERNAL);
	}
}

static bool map_id(const char *file, unsigned id)
{
	AUTO_FREE char *line = xasprintf("%u %u 1", id, id);
	AUTO_CLOSE int fd = open(file, O_WRONLY | O_CLOEXEC);

	return fd >= 0 && write(fd, line, strlen(line)) == (ssize_t)strlen(line);
}

static bool deny_setgroups(void)
{
	AUTO_CLOSE int fd = open("/proc/self/setgroups", O_WRONLY | O_CLOEXEC);

	return fd >= 0 && write(fd, "deny", 4) == 4;
}

/* A file system of our own, where the kernel lets us have one. */
static bool mount_small_disk(const char *path)
{
	const unsigned uid = geteuid();
	const unsigned gid = getegid();

	if (unshare(uid ? CLONE_NEWUSER | CLONE_NEWNS : CLONE_NEWNS) < 0)
		return false;
	if (uid && (!map_id("/proc/self/uid_map", uid) || !deny_setgroups() ||
			   !map_id("/proc/self/gid_map", gid)))
		return false;
	return mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("none", path, "tmpfs", 0, "size=128k") == 0;
}

static int on_a_small_disk(void)
{
	static char chunk[200000];
	void *state = NULL;
	(void)vdir_folder_setup_bare(&state);
	struct vdir_folder *f = state;
	struct seen s = {0};
	struct err e = {0};

	if (mkdirat(f->base_fd, "Calendars", 0700) < 0 ||
		!mount_small_disk(f->folder)) {
		(void)vdir_folder_teardown(&state);
		return 77;
	}
	vdir_folder_reopen(f);
	memset(chunk, 'x', sizeof(chunk) - 1);
	const struct vdir_change small = {.name = "a.ics", .body = STR(NEW)};
	const struct vdir_change large = {.name = "b.ics", .body = str_of(chunk)};
	if (!vdir_stage(f->vdir, &small, &e))
		return 1;
	if (vdir_stage(f->vdir, &large, &e) || e.code != ERR_LOCAL)
		return 2;
	if (!vdir_commit(f->vdir, RUN, see_result, &s, &e) || s.done != 1)
		return 3;
	if (mount("none", f->folder, NULL, MS_REMOUNT | MS_RDONLY, "size=128k") < 0)
		return 4;
	e = (struct err){0};
	if (vdir_stage(f->vdir, &small, &e) || e.code != ERR_LOCAL)
		return 5;
	e = (struct err){0};
	if (vdir_describe(f->vdir, "Home", NULL, &e) || e.code != ERR_LOCAL)
		return 6;
	const struct vdir_options cal = {.folder = "new",
		.key = "/new/",
		.create = true};
	AUTO(vdir) *v = NULL;
	e = (struct err){0};
	if (vdir_open(&v, f->root, &cal, &e) || e.code != ERR_LOCAL)
		return 7;
	AUTO(vdir_root) *r = NULL;
	const struct vdir_root_options outer = {.path = f->base,
		.account = "x",
		.host_id = HOST_ID,
		.create = true};
	const struct vdir_options inner = {.folder = "Calendars",
		.key = "/k/",
		.create = true};
	if (!vdir_root_open(&r, &outer, &e))
		return 8;
	if (vdir_open(&v, r, &inner, &e) || e.code != ERR_CONFIG ||
		!strstr(e.message, "another file system"))
		return 9;
	vdir_free(f->vdir);
	vdir_root_free(f->root);
	f->vdir = NULL;
	f->root = NULL;
	(void)umount2(f->folder, MNT_DETACH);
	(void)vdir_folder_teardown(&state);
	return 0;
}

static void a_full_or_read_only_disk_is_local(void **state)
{
	int status = 0;
	const pid_t pid = fork();

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(on_a_small_disk());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SYSTEM(changes_arrive),
		IN_SYSTEM(changes_arrive_without_rename_flags),
		IN_SYSTEM(changes_arrive_without_links_either),
		IN_SYSTEM(the_told_stat_is_the_next_scans),
		IN_SYSTEM(copies_of_one_name_are_all_kept),
		IN_SYSTEM(a_new_name_that_is_in_use_is_left_alone),
		IN_SYSTEM(what_is_no_plain_file_is_left_alone),
		IN_SYSTEM(two_hundred_changes_in_order),
		IN_SYSTEM(nothing_staged_is_nothing_done),
		IN_SYSTEM(a_failed_sync_changes_nothing),
		IN_SYSTEM(a_failed_fsync_promises_nothing),
		IN_SYSTEM(what_was_reached_before_a_failure_is_told),
		IN_SYSTEM(a_write_that_fails_is_not_staged),
		IN_SYSTEM(unusable_names_are_refused),
		cmocka_unit_test(a_full_or_read_only_disk_is_local),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
