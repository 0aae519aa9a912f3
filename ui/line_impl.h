/*
 * The questions of a page. Private to ui/line_*.c.
 */
#ifndef UI_LINE_IMPL_H
#define UI_LINE_IMPL_H

#include "ui/line.h"

#define QUESTIONS_MAX 16
#define OPTIONS_MAX 40

enum question_kind {
	ASK_FIELD,
	ASK_CHOICE, /* of radios, a menu, the values of a select, buttons */
	ASK_TABLE,  /* which calendars */
	ASK_AGREE,  /* a box to be ticked */
};

struct question {
	enum question_kind kind;
	size_t first; /* its blocks */
	size_t end;   /* == first: buttons only */
	bool last;
};

struct questions {
	struct question list[QUESTIONS_MAX];
	size_t count;
};

/* At least one, unless the page is busy. */
void questions_find(const struct page *p, struct questions *out);

/* The one the focus is in; the last one when it is in none. */
size_t question_at_focus(const struct page *p, const struct questions *q);
int question_id(const struct page *p, const struct question *q);
bool question_is_secret(const struct page *p, const struct question *q);

/* A text block that is said with a question and not before. */
bool is_heading(const struct page *p, size_t block); /* of the radios below it */
bool is_hint(const struct page *p, size_t block);    /* of the field above it */

/* One line that can be mended on its own page: it has a number on the last question. */
bool is_entry(const struct page *p, const struct block *b);
size_t entries_count(const struct page *p);
const struct block *entry_at(const struct page *p, size_t number); /* from 1 */

struct option {
	int id; /* 0: only `value` counts */
	struct str text;
	const char *note;
	size_t turns; /* of Right, to come to this value */
	bool radio;
	enum {
		OPTION_ITEM,
		OPTION_TYPE,
		OPTION_KEEP,
		OPTION_BACK,
		OPTION_HELP,
		OPTION_QUIT
	} is;
};

struct options_list {
	struct option list[OPTIONS_MAX];
	size_t count;
	size_t chosen; /* the default; == count: none */
	size_t offset; /* numbers begin behind this one */
};

/* choosing: the choices of a secret question instead of the question itself. */
void options_find(const struct page *p, const struct question *q, bool choosing,
	struct options_list *out);

/* line_render.c */
void say(struct buf *out, enum glyphs glyphs, const char *lead, struct str text);
void say_title(const struct talk *t, const struct page *p, bool step, struct buf *out);
void say_body(struct talk *t, const struct page *p, struct buf *out);
void say_help(const struct talk *t, const struct page *p, struct buf *out);
void say_row(const struct talk *t, const struct page *p, const struct block *row,
	struct buf *out);
void say_rows(const struct talk *t, const struct page *p, struct str wanted,
	struct buf *out);
void say_code(const struct talk *t, const struct page *p, struct buf *out);
const char *page_code(const struct page *p); /* address to be shown as a code */
size_t row_number(const struct page *p, const struct block *row);

/* line_prompt.c */
void ask(struct talk *t, const struct page *p, const struct question *q,
	struct buf *out);

#endif
