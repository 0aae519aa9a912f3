/*
 * Keys as the model sees them: names, not bytes. The terminal decodes, the model
 * decides.
 */
#ifndef UI_KEY_H
#define UI_KEY_H

#include <stdbool.h>
#include <stdint.h>

enum key {
	KEY_NONE_,
	KEY_CHAR, /* a printable character, in `ch` */
	KEY_CTRL, /* Control and a letter; ch is the letter in lower case */
	KEY_ENTER_,
	KEY_ESCAPE,
	KEY_TAB,
	KEY_BACK_TAB,
	KEY_UP_,
	KEY_DOWN_,
	KEY_LEFT_,
	KEY_RIGHT_,
	KEY_HOME_,
	KEY_END_,
	KEY_PAGE_UP,
	KEY_PAGE_DOWN,
	KEY_BACKSPACE_, /* bytes 8 and 127 */
	KEY_DELETE_,
	KEY_HELP_, /* F1 */
};

struct key_press {
	enum key key;
	uint32_t ch;   /* Unicode, with KEY_CHAR and KEY_CTRL */
	bool in_burst; /* arrived in one read with eight or more characters before it:
	                  part of a paste in a terminal without bracketed paste */
};

#endif
