/*
 * What is sent to servers that demand more than RFC 5545 does. The person's own bytes
 * stay as they are; these write copies.
 */
#ifndef CAL_MEND_H
#define CAL_MEND_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

/*
 * iCloud answers 404 to an event without an end. Adds to out the object with a DTEND in
 * each VEVENT that has neither DTEND nor DURATION: the end it has anyway by RFC 5545,
 * 3.6.1, its DTSTART, or the day after when that is a date. False, and nothing added,
 * when no event needs one, or cal_scan() finds the object unfit.
 */
bool cal_mend_end(struct str ics, struct buf *out) MUST_USE;

/* Adds text with CR LF line ends. A CR alone stays, no last line end is added. */
void cal_with_crlf(struct str ics, struct buf *out);

#endif
