#include <config.h>

#include "store/private_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/file.h"

static bool cannot_open(const char *shown, struct err *e)
{
	switch (errno) {
	case ENOENT:
		return err_set(e, ERR_NO_INPUT, "there is no %s", shown);
	case ELOOP:
		return err_set(e, ERR_CONFIG,
			"%s is a symbolic link; put the file itself in its place",
			shown);
	case ENXIO:
		return err_set(e, ERR_CONFIG, "%s is not a plain file", shown);
	default:
		return err_errno(e, "open %s", shown);
	}
}

bool private_open(int dirfd, const char *name, const char *shown, int *fd,
	struct err *e)
{
	AUTO_CLOSE int opened = openat(dirfd, name,
		O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);

	if (opened < 0)
		return cannot_open(shown, e);
	if (!file_check_private(opened, shown, e))
		return false;
	*fd = opened;
	opened = -1;
	return true;
}

bool private_read(int fd, const char *shown, char *into, size_t room, size_t *got,
	struct err *e)
{
	struct stat st;
	size_t total = 0;

	if (fstat(fd, &st) < 0)
		return err_errno(e, "look at %s", shown);
	if (st.st_size < 0 || (uintmax_t)st.st_size > room)
		return err_set(e, ERR_CONFIG,
			"%s is too large: at most %zu bytes are expected", shown, room);
	while (total < room) {
		const ssize_t n = read(fd, into + total, room - total);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(e, "read %s", shown);
		if (n == 0)
			break;
		total += (size_t)n;
	}
	*got = total;
	return true;
}
