#include <config.h>

#include "cal/tree.h"

#include <string.h>

#include "base/mem.h"
#include "cal/line.h"
#include "cal/tree_impl.h"

struct line {
	struct str bytes;
	size_t from; /* in the unfolded text */
	size_t to;
};

struct reader {
	struct cal_tree *tree;
	struct line *lines;
	size_t count;
	size_t cap;
	size_t open; /* the component we are in */
};

void cal_tree_free(struct cal_tree *tree)
{
	if (!tree)
		return;
	free(tree->entries);
	free(tree->components);
	free(tree->elements);
	buf_clear(&tree->text);
	free(tree);
}

/* Unfolds everything first: slices of the text need it to stay where it is. */
static void split_lines(struct reader *r, struct str ics)
{
	struct buf *text = &r->tree->text;
	struct str raw;

	for (const char *from = ics.ptr; cal_line_next(&ics, &raw); from = ics.ptr) {
		const struct str bytes = {from, (size_t)(ics.ptr - from)};
		if (!str_trim(raw).len && r->count) {
			r->lines[r->count - 1].bytes.len += bytes.len;
			continue;
		}
		r->lines = xgrow(r->lines, r->count, &r->cap, sizeof(*r->lines));
		struct line *line = &r->lines[r->count++];
		line->bytes = bytes;
		line->from = text->len;
		cal_line_unfold(raw, text);
		line->to = text->len;
		buf_char(text, '\n');
	}
}

void tree_capitals(struct cal_tree *tree, struct str slice)
{
	char *at = tree->text.ptr + (slice.ptr - tree->text.ptr);

	for (size_t i = 0; i < slice.len; i++)
		if (ascii_is_alpha(at[i]) && !ascii_is_upper(at[i]))
			at[i] = (char)(at[i] - 'a' + 'A');
}

static struct cal_entry *add_entry(struct reader *r, enum cal_entry_kind kind,
	struct str bytes)
{
	struct cal_tree *t = r->tree;

	t->entries =
		xgrow(t->entries, t->entry_count, &t->entry_cap, sizeof(*t->entries));
	struct cal_entry *entry = &t->entries[t->entry_count++];
	*entry = (struct cal_entry){.kind = kind, .bytes = bytes, .component = r->open};
	return entry;
}

static void begin(struct reader *r, struct str bytes, struct str name)
{
	struct cal_tree *t = r->tree;
	const size_t parent = r->open;
	const unsigned depth = parent == CAL_NONE ? 0 : t->components[parent].depth + 1;

	tree_capitals(t, name);
	r->open = t->component_count;
	t->components = xgrow(t->components, t->component_count, &t->component_cap,
		sizeof(*t->components));
	t->components[t->component_count++] = (struct cal_component){.name = name,
		.begin = t->entry_count,
		.parent = parent,
		.depth = depth};
	(void)add_entry(r, CAL_ENTRY_BEGIN, bytes);
}

static void end(struct reader *r, struct str bytes)
{
	struct cal_component *c = &r->tree->components[r->open];

	c->end = r->tree->entry_count;
	(void)add_entry(r, CAL_ENTRY_END, bytes);
	r->open = c->parent;
}

/* How long a name the line begins with, as a property would; 0 when it does not. */
static size_t name_len(struct str text)
{
	size_t len = 0;

	while (len < text.len &&
		(ascii_is_alnum(text.ptr[len]) || text.ptr[len] == '-'))
		len++;
	return len < text.len && (text.ptr[len] == ';' || text.ptr[len] == ':') ? len
	                                                                        : 0;
}

/* A line that is no property: part of the one before, or a broken one itself. */
static void broken(struct reader *r, struct str bytes, struct str text)
{
	struct cal_tree *t = r->tree;
	const size_t len = name_len(text);
	struct cal_entry *last = &t->entries[t->entry_count - 1];

	if (last->kind == CAL_ENTRY_PROPERTY && !len) {
		last->bytes.len += bytes.len;
		last->value.len = (size_t)(text.ptr - last->value.ptr) + text.len;
		return;
	}
	struct cal_entry *entry = add_entry(r, CAL_ENTRY_PROPERTY, bytes);
	entry->name = str_slice(text, 0, len);
	tree_capitals(t, entry->name);
	entry->params = str_slice(text, len, len);
	entry->value = str_from(text, len);
}

static void read_line(struct reader *r, const struct line *line)
{
	const struct str all = buf_view(&r->tree->text);
	const struct str text = str_slice(all, line->from, line->to);
	struct cal_parts parts;

	if (!cal_line_parts(text, &parts)) {
		broken(r, line->bytes, text);
	} else if (str_eq_nocase(parts.name, STR("BEGIN"))) {
		begin(r, line->bytes, str_trim(parts.value));
	} else if (str_eq_nocase(parts.name, STR("END"))) {
		end(r, line->bytes);
	} else {
		struct cal_entry *entry = add_entry(r, CAL_ENTRY_PROPERTY, line->bytes);
		tree_capitals(r->tree, parts.name);
		entry->name = parts.name;
		entry->params = parts.params;
		entry->value = parts.value;
	}
}

struct cal_tree *cal_tree_read(struct str ics)
{
	AUTO(cal_tree) *tree = xcalloc(1, sizeof(*tree));
	struct reader r = {.tree = tree, .open = CAL_NONE};

	if (cal_scan(ics, &tree->scan) != CAL_OK)
		return NULL;
	tree->byte_order_mark = str_starts(ics, STR("\xef\xbb\xbf"));
	split_lines(&r, str_from(ics, tree->byte_order_mark ? 3 : 0));
	for (size_t i = 0; i < r.count; i++)
		read_line(&r, &r.lines[i]);
	free(r.lines);
	tree_weigh(tree);
	return take(&tree);
}

size_t cal_tree_first(const struct cal_tree *tree, size_t component)
{
	const struct cal_component *c = &tree->components[component];

	return c->begin + 1 == c->end ? CAL_NONE : c->begin + 1;
}

size_t cal_tree_next(const struct cal_tree *tree, size_t component, size_t entry)
{
	const struct cal_entry *at = &tree->entries[entry];
	const size_t last = at->kind == CAL_ENTRY_BEGIN
	                            ? tree->components[at->component].end
	                            : entry;

	return last + 1 == tree->components[component].end ? CAL_NONE : last + 1;
}

const struct cal_entry *cal_tree_find(const struct cal_tree *tree, size_t component,
	const char *name)
{
	for (size_t i = cal_tree_first(tree, component); i != CAL_NONE;
		i = cal_tree_next(tree, component, i)) {
		const struct cal_entry *entry = &tree->entries[i];
		if (entry->kind == CAL_ENTRY_PROPERTY && str_is(entry->name, name))
			return entry;
	}
	return NULL;
}

bool cal_tree_is_main(const struct cal_tree *tree, size_t component)
{
	static const char *const names[] = {"VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY",
		"VAVAILABILITY"};
	const struct cal_component *c = &tree->components[component];

	for (size_t i = 0; i < COUNT_OF(names) && c->depth == 1; i++)
		if (str_is(c->name, names[i]))
			return true;
	return false;
}

bool cal_tree_is_zone(const struct cal_tree *tree, size_t component)
{
	const struct cal_component *c = &tree->components[component];

	return c->depth == 1 && str_is(c->name, "VTIMEZONE");
}

size_t cal_tree_master(const struct cal_tree *tree)
{
	for (size_t i = 0; i < tree->component_count; i++)
		if (cal_tree_is_main(tree, i) &&
			!cal_tree_find(tree, i, "RECURRENCE-ID"))
			return i;
	return CAL_NONE;
}
