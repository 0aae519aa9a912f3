/*
 * The calendars of an account, as the home listing tells them.
 */
#ifndef DAV_CALENDAR_H
#define DAV_CALENDAR_H

#include "dav/multistatus.h"
#include "dav/uri.h"

/* Why a collection is not offered for syncing. */
enum calendar_hidden {
	CALENDAR_SHOWN,
	CALENDAR_NOT_ONE,    /* the home itself, an address book, a plain folder */
	CALENDAR_TASKS,      /* holds no events: reminders, tasks, journals */
	CALENDAR_SCHEDULING, /* inbox or outbox for invitations */
	CALENDAR_NOTIFICATIONS,
	CALENDAR_SUBSCRIBED, /* a pointer to a feed elsewhere */
};

struct dav_calendar {
	char *path; /* as the server wrote it, resolved, host left out, closing slash */
	char *key;  /* href_key() of path: what calendars are compared by */
	char *name; /* displayname as sent, or the last path segment; not yet safe text
	             */
	char *color; /* "#RRGGBB", or NULL */
	char *ctag;  /* NULL = none */
	char *token; /* sync-token; NULL = none */
	int order;   /* INT_MAX = the server tells none */
	bool writable;
	bool shared; /* somebody else's */
	enum calendar_hidden hidden;
};

struct dav_calendars {
	struct dav_calendar *items; /* owned, in the person's order, then by name */
	size_t count;
	size_t cap;
};

void dav_calendars_clear(struct dav_calendars *list);

/* Leaves the first `count` (of those that were added last: sort afterwards). */
void dav_calendars_cut(struct dav_calendars *list, size_t count);

/* More than any account has; what a listing holds beyond is left out. */
#define DAV_CALENDARS_MAX 5000

/* Adds what one response of the home listing says. Responses whose href does not
 * resolve below the gate, that failed, that say nothing or repeat an href are left out.
 */
void dav_calendars_add(struct dav_calendars *list, const struct uri *home,
	const struct gate *gate, const struct dav_response *r);

void dav_calendars_sort(struct dav_calendars *list);

/* NULL when there is none with this key. */
const struct dav_calendar *dav_calendars_find(const struct dav_calendars *list,
	const char *key);

/* What follows the name: "holds reminders or tasks, not events" and the like; "" for
 * CALENDAR_SHOWN. */
const char *calendar_hidden_text(enum calendar_hidden hidden);

/* "#1BADF8FF" or "#1BADF8" to "#1BADF8"; NULL for anything else. The caller's. */
char *calendar_color(struct str raw);

#endif
