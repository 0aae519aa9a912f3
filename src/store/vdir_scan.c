#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/text.h"
#include "store/vdir.h"
#include "store/vdir_impl.h"

#define SECOND_NS INT64_C(1000000000)

/* FAT keeps times to 2 seconds, the coarsest there is. */
#define RACY_NS (2 * SECOND_NS)
#define SCAN_TRIES 3
#define READ_FLAGS (O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)

static int64_t ns_of(struct timespec t)
{
	return (int64_t)t.tv_sec * SECOND_NS + t.tv_nsec;
}

struct vdir_stat vdir_stat_of(const struct stat *st)
{
	return (struct vdir_stat){
		.size = st->st_size,
		.mtime_ns = ns_of(st->st_mtim),
		.ctime_ns = ns_of(st->st_ctim),
		.inode = st->st_ino,
	};
}

int vdir_stat_at(int dirfd, const char *name, struct vdir_stat *out)
{
	struct stat st;

	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	if (!S_ISREG(st.st_mode)) {
		errno = ENOTSUP;
		return -1;
	}
	*out = vdir_stat_of(&st);
	return 0;
}

bool vdir_stat_same_file(const struct vdir_stat *a, const struct vdir_stat *b)
{
	return a->size == b->size && a->mtime_ns == b->mtime_ns && a->inode == b->inode;
}

bool vdir_stat_equal(const struct vdir_stat *a, const struct vdir_stat *b)
{
	return vdir_stat_same_file(a, b) && a->ctime_ns == b->ctime_ns;
}

bool vdir_stat_racy(const struct vdir_stat *st, int64_t now_ns)
{
	return st->mtime_ns > now_ns - RACY_NS || st->ctime_ns > now_ns - RACY_NS;
}

bool vdir_walk(int dirfd, vdir_visit *visit, void *ctx, struct err *e)
{
	const int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir) {
		(void)err_errno(e, "open the folder");
		if (fd >= 0)
			(void)close(fd);
		return vdir_local(e);
	}
	bool ok = true;
	errno = 0;
	for (struct dirent *d = readdir(dir); ok && d; d = readdir(dir)) {
		if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0)
			ok = visit(ctx, d, e);
		errno = 0;
	}
	if (ok && errno) {
		(void)err_errno(e, "read the folder");
		ok = vdir_local(e);
	}
	(void)closedir(dir);
	return ok;
}

bool vdir_is_temporary(const char *name)
{
	const struct str s = str_of(name);
	const struct str head = STR(".calwiz-");
	const struct str tail = STR(".tmp");

	if (s.len <= head.len + tail.len || !str_starts(s, head) || !str_ends(s, tail))
		return false;
	for (size_t i = head.len; i < s.len - tail.len; i++)
		if (ascii_hex(s.ptr[i]) < 0)
			return false;
	return true;
}

static bool sweep_one(void *ctx, const struct dirent *d, struct err *e)
{
	const struct vdir *v = ctx;

	if (!vdir_is_temporary(d->d_name) || unlinkat(v->fd, d->d_name, 0) == 0 ||
		errno == ENOENT)
		return true;
	(void)err_errno(e, "remove the leftover %s", d->d_name);
	return vdir_local(e);
}

bool vdir_sweep(struct vdir *v, struct err *e)
{
	return vdir_walk(v->fd, sweep_one, v, e);
}

struct scan {
	struct vdir *v;
	struct vdir_listing *listing;
	int64_t now_ns;
};

static bool scan_one(void *ctx, const struct dirent *d, struct err *e)
{
	struct scan *s = ctx;
	struct vdir_listing *l = s->listing;
	struct vdir_stat st;

	if (d->d_name[0] == '.') {
		/* The flag's removal may have reached the disk before a temporary's. */
		if (!s->v->staging && vdir_is_temporary(d->d_name))
			(void)unlinkat(s->v->fd, d->d_name, 0);
		return true;
	}
	if (!str_ends(str_of(d->d_name), STR(".ics")))
		return true;
	if (d->d_type != DT_REG && d->d_type != DT_UNKNOWN) {
		l->odd++;
		return true;
	}
	if (vdir_stat_at(s->v->fd, d->d_name, &st) < 0) {
		if (errno == ENOENT)
			return true;
		if (errno == ENOTSUP) {
			l->odd++;
			return true;
		}
		/* Passing over it would make it look deleted. */
		(void)err_errno(e, "look at %s", safe(str_of(d->d_name)).text);
		return vdir_local(e);
	}
	if (l->count == l->cap)
		l->entries = xgrow(l->entries, l->count, &l->cap, sizeof(*l->entries));
	l->entries[l->count++] = (struct vdir_entry){
		.name = xstrdup(d->d_name),
		.stat = st,
		.racy = vdir_stat_racy(&st, s->now_ns),
	};
	return true;
}

static int by_name(const void *a, const void *b)
{
	const struct vdir_entry *x = a;
	const struct vdir_entry *y = b;

	return strcmp(x->name, y->name);
}

static bool folder_stat(const struct vdir *v, struct stat *st, struct err *e)
{
	struct stat marker;

	if (fstat(v->fd, st) < 0) {
		(void)err_errno(e, "look at the folder %s",
			safe(str_of(v->folder)).text);
		return vdir_local(e);
	}
	/* A folder removed under our feet reads as empty. */
	if (!st->st_nlink ||
		(v->marked &&
			fstatat(v->fd, VDIR_OWN, &marker, AT_SYMLINK_NOFOLLOW) < 0 &&
			errno == ENOENT))
		return err_set(e, ERR_HELD, "the folder %s or its marker was removed",
			safe(str_of(v->folder)).text);
	return true;
}

static bool scan_once(struct vdir *v, struct vdir_listing *l, bool *settled,
	struct err *e)
{
	struct scan s = {.v = v, .listing = l};
	struct stat before;
	struct stat after;
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	s.now_ns = ns_of(now);
	if (!folder_stat(v, &before, e) || !vdir_walk(v->fd, scan_one, &s, e) ||
		!folder_stat(v, &after, e))
		return false;
	*settled = ns_of(before.st_mtim) == ns_of(after.st_mtim);
	return true;
}

bool vdir_scan(struct vdir *v, struct vdir_listing *out, struct err *e)
{
	/* A file renamed while the folder is read may be missed under both names (POSIX
	 * leaves it open), and a missed file looks like a deleted one. */
	for (int i = 0; i < SCAN_TRIES; i++) {
		SCOPED(vdir_listing) l = {0};
		bool settled = false;

		if (!scan_once(v, &l, &settled, e))
			return err_wrap(e, "%s", safe(str_of(v->folder)).text);
		if (!settled)
			continue;
		if (l.count)
			qsort(l.entries, l.count, sizeof(*l.entries), by_name);
		*out = l;
		l = (struct vdir_listing){0};
		return true;
	}
	return err_set(e, ERR_BUSY, "another program is changing files in %s right now",
		safe(str_of(v->folder)).text);
}

void vdir_listing_clear(struct vdir_listing *l)
{
	for (size_t i = 0; i < l->count; i++)
		free(l->entries[i].name);
	free(l->entries);
	*l = (struct vdir_listing){0};
}

static int name_against(const void *key, const void *entry)
{
	const struct vdir_entry *x = entry;

	return strcmp(key, x->name);
}

const struct vdir_entry *vdir_listing_find(const struct vdir_listing *l,
	const char *name)
{
	if (!l->count)
		return NULL;
	return bsearch(name, l->entries, l->count, sizeof(*l->entries), name_against);
}

static bool open_one(struct vdir *v, const char *name, int *fd, struct err *e)
{
	const int opened = openat(v->fd, name, READ_FLAGS);

	if (opened >= 0) {
		*fd = opened;
		return true;
	}
	const int number = errno;
	(void)err_errno(e, "open %s", safe(str_of(name)).text);
	if (!e)
		return false;
	if (number == ENOENT)
		e->code = ERR_NO_INPUT;
	else if (e->code == ERR_CONFIG || number == ENXIO)
		e->code = ERR_ATTENTION;
	return false;
}

static bool stat_one(int fd, const char *name, size_t max, struct vdir_stat *out,
	struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) < 0) {
		(void)err_errno(e, "look at %s", safe(str_of(name)).text);
		return vdir_local(e);
	}
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_ATTENTION, "%s is not a plain file",
			safe(str_of(name)).text);
	if ((uintmax_t)st.st_size > max)
		return err_set(e, ERR_ATTENTION, "%s is larger than %zu bytes",
			safe(str_of(name)).text, max);
	*out = vdir_stat_of(&st);
	return true;
}

/* Stops at one byte more than `size`: the file grew, and the caller's stat shows it. */
static bool read_all(int fd, const char *name, size_t size, struct buf *out,
	struct err *e)
{
	char chunk[32768];
	size_t total = 0;

	while (total <= size) {
		const ssize_t got = read(fd, chunk, sizeof(chunk));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			(void)err_errno(e, "read %s", safe(str_of(name)).text);
			return vdir_local(e);
		}
		if (got == 0)
			break;
		total += (size_t)got;
		if (total <= size)
			buf_add(out, (struct str){chunk, (size_t)got});
	}
	if (total != size)
		return err_set(e, ERR_BUSY, "%s is being written right now",
			safe(str_of(name)).text);
	if (!buf_ok(out))
		return err_set(e, ERR_ATTENTION, "%s is too large",
			safe(str_of(name)).text);
	return true;
}

static bool read_between(int fd, const char *name, size_t max, struct buf *out,
	struct vdir_stat *st, struct err *e)
{
	struct vdir_stat before;
	struct vdir_stat after;

	if (!stat_one(fd, name, max, &before, e) ||
		!read_all(fd, name, (size_t)before.size, out, e) ||
		!stat_one(fd, name, max, &after, e))
		return false;
	if (!vdir_stat_equal(&before, &after))
		return err_set(e, ERR_BUSY, "%s is being written right now",
			safe(str_of(name)).text);
	*st = before;
	return true;
}

bool vdir_read(struct vdir *v, const char *name, size_t max, struct buf *out,
	struct vdir_stat *st, struct err *e)
{
	const size_t len = out->len;
	const bool full = out->full;
	AUTO_CLOSE int fd = -1;

	if (!vdir_segment_ok(name, true))
		return err_set(e, ERR_INTERNAL, "%s is no name in a calendar folder",
			safe(str_of(name)).text);
	if (!open_one(v, name, &fd, e))
		return false;
	if (read_between(fd, name, max, out, st, e))
		return true;
	out->len = len;
	out->full = full;
	if (out->ptr)
		out->ptr[len] = '\0';
	return false;
}
