#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "cal/scan.h"

#define CAL(inner) "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" inner "END:VCALENDAR\r\n"
#define EVENT(inner) "BEGIN:VEVENT\r\n" inner "END:VEVENT\r\n"
#define ALARM(inner) "BEGIN:VALARM\r\n" inner "END:VALARM\r\n"
#define ONE CAL(EVENT("UID:a\r\n"))

static void test_faults(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum cal_fault fault;
	} cases[] = {
		{ONE, CAL_OK},
		{"", CAL_EMPTY},
		{" \t\r\n\r\n", CAL_EMPTY},
		{"\xef\xbb\xbf\r\n", CAL_EMPTY},
		{"<!DOCTYPE html><html></html>", CAL_NOT_CALENDAR},
		{"{\"a\": 1}", CAL_NOT_CALENDAR},
		{"BEGIN:VCARD\r\nUID:a\r\nEND:VCARD\r\n", CAL_NOT_CALENDAR},
		{"BEGIN:VCALENDARS\r\nEND:VCALENDARS\r\n", CAL_NOT_CALENDAR},
		{"BEGIN VCALENDAR\r\n", CAL_NOT_CALENDAR},
		{"\r\n" ONE, CAL_NOT_CALENDAR},
		{"BEGIN:VEVENT\r\nUID:a\r\nEND:VEVENT\r\n", CAL_NOT_CALENDAR},
		/* the frame */
		{"BEGIN:VCALENDAR\r\n", CAL_UNBALANCED},
		{"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\nEND:VEVENT\r\n",
			CAL_UNBALANCED},
		{CAL("BEGIN:VEVENT\r\nUID:a\r\n"), CAL_UNBALANCED},
		{CAL("END:VEVENT\r\n"), CAL_UNBALANCED},
		{CAL("BEGIN:VEVENT\r\nBEGIN:VALARM\r\nEND:VEVENT\r\nEND:VALARM\r\n"),
			CAL_UNBALANCED},
		{ONE ONE, CAL_UNBALANCED},
		{ONE "X:y\r\n", CAL_UNBALANCED},
		{ONE "END:VCALENDAR\r\n", CAL_UNBALANCED},
		{ONE "\r\n\r\n \r\n", CAL_OK},
		{ONE "\n \t", CAL_OK},
		/* what it is made of */
		{CAL(""), CAL_NO_COMPONENT},
		{CAL("BEGIN:VTIMEZONE\r\nTZID:x\r\nEND:VTIMEZONE\r\n"),
			CAL_NO_COMPONENT},
		{CAL("BEGIN:X-THING\r\nUID:a\r\nEND:X-THING\r\n"), CAL_NO_COMPONENT},
		{CAL(EVENT("")), CAL_NO_UID},
		{CAL(EVENT("UID:\r\n")), CAL_NO_UID},
		{CAL(EVENT("UID: \r\n")), CAL_NO_UID},
		{CAL("UID:a\r\n" EVENT("")), CAL_NO_UID},
		{CAL(EVENT(ALARM("UID:a\r\n"))), CAL_NO_UID},
		{CAL(EVENT("UID:a\r\n") EVENT("")), CAL_NO_UID},
		{CAL(EVENT("UID:a\r\n") EVENT("UID:b\r\n")), CAL_MANY_UIDS},
		{CAL(EVENT("UID:a\r\n") EVENT("UID:A\r\n")), CAL_MANY_UIDS},
		{CAL(EVENT("UID:a\r\nUID:b\r\n")), CAL_MANY_UIDS},
		{CAL(EVENT("UID:a\r\n") EVENT("UID:a\r\n")), CAL_OK},
		{CAL(EVENT("UID:a\r\n" ALARM("UID:b\r\n"))), CAL_OK},
		{CAL(EVENT("UID:a\r\n") "BEGIN:X-T\r\nUID:b\r\nEND:X-T\r\n"), CAL_OK},
		{CAL("METHOD:REQUEST\r\n" EVENT("UID:a\r\n")), CAL_METHOD},
		{CAL(EVENT("UID:a\r\n") "method:PUBLISH\r\n"), CAL_METHOD},
		{CAL("METHOD:REQUEST\r\n" EVENT("")), CAL_METHOD},
		{CAL(EVENT("UID:a\r\nMETHOD:REQUEST\r\n")), CAL_OK},
		/* how it is written */
		{"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nEND:VEVENT\nEND:VCALENDAR",
			CAL_OK},
		{"BEGIN:VCALENDAR\nBEGIN:VEVENT\r\nUID:a\nEND:VEVENT\r\nEND:"
	         "VCALENDAR\n",
			CAL_OK},
		{"BEGIN:VCALENDAR\rBEGIN:VEVENT\rUID:a\rEND:VEVENT\rEND:VCALENDAR\r",
			CAL_CONTROL},
		{CAL(EVENT("UID:a\r\nSUMMARY:x\ry\r\n")), CAL_CONTROL},
		{CAL(EVENT("UID:a\r\nSUMMARY:x\033[2J\r\n")), CAL_CONTROL},
		{CAL(EVENT("UID:a\r\nSUMMARY:x\x7f\r\n")), CAL_CONTROL},
		{CAL(EVENT("UID:a\r\nSUMMARY:x\ty\r\n")), CAL_OK},
		{CAL(EVENT("UID:a\r\nSUMMARY:caf\xe9\r\n")), CAL_NOT_UTF8},
		{CAL(EVENT("UID:a\r\nSUMMARY:caf\xc3\r\n")), CAL_NOT_UTF8},
		{CAL(EVENT("UID:a\r\nSUMMARY:\xc0\xaf\r\n")), CAL_NOT_UTF8},
		{CAL(EVENT("UID:a\r\nSUMMARY:\xed\xa0\x80\r\n")), CAL_NOT_UTF8},
		{CAL(EVENT("UID:a\r\nSUMMARY:\x80\r\n")), CAL_NOT_UTF8},
		{CAL(EVENT("UID:a\r\nSUMMARY:caf\xc3\xa9 \xf0\x9f\x8e\x82\r\n")),
			CAL_OK},
		{CAL(EVENT("UID:a\r\nSUMMARY:caf\xc3\r\n \xa9\r\n")), CAL_OK},
		{"\xef\xbb\xbf" ONE, CAL_OK},
		{"begin:vcalendar\r\nbegin:vevent\r\nuid:a\r\nend:Vevent\r\nend:"
		 "VCALENDAR\r\n",
			CAL_OK},
		{"BEGIN:VCALENDAR \r\nBEGIN:VEVENT\r\n \r\nUID:a\r\nEND:VEVENT "
		 "\r\nEND:VCALENDAR  \r\n",
			CAL_OK},
		{"BEGIN:VCALE\r\n NDAR\r\nBE\r\n GIN:VEVENT\r\nU\r\n "
	         "ID:a\r\nEND:VEV\r\n "
		 "ENT\r\nEND:VCALENDAR\r\n",
			CAL_OK},
		{CAL("\r\n" EVENT("\r\nUID:a\r\n\n")), CAL_OK},
		/* what iCloud makes of a place with a line break in its title */
		{CAL(EVENT(
			 "X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-TITLE=\"Street 1\r\n"
			 "1210 "
	                 "Ljubljana\";X-ADDRESS=a\\nb:geo:46.1,14.5\r\nUID:a\r\n")),
			CAL_OK},
		{CAL(EVENT("X-A;P=\"UID:b\":UID:c\r\nUID:a\r\n")), CAL_OK},
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct cal_scan scan;
		const enum cal_fault fault = cal_scan(str_of(cases[i].text), &scan);
		if (fault != cases[i].fault)
			print_error("case %zu: %s\n", i, cal_fault_text(fault));
		assert_int_equal(fault, cases[i].fault);
		if (fault == CAL_OK)
			assert_string_equal(scan.uid, "a");
	}
}

static void test_nul_is_refused(void **state)
{
	(void)state;
	static const char text[] = CAL(EVENT("UID:a\r\nSUMMARY:x\0y\r\n"));
	struct cal_scan scan;

	assert_int_equal(cal_scan((struct str){text, sizeof(text) - 1}, &scan),
		CAL_CONTROL);
}

static void test_facts(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		struct cal_scan scan;
	} cases[] = {
		{ONE, {"a", CAL_EVENT, 1, 0, false, false}},
		{CAL("BEGIN:VTODO\r\nUID:t\r\nDUE:20260101\r\nEND:VTODO\r\n"),
			{"t", CAL_TODO, 1, 0, false, false}},
		{CAL("BEGIN:VJOURNAL\r\nUID:j\r\nEND:VJOURNAL\r\n"),
			{"j", CAL_JOURNAL, 1, 0, false, false}},
		{CAL("BEGIN:VFREEBUSY\r\nUID:f\r\nEND:VFREEBUSY\r\n"),
			{"f", CAL_OTHER, 1, 0, false, false}},
		{CAL("BEGIN:VTIMEZONE\r\nTZID:x\r\nUID:z\r\nEND:VTIMEZONE\r\n" EVENT(
			 "UID:a\r\n")),
			{"a", CAL_EVENT, 1, 0, false, false}},
		{CAL(EVENT("UID:a\r\n") EVENT("UID:a\r\nRECURRENCE-ID:20260101T1\r\n")
				 EVENT("recurrence-id;TZID=\"a:b\":2\r\nUID:a\r\n")),
			{"a", CAL_EVENT, 1, 2, false, false}},
		{CAL(EVENT("UID:a\r\nRECURRENCE-ID:2\r\n")),
			{"a", CAL_EVENT, 0, 1, false, false}},
		{CAL(EVENT("UID:a\r\nATTENDEE;CN=\"Bob: Example\":mailto:bob@x\r\n")),
			{"a", CAL_EVENT, 1, 0, true, false}},
		{CAL(EVENT("UID:a\r\nDTEND:20260101\r\n")),
			{"a", CAL_EVENT, 1, 0, false, true}},
		{CAL(EVENT("UID:a\r\nDURATION:PT1H\r\n")),
			{"a", CAL_EVENT, 1, 0, false, true}},
		{CAL(EVENT("UID:a\r\n" ALARM("ATTENDEE:x\r\nDURATION:PT1M\r\n"))),
			{"a", CAL_EVENT, 1, 0, false, false}},
		{CAL(EVENT(ALARM("RECURRENCE-ID:1\r\n") "UID:a\r\nDTEND:1\r\n")),
			{"a", CAL_EVENT, 1, 0, false, true}},
		{CAL(EVENT("UID;X=\"a:b\":long-\r\n uid\r\n\t with blank\r\n")),
			{"long-uid with blank", CAL_EVENT, 1, 0, false, false}},
		{CAL(EVENT("UID:a\\,b\\\\c\r\n")),
			{"a\\,b\\\\c", CAL_EVENT, 1, 0, false, false}},
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct cal_scan scan;
		assert_int_equal(cal_scan(str_of(cases[i].text), &scan), CAL_OK);
		assert_string_equal(scan.uid, cases[i].scan.uid);
		assert_int_equal(scan.kind, cases[i].scan.kind);
		assert_int_equal(scan.masters, cases[i].scan.masters);
		assert_int_equal(scan.overrides, cases[i].scan.overrides);
		assert_int_equal(scan.has_attendee, cases[i].scan.has_attendee);
		assert_int_equal(scan.has_end, cases[i].scan.has_end);
	}
}

static void test_uid_is_known_in_spite_of_faults(void **state)
{
	(void)state;
	struct cal_scan scan;

	assert_int_equal(
		cal_scan(str_of(CAL("METHOD:REPLY\r\n" EVENT("UID:a\r\n"))), &scan),
		CAL_METHOD);
	assert_string_equal(scan.uid, "a");
	assert_int_equal(cal_scan(STR("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\n"), &scan),
		CAL_UNBALANCED);
	assert_string_equal(scan.uid, "a");
	assert_int_equal(cal_scan(STR("nothing"), &scan), CAL_NOT_CALENDAR);
	assert_string_equal(scan.uid, "");
}

static void repeat(struct buf *out, const char *text, size_t times)
{
	for (size_t i = 0; i < times; i++)
		buf_text(out, text);
}

/* head, `times` times the middle, tail */
static enum cal_fault scan_repeated(const char *head, const char *middle, size_t times,
	const char *tail)
{
	SCOPED(buf) text = buf_with_max(0);
	struct cal_scan scan;

	buf_text(&text, head);
	repeat(&text, middle, times);
	buf_text(&text, tail);
	return cal_scan(buf_view(&text), &scan);
}

#define HEAD "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"
#define TAIL "END:VEVENT\r\nEND:VCALENDAR\r\n"

static void test_limits(void **state)
{
	(void)state;
	static const struct {
		const char *head;
		const char *middle;
		size_t times;
		const char *tail;
		enum cal_fault fault;
	} cases[] = {
		/* a line without its end: "X:" and the rest */
		{HEAD "UID:a\r\nX:", "y", CAL_LINE_MAX - 2, "\r\n" TAIL, CAL_OK},
		{HEAD "UID:a\r\nX:", "y", CAL_LINE_MAX - 1, "\r\n" TAIL,
			CAL_LINE_TOO_LONG},
		{HEAD "UID:a\r\nX:", "y", CAL_LINE_MAX - 1, "", CAL_LINE_TOO_LONG},
		{"BEGIN:VCALENDAR", "y", CAL_LINE_MAX, "", CAL_LINE_TOO_LONG},
		{HEAD "UID:a\r\nX:y\r\n ", "y", CAL_LINE_MAX - 1, "\r\n" TAIL, CAL_OK},
		{HEAD "UID:a\r\nX:y\r\n ", "y", CAL_LINE_MAX, "\r\n" TAIL,
			CAL_LINE_TOO_LONG},
		/* 800 KB of folded attachment is fine, 10 MB are not */
		{HEAD "UID:a\r\nATTACH:x", "\r\n 12345678", 72000, "\r\n" TAIL, CAL_OK},
		{HEAD "UID:a\r\nATTACH:x", "\r\n 12345678", 910000, "\r\n" TAIL,
			CAL_TOO_LARGE},
		{HEAD "UID:a\r\nATTACH:", "y", 10000000, "\r\n" TAIL, CAL_TOO_LARGE},
		{HEAD "UID:", "u", CAL_UID_MAX, "\r\n" TAIL, CAL_OK},
		{HEAD "UID:", "u", CAL_UID_MAX + 1, "\r\n" TAIL, CAL_UID_TOO_LONG},
		{HEAD "UID:", "\r\n u", CAL_UID_MAX, "\r\n" TAIL, CAL_OK},
		{HEAD "UID:a\r\n", "X:y\r\n", CAL_PROPERTIES_MAX - 1, TAIL, CAL_OK},
		{HEAD "UID:a\r\n", "X:y\r\n", CAL_PROPERTIES_MAX, TAIL, CAL_TOO_MANY},
		{HEAD "UID:a\r\n", "junk\r\n", CAL_PROPERTIES_MAX, TAIL, CAL_TOO_MANY},
		{HEAD "UID:a\r\n", "\r\n", 100000, TAIL, CAL_OK},
		{HEAD "UID:a\r\n", ALARM(""), CAL_COMPONENTS_MAX - 2, TAIL, CAL_OK},
		{HEAD "UID:a\r\n", ALARM(""), CAL_COMPONENTS_MAX - 1, TAIL,
			CAL_TOO_MANY},
		{HEAD, "BEGIN:X\r\n", 7, "", CAL_TOO_DEEP},
		{HEAD, "BEGIN:X\r\n", 6, "", CAL_UNBALANCED},
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const enum cal_fault fault = scan_repeated(cases[i].head,
			cases[i].middle, cases[i].times, cases[i].tail);
		if (fault != cases[i].fault)
			print_error("case %zu: %s\n", i, cal_fault_text(fault));
		assert_int_equal(fault, cases[i].fault);
	}
}

static void test_size_is_exact(void **state)
{
	(void)state;
	SCOPED(buf) text = buf_with_max(0);
	struct cal_scan scan;

	buf_text(&text, ONE);
	while (text.len < CAL_BYTES_MAX)
		buf_char(&text, '\n');
	assert_int_equal(cal_scan(buf_view(&text), &scan), CAL_OK);
	buf_char(&text, '\n');
	assert_int_equal(cal_scan(buf_view(&text), &scan), CAL_TOO_LARGE);
}

/* Cut anywhere, an object is refused or was complete already; ASan watches the reads.
 */
static void test_every_prefix(void **state)
{
	(void)state;
	static const char text[] =
		"\xef\xbb\xbf" CAL(EVENT("UID:a\r\n\tb\r\nX;P=\"\r\nq\":1\r\nSUMMARY:"
	                                 "\xf0\x9f\r\n \x8e\x82\r\n"));
	const size_t whole = sizeof(text) - 1;

	for (size_t len = 0; len <= whole; len++) {
		struct cal_scan scan;
		AUTO_FREE char *copy = xmalloc(len);
		memcpy(copy, text, len);
		const enum cal_fault fault = cal_scan((struct str){copy, len}, &scan);
		/* Without the last LF a lone CR stands at the end. */
		if (len == whole || len == whole - 2)
			assert_int_equal(fault, CAL_OK);
		else
			assert_int_not_equal(fault, CAL_OK);
	}
}

static void test_words(void **state)
{
	(void)state;
	for (int i = 0; i <= CAL_FAULTS; i++) {
		const char *text = cal_fault_text((enum cal_fault)i);
		assert_non_null(text);
		assert_true(strlen(text) > 5);
	}
	assert_string_equal(cal_fault_text(CAL_NO_UID), "it has no UID");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_nul_is_refused),
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_uid_is_known_in_spite_of_faults),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_size_is_exact),
		cmocka_unit_test(test_every_prefix),
		cmocka_unit_test(test_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
