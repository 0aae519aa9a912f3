/*
 * What the tests of net/http share: a loop on a clock that only moves when told, a
 * scripted server, a transport signed in to it as ada, and a sink that writes down what
 * it was told.
 */
#ifndef TESTS_UNIT_HTTP_CLIENT_H
#define TESTS_UNIT_HTTP_CLIENT_H

#include "base/secret.h"
#include "net/http.h"
#include "tests/unit/http_script.h"

#define CLIENT_LOGIN "ada@example.org"
#define CLIENT_PASSWORD "abcd-efgh-ijkl-mnop"
#define CLIENT_BASIC "Basic YWRhQGV4YW1wbGUub3JnOmFiY2QtZWZnaC1pamtsLW1ub3A="

struct client {
	int64_t now; /* both clocks, in ms */
	struct clock clock;
	struct loop *loop;
	struct script *server;
	struct http *http;
	struct secret *password;
};

/* A cmocka fixture; *state becomes the client. */
int client_set_up(void **state);
int client_tear_down(void **state);

/* Another transport in the place of the first; o's gate, login and password are filled.
 */
void client_reopen(struct client *c, struct http_options *o);

struct outcome {
	struct client *client;
	struct dav_exchange *x;
	bool done;
	int connected;
	int parts;
	int head_status; /* as the body callback saw it */
	char head_etag[256];
	struct buf body;
	struct buf error_body;
	char address[1200];
	struct dav_reply reply; /* without its borrowed parts */
	/* What to do from within the callbacks; may be NULL. */
	void (*on_connected)(struct outcome *o);
	bool (*on_body)(struct outcome *o, struct err *e);
	void (*on_done)(struct outcome *o);
	struct outcome *partner; /* for them to act on */
};

void outcome_clear(struct outcome *o);

/* A request to path of the client's server, or to an address of its own; 1 MB accepted.
 */
struct dav_request client_request(const struct client *c, const char *method,
	const char *where);

/* Adds a body and its type. */
void client_body(struct dav_request *r, const char *body);

void client_start(struct client *c, struct dav_request *r, struct outcome *o);

/* Turns the loop until *flag, which must come. */
void client_until(struct client *c, const bool *flag);

/* A few turns that wait for nothing: what is under way on this computer arrives. */
void client_settle(struct client *c);

/* Start and wait. */
void client_ask(struct client *c, const char *method, const char *where,
	struct outcome *o);

#define SAYS(client, text) script_says((client)->server, STR(text), SCRIPT_KEEP)

#endif
