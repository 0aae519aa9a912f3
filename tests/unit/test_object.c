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
#include "base/text.h"
#include "cal/object.h"

#define CAL(inner) "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" inner "END:VCALENDAR\r\n"
#define EVENT(inner) CAL("BEGIN:VEVENT\r\nUID:a\r\n" inner "END:VEVENT\r\n")
#define TODO(inner) CAL("BEGIN:VTODO\r\nUID:a\r\n" inner "END:VTODO\r\n")
#define DENTIST "SUMMARY:Dentist\r\n"

static void test_titles(void **state)
{
	(void)state;
	static const struct {
		const char *ics;
		const char *title;
	} cases[] = {
		{EVENT(DENTIST "DTSTART;VALUE=DATE:20260304\r\n"),
			"Dentist, Wed 4 March 2026"},
		{EVENT(DENTIST "DTSTART:20260304T101500\r\n"),
			"Dentist, Wed 4 March 2026 10:15"},
		{EVENT(DENTIST "DTSTART:20260304T101500Z\r\n"),
			"Dentist, Wed 4 March 2026 11:15"},
		{EVENT(DENTIST "DTSTART;TZID=America/New_York:20260304T101500\r\n"),
			"Dentist, Wed 4 March 2026 16:15"},
		{EVENT(DENTIST "DTSTART;TZID=\"America/New_York\":20260304T101500\r\n"),
			"Dentist, Wed 4 March 2026 16:15"},
		{EVENT(DENTIST
			 "DTSTART;TZID=Romance Standard Time:20260304T101500\r\n"),
			"Dentist, Wed 4 March 2026 10:15"},
		{EVENT(DENTIST "DTSTART:20260303T233000Z\r\n"),
			"Dentist, Wed 4 March 2026 00:30"},
		{EVENT("DTSTART:20260304T101500\r\n"),
			"(no title), Wed 4 March 2026 10:15"},
		{EVENT("SUMMARY:\r\nDTSTART:20260304\r\n"),
			"(no title), Wed 4 March 2026"},
		{EVENT("SUMMARY:  \r\n"), "(no title)"},
		{EVENT(DENTIST), "Dentist"},
		{EVENT(DENTIST "DTSTART:tomorrow\r\n"), "Dentist"},
		{EVENT(""), "(no title)"},
		{EVENT("summary;LANGUAGE=en;X=\"a:b\":De\r\n ntist\r\n"), "Dentist"},
		{EVENT("SUMMARY:A\\, b\\; c\\\\d\\ne\\Nf\r\n"), "A, b; c\\d e f"},
		{EVENT("SUMMARY:caf\xc3\r\n \xa9 \xe2\x80\xae"
		       "evil\xc2\x9b\r\n"),
			"caf\xc3\xa9 evil\xc2\xb7"},
		{EVENT("SUMMARY:ends with \\\r\n"), "ends with \\"},
		{EVENT("SUMMARY:One\r\nSUMMARY:Two\r\n"), "One"},
		{EVENT("BEGIN:VALARM\r\nSUMMARY:Alarm\r\nTRIGGER:-PT5M\r\nEND:"
	               "VALARM\r\n" DENTIST),
			"Dentist"},
		/* iCloud's broken place */
		{EVENT("X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-TITLE=\"Street 1\r\n"
		       "1210 Ljubljana\":geo:46.1,14.5\r\n" DENTIST
		       "DTSTART;VALUE=DATE:20260304\r\n"),
			"Dentist, Wed 4 March 2026"},
		{TODO("SUMMARY:Milk\r\nDUE;VALUE=DATE:20260304\r\n"),
			"Milk, Wed 4 March 2026"},
		{TODO("SUMMARY:Milk\r\nDUE:20260304T101500\r\nDTSTART:"
	              "20260303T101500\r\n"),
			"Milk, Tue 3 March 2026 10:15"},
		{TODO("SUMMARY:Milk\r\n"), "Milk"},
		{CAL("BEGIN:VJOURNAL\r\nUID:a\r\nSUMMARY:Diary\r\nDTSTART:20260304\r\n"
		     "END:VJOURNAL\r\n"),
			"Diary, Wed 4 March 2026"},
		/* the master speaks, wherever it stands */
		{CAL("BEGIN:VEVENT\r\nUID:a\r\nRECURRENCE-ID:20260311T101500\r\n"
		     "SUMMARY:Moved\r\nEND:VEVENT\r\n"
		     "BEGIN:VEVENT\r\nUID:a\r\nSUMMARY:Weekly\r\n"
		     "DTSTART:20260304T101500\r\nRRULE:FREQ=WEEKLY\r\nEND:VEVENT\r\n"),
			"Weekly, Wed 4 March 2026 10:15"},
		{CAL("BEGIN:VEVENT\r\nUID:a\r\nRECURRENCE-ID:20260311T101500\r\n"
		     "SUMMARY:Alone\r\nDTSTART:20260311T111500\r\nEND:VEVENT\r\n"),
			"Alone, Wed 11 March 2026 11:15"},
		/* what sync keeps back still has a name */
		{CAL("METHOD:REQUEST\r\nBEGIN:VEVENT\r\n" DENTIST "END:VEVENT\r\n"),
			"Dentist"},
		{"\xef\xbb\xbf" EVENT(DENTIST), "Dentist"},
		{"", "(no title)"},
		{"<html></html>", "(no title)"},
		{CAL("BEGIN:VFREEBUSY\r\nUID:a\r\nSUMMARY:x\r\nEND:VFREEBUSY\r\n"),
			"(no title)"},
		{"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" DENTIST "END:VEVENT\r\n",
			"(no title)"},
		{EVENT(DENTIST "DESCRIPTION:\033[2J\r\n"), "(no title)"},
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		AUTO_FREE char *title = cal_object_title(str_of(cases[i].ics));
		assert_string_equal(title, cases[i].title);
	}
}

static void test_width(void **state)
{
	(void)state;
	static const struct {
		const char *letter;
		const char *date;
		const char *end;
		int width;
	} cases[] = {
		{"x", "DTSTART:20260304T101500\r\n",
			"\xe2\x80\xa6, Wed 4 March 2026 10:15", 72},
		{"x", "", "x\xe2\x80\xa6", 72},
		/* a letter of two columns */
		{"\xe6\x97\xa5", "DTSTART:20260504T101500\r\n",
			", Mon 4 May 2026 10:15", 71},
		{"\xc3\xa9", "DTSTART;VALUE=DATE:20260304\r\n", ", Wed 4 March 2026",
			72},
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		SCOPED(buf) ics = buf_with_max(0);
		buf_text(&ics, "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nSUMMARY:");
		for (int n = 0; n < 500; n++)
			buf_text(&ics, cases[i].letter);
		buf_printf(&ics, "\n%sEND:VEVENT\nEND:VCALENDAR\n", cases[i].date);
		AUTO_FREE char *title = cal_object_title(buf_view(&ics));
		assert_int_equal(text_width(str_of(title)), cases[i].width);
		assert_non_null(strstr(title, "\xe2\x80\xa6"));
		assert_true(str_ends(str_of(title), str_of(cases[i].end)));
	}
}

/* Every cut of an object gives some title; ASan watches the reads. */
static void test_every_prefix(void **state)
{
	(void)state;
	static const char text[] =
		EVENT(DENTIST "DTSTART;TZID=\"Eur\r\n ope/Berlin\":2026\r\n"
			      " 0304T101500\r\nEXDATE:,,/\r\n");

	for (size_t len = 0; len < sizeof(text); len++) {
		AUTO_FREE char *copy = xmalloc(len);
		memcpy(copy, text, len);
		AUTO_FREE char *title = cal_object_title((struct str){copy, len});
		assert_true(strcmp(title, "(no title)") == 0 ||
			    strcmp(title, "Dentist, Wed 4 March 2026 10:15") == 0);
	}
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
		cmocka_unit_test(test_titles),
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_every_prefix),
	};
	return cmocka_run_group_tests(tests, set_up, NULL);
}
