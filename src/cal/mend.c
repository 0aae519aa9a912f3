#include <config.h>

#include "cal/mend.h"

#include "cal/day.h"
#include "cal/line.h"
#include "cal/moment.h"
#include "cal/tree.h"

void cal_with_crlf(struct str ics, struct buf *out)
{
	size_t from = 0;

	for (size_t i = 0; i < ics.len; i++) {
		if (ics.ptr[i] != '\n' || (i && ics.ptr[i - 1] == '\r'))
			continue;
		buf_add(out, str_slice(ics, from, i));
		buf_char(out, '\r');
		from = i;
	}
	buf_add(out, str_from(ics, from));
}

/* The start of an event that has no end; NULL when it has one, or no start. */
static const struct cal_entry *start_without_end(const struct cal_tree *tree,
	size_t component)
{
	const struct cal_component *c = &tree->components[component];

	if (c->depth != 1 || !str_is(c->name, "VEVENT") ||
		cal_tree_find(tree, component, "DTEND") ||
		cal_tree_find(tree, component, "DURATION"))
		return NULL;
	return cal_tree_find(tree, component, "DTSTART");
}

static void add_param(const struct cal_entry *entry, const char *name, struct buf *out)
{
	struct str value;

	/* Quoted where it was, for it may hold a colon. */
	if (cal_param(entry->params, name, &value))
		buf_printf(out,
			value.ptr[-1] == '"' ? ";%s=\"" STR_FMT "\"" : ";%s=" STR_FMT,
			name, STR_ARG(value));
}

/* The line that says when the event ends; nothing when its start makes no sense. */
static void write_end(const struct cal_entry *start, struct buf *out)
{
	const struct str value = str_trim(start->value);
	struct cal_moment moment;

	if (!cal_moment_read(value, NULL, &moment))
		return;
	const struct cal_date next = cal_date_of(moment.day + 1);
	if (moment.all_day && next.year > 9999)
		return;
	buf_text(out, "DTEND");
	add_param(start, "VALUE", out);
	add_param(start, "TZID", out);
	if (moment.all_day)
		buf_printf(out, ":%04d%02d%02d", next.year, next.month, next.day);
	else
		buf_printf(out, ":" STR_FMT, STR_ARG(value));
	buf_text(out, str_ends(start->bytes, STR("\r\n")) ? "\r\n" : "\n");
}

/* Adds the entries from `from` to the one after the start, and the end. */
static size_t copy_to(const struct cal_tree *tree, size_t from, size_t start,
	struct buf *out)
{
	for (; from <= start; from++)
		buf_add(out, tree->entries[from].bytes);
	write_end(&tree->entries[start], out);
	return from;
}

bool cal_mend_end(struct str ics, struct buf *out)
{
	AUTO(cal_tree) *tree = cal_tree_read(ics);
	SCOPED(buf) mended = buf_with_max(0);
	size_t from = 0;

	if (!tree)
		return false;
	if (tree->byte_order_mark)
		buf_text(&mended, "\xef\xbb\xbf");
	for (size_t i = 0; i < tree->component_count; i++) {
		const struct cal_entry *start = start_without_end(tree, i);
		if (start)
			from = copy_to(tree, from, (size_t)(start - tree->entries),
				&mended);
	}
	if (!from)
		return false;
	for (; from < tree->entry_count; from++)
		buf_add(&mended, tree->entries[from].bytes);
	if (mended.len == ics.len)
		return false;
	buf_add(out, buf_view(&mended));
	return true;
}
