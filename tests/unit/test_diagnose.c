#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "dav/diagnose.h"

static void diagnoses_failures(void **state)
{
	static const struct {
		enum dav_failure failure;
		enum diagnosis icloud;
		enum diagnosis caldav;
		const char *detail;
	} rows[] = {
		{DAV_NO_HOST, DIAGNOSIS_NET_DNS, DIAGNOSIS_NET_DNS, "name not found"},
		{DAV_NO_CONNECTION, DIAGNOSIS_NET_DOWN, DIAGNOSIS_NET_DOWN,
			"no connection"},
		{DAV_TIMEOUT, DIAGNOSIS_NET_TIME, DIAGNOSIS_NET_TIME, "no answer"},
		{DAV_PROXY, DIAGNOSIS_NET_PROXY, DIAGNOSIS_NET_PROXY,
			"stopped by a proxy"},
		{DAV_TLS_NAME, DIAGNOSIS_TLS_NAME, DIAGNOSIS_TLS_NAME,
			"certificate refused"},
		{DAV_TLS_CLOCK, DIAGNOSIS_TLS_CLOCK, DIAGNOSIS_TLS_CLOCK,
			"certificate out of date"},
		{DAV_TLS_OTHER, DIAGNOSIS_TLS_OTHER, DIAGNOSIS_TLS_OTHER,
			"no secure connection"},
		{DAV_CUT, DIAGNOSIS_SVC_ERROR, DIAGNOSIS_SVC_ERROR, "answer cut short"},
		{DAV_TOO_LARGE, DIAGNOSIS_SVC_ERROR, DIAGNOSIS_SVC_ERROR,
			"answer too large"},
		{DAV_NOT_HTTP, DIAGNOSIS_SVC_ERROR, DIAGNOSIS_SVC_NOT_DAV,
			"not a web server"},
		{DAV_FOREIGN_HOST, DIAGNOSIS_SVC_MOVED, DIAGNOSIS_SVC_MOVED,
			"sent elsewhere"},
		{DAV_REDIRECTS, DIAGNOSIS_SVC_ERROR, DIAGNOSIS_SVC_ERROR,
			"sent in a circle"},
		{DAV_STOPPED, DIAGNOSIS_SVC_ERROR, DIAGNOSIS_SVC_ERROR,
			"answer unreadable"},
	};
	(void)state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct dav_reply reply = {.failure = rows[i].failure};
		char detail[40];
		assert_int_equal(diagnose_reply(&reply, PROVIDER_ICLOUD, false),
			rows[i].icloud);
		assert_int_equal(diagnose_reply(&reply, PROVIDER_CALDAV, true),
			rows[i].caldav);
		diagnosis_detail(&reply, detail, sizeof(detail));
		assert_string_equal(detail, rows[i].detail);
	}
}

static void diagnoses_statuses(void **state)
{
	static const struct {
		int status;
		enum diagnosis icloud;
		enum diagnosis caldav;
	} rows[] = {
		{401, DIAGNOSIS_AUTH_REFUSED, DIAGNOSIS_AUTH_REFUSED},
		{403, DIAGNOSIS_AUTH_LOCKED, DIAGNOSIS_AUTH_LOCKED},
		{407, DIAGNOSIS_NET_PROXY, DIAGNOSIS_NET_PROXY},
		{429, DIAGNOSIS_SVC_BUSY, DIAGNOSIS_SVC_BUSY},
		{503, DIAGNOSIS_SVC_BUSY, DIAGNOSIS_SVC_BUSY},
		{511, DIAGNOSIS_NET_PORTAL, DIAGNOSIS_NET_PORTAL},
		{421, DIAGNOSIS_SVC_ERROR, DIAGNOSIS_SVC_ERROR},
		{500, DIAGNOSIS_SVC_ERROR, DIAGNOSIS_SVC_ERROR},
		{502, DIAGNOSIS_SVC_ERROR, DIAGNOSIS_SVC_ERROR},
		{504, DIAGNOSIS_SVC_ERROR, DIAGNOSIS_SVC_ERROR},
		{507, DIAGNOSIS_SVC_ERROR, DIAGNOSIS_SVC_ERROR},
		{400, DIAGNOSIS_SVC_ERROR, DIAGNOSIS_SVC_NOT_DAV},
		{404, DIAGNOSIS_SVC_ERROR, DIAGNOSIS_SVC_NOT_DAV},
		{405, DIAGNOSIS_SVC_ERROR, DIAGNOSIS_SVC_NOT_DAV},
		{501, DIAGNOSIS_SVC_ERROR, DIAGNOSIS_SVC_NOT_DAV},
		{302, DIAGNOSIS_SVC_ERROR, DIAGNOSIS_SVC_NOT_DAV},
		{200, DIAGNOSIS_SVC_ERROR, DIAGNOSIS_SVC_NOT_DAV},
		{207, DIAGNOSIS_SVC_ERROR, DIAGNOSIS_SVC_NOT_DAV},
	};
	(void)state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct dav_reply reply = {.status = rows[i].status};
		if (diagnose_reply(&reply, PROVIDER_ICLOUD, false) != rows[i].icloud ||
			diagnose_reply(&reply, PROVIDER_CALDAV, false) !=
				rows[i].caldav)
			fail_msg("status %d", rows[i].status);
	}
}

static void doubts_the_password(void **state)
{
	const struct dav_reply refused = {.status = 401};
	const struct dav_reply locked = {.status = 403};
	const struct dav_reply page = {.status = 200, .content_type = "text/html"};
	char detail[12];
	(void)state;

	assert_int_equal(diagnose_reply(&refused, PROVIDER_ICLOUD, true),
		DIAGNOSIS_AUTH_KIND);
	assert_int_equal(diagnose_reply(&refused, PROVIDER_CALDAV, true),
		DIAGNOSIS_AUTH_REFUSED);
	assert_int_equal(diagnose_reply(&locked, PROVIDER_ICLOUD, true),
		DIAGNOSIS_AUTH_LOCKED);
	assert_int_equal(diagnose_reply(&page, PROVIDER_ICLOUD, false),
		DIAGNOSIS_NET_PORTAL);
	diagnosis_detail(&refused, detail, sizeof(detail));
	assert_string_equal(detail, "answered 40");
	char whole[20];
	diagnosis_detail(&refused, whole, sizeof(whole));
	assert_string_equal(whole, "answered 401");
}

/* How many lines of `cols` columns the text takes when it is broken between words. */
static unsigned lines_of(const char *text, size_t cols)
{
	struct str rest = str_of(text);
	struct str word;
	size_t used = 0;
	unsigned lines = 1;

	while (str_split(&rest, ' ', &word)) {
		assert_true(word.len <= cols);
		const size_t need = used ? used + 1 + word.len : word.len;
		if (need > cols)
			lines++;
		used = need > cols ? word.len : need;
	}
	return lines;
}

static void check_ways(const struct diagnosis_words *w)
{
	bool ended = false;

	assert_int_not_equal(w->ways[0], WAY_NONE);
	for (size_t i = 0; i < WAYS_MAX; i++) {
		assert_false(ended && w->ways[i] != WAY_NONE);
		ended |= w->ways[i] == WAY_NONE;
		for (size_t j = 0; j < i; j++)
			assert_true(w->ways[i] == WAY_NONE || w->ways[i] != w->ways[j]);
	}
}

static void check_words(enum diagnosis d, enum provider provider, const char *host,
	const struct dav_reply *reply)
{
	struct diagnosis_words w;
	bool ended = false;

	diagnosis_describe_reply(d, provider, host, reply, &w);
	assert_true(w.id[0] != '\0');
	assert_true(w.headline[0] != '\0');
	assert_true(strlen(w.headline) <= 76);
	assert_true(w.causes[0][0] != '\0');
	for (size_t i = 0; i < CAUSES_MAX; i++) {
		if (strlen(w.causes[i]) > 70)
			fail_msg("too long: %s", w.causes[i]);
		assert_false(ended && w.causes[i][0]);
		ended |= !w.causes[i][0];
		assert_null(strchr(w.causes[i], '{'));
	}
	if (lines_of(w.advice, 70) > 2)
		fail_msg("too long: %s", w.advice);
	assert_true(str_ends(str_of(w.advice), STR(".")));
	assert_null(strchr(w.advice, '{'));
	assert_null(strchr(w.headline, '{'));
	assert_null(strchr(w.advice, '!'));
	if (provider == PROVIDER_CALDAV) {
		assert_null(strstr(w.headline, "Apple"));
		assert_null(strstr(w.advice, "Apple"));
		for (size_t i = 0; i < CAUSES_MAX; i++)
			assert_null(strstr(w.causes[i], "Apple"));
	}
	check_ways(&w);
}

static void has_words_for_all(void **state)
{
	static const char *const hosts[] = {"caldav.icloud.com", "dav.example.org", "x",
		"a-very-long-name-of-a-host.in-a-very-long-domain.example.org"};
	(void)state;

	for (enum diagnosis d = DIAGNOSIS_NONE + 1; d < DIAGNOSES; d++)
		for (size_t i = 0; i < COUNT_OF(hosts); i++) {
			check_words(d, PROVIDER_ICLOUD, hosts[i], NULL);
			check_words(d, PROVIDER_CALDAV, hosts[i], NULL);
		}
}

static void has_words_in_any_light(void **state)
{
	/* 30 September 2026 */
	static const struct dav_reply replies[] = {
		{.failure = DAV_TLS_CLOCK, .local_date = 1790726400},
		{.status = 401, .known_account = true},
		{.status = 401},
		{.failure = DAV_FOREIGN_HOST, .foreign = "x"},
		{.failure = DAV_FOREIGN_HOST,
			.foreign = "another-very-long-name-of-a-host.example.org"},
		{.status = 503},
		{.failure = DAV_STOPPED},
	};
	static const char *const hosts[] = {"x",
		"a-very-long-name-of-a-host.in-a-very-long-domain.example.org"};
	(void)state;

	for (enum diagnosis d = DIAGNOSIS_NONE + 1; d < DIAGNOSES; d++)
		for (size_t i = 0; i < COUNT_OF(replies) * COUNT_OF(hosts); i++) {
			const struct dav_reply *r = &replies[i / COUNT_OF(hosts)];
			const char *host = hosts[i % COUNT_OF(hosts)];
			check_words(d, PROVIDER_ICLOUD, host, r);
			check_words(d, PROVIDER_CALDAV, host, r);
		}
}

static void says_what_the_answer_told(void **state)
{
	static const struct {
		enum diagnosis d;
		enum provider provider;
		struct dav_reply reply;
		const char *headline;
		const char *cause; /* the first */
	} rows[] = {
		{DIAGNOSIS_TLS_CLOCK, PROVIDER_ICLOUD,
			{.failure = DAV_TLS_CLOCK, .local_date = 86400},
			"This computer's clock seems to be wrong: it says 2 January "
			"1970",
			"the date or the time of this computer is wrong"},
		{DIAGNOSIS_TLS_CLOCK, PROVIDER_CALDAV,
			{.failure = DAV_TLS_CLOCK, .local_date = 1790726400},
			"This computer's clock seems to be wrong: it says 30 September "
			"2026",
			"the date or the time of this computer is wrong"},
		{DIAGNOSIS_TLS_CLOCK, PROVIDER_CALDAV, {.failure = DAV_TLS_CLOCK},
			"This computer's clock seems to be wrong",
			"the date or the time of this computer is wrong"},
		{DIAGNOSIS_AUTH_REFUSED, PROVIDER_ICLOUD,
			{.status = 401, .known_account = true},
			"Apple knows this account, but refused the password",
			"the password was mistyped, or deleted at account.apple.com"},
		{DIAGNOSIS_AUTH_REFUSED, PROVIDER_ICLOUD, {.status = 401},
			"Apple did not accept the sign-in",
			"the address is not the one you sign in with at "
			"account.apple.com"},
		{DIAGNOSIS_AUTH_REFUSED, PROVIDER_ICLOUD, {.status = 207},
			"Apple did not accept the sign-in",
			"the password was mistyped, or deleted at account.apple.com"},
		{DIAGNOSIS_AUTH_REFUSED, PROVIDER_CALDAV,
			{.status = 401, .known_account = true},
			"dav.example.org did not accept the sign-in",
			"the name or the password was mistyped"},
		{DIAGNOSIS_SVC_MOVED, PROVIDER_CALDAV,
			{.failure = DAV_FOREIGN_HOST, .foreign = "cal.example.net"},
			"dav.example.org points to cal.example.net",
			"the calendars are on another host than the one you entered"},
		{DIAGNOSIS_SVC_MOVED, PROVIDER_CALDAV,
			{.failure = DAV_FOREIGN_HOST, .foreign = "dav.example.org"},
			"dav.example.org points to another server",
			"the calendars are on another host than the one you entered"},
		{DIAGNOSIS_SVC_MOVED, PROVIDER_ICLOUD,
			{.failure = DAV_FOREIGN_HOST, .foreign = "dav.apple.com"},
			"Apple's server points to dav.apple.com",
			"a device of the network redirects the connection"},
	};
	(void)state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct diagnosis_words w;
		diagnosis_describe_reply(rows[i].d, rows[i].provider, "dav.example.org",
			&rows[i].reply, &w);
		assert_string_equal(w.headline, rows[i].headline);
		assert_string_equal(w.causes[0], rows[i].cause);
	}
}

/* What may pass is for later, what makes no sense is for nobody. */
static void tells_faults_from_nonsense(void **state)
{
	static const struct {
		struct dav_reply reply;
		enum err_code code;
	} rows[] = {
		{{.status = 500}, ERR_NETWORK},
		{{.status = 502}, ERR_NETWORK},
		{{.status = 507}, ERR_UNAVAILABLE},
		{{.status = 400}, ERR_PROTOCOL},
		{{.status = 207}, ERR_PROTOCOL},
		{{.failure = DAV_CUT, .err.code = ERR_NETWORK}, ERR_NETWORK},
		{{.failure = DAV_STOPPED, .err.code = ERR_PROTOCOL}, ERR_PROTOCOL},
		{{.failure = DAV_NOT_HTTP, .err.code = ERR_PROTOCOL}, ERR_PROTOCOL},
	};
	struct diagnosis_words w;
	(void)state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		diagnosis_describe_reply(DIAGNOSIS_SVC_ERROR, PROVIDER_CALDAV, "x",
			&rows[i].reply, &w);
		assert_int_equal(w.code, rows[i].code);
	}
	diagnosis_describe_reply(DIAGNOSIS_SVC_ERROR, PROVIDER_CALDAV, "x", NULL, &w);
	assert_int_equal(w.code, ERR_NETWORK);
}

/* A device of the network sends to its own page; Apple would send to Apple. */
static void knows_a_hotel(void **state)
{
	static const struct {
		const char *foreign;
		enum diagnosis icloud;
	} rows[] = {
		{"", DIAGNOSIS_SVC_MOVED},
		{"login.hotel.example", DIAGNOSIS_NET_PORTAL},
		{"notapple.com", DIAGNOSIS_NET_PORTAL},
		{"icloud.com.evil.example", DIAGNOSIS_NET_PORTAL},
		{"10.0.0.1", DIAGNOSIS_NET_PORTAL},
		{"p42-contacts.icloud.com", DIAGNOSIS_SVC_MOVED},
		{"www.apple.com", DIAGNOSIS_SVC_MOVED},
		{"caldav.apple.com.cn", DIAGNOSIS_SVC_MOVED},
	};
	(void)state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct dav_reply reply = {.failure = DAV_FOREIGN_HOST};
		memcpy(reply.foreign, rows[i].foreign, strlen(rows[i].foreign) + 1);
		assert_int_equal(diagnose_reply(&reply, PROVIDER_ICLOUD, false),
			rows[i].icloud);
		assert_int_equal(diagnose_reply(&reply, PROVIDER_CALDAV, false),
			DIAGNOSIS_SVC_MOVED);
	}
}

static void tells_what_it_is(void **state)
{
	static const struct {
		enum diagnosis d;
		const char *id;
		const char *icloud;
		const char *caldav;
		enum way_out icloud_way;
		enum way_out caldav_way;
		enum err_code code;
	} rows[] = {
		{DIAGNOSIS_NET_DNS, "net.dns", "This computer cannot find icloud.com",
			"This computer cannot find dav.example.org", WAY_TRY_AGAIN,
			WAY_TRY_AGAIN, ERR_NETWORK},
		{DIAGNOSIS_NET_DOWN, "net.down", "No connection to Apple's server",
			"No connection to dav.example.org", WAY_TRY_AGAIN,
			WAY_TRY_AGAIN, ERR_NETWORK},
		{DIAGNOSIS_NET_TIME, "net.time", "Apple's server does not answer",
			"dav.example.org does not answer", WAY_TRY_AGAIN, WAY_TRY_AGAIN,
			ERR_NETWORK},
		{DIAGNOSIS_NET_PROXY, "net.proxy", "A proxy is in the way",
			"A proxy is in the way", WAY_TRY_AGAIN, WAY_TRY_AGAIN,
			ERR_NETWORK},
		{DIAGNOSIS_NET_PORTAL, "net.portal",
			"A web page answered instead of Apple",
			"A web page answered instead of dav.example.org", WAY_TRY_AGAIN,
			WAY_TRY_AGAIN, ERR_PROTOCOL},
		{DIAGNOSIS_TLS_NAME, "tls.name",
			"Someone else answered for icloud.com (hotel or office "
			"network?)",
			"The certificate is not one for dav.example.org", WAY_TRY_AGAIN,
			WAY_TRY_AGAIN, ERR_PROTOCOL},
		{DIAGNOSIS_TLS_CLOCK, "tls.clock",
			"This computer's clock seems to be wrong",
			"This computer's clock seems to be wrong", WAY_TRY_AGAIN,
			WAY_TRY_AGAIN, ERR_PROTOCOL},
		{DIAGNOSIS_TLS_OTHER, "tls.version",
			"No secure connection to Apple's server",
			"No secure connection to dav.example.org", WAY_TRY_AGAIN,
			WAY_TRY_AGAIN, ERR_PROTOCOL},
		{DIAGNOSIS_AUTH_REFUSED, "auth.refused",
			"Apple did not accept the sign-in",
			"dav.example.org did not accept the sign-in", WAY_SIGN_IN,
			WAY_SIGN_IN, ERR_AUTH},
		{DIAGNOSIS_AUTH_KIND, "auth.kind",
			"That was your normal Apple password",
			"dav.example.org did not accept the password", WAY_NEW_PASSWORD,
			WAY_SIGN_IN, ERR_AUTH},
		{DIAGNOSIS_AUTH_LOCKED, "auth.locked",
			"Apple has locked or limited this account",
			"dav.example.org does not let this account in",
			WAY_ICLOUD_CHECK, WAY_SERVER, ERR_AUTH},
		{DIAGNOSIS_SVC_BUSY, "svc.busy", "Apple is busy, wait a minute",
			"dav.example.org is busy, wait a minute", WAY_TRY_AGAIN,
			WAY_TRY_AGAIN, ERR_BUSY},
		{DIAGNOSIS_SVC_ERROR, "svc.error", "Apple's server has a problem",
			"dav.example.org has a problem", WAY_TRY_AGAIN, WAY_TRY_AGAIN,
			ERR_NETWORK},
		{DIAGNOSIS_SVC_MOVED, "svc.moved",
			"Apple's server points to an address that is not Apple's",
			"dav.example.org points to another server", WAY_TRY_AGAIN,
			WAY_SERVER, ERR_CONFIG},
		{DIAGNOSIS_SVC_NOT_DAV, "svc.caldav",
			"The answer did not come from a calendar server",
			"dav.example.org answers, but not as a calendar server",
			WAY_TRY_AGAIN, WAY_SERVER, ERR_PROTOCOL},
		{DIAGNOSIS_SVC_NONE, "svc.none",
			"Calendar is not switched on at iCloud",
			"dav.example.org has no calendars for this account",
			WAY_ICLOUD_CHECK, WAY_SERVER, ERR_CONFIG},
		{DIAGNOSIS_CAL_EMPTY, "cal.empty", "There are no calendars yet",
			"There are no calendars yet", WAY_ICLOUD_CHECK, WAY_TRY_AGAIN,
			ERR_CONFIG},
		{DIAGNOSIS_CAL_READ_ONLY, "cal.ro", "You may read but not change these",
			"You may read but not change these", WAY_CONTINUE, WAY_CONTINUE,
			ERR_NONE},
	};
	(void)state;

	assert_int_equal(COUNT_OF(rows), DIAGNOSES - 1);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct diagnosis_words w;
		diagnosis_describe(rows[i].d, PROVIDER_ICLOUD, "caldav.icloud.com", &w);
		assert_string_equal(w.id, rows[i].id);
		assert_string_equal(w.headline, rows[i].icloud);
		assert_int_equal(w.ways[0], rows[i].icloud_way);
		assert_int_equal(w.code, rows[i].code);
		diagnosis_describe(rows[i].d, PROVIDER_CALDAV, "dav.example.org", &w);
		assert_string_equal(w.headline, rows[i].caldav);
		assert_int_equal(w.ways[0], rows[i].caldav_way);
	}
}

static void has_no_words_for_none(void **state)
{
	struct diagnosis_words w;
	(void)state;

	diagnosis_describe(DIAGNOSIS_NONE, PROVIDER_ICLOUD, "", &w);
	assert_string_equal(w.id, "");
	assert_string_equal(w.headline, "");
	assert_string_equal(w.advice, "");
	assert_int_equal(w.ways[0], WAY_NONE);
	assert_int_equal(w.code, ERR_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(diagnoses_failures),
		cmocka_unit_test(diagnoses_statuses),
		cmocka_unit_test(doubts_the_password),
		cmocka_unit_test(has_words_for_all),
		cmocka_unit_test(has_words_in_any_light),
		cmocka_unit_test(says_what_the_answer_told),
		cmocka_unit_test(tells_faults_from_nonsense),
		cmocka_unit_test(knows_a_hotel),
		cmocka_unit_test(tells_what_it_is),
		cmocka_unit_test(has_no_words_for_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
