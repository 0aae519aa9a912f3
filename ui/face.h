/*
 * What a person meets the wizard through: the full screen (ui/face_screen.c) or plain
 * lines (ui/term_line.c). The session drives either through one table of functions.
 */
#ifndef UI_FACE_H
#define UI_FACE_H

#include "ui/glyph.h"
#include "ui/wizard.h"

struct face;
struct options;

enum face_input {
	FACE_NOTHING, /* no more for now */
	FACE_EVENT,
	FACE_PAINT, /* show the page as it is now, then read on */
	FACE_HUNG_UP,
};

/* How the session hears of the keyboard and of signals. */
struct face_ops {
	void (*free)(struct face *f); /* gives the terminal back as it was */
	/* Takes the page over. now_ms is monotonic. */
	void (*paint)(struct face *f, struct page *page, int64_t now_ms);
	/* The next input as an event, whose text is lent until the next call. To be
	 * called until FACE_NOTHING whenever descriptor 0 is readable. */
	enum face_input (*read)(struct face *f, struct wizard_event *event);
	/* False: what waits on descriptor 0 is for a later question. */
	bool (*listens)(const struct face *f);
	/* Shows an address alone; blocks until the person has seen enough. */
	void (*address)(struct face *f, const char *address);
	void (*suspend)(struct face *f);
	void (*redraw)(struct face *f);
	void (*switch_glyphs)(struct face *f);
	/* False where size means nothing. */
	bool (*size)(const struct face *f, int *width, int *height);
	void (*resized)(struct face *f);
	void (*continued)(struct face *f);
	/* SIGINT: true with an event that it means, false to leave. */
	bool (*interrupted)(struct face *f, struct wizard_event *event);
};

struct face {
	const struct face_ops *ops;
	bool utf8;
	bool lines;       /* plain: nothing goes on by itself, every news is heard */
	const char *note; /* "" or a sentence for the first page */
};

enum face_kind { FACE_SCREEN, FACE_LINES, FACE_NONE };

/* What decides which face it is. */
struct face_signs {
	bool asked;             /* --plain */
	bool input_is_terminal; /* descriptors 0 and 1 */
	bool output_is_terminal;
	const char *plain;      /* CALWIZ_PLAIN; NULL = not set */
	const char *accessible; /* ACCESSIBLE */
	const char *term;       /* TERM */
};

/* NONE: there is no terminal, and plain lines were not asked for. Pure. */
enum face_kind face_choose(const struct face_signs *s);

/* Opens the one that fits; a terminal that turns out to be unable to show a full screen
 * gets plain lines. ERR_USAGE, in words that name the other ways, without a terminal.
 */
bool face_open(struct face **f, const struct options *o, struct err *e) MUST_USE;
void face_free(struct face *f); /* accepts NULL */

/* Each takes the terminal on descriptors 0 and 1. */
bool face_screen_open(struct face **f, const struct options *o, struct err *e) MUST_USE;
bool face_lines_open(struct face **f, const struct options *o, struct err *e) MUST_USE;

#endif
