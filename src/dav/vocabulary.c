#include <config.h>

#include "dav/vocabulary.h"

#include "dav/multistatus.h"

#define MAY_WRITE (DAV_MAY_WRITE_CONTENT | DAV_MAY_BIND | DAV_MAY_UNBIND)

/* clang-format off */
static const struct row rows[] = {
	{TAG_DOCUMENT, XML_DAV, "multistatus", TAG_MULTISTATUS, 0, 0},
	{TAG_MULTISTATUS, XML_DAV, "response", TAG_RESPONSE, 0, 0},
	{TAG_MULTISTATUS, XML_DAV, "sync-token", TAG_END_TOKEN, 0, 0},
	{TAG_RESPONSE, XML_DAV, "href", TAG_HREF, 0, 0},
	{TAG_RESPONSE, XML_DAV, "status", TAG_RESPONSE_STATUS, 0, 0},
	{TAG_RESPONSE, XML_DAV, "propstat", TAG_PROPSTAT, 0, 0},
	{TAG_PROPSTAT, XML_DAV, "prop", TAG_PROP, 0, 0},
	{TAG_PROPSTAT, XML_DAV, "status", TAG_STATUS, 0, 0},
	{TAG_PROP, XML_DAV, "getetag", TAG_TEXT, DAV_P_ETAG, FIELD_ETAG},
	{TAG_PROP, XML_CALDAV, "calendar-data", TAG_TEXT, DAV_P_DATA, FIELD_DATA},
	{TAG_PROP, XML_DAV, "displayname", TAG_TEXT, DAV_P_DISPLAYNAME, FIELD_DISPLAYNAME},
	{TAG_PROP, XML_SERVER, "getctag", TAG_TEXT, DAV_P_CTAG, FIELD_CTAG},
	{TAG_PROP, XML_DAV, "sync-token", TAG_TEXT, DAV_P_SYNC_TOKEN, FIELD_SYNC_TOKEN},
	{TAG_PROP, XML_APPLE, "calendar-color", TAG_TEXT, DAV_P_COLOR, FIELD_COLOR},
	{TAG_PROP, XML_APPLE, "calendar-order", TAG_TEXT, DAV_P_ORDER, FIELD_ORDER},
	{TAG_PROP, XML_DAV, "resourcetype", TAG_RESOURCETYPE, DAV_P_RESOURCETYPE, 0},
	{TAG_RESOURCETYPE, XML_DAV, "collection", TAG_TYPE, DAV_COLLECTION, 0},
	{TAG_RESOURCETYPE, XML_DAV, "principal", TAG_TYPE, DAV_PRINCIPAL, 0},
	{TAG_RESOURCETYPE, XML_CALDAV, "calendar", TAG_TYPE, DAV_CALENDAR, 0},
	{TAG_RESOURCETYPE, XML_CALDAV, "schedule-inbox", TAG_TYPE, DAV_SCHEDULE_INBOX, 0},
	{TAG_RESOURCETYPE, XML_CALDAV, "schedule-outbox", TAG_TYPE, DAV_SCHEDULE_OUTBOX, 0},
	{TAG_RESOURCETYPE, XML_SERVER, "notification", TAG_TYPE, DAV_NOTIFICATION, 0},
	{TAG_RESOURCETYPE, XML_SERVER, "subscribed", TAG_TYPE, DAV_SUBSCRIBED, 0},
	{TAG_RESOURCETYPE, XML_SERVER, "shared", TAG_TYPE, DAV_SHARED, 0},
	{TAG_RESOURCETYPE, XML_SERVER, "shared-owner", TAG_TYPE, DAV_SHARED_OWNER, 0},
	{TAG_PROP, XML_DAV, "current-user-privilege-set", TAG_PRIVILEGES, DAV_P_PRIVILEGES, 0},
	{TAG_PRIVILEGES, XML_DAV, "privilege", TAG_PRIVILEGE, 0, 0},
	{TAG_PRIVILEGE, XML_DAV, "read", TAG_MAY, DAV_MAY_READ, 0},
	{TAG_PRIVILEGE, XML_DAV, "write-content", TAG_MAY, DAV_MAY_WRITE_CONTENT, 0},
	{TAG_PRIVILEGE, XML_DAV, "bind", TAG_MAY, DAV_MAY_BIND, 0},
	{TAG_PRIVILEGE, XML_DAV, "unbind", TAG_MAY, DAV_MAY_UNBIND, 0},
	{TAG_PRIVILEGE, XML_DAV, "write", TAG_MAY, MAY_WRITE, 0},
	{TAG_PRIVILEGE, XML_DAV, "all", TAG_MAY, DAV_MAY_READ | MAY_WRITE, 0},
	{TAG_PROP, XML_CALDAV, "supported-calendar-component-set", TAG_COMPONENTS,
		DAV_P_COMPONENTS, 0},
	{TAG_COMPONENTS, XML_CALDAV, "comp", TAG_COMPONENT, 0, 0},
	{TAG_PROP, XML_DAV, "current-user-principal", TAG_PRINCIPAL, DAV_P_PRINCIPAL, 0},
	{TAG_PRINCIPAL, XML_DAV, "href", TAG_PRINCIPAL_HREF, 0, FIELD_PRINCIPAL},
	{TAG_PROP, XML_CALDAV, "calendar-home-set", TAG_HOME, DAV_P_HOME, 0},
	{TAG_HOME, XML_DAV, "href", TAG_HOME_HREF, 0, 0},
};
/* clang-format on */

static bool same_name(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

const struct row *vocabulary_root(void)
{
	static const struct row document = {.tag = TAG_DOCUMENT};

	return &document;
}

const struct row *vocabulary_row(enum tag parent, const struct xml_element *el)
{
	static const struct row other = {.tag = TAG_OTHER};

	for (size_t i = 0; parent != TAG_OTHER && i < COUNT_OF(rows); i++)
		if (rows[i].parent == parent && rows[i].space == el->space &&
			same_name(rows[i].name, el->name))
			return &rows[i];
	return &other;
}

unsigned vocabulary_component(struct str name)
{
	static const struct {
		const char *name;
		unsigned bit;
	} components[] = {{"VEVENT", DAV_VEVENT}, {"VTODO", DAV_VTODO},
		{"VJOURNAL", DAV_VJOURNAL}, {"VFREEBUSY", DAV_VFREEBUSY}};

	for (size_t i = 0; i < COUNT_OF(components); i++)
		if (str_eq_nocase(name, str_of(components[i].name)))
			return components[i].bit;
	return 0;
}

unsigned vocabulary_prop(enum field field)
{
	static const unsigned field_prop[FIELDS] = {
		[FIELD_DISPLAYNAME] = DAV_P_DISPLAYNAME,
		[FIELD_CTAG] = DAV_P_CTAG,
		[FIELD_SYNC_TOKEN] = DAV_P_SYNC_TOKEN,
		[FIELD_COLOR] = DAV_P_COLOR,
		[FIELD_ORDER] = DAV_P_ORDER,
		[FIELD_ETAG] = DAV_P_ETAG,
		[FIELD_DATA] = DAV_P_DATA,
		[FIELD_PRINCIPAL] = DAV_P_PRINCIPAL,
	};

	return field_prop[field];
}
