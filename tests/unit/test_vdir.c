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
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "tests/unit/vdir_folder.h"

#define OTHER_HOST "ffeeddccbbaa99887766554433221100"

/* ---- the root ---- */

enum marker { NONE, BARE, OURS, OTHER_ACCOUNT, OTHER_COMPUTER, EMPTY, LINKED };

static void prepare(const struct vdir_folder *f, enum marker marker)
{
	static const char *const texts[] = {
		[OURS] = "account personal\ncomputer " HOST_ID "\n",
		[OTHER_ACCOUNT] = "account work\ncomputer " HOST_ID "\n",
		[OTHER_COMPUTER] = "account personal\ncomputer " OTHER_HOST "\n",
		[EMPTY] = "",
	};

	if (marker == NONE)
		return;
	assert_int_equal(mkdir(f->folder, 0700), 0);
	if (marker == BARE)
		return;
	assert_int_equal(mkdirat(f->base_fd, "Calendars/.calwiz", 0700), 0);
	if (marker == LINKED) {
		put_file(f->base_fd, "elsewhere", texts[OURS]);
		assert_int_equal(symlinkat("../../elsewhere", f->base_fd,
					 "Calendars/.calwiz/marker"),
			0);
		return;
	}
	put_file(f->base_fd, "Calendars/.calwiz/marker", texts[marker]);
}

static void roots_open_or_say_why_not(void **state)
{
	static const struct {
		enum marker there;
		bool create;
		bool expect;
		enum err_code code;
	} rows[] = {
		{NONE, true, false, ERR_NONE},
		{NONE, false, false, ERR_NO_INPUT},
		{NONE, false, true, ERR_HELD},
		{NONE, true, true, ERR_HELD},
		{BARE, true, false, ERR_NONE},
		{BARE, false, false, ERR_NONE},
		{BARE, false, true, ERR_HELD},
		{BARE, true, true, ERR_HELD},
		{OURS, true, false, ERR_NONE},
		{OURS, false, false, ERR_NONE},
		{OURS, false, true, ERR_NONE},
		{OURS, true, true, ERR_NONE},
		{OTHER_ACCOUNT, true, false, ERR_CONFIG},
		{OTHER_ACCOUNT, false, false, ERR_CONFIG},
		{OTHER_ACCOUNT, true, true, ERR_CONFIG},
		{OTHER_COMPUTER, true, false, ERR_CONFIG},
		{OTHER_COMPUTER, false, true, ERR_CONFIG},
		{EMPTY, true, true, ERR_CONFIG},
		{LINKED, true, true, ERR_CONFIG},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		void *own = NULL;
		(void)vdir_folder_setup_bare(&own);
		struct vdir_folder *f = own;
		struct err e = {0};
		const struct vdir_root_options o = {.path = f->folder,
			.account = "personal",
			.host_id = HOST_ID,
			.create = rows[i].create,
			.expect_marker = rows[i].expect};
		prepare(f, rows[i].there);
		const bool ok = vdir_root_open(&f->root, &o, &e);
		if (ok != (rows[i].code == ERR_NONE) || e.code != rows[i].code)
			fail_msg("row %zu: code %d, %s", i, (int)e.code, e.message);
		const bool made = rows[i].create && !rows[i].expect;
		assert_int_equal(file_is_there(f->base_fd, "Calendars"),
			rows[i].there != NONE || made);
		assert_int_equal(file_is_there(f->base_fd, "Calendars/.calwiz/marker"),
			rows[i].there > BARE || made);
		(void)vdir_folder_teardown(&own);
	}
}

static void a_new_root_is_private_and_has_an_identity(void **state)
{
	struct vdir_folder *f = *state;
	char identity[64];
	struct stat st;

	assert_int_equal(file_mode(AT_FDCWD, f->folder), 0700);
	assert_int_equal(file_mode(f->base_fd, "Calendars/.calwiz"), 0700);
	assert_int_equal(file_mode(f->base_fd, "Calendars/.calwiz/marker"), 0600);
	assert_int_equal(file_mode(AT_FDCWD, f->cal), 0700);
	assert_int_equal(file_mode(f->cal_fd, ".calwiz"), 0600);
	assert_int_equal(stat(f->folder, &st), 0);
	(void)snprintf(identity, sizeof(identity), "%ju:%ju", (uintmax_t)st.st_dev,
		(uintmax_t)st.st_ino);
	assert_string_equal(vdir_root_identity(f->root), identity);
	assert_int_equal(count_temporaries(f->cal_fd), 0);
}

static void a_folder_below_a_file_cannot_be_made(void **state)
{
	const struct vdir_folder *f = *state;
	AUTO_FREE char *path = xasprintf("%s/file/Calendars", f->base);
	AUTO(vdir_root) *r = NULL;
	struct err e = {0};
	const struct vdir_root_options o = {.path = path,
		.account = "personal",
		.host_id = HOST_ID,
		.create = true};

	put_file(f->base_fd, "file", "");
	assert_false(vdir_root_open(&r, &o, &e));
	assert_int_equal(e.code, ERR_CREATE);
}

static void a_replaced_own_folder_is_refused(void **state)
{
	struct vdir_folder *f = *state;
	AUTO(vdir_root) *r = NULL;
	struct err e = {0};
	const struct vdir_root_options o = {.path = f->folder,
		.account = "personal",
		.host_id = HOST_ID,
		.expect_marker = true};

	assert_int_equal(renameat(f->base_fd, "Calendars/.calwiz", f->base_fd, "own"),
		0);
	assert_int_equal(symlinkat("../own", f->base_fd, "Calendars/.calwiz"), 0);
	assert_false(vdir_root_open(&r, &o, &e));
	assert_int_equal(e.code, ERR_CONFIG);
}

/* ---- a calendar ---- */

static void calendars_open_or_say_why_not(void **state)
{
	static const struct {
		const char *folder;
		const char *key;
		bool create;
		bool expect;
		enum err_code code;
	} rows[] = {
		{"home", "/ada/home/", false, true, ERR_NONE},
		{"home", "/ada/home/", true, true, ERR_NONE},
		{"home", "/ada/other/", true, false, ERR_CONFIG},
		{"home", "/ada/home", true, true, ERR_CONFIG},
		{"home", "/ada/home/\n", true, true, ERR_CONFIG},
		{"new", "/ada/new/", false, false, ERR_NO_INPUT},
		{"new", "/ada/new/", false, true, ERR_HELD},
		{"new", "/ada/new/", true, true, ERR_HELD},
		{"new", "/ada/new/\n\t", true, false, ERR_NONE},
		{"new", "/ada/new/\n\t", true, true, ERR_NONE},
		{"bare", "/ada/bare/", true, true, ERR_HELD},
		{"bare", "/ada/bare/", false, false, ERR_NONE},
		{"bare", "/ada/bare/", false, true, ERR_HELD},
		{"bare", "/ada/bare/", true, false, ERR_NONE},
		{"bare", "/ada/bare/", false, true, ERR_NONE},
		{"link", "/ada/home/", false, true, ERR_HELD},
		{"link", "/ada/home/", true, false, ERR_CONFIG},
		{"file", "/ada/home/", false, true, ERR_HELD},
		{"Caf\xc3\xa9 & co", "/ada/cafe/", true, false, ERR_NONE},
		{"", "/k/", true, false, ERR_CONFIG},
		{".", "/k/", true, false, ERR_CONFIG},
		{"..", "/k/", true, false, ERR_CONFIG},
		{".calwiz", "/k/", true, false, ERR_CONFIG},
		{"a/b", "/k/", true, false, ERR_CONFIG},
		{"/etc", "/k/", true, false, ERR_CONFIG},
	};
	struct vdir_folder *f = *state;

	assert_int_equal(symlinkat("home", f->base_fd, "Calendars/link"), 0);
	assert_int_equal(mkdirat(f->base_fd, "Calendars/bare", 0700), 0);
	put_file(f->base_fd, "Calendars/file", "");
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO(vdir) *v = NULL;
		struct err e = {0};
		const struct vdir_options o = {.folder = rows[i].folder,
			.key = rows[i].key,
			.create = rows[i].create,
			.expect_marker = rows[i].expect};
		const bool ok = vdir_open(&v, f->root, &o, &e);
		if (ok != (rows[i].code == ERR_NONE) || e.code != rows[i].code)
			fail_msg("row %zu: code %d, %s", i, (int)e.code, e.message);
		if (rows[i].code == ERR_HELD && !strcmp(rows[i].folder, "new"))
			assert_false(file_is_there(f->base_fd, "Calendars/new"));
	}
}

/* ---- displayname and color ---- */

static void describe_writes_what_differs(void **state)
{
	static const struct {
		const char *name;
		const char *color;
		const char *name_file; /* NULL = not there */
		const char *color_file;
	} rows[] = {
		{"Home", "#11aa22", "Home", "#11aa22"},
		{"Work / Family", "#11aa22", "Work / Family", "#11aa22"},
		{"\xf0\x9f\x8e\x82 Birthdays", NULL, "\xf0\x9f\x8e\x82 Birthdays",
			NULL},
		{"", "#000000", NULL, "#000000"},
		{NULL, NULL, NULL, NULL},
		{"a\x1b[31mb\r\nc", "", "a [31mb  c", NULL},
		{"caf\xe9", NULL, "caf\xef\xbf\xbd", NULL},
		{" \t\n", NULL, NULL, NULL},
		{"\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d", NULL,
			"\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d", NULL},
	};
	const struct vdir_folder *f = *state;
	struct err e = {0};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		assert_true(vdir_describe(f->vdir, rows[i].name, rows[i].color, &e));
		assert_int_equal(file_is_there(f->cal_fd, "displayname"),
			rows[i].name_file != NULL);
		assert_int_equal(file_is_there(f->cal_fd, "color"),
			rows[i].color_file != NULL);
		if (rows[i].name_file)
			assert_true(
				file_is(f->cal_fd, "displayname", rows[i].name_file));
		if (rows[i].color_file)
			assert_true(file_is(f->cal_fd, "color", rows[i].color_file));
	}
	assert_int_equal(count_temporaries(f->cal_fd), 0);
}

static void describe_leaves_equal_files_alone(void **state)
{
	const struct vdir_folder *f = *state;
	struct err e = {0};

	put_file(f->cal_fd, "displayname", "Home\n");
	put_file(f->cal_fd, "color", "#11aa22");
	const struct vdir_stat name = file_stat(f->cal_fd, "displayname");
	const struct vdir_stat color = file_stat(f->cal_fd, "color");
	assert_true(vdir_describe(f->vdir, "Home", "#11aa22", &e));
	const struct vdir_stat name_now = file_stat(f->cal_fd, "displayname");
	const struct vdir_stat color_now = file_stat(f->cal_fd, "color");
	assert_true(vdir_stat_equal(&name, &name_now));
	assert_true(vdir_stat_equal(&color, &color_now));
}

static void describe_does_not_write_through_links(void **state)
{
	const struct vdir_folder *f = *state;
	struct err e = {0};

	put_file(f->base_fd, "precious", "precious");
	assert_int_equal(symlinkat("../../precious", f->cal_fd, "displayname"), 0);
	assert_true(vdir_describe(f->vdir, "Home", NULL, &e));
	assert_true(file_is(f->cal_fd, "displayname", "Home"));
	assert_true(file_is(f->base_fd, "precious", "precious"));
	assert_int_equal(file_mode(f->cal_fd, "displayname"), 0600);
	/* A folder in its place cannot be replaced. */
	assert_int_equal(mkdirat(f->cal_fd, "color", 0700), 0);
	assert_false(vdir_describe(f->vdir, "Home", "#11aa22", &e));
	assert_int_equal(e.code, ERR_LOCAL);
	assert_int_equal(count_temporaries(f->cal_fd), 0);
}

/* ---- trash ---- */

static void old_trash_goes_and_new_trash_stays(void **state)
{
	static const char *const folders[] = {"Calendars/.calwiz/trash",
		"Calendars/.calwiz/trash/old", "Calendars/.calwiz/trash/old/home",
		"Calendars/.calwiz/trash/new", "Calendars/.calwiz/trash/new/home"};
	const int64_t now = 40 * 86400;
	const struct vdir_folder *f = *state;

	vdir_trash_expire(f->root, now, 30); /* none yet */
	for (size_t i = 0; i < COUNT_OF(folders); i++)
		assert_int_equal(mkdirat(f->base_fd, folders[i], 0700), 0);
	put_file(f->base_fd, "precious", "precious");
	put_file(f->base_fd, "Calendars/.calwiz/trash/old/home/a.ics", "a");
	put_file(f->base_fd, "Calendars/.calwiz/trash/new/home/b.ics", "b");
	assert_int_equal(mkdirat(f->base_fd, "outside", 0700), 0);
	put_file(f->base_fd, "outside/c.ics", "c");
	assert_int_equal(symlinkat("../../../../outside", f->base_fd,
				 "Calendars/.calwiz/trash/old/link"),
		0);
	assert_int_equal(symlinkat("../../../outside", f->base_fd,
				 "Calendars/.calwiz/trash/link"),
		0);
	set_times(f->base_fd, "Calendars/.calwiz/trash/old", 10 * 86400 - 1);
	set_times(f->base_fd, "Calendars/.calwiz/trash/new", 10 * 86400);
	set_times(f->base_fd, "Calendars/.calwiz/trash/link", 1);

	vdir_trash_expire(f->root, now, 30);
	assert_false(file_is_there(f->base_fd, "Calendars/.calwiz/trash/old"));
	assert_true(file_is(f->base_fd, "Calendars/.calwiz/trash/new/home/b.ics", "b"));
	assert_true(file_is(f->base_fd, "outside/c.ics", "c"));
}

/* ---- permissions, as an ordinary user ---- */

#define CHECK(step, condition)                                                         \
	do {                                                                           \
		if (!(condition))                                                      \
			return (step);                                                 \
	} while (0)

static int without_permission(void)
{
	void *state = NULL;
	(void)vdir_folder_setup(&state);
	struct vdir_folder *f = state;
	AUTO(vdir) *v = NULL;
	AUTO(vdir_root) *r = NULL;
	SCOPED(buf) out = buf_with_max(100);
	SCOPED(vdir_listing) l = {0};
	struct vdir_stat st;
	struct err e = {0};
	AUTO_FREE char *below = xasprintf("%s/below", f->folder);
	const struct vdir_root_options root = {.path = below,
		.account = "personal",
		.host_id = HOST_ID,
		.create = true};
	const struct vdir_options cal = {.folder = "new",
		.key = "/new/",
		.create = true};
	const struct vdir_change change = {.name = "b.ics", .body = STR("b")};

	put_file(f->cal_fd, "a.ics", "a");
	CHECK(1, fchmodat(f->cal_fd, "a.ics", 0, 0) == 0);
	CHECK(2, !vdir_read(f->vdir, "a.ics", 10, &out, &st, &e) &&
			 e.code == ERR_ATTENTION);
	CHECK(3, vdir_scan(f->vdir, &l, &e) && l.count == 1 && l.odd == 0);

	CHECK(4, chmod(f->folder, 0500) == 0);
	CHECK(5, !vdir_open(&v, f->root, &cal, &e) && e.code == ERR_CREATE);
	CHECK(6, !vdir_root_open(&r, &root, &e) && e.code == ERR_CREATE);
	CHECK(7, chmod(f->folder, 0700) == 0);

	CHECK(8, chmod(f->cal, 0500) == 0);
	CHECK(9, !vdir_stage(f->vdir, &change, &e) && e.code == ERR_CREATE);
	CHECK(10, vdir_staged(f->vdir) == 0);
	CHECK(11, !vdir_describe(f->vdir, "Home", NULL, &e) && e.code == ERR_CREATE);

	/* Names can be listed, the files not looked at: no listing, not an empty one.
	 */
	vdir_listing_clear(&l);
	CHECK(12, chmod(f->cal, 0600) == 0);
	CHECK(13, !vdir_scan(f->vdir, &l, &e) && e.code == ERR_LOCAL);
	CHECK(14, chmod(f->cal, 0300) == 0);
	CHECK(15, !vdir_scan(f->vdir, &l, &e) && e.code == ERR_LOCAL);
	CHECK(16, chmod(f->cal, 0700) == 0);
	(void)vdir_folder_teardown(&state);
	return 0;
}

static void missing_permissions_are_told_apart(void **state)
{
	(void)state;
	assert_true(child_succeeds(without_permission));
}

#define IN_FOLDER(test)                                                                \
	cmocka_unit_test_setup_teardown(test, vdir_folder_setup, vdir_folder_teardown)
#define IN_BARE(test)                                                                  \
	cmocka_unit_test_setup_teardown(test, vdir_folder_setup_bare,                  \
		vdir_folder_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(roots_open_or_say_why_not),
		IN_FOLDER(a_new_root_is_private_and_has_an_identity),
		IN_BARE(a_folder_below_a_file_cannot_be_made),
		IN_FOLDER(a_replaced_own_folder_is_refused),
		IN_FOLDER(calendars_open_or_say_why_not),
		IN_FOLDER(describe_writes_what_differs),
		IN_FOLDER(describe_leaves_equal_files_alone),
		IN_FOLDER(describe_does_not_write_through_links),
		IN_FOLDER(old_trash_goes_and_new_trash_stays),
		cmocka_unit_test(missing_permissions_are_told_apart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
