/* What is typed and pasted into the wizard, whole and in pieces; a server that hangs;
 * the code on the screen. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "tests/pty/qr_read.h"
#include "tests/pty/wizard_walk.h"

/* A gap in the middle of a key, as slow lines make it. */
enum { GAP = 120 };

static struct term *start(struct place *place, const char *const *env)
{
	AUTO_FREE char *home = place_home(place);

	return run_wizard(&(struct run){.place = place, .home = home, .env = env});
}

static void in_pieces(struct term *t, const char *first, const char *rest)
{
	press(t, first);
	(void)term_listen(t, GAP);
	press(t, rest);
}

/* --- Esc and torn keys --- */

static void test_escape_acts_soon(void **state)
{
	AUTO(term) *t = start(*state, NULL);

	walk_to_server(t);
	press(t, KEY_ESC);
	assert_true(term_wait_text(t, "Step 1 of 9", 2000));
}

static void test_escape_waits_as_told(void **state)
{
	static const char *const env[] = {"ESCDELAY=4000", NULL};
	AUTO(term) *t = start(*state, env);

	walk_to_server(t);
	/* An arrow in two pieces is still one key, and leads to the next item. */
	in_pieces(t, KEY_ESC, "[B");
	see_gone(t, "> Address");
	see(t, "Which server?");
	press(t, KEY_ESC);
	(void)term_listen(t, NEVER);
	assert_true(term_has(t, "Which server?"));
	see(t, "Step 1 of 9");
}

static void test_torn_keys_type_nothing(void **state)
{
	static const char *const tails[] = {"[B", "OB", "[1;5C", "[3~"};
	AUTO(term) *t = start(*state, NULL);

	walk_to_server(t);
	press(t, "ab");
	for (size_t i = 0; i < COUNT_OF(tails); i++) {
		see(t, "ab__");
		in_pieces(t, KEY_ESC, tails[i]);
		/* The Esc was taken for itself; the rest of it is no text. */
		see(t, "Step 1 of 9");
		press(t, KEY_ENTER);
	}
	see(t, "ab__");
	/* What comes after a key that never ended is typed again. */
	press(t, KEY_ESC "[");
	see(t, "Step 1 of 9");
	press(t, KEY_CTRL_C);
	see(t, "Leave the setup?");
}

/* Both forms of the arrows, whatever the terminal was told. */
static void test_arrows(void **state)
{
	static const char *const downs[] = {"\033[B", "\033OB"};
	static const char *const ups[] = {"\033[A", "\033OA"};
	AUTO(term) *t = start(*state, NULL);

	see(t, "> (o) iCloud");
	for (size_t i = 0; i < COUNT_OF(downs); i++) {
		press(t, downs[i]);
		see(t, "> (o) Another service");
		press(t, ups[i]);
		see(t, "> (o) iCloud");
	}
}

static void test_field_keys(void **state)
{
	AUTO(term) *t = start(*state, NULL);
	struct termios mode;

	walk_to_server(t);
	press(t, "abc\177");
	see(t, "ab__");
	press(t, "c\010");
	see(t, "ab__");
	press(t, "?v");
	see(t, "ab?v__");
	press(t, "\177\177\001x");
	see(t, "xab__");
	/* Ctrl-S and Ctrl-Q freeze nothing. */
	press(t, "\023");
	press(t, "\005y");
	see(t, "xaby__");
	press(t, "\021");
	assert_true(term_termios(t, &mode));
	assert_false(mode.c_iflag & IXON);
	press(t, "\025");
	see_gone(t, "xaby");
}

/* A wide character and what stood under its right half before. */
static void test_wide_characters(void **state)
{
	AUTO(term) *t = start(*state, NULL);

	walk_to_server(t);
	press(t, "a");
	see(t, "Address         a____");
	press(t, "家");
	see(t, "a家____");
	press(t, "族");
	see(t, "a家族____");
	press(t, "\177");
	see(t, "a家____");
	press(t, "\177");
	see(t, "Address         a____");
	press(t, "\001x");
	see(t, "xa____");
}

/* --- pastes and the password --- */

#define LETTERS "abcdefghijklmnop"
#define GROUPED "abcd-efgh-ijkl-mnop"
#define MASKED "••••-••••-••••-••••"

static struct term *at_password(struct place *place)
{
	struct term *t = start(place, NULL);

	walk_to_sign_in(t);
	press(t, "ada@example.org");
	see(t, "ada@example.org__");
	press(t, KEY_ENTER);
	see(t, "> Password");
	return t;
}

/* Still there, and it has what was pasted: a step on would have hidden it. */
static void has_password(struct term *t)
{
	see(t, MASKED);
	see(t, "> Password");
	see(t, "Sign in to iCloud");
	assert_false(has_sent(t, STR("abcd")));
	assert_false(has_sent(t, STR("mnop")));
	press(t, "\022");
	see(t, GROUPED);
	see(t, "[x] Show");
	press(t, "\022");
	see(t, MASKED);
}

static void test_paste(void **state)
{
	static const char *const pastes[] = {GROUPED, GROUPED "\r\n", LETTERS,
		"ABCD EFGH IJKL MNOP\n", "\tabcd‑efgh‑ijkl‑mnop\r",
		"abcd\r\nefghijklmnop"};

	for (size_t i = 0; i < COUNT_OF(pastes); i++) {
		AUTO(term) *t = at_password(*state);
		term_paste(t, pastes[i]);
		has_password(t);
	}
}

/* The same from terminals that do not mark a paste, or mark it in pieces. */
static void test_unmarked_paste(void **state)
{
	static const char *const pastes[][2] = {
		{GROUPED "\r", ""},
		{LETTERS "\n", ""},
		{"\033[200~" GROUPED "\r\033[20", "1~"},
		{"\033[200~" GROUPED "\r\033", "[201~"},
	};

	for (size_t i = 0; i < COUNT_OF(pastes); i++) {
		AUTO(term) *t = at_password(*state);
		press(t, pastes[i][0]);
		(void)term_listen(t, GAP);
		press(t, pastes[i][1]);
		has_password(t);
	}
}

/* The Esc of it has led back already; the rest is at least not taken for keys. */
static void test_a_torn_beginning(void **state)
{
	AUTO(term) *t = at_password(*state);

	in_pieces(t, KEY_ESC, "[200~juc\r\r\033[201~");
	see(t, "> (o) My calendars");
	press(t, "?");
	see(t, "Help: Check that Calendar");
	press(t, KEY_ESC);
	see(t, "> (o) My calendars");
	assert_true(term_alt_screen(t));
	press(t, KEY_ENTER);
	see(t, "> Password");
	assert_false(term_has(t, "•"));
}

static void test_a_paste_without_an_end(void **state)
{
	AUTO(term) *t = at_password(*state);

	press(t, "\033[200~" GROUPED);
	(void)term_listen(t, NEVER);
	press(t, KEY_CTRL_C);
	see(t, "Leave the setup?");
	press(t, KEY_ESC);
	has_password(t);
}

static void test_reveal_ends_with_the_page(void **state)
{
	AUTO(term) *t = at_password(*state);

	term_paste(t, GROUPED);
	see(t, MASKED);
	press(t, "\022");
	see(t, GROUPED);
	press(t, KEY_ESC);
	see(t, "Check that Calendar is on");
	assert_false(term_has(t, GROUPED));
	press(t, KEY_ENTER);
	see(t, MASKED);
	see(t, "[ ] Show");
	/* The tick says the same as Ctrl-R. */
	press(t, "\t ");
	see(t, "[x] Show");
	see(t, GROUPED);
}

/* --- a server that does not answer --- */

/* Something listens, so the connection is made; nobody ever speaks. */
static int silent_server(char *address, size_t size)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(at);
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	(void)snprintf(address, size, "http://127.0.0.1:%d/", ntohs(at.sin_port));
	return fd;
}

static struct term *at_silent_server(struct place *place, const char *address)
{
	struct term *t = start(place, NULL);

	walk_to_server(t);
	walk_server(t, address);
	walk_sign_in(t, "ada", "plum-tree");
	see(t, "Checking access");
	return t;
}

static void test_keys_while_a_server_hangs(void **state)
{
	char address[64];
	AUTO_CLOSE int fd = silent_server(address, sizeof(address));
	AUTO(term) *t = at_silent_server(*state, address);

	assert_true(fd >= 0);
	for (int i = 0; i < 3; i++) {
		press(t, "?");
		assert_true(term_wait_text(t, "Help: Checking access", 2000));
		press(t, KEY_ESC);
		assert_true(term_wait_gone(t, "Help:", 2000));
	}
	term_resize(t, 40, 120);
	see(t, "Checking access");
	term_resize(t, 24, 80);
	press(t, KEY_ESC);
	assert_true(term_wait_text(t, "Sign in to", 2000));
	see(t, "ada__");
	see(t, "•••••••••_");
	/* And once more, by the button. */
	press(t, KEY_ENTER);
	see(t, "Checking access");
	see(t, "[ Stop ]");
	press(t, KEY_ENTER);
	see(t, "Sign in to");
}

static void test_leaving_while_a_server_hangs(void **state)
{
	char address[64];
	AUTO_CLOSE int fd = silent_server(address, sizeof(address));
	AUTO(term) *t = at_silent_server(*state, address);
	int status = -1;

	assert_true(fd >= 0);
	press(t, KEY_CTRL_C);
	see(t, "Leave the setup?");
	press(t, KEY_CTRL_C);
	ends(t, 130);
	AUTO(term) *closed = at_silent_server(*state, address);
	term_hangup(closed);
	assert_true(term_wait_exit(closed, SOON, &status));
}

static void test_nobody_listens(void **state)
{
	char address[64];
	int fd = silent_server(address, sizeof(address));

	assert_int_equal(close(fd), 0);
	AUTO(term) *t = start(*state, NULL);
	walk_to_server(t);
	walk_server(t, address);
	walk_sign_in(t, "ada", "plum-tree");
	see(t, "No connection to 127.0.0.1");
	see(t, "Nothing was changed");
	see(t, "Try again");
}

/* --- the code --- */

#define APPLE "https://account.apple.com"

static bool is_read(struct term *t, const void *ctx)
{
	int quiet = 0;
	AUTO_FREE char *text = qr_read(t, ctx, &quiet);

	return !strcmp(text, APPLE) && quiet >= 4;
}

static void reads(struct term *t, const struct qr_place *place)
{
	assert_true(term_wait(t, is_read, place, SOON));
}

static void test_code(void **state)
{
	static const struct {
		const char *env[2];
		bool reversed; /* one colour: i makes it fit a light terminal */
	} rows[] = {{{NULL}, false}, {{"TERM=xterm"}, false}, {{"NO_COLOR=1"}, true}};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO(term) *t = start(*state, rows[i].env);
		struct qr_place place = {.row = 2, .col = 44, .rows = 17};
		see(t, "> (o) iCloud");
		press(t, KEY_ENTER);
		see(t, "Make an app-specific password");
		reads(t, &place);
		place.light = true;
		if (!rows[i].reversed) {
			reads(t, &place);
			continue;
		}
		press(t, "i");
		reads(t, &place);
	}
}

static void test_big_code(void **state)
{
	static const char *const envs[][2] = {{NULL}, {"LC_ALL=C"}, {"TERM=linux"}};

	for (size_t i = 0; i < COUNT_OF(envs); i++) {
		AUTO_FREE char *home = place_home(*state);
		AUTO(term) *t = run_wizard(&(struct run){.place = *state,
			.home = home,
			.env = envs[i],
			.rows = 40,
			.cols = 120});
		see(t, "> (o) iCloud");
		press(t, KEY_ENTER);
		see(t, "Make an app-specific password");
		press(t, "z");
		see_only(t, "z smaller");
		/* Its left edge is at an odd or an even column. */
		struct qr_place place = {.row = 1, .rows = 36, .cells = true};
		place.col = term_cell(t, 6, (120 - 66) / 2).bg.kind == TERM_DEFAULT;
		reads(t, &place);
		if (i)
			sent_only_ascii(t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_escape_acts_soon),
		cmocka_unit_test(test_escape_waits_as_told),
		cmocka_unit_test(test_torn_keys_type_nothing),
		cmocka_unit_test(test_arrows),
		cmocka_unit_test(test_field_keys),
		cmocka_unit_test(test_wide_characters),
		cmocka_unit_test(test_paste),
		cmocka_unit_test(test_unmarked_paste),
		cmocka_unit_test(test_a_torn_beginning),
		cmocka_unit_test(test_a_paste_without_an_end),
		cmocka_unit_test(test_reveal_ends_with_the_page),
		cmocka_unit_test(test_keys_while_a_server_hangs),
		cmocka_unit_test(test_leaving_while_a_server_hangs),
		cmocka_unit_test(test_nobody_listens),
		cmocka_unit_test(test_code),
		cmocka_unit_test(test_big_code),
	};

	return cmocka_run_group_tests(tests, place_setup, place_teardown);
}
