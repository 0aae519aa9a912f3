/*
 * What the sign-in page knows about the name and the password in its fields. The
 * password stays in locked memory: as typed in the field, and as it would be sent
 * beside it.
 */
#ifndef UI_SIGN_IN_H
#define UI_SIGN_IN_H

#include "ui/wizard_impl.h"

/* Shown as four groups of letters: so far it has the form of an app-specific one. */
bool sign_in_is_grouped(const struct wizard *w);
unsigned sign_in_letters_before_caret(const struct wizard *w);

/* On a rerun, with nothing typed: the stored password goes on being used. */
bool sign_in_keeps_saved(const struct wizard *w);

/* A sentence, or NULL when the name may be used. */
const char *sign_in_login_problem(const struct wizard *w);

/* The fields become the account's answers. */
void sign_in_take(struct wizard *w);

#endif
