#include <config.h>

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <curl/curl.h>

#include "net/idn.h"

static void turns_hosts_into_ascii(void **state)
{
	static const struct {
		const char *typed;
		const char *ascii; /* NULL = it has none */
	} rows[] = {
		{"", ""},
		{"dav.example.org", "dav.example.org"},
		{"https://DAV.example.org:8443/a?b",
			"https://DAV.example.org:8443/a?b"},
		{"kalender.ex\xc3\xa4mple", "kalender.xn--exmple-cua"},
		{"b\xc3\xbc"
		 "cher.example",
			"xn--bcher-kva.example"},
		{"https://b\xc3\xbc"
		 "cher.example:8443/dav/?x#y",
			"https://xn--bcher-kva.example:8443/dav/?x#y"},
		{"ada@b\xc3\xbc"
		 "cher.example",
			"ada@xn--bcher-kva.example"},
		{"https://example.org/b\xc3\xbc"
		 "cher",
			"https://example.org/b\xc3\xbc"
			"cher"},
		{"\xe4\xbe\x8b.example", "xn--fsq.example"},
		/* capitals, and a letter made of two */
		{"B\xc3\x9c"
		 "CHER.example",
			"xn--bcher-kva.example"},
		{"bu\xcc\x88"
		 "cher.example",
			"xn--bcher-kva.example"},
		/* not UTF-8, and not for names */
		{"b\xfc"
		 "cher.example",
			NULL},
		{"a\xe2\x80\xae.example", NULL},
	};
	(void)state;

	if (!(curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_IDN))
		skip();
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_FREE char *ascii = idn_address(str_of(rows[i].typed));
		if (!ascii != !rows[i].ascii)
			fail_msg("row %zu: %s", i, ascii ? ascii : "none");
		if (ascii)
			assert_string_equal(ascii, rows[i].ascii);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(turns_hosts_into_ascii),
	};

	return setlocale(LC_CTYPE, "C.UTF-8")
	               ? cmocka_run_group_tests(tests, NULL, NULL)
	               : 77;
}
