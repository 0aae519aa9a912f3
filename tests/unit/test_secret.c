#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/secret.h"

static void check(struct secret *s, const char *want)
{
	assert_int_equal(secret_len(s), strlen(want));
	assert_string_equal(secret_open(s), want);
	secret_close(s);
}

static void test_editing(void **state)
{
	(void)state;
	AUTO(secret) *s = secret_new(8);

	assert_int_equal(secret_capacity(s), 8);
	check(s, "");
	assert_true(secret_insert(s, 0, STR("bd")));
	assert_true(secret_insert(s, 0, STR("a")));
	assert_true(secret_insert(s, 2, STR("c")));
	assert_true(secret_insert(s, 4, STR("e")));
	check(s, "abcde");
	assert_false(secret_insert(s, 6, STR("x")));
	assert_false(secret_insert(s, 0, STR("1234")));
	check(s, "abcde");
	assert_true(secret_insert(s, 5, STR("fgh")));
	assert_false(secret_insert(s, 0, STR("x")));
	assert_true(secret_insert(s, 3, STR("")));
	assert_true(secret_insert(s, 3, (struct str){NULL, 0}));
	check(s, "abcdefgh");
	secret_remove(s, 0, 1);
	check(s, "bcdefgh");
	secret_remove(s, 5, 99);
	check(s, "bcdef");
	secret_remove(s, 9, 1);
	secret_remove(s, 5, 1);
	secret_remove(s, 1, 0);
	check(s, "bcdef");
	secret_remove(s, 1, 3);
	check(s, "bf");
}

/* What is removed is gone from the memory, too. */
static void test_wiping(void **state)
{
	(void)state;
	static const char zeros[16];
	AUTO(secret) *s = secret_from(STR("0123456789abcdef"));

	secret_remove(s, 4, 12);
	assert_memory_equal(secret_open(s) + 4, zeros, 12);
	secret_close(s);
	secret_wipe(s);
	assert_int_equal(secret_len(s), 0);
	assert_memory_equal(secret_open(s), zeros, 16);
	secret_close(s);
	char local[] = "something";
	wipe(local, sizeof(local));
	assert_memory_equal(local, zeros, sizeof(local));
}

static void test_views(void **state)
{
	(void)state;
	AUTO(secret) *s = secret_new(4);
	char *bytes = secret_open(s);

	memcpy(bytes, "wxyz", 4);
	secret_set_len(s, 4);
	secret_close(s);
	const struct str view = secret_view(s);
	assert_true(str_is(view, "wxyz"));
	assert_int_equal(view.ptr[4], '\0');
	secret_close(s);
}

static void test_copies(void **state)
{
	(void)state;
	AUTO(secret) *a = secret_from(STR("secret"));
	AUTO(secret) *b = secret_copy(a);
	AUTO(secret) *other = secret_from(STR("secreT"));
	AUTO(secret) *shorter = secret_from(STR("secre"));
	AUTO(secret) *empty = secret_from((struct str){NULL, 0});
	AUTO(secret) *fresh = secret_new(10);

	check(b, "secret");
	assert_true(secret_equal(a, a));
	assert_true(secret_equal(a, b));
	assert_false(secret_equal(a, other));
	assert_false(secret_equal(a, shorter));
	assert_true(secret_equal(empty, fresh));
	secret_wipe(a);
	check(b, "secret");
	secret_free(NULL);
}

/* cmocka would take the signals for its own and go on. */
static void die_quietly(void)
{
	static const int signals[] = {SIGSEGV, SIGBUS, SIGABRT};
	const struct sigaction fatal = {.sa_handler = SIG_DFL};

	for (size_t i = 0; i < COUNT_OF(signals); i++)
		(void)sigaction(signals[i], &fatal, NULL);
	(void)setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	(void)close(STDERR_FILENO);
}

/* Runs in a child what must kill it. */
static bool survives(void (*deed)(struct secret *s), struct secret *s)
{
	const pid_t child = fork();
	int status = 0;

	assert_true(child >= 0);
	if (child == 0) {
		die_quietly();
		deed(s);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void read_open(struct secret *s)
{
	const volatile char *bytes = secret_open(s);
	(void)bytes[0];
}

static void read_closed(struct secret *s)
{
	const volatile char *bytes = secret_open(s);
	secret_close(s);
	(void)bytes[0];
}

static void read_beyond(struct secret *s)
{
	const volatile char *bytes = secret_open(s);
	(void)bytes[secret_capacity(s) + 1];
}

static void open_twice(struct secret *s)
{
	(void)secret_open(s);
	(void)secret_open(s);
}

static void grow(struct secret *s)
{
	(void)secret_open(s);
	secret_set_len(s, secret_capacity(s) + 1);
}

static void test_protection(void **state)
{
	(void)state;
	AUTO(secret) *s = secret_from(STR("secret"));

	assert_true(survives(read_open, s));
	assert_false(survives(read_closed, s));
	assert_false(survives(read_beyond, s));
	assert_false(survives(open_twice, s));
	assert_false(survives(grow, s));
}

static int set_up(void **state)
{
	(void)state;
	return secrets_init(NULL) ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_editing),
		cmocka_unit_test(test_wiping),
		cmocka_unit_test(test_views),
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_protection),
	};
	return cmocka_run_group_tests(tests, set_up, NULL);
}
