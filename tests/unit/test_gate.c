#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "dav/uri.h"

static bool passes(enum provider provider, const char *home, const char *address)
{
	SCOPED(uri) h = {0};
	SCOPED(uri) u = {0};
	struct err e = {0};

	assert_true(uri_parse(&h, str_of(home), NULL));
	if (!uri_parse(&u, str_of(address), NULL))
		return false;
	const struct gate g = {.provider = provider, .home = h.origin};
	const bool allowed = gate_allows(&g, &u, &e);
	if (!allowed)
		assert_int_equal(e.code, ERR_CONFIG);
	return allowed;
}

static void guards_icloud(void **state)
{
	static const struct {
		const char *address;
		bool allowed;
	} rows[] = {
		{"https://caldav.icloud.com/", true},
		{"https://caldav.icloud.com:443/x", true},
		{"https://CALDAV.iCloud.com/", true},
		{"https://p1-caldav.icloud.com/", true},
		{"https://p02-caldav.icloud.com/", true},
		{"https://p42-caldav.icloud.com/", true},
		{"https://P180-CALDAV.ICLOUD.COM:443/", true},
		{"https://caldav.icloud.com.cn/", true},
		{"https://p205-caldav.icloud.com.cn/", true},
		{"https://p1234-caldav.icloud.com/", false},
		{"https://p-caldav.icloud.com/", false},
		{"https://p0042-caldav.icloud.com/", false},
		{"https://p4a-caldav.icloud.com/", false},
		{"https://p-1-caldav.icloud.com/", false},
		{"https://p42-contacts.icloud.com/", false},
		{"https://p42caldav.icloud.com/", false},
		{"https://xp42-caldav.icloud.com/", false},
		{"https://x.p42-caldav.icloud.com/", false},
		{"https://p42-caldav.icloud.com:8443/", false},
		{"https://p42-caldav.icloud.com./", false},
		{"https://p42-caldav.icloud.com%2eevil.example/", false},
		{"https://p42-caldav.icloud.com.evil.example/", false},
		{"https://p42-caldav.icloud.com.cn.evil.example/", false},
		{"https://p42-caldav.icloud.com.de/", false},
		{"https://p42-caldav.evil-icloud.com/", false},
		{"https://p42-caldav.xicloud.com/", false},
		{"https://ada@p42-caldav.icloud.com/", false},
		{"http://p42-caldav.icloud.com/", false},
		{"http://p42-caldav.icloud.com:443/", false},
		{"http://caldav.icloud.com/", false},
		{"https://icloud.com/", false},
		{"https://www.icloud.com/", false},
		{"https://17.0.0.1/", false},
		{"https://127.0.0.1/", false},
		{"http://127.0.0.1/", false},
		{"https://[::1]/", false},
		{"https://evil.example/", false},
	};
	(void)state;

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (passes(PROVIDER_ICLOUD, ICLOUD_ENTRY, rows[i].address) !=
			rows[i].allowed)
			fail_msg("%s", rows[i].address);
}

static void guards_others(void **state)
{
	static const struct {
		const char *home;
		const char *address;
		bool allowed;
	} rows[] = {
		{"https://dav.example.org/", "https://dav.example.org/x", true},
		{"https://dav.example.org/", "https://DAV.EXAMPLE.ORG:443/x", true},
		{"https://dav.example.org:8443/", "https://dav.example.org:8443/x",
			true},
		{"https://dav.example.org:8443/", "https://dav.example.org/x", false},
		{"https://dav.example.org/", "https://dav.example.org:8443/x", false},
		{"https://dav.example.org/", "http://dav.example.org/x", false},
		{"https://dav.example.org/", "http://dav.example.org:443/x", false},
		{"https://dav.example.org/", "https://example.org/x", false},
		{"https://dav.example.org/", "https://a.dav.example.org/x", false},
		{"https://dav.example.org/", "https://dav.example.org./x", false},
		{"https://dav.example.org/", "https://p42-caldav.icloud.com/", false},
		{"https://dav.example.org/", "http://169.254.169.254/", false},
		{"https://dav.example.org/", "https://localhost/", false},
		{"http://127.0.0.1:5232/", "http://127.0.0.1:5232/x", true},
		{"http://[::1]:5232/", "http://[0::1]:5232/x", true},
		{"http://127.0.0.1:5232/", "http://127.0.0.1:80/x", false},
		{"http://127.0.0.1:5232/", "http://localhost:5232/x", false},
		{"http://192.168.1.2/", "http://192.168.1.2/", false},
	};
	(void)state;

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (passes(PROVIDER_CALDAV, rows[i].home, rows[i].address) !=
			rows[i].allowed)
			fail_msg("%s from %s", rows[i].address, rows[i].home);
}

static void guards_with_agreement(void **state)
{
	SCOPED(uri) home = {0};
	SCOPED(uri) agreed = {0};
	SCOPED(uri) stranger = {0};
	struct err e = {0};
	(void)state;

	assert_true(uri_parse(&home, STR("https://example.org/"), NULL));
	assert_true(uri_parse(&agreed, STR("https://dav.example.org/x"), NULL));
	assert_true(uri_parse(&stranger, STR("https://evil.example:8443/x"), NULL));
	struct gate g = {.provider = PROVIDER_CALDAV, .home = home.origin};
	assert_false(gate_allows(&g, &agreed, NULL));
	g.allowed[g.n_allowed++] = agreed.origin;
	assert_true(gate_allows(&g, &agreed, NULL));
	assert_true(gate_allows(&g, &home, NULL));
	assert_false(gate_allows(&g, &stranger, &e));
	assert_non_null(strstr(e.message, "evil.example:8443"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(guards_icloud),
		cmocka_unit_test(guards_others),
		cmocka_unit_test(guards_with_agreement),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
