#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/str.h"
#include "base/text.h"
#include "store/vdir.h"
#include "store/vdir_impl.h"

/* Names are cut for a number behind them; trash is for people and for --undo. */
#define STEM_MAX 240
#define VARIANTS_MAX 10000U
#define TREE_DEPTH 4
#define DAY_SECONDS 86400
#define COPY_FLAGS (O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC)

/* NFS and FUSE know no flags of renameat2, exFAT not all of them. */
static bool flag_unsupported(int number)
{
	return number == EINVAL || number == ENOSYS || number == EOPNOTSUPP;
}

/* EPERM is also what fs.protected_hardlinks and file systems without links say. */
static bool link_unsupported(int number)
{
	return number == EPERM || number == ENOSYS || number == EOPNOTSUPP ||
	       number == EMLINK || number == EINVAL;
}

static int rename_if_free(int from_fd, const char *from, int to_fd, const char *to)
{
	struct stat st;

	if (fstatat(to_fd, to, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		errno = EEXIST;
		return -1;
	}
	return errno == ENOENT ? renameat(from_fd, from, to_fd, to) : -1;
}

int vdir_move_new(int from_fd, const char *from, int to_fd, const char *to)
{
	if (renameat2(from_fd, from, to_fd, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (!flag_unsupported(errno))
		return -1;
	if (linkat(from_fd, from, to_fd, to, 0) == 0)
		return unlinkat(from_fd, from, 0);
	if (!link_unsupported(errno))
		return -1;
	return rename_if_free(from_fd, from, to_fd, to);
}

/* Nobody else writes to the trash, so looking first is enough there; and `from` must
 * leave by one rename, because somebody may be replacing it this instant. */
static int move_to(int from_fd, const char *from, int to_fd, const char *to)
{
	if (renameat2(from_fd, from, to_fd, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (!flag_unsupported(errno))
		return -1;
	return rename_if_free(from_fd, from, to_fd, to);
}

static int copy_bytes(int from, int to)
{
	char chunk[32768];
	ssize_t got = 0;

	while ((got = read(from, chunk, sizeof(chunk))) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 ||
			!file_write_all(to, (struct str){chunk, (size_t)got}, NULL))
			return -1;
	}
	return fsync(to);
}

static int copy_to(int from_fd, const char *from, int to_fd, const char *to)
{
	AUTO_CLOSE int in =
		openat(from_fd, from, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	AUTO_CLOSE int out = in < 0 ? -1 : openat(to_fd, to, COPY_FLAGS, 0600);

	if (in < 0 || out < 0)
		return -1;
	if (copy_bytes(in, out) == 0)
		return 0;
	const int number = errno;
	(void)unlinkat(to_fd, to, 0);
	errno = number;
	return -1;
}

static int link_to(int from_fd, const char *from, int to_fd, const char *to)
{
	if (linkat(from_fd, from, to_fd, to, 0) == 0)
		return 0;
	if (!link_unsupported(errno))
		return -1;
	return copy_to(from_fd, from, to_fd, to);
}

void vdir_variant(const char *name, unsigned n, char out[NAME_MAX + 1])
{
	if (n)
		(void)snprintf(out, NAME_MAX + 1, "%.*s.%u", STEM_MAX, name, n);
	else
		(void)snprintf(out, NAME_MAX + 1, "%s", name);
}

struct source {
	int fd;
	const char *name;
};

static int place(int (*put)(int, const char *, int, const char *), struct source from,
	int trash, const char *name, char kept[NAME_MAX + 1])
{
	for (unsigned n = 0; n < VARIANTS_MAX; n++) {
		vdir_variant(name, n, kept);
		if (put(from.fd, from.name, trash, kept) == 0)
			return 0;
		if (errno != EEXIST)
			return -1;
	}
	return -1;
}

int vdir_trash_move(int from_fd, const char *from, int trash, const char *name,
	char kept[NAME_MAX + 1])
{
	return place(move_to, (struct source){from_fd, from}, trash, name, kept);
}

int vdir_trash_copy(int from_fd, const char *from, int trash, const char *name,
	char kept[NAME_MAX + 1])
{
	return place(link_to, (struct source){from_fd, from}, trash, name, kept);
}

bool vdir_trash_open(struct vdir *v, const char *run, int *fd, struct err *e)
{
	AUTO_CLOSE int own = -1;
	AUTO_CLOSE int trash = -1;
	AUTO_CLOSE int of_run = -1;

	if (dir_open_at(v->root->fd, VDIR_OWN, true, &own, e) &&
		dir_open_at(own, VDIR_TRASH, true, &trash, e) &&
		dir_open_at(trash, run, true, &of_run, e) &&
		dir_open_at(of_run, v->folder, true, fd, e))
		return true;
	return err_wrap(e, "the trash of %s", safe(str_of(v->root->path)).text);
}

bool vdir_lost_open(struct vdir *v, int *fd, struct err *e)
{
	AUTO_CLOSE int own = -1;
	AUTO_CLOSE int lost = -1;

	if (dir_open_at(v->root->fd, VDIR_OWN, true, &own, e) &&
		dir_open_at(own, VDIR_LOST, true, &lost, e) &&
		dir_open_at(lost, v->folder, true, fd, e))
		return true;
	return err_wrap(e, "the kept versions of %s", safe(str_of(v->root->path)).text);
}

struct tree {
	int fd;
	int depth;
};

static bool remove_entry(void *ctx, const struct dirent *d, struct err *e)
{
	const struct tree *t = ctx;

	if (unlinkat(t->fd, d->d_name, 0) == 0 || t->depth == 0)
		return true;
	AUTO_CLOSE int fd = openat(t->fd, d->d_name,
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct tree inner = {fd, t->depth - 1};

	if (fd < 0)
		return true;
	(void)!vdir_walk(fd, remove_entry, &inner, e);
	(void)unlinkat(t->fd, d->d_name, AT_REMOVEDIR);
	return true;
}

struct expiry {
	int fd;
	int64_t before; /* Unix seconds */
};

static bool expire_run(void *ctx, const struct dirent *d, struct err *e)
{
	const struct expiry *x = ctx;
	struct tree here = {x->fd, TREE_DEPTH};
	struct stat st;

	if (fstatat(x->fd, d->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		!S_ISDIR(st.st_mode) || st.st_mtime >= x->before)
		return true;
	return remove_entry(&here, d, e);
}

void vdir_trash_expire(struct vdir_root *root, int64_t now_seconds, int days)
{
	AUTO_CLOSE int own = -1;
	AUTO_CLOSE int trash = -1;

	if (!dir_open_at(root->fd, VDIR_OWN, false, &own, NULL) ||
		!dir_open_at(own, VDIR_TRASH, false, &trash, NULL))
		return;
	struct expiry x = {trash, now_seconds - (int64_t)days * DAY_SECONDS};
	(void)!vdir_walk(trash, expire_run, &x, NULL);
}
