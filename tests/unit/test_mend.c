#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "cal/mend.h"

#define CAL(inner) "BEGIN:VCALENDAR\r\n" inner "END:VCALENDAR\r\n"
#define COMPONENT(inner) "BEGIN:VEVENT\r\nUID:a\r\n" inner "END:VEVENT\r\n"
#define EVENT(inner) CAL(COMPONENT(inner))

static void test_ends(void **state)
{
	static const struct {
		const char *ics;
		const char *mended; /* NULL = nothing to mend */
	} rows[] = {
		{EVENT("DTSTART:20260304T100000Z\r\nSUMMARY:x\r\n"),
			EVENT("DTSTART:20260304T100000Z\r\nDTEND:20260304T100000Z\r\n"
			      "SUMMARY:x\r\n")},
		{EVENT("DTSTART:20260304T100000\r\n"),
			EVENT("DTSTART:20260304T100000\r\nDTEND:20260304T100000\r\n")},
		{EVENT("DTSTART;TZID=Europe/Berlin:20260304T100000\r\n"),
			EVENT("DTSTART;TZID=Europe/Berlin:20260304T100000\r\n"
			      "DTEND;TZID=Europe/Berlin:20260304T100000\r\n")},
		{EVENT("DTSTART;X-A=b;tzid=\"a:b\":20260304T100000\r\n"),
			EVENT("DTSTART;X-A=b;tzid=\"a:b\":20260304T100000\r\n"
			      "DTEND;TZID=\"a:b\":20260304T100000\r\n")},
		{EVENT("DTSTART;VALUE=DATE:20260304\r\n"),
			EVENT("DTSTART;VALUE=DATE:20260304\r\n"
			      "DTEND;VALUE=DATE:20260305\r\n")},
		{EVENT("DTSTART;VALUE=DATE:20281231\r\n"),
			EVENT("DTSTART;VALUE=DATE:20281231\r\n"
			      "DTEND;VALUE=DATE:20290101\r\n")},
		{EVENT("DTSTART;VALUE=DATE:20280228\r\n"),
			EVENT("DTSTART;VALUE=DATE:20280228\r\n"
			      "DTEND;VALUE=DATE:20280229\r\n")},
		{EVENT("DTSTART:2026030\r\n 4T100000Z\r\n"),
			EVENT("DTSTART:2026030\r\n 4T100000Z\r\n"
			      "DTEND:20260304T100000Z\r\n")},
		{"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nDTSTART:20260304T100000\n"
		 "END:VEVENT\nEND:VCALENDAR",
			"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nDTSTART:"
			"20260304T100000\n"
			"DTEND:20260304T100000\nEND:VEVENT\nEND:VCALENDAR"},
		{"\xef\xbb\xbf" EVENT("DTSTART:20260304T100000Z\r\n"),
			"\xef\xbb\xbf" EVENT("DTSTART:20260304T100000Z\r\n"
					     "DTEND:20260304T100000Z\r\n")},
		/* each component for itself */
		{CAL(COMPONENT("DTSTART:20260304T100000Z\r\nDTEND:20260304T110000Z\r\n")
				 COMPONENT("RECURRENCE-ID:20260305T100000Z\r\n"
					   "DTSTART:20260305T110000Z\r\n")),
			CAL(COMPONENT("DTSTART:20260304T100000Z\r\n"
				      "DTEND:20260304T110000Z\r\n")
					COMPONENT("RECURRENCE-ID:20260305T100000Z\r\n"
						  "DTSTART:20260305T110000Z\r\n"
						  "DTEND:20260305T110000Z\r\n"))},
		/* the duration of an alarm is not that of the event */
		{EVENT("DTSTART:20260304T100000Z\r\nBEGIN:VALARM\r\nDURATION:PT5M\r\n"
		       "END:VALARM\r\n"),
			EVENT("DTSTART:20260304T100000Z\r\nDTEND:20260304T100000Z\r\n"
			      "BEGIN:VALARM\r\nDURATION:PT5M\r\nEND:VALARM\r\n")},
		/* broken lines stay with their property */
		{EVENT("dtstart:20260304T100000Z\r\n\r\nX-A:1\r\n"),
			EVENT("dtstart:20260304T100000Z\r\n\r\n"
			      "DTEND:20260304T100000Z\r\nX-A:1\r\n")},
		{EVENT("DTSTART:20260304T100000Z\r\nDTEND:20260304T110000Z\r\n"), NULL},
		{EVENT("DTSTART:20260304T100000Z\r\nDURATION:PT1H\r\n"), NULL},
		{EVENT("SUMMARY:no start\r\n"), NULL},
		{EVENT("DTSTART:tomorrow\r\n"), NULL},
		{EVENT("DTSTART;VALUE=DATE:99991231\r\n"), NULL},
		{CAL("BEGIN:VTODO\r\nUID:a\r\nDTSTART:20260304T100000Z\r\nEND:"
		     "VTODO\r\n"),
			NULL},
		{"BEGIN:VCALENDAR\r\n", NULL},
		{"", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		SCOPED(buf) out = buf_with_max(0);
		const bool mended = cal_mend_end(str_of(rows[i].ics), &out);
		assert_int_equal(mended, rows[i].mended != NULL);
		assert_string_equal(buf_cstr(&out),
			rows[i].mended ? rows[i].mended : "");
	}
}

/* What was mended needs no mending. */
static void test_once_is_enough(void **state)
{
	SCOPED(buf) once = buf_with_max(0);
	SCOPED(buf) twice = buf_with_max(0);

	(void)state;
	assert_true(cal_mend_end(STR(EVENT("DTSTART;VALUE=DATE:20260304\r\n")), &once));
	assert_false(cal_mend_end(buf_view(&once), &twice));
	assert_int_equal(twice.len, 0);
}

static void test_line_ends(void **state)
{
	static const struct {
		const char *raw;
		const char *normal;
	} rows[] = {
		{"", ""},
		{"A\r\nB\r\n", "A\r\nB\r\n"},
		{"A\nB\n", "A\r\nB\r\n"},
		{"A\r\nB\nC", "A\r\nB\r\nC"},
		{"\n", "\r\n"},
		{"\n\r\n\n", "\r\n\r\n\r\n"},
		{"A\rB\n", "A\rB\r\n"},
		{"A\r\r\nB\r", "A\r\r\nB\r"},
		{"no end", "no end"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		SCOPED(buf) out = buf_with_max(0);
		buf_text(&out, "before");
		cal_with_crlf(str_of(rows[i].raw), &out);
		assert_string_equal(buf_cstr(&out) + 6, rows[i].normal);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_once_is_enough),
		cmocka_unit_test(test_line_ends),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
