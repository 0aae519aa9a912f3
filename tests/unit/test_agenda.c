#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/mem.h"
#include "cal/agenda.h"
#include "cal/moment.h"

#define CAL(inner) "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" inner "END:VCALENDAR\r\n"
#define PART(inner) "BEGIN:VEVENT\r\nUID:a\r\n" inner "END:VEVENT\r\n"
#define EVENT(inner) CAL(PART(inner))
#define S(name) "SUMMARY:" name "\r\n"
#define AT10 "DTSTART:20260304T100000\r\n"
#define WEEKLY S("W") AT10 "DTEND:20260304T110000\r\nRRULE:FREQ=WEEKLY;COUNT=4\r\n"

static int64_t instant(const char *text)
{
	struct cal_moment m;

	assert_true(cal_moment_read(str_of(text), NULL, &m));
	return cal_moment_unix(&m);
}

/* "20260304T100000+60 Title" a line: local start, minutes, summary; "20260304+1d" all
 * day */
static char *agenda_text(const struct cal_agenda *a)
{
	SCOPED(buf) out = buf_with_max(0);

	for (size_t i = 0; i < cal_agenda_count(a); i++) {
		const struct cal_occurrence *o = cal_agenda_at(a, i);
		const time_t start = (time_t)o->start;
		struct tm tm;
		char when[32];
		localtime_r(&start, &tm);
		assert_true(strftime(when, sizeof(when),
				    o->all_day ? "%Y%m%d" : "%Y%m%dT%H%M%S", &tm) > 0);
		const int64_t minutes = (o->end - o->start) / 60;
		buf_printf(&out, "%s+%lld%s %s\n", when,
			(long long)(o->all_day ? (minutes + 60) / 1440 : minutes),
			o->all_day ? "d" : "", o->summary);
	}
	return buf_take(&out);
}

static void check(const char *const *objects, size_t count, size_t limit,
	const char *want)
{
	AUTO(cal_agenda) *a =
		cal_agenda_new(instant("20260301"), instant("20260501"), limit);

	for (size_t i = 0; i < count; i++)
		cal_agenda_add(a, str_of(objects[i]));
	AUTO_FREE char *got = agenda_text(a);
	if (strcmp(got, want) != 0)
		print_error("%s\n", objects[0]);
	assert_string_equal(got, want);
}

static void test_single(void **state)
{
	(void)state;
	static const struct {
		const char *ics;
		const char *want;
	} cases[] = {
		{EVENT(S("A") AT10 "DTEND:20260304T113000\r\n"),
			"20260304T100000+90 A\n"},
		{EVENT(S("A") AT10 "DURATION:PT45M\r\n"), "20260304T100000+45 A\n"},
		{EVENT(S("A") AT10 "DURATION:P1DT1H\r\n"), "20260304T100000+1500 A\n"},
		{EVENT(S("A") AT10), "20260304T100000+0 A\n"},
		{EVENT(S("A") AT10 "DTEND:20260304T090000\r\n"),
			"20260304T100000+0 A\n"},
		{EVENT(S("A") AT10 "DURATION:-PT1H\r\n"), "20260304T100000+0 A\n"},
		{EVENT(S("A") "DTSTART:20260304T100000Z\r\n"), "20260304T110000+0 A\n"},
		{EVENT(S("A") "DTSTART;TZID=America/New_York:20260304T100000\r\n"
			      "DTEND;TZID=Europe/Berlin:20260304T170000\r\n"),
			"20260304T160000+60 A\n"},
		{EVENT(S("A") "DTSTART;TZID=W. Europe Standard "
	                      "Time:20260304T100000\r\n"),
			"20260304T100000+0 A\n"},
		{EVENT(S("A") "DTSTART;VALUE=DATE:20260304\r\n"), "20260304+1d A\n"},
		{EVENT(S("A") "DTSTART;VALUE=DATE:20260304\r\n"
			      "DTEND;VALUE=DATE:20260307\r\n"),
			"20260304+3d A\n"},
		{EVENT(S("A") "DTSTART;VALUE=DATE:20260304\r\n"
			      "DTEND;VALUE=DATE:20260304\r\n"),
			"20260304+1d A\n"},
		{EVENT(S("A") "DTSTART;VALUE=DATE:20260304\r\nDURATION:P2D\r\n"),
			"20260304+2d A\n"},
		{EVENT(S("A") "DTSTART;VALUE=DATE:20260304\r\nDURATION:PT48H\r\n"),
			"20260304+2d A\n"},
		/* the day the clocks change has 23 hours */
		{EVENT(S("A") "DTSTART;VALUE=DATE:20260329\r\n"), "20260329+1d A\n"},
		{EVENT(AT10), "20260304T100000+0 (no title)\n"},
		{EVENT(S("A\\n\033b") AT10), ""},
		{EVENT(S("A") AT10 "STATUS:CANCELLED\r\n"), ""},
		{EVENT(S("A") AT10 "STATUS:TENTATIVE\r\n"), "20260304T100000+0 A\n"},
		{EVENT(S("A")), ""},
		{EVENT(S("A") "DTSTART:soon\r\n"), ""},
		/* bounds: from counts, until does not */
		{EVENT(S("A") "DTSTART:20260301T000000\r\n"), "20260301T000000+0 A\n"},
		{EVENT(S("A") "DTSTART:20260228T235959\r\n"), ""},
		{EVENT(S("A") "DTSTART:20260430T235959\r\n"), "20260430T235959+0 A\n"},
		{EVENT(S("A") "DTSTART:20260501T000000\r\n"), ""},
		{CAL("BEGIN:VTODO\r\nUID:a\r\n" S("A") AT10 "END:VTODO\r\n"), ""},
		{"", ""},
		{"BEGIN:VCALENDAR", ""},
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++)
		check(&cases[i].ics, 1, 10, cases[i].want);
}

static void test_recurrence(void **state)
{
	(void)state;
	static const struct {
		const char *ics;
		const char *want;
	} cases[] = {
		{EVENT(WEEKLY), "20260304T100000+60 W\n20260311T100000+60 W\n"
				"20260318T100000+60 W\n20260325T100000+60 W\n"},
		/* the wall clock stays when the clocks change */
		{EVENT(S("W") "DTSTART;TZID=Europe/Berlin:20260322T100000\r\n"
			      "RRULE:FREQ=WEEKLY;COUNT=3\r\n"),
			"20260322T100000+0 W\n20260329T100000+0 W\n20260405T100000+0 "
	                "W\n"},
		{EVENT(S("W") "DTSTART:20260322T090000Z\r\nRRULE:FREQ=WEEKLY;COUNT="
	                      "3\r\n"),
			"20260322T100000+0 W\n20260329T110000+0 W\n20260405T110000+0 "
	                "W\n"},
		{EVENT(S("W") "DTSTART;VALUE=DATE:20200304\r\nRRULE:FREQ=YEARLY\r\n"),
			"20260304+1d W\n"},
		{EVENT(S("W") "DTSTART;VALUE=DATE:20260327\r\nRRULE:FREQ=DAILY;COUNT="
	                      "4\r\n"),
			"20260327+1d W\n20260328+1d W\n20260329+1d W\n20260330+1d W\n"},
		/* many years later */
		{EVENT(S("W") "DTSTART:19700101T080000\r\nRRULE:FREQ=DAILY;"
			      "UNTIL=20260302T080000\r\n"),
			"20260301T080000+0 W\n20260302T080000+0 W\n"},
		{EVENT(S("W") "DTSTART:19990101T080000\r\nRRULE:FREQ=DAILY;COUNT="
	                      "9923\r\n"),
			"20260301T080000+0 W\n20260302T080000+0 W\n"},
		/* UNTIL: as UTC, as a day, as a wall clock */
		{EVENT(S("W") AT10 "RRULE:FREQ=DAILY;UNTIL=20260305T090000Z\r\n"),
			"20260304T100000+0 W\n20260305T100000+0 W\n"},
		{EVENT(S("W") AT10 "RRULE:FREQ=DAILY;UNTIL=20260305T085959Z\r\n"),
			"20260304T100000+0 W\n"},
		{EVENT(S("W") AT10 "RRULE:FREQ=DAILY;UNTIL=20260305\r\n"),
			"20260304T100000+0 W\n20260305T100000+0 W\n"},
		{EVENT(S("W") AT10 "RRULE:FREQ=DAILY;UNTIL=20260305T095900\r\n"),
			"20260304T100000+0 W\n"},
		{EVENT(S("W") "DTSTART;VALUE=DATE:20260304\r\n"
			      "RRULE:FREQ=DAILY;UNTIL=20260305T000000Z\r\n"),
			"20260304+1d W\n20260305+1d W\n"},
		{EVENT(S("W") AT10 "RRULE:FREQ=DAILY;UNTIL=19990101\r\n"),
			"20260304T100000+0 W\n"},
		/* DTSTART off its rule, and at another hour */
		{EVENT(S("W") AT10 "RRULE:FREQ=WEEKLY;BYDAY=FR;COUNT=2\r\n"),
			"20260304T100000+0 W\n20260306T100000+0 W\n20260313T100000+0 "
	                "W\n"},
		{EVENT(S("W") AT10
			 "RRULE:FREQ=DAILY;BYHOUR=12;BYMINUTE=30;COUNT=1\r\n"),
			"20260304T100000+0 W\n20260304T123000+0 W\n"},
		/* EXDATE, as written by whom */
		{EVENT(WEEKLY "EXDATE:20260311T100000,20260325T100000\r\n"),
			"20260304T100000+60 W\n20260318T100000+60 W\n"},
		{EVENT(WEEKLY
			 "EXDATE:20260304T090000Z\r\nEXDATE;TZID=Asia/Tokyo:20260311"
			 "T180000\r\n"),
			"20260318T100000+60 W\n20260325T100000+60 W\n"},
		{EVENT(WEEKLY
			 "EXDATE;VALUE=DATE:20260311\r\nEXDATE:x,,20260318T100001\r\n"),
			"20260304T100000+60 W\n20260318T100000+60 W\n"
			"20260325T100000+60 W\n"},
		{EVENT(S("W") "DTSTART;VALUE=DATE:20260304\r\nRRULE:FREQ=DAILY;COUNT="
	                      "3\r\n"
			      "EXDATE:20260305T000000Z\r\n"),
			"20260304+1d W\n20260306+1d W\n"},
		/* RDATE */
		{EVENT(S("W") AT10 "RDATE:20260305T120000,20260304T100000\r\n"
				   "RDATE;VALUE=PERIOD:20260306T110000/PT2H\r\n"
				   "RDATE:20260305T120000\r\n"),
			"20260304T100000+0 W\n20260305T120000+0 W\n20260306T110000+0 "
	                "W\n"},
		{EVENT(S("W") AT10
			 "RDATE:20260305T120000\r\nEXDATE:20260305T120000\r\n"),
			"20260304T100000+0 W\n"},
		/* what is not expanded happens once */
		{EVENT(S("W") AT10 "RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30\r\n"),
			"20260304T100000+0 W\n"},
		{EVENT(S("W") AT10 "RRULE:FREQ=MINUTELY\r\n"), "20260304T100000+0 W\n"},
		{EVENT(S("W") AT10 "RRULE:FREQ=HOURLY\r\n"), "20260304T100000+0 W\n"},
		{EVENT(S("W") AT10 "RRULE:FREQ=DAILY;BYHOUR=1,2,3\r\n"),
			"20260304T100000+0 W\n"},
		{EVENT(S("W") AT10 "RRULE:FREQ=DAILY;INTERVAL=0\r\n"),
			"20260304T100000+0 W\n"},
		{EVENT(S("W") AT10 "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;"
				   "COUNT=2147483648\r\n"),
			"20260304T100000+0 W\n"},
		{EVENT(S("W") AT10 "RRULE:FREQ=DAILY;COUNT=1\r\nRRULE:FREQ=DAILY\r\n"),
			"20260304T100000+0 W\n"},
		{EVENT(WEEKLY "STATUS:CANCELLED\r\n"), ""},
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++)
		check(&cases[i].ics, 1, 10, cases[i].want);
}

static void test_overrides(void **state)
{
	(void)state;
	static const struct {
		const char *ics;
		const char *want;
	} cases[] = {
		/* renamed in place */
		{CAL(PART(WEEKLY) PART(S("X") "RECURRENCE-ID:20260311T100000\r\n"
					      "DTSTART:20260311T100000\r\n")),
			"20260304T100000+60 W\n20260311T100000+0 X\n"
			"20260318T100000+60 W\n20260325T100000+60 W\n"},
		/* moved, named in UTC, written before the master */
		{CAL(PART(S("X") "RECURRENCE-ID:20260311T090000Z\r\n"
				 "DTSTART:20260402T100000\r\n") PART(WEEKLY)),
			"20260304T100000+60 W\n20260318T100000+60 W\n"
			"20260325T100000+60 W\n20260402T100000+0 X\n"},
		/* moved into and out of the bounds */
		{CAL(PART(S("W") "DTSTART:20260225T100000\r\nRRULE:FREQ=WEEKLY;COUNT="
	                         "2\r\n")
				 PART(S("X") "RECURRENCE-ID:20260225T100000\r\n"
					     "DTSTART:20260302T100000\r\n")
					 PART(S("Y") "RECURRENCE-ID:20260304T100000\r\n"
						     "DTSTART:20270101T100000\r\n")),
			"20260302T100000+0 X\n"},
		{CAL(PART(WEEKLY) PART(
			 "RECURRENCE-ID:20260311T100000\r\n"
			 "DTSTART:20260311T100000\r\nSTATUS:CANCELLED\r\n")),
			"20260304T100000+60 W\n20260318T100000+60 W\n"
			"20260325T100000+60 W\n"},
		{CAL(PART(WEEKLY) PART("RECURRENCE-ID;VALUE=DATE:20260311\r\n" S(
			 "X") "DTSTART:20260311T120000\r\n")),
			"20260304T100000+60 W\n20260311T120000+0 X\n"
			"20260318T100000+60 W\n20260325T100000+60 W\n"},
		{CAL(PART(S("W") "DTSTART;VALUE=DATE:20260304\r\n"
				 "RRULE:FREQ=DAILY;COUNT=2\r\n")
				 PART(S("X") "RECURRENCE-ID;VALUE=DATE:20260304\r\n"
					     "DTSTART;VALUE=DATE:20260310\r\n"
					     "DTEND;VALUE=DATE:20260312\r\n")),
			"20260305+1d W\n20260310+2d X\n"},
		/* a single shared instance, without its master */
		{EVENT(S("X") "RECURRENCE-ID:20260311T100000\r\nDTSTART:20260311T1200"
			      "00\r\n"),
			"20260311T120000+0 X\n"},
		/* a cancelled series with one date kept */
		{CAL(PART(WEEKLY "STATUS:CANCELLED\r\n")
				 PART(S("X") "RECURRENCE-ID:20260311T100000\r\n"
					     "DTSTART:20260311T100000\r\n")),
			"20260311T100000+0 X\n"},
		/* an override without a start still replaces */
		{CAL(PART(WEEKLY) PART("RECURRENCE-ID:20260311T100000\r\n")),
			"20260304T100000+60 W\n20260318T100000+60 W\n"
			"20260325T100000+60 W\n"},
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++)
		check(&cases[i].ics, 1, 10, cases[i].want);
}

/* The best few, in order, in whatever order they come. */
static void test_limit_and_order(void **state)
{
	(void)state;
	static const char *const objects[] = {
		EVENT(S("late") "DTSTART:20260420T100000\r\n"),
		EVENT(WEEKLY),
		EVENT(S("B") AT10),
		EVENT(S("day") "DTSTART;VALUE=DATE:20260311\r\n"),
		EVENT(S("A") AT10),
		EVENT(S("midnight") "DTSTART:20260311T000000\r\n"),
		EVENT(S("first") "DTSTART:20260302T100000\r\n"),
	};
	static const char want[] = "20260302T100000+0 first\n"
				   "20260304T100000+0 A\n"
				   "20260304T100000+0 B\n"
				   "20260304T100000+60 W\n"
				   "20260311+1d day\n"
				   "20260311T000000+0 midnight\n"
				   "20260311T100000+60 W\n"
				   "20260318T100000+60 W\n"
				   "20260325T100000+60 W\n"
				   "20260420T100000+0 late\n";
	const char *reversed[COUNT_OF(objects)];

	for (size_t i = 0; i < COUNT_OF(objects); i++)
		reversed[i] = objects[COUNT_OF(objects) - 1 - i];
	for (size_t limit = 0; limit <= 12; limit++) {
		struct str rest = STR(want);
		struct str line;
		for (size_t i = 0; i < limit && str_line(&rest, &line);)
			i++;
		AUTO_FREE char *best = xstrndup(want, sizeof(want) - 1 - rest.len);
		if (!limit)
			best[0] = '\0';
		check(objects, COUNT_OF(objects), limit, best);
		check(reversed, COUNT_OF(objects), limit, best);
	}
}

static void test_bounds(void **state)
{
	(void)state;
	static const char daily[] =
		EVENT(S("W") "DTSTART:00010101T100000\r\nRRULE:FREQ=DAILY\r\n");
	AUTO(cal_agenda) *all = cal_agenda_new(INT64_MIN, INT64_MAX, 1000000);
	AUTO(cal_agenda) *none = cal_agenda_new(10, 10, 10);
	AUTO(cal_agenda) *backwards = cal_agenda_new(INT64_MAX, INT64_MIN, 10);

	cal_agenda_add(all, STR(daily));
	assert_true(cal_agenda_count(all) > CAL_STEPS_MAX - 10);
	assert_true(cal_agenda_count(all) <= CAL_STEPS_MAX);
	assert_null(cal_agenda_at(all, cal_agenda_count(all)));
	cal_agenda_add(none, STR(daily));
	assert_int_equal(cal_agenda_count(none), 0);
	cal_agenda_add(backwards, STR(daily));
	assert_int_equal(cal_agenda_count(backwards), 0);
}

/* 2000 dates left out one by one: all of them count, on however many lines. */
static void test_many_exceptions(void **state)
{
	(void)state;
	SCOPED(buf) ics = buf_with_max(0);
	AUTO(cal_agenda) *a =
		cal_agenda_new(instant("20200101"), instant("20260101"), 10000);
	int64_t day = instant("20200101T120000Z");

	buf_text(&ics,
		"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nDTSTART:20200101T120000Z\n"
		"RRULE:FREQ=DAILY;COUNT=2000\nEXDATE:");
	for (int i = 0; i < 2000; i++, day += 86400) {
		const time_t when = (time_t)day;
		struct tm tm;
		char text[32];
		gmtime_r(&when, &tm);
		assert_true(strftime(text, sizeof(text), "%Y%m%dT%H%M%SZ", &tm) > 0);
		if (i != 700 && i != 1999)
			buf_printf(&ics, "%s,\n ", text);
	}
	buf_text(&ics, "\nEND:VEVENT\nEND:VCALENDAR\n");
	cal_agenda_add(a, buf_view(&ics));
	assert_int_equal(cal_agenda_count(a), 2);
	assert_int_equal(cal_agenda_at(a, 0)->start,
		instant("20200101T120000Z") + 700 * INT64_C(86400));
}

static void test_many_masters(void **state)
{
	(void)state;
	SCOPED(buf) ics = buf_with_max(0);
	AUTO(cal_agenda) *a =
		cal_agenda_new(instant("20200101"), instant("20260101"), 10);

	buf_text(&ics, "BEGIN:VCALENDAR\n");
	for (int i = 0; i < 1000; i++)
		buf_text(&ics,
			"BEGIN:VEVENT\nUID:a\nDTSTART:00010101T120000Z\n"
			"RRULE:FREQ=DAILY;COUNT=99999999;BYMONTH=2;BYMONTHDAY=30\n"
			"END:VEVENT\n");
	buf_text(&ics, "END:VCALENDAR\n");
	cal_agenda_add(a, buf_view(&ics));
	assert_int_equal(cal_agenda_count(a), 0);
}

static void test_words(void **state)
{
	(void)state;
	char name[] = "Dentist";
	const struct cal_occurrence timed = {instant("20260304T100000"), 0, false,
		name};
	const struct cal_occurrence whole = {instant("20260304"), 0, true, name};
	AUTO_FREE char *a = cal_occurrence_text(&timed);
	AUTO_FREE char *b = cal_occurrence_text(&whole);

	assert_string_equal(a, "Wed 4 March 2026 10:00  Dentist");
	assert_string_equal(b, "Wed 4 March 2026  Dentist");
}

static int set_up(void **state)
{
	(void)state;
	(void)setenv("TZ", "Europe/Berlin", 1);
	tzset();
	return setlocale(LC_CTYPE, "C.UTF-8") ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_single),
		cmocka_unit_test(test_recurrence),
		cmocka_unit_test(test_overrides),
		cmocka_unit_test(test_limit_and_order),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_many_exceptions),
		cmocka_unit_test(test_many_masters),
		cmocka_unit_test(test_words),
	};
	return cmocka_run_group_tests(tests, set_up, NULL);
}
