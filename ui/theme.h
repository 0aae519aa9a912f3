/*
 * Roles to attributes: one table for 256 colours, one for 8, one for none.
 */
#ifndef UI_THEME_H
#define UI_THEME_H

#include <stdbool.h>
#include <stdint.h>

#include "ui/page.h"

enum theme_depth { THEME_MONO, THEME_8, THEME_256 };

struct theme_style {
	short foreground; /* -1 = the terminal's own */
	short background;
	bool bold;
	bool reverse;
	bool underline;
};

struct theme_style theme_style(enum theme_depth depth, enum role role);

/* The palette entry nearest to 0xRRGGBB: 16..255, or 1..6 of eight. */
short theme_nearest(enum theme_depth depth, uint32_t rgb);

/* One letter for the role plane of golden screens. */
char theme_letter(enum role role);

#endif
