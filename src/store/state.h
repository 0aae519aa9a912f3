/*
 * What sync remembers of one account: ACCOUNT.db in the state folder. No secrets in it.
 *
 * This header: opening, small values, calendars, and what --status reads. The items of
 * a calendar are in store/state_item.h, the lists of a running pass in
 * store/state_listing.h.
 */
#ifndef STORE_STATE_H
#define STORE_STATE_H

#include <stdint.h>

#include "base/err.h"

struct state;

/*
 * Opens or makes it. A file that is empty, damaged or not ours is kept under another
 * name (ACCOUNT.db.aside-STAMP) and a fresh one made: then state_was_lost(), and the
 * run must treat both sides as meeting for the first time. ERR_CONFIG: written by a
 * newer calwiz, left as it is. `account` is its short name ([a-z0-9-]).
 */
bool state_open(struct state **s, const char *state_dir, const char *account,
	struct err *e) MUST_USE;
void state_free(struct state *s);
AUTO_DEFINE(state)

bool state_was_lost(const struct state *s);

/* The name the lost file was kept under; NULL when nothing was lost. Lent. */
const char *state_aside(const struct state *s);

/* Several writes as one: begin, then commit or roll back. */
bool state_begin(struct state *s, struct err *e) MUST_USE;
bool state_commit(struct state *s, struct err *e) MUST_USE;
void state_rollback(struct state *s);

/*
 * Small values that outlive a run. Known keys: the vault's generation high-water mark,
 * the stamp of a refused password, not_before. *value is the caller's, NULL when there
 * is none.
 */
bool state_meta_get(struct state *s, const char *key, char **value,
	struct err *e) MUST_USE;
bool state_meta_set(struct state *s, const char *key,
	const char *value /* NULL removes */, struct err *e) MUST_USE;

enum state_answer { STATE_UNKNOWN, STATE_YES, STATE_NO };

/* What is known of one calendar. Texts are owned; NULL = none. */
struct state_calendar {
	int64_t id;     /* 0 = not stored: nothing is known of it */
	char *key;      /* href_key() of its path */
	char *folder;   /* absolute path of its folder */
	char *owner;    /* which account on which server: see state_calendar_open() */
	char *identity; /* of the account's folder, when last seen */
	char *ctag;
	char *token;
	int64_t listed;     /* members in the last good complete listing */
	int64_t last_full;  /* Unix seconds of that listing; 0 = never */
	int64_t last_good;  /* Unix seconds of the last good sync; 0 = never */
	int64_t gone_since; /* Unix seconds since when the server has it no more; 0 = it
	                       has */
	int64_t batch;      /* hrefs in one multiget; 0 = not known yet */
	enum state_answer inline_data; /* bodies come with sync-collection */
	char *held_code;               /* of the deletions held back; NULL = none */
	int64_t held;                  /* how many */
	int64_t held_since;
	char *approved; /* code a person approved; NULL = none */
	int64_t approved_until;
	bool bodies;      /* the versions both sides agreed on are kept */
	char *there_code; /* of the deletions not sent to the server; NULL = none */
	int64_t there_held;
	int64_t there_since;
	char *there_approved;
	int64_t there_until;
	int64_t items;       /* counted, read only */
	int64_t quarantined; /* counted, read only */
	int64_t conflicts;   /* counted, read only */
};
void state_calendar_clear(struct state_calendar *c);

/*
 * Finds the calendar, or makes it unless `look_only`. What is known belongs to the
 * triple (owner, key, folder): when the key is known with another owner or folder,
 * everything known is forgotten (with look_only: not told), so that the run is a first
 * sync.
 */
struct state_identity {
	const char *owner;
	const char *key;
	const char *folder;
};
bool state_calendar_open(struct state *s, const struct state_identity *identity,
	bool look_only, struct state_calendar *out, struct err *e) MUST_USE;

/* Writes everything but the triple and the counts. */
bool state_calendar_save(struct state *s, const struct state_calendar *c,
	struct err *e) MUST_USE;

/* Is any calendar known whose folder is below this path and that holds items? */
bool state_knows_folder(struct state *s, const char *folder, bool *known,
	struct err *e) MUST_USE;

/* For --status, in order of folders. The rows are lent for the callback. */
bool state_each_calendar(struct state *s,
	void (*row)(void *ctx, const struct state_calendar *c), void *ctx,
	struct err *e) MUST_USE;

/* Lets the deletions that `code` names go through until then; *known false when no
 * calendar holds a set of that code. */
bool state_approve(struct state *s, const char *code, int64_t until, bool *known,
	struct err *e) MUST_USE;

enum state_side {
	STATE_SERVER, /* of the server: not brought here */
	STATE_LOCAL,  /* a file here: left alone */
	STATE_OTHER,  /* of the server, no event: left out silently, not counted */
};

/* One item that was left alone. Lent. */
struct state_quarantined {
	enum state_side side;
	const char *what;   /* last segment of the href, or file name; not safe text */
	const char *uid;    /* "" = not known; not safe text */
	const char *reason; /* words for a person */
	const char *etag;   /* of the version that was looked at; "" = none */
	int64_t since;
	int64_t tries; /* how often it could not be fetched; 0 = it was fetched */
};
bool state_each_quarantined(struct state *s, int64_t calendar,
	void (*row)(void *ctx, const struct state_quarantined *q), void *ctx,
	struct err *e) MUST_USE;

/* One held deletion. */
struct state_held {
	const char *uid;
	const char *name; /* of the file */
	bool there;       /* it would be sent; else it would remove the file here */
};
bool state_each_held(struct state *s, int64_t calendar,
	void (*row)(void *ctx, const struct state_held *h), void *ctx,
	struct err *e) MUST_USE;

/* One version that lost in a clash and was kept for a person to look at. Lent. */
struct state_conflict {
	const char *kept; /* the copy, below FOLDER/.calwiz/conflicts */
	const char *uid;
	const char *name; /* of the file that holds what won */
	int64_t since;
};
bool state_conflict_add(struct state *s, int64_t calendar,
	const struct state_conflict *c, struct err *e) MUST_USE;
bool state_conflict_drop(struct state *s, int64_t calendar, const char *kept,
	struct err *e) MUST_USE;
bool state_conflict_count(struct state *s, int64_t calendar, int64_t *count,
	struct err *e) MUST_USE;
bool state_each_conflict(struct state *s, int64_t calendar,
	void (*row)(void *ctx, const struct state_conflict *c), void *ctx,
	struct err *e) MUST_USE;

#endif
