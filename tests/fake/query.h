/*
 * What the body of a PROPFIND, REPORT, MKCALENDAR or PROPPATCH asks for.
 */
#ifndef TESTS_FAKE_QUERY_H
#define TESTS_FAKE_QUERY_H

#include "base/str.h"

/* In the order iCloud answers them in. */
enum prop {
	PROP_DISPLAYNAME,
	PROP_RESOURCETYPE,
	PROP_COMPONENTS,
	PROP_CTAG,
	PROP_SYNC_TOKEN,
	PROP_COLOR,
	PROP_ORDER,
	PROP_PRIVILEGES,
	PROP_SOURCE,
	PROP_PRINCIPAL,
	PROP_HOME_SET,
	PROP_ADDRESSES,
	PROP_REPORTS,
	PROP_DEFAULT_CALENDAR,
	PROP_ETAG,
	PROP_TYPE,
	PROP_DATA,
	PROP_OTHER,
};

#define NS_DAV "DAV:"
#define NS_CALDAV "urn:ietf:params:xml:ns:caldav"
#define NS_SERVER "http://calendarserver.org/ns/"
#define NS_APPLE "http://apple.com/ns/ical/"

struct prop_name {
	const char *space;
	const char *name;
};
const struct prop_name *prop_name(enum prop p); /* not of PROP_OTHER */

enum query_kind {
	QUERY_NONE, /* no body */
	QUERY_PROPS,
	QUERY_ALL_PROPS,
	QUERY_SYNC,
	QUERY_MULTIGET,
	QUERY_FILTER,
	QUERY_FREE_BUSY,
	QUERY_CHANGE, /* MKCALENDAR, PROPPATCH */
	QUERY_UNKNOWN,
};

struct wanted {
	enum prop prop;
	char *space; /* of PROP_OTHER */
	char *name;
};

struct query {
	enum query_kind kind;
	struct wanted *wanted;
	size_t n_wanted;
	size_t cap_wanted;
	char *token;   /* NULL = none was sent */
	int64_t limit; /* nresults; 0 = none */
	char **hrefs;
	size_t n_hrefs;
	size_t cap_hrefs;
	bool wants_events; /* comp-filter VEVENT */
	bool wants_todos;
	bool by_uid;
	bool expand;
	bool has_range;
	int64_t start; /* -1 = open */
	int64_t end;
	char *display; /* what a QUERY_CHANGE sets; NULL = not */
	char *color;
};

/* The name for the log and for fault rules: "sync-collection", "propfind"... */
const char *query_word(enum query_kind kind);

/* False for what is not well-formed. */
bool query_read(struct query *q, struct str body) MUST_USE;
void query_clear(struct query *q);
bool query_wants(const struct query *q, enum prop p);

#endif
