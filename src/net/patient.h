/*
 * A transport around another one that bears with a server's bad moments: a read that
 * came to nothing is asked again, a request to wait is waited for.
 *
 *   no connection, cut, 500, 502, 504   three times more, after up to 1, 4 and 16 s
 *   no answer in time                   the same without a connection; once on one
 *   429, 503 with Retry-After <= 60 s   waits, three times at most
 *   421                                 once, on a connection of its own
 *   401                                 once after 2 s, if the password was good before
 *
 * Never for a PUT or a DELETE, which may have arrived; never once a byte of the body
 * was delivered; never past the deadline. Then the answer is passed on as it came. A
 * password that was refused after all is not shown to the server again.
 */
#ifndef NET_PATIENT_H
#define NET_PATIENT_H

#include "base/log.h"
#include "dav/transport.h"
#include "net/loop.h"

struct patient;

/* Chance, so that tests own it: a number in [0, most]. */
struct chance {
	int64_t (*up_to)(void *ctx, int64_t most);
	void *ctx; /* borrowed */
};

struct patient_options {
	struct transport *inner; /* borrowed; must outlive the patient */
	struct chance chance;    /* up_to NULL = the system's */
	const struct log *log;   /* borrowed, may be NULL */
	int64_t deadline_ms;     /* on the loop's mono clock; 0 = none */
	/* Somebody is watching: one quick repeat at most, none of 401 and timeouts, no
	 * waiting that the server asks for. */
	bool watched;
};

struct patient *patient_new(struct loop *l, const struct patient_options *o) MUST_USE;
void patient_free(struct patient *p); /* running exchanges end without a done */
AUTO_DEFINE(patient)

struct transport *patient_transport(struct patient *p); /* lent until patient_free() */

#endif
