/* However the wizard ends or is stopped, the terminal is left as it was found. */
#include <config.h>

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "tests/pty/wizard_walk.h"

#define WELCOME "Where are your calendars?"
#define PROMPT "ready> "
#define SHELL "exec bash --norc --noprofile -i"

static struct term *start(struct place *place, const char *script)
{
	AUTO_FREE char *home = place_home(place);

	return run_wizard(
		&(struct run){.place = place, .home = home, .script = script});
}

/* --- ends --- */

static void test_quit(void **state)
{
	AUTO(term) *t = start(*state, NULL);

	see(t, WELCOME);
	press(t, "\t\t");
	see(t, "[ Quit ]");
	press(t, KEY_ENTER);
	see(t, "Leave the setup?");
	press(t, "\t" KEY_ENTER);
	ends(t, 0);
}

static void test_ctrl_c(void **state)
{
	AUTO(term) *t = start(*state, NULL);

	see(t, WELCOME);
	press(t, KEY_CTRL_C);
	see(t, "Leave the setup?");
	/* Esc stays, and so does Enter on the button that is focused first. */
	press(t, KEY_ESC);
	see_gone(t, "Leave the setup?");
	see(t, "> (o) iCloud");
	press(t, KEY_CTRL_C);
	see(t, "Leave the setup?");
	press(t, KEY_ENTER);
	see_gone(t, "Leave the setup?");
	press(t, KEY_CTRL_C);
	see(t, "Leave the setup?");
	press(t, KEY_CTRL_C);
	ends(t, 130);
}

static void test_signals(void **state)
{
	static const struct {
		int sig;
		int status; /* -1: the signal itself ends it */
	} rows[] = {
		{SIGTERM, 128 + SIGTERM},
		{SIGINT, 128 + SIGINT},
		{SIGHUP, 128 + SIGHUP},
		{SIGQUIT, -1},
		{SIGSEGV, -1},
		{SIGABRT, -1},
		{SIGBUS, -1},
		{SIGFPE, -1},
		{SIGILL, -1},
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO(term) *t = start(*state, NULL);
		see(t, WELCOME);
		assert_true(term_alt_screen(t));
		assert_true(term_signal(t, rows[i].sig));
		if (rows[i].status >= 0)
			ends(t, rows[i].status);
		else
			ends_by(t, rows[i].sig);
		assert_false(term_has(t, "Continue"));
	}
}

/* --- the window is closed --- */

static void is_over(struct term *t)
{
	int status = -1;

	term_hangup(t);
	assert_true(term_wait_exit(t, SOON, &status));
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 129);
}

static void test_hangup(void **state)
{
	static const char *const scripts[] = {
		NULL,
		/* Told not to mind, it still notices that nobody is there. */
		"trap '' HUP; exec \"$CALWIZ\"",
	};

	for (size_t i = 0; i < COUNT_OF(scripts); i++) {
		AUTO(term) *t = start(*state, scripts[i]);
		see(t, WELCOME);
		is_over(t);
		AUTO(term) *address = start(*state, scripts[i]);
		see(address, WELCOME);
		press(address, KEY_ENTER);
		see(address, "Make an app-specific password");
		press(address, "u");
		see_only(address, "Press Enter to return");
		is_over(address);
	}
}

/* --- the address alone --- */

static struct term *show_address(struct place *place)
{
	struct term *t = start(place, NULL);

	see(t, WELCOME);
	press(t, KEY_ENTER);
	see(t, "Make an app-specific password");
	press(t, "u");
	see_only(t, "Press Enter to return");
	return t;
}

static void test_address(void **state)
{
	AUTO(term) *t = show_address(*state);
	int row = -1, col = -1;

	is_restored(t);
	assert_true(term_find(t, "https://account.apple.com", &row, &col));
	assert_int_equal(col, 0);
	AUTO_FREE char *line = term_row(t, row);
	assert_string_equal(line, "https://account.apple.com");
	press(t, KEY_ENTER);
	see(t, "Make an app-specific password");
	assert_true(term_alt_screen(t));
	/* Keys work, and the same again. */
	press(t, "v");
	see(t, "What you will see");
	press(t, "u");
	see_only(t, "Press Enter to return");
	press(t, KEY_ENTER);
	see(t, "What you will see");
	press(t, KEY_ESC);
	see(t, "Make an app-specific password");
}

static void test_address_and_signals(void **state)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP};

	for (size_t i = 0; i < COUNT_OF(signals); i++) {
		AUTO(term) *t = show_address(*state);
		assert_true(term_signal(t, signals[i]));
		ends(t, 128 + signals[i]);
	}
	/* There Ctrl-C is the terminal's own. */
	AUTO(term) *t = show_address(*state);
	press(t, KEY_CTRL_C);
	ends(t, 130);
}

static void test_address_and_size(void **state)
{
	AUTO(term) *t = show_address(*state);

	term_resize(t, 18, 60);
	press(t, KEY_ENTER);
	see_only(t, "2 of 10");
	see_only(t, "[ I have the password ]");
	term_resize(t, 24, 80);
	see(t, "Make an app-specific password");
}

/* --- stopped --- */

static struct term *from_shell(struct place *place)
{
	struct term *t = start(place, SHELL);

	see_only(t, PROMPT);
	press(t, "\"$CALWIZ\"\r");
	see(t, WELCOME);
	return t;
}

static void goes_on(struct term *t)
{
	see(t, WELCOME);
	see(t, "? help");
	assert_true(term_alt_screen(t));
	press_key(t, VTERM_KEY_DOWN);
	see(t, "> (o) Another service");
	press_key(t, VTERM_KEY_UP);
	see(t, "> (o) iCloud");
}

static void test_pause(void **state)
{
	AUTO(term) *t = from_shell(*state);

	for (int i = 0; i < 2; i++) {
		press(t, "\032");
		see_only(t, "Stopped");
		see_only(t, PROMPT);
		assert_false(term_alt_screen(t));
		assert_true(term_cursor(t).visible);
		press(t, "echo sec''ond\r");
		see_only(t, "second");
		press(t, "fg\r");
		goes_on(t);
	}
	press(t, KEY_CTRL_C);
	see(t, "Leave the setup?");
	press(t, KEY_CTRL_C);
	see_only(t, PROMPT);
	press(t, "echo status $?\r");
	see_only(t, "status 130");
}

/* Without a shell there is nobody who could wake it up again. */
static void test_pause_without_a_shell(void **state)
{
	AUTO(term) *t = start(*state, NULL);

	see(t, WELCOME);
	press(t, "\032");
	goes_on(t);
}

/* The one child of the shell. */
static pid_t child_of(pid_t shell)
{
	SCOPED(buf) text = buf_with_max(64);
	AUTO_FREE char *folder =
		xasprintf("/proc/%ld/task/%ld", (long)shell, (long)shell);
	AUTO_CLOSE int fd = -1;
	long pid = 0;

	assert_true(dir_open(folder, false, &fd, NULL));
	assert_true(file_read(fd, "children", 64, &text, NULL));
	for (size_t i = 0; i < text.len && text.ptr[i] >= '0'; i++)
		pid = pid * 10 + text.ptr[i] - '0';
	assert_true(pid > 1);
	return (pid_t)pid;
}

static void test_stopped_from_outside(void **state)
{
	AUTO(term) *t = from_shell(*state);

	assert_int_equal(kill(child_of(term_pid(t)), SIGSTOP), 0);
	see_only(t, "Stopped");
	press(t, "fg\r");
	see_gone(t, "Stopped");
	goes_on(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_quit),
		cmocka_unit_test(test_ctrl_c),
		cmocka_unit_test(test_signals),
		cmocka_unit_test(test_hangup),
		cmocka_unit_test(test_address),
		cmocka_unit_test(test_address_and_signals),
		cmocka_unit_test(test_address_and_size),
		cmocka_unit_test(test_pause),
		cmocka_unit_test(test_pause_without_a_shell),
		cmocka_unit_test(test_stopped_from_outside),
	};

	return cmocka_run_group_tests(tests, place_setup, place_teardown);
}
