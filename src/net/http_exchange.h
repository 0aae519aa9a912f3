/*
 * Private to net/http*.c: one exchange while it runs, and the three parts of the work:
 * http.c the life of an exchange (queue, redirects, patience, end), http_request.c the
 * easy handle of one hop, http_reply.c what the server says and what a failure means.
 *
 * An exchange that was cancelled loses its `http` at once; what libcurl still holds of
 * it stays until libcurl has let go, and nobody is told anything any more.
 */
#ifndef NET_HTTP_EXCHANGE_H
#define NET_HTTP_EXCHANGE_H

#include "net/http.h"
#include "net/loop_curl.h"

enum {
	HTTP_HOPS_MAX = 5,            /* redirects followed */
	HTTP_HEADERS_MAX = 64 * 1024, /* bytes of all headers of one hop */
	HTTP_LOCATION_MAX = 4 * 1024,
	HTTP_ERROR_KEPT = 16 * 1024,      /* of a body that is not 2xx */
	HTTP_PASSED_OVER_MAX = 64 * 1024, /* of a body nobody waits for */
};

struct http {
	struct transport transport; /* first: the ops get its address */
	struct loop *loop;          /* borrowed */
	struct gate gate;
	char *login;
	struct secret *password; /* borrowed; NULL with login = no sign-in */
	const struct log *log;   /* borrowed */
	char *ca_file;
	const char *ca_path; /* static storage; NULL = libcurl's default bundle */
	int64_t deadline_ms;
	int max_running;
	int running;
	struct dav_exchange *first; /* in the order they were started */
	struct dav_exchange *last;
	struct loop_timer *pump; /* starts those that wait */
	struct http_stats stats;
};

struct dav_exchange {
	struct http *http; /* NULL = cancelled */
	struct dav_exchange *prev;
	struct dav_exchange *next;
	struct dav_request request; /* its uri is the current hop's */
	struct dav_sink sink;
	bool running; /* counts in http->running */
	bool ending;  /* `done` is on its way */

	/* this hop */
	CURL *easy;
	struct curl_slist *headers;
	struct loop_transfer *transfer; /* lent by the loop */
	struct loop_timer *patience;
	unsigned sent;  /* times libcurl was about to send the request */
	uint64_t heard; /* bytes of answer */
	uint64_t moved; /* bytes both ways when patience last looked */
	size_t header_bytes;
	size_t passed_over; /* bytes of body that nobody waits for */
	bool head_done;
	bool had_enough; /* stopped reading such a body; the answer stands */
	int codings; /* content codings the server named; -1 = one that is not gzip */
	char retry_after[64];
	struct buf location;
	struct buf error_body;

	/* the whole exchange */
	bool connected;
	size_t body_bytes;
	char *visited[HTTP_HOPS_MAX + 1];
	struct dav_reply reply;
};

/* Decides that the exchange fails; the first verdict stays. Returns false. */
bool http_fail(struct dav_exchange *x, enum dav_failure failure, enum err_code code,
	const char *fmt, ...) PRINTF_LIKE(4, 5);

/* Like http_fail() with an error that is there already. */
bool http_fail_with(struct dav_exchange *x, enum dav_failure failure,
	const struct err *e);

/* Sets x->easy and x->headers for the current hop, or fails the exchange. */
bool http_request_build(struct dav_exchange *x) MUST_USE;

/* Sets the patience until the next look at whether bytes move. */
void http_patience(struct dav_exchange *x, int64_t ms);

/* Forgets the hop before; the verdict and the redirects stay. */
void http_reply_reset(struct dav_exchange *x);

/* libcurl's header and body callbacks; userdata is the exchange. */
size_t http_reply_header(char *line, size_t size, size_t count, void *userdata);
size_t http_reply_body(char *bytes, size_t size, size_t count, void *userdata);

/* Adds the hop's times to the reply's. */
void http_reply_times(struct dav_exchange *x);

/* Retry-After: seconds, or a date against `now` (Unix seconds; the server's own clock
 * where it told it). Clamped to [0, 7200]; -1 for what is neither, or in the past. */
int64_t http_retry_after(struct str value, int64_t now);

/* What went wrong below HTTP. */
struct http_trouble {
	CURLcode code;
	long verify;    /* CURLINFO_SSL_VERIFYRESULT */
	long os_errno;  /* CURLINFO_OS_ERRNO */
	bool head_done; /* the answer's head was complete */
	struct str host;
};

/* Its kind, and *e in words. Never DAV_ANSWERED. */
enum dav_failure http_failure(const struct http_trouble *t, struct err *e);

/* How long nothing needs to happen: a server may compute for minutes before it answers
 * (Radicale with a cold cache: 45 s for 10,000 events), but an answer that has begun
 * must bring at least 64 bytes a second. */
enum {
	HTTP_PATIENCE_HEAD_MS = 180 * 1000,
	HTTP_PATIENCE_BODY_MS = 60 * 1000,
	HTTP_BODY_BYTES_S = 64,
};

#endif
