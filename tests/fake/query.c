#include <config.h>

#include "tests/fake/query.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <string.h>

#include "base/mem.h"
#include "tests/fake/event.h"

static const struct prop_name names[] = {
	[PROP_DISPLAYNAME] = {NS_DAV, "displayname"},
	[PROP_RESOURCETYPE] = {NS_DAV, "resourcetype"},
	[PROP_COMPONENTS] = {NS_CALDAV, "supported-calendar-component-set"},
	[PROP_CTAG] = {NS_SERVER, "getctag"},
	[PROP_SYNC_TOKEN] = {NS_DAV, "sync-token"},
	[PROP_COLOR] = {NS_APPLE, "calendar-color"},
	[PROP_ORDER] = {NS_APPLE, "calendar-order"},
	[PROP_PRIVILEGES] = {NS_DAV, "current-user-privilege-set"},
	[PROP_SOURCE] = {NS_SERVER, "source"},
	[PROP_PRINCIPAL] = {NS_DAV, "current-user-principal"},
	[PROP_HOME_SET] = {NS_CALDAV, "calendar-home-set"},
	[PROP_ADDRESSES] = {NS_CALDAV, "calendar-user-address-set"},
	[PROP_REPORTS] = {NS_DAV, "supported-report-set"},
	[PROP_DEFAULT_CALENDAR] = {NS_CALDAV, "schedule-default-calendar-URL"},
	[PROP_ETAG] = {NS_DAV, "getetag"},
	[PROP_TYPE] = {NS_DAV, "getcontenttype"},
	[PROP_DATA] = {NS_CALDAV, "calendar-data"},
};

const struct prop_name *prop_name(enum prop p)
{
	return &names[p];
}

const char *query_word(enum query_kind kind)
{
	static const char *const words[] = {
		[QUERY_NONE] = "-",
		[QUERY_PROPS] = "propfind",
		[QUERY_ALL_PROPS] = "allprop",
		[QUERY_SYNC] = "sync-collection",
		[QUERY_MULTIGET] = "calendar-multiget",
		[QUERY_FILTER] = "calendar-query",
		[QUERY_FREE_BUSY] = "free-busy-query",
		[QUERY_CHANGE] = "change",
		[QUERY_UNKNOWN] = "unknown",
	};

	return words[kind];
}

static const char *space_of(const xmlNode *n)
{
	return n->ns && n->ns->href ? (const char *)n->ns->href : "";
}

static const char *name_of(const xmlNode *n)
{
	return (const char *)n->name;
}

static bool is(const xmlNode *n, const char *space, const char *name)
{
	return n->type == XML_ELEMENT_NODE && !strcmp(space_of(n), space) &&
	       !strcmp(name_of(n), name);
}

static char *text_of(const xmlNode *n)
{
	xmlChar *content = xmlNodeGetContent(n);
	char *text = str_dup(str_trim(str_of((const char *)content)));

	xmlFree(content);
	return text;
}

static char *attribute_of(xmlNode *n, const char *name)
{
	xmlChar *value = xmlGetNoNsProp(n, (const xmlChar *)name);
	char *text = xstrdup_or_null((const char *)value);

	xmlFree(value);
	return text;
}

static void add_wanted(struct query *q, const xmlNode *n)
{
	q->wanted = xgrow(q->wanted, q->n_wanted, &q->cap_wanted, sizeof(*q->wanted));
	struct wanted *w = &q->wanted[q->n_wanted++];
	*w = (struct wanted){.prop = PROP_OTHER};
	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (is(n, names[i].space, names[i].name))
			w->prop = (enum prop)i;
	w->space = xstrdup(space_of(n));
	w->name = xstrdup(name_of(n));
}

static int64_t read_time(xmlNode *n, const char *name)
{
	AUTO_FREE char *text = attribute_of(n, name);

	return text ? event_time(str_of(text)) : -1;
}

static void read_range(struct query *q, xmlNode *n)
{
	q->has_range = true;
	q->start = read_time(n, "start");
	q->end = read_time(n, "end");
}

/* A filter, at whatever depth. */
static void read_filter(struct query *q, xmlNode *n)
{
	AUTO_FREE char *name = attribute_of(n, "name");
	const struct str which = str_of(name);

	if (is(n, NS_CALDAV, "comp-filter")) {
		q->wants_events |= str_is(which, "VEVENT");
		q->wants_todos |= str_is(which, "VTODO");
	} else if (is(n, NS_CALDAV, "prop-filter")) {
		q->by_uid |= str_is(which, "UID");
	} else if (is(n, NS_CALDAV, "time-range")) {
		read_range(q, n);
	}
	for (xmlNode *c = n->children; c; c = c->next)
		if (c->type == XML_ELEMENT_NODE)
			read_filter(q, c);
}

static void read_prop(struct query *q, xmlNode *n)
{
	add_wanted(q, n);
	if (q->wanted[q->n_wanted - 1].prop != PROP_DATA)
		return;
	for (const xmlNode *c = n->children; c; c = c->next)
		q->expand |= is(c, NS_CALDAV, "expand");
}

static void add_href(struct query *q, const xmlNode *n)
{
	q->hrefs = xgrow(q->hrefs, q->n_hrefs, &q->cap_hrefs, sizeof(char *));
	q->hrefs[q->n_hrefs++] = text_of(n);
}

static void read_limit(struct query *q, const xmlNode *n)
{
	for (const xmlNode *c = n->children; c; c = c->next) {
		if (!is(c, NS_DAV, "nresults"))
			continue;
		AUTO_FREE char *text = text_of(c);
		(void)!str_to_int(str_of(text), 1, INT32_MAX, &q->limit);
	}
}

static void read_child(struct query *q, xmlNode *n)
{
	if (is(n, NS_DAV, "prop")) {
		for (xmlNode *c = n->children; c; c = c->next)
			if (c->type == XML_ELEMENT_NODE)
				read_prop(q, c);
	} else if (is(n, NS_DAV, "allprop") || is(n, NS_DAV, "propname")) {
		q->kind = QUERY_ALL_PROPS;
	} else if (is(n, NS_DAV, "sync-token")) {
		free(q->token);
		q->token = text_of(n);
	} else if (is(n, NS_DAV, "limit")) {
		read_limit(q, n);
	} else if (is(n, NS_DAV, "href")) {
		add_href(q, n);
	} else if (is(n, NS_CALDAV, "filter")) {
		read_filter(q, n);
	}
}

/* {DAV:}set with {DAV:}prop in it. */
static void read_change(struct query *q, const xmlNode *n)
{
	for (const xmlNode *c = n->children; c; c = c->next) {
		if (is(c, NS_DAV, "displayname")) {
			free(q->display);
			q->display = text_of(c);
		} else if (is(c, NS_APPLE, "calendar-color")) {
			free(q->color);
			q->color = text_of(c);
		} else if (c->type == XML_ELEMENT_NODE) {
			read_change(q, c);
		}
	}
}

static enum query_kind kind_of(const xmlNode *root)
{
	static const struct {
		const char *space;
		const char *name;
		enum query_kind kind;
	} kinds[] = {
		{NS_DAV, "propfind", QUERY_PROPS},
		{NS_DAV, "sync-collection", QUERY_SYNC},
		{NS_CALDAV, "calendar-multiget", QUERY_MULTIGET},
		{NS_CALDAV, "calendar-query", QUERY_FILTER},
		{NS_CALDAV, "free-busy-query", QUERY_FREE_BUSY},
		{NS_CALDAV, "mkcalendar", QUERY_CHANGE},
		{NS_DAV, "mkcol", QUERY_CHANGE},
		{NS_DAV, "propertyupdate", QUERY_CHANGE},
	};

	for (size_t i = 0; i < COUNT_OF(kinds); i++)
		if (is(root, kinds[i].space, kinds[i].name))
			return kinds[i].kind;
	return QUERY_UNKNOWN;
}

static void read_root(struct query *q, const xmlNode *root)
{
	q->kind = kind_of(root);
	if (q->kind == QUERY_CHANGE)
		read_change(q, root);
	else
		for (xmlNode *c = root->children; c; c = c->next)
			if (c->type == XML_ELEMENT_NODE)
				read_child(q, c);
}

bool query_read(struct query *q, struct str body)
{
	const int quiet = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;

	*q = (struct query){.start = -1, .end = -1};
	if (!body.len)
		return true;
	xmlDoc *doc = xmlReadMemory(body.ptr, (int)body.len, NULL, NULL, quiet);
	if (!doc)
		return false;
	const bool good = doc->intSubset == NULL;
	if (good)
		read_root(q, xmlDocGetRootElement(doc));
	xmlFreeDoc(doc);
	return good;
}

void query_clear(struct query *q)
{
	for (size_t i = 0; i < q->n_wanted; i++) {
		free(q->wanted[i].space);
		free(q->wanted[i].name);
	}
	for (size_t i = 0; i < q->n_hrefs; i++)
		free(q->hrefs[i]);
	free(q->wanted);
	free(q->hrefs);
	free(q->token);
	free(q->display);
	free(q->color);
	*q = (struct query){0};
}

bool query_wants(const struct query *q, enum prop p)
{
	for (size_t i = 0; i < q->n_wanted; i++)
		if (q->wanted[i].prop == p)
			return true;
	return false;
}
