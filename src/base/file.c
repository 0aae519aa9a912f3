#include <config.h>

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/digest.h"
#include "base/mem.h"
#include "base/text.h"

#define DIR_FLAGS (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

static bool cannot_create(struct err *e, const char *shown)
{
	(void)err_errno(e, "make the folder %s", safe(str_of(shown)).text);
	if (e && e->code != ERR_LOCAL)
		e->code = ERR_CREATE;
	return false;
}

static bool make_parents(const char *path, struct err *e)
{
	AUTO_FREE char *copy = xstrdup(path);
	char *slash = copy[0] ? strchr(copy + 1, '/') : NULL;

	for (; slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(copy, 0700) < 0 && errno != EEXIST && errno != EROFS)
			return cannot_create(e, copy);
		*slash = '/';
	}
	return true;
}

bool dir_open(const char *path, bool create, int *fd, struct err *e)
{
	if (create) {
		if (!make_parents(path, e))
			return false;
		if (mkdir(path, 0700) < 0 && errno != EEXIST)
			return cannot_create(e, path);
	}
	const int opened = open(path, DIR_FLAGS);
	if (opened < 0)
		return err_errno(e, "open the folder %s", safe(str_of(path)).text);
	*fd = opened;
	return true;
}

bool dir_open_private(const char *path, bool create, int *fd, struct err *e)
{
	AUTO_CLOSE int opened = -1;
	struct stat st;

	if (!dir_open(path, create, &opened, e))
		return false;
	if (fstat(opened, &st) < 0)
		return err_errno(e, "look at %s", path);
	if (st.st_uid != geteuid())
		return err_set(e, ERR_CONFIG, "the folder %s belongs to another user",
			path);
	if (st.st_mode & 022)
		return err_set(e, ERR_CONFIG,
			"others may write to the folder %s; run: chmod 700 '%s'", path,
			path);
	*fd = opened;
	opened = -1;
	return true;
}

bool dir_open_at(int dirfd, const char *name, bool create, int *fd, struct err *e)
{
	if (create && mkdirat(dirfd, name, 0700) < 0 && errno != EEXIST)
		return cannot_create(e, name);
	const int opened = openat(dirfd, name, DIR_FLAGS | O_NOFOLLOW);
	if (opened < 0)
		return err_errno(e, "open the folder %s", safe(str_of(name)).text);
	*fd = opened;
	return true;
}

static bool read_to_end(int fd, const char *name, size_t max, struct buf *out,
	struct err *e)
{
	char chunk[16384];
	size_t total = 0;
	ssize_t got = 1;

	while (got > 0 && total <= max) {
		got = read(fd, chunk, sizeof(chunk));
		if (got < 0 && errno == EINTR) {
			got = 1;
		} else if (got > 0) {
			total += (size_t)got;
			buf_add(out, (struct str){chunk, (size_t)got});
		}
	}
	if (got < 0)
		return err_errno(e, "read %s", safe(str_of(name)).text);
	if (got > 0 || !buf_ok(out))
		return err_set(e, ERR_CONFIG, "%s is larger than %zu bytes",
			safe(str_of(name)).text, max);
	return true;
}

bool file_read(int dirfd, const char *name, size_t max, struct buf *out, struct err *e)
{
	AUTO_CLOSE int fd =
		openat(dirfd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;

	if (fd < 0) {
		const bool missing = errno == ENOENT;
		(void)err_errno(e, "open %s", safe(str_of(name)).text);
		if (missing && e)
			e->code = ERR_NO_INPUT;
		return false;
	}
	if (fstat(fd, &st) < 0)
		return err_errno(e, "look at %s", safe(str_of(name)).text);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_CONFIG, "%s is not a plain file",
			safe(str_of(name)).text);
	const size_t before = buf_view(out).len;
	if (read_to_end(fd, name, max, out, e))
		return true;
	if (out->ptr)
		out->ptr[before] = '\0';
	out->len = before;
	return false;
}

bool file_check_private(int fd, const char *shown, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_errno(e, "look at %s", shown);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_CONFIG, "%s is not a plain file", shown);
	if (st.st_uid != geteuid())
		return err_set(e, ERR_CONFIG,
			"%s belongs to another user; run: chown \"$(id -un)\" '%s'",
			shown, shown);
	if (st.st_mode & 077)
		return err_set(e, ERR_CONFIG,
			"others may read or write %s; run: chmod 600 '%s'", shown,
			shown);
	return true;
}

bool file_write_all(int fd, struct str bytes, struct err *e)
{
	while (bytes.len) {
		const ssize_t put = write(fd, bytes.ptr, bytes.len);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return err_errno(e, "write");
		bytes = str_from(bytes, (size_t)put);
	}
	return true;
}

bool file_sync(int fd, const char *shown, struct err *e)
{
	if (fsync(fd) < 0)
		return err_errno(e, "save %s to disk", safe(str_of(shown)).text);
	return true;
}

static bool write_temporary(int dirfd, const char *temporary, struct str bytes,
	mode_t mode, struct err *e)
{
	AUTO_CLOSE int fd = openat(dirfd, temporary,
		O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, mode);

	if (fd < 0) {
		(void)err_errno(e, "make a file");
		if (e && e->code == ERR_CONFIG)
			e->code = ERR_CREATE;
		return false;
	}
	return file_write_all(fd, bytes, e) && file_sync(fd, temporary, e);
}

bool file_replace(int dirfd, const char *name, struct str bytes, mode_t mode,
	struct err *e)
{
	unsigned char salt[8];
	char temporary[256];

	random_bytes(salt, sizeof(salt));
	const int len = snprintf(temporary, sizeof(temporary),
		".%.200s.%02x%02x%02x%02x", name, salt[0], salt[1], salt[2], salt[3]);
	(void)len;
	if (!write_temporary(dirfd, temporary, bytes, mode, e) ||
		(renameat(dirfd, temporary, dirfd, name) < 0 &&
			!err_errno(e, "rename"))) {
		(void)unlinkat(dirfd, temporary, 0);
		return err_wrap(e, "save %s", safe(str_of(name)).text);
	}
	return file_sync(dirfd, name, e);
}

static bool try_lock(int fd)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	return fcntl(fd, F_OFD_SETLK, &lock) == 0;
}

static bool lock_is_held(int fd, const char *name, struct err *e)
{
	char holder[32] = "";
	const ssize_t got = pread(fd, holder, sizeof(holder) - 1, 0);

	holder[got > 0 ? got : 0] = '\0';
	return err_set(e, ERR_BUSY, "another run is at work (%s, %s)", name,
		holder[0] ? safe(str_trim(str_of(holder))).text : "unknown process");
}

bool file_lock(int dirfd, const char *name, int wait_ms, int *fd, struct err *e)
{
	AUTO_CLOSE int opened =
		openat(dirfd, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (opened < 0)
		return err_errno(e, "open the lock %s", name);
	for (int waited = 0; !try_lock(opened); waited += 20) {
		if (errno != EAGAIN && errno != EACCES)
			return err_errno(e, "lock %s", name);
		if (waited >= wait_ms)
			return lock_is_held(opened, name, e);
		(void)nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
	}
	char holder[32];
	const int len = snprintf(holder, sizeof(holder), "pid %ld\n", (long)getpid());
	(void)!ftruncate(opened, 0);
	(void)!pwrite(opened, holder, (size_t)len, 0);
	*fd = opened;
	opened = -1;
	return true;
}

char *path_expand(const char *path, const char *home)
{
	if (path[0] == '~' && (path[1] == '/' || !path[1]))
		return xasprintf("%s%s", home, path + 1);
	if (path[0] == '/')
		return xstrdup(path);
	AUTO_FREE char *cwd = getcwd(NULL, 0);
	return xasprintf("%s/%s", cwd ? cwd : "", path);
}
