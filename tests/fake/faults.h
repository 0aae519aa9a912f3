/*
 * Scripted faults. A rule is one line:
 *
 *	METHOD PATH WHEN ACTION...
 *
 * METHOD  a pattern for the method, or for the kind of query (propfind, allprop,
 *         sync-collection, calendar-multiget, calendar-query)
 * PATH    a pattern for the path; one that begins with // is for //host/path
 * WHEN    which of the requests that match: 3, 2-4, 3- or * for all
 * ACTION  status=N after body=TEXT type=TEXT header="Name: value" retry-after=TEXT
 *         location=URL drop=before|after|reset hang endless bomb=MB doctype
 *         truncate=N|N% (the connection is closed there) shorten=N|N% (the body ends
 *         there) slow=BYTES,MS http10 gzip close, and any switch: NAME=N
 *
 * Patterns are those of sh. Empty lines and those that begin with # are passed over. A
 * value with blanks stands in "". body= knows the words empty, html, nginx,
 * valid-sync-token and anything else as it is. status=N does not carry out what was
 * asked for, unless "after" stands there too.
 *
 * All rules that match apply, one after the other. Each counts for itself, from when it
 * was first seen, as long as its line stays as it is.
 */
#ifndef TESTS_FAKE_FAULTS_H
#define TESTS_FAKE_FAULTS_H

#include "tests/fake/message.h"
#include "tests/fake/switches.h"

/* What is done to one request. */
struct effect {
	struct switches switches;
	int64_t status; /* 0 = the real one */
	bool after;
	bool doctype;
	bool has_body;
	struct buf body;
	struct buf headers;
	char *type;
	bool drop_before;
	struct amount shorten;
	struct delivery delivery;
};

void effect_clear(struct effect *x);

/* One ACTION. ERR_USAGE for what is none. */
bool effect_add(struct effect *x, struct str action, struct err *e) MUST_USE;

struct faults;

/* `file` is read again at each request; NULL = there is none. */
struct faults *faults_new(const char *file) MUST_USE;
void faults_free(struct faults *f);
AUTO_DEFINE(faults)

bool faults_add(struct faults *f, struct str rule, struct err *e) MUST_USE;
void faults_drop(struct faults *f); /* those that were added */

/* x->switches are the server's own before; ERR_USAGE names the line that is wrong. */
bool faults_apply(struct faults *f, const struct request *r, const char *word,
	struct effect *x, struct err *e) MUST_USE;

/* The next word of a line, without the quotes around a part of it; the caller's. NULL
 * at the end. */
char *word_next(struct str *line);

#endif
