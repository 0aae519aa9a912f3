/*
 * The characters the screen is drawn with, in two sets: UTF-8 and pure ASCII. Also
 * turns texts into the characters of a set, which is where everything that must not
 * reach a terminal is stopped a last time.
 */
#ifndef UI_GLYPH_H
#define UI_GLYPH_H

#include "base/auto.h"
#include "ui/grid.h"

enum glyph {
	GLYPH_STEP_DONE,
	GLYPH_STEP_CURRENT,
	GLYPH_STEP_COMING,
	GLYPH_STEP_JOIN,
	GLYPH_OK,
	GLYPH_FAILED,
	GLYPH_RUNNING,
	GLYPH_WAITING,
	GLYPH_SWATCH,
	GLYPH_BAR_FULL,
	GLYPH_BAR_EMPTY,
	GLYPH_RULE,
	GLYPH_BRAND, /* between the program's name and what it does */
	GLYPH_ELLIPSIS,
	GLYPH_BOX_LEFT_TOP,
	GLYPH_BOX_RIGHT_TOP,
	GLYPH_BOX_LEFT_BOTTOM,
	GLYPH_BOX_RIGHT_BOTTOM,
	GLYPH_BOX_SIDE,
	GLYPHS_COUNT,
};

const char *glyph(enum glyph which, enum glyphs set);

/* A text in the characters of a set. Its copy is wiped when cleared: a password that
 * the person wants to see may be in it. */
struct glyph_text {
	char *text; /* owned, never NULL */
};

/* NULL gives "". Line feeds stay. */
struct glyph_text glyph_text(const char *text, enum glyphs set);

/* The same for the key of a hint, where arrows have names. */
struct glyph_text glyph_key(const char *text, enum glyphs set);
void glyph_text_clear(struct glyph_text *t);

/* Columns of the text, or of its first `chars` characters, once converted. */
int glyph_width(const char *text, enum glyphs set);
int glyph_width_of(const char *text, size_t chars, enum glyphs set);

#endif
