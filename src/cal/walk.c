#include <config.h>

#include "cal/walk.h"

#include "cal/day.h"

/* A run of days: a period of the rule, or the month or year an ordinal counts in. */
struct run {
	int64_t first;
	int64_t last;
};

static struct run month_of(int year, int month)
{
	const int64_t first = cal_day(year, month, 1);
	return (struct run){first, first + cal_month_days(year, month) - 1};
}

static struct run year_of(int year)
{
	return (struct run){cal_day(year, 1, 1), cal_day(year, 12, 31)};
}

static bool list_has(const struct cal_list *list, int64_t value)
{
	for (unsigned i = 0; i < list->count; i++)
		if (list->values[i] == value)
			return true;
	return false;
}

/* Whether a list allows what is the n-th of a row (from 1) or, counted from the end,
 * the m-th. An empty list allows everything. */
static bool allows(const struct cal_list *list, int64_t n, int64_t m)
{
	return !list->count || list_has(list, n) || list_has(list, -m);
}

/* The first day of week 1 of a year: the first week that has four days in it. */
static int64_t week_one(int year, int week_start)
{
	const int64_t new_year = cal_day(year, 1, 1);
	const int before = (cal_weekday(new_year) - week_start + 7) % 7;

	return new_year - before + (before > 3 ? 7 : 0);
}

static bool allows_week(const struct cal_rule *r, int year, int64_t day)
{
	if (!r->weeks.count)
		return true;
	if (day < week_one(year, r->week_start))
		year--;
	else if (day >= week_one(year + 1, r->week_start))
		year++;
	const int64_t first = week_one(year, r->week_start);
	const int64_t next = week_one(year + 1, r->week_start);
	return allows(&r->weeks, (day - first) / 7 + 1, (next - 1 - day) / 7 + 1);
}

/* BYDAY: ordinals count within the month, or within the year of a yearly rule without
 * BYMONTH; elsewhere they mean nothing (RFC 5545, 3.3.10). */
static bool allows_weekday(const struct cal_rule *r, struct cal_date d, int64_t day)
{
	const bool yearly = r->frequency == CAL_YEARLY;
	const bool ordinals =
		r->frequency == CAL_MONTHLY || (yearly && !r->weeks.count);
	const struct run run = yearly && !r->months.count ? year_of(d.year)
	                                                  : month_of(d.year, d.month);

	if (!r->weekdays.count)
		return true;
	for (unsigned i = 0; i < r->weekdays.count; i++) {
		const int value = r->weekdays.values[i];
		const int weekday = value & 7;
		const int ordinal = (value - weekday) / 8;
		if (weekday != cal_weekday(day))
			continue;
		if (!ordinals || !ordinal || ordinal == (day - run.first) / 7 + 1 ||
			-ordinal == (run.last - day) / 7 + 1)
			return true;
	}
	return false;
}

static bool allows_day(const struct cal_rule *r, int64_t day)
{
	const struct cal_date d = cal_date_of(day);

	if (!allows(&r->months, d.month, 0))
		return false;
	const int month_days = cal_month_days(d.year, d.month);
	if (!allows(&r->month_days, d.day, month_days - d.day + 1))
		return false;
	const struct run year = year_of(d.year);
	return allows(&r->year_days, day - year.first + 1, year.last - day + 1) &&
	       allows_weekday(r, d, day) && allows_week(r, d.year, day);
}

static struct run period_run(const struct cal_walk *w)
{
	const struct cal_date d = cal_date_of(w->start);
	const int64_t steps = w->period * w->rule.interval;
	const int64_t months = (int64_t)d.year * 12 + d.month - 1 + steps;

	switch (w->rule.frequency) {
	case CAL_WEEKLY: {
		const int into = (cal_weekday(w->start) - w->rule.week_start + 7) % 7;
		const int64_t first = w->start - into + steps * 7;
		return (struct run){first, first + 6};
	}
	case CAL_MONTHLY:
		return month_of((int)(months / 12), (int)(months % 12) + 1);
	case CAL_YEARLY:
		return year_of((int)(d.year + steps));
	case CAL_DAILY:
		break;
	}
	return (struct run){w->start + steps, w->start + steps};
}

/* Keeps what BYSETPOS names, counted over the whole period. */
static void choose_positions(struct cal_walk *w)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < w->count; i++)
		if (allows(&w->rule.positions, i + 1, w->count - i))
			w->days[kept++] = w->days[i];
	w->count = kept;
}

static bool next_period(struct cal_walk *w)
{
	const struct run run = period_run(w);

	if (run.first > w->last)
		return false;
	w->count = 0;
	w->at = 0;
	w->period++;
	for (int64_t day = run.first; day <= run.last; day++)
		if (allows_day(&w->rule, day))
			w->days[w->count++] = day;
	choose_positions(w);
	return true;
}

static void list_set(struct cal_list *list, int value)
{
	*list = (struct cal_list){.values = {(int16_t)value}, .count = 1};
}

/* What a rule leaves open, DTSTART says. */
static void fill_in(struct cal_rule *r, int64_t start)
{
	const struct cal_date d = cal_date_of(start);
	const bool dated = r->month_days.count || r->year_days.count;

	if (dated || r->weekdays.count || r->frequency == CAL_DAILY)
		return;
	if (r->frequency == CAL_WEEKLY || r->weeks.count) {
		list_set(&r->weekdays, cal_weekday(start));
		return;
	}
	list_set(&r->month_days, d.day);
	if (r->frequency == CAL_YEARLY && !r->months.count)
		list_set(&r->months, d.month);
}

/* How many periods certainly end before `from`. */
static int64_t periods_before(const struct cal_walk *w, int64_t from)
{
	static const int longest[] = {[CAL_DAILY] = 1,
		[CAL_WEEKLY] = 7,
		[CAL_MONTHLY] = 31,
		[CAL_YEARLY] = 366};
	const int64_t days = from - w->start;

	if (days <= 0)
		return 0;
	const int64_t periods = days / longest[w->rule.frequency] / w->rule.interval;
	return periods > 1 ? periods - 1 : 0;
}

void cal_walk_init(struct cal_walk *w, const struct cal_rule *rule, int64_t start,
	int64_t from, int64_t last)
{
	*w = (struct cal_walk){.rule = *rule, .start = start, .last = last};
	w->left = rule->count ? rule->count : INT64_MAX;
	fill_in(&w->rule, start);
	if (!rule->count)
		w->period = periods_before(w, from);
}

bool cal_walk_next(struct cal_walk *w, int64_t *day)
{
	while (w->left > 0) {
		if (w->at == w->count && !next_period(w))
			return false;
		while (w->at < w->count && w->days[w->at] < w->start)
			w->at++;
		if (w->at == w->count)
			continue;
		*day = w->days[w->at++];
		if (w->left != INT64_MAX)
			w->left--;
		return *day <= w->last;
	}
	return false;
}
