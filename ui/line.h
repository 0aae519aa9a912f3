/*
 * The wizard as a conversation in plain lines, for screen readers, line terminals and
 * pipes: the pages of ui/page.h become sentences, answers become events of the wizard.
 * Pure: text and time in, text and events out.
 *
 * What is said is only ever added to: no control character but the line feed, nothing
 * drawn, nothing said twice without being asked for. A page is read out once; after an
 * answer only what is new on it. Every question says its default in words, or that it
 * has none.
 */
#ifndef UI_LINE_H
#define UI_LINE_H

#include "base/buf.h"
#include "ui/grid.h"
#include "ui/wizard.h"

#define TALK_TOUCHED 16

/* What was last said of a check line. */
struct told_step {
	char *text; /* owned */
	enum step_state state;
};

struct talk {
	enum glyphs glyphs;
	bool greeted;
	char *title; /* owned: of the page that was read out last; NULL = none */
	size_t step;
	struct buf body;         /* what was said of it */
	char *message;           /* owned; NULL = none */
	struct told_step *steps; /* owned */
	size_t n_steps;
	size_t cap_steps;
	size_t tenth; /* of the progress, as last said */
	size_t done;
	int64_t said_at; /* while the page works by itself; 0 = not yet */

	size_t question; /* which one of the page */
	bool open;       /* it was asked, and not answered yet */
	bool moved;      /* the answer led the wizard somewhere */
	bool back;       /* it was b */
	bool typed;      /* it was a text, with another question behind it */
	bool answered;   /* since the page was shown last */
	bool brief;      /* only the prompt needs to be repeated */
	bool choosing;   /* an empty line at a secret question: its choices */
	bool dialog;
	bool secret;               /* what is typed now is not to be seen */
	int touched[TALK_TOUCHED]; /* rows the answer was about */
	size_t n_touched;
};

void talk_init(struct talk *t, enum glyphs glyphs);
void talk_clear(struct talk *t);

/* Appends what there is to say about the page as it stands at now_ms. */
void talk_show(struct talk *t, const struct page *p, int64_t now_ms, struct buf *out);

/* True when the page shown last waits for a line. */
bool talk_listens(const struct talk *t);

/* One step of what follows from an answer. */
struct talk_act {
	bool show; /* show the page as it is now, and then go on */
	struct wizard_event event;
};

struct talk_reply {
	struct talk_act *acts; /* owned; texts in them are the line's */
	size_t count;
	size_t cap;
};

void talk_reply_clear(struct talk_reply *r);

/* Understands a line, without its end, as the answer to the open question of the page
 * that was shown last; appends what there is to say at once. */
void talk_answer(struct talk *t, const struct page *p, struct str line,
	struct talk_reply *r, struct buf *out);

#endif
