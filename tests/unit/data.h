/*
 * Reads a file of tests/data. The folder above it is named by the environment variable
 * srcdir, which automake sets; without it, the current one.
 */
#ifndef TESTS_UNIT_DATA_H
#define TESTS_UNIT_DATA_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"

/* Appends the file; the test fails when it cannot be read. */
UNUSED static inline struct buf data_read(const char *name)
{
	const char *folder = getenv("srcdir");
	AUTO_FREE char *path =
		xasprintf("%s/tests/data/%s", folder && *folder ? folder : ".", name);
	struct buf out = buf_with_max(0);
	char chunk[4096];
	FILE *file = fopen(path, "rbe");

	if (!file)
		fail_msg("cannot read %s", path);
	for (size_t n = fread(chunk, 1, sizeof(chunk), file); n;
		n = fread(chunk, 1, sizeof(chunk), file))
		buf_add(&out, (struct str){chunk, n});
	assert_int_equal(ferror(file), 0);
	(void)fclose(file);
	assert_true(out.len > 0);
	return out;
}

#endif
