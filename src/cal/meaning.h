/*
 * Whether two texts of one calendar object mean the same: their digests are equal then.
 *
 * Free of line ends, folding, the order of properties, of parameters and of components,
 * quotes around parameters, the case of names, the grouping of EXDATE, RDATE,
 * CATEGORIES and RESOURCES into lines, repeated lines that are equal, DTSTAMP,
 * LAST-MODIFIED, CREATED, PRODID and time zones: servers and programs rewrite those
 * without anybody having changed anything. Everything else counts, SEQUENCE and METHOD
 * too, in the component where it stands.
 */
#ifndef CAL_MEANING_H
#define CAL_MEANING_H

#include "base/digest.h"
#include "base/str.h"

/* Bytes that cal_scan() finds unfit mean themselves, byte by byte. */
struct digest cal_meaning(struct str ics);

#endif
