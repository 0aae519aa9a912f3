/* The wizard beside a real server: the whole first run, and what comes after it. */
#include <config.h>

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "tests/pty/wizard_walk.h"

#define DONE "Done. Your calendars are in step."
#define EVENTS "69 events"

static const char *server(void)
{
	return getenv("RADICALE_URL");
}

static const char *password(void)
{
	return getenv("RADICALE_PASSWORD");
}

static char *on_server(void)
{
	char *files = calendar_files(getenv("RADICALE_FOLDER"));

	assert_true(strlen(files) > 0);
	return files;
}

static char *in_folder(const char *home)
{
	AUTO_FREE char *folder = xasprintf("%s/Calendars", home);
	return calendar_files(folder);
}

static size_t lines(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += *text == '\n';
	return count;
}

/* --- pieces of the way --- */

static void to_calendars(struct term *t)
{
	walk_to_server(t);
	walk_server(t, server());
	walk_sign_in(t, "ada", password());
	see(t, "Choose your calendars");
	see(t, "3 of 3 ticked");
}

static void to_review(struct term *t)
{
	to_calendars(t);
	press(t, KEY_ENTER);
	see(t, "How should it work?");
	press(t, KEY_ENTER);
	see(t, "nothing has been changed so far");
}

static void to_protect(struct term *t)
{
	to_review(t);
	press(t, " ");
	see(t, "[x] I agree");
	press(t, KEY_ENTER);
	see(t, "Protect your password");
}

static void to_done(struct term *t)
{
	to_protect(t);
	press(t, KEY_ENTER);
	see(t, DONE);
	see(t, EVENTS);
}

static void set_up(struct place *p, const char *home)
{
	AUTO(term) *t = run_wizard(&(struct run){.place = p, .home = home});

	to_done(t);
	press(t, KEY_ENTER);
	ends(t, 0);
}

static struct term *menu(struct place *p, const char *home)
{
	struct term *t = run_wizard(&(struct run){.place = p, .home = home});

	see(t, "Remove this setup");
	return t;
}

/* --- what a first run leaves behind --- */

static void is_private(const char *home, const char *path, mode_t mode)
{
	AUTO_FREE char *full = xasprintf("%s/%s", home, path);
	struct stat st;

	if (lstat(full, &st) != 0)
		fail_msg("there is no %s", full);
	assert_int_equal(st.st_mode & 07777, mode);
}

static void is_saved(const char *home)
{
	SCOPED(buf) vault = buf_with_max(0);
	AUTO_FREE char *files = in_folder(home);
	AUTO_FREE char *folder = xasprintf("%s/.config/calwiz", home);
	struct err e = {0};

	is_private(home, ".config/calwiz", 0700);
	is_private(home, ".config/calwiz/config.cwv", 0600);
	is_private(home, ".local/state/calwiz", 0700);
	is_private(home, ".local/state/calwiz/vault.key", 0600);
	is_private(home, "Calendars", 0700);
	assert_int_equal(lines(files), 69);
	AUTO_CLOSE int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(file_read(fd, "config.cwv", 1 << 20, &vault, &e));
	assert_true(vault.len > 0);
	assert_true(str_find(buf_view(&vault), str_of(password())) == STR_NONE);
	assert_true(str_find(buf_view(&vault), STR("ada")) == STR_NONE);
}

/* The summary is on the page, and the same on the main screen after the end. */
static void finish(struct term *t)
{
	AUTO_FREE char *page = words(t, 3, 16);

	assert_non_null(strstr(page, "calwiz --headless"));
	press(t, KEY_ENTER);
	ends(t, 0);
	AUTO_FREE char *after = words(t, 0, term_rows(t));
	if (!strstr(after, page))
		fail_msg("page:  %s\nafter: %s", page, after);
}

static void never_sent_a_secret(const struct term *t)
{
	assert_false(has_sent(t, str_of(password())));
	AUTO_FREE char *osc = term_osc(t);
	assert_string_equal(osc, "");
	assert_int_equal(term_bells(t), 0);
}

static void test_first_run(void **state)
{
	AUTO_FREE char *home = place_home(*state);
	AUTO_FREE char *before = on_server();
	AUTO(term) *t = run_wizard(&(struct run){.place = *state, .home = home});

	to_done(t);
	assert_true(term_alt_screen(t));
	is_saved(home);
	finish(t);
	assert_false(has_sent(t, STR("\033(0")));
	assert_false(has_sent(t, STR("\033[?25l")));
	never_sent_a_secret(t);
	AUTO_FREE char *after = on_server();
	assert_string_equal(before, after);
}

static void test_first_run_in_ascii(void **state)
{
	static const char *const c[] = {"LC_ALL=C", NULL};
	static const struct {
		const char *const *env;
		const char *option;
	} rows[] = {{c, NULL}, {NULL, "--ascii"}};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_FREE char *home = place_home(*state);
		AUTO(term) *t = run_wizard(&(struct run){.place = *state,
			.home = home,
			.env = rows[i].env,
			.option = rows[i].option});
		to_done(t);
		is_saved(home);
		finish(t);
		sent_only_ascii(t);
		never_sent_a_secret(t);
	}
}

/* --- on the way --- */

static void test_wrong_password(void **state)
{
	AUTO_FREE char *home = place_home(*state);
	AUTO(term) *t = run_wizard(&(struct run){.place = *state, .home = home});

	walk_to_server(t);
	walk_server(t, server());
	walk_sign_in(t, "ada", "plum-tree");
	see(t, "did not accept the sign-in");
	see(t, "Nothing was changed");
	see(t, "answered 401");
	press(t, KEY_ENTER);
	see(t, "Sign in to");
	/* The name is kept, the password is to be typed anew. */
	see(t, "> Password");
	see(t, "ada____");
	assert_false(term_has(t, "•"));
	press(t, password());
	see(t, "•••••••••_");
	press(t, KEY_ENTER);
	see(t, "Choose your calendars");
	assert_false(has_sent(t, STR("plum-tree")));
	never_sent_a_secret(t);
}

static void test_nothing_ticked(void **state)
{
	AUTO_FREE char *home = place_home(*state);
	AUTO(term) *t = run_wizard(&(struct run){.place = *state, .home = home});

	to_calendars(t);
	press(t, "n");
	see(t, "0 of 3 ticked");
	press(t, KEY_ENTER);
	see(t, "! Nothing is ticked yet.");
	press(t, "a");
	see(t, "3 of 3 ticked");
	press(t, KEY_ENTER);
	see(t, "How should it work?");
}

static void test_consent_is_asked_for(void **state)
{
	AUTO_FREE char *home = place_home(*state);
	AUTO_FREE char *config = xasprintf("%s/.config", home);
	AUTO(term) *t = run_wizard(&(struct run){.place = *state, .home = home});

	to_review(t);
	see(t, "[ ] I agree");
	press(t, KEY_ENTER);
	see(t, "! Tick the box");
	assert_int_not_equal(access(config, F_OK), 0);
	/* Given up again by whatever changes what was agreed to. */
	press(t, " ");
	see(t, "[x] I agree");
	press(t, KEY_ESC);
	see(t, "How should it work?");
	press(t, KEY_ESC);
	see(t, "Choose your calendars");
	press(t, " ");
	see(t, "2 of 3 ticked");
	press(t, KEY_ENTER);
	see(t, "How should it work?");
	press(t, KEY_ENTER);
	see(t, "nothing has been changed so far");
	see(t, "[ ] I agree");
}

static void test_back_keeps_answers(void **state)
{
	static const char *const pages[] = {"How should it work?",
		"Choose your calendars", "Access is checked", "Sign in to",
		"Which server?", "Where are your calendars?"};
	AUTO_FREE char *home = place_home(*state);
	AUTO(term) *t = run_wizard(&(struct run){.place = *state, .home = home});

	to_calendars(t);
	press_key(t, VTERM_KEY_DOWN);
	press(t, " ");
	see(t, "2 of 3 ticked");
	press(t, KEY_ENTER);
	see(t, pages[0]);
	press(t, KEY_ENTER);
	see(t, "2 of 3");
	for (size_t i = 0; i < COUNT_OF(pages); i++) {
		press(t, KEY_ESC);
		see(t, pages[i]);
	}
	see(t, "(o) Another service");
	press(t, KEY_ENTER);
	see(t, server());
	press(t, KEY_ENTER);
	see(t, "ada____");
	see(t, "•••••••••_");
	press(t, KEY_ENTER);
	see(t, "2 of 3 ticked");
	never_sent_a_secret(t);
}

static void test_help(void **state)
{
	AUTO_FREE char *home = place_home(*state);
	AUTO(term) *t = run_wizard(&(struct run){.place = *state, .home = home});

	to_calendars(t);
	press(t, "?");
	see(t, "Help: Choose your calendars");
	press(t, KEY_ESC);
	see(t, "3 of 3 ticked");
	press(t, "?");
	see(t, "Help: Choose your calendars");
	press(t, "?");
	see(t, "3 of 3 ticked");
}

static void test_save_fails(void **state)
{
	AUTO_FREE char *home = place_home(*state);
	AUTO_FREE char *config = xasprintf("%s/.config", home);
	AUTO(term) *t = run_wizard(&(struct run){.place = *state, .home = home});

	to_protect(t);
	/* Something that is no folder is where the settings would go. */
	FILE *file = fopen(config, "we");
	assert_non_null(file);
	assert_int_equal(fclose(file), 0);
	press(t, KEY_ENTER);
	see(t, "! Not saved:");
	assert_int_equal(unlink(config), 0);
	press(t, KEY_ENTER);
	see(t, DONE);
	is_saved(home);
}

/* --- afterwards --- */

static void test_menu_sync(void **state)
{
	AUTO_FREE char *home = place_home(*state);

	set_up(*state, home);
	AUTO_FREE char *before = in_folder(home);
	AUTO(term) *t = menu(*state, home);
	see(t, "all right");
	see(t, "3 chosen, 3 both ways");
	press(t, KEY_ENTER);
	see(t, DONE);
	press(t, KEY_ENTER);
	see(t, "just now, all right");
	AUTO_FREE char *after = in_folder(home);
	assert_string_equal(before, after);
	press(t, KEY_CTRL_C);
	see(t, "Leave calwiz?");
	press(t, KEY_CTRL_C);
	ends(t, 130);
}

static void untick_first(struct term *t)
{
	press(t, "c");
	see(t, "nothing changes before you save");
	press(t, KEY_ENTER);
	see(t, "3 of 3 ticked");
	see(t, "> [x]");
	press(t, " ");
	see(t, "2 of 3 ticked");
	press(t, KEY_ENTER);
	see(t, "no longer synced");
	press(t, " ");
	see(t, "[x] I agree");
	press(t, KEY_ENTER);
	see(t, "Saved.");
	see(t, "2 chosen, 2 both ways");
}

static void test_menu_calendars(void **state)
{
	AUTO_FREE char *home = place_home(*state);

	set_up(*state, home);
	AUTO_FREE char *there = on_server();
	AUTO_FREE char *here = in_folder(home);
	AUTO(term) *t = menu(*state, home);
	untick_first(t);
	press(t, KEY_ENTER);
	see(t, DONE);
	see(t, "2 calendars, 50 events");
	press(t, KEY_ENTER);
	see(t, "just now, all right");
	AUTO(term) *again = menu(*state, home);
	see(again, "2 chosen, 2 both ways");
	AUTO_FREE char *there_after = on_server();
	AUTO_FREE char *here_after = in_folder(home);
	assert_string_equal(there, there_after);
	assert_string_equal(here, here_after);
}

static void test_menu_remove(void **state)
{
	AUTO_FREE char *home = place_home(*state);
	AUTO_FREE char *vault = xasprintf("%s/.config/calwiz/config.cwv", home);

	set_up(*state, home);
	AUTO_FREE char *there = on_server();
	AUTO_FREE char *here = in_folder(home);
	AUTO(term) *t = menu(*state, home);
	press(t, "r" KEY_ENTER);
	see(t, "What stays");
	/* Enter alone removes nothing. */
	press(t, KEY_ENTER);
	press(t, " ");
	see(t, "[x] Yes, remove");
	assert_int_equal(access(vault, F_OK), 0);
	press(t, KEY_ENTER);
	press(t, KEY_ENTER);
	see(t, "The setup is removed");
	press(t, KEY_ENTER);
	ends(t, 0);
	see_only(t, "The calendar files stay.");
	assert_int_not_equal(access(vault, F_OK), 0);
	AUTO_FREE char *there_after = on_server();
	AUTO_FREE char *here_after = in_folder(home);
	assert_string_equal(there, there_after);
	assert_string_equal(here, here_after);
	AUTO(term) *again = run_wizard(&(struct run){.place = *state, .home = home});
	see(again, "Step 1 of 10");
}

static void test_menu_password(void **state)
{
	AUTO_FREE char *home = place_home(*state);

	set_up(*state, home);
	AUTO(term) *t = menu(*state, home);
	press(t, "a" KEY_ENTER);
	see(t, "the stored password stays");
	press(t, "plum-tree");
	see(t, "•••••••••_");
	press(t, KEY_ENTER);
	see(t, "did not accept the sign-in");
	press(t, KEY_ESC);
	see(t, "Sign in to");
	press(t, KEY_ESC);
	see(t, "Remove this setup");
	/* The password that was refused is not the one that is kept. */
	press(t, "s" KEY_ENTER);
	see(t, DONE);
}

static int with_server(char **argv)
{
	const char *source = getenv("srcdir");
	AUTO_FREE char *script =
		xasprintf("%s/tests/pty/with_radicale", source ? source : ".");

	(void)execl("/bin/sh", "sh", script, argv[0], (char *)NULL);
	perror(script);
	return 99;
}

int main(UNUSED int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_run),
		cmocka_unit_test(test_first_run_in_ascii),
		cmocka_unit_test(test_wrong_password),
		cmocka_unit_test(test_nothing_ticked),
		cmocka_unit_test(test_consent_is_asked_for),
		cmocka_unit_test(test_back_keeps_answers),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_save_fails),
		cmocka_unit_test(test_menu_sync),
		cmocka_unit_test(test_menu_calendars),
		cmocka_unit_test(test_menu_remove),
		cmocka_unit_test(test_menu_password),
	};

	if (!server())
		return with_server(argv);
	return cmocka_run_group_tests(tests, place_setup, place_teardown);
}
