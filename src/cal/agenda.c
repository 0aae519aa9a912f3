#include <config.h>

#include "cal/agenda.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "cal/day.h"
#include "cal/event.h"
#include "cal/walk.h"

#define SUMMARY_COLS 72

struct cal_agenda {
	int64_t from;
	int64_t until;
	size_t limit;
	struct cal_occurrence *items; /* owned; in order */
	size_t count;
	size_t cap;
};

struct cal_agenda *cal_agenda_new(int64_t from, int64_t until, size_t limit)
{
	struct cal_agenda *a = xcalloc(1, sizeof(*a));
	const int64_t beginning = cal_day(1, 1, 1) * DAY_SECONDS;
	const int64_t end = cal_day(9999, 12, 31) * DAY_SECONDS;

	a->from = from > beginning ? from : beginning;
	a->until = until < end ? until : end;
	a->limit = limit;
	return a;
}

void cal_agenda_free(struct cal_agenda *a)
{
	if (!a)
		return;
	for (size_t i = 0; i < a->count; i++)
		free(a->items[i].summary);
	free(a->items);
	free(a);
}

size_t cal_agenda_count(const struct cal_agenda *a)
{
	return a->count;
}

const struct cal_occurrence *cal_agenda_at(const struct cal_agenda *a, size_t i)
{
	return i < a->count ? &a->items[i] : NULL;
}

/* Total but for equals, so that the order in which objects are added does not matter.
 */
static int compare(const struct cal_occurrence *a, const struct cal_occurrence *b)
{
	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	if (a->all_day != b->all_day)
		return a->all_day ? -1 : 1;
	const int order = strcmp(a->summary, b->summary);
	if (order)
		return order;
	return a->end < b->end ? -1 : a->end > b->end;
}

/* Takes the occurrence's summary. */
static void put(struct cal_agenda *a, struct cal_occurrence o)
{
	size_t at = a->count;

	while (at && compare(&o, &a->items[at - 1]) < 0)
		at--;
	if (at >= a->limit) {
		free(o.summary);
		return;
	}
	if (a->count == a->limit)
		free(a->items[--a->count].summary);
	a->items = xgrow(a->items, a->count, &a->cap, sizeof(o));
	memmove(&a->items[at + 1], &a->items[at], (a->count - at) * sizeof(o));
	a->items[at] = o;
	a->count++;
}

/* Whether an occurrence at `start` could still find a place. */
static bool has_room(const struct cal_agenda *a, int64_t start)
{
	if (start < a->from || start >= a->until || !a->limit)
		return false;
	return a->count < a->limit || start <= a->items[a->count - 1].start;
}

static int64_t end_of(const struct cal_event *e, const struct cal_moment *begin,
	int64_t start)
{
	int64_t seconds = e->has_span ? e->span.seconds : 0;
	int64_t days = (e->has_span ? e->span.days : 0) + seconds / DAY_SECONDS;

	seconds %= DAY_SECONDS;
	if (e->has_end && begin->all_day) {
		days = e->end.day - e->start.day;
	} else if (e->has_end) {
		days = 0;
		seconds = cal_moment_unix(&e->end) - cal_moment_unix(&e->start);
	}
	if (begin->all_day) {
		/* Counted in days: the one on which the clocks change is no shorter. */
		struct cal_moment end = *begin;
		end.day += days > 1 ? days : 1;
		return cal_moment_unix(&end);
	}
	const int64_t length = days * DAY_SECONDS + seconds;
	return start + (length > 0 ? length : 0);
}

static void put_moment(struct cal_agenda *a, const struct cal_event *e,
	const struct cal_moment *m)
{
	const int64_t start = cal_moment_unix(m);

	if (!has_room(a, start))
		return;
	put(a, (struct cal_occurrence){.start = start,
		       .end = end_of(e, m, start),
		       .all_day = m->all_day,
		       .summary = cal_event_title(e, SUMMARY_COLS)});
}

struct numbers {
	int64_t *items; /* owned */
	size_t count;
	size_t cap;
};

static void numbers_clear(struct numbers *n)
{
	free(n->items);
}

static void numbers_add(struct numbers *n, int64_t value)
{
	n->items = xgrow(n->items, n->count, &n->cap, sizeof(value));
	n->items[n->count++] = value;
}

static int compare_numbers(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a;
	const int64_t y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static void numbers_sort(struct numbers *n)
{
	if (n->count)
		qsort(n->items, n->count, sizeof(*n->items), compare_numbers);
}

static bool numbers_have(const struct numbers *n, int64_t value)
{
	return n->count &&
	       bsearch(&value, n->items, n->count, sizeof(value), compare_numbers);
}

struct candidate {
	int64_t start;
	struct cal_moment moment;
};

/* The expansion of one master. */
struct expansion {
	const struct cal_event *master;
	struct numbers instants; /* excluded or replaced, Unix seconds */
	struct numbers days;     /* the same, where the day says it all */
	int64_t first;           /* days that may matter */
	int64_t last;
	struct candidate *items; /* owned */
	size_t count;
	size_t cap;
};

/* Some programs write the EXDATE of an all-day event as a time, or that of a timed one
 * as a date; either way the day is meant. */
static void exclude(struct expansion *x, const struct cal_moment *m)
{
	if (x->master->start.all_day || m->all_day)
		numbers_add(&x->days, m->day);
	else
		numbers_add(&x->instants, cal_moment_unix(m));
}

static void exclude_all(struct expansion *x, const struct cal_events *events)
{
	const struct cal_moments *excluded = &x->master->excluded;

	for (size_t i = 0; i < excluded->count; i++)
		exclude(x, &excluded->items[i]);
	for (size_t i = 0; i < events->count; i++)
		if (events->items[i].has_replaces)
			exclude(x, &events->items[i].replaces);
	numbers_sort(&x->instants);
	numbers_sort(&x->days);
}

static void gather(struct expansion *x, const struct cal_moment *m)
{
	if (m->day < x->first || m->day > x->last)
		return;
	const int64_t start = cal_moment_unix(m);
	if (numbers_have(&x->days, m->day) || numbers_have(&x->instants, start))
		return;
	x->items = xgrow(x->items, x->count, &x->cap, sizeof(*x->items));
	x->items[x->count++] = (struct candidate){start, *m};
}

static bool is_past_until(const struct cal_rule *rule, const struct cal_moment *m)
{
	const struct cal_moment *until = &rule->until;

	if (!rule->has_until)
		return false;
	if (m->all_day || until->all_day)
		return m->day > until->day;
	if (until->place == CAL_PLACE_UTC)
		return cal_moment_unix(m) > cal_moment_unix(until);
	return m->day > until->day ||
	       (m->day == until->day && m->seconds > until->seconds);
}

static void gather_rule(struct expansion *x)
{
	struct cal_moment m = x->master->start;
	struct cal_rule rule;
	struct cal_walk walk;
	unsigned steps = 0;

	if (!x->master->rrule || !cal_rule_read(str_of(x->master->rrule), &rule))
		return;
	if (!m.all_day)
		m.seconds = cal_rule_seconds(&rule, m.seconds);
	cal_walk_init(&walk, &rule, m.day, x->first, x->last);
	while (steps < CAL_STEPS_MAX && cal_walk_next(&walk, &m.day)) {
		if (is_past_until(&rule, &m))
			break;
		gather(x, &m);
		steps += m.day >= x->first;
	}
}

static int compare_candidates(const void *a, const void *b)
{
	const struct candidate *x = a;
	const struct candidate *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static void put_gathered(struct cal_agenda *a, struct expansion *x)
{
	if (x->count)
		qsort(x->items, x->count, sizeof(*x->items), compare_candidates);
	for (size_t i = 0; i < x->count; i++)
		if (!i || x->items[i].start != x->items[i - 1].start)
			put_moment(a, x->master, &x->items[i].moment);
}

static void expand(struct cal_agenda *a, const struct cal_event *master,
	const struct cal_events *events)
{
	struct expansion x = {.master = master};

	/* A wall clock is at most a day away from UTC. */
	x.first = a->from / DAY_SECONDS - 2;
	x.last = a->until / DAY_SECONDS + 2;
	exclude_all(&x, events);
	/* DTSTART is always the first of its set (RFC 5545, 3.8.5.3), even off the
	 * rule. */
	gather(&x, &master->start);
	gather_rule(&x);
	for (size_t i = 0; i < master->added.count; i++)
		gather(&x, &master->added.items[i]);
	put_gathered(a, &x);
	numbers_clear(&x.instants);
	numbers_clear(&x.days);
	free(x.items);
}

void cal_agenda_add(struct cal_agenda *a, struct str ics)
{
	AUTO(cal_events) *events = cal_events_read(ics);
	bool expanded = false;

	for (size_t i = 0; events && i < events->count; i++) {
		const struct cal_event *e = &events->items[i];
		if (e->kind != CAL_EVENT || !e->has_start || e->cancelled)
			continue;
		if (e->has_replaces) {
			put_moment(a, e, &e->start);
		} else if (!expanded) {
			/* An object has one master; 2000 would be an attack. */
			expanded = true;
			expand(a, e, events);
		}
	}
}

char *cal_occurrence_text(const struct cal_occurrence *o)
{
	SCOPED(buf) text = buf_with_max(0);

	cal_time_text(o->start, o->all_day, &text);
	buf_printf(&text, "  %s", o->summary);
	return buf_take(&text);
}
