#include <config.h>

#include "net/patient.h"

#include <string.h>

#include "base/digest.h"
#include "base/mem.h"
#include "base/text.h"

enum {
	REPEATS_MAX = 3,
	RETRY_AFTER_MAX_S = 60,
	REFUSED_PAUSE_MS = 2000,
};

/* Full jitter: anything up to the ceiling, so that many clients spread out. */
static const int64_t ceilings_ms[REPEATS_MAX] = {1000, 4000, 16000};

struct patient {
	struct transport transport; /* first: the ops get its address */
	struct loop *loop;          /* borrowed */
	struct patient_options o;
	struct dav_exchange *first;   /* those that are not over */
	struct dav_exchange *checker; /* the one that asks again after a 401 */
	bool trusted;                 /* the password was good before */
	bool refused;                 /* and is not any more */
	bool known_account;           /* as the refusal told */
};

struct dav_exchange {
	struct patient *patient;
	struct dav_exchange *prev;
	struct dav_exchange *next;
	struct dav_sink sink;
	struct dav_request request; /* to be copied from; a write has left it */
	struct dav_exchange
		*inner;           /* lent by the inner transport; NULL = not running */
	struct loop_timer *later; /* asks again */
	unsigned repeats;
	bool read;
	bool connected; /* told once */
	bool stands;    /* this attempt had a connection */
	bool delivered; /* bytes of the body are with the owner */
	bool doubted;   /* was refused once already */
	bool parked;    /* until the checker knows more */
	bool ending;    /* `done` is on its way */
};

static int64_t system_up_to(UNUSED void *ctx, int64_t most)
{
	uint32_t n = 0;

	random_bytes(&n, sizeof(n));
	return (int64_t)n % (most + 1);
}

static void exchange_free(struct dav_exchange *x)
{
	dav_request_clear(&x->request);
	free(x);
}

static void leave(struct dav_exchange *x)
{
	struct patient *p = x->patient;

	*(x->prev ? &x->prev->next : &p->first) = x->next;
	if (x->next)
		x->next->prev = x->prev;
	if (p->checker == x)
		p->checker = NULL;
}

/* The patient may be gone when `done` returns. */
static void end(struct dav_exchange *x, const struct dav_reply *reply)
{
	x->ending = true;
	leave(x);
	x->sink.done(x->sink.ctx, reply);
	exchange_free(x);
}

/* What the answer allows */

static bool is_one_of(int status, const int *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] == status)
			return true;
	return false;
}

static bool is_trouble(const struct dav_exchange *x, const struct dav_reply *r)
{
	static const int passing[] = {500, 502, 504};

	switch (r->failure) {
	case DAV_ANSWERED:
		return is_one_of(r->status, passing, COUNT_OF(passing));
	case DAV_NO_HOST:
		return !x->patient->o.watched; /* it may just be mistyped */
	case DAV_NO_CONNECTION:
	case DAV_CUT:
		return true;
	case DAV_TIMEOUT:
		/* A server that computed for minutes will do so again. */
		return !x->patient->o.watched && (!x->stands || !x->repeats);
	case DAV_PROXY:
	case DAV_TLS_NAME:
	case DAV_TLS_CLOCK:
	case DAV_TLS_OTHER:
	case DAV_TOO_LARGE:
	case DAV_NOT_HTTP:
	case DAV_FOREIGN_HOST:
	case DAV_REDIRECTS:
	case DAV_STOPPED:
		return false;
	}
	return false;
}

static int64_t pause_for_trouble(const struct dav_exchange *x)
{
	const struct patient *p = x->patient;
	const unsigned most = p->o.watched ? 1 : REPEATS_MAX;

	if (x->repeats >= most)
		return -1;
	return p->o.chance.up_to(p->o.chance.ctx, ceilings_ms[x->repeats]);
}

static int64_t pause_when_asked(const struct dav_exchange *x, const struct dav_reply *r)
{
	if (x->patient->o.watched || x->repeats >= REPEATS_MAX || r->retry_after < 0 ||
		r->retry_after > RETRY_AFTER_MAX_S)
		return -1;
	return r->retry_after ? r->retry_after * 1000 : 1000;
}

/* Milliseconds until it may be asked again; -1 = not at all. */
static int64_t pause_after(const struct dav_exchange *x, const struct dav_reply *r)
{
	static const int asks_to_wait[] = {429, 503};
	const bool answered = r->failure == DAV_ANSWERED;

	if (!x->read || x->delivered)
		return -1;
	if (answered && r->status == 421)
		return x->request.fresh ? -1 : 0;
	if (answered && is_one_of(r->status, asks_to_wait, COUNT_OF(asks_to_wait)))
		return pause_when_asked(x, r);
	return is_trouble(x, r) ? pause_for_trouble(x) : -1;
}

static bool in_time(const struct patient *p, int64_t pause_ms)
{
	return !p->o.deadline_ms ||
	       clock_mono_ms(loop_clock(p->loop)) + pause_ms < p->o.deadline_ms;
}

/* Asking again */

static void run(struct dav_exchange *x);

static void again(void *ctx)
{
	struct dav_exchange *x = ctx;

	x->later = NULL;
	run(x);
}

static void repeat(struct dav_exchange *x, const struct dav_reply *r, int64_t pause_ms)
{
	const struct patient *p = x->patient;

	log_line(p->o.log, LOG_DEBUG, "net: again in_ms=%lld %s failure=%d status=%d",
		(long long)pause_ms, x->request.method, (int)r->failure, r->status);
	x->request.fresh |= r->failure == DAV_ANSWERED && r->status == 421;
	x->repeats++;
	x->later = loop_after(p->loop, pause_ms, again, x);
}

/* A refused password */

static void tell_refused(void *ctx)
{
	struct dav_exchange *x = ctx;
	const struct dav_reply reply = {
		.status = 401,
		.retry_after = -1,
		.known_account = x->patient->known_account,
		.local_date = clock_wall_ms(loop_clock(x->patient->loop)) / 1000,
		.uri = x->request.uri,
	};

	x->later = NULL;
	end(x, &reply);
}

/* Those that were refused meanwhile go the way of the one that asked again. */
static void release_doubted(struct patient *p)
{
	for (struct dav_exchange *x = p->first; x; x = x->next) {
		if (!x->parked)
			continue;
		x->parked = false;
		x->later = loop_after(p->loop, 0, p->refused ? tell_refused : again, x);
	}
}

static void note_sign_in(struct dav_exchange *x, const struct dav_reply *r)
{
	struct patient *p = x->patient;
	const bool refused = r->failure == DAV_ANSWERED && r->status == 401;

	if (r->failure == DAV_ANSWERED && r->status / 100 == 2)
		p->trusted = true;
	if (p->checker != x)
		return;
	p->checker = NULL;
	p->refused = refused;
	p->known_account = refused && r->known_account;
	release_doubted(p);
}

/* Servers were seen to answer 401 out of the blue; but an account is locked by those
 * who insist, so one request alone finds out. */
static bool doubt(struct dav_exchange *x, const struct dav_reply *r)
{
	struct patient *p = x->patient;

	if (r->failure != DAV_ANSWERED || r->status != 401 || !x->read ||
		x->delivered || x->doubted || p->o.watched || !p->trusted ||
		p->refused || !in_time(p, REFUSED_PAUSE_MS))
		return false;
	x->doubted = true;
	x->parked = p->checker != NULL;
	if (x->parked)
		return true;
	p->checker = x;
	repeat(x, r, REFUSED_PAUSE_MS);
	return true;
}

/* What the inner transport tells */

static void on_connected(void *ctx)
{
	struct dav_exchange *x = ctx;

	x->stands = true;
	if (x->connected)
		return;
	x->connected = true;
	if (x->sink.connected)
		x->sink.connected(x->sink.ctx);
}

static bool on_body(void *ctx, const struct dav_reply *head, struct str bytes,
	struct err *e)
{
	struct dav_exchange *x = ctx;

	x->delivered = true;
	return x->sink.body(x->sink.ctx, head, bytes, e);
}

static void on_done(void *ctx, const struct dav_reply *reply)
{
	struct dav_exchange *x = ctx;

	x->inner = NULL;
	note_sign_in(x, reply);
	if (doubt(x, reply))
		return;
	const int64_t pause = pause_after(x, reply);
	if (pause >= 0 && in_time(x->patient, pause))
		repeat(x, reply, pause);
	else
		end(x, reply);
}

static void run(struct dav_exchange *x)
{
	const struct dav_sink sink = {.ctx = x,
		.connected = on_connected,
		.body = x->sink.body ? on_body : NULL,
		.done = on_done};
	struct dav_request request = {0};

	x->stands = false;
	if (x->read) {
		dav_request_copy(&request, &x->request);
	} else {
		request = x->request;
		x->request = (struct dav_request){.depth = DEPTH_NONE};
	}
	x->inner = transport_start(x->patient->o.inner, &request, &sink);
}

/* The transport */

static bool is_read(const char *method)
{
	static const char *const reads[] = {"PROPFIND", "REPORT", "GET", "HEAD"};

	for (size_t i = 0; i < COUNT_OF(reads); i++)
		if (!strcmp(reads[i], method))
			return true;
	return false;
}

static struct dav_exchange *start(struct transport *t, struct dav_request *request,
	const struct dav_sink *sink)
{
	struct patient *p = (struct patient *)t;
	struct dav_exchange *x = xcalloc(1, sizeof(*x));

	x->patient = p;
	x->sink = *sink;
	x->read = is_read(request->method);
	x->request = *request;
	*request = (struct dav_request){.depth = DEPTH_NONE};
	x->next = p->first;
	if (p->first)
		p->first->prev = x;
	p->first = x;
	run(x);
	return x;
}

static void cancel(struct dav_exchange *x)
{
	struct patient *p = x->patient;

	if (x->ending)
		return;
	const bool checked = p->checker == x;
	leave(x);
	if (x->inner)
		exchange_cancel(p->o.inner, x->inner);
	loop_timer_cancel(p->loop, x->later);
	exchange_free(x);
	if (checked)
		release_doubted(p);
}

static const struct transport_ops ops = {.start = start, .cancel = cancel};

struct patient *patient_new(struct loop *l, const struct patient_options *o)
{
	struct patient *p = xcalloc(1, sizeof(*p));

	p->transport.ops = &ops;
	p->loop = l;
	p->o = *o;
	if (!p->o.chance.up_to)
		p->o.chance.up_to = system_up_to;
	return p;
}

void patient_free(struct patient *p)
{
	if (!p)
		return;
	p->checker = NULL;
	while (p->first)
		cancel(p->first);
	free(p);
}

struct transport *patient_transport(struct patient *p)
{
	return &p->transport;
}
