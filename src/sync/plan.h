/*
 * What to do with one item, from (base, here, there) alone: one table, no state, no
 * I/O. "Here" is this computer, "there" the server.
 *
 * The table is whole: every direction and every combination.
 */
#ifndef SYNC_PLAN_H
#define SYNC_PLAN_H

#include <stdbool.h>

/* What both sides agreed on. */
enum plan_base {
	PLAN_BASE_NONE, /* never agreed: first sync, lost state, new items */
	PLAN_BASE_AGREED,
	PLAN_BASE_BEHIND, /* agreed once; since then a newer version of the server was
	                     seen and left there, because an edit here was in its way */
	PLAN_BASES,
};

/* How one side compares with the base. Without a base SAME means "equal to the other
 * side" and CHANGED "differs from it"; behind, SAME there is the version that was seen.
 */
enum plan_side { PLAN_ABSENT, PLAN_SAME, PLAN_CHANGED, PLAN_SIDES };

enum plan_direction {
	PLAN_BOTH,
	PLAN_FROM_SERVER, /* the person's choice: nothing is sent, edits here stay */
	PLAN_READ_ONLY,   /* chosen for both, but the server gives no right to write: an
	                     edit goes to the trash and the server's version is back */
	PLAN_DIRECTIONS,
};

enum plan_action {
	PLAN_NOTHING,
	PLAN_ADOPT, /* equal: only remember it */
	PLAN_CREATE_HERE,
	PLAN_REPLACE_HERE,
	PLAN_REMOVE_HERE,
	PLAN_FORGET, /* gone on both sides */
	PLAN_CREATE_THERE,
	PLAN_REPLACE_THERE,
	PLAN_REMOVE_THERE,
	PLAN_CLASH,   /* both changed: merge, or the account's rule */
	PLAN_RESTORE, /* read only: the server's version again, the edit to the trash */
	PLAN_LEAVE,   /* stays here and is told: it may not be sent */
	PLAN_ACTIONS,
};

struct plan_step {
	enum plan_action action;
	bool told; /* an edit met a deletion or a read-only calendar: exit 65 */
};

struct plan_step plan_decide(enum plan_direction direction, enum plan_base base,
	enum plan_side here, enum plan_side there);

/* "add", "change", "remove", "send" ..., for people; "" when there is nothing to tell.
 */
const char *plan_verb(enum plan_action action);

#endif
