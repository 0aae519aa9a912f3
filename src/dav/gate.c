#include <config.h>

#include "dav/uri.h"

#include "base/text.h"

/* "caldav" or "p" and one to three digits and "-caldav": the entry host and the
 * partition hosts seen, p02 to p180. */
static bool is_partition(struct str label)
{
	if (str_is(label, "caldav"))
		return true;
	if (!str_starts(label, STR("p")) || !str_ends(label, STR("-caldav")))
		return false;
	int64_t number = 0;
	const struct str digits =
		str_slice(label, 1, label.len - (sizeof("-caldav") - 1));
	return digits.len <= 3 && str_to_int(digits, 0, 999, &number) &&
	       ascii_is_digit(digits.ptr[0]);
}

static bool is_icloud(const struct origin *o)
{
	const struct str host = str_of(o->host);
	const size_t dot = str_find_char(host, '.');

	if (!o->tls || o->port != 443 || dot == STR_NONE)
		return false;
	const struct str domain = str_from(host, dot);
	return is_partition(str_slice(host, 0, dot)) &&
	       (str_is(domain, ".icloud.com") || str_is(domain, ".icloud.com.cn"));
}

static bool is_agreed(const struct gate *g, const struct origin *o)
{
	if (origin_equal(&g->home, o))
		return true;
	for (size_t i = 0; i < g->n_allowed; i++)
		if (origin_equal(&g->allowed[i], o))
			return true;
	return false;
}

bool gate_allows(const struct gate *g, const struct uri *u, struct err *e)
{
	const struct origin *o = &u->origin;

	if (!o->tls && !origin_is_loopback(o))
		return err_set(e, ERR_CONFIG, "%s would be asked over plain http",
			safe(str_of(o->host)).text);
	if (is_agreed(g, o) || (g->provider == PROVIDER_ICLOUD && is_icloud(o)))
		return true;
	return err_set(e, ERR_CONFIG,
		"the server points to %s://%s:%u, where your password must not go",
		o->tls ? "https" : "http", safe(str_of(o->host)).text,
		(unsigned)o->port);
}
