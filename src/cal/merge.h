/*
 * Joins two edits of one calendar object, property by property, from what both began
 * as.
 *
 * - Components are matched by name and occurrence (RECURRENCE-ID as a moment), alarms
 * by X-WR-ALARMUID or UID, else by what they mean.
 * - CATEGORIES, RESOURCES, EXDATE, RDATE, COMMENT, CONTACT, REQUEST-STATUS, RELATED-TO,
 *   ATTACH, ATTENDEE (by address) and unknown properties that repeat are sets: what
 *   either side added or removed is added or removed.
 * - Every other property has one value, and some have it together: the times; LOCATION
 *   with GEO and Apple's structured location; DESCRIPTION with its HTML; the state of a
 *   task. Changed differently on both sides, such a value clashes.
 * - A start that moved on one side clashes with a rule, exceptions or extra dates that
 *   changed on the other: a mixture would name occurrences that are not there.
 * - An occurrence or alarm edited on one side and removed on the other, or excluded by
 *   EXDATE, clashes too; the edit stays.
 * - The latest of DTSTAMP, LAST-MODIFIED, ACKNOWLEDGED and X-MOZ-LASTACK and the
 * greatest SEQUENCE are kept; these never clash.
 *
 * The result is the server's text but for the lines that the merge touches: unknown
 * properties, order, folding and broken lines of everything else stay. Time zones that
 * lines taken over need come along. Line ends are CR LF.
 */
#ifndef CAL_MERGE_H
#define CAL_MERGE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

enum merge_result {
	MERGE_SAME,  /* both sides mean the same */
	MERGE_HERE,  /* `here` as it stands is the result: it has all changes */
	MERGE_THERE, /* so is `there` */
	MERGE_DONE,  /* a text with the changes of both was added to out */
	/* The same, and where the changes contradict each other it has the server's
	 * value, but for a thing edited on one side and removed on the other. */
	MERGE_CLASH,
	/* A text is unfit (cal_scan()), the UIDs differ, or the result would be too
	 * large; or there is no base, and the sides differ. */
	MERGE_IMPOSSIBLE,
};

#define MERGE_NAMES_MAX 8
#define MERGE_NAME_SIZE 40

struct merge_names { /* in alphabetical order */
	struct {
		/* Of a property or a component, in capitals: "SUMMARY", "VALARM". Made
		 * of letters, digits and "-" alone; long ones are cut. */
		char name[MERGE_NAME_SIZE];
		bool occurrence; /* of an exception of a series */
	} items[MERGE_NAMES_MAX];
	size_t count;
	bool more; /* than were kept */
};

struct merge_report {
	struct merge_names here;  /* changed here alone */
	struct merge_names there; /* changed there alone */
	struct merge_names clashes;
};

/*
 * `base` is what both sides last agreed on; when the state was lost it is empty. After
 * an upload whose answer was never seen it is what was sent, so that a server that
 * rewrites what it gets is no second editor. Nothing is added to out but with
 * MERGE_DONE and MERGE_CLASH. The report is filled with those, and by MERGE_HERE and
 * MERGE_THERE when both sides had changed.
 */
enum merge_result cal_merge(struct str base, struct str here, struct str there,
	struct buf *out, struct merge_report *report) MUST_USE;

#endif
