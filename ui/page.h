/*
 * A page as a description: what is on it, not how it looks. The pure wizard builds one
 * for its state; the grid lays it out at a size; later a plain renderer will speak it
 * line by line. Everything a page refers to is kept alive by its own arena, so a page
 * is a value that outlives the model's next step.
 */
#ifndef UI_PAGE_H
#define UI_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/auto.h"
#include "base/str.h"

/* Meanings, not colours: ui/theme turns them into attributes. */
enum role {
	ROLE_TEXT,
	ROLE_TITLE,
	ROLE_MUTED,
	ROLE_ACCENT,
	ROLE_FOCUS,
	ROLE_BUTTON_FOCUS,
	ROLE_OK,
	ROLE_ATTENTION,
	ROLE_ERROR,
	ROLE_LINK,
	ROLE_QR,
	ROLE_QR_DARK, /* a dark module where cells, not characters, are the modules */
	ROLE_SWATCH,  /* with the colour of the block */
	ROLES,
};

enum block_kind {
	BLOCK_TEXT,     /* a paragraph, wrapped */
	BLOCK_GAP,      /* one blank row */
	BLOCK_LINK,     /* an address, alone on its row, never wrapped or framed */
	BLOCK_NUMBERED, /* "1  Open ...": `number`, text wrapped behind it */
	BLOCK_BULLET,   /* "- text" */
	BLOCK_FIELD,    /* a text field */
	BLOCK_RADIO,    /* one choice of a group */
	BLOCK_TICK,     /* one tick box with text behind it, wrapped */
	BLOCK_SELECT,   /* label   < value >   note */
	BLOCK_STEP,     /* a check line: state, text, detail at the right */
	BLOCK_PROGRESS, /* a bar with "done of total" */
	BLOCK_PAIR,     /* label in one column, text in the next */
	BLOCK_ROW,      /* one row of the calendar table */
	BLOCK_MENU,     /* one line of the management menu: text, value at column 26 */
	BLOCK_FIGURE,   /* text drawn with box characters, kept as it is */
	BLOCK_QR,       /* a code of `text`, at the right of the other blocks */
};

enum step_state { STEP_WAITING, STEP_RUNNING, STEP_DONE, STEP_FAILED };

/* Focus ids of buttons: the same on every page. */
enum {
	ID_CONTINUE = 1,
	ID_BACK,
	ID_QUIT,
	ID_STOP,
	ID_CLOSE,
	ID_STAY,
	ID_LEAVE,
	ID_LOOK_AGAIN,
	ID_FINISH,
	ID_TRY_AGAIN,
	ID_NEW_PASSWORD,
};

/* One thing on the page. Only what the kind needs is set; strings are safe text that
 * the page's arena owns. */
struct block {
	enum block_kind kind;
	int id; /* focus id, unique on the page; 0 = cannot have the focus */
	enum role
		role; /* of the text; ROLE_TEXT unless something is to be said by it */
	unsigned indent; /* columns beyond the body margin */
	const char *text;
	const char *label; /* FIELD, SELECT, PAIR: what stands before */
	const char
		*note; /* right or behind: hint of a field, detail of a step, value */
	unsigned number;
	bool on;               /* RADIO, TICK, ROW: chosen; QR: shown */
	bool spare;            /* left out where rows are too few for everything */
	const char *brief;     /* instead of the text where there are 40 columns */
	const char *with_code; /* instead of the text where a code stands beside it */
	enum step_state state;
	size_t done; /* PROGRESS */
	size_t total;
	/* FIELD: the text to show (already masked when secret) and where the caret is,
	 * in characters from its start; width in columns. */
	size_t caret;
	int width;
	bool good;          /* FIELD: what is in it is right (a check mark) */
	bool secret;        /* FIELD: what is typed is not to be seen */
	bool optional;      /* FIELD: may stay empty */
	bool screen;        /* of use on the full screen only */
	const char *values; /* SELECT: all it can be, a line each, as Right goes */
	/* ROW: columns of the calendar table */
	const char *direction;
	const char *folder;
	const char *count; /* "" = not known */
	const char *color; /* "#RRGGBB" or NULL */
};

#define PAGE_BUTTONS 4
#define PAGE_STEPS 12

struct button {
	int id;
	const char *label; /* a verb, without brackets */
};

/* When a hint is true: whether a code is seen depends on the window. */
enum hint_when {
	HINT_ALWAYS,
	HINT_CODE,    /* a code is in sight */
	HINT_BESIDE,  /* it stands beside the text, and alone it would be bigger */
	HINT_MISSING, /* there is none beside the text, but there would be alone */
	HINT_ALONE,   /* it fills the page */
	HINT_ROOM,    /* there would be room for one */
};

/* One hint of the bottom row; the first ones are the last to be left out. */
struct hint {
	const char *key; /* "Enter", "↑↓" (the grid has an ASCII form for arrows) */
	const char *word; /* "continue" */
	enum hint_when when;
};

#define PAGE_HINTS 12

/* A question over the page (leave, remove): the only boxes there are. */
struct dialog {
	bool open;
	const char *title;
	const char *text; /* wrapped */
	struct button buttons[PAGE_BUTTONS];
	size_t n_buttons;
};

struct page {
	const char *purpose; /* "Set up calendar sync" */
	/* The rail; n_steps 0 = none (management menu). step is 0-based; step ==
	 * n_steps: everything is done. */
	const char *steps[PAGE_STEPS];
	size_t n_steps;
	size_t step;
	const char *title;
	const char *title_note; /* at the right edge of the title, or NULL */
	bool headline;          /* the title says more than the name of the step */
	bool table;             /* the ROW blocks form the calendar table with a head */
	struct block *blocks;   /* owned */
	size_t n_blocks;
	size_t cap_blocks;
	const char *message;    /* one or two sentences, or NULL */
	const char *brief;      /* the same for 40 columns; NULL = the message */
	enum role message_role; /* ATTENTION puts "!" before it, ERROR too */
	bool aside;             /* the message is about what has the focus: no news */
	bool busy;              /* works by itself; nothing is asked */
	bool stopping;          /* and is about to end */
	bool help;              /* explains the page below it */
	struct button buttons[PAGE_BUTTONS];
	size_t n_buttons;
	struct hint hints[PAGE_HINTS];
	size_t n_hints;
	int focus; /* id of the focused block or button; 0 = none */
	bool qr_inverted;
	bool qr_big;   /* the code alone fills the page, where it fits */
	bool qr_asked; /* the same, but only where it does not fit beside the text */
	struct dialog dialog;
	char **arena; /* owned strings */
	size_t n_arena;
	size_t cap_arena;
	size_t look; /* when no block has the focus: the index of the one to be seen */
};

/* Wipes the arena before releasing it: a password that the person wants to see passes
 * through it. */
void page_clear(struct page *p);

/* Copies into the arena and lends it for the page's life. */
const char *page_copy(struct page *p, const char *text);
const char *page_format(struct page *p, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Zeroed room of the arena for text that is to be written in place. */
char *page_room(struct page *p, size_t size);

/* Appends a block of this kind and lends it for filling until the next addition. */
struct block *page_add(struct page *p, enum block_kind kind, const char *text);
void page_gap(struct page *p);
struct button *page_button(struct page *p, int id, const char *label);
void page_hint(struct page *p, const char *key, const char *word);
void page_hint_when(struct page *p, const char *key, const char *word,
	enum hint_when when);

/* The focusable ids in the order of Tab: blocks, then buttons. Returns how many. */
size_t page_focus_order(const struct page *p, int *ids, size_t room);

#endif
