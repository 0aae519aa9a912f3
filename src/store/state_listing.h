/*
 * The two lists of a running pass, as temporary tables: what the scan of the folder
 * found to differ (here), and what the server listed (there). On disk once they grow,
 * so memory does not; gone with the connection; never part of the state.
 */
#ifndef STORE_STATE_LISTING_H
#define STORE_STATE_LISTING_H

#include "store/state_item.h"

/* How a file differs from what was agreed. Those that do not are not in the list. */
enum here_kind {
	HERE_EDITED,
	HERE_GONE,
	HERE_NEW,     /* no item has its UID */
	HERE_ODD,     /* left alone: no calendar object, or a second file with a UID */
	HERE_REFUSED, /* new or edited, and the server does not take it */
};

struct here {
	enum here_kind kind;
	const char *uid; /* "" = not known */
	const char *name;
	const char *reason;   /* of HERE_ODD and HERE_REFUSED; else "" */
	struct digest digest; /* of the file as it is; not of HERE_GONE */
	struct vdir_stat stat;
};

bool here_begin(struct state *s, struct err *e) MUST_USE; /* empties */
bool here_add(struct state *s, const struct here *h, struct err *e) MUST_USE;

/* The one of this UID that is not HERE_ODD. The name is the caller's (set in *name). */
bool here_find(struct state *s, const char *uid, struct here *out, char **name,
	bool *found, struct err *e) MUST_USE;

/* It agrees now: takes it from the list. */
bool here_drop(struct state *s, const char *uid, struct err *e) MUST_USE;
bool here_count(struct state *s, enum here_kind kind, int64_t *count,
	struct err *e) MUST_USE;

/* One of this kind after another, in order of names. Lent for the callback. */
bool here_each(struct state *s, enum here_kind kind,
	bool (*row)(void *ctx, const struct here *h, struct err *e), void *ctx,
	struct err *e) MUST_USE;

/* The server does not take it: HERE_REFUSED from now on. */
bool here_refuse(struct state *s, const char *uid, const char *reason,
	struct err *e) MUST_USE;

/* Is there a file of this name and of another kind than HERE_GONE? */
bool here_has_file(struct state *s, const char *name, bool *found,
	struct err *e) MUST_USE;

/* Makes the quarantine of local files what HERE_ODD and HERE_REFUSED say; writes only
 * differences. */
bool here_settle_odd(struct state *s, int64_t calendar, int64_t now,
	struct err *e) MUST_USE;

enum there_kind {
	THERE_PRESENT,
	THERE_REMOVED, /* the server says so */
	THERE_FAILED,  /* listed, but the server could not say anything of it */
};

struct there {
	enum there_kind kind;
	const char *segment;
	const char *href;
	const char *etag; /* "" = none given */
};

bool there_begin(struct state *s, struct err *e) MUST_USE;

/* The same member twice counts once; present beats removed. ERR_PROTOCOL when it comes
 * with two different entity tags: such a list cannot be trusted. */
bool there_add(struct state *s, const struct there *t, struct err *e) MUST_USE;

/* Adds what the server was seen to hold newer than the file, when no edit is in its way
 * any more: must be fetched though the listing may not name it. */
bool there_add_behind(struct state *s, int64_t calendar, struct err *e) MUST_USE;

/* Adds what cannot be sent without a look at the server before: edits and removals here
 * of items whose entity tag is weak or missing, whose agreed version is not kept, or
 * that a run was about to send when it ended. With `all_behind` also what is behind. */
bool there_add_unsure(struct state *s, int64_t calendar, bool all_behind,
	struct err *e) MUST_USE;

/* To be fetched whatever is known of it. */
bool there_force(struct state *s, const char *segment, const char *href,
	struct err *e) MUST_USE;

/* Adds what was left alone as unfit: to be looked at once more. */
bool there_add_unfit(struct state *s, int64_t calendar, struct err *e) MUST_USE;

/* How the listing compares with what is known. */
struct there_counts {
	int64_t present;
	int64_t failed;
	int64_t known;   /* items */
	int64_t common;  /* present and known */
	int64_t same;    /* of those, with the same entity tag */
	int64_t removed; /* known, and the server says removed */
};
bool there_count(struct state *s, int64_t calendar, struct there_counts *out,
	struct err *e) MUST_USE;

/*
 * A slice of what must be fetched, in order of segments, after `after` ("" = from the
 * start): new, or with another entity tag than known, and not known to be unfit.
 */
bool there_wanted(struct state *s, int64_t calendar, const char *after, size_t limit,
	void (*row)(void *ctx, const struct there *t), void *ctx,
	struct err *e) MUST_USE;
bool there_count_wanted(struct state *s, int64_t calendar, int64_t *count,
	struct err *e) MUST_USE;

/* All that was wanted has been fetched: from now on only what is forced is wanted. */
bool there_settled(struct state *s, struct err *e) MUST_USE;

/* Is this member in the listing, and how? */
bool there_find(struct state *s, const char *segment, enum there_kind *kind,
	bool *found, struct err *e) MUST_USE;

/* A slice of the items the listing no longer has: with `complete` all that are not
 * present in it, else only those told as removed. In order of segments. */
bool there_missing(struct state *s, int64_t calendar, bool complete, const char *after,
	size_t limit, void (*row)(void *ctx, const struct state_item *i), void *ctx,
	struct err *e) MUST_USE;
bool there_count_missing(struct state *s, int64_t calendar, bool complete,
	int64_t *count, struct err *e) MUST_USE;

/* Drops the quarantine of what the server has no more. */
bool there_settle_quarantine(struct state *s, int64_t calendar, bool complete,
	struct err *e) MUST_USE;

#endif
