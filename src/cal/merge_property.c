#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cal/line.h"
#include "cal/merge_impl.h"

/* One value of a property on one side. */
struct ref {
	enum merge_side side;
	size_t element;
	struct merge_rule rule;
	struct digest key; /* values with the same one replace each other */
	struct digest meaning;
};

/* Values that are joined with each other: of one unit, or of one key in it. */
struct group {
	struct merge *m;
	const struct merge_match *c;
	struct ref *refs;
	size_t count;
	struct str unit;
	size_t from[MERGE_SIDES + 1]; /* where each side begins */
	struct digest state[MERGE_SIDES];
};

static struct cal_element *element_of(const struct merge *m, const struct ref *ref)
{
	return &m->trees[ref->side]->elements[ref->element];
}

static struct cal_entry *entry_of(const struct merge *m, const struct ref *ref)
{
	return &m->trees[ref->side]->entries[element_of(m, ref)->entry];
}

static int order_places(const struct ref *a, const struct ref *b)
{
	if (a->side != b->side)
		return a->side < b->side ? -1 : 1;
	return a->element < b->element ? -1 : a->element > b->element;
}

static int order_units(const void *first, const void *second)
{
	const struct ref *a = first;
	const struct ref *b = second;
	const int order = str_cmp(a->rule.unit, b->rule.unit);

	return order ? order : order_places(a, b);
}

static int order_written(const void *a, const void *b)
{
	return order_places(a, b);
}

static int order_values(const void *first, const void *second)
{
	const struct ref *a = first;
	const struct ref *b = second;
	const int keys = memcmp(a->key.bytes, b->key.bytes, DIGEST_SIZE);

	if (keys)
		return keys;
	if (a->side != b->side)
		return order_places(a, b);
	const int meanings = memcmp(a->meaning.bytes, b->meaning.bytes, DIGEST_SIZE);
	return meanings ? meanings : order_places(a, b);
}

/* --- what changed ------------------------------------------------------------------ */

static void find_states(struct group *g)
{
	size_t i = 0;

	for (size_t side = 0; side < MERGE_SIDES; side++) {
		SCOPED(buf) set = buf_with_max(0);
		for (g->from[side] = i; i < g->count && g->refs[i].side == side; i++)
			cal_set_add(&set, &g->refs[i].meaning);
		g->state[side] = cal_set_digest(&set);
	}
	g->from[MERGE_SIDES] = g->count;
}

static bool same(const struct group *g, enum merge_side a, enum merge_side b)
{
	return digest_equal(&g->state[a], &g->state[b]);
}

/* Calls `each` for every value of side a, once, that side b has not. */
static void each_missing(struct group *g, enum merge_side a, enum merge_side b,
	void (*each)(struct group *g, struct ref *ref, void *ctx), void *ctx)
{
	size_t other = g->from[b];

	for (size_t i = g->from[a]; i < g->from[a + 1]; i++) {
		const unsigned char *wanted = g->refs[i].meaning.bytes;
		while (other < g->from[b + 1] &&
			memcmp(g->refs[other].meaning.bytes, wanted, DIGEST_SIZE) < 0)
			other++;
		if (other < g->from[b + 1] &&
			!memcmp(g->refs[other].meaning.bytes, wanted, DIGEST_SIZE))
			continue;
		if (i > g->from[a] && !memcmp(g->refs[i - 1].meaning.bytes, wanted,
					      DIGEST_SIZE))
			continue;
		each(g, &g->refs[i], ctx);
	}
}

static void note_ref(struct group *g, struct ref *ref, void *ctx)
{
	struct merge_names *names = ctx;

	merge_note(g->m, names, entry_of(g->m, ref)->name);
}

static void note_changes(
	struct group *g, enum merge_side side, struct merge_names *names)
{
	each_missing(g, side, MERGE_FROM_BASE, note_ref, names);
	each_missing(g, MERGE_FROM_BASE, side, note_ref, names);
}

/* --- an occurrence edited on one side and excluded on the other -------------------- */

static bool is_master(const struct group *g)
{
	const struct merge_match *masters = &g->m->masters;

	return masters->at[MERGE_FROM_THERE] == g->c->at[MERGE_FROM_THERE] &&
	       masters->at[MERGE_FROM_HERE] == g->c->at[MERGE_FROM_HERE];
}

/* Whether `ref` excludes what the other side edited. */
static bool hides_edit(struct group *g, const struct ref *ref, enum merge_side other)
{
	if (!str_is(g->unit, "EXDATE") || !g->m->edited[other].len || !is_master(g))
		return false;
	const struct digest moment = merge_occurrence(
		g->m, entry_of(g->m, ref)->params, element_of(g->m, ref)->value);
	if (!merge_is_edited(g->m, other, &moment))
		return false;
	merge_note(g->m, &g->m->report->clashes, g->unit);
	return true;
}

static void take_value(struct group *g, struct ref *ref, void *ctx)
{
	(void)ctx;
	if (!hides_edit(g, ref, MERGE_FROM_THERE))
		element_of(g->m, ref)->marked = true;
}

static void drop_value(struct group *g, struct ref *ref, void *ctx)
{
	(void)ctx;
	element_of(g->m, ref)->marked = true;
}

static void refuse_exclusion(struct group *g, struct ref *ref, void *ctx)
{
	(void)ctx;
	if (hides_edit(g, ref, MERGE_FROM_HERE))
		element_of(g->m, ref)->marked = true;
}

/* --- the three-way decision -------------------------------------------------------- */

static bool is_locked(const struct group *g)
{
	static const char *const units[] = {"DTSTART", "RRULE", "EXDATE", "RDATE"};

	if (!g->m->locked || !is_master(g))
		return false;
	for (size_t i = 0; i < COUNT_OF(units); i++)
		if (str_is(g->unit, units[i]))
			return true;
	return false;
}

static void take_here(struct group *g)
{
	each_missing(g, MERGE_FROM_HERE, MERGE_FROM_THERE, take_value, NULL);
	each_missing(g, MERGE_FROM_THERE, MERGE_FROM_HERE, drop_value, NULL);
}

static void merge_values(struct group *g)
{
	struct merge_report *report = g->m->report;

	if (is_locked(g) || same(g, MERGE_FROM_HERE, MERGE_FROM_THERE))
		return;
	if (same(g, MERGE_FROM_BASE, MERGE_FROM_HERE)) {
		note_changes(g, MERGE_FROM_THERE, &report->there);
		each_missing(g, MERGE_FROM_THERE, MERGE_FROM_BASE, refuse_exclusion,
			NULL);
	} else if (same(g, MERGE_FROM_BASE, MERGE_FROM_THERE)) {
		note_changes(g, MERGE_FROM_HERE, &report->here);
		take_here(g);
	} else {
		note_changes(g, MERGE_FROM_HERE, &report->clashes);
		note_changes(g, MERGE_FROM_THERE, &report->clashes);
	}
}

static int order_stamps(struct str a, struct str b)
{
	int64_t first = 0;
	int64_t second = 0;

	a = str_trim(a);
	b = str_trim(b);
	if (str_to_int(a, 0, INT64_MAX, &first) && str_to_int(b, 0, INT64_MAX, &second))
		return first < second ? -1 : first > second;
	return str_cmp(a, b);
}

static struct ref *latest(const struct group *g, enum merge_side side)
{
	struct ref *best = NULL;

	for (size_t i = g->from[side]; i < g->from[side + 1]; i++)
		if (!best || order_stamps(element_of(g->m, &g->refs[i])->value,
				     element_of(g->m, best)->value) > 0)
			best = &g->refs[i];
	return best;
}

/* iCloud writes DTSTAMP twice: the server's lines stay unless there is a later one. */
static void merge_latest(struct group *g)
{
	struct ref *here = latest(g, MERGE_FROM_HERE);
	const struct ref *there = latest(g, MERGE_FROM_THERE);
	bool take = false;

	if (here && there)
		take = order_stamps(element_of(g->m, here)->value,
			       element_of(g->m, there)->value) > 0;
	else if (here)
		take = !same(g, MERGE_FROM_BASE, MERGE_FROM_HERE);
	else if (there && same(g, MERGE_FROM_BASE, MERGE_FROM_THERE))
		each_missing(g, MERGE_FROM_THERE, MERGE_FROM_HERE, drop_value, NULL);
	if (!take)
		return;
	each_missing(g, MERGE_FROM_THERE, MERGE_FROM_HERE, drop_value, NULL);
	element_of(g->m, here)->marked = true;
}

/* --- writing one unit -------------------------------------------------------------- */

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

/* In the place of what goes, else behind what is of its kind, else at the end. */
static size_t place_of(const struct group *g)
{
	const struct cal_tree *there = g->m->trees[MERGE_FROM_THERE];
	size_t last = CAL_NONE;

	for (size_t i = g->from[MERGE_FROM_THERE]; i < g->count; i++) {
		const struct cal_element *element = element_of(g->m, &g->refs[i]);
		if (element->marked)
			return element->entry;
		last = element->entry;
	}
	if (last != CAL_NONE)
		return last + 1;
	return end_of_properties(there, g->c->at[MERGE_FROM_THERE]);
}

static void write_here(struct group *g, struct cal_entry *entry, size_t place)
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

static void write_there(struct group *g, struct cal_entry *entry)
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

static void write_unit(struct group *g)
{
	qsort(g->refs, g->count, sizeof(*g->refs), order_written);
	find_states(g);
	const size_t place = place_of(g);
	for (size_t i = g->from[MERGE_FROM_HERE]; i < g->count; i++) {
		struct cal_entry *entry = entry_of(g->m, &g->refs[i]);
		if (entry->elements != g->refs[i].element)
			continue;
		if (g->refs[i].side == MERGE_FROM_HERE)
			write_here(g, entry, place);
		else
			write_there(g, entry);
	}
}

/* --- one unit ---------------------------------------------------------------------- */

static bool repeats(const struct group *g)
{
	size_t counts[MERGE_SIDES] = {0};

	for (size_t i = 0; i < g->count; i++)
		if (++counts[g->refs[i].side] > 1)
			return true;
	return false;
}

static struct digest key_of(const struct merge *m, const struct ref *ref)
{
	static const char *const by_value[] = {"ATTENDEE", "ATTACH", "RELATED-TO"};
	const struct cal_entry *entry = entry_of(m, ref);

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

static enum merge_way way_of(const struct group *g)
{
	const struct merge_rule *rule = &g->refs[0].rule;

	return !rule->known && repeats(g) ? MERGE_SET : rule->way;
}

static void merge_group(const struct group *unit, struct ref *refs, size_t count)
{
	struct group g = {.m = unit->m,
		.c = unit->c,
		.refs = refs,
		.count = count,
		.unit = unit->unit};

	find_states(&g);
	if (refs[0].rule.way == MERGE_LATEST)
		merge_latest(&g);
	else
		merge_values(&g);
}

static void merge_unit(struct group *g)
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
		merge_group(g, g->refs + i, n);
	}
	write_unit(g);
}

/* --- one component ----------------------------------------------------------------- */

struct refs {
	struct ref *items;
	size_t count;
	size_t cap;
};

static void collect(
	const struct merge *m, enum merge_side side, size_t component, struct refs *refs)
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
			refs->items[refs->count++] = (struct ref){.side = side,
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
		struct group g = {.m = m,
			.c = c,
			.refs = refs.items + i,
			.count = n,
			.unit = unit};
		merge_unit(&g);
	}
	free(refs.items);
}
