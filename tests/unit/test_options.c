#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/options.h"

#define WORDS_MAX 8

struct row {
	const char *words[WORDS_MAX];
	enum mode mode;     /* when it is right */
	const char *says;   /* when it is wrong: part of the message */
};

static const struct row rows[] = {
	{{NULL}, MODE_WIZARD, NULL},
	{{"--headless"}, MODE_HEADLESS, NULL},
	{{"--headless", "--dry-run", "-vv", "--account", "a"}, MODE_HEADLESS, NULL},
	{{"--headless", "--full", "--json"}, MODE_HEADLESS, NULL},
	{{"--head"}, MODE_HEADLESS, NULL},
	{{"--status", "--max-age", "6h"}, MODE_STATUS, NULL},
	{{"--check"}, MODE_CHECK, NULL},
	{{"--setup", "f", "--check"}, MODE_SETUP, NULL},
	{{"--setup=-", "--password-fd=3"}, MODE_SETUP, NULL},
	{{"--help"}, MODE_HELP, NULL},
	{{"--headless", "--version"}, MODE_VERSION, NULL},
	{{"--ascii", "--no-color"}, MODE_WIZARD, NULL},
	{{"--frobnicate"}, MODE_WIZARD, "--frobnicate"},
	{{"-x"}, MODE_WIZARD, "-x"},
	{{"--setup"}, MODE_WIZARD, "--setup"},
	{{"--headless=yes"}, MODE_WIZARD, "no value"},
	{{"--headless", "--status"}, MODE_WIZARD, "only one of"},
	{{"--headless", "--check"}, MODE_WIZARD, "--check goes"},
	{{"--dry-run"}, MODE_WIZARD, "--dry-run goes"},
	{{"--status", "--full"}, MODE_WIZARD, "--full goes"},
	{{"--headless", "--max-age", "6h"}, MODE_WIZARD, "--max-age goes"},
	{{"--status", "--max-age", "soon"}, MODE_WIZARD, "soon"},
	{{"--headless", "--password-fd", "3"}, MODE_WIZARD, "password"},
	{{"--setup", "f", "--password-fd", "three"}, MODE_WIZARD, "three"},
	{{"--setup", "f", "--password-fd", "3", "--password-file", "g"}, MODE_WIZARD,
		"not both"},
	{{"--json"}, MODE_WIZARD, "--json goes"},
	{{"word"}, MODE_WIZARD, "word"},
};

static void test_command_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char program[] = "calwiz";
		char *argv[WORDS_MAX + 2] = {program};
		int argc = 1;
		struct options o;
		struct err e = {0};
		while (rows[i].words[argc - 1]) {
			argv[argc] = strdup(rows[i].words[argc - 1]);
			argc++;
		}
		const bool ok = options_parse(&o, argc, argv, &e);
		if (ok != !rows[i].says || (ok && o.mode != rows[i].mode) ||
			(!ok && (e.code != ERR_USAGE || !strstr(e.message, rows[i].says))))
			fail_msg("row %zu (%s): %d, mode %d, \"%s\"", i, argv[argc - 1], ok,
				(int)o.mode, e.message);
		while (--argc)
			free(argv[argc]);
	}
}

static void test_durations(void **state)
{
	static const struct {
		const char *text;
		int seconds; /* 0 = refused */
	} table[] = {{"45s", 45}, {"90m", 5400}, {"6h", 21600}, {"2d", 172800}, {"30", 30},
		{"", 0}, {"h", 0}, {"-1h", 0}, {"0", 0}, {"6 h", 0}, {"99999999999h", 0},
		{"1w", 0}};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		int seconds = 0;
		assert_int_equal(
			duration_parse(table[i].text, &seconds), table[i].seconds != 0);
		assert_int_equal(seconds, table[i].seconds);
	}
}

static void test_the_help_names_every_option(void **state)
{
	static const char *const names[] = {"--setup", "--headless", "--status", "--check",
		"--account", "--calendar", "--dry-run", "--full", "--json", "--max-age",
		"--password-fd", "--password-file", "--key-fd", "--key-file", "-vv", "--quiet",
		"--ascii", "--no-color", "--help", "--version"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++)
		assert_non_null(strstr(options_help(), names[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_command_lines),
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_the_help_names_every_option),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
