/*
 * The items of one calendar: what the two sides agreed on, and what was left alone.
 *
 * Identity is the UID. The server's name of an item is the last segment of its
 * href_key() (store it under `segment`); the bytes the server wrote are kept in `href`.
 * A digest is that of a body with CRLF line ends (sync/body.h).
 */
#ifndef STORE_STATE_ITEM_H
#define STORE_STATE_ITEM_H

#include "base/digest.h"
#include "store/state.h"
#include "store/vdir.h"

struct state_item {
	int64_t id; /* 0 = new */
	const char *uid;
	const char *segment;
	const char *href;
	const char *etag;          /* "" = the server gave none */
	const char *name;          /* of the file */
	struct digest base_remote; /* the body the server last was seen to hold */
	struct digest base_local;  /* the file as last agreed */
	bool has_base;             /* base_local is set: both sides agreed once */
	bool behind; /* base_remote is newer than the file: it waits for an edit here */
	struct vdir_stat stat; /* of the file as last agreed */
	char *owned;           /* what the texts point into; NULL = borrowed */
};
void state_item_clear(struct state_item *i);

/* *found tells; the texts are owned by *out then (clear it). */
bool state_item_by_segment(struct state *s, int64_t calendar, const char *segment,
	struct state_item *out, bool *found, struct err *e) MUST_USE;
bool state_item_by_uid(struct state *s, int64_t calendar, const char *uid,
	struct state_item *out, bool *found, struct err *e) MUST_USE;

/* Inserts (id 0) or updates. */
bool state_item_put(struct state *s, int64_t calendar, const struct state_item *i,
	struct err *e) MUST_USE;

/* The same, and keeps the bytes of the version both sides agreed on, which a merge
 * begins from. An empty body keeps what is kept. */
bool state_item_put_body(struct state *s, int64_t calendar, const struct state_item *i,
	struct str body, struct err *e) MUST_USE;

/* Appends what is kept; *found tells. */
bool state_body_get(struct state *s, int64_t item, struct buf *out, bool *found,
	struct err *e) MUST_USE;
bool state_body_put(struct state *s, int64_t item, struct str body,
	struct err *e) MUST_USE;

/* With its body. */
bool state_item_forget(struct state *s, int64_t id, struct err *e) MUST_USE;

/* Only a file's new stat or name; the rest is as it was. */
bool state_item_moved(struct state *s, int64_t id, const char *name,
	const struct vdir_stat *stat, struct err *e) MUST_USE;

/* Every item, in no order. Lent for the callback, which must not write items; false
 * from it stops. */
bool state_each_item(struct state *s, int64_t calendar,
	bool (*row)(void *ctx, const struct state_item *i, struct err *e), void *ctx,
	struct err *e) MUST_USE;

/* Is the file name in use by an item, or by a file of the scan, without regard to case?
 */
bool state_name_taken(struct state *s, int64_t calendar, const char *name, bool *taken,
	struct err *e) MUST_USE;

/* Does the server have a member of this name, as far as is known? */
bool state_segment_taken(struct state *s, int64_t calendar, const char *segment,
	bool *taken, struct err *e) MUST_USE;

bool state_quarantine_put(struct state *s, int64_t calendar,
	const struct state_quarantined *q, struct err *e) MUST_USE;
bool state_quarantine_drop(struct state *s, int64_t calendar, enum state_side side,
	const char *what, struct err *e) MUST_USE;

/* How often this version could not be fetched so far; 0 = never tried. */
bool state_quarantine_tries(struct state *s, int64_t calendar, const char *what,
	const char *etag, int64_t *tries, struct err *e) MUST_USE;

/* Why this very version of a file here was left alone: the caller's, NULL = it was not.
 * `version` is what state_quarantined.etag was. */
bool state_quarantine_reason(struct state *s, int64_t calendar, const char *what,
	const char *version, char **reason, struct err *e) MUST_USE;

/* Does a file with this UID wait in another calendar? */
bool state_quarantine_elsewhere(struct state *s, int64_t calendar, const char *uid,
	bool *found, struct err *e) MUST_USE;

/* Counted, without STATE_OTHER and without those that are still being tried. */
bool state_quarantine_count(struct state *s, int64_t calendar, int64_t *count,
	struct err *e) MUST_USE;

/* Counted, all of them. */
bool state_quarantine_any(struct state *s, int64_t calendar, int64_t *count,
	struct err *e) MUST_USE;

/* How often an item is tried before it is told as quarantined. */
#define STATE_TRIES 3

/* One direction's. */
bool state_held_clear(struct state *s, int64_t calendar, bool there,
	struct err *e) MUST_USE;
bool state_held_add(struct state *s, int64_t calendar, const struct state_held *h,
	struct err *e) MUST_USE;

#endif
