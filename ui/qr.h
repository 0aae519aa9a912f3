/*
 * The modules of a QR code, from libqrencode where the program was built with it.
 */
#ifndef UI_QR_H
#define UI_QR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/auto.h"

struct qr {
	int size;      /* modules a side; 0 = none */
	uint8_t *dark; /* owned, size * size, 1 = dark */
};

/* Encodes text at level L. small: upper case, so that alphanumeric mode gives version 1
 * for a short address. False without the library or when the text is too long. */
bool qr_make(struct qr *q, const char *text, bool small) MUST_USE;
void qr_clear(struct qr *q);

#endif
