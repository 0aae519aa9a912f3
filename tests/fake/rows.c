#include <config.h>

#include "tests/fake/rows.h"

#include <string.h>

#include "base/mem.h"
#include "tests/fake/props.h"

void rows_begin(struct rows *r, struct exchange *x)
{
	*r = (struct rows){.x = x, .nameless = x->sw->nameless};
	x->response->status = 207;
	x->response->type = "text/xml; charset=utf-8";
	xml_begin(&r->xml, &x->response->body, x->server->dialect->style);
}

void rows_end(struct rows *r, const char *sync_token)
{
	xml_end(&r->xml, sync_token);
}

static void open_response(struct rows *r, struct str path, bool member)
{
	AUTO_FREE char *href = xasprintf("%s" STR_FMT, r->x->sw->hrefs, STR_ARG(path));
	const bool bare = r->bare || (member && r->nameless > 0);

	if (member)
		r->nameless--;
	xml_response(&r->xml, bare ? STR("") : str_of(href));
}

/* What of the query is, or is not, there. False when that is nothing. */
static bool propstat(struct rows *r, const struct place *p, bool with_data, bool there)
{
	const struct query *q = &r->x->query;
	bool any = false;

	for (int prop = 0; prop <= PROP_OTHER; prop++) {
		for (size_t i = 0; i < q->n_wanted; i++) {
			const struct wanted *w = &q->wanted[i];
			if ((int)w->prop != prop ||
				prop_is(r->x, p, w->prop, with_data) != there)
				continue;
			if (!any)
				xml_propstat(&r->xml);
			any = true;
			if (there)
				prop_write(r->x, &r->xml, p, w->prop);
			else
				xml_empty(&r->xml, w->space, w->name);
		}
	}
	return any;
}

static void props(struct rows *r, const struct place *p, bool with_data)
{
	const bool apple = r->xml.style == XML_APPLE;

	if (propstat(r, p, with_data, true)) {
		xml_propstat_end(&r->xml, 200);
	} else if (apple || !r->x->query.n_wanted) {
		xml_propstat(&r->xml);
		xml_propstat_end(&r->xml, 200);
	}
	if (propstat(r, p, with_data, false))
		xml_propstat_end(&r->xml, 404);
}

/* All that is wanted with one status, whether it is there or not. */
static void all_props(struct rows *r, int status)
{
	const struct query *q = &r->x->query;

	xml_propstat(&r->xml);
	for (size_t i = 0; i < q->n_wanted; i++)
		xml_empty(&r->xml, q->wanted[i].space, q->wanted[i].name);
	xml_propstat_end(&r->xml, status);
}

void rows_place(struct rows *r, const struct place *p, struct str path)
{
	open_response(r, path, false);
	props(r, p, true);
	xml_response_end(&r->xml);
}

static void path_of(const struct rows *r, const struct calendar *c, const char *member,
	struct buf *out)
{
	place_path(out, r->x->server->dialect, c, member);
}

void rows_self(struct rows *r, struct calendar *c)
{
	const struct place p = {.kind = PLACE_CALENDAR, .calendar = c};
	SCOPED(buf) path = buf_with_max(0);

	if (!r->x->server->dialect->tells_self || r->x->sw->no_self)
		return;
	path_of(r, c, NULL, &path);
	open_response(r, buf_view(&path), false);
	if (r->x->sw->self_empty) {
		xml_propstat(&r->xml);
		xml_propstat_end(&r->xml, 200);
		all_props(r, 404);
	} else {
		props(r, &p, false);
	}
	xml_response_end(&r->xml);
}

static void one_member(struct rows *r, const struct place *p, bool with_data)
{
	SCOPED(buf) path = buf_with_max(0);

	path_of(r, p->calendar, p->object->name, &path);
	open_response(r, buf_view(&path), true);
	if (r->x->sw->refused_rows)
		all_props(r, 403);
	else
		props(r, p, with_data);
	xml_response_end(&r->xml);
}

void rows_member(struct rows *r, struct calendar *c, struct object *o, bool with_data)
{
	const struct place p = {.kind = PLACE_OBJECT, .calendar = c, .object = o};

	one_member(r, &p, with_data);
	if (r->x->sw->duplicates)
		one_member(r, &p, with_data);
}

void rows_status(struct rows *r, struct str path, int status)
{
	open_response(r, path, false);
	xml_status(&r->xml, status);
	xml_response_end(&r->xml);
}

void rows_member_status(struct rows *r, const struct calendar *c, const char *name,
	int status)
{
	SCOPED(buf) path = buf_with_max(0);

	path_of(r, c, name, &path);
	rows_status(r, buf_view(&path), status);
}

void rows_ghosts(struct rows *r, const struct calendar *c)
{
	for (int64_t i = 1; i <= r->x->sw->ghost; i++) {
		AUTO_FREE char *name = xasprintf("ghost-%d.ics", (int)i);
		struct object ghost = {.name = name,
			.etag = (char[]){"\"ghost\""},
			.uid = name};
		struct place p = {.kind = PLACE_OBJECT, .object = &ghost};
		SCOPED(buf) path = buf_with_max(0);
		path_of(r, c, name, &path);
		open_response(r, buf_view(&path), true);
		props(r, &p, false);
		xml_response_end(&r->xml);
	}
}
