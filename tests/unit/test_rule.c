#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "cal/day.h"
#include "cal/walk.h"

static int64_t day_of(const char *text)
{
	struct cal_moment m;

	assert_true(cal_moment_read(str_of(text), NULL, &m));
	return m.day;
}

/* "20260304 20260305", or "bad" */
static void check_days(const char *text, const char *start, const char *from,
	const char *last, const char *want)
{
	struct cal_rule rule;
	struct cal_walk walk;
	int64_t day = 0;
	SCOPED(buf) got = buf_with_max(0);

	if (!cal_rule_read(str_of(text), &rule)) {
		assert_string_equal("bad", want);
		return;
	}
	cal_walk_init(&walk, &rule, day_of(start), day_of(from), day_of(last));
	while (cal_walk_next(&walk, &day)) {
		const struct cal_date d = cal_date_of(day);
		buf_printf(&got, "%s%04d%02d%02d", got.len ? " " : "", d.year, d.month,
			d.day);
	}
	if (strcmp(buf_cstr(&got), want) != 0)
		print_error("%s\n", text);
	assert_string_equal(buf_cstr(&got), want);
}

static void test_days(void **state)
{
	(void)state;
	static const struct {
		const char *rule;
		const char *start;
		const char *last;
		const char *days;
	} cases[] = {
		{"FREQ=DAILY", "20260227", "20260302",
			"20260227 20260228 20260301 20260302"},
		{"FREQ=DAILY;INTERVAL=2;COUNT=3", "20260227", "20270101",
			"20260227 20260301 20260303"},
		{"FREQ=DAILY;BYMONTH=1;BYDAY=MO", "20260101", "20270110",
			"20260105 20260112 20260119 20260126 20270104"},
		{"FREQ=WEEKLY", "20260304", "20260320", "20260304 20260311 20260318"},
		{"FREQ=WEEKLY;BYDAY=MO,FR", "20260304", "20260317",
			"20260306 20260309 20260313 20260316"},
		/* RFC 5545, 3.8.5.3: what WKST changes */
		{"FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "19970805",
			"19980101", "19970805 19970810 19970819 19970824"},
		{"FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "19970805",
			"19980101", "19970805 19970817 19970819 19970831"},
		{"FREQ=MONTHLY;COUNT=3", "20260131", "20270101",
			"20260131 20260331 20260531"},
		{"FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3", "20260101", "20270101",
			"20260131 20260228 20260331"},
		{"FREQ=MONTHLY;BYDAY=1FR,-1MO;COUNT=4", "20260101", "20270101",
			"20260102 20260126 20260206 20260223"},
		{"FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "20260101", "20270101",
			"20260213 20260313 20261113"},
		{"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3", "20260101",
			"20270101", "20260130 20260227 20260331"},
		{"FREQ=YEARLY;COUNT=2", "20240229", "20400101", "20240229 20280229"},
		{"FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
			"19961105", "20050101", "19961105 20001107 20041102"},
		{"FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "20200101", "20221231",
			"20200329 20210328 20220327"},
		{"FREQ=YEARLY;BYDAY=20MO", "19970519", "20000101",
			"19970519 19980518 19990517"},
		{"FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "19970512", "20000101",
			"19970512 19980511 19990517"},
		{"FREQ=YEARLY;BYWEEKNO=1", "20240103", "20261231",
			"20240103 20250101 20251231"},
		{"FREQ=YEARLY;BYYEARDAY=1,-1", "20260101", "20270101",
			"20260101 20261231 20270101"},
		{"FREQ=YEARLY;BYMONTH=1,6", "20260115", "20270201",
			"20260115 20260615 20270115"},
		/* in any order and case, with what means nothing */
		{"byday=+1mo;freq=monthly;rscale=gregorian;skip=omit;", "20260101",
			"20260301", "20260105 20260202"},
		/* never */
		{"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "20260101", "21000101", ""},
		{"FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=2147483648", "20260101",
			"21000101", ""},
		{"FREQ=MONTHLY;BYDAY=MO;BYSETPOS=20", "20260101", "21000101", ""},
		{"FREQ=YEARLY;INTERVAL=100000", "20260101", "99991231", "20260101"},
		{"FREQ=MONTHLY;INTERVAL=100000", "99991201", "99991231", "99991201"},
		{"FREQ=DAILY", "20260102", "20260101", ""},
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++)
		check_days(cases[i].rule, cases[i].start, cases[i].start, cases[i].last,
			cases[i].days);
}

static void test_refused(void **state)
{
	(void)state;
	static const char *const rules[] = {"", ";", "FREQ", "FREQ=", "FREQ=SOMETIMES",
		"COUNT=3", "FREQ=SECONDLY", "FREQ=MINUTELY", "FREQ=HOURLY",
		"FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;INTERVAL=-1",
		"FREQ=DAILY;INTERVAL=100001", "FREQ=DAILY;COUNT=0",
		"FREQ=DAILY;COUNT=99999999999999999999", "FREQ=DAILY;BYHOUR=9,17",
		"FREQ=DAILY;BYHOUR=24", "FREQ=DAILY;BYMINUTE=0,30",
		"FREQ=DAILY;BYDAY=", "FREQ=DAILY;BYDAY=XX", "FREQ=DAILY;BYDAY=0MO",
		"FREQ=DAILY;BYDAY=54MO", "FREQ=DAILY;BYDAY=M", "FREQ=DAILY;BYMONTH=13",
		"FREQ=DAILY;BYMONTH=-1", "FREQ=DAILY;BYMONTH=0",
		"FREQ=DAILY;BYMONTH=5L", "FREQ=MONTHLY;BYMONTHDAY=32",
		"FREQ=MONTHLY;BYMONTHDAY=1,,2", "FREQ=WEEKLY;BYMONTHDAY=1",
		"FREQ=MONTHLY;BYYEARDAY=1", "FREQ=MONTHLY;BYWEEKNO=1",
		"FREQ=DAILY;UNTIL=soon", "FREQ=DAILY;WKST=XX",
		"RSCALE=CHINESE;FREQ=YEARLY", "FREQ=YEARLY;SKIP=FORWARD",
		"FREQ=DAILY;X-MINE=1", "FREQ=DAILY BYDAY=MO"};

	for (size_t i = 0; i < COUNT_OF(rules); i++)
		check_days(rules[i], "20260101", "20260101", "20260201", "bad");
}

static void test_long_list(void **state)
{
	(void)state;
	SCOPED(buf) text = buf_with_max(0);
	struct cal_rule rule;

	buf_text(&text, "FREQ=YEARLY;BYYEARDAY=1");
	for (int i = 2; i <= CAL_RULE_LIST_MAX; i++)
		buf_printf(&text, ",%d", i);
	assert_true(cal_rule_read(buf_view(&text), &rule));
	assert_int_equal(rule.year_days.count, CAL_RULE_LIST_MAX);
	buf_text(&text, ",100");
	assert_false(cal_rule_read(buf_view(&text), &rule));
}

/* Beginning late gives what beginning at the start gives from then on. */
static void test_skipping(void **state)
{
	(void)state;
	static const char *const rules[] = {"FREQ=DAILY", "FREQ=DAILY;INTERVAL=7",
		"FREQ=DAILY;INTERVAL=13;BYDAY=MO,TH",
		"FREQ=WEEKLY;INTERVAL=3;BYDAY=SU,SA", "FREQ=WEEKLY;INTERVAL=2;WKST=SU",
		"FREQ=MONTHLY;INTERVAL=5", "FREQ=MONTHLY;BYDAY=-1FR",
		"FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31", "FREQ=YEARLY;INTERVAL=3",
		"FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO",
		"FREQ=YEARLY;BYYEARDAY=-1;INTERVAL=2"};
	const int64_t start = cal_day(1987, 5, 31);

	for (size_t i = 0; i < COUNT_OF(rules); i++) {
		struct cal_rule rule;
		assert_true(cal_rule_read(str_of(rules[i]), &rule));
		for (int64_t from = start - 10; from < start + 20000; from += 997) {
			struct cal_walk all;
			struct cal_walk late;
			int64_t a = 0;
			int64_t b = 0;
			cal_walk_init(&all, &rule, start, start, start + 20000);
			cal_walk_init(&late, &rule, start, from, start + 20000);
			bool more = cal_walk_next(&late, &b);
			while (more && b < from)
				more = cal_walk_next(&late, &b);
			while (cal_walk_next(&all, &a)) {
				if (a < from)
					continue;
				assert_true(more);
				assert_int_equal(a, b);
				more = cal_walk_next(&late, &b);
			}
			assert_false(more);
		}
	}
}

static void test_clock(void **state)
{
	(void)state;
	struct cal_rule rule;

	assert_true(cal_rule_read(STR("FREQ=DAILY"), &rule));
	assert_int_equal(cal_rule_seconds(&rule, 36061), 36061);
	assert_true(cal_rule_read(STR("FREQ=DAILY;BYHOUR=9"), &rule));
	assert_int_equal(cal_rule_seconds(&rule, 36061), 9 * 3600 + 61);
	assert_true(cal_rule_read(STR("FREQ=DAILY;BYMINUTE=30;BYSECOND=5"), &rule));
	assert_int_equal(cal_rule_seconds(&rule, 36061), 36000 + 1805);
}

static void test_fields(void **state)
{
	(void)state;
	struct cal_rule rule;

	assert_true(cal_rule_read(
		STR("FREQ=WEEKLY;UNTIL=20260304T101500Z;INTERVAL=2;WKST=SU"), &rule));
	assert_int_equal(rule.frequency, CAL_WEEKLY);
	assert_true(rule.has_until);
	assert_int_equal(rule.until.place, CAL_PLACE_UTC);
	assert_int_equal(rule.interval, 2);
	assert_int_equal(rule.week_start, 0);
	assert_int_equal(rule.count, 0);
	assert_true(cal_rule_read(STR("FREQ=YEARLY;COUNT=2147483648"), &rule));
	assert_int_equal(rule.count, 2147483648);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_days),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_long_list),
		cmocka_unit_test(test_skipping),
		cmocka_unit_test(test_clock),
		cmocka_unit_test(test_fields),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
