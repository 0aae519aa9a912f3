#include <config.h>

#include "cal/merge.h"

#include <stdlib.h>
#include <string.h>

#include "cal/merge_impl.h"

void merge_note(struct merge *m, struct merge_names *names, struct str name)
{
	char text[MERGE_NAME_SIZE] = "";
	const struct str cut =
		str_slice(name.len ? name : STR("UNKNOWN"), 0, sizeof(text) - 1);

	memcpy(text, cut.ptr, cut.len);
	for (size_t i = 0; i < names->count; i++)
		if (!strcmp(names->items[i].name, text) &&
			names->items[i].occurrence == m->occurrence)
			return;
	if (names->count == MERGE_NAMES_MAX) {
		names->more = true;
		return;
	}
	memcpy(names->items[names->count].name, text, sizeof(text));
	names->items[names->count++].occurrence = m->occurrence;
}

static bool same_meaning(const struct cal_tree *a, const struct cal_tree *b)
{
	return digest_equal(&a->components[0].meaning, &b->components[0].meaning);
}

static bool same_uid(const struct cal_tree *a, const struct cal_tree *b)
{
	return !strcmp(a->scan.uid, b->scan.uid);
}

/* What can be told without merging; MERGE_DONE when it cannot. */
static enum merge_result compare(const struct cal_tree *base,
	const struct cal_tree *here, const struct cal_tree *there)
{
	if (!here || !there || !same_uid(here, there))
		return MERGE_IMPOSSIBLE;
	if (same_meaning(here, there))
		return MERGE_SAME;
	if (!base || !same_uid(base, here))
		return MERGE_IMPOSSIBLE;
	if (same_meaning(base, there))
		return MERGE_HERE;
	return same_meaning(base, here) ? MERGE_THERE : MERGE_DONE;
}

/* The result is read again: nothing is ever sent that would not pass itself. */
static enum merge_result judge(struct merge *m, struct str result)
{
	const struct cal_tree *here = m->trees[MERGE_FROM_HERE];
	const struct cal_tree *there = m->trees[MERGE_FROM_THERE];
	AUTO(cal_tree) *merged = cal_tree_read(result);

	if (!merged || !same_uid(merged, there))
		return MERGE_IMPOSSIBLE;
	if (m->report->clashes.count)
		return MERGE_CLASH;
	if (same_meaning(merged, there))
		return MERGE_THERE;
	return same_meaning(merged, here) ? MERGE_HERE : MERGE_DONE;
}

static int order_items(const void *a, const void *b)
{
	return strcmp(a, b); /* each begins with its name */
}

static void sort_names(struct merge_names *names)
{
	if (names->count)
		qsort(names->items, names->count, sizeof(names->items[0]), order_items);
}

static enum merge_result merge_trees(struct merge *m, struct buf *out)
{
	const struct merge_match calendar = {{0, 0, 0}};
	SCOPED(buf) result = buf_with_max(CAL_BYTES_MAX);

	merge_series(m);
	merge_properties(m, &calendar);
	merge_children(m, &calendar);
	merge_write(m, &result);
	sort_names(&m->report->here);
	sort_names(&m->report->there);
	sort_names(&m->report->clashes);
	if (!buf_ok(&result))
		return MERGE_IMPOSSIBLE;
	const enum merge_result verdict = judge(m, buf_view(&result));
	if (verdict == MERGE_DONE || verdict == MERGE_CLASH)
		buf_add(out, buf_view(&result));
	return verdict;
}

static struct cal_zones *zones_of(const struct cal_tree *tree, struct str ics)
{
	return cal_zones_new(str_from(ics, tree->byte_order_mark ? 3 : 0));
}

static void clear_merge(struct merge *m)
{
	for (size_t i = 0; i < m->insert_count; i++)
		free(m->inserts[i].owned);
	free(m->inserts);
	for (size_t side = 0; side < MERGE_SIDES; side++) {
		cal_zones_free(m->zones[side]);
		buf_clear(&m->edited[side]);
	}
}

enum merge_result cal_merge(struct str base, struct str here, struct str there,
	struct buf *out, struct merge_report *report)
{
	AUTO(cal_tree) *base_tree = cal_tree_read(base);
	AUTO(cal_tree) *here_tree = cal_tree_read(here);
	AUTO(cal_tree) *there_tree = cal_tree_read(there);

	*report = (struct merge_report){.clashes = {.count = 0}};
	enum merge_result result = compare(base_tree, here_tree, there_tree);
	if (result != MERGE_DONE)
		return result;
	struct merge m = {
		.trees = {base_tree, here_tree, there_tree},
		.zones = {zones_of(base_tree, base), zones_of(here_tree, here),
			zones_of(there_tree, there)},
		.report = report,
	};
	result = merge_trees(&m, out);
	clear_merge(&m);
	return result;
}
