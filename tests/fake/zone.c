#include <config.h>

#include "tests/fake/zone.h"

#include <string.h>

#define RULES(std, dst, from, to, out, back)                                           \
	"BEGIN:DAYLIGHT\r\nTZOFFSETFROM:" std "\r\nRRULE:FREQ=YEARLY;" out             \
	"\r\nDTSTART:" from "\r\nTZNAME:D\r\nTZOFFSETTO:" dst "\r\nEND:DAYLIGHT\r\n"   \
	"BEGIN:STANDARD\r\nTZOFFSETFROM:" dst "\r\nRRULE:FREQ=YEARLY;" back            \
	"\r\nDTSTART:" to "\r\nTZNAME:S\r\nTZOFFSETTO:" std "\r\nEND:STANDARD\r\n"

#define EUROPE(std, dst)                                                               \
	RULES(std, dst, "19810329T020000", "19961027T030000", "BYMONTH=3;BYDAY=-1SU",  \
		"BYMONTH=10;BYDAY=-1SU")
#define AMERICA(std, dst)                                                              \
	RULES(std, dst, "20070311T020000", "20071104T020000", "BYMONTH=3;BYDAY=2SU",   \
		"BYMONTH=11;BYDAY=1SU")
#define ZONE(name, rules)                                                              \
	{                                                                              \
		name, "BEGIN:VTIMEZONE\r\nTZID:" name "\r\nX-LIC-LOCATION:" name       \
		      "\r\n" rules "END:VTIMEZONE\r\n"                                 \
	}

const char *zone_text(const char *tzid)
{
	static const struct {
		const char *name;
		const char *text;
	} zones[] = {
		ZONE("Europe/Berlin", EUROPE("+0100", "+0200")),
		ZONE("Europe/Vienna", EUROPE("+0100", "+0200")),
		ZONE("Europe/London", EUROPE("+0000", "+0100")),
		ZONE("America/New_York", AMERICA("-0500", "-0400")),
		ZONE("America/Los_Angeles", AMERICA("-0800", "-0700")),
		ZONE("Asia/Tokyo",
			"BEGIN:STANDARD\r\nTZOFFSETFROM:+0900\r\nDTSTART:"
			"19510908T020000\r\nTZNAME:JST\r\nTZOFFSETTO:+0900\r\n"
			"END:STANDARD\r\n"),
	};

	for (size_t i = 0; i < COUNT_OF(zones); i++)
		if (!strcmp(zones[i].name, tzid))
			return zones[i].text;
	return NULL;
}
