#include <config.h>

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/vdir.h"
#include "store/vdir_impl.h"

#define NEW_FLAGS (O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC)

void vdir_temporary_name(char out[VDIR_TEMPORARY_SIZE])
{
	unsigned char salt[8];
	uint64_t number = 0;

	random_bytes(salt, sizeof(salt));
	memcpy(&number, salt, sizeof(number));
	(void)snprintf(out, VDIR_TEMPORARY_SIZE, ".calwiz-%016jx.tmp",
		(uintmax_t)number);
}

static bool fill_new(int fd, struct str body, bool sync, struct vdir_stat *written,
	struct err *e)
{
	struct stat st;

	if (!file_write_all(fd, body, e) || (sync && !file_sync(fd, "it", e)))
		return false;
	if (fstat(fd, &st) < 0)
		return err_errno(e, "look at it");
	*written = vdir_stat_of(&st);
	return true;
}

bool vdir_write_new(int dirfd, const char *name, struct str body, bool sync,
	struct vdir_stat *written, struct err *e)
{
	const int fd = openat(dirfd, name, NEW_FLAGS, 0600);

	if (fd < 0) {
		(void)err_errno(e, "make a file");
		if (e && e->code == ERR_CONFIG)
			e->code = ERR_CREATE;
		return false;
	}
	bool ok = fill_new(fd, body, sync, written, e);
	/* NFS tells only here that the disk is full. */
	if (close(fd) < 0 && ok)
		ok = err_errno(e, "write");
	if (!ok)
		(void)unlinkat(dirfd, name, 0);
	return ok || vdir_local(e);
}

bool vdir_write_own(int dirfd, const char *name, struct str body, struct err *e)
{
	char temporary[VDIR_TEMPORARY_SIZE];
	struct vdir_stat written;

	vdir_temporary_name(temporary);
	if (!vdir_write_new(dirfd, temporary, body, true, &written, e))
		return err_wrap(e, "save %s", name);
	if (renameat(dirfd, temporary, dirfd, name) == 0)
		return file_sync(dirfd, name, e);
	(void)err_errno(e, "save %s", name);
	(void)unlinkat(dirfd, temporary, 0);
	return vdir_local(e);
}

static struct vdir_staged *push(struct vdir *v, const char *name)
{
	if (v->count == v->cap)
		v->staged = xgrow(v->staged, v->count, &v->cap, sizeof(*v->staged));
	struct vdir_staged *s = &v->staged[v->count++];
	*s = (struct vdir_staged){.name = xstrdup(name)};
	return s;
}

/* The flag is there before the first temporary and goes after the last one, so that the
 * next vdir_open() need not look through a whole folder for them. */
static bool raise_flag(struct vdir *v, struct err *e)
{
	struct vdir_stat written;
	struct err inner = {0};

	if (v->staging)
		return true;
	if (!vdir_write_new(v->fd, VDIR_STAGING, STR(""), false, &written, &inner) &&
		faccessat(v->fd, VDIR_STAGING, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		return err_set(e, inner.code, "%s", inner.message);
	v->staging = true;
	return true;
}

static void lower_flag(struct vdir *v)
{
	if (v->count || !v->staging)
		return;
	(void)unlinkat(v->fd, VDIR_STAGING, 0);
	v->staging = false;
}

static bool name_usable(const char *name, struct err *e)
{
	if (vdir_segment_ok(name, true))
		return true;
	return err_set(e, ERR_INTERNAL, "%s is no name in a calendar folder",
		safe(str_of(name)).text);
}

bool vdir_stage(struct vdir *v, const struct vdir_change *c, struct err *e)
{
	char temporary[VDIR_TEMPORARY_SIZE];
	struct vdir_stat written;

	if (!name_usable(c->name, e))
		return false;
	vdir_temporary_name(temporary);
	if (!raise_flag(v, e) ||
		!vdir_write_new(v->fd, temporary, c->body, false, &written, e))
		return err_wrap(e, "save %s", safe(str_of(c->name)).text);
	struct vdir_staged *s = push(v, c->name);
	memcpy(s->temporary, temporary, sizeof(temporary));
	s->written = written;
	s->has_expect = c->expect != NULL;
	if (c->expect)
		s->expect = *c->expect;
	return true;
}

bool vdir_stage_removal(struct vdir *v, const char *name,
	const struct vdir_stat *expect, struct err *e)
{
	assert(expect);
	if (!name_usable(name, e))
		return false;
	struct vdir_staged *s = push(v, name);
	s->removal = true;
	s->has_expect = true;
	s->expect = *expect;
	return true;
}

size_t vdir_staged(const struct vdir *v)
{
	return v->count;
}

/* One vdir_commit(): what was staged is the commit's from its start. */
struct commit {
	struct vdir *v;
	struct vdir_staged *list;
	size_t count;
	size_t reached; /* the changes before this one are settled */
	int trash;      /* -1 when nothing goes there */
};

static void commit_release(struct commit *c)
{
	for (size_t i = 0; i < c->count; i++) {
		if (c->list[i].temporary[0])
			(void)unlinkat(c->v->fd, c->list[i].temporary, 0);
		free(c->list[i].name);
	}
	free(c->list);
	if (c->trash >= 0)
		(void)close(c->trash);
}

static struct commit commit_of(struct vdir *v)
{
	const struct commit c = {.v = v,
		.list = v->staged,
		.count = v->count,
		.trash = -1};

	v->staged = NULL;
	v->count = 0;
	v->cap = 0;
	return c;
}

void vdir_discard(struct vdir *v)
{
	struct commit c = commit_of(v);

	commit_release(&c);
	lower_flag(v);
}

static bool failed(const struct vdir_staged *s, struct err *e)
{
	(void)err_errno(e, "%s %s", s->removal ? "remove" : "save",
		safe(str_of(s->name)).text);
	return vdir_local(e);
}

static bool still_expected(const struct vdir *v, const struct vdir_staged *s)
{
	struct vdir_stat now;

	return vdir_stat_at(v->fd, s->name, &now) == 0 &&
	       vdir_stat_equal(&now, &s->expect);
}

static bool is_same(int dirfd, const char *name, const struct vdir_stat *st)
{
	struct vdir_stat now;

	return vdir_stat_at(dirfd, name, &now) == 0 && vdir_stat_same_file(&now, st);
}

static bool put_new(struct commit *c, struct vdir_staged *s, struct err *e)
{
	if (vdir_move_new(c->v->fd, s->temporary, c->v->fd, s->name) < 0)
		return errno == EEXIST || failed(s, e);
	s->temporary[0] = '\0';
	s->done = true;
	return true;
}

static int exchange(struct commit *c, const struct vdir_staged *s, const char *kept)
{
	return renameat2(c->v->fd, s->name, c->trash, kept, RENAME_EXCHANGE);
}

/* Without RENAME_EXCHANGE an edit that replaces the file between the last look and the
 * rename is lost; one that writes into it ends in the trash if links exist. */
static bool replace_by_rename(struct commit *c, struct vdir_staged *s, struct err *e)
{
	char kept[NAME_MAX + 1];

	if (vdir_trash_copy(c->v->fd, s->name, c->trash, s->name, kept) < 0)
		return errno == ENOENT || failed(s, e);
	if (!is_same(c->v->fd, s->name, &s->expect)) {
		(void)unlinkat(c->trash, kept, 0);
		return true;
	}
	if (renameat(c->v->fd, s->temporary, c->v->fd, s->name) < 0) {
		(void)failed(s, e);
		(void)unlinkat(c->trash, kept, 0);
		return false;
	}
	s->temporary[0] = '\0';
	s->done = true;
	return true;
}

/* The body waits in the trash and could not be exchanged with the file. */
static bool exchange_refused(struct commit *c, struct vdir_staged *s, const char *kept,
	struct err *e)
{
	const int number = errno;

	if (number != EINVAL && number != ENOSYS && number != EOPNOTSUPP) {
		(void)unlinkat(c->trash, kept, 0);
		errno = number;
		return number == ENOENT || failed(s, e);
	}
	c->v->no_exchange = true;
	vdir_temporary_name(s->temporary);
	if (renameat(c->trash, kept, c->v->fd, s->temporary) < 0) {
		s->temporary[0] = '\0';
		return failed(s, e);
	}
	return replace_by_rename(c, s, e);
}

/* What came out is somebody's edit of this instant: it goes back. If they have saved
 * once more since, that newer version comes out now and takes its place, and the one
 * between stays in the trash. */
static bool give_back(struct commit *c, struct vdir_staged *s, const char *kept,
	struct err *e)
{
	if (exchange(c, s, kept) < 0)
		return errno == ENOENT || failed(s, e);
	if (is_same(c->trash, kept, &s->written))
		(void)unlinkat(c->trash, kept, 0);
	else
		(void)exchange(c, s, kept);
	return true;
}

/* The body goes through the trash, so that one exchange puts the new version into place
 * and the old one into the trash: being killed at any point loses neither. */
static bool replace(struct commit *c, struct vdir_staged *s, struct err *e)
{
	char kept[NAME_MAX + 1];

	if (!still_expected(c->v, s))
		return true;
	if (c->v->no_exchange)
		return replace_by_rename(c, s, e);
	if (vdir_trash_move(c->v->fd, s->temporary, c->trash, s->name, kept) < 0)
		return failed(s, e);
	s->temporary[0] = '\0';
	if (exchange(c, s, kept) < 0)
		return exchange_refused(c, s, kept, e);
	if (!is_same(c->trash, kept, &s->expect))
		return give_back(c, s, kept, e);
	s->done = true;
	return true;
}

static bool take_away(struct commit *c, struct vdir_staged *s, struct err *e)
{
	char kept[NAME_MAX + 1];

	if (!still_expected(c->v, s))
		return true;
	if (vdir_trash_move(c->v->fd, s->name, c->trash, s->name, kept) < 0)
		return errno == ENOENT || failed(s, e);
	s->done = is_same(c->trash, kept, &s->expect);
	if (s->done)
		return true;
	/* Edited in this instant. A newer file under the name stays, this one is kept.
	 */
	return vdir_move_new(c->trash, kept, c->v->fd, s->name) == 0 ||
	       errno == EEXIST || failed(s, e);
}

static bool settle(struct commit *c, struct vdir_staged *s, struct err *e)
{
	if (s->removal)
		return take_away(c, s, e);
	return s->has_expect ? replace(c, s, e) : put_new(c, s, e);
}

static bool needs_trash(const struct commit *c)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->list[i].has_expect)
			return true;
	return false;
}

/* Bodies and the folders of the trash are on the disk before any name points to them.
 */
static bool commit_begin(struct commit *c, const char *run, struct err *e)
{
	if (needs_trash(c) && !vdir_trash_open(c->v, run, &c->trash, e))
		return false;
	if (syncfs(c->v->fd) == 0)
		return true;
	(void)err_errno(e, "save %s to disk", safe(str_of(c->v->folder)).text);
	return vdir_local(e);
}

/* The trash first: the way into it must not be forgotten before the way out. */
static bool commit_sync(const struct commit *c, struct err *e)
{
	if (!c->reached)
		return true;
	return (c->trash < 0 || file_sync(c->trash, VDIR_TRASH, e)) &&
	       file_sync(c->v->fd, c->v->folder, e);
}

/* The rename moved the ctime. Where somebody has edited the file since, the stat as
 * written is told, so that the next scan sees a difference. */
static struct vdir_stat stat_after(const struct commit *c, const struct vdir_staged *s)
{
	struct vdir_stat now;

	if (vdir_stat_at(c->v->fd, s->name, &now) == 0 &&
		vdir_stat_same_file(&now, &s->written))
		return now;
	return s->written;
}

static void commit_report(const struct commit *c,
	void (*result)(void *ctx, const struct vdir_result *r), void *ctx)
{
	for (size_t i = 0; i < c->reached; i++) {
		const struct vdir_staged *s = &c->list[i];
		struct vdir_result r = {.name = s->name,
			.done = s->done,
			.removal = s->removal};
		if (s->done && !s->removal)
			r.stat = stat_after(c, s);
		result(ctx, &r);
	}
}

bool vdir_commit(struct vdir *v, const char *run,
	void (*result)(void *ctx, const struct vdir_result *r), void *ctx,
	struct err *e)
{
	if (!vdir_segment_ok(run, false))
		return err_set(e, ERR_INTERNAL, "\"%s\" is no name of a run",
			safe(str_of(run)).text);
	if (!v->count)
		return true;
	struct commit c = commit_of(v);
	bool ok = commit_begin(&c, run, e);

	for (; ok && c.reached < c.count; c.reached += ok)
		ok = settle(&c, &c.list[c.reached], e);
	const bool synced = commit_sync(&c, e);
	if (synced)
		commit_report(&c, result, ctx);
	commit_release(&c);
	lower_flag(v);
	return ok && synced;
}
