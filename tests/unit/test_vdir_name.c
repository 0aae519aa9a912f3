#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/secret.h"
#include "store/vdir.h"

#define BYTES_120                                                                      \
	"a123456789b123456789c123456789d123456789e123456789f123456789"                 \
	"g123456789h123456789i123456789j123456789k123456789l123456789"

static bool none_taken(void *ctx, const char *name)
{
	(void)ctx;
	(void)name;
	return false;
}

static bool is_hashed(const char *name)
{
	const struct str s = str_of(name);

	if (s.len != 39 || !str_starts(s, STR("cw-")) || !str_ends(s, STR(".ics")))
		return false;
	for (size_t i = 3; i < 35; i++)
		if (ascii_hex(s.ptr[i]) < 0 || ascii_is_upper(s.ptr[i]))
			return false;
	return true;
}

static void plain_uids_name_their_files(void **state)
{
	static const char *const uids[] = {"a", "ABC-def_1",
		"20260304T091500Z-1@example.org", "_x", "1.2.3", "x.ics", "concert",
		"com10", "console.1", BYTES_120};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(uids); i++) {
		AUTO_FREE char *name =
			vdir_name_for(str_of(uids[i]), STR("/h"), none_taken, NULL);
		AUTO_FREE char *wanted = xasprintf("%s.ics", uids[i]);
		assert_string_equal(name, wanted);
	}
}

static void odd_uids_are_hashed(void **state)
{
	static const char *const uids[] = {"../../.bashrc", "/etc/x", "a/b", "..", ".",
		"", ".hidden", "-rf", "CON", "con.x", "Lpt1", "nul", "dot.", "space ",
		" space", "a b", "a%2fb", "a:b", "a\\b", "@home", "a\nb", "caf\xc3\xa9",
		"\xf0\x9f\x8e\x82", "\xff\xfe", "a*b", "{6F4A}", "~x", BYTES_120 "x"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(uids); i++) {
		AUTO_FREE char *name =
			vdir_name_for(str_of(uids[i]), STR("/h"), none_taken, NULL);
		if (!is_hashed(name))
			fail_msg("\"%s\" became %s", uids[i], name);
	}
}

static void three_hundred_bytes_and_a_nul(void **state)
{
	char uid[300];
	const struct str with_nul = {"a\0b", 3};

	(void)state;
	memset(uid, 'x', sizeof(uid));
	AUTO_FREE char *a = vdir_name_for((struct str){uid, sizeof(uid)}, STR("/h"),
		none_taken, NULL);
	AUTO_FREE char *b = vdir_name_for(with_nul, STR("/h"), none_taken, NULL);
	assert_true(is_hashed(a));
	assert_true(is_hashed(b));
}

static void a_hash_is_of_the_uid_alone(void **state)
{
	(void)state;
	AUTO_FREE char *a = vdir_name_for(STR("a/b"), STR("/1"), none_taken, NULL);
	AUTO_FREE char *b = vdir_name_for(STR("a/b"), STR("/2"), none_taken, NULL);
	AUTO_FREE char *c = vdir_name_for(STR("a/c"), STR("/1"), none_taken, NULL);
	assert_string_equal(a, b);
	assert_string_not_equal(a, c);
}

static void objects_without_uid_differ_by_href(void **state)
{
	(void)state;
	AUTO_FREE char *a = vdir_name_for(STR(""), STR("/1"), none_taken, NULL);
	AUTO_FREE char *b = vdir_name_for(STR(""), STR("/2"), none_taken, NULL);
	assert_true(is_hashed(a));
	assert_string_not_equal(a, b);
}

/* What a folder holds, asked without regard to case. */
struct holding {
	const char *names[8];
	size_t count;
};

static bool held_nocase(void *ctx, const char *name)
{
	const struct holding *h = ctx;

	for (size_t i = 0; i < h->count; i++)
		if (str_eq_nocase(str_of(h->names[i]), str_of(name)))
			return true;
	return false;
}

static void taken_names_are_passed_over(void **state)
{
	struct holding h = {.names = {"ABC.ics"}, .count = 1};

	(void)state;
	AUTO_FREE char *first = vdir_name_for(STR("abc"), STR("/1"), held_nocase, &h);
	assert_true(is_hashed(first));
	h.names[h.count++] = first;
	AUTO_FREE char *second = vdir_name_for(STR("abc"), STR("/2"), held_nocase, &h);
	assert_true(is_hashed(second));
	assert_string_not_equal(first, second);
	h.names[h.count++] = second;
	AUTO_FREE char *third = vdir_name_for(STR("abc"), STR("/2"), held_nocase, &h);
	assert_true(is_hashed(third));
	assert_false(held_nocase(&h, third));
	h.names[h.count++] = third;
	AUTO_FREE char *fourth = vdir_name_for(STR("abc"), STR("/2"), held_nocase, &h);
	assert_false(held_nocase(&h, fourth));
}

static void folders_get_plain_names(void **state)
{
	static const struct {
		const char *displayname;
		const char *key;
		const char *folder;
	} rows[] = {
		{"Home", "/1/x/", "home"},
		{"Work & Family", "/1/x/", "work-family"},
		{"  Ada's   calendar! ", "/1/x/", "adas-calendar"},
		{"Ada\xe2\x80\x99s", "/1/x/", "adas"},
		{"a/b", "/1/x/", "a-b"},
		{"../../etc", "/1/x/", "etc"},
		{".calwiz", "/1/x/", "calwiz"},
		{"B\xc3\xbcro Stra\xc3\x9f"
		 "e",
			"/1/x/", "buro-strasse"},
		{"\xc3\x89t\xc3\xa9 \xc5\x81\xc3\xb3"
		 "d\xc5\xba",
			"/1/x/", "ete-lodz"},
		{"Cafe\xcc\x81 noir", "/1/x/", "cafe-noir"},
		{"3 \xc3\x97 4", "/1/x/", "3-4"},
		{"\xf0\x9f\x8e\x82 Birthdays \xf0\x9f\x8e\x89", "/1/x/", "birthdays"},
		{"\xf0\x9f\x8e\x82", "/123/calendars/Party_Time/", "party-time"},
		{"\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d", "/123/calendars/home/", "home"},
		{"", "/123/calendars/6F4A2C0E-0000-4000-8000-0123456789AB/",
			"6f4a2c0e-0000-4000-8000-0123456789ab"},
		{"", "/ada/home", "home"},
		{"", "/ada/caf%C3%A9/", "caf-c3-a9"},
		{"", "/", "calendar"},
		{"", "", "calendar"},
		{"\x1b[31m", "/x/", "31m"},
		{"\xff\xfe", "/x/", "x"},
		{"NUL", "/x/", "calendar-nul"},
		{"com1", "/x/", "calendar-com1"},
		{"abcdefghij abcdefghij abcdefghij abcdef ghijk", "/x/",
			"abcdefghij-abcdefghij-abcdefghij-abcdef"},
		{BYTES_120, "/x/", "a123456789b123456789c123456789d123456789"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_FREE char *folder = vdir_folder_for(str_of(rows[i].displayname),
			str_of(rows[i].key));
		assert_string_equal(folder, rows[i].folder);
	}
}

static int start(void **state)
{
	(void)state;
	return secrets_init(NULL) ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_uids_name_their_files),
		cmocka_unit_test(odd_uids_are_hashed),
		cmocka_unit_test(three_hundred_bytes_and_a_nul),
		cmocka_unit_test(a_hash_is_of_the_uid_alone),
		cmocka_unit_test(objects_without_uid_differ_by_href),
		cmocka_unit_test(taken_names_are_passed_over),
		cmocka_unit_test(folders_get_plain_names),
	};
	return cmocka_run_group_tests(tests, start, NULL);
}
