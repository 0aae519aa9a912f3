/*
 * Plays a scripted server to discovery: each turn checks the address that is asked and
 * gives an answer in pieces, as the network would.
 */
#ifndef TESTS_UNIT_CONVERSATION_H
#define TESTS_UNIT_CONVERSATION_H

#include <string.h>

#include "dav/discover.h"
#include "tests/unit/data.h"

/* One exchange of a conversation: what must be asked, and what is answered. */
struct turn {
	const char *asked; /* the address */
	enum dav_failure failure;
	int status;
	const char *file;  /* of tests/data, or */
	const char *body;  /* the body itself */
	const char *type;  /* Content-Type */
	const char *moved; /* where a redirect led */
};

#define TURNS_MAX 6
#define DAV "https://dav.example.org"

UNUSED static inline void answer(struct discover *d, const struct turn *t,
	const struct uri *asked)
{
	SCOPED(buf) body = buf_with_max(0);
	struct dav_reply reply = {.failure = t->failure,
		.status = t->status,
		.retry_after = -1};

	if (t->type)
		memcpy(reply.content_type, t->type, strlen(t->type) + 1);
	if (t->moved)
		assert_true(uri_parse(&reply.uri, str_of(t->moved), NULL));
	else
		uri_copy(&reply.uri, asked);
	if (t->failure != DAV_ANSWERED)
		(void)err_set(&reply.err, ERR_NETWORK, "no luck");
	if (t->file)
		body = data_read(t->file);
	else if (t->body)
		buf_text(&body, t->body);
	const bool success = t->status >= 200 && t->status < 300;
	if (!success)
		reply.error_body = buf_view(&body);
	/* As the network does it: in pieces, and no further once the reader said no. */
	for (size_t at = 0; success && at < body.len; at += 100) {
		const struct str part = str_slice(buf_view(&body), at, at + 100);
		if (discover_body(d, part, &reply.err))
			continue;
		reply.failure = DAV_STOPPED;
		reply.status = 0;
		break;
	}
	discover_answer(d, &reply);
	uri_clear(&reply.uri);
}

UNUSED static inline void converse(struct discover *d, const struct turn *turns)
{
	for (size_t i = 0; discover_step(d) < DISCOVER_DONE; i++) {
		struct dav_request r;
		assert_true(i < TURNS_MAX);
		discover_ask(d, &r);
		AUTO_FREE char *address = uri_text(&r.uri);
		if (!turns[i].asked)
			fail_msg("asked once more: %s", address);
		assert_string_equal(address, turns[i].asked);
		assert_string_equal(r.method, "PROPFIND");
		answer(d, &turns[i], &r.uri);
		dav_request_clear(&r);
	}
}

UNUSED static inline struct discover *start_at(const char *address,
	enum provider provider)
{
	SCOPED(uri) start = {0};

	assert_true(uri_parse(&start, str_of(address), NULL));
	const struct gate gate = {.provider = provider, .home = start.origin};
	return discover_new(&start, &gate);
}

UNUSED static inline struct discover *run(const char *address, enum provider provider,
	const struct turn *turns)
{
	struct discover *d = start_at(address, provider);

	converse(d, turns);
	return d;
}

#define ICLOUD_PRINCIPAL                                                               \
	{                                                                              \
		.asked = ICLOUD_ENTRY, .status = 207, .file = "icloud_principal.xml"   \
	}
#define ICLOUD_HOME                                                                    \
	{                                                                              \
		.asked = ICLOUD_ENTRY "20481632641/principal/", .status = 207,         \
		.file = "icloud_home.xml"                                              \
	}
#define P77 "https://p77-caldav.icloud.com/20481632641/calendars/"
#define P78 "https://p78-caldav.icloud.com/20481632641/calendars/"

#define WELL_KNOWN DAV "/.well-known/caldav"
#define FOUND_PRINCIPAL                                                                \
	"<multistatus xmlns='DAV:'><response><href>/dav/</href><propstat><prop>"       \
	"<current-user-principal><href>/ada/</href></current-user-principal></prop>"   \
	"<status>HTTP/1.1 200 OK</status></propstat></response></multistatus>"
#define NO_PRINCIPAL                                                                   \
	"<multistatus xmlns='DAV:'><response><href>/</href><propstat><prop>"           \
	"<current-user-principal/></prop><status>HTTP/1.1 404 Not Found</status>"      \
	"</propstat></response></multistatus>"
#define HOME_TURN                                                                      \
	{                                                                              \
		.asked = DAV "/ada/", .status = 207, .file = "radicale_home.xml"       \
	}
#define LIST_TURN                                                                      \
	{                                                                              \
		.asked = DAV "/ada/", .status = 207, .file = "radicale_calendars.xml"  \
	}

#define ROOT(...)                                                                      \
	{                                                                              \
		.asked = DAV "/", __VA_ARGS__                                          \
	}
#define KNOWN(...)                                                                     \
	{                                                                              \
		.asked = WELL_KNOWN, __VA_ARGS__                                       \
	}

#define HOMES(hrefs)                                                                   \
	"<multistatus xmlns='DAV:' xmlns:C='urn:ietf:params:xml:ns:caldav'><response>" \
	"<href>/ada/</href><propstat><prop><C:calendar-home-set>" hrefs                \
	"</C:calendar-home-set></prop><status>HTTP/1.1 200 OK</status></propstat>"     \
	"</response></multistatus>"
#define CAL(href, comp, may)                                                           \
	"<response><href>" href "</href><propstat><prop><resourcetype><collection/>"   \
	"<C:calendar/></resourcetype><C:supported-calendar-component-set>"             \
	"<C:comp name='" comp "'/></C:supported-calendar-component-set>"               \
	"<current-user-privilege-set><privilege><" may "/></privilege>"                \
	"</current-user-privilege-set></prop><status>HTTP/1.1 200 OK</status>"         \
	"</propstat></response>"
#define LISTING(inside)                                                                \
	"<multistatus xmlns='DAV:' xmlns:C='urn:ietf:params:xml:ns:caldav'>" inside    \
	"</multistatus>"

#endif
