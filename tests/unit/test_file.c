#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/secret.h"

/* A folder of its own for each test; removed with what is in it. */
struct place {
	char path[64];
	int fd;
};

static int set_up(void **state)
{
	struct place *p = xcalloc(1, sizeof(*p));

	(void)snprintf(p->path, sizeof(p->path), "/tmp/calwiz-test-file-XXXXXX");
	if (!mkdtemp(p->path))
		return -1;
	p->fd = open(p->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*state = p;
	return p->fd < 0 ? -1 : 0;
}

static void empty(int fd)
{
	DIR *dir = fdopendir(dup(fd));

	assert_non_null(dir);
	rewinddir(dir);
	for (struct dirent *d = readdir(dir); d; d = readdir(dir)) {
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
			continue;
		const int sub =
			openat(fd, d->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
		if (sub >= 0) {
			empty(sub);
			(void)close(sub);
		}
		(void)unlinkat(fd, d->d_name, sub >= 0 ? AT_REMOVEDIR : 0);
	}
	(void)closedir(dir);
}

static int tear_down(void **state)
{
	struct place *p = *state;

	empty(p->fd);
	(void)close(p->fd);
	const int failed = rmdir(p->path);
	free(p);
	return failed;
}

static void put(int dirfd, const char *name, const char *text, mode_t mode)
{
	AUTO_CLOSE int fd = openat(dirfd, name, O_CREAT | O_EXCL | O_WRONLY, mode);

	assert_true(fd >= 0);
	assert_int_equal(fchmod(fd, mode), 0);
	assert_true(file_write_all(fd, str_of(text), NULL));
}

static void check(int dirfd, const char *name, const char *text)
{
	SCOPED(buf) got = buf_with_max(0);

	assert_true(file_read(dirfd, name, 1000, &got, NULL));
	assert_string_equal(buf_cstr(&got), text);
}

static size_t entries(int dirfd)
{
	DIR *dir = fdopendir(openat(dirfd, ".", O_RDONLY | O_DIRECTORY));
	size_t count = 0;

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	(void)closedir(dir);
	return count - 2;
}

static mode_t mode_of(int dirfd, const char *name)
{
	struct stat st;

	assert_int_equal(fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW), 0);
	return st.st_mode & 07777;
}

static void test_read(void **state)
{
	const struct place *p = *state;
	SCOPED(buf) got = buf_with_max(0);
	struct err e = {0};

	put(p->fd, "a", "12345", 0600);
	put(p->fd, "empty", "", 0600);
	assert_true(file_read(p->fd, "a", 5, &got, &e));
	assert_true(file_read(p->fd, "empty", 0, &got, &e));
	assert_true(file_read(p->fd, "a", 100, &got, &e));
	assert_string_equal(buf_cstr(&got), "1234512345");
	assert_int_equal(e.code, ERR_NONE);
	/* too large: nothing is added */
	assert_false(file_read(p->fd, "a", 4, &got, &e));
	assert_int_equal(e.code, ERR_CONFIG);
	assert_string_equal(buf_cstr(&got), "1234512345");
	SCOPED(buf) small = buf_with_max(3);
	assert_false(file_read(p->fd, "a", 100, &small, &e));
	assert_string_equal(buf_cstr(&small), "");
	assert_false(file_read(p->fd, "none", 4, &got, &e));
	assert_int_equal(e.code, ERR_NO_INPUT);
	assert_false(file_read(p->fd, "none", 4, &got, NULL));
}

static void test_read_large(void **state)
{
	const struct place *p = *state;
	SCOPED(buf) text = buf_with_max(0);
	SCOPED(buf) got = buf_with_max(100000);

	for (int i = 0; i < 100000; i++)
		buf_char(&text, (char)('a' + i % 26));
	assert_true(file_replace(p->fd, "large", buf_view(&text), 0600, NULL));
	assert_true(file_read(p->fd, "large", 100000, &got, NULL));
	assert_true(str_eq(buf_view(&got), buf_view(&text)));
	buf_reset(&got);
	assert_false(file_read(p->fd, "large", 99999, &got, NULL));
	assert_int_equal(got.len, 0);
}

static void test_read_refuses_specials(void **state)
{
	const struct place *p = *state;
	SCOPED(buf) got = buf_with_max(0);
	struct err e = {0};

	put(p->fd, "a", "x", 0600);
	assert_int_equal(symlinkat("a", p->fd, "link"), 0);
	assert_int_equal(mkfifoat(p->fd, "fifo", 0600),
		0); /* must not wait for a writer */
	assert_int_equal(mkdirat(p->fd, "dir", 0700), 0);
	static const char *const names[] = {"link", "fifo", "dir"};
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		e.code = ERR_NONE;
		assert_false(file_read(p->fd, names[i], 10, &got, &e));
		assert_int_equal(e.code, ERR_CONFIG);
	}
}

static void test_replace(void **state)
{
	const struct place *p = *state;
	struct err e = {0};

	assert_true(file_replace(p->fd, "a", STR("one"), 0600, &e));
	check(p->fd, "a", "one");
	assert_int_equal(mode_of(p->fd, "a"), 0600);
	assert_true(file_replace(p->fd, "a", STR(""), 0400, &e));
	check(p->fd, "a", "");
	assert_int_equal(mode_of(p->fd, "a"), 0400);
	assert_true(file_replace(p->fd, "a", STR("three"), 0600, &e));
	check(p->fd, "a", "three");
	assert_int_equal(entries(p->fd), 1); /* no temporary stays */
	assert_int_equal(e.code, ERR_NONE);
}

static void test_replace_of_a_link(void **state)
{
	const struct place *p = *state;

	put(p->fd, "target", "old", 0600);
	assert_int_equal(symlinkat("target", p->fd, "link"), 0);
	assert_true(file_replace(p->fd, "link", STR("new"), 0600, NULL));
	check(p->fd, "link", "new"); /* a file now: file_read() follows no link */
	check(p->fd, "target", "old");
}

static void test_replace_fails_whole(void **state)
{
	const struct place *p = *state;
	struct err e = {0};

	assert_int_equal(mkdirat(p->fd, "dir", 0700), 0);
	assert_false(file_replace(p->fd, "dir", STR("x"), 0600, &e));
	assert_non_null(strstr(e.message, "save dir"));
	assert_int_equal(entries(p->fd), 1);
	put(p->fd, "a", "old", 0600);
	assert_false(file_replace(-1, "a", STR("x"), 0600, &e));
	check(p->fd, "a", "old");
}

static void test_replace_long_name(void **state)
{
	const struct place *p = *state;
	char name[201];

	memset(name, 'n', 200);
	name[200] = '\0';
	assert_true(file_replace(p->fd, name, STR("x"), 0600, NULL));
	check(p->fd, name, "x");
}

static void test_private(void **state)
{
	const struct place *p = *state;
	static const struct {
		mode_t mode;
		bool ok;
	} cases[] = {{0600, true}, {0400, true}, {0640, false}, {0604, false},
		{0620, false}, {0602, false}, {0610, false}};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct err e = {0};
		put(p->fd, "a", "x", cases[i].mode);
		AUTO_CLOSE int fd = openat(p->fd, "a", O_RDONLY);
		assert_int_equal(file_check_private(fd, "some/a", &e), cases[i].ok);
		assert_int_equal(e.code, cases[i].ok ? ERR_NONE : ERR_CONFIG);
		if (!cases[i].ok)
			assert_non_null(strstr(e.message, "chmod 600 'some/a'"));
		assert_int_equal(unlinkat(p->fd, "a", 0), 0);
	}
	assert_false(file_check_private(p->fd, "folder", NULL));
}

static void test_folders(void **state)
{
	const struct place *p = *state;
	AUTO_FREE char *deep = xasprintf("%s/a/b//c", p->path);
	AUTO_FREE char *first = xasprintf("%s/a", p->path);
	AUTO_FREE char *below_file = xasprintf("%s/file/x", p->path);
	struct err e = {0};
	int fd = -1;

	assert_false(dir_open(deep, false, &fd, &e));
	assert_int_equal(e.code, ERR_CONFIG);
	assert_int_equal(fd, -1);
	assert_true(dir_open(deep, true, &fd, &e));
	(void)close(fd);
	assert_int_equal(mode_of(p->fd, "a/b/c"), 0700);
	assert_true(dir_open(deep, true, &fd, &e));
	(void)close(fd);
	assert_true(dir_open_private(first, false, &fd, &e));
	(void)close(fd);
	put(p->fd, "file", "x", 0600);
	assert_false(dir_open(below_file, true, &fd, &e));
	assert_int_equal(e.code == ERR_CREATE || e.code == ERR_CONFIG, 1);
	assert_false(dir_open("", true, &fd, &e));
	assert_false(dir_open("", false, &fd, &e));
}

static void test_private_folders(void **state)
{
	const struct place *p = *state;
	static const struct {
		mode_t mode;
		bool ok;
	} cases[] = {{0700, true}, {0755, true}, {0770, false}, {0707, false},
		{0720, false}};
	AUTO_FREE char *path = xasprintf("%s/d", p->path);
	int fd = -1;

	assert_int_equal(mkdirat(p->fd, "d", 0700), 0);
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct err e = {0};
		assert_int_equal(fchmodat(p->fd, "d", cases[i].mode, 0), 0);
		const bool ok = dir_open_private(path, true, &fd, &e);
		assert_int_equal(ok, cases[i].ok);
		if (ok)
			(void)close(fd);
		else
			assert_non_null(strstr(e.message, "chmod 700"));
	}
	assert_int_equal(fchmodat(p->fd, "d", 0700, 0), 0);
}

static void test_sub_folders(void **state)
{
	const struct place *p = *state;
	int fd = -1;

	assert_false(dir_open_at(p->fd, "s", false, &fd, NULL));
	assert_true(dir_open_at(p->fd, "s", true, &fd, NULL));
	(void)close(fd);
	assert_int_equal(mode_of(p->fd, "s"), 0700);
	assert_int_equal(symlinkat("s", p->fd, "link"), 0);
	assert_false(dir_open_at(p->fd, "link", false, &fd, NULL));
	assert_false(dir_open_at(p->fd, "link", true, &fd, NULL));
}

static void test_lock(void **state)
{
	const struct place *p = *state;
	struct err e = {0};
	int first = -1;
	int second = -1;

	assert_true(file_lock(p->fd, "lock", 0, &first, &e));
	assert_int_equal(mode_of(p->fd, "lock"), 0600);
	AUTO_FREE char *holder = xasprintf("pid %ld\n", (long)getpid());
	check(p->fd, "lock", holder);
	assert_false(file_lock(p->fd, "lock", 0, &second, &e));
	assert_int_equal(e.code, ERR_BUSY);
	assert_int_equal(second, -1);
	holder[strlen(holder) - 1] = '\0';
	assert_non_null(strstr(e.message, holder));
	(void)close(first);
	assert_true(file_lock(p->fd, "lock", 0, &second, NULL));
	(void)close(second);
}

/* A holder's name that somebody else wrote does not reach the terminal raw. */
static void test_lock_holder_is_safe(void **state)
{
	const struct place *p = *state;
	struct err e = {0};
	int fd = -1;
	int other = -1;

	assert_true(file_lock(p->fd, "lock", 0, &fd, NULL));
	assert_int_equal(pwrite(fd, "\033[2Jx\n", 6, 0), 6);
	assert_false(file_lock(p->fd, "lock", 0, &other, &e));
	assert_null(strchr(e.message, '\033'));
	(void)close(fd);
}

static void test_lock_refuses_links(void **state)
{
	const struct place *p = *state;
	int fd = -1;

	assert_int_equal(symlinkat("elsewhere", p->fd, "lock"), 0);
	assert_false(file_lock(p->fd, "lock", 0, &fd, NULL));
	assert_int_equal(entries(p->fd), 1);
}

static void test_expand(void **state)
{
	const struct place *p = *state;
	static const char *const cases[][2] = {{"~/a", "/home/ada/a"},
		{"~", "/home/ada"}, {"/abs/x", "/abs/x"}, {"~/", "/home/ada/"}};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		AUTO_FREE char *got = path_expand(cases[i][0], "/home/ada");
		assert_string_equal(got, cases[i][1]);
	}
	AUTO_FREE char *before = getcwd(NULL, 0);
	assert_int_equal(chdir(p->path), 0);
	AUTO_FREE char *got = path_expand("~ada/x", "/home/ada");
	AUTO_FREE char *want = xasprintf("%s/~ada/x", p->path);
	assert_string_equal(got, want);
	assert_int_equal(chdir(before), 0);
}

static int prepare(void **state)
{
	(void)state;
	(void)umask(022);
	return secrets_init(NULL) ? 0 : -1;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_read),
		TEST(test_read_large),
		TEST(test_read_refuses_specials),
		TEST(test_replace),
		TEST(test_replace_of_a_link),
		TEST(test_replace_fails_whole),
		TEST(test_replace_long_name),
		TEST(test_private),
		TEST(test_folders),
		TEST(test_private_folders),
		TEST(test_sub_folders),
		TEST(test_lock),
		TEST(test_lock_holder_is_safe),
		TEST(test_lock_refuses_links),
		TEST(test_expand),
	};
	return cmocka_run_group_tests(tests, prepare, NULL);
}
