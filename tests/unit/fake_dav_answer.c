#include <config.h>

#include "tests/unit/fake_dav.h"

#include <stdio.h>
#include <string.h>

static struct fake_calendar *calendar_of(struct fake_dav *f, struct str path,
	struct str *rest)
{
	if (!str_starts(path, str_of(f->home)))
		return NULL;
	path = str_from(path, strlen(f->home));
	for (size_t i = 0; i < f->n_calendars; i++) {
		const struct str name = str_of(f->calendars[i]->name);
		if (!str_starts(path, name) || path.len <= name.len ||
			path.ptr[name.len] != '/' || f->calendars[i]->gone)
			continue;
		*rest = str_from(path, name.len + 1);
		return f->calendars[i];
	}
	return NULL;
}

static void begin(struct buf *b)
{
	buf_text(b, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<multistatus "
		    "xmlns=\"DAV:\""
		    " xmlns:C=\"urn:ietf:params:xml:ns:caldav\""
		    " xmlns:CS=\"http://calendarserver.org/ns/\""
		    " xmlns:A=\"http://apple.com/ns/ical/\">");
}

static void list_home(struct fake_dav *f, struct buf *b)
{
	begin(b);
	buf_printf(b,
		"<response><href>%s</href><propstat><prop><resourcetype><collection/>"
		"</resourcetype></prop><status>HTTP/1.1 200 OK</status></propstat>"
		"</response>",
		f->home);
	for (size_t i = 0; i < f->n_calendars; i++) {
		const struct fake_calendar *c = f->calendars[i];
		if (c->gone || c->unlisted)
			continue;
		buf_printf(b,
			"<response><href>%s%s/</href><propstat><prop><resourcetype>"
			"<collection/><C:calendar/></resourcetype><displayname>",
			f->home, c->name);
		buf_xml(b, str_of(c->displayname));
		buf_printf(b,
			"</displayname><CS:getctag>c%u</CS:getctag>"
			"<A:calendar-color>#1BADF8FF</A:calendar-color>"
			"<current-user-privilege-set><privilege><read/></privilege>%s"
			"</current-user-privilege-set>",
			c->revision,
			c->read_only ? "" : "<privilege><write/></privilege>");
		if (!f->no_tokens)
			buf_printf(b, "<sync-token>t%u</sync-token>", c->revision);
		buf_text(b, "</prop><status>HTTP/1.1 200 "
			    "OK</status></propstat></response>");
	}
	buf_text(b, "</multistatus>");
}

static void add_data(const struct fake_dav *f, const struct fake_object *o,
	struct buf *b)
{
	buf_text(b, "<C:calendar-data>");
	for (const char *p = o->body; *p; p++) {
		if (*p == '\r' && f->folds)
			continue;
		if (*p == '\r')
			buf_text(b, "&#13;");
		else
			buf_xml(b, (struct str){p, 1});
	}
	buf_text(b, "</C:calendar-data>");
}

static void add_object(struct fake_dav *f, const struct fake_calendar *c,
	const struct fake_object *o, bool with_data, struct buf *b)
{
	buf_printf(b, "<response><href>%s%s/%s</href>", f->home, c->name, o->name);
	if (o->deleted) {
		buf_text(b, "<status>HTTP/1.1 404 Not Found</status></response>");
		return;
	}
	if (c->lists_failed) {
		buf_text(b, "<propstat><prop><getetag/></prop><status>HTTP/1.1 403 "
			    "Forbidden"
			    "</status></propstat></response>");
		return;
	}
	buf_printf(b, "<propstat><prop><getetag>%s&quot;e%u&quot;</getetag>",
		f->weak ? "W/" : "", o->version);
	if (with_data && (f->inline_data || !f->data_refused))
		add_data(f, o, b);
	buf_text(b, "</prop><status>HTTP/1.1 200 OK</status></propstat>");
	if (with_data && !f->inline_data && f->data_refused)
		buf_text(b, "<propstat><prop><C:calendar-data/></prop><status>HTTP/1.1 "
			    "404 Not "
			    "Found</status></propstat>");
	buf_text(b, "</response>");
}

/* The token's number; UINT_MAX for the empty one, 0 for garbage. */
static unsigned token_of(struct str body)
{
	const size_t at = str_find(body, STR("<sync-token>"));
	struct str token = str_from(body, at + strlen("<sync-token>"));
	int64_t number = 0;

	token = str_slice(token, 0, str_find_char(token, '<'));
	if (!token.len)
		return UINT32_MAX;
	if (!str_to_int(str_from(token, 1), 1, INT32_MAX, &number))
		return 0;
	return (unsigned)number;
}

/* The change that comes next after a revision, in the order of revisions. */
static const struct fake_object *next_change(const struct fake_calendar *c,
	unsigned after, bool whole)
{
	const struct fake_object *next = NULL;

	for (size_t i = 0; i < c->count; i++) {
		const struct fake_object *o = &c->objects[i];
		if (o->hidden || o->since <= after || (whole && o->deleted))
			continue;
		if (!next || o->since < next->since)
			next = o;
	}
	return next;
}

/* RFC 6578, 3.6: some of the changes, the calendar itself with 507, a token to go on.
 */
static void sync_page(struct fake_dav *f, struct fake_calendar *c, unsigned since,
	struct fake_answer *a)
{
	const bool whole = since == UINT32_MAX;
	unsigned after = whole ? 0 : since;
	const struct fake_object *o = next_change(c, after, whole);

	for (unsigned n = 0; o && n < f->page; n++) {
		add_object(f, c, o, false, &a->body);
		after = o->since;
		o = next_change(c, after, whole);
	}
	if (o)
		buf_printf(&a->body,
			"<response><href>%s%s/</href><status>HTTP/1.1 507 "
			"Insufficient Storage</status></response>",
			f->home, c->name);
	buf_printf(&a->body, "<sync-token>t%u</sync-token></multistatus>",
		o ? after : c->revision);
}

static void sync_collection(struct fake_dav *f, const struct dav_request *request,
	struct fake_calendar *c, struct fake_answer *a)
{
	const struct str body = buf_view(&request->body);
	const bool with_data = str_find(body, STR("calendar-data")) != STR_NONE;
	const unsigned since = token_of(body);
	const bool bad =
		since != UINT32_MAX && (since < c->oldest || since > c->revision);
	const bool whole = since == UINT32_MAX || (bad && f->whole_for_bad);

	if (f->no_tokens || (bad && !f->whole_for_bad)) {
		a->status = f->no_tokens ? 403 : f->bad_token;
		if (bad && f->bad_token_body)
			buf_text(&a->body,
				"<?xml version='1.0' encoding='UTF-8'?>"
				"<error xmlns='DAV:'><valid-sync-token/></error>");
		return;
	}
	a->status = 207;
	begin(&a->body);
	if (f->page) {
		sync_page(f, c, since, a);
		return;
	}
	for (size_t i = 0; i < c->count && !c->lists_nothing; i++) {
		const struct fake_object *o = &c->objects[i];
		if (o->hidden || (whole ? o->deleted : o->since <= since))
			continue;
		add_object(f, c, o, with_data, &a->body);
	}
	buf_printf(&a->body, "<sync-token>t%u</sync-token></multistatus>", c->revision);
}

static void list_plainly(struct fake_dav *f, struct fake_calendar *c, struct buf *b)
{
	begin(b);
	buf_printf(b,
		"<response><href>%s%s/</href><propstat><prop><resourcetype><collection/"
		">"
		"<C:calendar/></resourcetype></prop><status>HTTP/1.1 200 OK</status>"
		"</propstat></response>",
		f->home, c->name);
	for (size_t i = 0; i < c->count && !c->lists_nothing; i++)
		if (!c->objects[i].deleted && !c->objects[i].hidden)
			add_object(f, c, &c->objects[i], false, b);
	buf_text(b, "</multistatus>");
}

static struct fake_object *object_of(struct fake_calendar *c, struct str name)
{
	AUTO_FREE char *text = str_dup(name);
	struct fake_object *o = fake_find(c, text);

	return o && !o->deleted && !o->withheld ? o : NULL;
}

static void multiget(struct fake_dav *f, const struct dav_request *request,
	struct fake_calendar *c, struct fake_answer *a)
{
	struct str rest = buf_view(&request->body);
	const bool data = f->inline_data;
	const bool refused = f->data_refused;
	size_t count = 0;

	f->multigets++;
	a->status = 207;
	begin(&a->body);
	f->inline_data = true;
	f->data_refused = false;
	for (size_t at = str_find(rest, STR("<href>")); at != STR_NONE;
		at = str_find(rest, STR("<href>"))) {
		rest = str_from(rest, at + strlen("<href>"));
		const struct str href = str_slice(rest, 0, str_find_char(rest, '<'));
		struct str name;
		count++;
		if (calendar_of(f, href, &name) != c)
			continue;
		struct fake_object *o = object_of(c, name);
		if (o && !o->skipped)
			add_object(f, c, o, true, &a->body);
		else if (!o)
			buf_printf(&a->body,
				"<response><href>" STR_FMT
				"</href><status>HTTP/1.1 404 Not Found</status>"
				"</response>",
				STR_ARG(href));
	}
	f->inline_data = data;
	f->data_refused = refused;
	f->hrefs += (unsigned)count;
	buf_text(&a->body, "</multistatus>");
	if (f->multiget_max && count > f->multiget_max) {
		buf_reset(&a->body);
		a->status = 403;
	}
}

static void tag_of(const struct fake_dav *f, const struct fake_object *o,
	struct fake_answer *a)
{
	(void)snprintf(a->etag, sizeof(a->etag), "%s\"e%u\"", f->weak ? "W/" : "",
		o->version);
}

static void get(struct fake_dav *f, struct fake_calendar *c, struct str name,
	struct fake_answer *a)
{
	struct fake_object *o = object_of(c, name);

	f->gets++;
	a->status = o ? 200 : 404;
	if (!o)
		return;
	tag_of(f, o, a);
	buf_text(&a->body, o->body);
}

static void principal(struct buf *b)
{
	begin(b);
	buf_text(b,
		"<response><href>/</href><propstat><prop><current-user-principal>"
		"<href>/principal/</href></current-user-principal></prop>"
		"<status>HTTP/1.1 200 OK</status></propstat></response></multistatus>");
}

static void home_set(struct fake_dav *f, struct buf *b)
{
	begin(b);
	buf_printf(b,
		"<response><href>/principal/</href><propstat><prop>"
		"<C:calendar-home-set><href>%s</href></C:calendar-home-set></prop>"
		"<status>HTTP/1.1 200 OK</status></propstat></response></multistatus>",
		f->home);
}

static void propfind(struct fake_dav *f, const struct dav_request *request,
	struct fake_calendar *c, struct fake_answer *a)
{
	const struct str path = str_of(request->uri.path);
	const struct str body = buf_view(&request->body);

	a->status = 207;
	if (str_find(body, STR("calendar-home-set")) != STR_NONE)
		home_set(f, &a->body);
	else if (str_is(path, f->home))
		list_home(f, &a->body);
	else if (c && request->depth == DEPTH_1)
		list_plainly(f, c, &a->body);
	else if (c || str_is(path, "/"))
		principal(&a->body);
	else
		a->status = 404;
}

/* Does the condition hold? RFC 9110, 13.1: weak tags never match. */
static bool allowed(const struct fake_dav *f, const struct dav_request *request,
	const struct fake_object *o)
{
	struct fake_answer now = {0};

	if (request->if_none_match)
		return !o;
	if (!request->if_match)
		return true;
	if (!o || f->weak)
		return false;
	tag_of(f, o, &now);
	return !strcmp(now.etag, request->if_match);
}

static bool uid_elsewhere(const struct fake_dav *f, const struct fake_calendar *c,
	struct str body)
{
	const size_t at = str_find(body, STR("\nUID:"));
	struct str line = str_from(body, at + 1);

	if (!f->unique_uids || at == STR_NONE)
		return false;
	line = str_slice(line, 0, str_find_char(line, '\r') + 1);
	for (size_t i = 0; i < f->n_calendars; i++) {
		const struct fake_calendar *other = f->calendars[i];
		for (size_t n = 0; other != c && n < other->count; n++)
			if (!other->objects[n].deleted &&
				str_find(str_of(other->objects[n].body), line) !=
					STR_NONE)
				return true;
	}
	return false;
}

static void note_write(const struct fake_dav *f, char verb,
	const struct fake_calendar *c, const char *name, const char *body)
{
	FILE *file = f->log ? fopen(f->log, "a") : NULL;

	if (!file)
		return;
	(void)fprintf(file, "%c %s %s %zu\n%s\n", verb, c->name, name, strlen(body),
		body);
	(void)fclose(file);
}

static int refusal(const struct fake_dav *f, const struct dav_request *request,
	const struct fake_calendar *c, const struct fake_object *o)
{
	const struct str body = buf_view(&request->body);

	if (c->read_only)
		return 403;
	if (!allowed(f, request, o))
		return 412;
	if (!o && uid_elsewhere(f, c, body))
		return 412;
	if (f->wants_end && body.len && str_find(body, STR("DTEND")) == STR_NONE)
		return 404;
	return 0;
}

static void store(struct fake_dav *f, struct fake_calendar *c, const char *name,
	struct str body, struct fake_answer *a)
{
	SCOPED(buf) text = buf_with_max(0);
	const size_t at = str_find(body, STR("END:VEVENT"));

	buf_add(&text, str_slice(body, 0, at));
	if (f->rewrites && str_find(body, STR("X-SERVER:")) == STR_NONE)
		buf_text(&text, "X-SERVER:seen\r\n");
	buf_add(&text, str_from(body, at));
	const struct fake_object *o = fake_put(c, name, buf_cstr(&text));
	note_write(f, 'P', c, name, buf_cstr(&text));
	if (!f->no_etag)
		tag_of(f, o, a);
}

static void fake_write(struct fake_dav *f, const struct dav_request *request,
	struct fake_calendar *c, struct str name, struct fake_answer *a)
{
	const bool removes = !strcmp(request->method, "DELETE");
	const struct fake_object *o = object_of(c, name);
	AUTO_FREE char *text = str_dup(name);
	const int refused = refusal(f, request, c, o);

	f->puts += !removes;
	f->deletes += removes;
	a->status = o ? 204 : 201;
	if (removes && !o && !request->if_match)
		a->status = 404;
	else if (refused)
		a->status = refused;
	else if (!removes)
		store(f, c, text, buf_view(&request->body), a);
	else {
		fake_delete(c, text);
		note_write(f, 'D', c, text, "");
	}
	if (!refused || !f->inside)
		return;
	a->status = 207;
	begin(&a->body);
	buf_printf(&a->body,
		"<response><href>/x</href><status>HTTP/1.1 %d No</status></response>"
		"</multistatus>",
		refused);
}

void fake_respond(struct fake_dav *f, const struct dav_request *request,
	struct fake_answer *a)
{
	struct str rest = STR("");
	struct fake_calendar *c = calendar_of(f, str_of(request->uri.path), &rest);
	const struct str body = buf_view(&request->body);

	a->status = 404;
	if (!strcmp(request->method, "PROPFIND"))
		propfind(f, request, c, a);
	else if (!strcmp(request->method, "GET") && c)
		get(f, c, rest, a);
	else if (c && (!strcmp(request->method, "PUT") ||
			      !strcmp(request->method, "DELETE")))
		fake_write(f, request, c, rest, a);
	else if (c && str_find(body, STR("calendar-multiget")) != STR_NONE)
		multiget(f, request, c, a);
	else if (c)
		sync_collection(f, request, c, a);
}
