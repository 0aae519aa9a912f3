#include <config.h>

#include <string.h>

#include "base/mem.h"
#include "tests/fake/rows.h"

/* Below the home and not there yet: its name; empty = somewhere else. */
static struct str new_name(const struct exchange *x)
{
	struct str path = str_of(x->request->path);
	const struct str home = str_of(x->server->dialect->home);

	if (!str_starts(path, home) || x->place.kind != PLACE_NOWHERE)
		return STR("");
	path = str_from(path, home.len);
	if (str_ends(path, STR("/")))
		path.len--;
	return str_find_char(path, '/') == STR_NONE ? path : STR("");
}

void method_mkcalendar(struct exchange *x)
{
	const struct str name = new_name(x);
	const struct query *q = &x->query;

	if (!name.len) {
		answer_error(x, 403, NS_DAV, "resource-must-be-null");
		return;
	}
	AUTO_FREE char *plain = percent_decode(name);
	struct calendar *c = store_add_calendar(&x->server->store, str_of(plain));
	c->display = xstrdup(q->display ? q->display : plain);
	c->color = xstrdup_or_null(q->color);
	answer_status(x, 201);
}

void method_proppatch(struct exchange *x)
{
	struct calendar *c = x->place.calendar;
	const struct query *q = &x->query;
	struct rows r;

	if (x->place.kind != PLACE_CALENDAR || c->read_only) {
		answer_status(x, x->place.kind == PLACE_NOWHERE ? 404 : 403);
		return;
	}
	if (q->display)
		store_set(&c->display, str_of(q->display));
	if (q->color)
		store_set(&c->color, str_of(q->color));
	rows_begin(&r, x);
	xml_response(&r.xml, str_of(x->request->path));
	xml_propstat(&r.xml);
	if (q->display)
		xml_empty(&r.xml, NS_DAV, "displayname");
	if (q->color)
		xml_empty(&r.xml, NS_APPLE, "calendar-color");
	xml_propstat_end(&r.xml, 200);
	xml_response_end(&r.xml);
	rows_end(&r, NULL);
}

void method_options(struct exchange *x)
{
	const bool collection =
		x->place.kind == PLACE_CALENDAR || x->place.kind == PLACE_HOME;

	answer_status(x, x->sw->options == 404 && collection ? 404 : 200);
	response_header(x->response, "Allow",
		"OPTIONS, GET, HEAD, PUT, DELETE, PROPFIND, PROPPATCH, REPORT, MOVE, "
		"MKCALENDAR");
	if (x->sw->options == 1 || x->server->dialect->style != XML_APPLE)
		response_header(x->response, "DAV",
			"1, access-control, calendar-access, calendar-schedule");
}
