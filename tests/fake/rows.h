/*
 * The responses of a multistatus: one for each place, with the properties that were
 * asked for, those that are there and those that are not.
 */
#ifndef TESTS_FAKE_ROWS_H
#define TESTS_FAKE_ROWS_H

#include "tests/fake/server.h"

struct rows {
	struct exchange *x;
	struct xml xml;
	bool bare; /* hrefs are left empty */
	int64_t nameless;
};

/* The answer becomes a 207; rows_end() closes it. */
void rows_begin(struct rows *r, struct exchange *x);
void rows_end(struct rows *r, const char *sync_token);

/* Of a place, with everything the query wants. */
void rows_place(struct rows *r, const struct place *p, struct str path);

/* Of a calendar itself, among its members. */
void rows_self(struct rows *r, struct calendar *c);

/* Of an object; `with_data` = the query may have its body. */
void rows_member(struct rows *r, struct calendar *c, struct object *o, bool with_data);

/* A response with nothing but a status. */
void rows_status(struct rows *r, struct str path, int status);
void rows_member_status(struct rows *r, const struct calendar *c, const char *name,
	int status);

/* So many members that are listed and not there: the switch "ghost". */
void rows_ghosts(struct rows *r, const struct calendar *c);

/* The entity tag as it is told, or NULL. */
char *etag_told(const struct exchange *x, const char *etag);

#endif
