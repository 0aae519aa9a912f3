/*
 * One request as it came, and the answer to it with the way it is to be delivered.
 */
#ifndef TESTS_FAKE_MESSAGE_H
#define TESTS_FAKE_MESSAGE_H

#include "base/buf.h"

/* The header fields that are looked at; NULL = not sent. */
enum field_name {
	HEADER_HOST,
	HEADER_AUTHORIZATION,
	HEADER_DEPTH,
	HEADER_IF_MATCH,
	HEADER_IF_NONE_MATCH,
	HEADER_DESTINATION,
	HEADER_OVERWRITE,
	HEADER_CONTENT_TYPE,
	HEADER_CONTENT_LENGTH,
	HEADER_TRANSFER_ENCODING,
	HEADER_ACCEPT_ENCODING,
	HEADER_CONNECTION,
	HEADER_EXPECT,
	HEADERS,
};

struct request {
	char *method;
	char *path; /* as sent, without a query */
	bool http10;
	bool tls;
	char *headers[HEADERS];
	struct buf body;
};

/* False for what is no request line. `head` ends before the empty line. */
bool request_read(struct request *r, struct str head) MUST_USE;
void request_clear(struct request *r);
struct str request_header(const struct request *r, enum field_name name);

/* A number of bytes, or a share of the whole. */
struct amount {
	bool set;
	bool percent;
	int64_t n;
};
size_t amount_of(const struct amount *a, size_t whole);

struct delivery {
	bool drop;  /* nothing is sent, the connection is closed */
	bool reset; /* and that with a reset */
	bool hang;  /* the connection stays, and nothing more is sent */
	bool endless;
	bool close;
	bool http10;
	bool gzip;
	int64_t bomb;       /* the body is so many MB, as gzip */
	struct amount cut;  /* of the body; then the connection is closed */
	int64_t slow_bytes; /* at a time; 0 = as fast as they go */
	int64_t slow_ms;
};

struct response {
	int status;
	const char *type;   /* NULL = none */
	struct buf headers; /* whole lines */
	struct buf body;
	struct delivery delivery;
};

void response_clear(struct response *a);
void response_header(struct response *a, const char *name, const char *value);

/* The answer as bytes, but for what is sent endlessly. */
void response_write(const struct response *a, bool head_only, struct buf *out);

/* "%41" -> "A"; the caller's. */
char *percent_decode(struct str text);

/* One segment of a path; "@" becomes %40, as iCloud writes it. */
void percent_encode(struct buf *out, struct str name);

#endif
