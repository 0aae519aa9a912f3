/*
 * One HTTP/1.1 request as it lies in the input, taken apart in place.
 */
#ifndef TESTS_BENCH_REQUEST_H
#define TESTS_BENCH_REQUEST_H

#include "base/str.h"

#define REQUEST_HEAD_MAX (64U * 1024)
#define REQUEST_BODY_MAX (64U * 1024 * 1024)

/* Slices of the input. */
struct request {
	struct str method;
	struct str target;
	struct str head; /* the lines behind the first */
	struct str body;
	size_t length; /* all of it */
};

enum request_state { REQUEST_PARTIAL, REQUEST_WHOLE, REQUEST_BAD };

/* Chunked bodies are REQUEST_BAD: no client measured here sends them. */
enum request_state request_read(struct request *r, struct str in);

/* "" when there is none. */
struct str request_header(struct str head, const char *name);

#endif
