/*
 * Reads a QR code back from the screen: as much of a reader as a clean picture needs.
 *
 * Versions 1 to 5 in one block, so what the program shows; no error correction, so a
 * wrong module is not forgiven.
 */
#ifndef TESTS_PTY_QR_READ_H
#define TESTS_PTY_QR_READ_H

#include "tests/pty/term.h"

struct qr_place {
	int row, col; /* the first cell to look at; the code is right of and below it */
	int rows;     /* how many rows to look at */
	bool cells;   /* a module is two cells; else a cell is two modules */
	bool light;   /* the terminal's own background is light */
};

/* The text in the code, "" when there is none that can be read; *quiet is the width of
 * the light margin in modules. The caller's. */
char *qr_read(const struct term *t, const struct qr_place *place, int *quiet) MUST_USE;

#endif
