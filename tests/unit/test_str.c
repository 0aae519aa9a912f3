#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/str.h"

/* Splits into "[a][b]". */
static void split_all(const char *text, char sep, char out[64])
{
	struct str rest = str_of(text);
	struct str part;
	size_t len = 0;

	while (str_split(&rest, sep, &part)) {
		out[len++] = '[';
		memcpy(out + len, part.ptr, part.len);
		len += part.len;
		out[len++] = ']';
	}
	out[len] = '\0';
}

static void lines_of(const char *text, char out[64])
{
	struct str rest = str_of(text);
	struct str line;
	size_t len = 0;

	while (str_line(&rest, &line)) {
		out[len++] = '[';
		memcpy(out + len, line.ptr, line.len);
		len += line.len;
		out[len++] = ']';
	}
	out[len] = '\0';
}

static void test_slices(void **state)
{
	(void)state;
	static const struct {
		size_t from;
		size_t to;
		const char *want;
	} cases[] = {
		{0, 5, "abcde"},
		{0, 99, "abcde"},
		{1, 3, "bc"},
		{3, 1, ""},
		{9, 99, ""},
		{5, 5, ""},
		{0, 0, ""},
		{2, SIZE_MAX, "cde"},
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++)
		assert_true(str_is(str_slice(STR("abcde"), cases[i].from, cases[i].to),
			cases[i].want));
	assert_true(str_is(str_from(STR("abc"), 1), "bc"));
	assert_int_equal(str_of(NULL).len, 0);
	assert_int_equal(str_slice((struct str){NULL, 0}, 0, 3).len, 0);
}

static void test_trim(void **state)
{
	(void)state;
	static const char *const cases[][2] = {{"", ""}, {" \t\r\n", ""}, {"a", "a"},
		{"  a b\r\n", "a b"}, {"\ta", "a"}, {"a\v", "a\v"}};

	for (size_t i = 0; i < COUNT_OF(cases); i++)
		assert_true(str_is(str_trim(str_of(cases[i][0])), cases[i][1]));
	assert_int_equal(str_trim((struct str){NULL, 0}).len, 0);
}

static void test_compare(void **state)
{
	(void)state;
	static const struct {
		const char *a;
		const char *b;
		int order;
		bool nocase;
	} cases[] = {
		{"", "", 0, true},
		{"a", "", 1, false},
		{"", "a", -1, false},
		{"a", "a", 0, true},
		{"a", "A", 1, true},
		{"ab", "a", 1, false},
		{"a", "b", -1, false},
		{"\xff", "a", 1, false},          /* bytes are unsigned */
		{"k", "\xe2\x84\xaa", -1, false}, /* the Kelvin sign is no K here */
		{"[", "{", -1, false},
		{"@", "`", -1, false},
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const struct str a = str_of(cases[i].a);
		const struct str b = str_of(cases[i].b);
		const int order = str_cmp(a, b);
		assert_int_equal((order > 0) - (order < 0), cases[i].order);
		assert_int_equal(str_eq(a, b), cases[i].order == 0);
		assert_int_equal(str_eq_nocase(a, b), cases[i].nocase);
	}
}

static void test_starts_and_ends(void **state)
{
	(void)state;
	assert_true(str_starts(STR("abc"), STR("ab")));
	assert_true(str_starts(STR("abc"), STR("")));
	assert_true(str_starts(STR("abc"), STR("abc")));
	assert_false(str_starts(STR("abc"), STR("abcd")));
	assert_false(str_starts(STR("abc"), STR("AB")));
	assert_true(str_starts_nocase(STR("abc"), STR("AB")));
	assert_false(str_starts_nocase(STR("a"), STR("AB")));
	assert_true(str_ends(STR("abc"), STR("bc")));
	assert_true(str_ends(STR("abc"), STR("")));
	assert_false(str_ends(STR("abc"), STR("xabc")));
	assert_false(str_ends(STR("abc"), STR("ab")));
}

static void test_find(void **state)
{
	(void)state;
	assert_int_equal(str_find(STR("hello"), STR("l")), 2);
	assert_int_equal(str_find(STR("hello"), STR("lo")), 3);
	assert_int_equal(str_find(STR("hello"), STR("")), 0);
	assert_true(str_find(STR("hello"), STR("world")) == STR_NONE);
	assert_true(str_find(STR(""), STR("x")) == STR_NONE);
	assert_int_equal(str_find((struct str){"a\0b", 3}, STR("b")), 2);
	assert_int_equal(str_find_char(STR("hello"), 'h'), 0);
	assert_true(str_find_char(STR("hello"), 'x') == STR_NONE);
	assert_true(str_find_char((struct str){NULL, 0}, 'x') == STR_NONE);
}

static void test_split(void **state)
{
	(void)state;
	static const char *const cases[][2] = {{"", "[]"}, {"a", "[a]"},
		{"a,b", "[a][b]"}, {"a,", "[a][]"}, {",", "[][]"},
		{",a,,b", "[][a][][b]"}};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		char got[64];
		split_all(cases[i][0], ',', got);
		assert_string_equal(got, cases[i][1]);
	}
}

static void test_line(void **state)
{
	(void)state;
	static const char *const cases[][2] = {{"", ""}, {"a", "[a]"}, {"a\n", "[a]"},
		{"a\r\nb", "[a][b]"}, {"\n\n", "[][]"}, {"a\n\nb\r\n", "[a][][b]"},
		{"a\rb\n", "[a\rb]"}, {"a\r", "[a]"}};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		char got[64];
		lines_of(cases[i][0], got);
		assert_string_equal(got, cases[i][1]);
	}
}

static void test_to_int(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t min;
		int64_t max;
		bool ok;
		int64_t value;
	} cases[] = {
		{"0", 0, 10, true, 0},
		{"-0", 0, 10, true, 0},
		{"007", 0, 10, true, 7},
		{"10", 0, 10, true, 10},
		{"11", 0, 10, false, 0},
		{"-1", 0, 10, false, 0},
		{"-1", -1, 10, true, -1},
		{"9223372036854775807", INT64_MIN, INT64_MAX, true, INT64_MAX},
		{"9223372036854775808", INT64_MIN, INT64_MAX, false, 0},
		{"-9223372036854775808", INT64_MIN, INT64_MAX, true, INT64_MIN},
		{"-9223372036854775809", INT64_MIN, INT64_MAX, false, 0},
		{"99999999999999999999999", INT64_MIN, INT64_MAX, false, 0},
		{"", 0, 10, false, 0},
		{"-", -10, 10, false, 0},
		{"--1", -10, 10, false, 0},
		{"+1", 0, 10, false, 0},
		{" 1", 0, 10, false, 0},
		{"1 ", 0, 10, false, 0},
		{"1a", 0, 10, false, 0},
		{"0x1", 0, 10, false, 0},
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		int64_t value = 77;
		assert_int_equal(str_to_int(str_of(cases[i].text), cases[i].min,
					 cases[i].max, &value),
			cases[i].ok);
		assert_int_equal(value, cases[i].ok ? cases[i].value : 77);
	}
}

static void test_dup(void **state)
{
	(void)state;
	AUTO_FREE char *a = str_dup(str_slice(STR("abcdef"), 1, 4));
	AUTO_FREE char *b = str_dup((struct str){NULL, 0});

	assert_string_equal(a, "bcd");
	assert_string_equal(b, "");
}

static void test_classes(void **state)
{
	(void)state;
	for (int i = -128; i < 128; i++) {
		const char c = (char)i;
		const bool upper = i >= 'A' && i <= 'Z';
		const bool lower = i >= 'a' && i <= 'z';
		const bool digit = i >= '0' && i <= '9';
		assert_int_equal(ascii_is_upper(c), upper);
		assert_int_equal(ascii_is_alpha(c), upper || lower);
		assert_int_equal(ascii_is_digit(c), digit);
		assert_int_equal(ascii_is_alnum(c), upper || lower || digit);
		assert_int_equal(ascii_lower(c), upper ? (char)(i + 32) : c);
	}
	for (int i = 0; i < 16; i++) {
		assert_int_equal(ascii_hex("0123456789abcdef"[i]), i);
		assert_int_equal(ascii_hex("0123456789ABCDEF"[i]), i);
	}
	assert_int_equal(ascii_hex('g'), -1);
	assert_int_equal(ascii_hex('\0'), -1);
	assert_int_equal(ascii_hex('`'), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slices),
		cmocka_unit_test(test_trim),
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_starts_and_ends),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_to_int),
		cmocka_unit_test(test_dup),
		cmocka_unit_test(test_classes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
