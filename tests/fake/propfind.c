#include <config.h>

#include <string.h>

#include "tests/fake/rows.h"

static bool is_deep(const struct exchange *x)
{
	return !str_is(request_header(x->request, HEADER_DEPTH), "0");
}

static void list_home(struct rows *r)
{
	const struct server *s = r->x->server;

	for (size_t i = 0; i < s->store.count; i++) {
		struct calendar *c = s->store.calendars[i];
		const struct place p = {.kind = PLACE_CALENDAR, .calendar = c};
		SCOPED(buf) path = buf_with_max(0);
		if (c->unlisted)
			continue;
		place_path(&path, s->dialect, c, NULL);
		rows_place(r, &p, buf_view(&path));
	}
}

static void list_members(struct rows *r, struct calendar *c)
{
	const int64_t most = r->x->sw->partial;

	for (size_t i = 0; i < c->count && (!most || (int64_t)i < most); i++)
		rows_member(r, c, c->objects[i], true);
	rows_ghosts(r, c);
}

void method_propfind(struct exchange *x)
{
	const struct place *p = &x->place;
	struct rows r;

	if (p->kind == PLACE_NOWHERE || (p->kind == PLACE_OBJECT && !p->object)) {
		answer_status(x, 404);
		return;
	}
	rows_begin(&r, x);
	if (p->kind == PLACE_CALENDAR && is_deep(x)) {
		rows_self(&r, p->calendar);
		if (!x->server->dialect->tells_self)
			rows_place(&r, p, str_of(x->request->path));
		list_members(&r, p->calendar);
	} else {
		rows_place(&r, p, str_of(x->request->path));
	}
	if (p->kind == PLACE_HOME && is_deep(x))
		list_home(&r);
	rows_end(&r, NULL);
}
