/*
 * Builds requests: method, headers, body bytes. A body starts at byte 0 with "<?xml":
 * iCloud answers 400 to anything before it. Every function fills *r, which the caller
 * clears; the address is copied.
 */
#ifndef DAV_REQUEST_H
#define DAV_REQUEST_H

#include "dav/transport.h"

#define DAV_BODY_DISCOVERY (8U * 1024 * 1024)
#define DAV_BODY_STREAM (512U * 1024 * 1024)
#define DAV_BODY_OBJECT (4U * 1024 * 1024)
#define DAV_BODY_ANSWER (256U * 1024) /* to a PUT or DELETE */

/* RFC 5397: who am I? Depth 0. */
void dav_ask_principal(struct dav_request *r, const struct uri *at);

/* RFC 4791, 6.2.1: where are this principal's calendars? Depth 0. */
void dav_ask_home(struct dav_request *r, const struct uri *principal);

/* The account in one request: all collections of the home with names, colours, order,
 * types, components, privileges, ctag and sync-token. Depth 1. */
void dav_ask_calendars(struct dav_request *r, const struct uri *home);

/* RFC 6578; an empty token asks for everything. with_data also asks for the bodies,
 * which some servers deliver and others answer 404 for in each propstat. */
void dav_ask_changes(struct dav_request *r, const struct uri *calendar,
	struct str token, bool with_data);

/* All members with their entity tags: PROPFIND, Depth 1. */
void dav_ask_listing(struct dav_request *r, const struct uri *calendar);

/* RFC 4791, 7.9: the bodies of these hrefs (bytes as the server wrote them). */
void dav_ask_objects(struct dav_request *r, const struct uri *calendar,
	const struct str *hrefs, size_t count);

/* One body by GET. */
void dav_ask_object(struct dav_request *r, const struct uri *object);

/*
 * Stores an object. `if_match` is the entity tag the stored one must have, in the form
 * it was told (a tag without quotes gets them); NULL = it must not exist; "" = no
 * condition, for servers whose tags are weak: look just before.
 */
void dav_put(struct dav_request *r, const struct uri *object, struct str body,
	const char *if_match);

/* Removes an object; the condition as above, NULL like "". */
void dav_remove(struct dav_request *r, const struct uri *object, const char *if_match);

/* Can If-Match compare this tag? RFC 9110, 13.1.1: not a weak one, not none. */
bool dav_tag_is_strong(const char *tag);

#endif
