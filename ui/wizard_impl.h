/*
 * What the wizard's own files share: its state, and what a page is made of. Private to
 * ui/wizard*.c and ui/page_*.c.
 *
 * A page is a row of functions over the one struct wizard. Nothing here does I/O; what
 * is to happen outside goes into the queue of effects.
 */
#ifndef UI_WIZARD_IMPL_H
#define UI_WIZARD_IMPL_H

#include "cal/password.h"
#include "sync/progress.h"
#include "sync/run.h"
#include "ui/choices.h"
#include "ui/edit.h"
#include "ui/grid.h"
#include "ui/wizard.h"

#define PAGES ((size_t)PAGE_REMOVE + 1)
#define FOCUS_MAX 1200

/* Why the wizard is open. */
enum wizard_mode {
	MODE_SETUP,
	MODE_MENU,
	MODE_SYNC,
	MODE_CALENDARS,
	MODE_OPTIONS,
	MODE_ACCOUNT,
	MODE_REMOVE
};

/* Focus ids beside those of buttons (ui/page.h). */
enum {
	ID_WAY = 20, /* the ways out of a failed check, in order */
	ID_HELP_LINE = 40,
	ID_PAGE = 100, /* what is on one page only */
	ID_ROW = 1000, /* and its rows */
};

struct sign_in {
	struct edit login;
	struct edit password;
	struct secret *cleaned; /* the password as it would be sent; owned */
	struct password_verdict verdict;
	bool reveal;
	bool insist;         /* told once that it does not look right */
	bool refused;        /* the stored password was: it has to be typed anew */
	const char *problem; /* of the login, told on Continue */
};

enum check_state { CHECK_IDLE, CHECK_RUNNING, CHECK_GOOD, CHECK_FAILED };

struct check_step {
	enum step_state state; /* as shown */
	enum step_state news;  /* what it has come to */
	char *detail;          /* owned; NULL = none */
	int64_t ms;            /* how long it took; 0 = not known */
};

struct check {
	enum check_state state;
	enum check_state
		outcome; /* how it ended, before that is shown; IDLE = not yet */
	int64_t step_at; /* since when the step at work is shown */
	bool details;    /* instead of causes */
	char said[200];  /* what the exchange itself said; "" = nothing */
	struct check_step steps[LINK_STEPS];
	struct diagnosis_words words;
	enum diagnosis diagnosis;
	bool read_only;  /* nothing there may be changed */
	bool foreign;    /* none of the chosen calendars is in this account */
	bool looking;    /* came back to it: goes on only when asked */
	int64_t good_at; /* when it ended; 0 = not known yet */
};

struct picking {
	struct choices choices;
	struct edit filter;
	struct edit folder;
	bool filtering;    /* the filter is on the page */
	size_t folder_row; /* whose folder is being named; NO_CHOICE = none */
	bool told_empty;
	bool told_gone;
};

struct option_answers {
	struct edit folder;
	enum folder_state state;
	char *why;      /* owned; with FOLDER_BAD */
	unsigned asked; /* answers that are still to come */
	bool going_on;  /* Continue waits for the answer */
	bool insist;    /* told once that the folder has files in it */
	const char *problem;
};

enum save_state { SAVE_IDLE, SAVE_RUNNING, SAVE_DONE, SAVE_FAILED };

struct save_line {
	char *text; /* owned */
	enum step_state state;
};

struct saving {
	enum save_state state;
	struct save_line *lines; /* owned */
	size_t n_lines;
	size_t cap_lines;
	char *problem; /* owned */
};

struct sync_line {
	char *path;
	char *name;
	char *problem; /* NULL = none */
	enum progress_state state;
	size_t total;
	size_t done;
	size_t skipped;
};

struct syncing {
	struct sync_line *lines; /* owned */
	size_t n_lines;
	bool running;
	bool stopping;
};

struct ending_line {
	char *name;
	char *problem; /* NULL = none */
	size_t events;
	size_t left; /* server items that were left alone */
	size_t edited;
};

struct ending {
	bool known;
	int exit;
	bool cancelled;
	char *problem;             /* of the account as a whole; NULL = none */
	struct ending_line *lines; /* owned */
	size_t n_lines;
};

struct wizard {
	enum wizard_mode mode;
	enum wizard_page page;
	int focus[PAGES];
	int row[PAGES]; /* the last focus inside a list */

	char *home;
	char *vault;
	char *key;
	char *last_sync;
	char *schedule; /* what starts the sync by itself, or why nothing does */
	bool schedule_failed;
	bool attention;
	bool lines; /* answers come as lines, not as keys */

	struct account account; /* the answers */
	struct account saved;   /* what is stored */
	bool has_saved;
	bool verified; /* the account as it stands was accepted */
	char *host;    /* of the server, for people; NULL for iCloud */
	bool plain;    /* the server is on this computer, without TLS */

	/* Password and iCloud pages */
	bool pictures;
	bool qr_big;
	bool qr_inverted;
	bool icloud_code;
	unsigned icloud_answer;
	bool icloud_advice;

	struct edit server;
	const char *server_problem; /* NULL = none */
	char server_why[480];

	struct sign_in sign_in;
	struct check check;
	struct picking picking;
	struct option_answers options;
	bool consent;
	bool told_consent;
	int editing; /* the review line being mended; 0 = none */
	struct saving saving;
	struct syncing syncing;
	struct ending ending;
	bool remove_agreed;
	bool removing;
	bool removed;

	/* Over the page */
	bool help;
	int help_focus;
	bool leaving;
	bool leaving_by_key; /* asked by Ctrl-C */
	int leaving_focus;

	size_t look;   /* the block PgUp and PgDn led to, where none has the focus */
	char *message; /* owned; about the last key; NULL = none */
	enum role message_role;

	int status;
	char *farewell; /* owned */
	int width;
	int height;

	struct wizard_effect *effects; /* owned queue */
	size_t n_effects;
	size_t cap_effects;
	size_t next_effect;
};

struct help_line {
	const char *key;
	const char *what;
};

/* One page. `press` gets Enter on a focused item or button; ids it does not know, but
 * buttons like Back, mean Continue. Everything but view may be NULL. */
struct page_ops {
	void (*view)(const struct wizard *w, struct page *p);
	void (*enter)(struct wizard *w, bool back);
	void (*leave)(struct wizard *w);
	void (*press)(struct wizard *w, int id);
	bool (*space)(struct wizard *w,
		int id); /* also: choosing a radio by moving to it */
	bool (*key)(struct wizard *w, const struct key_press *key);
	bool (*back)(struct wizard *w); /* true: there was something to close first */
	struct edit *(*field)(struct wizard *w, int id); /* the field with this id */
	void (*changed)(struct wizard *w, int id);       /* the field's text did */
	void (*tick)(struct wizard *w, int64_t now_ms);
	const struct help_line *help; /* ends with a NULL key */
};

extern const struct page_ops page_welcome;
extern const struct page_ops page_password;
extern const struct page_ops page_server;
extern const struct page_ops page_icloud;
extern const struct page_ops page_sign_in;
extern const struct page_ops page_verify;
extern const struct page_ops page_calendars;
extern const struct page_ops page_options;
extern const struct page_ops page_review;
extern const struct page_ops page_protect;
extern const struct page_ops page_sync;
extern const struct page_ops page_done;
extern const struct page_ops page_manage;
extern const struct page_ops page_remove;

const struct page_ops *wizard_ops(const struct wizard *w);

/* wizard.c */
void wizard_push(struct wizard *w, enum wizard_effect_kind kind, const char *text);
void wizard_say(struct wizard *w, enum role role, const char *fmt, ...)
	PRINTF_LIKE(3, 4);
void wizard_hush(struct wizard *w);
/* Replaces an owned text by safe text made from bytes from outside; NULL stays NULL. */
void wizard_keep(char **owned, struct str text);

/* wizard_flow.c */
size_t wizard_flow(const struct wizard *w, const enum wizard_page **pages);
void wizard_go(struct wizard *w, enum wizard_page page, bool back);
void wizard_next(struct wizard *w);
void wizard_back(struct wizard *w);
void wizard_menu(struct wizard *w); /* back to it, answers as saved */
void wizard_begin(struct wizard *w, enum wizard_mode mode);
void wizard_edit_from_review(struct wizard *w, int line, enum wizard_page page);
void wizard_ask_leave(struct wizard *w, bool by_key);
void wizard_leave(struct wizard *w, int status);

/* wizard_focus.c */
int wizard_focused(const struct wizard *w);
void wizard_focus(struct wizard *w, int id);
void wizard_focus_if_there(struct wizard *w, int id);
void wizard_settle_focus(struct wizard *w); /* to something that is there */
void wizard_tab(struct wizard *w, bool forward);
void wizard_move(struct wizard *w, bool down);
/* Moves inside the list that has the focus; false when the key leads out of it. */
bool wizard_list_key(struct wizard *w, const struct key_press *key);
enum block_kind wizard_focused_kind(const struct wizard *w); /* BLOCK_GAP: a button */
bool wizard_move_button(struct wizard *w, bool right);
void wizard_look(struct wizard *w, bool down);
const struct block *page_block(const struct page *p, int id);

/* wizard_keys.c */
void wizard_key(struct wizard *w, const struct key_press *key);
void wizard_paste(struct wizard *w, struct str text);

/* wizard_view.c */
void wizard_build(const struct wizard *w,
	struct page *p); /* without question or help */
void view_help(const struct wizard *w, struct page *p);
void view_leave(const struct wizard *w, struct page *p);

/* wizard_words.c: what several pages say. Strings live as long as the page. */
bool wizard_is_icloud(const struct wizard *w);
/* Of the window; SIZE_NORMAL where there is none. */
enum size_class wizard_size(const struct wizard *w);
const char *words_place(const struct wizard *w); /* "iCloud", "the server" */
const char *words_owner(const struct wizard *w); /* "Apple", "the server" */
/* Takes the host from the address of the server as typed; NULL = none. */
void wizard_name_host(struct wizard *w, const char *server);
const char *words_host(const struct wizard *w); /* caldav.icloud.com */
const char *words_direction(const struct wizard *w, enum direction direction,
	bool writable);
/* How to do it: with keys, or in plain mode by typing a line. */
const char *words_how(const struct wizard *w, const char *keys, const char *lines);
const char *words_path(const struct wizard *w, struct page *p, const char *path);
const char *words_schedule(struct page *p, int minutes);
const char *words_conflict(const struct wizard *w, enum conflict_rule rule);
const char *words_account(const struct wizard *w, struct page *p);
const char *words_count(struct page *p, size_t n, const char *one, const char *many);
/* An error's message as one: with a capital and a full stop. */
const char *words_sentence(struct page *p, const char *message);
/* Small print under a field whose text begins at this column. */
void words_hint(struct page *p, unsigned indent, const char *text);

/* wizard_verify.c and wizard_save.c: what comes back from outside, and what may go out
 */
bool wizard_needs_consent(const struct wizard *w);
bool wizard_may_write(const struct wizard *w);
void wizard_touch(struct wizard *w); /* what consent was given for has changed */
void wizard_save(struct wizard *w);  /* fills in the rest, pushes the effect */
void wizard_sync(struct wizard *w);
void verify_start(struct wizard *w);
void verify_stop(struct wizard *w);
void verify_step(struct wizard *w, const struct wizard_event *event);
void verify_done(struct wizard *w, const struct wizard_event *event);
void verify_pace(struct wizard *w, int64_t now_ms); /* shows what is due */
void saving_step(struct wizard *w, const struct wizard_event *event);
void saving_done(struct wizard *w, const struct wizard_event *event);
void saving_clear(struct saving *s);
void syncing_progress(struct wizard *w, const struct progress *p);
void syncing_done(struct wizard *w, const struct wizard_event *event);
void syncing_clear(struct syncing *s);
void ending_clear(struct ending *o);
void options_folder_seen(struct wizard *w, const struct wizard_event *event);
void sign_in_clean(struct wizard *w);      /* sign_in.c: after the password changed */
void page_sign_in_again(struct wizard *w); /* the password is to be typed anew */

/* page_done.c: the page as plain text, for the screen after leaving. The caller's. */
char *done_text(const struct wizard *w) MUST_USE;

#endif
