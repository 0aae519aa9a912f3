/*
 * What the files of sync/pass share; nobody else includes it.
 */
#ifndef SYNC_PASS_IMPL_H
#define SYNC_PASS_IMPL_H

#include "cal/scan.h"
#include "store/state_listing.h"
#include "sync/ask.h"
#include "sync/guard.h"
#include "sync/pass.h"
#include "sync/pass_send.h"
#include "sync/pending.h"

#define FETCHES_MAX 4   /* exchanges in flight */
#define BATCH_FIRST 100 /* hrefs in a first multiget */
#define BATCH_MAX 2500
#define BATCH_QUICK_MS 3000 /* an answer that may be followed by a larger question */
#define COMMIT_FETCHED 500  /* files written down together */
#define COMMIT_LISTED 5000  /* the same while a listing brings bodies */
#define SINGLES_MAX 500     /* GETs for what a multiget left out, in one pass */
#define SAMPLE 120          /* deletions checked when so many will be held anyway */
#define FULL_EVERY_S (7 * 24 * 3600)
#define GOOD_EVERY_S 3600

/* How the server is asked for its list. */
enum list_mode {
	LIST_NONE,    /* not needed */
	LIST_CHANGES, /* sync-collection from the stored token */
	LIST_ALL,     /* sync-collection from nothing */
	LIST_PLAIN,   /* PROPFIND, for servers without sync-collection */
};

/* One object to fetch. */
struct want {
	char *segment; /* owned */
	char *href;    /* owned */
	char *etag;    /* owned */
	bool done;
	bool other_form; /* the GET is tried with "@" in place of %40 */
};

/* Some of them, asked for together. */
struct wants {
	struct want *items;
	size_t count;
	size_t cap;
};

/* One exchange of the fetching or checking part. */
struct slot {
	struct pass *pass;
	struct ask *ask; /* owned; NULL = free */
	struct wants wants;
	bool single;
	int64_t started_ms;
};

/* Batches that have to be asked for again, smaller. */
struct wants_queue {
	struct wants *items;
	size_t count;
	size_t cap;
};

/* An item the server seems to have no more. */
struct missing {
	struct state_item item; /* texts owned */
	bool confirmed;
	bool survived;
};

struct pass {
	struct pass_options o;
	struct state_calendar cal;
	char *key_path; /* href_key() of the calendar's address */
	bool over;
	bool stops_account;
	enum diagnosis diagnosis;

	/* here */
	struct vdir_listing files;
	int64_t base; /* items known when the pass began */

	/* there */
	enum list_mode mode;
	struct ask *ask; /* owned: the listing */
	bool with_data;
	bool listing;   /* bodies come from a list that is not complete yet */
	bool listed;    /* it came, whole and well formed */
	bool complete;  /* and names every member */
	bool check_all; /* asked for, or due: unfit items are tried again too */
	bool cut_short; /* the server has more to tell */
	bool odd_rows;  /* members without a usable href */
	bool data_came;
	bool data_absent;
	unsigned pages;
	char *token; /* owned: of the listing */
	struct there_counts counts;

	/* fetching */
	struct slot slots[FETCHES_MAX];
	size_t active;
	char *cursor; /* owned: last segment asked for */
	bool exhausted;
	bool checking; /* the slots check what is gone */
	struct wants_queue retry;
	struct wants singles;
	size_t n_singles;
	size_t failures; /* unusable answers in a row */
	bool broke;      /* this side failed, while an answer was read: broke_err */
	struct err broke_err;

	/* checking what is gone */
	struct missing *gone; /* owned */
	size_t n_gone;
	size_t cap_gone;
	size_t to_check;
	size_t checked; /* the ones before this are settled */
	enum guard_reason guard;
	char guard_code[GUARD_CODE_SIZE];

	/* sending */
	struct sends sends;
	bool bodies;       /* the versions both sides agreed on are kept */
	bool open_intents; /* a run ended while it was sending */
	bool looking;      /* the slots read back what was sent */
	bool denied; /* refused for want of rights, and nothing else went through */
	enum guard_reason guard_there;
	char guard_there_code[GUARD_CODE_SIZE];
	size_t held_there;
	bool hold_changed;
	size_t unsent; /* for a passing reason */
	bool removals_left;
	bool elsewhere;

	/* writing down */
	struct pendings pending;
	size_t commit_cursor;
	bool quarantine_used;
	bool rows_written;
	bool unfinished; /* something listed is not dealt with: the token stays */
	struct buf body;
	struct cal_scan scan;
	size_t created;
	size_t removed;
	size_t left_alone;
	size_t told_back;     /* deleted here, changed there: here again */
	size_t told_again;    /* deleted there, changed here: there again */
	size_t told_clash;    /* changed differently on both sides */
	size_t told_restored; /* changed here, where nothing may be sent */
	size_t strange_hrefs;
	size_t undelivered;
	size_t total;
	size_t handled;
};

int64_t pass_now(const struct pass *p);
void pass_progress(struct pass *p, enum progress_state state);

/* pass.c: the parts in their order; each ends by starting the next. */
void pass_fail(struct pass *p, const struct err *e); /* keeps what is decided so far */
void pass_void(struct pass *p,
	const struct err *e); /* drops it: the answer is no good */
void pass_end(struct pass *p);

/* pass_here.c */
bool pass_look_here(struct pass *p, struct err *e) MUST_USE;

/* pass_list.c */
void pass_list(struct pass *p);

/* The last segment of a member's href_key(); *self for the calendar itself. False: not
 * a member, to be passed over. Both texts are the caller's. */
bool pass_member(struct pass *p, const struct uri *from, struct str href,
	char **segment, char **path, bool *self);

/* pass_slot.c: what fetching and checking share. */
void wants_clear(struct wants *w);
void wants_add(struct wants *w, const struct there *t);
void slots_pump(struct pass *p);    /* asks for as much as may be in flight */
void slots_release(struct pass *p); /* ends what is in flight, empties the queues */

/* pass_fetch.c */
void pass_fetch(struct pass *p);
bool fetch_next(struct pass *p, struct wants *out, struct err *e) MUST_USE;
bool fetch_take(struct pass *p, struct want *w, struct str etag, struct str body,
	struct err *e) MUST_USE;
bool fetch_missing(struct pass *p, struct want *w, struct err *e) MUST_USE;
void fetch_over(struct pass *p);

/* pass_gone.c: is what the list no longer names really gone? */
void pass_check_gone(struct pass *p);
bool gone_next(struct pass *p, struct wants *out);
void gone_settle(struct pass *p, struct want *w, bool confirmed);
void gone_over(struct pass *p);

/* pass_apply.c */
struct arrival {
	const char *segment;
	const char *href;
	const char *etag;
	struct str body;
};
bool pass_apply(struct pass *p, const struct arrival *a, struct err *e) MUST_USE;
/* pass_clash.c: both changed. */
struct meeting;
bool pass_clash(struct meeting *m, struct err *e) MUST_USE;

/* pass_send.c: what changed here goes to the server; ends in pass_end(). */
void pass_send(struct pass *p);
void send_looked(struct pass *p);                       /* what was sent is read back */
void send_missing(struct pass *p, const char *segment); /* it was not there */
bool send_settle(struct pass *p, struct err *e) MUST_USE; /* ends what is in flight */

void pass_tell(struct pass *p, const char *verb, struct str body, const char *name);
void pass_tell_change(struct pass *p, const char *verb, struct str before,
	struct str after);
void pass_leave_out(struct pass *p, const struct arrival *a);
void pass_quarantine(struct pass *p, const struct arrival *a, const char *reason,
	int64_t tries);

/* pass_commit.c */
bool pass_commit(struct pass *p, struct err *e) MUST_USE;
bool pass_commit_if_full(struct pass *p, struct err *e) MUST_USE;
bool pass_save(struct pass *p, struct err *e) MUST_USE;
void pass_count_planned(struct pass *p); /* of a dry run */
bool pass_hold(struct pass *p, struct err *e) MUST_USE;
void pass_set_text(char **text, const char *value);

/* Does this error mean the other calendars need not be tried? */
bool pass_ends_account(const struct err *e);

#endif
