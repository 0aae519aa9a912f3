#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "cal/line.h"

/* Logical lines, unfolded and each between brackets. */
static void check_lines(const char *text, const char *want)
{
	struct str rest = str_of(text);
	struct str raw;
	SCOPED(buf) got = buf_with_max(0);

	while (cal_line_next(&rest, &raw)) {
		buf_char(&got, '[');
		cal_line_unfold(raw, &got);
		buf_char(&got, ']');
	}
	assert_string_equal(buf_cstr(&got), want);
}

static void test_next(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *lines;
	} cases[] = {
		{"", ""},
		{"A", "[A]"},
		{"A\n", "[A]"},
		{"A\r\nB\r\n", "[A][B]"},
		{"A\nB\r\nC", "[A][B][C]"},
		{"\n\r\nA\n", "[][][A]"},
		{"A\r\n B\r\n\tC\r\nD", "[ABC][D]"},
		{"A\n  B", "[A B]"},
		{"A\r\n \r\n B\r\n", "[AB]"},
		{"A\r\n ", "[A]"},
		{" A\n", "[ A]"},
		{"A\rB\r\n", "[A\rB]"},
		{"A\r", "[A\r]"},
		{"A\r\r\nB", "[A\r][B]"},
		{"A\r\r\n B", "[A\rB]"},
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++)
		check_lines(cases[i].text, cases[i].lines);
}

static void test_compare(void **state)
{
	(void)state;
	assert_true(cal_line_is(STR("ui\r\n D"), "UID"));
	assert_true(cal_line_is(STR("UI\n\tD"), "uid"));
	assert_true(cal_line_is(STR("\r\n UID"), "UID"));
	assert_true(cal_line_is(STR("UID\r\n "), "UID"));
	assert_false(cal_line_is(STR("UID\r\n  "), "UID"));
	assert_false(cal_line_is(STR("UI"), "UID"));
	assert_false(cal_line_is(STR("UIDX"), "UID"));
	assert_true(cal_line_is(STR(""), ""));
	assert_true(cal_line_same(STR("VE\r\n VENT"), STR("v\n EVENT")));
	assert_false(cal_line_same(STR("VEVENT"), STR("VTODO")));
}

static void test_parts(void **state)
{
	(void)state;
	static const struct {
		const char *line;
		const char *name; /* NULL = no property */
		const char *params;
		const char *value;
	} cases[] = {
		{"UID:x", "UID", "", "x"},
		{"UID:", "UID", "", ""},
		{"URL:http://a:80/", "URL", "", "http://a:80/"},
		{"DTSTART;TZID=Europe/Berlin:2026", "DTSTART", ";TZID=Europe/Berlin",
			"2026"},
		{"X-A;P=\"a:b;c\";Q=d:v:w", "X-A", ";P=\"a:b;c\";Q=d", "v:w"},
		{"SUMMARY:\"quoted: text", "SUMMARY", "", "\"quoted: text"},
		{"X-A;P=\"open:v", NULL, "", ""},
		{"1210 Ljubljana", NULL, "", ""},
		{"1210 Ljubljana\":geo:46.1,14.5", NULL, "", ""},
		{"No name here: text", NULL, "", ""},
		{":value", NULL, "", ""},
		{";A=b:value", NULL, "", ""},
		{"", NULL, "", ""},
		{"U\xc3\x84:x", NULL, "", ""},
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct cal_parts parts;
		const bool property = cal_line_parts(str_of(cases[i].line), &parts);
		assert_int_equal(property, cases[i].name != NULL);
		if (!property)
			continue;
		assert_true(str_is(parts.name, cases[i].name));
		assert_true(str_is(parts.params, cases[i].params));
		assert_true(str_is(parts.value, cases[i].value));
	}
}

static void test_param(void **state)
{
	(void)state;
	static const struct {
		const char *params;
		const char *value; /* of TZID; NULL = absent */
	} cases[] = {
		{"", NULL},
		{";TZID=UTC", "UTC"},
		{";tzid=UTC", "UTC"},
		{";VALUE=DATE-TIME;TZID=\"W. Europe; x\"", "W. Europe; x"},
		{";X=\"a;TZID=b\"", NULL},
		{";TZID", NULL},
		{";TZID=", ""},
		{";TZID=\"", "\""},
		{";;TZID=a", "a"},
		{";XTZID=a", NULL},
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct str value;
		const bool found = cal_param(str_of(cases[i].params), "TZID", &value);
		assert_int_equal(found, cases[i].value != NULL);
		if (found)
			assert_true(str_is(value, cases[i].value));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_next),
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_param),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
