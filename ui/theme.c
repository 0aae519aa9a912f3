#include <config.h>

#include "ui/theme.h"

/* The 256-colour entries keep a contrast of at least 4.4 on black and on white. */
static const struct theme_style colours[ROLES] = {
	[ROLE_TEXT] = {-1, -1},
	[ROLE_TITLE] = {-1, -1, .bold = true},
	[ROLE_MUTED] = {243, -1},
	[ROLE_ACCENT] = {63, -1, .bold = true},
	[ROLE_FOCUS] = {63, -1, .bold = true},
	[ROLE_BUTTON_FOCUS] = {-1, -1, .reverse = true},
	[ROLE_OK] = {29, -1},
	[ROLE_ATTENTION] = {130, -1},
	[ROLE_ERROR] = {131, -1, .bold = true},
	[ROLE_LINK] = {63, -1, .underline = true},
	[ROLE_QR] = {16, 231},
	[ROLE_QR_DARK] = {231, 16},
	[ROLE_SWATCH] = {-1, -1},
};

static const struct theme_style eight[ROLES] = {
	[ROLE_TEXT] = {-1, -1},
	[ROLE_TITLE] = {-1, -1, .bold = true},
	[ROLE_MUTED] = {-1, -1},
	[ROLE_ACCENT] = {-1, -1, .reverse = true},
	[ROLE_FOCUS] = {-1, -1, .reverse = true},
	[ROLE_BUTTON_FOCUS] = {-1, -1, .reverse = true},
	[ROLE_OK] = {2, -1},
	[ROLE_ATTENTION] = {3, -1},
	[ROLE_ERROR] = {1, -1, .bold = true},
	[ROLE_LINK] = {-1, -1, .underline = true},
	[ROLE_QR] = {0, 7},
	[ROLE_QR_DARK] = {7, 0},
	[ROLE_SWATCH] = {-1, -1},
};

static const struct theme_style mono[ROLES] = {
	[ROLE_TEXT] = {-1, -1},
	[ROLE_TITLE] = {-1, -1, .bold = true},
	[ROLE_MUTED] = {-1, -1},
	[ROLE_ACCENT] = {-1, -1, .reverse = true},
	[ROLE_FOCUS] = {-1, -1, .reverse = true},
	[ROLE_BUTTON_FOCUS] = {-1, -1, .reverse = true},
	[ROLE_OK] = {-1, -1},
	[ROLE_ATTENTION] = {-1, -1, .bold = true},
	[ROLE_ERROR] = {-1, -1, .bold = true},
	[ROLE_LINK] = {-1, -1, .underline = true},
	[ROLE_QR] = {-1, -1, .reverse = true},
	[ROLE_QR_DARK] = {-1, -1},
	[ROLE_SWATCH] = {-1, -1},
};

struct theme_style theme_style(enum theme_depth depth, enum role role)
{
	switch (depth) {
	case THEME_256:
		return colours[role];
	case THEME_8:
		return eight[role];
	case THEME_MONO:
		break;
	}
	return mono[role];
}

static int channel(uint32_t rgb, int which)
{
	return (int)(rgb >> (16 - 8 * which) & 0xff);
}

static int far(uint32_t a, uint32_t b)
{
	int sum = 0;

	for (int i = 0; i < 3; i++) {
		const int d = channel(a, i) - channel(b, i);
		sum += d * d;
	}
	return sum;
}

/* xterm's palette: a cube of 6 x 6 x 6 from 16 on, then 24 greys. */
static uint32_t palette_rgb(short entry)
{
	static const uint8_t levels[] = {0, 95, 135, 175, 215, 255};

	if (entry >= 232) {
		const uint32_t grey = 8 + 10 * (uint32_t)(entry - 232);
		return grey << 16 | grey << 8 | grey;
	}
	const int i = entry - 16;
	return (uint32_t)levels[i / 36] << 16 | (uint32_t)levels[i / 6 % 6] << 8 |
	       levels[i % 6];
}

short theme_nearest(enum theme_depth depth, uint32_t rgb)
{
	static const uint32_t six[] = {0xcc0000, 0x00aa00, 0xaa8800, 0x0000dd, 0xaa00aa,
		0x00aaaa};
	short best = -1;
	int least = 1 << 30;

	if (depth == THEME_MONO)
		return -1;
	const short first = depth == THEME_256 ? 16 : 1;
	const short last = depth == THEME_256 ? 255 : 6;
	for (short entry = first; entry <= last; entry++) {
		const uint32_t c =
			depth == THEME_256 ? palette_rgb(entry) : six[entry - 1];
		if (far(c, rgb) < least) {
			least = far(c, rgb);
			best = entry;
		}
	}
	return best;
}

char theme_letter(enum role role)
{
	static const char letters[ROLES] = {
		[ROLE_TEXT] = '.',
		[ROLE_TITLE] = 'T',
		[ROLE_MUTED] = 'm',
		[ROLE_ACCENT] = 'A',
		[ROLE_FOCUS] = 'F',
		[ROLE_BUTTON_FOCUS] = 'B',
		[ROLE_OK] = 'o',
		[ROLE_ATTENTION] = '!',
		[ROLE_ERROR] = 'E',
		[ROLE_LINK] = 'L',
		[ROLE_QR] = 'Q',
		[ROLE_QR_DARK] = 'q',
		[ROLE_SWATCH] = 's',
	};

	return letters[role];
}
