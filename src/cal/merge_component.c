#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cal/line.h"
#include "cal/merge_impl.h"

struct child {
	struct digest identity;
	enum merge_side side;
	size_t component;
};

struct children {
	struct child *items;
	size_t count;
	size_t cap;
};

/* --- who is who --- */

static void add_override_name(struct merge *m, const struct cal_entry *entry,
	struct buf *name)
{
	const struct digest moment = merge_occurrence(m, entry->params, entry->value);
	struct str range = STR("");

	(void)cal_param(entry->params, "RANGE", &range);
	buf_text(name, ":override:");
	cal_set_add(name, &moment);
	buf_add(name, range);
}

static struct digest identity_of(struct merge *m, enum merge_side side,
	size_t component)
{
	static const char *const uids[] = {"X-WR-ALARMUID", "UID"};
	const struct cal_tree *t = m->trees[side];
	const struct cal_component *c = &t->components[component];
	const struct cal_entry *entry = cal_tree_find(t, component, "RECURRENCE-ID");
	SCOPED(buf) name = buf_with_max(0);

	buf_add(&name, c->name);
	if (entry)
		add_override_name(m, entry, &name);
	/* All main components have the UID of the object. */
	if (entry || cal_tree_is_main(t, component))
		return digest_of(buf_view(&name));
	for (size_t i = 0; i < COUNT_OF(uids) && !entry; i++)
		entry = cal_tree_find(t, component, uids[i]);
	if (entry) {
		buf_text(&name, ":uid:");
		buf_add(&name, str_trim(entry->value));
	} else {
		buf_text(&name, ":meaning:");
		cal_set_add(&name, &c->meaning);
	}
	return digest_of(buf_view(&name));
}

static void collect(struct merge *m, enum merge_side side, size_t parent,
	struct children *all)
{
	const struct cal_tree *t = m->trees[side];

	if (parent == CAL_NONE)
		return;
	for (size_t i = cal_tree_first(t, parent); i != CAL_NONE;
		i = cal_tree_next(t, parent, i)) {
		const size_t component = t->entries[i].component;
		if (t->entries[i].kind != CAL_ENTRY_BEGIN ||
			cal_tree_is_zone(t, component))
			continue;
		all->items =
			xgrow(all->items, all->count, &all->cap, sizeof(*all->items));
		all->items[all->count++] = (struct child){
			identity_of(m, side, component), side, component};
	}
}

static int order_children(const void *first, const void *second)
{
	const struct child *a = first;
	const struct child *b = second;
	const int order = memcmp(a->identity.bytes, b->identity.bytes, DIGEST_SIZE);

	if (order)
		return order;
	if (a->side != b->side)
		return a->side < b->side ? -1 : 1;
	return a->component < b->component ? -1 : a->component > b->component;
}

/* --- one of them --- */

static bool has(const struct merge_match *c, enum merge_side side)
{
	return c->at[side] != CAL_NONE;
}

static const struct cal_component *component_of(const struct merge *m,
	const struct merge_match *c, enum merge_side side)
{
	return &m->trees[side]->components[c->at[side]];
}

static bool same(const struct merge *m, const struct merge_match *c, enum merge_side a,
	enum merge_side b)
{
	return has(c, a) && has(c, b) &&
	       digest_equal(&component_of(m, c, a)->meaning,
		       &component_of(m, c, b)->meaning);
}

static bool is_override(const struct merge *m, const struct merge_match *c)
{
	for (size_t side = 0; side < MERGE_SIDES; side++)
		if (c->at[side] != CAL_NONE &&
			cal_tree_is_main(m->trees[side], c->at[side]))
			return cal_tree_find(m->trees[side], c->at[side],
				       "RECURRENCE-ID") != NULL;
	return false;
}

static void note(struct merge *m, const struct merge_match *c,
	struct merge_names *names)
{
	for (size_t side = 0; side < MERGE_SIDES; side++)
		if (c->at[side] != CAL_NONE) {
			merge_note(m, names,
				component_of(m, c, (enum merge_side)side)->name);
			return;
		}
}

static void add_here(struct merge *m, const struct merge_match *c,
	const struct merge_match *parent)
{
	merge_insert_component(m, component_of(m, parent, MERGE_FROM_THERE)->end,
		c->at[MERGE_FROM_HERE]);
}

/* Two new exceptions for one occurrence began as what the series says of it. */
static void merge_both(struct merge *m, const struct merge_match *c,
	const struct merge_match *parent)
{
	struct merge_match matched = *c;

	(void)parent;
	if (!has(c, MERGE_FROM_BASE) && is_override(m, c))
		matched.at[MERGE_FROM_BASE] = m->masters.at[MERGE_FROM_BASE];
	merge_properties(m, &matched);
	merge_children(m, &matched);
}

/* Gone from there. */
static void merge_removed_there(struct merge *m, const struct merge_match *c,
	const struct merge_match *parent)
{
	if (same(m, c, MERGE_FROM_BASE, MERGE_FROM_HERE)) {
		note(m, c, &m->report->there);
		return;
	}
	note(m, c, &m->report->clashes);
	add_here(m, c, parent);
}

static void merge_removed_here(struct merge *m, const struct merge_match *c,
	const struct merge_match *parent)
{
	(void)parent;
	if (!same(m, c, MERGE_FROM_BASE, MERGE_FROM_THERE)) {
		note(m, c, &m->report->clashes);
		return;
	}
	note(m, c, &m->report->here);
	merge_drop_component(m, c->at[MERGE_FROM_THERE]);
}

static void merge_added_here(struct merge *m, const struct merge_match *c,
	const struct merge_match *parent)
{
	note(m, c, &m->report->here);
	add_here(m, c, parent);
}

static void merge_added_there(struct merge *m, const struct merge_match *c,
	const struct merge_match *parent)
{
	(void)parent;
	note(m, c, &m->report->there);
}

static void merge_nothing(struct merge *m, const struct merge_match *c,
	const struct merge_match *parent)
{
	(void)m;
	(void)c;
	(void)parent;
}

static void merge_match(struct merge *m, const struct merge_match *c,
	const struct merge_match *parent)
{
	/* By presence in the base, here and there. */
	static void (*const ways[2][2][2])(struct merge * m,
		const struct merge_match *c, const struct merge_match *parent) = {
		{{merge_nothing, merge_added_there}, {merge_added_here, merge_both}},
		{{merge_nothing, merge_removed_here},
			{merge_removed_there, merge_both}},
	};
	const bool inside = m->occurrence;
	const bool override = is_override(m, c);

	if (override && m->locked)
		return;
	m->occurrence = inside || override;
	ways[has(c, MERGE_FROM_BASE)][has(c, MERGE_FROM_HERE)]
	    [has(c, MERGE_FROM_THERE)](m, c, parent);
	m->occurrence = inside;
}

/* Those of one identity, usually one on each side, are matched in their order. */
static void match_run(struct merge *m, const struct child *run, size_t count,
	const struct merge_match *parent)
{
	size_t next[MERGE_SIDES] = {0};
	size_t end[MERGE_SIDES] = {0};
	size_t left = count;

	for (size_t i = count; i; i--)
		next[run[i - 1].side] = i - 1;
	for (size_t i = 0; i < count; i++)
		end[run[i].side] = i + 1;
	while (left) {
		struct merge_match c = {{CAL_NONE, CAL_NONE, CAL_NONE}};
		for (size_t side = 0; side < MERGE_SIDES; side++) {
			if (next[side] == end[side])
				continue;
			c.at[side] = run[next[side]++].component;
			left--;
		}
		merge_match(m, &c, parent);
	}
}

void merge_children(struct merge *m, const struct merge_match *parent)
{
	struct children all = {.items = NULL};

	for (size_t side = 0; side < MERGE_SIDES; side++)
		collect(m, (enum merge_side)side, parent->at[side], &all);
	if (all.count)
		qsort(all.items, all.count, sizeof(*all.items), order_children);
	for (size_t i = 0, n = 0; i < all.count; i += n) {
		n = 1;
		while (i + n < all.count && digest_equal(&all.items[i].identity,
						    &all.items[i + n].identity))
			n++;
		match_run(m, &all.items[i], n, parent);
	}
	free(all.items);
}
