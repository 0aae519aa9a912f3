#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sync/run_impl.h"

static void ask(struct run *r);

static bool on_body(void *ctx, const struct dav_reply *head, struct str bytes,
	struct err *e)
{
	struct run *r = ctx;

	(void)head;
	return discover_body(r->discover, bytes, e);
}

/* Where the person pointed to in the first place. */
static bool start_address(const struct account *a, struct uri *start, struct err *e)
{
	if (a->provider == PROVIDER_ICLOUD || !a->server)
		return uri_parse(start, STR(ICLOUD_ENTRY), e);
	return uri_from_person(start, str_of(a->server), e);
}

static bool discover_anew(struct run *r, struct err *e)
{
	SCOPED(uri) start = {0};

	if (!start_address(r->o.account, &start, e))
		return false;
	r->again = true;
	discover_free(r->discover);
	r->discover = discover_new(&start, r->o.gate);
	return true;
}

static bool is_new_home(const struct run *r, const struct uri *home)
{
	SCOPED(uri) known = {0};

	if (!r->o.account->home || !uri_parse(&known, str_of(r->o.account->home), NULL))
		return true;
	return !origin_equal(&known.origin, &home->origin) ||
	       strcmp(known.path, home->path) != 0;
}

static bool is_chosen(const struct account *a, const struct dav_calendar *c)
{
	for (size_t i = 0; i < a->n_calendars; i++) {
		AUTO_FREE char *key = href_key(str_of(a->calendars[i].path));
		if (!strcmp(key, c->key))
			return true;
	}
	return false;
}

static void found(struct run *r)
{
	const struct dav_calendars *list = discover_calendars(r->discover);
	const struct uri *home = discover_home(r->discover);

	if (is_new_home(r, home))
		r->result.new_home = uri_text(home);
	for (size_t i = 0; i < list->count; i++)
		r->result.new_calendars += list->items[i].hidden == CALENDAR_SHOWN &&
		                           !is_chosen(r->o.account, &list->items[i]);
	run_calendars(r);
}

static void not_found(struct run *r)
{
	struct err e = *discover_error(r->discover);
	const enum diagnosis diagnosis = discover_diagnosis(r->discover);

	if (e.code == ERR_GONE && !r->again && discover_anew(r, &e)) {
		ask(r);
		return;
	}
	/* A hotel's network answers for the server: later is another network. */
	if (diagnosis == DIAGNOSIS_NET_PORTAL)
		e.code = ERR_NETWORK;
	run_refused(r, &e, diagnosis);
}

static void on_done(void *ctx, const struct dav_reply *reply)
{
	struct run *r = ctx;

	r->exchange = NULL;
	discover_answer(r->discover, reply);
	const enum discover_step step = discover_step(r->discover);
	if (step == DISCOVER_DONE)
		found(r);
	else if (step == DISCOVER_FAILED)
		not_found(r);
	else
		ask(r);
}

static void ask(struct run *r)
{
	const struct dav_sink sink = {.ctx = r, .body = on_body, .done = on_done};
	struct dav_request request = {0};

	discover_ask(r->discover, &request);
	r->exchange = transport_start(r->o.transport, &request, &sink);
}

void run_account(struct run *r)
{
	SCOPED(uri) home = {0};
	struct err e = {0};
	const char *known = r->o.account->home;

	if (known && uri_parse(&home, str_of(known), NULL)) {
		r->discover = discover_from_home(&home, r->o.gate);
	} else if (!discover_anew(r, &e)) {
		/* An address nobody may be asked at: the transport says so, in its
		 * turn. */
		r->again = true;
		r->discover =
			discover_new(&(struct uri){.path = (char[]){"/"}}, r->o.gate);
	}
	ask(r);
}
