/*
 * One calendar's folder of .ics files (the vdir format): scan, read, stage, exchange,
 * trash.
 *
 *   FOLDER/.calwiz                  the marker of the account, a folder:
 *   FOLDER/.calwiz/marker           account name and a random id of this computer
 *   FOLDER/.calwiz/trash/RUN/CAL/   what was overwritten or removed
 *   FOLDER/.calwiz/conflicts/CAL/   what lost in a clash and waits for a person
 *   FOLDER/CAL/.calwiz              marker of the calendar (a file: its key)
 *   FOLDER/CAL/NAME.ics             one object each
 *   FOLDER/CAL/displayname, color   as the vdir format asks
 *
 * All access is relative to descriptors opened once, never through a symbolic link
 * below FOLDER (FOLDER itself is the person's own path and may be one). Temporary names
 * (.calwiz-HEX.tmp) begin with a dot and never end in .ics, so readers of the folder
 * (khal, todoman) see no half file. Every change makes the folder's own mtime move, by
 * which khal notices. Files are 0600, folders 0700.
 *
 * One process at a time: the caller holds the account's lock.
 */
#ifndef STORE_VDIR_H
#define STORE_VDIR_H

#include <stdint.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"

#define VDIR_NAME_MAX 255

/* The account's folder. */
struct vdir_root;

/*
 * Opens FOLDER; with `create` makes it (0700) and its marker. ERR_CREATE when it cannot
 * be made, ERR_HELD when it existed with a marker before (expect_marker) and has none
 * now or is missing: an unmounted disk must not look like deleted events; so
 * expect_marker makes nothing anew, whatever `create` says. ERR_CONFIG when the marker
 * names another account or another computer. ERR_NO_INPUT when it is missing and
 * neither flag is set; a folder without a marker is then opened as it is.
 */
struct vdir_root_options {
	const char *path;    /* absolute */
	const char *account; /* short name, for the marker */
	const char *host_id; /* 32 hex, this installation's */
	bool create;
	bool expect_marker;
};
bool vdir_root_open(struct vdir_root **r, const struct vdir_root_options *o,
	struct err *e) MUST_USE;
void vdir_root_free(struct vdir_root *r);
AUTO_DEFINE(vdir_root)

/* Same identity as when it was last seen? "dev:inode" of the folder, lent. The first
 * number may be another after a reboot (btrfs, device mapper, removable disks). */
const char *vdir_root_identity(const struct vdir_root *r);

struct vdir;

/* Opens the sub-folder of one calendar, as above: `key` goes into its marker. Leftover
 * temporaries of an interrupted run are removed. ERR_CONFIG also for a name that is no
 * plain folder name, and for a folder on another file system than FOLDER, which could
 * not share its trash. The root must outlive the result. */
struct vdir_options {
	const char *folder;
	const char *key;
	bool create;
	bool expect_marker;
};
bool vdir_open(struct vdir **v, struct vdir_root *root, const struct vdir_options *o,
	struct err *e) MUST_USE;
void vdir_free(struct vdir *v); /* discards what was staged and not committed */
AUTO_DEFINE(vdir)

/* What tells a changed file without reading it. */
struct vdir_stat {
	int64_t size;
	int64_t mtime_ns;
	int64_t ctime_ns;
	uint64_t inode;
};
bool vdir_stat_equal(const struct vdir_stat *a, const struct vdir_stat *b);

struct vdir_entry {
	char *name; /* owned by the listing */
	struct vdir_stat stat;
	/* mtime or ctime less than 2 s before the scan, or later than it, by this
	 * computer's clock: an equal stat then proves nothing. */
	bool racy;
};

struct vdir_listing {
	struct vdir_entry *entries; /* sorted by name, bytewise */
	size_t count;
	size_t cap;
	size_t odd; /* .ics names that are no plain file of ours: links, pipes, folders
	             */
};

/* Every plain file whose name ends in .ics and does not begin with a dot, by stat
 * alone. ERR_HELD when the folder or its marker was removed since vdir_open(), ERR_BUSY
 * when its names keep changing, ERR_LOCAL when anything in it cannot be looked at: a
 * listing is complete or there is none. *out is overwritten. */
bool vdir_scan(struct vdir *v, struct vdir_listing *out, struct err *e) MUST_USE;
void vdir_listing_clear(struct vdir_listing *l);
const struct vdir_entry *vdir_listing_find(const struct vdir_listing *l,
	const char *name);

/* Reads one file, at most max bytes, onto the end of out; *st is taken before and after
 * and must agree (ERR_BUSY: being written right now). ERR_NO_INPUT: gone.
 * ERR_ATTENTION: this one file cannot be taken: too large, no plain file, no
 * permission. ERR_LOCAL: the disk failed. */
bool vdir_read(struct vdir *v, const char *name, size_t max, struct buf *out,
	struct vdir_stat *st, struct err *e) MUST_USE;

/*
 * Changes are staged (temporaries written, not yet visible) and committed together: one
 * syncfs, then the renames, then one fsync of the folder. A crash in between leaves
 * temporaries that nobody sees, or whole files. Names are such as vdir_scan() lists
 * (ERR_INTERNAL otherwise); names and bodies are copied.
 */
struct vdir_change {
	const char *name;
	struct str body;
	/* What the file must still be: NULL = it must not exist. */
	const struct vdir_stat *expect;
};

/* Writes the temporary. ERR_LOCAL when the disk is full, ERR_CREATE without permission;
 * then this change is not staged, and what was staged before still is. */
bool vdir_stage(struct vdir *v, const struct vdir_change *c, struct err *e) MUST_USE;

/* Stages a removal: the file goes to the trash if it still is what `expect` says. */
bool vdir_stage_removal(struct vdir *v, const char *name,
	const struct vdir_stat *expect, struct err *e) MUST_USE;

/* What became of one staged change. */
struct vdir_result {
	const char *name;
	bool done; /* false: somebody changed or made the file meanwhile; it was
	              left alone and the staged body dropped */
	bool removal;
	struct vdir_stat stat; /* of the new file, when done and no removal */
};

/*
 * Makes everything staged visible, in the order of staging, calling back for each. A
 * replaced file is swapped with RENAME_EXCHANGE (or link and rename where the file
 * system has none), and what came out is compared with `expect`: if somebody edited it
 * in that instant it is put back and done is false. Replaced and removed files end in
 * the trash of this run, under their name or, when that is taken, NAME.1, NAME.2 and so
 * on.
 *
 * The calls come at the end, when all of it is on the disk. When false is returned,
 * what was called back for is done; the rest is dropped and, unless the last fsync was
 * what failed, as it was before. A failed syncfs leaves everything as it was. Nothing
 * is staged afterwards in any case. `run` is a plain folder name.
 */
bool vdir_commit(struct vdir *v, const char *run,
	void (*result)(void *ctx, const struct vdir_result *r), void *ctx,
	struct err *e) MUST_USE;

size_t vdir_staged(const struct vdir *v);

/*
 * Keeps a version that no file holds any more: in the trash of a run, or
 * (vdir_keep_lost) in FOLDER/.calwiz/conflicts/CAL/. On the disk when it returns. A
 * copy of the same bytes under that name is not made twice; *kept is "CAL/NAME", the
 * caller's.
 */
bool vdir_keep(struct vdir *v, const char *run, const char *name, struct str body,
	struct err *e) MUST_USE;
bool vdir_keep_lost(struct vdir *v, const char *name, struct str body, char **kept,
	struct err *e) MUST_USE;

/* Writes displayname and color (NULL or "" removes it) when they differ from what is
 * there by more than blanks at the ends. Controls become blanks, broken UTF-8 U+FFFD.
 */
bool vdir_describe(struct vdir *v, const char *displayname, const char *color,
	struct err *e) MUST_USE;

/* Removes trash of runs older than `days`, by the mtime of their folder; errors are
 * ignored, it is housekeeping. */
void vdir_trash_expire(struct vdir_root *root, int64_t now_seconds, int days);

/*
 * A safe, free file name for a UID: the UID itself plus ".ics" when it is
 * [A-Za-z0-9_][A-Za-z0-9_.@-]*, at most 120 bytes, does not end in a dot and is no
 * device of another system (CON, LPT1); else "cw-" and 32 hex of its hash, with the
 * href in it when the UID is empty or that name is in use too. `taken` says whether a
 * name is in use (without regard to case). The caller's.
 */
char *vdir_name_for(struct str uid, struct str href,
	bool (*taken)(void *ctx, const char *name), void *ctx) MUST_USE;

/* A safe folder name from a display name or, failing that, from the key: lower-case
 * ASCII letters, digits and hyphens, at most 40 (and "calendar-" before a device name
 * of another system). Marks over Latin letters are dropped; what is left of neither is
 * "calendar". Uniqueness is the caller's. The caller's. */
char *vdir_folder_for(struct str displayname, struct str key) MUST_USE;

#endif
