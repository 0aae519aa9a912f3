#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cal/password.h"

#define GOOD "abcd-efgh-ijkl-mnop"

static const struct {
	const char *raw;
	const char *cleaned;
	enum password_kind kind;
	unsigned letters;
} cases[] = {
	{"", "", PASSWORD_EMPTY, 0},
	{" \t\r\n", "", PASSWORD_EMPTY, 0},
	{"----", "", PASSWORD_EMPTY, 0},
	{"\xc2\xa0\xe2\x80\x8b\xef\xbb\xbf", "", PASSWORD_EMPTY, 0},
	{"a", "a", PASSWORD_SHORT, 1},
	{"abcd", "abcd", PASSWORD_SHORT, 4},
	{"abcde", "abcd-e", PASSWORD_SHORT, 5},
	{"abcd-", "abcd", PASSWORD_SHORT, 4},
	{"a-b-c-d-e", "abcd-e", PASSWORD_SHORT, 5},
	{"abcdefghijklmno", "abcd-efgh-ijkl-mno", PASSWORD_SHORT, 15},
	{"abcdefghijklmnop", GOOD, PASSWORD_GOOD, 16},
	{GOOD, GOOD, PASSWORD_GOOD, 16},
	{"ABCD-EFGH-IJKL-MNOP", GOOD, PASSWORD_GOOD, 16},
	{"Abcd-efgh-ijkl-mnop", GOOD, PASSWORD_GOOD, 16},
	{"abcd efgh ijkl mnop", GOOD, PASSWORD_GOOD, 16},
	{"  abcd-efgh-ijkl-mnop\r\n", GOOD, PASSWORD_GOOD, 16},
	{"abcd-efgh-\r\nijkl-mnop\n", GOOD, PASSWORD_GOOD, 16},
	{"abcd\xe2\x80\x90"
	 "efgh\xe2\x80\x91ijkl\xe2\x80\x95mnop",
		GOOD, PASSWORD_GOOD, 16},
	{"abcd\xe2\x88\x92"
	 "efgh\xef\xb9\xa3ijkl\xef\xbc\x8dmnop",
		GOOD, PASSWORD_GOOD, 16},
	{"abcd\xc2\xad"
	 "efgh\xe2\x80\x8bijkl\xe2\x81\xa0mnop",
		GOOD, PASSWORD_GOOD, 16},
	{"abcd\xc2\xa0"
	 "efgh\xe2\x80\xafijkl\xe3\x80\x80mnop",
		GOOD, PASSWORD_GOOD, 16},
	{"abcdefghijklmnopq", "abcd-efgh-ijkl-mnop-q", PASSWORD_LONG, 17},
	{"abcd-efgh-ijkl-mnop-qrst-u", "abcd-efgh-ijkl-mnop-qrst-u", PASSWORD_LONG, 21},
	{"abcd-efgh-ijkl-mn0p", "abcd-efgh-ijkl-mn0p", PASSWORD_FOREIGN, 15},
	{"Secret 12 Word", "Secret 12 Word", PASSWORD_FOREIGN, 10},
	{" Secret!\r\n", " Secret!", PASSWORD_FOREIGN, 6},
	{"\nSecret!", "Secret!", PASSWORD_FOREIGN, 6},
	{"p\xc3\xa4sswort", "p\xc3\xa4sswort", PASSWORD_FOREIGN, 7},
	{"abcd\xff", "abcd\xff", PASSWORD_FOREIGN, 4},
	{"abcd\xe2\x80\x90"
	 "1",
		"abcd\xe2\x80\x90"
		"1",
		PASSWORD_FOREIGN, 4},
	{"12345", "12345", PASSWORD_FOREIGN, 0},
};

/* In exactly the room the header promises to suffice, so that ASan sees a byte too
 * many. */
static char *clean(struct str raw, size_t *len)
{
	char *out = xmalloc(raw.len + raw.len / 4 + 1);

	*len = password_clean(raw, out);
	return out;
}

static void test_clean_and_judge(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		size_t len = 0;
		AUTO_FREE char *out = clean(str_of(cases[i].raw), &len);
		assert_string_equal(out, cases[i].cleaned);
		assert_int_equal(len, strlen(cases[i].cleaned));
		const struct password_verdict v = password_judge(str_of(out));
		assert_int_equal(v.kind, cases[i].kind);
		assert_int_equal(v.letters, cases[i].letters);
	}
}

static void test_clean_twice_is_clean_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		size_t len = 0;
		AUTO_FREE char *once = clean(str_of(cases[i].raw), &len);
		AUTO_FREE char *twice = clean((struct str){once, len}, &len);
		assert_string_equal(once, twice);
	}
}

static void test_every_length(void **state)
{
	(void)state;
	char letters[64];
	memset(letters, 'x', sizeof(letters));
	for (size_t n = 1; n <= sizeof(letters); n++) {
		size_t len = 0;
		AUTO_FREE char *out = clean((struct str){letters, n}, &len);
		assert_int_equal(len, n + (n - 1) / 4);
		assert_int_equal(password_judge((struct str){out, len}).letters, n);
		if (n == PASSWORD_LETTERS)
			assert_int_equal(len, PASSWORD_LEN);
	}
}

static void test_judge_without_cleaning(void **state)
{
	(void)state;
	assert_int_equal(password_judge(STR("ABCDEFGHIJKLMNOP")).kind,
		PASSWORD_FOREIGN);
	assert_int_equal(password_judge(STR("abcdefghijklmnop")).kind, PASSWORD_GOOD);
	assert_int_equal(password_judge(STR("a b")).kind, PASSWORD_FOREIGN);
	assert_int_equal(password_judge((struct str){NULL, 0}).kind, PASSWORD_EMPTY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clean_and_judge),
		cmocka_unit_test(test_clean_twice_is_clean_once),
		cmocka_unit_test(test_every_length),
		cmocka_unit_test(test_judge_without_cleaning),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
