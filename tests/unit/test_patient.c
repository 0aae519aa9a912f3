/* net/patient: on a clock that only moves when told, over a transport that answers when
 * told. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/secret.h"
#include "net/patient.h"

enum { EXCHANGES_MAX = 16 };

/* One exchange as the inner transport sees it. */
struct dav_exchange {
	struct world *world;
	struct dav_request request;
	struct dav_sink sink;
	bool over;
	bool cancelled;
};

struct world {
	struct transport inner; /* first */
	int64_t now;
	struct clock clock;
	struct loop *loop;
	int64_t luck; /* percent of the longest pause */
	int64_t asked_most;
	struct patient *patient;
	struct dav_exchange asked[EXCHANGES_MAX];
	size_t count;
};

struct outcome {
	struct dav_exchange *x;
	bool done;
	int connected;
	int status;
	enum dav_failure failure;
	bool known_account;
	int64_t retry_after;
	char path[32];
	char body[32];
	size_t len;
	/* What to do from within the callbacks; may be NULL. */
	struct world *world;
	bool cancel_in_body;
	bool free_in_done;
};

static int64_t world_now(void *ctx)
{
	return ((struct world *)ctx)->now;
}

static int64_t world_up_to(void *ctx, int64_t most)
{
	struct world *w = ctx;

	w->asked_most = most;
	return most * w->luck / 100;
}

static struct dav_exchange *inner_start(struct transport *t,
	struct dav_request *request, const struct dav_sink *sink)
{
	struct world *w = (struct world *)t;

	assert_true(w->count < EXCHANGES_MAX);
	struct dav_exchange *x = &w->asked[w->count++];
	*x = (struct dav_exchange){.world = w, .request = *request, .sink = *sink};
	*request = (struct dav_request){.depth = DEPTH_NONE};
	return x;
}

static void inner_cancel(struct dav_exchange *x)
{
	assert_false(x->over);
	x->over = x->cancelled = true;
}

static const struct transport_ops inner_ops = {inner_start, inner_cancel};

static void open_patient(struct world *w, bool watched, int64_t deadline_ms)
{
	patient_free(w->patient);
	w->patient = patient_new(w->loop, &(struct patient_options){.inner = &w->inner,
						  .chance = {world_up_to, w},
						  .watched = watched,
						  .deadline_ms = deadline_ms});
}

static int set_up(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));

	w->inner.ops = &inner_ops;
	w->now = 1772615700000;
	w->luck = 100;
	w->clock = (struct clock){world_now, world_now, w};
	w->loop = loop_new(&w->clock, NULL);
	if (!w->loop)
		return -1;
	open_patient(w, false, 0);
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	patient_free(w->patient);
	loop_free(w->loop);
	for (size_t i = 0; i < w->count; i++)
		dav_request_clear(&w->asked[i].request);
	free(w);
	return 0;
}

static void on_connected(void *ctx)
{
	((struct outcome *)ctx)->connected++;
}

static bool on_body(void *ctx, UNUSED const struct dav_reply *head, struct str bytes,
	UNUSED struct err *e)
{
	struct outcome *o = ctx;

	assert_true(o->len + bytes.len < sizeof(o->body));
	memcpy(o->body + o->len, bytes.ptr, bytes.len);
	o->len += bytes.len;
	if (o->cancel_in_body)
		exchange_cancel(patient_transport(o->world->patient), o->x);
	return true;
}

static void on_done(void *ctx, const struct dav_reply *r)
{
	struct outcome *o = ctx;

	assert_false(o->done);
	o->done = true;
	o->status = r->status;
	o->failure = r->failure;
	o->retry_after = r->retry_after;
	o->known_account = r->known_account;
	if (r->uri.path)
		(void)snprintf(o->path, sizeof(o->path), "%s", r->uri.path);
	if (o->free_in_done)
		patient_free(take(&o->world->patient));
}

static void start(struct world *w, const char *method, const char *path,
	struct outcome *o)
{
	const struct dav_sink sink = {o, on_connected, on_body, on_done};
	struct dav_request r = {.method = method, .depth = DEPTH_1, .max_body = 99};
	AUTO_FREE char *text = xasprintf("https://dav.example.org%s", path);

	assert_true(uri_parse(&r.uri, str_of(text), NULL));
	buf_text(&r.body, "<?xml");
	r.content_type = "application/xml";
	o->world = w;
	o->x = transport_start(patient_transport(w->patient), &r, &sink);
	assert_null(r.uri.path);
	assert_null(r.body.ptr);
}

/* The last request that was sent must be this one, unanswered. */
static struct dav_exchange *pending(struct world *w)
{
	assert_true(w->count > 0);
	struct dav_exchange *x = &w->asked[w->count - 1];
	assert_false(x->over);
	return x;
}

static void answer_to(struct dav_exchange *x, const struct dav_reply *reply)
{
	struct dav_reply told = *reply;

	assert_false(x->over);
	x->over = true;
	told.uri = x->request.uri;
	x->sink.done(x->sink.ctx, &told);
}

static void answer(struct world *w, const struct dav_reply *reply)
{
	answer_to(pending(w), reply);
}

static void settle(struct world *w)
{
	for (int i = 0; i < 4; i++)
		assert_true(loop_turn(w->loop, 0, NULL));
}

static void wait_ms(struct world *w, int64_t ms)
{
	w->now += ms;
	settle(w);
}

#define STATUS(...) (&(struct dav_reply){.retry_after = -1, .status = __VA_ARGS__})
#define WAIT(code, s) (&(struct dav_reply){.status = (code), .retry_after = (s)})
#define FAILS(kind) (&(struct dav_reply){.retry_after = -1, .failure = (kind)})

static void passes_on_what_is_fine(void **state)
{
	struct world *w = *state;
	struct outcome o = {0};
	struct dav_reply head = {.status = 207};

	start(w, "PROPFIND", "/a/", &o);
	struct dav_exchange *x = pending(w);
	assert_string_equal(x->request.method, "PROPFIND");
	assert_string_equal(x->request.uri.path, "/a/");
	assert_string_equal(buf_cstr(&x->request.body), "<?xml");
	assert_int_equal(x->request.depth, DEPTH_1);
	assert_int_equal(x->request.max_body, 99);
	x->sink.connected(x->sink.ctx);
	assert_true(x->sink.body(x->sink.ctx, &head, STR("one"), NULL));
	assert_true(x->sink.body(x->sink.ctx, &head, STR("two"), NULL));
	answer(w, STATUS(207));
	assert_true(o.done);
	assert_int_equal(o.connected, 1);
	assert_int_equal(o.status, 207);
	assert_string_equal(o.body, "onetwo");
	settle(w);
	assert_int_equal(w->count, 1);
}

/* How often a reply is asked again, how long it takes, and the longest first pause. */
struct patience_row {
	struct dav_reply reply;
	const char *method;
	unsigned repeats;
	unsigned watched;
};

static unsigned count_repeats(struct world *w, const struct patience_row *row)
{
	struct outcome o = {0};

	w->count = 0;
	start(w, row->method, "/a/", &o);
	for (;;) {
		struct dav_exchange *x = pending(w);
		assert_string_equal(x->request.uri.path, "/a/");
		assert_string_equal(buf_cstr(&x->request.body), "<?xml");
		answer(w, &row->reply);
		if (o.done)
			break;
		const size_t sent = w->count;
		for (int s = 0; s < 61 && w->count == sent; s++)
			wait_ms(w, 1000);
		assert_int_equal(w->count, sent + 1);
	}
	assert_int_equal(o.status, row->reply.status);
	assert_int_equal(o.failure, row->reply.failure);
	assert_int_equal(o.retry_after, row->reply.retry_after);
	const unsigned repeats = (unsigned)w->count - 1;
	for (size_t i = 0; i < w->count; i++)
		dav_request_clear(&w->asked[i].request);
	w->count = 0;
	return repeats;
}

#define ROW(status_, method_, repeats_, watched_)                                      \
	{                                                                              \
		{.retry_after = -1, .status = (status_)}, (method_), (repeats_),       \
			(watched_)                                                     \
	}
#define LATER(status_, seconds, method_, repeats_, watched_)                           \
	{                                                                              \
		{.retry_after = (seconds), .status = (status_)}, (method_),            \
			(repeats_), (watched_)                                         \
	}
#define TROUBLE(failure_, method_, repeats_, watched_)                                 \
	{                                                                              \
		{.retry_after = -1, .failure = (failure_)}, (method_), (repeats_),     \
			(watched_)                                                     \
	}

static void knows_what_to_repeat(void **state)
{
	static const struct patience_row rows[] = {
		ROW(207, "PROPFIND", 0, 0),
		ROW(400, "PROPFIND", 0, 0),
		ROW(401, "PROPFIND", 0, 0),
		ROW(403, "REPORT", 0, 0),
		ROW(404, "GET", 0, 0),
		ROW(412, "REPORT", 0, 0),
		ROW(501, "PROPFIND", 0, 0),
		ROW(507, "REPORT", 0, 0),
		ROW(500, "PROPFIND", 3, 1),
		ROW(502, "REPORT", 3, 1),
		ROW(504, "GET", 3, 1),
		ROW(500, "PUT", 0, 0),
		ROW(502, "DELETE", 0, 0),
		ROW(421, "PROPFIND", 1, 1),
		ROW(421, "PUT", 0, 0),
		ROW(429, "PROPFIND", 0, 0),
		ROW(503, "PROPFIND", 0, 0),
		LATER(429, 0, "PROPFIND", 3, 0),
		LATER(429, 7, "REPORT", 3, 0),
		LATER(503, 60, "GET", 3, 0),
		LATER(503, 61, "GET", 0, 0),
		LATER(503, 5, "PUT", 0, 0),
		LATER(500, 5, "GET", 3, 1),
		ROW(500, "HEAD", 3, 1),
		TROUBLE(DAV_NO_HOST, "PROPFIND", 3, 0),
		TROUBLE(DAV_NO_CONNECTION, "REPORT", 3, 1),
		TROUBLE(DAV_CUT, "GET", 3, 1),
		TROUBLE(DAV_TIMEOUT, "PROPFIND", 3, 0),
		TROUBLE(DAV_NO_CONNECTION, "PUT", 0, 0),
		TROUBLE(DAV_TIMEOUT, "DELETE", 0, 0),
		TROUBLE(DAV_PROXY, "PROPFIND", 0, 0),
		TROUBLE(DAV_TLS_NAME, "PROPFIND", 0, 0),
		TROUBLE(DAV_TLS_CLOCK, "PROPFIND", 0, 0),
		TROUBLE(DAV_TLS_OTHER, "PROPFIND", 0, 0),
		TROUBLE(DAV_TOO_LARGE, "REPORT", 0, 0),
		TROUBLE(DAV_NOT_HTTP, "REPORT", 0, 0),
		TROUBLE(DAV_FOREIGN_HOST, "PROPFIND", 0, 0),
		TROUBLE(DAV_REDIRECTS, "PROPFIND", 0, 0),
		TROUBLE(DAV_STOPPED, "REPORT", 0, 0),
	};
	struct world *w = *state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		open_patient(w, false, 0);
		const unsigned repeats = count_repeats(w, &rows[i]);
		open_patient(w, true, 0);
		const unsigned watched = count_repeats(w, &rows[i]);
		if (repeats != rows[i].repeats || watched != rows[i].watched)
			fail_msg("row %zu: %u and %u", i, repeats, watched);
	}
}

static void waits_as_chance_has_it(void **state)
{
	static const int64_t ceilings[] = {1000, 4000, 16000};
	static const int64_t lucks[] = {0, 50, 100};
	struct world *w = *state;

	for (size_t l = 0; l < COUNT_OF(lucks); l++) {
		struct outcome o = {0};
		w->luck = lucks[l];
		start(w, "GET", "/a", &o);
		for (size_t i = 0; i < COUNT_OF(ceilings); i++) {
			const size_t sent = w->count;
			const int64_t pause = ceilings[i] * lucks[l] / 100;
			answer(w, STATUS(500));
			assert_int_equal(w->asked_most, ceilings[i]);
			if (pause) {
				wait_ms(w, pause - 1);
				assert_int_equal(w->count, sent);
			}
			wait_ms(w, 1);
			assert_int_equal(w->count, sent + 1);
		}
		answer(w, STATUS(200));
		assert_true(o.done);
		assert_int_equal(o.status, 200);
	}
}

/* A good end after a bad start is a good end, and the connection is told of once. */
static void forgets_the_trouble(void **state)
{
	struct world *w = *state;
	struct outcome o = {0};

	start(w, "REPORT", "/a/", &o);
	for (int i = 0; i < 2; i++) {
		struct dav_exchange *x = pending(w);
		x->sink.connected(x->sink.ctx);
		answer(w, i ? STATUS(207) : FAILS(DAV_NO_CONNECTION));
		wait_ms(w, 1000);
	}
	assert_true(o.done);
	assert_int_equal(o.status, 207);
	assert_int_equal(o.connected, 1);
	assert_int_equal(w->count, 2);
}

static void keeps_what_has_begun(void **state)
{
	struct world *w = *state;
	struct outcome o = {0};
	struct dav_reply head = {.status = 207};

	start(w, "REPORT", "/a/", &o);
	struct dav_exchange *x = pending(w);
	assert_true(x->sink.body(x->sink.ctx, &head, STR("x"), NULL));
	answer(w, FAILS(DAV_CUT));
	assert_true(o.done);
	assert_int_equal(o.failure, DAV_CUT);
}

static void gives_a_slow_server_one_more(void **state)
{
	struct world *w = *state;
	struct outcome o = {0};

	start(w, "REPORT", "/a/", &o);
	for (int i = 0; i < 2; i++) {
		struct dav_exchange *x = pending(w);
		assert_false(o.done);
		x->sink.connected(x->sink.ctx);
		answer(w, FAILS(DAV_TIMEOUT));
		wait_ms(w, 16000);
	}
	assert_true(o.done);
	assert_int_equal(o.failure, DAV_TIMEOUT);
	assert_int_equal(w->count, 2);
}

static void heeds_the_deadline(void **state)
{
	struct world *w = *state;
	struct outcome a = {0}, b = {0}, c = {0};

	open_patient(w, false, w->now + 10000);
	start(w, "GET", "/a", &a);
	answer(w, WAIT(503, 10));
	assert_true(a.done);
	assert_int_equal(a.retry_after, 10);
	start(w, "GET", "/b", &b);
	answer(w, WAIT(503, 9));
	assert_false(b.done);
	wait_ms(w, 9000);
	answer(w, STATUS(200));
	assert_true(b.done);
	assert_int_equal(b.status, 200);
	start(w, "GET", "/c", &c);
	answer(w, STATUS(500));
	assert_true(c.done);
}

static void asks_a_misdirected_host_afresh(void **state)
{
	struct world *w = *state;
	struct outcome o = {0};

	start(w, "PROPFIND", "/a/", &o);
	assert_false(pending(w)->request.fresh);
	answer(w, STATUS(421));
	settle(w);
	assert_true(pending(w)->request.fresh);
	answer(w, STATUS(500));
	wait_ms(w, 4000);
	assert_true(pending(w)->request.fresh);
	answer(w, STATUS(421));
	assert_true(o.done);
	assert_int_equal(o.status, 421);
}

static void sign_in(struct world *w)
{
	struct outcome o = {0};

	start(w, "PROPFIND", "/", &o);
	answer(w, STATUS(207));
	assert_true(o.done);
}

static void doubts_a_refusal_once(void **state)
{
	struct world *w = *state;
	struct outcome a = {0}, b = {0}, c = {0};

	sign_in(w);
	start(w, "PROPFIND", "/a/", &a);
	answer(w, STATUS(401));
	assert_false(a.done);
	wait_ms(w, 1999);
	assert_int_equal(w->count, 2);
	wait_ms(w, 1);
	answer(w, STATUS(207));
	assert_true(a.done);
	assert_int_equal(a.status, 207);
	/* and a second time, for good */
	start(w, "PROPFIND", "/b/", &b);
	answer(w, STATUS(401));
	wait_ms(w, 2000);
	answer(w, STATUS(401, .known_account = true));
	assert_true(b.done);
	assert_int_equal(b.status, 401);
	start(w, "PROPFIND", "/c/", &c);
	answer(w, STATUS(401));
	assert_true(c.done);
	assert_int_equal(w->count, 6);
}

/* Of many that are refused together one asks again, and the others follow. */
static void lets_one_ask_for_all(void **state)
{
	struct world *w = *state;

	for (int refused = 0; refused < 2; refused++) {
		struct outcome o[3] = {{0}};
		open_patient(w, false, 0);
		w->count = 0;
		sign_in(w);
		for (size_t i = 0; i < COUNT_OF(o); i++)
			start(w, "REPORT", i == 2 ? "/c/" : "/a/", &o[i]);
		for (size_t i = 0; i < COUNT_OF(o); i++)
			answer_to(&w->asked[1 + i], STATUS(401));
		wait_ms(w, 2000);
		assert_int_equal(w->count, 5);
		assert_false(o[0].done || o[1].done || o[2].done);
		if (refused)
			answer(w, STATUS(401, .known_account = true));
		else
			answer(w, STATUS(207));
		settle(w);
		assert_true(o[0].done);
		assert_int_equal(o[0].status, refused ? 401 : 207);
		if (refused) {
			assert_int_equal(w->count, 5);
			assert_int_equal(o[2].status, 401);
			assert_true(o[2].known_account);
			assert_string_equal(o[2].path, "/c/");
			assert_int_equal(o[2].retry_after, -1);
		} else {
			assert_int_equal(w->count, 7);
			answer_to(&w->asked[5], STATUS(207));
			answer_to(&w->asked[6], STATUS(401));
			assert_true(o[1].done && o[2].done);
		}
		for (size_t i = 0; i < w->count; i++)
			dav_request_clear(&w->asked[i].request);
	}
	w->count = 0;
}

static void the_one_that_asks_may_leave(void **state)
{
	struct world *w = *state;
	struct outcome a = {0}, b = {0};

	sign_in(w);
	start(w, "REPORT", "/a/", &a);
	start(w, "REPORT", "/b/", &b);
	answer_to(&w->asked[1], STATUS(401));
	answer_to(&w->asked[2], STATUS(401));
	exchange_cancel(patient_transport(w->patient), a.x);
	settle(w);
	answer(w, STATUS(207));
	assert_true(b.done);
	assert_false(a.done);
}

static void may_be_cancelled_at_any_time(void **state)
{
	struct world *w = *state;
	struct outcome running = {0}, waiting = {0}, reading = {.cancel_in_body = true};
	struct dav_reply head = {.status = 200};

	start(w, "GET", "/a", &running);
	exchange_cancel(patient_transport(w->patient), running.x);
	assert_true(w->asked[0].cancelled);
	start(w, "GET", "/b", &waiting);
	answer(w, STATUS(500));
	exchange_cancel(patient_transport(w->patient), waiting.x);
	wait_ms(w, 20000);
	assert_int_equal(w->count, 2);
	start(w, "GET", "/c", &reading);
	struct dav_exchange *x = pending(w);
	(void)x->sink.body(x->sink.ctx, &head, STR("x"), NULL);
	assert_true(x->cancelled);
	assert_false(running.done || waiting.done || reading.done);
}

static void may_be_freed_at_any_time(void **state)
{
	struct world *w = *state;
	struct outcome last = {.free_in_done = true}, running = {0}, waiting = {0};

	start(w, "GET", "/a", &running);
	start(w, "GET", "/b", &waiting);
	answer(w, STATUS(500));
	start(w, "GET", "/c", &last);
	answer(w, STATUS(200));
	assert_true(last.done);
	assert_null(w->patient);
	assert_true(w->asked[0].cancelled);
	wait_ms(w, 20000);
	assert_false(running.done || waiting.done);
}

static int64_t most_seen(void *ctx, int64_t most)
{
	*(int64_t *)ctx = most;
	return 0;
}

/* Without a chance of its own it takes the system's, which stays within the ceiling. */
static void has_chance_of_its_own(void **state)
{
	struct world *w = *state;
	int64_t most = 0;

	for (int i = 0; i < 20; i++) {
		struct outcome o = {0};
		patient_free(w->patient);
		w->patient = patient_new(w->loop,
			&(struct patient_options){.inner = &w->inner,
				.chance = {i ? NULL : most_seen, &most}});
		w->count = 0;
		start(w, "GET", "/a", &o);
		answer(w, STATUS(500));
		wait_ms(w, 1000);
		assert_int_equal(w->count, 2);
		answer(w, STATUS(200));
		assert_true(o.done);
		dav_request_clear(&w->asked[0].request);
		dav_request_clear(&w->asked[1].request);
	}
	w->count = 0;
	assert_int_equal(most, 1000);
}

int main(void)
{
#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		IN_WORLD(passes_on_what_is_fine),
		IN_WORLD(knows_what_to_repeat),
		IN_WORLD(waits_as_chance_has_it),
		IN_WORLD(forgets_the_trouble),
		IN_WORLD(keeps_what_has_begun),
		IN_WORLD(gives_a_slow_server_one_more),
		IN_WORLD(heeds_the_deadline),
		IN_WORLD(asks_a_misdirected_host_afresh),
		IN_WORLD(doubts_a_refusal_once),
		IN_WORLD(lets_one_ask_for_all),
		IN_WORLD(the_one_that_asks_may_leave),
		IN_WORLD(may_be_cancelled_at_any_time),
		IN_WORLD(may_be_freed_at_any_time),
		IN_WORLD(has_chance_of_its_own),
	};

	return secrets_init(NULL) ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
