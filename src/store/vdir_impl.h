/*
 * What the files of store/vdir share; nobody else includes it.
 *
 * Descriptors in these structs are owned. Functions that return int follow system
 * calls: 0, or -1 with errno.
 */
#ifndef STORE_VDIR_IMPL_H
#define STORE_VDIR_IMPL_H

#include <dirent.h>
#include <limits.h>
#include <sys/stat.h>

#include "store/vdir.h"

#define VDIR_OWN ".calwiz"          /* in FOLDER a folder, in FOLDER/CAL the marker */
#define VDIR_TRASH "trash"          /* in FOLDER/.calwiz */
#define VDIR_LOST "conflicts"       /* in FOLDER/.calwiz */
#define VDIR_STAGING ".calwiz-busy" /* there while temporaries may be */
#define VDIR_TEMPORARY_SIZE 32

struct vdir_root {
	int fd;
	char *path;
	dev_t device;
	char identity[48];
};

struct vdir_staged {
	char *name;                          /* owned */
	char temporary[VDIR_TEMPORARY_SIZE]; /* "" = a removal, or no longer there */
	bool removal;
	bool has_expect;
	bool done;
	struct vdir_stat expect;
	struct vdir_stat written;
};

struct vdir {
	struct vdir_root *root; /* borrowed */
	int fd;
	char *folder;
	bool marked;      /* had its marker when it was opened */
	bool staging;     /* VDIR_STAGING was made */
	bool no_exchange; /* the file system refused RENAME_EXCHANGE */
	struct vdir_staged *staged;
	size_t count;
	size_t cap;
};

/* One path segment that does not begin with a dot; with `ics` also ending in .ics. */
bool vdir_segment_ok(const char *name, bool ics);
bool vdir_is_temporary(const char *name);
void vdir_temporary_name(char out[VDIR_TEMPORARY_SIZE]);

/* Keeps ERR_CONFIG for settings: a failed access inside the folder is ERR_LOCAL. */
bool vdir_local(struct err *e);

struct vdir_stat vdir_stat_of(const struct stat *st);

/* Of a plain file, without following links; errno ENOTSUP when it is something else. */
int vdir_stat_at(int dirfd, const char *name, struct vdir_stat *out);

/* Equal but for the ctime, which every rename and link moves. */
bool vdir_stat_same_file(const struct vdir_stat *a, const struct vdir_stat *b);

/* Whether a change after this stat could leave an equal stat, seen from `now_ns`. */
bool vdir_stat_racy(const struct vdir_stat *st, int64_t now_ns);

/* Calls visit for every name but . and .. until it returns false. */
typedef bool vdir_visit(void *ctx, const struct dirent *entry, struct err *e);
bool vdir_walk(int dirfd, vdir_visit *visit, void *ctx, struct err *e) MUST_USE;

/* Writes a new file 0600; `sync` to the disk too. Nothing is left behind on failure. */
bool vdir_write_new(int dirfd, const char *name, struct str body, bool sync,
	struct vdir_stat *written, struct err *e) MUST_USE;

/* Replaces a small file of ours (marker, displayname) atomically and durably. */
bool vdir_write_own(int dirfd, const char *name, struct str body,
	struct err *e) MUST_USE;

/* Removes the temporaries of an interrupted run. */
bool vdir_sweep(struct vdir *v, struct err *e) MUST_USE;

void vdir_discard(struct vdir *v);

/* Moves a file to a name that is not in use (EEXIST otherwise). */
int vdir_move_new(int from_fd, const char *from, int to_fd, const char *to);

/* FOLDER/.calwiz/trash/RUN/CAL, made as needed. */
bool vdir_trash_open(struct vdir *v, const char *run, int *fd, struct err *e) MUST_USE;

/* FOLDER/.calwiz/conflicts/CAL, made as needed. */
bool vdir_lost_open(struct vdir *v, int *fd, struct err *e) MUST_USE;

/* NAME, and for n > 0 NAME.n. */
void vdir_variant(const char *name, unsigned n, char out[NAME_MAX + 1]);

/* Puts from_fd/from into the trash under `name` or, when that is taken, NAME.1, NAME.2
 * and so on; writes the name used to kept. Move takes the file away, copy leaves it. */
int vdir_trash_move(int from_fd, const char *from, int trash, const char *name,
	char kept[NAME_MAX + 1]);
int vdir_trash_copy(int from_fd, const char *from, int trash, const char *name,
	char kept[NAME_MAX + 1]);

#endif
