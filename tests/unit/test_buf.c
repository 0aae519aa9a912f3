#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

static void test_adding(void **state)
{
	(void)state;
	SCOPED(buf) b = buf_with_max(0);

	assert_string_equal(buf_cstr(&b), "");
	assert_int_equal(buf_view(&b).len, 0);
	buf_add(&b, STR(""));
	assert_string_equal(buf_cstr(&b), "");
	buf_text(&b, "ab");
	buf_text(&b, NULL);
	buf_char(&b, 'c');
	buf_printf(&b, "%d%s", 12, "!");
	assert_string_equal(buf_cstr(&b), "abc12!");
	assert_int_equal(b.len, 6);
	buf_add(&b, (struct str){"\0x", 2});
	assert_int_equal(b.len, 8);
	assert_memory_equal(b.ptr, "abc12!\0x", 9);
	assert_true(buf_ok(&b));
	buf_reset(&b);
	assert_string_equal(buf_cstr(&b), "");
	assert_int_equal(b.len, 0);
}

static void test_growing(void **state)
{
	(void)state;
	SCOPED(buf) b = buf_with_max(0);

	for (int i = 0; i < 100000; i++)
		buf_char(&b, (char)('a' + i % 26));
	assert_int_equal(b.len, 100000);
	for (size_t i = 0; i < 100000; i++)
		assert_true(b.ptr[i] == (char)('a' + i % 26));
	assert_true(b.ptr[b.len] == '\0');
}

static void test_ceiling(void **state)
{
	(void)state;
	SCOPED(buf) b = buf_with_max(4);

	buf_text(&b, "abcd");
	assert_true(buf_ok(&b));
	buf_add(&b, STR(""));
	assert_true(buf_ok(&b));
	buf_char(&b, 'e');
	assert_false(buf_ok(&b));
	assert_string_equal(buf_cstr(&b), "abcd");
	buf_reset(&b);
	assert_true(buf_ok(&b));
	buf_text(&b, "ab");
	buf_text(&b, "cde"); /* all or nothing */
	assert_string_equal(buf_cstr(&b), "ab");
	buf_char(&b, 'c'); /* would fit, but something is missing before it */
	assert_string_equal(buf_cstr(&b), "ab");
	assert_false(buf_ok(&b));
	buf_clear(&b);
	assert_int_equal(b.max, 4);
	assert_true(buf_ok(&b));
	buf_add(&b, (struct str){"x", SIZE_MAX});
	assert_false(buf_ok(&b));
	assert_null(b.ptr);
}

static void test_taking(void **state)
{
	(void)state;
	struct buf b = buf_with_max(10);
	AUTO_FREE char *nothing = buf_take(&b);
	buf_text(&b, "abc");
	AUTO_FREE char *text = buf_take(&b);

	assert_string_equal(nothing, "");
	assert_string_equal(text, "abc");
	assert_null(b.ptr);
	assert_int_equal(b.len, 0);
	assert_int_equal(b.max, 10);
}

static void test_xml(void **state)
{
	(void)state;
	SCOPED(buf) b = buf_with_max(0);

	buf_xml(&b, STR("<a href=\"x\">'Tom' & Jerry</a>\xc3\xa9"));
	assert_string_equal(buf_cstr(&b),
		"&lt;a href=&quot;x&quot;&gt;'Tom' &amp; Jerry&lt;/a&gt;\xc3\xa9");
}

static void test_json(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
		{"", ""},
		{"plain", "plain"},
		{"a\"b\\c/d", "a\\\"b\\\\c/d"},
		{"a\nb\tc\x01", "a\\u000ab\\u0009c\\u0001"},
		{"caf\xc3\xa9 \xf0\x9f\x8e\x82", "caf\xc3\xa9 \xf0\x9f\x8e\x82"},
		{"a\xff"
		 "b",
			"a\xef\xbf\xbd"
			"b"},
		{"\xc3", "\xef\xbf\xbd"},
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		SCOPED(buf) b = buf_with_max(0);
		buf_json(&b, str_of(cases[i][0]));
		assert_string_equal(buf_cstr(&b), cases[i][1]);
	}
	SCOPED(buf) b = buf_with_max(0);
	buf_json(&b, (struct str){"a\0b", 3});
	assert_string_equal(buf_cstr(&b), "a\\u0000b");
}

static void test_ceiling_of_escapes(void **state)
{
	(void)state;
	SCOPED(buf) b = buf_with_max(6);

	buf_xml(&b, STR("a&"));
	assert_true(buf_ok(&b));
	assert_string_equal(buf_cstr(&b), "a&amp;");
	buf_reset(&b);
	buf_xml(&b, STR("ab&"));
	assert_false(buf_ok(&b));
	assert_string_equal(buf_cstr(&b), "ab");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_adding),
		cmocka_unit_test(test_growing),
		cmocka_unit_test(test_ceiling),
		cmocka_unit_test(test_taking),
		cmocka_unit_test(test_xml),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_ceiling_of_escapes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
