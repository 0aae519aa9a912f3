#include <config.h>

#include "dav/discover.h"

#include <string.h>

#include "base/mem.h"
#include "dav/request.h"

#define HEAD_SIZE 512U

/* What one answer told, beyond the calendars themselves. */
struct findings {
	size_t responses;
	int status;      /* of the last response that carried one */
	bool asked_who;  /* current-user-principal came, perhaps without an href */
	char *principal; /* owned */
	char *homes[DAV_HOMES_MAX]; /* owned */
	size_t n_homes;
};

struct discover {
	struct gate gate;
	enum discover_step step;
	struct uri start;
	struct uri at;    /* where the next request goes */
	size_t candidate; /* which address is asked for the principal */
	bool from_home;

	struct multistatus *reader; /* of the current answer */
	char head[HEAD_SIZE];       /* its first bytes */
	size_t n_head;
	bool broken; /* it could not be read: broken_err */
	struct err broken_err;
	struct findings found;

	char *principal;
	struct uri home;
	struct dav_calendars calendars;
	enum diagnosis diagnosis;
	struct err err;
};

/* How an answer is to be taken. */
struct judgement {
	bool good;
	bool elsewhere; /* the address may be the trouble: another may do better */
	enum diagnosis diagnosis;
	struct err err;
};

static const char *const errands[] = {
	[DISCOVER_PRINCIPAL] = "sign in",
	[DISCOVER_HOME] = "look for the calendars",
	[DISCOVER_CALENDARS] = "list the calendars",
	[DISCOVER_DONE] = "",
	[DISCOVER_FAILED] = "",
};

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
	d->from_home = true;
	uri_copy(&d->home, home);
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
	uri_clear(&d->home);
	free(d->principal);
	dav_calendars_clear(&d->calendars);
	free(d);
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

static bool read_whole(struct discover *d)
{
	struct multistatus_end end = {0};

	if (d->broken)
		return false;
	if (!multistatus_finish(d->reader, &end, &d->broken_err)) {
		d->broken = true;
		return false;
	}
	multistatus_end_clear(&end);
	return true;
}

/* --- judging it --- */

static struct judgement judge_failure(const struct discover *d,
	const struct dav_reply *reply)
{
	struct judgement j = {
		.elsewhere = reply->failure == DAV_FOREIGN_HOST ||
	                     reply->failure == DAV_REDIRECTS,
		.diagnosis = diagnose_reply(reply, d->gate.provider, false),
	};

	(void)dav_reply_error(reply, errands[d->step], &j.err);
	return j;
}

static struct judgement judge_status(const struct discover *d,
	const struct dav_reply *reply, int status)
{
	static const int about_address[] = {400, 403, 404, 405, 410, 501};
	struct dav_reply told = *reply;
	struct judgement j = {0};

	told.status = status;
	j.diagnosis = diagnose_reply(&told, d->gate.provider, false);
	(void)dav_reply_error(&told, errands[d->step], &j.err);
	for (size_t i = 0; i < COUNT_OF(about_address); i++)
		j.elsewhere |= status == about_address[i];
	if (d->step == DISCOVER_CALENDARS && (status == 404 || status == 410))
		j.diagnosis = DIAGNOSIS_SVC_NONE;
	return j;
}

static struct judgement judge_broken(const struct discover *d,
	const struct dav_reply *reply)
{
	const struct str head = {d->head, d->n_head};
	struct judgement j = {.elsewhere = true,
		.diagnosis = DIAGNOSIS_SVC_ERROR,
		.err = d->broken_err};
	const bool page = dav_is_web_page(head, reply->content_type);

	(void)err_wrap(&j.err, "%s", errands[d->step]);
	if (d->gate.provider == PROVIDER_ICLOUD)
		j.diagnosis = page ? DIAGNOSIS_NET_PORTAL : DIAGNOSIS_SVC_ERROR;
	else if (page || d->step == DISCOVER_PRINCIPAL)
		j.diagnosis = DIAGNOSIS_SVC_NOT_DAV;
	return j;
}

static struct judgement judge(struct discover *d, const struct dav_reply *reply)
{
	const bool success = reply->failure == DAV_ANSWERED && reply->status >= 200 &&
	                     reply->status < 300;

	if (reply->failure == DAV_STOPPED && d->broken)
		return judge_broken(d, reply);
	if (reply->failure != DAV_ANSWERED)
		return judge_failure(d, reply);
	if (!success)
		return judge_status(d, reply, reply->status);
	if (!read_whole(d))
		return judge_broken(d, reply);
	/* Xandikos answers 207 with a 404 inside for a collection it does not have. */
	if (d->found.responses == 1 && d->found.status)
		return judge_status(d, reply, d->found.status);
	return (struct judgement){.good = true};
}

/* --- going on --- */

static void fail(struct discover *d, const struct judgement *j)
{
	d->step = DISCOVER_FAILED;
	d->diagnosis = j->diagnosis;
	d->err = j->err;
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

static void try_elsewhere(struct discover *d, const struct judgement *j)
{
	if (rank(j->diagnosis) > rank(d->diagnosis)) {
		d->diagnosis = j->diagnosis;
		d->err = j->err;
	}
	if (!next_candidate(d))
		d->step = DISCOVER_FAILED;
}

/* Cyrus answers 207 to anybody at its root, with {DAV:}unauthenticated for a principal.
 */
static struct judgement no_principal(const struct discover *d)
{
	struct judgement j = {.elsewhere = true};

	if (d->found.asked_who) {
		j.diagnosis = DIAGNOSIS_AUTH_REFUSED;
		(void)err_set(&j.err, ERR_AUTH, "the server did not take the sign-in");
	} else if (d->gate.provider == PROVIDER_ICLOUD) {
		j.diagnosis = DIAGNOSIS_SVC_NONE;
		(void)err_set(&j.err, ERR_CONFIG,
			"the account has no calendar service");
	} else {
		j.diagnosis = DIAGNOSIS_SVC_NOT_DAV;
		(void)err_set(&j.err, ERR_CONFIG,
			"the server tells no calendar account");
	}
	return j;
}

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
		uri_clear(&found);
		j->diagnosis = DIAGNOSIS_SVC_MOVED;
		return false;
	}
	*to = found;
	return true;
}

static void take_principal(struct discover *d, const struct dav_reply *reply)
{
	struct judgement j = judge(d, reply);
	struct uri to = {0};

	if (j.good && !d->found.principal)
		j = no_principal(d);
	if (j.elsewhere) {
		try_elsewhere(d, &j);
		return;
	}
	if (!j.good || !follow(d, reply, d->found.principal, &to, &j)) {
		fail(d, &j);
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

/* The first home the gate lets through. A person with several (delegates, some servers
 * of companies) sees the first one's calendars. */
static void take_home(struct discover *d, const struct dav_reply *reply)
{
	struct judgement j = judge(d, reply);
	struct uri to = {0};

	if (!j.good) {
		fail(d, &j);
		return;
	}
	j.diagnosis = DIAGNOSIS_SVC_NONE;
	(void)err_set(&j.err, ERR_CONFIG, "the account has no place for calendars");
	for (size_t i = 0; i < d->found.n_homes; i++) {
		if (!follow(d, reply, d->found.homes[i], &to, &j))
			continue;
		close_path(&to);
		uri_clear(&d->home);
		uri_copy(&d->home, &to);
		go_to(d, DISCOVER_CALENDARS, &to);
		return;
	}
	fail(d, &j);
}

static enum diagnosis diagnose_calendars(const struct dav_calendars *list)
{
	bool any = false;
	bool writable = false;

	for (size_t i = 0; i < list->count; i++) {
		if (list->items[i].hidden != CALENDAR_SHOWN)
			continue;
		any = true;
		writable |= list->items[i].writable;
	}
	if (!any)
		return DIAGNOSIS_CAL_EMPTY;
	return writable ? DIAGNOSIS_NONE : DIAGNOSIS_CAL_READ_ONLY;
}

static void take_calendars(struct discover *d, const struct dav_reply *reply)
{
	const struct judgement j = judge(d, reply);

	if (!j.good) {
		dav_calendars_clear(&d->calendars);
		fail(d, &j);
		return;
	}
	if (reply->uri.path) {
		uri_clear(&d->home);
		uri_copy(&d->home, &reply->uri);
		close_path(&d->home);
	}
	dav_calendars_sort(&d->calendars);
	d->diagnosis = diagnose_calendars(&d->calendars);
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

const struct uri *discover_home(const struct discover *d)
{
	return &d->home;
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
