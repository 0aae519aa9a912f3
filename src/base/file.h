/*
 * Files by folder descriptor: read with a limit, replace atomically, lock.
 *
 * Names are single path segments below a dirfd the caller owns. Symbolic links are
 * never followed in the last segment, special files never opened for waiting. Every
 * write is fsynced before it is named, and the folder after.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

/* Opens a folder for use as a dirfd. With `create`, makes it and missing parents 0700
 * first. The descriptor is the caller's. */
bool dir_open(const char *path, bool create, int *fd, struct err *e) MUST_USE;

/* Like dir_open, and refuses (ERR_CONFIG, with the chmod line that mends it) a folder
 * that is not ours or that others may write to. */
bool dir_open_private(const char *path, bool create, int *fd, struct err *e) MUST_USE;

/* Opens or makes (0700) the sub-folder `name` of dirfd. */
bool dir_open_at(int dirfd, const char *name, bool create, int *fd,
	struct err *e) MUST_USE;

/* Reads a regular file of at most `max` bytes into out (appended; out's own ceiling
 * must allow it). ERR_NO_INPUT when there is none. */
bool file_read(int dirfd, const char *name, size_t max, struct buf *out,
	struct err *e) MUST_USE;

/* What file_check_private() looks at, for files that hold or guard secrets: regular,
 * ours, mode 0600 or stricter. `shown` is the path for the message. */
bool file_check_private(int fd, const char *shown, struct err *e) MUST_USE;

/* Writes all bytes at the descriptor's position, restarting on EINTR and short writes.
 */
bool file_write_all(int fd, struct str bytes, struct err *e) MUST_USE;

/*
 * Replaces or creates `name` with these bytes and mode: temporary file beside it,
 * fsync, rename, fsync of the folder. Old or new is there at every instant. On failure
 * the old file is untouched and the temporary is gone. `name` is at most 200 bytes.
 */
bool file_replace(int dirfd, const char *name, struct str bytes, mode_t mode,
	struct err *e) MUST_USE;

/* Syncs a folder or a file; ERR_LOCAL when the disk says no. */
bool file_sync(int fd, const char *shown, struct err *e) MUST_USE;

/*
 * Takes an exclusive open-file-description lock on `name` (made 0600 when missing) and
 * writes "pid PID" into it for messages. ERR_BUSY, naming the holder, when it stays
 * held for wait_ms. The kernel drops the lock with the last descriptor, so a dead
 * process never blocks a living one. The descriptor is the caller's; closing it
 * unlocks.
 */
bool file_lock(int dirfd, const char *name, int wait_ms, int *fd,
	struct err *e) MUST_USE;

/* Expands a leading "~/" with home and makes the path absolute against cwd. The
 * caller's. */
char *path_expand(const char *path, const char *home) MUST_USE;

#endif
