/* app/link: the check of an account, against a server that does as it is told. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/link.h"
#include "base/mem.h"
#include "tests/unit/http_client.h"

#define MULTI(inside)                                                                  \
	"<multistatus xmlns='DAV:' xmlns:C='urn:ietf:params:xml:ns:caldav'><response>" \
	"<href>/ada/</href><propstat><prop>" inside                                    \
	"</prop><status>HTTP/1.1 200 OK</status></propstat></response></multistatus>"
#define PRINCIPAL                                                                      \
	MULTI("<current-user-principal><href>/ada/</href></current-user-principal>")
#define HOMES(hrefs) MULTI("<C:calendar-home-set>" hrefs "</C:calendar-home-set>")
#define HOME HOMES("<href>/cal/</href>")
#define CALENDARS                                                                      \
	MULTI("<resourcetype><collection/><C:calendar/></resourcetype>"                \
	      "<current-user-privilege-set><privilege><all/></privilege>"              \
	      "</current-user-privilege-set>")
#define SIGN_IN_PAGE "<!DOCTYPE html><html><body>Welcome to the hotel</body></html>"
#define DOCTYPE "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><multistatus/>"

/* One answer of the server. */
struct said {
	int status;
	const char *body;
	const char *header; /* a line of its own, or NULL */
};
#define SAID_MAX 6

struct told {
	bool done;
	bool failed;
	enum diagnosis diagnosis;
	enum err_code code; /* of the words */
	char headline[120];
	char *home;
	size_t calendars;
	char steps[64]; /* "r+", "s-": the step's letter, and how it ended */
};

static void on_step(void *ctx, const struct link_news *news)
{
	static const char letters[] =
		"cteflr"; /* connect, TLS, enter, find, list, rights */
	struct told *t = ctx;
	const size_t len = strlen(t->steps);

	assert_false(t->done);
	if (news->state == LINK_RUNNING || len + 3 > sizeof(t->steps))
		return;
	t->steps[len] = letters[news->step];
	t->steps[len + 1] = news->state == LINK_OK ? '+' : '-';
}

static void on_done(void *ctx, const struct link_result *r)
{
	struct told *t = ctx;

	assert_false(t->done);
	t->done = true;
	t->failed = r->failed;
	t->diagnosis = r->diagnosis;
	t->code = r->words.code;
	memcpy(t->headline, r->words.headline, sizeof(t->headline));
	t->home = xstrdup_or_null(r->home);
	t->calendars = r->calendars->count;
}

static void say(struct client *c, const struct said *s)
{
	SCOPED(buf) reply = buf_with_max(0);

	buf_printf(&reply, "HTTP/1.1 %d X\r\nContent-Length: %zu\r\n%s%s\r\n%s",
		s->status, strlen(s->body), s->header ? s->header : "",
		s->header ? "\r\n" : "", s->body);
	script_says(c->server, buf_view(&reply), SCRIPT_KEEP);
}

/* A minute at most; the longest pause between two requests is a second. */
static struct told check(struct client *c, const char *known_home,
	const struct said *says)
{
	struct told t = {0};
	struct err e = {0};
	SCOPED(account) a = {.provider = PROVIDER_CALDAV, .name = xstrdup("x")};

	a.server = xasprintf("http://127.0.0.1:%u/", (unsigned)c->server->port);
	a.login = xstrdup(CLIENT_LOGIN);
	a.password = secret_from(STR(CLIENT_PASSWORD));
	a.home = xstrdup_or_null(known_home);
	for (size_t i = 0; says[i].status; i++)
		say(c, &says[i]);
	AUTO(link_check) *link =
		link_check_start(&(struct link_options){.loop = c->loop,
					 .account = &a,
					 .ctx = &t,
					 .step = on_step,
					 .done = on_done},
			&e);
	assert_non_null(link);
	for (int i = 0; i < 59 && !t.done; i++) {
		client_settle(c);
		c->now += 1000;
	}
	assert_true(t.done);
	return t;
}

static void checks_an_account(void **state)
{
	struct client *c = *state;
	static const struct said says[SAID_MAX] = {{207, PRINCIPAL, NULL},
		{207, HOME, NULL}, {207, CALENDARS, NULL}};
	struct told t = check(c, NULL, says);
	AUTO_FREE char *home =
		xasprintf("http://127.0.0.1:%u/cal/", (unsigned)c->server->port);

	assert_false(t.failed);
	assert_int_equal(t.diagnosis, DIAGNOSIS_NONE);
	assert_string_equal(t.home, home);
	assert_int_equal(t.calendars, 1);
	assert_string_equal(t.steps, "c+t+e+f+l+r+");
	assert_int_equal(c->server->count, 3);
	free(t.home);
}

static void tells_all_homes(void **state)
{
	struct client *c = *state;
	static const struct said says[SAID_MAX] = {{207, PRINCIPAL, NULL},
		{207, HOMES("<href>/one/</href><href>/two/</href>"), NULL},
		{207, CALENDARS, NULL}, {207, CALENDARS, NULL}};
	struct told t = check(c, NULL, says);
	AUTO_FREE char *homes =
		xasprintf("http://127.0.0.1:%u/one/ http://127.0.0.1:%u/two/",
			(unsigned)c->server->port, (unsigned)c->server->port);

	assert_false(t.failed);
	assert_string_equal(t.home, homes);
	assert_int_equal(c->server->count, 4);
	free(t.home);
}

static void tells_what_is_wrong(void **state)
{
	/* clang-format off */
	static const struct {
		struct said says[SAID_MAX];
		enum diagnosis diagnosis;
		enum err_code code;
		size_t requests;
		const char *steps;
		const char *known_home;
	} rows[] = {
		/* a refused password is shown once */
		{{{401, "", NULL}}, DIAGNOSIS_AUTH_REFUSED, ERR_AUTH, 1, "c+t+e-", NULL},
		{{{207, PRINCIPAL, NULL}, {401, "", NULL}},
			DIAGNOSIS_AUTH_REFUSED, ERR_AUTH, 2, "c+t+e+f-", NULL},
		/* nobody waits for what a server asks for; a fault gets one more chance */
		{{{503, "", "Retry-After: 5"}}, DIAGNOSIS_SVC_BUSY, ERR_BUSY, 1, "c+t+e-", NULL},
		{{{500, "", NULL}, {500, "", NULL}},
			DIAGNOSIS_SVC_ERROR, ERR_NETWORK, 2, "c+t+e-", NULL},
		/* what cannot be read is told as such, whatever the next address says */
		{{{207, DOCTYPE, NULL}, {404, "", NULL}},
			DIAGNOSIS_SVC_ERROR, ERR_PROTOCOL, 2, "c+t+e-", NULL},
		{{{207, "<multistatus xmlns='DAV:'>", NULL}, {404, "", NULL}},
			DIAGNOSIS_SVC_ERROR, ERR_PROTOCOL, 2, "c+t+e+f-", NULL},
		{{{200, SIGN_IN_PAGE, "Content-Type: text/html"}, {404, "", NULL}},
			DIAGNOSIS_SVC_NOT_DAV, ERR_PROTOCOL, 2, "c+t+e-", NULL},
		{{{200, SIGN_IN_PAGE, "Content-Type: text/html"}, {404, "", NULL}},
			DIAGNOSIS_NET_PORTAL, ERR_PROTOCOL, 2, "c+t+e-",
			"http://127.0.0.1:1/cal/"},
		/* Cyrus' way to say that nobody is signed in */
		{{{207, MULTI("<current-user-principal><unauthenticated/>"
			      "</current-user-principal>"), NULL}, {404, "", NULL}},
			DIAGNOSIS_AUTH_REFUSED, ERR_AUTH, 2, "c+t+e-", NULL},
		{{{302, "", "Location: http://192.0.2.1/"}, {404, "", NULL}},
			DIAGNOSIS_SVC_MOVED, ERR_CONFIG, 2, "c+t+e-", NULL},
	};
	/* clang-format on */
	void *fresh = NULL;
	(void)state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		assert_int_equal(client_set_up(&fresh), 0);
		struct client *c = fresh;
		const struct told t = check(c, rows[i].known_home, rows[i].says);
		if (!t.failed || t.diagnosis != rows[i].diagnosis ||
			t.code != rows[i].code ||
			c->server->count != rows[i].requests ||
			strcmp(t.steps, rows[i].steps) != 0)
			fail_msg("row %zu: %d, code %d, %zu requests, %s: %s", i,
				(int)t.diagnosis, (int)t.code, c->server->count,
				t.steps, t.headline);
		assert_null(t.home);
		(void)client_tear_down(&fresh);
	}
}

static void gets_over_one_fault(void **state)
{
	struct client *c = *state;
	static const struct said says[SAID_MAX] = {{502, "", NULL},
		{207, PRINCIPAL, NULL}, {207, HOME, NULL}, {207, CALENDARS, NULL}};
	struct told t = check(c, NULL, says);

	assert_false(t.failed);
	assert_int_equal(c->server->count, 4);
	free(t.home);
}

static void names_where_it_was_sent(void **state)
{
	struct client *c = *state;
	static const struct said says[SAID_MAX] = {
		{302, "", "Location: https://cal.example.net/"}, {404, "", NULL}};
	const struct told t = check(c, NULL, says);

	assert_int_equal(t.diagnosis, DIAGNOSIS_SVC_MOVED);
	assert_string_equal(t.headline, "127.0.0.1 points to cal.example.net");
}

static bool is_let_in(const struct gate *g, const char *address)
{
	SCOPED(uri) u = {0};

	assert_true(uri_parse(&u, str_of(address), NULL));
	return gate_allows(g, &u, NULL);
}

/* The homes that were agreed to when the account was set up may be elsewhere. */
static void lets_known_homes_in(void **state)
{
	SCOPED(uri) entry = {0};
	struct gate gate = {0};
	struct account a = {.provider = PROVIDER_CALDAV};
	char name[] = "x", server[] = "example.org";
	char homes[] =
		"https://example.org/a/ https://cal.example.org:8443/b/ nonsense "
		"http://plain.example.org/";
	(void)state;

	a.name = name;
	a.server = server;
	assert_true(account_entry(&a, &entry, &gate, NULL));
	assert_false(is_let_in(&gate, "https://cal.example.org:8443/"));
	uri_clear(&entry);
	a.home = homes;
	assert_true(account_entry(&a, &entry, &gate, NULL));
	assert_true(is_let_in(&gate, "https://example.org/"));
	assert_true(is_let_in(&gate, "https://cal.example.org:8443/"));
	assert_false(is_let_in(&gate, "https://cal.example.org/"));
	assert_false(is_let_in(&gate, "http://plain.example.org/"));
	assert_string_equal(entry.origin.host, "example.org");
}

int main(void)
{
#define WITH_CLIENT(test)                                                              \
	cmocka_unit_test_setup_teardown(test, client_set_up, client_tear_down)
	const struct CMUnitTest tests[] = {
		WITH_CLIENT(checks_an_account),
		WITH_CLIENT(tells_all_homes),
		cmocka_unit_test(tells_what_is_wrong),
		WITH_CLIENT(gets_over_one_fault),
		WITH_CLIENT(names_where_it_was_sent),
		cmocka_unit_test(lets_known_homes_in),
	};

	return secrets_init(NULL) ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
