/*
 * What a run is about to send. Written and committed before a request leaves, taken
 * back when its answer is written down; what is found at the start of a run is settled
 * by looking at the server, never by sending again.
 */
#ifndef STORE_STATE_INTENT_H
#define STORE_STATE_INTENT_H

#include "base/digest.h"
#include "store/state.h"

enum intent_op { INTENT_CREATE, INTENT_REPLACE, INTENT_REMOVE };

struct intent {
	enum intent_op op;
	const char *uid;
	const char *segment;
	const char *href;
	const char *name; /* of the file */
	const char
		*condition; /* entity tag of If-Match; "*" = must not exist; "" none */
	struct digest base; /* of the version it replaces; zero = none */
	struct digest sent; /* of `bytes` */
	struct str bytes;   /* what is sent; "" of a removal */
	char *owned;        /* what the texts point into; NULL = borrowed */
};
void intent_clear(struct intent *i);

/* One for each UID of a calendar: a later one takes the place. */
bool state_intent_put(struct state *s, int64_t calendar, const struct intent *i,
	struct err *e) MUST_USE;
bool state_intent_find(struct state *s, int64_t calendar, const char *uid,
	struct intent *out, bool *found, struct err *e) MUST_USE;
bool state_intent_drop(struct state *s, int64_t calendar, const char *uid,
	struct err *e) MUST_USE;

bool state_intents_clear(struct state *s, int64_t calendar, struct err *e) MUST_USE;
bool state_intents_count(struct state *s, int64_t calendar, int64_t *count,
	struct err *e) MUST_USE;

#endif
