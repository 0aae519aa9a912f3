#include <config.h>

#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"
#include "cal/line.h"
#include "cal/mend.h"
#include "cal/merge_impl.h"

#define LINE_OCTETS 75 /* RFC 5545, 3.1 */

void merge_insert(struct merge *m, size_t before, size_t order, struct str bytes)
{
	m->inserts =
		xgrow(m->inserts, m->insert_count, &m->insert_cap, sizeof(*m->inserts));
	m->inserts[m->insert_count++] =
		(struct merge_insert){.before = before, .order = order, .bytes = bytes};
}

void merge_insert_owned(struct merge *m, size_t before, size_t order, char *text)
{
	merge_insert(m, before, order, str_of(text));
	m->inserts[m->insert_count - 1].owned = text;
}

static struct str component_bytes(const struct cal_tree *tree, size_t component)
{
	const struct cal_component *c = &tree->components[component];
	const struct str begin = tree->entries[c->begin].bytes;
	const struct str end = tree->entries[c->end].bytes;

	return (struct str){begin.ptr, (size_t)(end.ptr - begin.ptr) + end.len};
}

static void mark_component(struct cal_tree *tree, size_t component)
{
	const struct cal_component *c = &tree->components[component];

	for (size_t i = c->begin; i <= c->end; i++)
		tree->entries[i].marked = true;
}

void merge_insert_component(struct merge *m, size_t before, size_t component)
{
	struct cal_tree *here = m->trees[MERGE_FROM_HERE];

	mark_component(here, component);
	merge_insert(m, before, here->components[component].begin,
		component_bytes(here, component));
}

void merge_drop_component(struct merge *m, size_t component)
{
	mark_component(m->trees[MERGE_FROM_THERE], component);
}

static void fold(struct str line, struct buf *out)
{
	size_t column = 0;

	while (line.len) {
		size_t used = 0;
		(void)utf8_next(line, &used);
		if (column + used > LINE_OCTETS) {
			buf_text(out, "\r\n ");
			column = 1;
		}
		buf_add(out, str_slice(line, 0, used));
		column += used;
		line = str_from(line, used);
	}
	buf_text(out, "\r\n");
}

char *merge_part(const struct cal_tree *tree, const struct cal_entry *entry,
	bool marked)
{
	SCOPED(buf) line = buf_with_max(0);
	SCOPED(buf) out = buf_with_max(0);
	char separator = ':';

	buf_add(&line, entry->name);
	buf_add(&line, entry->params);
	for (size_t i = 0; i < entry->count; i++) {
		const struct cal_element *element =
			&tree->elements[entry->elements + i];
		if (element->marked != marked)
			continue;
		buf_char(&line, separator);
		buf_add(&line, element->value);
		separator = ',';
	}
	fold(buf_view(&line), &out);
	return buf_take(&out);
}

/* --- time zones --- */

struct names {
	struct str *items;
	size_t count;
	size_t cap;
};

static int order_names(const void *a, const void *b)
{
	const struct str *first = a;
	const struct str *second = b;

	return str_cmp(*first, *second);
}

static void add_name(struct names *names, struct str name)
{
	names->items =
		xgrow(names->items, names->count, &names->cap, sizeof(*names->items));
	names->items[names->count++] = name;
}

static void sort_names(struct names *names)
{
	if (names->count)
		qsort(names->items, names->count, sizeof(*names->items), order_names);
}

static bool has_name(const struct names *names, struct str name)
{
	return names->count && bsearch(&name, names->items, names->count,
				       sizeof(*names->items), order_names);
}

static struct str zone_name(const struct cal_tree *tree, size_t component)
{
	const struct cal_entry *tzid = cal_tree_find(tree, component, "TZID");

	return tzid ? str_trim(tzid->value) : STR("");
}

static struct names names_needed(const struct cal_tree *here)
{
	struct names needed = {.items = NULL};
	struct str tzid;

	for (size_t i = 0; i < here->entry_count; i++)
		if (here->entries[i].marked &&
			cal_param(here->entries[i].params, "TZID", &tzid))
			add_name(&needed, str_trim(tzid));
	sort_names(&needed);
	return needed;
}

static struct names names_known(const struct cal_tree *there)
{
	struct names known = {.items = NULL};

	for (size_t i = 0; i < there->component_count; i++)
		if (cal_tree_is_zone(there, i))
			add_name(&known, zone_name(there, i));
	sort_names(&known);
	return known;
}

static size_t first_component(const struct cal_tree *tree)
{
	size_t i = cal_tree_first(tree, 0);

	while (tree->entries[i].kind != CAL_ENTRY_BEGIN)
		i = cal_tree_next(tree, 0, i);
	return i;
}

static void carry_zones(struct merge *m)
{
	const struct cal_tree *here = m->trees[MERGE_FROM_HERE];
	const struct cal_tree *there = m->trees[MERGE_FROM_THERE];
	const size_t place = first_component(there);
	struct names needed = names_needed(here);
	struct names known = names_known(there);

	for (size_t i = 0; i < here->component_count; i++) {
		const struct str name = zone_name(here, i);
		if (cal_tree_is_zone(here, i) && has_name(&needed, name) &&
			!has_name(&known, name))
			merge_insert_component(m, place, i);
	}
	free(needed.items);
	free(known.items);
}

/* --- the text --- */

static int order_inserts(const void *first, const void *second)
{
	const struct merge_insert *a = first;
	const struct merge_insert *b = second;

	if (a->before != b->before)
		return a->before < b->before ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

/* The last line of a text may lack its end. */
static void write_lines(struct str bytes, struct buf *out)
{
	cal_with_crlf(bytes, out);
	if (!str_ends(bytes, STR("\n")))
		buf_text(out, "\r\n");
}

void merge_write(struct merge *m, struct buf *out)
{
	const struct cal_tree *there = m->trees[MERGE_FROM_THERE];
	size_t next = 0;

	carry_zones(m);
	if (m->insert_count)
		qsort(m->inserts, m->insert_count, sizeof(*m->inserts), order_inserts);
	if (there->byte_order_mark)
		buf_text(out, "\xef\xbb\xbf");
	for (size_t i = 0; i < there->entry_count; i++) {
		for (; next < m->insert_count && m->inserts[next].before == i; next++)
			write_lines(m->inserts[next].bytes, out);
		if (!there->entries[i].marked)
			write_lines(there->entries[i].bytes, out);
	}
}
