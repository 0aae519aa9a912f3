#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"

static void test_set(void **state)
{
	(void)state;
	struct err e = {.code = ERR_NONE, .retry_after = 30};

	assert_false(err_set(&e, ERR_BUSY, "%s %d", "wait", 5));
	assert_int_equal(e.code, ERR_BUSY);
	assert_int_equal(e.retry_after, 0);
	assert_string_equal(e.message, "wait 5");
	assert_false(err_set(NULL, ERR_BUSY, "nobody listens"));
	assert_false(err_errno(NULL, "nobody listens"));
	assert_false(err_wrap(NULL, "nobody listens"));
}

static void test_errno(void **state)
{
	(void)state;
	static const struct {
		int number;
		enum err_code code;
	} cases[] = {
		{ENOSPC, ERR_LOCAL},
		{EDQUOT, ERR_LOCAL},
		{EROFS, ERR_LOCAL},
		{EIO, ERR_LOCAL},
		{EACCES, ERR_CONFIG},
		{EPERM, ERR_CONFIG},
		{ELOOP, ERR_CONFIG},
		{ENOMEM, ERR_SYSTEM},
		{EMFILE, ERR_SYSTEM},
		{ENFILE, ERR_SYSTEM},
		{EAGAIN, ERR_SYSTEM},
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct err e = {0};
		errno = cases[i].number;
		assert_false(err_errno(&e, "open %s", "x"));
		assert_int_equal(e.code, cases[i].code);
		char want[200];
		assert_true(snprintf(want, sizeof(want), "open x: %s",
				    strerror(cases[i].number)) > 0);
		assert_string_equal(e.message, want);
	}
}

static void test_wrap(void **state)
{
	(void)state;
	struct err e = {0};

	(void)err_set(&e, ERR_BUSY, "inner");
	e.retry_after = 60;
	assert_false(err_wrap(&e, "outer %d", 1));
	assert_string_equal(e.message, "outer 1: inner");
	assert_int_equal(e.code, ERR_BUSY);
	assert_int_equal(e.retry_after, 60);
}

static void test_long_messages(void **state)
{
	(void)state;
	char text[1000];
	struct err e = {0};

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	(void)err_set(&e, ERR_LOCAL, "%s", text);
	assert_int_equal(strlen(e.message), sizeof(e.message) - 1);
	(void)err_wrap(&e, "%s", text);
	assert_true(strlen(e.message) < sizeof(e.message));
	assert_non_null(strstr(e.message, "x: x"));
	errno = ENOSPC;
	(void)err_errno(&e, "%s", text);
	assert_non_null(strstr(e.message, strerror(ENOSPC)));
	for (int i = 0; i < 10; i++)
		(void)err_wrap(&e, "again");
	assert_true(strlen(e.message) < sizeof(e.message));
}

static void test_statuses(void **state)
{
	(void)state;
	static const struct {
		enum err_code code;
		int status;
	} cases[] = {
		{ERR_NONE, 0},
		{ERR_USAGE, 64},
		{ERR_ATTENTION, 65},
		{ERR_NO_INPUT, 66},
		{ERR_UNAVAILABLE, 69},
		{ERR_INTERNAL, 70},
		{ERR_SYSTEM, 71},
		{ERR_CREATE, 73},
		{ERR_LOCAL, 74},
		{ERR_NETWORK, 75},
		{ERR_BUSY, 75},
		{ERR_PROTOCOL, 76},
		{ERR_AUTH, 77},
		{ERR_CONFIG, 78},
		{ERR_GONE, 78},
		{ERR_CONFLICT, 65},
		{ERR_HELD, 79},
		{ERR_CANCELLED, 75},
	};

	assert_int_equal(COUNT_OF(cases), ERR_CANCELLED + 1);
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		assert_int_equal(err_exit_status(cases[i].code), cases[i].status);
		assert_non_null(err_advice(cases[i].code));
		assert_int_equal(err_advice(cases[i].code)[0] != '\0', i != ERR_NONE);
	}
}

static void test_worse(void **state)
{
	(void)state;
	/* From the best outcome to the worst. */
	static const int rising[] = {0, 65, 75, 69, 76, 79, 73, 74, 77, 66, 64, 78, 71,
		70, 130};

	for (size_t i = 0; i < COUNT_OF(rising); i++)
		for (size_t k = 0; k < COUNT_OF(rising); k++)
			assert_int_equal(exit_worse(rising[i], rising[k]),
				rising[i > k ? i : k]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_errno),
		cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_long_messages),
		cmocka_unit_test(test_statuses),
		cmocka_unit_test(test_worse),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
