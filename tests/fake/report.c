#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/fake/rows.h"

/* One member of a list of changes. */
struct change {
	uint64_t rev;
	struct object *object; /* NULL = deleted */
	const char *name;
};

static int by_revision(const void *left, const void *right)
{
	const struct change *a = left;
	const struct change *b = right;

	return a->rev < b->rev ? -1 : a->rev > b->rev;
}

/* What changed after `since`, in that order; the caller's. */
static struct change *changes(struct calendar *c, uint64_t since, size_t *count)
{
	struct change *list = xcalloc(c->count + c->n_gone + 1, sizeof(*list));

	*count = 0;
	for (size_t i = 0; i < c->count; i++)
		if (c->objects[i]->rev > since)
			list[(*count)++] = (struct change){c->objects[i]->rev,
				c->objects[i], c->objects[i]->name};
	for (size_t i = 0; since && i < c->n_gone; i++)
		if (c->gone[i].rev > since)
			list[(*count)++] =
				(struct change){c->gone[i].rev, NULL, c->gone[i].name};
	qsort(list, *count, sizeof(*list), by_revision);
	return list;
}

/* The revision a token stands for; 0 = the beginning. */
static bool read_token(const struct exchange *x, const struct calendar *c,
	uint64_t *rev)
{
	const char *token = x->query.token;

	*rev = 0;
	if (!token || !*token)
		return true;
	for (uint64_t at = c->rev; at >= c->oldest; at--) {
		SCOPED(buf) text = buf_with_max(0);
		x->server->dialect->token(c, at, &text);
		*rev = at;
		if (str_is(buf_view(&text), token))
			return true;
	}
	*rev = 0;
	return false;
}

static void refuse_token(struct exchange *x)
{
	if (x->sw->bad_token)
		answer_status(x, (int)x->sw->bad_token);
	else
		answer_error(x, 403, NS_DAV, "valid-sync-token");
}

static int64_t page_of(const struct exchange *x)
{
	const int64_t asked = x->query.limit;
	const int64_t own = x->sw->page;

	return asked && (!own || asked < own) ? asked : own;
}

static void write_change(struct rows *r, struct calendar *c, const struct change *one)
{
	const bool inline_data =
		r->x->server->dialect->inline_data && !r->x->sw->no_inline;

	if (one->object)
		rows_member(r, c, one->object, inline_data);
	else
		rows_member_status(r, c, one->name, 404);
}

static void report_sync(struct exchange *x, struct calendar *c)
{
	uint64_t since = 0;
	size_t count = 0;
	struct rows r;
	SCOPED(buf) token = buf_with_max(0);

	if (x->sw->no_sync) {
		answer_error(x, 403, NS_DAV, "supported-report");
		return;
	}
	if (!read_token(x, c, &since) && x->sw->bad_token != 200) {
		refuse_token(x);
		return;
	}
	AUTO_FREE struct change *list = changes(c, since, &count);
	const size_t page = page_of(x) ? (size_t)page_of(x) : count;
	const size_t most = x->sw->partial ? (size_t)x->sw->partial : count;
	const bool cut = count > page;
	const bool news = count || x->sw->ghost || !since;
	rows_begin(&r, x);
	if (news && !cut)
		rows_self(&r, c);
	for (size_t i = 0; i < count && i < page && i < most; i++)
		write_change(&r, c, &list[i]);
	rows_ghosts(&r, c);
	if (cut)
		rows_member_status(&r, c, NULL, 507);
	x->server->dialect->token(c, cut ? list[page - 1].rev : c->rev, &token);
	rows_end(&r, buf_cstr(&token));
}

/* Q17: what was just written is not yet to be had. */
static bool is_behind(struct rows *r, const struct calendar *c, struct object *o)
{
	if (!o || !o->lag)
		return false;
	o->lag--;
	if (r->x->sw->lag_404)
		rows_member_status(r, c, o->name, 404);
	return true;
}

static void answer_href(struct rows *r, const char *href)
{
	const struct server *s = r->x->server;
	SCOPED(place) p = {0};

	place_find(&p, s->dialect, &s->store, str_of(href));
	if (is_behind(r, p.calendar, p.object))
		return;
	if (p.kind == PLACE_OBJECT && p.object)
		rows_member(r, p.calendar, p.object, true);
	else
		rows_status(r, str_of(href), 404);
}

static void report_multiget(struct exchange *x)
{
	const struct query *q = &x->query;
	const int64_t most = x->sw->multiget_max;
	struct rows r;

	if (most && (int64_t)q->n_hrefs > most) {
		answer_error(x, 507, NS_DAV, "number-of-matches-within-limits");
		return;
	}
	rows_begin(&r, x);
	r.bare = x->sw->empty_hrefs != 0;
	for (size_t i = (size_t)x->sw->withheld; i < q->n_hrefs; i++)
		answer_href(&r, q->hrefs[i]);
	rows_end(&r, NULL);
}

/* Both ends count: iCloud gives events that only touch the range. */
static bool is_in_range(const struct query *q, const struct object *o)
{
	SCOPED(event) facts = {0};

	event_read(&facts, str_of(o->body));
	if (!q->has_range)
		return true;
	if (q->end >= 0 && facts.start >= q->end)
		return false;
	return facts.repeats || q->start < 0 || facts.end >= q->start;
}

static void report_filter(struct exchange *x, struct calendar *c)
{
	const struct query *q = &x->query;
	struct rows r;

	rows_begin(&r, x);
	rows_self(&r, c);
	for (size_t i = 0; i < c->count; i++)
		if (q->wants_todos == c->todo && is_in_range(q, c->objects[i]))
			rows_member(&r, c, c->objects[i], true);
	rows_end(&r, NULL);
}

void method_report(struct exchange *x)
{
	struct calendar *c = x->place.calendar;

	if (x->place.kind != PLACE_CALENDAR) {
		answer_status(x, x->place.kind == PLACE_NOWHERE ? 404 : 403);
		return;
	}
	if (x->query.kind == QUERY_SYNC)
		report_sync(x, c);
	else if (x->query.kind == QUERY_MULTIGET)
		report_multiget(x);
	else if (x->query.kind == QUERY_FILTER)
		report_filter(x, c);
	else
		answer_error(x, 403, NS_DAV, "supported-report");
}
