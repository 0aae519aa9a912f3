/*
 * Addresses: parse, resolve (RFC 3986 section 5.2), compare and encode, and the one
 * gate every address passes before anything is sent to it.
 *
 * Strict on purpose: http and https only; no userinfo, no fragment; the host is
 * lower-case letters, digits, dots and hyphens, or a bracketed IPv6 literal; no empty
 * label, no trailing dot, no percent sign. A path is kept byte for byte as the server
 * wrote it, but for a blank, which no request line can carry and which becomes %20.
 *
 * A struct uri that a function here fills is written without being released first, and
 * may not be one of its inputs.
 */
#ifndef DAV_URI_H
#define DAV_URI_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum provider { PROVIDER_ICLOUD, PROVIDER_CALDAV };

#define ICLOUD_ENTRY "https://caldav.icloud.com/"

struct origin {
	bool tls;
	uint16_t port;
	char host[254]; /* lower case, IPv6 with its brackets */
};

struct uri {
	struct origin origin;
	char *path; /* owned: path with the query, begins with "/" */
};

void uri_clear(struct uri *u);
void uri_copy(struct uri *to, const struct uri *from);

/* Absolute address. ERR_USAGE says what is wrong with it. */
bool uri_parse(struct uri *u, struct str text, struct err *e) MUST_USE;

/* A reference (Location, href) against the address of the request. ERR_PROTOCOL. A
 * literal "." or ".." segment, also percent-encoded, is refused, not squeezed. */
bool uri_resolve(struct uri *u, const struct uri *base, struct str reference,
	struct err *e) MUST_USE;

/* "https://host/path", the port only when it is not the default. The caller's. */
char *uri_text(const struct uri *u) MUST_USE;

bool origin_equal(const struct origin *a, const struct origin *b);
bool origin_is_loopback(
	const struct origin *o); /* literal 127.0.0.1, [::1], localhost */

/*
 * What a person typed as address: a host name, a URL or an e-mail address. Gives the
 * address to start from: https unless http to this computer was written out. ERR_USAGE
 * with words for the field, among them that plain http is refused.
 */
bool uri_from_person(struct uri *u, struct str typed, struct err *e) MUST_USE;

/* Which origins an account's requests may go to. */
struct gate {
	enum provider provider;
	struct origin home;       /* the configured one */
	struct origin allowed[4]; /* others the person agreed to */
	size_t n_allowed;
};

/* The gate itself. ERR_CONFIG names the host (safe for a terminal). With iCloud also
 * the partition hosts: ^(caldav|p[0-9]{1,3}-caldav)\.icloud\.com(\.cn)?$, port 443. */
bool gate_allows(const struct gate *g, const struct uri *u, struct err *e) MUST_USE;

/*
 * The form two hrefs are compared by: path only (a query is left out), percent-encoding
 * decoded and made canonical (%2F, %25, %3F, %23 and control bytes stay encoded, in
 * upper case; a stray percent sign becomes %25). The key of a key is the key. The
 * caller's.
 */
char *href_key(struct str path) MUST_USE;

/*
 * Is the resolved member directly in the collection? Both as href_key(), the collection
 * with or without its closing slash. On true *segment borrows the member's last
 * segment, without the slash that closes a sub-collection; false also for the
 * collection itself.
 */
bool href_member(struct str collection_key, struct str member_key, struct str *segment);

/* Percent-encodes one path segment. The caller's. */
char *href_segment(struct str name) MUST_USE;

#endif
