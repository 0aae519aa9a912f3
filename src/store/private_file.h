/*
 * Reading files that hold or guard secrets: opened without following a link or waiting
 * for a writer, refused when anybody else may read them, and read from the very
 * descriptor that was checked.
 */
#ifndef STORE_PRIVATE_FILE_H
#define STORE_PRIVATE_FILE_H

#include <stddef.h>

#include "base/err.h"

/* ERR_NO_INPUT when there is none; ERR_CONFIG for a link, for anything but a plain file
 * and for wrong rights (file_check_private). The descriptor is the caller's. */
bool private_open(int dirfd, const char *name, const char *shown, int *fd,
	struct err *e) MUST_USE;

/* Reads to the end of the file; ERR_CONFIG when it holds more than `room` bytes. Goes
 * into the caller's memory alone, which may be opened secret memory of `room` bytes. */
bool private_read(int fd, const char *shown, char *into, size_t room, size_t *got,
	struct err *e) MUST_USE;

#endif
