/*
 * The state of a text field: keys in, what changed out. UTF-8 throughout; characters
 * that must not reach a terminal are never taken in.
 *
 * A secret field keeps its bytes in a struct secret and nowhere else: editing happens
 * in the locked memory, and there is no function that lends them as ordinary text.
 */
#ifndef UI_EDIT_H
#define UI_EDIT_H

#include "base/buf.h"
#include "base/secret.h"
#include "ui/key.h"

struct edit {
	struct secret *secret; /* owned; NULL: an ordinary field */
	struct buf text;       /* the ordinary field's */
	size_t max;            /* bytes */
	size_t caret;          /* bytes */
};

void edit_init(struct edit *e, size_t max);
void edit_init_secret(struct edit *e, size_t max);
void edit_clear(struct edit *e);

/* Replaces an ordinary field's text; the caret goes to its end. */
void edit_set(struct edit *e, struct str text);

/* Lent until the next change; ordinary fields only. */
const char *edit_text(const struct edit *e);

/* Empties the field, wiping a secret one. */
void edit_empty(struct edit *e);

bool edit_is_empty(const struct edit *e);

/* In characters. */
size_t edit_length(const struct edit *e);
size_t edit_position(const struct edit *e);

enum edit_outcome {
	EDIT_IGNORED, /* not a key of fields */
	EDIT_DONE,    /* handled; the text is what it was */
	EDIT_CHANGED,
};

/* Ctrl-U W A E K, Backspace, Delete, arrows, Home, End and characters. A marker of
 * bracketed paste that a terminal left in a burst of keys is taken out again. */
enum edit_outcome edit_key(struct edit *e, const struct key_press *key);

/* Inserts at the caret without control characters and without the markers 200~ and 201~
 * at its ends, as much as there is room for. */
enum edit_outcome edit_paste(struct edit *e, struct str text);

#endif
