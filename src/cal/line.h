/*
 * Logical lines of an iCalendar text (RFC 5545, section 3.1): a physical line and the
 * continuation lines behind it, each of which begins with one blank or tab.
 *
 * Nothing is copied: a raw line is a slice of the text with its folds still inside, and
 * the functions here read through the folds. LF and CR LF both end a line. Slices live
 * as long as the text.
 */
#ifndef CAL_LINE_H
#define CAL_LINE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

/* Takes the next logical line off *rest, without its closing line end; false at the
 * end. */
bool cal_line_next(struct str *rest, struct str *raw);

/* The next byte of a raw line, folds skipped, stepping over it; -1 at the end. A
 * character may be split by a fold, so UTF-8 is only judged in this order. */
int cal_line_byte(struct str *raw);

/* Whether the unfolded line is `want`; ASCII case is ignored. */
bool cal_line_is(struct str raw, const char *want);

/* Whether two raw slices unfold to the same text; ASCII case is ignored. */
bool cal_line_same(struct str a, struct str b);

/* Adds the line to out, without its folds. */
void cal_line_unfold(struct str raw, struct buf *out);

/* NAME;PARAM=x;PARAM="y":value */
struct cal_parts {
	struct str name;
	struct str params; /* "" or from the first ";" on */
	struct str value;
};

/*
 * Cuts a line, raw or unfolded. A ":" in a quoted parameter is not the end of the
 * parameters. False when the line is no property, as the lines are into which iCloud
 * breaks X-APPLE-STRUCTURED-LOCATION.
 */
bool cal_line_parts(struct str line, struct cal_parts *out);

/* The value of a parameter of an unfolded line, without its quotes; false when absent.
 */
bool cal_param(struct str params, const char *name, struct str *out);

#endif
