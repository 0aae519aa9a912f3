#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cal/merge_group.h"

static int order_places(const struct merge_ref *a, const struct merge_ref *b)
{
	if (a->side != b->side)
		return a->side < b->side ? -1 : 1;
	return a->element < b->element ? -1 : a->element > b->element;
}

static int order_units(const void *first, const void *second)
{
	const struct merge_ref *a = first;
	const struct merge_ref *b = second;
	const int order = str_cmp(a->rule.unit, b->rule.unit);

	return order ? order : order_places(a, b);
}

static int order_written(const void *a, const void *b)
{
	return order_places(a, b);
}

static int order_values(const void *first, const void *second)
{
	const struct merge_ref *a = first;
	const struct merge_ref *b = second;
	const int keys = memcmp(a->key.bytes, b->key.bytes, DIGEST_SIZE);

	if (keys)
		return keys;
	if (a->side != b->side)
		return order_places(a, b);
	const int meanings = memcmp(a->meaning.bytes, b->meaning.bytes, DIGEST_SIZE);
	return meanings ? meanings : order_places(a, b);
}

/* --- writing one unit --- */

static size_t marked_count(const struct cal_tree *tree, const struct cal_entry *entry)
{
	size_t marked = 0;

	for (size_t i = 0; i < entry->count; i++)
		marked += tree->elements[entry->elements + i].marked;
	return marked;
}

/* Before the alarms and what else is inside. */
static size_t end_of_properties(const struct cal_tree *tree, size_t component)
{
	size_t i = cal_tree_first(tree, component);

	while (i != CAL_NONE && tree->entries[i].kind == CAL_ENTRY_PROPERTY)
		i = cal_tree_next(tree, component, i);
	return i == CAL_NONE ? tree->components[component].end : i;
}

/*
 * In the place of what goes, else behind what is of its kind, else at the end. A line
 * without a name would be taken for a part of the property before it: it stands first.
 */
static size_t place_of(const struct merge_group *g)
{
	const struct cal_tree *there = g->m->trees[MERGE_FROM_THERE];
	const size_t component = g->c->at[MERGE_FROM_THERE];
	size_t last = CAL_NONE;

	if (!g->unit.len)
		return there->components[component].begin + 1;
	for (size_t i = g->from[MERGE_FROM_THERE]; i < g->count; i++) {
		const struct cal_element *element = merge_element(g->m, &g->refs[i]);
		if (element->marked)
			return element->entry;
		last = element->entry;
	}
	if (last != CAL_NONE)
		return last + 1;
	return end_of_properties(there, component);
}

static void write_here(struct merge_group *g, struct cal_entry *entry, size_t place)
{
	const struct cal_tree *tree = g->m->trees[MERGE_FROM_HERE];
	const size_t marked = marked_count(tree, entry);
	const size_t order = (size_t)(entry - tree->entries);

	if (!marked)
		return;
	entry->marked = true;
	if (marked == entry->count)
		merge_insert(g->m, place, order, entry->bytes);
	else
		merge_insert_owned(g->m, place, order, merge_part(tree, entry, true));
}

static void write_there(struct merge_group *g, struct cal_entry *entry)
{
	const struct cal_tree *tree = g->m->trees[MERGE_FROM_THERE];
	const size_t marked = marked_count(tree, entry);

	if (!marked)
		return;
	entry->marked = true;
	if (marked < entry->count)
		merge_insert_owned(g->m, (size_t)(entry - tree->entries), 0,
			merge_part(tree, entry, false));
}

static void write_unit(struct merge_group *g)
{
	qsort(g->refs, g->count, sizeof(*g->refs), order_written);
	merge_find_states(g);
	const size_t place = place_of(g);
	for (size_t i = g->from[MERGE_FROM_HERE]; i < g->count; i++) {
		struct cal_entry *entry = merge_entry(g->m, &g->refs[i]);
		if (entry->elements != g->refs[i].element)
			continue;
		if (g->refs[i].side == MERGE_FROM_HERE)
			write_here(g, entry, place);
		else
			write_there(g, entry);
	}
}

/* --- one unit --- */

static bool repeats(const struct merge_group *g)
{
	size_t counts[MERGE_SIDES] = {0};

	for (size_t i = 0; i < g->count; i++)
		if (++counts[g->refs[i].side] > 1)
			return true;
	return false;
}

static struct digest key_of(const struct merge *m, const struct merge_ref *ref)
{
	static const char *const by_value[] = {"ATTENDEE", "ATTACH", "RELATED-TO"};
	const struct cal_entry *entry = merge_entry(m, ref);

	for (size_t i = 0; i < COUNT_OF(by_value); i++) {
		if (!str_is(entry->name, by_value[i]))
			continue;
		SCOPED(buf) key = buf_with_max(0);
		const struct str value = str_trim(entry->value);
		/* Only an address is free of case (RFC 6068 names, RFC 3986 scheme). */
		for (size_t n = 0; n < value.len; n++)
			buf_char(&key, i ? value.ptr[n] : ascii_lower(value.ptr[n]));
		return digest_of(buf_view(&key));
	}
	return ref->meaning;
}

static enum merge_way way_of(const struct merge_group *g)
{
	const struct merge_rule *rule = &g->refs[0].rule;

	return !rule->known && repeats(g) ? MERGE_SET : rule->way;
}

static void merge_values_of(const struct merge_group *unit, struct merge_ref *refs,
	size_t count)
{
	struct merge_group g = {.m = unit->m,
		.c = unit->c,
		.refs = refs,
		.count = count,
		.unit = unit->unit};

	merge_find_states(&g);
	if (refs[0].rule.way == MERGE_LATEST)
		merge_latest(&g);
	else
		merge_values(&g);
}

static void merge_unit(struct merge_group *g)
{
	const enum merge_way way = way_of(g);

	if (way == MERGE_SERVER)
		return;
	for (size_t i = 0; i < g->count && way == MERGE_SET; i++)
		g->refs[i].key = key_of(g->m, &g->refs[i]);
	qsort(g->refs, g->count, sizeof(*g->refs), order_values);
	for (size_t i = 0, n = 0; i < g->count; i += n) {
		n = 1;
		while (i + n < g->count &&
			digest_equal(&g->refs[i].key, &g->refs[i + n].key))
			n++;
		merge_values_of(g, g->refs + i, n);
	}
	write_unit(g);
}

/* --- one component --- */

struct refs {
	struct merge_ref *items;
	size_t count;
	size_t cap;
};

static void collect(const struct merge *m, enum merge_side side, size_t component,
	struct refs *refs)
{
	const struct cal_tree *t = m->trees[side];

	if (component == CAL_NONE)
		return;
	for (size_t i = cal_tree_first(t, component); i != CAL_NONE;
		i = cal_tree_next(t, component, i)) {
		const struct cal_entry *entry = &t->entries[i];
		const struct merge_rule rule = merge_rule_of(entry->name);
		for (size_t n = 0; n < entry->count; n++) {
			const size_t element = entry->elements + n;
			refs->items = xgrow(refs->items, refs->count, &refs->cap,
				sizeof(*refs->items));
			refs->items[refs->count++] = (struct merge_ref){.side = side,
				.element = element,
				.rule = rule,
				.meaning = t->elements[element].meaning};
		}
	}
}

void merge_properties(struct merge *m, const struct merge_match *c)
{
	struct refs refs = {.items = NULL};

	for (size_t side = 0; side < MERGE_SIDES; side++)
		collect(m, (enum merge_side)side, c->at[side], &refs);
	if (refs.count)
		qsort(refs.items, refs.count, sizeof(*refs.items), order_units);
	for (size_t i = 0, n = 0; i < refs.count; i += n) {
		const struct str unit = refs.items[i].rule.unit;
		n = 1;
		while (i + n < refs.count && str_eq(unit, refs.items[i + n].rule.unit))
			n++;
		struct merge_group g = {.m = m,
			.c = c,
			.refs = refs.items + i,
			.count = n,
			.unit = unit};
		merge_unit(&g);
	}
	free(refs.items);
}
