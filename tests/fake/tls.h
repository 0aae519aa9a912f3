/*
 * Bytes to and from one connection, plain or in TLS, without waiting.
 */
#ifndef TESTS_FAKE_TLS_H
#define TESTS_FAKE_TLS_H

#include <stddef.h>

#include "base/err.h"

struct tls; /* the server's certificate and key */

struct tls *tls_open(const char *cert, const char *key, struct err *e) MUST_USE;
void tls_close(struct tls *t);

struct channel {
	int fd;      /* owned */
	void *ssl;   /* NULL = plain */
	short wants; /* for poll(), after CHANNEL_LATER */
};

enum { CHANNEL_OVER = 0, CHANNEL_LATER = -1 };

/* `tls` may be NULL. */
void channel_init(struct channel *c, int fd, struct tls *tls);
void channel_clear(struct channel *c, bool reset);

/* How many bytes, CHANNEL_OVER when the connection is at its end or broken. */
int channel_read(struct channel *c, char *to, size_t size) MUST_USE;
int channel_write(struct channel *c, const char *from, size_t size) MUST_USE;

#endif
