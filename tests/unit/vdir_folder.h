/*
 * A private calendar folder for the tests of store/vdir, and the handling of files in
 * it as another program would do it. Failures are assertions of cmocka.
 */
#ifndef TESTS_UNIT_VDIR_FOLDER_H
#define TESTS_UNIT_VDIR_FOLDER_H

#include <stdint.h>
#include <sys/types.h>

#include "store/vdir.h"

#define RUN "20260304T091500Z"
#define HOST_ID "00112233445566778899aabbccddeeff"

struct vdir_folder {
	char base[64];   /* of mkdtemp */
	char folder[80]; /* FOLDER, below base */
	char cal[96];    /* FOLDER/home */
	int base_fd;
	int cal_fd;
	struct vdir_root *root;
	struct vdir *vdir;
};

/* cmocka fixtures: FOLDER and FOLDER/home are made and open. */
int vdir_folder_setup(void **state);
int vdir_folder_teardown(void **state);

/* Only base, empty. The same teardown. */
int vdir_folder_setup_bare(void **state);

/* Opens root and calendar again, as the next run does. */
void vdir_folder_reopen(struct vdir_folder *f);

/* Files relative to a folder descriptor. */
void put_file(int dirfd, const char *name, const char *text);  /* in place */
void swap_file(int dirfd, const char *name, const char *text); /* by rename */
bool file_is(int dirfd, const char *name, const char *text);
bool file_is_there(int dirfd, const char *name);
void set_times(int dirfd, const char *name, int64_t seconds);
mode_t file_mode(int dirfd, const char *name);
struct vdir_stat file_stat(int dirfd, const char *name);
size_t count_temporaries(int dirfd); /* with the flag file */

/* What vdir_commit() called back for. */
struct seen {
	size_t count;
	size_t done;
	char names[256][40];
	struct vdir_result last; /* its name is not valid any more */
};
void see_result(void *ctx, const struct vdir_result *r);

void stage_file(struct vdir *v, const char *name, const char *text,
	const struct vdir_stat *expect);
struct seen commit_staged(struct vdir *v);

/* In the trash of RUN for FOLDER/home. */
bool trash_is(const struct vdir_folder *f, const char *name, const char *text);
bool trash_has(const struct vdir_folder *f, const char *name);

/* Runs body in a child, as nobody when we are root; true when it returned 0, and a line
 * on stderr with its value (a line number, say) otherwise. */
bool child_succeeds(int (*body)(void));

#endif
