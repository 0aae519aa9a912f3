#include <config.h>

#include "cal/rule.h"

#include <stddef.h>

#define INTERVAL_MAX 100000 /* beyond it no calendar ever gets */

static bool read_number(struct str text, int64_t min, int64_t max, int64_t *out)
{
	if (text.len > 1 && text.ptr[0] == '+' && ascii_is_digit(text.ptr[1]))
		text = str_from(text, 1);
	return str_to_int(text, min, max, out);
}

static bool list_add(struct cal_list *list, int64_t value)
{
	if (list->count == CAL_RULE_LIST_MAX)
		return false;
	list->values[list->count++] = (int16_t)value;
	return true;
}

/* Numbers of -max to max without 0. */
static bool read_list(struct str text, int64_t max, struct cal_list *out)
{
	struct str item;
	int64_t value = 0;

	while (str_split(&text, ',', &item))
		if (!read_number(item, -max, max, &value) || !value ||
			!list_add(out, value))
			return false;
	return true;
}

static bool read_weekday(struct str name, int *out)
{
	static const char names[][3] = {"SU", "MO", "TU", "WE", "TH", "FR", "SA"};

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		if (str_eq_nocase(name, str_of(names[i]))) {
			*out = (int)i;
			return true;
		}
	}
	return false;
}

static bool read_weekdays(struct str text, struct cal_list *out)
{
	struct str item;

	while (str_split(&text, ',', &item)) {
		int64_t ordinal = 0;
		int weekday = 0;
		if (item.len < 2 ||
			!read_weekday(str_from(item, item.len - 2), &weekday))
			return false;
		item.len -= 2;
		if (item.len && (!read_number(item, -53, 53, &ordinal) || !ordinal))
			return false;
		if (!list_add(out, ordinal * 8 + weekday))
			return false;
	}
	return true;
}

static bool read_frequency(struct str text, struct cal_rule *out)
{
	static const char *const names[] = {
		[CAL_DAILY] = "DAILY",
		[CAL_WEEKLY] = "WEEKLY",
		[CAL_MONTHLY] = "MONTHLY",
		[CAL_YEARLY] = "YEARLY",
	};

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		if (str_eq_nocase(text, str_of(names[i]))) {
			out->frequency = (enum cal_frequency)i;
			return true;
		}
	}
	return false;
}

static bool read_interval(struct str text, struct cal_rule *out)
{
	return read_number(text, 1, INTERVAL_MAX, &out->interval);
}

static bool read_count(struct str text, struct cal_rule *out)
{
	return read_number(text, 1, INT64_MAX - 1, &out->count);
}

static bool read_until(struct str text, struct cal_rule *out)
{
	out->has_until = cal_moment_read(text, NULL, &out->until);
	return out->has_until;
}

static bool read_week_start(struct str text, struct cal_rule *out)
{
	return read_weekday(text, &out->week_start);
}

static bool read_byday(struct str text, struct cal_rule *out)
{
	return read_weekdays(text, &out->weekdays);
}

static bool read_scale(struct str text, struct cal_rule *out)
{
	(void)out;
	return str_eq_nocase(text, STR("GREGORIAN"));
}

static bool read_skip(struct str text, struct cal_rule *out)
{
	(void)out;
	return str_eq_nocase(text, STR("OMIT"));
}

struct number_part {
	const char *name;
	size_t offset; /* of its field in struct cal_rule */
	int64_t max;
};

struct other_part {
	const char *name;
	bool (*read)(struct str text, struct cal_rule *out);
};

static bool read_other(struct str key, struct str value, struct cal_rule *out)
{
	static const struct other_part parts[] = {
		{"FREQ", read_frequency},
		{"INTERVAL", read_interval},
		{"COUNT", read_count},
		{"UNTIL", read_until},
		{"WKST", read_week_start},
		{"BYDAY", read_byday},
		{"RSCALE", read_scale},
		{"SKIP", read_skip},
	};

	for (size_t i = 0; i < COUNT_OF(parts); i++)
		if (str_eq_nocase(key, str_of(parts[i].name)))
			return parts[i].read(value, out);
	return false; /* x-parts and typing mistakes: better no day than a wrong one */
}

static bool read_part(struct str key, struct str value, struct cal_rule *out)
{
	static const struct number_part lists[] = {
		{"BYMONTH", offsetof(struct cal_rule, months), 12},
		{"BYMONTHDAY", offsetof(struct cal_rule, month_days), 31},
		{"BYYEARDAY", offsetof(struct cal_rule, year_days), 366},
		{"BYWEEKNO", offsetof(struct cal_rule, weeks), 53},
		{"BYSETPOS", offsetof(struct cal_rule, positions), 366},
	};
	static const struct number_part clocks[] = {
		{"BYHOUR", offsetof(struct cal_rule, hour), 23},
		{"BYMINUTE", offsetof(struct cal_rule, minute), 59},
		{"BYSECOND", offsetof(struct cal_rule, second), 59},
	};
	int64_t number = 0;

	for (size_t i = 0; i < COUNT_OF(lists); i++)
		if (str_eq_nocase(key, str_of(lists[i].name)))
			return read_list(value, lists[i].max,
				(void *)((char *)out + lists[i].offset));
	for (size_t i = 0; i < COUNT_OF(clocks); i++) {
		if (!str_eq_nocase(key, str_of(clocks[i].name)))
			continue;
		if (!read_number(value, 0, clocks[i].max, &number))
			return false;
		*(int *)(void *)((char *)out + clocks[i].offset) = (int)number;
		return true;
	}
	return read_other(key, value, out);
}

/* RFC 5545 forbids these combinations, and what they would mean is anybody's guess. */
static bool is_consistent(const struct cal_rule *r)
{
	if (r->weeks.count && r->frequency != CAL_YEARLY)
		return false;
	if (r->year_days.count && r->frequency != CAL_YEARLY)
		return false;
	if (r->month_days.count && r->frequency == CAL_WEEKLY)
		return false;
	for (unsigned i = 0; i < r->months.count; i++)
		if (r->months.values[i] < 0)
			return false;
	return true;
}

bool cal_rule_read(struct str text, struct cal_rule *out)
{
	struct cal_rule rule = {.frequency = CAL_DAILY,
		.interval = 1,
		.week_start = 1,
		.hour = -1,
		.minute = -1,
		.second = -1};
	bool has_frequency = false;
	struct str part;

	while (str_split(&text, ';', &part)) {
		struct str key;
		if (!part.len)
			continue;
		if (!str_split(&part, '=', &key) || !read_part(key, part, &rule))
			return false;
		has_frequency = has_frequency || str_eq_nocase(key, STR("FREQ"));
	}
	if (!has_frequency || !is_consistent(&rule))
		return false;
	*out = rule;
	return true;
}

int cal_rule_seconds(const struct cal_rule *rule, int seconds)
{
	const int hour = rule->hour < 0 ? seconds / 3600 : rule->hour;
	const int minute = rule->minute < 0 ? seconds / 60 % 60 : rule->minute;
	const int second = rule->second < 0 ? seconds % 60 : rule->second;

	return (hour * 60 + minute) * 60 + second;
}
