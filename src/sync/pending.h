/*
 * What a pass has decided and not yet written: rows to put, files that are staged,
 * items to quarantine. Written together, files first, then one transaction. Finds an
 * entry by UID, and tells whether a file name is in use, in constant time.
 */
#ifndef SYNC_PENDING_H
#define SYNC_PENDING_H

#include "store/state_item.h"

enum pending_kind {
	PENDING_ROW,     /* only the row */
	PENDING_CREATE,  /* a staged new file, then the row */
	PENDING_REPLACE, /* a staged new version, then the row */
	PENDING_REMOVE,  /* a staged removal, then the row goes */
	PENDING_FORGET,  /* only the row goes */
	PENDING_QUARANTINE,
};

struct pending {
	enum pending_kind kind;
	struct state_item
		item;       /* texts owned; of a quarantined one uid, segment, etag */
	bool agrees;        /* take it from the list of local differences */
	const char *reason; /* static storage; of a quarantined one */
	enum state_side side;
	int64_t tries;
	struct str body; /* what both sides agree on from now on; "" = as it was */
	bool edited;     /* the new file is to be sent: it has the digest `file` */
	struct digest file;
	const char *lost; /* the copy of a version that lost in a clash, or NULL */
	char *owned[2];   /* what body and lost point into */
	bool done;        /* of a file: what the commit said */
};

struct pending_slots {
	uint32_t *at; /* owned: index + 1, 0 = free */
	size_t size;  /* a power of two, or 0 */
};

struct pendings {
	struct pending *items; /* owned */
	size_t count;
	size_t cap;
	struct pending_slots by_uid;
	struct pending_slots by_name; /* lower case */
};

/* Copies everything. */
void pendings_add(struct pendings *list, const struct pending *p);
void pendings_clear(struct pendings *list);

/* Not the quarantined ones. NULL when there is none; lent until the next addition. */
const struct pending *pendings_find_uid(const struct pendings *list, const char *uid);
bool pendings_has_name(const struct pendings *list, const char *name);

#endif
