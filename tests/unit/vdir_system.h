/*
 * The system as the program meets it: without some calls, failing, or ending the
 * process before the n-th change of a name; and a person who edits in between. Linking
 * this file puts its renameat2(), renameat(), linkat(), unlinkat(), syncfs() and
 * fsync() before those of the C library.
 */
#ifndef TESTS_UNIT_VDIR_SYSTEM_H
#define TESTS_UNIT_VDIR_SYSTEM_H

#include <stdbool.h>

struct vdir_system {
	bool no_flags; /* renameat2 knows no flags: NFS, FUSE */
	bool no_links; /* nor are there hard links: exFAT */
	bool syncfs_fails;
	bool fsync_fails;
	int calls_left; /* 0 = for ever */
	void (*on_exchange[4])(void);
	void (*on_move)(void); /* of a file into the trash or beside it */
	void (*on_new)(void);  /* before a temporary gets its name */
	int cal_fd;
};
extern struct vdir_system sys;

/* cmocka fixtures: those of vdir_folder.h, with a sound system. */
int vdir_system_setup(void **state);
int vdir_system_teardown(void **state);

#define IN_SYSTEM(test)                                                                \
	cmocka_unit_test_setup_teardown(test, vdir_system_setup, vdir_system_teardown)

#endif
