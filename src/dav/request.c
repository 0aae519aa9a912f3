#include <config.h>

#include "dav/request.h"

#include "base/mem.h"

#define XML_TYPE "application/xml; charset=utf-8"
#define DECLARATION "<?xml version=\"1.0\" encoding=\"utf-8\"?>"
#define WITH_CALDAV " xmlns:C=\"urn:ietf:params:xml:ns:caldav\""
#define WITH_OTHERS                                                                    \
	" xmlns:CS=\"http://calendarserver.org/ns/\""                                  \
	" xmlns:A=\"http://apple.com/ns/ical/\""

static void begin(struct dav_request *r, const char *method, const struct uri *at,
	int depth, size_t max_body)
{
	*r = (struct dav_request){
		.method = method,
		.depth = depth,
		.content_type = XML_TYPE,
		.max_body = max_body,
		.compress = true,
	};
	uri_copy(&r->uri, at);
	buf_text(&r->body, DECLARATION);
}

/* Most hrefs and tokens need no escaping, and there can be thousands in one body. */
static void add_escaped(struct buf *body, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		const char c = text.ptr[i];
		if (c == '&' || c == '<' || c == '>' || c == '"') {
			buf_xml(body, text);
			return;
		}
	}
	buf_add(body, text);
}

void dav_ask_principal(struct dav_request *r, const struct uri *at)
{
	begin(r, "PROPFIND", at, DEPTH_0, DAV_BODY_DISCOVERY);
	buf_text(&r->body, "<propfind xmlns=\"DAV:\"><prop><current-user-principal/>"
			   "</prop></propfind>");
}

void dav_ask_home(struct dav_request *r, const struct uri *principal)
{
	begin(r, "PROPFIND", principal, DEPTH_0, DAV_BODY_DISCOVERY);
	buf_text(&r->body, "<propfind xmlns=\"DAV:\"" WITH_CALDAV "><prop>"
			   "<C:calendar-home-set/></prop></propfind>");
}

void dav_ask_calendars(struct dav_request *r, const struct uri *home)
{
	begin(r, "PROPFIND", home, DEPTH_1, DAV_BODY_DISCOVERY);
	buf_text(&r->body, "<propfind xmlns=\"DAV:\"" WITH_CALDAV WITH_OTHERS "><prop>"
			   "<resourcetype/><displayname/>"
			   "<C:supported-calendar-component-set/>"
			   "<CS:getctag/><sync-token/>"
			   "<A:calendar-color/><A:calendar-order/>"
			   "<current-user-privilege-set/>"
			   "</prop></propfind>");
}

/* RFC 6578 section 3.2: Depth 0; how deep it looks is told by sync-level. */
void dav_ask_changes(struct dav_request *r, const struct uri *calendar,
	struct str token, bool with_data)
{
	begin(r, "REPORT", calendar, DEPTH_0, DAV_BODY_STREAM);
	buf_text(&r->body,
		"<sync-collection xmlns=\"DAV:\"" WITH_CALDAV "><sync-token>");
	add_escaped(&r->body, token);
	buf_text(&r->body, "</sync-token><sync-level>1</sync-level><prop><getetag/>");
	if (with_data)
		buf_text(&r->body, "<C:calendar-data/>");
	buf_text(&r->body, "</prop></sync-collection>");
}

void dav_ask_listing(struct dav_request *r, const struct uri *calendar)
{
	begin(r, "PROPFIND", calendar, DEPTH_1, DAV_BODY_STREAM);
	buf_text(&r->body, "<propfind xmlns=\"DAV:\"><prop><resourcetype/><getetag/>"
			   "</prop></propfind>");
}

/* A bare calendar-data on purpose: with parts named, iCloud drops time zones or events.
 */
void dav_ask_objects(struct dav_request *r, const struct uri *calendar,
	const struct str *hrefs, size_t count)
{
	begin(r, "REPORT", calendar, DEPTH_1, DAV_BODY_STREAM);
	buf_text(&r->body, "<C:calendar-multiget xmlns=\"DAV:\"" WITH_CALDAV
			   "><prop><getetag/><C:calendar-data/></prop>");
	for (size_t i = 0; i < count; i++) {
		buf_text(&r->body, "<href>");
		add_escaped(&r->body, hrefs[i]);
		buf_text(&r->body, "</href>");
	}
	buf_text(&r->body, "</C:calendar-multiget>");
}

void dav_ask_object(struct dav_request *r, const struct uri *object)
{
	*r = (struct dav_request){.method = "GET",
		.depth = DEPTH_NONE,
		.max_body = DAV_BODY_OBJECT};
	uri_copy(&r->uri, object);
}

bool dav_tag_is_strong(const char *tag)
{
	return tag && tag[0] && !str_starts(str_of(tag), STR("W/"));
}

/* Some servers tell a tag without its quotes and want it with them (RFC 9110, 8.8.3).
 */
static char *quoted(const char *tag)
{
	if (!dav_tag_is_strong(tag))
		return NULL;
	return tag[0] == '"' ? xstrdup(tag) : xasprintf("\"%s\"", tag);
}

void dav_put(struct dav_request *r, const struct uri *object, struct str body,
	const char *if_match)
{
	*r = (struct dav_request){
		.method = "PUT",
		.depth = DEPTH_NONE,
		.content_type = "text/calendar; charset=utf-8",
		.if_match = quoted(if_match),
		.if_none_match = !if_match,
		.max_body = DAV_BODY_ANSWER,
	};
	uri_copy(&r->uri, object);
	buf_add(&r->body, body);
}

void dav_remove(struct dav_request *r, const struct uri *object, const char *if_match)
{
	*r = (struct dav_request){
		.method = "DELETE",
		.depth = DEPTH_NONE,
		.if_match = quoted(if_match),
		.max_body = DAV_BODY_ANSWER,
	};
	uri_copy(&r->uri, object);
}
