#include <config.h>

#include "dav/uri.h"

#include "base/mem.h"

static struct str authority_of(struct str after_scheme)
{
	for (size_t i = 0; i < after_scheme.len; i++)
		if (after_scheme.ptr[i] == '/' || after_scheme.ptr[i] == '?')
			return str_slice(after_scheme, 0, i);
	return after_scheme;
}

static bool has_byte_above(struct str s, unsigned char limit)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] > limit)
			return true;
	return false;
}

/* "ada@example.org" is a mail address: only its host is of use. Anything with "@" that
 * is not one holds a name, perhaps a password, which does not belong into an address.
 */
static bool cut_mail_name(struct str *s, struct err *e)
{
	const struct str authority = authority_of(*s);
	const size_t at = str_find_char(authority, '@');

	if (at == STR_NONE)
		return true;
	const struct str host = str_from(*s, at + 1);
	if (!at || authority.len != s->len ||
		str_find_char(authority, ':') != STR_NONE ||
		str_find_char(host, '@') != STR_NONE)
		return err_set(e, ERR_USAGE,
			"Leave the name and the password out of the address.");
	*s = host;
	return true;
}

/* What is wrong with it in words for the field, before the strict rules look at it. */
static bool check_typed(struct str after_scheme, struct err *e)
{
	const struct str authority = authority_of(after_scheme);

	if (str_find_char(after_scheme, ' ') != STR_NONE)
		return err_set(e, ERR_USAGE, "An address has no blanks in it.");
	if (has_byte_above(authority, 0x7f))
		return err_set(e, ERR_USAGE,
			"Names with letters beyond a to z need their xn-- form here.");
	if (str_find_char(after_scheme, '#') != STR_NONE)
		return err_set(e, ERR_USAGE, "Leave out the # and what follows it.");
	if (str_find_char(authority, '@') != STR_NONE)
		return err_set(e, ERR_USAGE,
			"Leave the name and the password out of the address.");
	return true;
}

static bool cut_scheme(struct str *s, bool *tls, struct err *e)
{
	const size_t at = str_find(*s, STR("://"));

	*tls = true;
	if (at == STR_NONE)
		return cut_mail_name(s, e);
	const struct str scheme = str_slice(*s, 0, at);
	*tls = str_eq_nocase(scheme, STR("https"));
	if (!*tls && !str_eq_nocase(scheme, STR("http")))
		return err_set(e, ERR_USAGE, "Only addresses with https:// work here.");
	*s = str_from(*s, at + 3);
	return true;
}

bool uri_from_person(struct uri *u, struct str typed, struct err *e)
{
	struct str rest = str_trim(typed);
	struct uri found = {0};
	bool tls = true;

	if (!rest.len)
		return err_set(e, ERR_USAGE,
			"Type the address of the server, for example dav.example.org.");
	if (!cut_scheme(&rest, &tls, e) || !check_typed(rest, e))
		return false;
	AUTO_FREE char *text =
		xasprintf("%s://" STR_FMT, tls ? "https" : "http", STR_ARG(rest));
	if (!uri_parse(&found, str_of(text), e))
		return false;
	if (!tls && !origin_is_loopback(&found.origin)) {
		uri_clear(&found);
		return err_set(e, ERR_USAGE,
			"Plain http would show your password to the network; use "
			"https.");
	}
	*u = found;
	return true;
}
