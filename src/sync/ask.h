/*
 * One request whose answer is a multistatus, or one object: starts it, feeds the parser
 * as bytes arrive, and tells at the end whether the answer can be trusted.
 */
#ifndef SYNC_ASK_H
#define SYNC_ASK_H

#include "dav/multistatus.h"
#include "dav/transport.h"

struct ask;

/* Lent for the time of the callback. */
struct ask_answer {
	const struct dav_reply *reply;
	bool ok; /* 207, well formed and complete; for an object: 200 with a body */
	struct err err;                    /* set unless ok */
	const struct multistatus_end *end; /* of a list; NULL unless ok */
	struct str body;                   /* of an object; "" unless ok */
	bool web_page;                     /* what came looks like a page for people */
};

struct ask_handler {
	void *ctx; /* borrowed; must live until done or ask_free() */
	/* One response of a list. False with *e set stops the answer. */
	bool (*row)(void *ctx, const struct uri *from, const struct dav_response *r,
		struct err *e);
	/* Once and last. The ask may be freed in it. */
	void (*done)(void *ctx, const struct ask_answer *a);
};

/* Takes the request. `what` (static storage) begins the error's message. */
struct ask *ask_list(struct transport *t, struct dav_request *request, const char *what,
	const struct ask_handler *handler) MUST_USE;
struct ask *ask_object(struct transport *t, struct dav_request *request,
	const char *what, const struct ask_handler *handler) MUST_USE;

/* Ends it without a done when it still runs; accepts NULL. */
void ask_free(struct ask *a);
AUTO_DEFINE(ask)

#endif
