/*
 * A linear scanner of one calendar object resource (RFC 5545, RFC 4791 section 4.1):
 * what sync needs to know of it, and whether it is fit to be stored. No libical, no
 * recursion, no allocation beyond the result; a physical line is looked at once. Bodies
 * are opaque to sync: nothing here changes a byte.
 */
#ifndef CAL_SCAN_H
#define CAL_SCAN_H

#include <stdbool.h>

#include "base/str.h"

#define CAL_UID_MAX 1024
#define CAL_BYTES_MAX (1024U * 1024U)
#define CAL_LINE_MAX (64U * 1024U)
#define CAL_NESTING_MAX 8
#define CAL_COMPONENTS_MAX 2000
#define CAL_PROPERTIES_MAX 20000

enum cal_fault {
	CAL_OK,
	CAL_EMPTY,        /* nothing, or only blanks */
	CAL_NOT_CALENDAR, /* does not begin with BEGIN:VCALENDAR */
	CAL_UNBALANCED,   /* BEGIN and END do not match, or the end is missing */
	CAL_TOO_LARGE,
	CAL_LINE_TOO_LONG,
	CAL_TOO_DEEP,
	CAL_TOO_MANY, /* components or properties */
	CAL_NOT_UTF8,
	CAL_CONTROL, /* a control character other than tab, CR, LF */
	CAL_NO_COMPONENT,
	CAL_NO_UID,
	CAL_MANY_UIDS,
	CAL_UID_TOO_LONG,
	CAL_METHOD, /* an iTIP message, which servers refuse (RFC 4791, 4.1) */
	CAL_FAULTS,
};

enum cal_kind { CAL_EVENT, CAL_TODO, CAL_JOURNAL, CAL_OTHER };

struct cal_scan {
	char uid[CAL_UID_MAX + 1]; /* unfolded, as written (not unescaped) */
	enum cal_kind kind;
	unsigned masters;   /* components without RECURRENCE-ID */
	unsigned overrides; /* components with one */
	bool has_attendee;
	bool has_end; /* some component has DTEND or DURATION */
};

/*
 * Scans bytes. A byte order mark, bare LF line ends, and lines that are neither a
 * property nor a continuation (iCloud serves such) are accepted. On anything but CAL_OK
 * *out is filled as far as known: uid may be "".
 */
enum cal_fault cal_scan(struct str bytes, struct cal_scan *out);

/* What is wrong, as words for a person: "it has no UID". Never NULL. */
const char *cal_fault_text(enum cal_fault fault);

#endif
