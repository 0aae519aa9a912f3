/*
 * The calendars of the account as the person sees them: ticked or not, in which
 * direction, into which folder, and where new events go. Pure; names are safe text from
 * here on.
 *
 * Invariants: a read-only calendar is never DIRECTION_BOTH; no two rows have the same
 * folder, whatever the case; the destination, if there is one, is a ticked row that is
 * synced both ways.
 */
#ifndef UI_CHOICES_H
#define UI_CHOICES_H

#include "base/buf.h"
#include "dav/calendar.h"
#include "store/settings.h"

struct choice {
	char *path;
	char *key;
	char *name;  /* safe text */
	char *color; /* NULL = none */
	char *folder;
	enum direction direction;
	bool writable;
	bool ticked;
	bool saved; /* is synced already: its folder stays */
	bool fresh; /* on the server since the choice was saved */
	bool gone;  /* chosen once, not on the server any more */
	bool shown; /* the filter lets it through */
};

/* A calendar that is not offered, and why. */
struct hidden_calendar {
	char *name;
	enum calendar_hidden reason;
};

#define NO_CHOICE ((size_t)-1)

struct choices {
	struct choice *items; /* owned */
	size_t count;
	size_t cap;
	size_t destination;             /* index or NO_CHOICE */
	struct hidden_calendar *hidden; /* owned */
	size_t n_hidden;
	size_t cap_hidden;
};

void choices_init(struct choices *c);
void choices_clear(struct choices *c);

/*
 * Takes a new listing in. What was decided before stays, by path. `saved` (NULL on a
 * first run) is what is synced now: exactly that is ticked at first, others are fresh,
 * and what the server no longer has stays as gone. Without it every calendar of the
 * person's own is ticked. True when a two-way choice came or went by this.
 */
bool choices_load(struct choices *c, const struct dav_calendars *list,
	const struct account *saved);

/* Each of these returns true when it changed something. */
bool choices_tick(struct choices *c, size_t row, bool on);
bool choices_tick_shown(struct choices *c, bool on);
bool choices_turn(struct choices *c, size_t row); /* the next allowed direction */
bool choices_send_new_to(struct choices *c, size_t row);

/* Moves the destination to the first calendar that can take new events, if it cannot.
 */
void choices_settle(struct choices *c);

void choices_filter(struct choices *c, struct str wanted); /* "" shows all */

size_t choices_ticked(const struct choices *c);
size_t choices_two_way(const struct choices *c); /* ticked and both ways */
size_t choices_shown(const struct choices *c);

/* Why this cannot be the row's folder, in a sentence; NULL when it can. */
const char *choices_folder_problem(const struct choices *c, size_t row,
	struct str folder);
void choices_set_folder(struct choices *c, size_t row, struct str folder);

/* Appends "Home, Work and Family": the ticked ones of this direction. */
void choices_names(const struct choices *c, enum direction direction, struct buf *out);

/* Replaces the account's calendars by the ticked ones. */
void choices_store(const struct choices *c, struct account *a);

#endif
