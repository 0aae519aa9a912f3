#include <config.h>

#include "app/link.h"

#include <string.h>

#include "base/mem.h"
#include "cal/password.h"
#include "net/http.h"
#include "net/idn.h"
#include "net/patient.h"
#include "net/resolve.h"

#define DEFAULT_DEADLINE_MS 60000

struct link_check {
	struct link_options o;
	struct gate gate;
	int64_t deadline_ms;
	struct http *http;         /* owned */
	struct patient *patient;   /* owned */
	struct discover *discover; /* owned */
	struct resolve *resolve;   /* owned */
	struct dav_exchange *exchange;
	struct loop_timer *later;
	enum link_step step;
	int64_t step_began;
	bool connected;
	bool format_doubt;
};

/* The homes were found through the gate, with a person watching. */
static void let_homes_in(const struct account *a, struct gate *gate)
{
	struct str rest = str_of(a->home);

	for (struct str word; rest.len && str_split(&rest, ' ', &word);) {
		SCOPED(uri) home = {0};
		if (gate->n_allowed < COUNT_OF(gate->allowed) &&
			uri_parse(&home, word, NULL) && !gate_allows(gate, &home, NULL))
			gate->allowed[gate->n_allowed++] = home.origin;
	}
}

static bool read_address(const char *address, struct uri *entry, struct err *e)
{
	AUTO_FREE char *ascii = idn_address(str_of(address));

	return uri_from_person(entry, str_of(ascii ? ascii : address), e);
}

bool account_entry(const struct account *a, struct uri *entry, struct gate *gate,
	struct err *e)
{
	const char *address = a->provider == PROVIDER_ICLOUD ? ICLOUD_ENTRY : a->server;

	if (!address)
		return err_set(e, ERR_CONFIG, "account %s has no server address",
			a->name);
	if (!read_address(address, entry, e))
		return false;
	*gate = (struct gate){.provider = a->provider, .home = entry->origin};
	let_homes_in(a, gate);
	return true;
}

static int64_t now(const struct link_check *c)
{
	return clock_mono_ms(loop_clock(c->o.loop));
}

static void tell(struct link_check *c, enum link_step step, enum link_state state,
	const char *detail)
{
	const int64_t at = now(c);
	const struct link_news news = {.step = step,
		.state = state,
		.ms = state == LINK_RUNNING ? 0 : at - c->step_began,
		.detail = detail};

	c->step_began = at;
	if (c->o.step)
		c->o.step(c->o.ctx, &news);
}

/* Steps up to and including `last` are done; the next one runs. */
static void advance(struct link_check *c, enum link_step last)
{
	while (c->step <= last) {
		tell(c, c->step, LINK_OK, "");
		c->step++;
		if (c->step < LINK_STEPS)
			tell(c, c->step, LINK_RUNNING, "");
	}
}

static void on_connected(void *ctx)
{
	struct link_check *c = ctx;

	c->connected = true;
	if (c->step < LINK_SIGN_IN)
		advance(c, LINK_SECURE);
}

static bool on_body(void *ctx, UNUSED const struct dav_reply *head, struct str bytes,
	struct err *e)
{
	struct link_check *c = ctx;
	return discover_body(c->discover, bytes, e);
}

static void finish(struct link_check *c)
{
	const struct dav_reply *reply = discover_reply(c->discover);
	struct link_result result = {.diagnosis = discover_diagnosis(c->discover),
		.failed = discover_step(c->discover) == DISCOVER_FAILED,
		.calendars = discover_calendars(c->discover),
		.principal = discover_principal(c->discover),
		.left_out = discover_left_out(c->discover)};
	AUTO_FREE char *home = NULL;

	if (result.failed) {
		if (c->format_doubt && result.diagnosis == DIAGNOSIS_AUTH_REFUSED)
			result.diagnosis = DIAGNOSIS_AUTH_KIND;
		result.err = *discover_error(c->discover);
		char detail[64] = "";
		diagnosis_detail(reply, detail, sizeof(detail));
		tell(c, c->step, LINK_FAILED, detail);
	} else {
		home = discover_homes(c->discover);
		result.home = home;
		advance(c, LINK_RIGHTS);
	}
	if (result.diagnosis != DIAGNOSIS_NONE)
		diagnosis_describe_reply(result.diagnosis, c->o.account->provider,
			discover_host(c->discover), result.failed ? reply : NULL,
			&result.words);
	c->o.done(c->o.ctx, &result);
}

static void go_on(struct link_check *c);

/* Cyrus answers 207 to those it does not let in. */
static bool was_refused(const struct link_check *c)
{
	return discover_diagnosis(c->discover) == DIAGNOSIS_AUTH_REFUSED;
}

/* Which step an answer that ended the check belongs to. */
static void settle_step(struct link_check *c, const struct dav_reply *reply)
{
	switch (reply->failure) {
	case DAV_TLS_NAME:
	case DAV_TLS_CLOCK:
	case DAV_TLS_OTHER:
		advance(c, LINK_REACH);
		return;
	case DAV_ANSWERED:
	case DAV_CUT:
	case DAV_TOO_LARGE:
	case DAV_NOT_HTTP:
	case DAV_FOREIGN_HOST:
	case DAV_REDIRECTS:
	case DAV_STOPPED:
		if (c->step < LINK_SIGN_IN)
			advance(c, LINK_SECURE);
		if (reply->status / 100 == 2 && !was_refused(c))
			advance(c, LINK_SIGN_IN);
		return;
	case DAV_NO_HOST:
	case DAV_NO_CONNECTION:
	case DAV_TIMEOUT:
	case DAV_PROXY:
		return;
	}
}

static void on_done(void *ctx, const struct dav_reply *reply);

static void ask(struct link_check *c)
{
	const struct dav_sink sink = {.ctx = c,
		.connected = on_connected,
		.body = on_body,
		.done = on_done};
	struct dav_request request = {0};

	discover_ask(c->discover, &request);
	c->exchange = transport_start(patient_transport(c->patient), &request, &sink);
}

static void close_transport(struct link_check *c)
{
	if (c->exchange)
		exchange_cancel(patient_transport(c->patient), take(&c->exchange));
	patient_free(take(&c->patient));
	http_free(take(&c->http));
}

/* With the gate as it is now. */
static void open_transport(struct link_check *c)
{
	close_transport(c);
	c->http = http_new(c->o.loop, &(struct http_options){.gate = c->gate,
					      .login = c->o.account->login,
					      .password = c->o.account->password,
					      .log = c->o.log,
					      .deadline_ms = c->deadline_ms});
	c->patient = patient_new(c->o.loop,
		&(struct patient_options){.inner = http_transport(c->http),
			.log = c->o.log,
			.deadline_ms = c->deadline_ms,
			.watched = true});
}

static void on_service(void *ctx, const struct dav_service *found)
{
	struct link_check *c = ctx;

	discover_service(c->discover, found);
	c->gate = *discover_gate(c->discover);
	open_transport(c);
	go_on(c);
}

static void go_on_later(void *ctx)
{
	struct link_check *c = ctx;

	c->later = NULL;
	go_on(c);
}

static void go_on(struct link_check *c)
{
	switch (discover_step(c->discover)) {
	case DISCOVER_SERVICE:
		c->resolve = resolve_start(c->o.loop,
			&(struct resolve_options){.domain =
							  discover_domain(c->discover),
				.ctx = c,
				.done = on_service});
		return;
	case DISCOVER_PRINCIPAL:
	case DISCOVER_HOME:
	case DISCOVER_CALENDARS:
		ask(c);
		return;
	case DISCOVER_FAILED:
		settle_step(c, discover_reply(c->discover));
		finish(c);
		return;
	case DISCOVER_DONE:
		advance(c, LINK_LIST);
		finish(c);
		return;
	}
}

/* The transport is about to release the exchange: the next one waits for its turn. */
static void on_done(void *ctx, const struct dav_reply *reply)
{
	struct link_check *c = ctx;

	c->exchange = NULL;
	discover_answer(c->discover, reply);
	const enum discover_step next = discover_step(c->discover);
	if (next == DISCOVER_CALENDARS)
		advance(c, LINK_FIND);
	else if (next == DISCOVER_HOME)
		advance(c, LINK_SIGN_IN);
	c->later = loop_after(c->o.loop, 0, go_on_later, c);
}

static bool looks_foreign(const struct account *a)
{
	if (a->provider != PROVIDER_ICLOUD || !a->password)
		return false;
	const struct password_verdict v = password_judge(secret_view(a->password));
	secret_close(a->password);
	return v.kind != PASSWORD_GOOD;
}

struct link_check *link_check_start(const struct link_options *o, struct err *e)
{
	SCOPED(uri) entry = {0};
	AUTO(link_check) *c = xcalloc(1, sizeof(*c));

	c->o = *o;
	if (!account_entry(o->account, &entry, &c->gate, e))
		return NULL;
	c->format_doubt = looks_foreign(o->account);
	const int64_t limit = o->deadline_ms ? o->deadline_ms : DEFAULT_DEADLINE_MS;
	c->deadline_ms = now(c) + limit;
	open_transport(c);
	c->discover = discover_new(&entry, &c->gate);
	discover_offer_dns(c->discover);
	if (o->account->home)
		discover_expect(c->discover);
	c->step_began = now(c);
	tell(c, LINK_REACH, LINK_RUNNING, "");
	ask(c);
	return take(&c);
}

void link_check_free(struct link_check *c)
{
	if (!c)
		return;
	loop_timer_cancel(c->o.loop, c->later);
	close_transport(c);
	resolve_free(c->resolve);
	discover_free(c->discover);
	free(c);
}
