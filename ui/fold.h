/*
 * Finding a name without regard to case and accents: "cafe" finds "Café".
 */
#ifndef UI_FOLD_H
#define UI_FOLD_H

#include "base/str.h"

/* The empty needle is in everything. Both are UTF-8. */
bool fold_contains(struct str text, struct str needle);

#endif
