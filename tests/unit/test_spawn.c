#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/spawn.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"

#define ROOM 4096
#define LONG_ENOUGH 20000
#define SOON 150

static const char *const nothing[] = {NULL};

/* A script, what it gets and what comes of it. */
struct row {
	const char *script;
	const char *input;
	const char *output;
	int status;
	int number;
	const char *said;
};

static const struct row rows[] = {
	{"printf hello", "", "hello", 0, 0, ""},
	{"cat", "two\nlines\n", "two\nlines\n", 0, 0, ""},
	{"cat", "", "", 0, 0, ""},
	{"exit 3", "", "", 3, 0, ""},
	{"kill -TERM $$", "", "", -1, SIGTERM, ""},
	{"echo first >&2; echo second >&2; exit 1", "", "", 1, 0, "first"},
	{"echo >&2; echo '  told  ' >&2", "", "", 0, 0, "told"},
	{"printf '\\033[2Jclear' >&2", "", "", 0, 0, "[2Jclear"},
	{"exec >&-; exec cat /proc/self/stat >&2", "", "", 0, 0, NULL},
	{"i=0; while [ $i -lt 2000 ]; do echo words words words; i=$((i+1)); done >&2; "
	 "printf end",
		"", "end", 0, 0, "words words words"},
	{"head -c 4096 /dev/zero | tr '\\0' x | tail -c 5", "", "xxxxx", 0, 0, ""},
};

static bool run_script(const char *script, const char *input, size_t room, int limit_ms,
	char *into, struct spawn_end *end, struct err *e)
{
	const char *const argv[] = {"sh", "-c", script, NULL};
	const struct spawn s = {.path = "/bin/sh",
		.argv = argv,
		.inherit = (const char *const[]){"PATH", NULL},
		.input = str_of(input),
		.limit_ms = limit_ms,
		.into = into,
		.room = room};

	return spawn_run(&s, end, e);
}

static void test_scripts(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct row *r = &rows[i];
		char into[ROOM + 1] = "";
		struct spawn_end end;
		struct err e = {0};
		if (!run_script(r->script, r->input, ROOM, LONG_ENOUGH, into, &end, &e))
			fail_msg("%s: %s", r->script, e.message);
		into[end.len] = '\0';
		assert_string_equal(into, r->output);
		assert_int_equal(end.status, r->status);
		assert_int_equal(end.number, r->number);
		if (!r->said)
			continue;
		for (const char *p = end.said.text; *p; p++)
			assert_false((unsigned char)*p < 0x20);
		assert_non_null(strstr(end.said.text, r->said));
		assert_true(r->said[0] || !end.said.text[0]);
	}
}

static void test_room(void **state)
{
	char into[8] = "";
	struct spawn_end end;
	struct err e = {0};

	(void)state;
	assert_true(run_script("printf 12345678", "", 8, LONG_ENOUGH, into, &end, &e));
	assert_int_equal(end.len, 8);
	assert_false(
		run_script("printf 123456789", "", 8, LONG_ENOUGH, into, &end, &e));
	assert_int_equal(e.code, ERR_CONFIG);
	assert_non_null(strstr(e.message, "more than 8 bytes"));
	/* It would print for ever; it is not waited for. */
	assert_false(run_script("cat /dev/zero", "", 8, LONG_ENOUGH, into, &end, &e));
	assert_int_equal(e.code, ERR_CONFIG);
}

/* Gone, or a zombie that its new parent has not looked at yet. */
static bool is_dead(long pid)
{
	AUTO_FREE char *path = xasprintf("/proc/%ld/stat", pid);
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	char text[256] = "";

	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		return true;
	const char *behind = strrchr(text, ')');
	return behind && behind[1] && (behind[2] == 'Z' || behind[2] == 'X');
}

static void test_too_long(void **state)
{
	static const char *const scripts[] = {"exec sleep 600", "sleep 600 & wait",
		"sleep 600 & exit 0", /* and its child keeps the output open */
		"exec >&- 2>&-; exec sleep 600",
		"trap '' TERM HUP INT; while :; do sleep 600; done"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(scripts); i++) {
		char into[ROOM];
		struct spawn_end end;
		struct err e = {0};
		assert_false(run_script(scripts[i], "", ROOM, SOON, into, &end, &e));
		assert_int_equal(e.code, ERR_BUSY);
	}
}

static void test_nothing_stays_behind(void **state)
{
	char into[ROOM + 1] = "";
	struct spawn_end end;
	struct err e = {0};
	int64_t pid = 0;

	(void)state;
	assert_true(run_script("sleep 600 >&- 2>&- & echo $!", "", ROOM, LONG_ENOUGH,
		into, &end, &e));
	assert_true(
		str_to_int(str_trim((struct str){into, end.len}), 1, INT64_MAX, &pid));
	for (int i = 0; i < 1000 && !is_dead(pid); i++)
		(void)usleep(1000);
	assert_true(is_dead(pid));
}

static void expect_output(const char *const *argv, const char *const *inherit,
	const char *const *set, const char *expected)
{
	AUTO_FREE char *path = spawn_find(argv[0]);
	char into[ROOM + 1] = "";
	struct spawn_end end;
	struct err e = {0};
	const struct spawn s = {.path = path,
		.argv = argv,
		.inherit = inherit,
		.set = set,
		.limit_ms = LONG_ENOUGH,
		.into = into,
		.room = ROOM};

	assert_non_null(path);
	if (!spawn_run(&s, &end, &e))
		fail_msg("%s", e.message);
	into[end.len] = '\0';
	assert_string_equal(into, expected);
}

static void test_environment(void **state)
{
	static const char *const argv[] = {"env", NULL};
	static const char *const inherit[] = {"SPAWN_ONE", "SPAWN_UNSET", NULL};
	static const char *const set[] = {"LC_ALL=C", NULL};

	(void)state;
	(void)setenv("SPAWN_ONE", "a b", 1);
	(void)setenv("SPAWN_TWO", "secret", 1);
	expect_output(argv, inherit, set, "SPAWN_ONE=a b\nLC_ALL=C\n");
	expect_output(argv, nothing, NULL, "");
}

static void test_descriptors(void **state)
{
	static const char *const argv[] = {"ls", "/proc/self/fd", NULL};

	(void)state;
	/* Without O_CLOEXEC, as a careless library opens it. */
	const int open_one = open("/dev/null", O_RDONLY);
	const int open_high = fcntl(open_one, F_DUPFD, 100);
	assert_true(open_high >= 100);
	expect_output(argv, nothing, NULL,
		"0\n1\n2\n3\n"); /* 3 is the folder it lists */
	(void)close(open_one);
	(void)close(open_high);
}

/* We ignore some signals and keep others waiting; the program must not. */
static void test_signals(void **state)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	struct sigaction before;
	char into[ROOM];
	struct spawn_end end;
	struct err e = {0};
	sigset_t blocked;
	sigset_t old;

	(void)state;
	(void)sigemptyset(&blocked);
	(void)sigaddset(&blocked, SIGTERM);
	(void)sigprocmask(SIG_BLOCK, &blocked, &old);
	(void)sigaction(SIGPIPE, &ignore, &before);
	assert_true(run_script("kill -TERM $$", "", ROOM, LONG_ENOUGH, into, &end, &e));
	assert_int_equal(end.number, SIGTERM);
	assert_true(run_script("kill -PIPE $$", "", ROOM, LONG_ENOUGH, into, &end, &e));
	assert_int_equal(end.number, SIGPIPE);
	(void)sigaction(SIGPIPE, &before, NULL);
	(void)sigprocmask(SIG_SETMASK, &old, NULL);
}

static void test_cannot_start(void **state)
{
	static const char *const paths[] = {"/nowhere/at/all", "/etc/passwd", "/etc"};
	static const char *const argv[] = {"x", NULL};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(paths); i++) {
		char into[8];
		struct spawn_end end;
		struct err e = {0};
		const struct spawn s = {.path = paths[i],
			.argv = argv,
			.inherit = nothing,
			.limit_ms = LONG_ENOUGH,
			.into = into,
			.room = sizeof(into)};
		assert_false(spawn_run(&s, &end, &e));
		assert_int_equal(e.code, ERR_CONFIG);
		assert_non_null(strstr(e.message, paths[i]));
	}
}

static void test_find(void **state)
{
	AUTO_FREE char *old = xstrdup(getenv("PATH"));

	(void)state;
	AUTO_FREE char *sh = spawn_find("sh");
	assert_non_null(sh);
	assert_int_equal(sh[0], '/');
	assert_null(spawn_find("no-such-program-anywhere"));
	(void)setenv("PATH", "bin:.::../bin",
		1); /* relative folders are not searched */
	assert_null(spawn_find("sh"));
	(void)unsetenv("PATH");
	AUTO_FREE char *usual = spawn_find("sh");
	assert_non_null(usual);
	(void)setenv("PATH", old, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scripts),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_nothing_stays_behind),
		cmocka_unit_test(test_environment),
		cmocka_unit_test(test_descriptors),
		cmocka_unit_test(test_signals),
		cmocka_unit_test(test_cannot_start),
		cmocka_unit_test(test_find),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
