#include <config.h>

#include "net/http.h"

#include <assert.h>
#include <dirent.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "net/http_exchange.h"

enum { CONNECTIONS_DEFAULT = 4 };

#define CA_DIRECTORY "/etc/ssl/certs"

static void pump_later(struct http *h);
static void finish(struct dav_exchange *x);

/* The exchange as a member of its transport, and as memory */

static void unlink_exchange(struct dav_exchange *x)
{
	struct http *h = x->http;

	*(x->prev ? &x->prev->next : &h->first) = x->next;
	*(x->next ? &x->next->prev : &h->last) = x->prev;
	x->prev = x->next = NULL;
	x->http = NULL;
	loop_timer_cancel(h->loop, take(&x->patience));
	if (!x->running)
		return;
	h->running--;
	pump_later(h);
}

static void drop_easy(struct dav_exchange *x)
{
	if (x->easy)
		curl_easy_cleanup(take(&x->easy));
	curl_slist_free_all(take(&x->headers));
}

static void exchange_free(struct dav_exchange *x)
{
	drop_easy(x);
	dav_request_clear(&x->request);
	buf_clear(&x->location);
	buf_clear(&x->error_body);
	for (size_t i = 0; i < COUNT_OF(x->visited); i++)
		free(x->visited[i]);
	free(x);
}

static uint64_t number(CURL *easy, CURLINFO what)
{
	curl_off_t n = 0;

	return curl_easy_getinfo(easy, what, &n) == CURLE_OK && n > 0 ? (uint64_t)n : 0;
}

static uint64_t number_long(CURL *easy, CURLINFO what)
{
	long n = 0;

	return curl_easy_getinfo(easy, what, &n) == CURLE_OK && n > 0 ? (uint64_t)n : 0;
}

/* CURLINFO_REQUEST_SIZE has the headers and, of a small request, the body too. */
static void account(const struct dav_exchange *x)
{
	struct http_stats *s = &x->http->stats;
	const struct str path = str_of(x->request.uri.path);
	const uint64_t up = number_long(x->easy, CURLINFO_REQUEST_SIZE);
	const uint64_t down = number_long(x->easy, CURLINFO_HEADER_SIZE) +
	                      number(x->easy, CURLINFO_SIZE_DOWNLOAD_T);

	s->requests += x->sent;
	s->connections += number_long(x->easy, CURLINFO_NUM_CONNECTS);
	s->bytes_up += up;
	s->bytes_down += down;
	log_line(x->http->log, LOG_DEBUG, "http: %s %s status=%d bytes=%llu ms=%llu",
		x->request.method, safe(path).text, x->reply.status,
		(unsigned long long)down,
		(unsigned long long)number(x->easy, CURLINFO_TOTAL_TIME_T) / 1000);
}

/* Patience */

static int64_t now_ms(const struct http *h)
{
	return clock_mono_ms(loop_clock(h->loop));
}

static bool deadline_passed(const struct http *h)
{
	return h->deadline_ms && now_ms(h) >= h->deadline_ms;
}

static bool fail_late(struct dav_exchange *x)
{
	const struct safe_text host = safe(str_of(x->request.uri.origin.host));

	return http_fail(x, DAV_TIMEOUT, ERR_NETWORK, "%s did not answer in time",
		host.text);
}

static void look_at_progress(void *ctx)
{
	struct dav_exchange *x = ctx;
	const uint64_t moved = x->heard + number(x->easy, CURLINFO_SIZE_UPLOAD_T);
	const uint64_t least =
		x->head_done ? HTTP_PATIENCE_BODY_MS / 1000 * HTTP_BODY_BYTES_S : 1;

	x->patience = NULL;
	if (!deadline_passed(x->http) && moved - x->moved >= least) {
		http_patience(x,
			x->head_done ? HTTP_PATIENCE_BODY_MS : HTTP_PATIENCE_HEAD_MS);
		return;
	}
	(void)fail_late(x);
	loop_transfer_stop(x->http->loop, x->transfer);
}

void http_patience(struct dav_exchange *x, int64_t ms)
{
	struct http *h = x->http;

	if (h->deadline_ms && h->deadline_ms - now_ms(h) < ms)
		ms = h->deadline_ms - now_ms(h);
	x->moved = x->heard + number(x->easy, CURLINFO_SIZE_UPLOAD_T);
	loop_timer_cancel(h->loop, x->patience);
	x->patience = loop_after(h->loop, ms, look_at_progress, x);
}

/* One hop */

static void failed_early(void *ctx)
{
	struct dav_exchange *x = ctx;

	x->patience = NULL;
	finish(x);
}

static bool fail_foreign(struct dav_exchange *x, const struct uri *to,
	const struct err *e)
{
	memcpy(x->reply.foreign, to->origin.host, sizeof(x->reply.foreign));
	return http_fail_with(x, DAV_FOREIGN_HOST, e);
}

static bool may_go(struct dav_exchange *x)
{
	const struct http *h = x->http;
	struct err e = {0};

	if (deadline_passed(h))
		return fail_late(x);
	if (!gate_allows(&h->gate, &x->request.uri, &e))
		return fail_foreign(x, &x->request.uri, &e);
	return true;
}

static void hop_ended(void *ctx, CURLcode result);

/* Never calls back: a failure is told from the next turn. */
static void begin_hop(struct dav_exchange *x)
{
	struct loop *l = x->http->loop;

	http_reply_reset(x);
	x->visited[x->reply.redirects] = uri_text(&x->request.uri);
	if (!may_go(x) || !http_request_build(x)) {
		x->patience = loop_after(l, 0, failed_early, x);
		return;
	}
	http_patience(x, HTTP_PATIENCE_HEAD_MS);
	x->transfer = loop_transfer_start(l, x->easy, hop_ended, x);
}

/* Redirects */

static bool is_redirect(const struct dav_exchange *x)
{
	static const int moved[] = {301, 302, 303, 307, 308};

	for (size_t i = 0; i < COUNT_OF(moved); i++)
		if (x->reply.status == moved[i])
			return true;
	return false;
}

/* libcurl would send an empty PUT behind a 301: an emptied event. */
static bool may_follow(struct dav_exchange *x)
{
	static const char *const reads[] = {"PROPFIND", "REPORT", "GET"};
	const struct safe_text host = safe(str_of(x->request.uri.origin.host));

	for (size_t i = 0; i < COUNT_OF(reads); i++) {
		if (strcmp(reads[i], x->request.method) != 0)
			continue;
		if (x->reply.redirects < HTTP_HOPS_MAX)
			return true;
		return http_fail(x, DAV_REDIRECTS, ERR_PROTOCOL,
			"%s sends on from one address to the next without end",
			host.text);
	}
	return http_fail(x, DAV_REDIRECTS, ERR_CONFIG,
		"%s says that the calendar has moved; nothing is written until it is "
		"chosen again",
		host.text);
}

static bool was_there(const struct dav_exchange *x, const struct uri *next)
{
	AUTO_FREE char *text = uri_text(next);

	for (unsigned i = 0; i <= x->reply.redirects; i++)
		if (!strcmp(x->visited[i], text))
			return true;
	return false;
}

/* *next is the caller's on success. */
static bool next_address(struct dav_exchange *x, struct uri *next)
{
	const struct uri *here = &x->request.uri;
	const struct safe_text host = safe(str_of(here->origin.host));
	struct uri to = {0};
	struct err e = {0};

	if (!x->location.len || !buf_ok(&x->location))
		return http_fail(x, DAV_REDIRECTS, ERR_PROTOCOL,
			"%s sends on without saying where", host.text);
	if (!uri_resolve(&to, here, buf_view(&x->location), &e)) {
		if (str_find(buf_view(&x->location), STR("//")) == STR_NONE)
			return http_fail_with(x, DAV_REDIRECTS, &e);
		return http_fail(x, DAV_FOREIGN_HOST, ERR_CONFIG,
			"%s sends on to an address that is not allowed: %s", host.text,
			e.message);
	}
	if (here->origin.tls && !to.origin.tls) {
		(void)err_set(&e, ERR_CONFIG,
			"%s sends on to an address without encryption", host.text);
		(void)fail_foreign(x, &to, &e);
	} else if (was_there(x, &to)) {
		(void)http_fail(x, DAV_REDIRECTS, ERR_PROTOCOL,
			"%s sends on in circles", host.text);
	}
	if (x->reply.failure != DAV_ANSWERED) {
		uri_clear(&to);
		return false;
	}
	*next = to;
	return true;
}

/* False: the answer, or the failure that came of it, is the last one. */
static bool follow(struct dav_exchange *x)
{
	struct uri next = {0};

	if (!is_redirect(x) || !may_follow(x) || !next_address(x, &next))
		return false;
	drop_easy(x);
	uri_clear(&x->request.uri);
	x->request.uri = next;
	x->reply.redirects++;
	begin_hop(x);
	return true;
}

/* The end */

static void judge(struct dav_exchange *x, CURLcode result)
{
	struct http_trouble t = {
		.code = result,
		.head_done = x->head_done,
		.host = str_of(x->request.uri.origin.host),
	};
	struct err e = {0};

	if (result == CURLE_OK && x->head_done)
		return;
	if (x->had_enough)
		return;
	if (result == CURLE_OK) /* 1xx and then nothing */
		t.code = CURLE_GOT_NOTHING;
	(void)curl_easy_getinfo(x->easy, CURLINFO_SSL_VERIFYRESULT, &t.verify);
	(void)curl_easy_getinfo(x->easy, CURLINFO_OS_ERRNO, &t.os_errno);
	const enum dav_failure kind = http_failure(&t, &e);
	(void)http_fail_with(x, kind, &e);
}

static void hop_ended(void *ctx, CURLcode result)
{
	struct dav_exchange *x = ctx;

	x->transfer = NULL;
	if (!x->http) {
		exchange_free(x);
		return;
	}
	loop_timer_cancel(x->http->loop, take(&x->patience));
	http_reply_times(x);
	judge(x, result);
	account(x);
	if (x->reply.failure != DAV_ANSWERED || !follow(x))
		finish(x);
}

/* What is told of an exchange that failed is the failure, and where it happened. */
static void forget_answer(struct dav_reply *r)
{
	const struct dav_reply all = *r;

	*r = (struct dav_reply){
		.failure = all.failure,
		.err = all.err,
		.redirects = all.redirects,
		.times = all.times,
		.retry_after = -1,
	};
	memcpy(r->foreign, all.foreign, sizeof(r->foreign));
}

/* The transport may be gone when `done` returns. */
static void finish(struct dav_exchange *x)
{
	const int64_t now = clock_wall_ms(loop_clock(x->http->loop)) / 1000;

	x->ending = true;
	unlink_exchange(x);
	drop_easy(x);
	if (x->reply.failure != DAV_ANSWERED)
		forget_answer(&x->reply);
	else if (x->reply.status / 100 != 2)
		x->reply.error_body = buf_view(&x->error_body);
	x->reply.local_date = now;
	x->reply.uri = x->request.uri;
	x->sink.done(x->sink.ctx, &x->reply);
	exchange_free(x);
}

/* The transport */

static void pump(void *ctx)
{
	struct http *h = ctx;

	h->pump = NULL;
	for (struct dav_exchange *x = h->first; x && h->running < h->max_running;
		x = x->next) {
		if (x->running)
			continue;
		x->running = true;
		h->running++;
		begin_hop(x);
	}
}

static void pump_later(struct http *h)
{
	if (!h->pump)
		h->pump = loop_after(h->loop, 0, pump, h);
}

static struct dav_exchange *start(struct transport *t, struct dav_request *request,
	const struct dav_sink *sink)
{
	struct http *h = (struct http *)t;
	struct dav_exchange *x = xcalloc(1, sizeof(*x));

	x->http = h;
	x->request = *request;
	*request = (struct dav_request){.depth = DEPTH_NONE};
	x->sink = *sink;
	x->location = buf_with_max(HTTP_LOCATION_MAX);
	x->error_body = buf_with_max(HTTP_ERROR_KEPT);
	x->prev = h->last;
	*(h->last ? &h->last->next : &h->first) = x;
	h->last = x;
	pump_later(h);
	return x;
}

/* From within libcurl's callback the exchange outlives this call, without its transport
 * and without a voice, until the loop may take its handle away. */
static void cancel(struct dav_exchange *x)
{
	if (x->ending || !x->http)
		return;
	struct loop *l = x->http->loop;
	if (x->easy)
		account(x);
	unlink_exchange(x);
	if (x->transfer)
		loop_transfer_stop(l, x->transfer);
	else
		exchange_free(x);
}

static const struct transport_ops ops = {.start = start, .cancel = cancel};

static bool is_hashed_name(const char *name)
{
	for (int i = 0; i < 8; i++)
		if (ascii_hex(name[i]) < 0) /* a shorter name's NUL is none either */
			return false;
	return name[8] == '.' && ascii_is_digit(name[9]);
}

static bool has_hashed_names(const char *path)
{
	DIR *d = opendir(path);
	bool found = false;

	if (!d)
		return false;
	for (const struct dirent *entry; !found && (entry = readdir(d));)
		found = is_hashed_name(entry->d_name);
	(void)closedir(d);
	return found;
}

struct http *http_new(struct loop *l, const struct http_options *o)
{
	struct http *h = xcalloc(1, sizeof(*h));

	h->transport.ops = &ops;
	h->loop = l;
	h->gate = o->gate;
	h->login = xstrdup_or_null(o->login);
	h->password = o->password;
	h->log = o->log;
	h->ca_file = xstrdup_or_null(o->ca_file);
	h->ca_path =
		!h->ca_file && has_hashed_names(CA_DIRECTORY) ? CA_DIRECTORY : NULL;
	h->deadline_ms = o->deadline_ms;
	h->max_running =
		o->max_connections > 0 ? o->max_connections : CONNECTIONS_DEFAULT;
	return h;
}

void http_free(struct http *h)
{
	if (!h)
		return;
	while (h->first)
		cancel(h->first);
	loop_timer_cancel(h->loop, h->pump);
	free(h->login);
	free(h->ca_file);
	free(h);
}

struct transport *http_transport(struct http *h)
{
	return &h->transport;
}

struct http_stats http_stats(const struct http *h)
{
	return h->stats;
}
