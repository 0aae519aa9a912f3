/*
 * The format of Apple's app-specific password: sixteen letters a to z in four groups,
 * "abcd-efgh-ijkl-mnop". Apple documents no format, every known one has this form, and
 * whether the service takes it without the dashes is not known; so what a person types
 * or pastes is brought into the dashed form, and anything else is a warning, never a
 * refusal.
 *
 * Pure: works on bytes the caller holds open.
 */
#ifndef CAL_PASSWORD_H
#define CAL_PASSWORD_H

#include "base/str.h"

#define PASSWORD_LETTERS 16
#define PASSWORD_LEN 19 /* with the dashes */

enum password_kind {
	PASSWORD_EMPTY,
	PASSWORD_SHORT,   /* only letters, fewer than 16 */
	PASSWORD_GOOD,    /* sixteen letters a to z */
	PASSWORD_LONG,    /* only letters, more than 16 */
	PASSWORD_FOREIGN, /* digits, capitals in the middle of other things, symbols */
};

struct password_verdict {
	enum password_kind kind;
	unsigned letters; /* counted, without dashes */
};

/*
 * Cleans `raw` into out (room for raw.len + raw.len / 4 + 1 bytes; may not overlap),
 * NUL-terminated, and returns the length. Blanks, line ends, no-break, zero-width and
 * soft hyphen characters go; every Unicode dash (U+2010 to U+2015, U+2212, U+FE63,
 * U+FF0D) counts as "-". When what is left is letters and dashes only, letters are
 * lowered and dashes set after each fourth letter. Else it is not an app-specific
 * password, and changing it would break it: all of it is left as typed, blanks too, but
 * for line ends at its edges, which only a paste can have brought.
 */
size_t password_clean(struct str raw, char *out);

/* Judges cleaned text. */
struct password_verdict password_judge(struct str cleaned);

#endif
