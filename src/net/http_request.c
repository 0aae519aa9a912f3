#include <config.h>

#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "net/http_exchange.h"

#define USER_AGENT "calwiz/" VERSION

/* What is the same for every request. */
static const struct {
	CURLoption option;
	long value;
} fixed[] = {
	{CURLOPT_FOLLOWLOCATION, 0}, /* ours goes through the gate and keeps the body */
	{CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
	{CURLOPT_SSL_VERIFYPEER, 1},
	{CURLOPT_SSL_VERIFYHOST, 2},
	/* Over HTTP/2 libcurl 7.88 loses an answer that comes before the request's body
         * has been sent, such as an early 401; and with a few requests in flight it is
         * not faster. */
	{CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1},
	{CURLOPT_HTTP09_ALLOWED, 0},
	{CURLOPT_NETRC, CURL_NETRC_IGNORED},
	{CURLOPT_UNRESTRICTED_AUTH, 0},
	{CURLOPT_PATH_AS_IS, 1},
	{CURLOPT_NOSIGNAL, 1},
	{CURLOPT_NOPROGRESS, 1},
	{CURLOPT_CONNECTTIMEOUT, 15},
	{CURLOPT_HAPPY_EYEBALLS_TIMEOUT_MS, 300}, /* RFC 8305: IPv6 into nowhere */
	{CURLOPT_TCP_KEEPALIVE, 1},
	{CURLOPT_MAXAGE_CONN, 60},
	{CURLOPT_BUFFERSIZE, 64 * 1024},
};

static bool is_read(const char *method)
{
	static const char *const reads[] = {"PROPFIND", "REPORT", "GET", "HEAD",
		"OPTIONS"};

	for (size_t i = 0; i < COUNT_OF(reads); i++)
		if (!strcmp(reads[i], method))
			return true;
	return false;
}

/* libcurl is about to send. It does so a second time when a kept connection turns out
 * to be dead, which is right for reads; a write may have arrived, so its owner looks
 * first. */
static int about_to_send(void *userdata, UNUSED char *ip, UNUSED char *local_ip,
	UNUSED int port, UNUSED int local_port)
{
	struct dav_exchange *x = userdata;

	if (!x->http || (x->sent++ && !is_read(x->request.method)))
		return CURL_PREREQFUNC_ABORT;
	if (!x->connected) {
		x->connected = true;
		if (x->sink.connected)
			x->sink.connected(x->sink.ctx);
	}
	return x->http ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

static void add_header(struct dav_exchange *x, const char *name, const char *value)
{
	AUTO_FREE char *line = xasprintf("%s: %s", name, value);

	x->headers = curl_slist_append(x->headers, line);
}

/* A line end in a value would become a header of its own. */
static bool is_header_value(const char *value)
{
	for (const char *p = value; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return false;
	return true;
}

static bool set_headers(struct dav_exchange *x)
{
	const struct dav_request *r = &x->request;
	static const char *const depths[] = {"0", "1"};

	if (r->if_match && !is_header_value(r->if_match))
		return http_fail(x, DAV_NOT_HTTP, ERR_PROTOCOL,
			"the server gave an entity tag that cannot be sent back");
	if (r->depth != DEPTH_NONE)
		add_header(x, "Depth", depths[r->depth]);
	if (r->content_type)
		add_header(x, "Content-Type", r->content_type);
	if (r->if_match)
		add_header(x, "If-Match", r->if_match);
	if (r->if_none_match)
		add_header(x, "If-None-Match", "*");
	/* Without a value: leave it out. Radicale never answers 100. */
	x->headers = curl_slist_append(x->headers, "Expect:");
	return curl_easy_setopt(x->easy, CURLOPT_HTTPHEADER, x->headers) == CURLE_OK;
}

#define SET(option, value) (curl_easy_setopt(easy, (option), (value)) == CURLE_OK)

static bool set_fixed(CURL *easy)
{
	bool ok = SET(CURLOPT_PROXY, "") && SET(CURLOPT_USERAGENT, USER_AGENT);

	for (size_t i = 0; i < COUNT_OF(fixed); i++)
		ok = ok && SET(fixed[i].option, fixed[i].value);
	return ok;
}

static bool set_callbacks(struct dav_exchange *x)
{
	CURL *easy = x->easy;

	return SET(CURLOPT_HEADERFUNCTION, http_reply_header) &&
	       SET(CURLOPT_HEADERDATA, x) &&
	       SET(CURLOPT_WRITEFUNCTION, http_reply_body) &&
	       SET(CURLOPT_WRITEDATA, x) &&
	       SET(CURLOPT_PREREQFUNCTION, about_to_send) && SET(CURLOPT_PREREQDATA, x);
}

/* Where there is a directory of hashed names, OpenSSL reads the one certificate it
 * needs; the bundle file costs 25 ms for each process. */
static bool set_trust(CURL *easy, const struct http *h)
{
	if (h->ca_file)
		return SET(CURLOPT_CAINFO, h->ca_file) && SET(CURLOPT_CAPATH, NULL);
	if (h->ca_path)
		return SET(CURLOPT_CAINFO, NULL) && SET(CURLOPT_CAPATH, h->ca_path);
	return true;
}

static bool set_address(CURL *easy, const struct http *h, const struct uri *uri)
{
	AUTO_FREE char *text = uri_text(uri);
	const struct origin *home = &h->gate.home;
	const bool plain = !home->tls && origin_is_loopback(home);
	const char *protocols = plain ? "http,https" : "https";

	return SET(CURLOPT_PROTOCOLS_STR, protocols) &&
	       SET(CURLOPT_REDIR_PROTOCOLS_STR, protocols) && SET(CURLOPT_URL, text);
}

/* The gate has already said yes to this address; that plain http is this computer's own
 * is looked at once more, because here is where the password leaves. */
static bool set_sign_in(CURL *easy, const struct http *h, const struct origin *to)
{
	if (!h->login || !h->password || !(to->tls || origin_is_loopback(to)))
		return true;
	bool ok = SET(CURLOPT_HTTPAUTH, CURLAUTH_BASIC) &&
	          SET(CURLOPT_USERNAME, h->login);
	ok = ok && SET(CURLOPT_PASSWORD, secret_open(h->password));
	secret_close(h->password);
	return ok;
}

static bool set_method(CURL *easy, const struct dav_request *r)
{
	if (r->content_type || r->body.len)
		return SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.len) &&
		       SET(CURLOPT_POSTFIELDS, r->body.ptr ? r->body.ptr : "") &&
		       SET(CURLOPT_CUSTOMREQUEST, r->method);
	if (!strcmp(r->method, "HEAD"))
		return SET(CURLOPT_NOBODY, 1L);
	return SET(CURLOPT_HTTPGET, 1L) && SET(CURLOPT_CUSTOMREQUEST, r->method);
}

/* RFC 9110, 15.5.20: after a 421, for which no kept connection will do. */
static bool set_connection(CURL *easy, const struct dav_request *r)
{
	return !r->fresh || SET(CURLOPT_FRESH_CONNECT, 1L);
}

bool http_request_build(struct dav_exchange *x)
{
	const struct http *h = x->http;
	const struct uri *uri = &x->request.uri;
	CURL *easy = curl_easy_init();

	x->easy = easy;
	if (easy && set_fixed(easy) && set_callbacks(x) && set_trust(easy, h) &&
		set_address(easy, h, uri) && set_method(easy, &x->request) &&
		set_headers(x) && set_sign_in(easy, h, &uri->origin) &&
		set_connection(easy, &x->request) &&
		(!x->request.compress || SET(CURLOPT_ACCEPT_ENCODING, "gzip")) &&
		SET(CURLOPT_SHARE, loop_curl_share(h->loop)))
		return true;
	return http_fail(x, DAV_NOT_HTTP, ERR_INTERNAL,
		"the network library does not accept the request to %s",
		safe(str_of(uri->origin.host)).text);
}
