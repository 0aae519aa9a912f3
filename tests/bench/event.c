#include <config.h>

#include <string.h>

#include "tests/bench/world.h"

#define LINE_MAX_BYTES 75

/* Of every hundred events. */
#define WITH_ZONE 65
#define WITH_RULE 15
#define WITH_ALARM 30
#define WITH_ATTENDEE 10

static const char zone[] =
	"BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\n"
	"BEGIN:DAYLIGHT\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nTZNAME:CEST\r\n"
	"DTSTART:19810329T020000\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\n"
	"END:DAYLIGHT\r\n"
	"BEGIN:STANDARD\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nTZNAME:CET\r\n"
	"DTSTART:19961027T030000\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\n"
	"END:STANDARD\r\nEND:VTIMEZONE\r\n";

static const char *const words[] = {"choir", "practice", "f\xc3\xbcr", "alle", "bring",
	"the", "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", "notes", "caf\xc3\xa9", "at",
	"nine", "\xd0\xbf\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82", "and", "two",
	"chairs", "\xf0\x9f\x8e\x89"};

/* The same numbers for the same event, without any state. */
static unsigned roll(size_t n, unsigned what, unsigned sides)
{
	uint64_t x = (uint64_t)n * 0x9e3779b97f4a7c15ULL + what * 0xbf58476d1ce4e5b9ULL;

	x = (x ^ (x >> 31)) * 0x94d049bb133111ebULL;
	return (unsigned)((x ^ (x >> 29)) % sides);
}

static bool has(size_t n, unsigned what, unsigned of_hundred)
{
	return roll(n, what, 100) < of_hundred;
}

/* RFC 5545 section 3.1: octets, and never inside a character. */
static void add_folded(struct buf *out, struct str line)
{
	size_t room = LINE_MAX_BYTES;

	while (line.len > room) {
		size_t cut = room;
		while (((unsigned char)line.ptr[cut] & 0xc0) == 0x80)
			cut--;
		buf_add(out, str_slice(line, 0, cut));
		buf_text(out, "\r\n ");
		line = str_from(line, cut);
		room = LINE_MAX_BYTES - 1;
	}
	buf_add(out, line);
	buf_text(out, "\r\n");
}

static void add_words(struct buf *out, const char *name, size_t n, unsigned count)
{
	SCOPED(buf) line = buf_with_max(0);

	buf_text(&line, name);
	for (unsigned i = 0; i < count; i++) {
		const unsigned word = roll(n, 100 + i, sizeof(words) / sizeof(*words));
		buf_text(&line, i ? " " : "");
		buf_text(&line, words[word]);
	}
	add_folded(out, buf_view(&line));
}

static void add_times(struct buf *out, size_t n)
{
	const char *form = has(n, 1, WITH_ZONE) ? ";TZID=Europe/Berlin" : "";
	const char *utc = *form ? "" : "Z";
	const unsigned year = 2024 + roll(n, 2, 4);
	const unsigned month = 1 + roll(n, 3, 12);
	const unsigned day = 1 + roll(n, 4, 28);
	const unsigned hour = 7 + roll(n, 5, 12);

	buf_printf(out, "DTSTART%s:%04u%02u%02uT%02u0000%s\r\n", form, year, month, day,
		hour, utc);
	buf_printf(out, "DTEND%s:%04u%02u%02uT%02u3000%s\r\n", form, year, month, day,
		hour + 1, utc);
}

static void add_extras(struct buf *out, size_t n)
{
	if (has(n, 6, WITH_RULE))
		buf_text(out, "RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=20\r\n");
	if (has(n, 7, WITH_ATTENDEE))
		buf_text(out, "ORGANIZER;CN=Ada Example:mailto:ada@example.org\r\n"
			      "ATTENDEE;CN=Bob Example;PARTSTAT=ACCEPTED:mailto:"
			      "bob@example.org\r\n");
	if (has(n, 8, WITH_ALARM))
		buf_text(out, "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT15M\r\n"
			      "DESCRIPTION:Reminder\r\nEND:VALARM\r\n");
}

void event_write(struct buf *out, size_t n, unsigned version)
{
	buf_text(out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
		      "PRODID:-//davbench//EN\r\nCALSCALE:GREGORIAN\r\n");
	if (has(n, 1, WITH_ZONE))
		buf_text(out, zone);
	buf_printf(out,
		"BEGIN:VEVENT\r\nUID:%08zX-bench@example.org\r\n"
		"DTSTAMP:20260101T000000Z\r\nCREATED:20251201T080000Z\r\n"
		"LAST-MODIFIED:20260101T000000Z\r\nSEQUENCE:%u\r\n",
		n, version);
	add_times(out, n);
	add_words(out, version ? "SUMMARY:Changed: " : "SUMMARY:", n, 3);
	add_words(out, "LOCATION:", n + 1, 2);
	add_words(out, "DESCRIPTION:", n + 2, 24 + roll(n, 9, 98));
	buf_text(out, "STATUS:CONFIRMED\r\nTRANSP:OPAQUE\r\n");
	add_extras(out, n);
	buf_text(out, "END:VEVENT\r\nEND:VCALENDAR\r\n");
}
