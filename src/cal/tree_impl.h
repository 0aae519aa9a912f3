/* Between the files of cal/tree. */
#ifndef CAL_TREE_IMPL_H
#define CAL_TREE_IMPL_H

#include "cal/tree.h"

/* Cuts the entries into elements and finds the meaning of everything. */
void tree_weigh(struct cal_tree *tree);

/* Turns letters a to z into capitals in place. */
void tree_capitals(struct cal_tree *tree, struct str slice);

#endif
