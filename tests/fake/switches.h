/*
 * What can be switched about the server as a whole, or for one request by a fault: all
 * of it by name. 0 is how the dialect is by itself.
 */
#ifndef TESTS_FAKE_SWITCHES_H
#define TESTS_FAKE_SWITCHES_H

#include "base/err.h"
#include "base/str.h"

#define SWITCH_TEXT 256

struct switches {
	/* sign-in */
	int64_t edge;              /* Q2: refused by the edge */
	int64_t unknown_partition; /* Q3: the partition is told for unknown names, too
	                            */
	int64_t service_off;       /* Q46: 1 = no home, 401 = refused */
	int64_t redirect; /* Q5: 1 = to the partition, 2 = to its well-known address */
	char home[SWITCH_TEXT]; /* address told for the home in place of the real one */
	int64_t rotate;         /* Q8: another partition in each answer */

	/* lists */
	char hrefs[SWITCH_TEXT]; /* put before every path in an answer */
	int64_t self_empty;      /* Q11: itself with an empty 200 and a 404 propstat */
	int64_t no_self;         /* Q11: not at all */
	int64_t bad_token;  /* Q15: status without a body; 200 = whole list, no sign */
	int64_t duplicates; /* Q16: every row twice */
	int64_t partial;    /* only so many members */
	int64_t ghost;      /* members that are listed and not there */
	int64_t nameless;   /* so many rows without an href */
	int64_t page;       /* rows before a 507 on the collection, RFC 6578, 3.6 */
	int64_t no_sync;    /* no sync-collection at all */
	int64_t no_inline;  /* no calendar-data in sync-collection */
	int64_t etags;      /* 1 = none, 2 = weak */
	int64_t refused_rows; /* every member with 403 in its propstat */

	/* objects */
	int64_t lag;          /* Q17: reads that still miss a write */
	int64_t lag_404;      /* Q17: with a 404 in a multiget; else left out */
	int64_t empty_hrefs;  /* Q18: multiget with empty hrefs */
	int64_t multiget_max; /* more hrefs: 507 */
	int64_t withheld;     /* multiget leaves so many out */
	int64_t plain_data;   /* Q22: no CDATA */
	int64_t escaped_at;   /* Q40: a GET of %40 is 404 */

	/* writes */
	int64_t put_etag; /* Q28: 1 = none, 2 = weak */
	int64_t rewrite;  /* stored otherwise than sent */

	/* the rest */
	int64_t options; /* Q45: 1 = with a DAV header, 404 = not on collections */
	int64_t http10;  /* HTTP/1.0, a connection for each request */
	int64_t gzip;
};

/* ERR_USAGE for an unknown name or a value that is none. */
bool switches_set(struct switches *s, struct str name, struct str value,
	struct err *e) MUST_USE;

/* Is there a switch of this name? */
bool switches_know(struct str name);

#endif
