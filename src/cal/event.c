#include <config.h>

#include "cal/event.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "cal/line.h"

struct reader {
	struct cal_events *events;
	struct buf line; /* the current line, unfolded */
	unsigned depth;
	bool inside; /* in a component that is wanted */
};

static void clear_event(struct cal_event *e)
{
	free(e->summary);
	free(e->rrule);
	free(e->added.items);
	free(e->excluded.items);
}

void cal_events_free(struct cal_events *events)
{
	if (!events)
		return;
	for (size_t i = 0; i < events->count; i++)
		clear_event(&events->items[i]);
	free(events->items);
	cal_zones_free(events->zones);
	free(events);
}

static struct cal_event *current(struct reader *r)
{
	return &r->events->items[r->events->count - 1];
}

/* RFC 5545, 3.3.11. */
static char *unescape(struct str value)
{
	struct buf out = buf_with_max(0);

	for (size_t i = 0; i < value.len; i++) {
		char c = value.ptr[i];
		if (c == '\\' && i + 1 < value.len) {
			c = value.ptr[++i];
			if (c == 'n' || c == 'N')
				c = '\n';
		}
		buf_char(&out, c);
	}
	return buf_take(&out);
}

static void read_summary(struct reader *r, const struct cal_parts *parts)
{
	if (!current(r)->summary)
		current(r)->summary = unescape(parts->value);
}

static void read_rrule(struct reader *r, const struct cal_parts *parts)
{
	if (!current(r)->rrule)
		current(r)->rrule = str_dup(parts->value);
}

static void read_status(struct reader *r, const struct cal_parts *parts)
{
	if (str_eq_nocase(str_trim(parts->value), STR("CANCELLED")))
		current(r)->cancelled = true;
}

static void read_duration(struct reader *r, const struct cal_parts *parts)
{
	if (cal_span_read(str_trim(parts->value), &current(r)->span))
		current(r)->has_span = true;
}

static const struct cal_zone *zone_of(struct reader *r, const struct cal_parts *parts)
{
	struct str tzid;

	if (!cal_param(parts->params, "TZID", &tzid))
		return NULL;
	return cal_zones_find(r->events->zones, tzid);
}

static bool read_moment(struct reader *r, const struct cal_parts *parts,
	struct cal_moment *out)
{
	return cal_moment_read(str_trim(parts->value), zone_of(r, parts), out);
}

static void read_start(struct reader *r, const struct cal_parts *parts)
{
	if (!current(r)->has_start)
		current(r)->has_start = read_moment(r, parts, &current(r)->start);
}

static void read_end(struct reader *r, const struct cal_parts *parts)
{
	if (!current(r)->has_end)
		current(r)->has_end = read_moment(r, parts, &current(r)->end);
}

static void read_replaces(struct reader *r, const struct cal_parts *parts)
{
	if (!current(r)->has_replaces)
		current(r)->has_replaces = read_moment(r, parts, &current(r)->replaces);
}

static void read_list(struct reader *r, const struct cal_parts *parts,
	struct cal_moments *out)
{
	const struct cal_zone *zone = zone_of(r, parts);
	struct str values = parts->value;
	struct str item;
	struct str begin;

	while (str_split(&values, ',', &item)) {
		struct cal_moment m;
		if (!str_split(&item, '/', &begin) ||
			!cal_moment_read(str_trim(begin), zone, &m))
			continue;
		out->items = xgrow(out->items, out->count, &out->cap, sizeof(m));
		out->items[out->count++] = m;
	}
}

static void read_added(struct reader *r, const struct cal_parts *parts)
{
	read_list(r, parts, &current(r)->added);
}

static void read_excluded(struct reader *r, const struct cal_parts *parts)
{
	read_list(r, parts, &current(r)->excluded);
}

static void read_property(struct reader *r, struct str raw)
{
	static const struct {
		const char *name;
		void (*read)(struct reader *r, const struct cal_parts *parts);
	} properties[] = {
		{"SUMMARY", read_summary},
		{"DTSTART", read_start},
		{"DTEND", read_end},
		{"DUE", read_end},
		{"DURATION", read_duration},
		{"RRULE", read_rrule},
		{"RDATE", read_added},
		{"EXDATE", read_excluded},
		{"RECURRENCE-ID", read_replaces},
		{"STATUS", read_status},
	};
	struct cal_parts parts;

	buf_reset(&r->line);
	cal_line_unfold(raw, &r->line);
	if (!cal_line_parts(buf_view(&r->line), &parts))
		return;
	for (size_t i = 0; i < COUNT_OF(properties); i++)
		if (str_eq_nocase(parts.name, str_of(properties[i].name)))
			properties[i].read(r, &parts);
}

static void begin(struct reader *r, struct str name)
{
	static const struct {
		const char *name;
		enum cal_kind kind;
	} kinds[] = {
		{"VEVENT", CAL_EVENT},
		{"VTODO", CAL_TODO},
		{"VJOURNAL", CAL_JOURNAL},
	};
	struct cal_events *all = r->events;

	if (++r->depth != 2)
		return;
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		if (!cal_line_is(name, kinds[i].name))
			continue;
		r->inside = true;
		all->items =
			xgrow(all->items, all->count, &all->cap, sizeof(*all->items));
		all->items[all->count++] = (struct cal_event){.kind = kinds[i].kind};
	}
}

static void read_line(struct reader *r, struct str raw)
{
	struct cal_parts parts;

	if (!cal_line_parts(raw, &parts))
		return;
	if (cal_line_is(parts.name, "BEGIN")) {
		begin(r, str_trim(parts.value));
	} else if (cal_line_is(parts.name, "END")) {
		r->depth--;
		r->inside = r->inside && r->depth > 1;
	} else if (r->inside && r->depth == 2) {
		read_property(r, raw);
	}
}

static bool is_readable(struct str ics)
{
	struct cal_scan scan;

	switch (cal_scan(ics, &scan)) {
	case CAL_OK:
	case CAL_NO_UID:
	case CAL_MANY_UIDS:
	case CAL_UID_TOO_LONG:
	case CAL_METHOD:
		return true;
	case CAL_EMPTY:
	case CAL_NOT_CALENDAR:
	case CAL_UNBALANCED:
	case CAL_TOO_LARGE:
	case CAL_LINE_TOO_LONG:
	case CAL_TOO_DEEP:
	case CAL_TOO_MANY:
	case CAL_NOT_UTF8:
	case CAL_CONTROL:
	case CAL_NO_COMPONENT:
	case CAL_FAULTS:
		break;
	}
	return false;
}

struct cal_events *cal_events_read(struct str ics)
{
	struct reader r = {.depth = 0};
	struct str raw;

	if (!is_readable(ics))
		return NULL;
	if (str_starts(ics, STR("\xef\xbb\xbf")))
		ics = str_from(ics, 3);
	r.events = xcalloc(1, sizeof(*r.events));
	r.events->zones = cal_zones_new(ics);
	while (cal_line_next(&ics, &raw))
		read_line(&r, raw);
	buf_clear(&r.line);
	return r.events;
}

char *cal_event_title(const struct cal_event *event, int max_cols)
{
	const struct str summary = str_trim(str_of(event->summary));

	if (!summary.len)
		return xstrdup("(no title)");
	return text_safe(summary, max_cols, TEXT_UTF8);
}
