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
#include "cal/change.h"

#define CAL(inner) "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" inner "END:VCALENDAR\r\n"
#define COMPONENT(inner) "BEGIN:VEVENT\r\nUID:a\r\n" inner "END:VEVENT\r\n"
#define EVENT(inner) CAL(COMPONENT(inner))
#define TODO(inner) CAL("BEGIN:VTODO\r\nUID:a\r\n" inner "END:VTODO\r\n")
#define ALARM(inner) "BEGIN:VALARM\r\n" inner "END:VALARM\r\n"
#define ID(day) "RECURRENCE-ID:2026030" day "T090000Z\r\n"
#define S "SUMMARY:Dentist\r\n"
#define AT10 "DTSTART:20260304T090000Z\r\n"
#define AT11 "DTSTART:20260304T100000Z\r\n"
#define TO11 "DTEND:20260304T100000Z\r\n"
#define TO12 "DTEND:20260304T110000Z\r\n"
#define DAY4 "DTSTART;VALUE=DATE:20260304\r\n"
#define TITLE "Dentist, Wed 4 March 2026 10:00: "

static void test_words(void **state)
{
	static const struct {
		const char *before;
		const char *after;
		const char *words;
	} rows[] = {
		{EVENT(S AT10), EVENT(S AT10), TITLE "nothing changed"},
		{EVENT(S AT10 "DTSTAMP:1\r\n"), EVENT(AT10 S), TITLE "nothing changed"},
		{"", EVENT(S AT10), TITLE "new"},
		{EVENT(S AT10), "", TITLE "deleted"},
		{"", "", "(no title): new"},
		{"x", EVENT(S AT10), "(no title): changed"},
		{EVENT(S AT10), "x", TITLE "changed"},
		{EVENT(S AT10), EVENT(S AT11),
			"Dentist, Wed 4 March 2026: 10:00 to 11:00"},
		{EVENT(S AT10 TO11), EVENT(S AT11 TO12),
			"Dentist, Wed 4 March 2026: 10:00 to 11:00"},
		{EVENT(S AT10), EVENT(S AT11 "LOCATION:x\r\n"),
			"Dentist, Wed 4 March 2026: 10:00 to 11:00, location changed"},
		{EVENT(S AT10), EVENT("SUMMARY:Doctor\r\n" AT11),
			TITLE "new title \"Doctor\", 10:00 to 11:00"},
		{EVENT(S AT10), EVENT(S "DTSTART:20260305T090000Z\r\n"),
			TITLE "moved to Thu 5 March 2026 10:00"},
		{EVENT(S AT10), EVENT(S DAY4), TITLE "moved to Wed 4 March 2026"},
		{EVENT(S DAY4), EVENT(S "DTSTART;VALUE=DATE:20260305\r\n"),
			"Dentist, Wed 4 March 2026: moved to Thu 5 March 2026"},
		{EVENT(S DAY4), EVENT(S AT10),
			"Dentist, Wed 4 March 2026: moved to Wed 4 March 2026 10:00"},
		{EVENT(S AT10), EVENT(S "DTSTART;TZID=Europe/Rome:20260304T100000\r\n"),
			TITLE "time zone changed"},
		{EVENT(S AT10 TO11), EVENT(S AT10 TO12), TITLE "now until 12:00"},
		{EVENT(S AT10 TO11), EVENT(S AT10 "DTEND:20260305T090000Z\r\n"),
			TITLE "now until Thu 5 March 2026 10:00"},
		{EVENT(S AT10 TO11), EVENT(S AT10 "DURATION:PT2H\r\n"),
			TITLE "length changed"},
		{EVENT(S DAY4), EVENT(S DAY4 "DTEND;VALUE=DATE:20260307\r\n"),
			"Dentist, Wed 4 March 2026: now until Fri 6 March 2026"},
		{EVENT(S DAY4), EVENT(S DAY4 "DTEND;VALUE=DATE:20260304\r\n"),
			"Dentist, Wed 4 March 2026: now until Wed 4 March 2026"},
		{EVENT(S), EVENT(S AT10), "Dentist: time changed"},
		{EVENT(S AT10), EVENT(AT10), TITLE "new title \"(no title)\""},
		{EVENT(S AT10),
			EVENT("SUMMARY:a \xe2\x80\xae"
			      "b\\, c\\nd\r\n" AT10),
			TITLE "new title \"a b, c d\""},
		{EVENT(S AT10), EVENT(S AT10 "LOCATION:x\r\n"),
			TITLE "location changed"},
		{EVENT(S AT10), EVENT(S AT10 "X-APPLE-STRUCTURED-LOCATION:x\r\n"),
			TITLE "location changed"},
		{EVENT(S AT10), EVENT(S AT10 "DESCRIPTION:x\r\n"),
			TITLE "notes changed"},
		{EVENT(S AT10), EVENT(S AT10 "EXDATE:20260305T090000Z\r\n"),
			TITLE "repetition changed"},
		{EVENT(S AT10), EVENT(S AT10 "ATTENDEE:mailto:x\r\n"),
			TITLE "guests changed"},
		{EVENT(S AT10), EVENT(S AT10 "STATUS:CANCELLED\r\n"),
			TITLE "cancelled"},
		{EVENT(S AT10 "STATUS:CANCELLED\r\n"), EVENT(S AT10),
			TITLE "no longer cancelled"},
		{EVENT(S AT10), EVENT(S AT10 "STATUS:TENTATIVE\r\n"),
			TITLE "status changed"},
		{EVENT(S AT10), EVENT(S AT10 "CLASS:PRIVATE\r\n"),
			TITLE "details changed"},
		{EVENT(S AT10), EVENT(S AT10 "SEQUENCE:1\r\n"),
			TITLE "details changed"},
		{EVENT(S AT10), EVENT(S AT10 "SEQUENCE:1\r\nLOCATION:x\r\n"),
			TITLE "location changed"},
		{EVENT(S AT10), CAL("NAME:x\r\n" COMPONENT(S AT10)),
			TITLE "details changed"},
		{EVENT(S AT10), EVENT(S AT10 ALARM("A:1\r\n")), TITLE "alarm changed"},
		{EVENT(S AT10), CAL(COMPONENT(S AT10) COMPONENT(ID("5") S)),
			TITLE "1 occurrence changed"},
		{CAL(COMPONENT(S AT10) COMPONENT(ID("5") S)),
			CAL(COMPONENT(S AT10) COMPONENT(ID("5") "SUMMARY:x\r\n")
					COMPONENT(ID("6") S)),
			TITLE "2 occurrences changed"},
		{CAL(COMPONENT(ID("5") AT10 S)), CAL(COMPONENT(ID("5") AT11 S)),
			"Dentist, Wed 4 March 2026: 10:00 to 11:00"},
		{EVENT(S AT10),
			EVENT("SUMMARY:x\r\n" AT11 "LOCATION:x\r\n"
			      "DESCRIPTION:x\r\nCLASS:x\r\n"),
			TITLE "new title \"x\", 10:00 to 11:00, location changed, "
			      "and 2 more changes"},
		{EVENT(S AT10),
			EVENT(S AT10 "LOCATION:x\r\nSTATUS:x\r\nCLASS:x\r\n"
				     "DESCRIPTION:x\r\n"),
			TITLE "status changed, location changed, notes changed, "
			      "and 1 more change"},
		{TODO(S "DUE;VALUE=DATE:20260304\r\n"),
			TODO(S "DUE;VALUE=DATE:20260305\r\n"),
			"Dentist, Wed 4 March 2026: dates changed"},
		{TODO(S), TODO(S "STATUS:COMPLETED\r\nPERCENT-COMPLETE:100\r\n"),
			"Dentist: status changed"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_FREE char *words =
			cal_change_text(str_of(rows[i].before), str_of(rows[i].after));
		assert_string_equal(words, rows[i].words);
	}
}

static void test_width(void **state)
{
	static const char *const letters[] = {"x", "\xe6\x97\xa5", "\xc3\xa9", "x "};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(letters); i++) {
		SCOPED(buf) before = buf_with_max(0);
		SCOPED(buf) after = buf_with_max(0);
		buf_text(&before,
			"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\n" AT10 "SUMMARY:");
		buf_text(&after, "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\n" TO11
				 "LOCATION:x\nSUMMARY:y");
		for (int n = 0; n < 200; n++) {
			buf_text(&before, letters[i]);
			buf_text(&after, letters[i]);
		}
		buf_text(&before, "\nEND:VEVENT\nEND:VCALENDAR\n");
		buf_text(&after, "\nEND:VEVENT\nEND:VCALENDAR\n");
		AUTO_FREE char *words =
			cal_change_text(buf_view(&before), buf_view(&after));
		assert_true(text_width(str_of(words)) <= CAL_CHANGE_COLS);
		assert_non_null(
			strstr(words, "\xe2\x80\xa6, Wed 4 March 2026 10:00: "));
		assert_true(str_ends(str_of(words), STR("changes")));
	}
}

/* Every cut of an object is some change; ASan watches the reads. */
static void test_every_prefix(void **state)
{
	static const char text[] = CAL(COMPONENT(S AT11 ALARM("A:1\r\n"))
			COMPONENT(ID("5") S "EXDATE:,,/\r\n"));

	(void)state;
	for (size_t len = 0; len < sizeof(text); len++) {
		AUTO_FREE char *copy = xmalloc(len + 1);
		memcpy(copy, text, len);
		AUTO_FREE char *words =
			cal_change_text(STR(EVENT(S AT10)), (struct str){copy, len});
		assert_true(
			str_starts(str_of(words), STR("Dentist, Wed 4 March 2026")));
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
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_every_prefix),
	};
	return cmocka_run_group_tests(tests, set_up, NULL);
}
