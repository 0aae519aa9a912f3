#include <config.h>

#include "tests/fake/event.h"

#include <string.h>

#include "base/mem.h"
#include "tests/fake/zone.h"

/* One property: "NAME;PARAM=X:VALUE". Folded lines are one for our purposes up to the
 * first fold, which is enough for what is looked at. */
struct line {
	struct str whole;
	struct str name;
	struct str value;
};

static bool next_line(struct str *rest, struct line *l)
{
	if (!str_line(rest, &l->whole))
		return false;
	const size_t colon = str_find_char(l->whole, ':');
	struct str head = str_slice(l->whole, 0, colon);
	l->value = colon == STR_NONE ? STR("") : str_from(l->whole, colon + 1);
	l->name = str_slice(head, 0, str_find_char(head, ';'));
	return true;
}

static bool is(const struct line *l, const char *name, const char *value)
{
	return str_eq_nocase(l->name, str_of(name)) &&
	       str_eq_nocase(str_trim(l->value), str_of(value));
}

static int64_t days_before(int64_t year, int64_t month, int64_t day)
{
	static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304,
		334};
	const int64_t past = year - (month <= 2);

	return 365 * (year - 1970) + (past / 4 - past / 100 + past / 400) -
	       (1969 / 4 - 1969 / 100 + 1969 / 400) + before[month - 1] + day - 1;
}

int64_t event_time(struct str text)
{
	int64_t year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;

	if (text.len < 8 || !str_to_int(str_slice(text, 0, 4), 1, 9999, &year) ||
		!str_to_int(str_slice(text, 4, 6), 1, 12, &month) ||
		!str_to_int(str_slice(text, 6, 8), 1, 31, &day))
		return -1;
	if (text.len >= 15 && text.ptr[8] == 'T' &&
		(!str_to_int(str_slice(text, 9, 11), 0, 23, &hour) ||
			!str_to_int(str_slice(text, 11, 13), 0, 59, &minute) ||
			!str_to_int(str_slice(text, 13, 15), 0, 60, &second)))
		return -1;
	return days_before(year, month, day) * 86400 + hour * 3600 + minute * 60 +
	       second;
}

struct reading {
	struct event *e;
	struct str in; /* the component, while inside one */
	int below;     /* how deep below it: an alarm */
	bool has_start;
	bool has_end;
	int64_t start;
	int64_t end;
};

static bool is_kept(struct str name)
{
	return str_is(name, "VEVENT") || str_is(name, "VTODO") ||
	       str_is(name, "VJOURNAL");
}

static void close_component(struct reading *r)
{
	struct event *e = r->e;

	if (!e->components++) {
		e->component = str_dup(r->in);
		e->start = r->start;
		e->end = r->has_end ? r->end : r->start;
	}
	e->endless |= r->has_start && !r->has_end;
	*r = (struct reading){.e = e};
}

static void take_property(struct reading *r, const struct line *l)
{
	struct event *e = r->e;

	if (str_is(l->name, "UID") && !e->uid)
		e->uid = str_dup(str_trim(l->value));
	else if (str_is(l->name, "DTSTART")) {
		r->has_start = true;
		r->start = event_time(l->value);
	} else if (str_is(l->name, "DTEND") || str_is(l->name, "DUE")) {
		r->has_end = true;
		r->end = event_time(l->value);
	} else if (str_is(l->name, "DURATION")) {
		r->has_end = true;
		r->end = r->start;
	} else if (str_is(l->name, "RRULE")) {
		e->repeats = true;
	}
}

static void take_line(struct reading *r, const struct line *l)
{
	if (!r->in.len) {
		if (str_is(l->name, "METHOD"))
			r->e->has_method = true;
		if (str_is(l->name, "BEGIN") && is_kept(str_trim(l->value)))
			r->in = str_trim(l->value);
	} else if (str_is(l->name, "BEGIN")) {
		r->below++;
	} else if (str_is(l->name, "END")) {
		if (r->below)
			r->below--;
		else
			close_component(r);
	} else if (!r->below) {
		take_property(r, l);
	}
}

void event_read(struct event *e, struct str body)
{
	struct reading r = {.e = e};
	struct line l;

	*e = (struct event){0};
	while (next_line(&body, &l))
		take_line(&r, &l);
	if (!e->uid)
		e->uid = xstrdup("");
	if (!e->component)
		e->component = xstrdup("");
}

void event_clear(struct event *e)
{
	free(e->uid);
	free(e->component);
	*e = (struct event){0};
}

static void add_line(struct buf *out, struct str line)
{
	buf_add(out, line);
	buf_text(out, "\r\n");
}

void event_make(struct buf *out, struct str uid, struct str summary, struct str start)
{
	const struct str day = str_slice(start, 0, 8);

	buf_text(out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
		      "PRODID:-//Example//Other device//EN\r\nBEGIN:VEVENT\r\n");
	buf_printf(out, "UID:" STR_FMT "\r\nDTSTAMP:20260101T000000Z\r\n",
		STR_ARG(uid));
	buf_printf(out, "DTSTART:" STR_FMT "\r\nDTEND:" STR_FMT "T235900Z\r\n",
		STR_ARG(start), STR_ARG(day));
	buf_printf(out, "SUMMARY:" STR_FMT "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
		STR_ARG(summary));
}

static void keep_first(char **text, struct str value)
{
	if (!*text)
		*text = str_dup(value);
}

/* From BEGIN:VTIMEZONE to END:VTIMEZONE; *rest goes on behind it. */
static struct str read_zone(struct str *rest, const struct line *first, char **tzid)
{
	const char *end = rest->ptr;
	struct line l;

	while (next_line(rest, &l)) {
		end = l.whole.ptr + l.whole.len;
		if (str_is(l.name, "TZID"))
			keep_first(tzid, str_trim(l.value));
		if (is(&l, "END", "VTIMEZONE"))
			break;
	}
	return (struct str){first->whole.ptr, (size_t)(end - first->whole.ptr)};
}

void event_with_own_zones(struct buf *out, struct str body)
{
	struct line l;

	while (next_line(&body, &l)) {
		AUTO_FREE char *tzid = NULL;
		if (!is(&l, "BEGIN", "VTIMEZONE")) {
			add_line(out, l.whole);
			continue;
		}
		const struct str sent = read_zone(&body, &l, &tzid);
		const char *own = tzid ? zone_text(tzid) : NULL;
		if (own)
			buf_text(out, own);
		else
			add_line(out, sent);
	}
}

static void add_master(struct buf *out, const struct line *l)
{
	const bool start = str_is(l->name, "DTSTART");

	if (start)
		buf_printf(out, "X-MASTER-DTSTART:" STR_FMT "\r\n", STR_ARG(l->value));
	if (str_is(l->name, "RRULE"))
		buf_printf(out, "X-MASTER-RRULE:" STR_FMT "\r\n", STR_ARG(l->value));
	else
		add_line(out, l->whole);
}

void event_expanded(struct buf *out, struct str body, const char *now)
{
	struct line l;
	bool inside = false;

	buf_text(out, "BEGIN:VCALENDAR\r\nX-EXPANDED:True\r\n");
	while (next_line(&body, &l)) {
		if (is(&l, "BEGIN", "VEVENT")) {
			inside = true;
			add_line(out, l.whole);
			buf_printf(out, "DTSTAMP:%s\r\n", now);
		} else if (inside) {
			add_master(out, &l);
			inside = !is(&l, "END", "VEVENT");
		}
	}
	buf_text(out, "END:VCALENDAR\r\n");
}

void event_rewritten(struct buf *out, struct str body)
{
	struct line l;

	while (next_line(&body, &l)) {
		add_line(out, l.whole);
		if (is(&l, "BEGIN", "VEVENT"))
			buf_text(out, "X-DAVD-KEPT:yes\r\n");
	}
}
