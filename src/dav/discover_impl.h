/*
 * Private to dav/discover*.c: the search, and how an answer is to be taken
 * (discover_judge.c).
 */
#ifndef DAV_DISCOVER_IMPL_H
#define DAV_DISCOVER_IMPL_H

#include "dav/discover.h"

#define HEAD_SIZE 512U

/* What one answer told, beyond the calendars themselves. */
struct findings {
	size_t responses;
	int status;      /* of the last response that carried one */
	bool asked_who;  /* current-user-principal came, perhaps without an href */
	char *principal; /* owned */
	char *homes[DAV_HOMES_MAX]; /* owned */
	size_t n_homes;
};

struct discover {
	struct gate gate;
	enum discover_step step;
	struct uri start;
	struct uri at;    /* where the next request goes */
	size_t candidate; /* which address is asked for the principal */
	bool from_home;
	bool expected;   /* it worked before */
	bool offers_dns; /* and has not been asked yet */

	struct multistatus *reader; /* of the current answer */
	char head[HEAD_SIZE];       /* its first bytes */
	size_t n_head;
	bool broken; /* it could not be read: broken_err */
	struct err broken_err;
	struct findings found;

	char *principal;
	struct uri homes[DAV_HOMES_MAX];
	size_t n_homes;
	size_t listing; /* the home whose list is asked for */
	size_t listed;  /* calendars of those before it */
	char left_out[254];
	struct dav_calendars calendars;
	enum diagnosis diagnosis;
	struct err err;
	struct dav_reply told; /* what they are about */
};

/* How an answer is to be taken. */
struct judgement {
	bool good;
	bool elsewhere;   /* the address may be the trouble: another may do better */
	bool unreachable; /* the same, and no other address of this host would */
	enum diagnosis diagnosis;
	struct err err;
	char foreign[254]; /* with DIAGNOSIS_SVC_MOVED: the host pointed to */
};

/* Of the answer to the current step. */
struct judgement discover_judge(struct discover *d, const struct dav_reply *reply);

/* Of a good one that names no principal. */
struct judgement discover_no_principal(const struct discover *d);

/* Of the list of calendars: NONE, CAL_EMPTY or CAL_READ_ONLY. */
enum diagnosis discover_verdict(const struct dav_calendars *list);

#endif
