/* Between the files of cal/merge. */
#ifndef CAL_MERGE_IMPL_H
#define CAL_MERGE_IMPL_H

#include "cal/merge.h"
#include "cal/tree.h"
#include "cal/zone.h"

enum merge_side { MERGE_FROM_BASE, MERGE_FROM_HERE, MERGE_FROM_THERE, MERGE_SIDES };

/* Text that goes in front of an entry of the server's. */
struct merge_insert {
	size_t before;
	size_t order; /* among those in front of the same entry */
	struct str bytes;
	char *owned; /* what bytes points into, or NULL */
};

/* The same component on each side; CAL_NONE where there is none. */
struct merge_match {
	size_t at[MERGE_SIDES];
};

struct merge {
	struct cal_tree *trees[MERGE_SIDES];  /* borrowed */
	struct cal_zones *zones[MERGE_SIDES]; /* owned */
	struct merge_report *report;
	struct merge_insert *inserts; /* owned */
	size_t insert_count;
	size_t insert_cap;
	struct buf edited[MERGE_SIDES]; /* occurrences edited, as sorted digests */
	struct merge_match masters;
	bool locked;     /* times and exceptions of the series stay the server's */
	bool occurrence; /* inside an exception */
};

/* How the values of a property are joined. */
enum merge_way {
	MERGE_WHOLE,  /* all of them are one value */
	MERGE_SET,    /* each for itself */
	MERGE_LATEST, /* the greatest */
	MERGE_SERVER, /* the server's */
};

struct merge_rule {
	struct str unit; /* the name under which properties change together */
	enum merge_way way;
	bool known; /* by name; others may repeat, and are a set then */
};

struct merge_rule merge_rule_of(struct str name);

/* Adds a name to a list of the report. */
void merge_note(struct merge *m, struct merge_names *names, struct str name);

void merge_properties(struct merge *m, const struct merge_match *c);
void merge_children(struct merge *m, const struct merge_match *parent);

/* Finds what has to be known of a series before its parts are merged. */
void merge_series(struct merge *m);

/* Names the moment of a RECURRENCE-ID or EXDATE, in whatever zone it is written. */
struct digest merge_occurrence(struct merge *m, struct str params, struct str value);

/* Whether that side added or changed the exception at this moment. */
bool merge_is_edited(const struct merge *m, enum merge_side side,
	const struct digest *occurrence);

/* Writing: entries of `there` that are marked are left out, entries of `here` that are
 * marked were taken over. `order` is their place in `here`. */
void merge_insert(struct merge *m, size_t before, size_t order, struct str bytes);
void merge_insert_owned(struct merge *m, size_t before, size_t order, char *text);
void merge_insert_component(struct merge *m, size_t before, size_t component);
void merge_drop_component(struct merge *m, size_t component);

/* A property with only those of its values that are marked (or are not), folded. */
char *merge_part(const struct cal_tree *tree, const struct cal_entry *entry,
	bool marked) MUST_USE;

void merge_write(struct merge *m, struct buf *out);

#endif
