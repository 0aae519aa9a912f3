/*
 * Which planned deletions must wait for a person. Pure: counts in, a reason out. Only
 * the deletions of that calendar and direction wait; everything else goes on.
 */
#ifndef SYNC_GUARD_H
#define SYNC_GUARD_H

#include <stdint.h>

#include "base/digest.h"
#include "base/str.h"

enum guard_reason {
	GUARD_FREE,      /* may go on */
	GUARD_APPROVED,  /* would wait, but a person allowed exactly this set */
	GUARD_FOLDER,    /* the folder or its marker is missing */
	GUARD_EMPTY,     /* the side is empty, the base is not */
	GUARD_STRANGER,  /* a listing with nothing in common with the base */
	GUARD_MANY,      /* more than 100 */
	GUARD_SHARE,     /* at least 5 and more than 25 % */
	GUARD_REWRITTEN, /* all of a calendar of 20 or more changed */
	GUARD_PEOPLE, /* 3 or more with attendees towards the server: people get mail */
	GUARD_REASONS,
};

struct guard_input {
	int64_t base;      /* items both sides agreed on */
	int64_t deletions; /* planned */
	bool complete;     /* the side was listed as a whole, not by its changes */
	int64_t left;      /* items of the base still on the side; only when complete */
	int64_t changed;   /* of those, changed */
	int64_t strangers; /* on the side and not in the base; only when complete */
	int64_t invited;   /* deletions of events with attendees */
	bool to_server;    /* the deletions would be sent */
	bool folder_missing;
	const char *code; /* of the planned set (guard_code_text) */
	const char
		*approved; /* the code a person allowed and that still holds, or NULL */
};
enum guard_reason guard_judge(const struct guard_input *in);

/* May the deletions be carried out? */
bool guard_passes(enum guard_reason reason);

/* "the server lists no events at all any more" and the like, for a message. */
const char *guard_text(enum guard_reason reason);

/*
 * A short code that names exactly one set of deletions. Add the items in the order of
 * one and the same sort key; the calendar's key belongs to it.
 */
#define GUARD_CODE_SIZE 9
struct guard_code {
	struct digest running;
};
struct guard_code guard_code_start(struct str calendar_key);
void guard_code_add(struct guard_code *c, struct str uid);
void guard_code_text(const struct guard_code *c, char out[GUARD_CODE_SIZE]);

#endif
