#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/sign_in.h"

void sign_in_clean(struct wizard *w)
{
	struct sign_in *s = &w->sign_in;
	const struct str raw = secret_view(s->password.secret);
	char *out = secret_open(s->cleaned);

	if (wizard_is_icloud(w)) {
		secret_set_len(s->cleaned, password_clean(raw, out));
		s->verdict = password_judge((struct str){out, secret_len(s->cleaned)});
	} else {
		memcpy(out, raw.ptr, raw.len);
		secret_set_len(s->cleaned, raw.len);
		s->verdict.kind = raw.len ? PASSWORD_GOOD : PASSWORD_EMPTY;
		s->verdict.letters = 0;
	}
	secret_close(s->cleaned);
	secret_close(s->password.secret);
}

bool sign_in_is_grouped(const struct wizard *w)
{
	const enum password_kind kind = w->sign_in.verdict.kind;

	return wizard_is_icloud(w) &&
	       (kind == PASSWORD_SHORT || kind == PASSWORD_GOOD ||
		       kind == PASSWORD_LONG);
}

unsigned sign_in_letters_before_caret(const struct wizard *w)
{
	const struct edit *password = &w->sign_in.password;
	const struct str raw = secret_view(password->secret);
	unsigned letters = 0;

	for (size_t i = 0; i < password->caret; i++)
		letters += ascii_is_alpha(raw.ptr[i]);
	secret_close(password->secret);
	return letters;
}

static bool same(const char *a, const char *b)
{
	return !strcmp(a ? a : "", b ? b : "");
}

/* Another name or server needs its password typed: the saved one was not given for it.
 */
bool sign_in_keeps_saved(const struct wizard *w)
{
	if (!w->has_saved || w->mode == MODE_SETUP || w->sign_in.refused ||
		!edit_is_empty(&w->sign_in.password))
		return false;
	const struct str login = str_trim(str_of(edit_text(&w->sign_in.login)));
	const bool server_same = wizard_is_icloud(w) || edit_is_empty(&w->server) ||
	                         same(edit_text(&w->server), w->saved.server);
	return str_is(login, w->saved.login ? w->saved.login : "") && server_same;
}

const char *sign_in_login_problem(const struct wizard *w)
{
	const struct str login = str_trim(str_of(edit_text(&w->sign_in.login)));

	if (!login.len)
		return wizard_is_icloud(w) ? "Type your Apple Account address first."
		                           : "Type your user name first.";
	if (str_find_char(login, ':') != STR_NONE)
		return "A sign-in name cannot contain a colon.";
	if (wizard_is_icloud(w) && str_find_char(login, '@') == STR_NONE)
		return "This has no @ in it: Apple asks for the full e-mail address.";
	return NULL;
}

void sign_in_take(struct wizard *w)
{
	struct account *a = &w->account;
	const struct str login = str_trim(str_of(edit_text(&w->sign_in.login)));

	free(a->login);
	a->login = str_dup(login);
	edit_set(&w->sign_in.login, str_of(a->login));
	if (!edit_is_empty(&w->sign_in.password)) {
		secret_free(a->password);
		a->password = secret_copy(w->sign_in.cleaned);
	}
	if (!wizard_is_icloud(w) && !edit_is_empty(&w->server)) {
		free(a->server);
		a->server = xstrdup(edit_text(&w->server));
	} else if (wizard_is_icloud(w)) {
		free(a->server);
		a->server = NULL;
	}
}
