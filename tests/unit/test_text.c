#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <locale.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

#define REPLACED "\xef\xbf\xbd"
#define DOT "\xc2\xb7"
#define DOTS "\xe2\x80\xa6"

static void test_utf8(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		uint32_t c;
		size_t used;
	} cases[] = {
		{"a", 'a', 1},
		{"\x7f", 0x7f, 1},
		{"\xc2\x80", 0x80, 2},
		{"\xdf\xbf", 0x7ff, 2},
		{"\xe0\xa0\x80", 0x800, 3},
		{"\xed\x9f\xbf", 0xd7ff, 3},
		{"\xee\x80\x80", 0xe000, 3},
		{"\xef\xbf\xbf", 0xffff, 3},
		{"\xf0\x90\x80\x80", 0x10000, 4},
		{"\xf4\x8f\xbf\xbf", 0x10ffff, 4},
		{"\x80", UTF8_BAD, 1},
		{"\xbf", UTF8_BAD, 1},
		{"\xc0\x80", UTF8_BAD, 1}, /* overlong */
		{"\xc1\xbf", UTF8_BAD, 1},
		{"\xe0\x9f\xbf", UTF8_BAD, 1},
		{"\xf0\x8f\xbf\xbf", UTF8_BAD, 1},
		{"\xed\xa0\x80", UTF8_BAD, 1}, /* surrogate */
		{"\xed\xbf\xbf", UTF8_BAD, 1},
		{"\xf4\x90\x80\x80", UTF8_BAD, 1}, /* beyond Unicode */
		{"\xf5\x80\x80\x80", UTF8_BAD, 1},
		{"\xff", UTF8_BAD, 1},
		{"\xc3", UTF8_BAD, 1}, /* cut off */
		{"\xe2\x82", UTF8_BAD, 1},
		{"\xf0\x9f\x8e", UTF8_BAD, 1},
		{"\xc3"
		 "a",
			UTF8_BAD, 1},
		{"\xe2\x82"
		 "a",
			UTF8_BAD, 1},
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const struct str s = str_of(cases[i].bytes);
		size_t used = 0;
		assert_true(utf8_next(s, &used) == cases[i].c);
		assert_int_equal(used, cases[i].used);
		assert_int_equal(utf8_valid(s), cases[i].c != UTF8_BAD);
	}
	assert_true(utf8_valid(STR("")));
	assert_false(utf8_valid(STR("abc\xff")));
}

static void test_round_trip(void **state)
{
	(void)state;
	for (uint32_t c = 1; c <= 0x10ffff; c++) {
		char bytes[4];
		size_t used = 0;
		if (c >= 0xd800 && c <= 0xdfff)
			continue;
		const size_t len = utf8_encode(c, bytes);
		assert_true(utf8_next((struct str){bytes, len}, &used) == c);
		assert_true(used == len);
	}
}

static void test_unsafe(void **state)
{
	(void)state;
	static const struct {
		uint32_t first;
		uint32_t last;
	} bad[] = {{0, 0x1f}, {0x7f, 0x9f}, {0xad, 0xad}, {0x61c, 0x61c},
		{0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f}, {0xfeff, 0xfeff},
		{0xfff9, 0xfffb}, {0xe000, 0xf8ff}, {0xfdd0, 0xfdef}, {0xfffe, 0xffff},
		{0x1fffe, 0x1ffff}, {0xe0000, 0xe0fff}, {0xf0000, 0x10ffff}};
	static const uint32_t good[] = {' ', 'a', '~', 0xa0, 0xe9, 0x300, 0x5d0, 0x628,
		0x2010, 0x2026, 0x20ac, 0x4e00, 0xac00, 0xfffd, 0x1f382};

	for (size_t i = 0; i < COUNT_OF(bad); i++)
		for (uint32_t c = bad[i].first; c <= bad[i].last; c++)
			assert_true(text_is_unsafe(c));
	for (size_t i = 0; i < COUNT_OF(good); i++)
		assert_false(text_is_unsafe(good[i]));
}

static void test_width(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int width;
	} cases[] = {
		{"", 0},
		{"abc", 3},
		{"caf\xc3\xa9", 4},
		{"cafe\xcc\x81", 4}, /* combining */
		{"\xe6\x97\xa5\xe6\x9c\xac", 4},
		{"\xf0\x9f\x8e\x82", 2},
		{"a\xff", 2},
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++)
		assert_int_equal(text_width(str_of(cases[i].text)), cases[i].width);
}

static void test_fit(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int cols;
		const char *want;
	} cases[] = {
		{"abc", 3, "abc"},
		{"abc", 2, "ab"},
		{"abc", 0, ""},
		{"", 5, ""},
		{"\xe6\x97\xa5\xe6\x9c\xac", 3, "\xe6\x97\xa5"},
		{"\xe6\x97\xa5", 1, ""},
		{"e\xcc\x81"
		 "f",
			1, "e\xcc\x81"},
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++)
		assert_true(str_is(text_fit(str_of(cases[i].text), cases[i].cols),
			cases[i].want));
}

static void test_safe_text(void **state)
{
	(void)state;
	static const struct {
		const char *in;
		int cols;
		const char *utf8;
		const char *ascii;
	} cases[] = {
		{"plain", 0, "plain", "plain"},
		{"", 0, "(unnamed)", "(unnamed)"},
		{" \t\n", 0, "(unnamed)", "(unnamed)"},
		{"\xe2\x80\x8b\xef\xbb\xbf", 0, "(unnamed)", "(unnamed)"},
		{"  a \t b\r\n", 0, "a b", "a b"},
		{"a\xc2\xa0"
		 "b",
			0, "a b", "a b"},
		{"red\033[31m", 0, "red" DOT "[31m", "red?[31m"},
		{"c1\xc2\x9b"
		 "31m",
			0, "c1" DOT "31m", "c1?31m"},
		{"del\x7f", 0, "del" DOT, "del?"},
		{"bell\a\b", 0, "bell" DOT DOT, "bell??"},
		{"x\xe2\x80\xae"
		 "cod.exe",
			0, "xcod.exe", "xcod.exe"},
		{"tag\xf3\xa0\x81\x81", 0, "tag", "tag"},
		{"\xee\x80\x80", 0, DOT, "?"},
		{"bad\xff\xfe", 0, "bad" REPLACED REPLACED, "bad??"},
		{"caf\xc3\xa9", 0, "caf\xc3\xa9", "caf?"},
		{"e\xcc\x81\xcc\x82\xcc\x83\xcc\x84", 0, "e\xcc\x81\xcc\x82", "e"},
		{"abcdef", 6, "abcdef", "abcdef"},
		{"abcdef", 5, "abcd" DOTS, "abc.."},
		{"abcdef", 1, DOTS, "."},
		{"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 4, "\xe6\x97\xa5" DOTS, NULL},
		{"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 6,
			"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", NULL},
		{"", 4, "(un" DOTS, "(u.."},
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const struct str in = str_of(cases[i].in);
		AUTO_FREE char *utf8 = text_safe(in, cases[i].cols, TEXT_UTF8);
		AUTO_FREE char *ascii = text_safe(in, cases[i].cols, TEXT_ASCII);
		assert_string_equal(utf8, cases[i].utf8);
		if (cases[i].ascii)
			assert_string_equal(ascii, cases[i].ascii);
	}
	AUTO_FREE char *nul = text_safe((struct str){"a\0b", 3}, 0, TEXT_UTF8);
	assert_string_equal(nul, "a" DOT "b");
}

/* Whatever comes in: valid, without a forbidden character, in its columns. */
static void test_every_byte_pair(void **state)
{
	(void)state;
	for (int a = 0; a < 256; a++) {
		for (int b = 0; b < 256; b++) {
			const char in[] = {'x', (char)a, (char)b, (char)a, 'y'};
			AUTO_FREE char *out =
				text_safe((struct str){in, sizeof(in)}, 4, TEXT_UTF8);
			struct str rest = str_of(out);
			assert_true(utf8_valid(rest));
			assert_true(text_width(rest) <= 4);
			while (rest.len) {
				size_t used = 0;
				assert_false(text_is_unsafe(utf8_next(rest, &used)));
				rest = str_from(rest, used);
			}
		}
	}
}

static void test_safe_in_an_array(void **state)
{
	(void)state;
	char long_text[400];

	assert_string_equal(safe(STR("a\033b")).text, "a" DOT "b");
	/* 72 columns of four bytes and two columns each are within the array, three
	 * bytes with two marks each are not. */
	for (size_t i = 0; i + 7 <= sizeof(long_text); i += 7)
		memcpy(long_text + i, "\xe2\x82\xac\xcc\x81\xcc\x82", 7);
	const struct safe_text s = safe((struct str){long_text, 399});
	assert_true(strlen(s.text) < sizeof(s.text));
	assert_true(strlen(s.text) > sizeof(s.text) - 6);
	assert_true(utf8_valid(str_of(s.text)));
}

static int set_up(void **state)
{
	(void)state;
	return setlocale(LC_CTYPE, "C.UTF-8") ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_unsafe),
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_fit),
		cmocka_unit_test(test_safe_text),
		cmocka_unit_test(test_every_byte_pair),
		cmocka_unit_test(test_safe_in_an_array),
	};
	return cmocka_run_group_tests(tests, set_up, NULL);
}
