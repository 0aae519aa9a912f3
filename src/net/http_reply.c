#include <config.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "net/http_exchange.h"

enum { RETRY_AFTER_MAX = 7200 };

bool http_fail_with(struct dav_exchange *x, enum dav_failure failure,
	const struct err *e)
{
	if (x->reply.failure == DAV_ANSWERED) {
		x->reply.failure = failure;
		x->reply.err = *e;
	}
	return false;
}

bool http_fail(struct dav_exchange *x, enum dav_failure failure, enum err_code code,
	const char *fmt, ...)
{
	struct err e = {.code = code};
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(e.message, sizeof(e.message), fmt, args);
	va_end(args);
	return http_fail_with(x, failure, &e);
}

static bool fail_at(struct dav_exchange *x, enum dav_failure failure, const char *what)
{
	const struct safe_text host = safe(str_of(x->request.uri.origin.host));

	return http_fail(x, failure, ERR_PROTOCOL, "%s %s", host.text, what);
}

/* Headers */

static void forget_head(struct dav_exchange *x)
{
	struct dav_reply *r = &x->reply;

	r->status = 0;
	r->etag[0] = '\0';
	r->content_type[0] = '\0';
	r->retry_after = -1;
	r->server_date = 0;
	r->known_account = false;
	x->codings = 0;
	x->retry_after[0] = '\0';
	buf_reset(&x->location);
}

void http_reply_reset(struct dav_exchange *x)
{
	forget_head(x);
	x->sent = 0;
	x->heard = 0;
	x->moved = 0;
	x->header_bytes = 0;
	x->passed_over = 0;
	x->head_done = false;
	x->had_enough = false;
	buf_reset(&x->error_body);
}

/* False when the value is longer than its place or holds what no header should. */
static bool keep(struct str value, char *out, size_t size)
{
	if (value.len >= size)
		return false;
	for (size_t i = 0; i < value.len; i++)
		if ((unsigned char)value.ptr[i] < 0x20 || value.ptr[i] == 0x7f)
			return false;
	memcpy(out, value.ptr, value.len);
	out[value.len] = '\0';
	return true;
}

/* RFC 9110, 8.8.3: quoted, with W/ before a weak one; no blank and no quote inside. It
 * is sent back in If-Match one day, so what is not a tag is as good as none. */
static bool is_entity_tag(struct str tag)
{
	if (str_starts(tag, STR("W/")))
		tag = str_from(tag, 2);
	if (tag.len < 2 || tag.ptr[0] != '"' || tag.ptr[tag.len - 1] != '"')
		return false;
	for (size_t i = 1; i < tag.len - 1; i++) {
		const unsigned char c = (unsigned char)tag.ptr[i];
		if (c < 0x21 || c == '"' || c == 0x7f)
			return false;
	}
	return true;
}

static void take_etag(struct dav_exchange *x, struct str value)
{
	if (is_entity_tag(value))
		(void)keep(value, x->reply.etag, sizeof(x->reply.etag));
}

static void take_content_type(struct dav_exchange *x, struct str value)
{
	(void)keep(value, x->reply.content_type, sizeof(x->reply.content_type));
}

static void take_retry_after(struct dav_exchange *x, struct str value)
{
	(void)keep(value, x->retry_after, sizeof(x->retry_after));
}

/* Unix seconds of an HTTP date, or 0. */
static int64_t http_date(struct str value)
{
	char text[40];

	if (!value.len || !ascii_is_alpha(value.ptr[0]) ||
		!keep(value, text, sizeof(text)))
		return 0;
	const time_t t = curl_getdate(text, NULL);
	return t > 0 ? (int64_t)t : 0;
}

static void take_date(struct dav_exchange *x, struct str value)
{
	x->reply.server_date = http_date(value);
}

static void take_partition(struct dav_exchange *x, struct str value)
{
	x->reply.known_account = value.len > 0;
}

static void take_location(struct dav_exchange *x, struct str value)
{
	if (!x->location.len)
		buf_add(&x->location, value);
}

static void take_encoding(struct dav_exchange *x, struct str value)
{
	for (struct str rest = value, part; str_split(&rest, ',', &part);) {
		part = str_trim(part);
		if (!part.len || str_eq_nocase(part, STR("identity")))
			continue;
		const bool gzip = str_eq_nocase(part, STR("gzip")) ||
		                  str_eq_nocase(part, STR("x-gzip"));
		x->codings = gzip && x->codings >= 0 ? x->codings + 1 : -1;
	}
}

static const struct {
	struct str name;
	void (*store)(struct dav_exchange *x, struct str value);
} fields[] = {
	{STR("etag"), take_etag},
	{STR("content-type"), take_content_type},
	{STR("content-encoding"), take_encoding},
	{STR("retry-after"), take_retry_after},
	{STR("date"), take_date},
	{STR("location"), take_location},
	{STR("x-apple-user-partition"), take_partition},
};

static void take_field(struct dav_exchange *x, struct str line)
{
	struct str name;

	if (!str_split(&line, ':', &name))
		return;
	for (size_t i = 0; i < COUNT_OF(fields); i++)
		if (str_eq_nocase(name, fields[i].name))
			fields[i].store(x, str_trim(line));
}

int64_t http_retry_after(struct str value, int64_t now)
{
	int64_t seconds = 0;
	bool digits = value.len > 0;

	for (size_t i = 0; i < value.len; i++)
		digits = digits && ascii_is_digit(value.ptr[i]);
	if (digits) {
		if (str_to_int(value, 0, RETRY_AFTER_MAX, &seconds))
			return seconds;
		return RETRY_AFTER_MAX;
	}
	seconds = http_date(value) - now;
	if (seconds < 0)
		return -1;
	return seconds < RETRY_AFTER_MAX ? seconds : RETRY_AFTER_MAX;
}

static bool end_of_head(struct dav_exchange *x)
{
	struct dav_reply *r = &x->reply;
	long status = 0;

	(void)curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &status);
	if (status >= 100 && status < 200)
		return true; /* only a notice: the answer's own head follows */
	if (status < 200 || status > 599)
		return fail_at(x, DAV_NOT_HTTP,
			"answered with a status that HTTP does not have");
	r->status = (int)status;
	const int64_t now = r->server_date
	                            ? r->server_date
	                            : clock_wall_ms(loop_clock(x->http->loop)) / 1000;
	r->retry_after = http_retry_after(str_of(x->retry_after), now);
	x->head_done = true;
	http_patience(x, HTTP_PATIENCE_BODY_MS);
	return true;
}

size_t http_reply_header(char *line, size_t size, size_t count, void *userdata)
{
	struct dav_exchange *x = userdata;
	const struct str raw = {line, size * count};

	if (!x->http)
		return 0;
	x->heard += raw.len;
	x->header_bytes += raw.len;
	if (x->header_bytes > HTTP_HEADERS_MAX)
		return fail_at(x, DAV_TOO_LARGE,
			"sent more headers than any answer needs");
	if (x->head_done)
		return raw.len; /* trailers */
	if (str_starts(raw, STR("HTTP/")))
		forget_head(x);
	else if (str_trim(raw).len)
		take_field(x, raw);
	else if (!end_of_head(x))
		return 0;
	return raw.len;
}

/* Bodies */

/* A body that nobody waits for: of an answer that is not 2xx its beginning is kept.
 * That it has no end does not change what the status says. */
static bool pass_over(struct dav_exchange *x, struct str bytes)
{
	const size_t room = HTTP_ERROR_KEPT - x->error_body.len;

	if (x->reply.status / 100 != 2)
		buf_add(&x->error_body, str_slice(bytes, 0, room));
	x->passed_over += bytes.len;
	x->had_enough = x->passed_over > HTTP_PASSED_OVER_MAX;
	return !x->had_enough;
}

static bool take_bytes(struct dav_exchange *x, struct str bytes)
{
	struct err e = {0};

	if (x->codings && (!x->request.compress || x->codings != 1))
		return fail_at(x, DAV_NOT_HTTP,
			"encoded its answer in a way nobody asked for");
	if (bytes.len > x->request.max_body - x->body_bytes)
		return fail_at(x, DAV_TOO_LARGE,
			"sent a larger answer than makes sense");
	x->body_bytes += bytes.len;
	x->reply.uri = x->request.uri;
	const bool more = x->sink.body(x->sink.ctx, &x->reply, bytes, &e);
	if (!x->http)
		return false; /* the callback cancelled the exchange */
	return more || http_fail_with(x, DAV_STOPPED, &e);
}

size_t http_reply_body(char *bytes, size_t size, size_t count, void *userdata)
{
	struct dav_exchange *x = userdata;
	const struct str part = {bytes, size * count};

	if (!x->http)
		return 0;
	x->heard += part.len;
	const bool wanted = x->reply.status / 100 == 2 && x->sink.body;
	return (wanted ? take_bytes(x, part) : pass_over(x, part)) ? part.len : 0;
}

/* Times and failures */

/* Whole milliseconds upwards, so that 0 keeps its meaning. */
static void add_time(struct dav_exchange *x, CURLINFO what, int64_t before,
	int64_t *out)
{
	curl_off_t us = 0;

	if (curl_easy_getinfo(x->easy, what, &us) == CURLE_OK && us > 0)
		*out = before + (us + 999) / 1000;
}

void http_reply_times(struct dav_exchange *x)
{
	struct dav_times *t = &x->reply.times;
	const int64_t before = t->total_ms;

	add_time(x, CURLINFO_NAMELOOKUP_TIME_T, before, &t->resolved_ms);
	add_time(x, CURLINFO_CONNECT_TIME_T, before, &t->connected_ms);
	add_time(x, CURLINFO_APPCONNECT_TIME_T, before, &t->secured_ms);
	add_time(x, CURLINFO_TOTAL_TIME_T, before, &t->total_ms);
}

static const struct {
	CURLcode code;
	enum dav_failure failure;
} kinds[] = {
	{CURLE_COULDNT_RESOLVE_HOST, DAV_NO_HOST},
	{CURLE_COULDNT_RESOLVE_PROXY, DAV_PROXY},
	{CURLE_PROXY, DAV_PROXY},
	{CURLE_COULDNT_CONNECT, DAV_NO_CONNECTION},
	{CURLE_GOT_NOTHING, DAV_NO_CONNECTION},
	{CURLE_SEND_ERROR, DAV_NO_CONNECTION},
	{CURLE_RECV_ERROR, DAV_NO_CONNECTION},
	{CURLE_ABORTED_BY_CALLBACK, DAV_NO_CONNECTION},
	{CURLE_OPERATION_TIMEDOUT, DAV_TIMEOUT},
	{CURLE_PARTIAL_FILE, DAV_CUT},
	{CURLE_PEER_FAILED_VERIFICATION, DAV_TLS_NAME},
	{CURLE_SSL_CONNECT_ERROR, DAV_TLS_OTHER},
	{CURLE_SSL_ENGINE_NOTFOUND, DAV_TLS_OTHER},
	{CURLE_SSL_ENGINE_SETFAILED, DAV_TLS_OTHER},
	{CURLE_SSL_ENGINE_INITFAILED, DAV_TLS_OTHER},
	{CURLE_SSL_CERTPROBLEM, DAV_TLS_OTHER},
	{CURLE_SSL_CIPHER, DAV_TLS_OTHER},
	{CURLE_USE_SSL_FAILED, DAV_TLS_OTHER},
	{CURLE_SSL_CACERT_BADFILE, DAV_TLS_OTHER},
	{CURLE_SSL_SHUTDOWN_FAILED, DAV_TLS_OTHER},
	{CURLE_SSL_CRL_BADFILE, DAV_TLS_OTHER},
	{CURLE_SSL_ISSUER_ERROR, DAV_TLS_NAME},
	{CURLE_SSL_PINNEDPUBKEYNOTMATCH, DAV_TLS_NAME},
	{CURLE_SSL_INVALIDCERTSTATUS, DAV_TLS_NAME},
	{CURLE_SSL_CLIENTCERT, DAV_TLS_OTHER},
	{CURLE_FILESIZE_EXCEEDED, DAV_TOO_LARGE},
	/* curl_memory.h: not memory, but a header line past libcurl's own limit */
	{CURLE_OUT_OF_MEMORY, DAV_TOO_LARGE},
#if LIBCURL_VERSION_NUM >= 0x080600
	{CURLE_TOO_LARGE, DAV_TOO_LARGE},
#endif
	{CURLE_UNSUPPORTED_PROTOCOL, DAV_NOT_HTTP},
	{CURLE_URL_MALFORMAT, DAV_NOT_HTTP},
	{CURLE_WEIRD_SERVER_REPLY, DAV_NOT_HTTP},
	{CURLE_WRITE_ERROR, DAV_NOT_HTTP},
	{CURLE_BAD_CONTENT_ENCODING, DAV_NOT_HTTP},
	{CURLE_HTTP2, DAV_NOT_HTTP},
	{CURLE_HTTP2_STREAM, DAV_NOT_HTTP},
	{CURLE_TOO_MANY_REDIRECTS, DAV_REDIRECTS},
};

static const struct {
	enum err_code code;
	const char *words;
} meanings[] = {
	[DAV_ANSWERED] = {ERR_INTERNAL, "answered"},
	[DAV_NO_HOST] = {ERR_NETWORK,
		"cannot be found: no such host name, or no network"},
	[DAV_NO_CONNECTION] = {ERR_NETWORK,
		"cannot be reached, or closed the connection"},
	[DAV_TIMEOUT] = {ERR_NETWORK, "did not answer in time"},
	[DAV_PROXY] = {ERR_NETWORK, "cannot be reached through the proxy"},
	[DAV_TLS_NAME] = {ERR_PROTOCOL,
		"showed a certificate of another host, or one that "
		"nobody this computer trusts vouches for"},
	[DAV_TLS_CLOCK] = {ERR_PROTOCOL,
		"showed a certificate that is not valid at this "
		"computer's date; is the clock right?"},
	[DAV_TLS_OTHER] = {ERR_PROTOCOL, "does not offer encryption that can be used"},
	[DAV_CUT] = {ERR_NETWORK, "broke off in the middle of the answer"},
	[DAV_TOO_LARGE] = {ERR_PROTOCOL, "sent a larger answer than makes sense"},
	[DAV_NOT_HTTP] = {ERR_PROTOCOL, "sent something that is not an answer in HTTP"},
	[DAV_FOREIGN_HOST] = {ERR_CONFIG, "sends on to a host that was not agreed to"},
	[DAV_REDIRECTS] = {ERR_PROTOCOL, "sends on in circles"},
	[DAV_STOPPED] = {ERR_CANCELLED, "was not listened to any further"},
};

static bool is_reset(long number)
{
	return number == ECONNRESET || number == EPIPE || number == ECONNABORTED ||
	       number == ETIMEDOUT;
}

/* OpenSSL's numbers, which libcurl hands on: X509_V_ERR_CERT_NOT_YET_VALID and
 * X509_V_ERR_CERT_HAS_EXPIRED. */
static bool is_about_the_date(long verify)
{
	return verify == 9 || verify == 10;
}

static enum dav_failure kind_of(const struct http_trouble *t)
{
	enum dav_failure kind = DAV_NO_CONNECTION;

	for (size_t i = 0; i < COUNT_OF(kinds); i++)
		if (kinds[i].code == t->code)
			kind = kinds[i].failure;
	if (kind == DAV_TLS_NAME && is_about_the_date(t->verify))
		return DAV_TLS_CLOCK;
	if (kind == DAV_TLS_OTHER && is_reset(t->os_errno))
		return DAV_NO_CONNECTION;
	if (t->code == CURLE_RECV_ERROR && t->head_done)
		return DAV_CUT;
	return kind;
}

enum dav_failure http_failure(const struct http_trouble *t, struct err *e)
{
	const enum dav_failure kind = kind_of(t);
	const struct safe_text host = safe(t->host);

	(void)err_set(e, meanings[kind].code, "%s %s", host.text, meanings[kind].words);
	return kind;
}
