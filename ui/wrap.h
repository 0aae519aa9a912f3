/*
 * Breaking text into lines of a width. Lines end at blanks and line feeds; a word
 * longer than a line is broken where the line ends.
 */
#ifndef UI_WRAP_H
#define UI_WRAP_H

#include <stdbool.h>

#include "base/str.h"

/* Takes the next line of at most cols columns (one character at least) off *rest; false
 * when nothing is left. Lines are slices of the text, without the blanks at their end.
 */
bool wrap_line(struct str *rest, int cols, struct str *line);

/* Into how many lines the text breaks; at least 1. */
int wrap_count(struct str text, int cols);

#endif
