/*
 * From an address to the list of calendars (RFC 6764 without DNS records, RFC 5397, RFC
 * 4791), as a pure state machine: it says what to ask next and takes the answers.
 *
 *   address as typed, then /.well-known/caldav -> principal -> home -> calendars
 *
 * For iCloud the entry host is asked directly, its well-known address is skipped.
 */
#ifndef DAV_DISCOVER_H
#define DAV_DISCOVER_H

#include "dav/calendar.h"
#include "dav/diagnose.h"
#include "dav/transport.h"

enum discover_step {
	DISCOVER_PRINCIPAL,
	DISCOVER_HOME,
	DISCOVER_CALENDARS,
	DISCOVER_DONE,
	DISCOVER_FAILED,
};

struct discover;

struct discover *discover_new(const struct uri *start,
	const struct gate *gate) MUST_USE;

/* Starts at a calendar home that is known already (a rerun, a headless run). */
struct discover *discover_from_home(const struct uri *home,
	const struct gate *gate) MUST_USE;
void discover_free(struct discover *d);
AUTO_DEFINE(discover)

enum discover_step discover_step(const struct discover *d);

/* Fills the next request; must not be called when done or failed. Afterwards feed it
 * with the answer's body and then its end. */
void discover_ask(struct discover *d, struct dav_request *r);
bool discover_body(struct discover *d, struct str bytes, struct err *e) MUST_USE;
void discover_answer(struct discover *d, const struct dav_reply *reply);

/* Once done. Lent until discover_free(). */
const struct uri *discover_home(const struct discover *d);
const char *discover_principal(const struct discover *d); /* path; NULL from_home */
const struct dav_calendars *discover_calendars(const struct discover *d);

/* Once failed (also once done: DIAGNOSIS_NONE, CAL_EMPTY or CAL_READ_ONLY). */
enum diagnosis discover_diagnosis(const struct discover *d);
const struct err *discover_error(const struct discover *d);

#endif
