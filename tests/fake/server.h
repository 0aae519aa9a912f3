/*
 * The CalDAV server behind the connections: one account, what it holds, and how it
 * answers one request.
 *
 * What differs from server to server is in a dialect; what goes wrong on purpose is in
 * the switches and the fault rules.
 */
#ifndef TESTS_FAKE_SERVER_H
#define TESTS_FAKE_SERVER_H

#include "tests/fake/faults.h"
#include "tests/fake/place.h"
#include "tests/fake/query.h"
#include "tests/fake/xml.h"

struct server {
	const struct dialect *dialect; /* borrowed */
	const struct clock *clock;     /* borrowed */
	struct store store;
	struct switches switches;
	struct faults *faults;
	char *login;
	char *password;
	char *person; /* the display name of the home */
	bool revoked;
	int64_t partition;
	struct buf log; /* a line for each request, see server_answer() */
	uint64_t requests;
};

/* One request on its way. */
struct exchange {
	struct server *server;
	const struct request *request;
	struct response *response;
	const struct switches *sw; /* for this request */
	struct query query;
	struct place place;
};

struct dialect {
	const char *name;
	enum xml_style style;
	const char *principal;
	const char *home;
	bool tells_self;  /* the calendar is in the lists of its members */
	bool inline_data; /* calendar-data in sync-collection */

	/* Headers every answer has. */
	void (*headers)(struct exchange *x);

	/* What is answered whoever asks; true = it is. */
	bool (*at_the_door)(struct exchange *x);

	/* The 401. */
	void (*refuse)(struct exchange *x);

	/* Of what this dialect does its own way; true = it is answered. */
	bool (*by_itself)(struct exchange *x);

	/* Does a place have this property at all? */
	bool (*has)(const struct exchange *x, const struct place *p, enum prop prop);

	void (*token)(const struct calendar *c, uint64_t rev, struct buf *out);
	void (*ctag)(const struct calendar *c, struct buf *out);
	void (*home_set)(struct exchange *x, struct buf *out);

	/* The status a PUT is refused with, or 0. */
	int (*refuse_put)(struct exchange *x, const struct event *facts);

	/* What is stored of a body that was sent. */
	void (*keep)(struct buf *out, struct str body);
};

extern const struct dialect dialect_plain;
extern const struct dialect dialect_icloud;

void server_init(struct server *s, const struct dialect *d, const struct clock *c);
void server_clear(struct server *s);

/*
 * Answers, and adds to the log "METHOD PATH host=HOST depth=N auth|- WORD STATUS": WORD
 * is the kind of query, STATUS what was sent, or "drop".
 */
void server_answer(struct server *s, const struct request *r, struct response *a);

/* --- for the methods --- */

void answer_status(struct exchange *x, int status);

/* A status with the {DAV:}error that names a condition. */
void answer_error(struct exchange *x, int status, const char *space, const char *name);

void method_propfind(struct exchange *x);
void method_report(struct exchange *x);
void method_get(struct exchange *x);
void method_put(struct exchange *x);
void method_delete(struct exchange *x);
void method_move(struct exchange *x);
void method_mkcalendar(struct exchange *x);
void method_proppatch(struct exchange *x);
void method_options(struct exchange *x);

/* The precondition of a write: false = 412. */
bool may_change(const struct exchange *x, const struct object *o);

#endif
