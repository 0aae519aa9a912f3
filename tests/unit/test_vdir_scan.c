#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "store/vdir_impl.h"
#include "tests/unit/vdir_folder.h"

#define SECOND_NS INT64_C(1000000000)

/* What another program does while a file is read or its folder listed. */
static void (*on_read)(void);
static int on_read_dirfd;

ssize_t read(int fd, void *out, size_t size)
{
	void (*const hook)(void) = on_read;

	on_read = NULL;
	if (hook)
		hook();
	return syscall(SYS_read, fd, out, size);
}

static void (*on_stat)(void);

int fstatat(int dirfd, const char *name, struct stat *st, int flags)
{
	void (*const hook)(void) = on_stat;

	if (hook && !strcmp(name, "a.ics")) {
		on_stat = NULL;
		hook();
	}
	return (int)syscall(SYS_newfstatat, dirfd, name, st, flags);
}

/* ---- scan ---- */

static void scan_lists_plain_ics_files_only(void **state)
{
	static const char *const wanted[] = {"-rf.ics", "A.ics", "a b.ics", "a.ics",
		"z~.ics", "\xc3\xbc.ics", "\xff.ics"};
	static const char *const others[] = {".hidden.ics", ".ics", "a.ics~",
		"a.ics.tmp", "color", "displayname", "a.ICS", "ics", "readme.txt",
		"#a.ics#"};
	const struct vdir_folder *f = *state;
	SCOPED(vdir_listing) l = {0};
	struct err e = {0};

	for (size_t i = COUNT_OF(wanted); i-- > 0;)
		put_file(f->cal_fd, wanted[i], "x");
	for (size_t i = 0; i < COUNT_OF(others); i++)
		put_file(f->cal_fd, others[i], "x");
	assert_int_equal(mkdirat(f->cal_fd, "folder.ics", 0700), 0);
	assert_int_equal(mkdirat(f->cal_fd, "folder", 0700), 0);
	assert_int_equal(mkfifoat(f->cal_fd, "pipe.ics", 0600), 0);
	assert_int_equal(symlinkat("a.ics", f->cal_fd, "link.ics"), 0);
	assert_int_equal(symlinkat("/nowhere", f->cal_fd, "dangling.ics"), 0);

	assert_true(vdir_scan(f->vdir, &l, &e));
	assert_int_equal(l.odd, 4);
	assert_int_equal(l.count, COUNT_OF(wanted));
	for (size_t i = 0; i < COUNT_OF(wanted); i++) {
		const struct vdir_stat st = file_stat(f->cal_fd, wanted[i]);
		assert_string_equal(l.entries[i].name, wanted[i]);
		assert_true(vdir_stat_equal(&l.entries[i].stat, &st));
		assert_true(l.entries[i].racy);
		assert_ptr_equal(vdir_listing_find(&l, wanted[i]), &l.entries[i]);
	}
	assert_null(vdir_listing_find(&l, "link.ics"));
	assert_null(vdir_listing_find(&l, ""));
}

static void an_empty_folder_is_an_empty_listing(void **state)
{
	const struct vdir_folder *f = *state;
	struct vdir_listing l = {.count = 7};
	struct err e = {0};

	assert_true(vdir_scan(f->vdir, &l, &e));
	assert_int_equal(l.count, 0);
	assert_null(vdir_listing_find(&l, "a.ics"));
	vdir_listing_clear(&l);
}

static void recent_changes_are_racy(void **state)
{
	static const struct {
		int64_t mtime_ns;
		int64_t ctime_ns;
		bool racy;
	} rows[] = {
		{95 * SECOND_NS, 95 * SECOND_NS, false},
		{98 * SECOND_NS, 98 * SECOND_NS, false},
		{98 * SECOND_NS + 1, 95 * SECOND_NS, true},
		{95 * SECOND_NS, 98 * SECOND_NS + 1, true},
		{100 * SECOND_NS, 100 * SECOND_NS, true},
		{1, 99 * SECOND_NS, true},
		{200 * SECOND_NS, 1, true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct vdir_stat st = {.mtime_ns = rows[i].mtime_ns,
			.ctime_ns = rows[i].ctime_ns};
		assert_int_equal(vdir_stat_racy(&st, 100 * SECOND_NS), rows[i].racy);
	}
}

static void stats_differ_by_every_field(void **state)
{
	const struct vdir_stat a = {1, 2, 3, 4};
	const struct vdir_stat others[] = {{2, 2, 3, 4}, {1, 3, 3, 4}, {1, 2, 4, 4},
		{1, 2, 3, 5}};

	(void)state;
	assert_true(vdir_stat_equal(&a, &(struct vdir_stat){1, 2, 3, 4}));
	for (size_t i = 0; i < COUNT_OF(others); i++)
		assert_false(vdir_stat_equal(&a, &others[i]));
}

static void a_folder_that_goes_away_is_held(void **state)
{
	const struct vdir_folder *f = *state;
	struct vdir_listing l = {.count = 7};
	struct err e = {0};

	put_file(f->cal_fd, "a.ics", "x");
	assert_int_equal(unlinkat(f->cal_fd, ".calwiz", 0), 0);
	assert_false(vdir_scan(f->vdir, &l, &e));
	assert_int_equal(e.code, ERR_HELD);

	e = (struct err){0};
	assert_int_equal(unlinkat(f->cal_fd, "a.ics", 0), 0);
	assert_int_equal(rmdir(f->cal), 0);
	assert_false(vdir_scan(f->vdir, &l, &e));
	assert_int_equal(e.code, ERR_HELD);
	assert_int_equal(l.count, 7);
}

static void a_removed_folder_without_marker_is_held(void **state)
{
	const struct vdir_folder *f = *state;
	const struct vdir_options o = {.folder = "bare", .key = "/bare/"};
	SCOPED(vdir_listing) l = {0};
	AUTO(vdir) *v = NULL;
	struct err e = {0};

	assert_int_equal(mkdirat(f->base_fd, "Calendars/bare", 0700), 0);
	assert_true(vdir_open(&v, f->root, &o, &e));
	assert_true(vdir_scan(v, &l, &e));
	assert_int_equal(unlinkat(f->base_fd, "Calendars/bare", AT_REMOVEDIR), 0);
	assert_false(vdir_scan(v, &l, &e));
	assert_int_equal(e.code, ERR_HELD);
}

static void rename_during_scan(void)
{
	(void)renameat(on_read_dirfd, "a.ics", on_read_dirfd, "b.ics");
}

static void a_rename_during_the_scan_is_seen(void **state)
{
	const struct vdir_folder *f = *state;
	SCOPED(vdir_listing) l = {0};
	struct err e = {0};

	put_file(f->cal_fd, "a.ics", "x");
	set_times(f->cal_fd, ".", 1000);
	on_read_dirfd = f->cal_fd;
	on_stat = rename_during_scan;
	assert_true(vdir_scan(f->vdir, &l, &e));
	assert_int_equal(l.count, 1);
	assert_string_equal(l.entries[0].name, "b.ics");
}

static void touch_folder_for_ever(void)
{
	static int64_t seconds = 2000;

	set_times(on_read_dirfd, ".", seconds++);
	on_stat = touch_folder_for_ever;
}

static void a_restless_folder_is_busy(void **state)
{
	const struct vdir_folder *f = *state;
	SCOPED(vdir_listing) l = {0};
	struct err e = {0};

	put_file(f->cal_fd, "a.ics", "x");
	set_times(f->cal_fd, ".", 1000);
	on_read_dirfd = f->cal_fd;
	on_stat = touch_folder_for_ever;
	const bool ok = vdir_scan(f->vdir, &l, &e);
	on_stat = NULL;
	assert_false(ok);
	assert_int_equal(e.code, ERR_BUSY);
}

static void scan_removes_strays_without_the_flag(void **state)
{
	const struct vdir_folder *f = *state;
	SCOPED(vdir_listing) l = {0};
	struct err e = {0};

	put_file(f->cal_fd, ".calwiz-00ff.tmp", "half");
	put_file(f->cal_fd, ".calwiz-xyz.tmp", "not ours");
	put_file(f->cal_fd, ".calwiz-.tmp", "not ours");
	assert_true(vdir_scan(f->vdir, &l, &e));
	assert_false(file_is_there(f->cal_fd, ".calwiz-00ff.tmp"));
	assert_true(file_is_there(f->cal_fd, ".calwiz-xyz.tmp"));
	assert_true(file_is_there(f->cal_fd, ".calwiz-.tmp"));
	assert_true(file_is_there(f->cal_fd, ".calwiz"));
}

/* ---- read ---- */

static void read_appends_the_whole_file(void **state)
{
	const struct vdir_folder *f = *state;
	SCOPED(buf) out = buf_with_max(1U << 20);
	AUTO_FREE char *text = xcalloc(1, 100001);
	struct vdir_stat st;
	struct err e = {0};

	memset(text, 'x', 100000);
	put_file(f->cal_fd, "a.ics", text);
	put_file(f->cal_fd, "empty.ics", "");
	buf_text(&out, "before:");
	assert_true(vdir_read(f->vdir, "a.ics", 100000, &out, &st, &e));
	assert_int_equal(out.len, 100007);
	assert_memory_equal(out.ptr, "before:", 7);
	assert_memory_equal(out.ptr + 7, text, 100000);
	const struct vdir_stat now = file_stat(f->cal_fd, "a.ics");
	assert_true(vdir_stat_equal(&st, &now));
	buf_reset(&out);
	assert_true(vdir_read(f->vdir, "empty.ics", 0, &out, &st, &e));
	assert_int_equal(out.len, 0);
	assert_int_equal(st.size, 0);
}

static void make_sparse(int dirfd, const char *name)
{
	put_file(dirfd, name, "x");
	AUTO_CLOSE int fd = openat(dirfd, name, O_WRONLY | O_CLOEXEC);
	assert_int_equal(ftruncate(fd, INT64_C(5) << 30), 0);
}

static void what_cannot_be_read_says_why(void **state)
{
	static const struct {
		const char *name;
		enum err_code code;
	} rows[] = {
		{"gone.ics", ERR_NO_INPUT},
		{"sparse.ics", ERR_ATTENTION},
		{"eleven.ics", ERR_ATTENTION},
		{"pipe.ics", ERR_ATTENTION},
		{"link.ics", ERR_ATTENTION},
		{"folder.ics", ERR_ATTENTION},
		{"../a.ics", ERR_INTERNAL},
		{".calwiz", ERR_INTERNAL},
		{"color", ERR_INTERNAL},
		{"", ERR_INTERNAL},
	};
	const struct vdir_folder *f = *state;

	make_sparse(f->cal_fd, "sparse.ics");
	put_file(f->cal_fd, "eleven.ics", "12345678901");
	assert_int_equal(mkfifoat(f->cal_fd, "pipe.ics", 0600), 0);
	put_file(f->cal_fd, "one.ics", "1");
	assert_int_equal(symlinkat("one.ics", f->cal_fd, "link.ics"), 0);
	assert_int_equal(mkdirat(f->cal_fd, "folder.ics", 0700), 0);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		SCOPED(buf) out = buf_with_max(100);
		struct vdir_stat st = {.size = 77};
		struct err e = {0};
		buf_text(&out, "kept");
		assert_false(vdir_read(f->vdir, rows[i].name, 10, &out, &st, &e));
		if (e.code != rows[i].code)
			fail_msg("%s: code %d, %s", rows[i].name, (int)e.code,
				e.message);
		assert_string_equal(buf_cstr(&out), "kept");
		assert_int_equal(st.size, 77);
	}
}

static void a_full_buffer_is_as_it_was(void **state)
{
	const struct vdir_folder *f = *state;
	SCOPED(buf) out = buf_with_max(8);
	struct vdir_stat st;
	struct err e = {0};

	put_file(f->cal_fd, "a.ics", "123456");
	buf_text(&out, "kept");
	assert_false(vdir_read(f->vdir, "a.ics", 100, &out, &st, &e));
	assert_int_equal(e.code, ERR_ATTENTION);
	assert_string_equal(buf_cstr(&out), "kept");
	assert_true(buf_ok(&out));
}

static void write_longer(void)
{
	put_file(on_read_dirfd, "a.ics", "something longer");
}

static void write_shorter(void)
{
	put_file(on_read_dirfd, "a.ics", "s");
}

/* The same length; the mtime is set so that a coarse clock cannot hide it. */
static void write_same_length(void)
{
	put_file(on_read_dirfd, "a.ics", "OLD");
	set_times(on_read_dirfd, "a.ics", 2000);
}

static void a_write_during_the_read_is_busy(void **state)
{
	static void (*const writers[])(
		void) = {write_longer, write_shorter, write_same_length};
	const struct vdir_folder *f = *state;

	for (size_t i = 0; i < COUNT_OF(writers); i++) {
		SCOPED(buf) out = buf_with_max(100);
		struct vdir_stat st;
		struct err e = {0};
		put_file(f->cal_fd, "a.ics", "old");
		on_read_dirfd = f->cal_fd;
		on_read = writers[i];
		assert_false(vdir_read(f->vdir, "a.ics", 100, &out, &st, &e));
		assert_int_equal(e.code, ERR_BUSY);
		assert_int_equal(out.len, 0);
	}
}

#define IN_FOLDER(test)                                                                \
	cmocka_unit_test_setup_teardown(test, vdir_folder_setup, vdir_folder_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(scan_lists_plain_ics_files_only),
		IN_FOLDER(an_empty_folder_is_an_empty_listing),
		cmocka_unit_test(recent_changes_are_racy),
		cmocka_unit_test(stats_differ_by_every_field),
		IN_FOLDER(a_folder_that_goes_away_is_held),
		IN_FOLDER(a_removed_folder_without_marker_is_held),
		IN_FOLDER(a_rename_during_the_scan_is_seen),
		IN_FOLDER(a_restless_folder_is_busy),
		IN_FOLDER(scan_removes_strays_without_the_flag),
		IN_FOLDER(read_appends_the_whole_file),
		IN_FOLDER(what_cannot_be_read_says_why),
		IN_FOLDER(a_full_buffer_is_as_it_was),
		IN_FOLDER(a_write_during_the_read_is_busy),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
