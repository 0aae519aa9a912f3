/*
 * Plays a script of events to the wizard and checks what it says after each.
 *
 * Words of a script, separated by blanks:
 *   enter tab btab up down left right esc space home end pgup pgdn bs del f1
 *   ^c            Control and a letter
 *   t:text        types the characters ("_" is a blank)
 *   b:text        the same as a burst, as a paste arrives without marks
 *   burst-enter   Enter at the end of a burst
 *   p:text        pastes ("_" is a blank, "|" a line feed)
 *   tick:N        time is now N milliseconds
 *   linked empty read-only refused   the check of access ends so
 *   saved unsaved removed synced stopped
 *   @page         the wizard is on this page
 *   >text         the focus is on what has this text or label
 *   =a,b          the effects since the last "=" ("=" alone: none)
 *   -             forgets the effects so far
 *   ~text         the message or a block contains the text ("_" is a blank)
 *   !text         neither does
 * A folder that is to be looked at is reported missing at once, unless `hold` was
 * played.
 */
#ifndef TESTS_UNIT_WIZARD_PLAY_H
#define TESTS_UNIT_WIZARD_PLAY_H

#include "ui/wizard_impl.h"

struct play {
	struct wizard *w;
	struct dav_calendars calendars;
	char effects[2000];
	enum folder_state folder; /* what is answered; UNKNOWN holds the answer back */
	int status;               /* of EFFECT_QUIT; -1 = not yet */
};

void play_begin(struct play *p, const struct account *saved);
void play_end(struct play *p);
void play(struct play *p, const char *script);

/* Gives one event and checks everything that always holds. */
void play_event(struct play *p, const struct wizard_event *event);

/* What every page keeps to: one focus that is there, clean text, unique ids. */
void play_check(const struct page *page);

/* Walks a first run up to this page. */
void play_to(struct play *p, enum wizard_page page);

/* The whole page as lines of text; the caller's. */
char *play_text(const struct play *p) MUST_USE;

/* wizard_data.c */

/* Calendars Home, Work, Familie (writable), Football (shared, read-only), Birthdays
 * (read-only), one subscribed and one of reminders. */
void play_calendars(struct dav_calendars *list);
void play_add_calendar(struct dav_calendars *list, const char *path, const char *name,
	bool writable, bool shared, enum calendar_hidden hidden);

/* An account that is set up: Home both ways, Football from the server. */
void play_account(struct account *a);

#endif
