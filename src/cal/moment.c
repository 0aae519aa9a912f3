#include <config.h>

#include "cal/moment.h"

#include <time.h>

#include "cal/day.h"

#define SPAN_MAX 10000000 /* of any unit: no sum of them overflows */

static bool read_digits(struct str text, size_t from, size_t to, int *out)
{
	int64_t value = 0;
	const struct str digits = str_slice(text, from, to);

	/* str_to_int() takes a sign, which has no place here. */
	if (digits.len != to - from || !ascii_is_digit(digits.ptr[0]) ||
		!str_to_int(digits, 0, 9999, &value))
		return false;
	*out = (int)value;
	return true;
}

static bool read_date(struct str text, int64_t *day)
{
	struct cal_date d;

	if (!read_digits(text, 0, 4, &d.year) || !read_digits(text, 4, 6, &d.month) ||
		!read_digits(text, 6, 8, &d.day))
		return false;
	if (d.year < 1 || d.month < 1 || d.month > 12 || d.day < 1 ||
		d.day > cal_month_days(d.year, d.month))
		return false;
	*day = cal_day(d.year, d.month, d.day);
	return true;
}

static bool read_clock(struct str text, int *seconds)
{
	int hour = 0;
	int minute = 0;
	int second = 0;

	if (!read_digits(text, 0, 2, &hour) || !read_digits(text, 2, 4, &minute) ||
		!read_digits(text, 4, 6, &second))
		return false;
	if (hour > 23 || minute > 59 || second > 60)
		return false;
	*seconds = (hour * 60 + minute) * 60 + (second < 60 ? second : 59);
	return true;
}

bool cal_moment_read(struct str text, const struct cal_zone *zone,
	struct cal_moment *out)
{
	struct cal_moment m = {.zone = zone};

	m.place = zone ? CAL_PLACE_ZONE : CAL_PLACE_LOCAL;
	if (text.len == 16 && text.ptr[15] == 'Z') {
		m = (struct cal_moment){.place = CAL_PLACE_UTC};
		text.len--;
	}
	if (!read_date(text, &m.day))
		return false;
	if (text.len == 8) {
		*out = (struct cal_moment){.day = m.day, .all_day = true};
		return true;
	}
	if (text.len != 15 || text.ptr[8] != 'T' ||
		!read_clock(str_from(text, 9), &m.seconds))
		return false;
	*out = m;
	return true;
}

static int64_t local_unix(int64_t day, int seconds)
{
	const struct cal_date d = cal_date_of(day);
	struct tm tm = {.tm_year = d.year - 1900,
		.tm_mon = d.month - 1,
		.tm_mday = d.day,
		.tm_hour = seconds / 3600,
		.tm_min = seconds / 60 % 60,
		.tm_sec = seconds % 60,
		.tm_isdst = -1};
	const int64_t unix_seconds = mktime(&tm);

	/* Where the clocks go forward at midnight that midnight does not exist, and
	 * mktime() may answer with the evening before. */
	return tm.tm_mday == d.day ? unix_seconds : unix_seconds + 3600;
}

int64_t cal_moment_unix(const struct cal_moment *m)
{
	switch (m->place) {
	case CAL_PLACE_UTC:
		return m->day * DAY_SECONDS + m->seconds;
	case CAL_PLACE_ZONE:
		return cal_zone_unix(m->zone, m->day, m->seconds);
	case CAL_PLACE_LOCAL:
		break;
	}
	return local_unix(m->day, m->seconds);
}

/* Reads "15M" off *text and adds it; false for anything else. */
static bool take_part(struct str *text, struct cal_span *span)
{
	static const struct {
		char unit;
		int days;
		int seconds;
	} units[] = {{'W', 7, 0}, {'D', 1, 0}, {'H', 0, 3600}, {'M', 0, 60},
		{'S', 0, 1}};
	size_t digits = 0;
	int64_t value = 0;

	while (digits < text->len && ascii_is_digit(text->ptr[digits]))
		digits++;
	if (digits == text->len ||
		!str_to_int(str_slice(*text, 0, digits), 0, SPAN_MAX, &value))
		return false;
	const char unit = text->ptr[digits];
	*text = str_from(*text, digits + 1);
	for (size_t i = 0; i < COUNT_OF(units); i++) {
		if (units[i].unit != unit)
			continue;
		span->days += value * units[i].days;
		span->seconds += value * units[i].seconds;
		return span->days <= SPAN_MAX && span->seconds <= SPAN_MAX;
	}
	return false;
}

bool cal_span_read(struct str text, struct cal_span *out)
{
	struct cal_span span = {0, 0};
	const bool signed_ = text.len && (text.ptr[0] == '-' || text.ptr[0] == '+');
	const int64_t sign = signed_ && text.ptr[0] == '-' ? -1 : 1;

	text = str_from(text, signed_);
	if (text.len < 2 || text.ptr[0] != 'P')
		return false;
	text = str_from(text, 1);
	while (text.len) {
		if (text.ptr[0] == 'T' && text.len > 1)
			text = str_from(text, 1);
		if (!take_part(&text, &span))
			return false;
	}
	*out = (struct cal_span){sign * span.days, sign * span.seconds};
	return true;
}

void cal_day_text(int64_t day, struct buf *out)
{
	static const char weekdays[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri",
		"Sat"};
	static const char months[][10] = {"January", "February", "March", "April",
		"May", "June", "July", "August", "September", "October", "November",
		"December"};
	const struct cal_date d = cal_date_of(day);

	buf_printf(out, "%s %d %s %d", weekdays[cal_weekday(day)], d.day,
		months[d.month - 1], d.year);
}

void cal_time_text(int64_t unix_seconds, bool all_day, struct buf *out)
{
	const time_t when = (time_t)unix_seconds;
	struct tm tm = {.tm_mday = 1};

	(void)localtime_r(&when, &tm);
	cal_day_text(cal_day(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday), out);
	if (!all_day)
		buf_printf(out, " %02d:%02d", tm.tm_hour, tm.tm_min);
}
