/*
 * From an address to the list of calendars (RFC 6764, RFC 5397, RFC 4791), as a pure
 * state machine: it says what to ask next and takes the answers.
 *
 *   address as typed, /.well-known/caldav, the root, then where the domain's DNS
 * records point to -> principal -> home -> calendars, of each home
 *
 * For iCloud the entry host is asked directly, and nothing else.
 */
#ifndef DAV_DISCOVER_H
#define DAV_DISCOVER_H

#include "dav/calendar.h"
#include "dav/diagnose.h"
#include "dav/transport.h"

enum discover_step {
	DISCOVER_SERVICE, /* only after discover_offer_dns() */
	DISCOVER_PRINCIPAL,
	DISCOVER_HOME,
	DISCOVER_CALENDARS,
	DISCOVER_DONE,
	DISCOVER_FAILED,
};

/* Where a domain's records say that its calendars are. */
struct dav_service {
	char host[254];
	uint16_t port;
	char path[512]; /* "" = not told */
};

struct discover;

struct discover *discover_new(const struct uri *start,
	const struct gate *gate) MUST_USE;

/* Starts at a calendar home that is known already (a rerun, a headless run). */
struct discover *discover_from_home(const struct uri *home,
	const struct gate *gate) MUST_USE;

/* Starts at the homes of discover_homes(). NULL when there is no address in the text.
 */
struct discover *discover_from_homes(struct str homes,
	const struct gate *gate) MUST_USE;

/* The account worked before: a web page in place of an answer is then the network's own
 * and no sign of a wrong address. */
void discover_expect(struct discover *d);

/* The caller can ask DNS: when nothing else helps, the step is DISCOVER_SERVICE. */
void discover_offer_dns(struct discover *d);
void discover_free(struct discover *d);
AUTO_DEFINE(discover)

enum discover_step discover_step(const struct discover *d);

/* At DISCOVER_SERVICE: the domain whose _caldavs._tcp records are wanted, and what they
 * say (NULL = there are none, or nobody answered). A host in the domain is asked then,
 * and is added to the gate; one elsewhere is for the person to agree to (RFC 6764,
 * section 8): the search ends with DIAGNOSIS_SVC_MOVED. */
const char *discover_domain(const struct discover *d);
void discover_service(struct discover *d, const struct dav_service *found);
const struct gate *discover_gate(const struct discover *d); /* lent */

/* Fills the next request; must not be called at DISCOVER_SERVICE, when done or failed.
 * Afterwards feed it with the answer's body and then its end. */
void discover_ask(struct discover *d, struct dav_request *r);
bool discover_body(struct discover *d, struct str bytes, struct err *e) MUST_USE;
void discover_answer(struct discover *d, const struct dav_reply *reply);

/* Once done. Lent until discover_free(). */
const struct uri *discover_home(const struct discover *d); /* the first */
const char *discover_principal(const struct discover *d);  /* path; NULL from_home */
const struct dav_calendars *discover_calendars(const struct discover *d);

/* Once done: all homes, absolute, with a blank between them, for a later start. The
 * caller's. */
char *discover_homes(const struct discover *d) MUST_USE;

/* The host of a home that was left out because it is not the first one's; "" = none. */
const char *discover_left_out(const struct discover *d);

/* Once failed (also once done: DIAGNOSIS_NONE, CAL_EMPTY or CAL_READ_ONLY). */
enum diagnosis discover_diagnosis(const struct discover *d);
const struct err *discover_error(const struct discover *d);

/* Once failed: the answer the diagnosis is about, for diagnosis_describe_reply();
 * without its borrowed parts. Lent. */
const struct dav_reply *discover_reply(const struct discover *d);

/* The host that is being asked, or was asked last. */
const char *discover_host(const struct discover *d);

#endif
