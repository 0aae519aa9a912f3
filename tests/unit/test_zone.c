#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cal/day.h"
#include "cal/zone.h"

#define CAL(inner) "BEGIN:VCALENDAR\r\n" inner "END:VCALENDAR\r\n"
#define ZONE(tzid, inner)                                                              \
	"BEGIN:VTIMEZONE\r\nTZID:" tzid "\r\n" inner "END:VTIMEZONE\r\n"
#define PART(kind, from, to, rest)                                                     \
	"BEGIN:" kind "\r\nTZOFFSETFROM:" from "\r\nTZOFFSETTO:" to "\r\n" rest        \
	"END:" kind "\r\n"
#define OUTLOOK                                                                        \
	ZONE("W. Europe Standard Time",                                                \
		PART("STANDARD", "+0200", "+0100",                                     \
			"DTSTART:16010101T030000\r\n"                                  \
			"RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\n")                 \
			PART("DAYLIGHT", "+0100", "+0200",                             \
				"DTSTART:16010101T020000\r\n"                          \
				"RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\n"))
#define FIXED(tzid, to)                                                                \
	ZONE(tzid, PART("STANDARD", "+0000", to, "DTSTART:19700101T000000\r\n"))

#define UNKNOWN INT64_MIN

static int64_t offset_of(const char *ics, const char *tzid, struct cal_date d, int hour)
{
	AUTO(cal_zones) *z = cal_zones_new(str_of(ics));
	const struct cal_zone *zone = cal_zones_find(z, str_of(tzid));
	const int64_t day = cal_day(d.year, d.month, d.day);

	if (!zone)
		return UNKNOWN;
	return day * DAY_SECONDS + hour * 3600 - cal_zone_unix(zone, day, hour * 3600);
}

static void test_offsets(void **state)
{
	(void)state;
	static const struct {
		const char *ics;
		const char *tzid;
		struct cal_date date;
		int hour;
		int64_t offset;
	} cases[] = {
		{CAL(""), "Europe/Berlin", {2026, 1, 15}, 12, 3600},
		{CAL(""), "Europe/Berlin", {2026, 7, 15}, 12, 7200},
		{CAL(""), "Europe/Berlin", {2026, 3, 29}, 1, 3600},
		{CAL(""), "Europe/Berlin", {2026, 3, 29}, 4, 7200},
		{CAL(""), "America/New_York", {2026, 7, 1}, 0, -14400},
		{CAL(""), "Asia/Kolkata", {2026, 7, 1}, 0, 19800},
		{CAL(""), "W. Europe Standard Time", {2026, 7, 1}, 0, UNKNOWN},
		{CAL(""), "Nowhere/Atall", {2026, 7, 1}, 0, UNKNOWN},
		{CAL(""), "../../etc/passwd", {2026, 7, 1}, 0, UNKNOWN},
		{CAL(""), "", {2026, 7, 1}, 0, UNKNOWN},
		{CAL(OUTLOOK), "W. Europe Standard Time", {2026, 7, 1}, 0, 7200},
		{CAL(OUTLOOK), "W. Europe Standard Time", {2026, 1, 1}, 0, 3600},
		{CAL(OUTLOOK), "W. Europe Standard Time", {2026, 10, 24}, 0, 7200},
		{CAL(OUTLOOK), "W. Europe Standard Time", {2026, 10, 26}, 0, 3600},
		{CAL(OUTLOOK), "w. europe standard time", {2026, 1, 1}, 0, UNKNOWN},
		{CAL(FIXED("A", "+0300")), "A", {2026, 1, 1}, 0, 10800},
		{CAL(FIXED("A", "-013015")), "A", {2026, 1, 1}, 0, -5415},
		/* the object's own zone wins over the system's */
		{CAL(FIXED("Europe/Berlin", "+0500")), "Europe/Berlin", {2026, 1, 1}, 0,
			18000},
		{CAL(FIXED("A", "+0300") FIXED("B", "+0400")), "B", {2026, 1, 1}, 0,
			14400},
		{CAL(FIXED("A", "+0300") FIXED("A", "+0400")), "A", {2026, 1, 1}, 0,
			10800},
		{CAL("BEGIN:VEVENT\r\nUID:x\r\nDTSTART:19700101T000000\r\nEND:"
	             "VEVENT\r\n" FIXED("A", "+0300")),
			"A", {2026, 1, 1}, 0, 10800},
		{CAL("begin:vtimezone\r\ntzid:A\r\n x\r\nbegin:standard\r\ndtstart:1970"
		     "0101T000000\r\ntzoffsetfrom:+0000\r\ntzoffsetto:+0200\r\n"
		     "end:standard\r\nend:vtimezone\r\n"),
			"Ax", {2026, 1, 1}, 0, 7200},
		/* by dates instead of a rule */
		{CAL(ZONE("A", PART("STANDARD", "+0000", "+0100",
				       "DTSTART:20000101T000000\r\n") PART("DAYLIGHT",
				       "+0100", "+0200",
				       "DTSTART:20260301T000000\r\n"
				       "RDATE:20260301T000000,20260701T000000\r\n"))),
			"A", {2026, 8, 1}, 0, 7200},
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const int64_t offset = offset_of(cases[i].ics, cases[i].tzid,
			cases[i].date, cases[i].hour);
		if (offset != cases[i].offset)
			print_error("case %zu\n", i);
		assert_int_equal(offset, cases[i].offset);
	}
}

/* What libical would hang on, crash on or print about never reaches it. */
static void test_hostile_zones(void **state)
{
	(void)state;
	static const char *const inners[] = {
		"",
		"BEGIN:STANDARD\r\nEND:STANDARD\r\n",
		"BEGIN:X\r\nEND:X\r\n",
		"TZID:B\r\nTZID:C\r\n",
		PART("STANDARD", "x", "y", "DTSTART:nonsense\r\n"),
		PART("STANDARD", "+0000", "+99999999999",
			"DTSTART:20000101T000000\r\n"),
		PART("STANDARD", "+0000", "+0100",
			"DTSTART:20000101T000000\r\n"
			"RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30\r\n"),
		PART("STANDARD", "+0000", "+0100",
			"DTSTART:00010101T000000\r\n"
			"RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\r\n"),
		PART("STANDARD", "+0000", "+0100",
			"DTSTART:20000101T000000\r\nRRULE:FREQ=DAILY\r\n"),
		PART("STANDARD", "+0000", "+0100",
			"DTSTART:20000101T000000\r\nRRULE:FREQ=YEARLY;INTERVAL=0\r\n"),
		PART("STANDARD", "+0000", "+0100",
			"DTSTART:99991231T235959\r\nRRULE:FREQ=YEARLY\r\n"),
		PART("STANDARD", "+0000", "+0100",
			"DTSTART:20000101T000000\r\nX-A;P=\"\r\nRDATE:1,2,,3\r\n"),
		PART("STANDARD", "+0000", "+0100",
			"DTSTART:20000101T000000\r\nBEGIN:STANDARD\r\nBEGIN:"
	                "VTIMEZONE\r\n"
			"END:VTIMEZONE\r\nEND:STANDARD\r\n"),
	};

	for (size_t i = 0; i < COUNT_OF(inners); i++) {
		AUTO_FREE char *ics =
			xasprintf("BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:A\n%s"
				  "END:VTIMEZONE\nEND:VCALENDAR\n",
				inners[i]);
		const int64_t offset =
			offset_of(ics, "A", (struct cal_date){2026, 1, 1}, 0);
		assert_true(offset == UNKNOWN || (offset >= -86400 && offset <= 86400));
	}
}

static void test_limit_of_zones(void **state)
{
	(void)state;
	AUTO(cal_zones) *z = cal_zones_new(STR(CAL("")));
	const struct cal_zone *first = cal_zones_find(z, STR("Europe/Berlin"));

	assert_non_null(first);
	for (int i = 0; i < 2 * CAL_ZONES_MAX; i++) {
		AUTO_FREE char *tzid = xasprintf("Nowhere/%d", i);
		assert_null(cal_zones_find(z, str_of(tzid)));
	}
	assert_ptr_equal(cal_zones_find(z, STR("Europe/Berlin")), first);
	assert_null(cal_zones_find(z, STR("Europe/Vienna")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_offsets),
		cmocka_unit_test(test_hostile_zones),
		cmocka_unit_test(test_limit_of_zones),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
