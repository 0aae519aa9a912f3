/*
 * What a pass has to send, and what became of it; part of struct pass, nobody else
 * includes it.
 */
#ifndef SYNC_PASS_SEND_H
#define SYNC_PASS_SEND_H

#include "dav/transport.h"
#include "store/state_intent.h"
#include "store/state_listing.h"

#define SENDS_MAX 8   /* exchanges in flight */
#define SEND_GROUP 64 /* announced together in one transaction */
#define DENIALS_MAX 3 /* so many, and nothing that went through: no more is tried */

enum send_state {
	SEND_WAITING,
	SEND_SKIPPED, /* the file or the circumstances changed: another run */
	SEND_IN_FLIGHT,
	SEND_DONE,
	SEND_AGAIN,   /* 412: look, and plan again */
	SEND_REFUSED, /* this item, with `reason` */
	SEND_DENIED,  /* for want of rights */
	SEND_UNSURE,  /* it may have arrived: look */
	SEND_STOPPED, /* it has not arrived, and nothing more is to be sent */
};

struct send {
	enum send_state state;
	enum intent_op op;
	struct here file;       /* as scanned; texts point into owned */
	struct state_item item; /* texts owned; id 0 = new to the server */
	char *owned;
	char *segment;     /* owned */
	char *href;        /* owned */
	struct buf body;   /* as it is in the file, with CR LF; while in flight */
	struct buf mended; /* what is sent in its place; empty = nothing */
	bool has_end;      /* some event has DTEND or DURATION */
	bool create_anew;  /* the object to replace was gone */
	bool missing;      /* not there, when looked for after it was sent */
	int status;
};

struct send_slot {
	struct pass *pass;
	struct send *send;             /* lent */
	struct dav_exchange *exchange; /* lent; NULL = free */
	struct buf answer;
};

struct sends {
	struct send *items; /* owned */
	size_t count;
	size_t cap;
	size_t begin; /* of the group that is under way */
	size_t end;
	size_t next;   /* in the group: the first that was not started */
	size_t active; /* exchanges */
	size_t denials;
	size_t done;
	unsigned round;
	bool open;    /* announced, and not all of it written down */
	bool stopped; /* no more is sent: stop_err */
	bool any;     /* something was sent */
	struct err stop_err;
	struct send_slot slots[SENDS_MAX];
};
void sends_clear(struct sends *s);

struct pass;

/* pass_send_reply.c: starts as many of the group as may be in flight. */
void send_pump(struct pass *p);
void send_cancel(struct pass *p);

/* pass_send_write.c: what became of the group, in one transaction. */
bool send_write(struct pass *p, struct err *e) MUST_USE;
bool send_restore(struct pass *p, const char *uid, struct err *e) MUST_USE;
bool send_restore_all(struct pass *p, struct err *e) MUST_USE;

/* pass_send.c */
void send_group_over(struct pass *p);
void send_groups(struct pass *p); /* what is left of the list */
bool send_collect(void *ctx, const struct here *h, struct err *e) MUST_USE;
bool send_complete(struct pass *p, struct err *e) MUST_USE;

/* pass_send_look.c: what was sent is read back, what was refused by 412 looked at. */
void send_look(struct pass *p);

#endif
