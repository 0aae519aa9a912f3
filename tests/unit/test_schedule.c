#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <ftw.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/schedule.h"
#include "app/schedule_impl.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/secret.h"

#define TEXT_MAX 65536

/* A home of its own, with the programs of tests/live/fakes first in PATH. */
struct place {
	char home[64];
	struct paths paths;
};

static char *old_path;

static char *source(const char *name)
{
	const char *folder = getenv("srcdir");
	AUTO_FREE char *path =
		xasprintf("%s/%s", folder && *folder ? folder : ".", name);

	return realpath(path, NULL);
}

static void put(const struct place *p, const char *name, const char *text)
{
	AUTO_FREE char *path = xasprintf("%s/%s", p->home, name);
	const int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(close(fd), 0);
}

static void drop(const struct place *p, const char *name)
{
	AUTO_FREE char *path = xasprintf("%s/%s", p->home, name);

	assert_int_equal(unlink(path), 0);
}

static bool is_there(const struct place *p, const char *name)
{
	AUTO_FREE char *path = xasprintf("%s/%s", p->home, name);

	return access(path, F_OK) == 0;
}

/* NULL when there is none; the caller's. */
static char *get(const struct place *p, const char *name)
{
	AUTO_CLOSE int fd = -1;
	SCOPED(buf) text = buf_with_max(TEXT_MAX);
	AUTO_FREE char *path = xasprintf("%s/%s", p->home, name);
	char *slash = strrchr(path, '/');

	*slash = '\0';
	if (!dir_open(path, false, &fd, NULL) ||
		!file_read(fd, slash + 1, TEXT_MAX, &text, NULL))
		return NULL;
	return xstrdup(buf_cstr(&text));
}

static void expect_file(const struct place *p, const char *name, const char *expected)
{
	AUTO_FREE char *text = get(p, name);

	assert_non_null(text);
	assert_string_equal(text, expected);
}

/* How often a line was called since the last time somebody asked. */
static int calls(const struct place *p, const char *start)
{
	AUTO_FREE char *log = get(p, ".fake/log");
	struct str rest = str_of(log);
	struct str line;
	int count = 0;

	while (str_line(&rest, &line))
		count += str_starts(line, str_of(start));
	put(p, ".fake/log", "");
	return count;
}

static bool make_folder(const char *path)
{
	AUTO_CLOSE int fd = -1;

	return dir_open(path, true, &fd, NULL);
}

static int set_up(void **state)
{
	struct place *p = xcalloc(1, sizeof(*p));
	AUTO_FREE char *fakes = source("tests/live/fakes");

	(void)snprintf(p->home, sizeof(p->home), "/tmp/calwiz-test-schedule-XXXXXX");
	if (!fakes || !mkdtemp(p->home))
		return -1;
	AUTO_FREE char *fake = xasprintf("%s/.fake", p->home);
	AUTO_FREE char *path = xasprintf("%s:/usr/bin:/bin", fakes);
	(void)setenv("HOME", p->home, 1);
	(void)setenv("PATH", path, 1);
	(void)unsetenv("XDG_CONFIG_HOME");
	(void)unsetenv("XDG_STATE_HOME");
	*state = p;
	return mkdir(fake, 0700) == 0 && paths_init(&p->paths, NULL) &&
	                       make_folder(p->paths.config) &&
	                       make_folder(p->paths.state)
	               ? 0
	               : -1;
}

static int set_up_manager(void **state)
{
	if (set_up(state))
		return -1;
	put(*state, ".fake/manager", "");
	return 0;
}

static int remove_one(const char *path, UNUSED const struct stat *st, UNUSED int type,
	UNUSED struct FTW *ftw)
{
	return remove(path);
}

static int tear_down(void **state)
{
	struct place *p = *state;
	const int done = nftw(p->home, remove_one, 8, FTW_DEPTH | FTW_PHYS);

	paths_clear(&p->paths);
	free(p);
	(void)setenv("PATH", old_path, 1);
	return done;
}

static struct schedule every(const struct place *p, int minutes)
{
	return (struct schedule){.paths = &p->paths,
		.minutes = minutes,
		.program = "/usr/bin/calwiz"};
}

static void install(const struct place *p, int minutes)
{
	const struct schedule s = every(p, minutes);
	struct err e = {0};

	if (!schedule_install(&s, &e))
		fail_msg("%s", e.message);
}

static struct schedule_state show(const struct place *p)
{
	struct schedule_state s = {0};
	struct err e = {0};

	if (!schedule_show(&p->paths, &s, &e))
		fail_msg("%s", e.message);
	return s;
}

static void test_possible(void **state)
{
	static const int yes[] = {1, 5, 10, 15, 20, 30, 60, 120, 360, 720, 1440};
	static const int no[] = {-15, 0, 7, 45, 90, 300, 1441, 2880, 10080};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(yes); i++)
		assert_true(schedule_possible(yes[i]));
	for (size_t i = 0; i < COUNT_OF(no); i++)
		assert_false(schedule_possible(no[i]));
}

/* As for the user's own home, whatever this test runs in. */
static struct paths usual_paths(void)
{
	const struct passwd *user = getpwuid(geteuid());

	return (struct paths){.home = xstrdup(user->pw_dir),
		.config = xasprintf("%s/.config/calwiz", user->pw_dir),
		.state = xasprintf("%s/.local/state/calwiz", user->pw_dir)};
}

static void test_cron_lines(void **state)
{
	struct paths paths = usual_paths();
	const int o15 = schedule_offset(15);
	const int o60 = schedule_offset(60);
	const struct {
		int minutes;
		const char *program;
		char *line;
	} rows[] = {
		{15, "/usr/bin/calwiz",
			xasprintf("%d-59/15 * * * * '/usr/bin/calwiz' --headless # "
				  "calwiz",
				o15)},
		{60, "/opt/a b/cal'wiz",
			xasprintf("%d * * * * '/opt/a b/cal'\\''wiz' --headless # "
				  "calwiz",
				o60)},
		{120, "/opt/100%/$x",
			xasprintf("%d */2 * * * '/opt/100\\%%/$x' --headless # calwiz",
				o60)},
	};

	(void)state;
	assert_in_range(o15, 0, 14);
	assert_in_range(o60, 0, 59);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct schedule s = {.paths = &paths,
			.minutes = rows[i].minutes,
			.program = rows[i].program};
		AUTO_FREE char *line = cron_line(&s);
		assert_string_equal(line, rows[i].line);
		free(rows[i].line);
	}
	free(paths.config);
	paths.config = xstrdup("/data/ada's/calwiz");
	const struct schedule s = {.paths = &paths,
		.minutes = 60,
		.program = "/usr/bin/calwiz"};
	AUTO_FREE char *line = cron_line(&s);
	assert_non_null(
		strstr(line, " * * * * XDG_CONFIG_HOME='/data/ada'\\''s' '/usr/bin"));
	paths_clear(&paths);
}

/* The text with every `from` replaced; the caller's. */
static char *replaced(const char *text, const char *from, const char *to)
{
	struct str rest = str_of(text);
	SCOPED(buf) out = {0};

	for (size_t at = str_find(rest, str_of(from)); at != STR_NONE;
		at = str_find(rest, str_of(from))) {
		buf_add(&out, str_slice(rest, 0, at));
		buf_text(&out, to);
		rest = str_from(rest, at + strlen(from));
	}
	buf_add(&out, rest);
	return buf_take(&out);
}

static char *shipped(const char *name)
{
	AUTO_FREE char *path = source(name);
	AUTO_CLOSE int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	char text[8192];

	assert_true(fd >= 0);
	const ssize_t got = read(fd, text, sizeof(text));
	assert_in_range(got, 1, sizeof(text) - 1);
	return xstrndup(text, (size_t)got);
}

/* What is shipped is what the program writes, with %h in the place of the home and
 * without the lines that only another home than the user's own needs. */
static void test_shipped(void **state)
{
	const struct place *p = *state;
	AUTO_FREE char *folder = xasprintf("%s/Calendars", p->home);
	const char *const folders[] = {folder};
	struct schedule s = every(p, 15);
	SCOPED(buf) plain = {0};
	struct str line;

	assert_int_equal(mkdir(folder, 0700), 0);
	s.folders = folders;
	s.n_folders = 1;
	AUTO_FREE char *service = systemd_service_text(&s);
	AUTO_FREE char *timer = systemd_timer_text(&s);
	AUTO_FREE char *shipped_service = shipped("assets/systemd/calwiz.service");
	AUTO_FREE char *shipped_timer = shipped("assets/systemd/calwiz.timer");
	AUTO_FREE char *anybody = replaced(service, p->home, "%h");
	struct str rest = str_of(anybody);
	while (str_line(&rest, &line))
		if (!str_starts(line, STR("Environment=")))
			buf_printf(&plain, STR_FMT "\n", STR_ARG(line));
	assert_string_equal(buf_cstr(&plain), shipped_service);
	assert_string_equal(timer, shipped_timer);
}

static void test_service_of_a_home(void **state)
{
	const struct place *p = *state;
	AUTO_FREE char *folder = xasprintf("%s/My \"100%%\" \\ Calendars", p->home);
	AUTO_FREE char *later = xasprintf("%s/later/on", p->home);
	const char *const folders[] = {folder, later};
	struct schedule s = every(p, 15);

	s.program = "/opt/a b/100%/cal\"wiz";
	s.folders = folders;
	s.n_folders = 2;
	assert_int_equal(mkdir(folder, 0700), 0);
	AUTO_FREE char *text = systemd_service_text(&s);
	AUTO_FREE char *plain = replaced(text, p->home, "HOME");
	static const char *const lines[] = {
		"\nExecStart=\"/opt/a b/100%%/cal\\\"wiz\" --headless\n",
		"\nEnvironment=\"XDG_CONFIG_HOME=HOME/.config\"\n",
		"\nEnvironment=\"XDG_STATE_HOME=HOME/.local/state\"\n",
		"\nReadWritePaths=\"-HOME/My \\\"100%%\\\" \\\\ Calendars\"\n",
		"\nReadWritePaths=\"-HOME\"\n"};
	for (size_t i = 0; i < COUNT_OF(lines); i++)
		if (!strstr(plain, lines[i]))
			fail_msg("no %s in %s", lines[i], plain);
}

static void test_times_of_timers(void **state)
{
	static const struct {
		int minutes;
		const char *line;
	} rows[] = {
		{5, "\nOnCalendar=*:00/5\n"},
		{30, "\nOnCalendar=*:00/30\n"},
		{60, "\nOnCalendar=*:00\n"},
		{360, "\nOnCalendar=00/6:00\n"},
		{1440, "\nOnCalendar=*-*-* 00:00\n"},
	};
	const struct place *p = *state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct schedule s = every(p, rows[i].minutes);
		AUTO_FREE char *text = systemd_timer_text(&s);
		assert_non_null(strstr(text, rows[i].line));
		install(p, rows[i].minutes);
		assert_int_equal(show(p).minutes, rows[i].minutes);
	}
}

#define OTHERS "# mine\n\nMAILTO=ada\n*/5 * * * * echo 100\\% # not calwiz\n\t\n"

static void expect_tab(const struct place *p, const char *before, const char *line,
	const char *after)
{
	AUTO_FREE char *expected = xasprintf("%s%s\n%s", before, line, after);

	expect_file(p, ".fake/tab", expected);
}

static void test_cron(void **state)
{
	const struct place *p = *state;
	const struct schedule s15 = every(p, 15);
	const struct schedule s60 = every(p, 60);
	AUTO_FREE char *line15 = cron_line(&s15);
	AUTO_FREE char *line60 = cron_line(&s60);

	assert_int_equal(show(p).kind, SCHEDULE_NONE);
	install(p, 15); /* no crontab yet */
	expect_tab(p, "", line15, "");
	const struct schedule_state now = show(p);
	assert_int_equal(now.kind, SCHEDULE_CRON);
	assert_int_equal(now.minutes, 15);
	assert_false(now.paused);
	assert_false(now.this_one); /* this test is not /usr/bin/calwiz */
	assert_true(schedule_remove(&p->paths, NULL));
	assert_false(is_there(p, ".fake/tab")); /* not an empty one */

	put(p, ".fake/tab", OTHERS);
	install(p, 15);
	expect_tab(p, OTHERS, line15, "");
	AUTO_FREE char *more = xasprintf("%s%s\nlast line without end", OTHERS, line15);
	put(p, ".fake/tab", more);
	(void)calls(p, "crontab");
	install(p, 15);
	assert_int_equal(calls(p, "crontab -"), 1); /* -l; nothing was written */
	install(p, 60);
	expect_tab(p, OTHERS, line60, "last line without end");
	assert_int_equal(show(p).minutes, 60);
	assert_true(schedule_remove(&p->paths, NULL));
	expect_file(p, ".fake/tab", OTHERS "last line without end");
	install(p, 15);
	expect_tab(p, OTHERS "last line without end\n", line15, "");
	(void)calls(p, "");
	assert_true(schedule_remove(&p->paths, NULL));
	assert_true(schedule_remove(&p->paths, NULL));
	assert_int_equal(calls(p, "crontab -"), 3); /* -l - -l */
	assert_int_equal(show(p).kind, SCHEDULE_NONE);
}

static void test_cron_pause(void **state)
{
	const struct place *p = *state;
	const struct schedule s = every(p, 15);
	AUTO_FREE char *line = cron_line(&s);
	AUTO_FREE char *paused = xasprintf("#paused# %s", line);
	struct err e = {0};

	assert_false(schedule_pause(&p->paths, true, &e));
	assert_int_equal(e.code, ERR_NO_INPUT);
	put(p, ".fake/tab", OTHERS);
	install(p, 15);
	assert_true(schedule_pause(&p->paths, true, &e));
	expect_tab(p, OTHERS, paused, "");
	assert_true(schedule_pause(&p->paths, true, &e));
	expect_tab(p, OTHERS, paused, "");
	const struct schedule_state now = show(p);
	assert_true(now.paused);
	assert_int_equal(now.minutes, 15);
	assert_true(schedule_pause(&p->paths, false, &e));
	expect_tab(p, OTHERS, line, "");
	assert_true(schedule_pause(&p->paths, true, &e));
	install(p, 15); /* also wakes it */
	expect_tab(p, OTHERS, line, "");
	assert_true(schedule_pause(&p->paths, true, &e));
	assert_true(schedule_remove(&p->paths, &e));
	expect_file(p, ".fake/tab", OTHERS);
}

/* The line of the user's own home, and one of a third, stay. */
static void test_cron_other_homes(void **state)
{
	static const char others[] =
		"3 * * * * '/usr/bin/calwiz' --headless # calwiz\n"
		"4 * * * * XDG_CONFIG_HOME='/x' XDG_STATE_HOME='/y' '/usr/bin/calwiz' "
		"--headless # calwiz\n"
		"5 * * * * /usr/local/bin/calwiz --headless # calwiz\n";
	const struct place *p = *state;
	const struct schedule s = every(p, 15);
	AUTO_FREE char *line = cron_line(&s);

	put(p, ".fake/tab", others);
	assert_int_equal(show(p).kind, SCHEDULE_NONE);
	assert_true(schedule_remove(&p->paths, NULL));
	expect_file(p, ".fake/tab", others);
	install(p, 15);
	expect_tab(p, others, line, "");
	assert_true(schedule_remove(&p->paths, NULL));
	expect_file(p, ".fake/tab", others);
}

static void expect_failure(const struct place *p, enum err_code code, const char *says)
{
	const struct schedule s = every(p, 15);
	struct err e = {0};

	assert_false(schedule_install(&s, &e));
	assert_int_equal(e.code, code);
	if (!strstr(e.message, says))
		fail_msg("\"%s\" does not say \"%s\"", e.message, says);
}

/* What cannot be read is not written over. */
static void test_cron_refuses(void **state)
{
	const struct place *p = *state;
	struct schedule_state s;
	struct err e = {0};

	put(p, ".fake/tab", OTHERS);
	put(p, ".fake/deny", "");
	expect_failure(p, ERR_CONFIG, "not allowed");
	assert_false(schedule_show(&p->paths, &s, &e));
	assert_false(schedule_remove(&p->paths, &e));
	drop(p, ".fake/deny");
	expect_file(p, ".fake/tab", OTHERS);
	put(p, ".fake/full", "");
	expect_failure(p, ERR_CONFIG, "No space left");
	expect_file(p, ".fake/tab", OTHERS);
}

static void test_nothing_there(void **state)
{
	const struct place *p = *state;

	(void)setenv("PATH", p->home, 1);
	expect_failure(p, ERR_CONFIG, "neither a systemd user manager nor crontab");
	assert_int_equal(show(p).kind, SCHEDULE_NONE);
	assert_true(schedule_remove(&p->paths, NULL));
}

static void test_bad_wishes(void **state)
{
	static const char *const programs[] = {"calwiz", "/opt/\n/calwiz",
		"/opt/\xff/calwiz", "/opt/\x1b/calwiz"};
	const struct place *p = *state;
	struct schedule s = every(p, 45);
	struct err e = {0};

	assert_false(schedule_install(&s, &e));
	assert_int_equal(e.code, ERR_USAGE);
	for (size_t i = 0; i < COUNT_OF(programs); i++) {
		s = every(p, 15);
		s.program = programs[i];
		assert_false(schedule_install(&s, &e));
		assert_int_equal(e.code, ERR_CONFIG);
	}
	assert_false(is_there(p, ".fake/tab"));
	assert_false(is_there(p, ".config/systemd"));
}

#define UNITS ".config/systemd/user/"

static void test_systemd(void **state)
{
	const struct place *p = *state;

	install(p, 15);
	assert_int_equal(calls(p, "systemctl --user daemon-reload"), 1);
	assert_true(is_there(p, UNITS "calwiz.timer"));
	assert_true(is_there(p, UNITS "calwiz.service"));
	assert_true(is_there(p, ".fake/active"));
	assert_false(is_there(p, ".fake/tab"));
	const struct schedule_state now = show(p);
	assert_int_equal(now.kind, SCHEDULE_SYSTEMD);
	assert_int_equal(now.minutes, 15);
	assert_false(now.paused);
	assert_int_equal(now.linger, LINGER_UNKNOWN);
	assert_int_equal(now.last_status, -1);
	assert_string_equal(now.next, "Fri 2026-11-20 14:30:07 UTC");
	(void)calls(p, "");
	install(p, 15);
	AUTO_FREE char *log = get(p, ".fake/log");
	assert_null(strstr(log, "daemon-reload"));
	assert_null(strstr(log, "restart"));
	(void)calls(p, "");
	install(p, 30);
	assert_int_equal(calls(p, "systemctl --user restart calwiz.timer"), 1);
	assert_int_equal(show(p).minutes, 30);
	assert_true(schedule_remove(&p->paths, NULL));
	assert_false(is_there(p, ".fake/active"));
	assert_false(is_there(p, UNITS "calwiz.timer"));
	assert_false(is_there(p, UNITS "calwiz.service"));
	assert_int_equal(show(p).kind, SCHEDULE_NONE);
	assert_true(schedule_remove(&p->paths, NULL));
}

static void test_systemd_state(void **state)
{
	const struct place *p = *state;
	struct schedule_state now;

	install(p, 15);
	put(p, ".fake/linger", "no\n");
	put(p, ".fake/status", "77\n");
	now = show(p);
	assert_int_equal(now.linger, LINGER_NO);
	assert_int_equal(now.last_status, 77);
	assert_non_null(strstr(schedule_hint(&now), "loginctl enable-linger"));
	put(p, ".fake/linger", "yes\n");
	now = show(p);
	assert_int_equal(now.linger, LINGER_YES);
	assert_string_equal(schedule_hint(&now), "");
	assert_true(schedule_pause(&p->paths, true, NULL));
	assert_false(is_there(p, ".fake/active"));
	now = show(p);
	assert_true(now.paused);
	assert_string_equal(now.next, "");
	assert_int_equal(now.minutes, 15);
	assert_true(schedule_pause(&p->paths, false, NULL));
	assert_false(show(p).paused);
}

static void test_systemd_this_one(void **state)
{
	const struct place *p = *state;
	struct schedule s = every(p, 15);
	struct err e = {0};

	s.program = NULL;
	if (!schedule_install(&s, &e))
		fail_msg("%s", e.message);
	assert_true(show(p).this_one);
	install(p, 15);
	assert_false(show(p).this_one);
	drop(p, ".fake/manager"); /* and now by cron */
	assert_true(schedule_remove(&p->paths, NULL));
	assert_true(schedule_install(&s, &e));
	assert_int_equal(show(p).kind, SCHEDULE_CRON);
	assert_true(show(p).this_one);
}

static void test_systemd_refuses(void **state)
{
	static const char *const verbs[] = {"daemon-reload", "enable", "restart"};
	const struct place *p = *state;
	struct schedule_state s;
	struct err e = {0};

	for (size_t i = 0; i < COUNT_OF(verbs); i++) {
		put(p, ".fake/refuse", verbs[i]);
		expect_failure(p, ERR_CONFIG, "Access denied");
		drop(p, ".fake/refuse");
		assert_true(schedule_remove(&p->paths, NULL));
	}
	install(p, 15);
	put(p, ".fake/refuse", "disable");
	assert_false(schedule_remove(&p->paths, &e));
	assert_true(is_there(p, UNITS "calwiz.timer")); /* still told by show */
	drop(p, ".fake/refuse");
	drop(p, ".fake/manager");
	assert_false(schedule_show(&p->paths, &s, &e));
	assert_non_null(strstr(e.message, "does not answer"));
	assert_true(schedule_remove(&p->paths, &e));
	assert_false(is_there(p, UNITS "calwiz.timer"));
	assert_false(is_there(p, UNITS "timers.target.wants/calwiz.timer"));
}

/* One of the two alone starts it. */
static void test_change_of_kind(void **state)
{
	const struct place *p = *state;

	put(p, ".fake/tab", OTHERS);
	drop(p, ".fake/manager");
	install(p, 15);
	assert_int_equal(show(p).kind, SCHEDULE_CRON);
	put(p, ".fake/manager", "");
	install(p, 15);
	assert_int_equal(show(p).kind, SCHEDULE_SYSTEMD);
	expect_file(p, ".fake/tab", OTHERS);
	drop(p, ".fake/manager");
	install(p, 15);
	assert_int_equal(show(p).kind, SCHEDULE_CRON);
	assert_false(is_there(p, UNITS "calwiz.timer"));
}

/* A manager that serves another home would not see what is written here. */
static void test_manager_of_another_home(void **state)
{
	const struct place *p = *state;

	put(p, ".fake/manager", "/home/somebody");
	install(p, 15);
	assert_int_equal(show(p).kind, SCHEDULE_CRON);
	assert_false(is_there(p, UNITS "calwiz.timer"));
}

static void test_words(void **state)
{
	static const struct {
		struct schedule_state s;
		const char *words;
	} rows[] = {
		{{0}, "none"},
		{{.kind = SCHEDULE_CRON, .minutes = 15}, "every 15 minutes, crontab"},
		{{.kind = SCHEDULE_CRON, .minutes = 60, .paused = true},
			"paused, every hour, crontab"},
		{{.kind = SCHEDULE_CRON, .minutes = 120}, "every 2 hours, crontab"},
		{{.kind = SCHEDULE_SYSTEMD, .minutes = 5, .next = "Fri 14:30"},
			"every 5 minutes, systemd timer calwiz.timer, next Fri 14:30"},
		{{.kind = SCHEDULE_SYSTEMD}, "at times of its own, systemd timer "
					     "calwiz.timer"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_FREE char *words = schedule_words(&rows[i].s);
		assert_string_equal(words, rows[i].words);
		assert_string_equal(schedule_hint(&rows[i].s), "");
	}
}

#define WITH_CRON(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
#define WITH_MANAGER(test)                                                             \
	cmocka_unit_test_setup_teardown(test, set_up_manager, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_possible),
		cmocka_unit_test(test_cron_lines),
		WITH_MANAGER(test_shipped),
		cmocka_unit_test(test_words),
		WITH_MANAGER(test_service_of_a_home),
		WITH_MANAGER(test_times_of_timers),
		WITH_CRON(test_cron),
		WITH_CRON(test_cron_pause),
		WITH_CRON(test_cron_other_homes),
		WITH_CRON(test_cron_refuses),
		WITH_CRON(test_nothing_there),
		WITH_CRON(test_bad_wishes),
		WITH_MANAGER(test_systemd),
		WITH_MANAGER(test_systemd_state),
		WITH_MANAGER(test_systemd_this_one),
		WITH_MANAGER(test_systemd_refuses),
		WITH_MANAGER(test_change_of_kind),
		WITH_MANAGER(test_manager_of_another_home),
	};

	if (!secrets_init(NULL))
		return 1;
	old_path = xstrdup(getenv("PATH"));
	const int failed = cmocka_run_group_tests(tests, NULL, NULL);
	free(old_path);
	return failed;
}
