/*
 * A strict, bounded, streaming reader of multistatus answers (RFC 4918 section 13, RFC
 * 6578, RFC 4791). Bytes in as they arrive, one callback for each complete response, no
 * tree, memory bounded by one response.
 *
 * Refused as a whole (ERR_PROTOCOL): any DOCTYPE or entity declaration, NUL, an
 * encoding other than UTF-8 or US-ASCII, a tag of more than 64 KiB, nesting over 32, a
 * root other than {DAV:}multistatus, a text over its ceiling, anything not well formed,
 * an early end. A list that was cut must never look like deletions: nothing may be
 * concluded from the responses seen before multistatus_finish() has succeeded.
 *
 * Control characters that XML 1.0 forbids but servers send are replaced by a blank
 * before parsing, and told in multistatus_end.stripped, so that the caller can fetch
 * such bodies by GET, raw.
 */
#ifndef DAV_MULTISTATUS_H
#define DAV_MULTISTATUS_H

#include "base/err.h"
#include "base/str.h"

enum dav_resource {
	DAV_COLLECTION = 1 << 0,
	DAV_CALENDAR = 1 << 1,
	DAV_SCHEDULE_INBOX = 1 << 2,
	DAV_SCHEDULE_OUTBOX = 1 << 3,
	DAV_NOTIFICATION = 1 << 4,
	DAV_SUBSCRIBED = 1 << 5,
	DAV_SHARED = 1 << 6,       /* shared with this account by somebody */
	DAV_SHARED_OWNER = 1 << 7, /* this account's own, shared with others */
	DAV_PRINCIPAL = 1 << 8,
};

enum dav_privilege {
	DAV_MAY_READ = 1 << 0,
	DAV_MAY_WRITE_CONTENT = 1 << 1, /* also by "write" and "all" */
	DAV_MAY_BIND = 1 << 2,
	DAV_MAY_UNBIND = 1 << 3,
};

enum dav_component {
	DAV_VEVENT = 1 << 0,
	DAV_VTODO = 1 << 1,
	DAV_VJOURNAL = 1 << 2,
	DAV_VFREEBUSY = 1 << 3
};

enum dav_prop {
	DAV_P_RESOURCETYPE = 1 << 0,
	DAV_P_DISPLAYNAME = 1 << 1,
	DAV_P_CTAG = 1 << 2,
	DAV_P_SYNC_TOKEN = 1 << 3,
	DAV_P_COLOR = 1 << 4,
	DAV_P_ORDER = 1 << 5,
	DAV_P_COMPONENTS = 1 << 6,
	DAV_P_PRIVILEGES = 1 << 7,
	DAV_P_ETAG = 1 << 8,
	DAV_P_DATA = 1 << 9,
	DAV_P_PRINCIPAL = 1 << 10,
	DAV_P_HOME = 1 << 11,
};

#define DAV_HOMES_MAX 4

/* One response. The slices are lent for the time of the callback; text is trimmed but
 * for `data`, which is as sent (line ends as XML folds them). */
struct dav_response {
	struct str href; /* "" = missing or empty */
	int status;      /* at response level; 0 = none */
	unsigned found;  /* enum dav_prop: came with a 2xx propstat */
	unsigned absent; /* came with a 404 propstat */
	int failed;      /* the first propstat status that is neither; 0 = none */
	bool malformed;  /* both status and propstat, or no href, or several */
	unsigned resource;
	unsigned privileges;
	unsigned components;
	struct str displayname;
	struct str ctag;
	struct str sync_token;
	struct str color;
	struct str order;
	struct str etag;
	struct str data;
	struct str principal; /* href inside current-user-principal */
	struct str homes[DAV_HOMES_MAX];
	size_t n_homes;
};

/* What holds for the whole answer, known at its end. */
struct multistatus_end {
	char *sync_token; /* owned; NULL = none */
	size_t responses;
	bool stripped; /* control characters were replaced */
};

struct multistatus_sink {
	void *ctx;
	/* False with *e set stops the reading. */
	bool (*response)(void *ctx, const struct dav_response *r, struct err *e);
};

struct multistatus;

struct multistatus *multistatus_new(const struct multistatus_sink *sink) MUST_USE;
void multistatus_free(struct multistatus *m);
AUTO_DEFINE(multistatus)

bool multistatus_feed(struct multistatus *m, struct str bytes, struct err *e) MUST_USE;

/* Must be called once after the last byte; then end is filled (clear it). */
bool multistatus_finish(struct multistatus *m, struct multistatus_end *end,
	struct err *e) MUST_USE;
void multistatus_end_clear(struct multistatus_end *end);

/* Preconditions named in a {DAV:}error body. */
enum dav_precondition {
	DAV_VALID_SYNC_TOKEN = 1 << 0,
	DAV_MATCHES_WITHIN_LIMITS = 1 << 1,
	DAV_NO_UID_CONFLICT = 1 << 2,
	DAV_SUPPORTED_REPORT = 1 << 3,
};
unsigned dav_error_read(struct str body); /* 0 when it is not such a body */

/* Does this look like a web page instead of an answer for programs? */
bool dav_is_web_page(struct str body, const char *content_type);

#endif
