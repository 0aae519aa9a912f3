/*
 * What changed in a calendar object, as words for a person.
 */
#ifndef CAL_CHANGE_H
#define CAL_CHANGE_H

#include "base/str.h"

#define CAL_CHANGE_COLS 100

/*
 * The title of the object as it was, and what is different now, one line of at most
 * CAL_CHANGE_COLS columns, safe for a terminal, local time:
 *
 *   Dentist, Wed 4 March 2026: 10:00 to 11:00
 *   Dentist, Wed 4 March 2026 10:00: moved to Thu 5 March 2026 10:00
 *   Dentist, Wed 4 March 2026 10:00: new title "Dentist, Dr Example"
 *   Dentist, Wed 4 March 2026 10:00: location changed, notes changed, and 2 more
 * changes Dentist, Wed 4 March 2026 10:00: nothing changed
 *
 * When `before` is empty it is "new", when `after` is empty "deleted". Bytes that are
 * no calendar object will do. The caller's.
 */
char *cal_change_text(struct str before, struct str after) MUST_USE;

#endif
