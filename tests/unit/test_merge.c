#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/mem.h"
#include "cal/meaning.h"
#include "cal/merge.h"
#include "cal/scan.h"

#define CAL(inner) "BEGIN:VCALENDAR\nVERSION:2.0\n" inner "END:VCALENDAR\n"
#define COMPONENT(inner) "BEGIN:VEVENT\nUID:a\n" inner "END:VEVENT\n"
#define EVENT(inner) CAL(COMPONENT(inner))
#define TODO(inner) CAL("BEGIN:VTODO\nUID:a\n" inner "END:VTODO\n")
#define ALARM(inner) "BEGIN:VALARM\n" inner "END:VALARM\n"
#define ZONE(name)                                                                     \
	"BEGIN:VTIMEZONE\nTZID:" name "\nBEGIN:STANDARD\nDTSTART:19700101T000000\n"    \
	"TZOFFSETFROM:+0100\nTZOFFSETTO:+0100\nEND:STANDARD\nEND:VTIMEZONE\n"
#define S "SUMMARY:Dentist\n"
#define L "LOCATION:Here\n"
#define AT10 "DTSTART:20260304T100000Z\n"
#define AT11 "DTSTART:20260304T110000Z\n"
#define TO11 "DTEND:20260304T110000Z\n"
#define TO12 "DTEND:20260304T120000Z\n"
#define DAILY "RRULE:FREQ=DAILY\n"
#define DAILY9 "RRULE:FREQ=DAILY;COUNT=9\n"
#define ID5 "RECURRENCE-ID:20260305T100000Z\n"
#define ID6 "RECURRENCE-ID:20260306T100000Z\n"
#define EX5 "EXDATE:20260305T100000Z\n"
#define EX6 "EXDATE:20260306T100000Z\n"
#define SERIES(inner) COMPONENT(S AT10 DAILY inner)
#define APPLE                                                                          \
	"X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-TITLE=\"Street 1\n1210 "              \
	"Town\":geo:1,2\n"

struct row {
	const char *name;
	const char *base;
	const char *here;
	const char *there;
	enum merge_result result;
	const char *clashes; /* "A B", an exception's with a "~" behind it */
	const char *out;
};

static const struct row rows[] = {
	/* --- without a merge */
	{"9: both edited alike", EVENT(S), EVENT(L), EVENT(L), MERGE_SAME, "", ""},
	{"14: no base, the same", "", EVENT(S L), EVENT(L S), MERGE_SAME, "", ""},
	{"15: no base, different", "", EVENT(S), EVENT(L), MERGE_IMPOSSIBLE, "", ""},
	{"19: nothing changed", EVENT(S), EVENT(S), EVENT(S), MERGE_SAME, "", ""},
	{"21: an older text put back", EVENT("SEQUENCE:2\n" S), EVENT("SEQUENCE:1\n" L),
		EVENT("SEQUENCE:2\n" S), MERGE_HERE, "", ""},
	{"22-24: edited here alone", EVENT(S), EVENT(S L), EVENT(S), MERGE_HERE, "",
		""},
	{"25: another UID", EVENT(S), CAL("BEGIN:VEVENT\nUID:b\n" S "END:VEVENT\n"),
		EVENT(S), MERGE_IMPOSSIBLE, "", ""},
	{"27: folded and sorted anew", EVENT(S L), EVENT("LOC\n ATION:Here\n" S),
		EVENT(S L "COMMENT:x\n"), MERGE_THERE, "", ""},
	{"28: only stamps here", EVENT(S "DTSTAMP:20260101T000000Z\n"),
		EVENT(S "DTSTAMP:20270101T000000Z\n"), EVENT(L), MERGE_THERE, "", ""},
	{"62: sent, and rewritten by the server", EVENT(S), EVENT(S),
		EVENT(S "X-S:1\n"), MERGE_THERE, "", ""},
	{"63: the same for an update", EVENT(S), EVENT(L), EVENT(L "X-S:1\n"),
		MERGE_THERE, "", ""},
	{"76: edited again after the server rewrote", EVENT(S), EVENT(S L),
		EVENT(S "X-S:1\n"), MERGE_DONE, "", EVENT(S "X-S:1\n" L)},
	{"83: only another ETag there", EVENT(S), EVENT(L), EVENT(S), MERGE_HERE, "",
		""},
	{"here has what there did", EVENT(S), EVENT(S L "COMMENT:x\n"), EVENT(S L),
		MERGE_HERE, "", ""},
	{"unfit here", EVENT(S), "BEGIN:VCALENDAR\n", EVENT(S), MERGE_IMPOSSIBLE, "",
		""},
	{"unfit base", "x", EVENT(S), EVENT(L), MERGE_IMPOSSIBLE, "", ""},

	/* --- one value */
	{"11: title here, place there", EVENT(S L), EVENT("SUMMARY:New\n" L),
		EVENT(S "LOCATION:There\n"), MERGE_DONE, "",
		EVENT("SUMMARY:New\nLOCATION:There\n")},
	{"10: two new titles", EVENT(S), EVENT("SUMMARY:A\n"), EVENT("SUMMARY:B\n"),
		MERGE_CLASH, "SUMMARY", EVENT("SUMMARY:B\n")},
	{"82: a clash beside a merge", EVENT(S), EVENT("SUMMARY:A\n" L),
		EVENT("SUMMARY:B\nPRIORITY:1\n"), MERGE_CLASH, "SUMMARY",
		EVENT("SUMMARY:B\nPRIORITY:1\n" L)},
	{"34: unknown lines and their bytes stay",
		EVENT(S L APPLE "X-A:\n  1\nATTACH:u\n" ALARM("X-WR-ALARMUID:1\n")),
		EVENT("SUMMARY:New\n" L APPLE
		      "X-A: 1\nATTACH:u\n" ALARM("X-WR-ALARMUID:1\n")),
		EVENT("PRIORITY:1\n" S L APPLE
		      "X-A:\n  1\nATTACH:u\n" ALARM("X-WR-ALARMUID:1\n")),
		MERGE_DONE, "",
		EVENT("PRIORITY:1\nSUMMARY:New\n" L APPLE
		      "X-A:\n  1\nATTACH:u\n" ALARM("X-WR-ALARMUID:1\n"))},
	{"99: two DTSTAMPs are not mended",
		EVENT("DTSTAMP:20260101T000000Z\nDTSTAMP:20260101T000000Z\n" S L),
		EVENT("DTSTAMP:20260101T000000Z\n" S "LOCATION:A\n"),
		EVENT("DTSTAMP:20260102T000000Z\nDTSTAMP:20260102T000000Z\n" L),
		MERGE_DONE, "",
		EVENT("DTSTAMP:20260102T000000Z\nDTSTAMP:20260102T000000Z\n"
		      "LOCATION:A\n")},
	{"removed here, added there", EVENT(S L), EVENT(S), EVENT(S L "PRIORITY:1\n"),
		MERGE_DONE, "", EVENT(S "PRIORITY:1\n")},
	{"removed there, changed here", EVENT(S L), EVENT(S "LOCATION:A\n"), EVENT(S),
		MERGE_CLASH, "LOCATION", EVENT(S)},
	{"added on both sides, differently", EVENT(S), EVENT(S "URL:a\n"),
		EVENT(S "URL:b\n"), MERGE_CLASH, "URL", EVENT(S "URL:b\n")},
	{"parameters are part of the value", EVENT(S),
		EVENT("SUMMARY;LANGUAGE=de:Dentist\n"), EVENT(S L), MERGE_DONE, "",
		EVENT("SUMMARY;LANGUAGE=de:Dentist\n" L)},
	{"status of an event", EVENT(S "STATUS:TENTATIVE\n"),
		EVENT(S "STATUS:CONFIRMED\n"), EVENT(S "STATUS:CANCELLED\n"),
		MERGE_CLASH, "STATUS", EVENT(S "STATUS:CANCELLED\n")},
	{"Outlook's text in two forms", EVENT("DESCRIPTION:a\nX-ALT-DESC:<a>\n"),
		EVENT("DESCRIPTION:b\nX-ALT-DESC:<a>\n"),
		EVENT("DESCRIPTION:a\nX-ALT-DESC:<c>\n"), MERGE_CLASH,
		"DESCRIPTION X-ALT-DESC", EVENT("DESCRIPTION:a\nX-ALT-DESC:<c>\n")},
	{"a place is one thing", EVENT(L APPLE "GEO:1;2\n"),
		EVENT("LOCATION:A\n" APPLE "GEO:1;2\n"), EVENT(L APPLE "GEO:3;4\n"),
		MERGE_CLASH, "GEO LOCATION", EVENT(L APPLE "GEO:3;4\n")},
	{"a place is taken over as one", EVENT(S L),
		EVENT(S "LOCATION:A\n" APPLE "GEO:3;4\n"), EVENT("SUMMARY:B\n" L),
		MERGE_DONE, "", EVENT("SUMMARY:B\nLOCATION:A\n" APPLE "GEO:3;4\n")},
	{"a task done here, renamed there", TODO(S "STATUS:NEEDS-ACTION\n"),
		TODO(S "STATUS:COMPLETED\nCOMPLETED:20260304T100000Z\n"),
		TODO("SUMMARY:B\nSTATUS:NEEDS-ACTION\n"), MERGE_DONE, "",
		TODO("SUMMARY:B\nSTATUS:COMPLETED\nCOMPLETED:20260304T100000Z\n")},
	{"unknown property once", EVENT(S "X-A:1\n"), EVENT(S "X-A:2\n"),
		EVENT(S "X-A:3\n"), MERGE_CLASH, "X-A", EVENT(S "X-A:3\n")},
	{"property of the calendar", CAL(COMPONENT(S)), CAL("NAME:x\n" COMPONENT(S)),
		CAL(COMPONENT(L)), MERGE_DONE, "", CAL("NAME:x\n" COMPONENT(L))},

	/* --- times */
	{"start here, end there", EVENT(AT10 TO11), EVENT(AT11 TO11), EVENT(AT10 TO12),
		MERGE_CLASH, "DTEND DTSTART", EVENT(AT10 TO12)},
	{"both moved alike, title there", EVENT(S AT10 TO11), EVENT(S AT11 TO12),
		EVENT(L AT11 TO12), MERGE_THERE, "", ""},
	{"moved here, place there", EVENT(AT10 TO11 L), EVENT(AT11 TO12 L),
		EVENT(AT10 TO11 "LOCATION:A\n"), MERGE_DONE, "",
		EVENT(AT11 TO12 "LOCATION:A\n")},
	{"only the end is replaced", EVENT(AT10 "COMMENT:x\n" TO11),
		EVENT(AT10 "COMMENT:x\n" TO12), EVENT(AT10 "COMMENT:x\n" TO11 L),
		MERGE_DONE, "", EVENT(AT10 "COMMENT:x\n" TO12 L)},
	{"a duration for an end", EVENT(AT10 TO11), EVENT(AT10 "DURATION:PT2H\n"),
		EVENT(AT10 TO12), MERGE_CLASH, "DTEND DURATION", EVENT(AT10 TO12)},
	{"start here, rule there", EVENT(S AT10 DAILY), EVENT(S AT11 DAILY),
		EVENT(S AT10 DAILY9), MERGE_CLASH, "DTSTART", EVENT(S AT10 DAILY9)},
	{"rule here, start there", EVENT(S AT10 DAILY), EVENT(S AT10 DAILY9),
		EVENT(S AT11 DAILY), MERGE_CLASH, "DTSTART", EVENT(S AT11 DAILY)},
	{"rule here, end there", EVENT(AT10 TO11 DAILY), EVENT(AT10 TO11 DAILY9),
		EVENT(AT10 TO12 DAILY), MERGE_DONE, "", EVENT(AT10 TO12 DAILY9)},
	{"two rules", EVENT(AT10 DAILY), EVENT(AT10 DAILY9),
		EVENT(AT10 "RRULE:FREQ=WEEKLY\n"), MERGE_CLASH, "RRULE",
		EVENT(AT10 "RRULE:FREQ=WEEKLY\n")},
	{"excluded here, moved there", EVENT(AT10 DAILY), EVENT(AT10 DAILY EX5),
		EVENT(AT11 DAILY), MERGE_CLASH, "DTSTART", EVENT(AT11 DAILY)},
	{"a zone comes along", CAL(COMPONENT(S "DTSTART;TZID=Old:20260304T100000\n")),
		CAL(ZONE("Old") ZONE("New")
				COMPONENT(S "DTSTART;TZID=New:20260304T100000\n")),
		CAL(ZONE("Old") COMPONENT(L "DTSTART;TZID=Old:20260304T100000\n")),
		MERGE_DONE, "",
		CAL(ZONE("New") ZONE("Old")
				COMPONENT(L "DTSTART;TZID=New:20260304T100000\n"))},

	/* --- sets */
	{"categories", EVENT("CATEGORIES:a,b\n"), EVENT("CATEGORIES:a,b,c\n"),
		EVENT("CATEGORIES:b,d\n"), MERGE_DONE, "",
		EVENT("CATEGORIES:b,d\nCATEGORIES:c\n")},
	{"category removed here from a line", EVENT("CATEGORIES:a,b\n"),
		EVENT("CATEGORIES:a\n"), EVENT("CATEGORIES:a,b,c\n"), MERGE_DONE, "",
		EVENT("CATEGORIES:a,c\n")},
	{"last category removed", EVENT(S "CATEGORIES:a\n"), EVENT(S),
		EVENT(L "CATEGORIES:a\n"), MERGE_DONE, "", EVENT(L)},
	{"exclusions", EVENT(AT10 DAILY), EVENT(AT10 DAILY EX5), EVENT(AT10 DAILY EX6),
		MERGE_DONE, "", EVENT(AT10 DAILY EX6 EX5)},
	{"comments", EVENT(S), EVENT(S "COMMENT:a\n"), EVENT(S "COMMENT:b\n"),
		MERGE_DONE, "", EVENT(S "COMMENT:b\nCOMMENT:a\n")},
	{"next to its kind", EVENT("COMMENT:a\n" S), EVENT("COMMENT:a\nCOMMENT:b\n" S),
		EVENT("COMMENT:a\n" L), MERGE_DONE, "",
		EVENT("COMMENT:a\nCOMMENT:b\n" L)},
	{"unknown property that repeats", EVENT("X-A:1\nX-A:2\n"),
		EVENT("X-A:1\nX-A:2\nX-A:3\n"), EVENT("X-A:1\nX-A:4\n"), MERGE_DONE, "",
		EVENT("X-A:1\nX-A:4\nX-A:3\n")},
	{"guest added here, another there", EVENT("ATTENDEE:mailto:a\n"),
		EVENT("ATTENDEE:mailto:a\nATTENDEE:mailto:b\n"),
		EVENT("ATTENDEE:mailto:a\nATTENDEE:mailto:c\n"), MERGE_DONE, "",
		EVENT("ATTENDEE:mailto:a\nATTENDEE:mailto:c\nATTENDEE:mailto:b\n")},
	{"answers of two guests",
		EVENT("ATTENDEE;PARTSTAT=N:mailto:a\nATTENDEE;PARTSTAT=N:mailto:b\n"),
		EVENT("ATTENDEE;PARTSTAT=Y:mailto:A\nATTENDEE;PARTSTAT=N:mailto:b\n"),
		EVENT("ATTENDEE;PARTSTAT=N:mailto:a\nATTENDEE;PARTSTAT=Y:mailto:b\n"),
		MERGE_DONE, "",
		EVENT("ATTENDEE;PARTSTAT=Y:mailto:A\nATTENDEE;PARTSTAT=Y:mailto:b\n")},
	{"two answers of one guest", EVENT("ATTENDEE;PARTSTAT=N:mailto:a\n"),
		EVENT("ATTENDEE;PARTSTAT=Y:mailto:a\n"),
		EVENT("ATTENDEE;PARTSTAT=M:mailto:a\n"), MERGE_CLASH, "ATTENDEE",
		EVENT("ATTENDEE;PARTSTAT=M:mailto:a\n")},
	{"a long line is folded", EVENT("CATEGORIES:a\n"), EVENT(S),
		EVENT("CATEGORIES:a,"
		      "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"
		      "\xc3\xa9,g\n"),
		MERGE_DONE, "",
		EVENT("CATEGORIES:"
		      "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"
		      "\n"
		      " \xc3\xa9,g\n" S)},

	/* --- the latest */
	{"stamps and sequence", EVENT("DTSTAMP:20260101T000000Z\nSEQUENCE:9\n" S L),
		EVENT("DTSTAMP:20260103T000000Z\nSEQUENCE:10\n" S "LOCATION:A\n"),
		EVENT("DTSTAMP:20260102T000000Z\nSEQUENCE:9\n" L), MERGE_DONE, "",
		EVENT("DTSTAMP:20260103T000000Z\nSEQUENCE:10\nLOCATION:A\n")},
	{"greater sequence there", EVENT("SEQUENCE:1\n" S), EVENT("SEQUENCE:2\n" L S),
		EVENT("SEQUENCE:3\n"), MERGE_DONE, "", EVENT("SEQUENCE:3\n" L)},
	{"an alarm acknowledged twice",
		EVENT(S ALARM("UID:1\nACKNOWLEDGED:20260101T000000Z\n")),
		EVENT(S ALARM("UID:1\nACKNOWLEDGED:20260103T000000Z\n")),
		EVENT(L ALARM("UID:1\nACKNOWLEDGED:20260102T000000Z\n")), MERGE_DONE,
		"", EVENT(L ALARM("UID:1\nACKNOWLEDGED:20260103T000000Z\n"))},
	{"CREATED and PRODID are the server's",
		CAL("PRODID:1\n" COMPONENT("CREATED:1\n" S)),
		CAL("PRODID:2\n" COMPONENT("CREATED:2\n" S L)),
		CAL("PRODID:3\n" COMPONENT("CREATED:3\n")), MERGE_DONE, "",
		CAL("PRODID:3\n" COMPONENT("CREATED:3\n" L))},

	/* --- alarms */
	{"alarm added here", EVENT(S), EVENT(S ALARM("A:1\n")), EVENT(L), MERGE_DONE,
		"", EVENT(L ALARM("A:1\n"))},
	{"alarm removed here", EVENT(S ALARM("A:1\n")), EVENT(S),
		EVENT(L ALARM("A:1\n")), MERGE_DONE, "", EVENT(L)},
	{"two alarms of one text, one removed", EVENT(S ALARM("A:1\n") ALARM("A:1\n")),
		EVENT(S ALARM("A:1\n")), EVENT(L ALARM("A:1\n") ALARM("A:1\n")),
		MERGE_DONE, "", EVENT(L ALARM("A:1\n"))},
	{"one alarm, two properties",
		EVENT(ALARM("X-WR-ALARMUID:1\nTRIGGER:-PT5M\nACTION:AUDIO\n")),
		EVENT(ALARM("X-WR-ALARMUID:1\nTRIGGER:-PT9M\nACTION:AUDIO\n")),
		EVENT(ALARM("UID:1\nX-WR-ALARMUID:1\nTRIGGER:-PT5M\nACTION:DISPLAY\n")),
		MERGE_DONE, "",
		EVENT(ALARM(
			"UID:1\nX-WR-ALARMUID:1\nTRIGGER:-PT9M\nACTION:DISPLAY\n"))},
	{"alarm edited here, removed there", EVENT(S ALARM("UID:1\nTRIGGER:-PT5M\n")),
		EVENT(S ALARM("UID:1\nTRIGGER:-PT9M\n")), EVENT(L), MERGE_CLASH,
		"VALARM", EVENT(L ALARM("UID:1\nTRIGGER:-PT9M\n"))},
	{"alarm removed here, edited there", EVENT(S ALARM("UID:1\nTRIGGER:-PT5M\n")),
		EVENT(S), EVENT(S ALARM("UID:1\nTRIGGER:-PT9M\n")), MERGE_CLASH,
		"VALARM", EVENT(S ALARM("UID:1\nTRIGGER:-PT9M\n"))},
	{"properties stand before alarms", EVENT(S ALARM("A:1\n")),
		EVENT(S L ALARM("A:1\n")), EVENT(ALARM("A:1\n")), MERGE_DONE, "",
		EVENT(L ALARM("A:1\n"))},

	/* --- exceptions of a series */
	{"32: two occurrences edited", CAL(SERIES("")),
		CAL(SERIES("") COMPONENT(ID5 "SUMMARY:A\n")),
		CAL(SERIES("") COMPONENT(ID6 "SUMMARY:B\n")), MERGE_DONE, "",
		CAL(SERIES("") COMPONENT(ID6 "SUMMARY:B\n")
				COMPONENT(ID5 "SUMMARY:A\n"))},
	{"title of the series here, of an exception there",
		CAL(SERIES("") COMPONENT(ID5 S)),
		CAL(COMPONENT("SUMMARY:A\n" AT10 DAILY) COMPONENT(ID5 S)),
		CAL(SERIES("") COMPONENT(ID5 "SUMMARY:B\n")), MERGE_DONE, "",
		CAL(COMPONENT("SUMMARY:A\n" AT10 DAILY) COMPONENT(ID5 "SUMMARY:B\n"))},
	{"one exception, two properties", CAL(SERIES("") COMPONENT(ID5 S L)),
		CAL(SERIES("") COMPONENT(ID5 "SUMMARY:A\n" L)),
		CAL(SERIES("") COMPONENT(ID5 S "LOCATION:B\n")), MERGE_DONE, "",
		CAL(SERIES("") COMPONENT(ID5 "SUMMARY:A\nLOCATION:B\n"))},
	{"one exception, one property", CAL(SERIES("") COMPONENT(ID5 S)),
		CAL(SERIES("") COMPONENT(ID5 "SUMMARY:A\n")),
		CAL(SERIES("") COMPONENT(ID5 "SUMMARY:B\n")), MERGE_CLASH, "SUMMARY~",
		CAL(SERIES("") COMPONENT(ID5 "SUMMARY:B\n"))},
	{"one occurrence made an exception on both sides", CAL(SERIES(L)),
		CAL(SERIES(L) COMPONENT(ID5 "SUMMARY:A\n" L)),
		CAL(SERIES(L) COMPONENT(ID5 S "LOCATION:B\n")), MERGE_DONE, "",
		CAL(SERIES(L) COMPONENT(ID5 "SUMMARY:A\nLOCATION:B\n"))},
	{"the moment of an exception in another zone",
		CAL(ZONE("One") SERIES("") COMPONENT(ID5 S L)),
		CAL(ZONE("One") SERIES("") COMPONENT(ID5 "SUMMARY:A\n" L)),
		CAL(ZONE("One") SERIES("") COMPONENT(
			"RECURRENCE-ID;TZID=One:20260305T110000\n" S "LOCATION:B\n")),
		MERGE_DONE, "",
		CAL(ZONE("One") SERIES("") COMPONENT("RECURRENCE-ID;TZID=One:"
						     "20260305T110000\nSUMMARY:A\n"
						     "LOCATION:B\n"))},
	{"exception removed here, series changed there",
		CAL(SERIES("") COMPONENT(ID5 S)), CAL(SERIES("")),
		CAL(SERIES(L) COMPONENT(ID5 S)), MERGE_DONE, "", CAL(SERIES(L))},
	{"exception edited here, removed there", CAL(SERIES("") COMPONENT(ID5 S)),
		CAL(SERIES("") COMPONENT(ID5 "SUMMARY:A\n")), CAL(SERIES("")),
		MERGE_CLASH, "VEVENT~", CAL(SERIES("") COMPONENT(ID5 "SUMMARY:A\n"))},
	{"exception removed here, edited there", CAL(SERIES("") COMPONENT(ID5 S)),
		CAL(SERIES("")), CAL(SERIES("") COMPONENT(ID5 "SUMMARY:B\n")),
		MERGE_CLASH, "VEVENT~", CAL(SERIES("") COMPONENT(ID5 "SUMMARY:B\n"))},
	{"occurrence excluded here, edited there", CAL(SERIES("")),
		CAL(SERIES(EX5 EX6)), CAL(SERIES("") COMPONENT(ID5 "SUMMARY:B\n")),
		MERGE_CLASH, "EXDATE", CAL(SERIES(EX6) COMPONENT(ID5 "SUMMARY:B\n"))},
	{"occurrence edited here, excluded there", CAL(SERIES("")),
		CAL(SERIES("") COMPONENT(ID5 "SUMMARY:A\n")),
		CAL(SERIES("EXDATE:20260305T100000Z,20260306T100000Z\n")), MERGE_CLASH,
		"EXDATE", CAL(SERIES(EX6) COMPONENT(ID5 "SUMMARY:A\n"))},
	{"exception replaced by an exclusion here, title there",
		CAL(SERIES("") COMPONENT(ID5 L)), CAL(SERIES(EX5)),
		CAL(COMPONENT("SUMMARY:B\n" AT10 DAILY) COMPONENT(ID5 L)), MERGE_DONE,
		"", CAL(COMPONENT("SUMMARY:B\n" AT10 DAILY EX5))},
	{"series moved here, exception edited there", CAL(SERIES("") COMPONENT(ID5 S)),
		CAL(COMPONENT("SUMMARY:A\n" AT11 DAILY) COMPONENT(ID5 S)),
		CAL(SERIES("") COMPONENT(ID5 L)), MERGE_CLASH, "DTSTART",
		CAL(COMPONENT("SUMMARY:A\n" AT10 DAILY) COMPONENT(ID5 L))},
	{"exception edited here, series moved there", CAL(SERIES("") COMPONENT(ID5 S)),
		CAL(SERIES("") COMPONENT(ID5 L)),
		CAL(COMPONENT(S AT11 DAILY)
				COMPONENT("RECURRENCE-ID:20260305T110000Z\n" S)),
		MERGE_CLASH, "DTSTART",
		CAL(COMPONENT(S AT11 DAILY)
				COMPONENT("RECURRENCE-ID:20260305T110000Z\n" S))},
	{"series moved there, title here", CAL(SERIES("") COMPONENT(ID5 S)),
		CAL(COMPONENT("SUMMARY:A\n" AT10 DAILY) COMPONENT(ID5 S)),
		CAL(COMPONENT(S AT11 DAILY)
				COMPONENT("RECURRENCE-ID:20260305T110000Z\n" S)),
		MERGE_DONE, "",
		CAL(COMPONENT("SUMMARY:A\n" AT11 DAILY)
				COMPONENT("RECURRENCE-ID:20260305T110000Z\n" S))},
	{"exceptions without a series", CAL(COMPONENT(ID5 S)), CAL(COMPONENT(ID5 L)),
		CAL(COMPONENT(ID5 S) COMPONENT(ID6 S)), MERGE_DONE, "",
		CAL(COMPONENT(ID5 L) COMPONENT(ID6 S))},
};

/* --- tools --- */

static void must(bool truth, const char *row, const char *what)
{
	if (!truth)
		fail_msg("%s: %s", row, what);
}

static bool same(struct str a, struct str b)
{
	const struct digest first = cal_meaning(a);
	const struct digest second = cal_meaning(b);

	return digest_equal(&first, &second);
}

/* Every LF has its CR; takes them away. */
static char *without_cr(struct str text, const char *row)
{
	struct buf out = buf_with_max(0);

	for (size_t i = 0; i < text.len; i++) {
		const bool cr = i && text.ptr[i - 1] == '\r';
		must(text.ptr[i] != '\n' || cr, row, "a line ends without CR");
		if (text.ptr[i] != '\r')
			buf_char(&out, text.ptr[i]);
	}
	return buf_take(&out);
}

static char *names_text(const struct merge_names *names)
{
	struct buf out = buf_with_max(0);

	for (size_t i = 0; i < names->count; i++)
		buf_printf(&out, "%s%s%s", i ? " " : "", names->items[i].name,
			names->items[i].occurrence ? "~" : "");
	return buf_take(&out);
}

static void check_row(const struct row *row)
{
	struct merge_report report;
	SCOPED(buf) out = buf_with_max(0);

	const enum merge_result result = cal_merge(str_of(row->base), str_of(row->here),
		str_of(row->there), &out, &report);
	AUTO_FREE char *clashes = names_text(&report.clashes);
	AUTO_FREE char *text = without_cr(buf_view(&out), row->name);
	if (result != row->result)
		fail_msg("%s: result %d instead of %d, clashes %s\n%s", row->name,
			result, row->result, clashes, text);
	if (strcmp(clashes, row->clashes) != 0)
		fail_msg("%s: clashes \"%s\"", row->name, clashes);
	if (strcmp(text, row->out) != 0)
		fail_msg("%s: out is\n%s", row->name, text);
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		check_row(&rows[i]);
}

static enum merge_result merge(struct str base, struct str here, struct str there,
	struct buf *out)
{
	struct merge_report report;

	buf_reset(out);
	return cal_merge(base, here, there, out, &report);
}

static enum merge_result mirrored(enum merge_result result)
{
	switch (result) {
	case MERGE_HERE:
		return MERGE_THERE;
	case MERGE_THERE:
		return MERGE_HERE;
	case MERGE_SAME:
	case MERGE_DONE:
	case MERGE_CLASH:
	case MERGE_IMPOSSIBLE:
		break;
	}
	return result;
}

/* What holds of any three texts. */
static void check_laws(struct str base, struct str here, struct str there,
	const char *name)
{
	struct cal_scan scan;
	struct cal_scan there_scan;
	SCOPED(buf) out = buf_with_max(0);
	SCOPED(buf) other = buf_with_max(0);

	const enum merge_result result = merge(base, here, there, &out);
	const enum merge_result turned = merge(base, there, here, &other);
	must(turned == mirrored(result), name, "depends on which side is which");
	const bool written = result == MERGE_DONE || result == MERGE_CLASH;
	must(written == (out.len > 0), name, "out is written without need, or not");
	if (result == MERGE_DONE)
		must(same(buf_view(&out), buf_view(&other)), name,
			"differs when turned");
	if (!written)
		return;
	must(cal_scan(buf_view(&out), &scan) == CAL_OK, name, "the result is unfit");
	must(cal_scan(there, &there_scan) == CAL_OK, name, "there is unfit");
	must(!strcmp(scan.uid, there_scan.uid), name, "another UID");
	AUTO_FREE char *plain = without_cr(buf_view(&out), name);
	must(plain[0] != '\0', name, "nothing in it");
	/* The server's text became base; the result goes there as an edit of it. */
	must(merge(there, buf_view(&out), there, &other) ==
			(same(buf_view(&out), there) ? MERGE_SAME : MERGE_HERE),
		name, "does not follow the server's text");
}

/* What holds of a base and one edit of it. */
static void check_edit(struct str base, struct str edit, const char *name)
{
	struct cal_scan scan;
	SCOPED(buf) out = buf_with_max(0);

	if (cal_scan(edit, &scan) != CAL_OK || cal_scan(base, &scan) != CAL_OK)
		return;
	must(merge(base, edit, edit, &out) == MERGE_SAME, name,
		"(b, e, e) is not SAME");
	const enum merge_result there = merge(base, base, edit, &out);
	if (same(base, edit)) {
		must(there == MERGE_SAME, name, "(b, b, b) is not SAME");
		return;
	}
	const enum merge_result here = merge(base, edit, base, &out);
	const bool foreign = there == MERGE_IMPOSSIBLE && here == MERGE_IMPOSSIBLE;
	must(there == MERGE_THERE || foreign, name, "(b, b, e) is not THERE");
	must(here == MERGE_HERE || foreign, name, "(b, e, b) is not HERE");
}

static void test_laws_of_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct str base = str_of(rows[i].base);
		const struct str here = str_of(rows[i].here);
		const struct str there = str_of(rows[i].there);
		check_laws(base, here, there, rows[i].name);
		check_edit(base, here, rows[i].name);
		check_edit(base, there, rows[i].name);
	}
}

/* --- what the report says of changes that did not clash --- */

static void test_report(void **state)
{
	struct merge_report report;
	SCOPED(buf) out = buf_with_max(0);

	(void)state;
	assert_int_equal(
		cal_merge(STR(CAL(SERIES(L) COMPONENT(ID5 S))),
			STR(CAL(SERIES("URL:u\nLOCATION:A\n")
					COMPONENT(ID5 "SUMMARY:A\n"))),
			STR(CAL(SERIES(L EX6) COMPONENT(ID5 S ALARM("A:1\n")))), &out,
			&report),
		MERGE_DONE);
	AUTO_FREE char *here = names_text(&report.here);
	AUTO_FREE char *there = names_text(&report.there);
	assert_string_equal(here, "LOCATION SUMMARY~ URL");
	assert_string_equal(there, "EXDATE VALARM~");
	assert_int_equal(report.clashes.count, 0);
}

static void test_report_is_bounded(void **state)
{
	struct merge_report report;
	SCOPED(buf) here = buf_with_max(0);
	SCOPED(buf) there = buf_with_max(0);
	SCOPED(buf) out = buf_with_max(0);
	const char *const start = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\n";
	const char *const end = "END:VEVENT\nEND:VCALENDAR\n";

	(void)state;
	buf_text(&here, start);
	buf_text(&there, start);
	for (int i = 0; i < 50; i++) {
		buf_printf(&here, "X-A-NAME-THAT-IS-LONGER-THAN-ANY-REAL-ONE-%d:1\n",
			i);
		buf_printf(&there, "X-A-NAME-THAT-IS-LONGER-THAN-ANY-REAL-ONE-%d:2\n",
			i);
		buf_printf(&here, "X-%d:1\n", i);
		buf_printf(&there, "X-%d:2\n", i);
	}
	buf_text(&here, end);
	buf_text(&there, end);
	assert_int_equal(cal_merge(STR(EVENT("")), buf_view(&here), buf_view(&there),
				 &out, &report),
		MERGE_CLASH);
	assert_int_equal(report.clashes.count, MERGE_NAMES_MAX);
	assert_true(report.clashes.more);
}

/* Together they would be more than any server takes. */
static void test_too_large(void **state)
{
	struct merge_report report;
	SCOPED(buf) here = buf_with_max(0);
	SCOPED(buf) there = buf_with_max(0);
	SCOPED(buf) out = buf_with_max(0);

	(void)state;
	buf_text(&here, "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\n");
	buf_text(&there, "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\n");
	for (int i = 0; i < 13000; i++) {
		buf_printf(&here, "COMMENT:here %042d\r\n", i);
		buf_printf(&there, "COMMENT:there %042d\r\n", i);
	}
	buf_text(&here, "END:VEVENT\r\nEND:VCALENDAR\r\n");
	buf_text(&there, "END:VEVENT\r\nEND:VCALENDAR\r\n");
	assert_int_equal(cal_merge(STR(EVENT("")), buf_view(&here), buf_view(&there),
				 &out, &report),
		MERGE_IMPOSSIBLE);
	assert_int_equal(out.len, 0);
}

/* The line end may be missing at the end of the server's text. */
static void test_last_line(void **state)
{
	static const char *const ends[] = {"", "\n", "\r\n", "\r\n\r\n"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(ends); i++) {
		struct merge_report report;
		SCOPED(buf) there = buf_with_max(0);
		SCOPED(buf) out = buf_with_max(0);
		buf_printf(&there, "\xef\xbb\xbf%.*s%s", (int)(sizeof(EVENT(L)) - 2),
			EVENT(L), ends[i]);
		assert_int_equal(cal_merge(STR(EVENT("")), STR(EVENT(S)),
					 buf_view(&there), &out, &report),
			MERGE_DONE);
		assert_true(str_starts(buf_view(&out), STR("\xef\xbb\xbf"
							   "BEGIN:VCALENDAR\r\n")));
		assert_true(
			str_ends(buf_view(&out), i == 3 ? STR("END:VCALENDAR\r\n\r\n")
							: STR("END:VCALENDAR\r\n")));
	}
}

static int set_up(void **state)
{
	(void)state;
	(void)setenv("TZ", "Europe/Berlin", 1);
	tzset();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_laws_of_rows),
		cmocka_unit_test(test_report),
		cmocka_unit_test(test_report_is_bounded),
		cmocka_unit_test(test_too_large),
		cmocka_unit_test(test_last_line),
	};
	return cmocka_run_group_tests(tests, set_up, NULL);
}
