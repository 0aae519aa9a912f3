#include <config.h>

#include "tests/unit/vdir_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/secret.h"
#include "store/vdir_impl.h"

int vdir_folder_setup_bare(void **state)
{
	struct vdir_folder *f = xcalloc(1, sizeof(*f));

	assert_true(secrets_init(NULL));
	(void)snprintf(f->base, sizeof(f->base), "/tmp/calwiz-vdir-XXXXXX");
	assert_non_null(mkdtemp(f->base));
	(void)snprintf(f->folder, sizeof(f->folder), "%s/Calendars", f->base);
	(void)snprintf(f->cal, sizeof(f->cal), "%s/home", f->folder);
	f->base_fd = open(f->base, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(f->base_fd >= 0);
	f->cal_fd = -1;
	*state = f;
	return 0;
}

void vdir_folder_reopen(struct vdir_folder *f)
{
	const bool again = f->root != NULL;
	struct err e = {0};
	const struct vdir_root_options root = {.path = f->folder,
		.account = "personal",
		.host_id = HOST_ID,
		.create = true,
		.expect_marker = again};
	const struct vdir_options cal = {.folder = "home",
		.key = "/ada/home/",
		.create = true,
		.expect_marker = again};

	vdir_free(f->vdir);
	f->vdir = NULL;
	vdir_root_free(f->root);
	f->root = NULL;
	if (!vdir_root_open(&f->root, &root, &e) ||
		!vdir_open(&f->vdir, f->root, &cal, &e))
		fail_msg("%s", e.message);
}

int vdir_folder_setup(void **state)
{
	(void)vdir_folder_setup_bare(state);
	struct vdir_folder *f = *state;
	vdir_folder_reopen(f);
	f->cal_fd = open(f->cal, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(f->cal_fd >= 0);
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type,
	struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return remove(path);
}

int vdir_folder_teardown(void **state)
{
	struct vdir_folder *f = *state;

	vdir_free(f->vdir);
	vdir_root_free(f->root);
	if (f->cal_fd >= 0)
		(void)close(f->cal_fd);
	(void)close(f->base_fd);
	assert_int_equal(nftw(f->base, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
	free(f);
	return 0;
}

void put_file(int dirfd, const char *name, const char *text)
{
	AUTO_CLOSE int fd =
		openat(dirfd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_true(file_write_all(fd, str_of(text), NULL));
}

void swap_file(int dirfd, const char *name, const char *text)
{
	put_file(dirfd, "editor~", text);
	assert_int_equal(renameat(dirfd, "editor~", dirfd, name), 0);
}

bool file_is(int dirfd, const char *name, const char *text)
{
	SCOPED(buf) there = buf_with_max(1U << 20);

	return file_read(dirfd, name, 1U << 20, &there, NULL) &&
	       str_is(buf_view(&there), text);
}

bool file_is_there(int dirfd, const char *name)
{
	struct stat st;

	return fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

void set_times(int dirfd, const char *name, int64_t seconds)
{
	const struct timespec t[2] = {{.tv_sec = seconds}, {.tv_sec = seconds}};

	assert_int_equal(utimensat(dirfd, name, t, AT_SYMLINK_NOFOLLOW), 0);
}

mode_t file_mode(int dirfd, const char *name)
{
	struct stat st;

	assert_int_equal(fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW), 0);
	return st.st_mode & 07777;
}

struct vdir_stat file_stat(int dirfd, const char *name)
{
	struct vdir_stat st;

	assert_int_equal(vdir_stat_at(dirfd, name, &st), 0);
	return st;
}

static bool count_one(void *ctx, const struct dirent *d, struct err *e)
{
	size_t *count = ctx;

	(void)e;
	*count += vdir_is_temporary(d->d_name) || !strcmp(d->d_name, VDIR_STAGING);
	return true;
}

size_t count_temporaries(int dirfd)
{
	size_t count = 0;

	assert_true(vdir_walk(dirfd, count_one, &count, NULL));
	return count;
}

static bool become_nobody(void)
{
	return geteuid() != 0 ||
	       (setgroups(0, NULL) == 0 && setresgid(65534, 65534, 65534) == 0 &&
		       setresuid(65534, 65534, 65534) == 0);
}

bool child_succeeds(int (*body)(void))
{
	int status = 0;
	const pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(become_nobody() ? body() : 255);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	print_error("the child ended with status %#x\n", (unsigned)status);
	return false;
}

void see_result(void *ctx, const struct vdir_result *r)
{
	struct seen *s = ctx;

	assert_true(s->count < COUNT_OF(s->names));
	(void)snprintf(s->names[s->count++], sizeof(s->names[0]), "%s", r->name);
	s->done += r->done;
	s->last = *r;
}

void stage_file(struct vdir *v, const char *name, const char *text,
	const struct vdir_stat *expect)
{
	const struct vdir_change c = {.name = name,
		.body = str_of(text),
		.expect = expect};
	struct err e = {0};

	if (!vdir_stage(v, &c, &e))
		fail_msg("%s", e.message);
}

struct seen commit_staged(struct vdir *v)
{
	struct seen s = {0};
	struct err e = {0};

	if (!vdir_commit(v, RUN, see_result, &s, &e))
		fail_msg("%s", e.message);
	assert_int_equal(vdir_staged(v), 0);
	return s;
}

bool trash_is(const struct vdir_folder *f, const char *name, const char *text)
{
	AUTO_FREE char *path =
		xasprintf("Calendars/.calwiz/trash/" RUN "/home/%s", name);

	return file_is(f->base_fd, path, text);
}

bool trash_has(const struct vdir_folder *f, const char *name)
{
	AUTO_FREE char *path =
		xasprintf("Calendars/.calwiz/trash/" RUN "/home/%s", name);

	return file_is_there(f->base_fd, path);
}
