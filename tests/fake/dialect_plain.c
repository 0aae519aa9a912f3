/*
 * As the RFCs have it: 4918, 4791, 6578, 6764. Discovery begins with a redirect from
 * the well-known address.
 */
#include <config.h>

#include "tests/fake/server.h"

static void headers(struct exchange *x)
{
	response_header(x->response, "Server", "davd");
}

static bool at_the_door(struct exchange *x)
{
	if (x->place.kind != PLACE_WELL_KNOWN)
		return false;
	answer_status(x, 301);
	response_header(x->response, "Location", "/");
	return true;
}

static void refuse(struct exchange *x)
{
	answer_status(x, 401);
	response_header(x->response, "WWW-Authenticate", "Basic realm=\"davd\"");
}

static bool by_itself(struct exchange *x)
{
	(void)x;
	return false;
}

static bool has(const struct exchange *x, const struct place *p, enum prop prop)
{
	(void)x;
	if (p->kind == PLACE_HOME)
		return prop == PROP_RESOURCETYPE || prop == PROP_PRINCIPAL ||
		       prop == PROP_PRIVILEGES;
	return true;
}

static void token(const struct calendar *c, uint64_t rev, struct buf *out)
{
	buf_printf(out, "http://davd.example/ns/sync/%s/%llu", c->name,
		(unsigned long long)rev);
}

static void ctag(const struct calendar *c, struct buf *out)
{
	buf_printf(out, "%llu", (unsigned long long)c->rev);
}

static void home_set(struct exchange *x, struct buf *out)
{
	buf_text(out, x->server->dialect->home);
}

static int refuse_put(struct exchange *x, const struct event *facts)
{
	struct calendar *in = NULL;
	const struct calendar *c = x->place.calendar;

	if (!facts->components)
		answer_error(x, 403, NS_CALDAV, "valid-calendar-data");
	else if (!facts->uid[0] || facts->has_method)
		answer_error(x, 403, NS_CALDAV, "valid-calendar-object-resource");
	else if (str_is(str_of(facts->component), "VEVENT") == c->todo)
		answer_error(x, 403, NS_CALDAV, "supported-calendar-component");
	else if (store_uid(&x->server->store, facts->uid, &in) != x->place.object &&
		 in == c)
		answer_error(x, 403, NS_CALDAV, "no-uid-conflict");
	else
		return 0;
	return 403;
}

static void keep(struct buf *out, struct str body)
{
	buf_add(out, body);
}

const struct dialect dialect_plain = {
	.name = "plain",
	.style = XML_PREFIXES,
	.principal = "/principals/ada/",
	.home = "/calendars/ada/",
	.inline_data = true,
	.headers = headers,
	.at_the_door = at_the_door,
	.refuse = refuse,
	.by_itself = by_itself,
	.has = has,
	.token = token,
	.ctag = ctag,
	.home_set = home_set,
	.refuse_put = refuse_put,
	.keep = keep,
};
