#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "sync/body.h"

static void test_normal_form(void **state)
{
	static const struct {
		const char *raw;
		const char *normal;
	} rows[] = {
		{"", ""},
		{"A\r\nB\r\n", "A\r\nB\r\n"},
		{"A\nB\n", "A\r\nB\r\n"},
		{"A\r\nB\nC", "A\r\nB\r\nC"},
		{"\n", "\r\n"},
		{"\n\r\n\n", "\r\n\r\n\r\n"},
		{"A\rB\n", "A\rB\r\n"},
		{"no end", "no end"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		SCOPED(buf) out = buf_with_max(0);
		body_normal(str_of(rows[i].raw), &out);
		assert_string_equal(buf_cstr(&out), rows[i].normal);
		const struct digest a = body_digest(str_of(rows[i].raw));
		const struct digest b = digest_of(str_of(rows[i].normal));
		assert_true(digest_equal(&a, &b));
	}
}

static char *event_with(const char *lines)
{
	return xasprintf("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:tea\r\n%s"
			 "END:VEVENT\r\nEND:VCALENDAR\r\n",
		lines);
}

static void test_meaning(void **state)
{
	static const struct {
		const char *a;
		const char *b;
		bool same;
	} rows[] = {
		{"SUMMARY:Tea\r\n", "SUMMARY:Tea\n", true},
		{"SUMMARY:Tea time\r\n", "SUMMARY:Tea\r\n  time\r\n", true},
		{"DTSTAMP:1\r\nSUMMARY:Tea\r\n", "DTSTAMP:2\r\nSUMMARY:Tea\r\n", true},
		{"SUMMARY:Tea\r\n", "SUMMARY:Coffee\r\n", false},
		{"CREATED-BY:Ada\r\n", "", false},
		{"A:1\r\nB:2\r\n", "B:2\r\nA:1\r\n", true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_FREE char *a = event_with(rows[i].a);
		AUTO_FREE char *b = event_with(rows[i].b);
		if (body_same_meaning(str_of(a), str_of(b)) != rows[i].same)
			fail_msg("row %zu", i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_normal_form),
		cmocka_unit_test(test_meaning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
