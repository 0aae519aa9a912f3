/*
 * One connection: reads requests, has them answered, and delivers the answers as they
 * are to be delivered. Nothing waits; the caller polls.
 */
#ifndef TESTS_FAKE_HTTP_H
#define TESTS_FAKE_HTTP_H

#include "tests/fake/message.h"
#include "tests/fake/tls.h"

struct http_user {
	void *ctx;
	void (*answer)(void *ctx, const struct request *r, struct response *a);

	/* With this one, the connection speaks lines, not HTTP: one command, one
	 * answer.
	 */
	void (*command)(void *ctx, struct str line, struct buf *out);
};

struct http_conn;

struct http_conn *http_accept(int fd, struct tls *tls, const struct http_user *user,
	int64_t now_ms) MUST_USE;
void http_close(struct http_conn *c);

int http_fd(const struct http_conn *c);
short http_events(const struct http_conn *c, int64_t now_ms);

/* When it wants a turn without an event; -1 = not at all. */
int64_t http_wakes(const struct http_conn *c);

/* False: the connection is over. */
bool http_turn(struct http_conn *c, short events, int64_t now_ms) MUST_USE;

#endif
