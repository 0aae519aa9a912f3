#include <config.h>

#include "tests/fake/props.h"

#include <string.h>

#include "base/mem.h"
#include "tests/fake/rows.h"

static bool is_collection(const struct place *p)
{
	return p->kind == PLACE_HOME || p->kind == PLACE_CALENDAR;
}

static bool is_calendar(const struct place *p)
{
	return p->kind == PLACE_CALENDAR && p->calendar->kind == KIND_CALENDAR;
}

static bool has_tag(const struct exchange *x, const struct place *p)
{
	if (p->kind == PLACE_CALENDAR)
		return x->server->dialect->tells_self;
	return p->kind == PLACE_OBJECT && x->sw->etags != 1;
}

static bool has_token(const struct exchange *x, const struct place *p)
{
	return is_calendar(p) && !x->sw->no_sync;
}

bool prop_is(const struct exchange *x, const struct place *p, enum prop prop,
	bool with_data)
{
	const struct calendar *c = p->kind == PLACE_CALENDAR ? p->calendar : NULL;

	if (!x->server->dialect->has(x, p, prop))
		return false;
	switch (prop) {
	case PROP_DISPLAYNAME:
		return p->kind == PLACE_HOME || (c && c->display);
	case PROP_RESOURCETYPE:
	case PROP_PRINCIPAL:
		return true;
	case PROP_COMPONENTS:
		return p->kind == PLACE_HOME || (c && c->kind != KIND_NOTIFICATION);
	case PROP_CTAG:
		return c ? c->kind != KIND_OUTBOX : p->kind == PLACE_HOME;
	case PROP_SYNC_TOKEN:
		return has_token(x, p);
	case PROP_COLOR:
		return c && c->color;
	case PROP_ORDER:
		return c && c->order;
	case PROP_PRIVILEGES:
	case PROP_REPORTS:
		return is_collection(p);
	case PROP_SOURCE:
		return c && c->source;
	case PROP_HOME_SET:
		return p->kind == PLACE_PRINCIPAL && x->sw->service_off != 1;
	case PROP_ADDRESSES:
		return p->kind == PLACE_PRINCIPAL;
	case PROP_DEFAULT_CALENDAR:
		return p->kind == PLACE_HOME;
	case PROP_ETAG:
		return has_tag(x, p);
	case PROP_TYPE:
		return p->kind == PLACE_OBJECT;
	case PROP_DATA:
		return with_data && p->object;
	case PROP_OTHER:
		return false;
	}
	return false;
}

char *etag_told(const struct exchange *x, const char *etag)
{
	if (x->sw->etags == 1)
		return NULL;
	return xasprintf("%s%s", x->sw->etags == 2 ? "W/" : "", etag);
}

static void write_types(struct xml *xml, const struct place *p)
{
	const struct calendar *c = p->calendar;

	if (is_collection(p))
		xml_empty(xml, NS_DAV, "collection");
	if (p->kind == PLACE_PRINCIPAL)
		xml_empty(xml, NS_DAV, "principal");
	if (p->kind != PLACE_CALENDAR)
		return;
	if (c->kind == KIND_INBOX)
		xml_empty(xml, NS_CALDAV, "schedule-inbox");
	if (c->kind == KIND_OUTBOX)
		xml_empty(xml, NS_CALDAV, "schedule-outbox");
	if (c->kind == KIND_NOTIFICATION)
		xml_empty(xml, NS_SERVER, "notification");
	if (c->source)
		xml_empty(xml, NS_SERVER, "subscribed");
	else if (c->kind == KIND_CALENDAR)
		xml_empty(xml, NS_CALDAV, "calendar");
	if (c->shared_owner)
		xml_empty(xml, NS_SERVER, "shared-owner");
	if (c->shared)
		xml_empty(xml, NS_SERVER, "shared");
}

static void write_components(struct xml *xml, const struct place *p)
{
	const struct calendar *c = p->calendar;
	const bool all = !c || c->kind == KIND_OUTBOX;

	if (all || !c->todo)
		xml_component(xml, "VEVENT");
	if (all || c->todo)
		xml_component(xml, "VTODO");
	if (!c)
		xml_component(xml, "VFREEBUSY");
}

static void write_privilege(struct xml *xml, const char *space, const char *name)
{
	xml_open(xml, NS_DAV, "privilege");
	xml_empty(xml, space, name);
	xml_close(xml);
}

static void write_privileges(struct xml *xml, const struct place *p)
{
	static const char *const writes[] = {"write", "write-properties",
		"write-content", "bind", "unbind"};
	const struct calendar *c = p->calendar;
	const bool notices = c && c->kind == KIND_NOTIFICATION;
	const bool out = c && c->kind == KIND_OUTBOX;

	write_privilege(xml, NS_DAV, "read");
	if (!notices)
		write_privilege(xml, NS_CALDAV, "read-free-busy");
	write_privilege(xml, NS_DAV, "read-current-user-privilege-set");
	if (notices)
		write_privilege(xml, NS_DAV, "unbind");
	if (out)
		write_privilege(xml, NS_CALDAV, "schedule-send");
	if (c && c->kind == KIND_INBOX)
		write_privilege(xml, NS_CALDAV, "schedule-deliver");
	if (notices || out || (c && c->read_only))
		return;
	for (size_t i = 0; i < COUNT_OF(writes); i++)
		write_privilege(xml, NS_DAV, writes[i]);
}

static void write_reports(struct xml *xml)
{
	static const struct prop_name reports[] = {{NS_DAV, "sync-collection"},
		{NS_CALDAV, "calendar-query"}, {NS_CALDAV, "calendar-multiget"},
		{NS_CALDAV, "free-busy-query"}};

	for (size_t i = 0; i < COUNT_OF(reports); i++) {
		xml_open(xml, NS_DAV, "supported-report");
		xml_open(xml, NS_DAV, "report");
		xml_empty(xml, reports[i].space, reports[i].name);
		xml_close(xml);
		xml_close(xml);
	}
}

static void write_tag(const struct exchange *x, struct xml *xml, const struct place *p)
{
	AUTO_FREE char *told =
		etag_told(x, p->object ? p->object->etag : "\"ldp3blyq\"");

	xml_text(xml, str_of(told));
}

static void write_data(const struct exchange *x, struct xml *xml, const struct place *p)
{
	const struct str body = str_of(p->object->body);
	SCOPED(buf) expanded = buf_with_max(0);
	char now[CLOCK_STAMP_SIZE];

	if (x->query.expand && xml->style == XML_APPLE) {
		SCOPED(buf) stamp = buf_with_max(0);
		clock_stamp(clock_wall_ms(x->server->clock) / 1000, now);
		for (const char *c = now; *c; c++)
			if (*c != '-' && *c != ':')
				buf_char(&stamp, *c);
		event_expanded(&expanded, body, buf_cstr(&stamp));
		xml_cdata(xml, buf_view(&expanded));
	} else if (xml->style == XML_APPLE && !x->sw->plain_data) {
		xml_cdata(xml, body);
	} else {
		xml_text(xml, body);
	}
}

static void write_text(struct exchange *x, struct xml *xml, const struct place *p,
	enum prop prop)
{
	const struct dialect *d = x->server->dialect;
	SCOPED(buf) text = buf_with_max(0);

	if (prop == PROP_DISPLAYNAME)
		buf_text(&text, p->calendar ? p->calendar->display : x->server->person);
	else if (prop == PROP_ORDER)
		buf_printf(&text, "%d", p->calendar->order);
	else if (prop == PROP_CTAG && p->calendar)
		d->ctag(p->calendar, &text);
	else if (prop == PROP_CTAG)
		buf_text(&text, "HwoQEgwAAAAAAAAAAAAAAAAYABgAIhU=");
	else if (prop == PROP_SYNC_TOKEN)
		d->token(p->calendar, p->calendar->rev, &text);
	else if (prop == PROP_TYPE)
		buf_text(&text, "text/calendar; charset=utf-8; component=VEVENT");
	xml_text(xml, buf_view(&text));
}

static void write_href(struct exchange *x, struct xml *xml, const struct place *p,
	enum prop prop)
{
	const struct dialect *d = x->server->dialect;
	SCOPED(buf) href = buf_with_max(0);

	if (prop == PROP_PRINCIPAL)
		buf_text(&href, d->principal);
	else if (prop == PROP_SOURCE)
		buf_text(&href, p->calendar->source);
	else if (prop == PROP_ADDRESSES)
		buf_printf(&href, "mailto:%s@example.org", "ada");
	else if (x->sw->home[0])
		buf_text(&href, x->sw->home);
	else
		d->home_set(x, &href);
	xml_href(xml, buf_view(&href));
}

static void write_value(struct exchange *x, struct xml *xml, const struct place *p,
	enum prop prop)
{
	switch (prop) {
	case PROP_RESOURCETYPE:
		write_types(xml, p);
		return;
	case PROP_COMPONENTS:
		write_components(xml, p);
		return;
	case PROP_PRIVILEGES:
		write_privileges(xml, p);
		return;
	case PROP_REPORTS:
		write_reports(xml);
		return;
	case PROP_PRINCIPAL:
	case PROP_SOURCE:
	case PROP_ADDRESSES:
	case PROP_HOME_SET:
		write_href(x, xml, p, prop);
		return;
	case PROP_ETAG:
		write_tag(x, xml, p);
		return;
	case PROP_DATA:
		write_data(x, xml, p);
		return;
	case PROP_DISPLAYNAME:
	case PROP_CTAG:
	case PROP_SYNC_TOKEN:
	case PROP_ORDER:
	case PROP_TYPE:
		write_text(x, xml, p, prop);
		return;
	case PROP_COLOR:
	case PROP_DEFAULT_CALENDAR:
	case PROP_OTHER:
		return;
	}
}

void prop_write(struct exchange *x, struct xml *xml, const struct place *p,
	enum prop prop)
{
	const struct prop_name *name = prop_name(prop);

	if (prop == PROP_COLOR) {
		xml_color(xml, str_of(p->calendar->color));
		return;
	}
	xml_open(xml, name->space, name->name);
	write_value(x, xml, p, prop);
	xml_close(xml);
}
