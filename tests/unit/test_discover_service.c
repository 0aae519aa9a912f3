/* dav/discover: where a domain's DNS records say its calendars are (RFC 6764). */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/conversation.h"

#define ORG "https://example.org"
#define MARK "/.well-known/caldav"
#define CAL_ORG "https://cal.example.org:8443"
#define FOUND_AT(where)                                                                \
	{                                                                              \
		.asked = (where), .status = 207, .body = FOUND_PRINCIPAL               \
	}

/* Plays the turns; at DISCOVER_SERVICE gives `found`, and says how often it was asked.
 */
static unsigned play(struct discover *d, const struct turn *turns,
	const struct dav_service *found)
{
	unsigned asked = 0;

	for (size_t i = 0; discover_step(d) < DISCOVER_HOME;) {
		struct dav_request r;
		if (discover_step(d) == DISCOVER_SERVICE) {
			assert_string_equal(discover_domain(d), "example.org");
			asked++;
			discover_service(d, found);
			continue;
		}
		discover_ask(d, &r);
		AUTO_FREE char *address = uri_text(&r.uri);
		if (!turns[i].asked)
			fail_msg("asked once more: %s", address);
		assert_string_equal(address, turns[i].asked);
		answer(d, &turns[i++], &r.uri);
		dav_request_clear(&r);
	}
	return asked;
}

#define NOTHING                                                                        \
	{                                                                              \
		"", 0, ""                                                              \
	}
#define NOWHERE                                                                        \
	{.asked = ORG "/", .status = 404},                                             \
	{                                                                              \
		.asked = ORG MARK, .status = 404                                       \
	}
#define OFFLINE                                                                        \
	{                                                                              \
		.asked = ORG "/", .failure = DAV_NO_HOST                               \
	}

static void follows_the_records(void **state)
{
	static const struct {
		struct dav_service found;
		struct turn turns[TURNS_MAX + 1];
	} rows[] = {
		{{"cal.example.org", 8443, ""}, {NOWHERE, FOUND_AT(CAL_ORG MARK)}},
		{{"cal.example.org", 8443, "/dav/"},
			{NOWHERE, FOUND_AT(CAL_ORG "/dav/")}},
		/* a path that is not there either */
		{{"cal.example.org", 8443, "/dav/"},
			{NOWHERE, {.asked = CAL_ORG "/dav/", .status = 404},
				{.asked = CAL_ORG MARK, .status = 404},
				FOUND_AT(CAL_ORG "/")}},
		{{"cal.example.org", 443, ""},
			{OFFLINE, FOUND_AT("https://cal.example.org" MARK)}},
		{{"CAL.example.org", 443, ""},
			{OFFLINE, FOUND_AT("https://cal.example.org" MARK)}},
		/* the domain itself, at another port or path */
		{{"example.org", 8443, ""},
			{NOWHERE, FOUND_AT("https://example.org:8443" MARK)}},
		{{"example.org", 443, "/dav/"}, {NOWHERE, FOUND_AT(ORG "/dav/")}},
		{{"cal.example.org", 8443, ""},
			{{.asked = ORG "/", .failure = DAV_TLS_NAME},
				FOUND_AT(CAL_ORG MARK)}},
		{{"cal.example.org", 8443, ""},
			{{.asked = ORG "/", .failure = DAV_TIMEOUT},
				FOUND_AT(CAL_ORG MARK)}},
	};
	(void)state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO(discover) *d = start_at(ORG "/", PROVIDER_CALDAV);
		discover_offer_dns(d);
		assert_int_equal(play(d, rows[i].turns, &rows[i].found), 1);
		assert_int_equal(discover_step(d), DISCOVER_HOME);
		struct dav_request r;
		discover_ask(d, &r);
		assert_true(gate_allows(discover_gate(d), &r.uri, NULL));
		dav_request_clear(&r);
	}
}

static void stays_with_what_it_knew(void **state)
{
	static const struct {
		struct turn turns[TURNS_MAX + 1];
		struct dav_service found; /* without a host: nothing */
		enum diagnosis diagnosis;
		unsigned asked;
	} rows[] = {
		{{NOWHERE}, NOTHING, DIAGNOSIS_SVC_NOT_DAV, 1},
		{{OFFLINE}, NOTHING, DIAGNOSIS_NET_DNS, 1},
		/* what it says has been tried */
		{{NOWHERE}, {"example.org", 443, ""}, DIAGNOSIS_SVC_NOT_DAV, 1},
		/* what it says is no address */
		{{NOWHERE}, {"a b", 443, ""}, DIAGNOSIS_SVC_NOT_DAV, 1},
		{{NOWHERE}, {"cal.example.org", 443, "/../"}, DIAGNOSIS_SVC_NOT_DAV, 1},
		/* the records are no way around a refusal */
		{{{.asked = ORG "/", .status = 401}}, NOTHING, DIAGNOSIS_AUTH_REFUSED,
			0},
		{{{.asked = ORG "/", .status = 503}}, NOTHING, DIAGNOSIS_SVC_BUSY, 0},
		{{{.asked = ORG "/", .failure = DAV_TLS_CLOCK}}, NOTHING,
			DIAGNOSIS_TLS_CLOCK, 0},
		/* and they are asked once */
		{{NOWHERE, {.asked = "https://cal.example.org" MARK,
				   .failure = DAV_NO_CONNECTION}},
			{"cal.example.org", 443, ""}, DIAGNOSIS_NET_DOWN, 1},
		{{NOWHERE, {.asked = "https://cal.example.org" MARK, .status = 401}},
			{"cal.example.org", 443, ""}, DIAGNOSIS_AUTH_REFUSED, 1},
	};
	(void)state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO(discover) *d = start_at(ORG "/", PROVIDER_CALDAV);
		discover_offer_dns(d);
		const struct dav_service *found =
			rows[i].found.host[0] ? &rows[i].found : NULL;
		const unsigned asked = play(d, rows[i].turns, found);
		if (discover_step(d) != DISCOVER_FAILED || asked != rows[i].asked ||
			discover_diagnosis(d) != rows[i].diagnosis)
			fail_msg("row %zu: %d, asked %u", i, discover_diagnosis(d),
				asked);
	}
}

/* The password does not follow a record out of the domain. */
static void names_a_host_elsewhere(void **state)
{
	static const char *const hosts[] = {"cal.example.net", "notexample.org",
		"example.org.evil.example", "org"};
	static const struct turn turns[TURNS_MAX + 1] = {NOWHERE};
	(void)state;

	for (size_t i = 0; i < COUNT_OF(hosts); i++) {
		struct dav_service found = {.port = 443};
		memcpy(found.host, hosts[i], strlen(hosts[i]) + 1);
		AUTO(discover) *d = start_at(ORG "/", PROVIDER_CALDAV);
		discover_offer_dns(d);
		assert_int_equal(play(d, turns, &found), 1);
		assert_int_equal(discover_step(d), DISCOVER_FAILED);
		assert_int_equal(discover_diagnosis(d), DIAGNOSIS_SVC_MOVED);
		assert_string_equal(discover_reply(d)->foreign, hosts[i]);
		assert_int_equal(discover_error(d)->code, ERR_CONFIG);
		assert_non_null(strstr(discover_error(d)->message, hosts[i]));
		assert_int_equal(discover_gate(d)->n_allowed, 0);
	}
}

static void asks_only_where_it_makes_sense(void **state)
{
	static const char *const starts[] = {"http://127.0.0.1/",
		"https://example.org:8443/"};
	(void)state;

	for (size_t i = 0; i < COUNT_OF(starts); i++) {
		AUTO(discover) *d = start_at(starts[i], PROVIDER_CALDAV);
		discover_offer_dns(d);
		while (discover_step(d) == DISCOVER_PRINCIPAL) {
			const struct turn gone = {.status = 404};
			struct dav_request r;
			discover_ask(d, &r);
			answer(d, &gone, &r.uri);
			dav_request_clear(&r);
		}
		assert_int_equal(discover_step(d), DISCOVER_FAILED);
	}
	AUTO(discover) *apple = start_at(ICLOUD_ENTRY, PROVIDER_ICLOUD);
	static const struct turn refused[TURNS_MAX + 1] = {
		{.asked = ICLOUD_ENTRY, .status = 404}};
	discover_offer_dns(apple);
	converse(apple, refused);
	assert_int_equal(discover_step(apple), DISCOVER_FAILED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_the_records),
		cmocka_unit_test(stays_with_what_it_knew),
		cmocka_unit_test(names_a_host_elsewhere),
		cmocka_unit_test(asks_only_where_it_makes_sense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
