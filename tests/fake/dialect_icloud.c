/*
 * As iCloud was seen to answer. The marks Q1 to Q46 are those of the tests that look at
 * each of them.
 */
#include <config.h>

#include <string.h>

#include "base/mem.h"
#include "tests/fake/base64.h"
#include "tests/fake/server.h"

#define REALM "realm=\"MMCalDav\""
#define ENTRY "caldav.icloud.com"

/* As in an answer of 2025. */
static const struct {
	const char *name;
	const char *value;
} fixed[] = {
	{"Server", "AppleHttpServer/5f2c9a71e0b4"},
	{"X-Responding-Instance",
		"caldavj:3:p77-caldavj-5c8df7bb9f-q2x7k:8080:2616B792:9d3c11e07a42"},
	{"Strict-Transport-Security", "max-age=31536000; includeSubDomains;"},
	{"Via", "xrail:st42p00ic-zteu01020304.me.com:8301:26R21:grp20,"
		"631194250daa17e24277dea86cf30319:0d:usdal2"},
	{"X-Apple-Request-UUID", "5b1c0f6e-8f0a-4f0b-9a57-2f6f7ad6c0f1"},
	{"Access-Control-Expose-Headers", "X-Apple-Request-UUID,Via"},
	{"alt-svc", "clear"},
	{"X-Apple-Edge-Response-Time", "162"},
};

static int64_t partition(const struct exchange *x)
{
	const struct server *s = x->server;

	return x->sw->rotate ? 1 + (s->partition + (int64_t)s->requests) % 180
	                     : s->partition;
}

/* Q3: the name before the colon, whatever the password. */
static bool is_known(const struct exchange *x)
{
	struct str header = request_header(x->request, HEADER_AUTHORIZATION);
	SCOPED(buf) pair = buf_with_max(0);
	struct str scheme;
	struct str name;

	if (x->sw->unknown_partition)
		return true;
	if (!str_split(&header, ' ', &scheme) || !base64_decode(&pair, header))
		return false;
	struct str rest = buf_view(&pair);
	return str_split(&rest, ':', &name) && str_is(name, x->server->login);
}

static void headers(struct exchange *x)
{
	struct response *a = x->response;

	for (size_t i = 0; i < COUNT_OF(fixed); i++)
		response_header(a, fixed[i].name, fixed[i].value);
	if (is_known(x))
		buf_printf(&a->headers, "x-apple-user-partition: %02d\r\n",
			(int)x->server->partition);
}

static bool is_our_host(struct str host)
{
	host = str_slice(host, 0, str_find_char(host, ':'));
	return str_is(host, ENTRY) ||
	       (str_starts(host, STR("p")) && str_ends(host, STR("-" ENTRY)));
}

/* Q38: what a browser does, and hosts that are not of the service. */
static bool at_the_door(struct exchange *x)
{
	const struct request *r = x->request;

	if (r->tls && !is_our_host(request_header(r, HEADER_HOST)))
		answer_status(x, 421);
	else if (!strcmp(r->method, "GET") && x->place.kind == PLACE_ROOT)
		answer_status(x, 400);
	else
		return false;
	return true;
}

static void refuse(struct exchange *x)
{
	struct response *a = x->response;

	answer_status(x, 401);
	if (x->sw->edge) {
		response_header(a, "www-authenticate",
			"X-MobileMe-AuthToken " REALM ", Basic " REALM);
		response_header(a, "X-Apple-Filtered-At-Edge", "true");
		return;
	}
	response_header(a, "WWW-Authenticate", "Basic " REALM);
	response_header(a, "WWW-Authenticate", "X-MobileMe-AuthToken " REALM);
}

static bool is_entry(const struct exchange *x)
{
	const struct str host = request_header(x->request, HEADER_HOST);

	return !x->request->tls || str_starts(host, STR(ENTRY));
}

/* Q5 */
static bool redirect(struct exchange *x)
{
	const bool start =
		x->place.kind == PLACE_ROOT || x->place.kind == PLACE_WELL_KNOWN;
	AUTO_FREE char *to = xasprintf("https://p%02d-" ENTRY "/%s", (int)partition(x),
		x->sw->redirect == 2 ? ".well-known/caldav" : "");

	if (!x->sw->redirect || !start || !is_entry(x))
		return false;
	answer_status(x, 301);
	response_header(x->response, "Location", to);
	return true;
}

/* Q37 */
static bool is_bad_body(const struct exchange *x)
{
	const struct str body = buf_view(&x->request->body);

	if (!strcmp(x->request->method, "PUT") || !body.len)
		return false;
	return x->query.kind == QUERY_UNKNOWN || body.ptr[0] != '<';
}

/* Q19, Q20: the status, or 0. */
static int refused_filter(const struct query *q)
{
	if (q->by_uid)
		return 412;
	if (!q->wants_events)
		return 500;
	return q->has_range && q->start >= 0 && q->end >= 0 && q->start >= q->end ? 500
	                                                                          : 0;
}

static void nothing(struct exchange *x)
{
	struct xml xml;

	x->response->status = 207;
	x->response->type = "text/xml; charset=utf-8";
	xml_begin(&xml, &x->response->body, XML_APPLE);
	xml_end(&xml, NULL);
}

static bool answer_report(struct exchange *x)
{
	const struct query *q = &x->query;
	const int refused = q->kind == QUERY_FILTER ? refused_filter(q) : 0;

	if (q->kind == QUERY_FREE_BUSY) /* Q21 */
		answer_status(x, 400);
	else if (refused)
		answer_status(x, refused);
	else if (q->kind == QUERY_FILTER && q->wants_todos) /* Q19 */
		nothing(x);
	else if (x->place.calendar && x->place.calendar->source) /* Q33 */
		nothing(x);
	else
		return false;
	return true;
}

/* Q40 */
static bool is_escaped_at(const struct exchange *x)
{
	return x->sw->escaped_at &&
	       str_find(str_of(x->request->path), STR("%40")) != STR_NONE;
}

static bool by_itself(struct exchange *x)
{
	const char *method = x->request->method;

	if (redirect(x))
		return true;
	if (is_bad_body(x))
		answer_status(x, 400);
	else if (!strcmp(method, "REPORT"))
		return answer_report(x);
	else if (!strcmp(method, "GET") &&
		 (x->place.kind != PLACE_OBJECT || is_escaped_at(x)))
		answer_status(x, 404); /* Q38, Q40 */
	else if (!strcmp(method, "MOVE"))
		answer_status(x, 412); /* Q44 */
	else
		return false;
	return true;
}

/* Q6: "/" is nothing but the way to the principal. */
static bool has(const struct exchange *x, const struct place *p, enum prop prop)
{
	(void)x;
	if (p->kind == PLACE_ROOT || p->kind == PLACE_WELL_KNOWN)
		return prop == PROP_PRINCIPAL;
	return prop != PROP_TYPE;
}

static void add_number(struct buf *raw, uint64_t n, int bytes)
{
	while (bytes--)
		buf_char(raw, (char)(n >> 8 * bytes & 0xff));
}

static unsigned char name_byte(const struct calendar *c, size_t i)
{
	const size_t len = strlen(c->name);

	return len ? (unsigned char)((unsigned char)c->name[i % len] * (i + 1)) : 0;
}

/* Q12: the shape of the tokens seen, with the revision in it. */
static void token(const struct calendar *c, uint64_t rev, struct buf *out)
{
	SCOPED(buf) raw = buf_with_max(0);

	buf_add(&raw, (struct str){"\x1f\x0a\x10\x12\x0c\0\0", 7});
	add_number(&raw, rev, 6);
	add_number(&raw, 0, 4);
	buf_add(&raw, (struct str){"\x18\x01\x18\x00\x22\x15", 6});
	for (size_t i = 0; i < 21; i++)
		buf_char(&raw, (char)name_byte(c, i));
	buf_add(&raw, (struct str){"\x28\x00", 2});
	base64_encode(out, buf_view(&raw));
}

static void ctag(const struct calendar *c, struct buf *out)
{
	token(c, c->rev, out);
}

/* Q7: at once absolute, with the port, on a partition. */
static void home_set(struct exchange *x, struct buf *out)
{
	buf_printf(out, "https://p%02d-" ENTRY ":443%s", (int)partition(x),
		x->server->dialect->home);
}

/* Q31 */
static bool is_strange(const char *name)
{
	for (const char *c = name; *c; c++)
		if ((unsigned char)*c <= ' ' || (unsigned char)*c >= 0x7f)
			return true;
	return false;
}

/* Q25, Q26, Q30, Q31 */
static int refuse_put(struct exchange *x, const struct event *facts)
{
	const struct str component = str_of(facts->component);
	struct calendar *in = NULL;

	if (is_strange(x->place.name) || !facts->components)
		return 403;
	if (str_is(component, "VJOURNAL"))
		return 500;
	if (str_is(component, "VTODO") != x->place.calendar->todo)
		return 403;
	if (str_is(component, "VEVENT") && facts->endless)
		return 404;
	const struct object *other = store_uid(&x->server->store, facts->uid, &in);
	return other && other != x->place.object ? 412 : 0;
}

const struct dialect dialect_icloud = {
	.name = "icloud",
	.style = XML_APPLE,
	.principal = "/20481632641/principal/",
	.home = "/20481632641/calendars/",
	.tells_self = true,
	.headers = headers,
	.at_the_door = at_the_door,
	.refuse = refuse,
	.by_itself = by_itself,
	.has = has,
	.token = token,
	.ctag = ctag,
	.home_set = home_set,
	.refuse_put = refuse_put,
	.keep = event_with_own_zones,
};
