#include <config.h>

#include "tests/bench/answer.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "dav/uri.h"

#define TOKEN "http://davbench.example/ns/sync/"
#define OPENING                                                                        \
	"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"                                 \
	"<multistatus xmlns=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\""        \
	" xmlns:CS=\"http://calendarserver.org/ns/\""                                  \
	" xmlns:A=\"http://apple.com/ns/ical/\">"
#define FOUND "</prop><status>HTTP/1.1 200 OK</status></propstat>"

/* Where a request points to. */
struct place {
	size_t calendar; /* from 1; 0 = not in a calendar */
	struct str name; /* of the event; "" = the calendar itself */
};

static bool asks(const struct question *q, const char *property)
{
	return str_find(q->body, str_of(property)) != STR_NONE;
}

/* "/ada/c01/NAME" */
static bool find_place(const struct world *w, struct str path, struct place *p)
{
	const struct str start = STR("/ada/c");
	const struct str rest = str_from(path, start.len);
	const size_t slash = str_find_char(rest, '/');
	int64_t number = 0;

	*p = (struct place){0};
	if (!str_starts(path, start) || slash == STR_NONE ||
		!str_to_int(str_slice(rest, 0, slash), 1, (int64_t)w->n_calendars,
			&number))
		return false;
	p->calendar = (size_t)number;
	p->name = str_from(rest, slash + 1);
	return true;
}

static struct shelf *shelf_at(const struct world *w, const struct place *p)
{
	return &w->calendars[p->calendar - 1];
}

/* --- parts of a multistatus --- */

static void open_response(struct buf *b, const struct place *p, const char *name)
{
	buf_printf(b, "<response><href>/ada/c%02zu/", p->calendar);
	buf_text(b, name);
	buf_text(b, "</href>");
}

static void add_data(struct buf *b, const struct item *i)
{
	const struct str body = {i->body, i->len};

	buf_text(b, "<C:calendar-data>");
	if (str_find_char(body, ']') == STR_NONE) {
		buf_text(b, "<![CDATA[");
		buf_add(b, body);
		buf_text(b, "]]>");
	} else {
		buf_xml(b, body);
	}
	buf_text(b, "</C:calendar-data>");
}

static void add_item(struct buf *b, const struct place *p, const struct item *i,
	bool with_data)
{
	char etag[ETAG_SIZE];

	item_etag(i, etag);
	open_response(b, p, i->name);
	buf_text(b, "<propstat><prop><getetag>");
	buf_text(b, etag);
	buf_text(b, "</getetag>");
	if (with_data)
		add_data(b, i);
	buf_text(b, FOUND);
}

static void add_missing(struct buf *b, const struct place *p, const char *name)
{
	open_response(b, p, name);
	buf_text(b, "<status>HTTP/1.1 404 Not Found</status></response>");
}

/* --- PROPFIND --- */

/* What is not asked for is left out; what is not known is not told as missing. */
static void add_calendar(struct buf *b, const struct world *w, const struct question *q,
	size_t n)
{
	const uint64_t revision = w->calendars[n - 1].revision;

	buf_printf(b, "<response><href>/ada/c%02zu/</href><propstat><prop>", n);
	if (asks(q, "resourcetype"))
		buf_text(b, "<resourcetype><collection/><C:calendar/></resourcetype>");
	if (asks(q, "displayname"))
		buf_printf(b, "<displayname>Calendar %zu</displayname>", n);
	if (asks(q, "supported-calendar-component-set"))
		buf_text(b, "<C:supported-calendar-component-set>"
			    "<C:comp name=\"VEVENT\"/>"
			    "</C:supported-calendar-component-set>");
	if (asks(q, "getctag"))
		buf_printf(b, "<CS:getctag>%zu</CS:getctag>", (size_t)revision);
	if (asks(q, "sync-token"))
		buf_printf(b, "<sync-token>" TOKEN "%zu</sync-token>",
			(size_t)revision);
	if (asks(q, "calendar-color"))
		buf_text(b, "<A:calendar-color>#1BADF8FF</A:calendar-color>");
	if (asks(q, "calendar-order"))
		buf_printf(b, "<A:calendar-order>%zu</A:calendar-order>", n);
	if (asks(q, "current-user-privilege-set"))
		buf_text(b, "<current-user-privilege-set><privilege><read/></privilege>"
			    "<privilege><write/></privilege>"
			    "</current-user-privilege-set>");
	buf_text(b, FOUND "</response>");
}

/* The root, the principal and the home: who, where, what. */
static void add_other(struct buf *b, const struct question *q)
{
	buf_printf(b, "<response><href>" STR_FMT "</href><propstat><prop>",
		STR_ARG(q->path));
	if (asks(q, "resourcetype"))
		buf_text(b, "<resourcetype><collection/></resourcetype>");
	if (asks(q, "current-user-principal"))
		buf_text(b, "<current-user-principal><href>/principals/ada/</href>"
			    "</current-user-principal>");
	if (asks(q, "calendar-home-set"))
		buf_text(b, "<C:calendar-home-set><href>/ada/</href>"
			    "</C:calendar-home-set>");
	buf_text(b, FOUND "</response>");
}

static void add_members(struct buf *b, const struct world *w, const struct place *p,
	bool with_data)
{
	const struct shelf *s = shelf_at(w, p);

	for (size_t i = 0; i < s->count; i++) {
		if (s->items[i].gone)
			continue;
		add_item(b, p, &s->items[i], with_data);
		buf_text(b, "</response>");
	}
}

static void propfind(struct answer *a, struct world *w, const struct question *q)
{
	const bool deep = str_is(q->depth, "1");
	struct place p;

	if (str_is(q->path, "/.well-known/caldav")) {
		a->status = 301;
		a->location = "/";
		return;
	}
	const bool in_calendar = find_place(w, q->path, &p);
	if (in_calendar && p.name.len) {
		a->status = 404;
		return;
	}
	a->status = 207;
	buf_text(&a->body, OPENING);
	if (in_calendar)
		add_calendar(&a->body, w, q, p.calendar);
	else
		add_other(&a->body, q);
	if (in_calendar && deep)
		add_members(&a->body, w, &p, false);
	for (size_t n = 1; deep && str_is(q->path, "/ada/") && n <= w->n_calendars; n++)
		add_calendar(&a->body, w, q, n);
	buf_text(&a->body, "</multistatus>");
}

/* --- REPORT --- */

/* The text of the next element with this local name, whatever its prefix. */
static bool next_text(struct str *rest, const char *name, struct str *text)
{
	for (size_t at = str_find_char(*rest, '<'); at != STR_NONE;
		at = str_find_char(*rest, '<')) {
		*rest = str_from(*rest, at + 1);
		const size_t end = str_find_char(*rest, '>');
		if (end == STR_NONE)
			return false;
		struct str tag = str_slice(*rest, 0, end);
		*rest = str_from(*rest, end + 1);
		if (!str_starts(tag, STR("/")) && !str_is(tag, name))
			tag = str_from(tag, str_find_char(tag, ':') + 1);
		if (!str_is(tag, name))
			continue;
		*text = str_trim(str_slice(*rest, 0, str_find_char(*rest, '<')));
		return true;
	}
	return false;
}

/* How far the client is; false for a token that was never given out. */
static bool read_token(const struct question *q, uint64_t newest, uint64_t *since)
{
	struct str rest = q->body;
	struct str token = STR("");
	int64_t number = 0;

	*since = 0;
	if (!next_text(&rest, "sync-token", &token) || !token.len)
		return true;
	if (!str_starts(token, STR(TOKEN)) ||
		!str_to_int(str_from(token, sizeof(TOKEN) - 1), 0, (int64_t)newest,
			&number))
		return false;
	*since = (uint64_t)number;
	return true;
}

static void report_changes(struct answer *a, struct world *w, const struct question *q,
	const struct place *p, bool with_data)
{
	const struct shelf *s = shelf_at(w, p);
	const bool wanted = asks(q, "calendar-data");
	uint64_t since = 0;

	if (!read_token(q, s->revision, &since)) {
		a->status = 403;
		buf_text(&a->body, "<?xml version=\"1.0\" encoding=\"utf-8\"?>"
				   "<error xmlns=\"DAV:\"><valid-sync-token/></error>");
		return;
	}
	a->status = 207;
	buf_text(&a->body, OPENING);
	for (size_t n = 0; n < s->count; n++) {
		const struct item *i = &s->items[n];
		if (i->revision <= since || (i->gone && !since))
			continue;
		if (i->gone) {
			add_missing(&a->body, p, i->name);
			continue;
		}
		add_item(&a->body, p, i, wanted && with_data);
		if (wanted && !with_data)
			buf_text(&a->body,
				"<propstat><prop><C:calendar-data/></prop><status>"
				"HTTP/1.1 404 Not Found</status></propstat>");
		buf_text(&a->body, "</response>");
	}
	buf_printf(&a->body, "<sync-token>" TOKEN "%zu</sync-token></multistatus>",
		(size_t)s->revision);
}

static void report_objects(struct answer *a, struct world *w, const struct question *q)
{
	struct str rest = q->body;
	struct str href;
	struct place p;

	a->status = 207;
	buf_text(&a->body, OPENING);
	while (next_text(&rest, "href", &href)) {
		AUTO_FREE char *key = href_key(href);
		if (!find_place(w, str_of(key), &p))
			continue;
		const struct item *i = shelf_find(shelf_at(w, &p), p.name);
		if (i && !i->gone) {
			add_item(&a->body, &p, i, true);
			buf_text(&a->body, "</response>");
		} else {
			AUTO_FREE char *name = href_segment(p.name);
			add_missing(&a->body, &p, name);
		}
	}
	buf_text(&a->body, "</multistatus>");
}

static void report(struct answer *a, struct world *w, const struct question *q,
	bool with_data)
{
	struct place p;

	if (!find_place(w, q->path, &p) || p.name.len) {
		a->status = 404;
	} else if (asks(q, "calendar-multiget")) {
		report_objects(a, w, q);
	} else if (asks(q, "sync-collection")) {
		report_changes(a, w, q, &p, with_data);
	} else if (asks(q, "calendar-query")) {
		a->status = 207;
		buf_text(&a->body, OPENING);
		add_members(&a->body, w, &p, asks(q, "calendar-data"));
		buf_text(&a->body, "</multistatus>");
	} else {
		a->status = 403;
	}
}

/* --- one event --- */

static bool precondition_holds(const struct question *q, const struct item *i)
{
	char etag[ETAG_SIZE] = "";

	if (i)
		item_etag(i, etag);
	if (str_is(q->if_none_match, "*") && i)
		return false;
	return !q->if_match.len || (i && str_is(q->if_match, etag));
}

static void single(struct answer *a, struct world *w, const struct question *q)
{
	struct place p;

	a->status = 404;
	if (!find_place(w, q->path, &p) || !p.name.len)
		return;
	struct shelf *s = shelf_at(w, &p);
	struct item *i = shelf_find(s, p.name);
	if (i && i->gone)
		i = NULL;
	if (str_is(q->method, "PUT") || str_is(q->method, "DELETE")) {
		if (!precondition_holds(q, i)) {
			a->status = 412;
			return;
		}
	}
	if (str_is(q->method, "PUT")) {
		a->status = i ? 204 : 201;
		item_etag(shelf_put(s, p.name, q->body), a->etag);
	} else if (i && str_is(q->method, "DELETE")) {
		a->status = 204;
		shelf_remove(s, i);
	} else if (i) {
		a->status = 200;
		a->type = "text/calendar; charset=utf-8";
		item_etag(i, a->etag);
		buf_add(&a->body, (struct str){i->body, i->len});
	}
}

void answer_to(struct answer *a, struct world *w, const struct question *q,
	bool with_data)
{
	*a = (struct answer){.status = 405,
		.type = "application/xml; charset=utf-8",
		.body = buf_with_max(0)};
	if (str_is(q->method, "PROPFIND"))
		propfind(a, w, q);
	else if (str_is(q->method, "REPORT"))
		report(a, w, q, with_data);
	else if (str_is(q->method, "OPTIONS"))
		a->status = 200;
	else if (str_is(q->method, "GET") || str_is(q->method, "PUT") ||
		 str_is(q->method, "DELETE"))
		single(a, w, q);
}

const char *answer_reason(int status)
{
	static const struct {
		int status;
		const char *reason;
	} reasons[] = {{200, "OK"}, {201, "Created"}, {204, "No Content"},
		{207, "Multi-Status"}, {301, "Moved Permanently"}, {400, "Bad Request"},
		{401, "Unauthorized"}, {403, "Forbidden"}, {404, "Not Found"},
		{405, "Method Not Allowed"}, {412, "Precondition Failed"},
		{413, "Content Too Large"}, {501, "Not Implemented"}};

	for (size_t i = 0; i < COUNT_OF(reasons); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "Unknown";
}
