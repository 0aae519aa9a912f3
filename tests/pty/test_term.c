#include <config.h>

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/pty/term.h"

/* Deadlines in ms: for what must come, and for what must not. */
enum { SOON = 10000, NEVER = 200 };

static struct term *shell_sized(const char *script, int rows, int cols)
{
	const char *argv[] = {"/bin/sh", "-c", script, NULL};
	const char *env[] = {TERM_ENV, NULL};
	struct term_spec spec = {argv, env, "/", rows, cols};
	struct err e = {0};
	struct term *t = term_new(&spec, &e);

	if (!t)
		fail_msg("%s", e.message);
	return t;
}

static struct term *shell(const char *script)
{
	return shell_sized(script, 6, 30);
}

static bool holds_text(struct term *t, const void *ctx)
{
	return term_has(t, ctx);
}

static void test_text(void **state)
{
	static const struct {
		const char *script;
		const char *text;
		int row, col;
	} rows[] = {
		{"printf hello", "hello", 0, 0},
		{"printf 'one\\ntwo'", "two", 1, 0},
		{"printf '\\033[3;5Hthere'", "there", 2, 4},
		{"printf '家族 x'", "x", 0, 5},
		{"printf 'gone\\rhere'", "here", 0, 0},
		{"printf 'e\\314\\201 é'", "é", 0, 2},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO(term) *t = shell(rows[i].script);
		int row = -1, col = -1;
		assert_true(term_wait_text(t, rows[i].text, SOON));
		assert_true(term_find(t, rows[i].text, &row, &col));
		assert_int_equal(row, rows[i].row);
		assert_int_equal(col, rows[i].col);
	}
}

static void test_only_the_current_grid_counts(void **state)
{
	AUTO(term) *t = shell("printf 'first\\033[2J\\033[Hsecond'; cat");

	(void)state;
	assert_true(term_wait_text(t, "second", SOON));
	assert_false(term_has(t, "first"));
	assert_true(str_find(term_raw(t), STR("first")) != STR_NONE);
}

static void test_a_wait_can_fail(void **state)
{
	AUTO(term) *t = shell("printf hello; exec cat");

	(void)state;
	assert_true(term_wait_text(t, "hello", SOON));
	assert_true(term_listen(t, NEVER) == 0);
	assert_false(term_has(t, "goodbye"));
	term_type(t, "goodbye");
	assert_true(term_wait_text(t, "goodbye", SOON));
	assert_true(term_bytes(t) >= strlen("hellogoodbye"));
}

static void test_nothing_more_can_come(void **state)
{
	AUTO(term) *t = shell("printf 'last words'");
	int status = -1;

	(void)state;
	assert_true(term_wait_exit(t, SOON, &status));
	assert_true(term_has(t, "last words"));
	/* Both end at once although an hour was given; what they print is not wanted.
	 */
	AUTO_CLOSE int errors = dup(STDERR_FILENO);
	AUTO_CLOSE int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
	assert_true(dup2(nowhere, STDERR_FILENO) >= 0);
	bool held = term_wait(t, holds_text, "more", 3600 * 1000) ||
	            term_wait_text(t, "more", 3600 * 1000);
	assert_true(dup2(errors, STDERR_FILENO) >= 0);
	assert_false(held);
}

static void test_dump(void **state)
{
	AUTO(term) *t = shell_sized("printf 'a\\n b  \\n家'", 4, 6);

	(void)state;
	assert_true(term_wait_text(t, "家", SOON));
	AUTO_FREE char *grid = term_dump(t);
	assert_string_equal(grid, "a\n b\n家\n\n");
}

static void test_cells(void **state)
{
	AUTO(term) *t = shell("printf 'p\\033[1;4;31mA\\033[0;38;5;130;48;5;7mB"
			      "\\033[0;7;38;2;1;2;3mC\\033[0m家'");

	(void)state;
	assert_true(term_wait_text(t, "家", SOON));
	struct term_cell p = term_cell(t, 0, 0), a = term_cell(t, 0, 1);
	struct term_cell b = term_cell(t, 0, 2), c = term_cell(t, 0, 3);
	assert_string_equal(p.text, "p");
	assert_int_equal(p.fg.kind, TERM_DEFAULT);
	assert_int_equal(p.bg.kind, TERM_DEFAULT);
	assert_false(p.bold || p.underline || p.reverse);
	assert_true(a.bold && a.underline && !a.reverse);
	assert_int_equal(a.fg.kind, TERM_INDEXED);
	assert_int_equal(a.fg.index, 1);
	assert_int_equal(b.fg.index, 130);
	assert_int_equal(b.bg.kind, TERM_INDEXED);
	assert_int_equal(b.bg.index, 7);
	assert_true(c.reverse);
	assert_int_equal(c.fg.kind, TERM_RGB);
	assert_int_equal(c.fg.green, 2);
	assert_int_equal(term_cell(t, 0, 4).width, 2);
	assert_int_equal(term_cell(t, 0, 5).width, 0);
	assert_string_equal(term_cell(t, 0, 5).text, "");
	assert_string_equal(term_cell(t, 99, 99).text, "");
}

static void test_modes(void **state)
{
	AUTO(term) *t =
		shell("printf '\\033[?1049h\\033[?2004h\\033[?25l\\033[?1000h\\aon';"
		      "read x;"
		      "printf '\\033[?1000l\\033[?25h\\033[?2004l\\033[?1049loff'");

	(void)state;
	assert_false(term_alt_screen(t) || term_paste_mode(t));
	assert_true(term_wait_text(t, "on", SOON));
	assert_true(term_alt_screen(t));
	assert_true(term_paste_mode(t));
	assert_false(term_cursor(t).visible);
	assert_int_not_equal(term_mouse(t), 0);
	assert_int_equal(term_bells(t), 1);
	term_type(t, "\n");
	assert_true(term_wait_text(t, "off", SOON));
	assert_false(term_alt_screen(t));
	assert_false(term_paste_mode(t));
	assert_true(term_cursor(t).visible);
	assert_int_equal(term_mouse(t), 0);
}

static void test_cursor(void **state)
{
	AUTO(term) *t =
		shell("printf '\\033[4;8H'; read x; printf '\\033[2;2H'; read y");

	(void)state;
	assert_true(term_wait_cursor(t, 3, 7, SOON));
	term_type(t, "\n");
	assert_true(term_wait_cursor(t, 1, 1, SOON));
}

static void test_keys(void **state)
{
	AUTO(term) *t = shell("stty raw -echo; printf ready; exec od -An -tx1 -w3 -v");

	(void)state;
	assert_true(term_wait_text(t, "ready", SOON));
	term_key(t, VTERM_KEY_UP, VTERM_MOD_NONE);
	assert_true(term_wait_text(t, "1b 5b 41", SOON));
}

static void test_paste(void **state)
{
	AUTO(term) *t = shell_sized("stty raw -echo; printf ready;"
				    "dd bs=1 count=2 2>/dev/null;"
				    "printf '\\033[?2004hmode';"
				    "exec od -An -tx1 -w14 -v",
		6, 60);

	(void)state;
	assert_true(term_wait_text(t, "ready", SOON));
	term_paste(t, "ab");
	assert_true(term_wait_text(t, "abmode", SOON));
	term_paste(t, "cd");
	assert_true(
		term_wait_text(t, "1b 5b 32 30 30 7e 63 64 1b 5b 32 30 31 7e", SOON));
}

static void test_queries_are_answered(void **state)
{
	AUTO(term) *t = shell("stty raw -echo; printf '\\033[3;4H\\033[6n';"
			      "dd bs=1 count=6 2>/dev/null | od -An -c");

	(void)state;
	assert_true(term_wait_text(t, "033   [   3   ;   4   R", SOON));
}

static void test_resize(void **state)
{
	AUTO(term) *t = shell_sized("trap 'stty size' WINCH; stty size;"
				    "while :; do read x; done",
		24, 80);

	(void)state;
	assert_true(term_wait_text(t, "24 80", SOON));
	term_resize(t, 13, 40);
	assert_int_equal(term_rows(t), 13);
	assert_int_equal(term_cols(t), 40);
	assert_true(term_wait_text(t, "13 40", SOON));
}

static void test_termios(void **state)
{
	AUTO(term) *t = shell("stty raw -echo; printf raw; dd bs=1 count=1 2>/dev/null;"
			      "stty sane; printf sane");
	struct termios mode;
	int status;

	(void)state;
	assert_true(term_wait_text(t, "raw", SOON));
	assert_true(term_termios(t, &mode));
	assert_false(mode.c_lflag & (ICANON | ECHO | ISIG));
	term_type(t, "x");
	assert_true(term_wait_exit(t, SOON, &status));
	/* Still readable when nobody is left on the other side. */
	assert_true(term_termios(t, &mode));
	assert_true(
		mode.c_lflag & ICANON && mode.c_lflag & ECHO && mode.c_lflag & ISIG);
}

static void test_exit_status(void **state)
{
	static const struct {
		const char *script;
		bool signalled;
		int code;
	} rows[] = {
		{"exit 0", false, 0},
		{"exit 77", false, 77},
		{"kill -TERM $$", true, SIGTERM},
		{"exec /nowhere/at/all", false, 127},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO(term) *t = shell(rows[i].script);
		int status = -1;
		assert_true(term_wait_exit(t, SOON, &status));
		assert_int_equal(WIFSIGNALED(status) ? 1 : 0, rows[i].signalled);
		assert_int_equal(rows[i].signalled ? WTERMSIG(status)
						   : WEXITSTATUS(status),
			rows[i].code);
	}
}

static void test_signals(void **state)
{
	AUTO(term) *t = shell("trap 'printf caught; exit 3' USR1; printf ready;"
			      "while :; do read x; done");
	int status = -1;

	(void)state;
	assert_true(term_wait_text(t, "ready", SOON));
	assert_true(term_signal(t, SIGUSR1));
	assert_true(term_wait_exit(t, SOON, &status));
	assert_int_equal(WEXITSTATUS(status), 3);
	assert_true(term_has(t, "caught"));
	assert_false(term_signal(t, SIGUSR1));
}

static void test_interrupt_key(void **state)
{
	AUTO(term) *t = shell("printf ready; exec cat");
	int status = -1;

	(void)state;
	assert_true(term_wait_text(t, "ready", SOON));
	term_type(t, "\003");
	assert_true(term_wait_exit(t, SOON, &status));
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
}

static void test_hangup(void **state)
{
	AUTO(term) *t = shell("printf ready; exec cat");
	struct termios mode;
	int status = -1;

	(void)state;
	assert_true(term_wait_text(t, "ready", SOON));
	term_hangup(t);
	assert_true(term_wait_exit(t, SOON, &status));
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGHUP);
	assert_true(term_has(t, "ready"));
	assert_false(term_termios(t, &mode));
}

static void test_environment_is_only_what_was_given(void **state)
{
	const char *argv[] = {"/usr/bin/env", NULL};
	const char *env[] = {"ONLY=this", NULL};
	AUTO(term) *t = NULL;
	int status = -1;

	(void)state;
	t = term_new(&(struct term_spec){argv, env, NULL, 10, 40}, NULL);
	assert_non_null(t);
	assert_true(term_wait_exit(t, SOON, &status));
	AUTO_FREE char *grid = term_dump(t);
	assert_string_equal(grid, "ONLY=this\n\n\n\n\n\n\n\n\n\n");
}

static void test_osc(void **state)
{
	AUTO(term) *t =
		shell("printf '\\033]0;title\\007a\\033]52;c;eA==\\033\\\\b'; cat");
	AUTO(term) *quiet = shell("printf 'a\\033[1mb'; cat");

	(void)state;
	assert_true(term_wait_text(t, "ab", SOON));
	AUTO_FREE char *log = term_osc(t);
	assert_string_equal(log, "0;title\n52;c;eA==\n");
	assert_true(term_wait_text(quiet, "ab", SOON));
	AUTO_FREE char *none = term_osc(quiet);
	assert_string_equal(none, "");
}

static void test_a_flood_is_read_to_its_end(void **state)
{
	AUTO(term) *t = shell("i=0; while [ $i -lt 4000 ]; do i=$((i+1));"
			      "echo line number $i; done; printf end");
	int status = -1;

	(void)state;
	assert_true(term_wait_exit(t, SOON, &status));
	assert_true(term_has(t, "end"));
	assert_true(term_has(t, "line number 4000"));
	assert_true(str_find(term_raw(t), STR("line number 1\r")) != STR_NONE);
}

static void test_much_input_does_not_block(void **state)
{
	AUTO(term) *t = shell("stty raw -echo; printf ready;"
			      "head -c 100000 | wc -c; printf done");

	(void)state;
	assert_true(term_wait_text(t, "ready", SOON));
	for (int i = 0; i < 10000; i++)
		term_type(t, "0123456789");
	assert_true(term_wait_text(t, "done", SOON));
	assert_true(term_has(t, "100000"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_only_the_current_grid_counts),
		cmocka_unit_test(test_a_wait_can_fail),
		cmocka_unit_test(test_dump),
		cmocka_unit_test(test_cells),
		cmocka_unit_test(test_modes),
		cmocka_unit_test(test_cursor),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_paste),
		cmocka_unit_test(test_queries_are_answered),
		cmocka_unit_test(test_resize),
		cmocka_unit_test(test_termios),
		cmocka_unit_test(test_exit_status),
		cmocka_unit_test(test_signals),
		cmocka_unit_test(test_interrupt_key),
		cmocka_unit_test(test_hangup),
		cmocka_unit_test(test_environment_is_only_what_was_given),
		cmocka_unit_test(test_osc),
		cmocka_unit_test(test_a_flood_is_read_to_its_end),
		cmocka_unit_test(test_much_input_does_not_block),
		cmocka_unit_test(test_nothing_more_can_come),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
