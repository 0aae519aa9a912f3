/*
 * The time zones the server knows: what is sent in a VTIMEZONE of these names is
 * replaced, as iCloud does.
 */
#ifndef TESTS_FAKE_ZONE_H
#define TESTS_FAKE_ZONE_H

#include "base/str.h"

/* The whole component with CR LF, or NULL. */
const char *zone_text(const char *tzid);

#endif
