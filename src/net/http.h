/*
 * struct transport over libcurl: TLS, sign-in, redirects by hand, limits.
 *
 * Every address passes the gate (dav/uri.h) before a byte leaves, redirect targets too.
 * Redirects are followed for PROPFIND, REPORT and GET only, at most five, method and
 * body kept, never from https to http. Basic is sent up front, only where the gate said
 * yes. Proxies, netrc, cookies, curl's own redirects and the environment are left out
 * of it; TLS 1.2 at least, verification always on: there is no switch to turn it off.
 */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include "base/log.h"
#include "base/secret.h"
#include "dav/transport.h"
#include "net/loop.h"

struct http;

struct http_options {
	struct gate gate;        /* copied */
	const char *login;       /* copied */
	struct secret *password; /* borrowed; must outlive the transport */
	const struct log
		*log; /* borrowed, may be NULL: method, path, status, bytes, ms */
	const char *ca_file; /* NULL = the system's */
	int max_connections; /* per host; 0 = 4 */
	int64_t deadline_ms; /* on the loop's mono clock; 0 = none: later ones time out
	                      */
};

struct http *http_new(struct loop *l, const struct http_options *o) MUST_USE;
void http_free(struct http *h); /* running exchanges end without a done */
AUTO_DEFINE(http)

struct transport *http_transport(struct http *h); /* lent until http_free() */

/* What was used so far, for reports and benches. */
struct http_stats {
	uint64_t requests;
	uint64_t connections;
	uint64_t bytes_up;
	uint64_t bytes_down;
};
struct http_stats http_stats(const struct http *h);

#endif
