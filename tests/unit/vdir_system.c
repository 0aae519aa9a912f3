#include <config.h>

#include "tests/unit/vdir_system.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/unit/vdir_folder.h"

struct vdir_system sys;

static void one_call(void)
{
	if (sys.calls_left && --sys.calls_left == 0)
		_exit(42);
}

static void person_acts(void (**hook)(void))
{
	void (*const act)(void) = *hook;

	*hook = NULL;
	if (act)
		act();
}

static void exchange_begins(void)
{
	person_acts(&sys.on_exchange[0]);
	memmove(sys.on_exchange, sys.on_exchange + 1, 3 * sizeof(sys.on_exchange[0]));
}

int renameat2(int a, const char *from, int b, const char *to, unsigned int flags)
{
	one_call();
	if (flags && sys.no_flags) {
		errno = EINVAL;
		return -1;
	}
	if (flags & RENAME_EXCHANGE)
		exchange_begins();
	else
		person_acts(from[0] == '.' ? &sys.on_new : &sys.on_move);
	return (int)syscall(SYS_renameat2, a, from, b, to, flags);
}

int renameat(int a, const char *from, int b, const char *to)
{
	one_call();
	return (int)syscall(SYS_renameat2, a, from, b, to, 0);
}

int linkat(int a, const char *from, int b, const char *to, int flags)
{
	one_call();
	if (sys.no_links && from[0] == '.') {
		errno = EPERM;
		return -1;
	}
	person_acts(from[0] == '.' ? &sys.on_new : &sys.on_move);
	if (sys.no_links) {
		errno = EPERM;
		return -1;
	}
	return (int)syscall(SYS_linkat, a, from, b, to, flags);
}

int unlinkat(int a, const char *name, int flags)
{
	one_call();
	return (int)syscall(SYS_unlinkat, a, name, flags);
}

int syncfs(int fd)
{
	one_call();
	if (sys.syncfs_fails) {
		errno = EIO;
		return -1;
	}
	return (int)syscall(SYS_syncfs, fd);
}

int fsync(int fd)
{
	one_call();
	if (sys.fsync_fails) {
		errno = EIO;
		return -1;
	}
	return (int)syscall(SYS_fsync, fd);
}

int vdir_system_setup(void **state)
{
	memset(&sys, 0, sizeof(sys));
	(void)vdir_folder_setup(state);
	const struct vdir_folder *f = *state;
	sys.cal_fd = f->cal_fd;
	return 0;
}

int vdir_system_teardown(void **state)
{
	memset(&sys, 0, sizeof(sys));
	return vdir_folder_teardown(state);
}
