#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "cal/meaning.h"

#define CAL(inner) "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" inner "END:VCALENDAR\r\n"
#define COMPONENT(inner) "BEGIN:VEVENT\r\nUID:a\r\n" inner "END:VEVENT\r\n"
#define EVENT(inner) CAL(COMPONENT(inner))
#define ALARM(inner) "BEGIN:VALARM\r\n" inner "END:VALARM\r\n"
#define ZONE(inner) "BEGIN:VTIMEZONE\r\nTZID:Here\r\n" inner "END:VTIMEZONE\r\n"
#define OVERRIDE(inner) COMPONENT("RECURRENCE-ID:20260304T100000Z\r\n" inner)
#define WHEN "DTSTART:20260304T100000Z\r\n"

struct pair {
	const char *name;
	const char *a;
	const char *b;
};

static bool same(const struct pair *pair)
{
	const struct digest a = cal_meaning(str_of(pair->a));
	const struct digest b = cal_meaning(str_of(pair->b));

	return digest_equal(&a, &b);
}

static void test_what_does_not_count(void **state)
{
	static const struct pair pairs[] = {
		{"itself", EVENT(WHEN), EVENT(WHEN)},
		{"line ends", EVENT("SUMMARY:x\r\n"),
			"BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:a\nSUMMARY:x\n"
			"END:VEVENT\nEND:VCALENDAR\n"},
		{"no last line end", EVENT("SUMMARY:x\r\n"),
			"BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:a\nSUMMARY:x\n"
			"END:VEVENT\nEND:VCALENDAR"},
		{"empty lines", EVENT("SUMMARY:x\r\n"),
			EVENT("\r\nSUMMARY:x\r\n \r\n")},
		{"byte order mark", EVENT(WHEN), "\xef\xbb\xbf" EVENT(WHEN)},
		{"folding", EVENT("SUMMARY:one two\r\n"),
			EVENT("SUMM\r\n ARY:one \r\n\ttwo\r\n")},
		{"folding within a character", EVENT("SUMMARY:caf\xc3\xa9\r\n"),
			EVENT("SUMMARY:caf\xc3\r\n \xa9\r\n")},
		{"order of properties", EVENT("SUMMARY:x\r\n" WHEN),
			EVENT(WHEN "SUMMARY:x\r\n")},
		{"order of equal names", EVENT("COMMENT:x\r\nCOMMENT:y\r\n"),
			EVENT("COMMENT:y\r\nCOMMENT:x\r\n")},
		{"order of parameters", EVENT("ATTENDEE;CN=A;ROLE=B:mailto:x\r\n"),
			EVENT("ATTENDEE;ROLE=B;CN=A:mailto:x\r\n")},
		{"quotes", EVENT("ATTENDEE;CN=A:mailto:x\r\n"),
			EVENT("ATTENDEE;CN=\"A\":mailto:x\r\n")},
		{"quotes of several",
			EVENT("ATTENDEE;MEMBER=\"m:a\",\"b\":mailto:x\r\n"),
			EVENT("ATTENDEE;MEMBER=\"m:a\",b:mailto:x\r\n")},
		{"case of names", EVENT("SUMMARY;language=de:x\r\n"),
			EVENT("Summary;LANGUAGE=de:x\r\n")},
		{"case of components", EVENT(WHEN),
			CAL("begin:vevent\r\nUID:a\r\n" WHEN "end:vevent\r\n")},
		{"DTSTAMP", EVENT("DTSTAMP:20260101T000000Z\r\n"),
			EVENT("DTSTAMP:20270101T000000Z\r\n")},
		{"DTSTAMP twice", EVENT("DTSTAMP:20260101T000000Z\r\n"),
			EVENT("DTSTAMP:20270101T000000Z\r\nDTSTAMP:x\r\n")},
		{"LAST-MODIFIED", EVENT(""), EVENT("LAST-MODIFIED:2026\r\n")},
		{"CREATED", EVENT("CREATED:2025\r\n"), EVENT("")},
		{"PRODID", CAL("PRODID:a\r\n" COMPONENT(WHEN)),
			CAL("PRODID:b\r\n" COMPONENT(WHEN))},
		{"body of a zone", CAL(ZONE("X:1\r\n") COMPONENT(WHEN)),
			CAL(ZONE("X:2\r\n") COMPONENT(WHEN))},
		{"zone at all", CAL(ZONE("X:1\r\n") COMPONENT(WHEN)),
			CAL(COMPONENT(WHEN))},
		{"order of components", CAL(COMPONENT(WHEN) OVERRIDE("SUMMARY:x\r\n")),
			CAL(OVERRIDE("SUMMARY:x\r\n") COMPONENT(WHEN))},
		{"order of alarms", EVENT(ALARM("A:1\r\n") ALARM("A:2\r\n")),
			EVENT(ALARM("A:2\r\n") ALARM("A:1\r\n"))},
		{"alarm in front", EVENT(WHEN ALARM("A:1\r\n")),
			EVENT(ALARM("A:1\r\n") WHEN)},
		{"grouping of exceptions", EVENT("EXDATE:20260304,20260305\r\n"),
			EVENT("EXDATE:20260305\r\nEXDATE:20260304\r\n")},
		{"repeated exception", EVENT("EXDATE:20260304,20260304\r\n"),
			EVENT("EXDATE:20260304\r\n")},
		{"order of categories", EVENT("CATEGORIES:a,b\r\n"),
			EVENT("CATEGORIES:b,a\r\n")},
		{"repeated line", EVENT("SUMMARY:x\r\nSUMMARY:x\r\n"),
			EVENT("SUMMARY:x\r\n")},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(pairs); i++)
		if (!same(&pairs[i]))
			fail_msg("differs: %s", pairs[i].name);
}

static void test_what_counts(void **state)
{
	static const struct pair pairs[] = {
		{"value", EVENT("SUMMARY:x\r\n"), EVENT("SUMMARY:y\r\n")},
		{"case of a value", EVENT("SUMMARY:x\r\n"), EVENT("SUMMARY:X\r\n")},
		{"blank at the end", EVENT("SUMMARY:x\r\n"), EVENT("SUMMARY:x \r\n")},
		{"property", EVENT("SUMMARY:x\r\n"), EVENT("")},
		{"name", EVENT("SUMMARY:x\r\n"), EVENT("COMMENT:x\r\n")},
		{"unknown property", EVENT(""), EVENT("X-APPLE-THING:x\r\n")},
		{"parameter", EVENT("SUMMARY:x\r\n"), EVENT("SUMMARY;A=b:x\r\n")},
		{"value of a parameter", EVENT("SUMMARY;A=c:x\r\n"),
			EVENT("SUMMARY;A=b:x\r\n")},
		{"comma in quotes", EVENT("SUMMARY;A=\"a,b\":x\r\n"),
			EVENT("SUMMARY;A=a,b:x\r\n")},
		{"place of a semicolon", EVENT("SUMMARY;A=\"a;B=c\":x\r\n"),
			EVENT("SUMMARY;A=a;B=c:x\r\n")},
		{"SEQUENCE", EVENT("SEQUENCE:1\r\n"), EVENT("SEQUENCE:2\r\n")},
		{"time zone", EVENT("DTSTART;TZID=A:20260304T100000\r\n"),
			EVENT("DTSTART;TZID=B:20260304T100000\r\n")},
		{"UID", EVENT(""), CAL("BEGIN:VEVENT\r\nUID:b\r\nEND:VEVENT\r\n")},
		{"kind", EVENT(""), CAL("BEGIN:VTODO\r\nUID:a\r\nEND:VTODO\r\n")},
		{"alarm", EVENT(""), EVENT(ALARM("A:1\r\n"))},
		{"second equal alarm", EVENT(ALARM("A:1\r\n")),
			EVENT(ALARM("A:1\r\n") ALARM("A:1\r\n"))},
		{"stamp within an alarm that counts", EVENT(ALARM("TRIGGER:-PT5M\r\n")),
			EVENT(ALARM("TRIGGER:-PT6M\r\n"))},
		{"property moved into the alarm", EVENT("A:1\r\n" ALARM("B:2\r\n")),
			EVENT(ALARM("A:1\r\nB:2\r\n"))},
		{"swap between series and exception",
			CAL(COMPONENT("SUMMARY:x\r\n") OVERRIDE("SUMMARY:y\r\n")),
			CAL(COMPONENT("SUMMARY:y\r\n") OVERRIDE("SUMMARY:x\r\n"))},
		{"exception", CAL(COMPONENT(WHEN)),
			CAL(COMPONENT(WHEN) OVERRIDE(WHEN))},
		{"value of a list", EVENT("EXDATE:20260304,20260305\r\n"),
			EVENT("EXDATE:20260304,20260306\r\n")},
		{"escaped comma", EVENT("CATEGORIES:a\\,b\r\n"),
			EVENT("CATEGORIES:a,b\r\n")},
		{"empty list", EVENT("CATEGORIES:\r\n"), EVENT("")},
		{"broken line",
			EVENT("X-PLACE;X-TITLE=\"Street 1\r\n1210 Here\":geo:1,2\r\n"),
			EVENT("X-PLACE;X-TITLE=\"Street 1\r\n1210 "
			      "There\":geo:1,2\r\n")},
		{"property of the calendar", CAL("NAME:x\r\n" COMPONENT(WHEN)),
			CAL("NAME:y\r\n" COMPONENT(WHEN))},
		{"unfit bytes", "BEGIN:VCALENDAR\r\n", "BEGIN:VCALENDAR\n"},
		{"nothing", "", EVENT("")},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(pairs); i++)
		if (same(&pairs[i]))
			fail_msg("does not count: %s", pairs[i].name);
}

static void test_unfit_bytes_mean_themselves(void **state)
{
	static const struct pair pair = {"", "no calendar", "no calendar"};

	(void)state;
	assert_true(same(&pair));
}

/* Lists larger than any real one are still one meaning, and no hang. */
static void test_giants(void **state)
{
	static const char *const fillers[] = {"1,", "EXDATE:1\n", ";A=b"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(fillers); i++) {
		SCOPED(buf) ics = buf_with_max(0);
		buf_text(&ics, "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nEXDATE");
		buf_text(&ics, i == 2 ? "" : ":\n");
		for (size_t n = 0; n < 15000; n++) {
			buf_text(&ics, fillers[i]);
			if (i != 1 && n % 1000 == 0)
				buf_text(&ics, "\n ");
		}
		buf_text(&ics, i == 2 ? ":x\n" : "\n");
		buf_text(&ics, "END:VEVENT\nEND:VCALENDAR\n");
		const struct digest meaning = cal_meaning(buf_view(&ics));
		const struct digest bytes = digest_of(buf_view(&ics));
		assert_false(digest_equal(&meaning, &bytes));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_does_not_count),
		cmocka_unit_test(test_what_counts),
		cmocka_unit_test(test_unfit_bytes_mean_themselves),
		cmocka_unit_test(test_giants),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
