#include <config.h>

#include "cal/change.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "cal/event.h"
#include "cal/object.h"
#include "cal/tree.h"

#define CHANGES_MAX 16
#define NAMED_MAX 3
#define NEW_TITLE_COLS 30
#define CLOCK_LEN 5 /* "10:00", the end of cal_time_text() */

enum part {
	PART_TITLE,
	PART_TIME,
	PART_STATE,
	PART_PLACE,
	PART_NOTES,
	PART_REPETITION,
	PART_GUESTS,
	PART_OTHER,
	PART_IGNORED,
	PARTS,
};

/* One of two versions. */
struct version {
	struct cal_tree *tree;
	struct cal_events *events;
	const struct cal_event *event; /* the one that speaks */
	size_t component;              /* the same in the tree */
};

struct changes {
	const struct version *before;
	const struct version *after;
	char *items[CHANGES_MAX]; /* owned */
	size_t count;
	bool same_day; /* the first one says from what clock to what clock */
};

/* --- what each version says --- */

static void open_version(struct version *v, struct str ics)
{
	*v = (struct version){.tree = cal_tree_read(ics), .component = CAL_NONE};
	v->events = v->tree ? cal_events_read(ics) : NULL;
	if (!v->events || !v->events->count)
		return;
	v->event = &v->events->items[0];
	for (size_t i = v->events->count; i; i--)
		if (!v->events->items[i - 1].has_replaces)
			v->event = &v->events->items[i - 1];
	v->component = cal_tree_master(v->tree);
	for (size_t i = 0; v->component == CAL_NONE; i++)
		if (cal_tree_is_main(v->tree, i))
			v->component = i;
}

static void close_version(struct version *v)
{
	cal_tree_free(v->tree);
	cal_events_free(v->events);
}

static enum part part_of(struct str name)
{
	static const struct {
		const char *name;
		enum part part;
	} parts[] = {
		{"SUMMARY", PART_TITLE},
		{"DTSTART", PART_TIME},
		{"DTEND", PART_TIME},
		{"DUE", PART_TIME},
		{"DURATION", PART_TIME},
		{"STATUS", PART_STATE},
		{"COMPLETED", PART_STATE},
		{"PERCENT-COMPLETE", PART_STATE},
		{"LOCATION", PART_PLACE},
		{"GEO", PART_PLACE},
		{"X-APPLE-STRUCTURED-LOCATION", PART_PLACE},
		{"DESCRIPTION", PART_NOTES},
		{"X-ALT-DESC", PART_NOTES},
		{"RRULE", PART_REPETITION},
		{"EXRULE", PART_REPETITION},
		{"RDATE", PART_REPETITION},
		{"EXDATE", PART_REPETITION},
		{"ATTENDEE", PART_GUESTS},
		{"ORGANIZER", PART_GUESTS},
		{"DTSTAMP", PART_IGNORED},
		{"LAST-MODIFIED", PART_IGNORED},
		{"CREATED", PART_IGNORED},
		{"SEQUENCE", PART_IGNORED},
	};

	for (size_t i = 0; i < COUNT_OF(parts); i++)
		if (str_is(name, parts[i].name))
			return parts[i].part;
	return PART_OTHER;
}

static struct digest part_state(const struct version *v, enum part part)
{
	const struct cal_tree *t = v->tree;
	SCOPED(buf) set = buf_with_max(0);

	for (size_t i = cal_tree_first(t, v->component); i != CAL_NONE;
		i = cal_tree_next(t, v->component, i)) {
		const struct cal_entry *entry = &t->entries[i];
		if (entry->kind != CAL_ENTRY_PROPERTY || part_of(entry->name) != part)
			continue;
		for (size_t n = 0; n < entry->count; n++)
			cal_set_add(&set, &t->elements[entry->elements + n].meaning);
	}
	return cal_set_digest(&set);
}

static struct digest alarm_state(const struct version *v)
{
	const struct cal_tree *t = v->tree;
	SCOPED(buf) set = buf_with_max(0);

	for (size_t i = 0; i < t->component_count; i++)
		if (t->components[i].parent == v->component)
			cal_set_add(&set, &t->components[i].meaning);
	return cal_set_digest(&set);
}

/* --- what is different --- */

static void add(struct changes *c, char *text)
{
	if (c->count < CHANGES_MAX)
		c->items[c->count++] = text;
	else
		free(text);
}

static bool differs(const struct changes *c, enum part part)
{
	const struct digest before = part_state(c->before, part);
	const struct digest after = part_state(c->after, part);

	return !digest_equal(&before, &after);
}

static void add_title(struct changes *c)
{
	AUTO_FREE char *title = cal_event_title(c->after->event, NEW_TITLE_COLS);

	add(c, xasprintf("new title \"%s\"", title));
}

static void moment_text(const struct cal_moment *m, struct buf *out)
{
	if (m->all_day)
		cal_day_text(m->day, out);
	else
		cal_time_text(cal_moment_unix(m), false, out);
}

static struct str clock_of(const struct buf *text)
{
	return str_from(buf_view(text), text->len - CLOCK_LEN);
}

/* Of two texts with clocks: do they name one day? */
static bool is_same_day(const struct buf *a, const struct buf *b)
{
	return str_eq(str_slice(buf_view(a), 0, a->len - CLOCK_LEN),
		str_slice(buf_view(b), 0, b->len - CLOCK_LEN));
}

static void add_moved(struct changes *c, const struct cal_moment *before,
	const struct cal_moment *after)
{
	SCOPED(buf) from = buf_with_max(0);
	SCOPED(buf) to = buf_with_max(0);

	moment_text(before, &from);
	moment_text(after, &to);
	if (str_eq(buf_view(&from), buf_view(&to))) {
		add(c, xstrdup("time zone changed"));
		return;
	}
	if (before->all_day || after->all_day || !is_same_day(&from, &to)) {
		add(c, xasprintf("moved to %s", buf_cstr(&to)));
		return;
	}
	const struct str old = clock_of(&from);
	const struct str new = clock_of(&to);
	add(c, xasprintf(STR_FMT " to " STR_FMT, STR_ARG(old), STR_ARG(new)));
	c->same_day = c->count == 1;
}

static void add_end(struct changes *c)
{
	const struct cal_event *event = c->after->event;
	SCOPED(buf) start = buf_with_max(0);
	SCOPED(buf) end = buf_with_max(0);

	if (!event->has_end) {
		add(c, xstrdup("length changed"));
		return;
	}
	if (event->end.all_day) {
		/* DTEND is the day after the last one. */
		const int64_t last = event->end.day - 1;
		const bool odd = event->has_start && last < event->start.day;
		cal_day_text(odd ? event->start.day : last, &end);
		add(c, xasprintf("now until %s", buf_cstr(&end)));
		return;
	}
	moment_text(&event->end, &end);
	moment_text(&event->start, &start);
	if (event->has_start && !event->start.all_day && is_same_day(&start, &end))
		add(c, xasprintf("now until " STR_FMT, STR_ARG(clock_of(&end))));
	else
		add(c, xasprintf("now until %s", buf_cstr(&end)));
}

static bool same_moment(const struct cal_moment *a, const struct cal_moment *b)
{
	return a->all_day == b->all_day && a->place == b->place && a->day == b->day &&
	       a->seconds == b->seconds && cal_moment_unix(a) == cal_moment_unix(b);
}

static void add_time(struct changes *c)
{
	const struct cal_event *before = c->before->event;
	const struct cal_event *after = c->after->event;

	if (after->kind == CAL_TODO)
		add(c, xstrdup("dates changed"));
	else if (!before->has_start || !after->has_start)
		add(c, xstrdup("time changed"));
	else if (!same_moment(&before->start, &after->start))
		add_moved(c, &before->start, &after->start);
	else
		add_end(c);
}

static void add_state(struct changes *c)
{
	const bool cancelled = c->after->event->cancelled;

	if (cancelled && !c->before->event->cancelled)
		add(c, xstrdup("cancelled"));
	else if (!cancelled && c->before->event->cancelled)
		add(c, xstrdup("no longer cancelled"));
	else
		add(c, xstrdup("status changed"));
}

static void add_place(struct changes *c)
{
	add(c, xstrdup("location changed"));
}

static void add_notes(struct changes *c)
{
	add(c, xstrdup("notes changed"));
}

static void add_repetition(struct changes *c)
{
	add(c, xstrdup("repetition changed"));
}

static void add_guests(struct changes *c)
{
	add(c, xstrdup("guests changed"));
}

static void add_other(struct changes *c)
{
	add(c, xstrdup("details changed"));
}

/* The meanings of all exceptions of a series. */
static void exceptions_of(const struct version *v, struct buf *set)
{
	const struct cal_tree *t = v->tree;

	for (size_t i = 0; i < t->component_count; i++)
		if (cal_tree_is_main(t, i) && i != v->component)
			cal_set_add(set, &t->components[i].meaning);
	(void)cal_set_digest(set);
}

/* Of sorted digests, how many only one of them has; the greater of both numbers. */
static size_t count_only(const struct buf *a, const struct buf *b)
{
	size_t only_a = 0;
	size_t only_b = 0;

	for (size_t i = 0, n = 0; i < a->len || n < b->len;) {
		const int order = i == a->len ? 1
		                  : n == b->len
		                          ? -1
		                          : memcmp(a->ptr + i, b->ptr + n, DIGEST_SIZE);
		only_a += order < 0;
		only_b += order > 0;
		i += order <= 0 ? DIGEST_SIZE : 0;
		n += order >= 0 ? DIGEST_SIZE : 0;
	}
	return only_a > only_b ? only_a : only_b;
}

static void add_occurrences(struct changes *c)
{
	SCOPED(buf) before = buf_with_max(0);
	SCOPED(buf) after = buf_with_max(0);

	exceptions_of(c->before, &before);
	exceptions_of(c->after, &after);
	const size_t count = count_only(&before, &after);
	if (count)
		add(c, xasprintf("%zu occurrence%s changed", count,
			       count == 1 ? "" : "s"));
}

static void find_changes(struct changes *c)
{
	static void (*const parts[PARTS])(struct changes * c) = {
		[PART_TITLE] = add_title,
		[PART_TIME] = add_time,
		[PART_STATE] = add_state,
		[PART_PLACE] = add_place,
		[PART_NOTES] = add_notes,
		[PART_REPETITION] = add_repetition,
		[PART_GUESTS] = add_guests,
		[PART_OTHER] = add_other,
	};

	for (size_t part = 0; part < PARTS; part++)
		if (parts[part] && differs(c, (enum part)part))
			parts[part](c);
	const struct digest before = alarm_state(c->before);
	const struct digest after = alarm_state(c->after);
	if (!digest_equal(&before, &after))
		add(c, xstrdup("alarm changed"));
	add_occurrences(c);
	/* What the tables above do not know of, as a property of the calendar. */
	const bool same = digest_equal(&c->before->tree->components[0].meaning,
		&c->after->tree->components[0].meaning);
	if (!c->count)
		add(c, xstrdup(same ? "nothing changed" : "details changed"));
}

/* --- one line of it --- */

static char *join(const char *title, const struct changes *c, size_t named)
{
	SCOPED(buf) out = buf_with_max(0);
	const size_t more = c->count - named;

	buf_printf(&out, "%s:", title);
	for (size_t i = 0; i < named; i++)
		buf_printf(&out, "%s %s", i ? "," : "", c->items[i]);
	if (more)
		buf_printf(&out, "%s %zu %schange%s", named ? ", and" : "", more,
			named ? "more " : "", more == 1 ? "" : "s");
	return buf_take(&out);
}

/* Names as many changes as there is room for. */
static char *join_some(const char *title, const struct changes *c)
{
	size_t named = c->count < NAMED_MAX ? c->count : NAMED_MAX;
	char *text = join(title, c, named);

	while (named && text_width(str_of(text)) > CAL_CHANGE_COLS) {
		free(text);
		text = join(title, c, --named);
	}
	return text;
}

static char *describe(const char *title, const struct version *before,
	const struct version *after)
{
	struct changes c = {.before = before, .after = after};
	struct str head = str_of(title);

	find_changes(&c);
	if (c.same_day)
		head.len -= CLOCK_LEN + 1;
	AUTO_FREE char *start = str_dup(head);
	char *text = join_some(start, &c);
	for (size_t i = 0; i < c.count; i++)
		free(c.items[i]);
	return text;
}

char *cal_change_text(struct str before, struct str after)
{
	AUTO_FREE char *title = cal_object_title(before.len ? before : after);
	struct version old;
	struct version new;
	char *text = NULL;

	open_version(&old, before);
	open_version(&new, after);
	if (!before.len || !after.len)
		text = xasprintf("%s: %s", title, before.len ? "deleted" : "new");
	else if (old.event && new.event)
		text = describe(title, &old, &new);
	else
		text = xasprintf("%s: changed", title);
	close_version(&old);
	close_version(&new);
	return text;
}
