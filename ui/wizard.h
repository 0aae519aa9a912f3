/*
 * The wizard and the management menu as a pure model: events in, state and effects out.
 * No I/O, no clock, no locale, no curses; time comes with events. All of flow,
 * validation, focus and consent is here and in the page files.
 *
 * The session (ui/session.c) feeds keys and results and carries out the effects in
 * order. Nothing that writes to a server or a folder is among the effects before
 * consent.
 */
#ifndef UI_WIZARD_H
#define UI_WIZARD_H

#include "app/link.h"
#include "base/secret.h"
#include "dav/calendar.h"
#include "dav/diagnose.h"
#include "store/settings.h"
#include "ui/key.h"
#include "ui/page.h"

enum wizard_page {
	PAGE_WELCOME,
	PAGE_PASSWORD, /* instructions for an app-specific password */
	PAGE_SERVER,   /* address of another service */
	PAGE_ICLOUD,   /* check that Calendar is on */
	PAGE_SIGN_IN,
	PAGE_VERIFY,
	PAGE_CALENDARS,
	PAGE_OPTIONS,
	PAGE_REVIEW,
	PAGE_PROTECT,
	PAGE_SYNC,
	PAGE_DONE,
	PAGE_MANAGE, /* the menu of a rerun */
	PAGE_REMOVE, /* asks before forgetting an account */
};

/* What is known about the chosen folder. */
enum folder_state {
	FOLDER_UNKNOWN,
	FOLDER_MISSING, /* will be made */
	FOLDER_EMPTY,
	FOLDER_OURS, /* carries this account's marker */
	FOLDER_USED, /* has other files in it */
	FOLDER_BAD,  /* cannot be used: why says the reason */
};

enum wizard_event_kind {
	EVENT_KEY,
	EVENT_PASTE,     /* text */
	EVENT_TICK,      /* time passed: now_ms */
	EVENT_SIZE,      /* the terminal's: width and height */
	EVENT_LINK_STEP, /* step and state; detail, ms */
	EVENT_LINK_DONE, /* diagnosis NONE or a note: calendars, home, principal */
	EVENT_FOLDER,    /* folder_state, text = why */
	EVENT_SAVE_STEP, /* text = line, state */
	EVENT_SAVED,     /* err: NULL or why not */
	EVENT_PROGRESS,  /* progress of one calendar */
	EVENT_SYNCED,    /* the sync is over: lines and exit */
	EVENT_REMOVED,   /* err */
	EVENT_RETURNED,  /* back from the plain address screen */
	EVENT_SCHEDULE,  /* text = what starts the sync by itself; err: why nothing does
	                  */
	EVENT_FOCUS,     /* to what has the id, if that is on the page */
	EVENT_LEAVE,     /* asks, as a Quit button does */
};

struct progress;
struct run_result;

struct wizard_event {
	enum wizard_event_kind kind;
	struct key_press key;
	int id;          /* FOCUS */
	struct str text; /* lent */
	int64_t now_ms;  /* TICK: monotonic */
	int width;
	int height;
	enum link_step step;
	enum step_state state;
	int64_t ms;                          /* LINK_STEP: how long it took */
	const struct diagnosis_words *words; /* LINK_DONE: set when it failed; lent */
	enum diagnosis diagnosis;
	const struct dav_calendars *calendars; /* LINK_DONE; lent */
	const char *home;                      /* LINK_DONE: URL */
	const char *principal;
	enum folder_state folder;
	const struct err *err;
	const struct progress *progress;
	const struct run_result *result; /* SYNCED; lent */
};

enum wizard_effect_kind {
	EFFECT_NONE,
	EFFECT_LINK,      /* check access with wizard_account(); end with LINK_DONE */
	EFFECT_LINK_STOP, /* no LINK_DONE follows */
	EFFECT_FOLDER,    /* look at wizard_account()->folder, answer with FOLDER */
	EFFECT_SAVE,      /* key and vault from wizard_account(), answer with SAVED */
	EFFECT_SYNC,      /* answer with PROGRESS and SYNCED */
	EFFECT_SYNC_STOP, /* stop safely; SYNCED still comes */
	EFFECT_REMOVE,    /* forget the account, answer with REMOVED */
	EFFECT_ADDRESS,   /* show `text` on the normal screen, answer with RETURNED */
	EFFECT_SUSPEND,   /* Ctrl-Z */
	EFFECT_REDRAW,    /* Ctrl-L */
	EFFECT_ASCII,     /* Ctrl-T: switch simple characters */
	EFFECT_QUIT,      /* leave with `status` */
};

struct wizard_effect {
	enum wizard_effect_kind kind;
	const char *text; /* static or the wizard's, lent until the next event */
	int status;
};

/* What a rerun starts from. */
struct wizard_start {
	const struct account *saved; /* NULL on a first run; borrowed until return */
	const char *folder;          /* suggested, absolute */
	const char *home;            /* the person's home folder, to show "~/" */
	const char *last_sync;       /* words for the menu, "" = never */
	bool attention;              /* last_sync is a problem */
	bool utf8;
	bool lines;        /* plain mode: words for lines, nothing goes on by itself */
	const char *vault; /* where the settings are kept, as shown; NULL = not named */
	const char *key;   /* where the key is kept, as shown; NULL = not named */
};

struct wizard;

struct wizard *wizard_new(const struct wizard_start *start) MUST_USE;
void wizard_free(struct wizard *w);
AUTO_DEFINE(wizard)

void wizard_event(struct wizard *w, const struct wizard_event *event);

/* Pops the next effect; false when there is none. */
bool wizard_effect(struct wizard *w, struct wizard_effect *out);

/* The page as it stands; the caller clears it. */
void wizard_view(const struct wizard *w, struct page *p);

/* The answers so far. Lent; complete only with EFFECT_SAVE and after. */
const struct account *wizard_account(const struct wizard *w);

enum wizard_page wizard_page(const struct wizard *w); /* for tests and the session */

/* What is printed on the normal screen after leaving: "" when there is nothing to say.
 * Lent until wizard_free(). */
const char *wizard_farewell(const struct wizard *w);

#endif
