#include <config.h>

#include "dav/discover.h"

#include <string.h>

#include "base/mem.h"
#include "dav/discover_impl.h"
#include "dav/request.h"

static void findings_clear(struct findings *f)
{
	free(f->principal);
	for (size_t i = 0; i < f->n_homes; i++)
		free(f->homes[i]);
	*f = (struct findings){0};
}

struct discover *discover_new(const struct uri *start, const struct gate *gate)
{
	struct discover *d = xcalloc(1, sizeof(*d));

	d->gate = *gate;
	d->step = DISCOVER_PRINCIPAL;
	uri_copy(&d->start, start);
	uri_copy(&d->at, start);
	return d;
}

struct discover *discover_from_home(const struct uri *home, const struct gate *gate)
{
	struct discover *d = discover_new(home, gate);

	d->step = DISCOVER_CALENDARS;
	d->from_home = d->expected = true;
	uri_copy(&d->homes[d->n_homes++], home);
	return d;
}

struct discover *discover_from_homes(struct str homes, const struct gate *gate)
{
	struct discover *d = NULL;

	for (struct str word; str_split(&homes, ' ', &word);) {
		SCOPED(uri) home = {0};
		if (!uri_parse(&home, word, NULL))
			continue;
		if (!d)
			d = discover_from_home(&home, gate);
		else if (d->n_homes < DAV_HOMES_MAX)
			uri_copy(&d->homes[d->n_homes++], &home);
	}
	return d;
}

void discover_free(struct discover *d)
{
	if (!d)
		return;
	multistatus_free(d->reader);
	findings_clear(&d->found);
	uri_clear(&d->start);
	uri_clear(&d->at);
	for (size_t i = 0; i < d->n_homes; i++)
		uri_clear(&d->homes[i]);
	free(d->principal);
	dav_calendars_clear(&d->calendars);
	free(d);
}

void discover_expect(struct discover *d)
{
	d->expected = true;
}

void discover_offer_dns(struct discover *d)
{
	const struct origin *o = &d->start.origin;

	d->offers_dns = d->gate.provider == PROVIDER_CALDAV && o->tls && o->port == 443;
}

enum discover_step discover_step(const struct discover *d)
{
	return d->step;
}

/* --- reading an answer --- */

static bool on_response(void *ctx, const struct dav_response *r, struct err *e)
{
	struct discover *d = ctx;
	struct findings *f = &d->found;

	(void)e;
	f->responses++;
	if (r->status)
		f->status = r->status;
	f->asked_who |= (r->found & DAV_P_PRINCIPAL) != 0;
	if (!f->principal && r->principal.len)
		f->principal = str_dup(r->principal);
	for (size_t i = 0; i < r->n_homes && f->n_homes < DAV_HOMES_MAX; i++)
		f->homes[f->n_homes++] = str_dup(r->homes[i]);
	if (d->step == DISCOVER_CALENDARS)
		dav_calendars_add(&d->calendars, &d->at, &d->gate, r);
	return true;
}

void discover_ask(struct discover *d, struct dav_request *r)
{
	const struct multistatus_sink sink = {.ctx = d, .response = on_response};

	multistatus_free(d->reader);
	d->reader = multistatus_new(&sink);
	d->n_head = 0;
	d->broken = false;
	findings_clear(&d->found);
	if (d->step == DISCOVER_PRINCIPAL)
		dav_ask_principal(r, &d->at);
	else if (d->step == DISCOVER_HOME)
		dav_ask_home(r, &d->at);
	else
		dav_ask_calendars(r, &d->at);
}

bool discover_body(struct discover *d, struct str bytes, struct err *e)
{
	const struct str head = str_slice(bytes, 0, HEAD_SIZE - d->n_head);

	if (head.len)
		memcpy(d->head + d->n_head, head.ptr, head.len);
	d->n_head += head.len;
	if (multistatus_feed(d->reader, bytes, &d->broken_err))
		return true;
	d->broken = true;
	if (e)
		*e = d->broken_err;
	return false;
}

/* --- going on --- */

/* What is told of it, without what is lent. */
static void remember(struct discover *d, const struct judgement *j,
	const struct dav_reply *reply)
{
	d->diagnosis = j->diagnosis;
	d->err = j->err;
	d->told = *reply;
	d->told.uri = (struct uri){0};
	d->told.error_body = (struct str){0};
	if (j->foreign[0])
		memcpy(d->told.foreign, j->foreign, sizeof(d->told.foreign));
}

static void fail(struct discover *d, const struct judgement *j,
	const struct dav_reply *reply)
{
	d->step = DISCOVER_FAILED;
	remember(d, j, reply);
}

static const struct uri *base_of(const struct discover *d,
	const struct dav_reply *reply)
{
	return reply->uri.path ? &reply->uri : &d->at;
}

static void go_to(struct discover *d, enum discover_step step, struct uri *at)
{
	uri_clear(&d->at);
	d->at = *at;
	*at = (struct uri){0};
	d->step = step;
}

/* Of several unsuccessful addresses the most telling failure is reported. */
static int rank(enum diagnosis diagnosis)
{
	if (diagnosis == DIAGNOSIS_SVC_MOVED)
		return 4;
	if (diagnosis == DIAGNOSIS_AUTH_REFUSED)
		return 3;
	if (diagnosis == DIAGNOSIS_AUTH_LOCKED)
		return 2;
	return diagnosis == DIAGNOSIS_NONE ? 0 : 1;
}

/* RFC 6764 section 5: the address as typed, the well-known one, then the root. False
 * when there is no further one. */
static bool next_candidate(struct discover *d)
{
	static const char *const paths[] = {NULL, "/.well-known/caldav", "/"};

	if (d->gate.provider == PROVIDER_ICLOUD)
		return false;
	while (++d->candidate < COUNT_OF(paths)) {
		if (!strcmp(paths[d->candidate], d->start.path))
			continue;
		struct uri at = {.origin = d->start.origin,
			.path = xstrdup(paths[d->candidate])};
		go_to(d, DISCOVER_PRINCIPAL, &at);
		return true;
	}
	return false;
}

static void try_elsewhere(struct discover *d, const struct judgement *j,
	const struct dav_reply *reply)
{
	if (rank(j->diagnosis) > rank(d->diagnosis))
		remember(d, j, reply);
	if (!j->unreachable && next_candidate(d))
		return;
	d->step = d->offers_dns ? DISCOVER_SERVICE : DISCOVER_FAILED;
	d->offers_dns = false;
}

/* --- the records of the domain --- */

const char *discover_domain(const struct discover *d)
{
	return d->start.origin.host;
}

/* The domain itself or a host below it. */
static bool is_in_domain(struct str host, struct str domain)
{
	if (str_eq(host, domain))
		return true;
	return host.len > domain.len + 1 && str_ends(host, domain) &&
	       host.ptr[host.len - domain.len - 1] == '.';
}

static bool service_address(const struct dav_service *s, struct uri *at)
{
	AUTO_FREE char *text = xasprintf("https://%s:%u%s", s->host, (unsigned)s->port,
		s->path[0] ? s->path : "/.well-known/caldav");

	return uri_parse(at, str_of(text), NULL);
}

static bool let_in(struct gate *g, const struct uri *at)
{
	if (gate_allows(g, at, NULL))
		return true;
	if (g->n_allowed == COUNT_OF(g->allowed))
		return false;
	g->allowed[g->n_allowed++] = at->origin;
	return true;
}

/* Records can be forged where DNS is not signed: the password goes no further than the
 * domain the person named. */
static void refuse_service(struct discover *d, const struct uri *at)
{
	struct judgement j = {.diagnosis = DIAGNOSIS_SVC_MOVED};
	const struct dav_reply reply = {.failure = DAV_FOREIGN_HOST, .retry_after = -1};

	memcpy(j.foreign, at->origin.host, sizeof(j.foreign));
	(void)err_set(&j.err, ERR_CONFIG,
		"the calendars of %s are kept at %s, which nobody agreed to",
		d->start.origin.host, at->origin.host);
	fail(d, &j, &reply);
}

void discover_service(struct discover *d, const struct dav_service *found)
{
	struct uri at = {0};

	d->step = DISCOVER_FAILED;
	if (!found || !service_address(found, &at))
		return;
	const bool same = origin_equal(&at.origin, &d->start.origin);
	if (!is_in_domain(str_of(at.origin.host), str_of(d->start.origin.host)))
		refuse_service(d, &at);
	else if (!(same && !found->path[0]) && let_in(&d->gate, &at)) {
		d->diagnosis = DIAGNOSIS_NONE;
		d->candidate = 0;
		uri_clear(&d->start);
		uri_copy(&d->start, &at);
		go_to(d, DISCOVER_PRINCIPAL, &at);
	}
	uri_clear(&at);
}

const struct gate *discover_gate(const struct discover *d)
{
	return &d->gate;
}

/* --- principal and homes --- */

/* Resolves what the server named and asks the gate. */
static bool follow(const struct discover *d, const struct dav_reply *reply,
	const char *href, struct uri *to, struct judgement *j)
{
	struct uri found = {0};

	if (!uri_resolve(&found, base_of(d, reply), str_of(href), &j->err)) {
		j->diagnosis = DIAGNOSIS_SVC_ERROR;
		return false;
	}
	if (!gate_allows(&d->gate, &found, &j->err)) {
		memcpy(j->foreign, found.origin.host, sizeof(j->foreign));
		uri_clear(&found);
		j->diagnosis = DIAGNOSIS_SVC_MOVED;
		return false;
	}
	*to = found;
	return true;
}

static void take_principal(struct discover *d, const struct dav_reply *reply)
{
	struct judgement j = discover_judge(d, reply);
	struct uri to = {0};

	if (j.good && !d->found.principal)
		j = discover_no_principal(d);
	if (j.elsewhere || j.unreachable) {
		try_elsewhere(d, &j, reply);
		return;
	}
	if (!j.good || !follow(d, reply, d->found.principal, &to, &j)) {
		fail(d, &j, reply);
		return;
	}
	d->diagnosis = DIAGNOSIS_NONE;
	d->err = (struct err){0};
	d->principal = xstrdup(to.path);
	go_to(d, DISCOVER_HOME, &to);
}

/* RFC 4918 section 5.2: a collection's address ends in a slash. */
static void close_path(struct uri *u)
{
	const struct str path = str_of(u->path);

	if (str_ends(path, STR("/")) || str_find_char(path, '?') != STR_NONE)
		return;
	char *closed = xasprintf("%s/", u->path);
	free(u->path);
	u->path = closed;
}

static void list_home(struct discover *d)
{
	struct uri at = {0};

	uri_copy(&at, &d->homes[d->listing]);
	d->listed = d->calendars.count;
	go_to(d, DISCOVER_CALENDARS, &at);
}

/* A calendar is known by its path; so all homes must be on one host, but for the
 * partitions of iCloud, which all know all paths. */
static bool is_beside_first(const struct discover *d, const struct uri *home)
{
	return !d->n_homes || d->gate.provider == PROVIDER_ICLOUD ||
	       origin_equal(&d->homes[0].origin, &home->origin);
}

static void add_home(struct discover *d, struct uri *home)
{
	close_path(home);
	for (size_t i = 0; i < d->n_homes; i++)
		if (!strcmp(d->homes[i].path, home->path)) {
			uri_clear(home);
			return;
		}
	d->homes[d->n_homes++] = *home;
}

/* Most accounts have one; delegates and some companies' servers have several. */
static void take_home(struct discover *d, const struct dav_reply *reply)
{
	struct judgement j = discover_judge(d, reply);
	struct uri to = {0};

	if (!j.good) {
		fail(d, &j, reply);
		return;
	}
	j.diagnosis = DIAGNOSIS_SVC_NONE;
	(void)err_set(&j.err, ERR_CONFIG, "the account has no place for calendars");
	for (size_t i = 0; i < d->found.n_homes; i++) {
		if (!follow(d, reply, d->found.homes[i], &to, &j))
			continue;
		if (is_beside_first(d, &to)) {
			add_home(d, &to);
			continue;
		}
		memcpy(j.foreign, to.origin.host, sizeof(j.foreign));
		uri_clear(&to);
	}
	if (!d->n_homes) {
		fail(d, &j, reply);
		return;
	}
	memcpy(d->left_out, j.foreign, sizeof(d->left_out));
	list_home(d);
}

static void take_calendars(struct discover *d, const struct dav_reply *reply)
{
	const struct judgement j = discover_judge(d, reply);
	const bool absent = j.elsewhere && !d->broken && d->listing > 0;
	struct uri *home = &d->homes[d->listing];

	if (!j.good && !absent) {
		dav_calendars_clear(&d->calendars);
		fail(d, &j, reply);
		return;
	}
	if (absent) {
		dav_calendars_cut(&d->calendars, d->listed);
	} else if (reply->uri.path) {
		uri_clear(home);
		uri_copy(home, &reply->uri);
		close_path(home);
	}
	if (++d->listing < d->n_homes) {
		list_home(d);
		return;
	}
	dav_calendars_sort(&d->calendars);
	d->diagnosis = discover_verdict(&d->calendars);
	d->step = DISCOVER_DONE;
}

void discover_answer(struct discover *d, const struct dav_reply *reply)
{
	if (d->step == DISCOVER_PRINCIPAL)
		take_principal(d, reply);
	else if (d->step == DISCOVER_HOME)
		take_home(d, reply);
	else if (d->step == DISCOVER_CALENDARS)
		take_calendars(d, reply);
}

/* --- what came of it --- */

const struct uri *discover_home(const struct discover *d)
{
	return &d->homes[0];
}

char *discover_homes(const struct discover *d)
{
	SCOPED(buf) out = buf_with_max(0);

	for (size_t i = 0; i < d->n_homes; i++) {
		AUTO_FREE char *home = uri_text(&d->homes[i]);
		buf_printf(&out, "%s%s", i ? " " : "", home);
	}
	return buf_take(&out);
}

const char *discover_left_out(const struct discover *d)
{
	return d->left_out;
}

const char *discover_principal(const struct discover *d)
{
	return d->from_home ? NULL : d->principal;
}

const struct dav_calendars *discover_calendars(const struct discover *d)
{
	return &d->calendars;
}

enum diagnosis discover_diagnosis(const struct discover *d)
{
	return d->diagnosis;
}

const struct err *discover_error(const struct discover *d)
{
	return &d->err;
}

const struct dav_reply *discover_reply(const struct discover *d)
{
	return &d->told;
}

const char *discover_host(const struct discover *d)
{
	return d->at.origin.host;
}
