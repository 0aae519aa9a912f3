#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "dav/uri.h"

static void parses(void **state)
{
	static const struct {
		const char *text;
		const char *back;
	} rows[] = {
		{"https://dav.example.org", "https://dav.example.org/"},
		{"HTTPS://DAV.Example.ORG/A%2fb?c=d",
			"https://dav.example.org/A%2fb?c=d"},
		{"https://dav.example.org:443/", "https://dav.example.org/"},
		{"https://dav.example.org:8443/", "https://dav.example.org:8443/"},
		{"http://127.0.0.1:5232/ada/", "http://127.0.0.1:5232/ada/"},
		{"http://localhost:80", "http://localhost/"},
		{"http://[0:0:0:0:0:0:0:1]:8080/", "http://[::1]:8080/"},
		{"https://[2001:DB8::1]/", "https://[2001:db8::1]/"},
		{"https://dav.example.org?q", "https://dav.example.org/?q"},
		{"https://dav.example.org/a b", "https://dav.example.org/a%20b"},
		{"https://dav.example.org/caf\xc3\xa9",
			"https://dav.example.org/caf\xc3\xa9"},
		{"https://dav.example.org/100%", "https://dav.example.org/100%"},
		{"https://dav.example.org/a..b/...",
			"https://dav.example.org/a..b/..."},
		{"https://dav.example.org/?../x", "https://dav.example.org/?../x"},
	};
	(void)state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		SCOPED(uri) u = {0};
		struct err e = {0};
		if (!uri_parse(&u, str_of(rows[i].text), &e))
			fail_msg("%s: %s", rows[i].text, e.message);
		AUTO_FREE char *back = uri_text(&u);
		assert_string_equal(back, rows[i].back);
	}
}

static void refuses(void **state)
{
	static const char *const rows[] = {
		"",
		"dav.example.org",
		"ftp://dav.example.org/",
		"file:///etc/passwd",
		"https:/dav.example.org/",
		"https:///evil.example/",
		"https://",
		"https://:443/",
		"https://ada@dav.example.org/",
		"https://ada:secret@dav.example.org/",
		"https://dav.example.org@evil.example/",
		"https://caldav.icloud.com%2eevil.example/",
		"https://dav.example.org./",
		"https://.example.org/",
		"https://dav..example.org/",
		"https://dav_x.example.org/",
		"https://kalender.ex\xc3\xa4mple/",
		"https://dav.example.org:0/",
		"https://dav.example.org:65536/",
		"https://dav.example.org:/",
		"https://dav.example.org:443x/",
		"https://dav.example.org:1:2/",
		"https://dav.example.org:+443/",
		"https://127.1/",
		"https://0x7f.0.0.1/",
		"https://2130706433/",
		"https://1.2.3.4.5/",
		"https://1.2.3.4.5.6.7.8.9.10/",
		"https://[1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa]/",
		"https://[::1/",
		"https://[::1]x/",
		"https://[fe80::1%25eth0]/",
		"https://[]/",
		"https://dav.example.org/#x",
		"https://dav.example.org/a\\b",
		"https:\\\\dav.example.org/",
		"https://dav.example.org\\@evil.example/",
		"https://dav.example.org/\r\nX: y",
		"https://dav.example.org/\x7f",
		"https://dav.example.org/%00",
		"https://dav.example.org/a%0d%0aX:%20y",
		"https://dav.example.org/?a=%0A",
		"https://dav.example.org/a/../b",
		"https://dav.example.org/a/%2e%2E/b",
		"https://dav.example.org/a/.%2e",
		"https://dav.example.org/./a",
		"https://dav.example.org/%2e",
		"https://a b.example.org/",
	};
	(void)state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct uri u = {.path = NULL};
		struct err e = {0};
		if (uri_parse(&u, str_of(rows[i]), &e))
			fail_msg("accepted %s", rows[i]);
		assert_int_equal(e.code, ERR_USAGE);
		assert_null(u.path);
	}
}

static void refuses_long_ones(void **state)
{
	SCOPED(buf) text = buf_with_max(0);
	struct uri u;
	(void)state;

	buf_text(&text, "https://dav.example.org/");
	for (size_t i = 0; i < 100 * 1024; i++)
		buf_char(&text, 'a');
	assert_false(uri_parse(&u, buf_view(&text), NULL));
	SCOPED(uri) base = {0};
	assert_true(uri_parse(&base, STR("https://dav.example.org/"), NULL));
	assert_false(uri_resolve(&u, &base, buf_view(&text), NULL));
	assert_false(uri_resolve(&u, &base, str_from(buf_view(&text), 23), NULL));
	buf_reset(&text);
	buf_text(&text, "https://");
	for (size_t i = 0; i < 64; i++)
		buf_char(&text, 'a');
	assert_false(uri_parse(&u, buf_view(&text), NULL));
	for (size_t i = 0; i < 130; i++)
		buf_text(&text, ".a");
	assert_false(uri_parse(&u, buf_view(&text), NULL));
}

static void resolves(void **state)
{
	static const struct {
		const char *reference;
		const char *result; /* NULL = refused */
	} rows[] = {
		{"/x/", "https://dav.example.org:8443/x/"},
		{"e.ics", "https://dav.example.org:8443/home/cal/e.ics"},
		{"?x=1", "https://dav.example.org:8443/home/cal/list?x=1"},
		{"https://dav.example.org:8443/y", "https://dav.example.org:8443/y"},
		{"HTTP://other.example.net/y", "http://other.example.net/y"},
		{"//evil.example/x.ics", "https://evil.example/x.ics"},
		{"http%3A//127.0.0.1/x",
			"https://dav.example.org:8443/home/cal/http%3A//127.0.0.1/x"},
		{"/a%2fb.ics", "https://dav.example.org:8443/a%2fb.ics"},
		{"/p+q@r%40s%7e~.ics",
			"https://dav.example.org:8443/p+q@r%40s%7e~.ics"},
		{"/a b.ics", "https://dav.example.org:8443/a%20b.ics"},
		{"/a//b/", "https://dav.example.org:8443/a//b/"},
		{"", NULL},
		{"#x", NULL},
		{"/x#y", NULL},
		{"../x", NULL},
		{"./x", NULL},
		{"..", NULL},
		{"/a/%2e%2e/x", NULL},
		{"///evil.example/x", NULL},
		{"//ada@evil.example/x", NULL},
		{"mailto:ada@example.org", NULL},
		{"javascript:alert(1)", NULL},
		{"https:\\\\evil.example\\x", NULL},
		{"\\\\evil.example\\x", NULL},
		{"/x%00.ics", NULL},
		{"/x%0d%0aHost:%20evil", NULL},
		{"/x\r\nHost: evil", NULL},
		{"https://", NULL},
	};
	SCOPED(uri) base = {0};
	(void)state;

	assert_true(uri_parse(&base,
		STR("https://dav.example.org:8443/home/cal/list?old=../1"), NULL));
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		SCOPED(uri) u = {0};
		struct err e = {0};
		const bool done = uri_resolve(&u, &base, str_of(rows[i].reference), &e);
		if (done != (rows[i].result != NULL))
			fail_msg("%s: %s", rows[i].reference, e.message);
		if (!done) {
			assert_int_equal(e.code, ERR_PROTOCOL);
			continue;
		}
		AUTO_FREE char *text = uri_text(&u);
		assert_string_equal(text, rows[i].result);
	}
}

static void resolves_against_http(void **state)
{
	SCOPED(uri) base = {0};
	SCOPED(uri) u = {0};
	(void)state;

	assert_true(uri_parse(&base, STR("http://127.0.0.1:5232"), NULL));
	assert_true(uri_resolve(&u, &base, STR("//127.0.0.1:5232/a"), NULL));
	assert_false(u.origin.tls);
	assert_true(origin_equal(&u.origin, &base.origin));
}

static void copies(void **state)
{
	SCOPED(uri) a = {0};
	SCOPED(uri) b = {0};
	(void)state;

	assert_true(uri_parse(&a, STR("https://dav.example.org/x"), NULL));
	uri_copy(&b, &a);
	assert_true(origin_equal(&a.origin, &b.origin));
	assert_ptr_not_equal(a.path, b.path);
	assert_string_equal(a.path, b.path);
}

static void reads_what_people_type(void **state)
{
	static const struct {
		const char *typed;
		const char *result; /* NULL = refused */
		const char *words;  /* part of the message */
	} rows[] = {
		{"dav.example.org", "https://dav.example.org/", NULL},
		{"  dav.example.org \n", "https://dav.example.org/", NULL},
		{"DAV.example.org:8443/x", "https://dav.example.org:8443/x", NULL},
		{"https://dav.example.org/dav/", "https://dav.example.org/dav/", NULL},
		{"ada@example.org", "https://example.org/", NULL},
		{"localhost:5232", "https://localhost:5232/", NULL},
		{"http://127.0.0.1:5232/", "http://127.0.0.1:5232/", NULL},
		{"http://localhost:5232", "http://localhost:5232/", NULL},
		{"http://[::1]:5232", "http://[::1]:5232/", NULL},
		{"myserver", "https://myserver/", NULL},
		{"", NULL, "Type the address"},
		{"   ", NULL, "Type the address"},
		{"http://example.org", NULL, "Plain http"},
		{"http://127.0.0.2/", NULL, "Plain http"},
		{"http://localhost.example.org/", NULL, "Plain http"},
		{"caldav://example.org", NULL, "https://"},
		{"file:///etc/passwd", NULL, "https://"},
		{"kalender.ex\xc3\xa4mple", NULL, "xn--"},
		{"https://kalender.ex\xc3\xa4mple/x", NULL, "xn--"},
		{"ada@ex\xc3\xa4mple.org", NULL, "xn--"},
		{"ada:secret@example.org", NULL, "password"},
		{"https://ada@example.org/", NULL, "password"},
		{"https://ada:secret@example.org/", NULL, "password"},
		{"ada@example.org/x", NULL, "password"},
		{"@example.org", NULL, "password"},
		{"a@b@example.org", NULL, "password"},
		{"dav example org", NULL, "blanks"},
		{"https://example.org/#calendars", NULL, "#"},
		{"example.org:port", NULL, "port"},
		{"exa_mple.org", NULL, "letters"},
		{"example.org.", NULL, "dot"},
	};
	(void)state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		SCOPED(uri) u = {0};
		struct err e = {0};
		const bool done = uri_from_person(&u, str_of(rows[i].typed), &e);
		if (done != (rows[i].result != NULL))
			fail_msg("%s: %s", rows[i].typed, e.message);
		if (done) {
			AUTO_FREE char *text = uri_text(&u);
			assert_string_equal(text, rows[i].result);
			continue;
		}
		assert_int_equal(e.code, ERR_USAGE);
		if (!strstr(e.message, rows[i].words))
			fail_msg("%s: %s", rows[i].typed, e.message);
		assert_null(strstr(e.message, "secret"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses),
		cmocka_unit_test(refuses),
		cmocka_unit_test(refuses_long_ones),
		cmocka_unit_test(resolves),
		cmocka_unit_test(resolves_against_http),
		cmocka_unit_test(copies),
		cmocka_unit_test(reads_what_people_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
