#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "dav/uri.h"

static void keys(void **state)
{
	static const struct {
		const char *path;
		const char *key;
	} rows[] = {
		{"/a/b.ics", "/a/b.ics"},
		{"/%61/b%2Eics", "/a/b.ics"},
		{"/a%40b~c", "/a@b~c"},
		{"/a@b%7ec", "/a@b~c"},
		{"/a%7Eb%3a", "/a~b:"},
		{"/caf%c3%a9", "/caf\xc3\xa9"},
		{"/caf%C3%A9", "/caf\xc3\xa9"},
		{"/a%20b", "/a b"},
		{"/a b", "/a b"},
		{"/a%2fb", "/a%2Fb"},
		{"/a%2Fb", "/a%2Fb"},
		{"/100%", "/100%25"},
		{"/100%25", "/100%25"},
		{"/%2541", "/%2541"},
		{"/%zz%4", "/%25zz%254"},
		{"/%0a%1F%7f", "/%0A%1F%7F"},
		{"/a%3fb%23c", "/a%3Fb%23c"},
		{"/a?b=c", "/a"},
		{"/p+q%2Bq", "/p+q+q"},
		{"", ""},
	};
	(void)state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_FREE char *key = href_key(str_of(rows[i].path));
		AUTO_FREE char *again = href_key(str_of(key));
		assert_string_equal(key, rows[i].key);
		assert_string_equal(again, rows[i].key);
	}
}

static void members(void **state)
{
	static const struct {
		const char *collection;
		const char *member;
		const char *segment; /* NULL = not one */
	} rows[] = {
		{"/home/cal/", "/home/cal/e.ics", "e.ics"},
		{"/home/cal", "/home/cal/e.ics", "e.ics"},
		{"/home/", "/home/cal/", "cal"},
		{"/home/cal/", "/home/cal/a%2Fb.ics", "a%2Fb.ics"},
		{"/", "/x", "x"},
		{"/home/cal/", "/home/cal/", NULL},
		{"/home/cal/", "/home/cal", NULL},
		{"/home/cal", "/home/cal", NULL},
		{"/home/cal", "/home/cal/", NULL},
		{"/home/cal", "/home/calendar/e.ics", NULL},
		{"/home/cal/", "/home/cal/a/b.ics", NULL},
		{"/home/cal/", "/home/cal//", NULL},
		{"/home/cal/", "/home/cal//b.ics", NULL},
		{"/home/cal/", "/other/e.ics", NULL},
		{"/home/cal/", "/", NULL},
		{"/home/cal/", "", NULL},
	};
	(void)state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct str segment = STR("untouched");
		const bool is = href_member(str_of(rows[i].collection),
			str_of(rows[i].member), &segment);
		if (is != (rows[i].segment != NULL))
			fail_msg("%s in %s", rows[i].member, rows[i].collection);
		assert_true(str_is(segment, is ? rows[i].segment : "untouched"));
	}
}

static void segments(void **state)
{
	static const struct {
		const char *name;
		const char *segment;
	} rows[] = {
		{"18931BE2-fbb9.ics", "18931BE2-fbb9.ics"},
		{"a b/c.ics", "a%20b%2Fc.ics"},
		{"a%b#x?.ics", "a%25b%23x%3F.ics"},
		{"\xc3\x9c.ics", "%C3%9C.ics"},
		{"ada@example.org", "ada@example.org"},
		{"p+q&r:s", "p%2Bq%26r%3As"},
		{"\r\n", "%0D%0A"},
	};
	(void)state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_FREE char *segment = href_segment(str_of(rows[i].name));
		assert_string_equal(segment, rows[i].segment);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys),
		cmocka_unit_test(members),
		cmocka_unit_test(segments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
