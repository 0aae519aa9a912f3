/*
 * One calendar object taken apart without losing a byte: its content lines in order,
 * each with the bytes it was made of, and what it means.
 *
 * Lines that are no property, as iCloud breaks X-APPLE-STRUCTURED-LOCATION into, belong
 * to the property in front of them; so do empty lines. The bytes of all entries, one
 * after the other, are the object (without its byte order mark).
 *
 * A meaning is a digest. That of a property is free of case in names, of the order and
 * the quotes of parameters and of folding; that of a component also of the order of its
 * properties and of DTSTAMP, LAST-MODIFIED, CREATED, PRODID and time zones.
 */
#ifndef CAL_TREE_H
#define CAL_TREE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/str.h"
#include "cal/scan.h"

#define CAL_NONE SIZE_MAX /* no such entry, no such component */

/* One value: a property has one, EXDATE, RDATE, CATEGORIES and RESOURCES have several.
 */
struct cal_element {
	struct str value;
	struct digest meaning; /* of name, parameters and value */
	size_t entry;
	bool marked; /* the reader's, at first false */
};

enum cal_entry_kind { CAL_ENTRY_PROPERTY, CAL_ENTRY_BEGIN, CAL_ENTRY_END };

struct cal_entry {
	enum cal_entry_kind kind;
	struct str bytes;  /* as they were, with the line end */
	struct str name;   /* unfolded, in capitals; "" when the line has none */
	struct str params; /* unfolded; "" or from the first ";" on */
	struct str value;  /* unfolded; broken lines stand in it with an LF between */
	size_t component;  /* the one it belongs to; BEGIN and END to their own */
	size_t elements;   /* the first of them */
	size_t count;
	bool marked; /* the reader's, at first false */
};

struct cal_component {
	struct str name; /* in capitals */
	size_t begin;    /* entries */
	size_t end;
	size_t parent;  /* CAL_NONE for the calendar itself */
	unsigned depth; /* 0 for the calendar itself */
	struct digest meaning;
};

struct cal_tree {
	struct cal_scan scan;
	bool byte_order_mark;
	struct cal_entry *entries; /* owned, as the other arrays */
	size_t entry_count;
	size_t entry_cap;
	struct cal_component
		*components; /* the calendar first, children after parents */
	size_t component_count;
	size_t component_cap;
	struct cal_element *elements;
	size_t element_count;
	size_t element_cap;
	struct buf text; /* what the slices point into, but for the bytes */
};

/* NULL when cal_scan() finds anything wrong. The caller's; the bytes must outlive it.
 */
struct cal_tree *cal_tree_read(struct str ics) MUST_USE;
void cal_tree_free(struct cal_tree *tree);
AUTO_DEFINE(cal_tree)

/*
 * Walks what stands directly in a component: properties, and the BEGIN of each
 * component within, which counts for the whole of it. CAL_NONE at the end.
 */
size_t cal_tree_first(const struct cal_tree *tree, size_t component);
size_t cal_tree_next(const struct cal_tree *tree, size_t component, size_t entry);

/* The first property of that name directly in the component; NULL when there is none.
 */
const struct cal_entry *cal_tree_find(const struct cal_tree *tree, size_t component,
	const char *name);

/* Events, tasks and what else carries the UID of the object. */
bool cal_tree_is_main(const struct cal_tree *tree, size_t component);
bool cal_tree_is_zone(const struct cal_tree *tree, size_t component);

/* The first main component that is not an override; CAL_NONE when there is none. */
size_t cal_tree_master(const struct cal_tree *tree);

/*
 * Sets of meanings are kept as buffers of digests. The digest of one does not depend on
 * their order, and not on how often one is in it; it sorts them.
 */
void cal_set_add(struct buf *set, const struct digest *d);
struct digest cal_set_digest(struct buf *set);

#endif
