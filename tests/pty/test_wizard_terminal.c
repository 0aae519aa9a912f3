/* The wizard and the terminal it runs in: entries, locales, sizes, how little it sends.
 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "tests/pty/wizard_walk.h"

#define WELCOME "Where are your calendars?"

static struct term *start(struct place *place, const char *const *env)
{
	AUTO_FREE char *home = place_home(place);

	return run_wizard(&(struct run){.place = place, .home = home, .env = env});
}

/* --- terminals and locales --- */

static void is_welcome(struct term *t)
{
	static const struct {
		const char *text;
		int row, col;
	} rows[] = {
		{"calwiz", 0, 1},
		{"Step 1 of 10", 0, 67},
		{"Welcome. Let's connect your calendars.", 3, 2},
		{"> (o) iCloud", 11, 2},
		{"[ Continue ]   [ Quit ]", 21, 2},
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		int row = -1, col = -1;
		see(t, rows[i].text);
		assert_true(term_find(t, rows[i].text, &row, &col));
		assert_int_equal(row, rows[i].row);
		assert_int_equal(col, rows[i].col);
	}
	see(t, "? help");
}

static void test_terminals(void **state)
{
	static const struct {
		const char *env[2];
		bool alt_screen;
	} rows[] = {
		{{"TERM=xterm"}, true},
		{{"TERM=xterm-256color"}, true},
		{{"TERM=screen"}, true},
		{{"TERM=screen-256color"}, true},
		{{"TERM=tmux-256color"}, true},
		{{"TERM=rxvt"},
			false}, /* has one, but libvterm does not know its switch */
		{{"TERM=linux"}, false},
		{{"TERM=vt220"}, false},
		{{"TERM=vt100"}, false},
		{{"TERM=ansi"}, false},
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO(term) *t = start(*state, rows[i].env);
		is_welcome(t);
		assert_int_equal(term_alt_screen(t), rows[i].alt_screen);
		press_key(t, VTERM_KEY_DOWN);
		see(t, "> (o) Another service");
		press(t, KEY_CTRL_C);
		see(t, "Leave the setup?");
		press(t, KEY_CTRL_C);
		ends(t, 130);
		/* Nothing of the page is left over. */
		assert_false(term_has(t, "Continue"));
	}
}

static void test_unknown_but_like_xterm(void **state)
{
	static const char *const names[] = {"TERM=xterm-nowhere", "TERM=foot-nowhere",
		"TERM=alacritty-nowhere", "TERM=putty-nowhere"};

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		const char *env[] = {names[i], NULL};
		AUTO(term) *t = start(*state, env);
		is_welcome(t);
		see(t, "does not know the terminal");
		see(t, strchr(names[i], '=') + 1);
		see(t, "xterm-256color");
	}
}

/* Where there is no full screen it asks in plain lines, without a byte of control. */
static void test_no_full_screen(void **state)
{
	static const char *const names[] = {"TERM=dumb", "TERM=", "TERM", "TERM=foobar",
		"TERM=unknown"};

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		const char *env[] = {names[i], NULL};
		AUTO(term) *t = start(*state, env);
		see_only(t, "plain text");
		see_only(t, "Step 1 of 10.");
		see_only(t, "Type a number.");
		assert_false(term_paste_mode(t) || term_alt_screen(t));
		press(t, "q\r");
		see_only(t, "Leave the setup?");
		press(t, "2\r");
		ends(t, 0);
		assert_false(has_sent(t, STR("\033")));
	}
}

static void test_locales(void **state)
{
	static const struct {
		const char *env[3];
		bool utf8;
	} rows[] = {
		{{"LC_ALL=C.UTF-8"}, true},
		/* Often set over SSH, and not there on this computer. */
		{{"LC_ALL", "LANG=xx_YY.UTF-8"}, true},
		{{"LC_ALL=C"}, false},
		{{"LC_ALL"}, false},
		{{"CALWIZ_ASCII=1"}, false},
		{{"TERM=linux"}, false},
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO(term) *t = start(*state, rows[i].env);
		see(t, "Step 1 of 10");
		see(t, rows[i].utf8 ? "◉ Welcome ──○" : "(1 Welcome)--o");
		walk_to_sign_in(t);
		assert_false(has_sent(t, STR("\033(0")));
		if (!rows[i].utf8)
			sent_only_ascii(t);
	}
}

static void test_simple_characters(void **state)
{
	AUTO(term) *t = start(*state, NULL);

	see(t, "◉ Welcome ──○");
	press(t, "\024");
	see(t, "(1 Welcome)--o");
	press(t, "\024");
	see(t, "◉ Welcome ──○");
}

/* --- colours --- */

/* Some SGR with a colour in it: 30 to 49 and 90 to 107, where those after 38 and 48 do
 * not matter any more; 39 and 49 mean none. */
static bool has_colours(const struct term *t)
{
	struct str rest = term_raw(t);
	size_t at;

	while ((at = str_find(rest, STR("\033["))) != STR_NONE) {
		int value = 0;
		rest = str_from(rest, at + 2);
		for (size_t i = 0; i < rest.len; i++) {
			const char c = rest.ptr[i];
			if (c >= '0' && c <= '9') {
				value = value * 10 + c - '0';
				continue;
			}
			if (c != ';' && c != 'm')
				break;
			if ((value >= 30 && value <= 48 && value != 39) || value >= 90)
				return true;
			value = 0;
			if (c == 'm')
				break;
		}
	}
	return false;
}

static void test_colours(void **state)
{
	static const struct {
		const char *env[2];
		const char *option;
		bool colours;
	} rows[] = {
		{{NULL}, NULL, true},
		{{"NO_COLOR="}, NULL, true},
		{{"NO_COLOR=1"}, NULL, false},
		{{"CLICOLOR=0"}, NULL, false},
		{{NULL}, "--no-color", false},
		{{"TERM=xterm"}, NULL, true},
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_FREE char *home = place_home(*state);
		AUTO(term) *t = run_wizard(&(struct run){.place = *state,
			.home = home,
			.env = rows[i].env,
			.option = rows[i].option});
		walk_to_sign_in(t);
		assert_int_equal(has_colours(t), rows[i].colours);
		/* The background is the terminal's own. */
		assert_int_equal(term_cell(t, 10, 60).bg.kind, TERM_DEFAULT);
	}
}

/* --- how much is sent --- */

static size_t sent_by(struct term *t, const char *keys, const char *seen)
{
	const size_t before = term_bytes(t);

	press(t, keys);
	see(t, seen);
	(void)term_listen(t, NEVER);
	return term_bytes(t) - before;
}

static void test_little_is_sent(void **state)
{
	AUTO(term) *t = start(*state, NULL);

	is_welcome(t);
	assert_int_equal(term_listen(t, NEVER), 0);
	assert_in_range(term_bytes(t), 500, 4096);
	press(t, KEY_ENTER);
	see(t, "Make an app-specific password");
	press(t, KEY_ENTER);
	see(t, "> (o) My calendars");
	(void)term_listen(t, NEVER);
	assert_in_range(sent_by(t, "j", "> (o) A question"), 1, 400);
	assert_in_range(sent_by(t, "k", "> (o) My calendars"), 1, 400);
	assert_int_equal(term_listen(t, 2000), 0);
	/* Ctrl-L is another matter: everything again. */
	assert_in_range(sent_by(t, "\f", "> (o) My calendars"), 500, 4096);
	AUTO_FREE char *osc = term_osc(t);
	assert_string_equal(osc, "");
	assert_false(has_sent(t, STR("\033[?25l")));
}

/* --- sizes --- */

/* The last row has the hints, and nothing of a larger window behind them. */
static void fills(struct term *t, int rows, int cols)
{
	int row = -1;

	see(t, "> (o) iCloud");
	see(t, "Enter continue");
	assert_true(term_find(t, "Enter continue", &row, NULL));
	assert_int_equal(row, rows - 1);
	for (int col = cols - 5; col < cols; col++) {
		const struct term_cell cell = term_cell(t, rows - 1, col);
		assert_true(!cell.text[0] || !strcmp(cell.text, " "));
	}
}

static void test_sizes(void **state)
{
	static const char *const env[] = {"LINES=10", "COLUMNS=40", NULL};
	static const int sizes[][2] = {{40, 120}, {18, 60}, {13, 40}, {50, 150},
		{24, 80}, {18, 60}, {24, 80}};
	AUTO(term) *t = start(*state, env);

	/* What the environment says does not hold it to a size. */
	is_welcome(t);
	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		term_resize(t, sizes[i][0], sizes[i][1]);
		(void)term_listen(t, NEVER);
		fills(t, sizes[i][0], sizes[i][1]);
	}
	is_welcome(t);
}

static void test_sizes_at_the_start(void **state)
{
	static const struct {
		const char *env[4];
		int rows, cols;
	} rows[] = {
		{{NULL}, 40, 120},
		{{"LINES=10", "COLUMNS=40"}, 40, 120},
		{{"TERM=linux"}, 40, 120},
		{{NULL}, 18, 60},
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_FREE char *home = place_home(*state);
		AUTO(term) *t = run_wizard(&(struct run){.place = *state,
			.home = home,
			.env = rows[i].env,
			.rows = rows[i].rows,
			.cols = rows[i].cols});
		fills(t, rows[i].rows, rows[i].cols);
	}
}

static void test_too_small(void **state)
{
	static const int sizes[][2] = {{12, 39}, {3, 20}, {1, 1}, {1, 80}, {24, 1},
		{8, 32}};
	AUTO(term) *t = start(*state, NULL);

	walk_to_server(t);
	press(t, "dav.example.org");
	see(t, "dav.example.org__");
	const struct term_cursor before = term_cursor(t);
	AUTO_FREE char *page = term_dump(t);
	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		term_resize(t, sizes[i][0], sizes[i][1]);
		if (sizes[i][1] >= 20)
			see_only(t, sizes[i][0] > 3 ? "This window is" : "Window too");
		/* What cannot be seen is not typed into. */
		press(t, "x\177\r");
		(void)term_listen(t, NEVER);
		assert_true(term_cursor(t).visible);
		term_resize(t, 24, 80);
		see(t, "Which server?");
		see(t, "F1 help");
		assert_true(term_wait_cursor(t, before.row, before.col, SOON));
		AUTO_FREE char *after = term_dump(t);
		assert_string_equal(page, after);
	}
}

/* Numbers without an order, the same in every run. */
static unsigned draw(unsigned *seed, unsigned below)
{
	*seed = *seed * 1103515245U + 12345U;
	return (*seed >> 16) % below;
}

/* Without Enter and the like, so that no server is ever asked for. */
static void storm(struct term *t, unsigned seed)
{
	static const char *const keys[] = {"\t", "?", "j", "k", "v", "i", "z", "a", "é",
		"家", "\177", "\f", "\024", "\022", "\033[Z", "\033[B", "\033OA",
		"\033[200~ab\rcd\033[201~", "\xff", "\x01", "\x15"};

	for (int i = 0; i < 200; i++) {
		if (draw(&seed, 3))
			press(t, keys[draw(&seed, COUNT_OF(keys))]);
		else
			term_resize(t, 1 + (int)draw(&seed, 60),
				1 + (int)draw(&seed, 150));
		if (i % 20 == 0)
			(void)term_listen(t, 20);
	}
	term_resize(t, 24, 80);
	press(t, "\f");
	see(t, "calwiz");
	press(t, KEY_CTRL_C);
	see_only(t, "[ Stay ]");
	press(t, KEY_CTRL_C);
	ends(t, 130);
}

static void test_a_storm(void **state)
{
	static void (*const pages[])(
		struct term *) = {is_welcome, walk_to_server, walk_to_sign_in};

	for (unsigned i = 0; i < COUNT_OF(pages); i++) {
		AUTO(term) *t = start(*state, NULL);
		pages[i](t);
		storm(t, i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_terminals),
		cmocka_unit_test(test_unknown_but_like_xterm),
		cmocka_unit_test(test_no_full_screen),
		cmocka_unit_test(test_locales),
		cmocka_unit_test(test_simple_characters),
		cmocka_unit_test(test_colours),
		cmocka_unit_test(test_little_is_sent),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_sizes_at_the_start),
		cmocka_unit_test(test_too_small),
		cmocka_unit_test(test_a_storm),
	};

	return cmocka_run_group_tests(tests, place_setup, place_teardown);
}
