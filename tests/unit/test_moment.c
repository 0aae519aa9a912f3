#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cal/day.h"
#include "cal/moment.h"

static void set_tz(const char *tz)
{
	assert_int_equal(setenv("TZ", tz, 1), 0);
	tzset();
}

static void test_days(void **state)
{
	(void)state;
	static const struct {
		struct cal_date date;
		int64_t day;
		int weekday;
	} cases[] = {
		{{1970, 1, 1}, 0, 4},
		{{1969, 12, 31}, -1, 3},
		{{2000, 2, 29}, 11016, 2},
		{{2000, 3, 1}, 11017, 3},
		{{1900, 2, 28}, -25509, 3},
		{{1900, 3, 1}, -25508, 4},
		{{2026, 3, 4}, 20516, 3},
		{{1, 1, 1}, -719162, 1},
		{{9999, 12, 31}, 2932896, 5},
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const struct cal_date d = cases[i].date;
		assert_int_equal(cal_day(d.year, d.month, d.day), cases[i].day);
		assert_int_equal(cal_weekday(cases[i].day), cases[i].weekday);
	}
}

static void test_days_one_by_one(void **state)
{
	(void)state;
	int weekday = 1;
	int64_t day = cal_day(1, 1, 1);

	for (int year = 1; year <= 2500; year++) {
		for (int month = 1; month <= 12; month++) {
			for (int d = 1; d <= cal_month_days(year, month); d++) {
				const struct cal_date got = cal_date_of(day);
				assert_true(got.year == year && got.month == month &&
					    got.day == d);
				assert_true(cal_day(year, month, d) == day);
				assert_true(cal_weekday(day) == weekday);
				weekday = (weekday + 1) % 7;
				day++;
			}
		}
	}
}

static void test_moments(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool readable;
		bool all_day;
		enum cal_place place;
		int64_t unix_seconds;
	} cases[] = {
		{"20260304", true, true, CAL_PLACE_LOCAL, 1772578800},
		{"20260304T101500", true, false, CAL_PLACE_LOCAL, 1772615700},
		{"20260304T101500Z", true, false, CAL_PLACE_UTC, 1772619300},
		{"20260704T101500", true, false, CAL_PLACE_LOCAL, 1783152900},
		{"16040229T000000Z", true, false, CAL_PLACE_UTC, -11544768000},
		{"00010101T000000Z", true, false, CAL_PLACE_UTC, -62135596800},
		{"99991231T235959Z", true, false, CAL_PLACE_UTC, 253402300799},
		{"20161231T235960Z", true, false, CAL_PLACE_UTC, 1483228799},
		{"20240229", true, true, CAL_PLACE_LOCAL, 1709161200},
		{"20230229", false, false, CAL_PLACE_LOCAL, 0},
		{"20260001", false, false, CAL_PLACE_LOCAL, 0},
		{"20261301", false, false, CAL_PLACE_LOCAL, 0},
		{"20260100", false, false, CAL_PLACE_LOCAL, 0},
		{"20260132", false, false, CAL_PLACE_LOCAL, 0},
		{"00000101", false, false, CAL_PLACE_LOCAL, 0},
		{"20260304T240000", false, false, CAL_PLACE_LOCAL, 0},
		{"20260304T106000", false, false, CAL_PLACE_LOCAL, 0},
		{"20260304T101561", false, false, CAL_PLACE_LOCAL, 0},
		{"20260304T1015", false, false, CAL_PLACE_LOCAL, 0},
		{"20260304t101500", false, false, CAL_PLACE_LOCAL, 0},
		{"20260304T101500z", false, false, CAL_PLACE_LOCAL, 0},
		{"20260304Z", false, false, CAL_PLACE_LOCAL, 0},
		{"2026-3-4", false, false, CAL_PLACE_LOCAL, 0},
		{"2026030", false, false, CAL_PLACE_LOCAL, 0},
		{"202603044", false, false, CAL_PLACE_LOCAL, 0},
		{"-0260304", false, false, CAL_PLACE_LOCAL, 0},
		{"", false, false, CAL_PLACE_LOCAL, 0},
	};

	set_tz("Europe/Berlin");
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct cal_moment m = {.day = 77};
		const bool readable = cal_moment_read(str_of(cases[i].text), NULL, &m);
		assert_int_equal(readable, cases[i].readable);
		if (!readable) {
			assert_int_equal(m.day, 77);
			continue;
		}
		assert_int_equal(m.all_day, cases[i].all_day);
		assert_int_equal(m.place, cases[i].place);
		assert_int_equal(cal_moment_unix(&m), cases[i].unix_seconds);
	}
}

/* Clocks went forward at midnight there: that day begins at one o'clock. */
static void test_day_without_midnight(void **state)
{
	(void)state;
	struct cal_moment m;
	SCOPED(buf) text = buf_with_max(0);

	set_tz("America/Sao_Paulo");
	assert_true(cal_moment_read(STR("20181104"), NULL, &m));
	assert_int_equal(cal_moment_unix(&m), 1541300400);
	cal_time_text(cal_moment_unix(&m), true, &text);
	assert_string_equal(buf_cstr(&text), "Sun 4 November 2018");
}

static void test_spans(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool readable;
		int64_t days;
		int64_t seconds;
	} cases[] = {
		{"PT1H", true, 0, 3600},
		{"PT1H30M", true, 0, 5400},
		{"P1D", true, 1, 0},
		{"P2W", true, 14, 0},
		{"P1DT2H3M4S", true, 1, 7384},
		{"-PT15M", true, 0, -900},
		{"+P1D", true, 1, 0},
		{"-P1DT1S", true, -1, -1},
		{"PT0S", true, 0, 0},
		{"P", false, 0, 0},
		{"PT", false, 0, 0},
		{"", false, 0, 0},
		{"-", false, 0, 0},
		{"1H", false, 0, 0},
		{"PT1", false, 0, 0},
		{"PTH", false, 0, 0},
		{"PT1X", false, 0, 0},
		{"P99999999999999999999D", false, 0, 0},
		{"P9999999W", false, 0, 0},
		{"PT-1H", false, 0, 0},
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct cal_span span = {5, 6};
		const bool readable = cal_span_read(str_of(cases[i].text), &span);
		assert_int_equal(readable, cases[i].readable);
		assert_int_equal(span.days, readable ? cases[i].days : 5);
		assert_int_equal(span.seconds, readable ? cases[i].seconds : 6);
	}
}

static void test_words(void **state)
{
	(void)state;
	static const struct {
		const char *tz;
		int64_t when;
		bool all_day;
		const char *text;
	} cases[] = {
		{"UTC", 0, false, "Thu 1 January 1970 00:00"},
		{"UTC", 1772619300, false, "Wed 4 March 2026 10:15"},
		{"UTC", 1772619300, true, "Wed 4 March 2026"},
		{"Asia/Tokyo", 1772619300, false, "Wed 4 March 2026 19:15"},
		{"America/Los_Angeles", 1772600400, false, "Tue 3 March 2026 21:00"},
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		SCOPED(buf) text = buf_with_max(0);
		set_tz(cases[i].tz);
		cal_time_text(cases[i].when, cases[i].all_day, &text);
		assert_string_equal(buf_cstr(&text), cases[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_days),
		cmocka_unit_test(test_days_one_by_one),
		cmocka_unit_test(test_moments),
		cmocka_unit_test(test_day_without_midnight),
		cmocka_unit_test(test_spans),
		cmocka_unit_test(test_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
