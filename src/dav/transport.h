/*
 * The one door through which requests leave. The implementation over the network is
 * net/http; tests bring their own. No protocol library is known here.
 *
 * An exchange is one request and its answer, redirects included. Callbacks run from the
 * event loop, never from within transport_start(), and `done` comes exactly once and
 * last; after it, or after exchange_cancel(), the exchange is gone.
 */
#ifndef DAV_TRANSPORT_H
#define DAV_TRANSPORT_H

#include "base/buf.h"
#include "base/err.h"
#include "dav/uri.h"

enum { DEPTH_NONE = -1, DEPTH_0 = 0, DEPTH_1 = 1 };

struct dav_request {
	const char *method;       /* static storage: "PROPFIND", "REPORT", "GET", ... */
	struct uri uri;           /* owned */
	int depth;                /* DEPTH_NONE or the header's value */
	const char *content_type; /* static storage; NULL without a body */
	struct buf body;          /* owned */
	char *if_match;           /* owned; an entity tag with its quotes, or NULL */
	bool if_none_match;       /* If-None-Match: * */
	size_t max_body;          /* bytes of answer accepted, after decoding */
	bool compress;            /* offer gzip (listings; never for GET and PUT) */
	bool fresh;               /* on a new connection */
};

void dav_request_clear(struct dav_request *r);
void dav_request_copy(struct dav_request *to, const struct dav_request *from);

enum dav_failure {
	DAV_ANSWERED,      /* `status` is the server's; everything else leaves it 0 */
	DAV_NO_HOST,       /* the name does not resolve */
	DAV_NO_CONNECTION, /* refused, unreachable, reset */
	DAV_TIMEOUT,
	DAV_PROXY,        /* a configured proxy is in the way */
	DAV_TLS_NAME,     /* the certificate is another host's, or its issuer unknown */
	DAV_TLS_CLOCK,    /* the certificate is not valid at this computer's date */
	DAV_TLS_OTHER,    /* no common TLS version or the like */
	DAV_CUT,          /* the answer ended early */
	DAV_TOO_LARGE,    /* the answer passed max_body or the header limits */
	DAV_NOT_HTTP,     /* what came back is not HTTP */
	DAV_FOREIGN_HOST, /* redirected to where the account's requests may not go */
	DAV_REDIRECTS, /* a loop, too many, or a redirect that must not be followed */
	DAV_STOPPED,   /* the body callback said no; err is its own */
};

struct dav_times {
	int64_t resolved_ms; /* from the start; 0 = did not get that far */
	int64_t connected_ms;
	int64_t secured_ms; /* TLS done; 0 also without TLS */
	int64_t total_ms;
};

/* An answer. Everything is lent for the time of the callback. */
struct dav_reply {
	enum dav_failure failure;
	int status;
	struct err err; /* set unless DAV_ANSWERED: what happened, in words */
	struct uri uri; /* where the answer came from, after redirects */
	char etag[256]; /* as sent, quotes included; "" = none */
	char content_type[96];
	int64_t retry_after; /* seconds, clamped to [0, 7200]; -1 = not told */
	int64_t server_date; /* Unix seconds of the Date header; 0 = none */
	int64_t local_date;  /* this computer's, when it ended; 0 = not told */
	bool known_account;  /* the server located the account (x-apple-user-partition)
	                      */
	char foreign[254];  /* with DAV_FOREIGN_HOST: the host it pointed to, else "" */
	unsigned redirects; /* followed */
	struct dav_times times;
	struct str error_body; /* the first 16 KiB of an answer that is not 2xx */
};

struct dav_sink {
	void *ctx; /* borrowed; must live until done or cancel */
	/* The connection stands (TCP and TLS); optional. */
	void (*connected)(void *ctx);
	/* Bytes of a 2xx answer, as they arrive; optional. False with *e set stops the
	 * exchange: done follows with DAV_STOPPED. */
	bool (*body)(void *ctx, const struct dav_reply *head, struct str bytes,
		struct err *e);
	void (*done)(void *ctx, const struct dav_reply *reply);
};

struct dav_exchange;
struct transport;

struct transport_ops {
	struct dav_exchange *(*start)(struct transport *t, struct dav_request *request,
		const struct dav_sink *sink);
	void (*cancel)(struct dav_exchange *x);
};

/* Implementations embed this as their first member. */
struct transport {
	const struct transport_ops *ops;
};

/* Takes the request (it is empty afterwards). The exchange is lent until done or
 * cancel. Never fails: trouble comes with `done`. */
struct dav_exchange *transport_start(struct transport *t, struct dav_request *request,
	const struct dav_sink *sink);

/* Ends it without a `done`; accepts NULL. */
void exchange_cancel(struct transport *t, struct dav_exchange *x);

/*
 * The error that stands for an answer that is not what was asked for: the failure's
 * own, or by status 401 ERR_AUTH, 403 ERR_AUTH, 404 and 410 ERR_GONE, 412 ERR_CONFLICT,
 * 429 and 503 ERR_BUSY with retry_after, other 5xx ERR_NETWORK (500, 502, 504) or
 * ERR_UNAVAILABLE, a success that should not be one ERR_PROTOCOL. `what` begins the
 * message. Returns false.
 */
bool dav_reply_error(const struct dav_reply *reply, const char *what, struct err *e);

#endif
