/*
 * An HTTP server for tests that does as it is told: on 127.0.0.1, in the same loop as
 * the client, without a thread and without waiting. Each complete request is written
 * down and takes the next reply from the queue; with the queue empty it is left without
 * an answer.
 */
#ifndef TESTS_UNIT_HTTP_SCRIPT_H
#define TESTS_UNIT_HTTP_SCRIPT_H

#include "base/str.h"
#include "net/loop.h"

enum script_end {
	SCRIPT_KEEP,    /* the connection stays */
	SCRIPT_CLOSE,   /* an orderly end */
	SCRIPT_RESET,   /* a TCP reset */
	SCRIPT_FOREVER, /* the `again` bytes, over and over */
};

enum { SCRIPT_REQUESTS_MAX = 32 };

struct script_request {
	char method[16];
	char target[1024];
	char head[8192]; /* as sent, with the request line */
	char body[8192]; /* its beginning */
	size_t body_len; /* all of it */
	int connection;  /* 1 = the first one accepted */
};

struct script {
	struct loop *loop;
	int fd;
	struct loop_watch *watch;
	uint16_t port;
	struct script_connection *connections_open;
	struct script_reply *replies; /* in order, the next one first */
	int connections;              /* accepted so far */
	int hung_up;                  /* ended by the client */
	size_t count;
	struct script_request requests[SCRIPT_REQUESTS_MAX];
};

struct script *script_new(struct loop *l);
void script_free(struct script *s); /* also wipes what it wrote down */

/* Queues a reply; the bytes are copied. */
void script_says(struct script *s, struct str bytes, enum script_end end);
void script_says_forever(struct script *s, struct str first, struct str again);

/* Sends on the connection accepted last, outside of the queue; it must fit in one go.
 */
void script_adds(struct script *s, struct str bytes);

/* The value of a header of request i, trimmed; an empty slice with ptr NULL if absent.
 */
struct str script_header(const struct script *s, size_t i, const char *name);

#endif
