/*
 * What the files of sync/pass share of one body that has arrived, next to what is known
 * of it; nobody else includes it.
 */
#ifndef SYNC_PASS_MEET_H
#define SYNC_PASS_MEET_H

#include "sync/pass_impl.h"

struct meeting {
	struct pass *pass;
	const struct arrival *arrival;
	struct str body; /* with the line ends that are stored */
	struct digest digest;
	struct state_item item; /* texts owned when known */
	bool known;
	bool was_sent; /* by a run that never saw the answer: known from its intent */
	struct here file;
	char *file_name; /* owned */
	bool differs_here;
	struct buf base;  /* what both sides agreed on; empty = not kept */
	struct buf local; /* the file, once read */
	bool local_read;
};

/* The row as it will be once both sides agree on what arrived. */
struct state_item meet_agreed(const struct meeting *m);

/* Adds to what is to be written; gives it the agreed body. */
void meet_add(struct meeting *m, const struct pending *p);

/* Reads the file that differs; false when it is not the one the scan saw. */
bool meet_read_here(struct meeting *m);

bool meet_stage(struct meeting *m, const char *name, struct str body,
	const struct vdir_stat *expect, struct err *e) MUST_USE;

/* The file as it stands is what arrived, or means the same. */
void meet_adopt(struct meeting *m);

/* The server's version in place of the file that differs. */
bool meet_overrule(struct meeting *m, const char *lost, struct err *e) MUST_USE;

#endif
