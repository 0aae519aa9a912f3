#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cal/tree_impl.h"

#define ELEMENTS_MAX 40000 /* beyond, a list is one value */

/* Of one property, reused from property to property. */
struct weigher {
	struct cal_tree *tree;
	struct buf params; /* canonical, as found */
	struct buf sorted; /* the same, in order */
	struct buf scratch;
	struct str *slices; /* of params */
	size_t *ends;
	size_t count;
	size_t slices_cap;
	size_t ends_cap;
};

static struct str digest_bytes(const struct digest *d)
{
	return (struct str){(const char *)d->bytes, DIGEST_SIZE};
}

void cal_set_add(struct buf *set, const struct digest *d)
{
	buf_add(set, digest_bytes(d));
}

static int order_digests(const void *a, const void *b)
{
	return memcmp(a, b, DIGEST_SIZE);
}

static void sort_digests(struct buf *set)
{
	if (set->len)
		qsort(set->ptr, set->len / DIGEST_SIZE, DIGEST_SIZE, order_digests);
}

struct digest cal_set_digest(struct buf *set)
{
	size_t kept = 0;

	sort_digests(set);
	for (size_t i = 0; i < set->len; i += DIGEST_SIZE) {
		if (kept && !order_digests(set->ptr + kept - DIGEST_SIZE, set->ptr + i))
			continue;
		memmove(set->ptr + kept, set->ptr + i, DIGEST_SIZE);
		kept += DIGEST_SIZE;
	}
	set->len = kept;
	return digest_of(buf_view(set));
}

/* Like str_split(), but a separator in quotes is none. */
static bool cut(struct str *rest, char sep, struct str *part)
{
	bool quoted = false;
	size_t end = 0;

	if (!rest->ptr)
		return false;
	for (; end < rest->len && (quoted || rest->ptr[end] != sep); end++)
		quoted = quoted != (rest->ptr[end] == '"');
	*part = str_slice(*rest, 0, end);
	*rest = end < rest->len ? str_from(*rest, end + 1) : (struct str){NULL, 0};
	return true;
}

static struct str unquoted(struct str value)
{
	const bool quotes = value.len >= 2 && value.ptr[0] == '"' &&
	                    value.ptr[value.len - 1] == '"';

	return quotes ? str_slice(value, 1, value.len - 1) : value;
}

/* NAME="first","second": a value cannot hold a quote (RFC 5545, 3.2). */
static void add_param(struct weigher *w, struct str param)
{
	struct str name;
	struct str value;

	if (!cut(&param, '=', &name))
		return;
	tree_capitals(w->tree, name);
	buf_add(&w->params, name);
	while (cut(&param, ',', &value)) {
		buf_char(&w->params, ',');
		buf_char(&w->params, '"');
		buf_add(&w->params, unquoted(value));
		buf_char(&w->params, '"');
	}
	w->ends = xgrow(w->ends, w->count, &w->ends_cap, sizeof(*w->ends));
	w->ends[w->count++] = w->params.len;
}

static int order_slices(const void *a, const void *b)
{
	const struct str *first = (const struct str *)a;
	const struct str *second = (const struct str *)b;

	return str_cmp(*first, *second);
}

/* The canonical parameters into w->sorted. */
static void sort_params(struct weigher *w, struct str params)
{
	struct str param;

	w->count = 0;
	buf_reset(&w->params);
	buf_reset(&w->sorted);
	params = params.len ? str_from(params, 1) : (struct str){NULL, 0};
	while (cut(&params, ';', &param))
		add_param(w, param);
	for (size_t i = 0; i < w->count; i++) {
		w->slices = xgrow(w->slices, i, &w->slices_cap, sizeof(*w->slices));
		w->slices[i] = str_slice(buf_view(&w->params), i ? w->ends[i - 1] : 0,
			w->ends[i]);
	}
	if (w->count)
		qsort(w->slices, w->count, sizeof(*w->slices), order_slices);
	for (size_t i = 0; i < w->count; i++) {
		buf_char(&w->sorted, ';');
		buf_add(&w->sorted, w->slices[i]);
	}
}

static struct digest head_digest(struct weigher *w, const struct cal_entry *entry)
{
	sort_params(w, entry->params);
	buf_reset(&w->scratch);
	buf_add(&w->scratch, entry->name);
	buf_add(&w->scratch, buf_view(&w->sorted));
	return digest_of(buf_view(&w->scratch));
}

static void add_element(struct weigher *w, size_t entry, const struct digest *head,
	struct str value)
{
	struct cal_tree *t = w->tree;

	buf_reset(&w->scratch);
	buf_add(&w->scratch, digest_bytes(head));
	buf_add(&w->scratch, value);
	t->elements = xgrow(t->elements, t->element_count, &t->element_cap,
		sizeof(*t->elements));
	t->elements[t->element_count++] = (struct cal_element){.value = value,
		.meaning = digest_of(buf_view(&w->scratch)),
		.entry = entry};
	t->entries[entry].count++;
}

static bool is_list(struct str name)
{
	static const char *const names[] = {"EXDATE", "RDATE", "CATEGORIES",
		"RESOURCES"};

	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (str_is(name, names[i]))
			return true;
	return false;
}

/* Cuts at the first comma without a backslash before it (RFC 5545, 3.3.11). */
static bool next_value(struct str *rest, struct str *value)
{
	size_t end = 0;

	if (!rest->ptr)
		return false;
	while (end < rest->len && rest->ptr[end] != ',')
		end += rest->ptr[end] == '\\' ? 2 : 1;
	*value = str_slice(*rest, 0, end);
	*rest = end < rest->len ? str_from(*rest, end + 1) : (struct str){NULL, 0};
	return true;
}

/* So that an object of commas does not grow a hundredfold. */
static bool is_cut(const struct cal_tree *t, const struct cal_entry *entry)
{
	size_t commas = 0;

	if (!is_list(entry->name))
		return false;
	for (size_t i = 0; i < entry->value.len; i++)
		commas += entry->value.ptr[i] == ',';
	return t->element_count + commas < ELEMENTS_MAX;
}

static void weigh_entry(struct weigher *w, size_t index)
{
	struct cal_entry *entry = &w->tree->entries[index];
	const struct digest head = head_digest(w, entry);
	struct str values = entry->value;
	struct str value;

	entry->elements = w->tree->element_count;
	const bool is_list_of_values = is_cut(w->tree, entry);
	while (is_list_of_values && next_value(&values, &value))
		if (value.len)
			add_element(w, index, &head, value);
	if (!entry->count)
		add_element(w, index, &head, entry->value);
}

static bool counts(struct str name)
{
	static const char *const stamps[] = {"DTSTAMP", "LAST-MODIFIED", "CREATED",
		"PRODID"};

	for (size_t i = 0; i < COUNT_OF(stamps); i++)
		if (str_is(name, stamps[i]))
			return false;
	return true;
}

static void collect(const struct cal_tree *t, size_t component, struct buf *own,
	struct buf *within)
{
	for (size_t i = cal_tree_first(t, component); i != CAL_NONE;
		i = cal_tree_next(t, component, i)) {
		const struct cal_entry *entry = &t->entries[i];
		if (entry->kind == CAL_ENTRY_BEGIN) {
			if (!cal_tree_is_zone(t, entry->component))
				cal_set_add(within,
					&t->components[entry->component].meaning);
			continue;
		}
		for (size_t n = 0; n < entry->count && counts(entry->name); n++)
			cal_set_add(own, &t->elements[entry->elements + n].meaning);
	}
}

/* Two alarms that are the same ring twice, so unlike properties they are counted. */
static void weigh_component(struct weigher *w, size_t component)
{
	struct cal_component *c = &w->tree->components[component];
	SCOPED(buf) own = buf_with_max(0);
	SCOPED(buf) within = buf_with_max(0);

	collect(w->tree, component, &own, &within);
	const struct digest properties = cal_set_digest(&own);
	sort_digests(&within);
	const struct digest components = digest_of(buf_view(&within));
	buf_reset(&w->scratch);
	buf_add(&w->scratch, digest_bytes(&properties));
	buf_add(&w->scratch, digest_bytes(&components));
	buf_add(&w->scratch, c->name);
	c->meaning = digest_of(buf_view(&w->scratch));
}

void tree_weigh(struct cal_tree *tree)
{
	struct weigher w = {.tree = tree};

	for (size_t i = 0; i < tree->entry_count; i++)
		if (tree->entries[i].kind == CAL_ENTRY_PROPERTY)
			weigh_entry(&w, i);
	/* Children stand behind their parents. */
	for (size_t i = tree->component_count; i; i--)
		weigh_component(&w, i - 1);
	buf_clear(&w.params);
	buf_clear(&w.sorted);
	buf_clear(&w.scratch);
	free(w.slices);
	free(w.ends);
}
