/*
 * Moving in a list: which row a key leads to.
 */
#ifndef UI_LIST_H
#define UI_LIST_H

#include <stddef.h>

#include "ui/key.h"

#define LIST_NONE ((size_t)-1)

/* The row after `key` in a list of `count` rows with the focus on `at`, where PgUp and
 * PgDn go `step` rows; also k and j. LIST_NONE when the key leaves the list (Up on the
 * first row, Down on the last) or is none of these. */
size_t list_move(size_t count, size_t at, size_t step, const struct key_press *key);

#endif
