/* Between cal/merge_property.c, which gathers values, and cal/merge_value.c, which
 * decides about them. */
#ifndef CAL_MERGE_GROUP_H
#define CAL_MERGE_GROUP_H

#include "cal/merge_impl.h"

/* One value of a property on one side. */
struct merge_ref {
	enum merge_side side;
	size_t element;
	struct merge_rule rule;
	struct digest key; /* values with the same one replace each other */
	struct digest meaning;
};

/* Values that are joined with each other: of one unit, or of one key in it. */
struct merge_group {
	struct merge *m;
	const struct merge_match *c;
	struct merge_ref *refs;
	size_t count;
	struct str unit;
	size_t from[MERGE_SIDES + 1]; /* where each side begins */
	struct digest state[MERGE_SIDES];
};

UNUSED static inline struct cal_element *merge_element(const struct merge *m,
	const struct merge_ref *ref)
{
	return &m->trees[ref->side]->elements[ref->element];
}

UNUSED static inline struct cal_entry *merge_entry(const struct merge *m,
	const struct merge_ref *ref)
{
	return &m->trees[ref->side]->entries[merge_element(m, ref)->entry];
}

/* Finds where each side begins, and what it says as a whole. The refs are in the order
 * of their sides. */
void merge_find_states(struct merge_group *g);

/* Mark the elements that leave `there` and those that come from `here`. The refs of one
 * side are in the order of their meanings. */
void merge_values(struct merge_group *g);
void merge_latest(struct merge_group *g);

#endif
