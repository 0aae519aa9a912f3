#include <config.h>

#include "ui/edit.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

#define MAX 40

/* What a field holds, by way of a comparison a secret allows as well. */
static void expect(const struct edit *e, const char *text, size_t caret)
{
	if (e->secret) {
		const struct str held = secret_view(e->secret);
		const bool same = str_is(held, text);
		secret_close(e->secret);
		assert_true(same);
	} else {
		assert_string_equal(edit_text(e), text);
	}
	assert_int_equal(edit_position(e), caret);
	assert_int_equal(edit_is_empty(e), !text[0]);
}

static enum edit_outcome press(struct edit *e, enum key key, uint32_t ch, bool burst)
{
	return edit_key(e,
		&(struct key_press){.key = key, .ch = ch, .in_burst = burst});
}

static void type(struct edit *e, const char *text, bool burst)
{
	struct str rest = str_of(text);

	while (rest.len) {
		size_t used = 0;
		(void)press(e, KEY_CHAR, utf8_next(rest, &used), burst);
		rest = str_from(rest, used);
	}
}

struct step {
	const char *typed; /* first */
	enum key key;
	uint32_t ch;
	unsigned times;
	const char *text;
	size_t caret;
};

static const struct step steps[] = {
	{"abc", KEY_NONE_, 0, 1, "abc", 3},
	{"aé漢", KEY_BACKSPACE_, 0, 1, "aé", 2},
	{"aé漢", KEY_BACKSPACE_, 0, 9, "", 0},
	{"aé漢", KEY_LEFT_, 0, 1, "aé漢", 2},
	{"aé漢", KEY_LEFT_, 0, 9, "aé漢", 0},
	{"aé", KEY_RIGHT_, 0, 3, "aé", 2},
	{"aé", KEY_HOME_, 0, 1, "aé", 0},
	{"aé", KEY_DELETE_, 0, 1, "aé", 2},
	{"one two", KEY_CTRL, 'w', 1, "one ", 4},
	{"one two ", KEY_CTRL, 'w', 1, "one ", 4},
	{"one two", KEY_CTRL, 'w', 2, "", 0},
	{"one two", KEY_CTRL, 'u', 1, "", 0},
	{"one two", KEY_CTRL, 'a', 1, "one two", 0},
	{"one two", KEY_CTRL, 'k', 1, "one two", 7},
	{"one two", KEY_CTRL, 'h', 1, "one tw", 6},
	{"", KEY_BACKSPACE_, 0, 1, "", 0},
	{"", KEY_CTRL, 'w', 1, "", 0},
};

static void check_steps(bool secret)
{
	for (size_t i = 0; i < COUNT_OF(steps); i++) {
		struct edit e;

		if (secret)
			edit_init_secret(&e, MAX);
		else
			edit_init(&e, MAX);
		type(&e, steps[i].typed, false);
		for (unsigned n = 0; n < steps[i].times; n++)
			(void)press(&e, steps[i].key, steps[i].ch, false);
		expect(&e, steps[i].text, steps[i].caret);
		edit_clear(&e);
	}
}

static void test_steps(void **state)
{
	(void)state;
	check_steps(false);
	check_steps(true);
}

static void check_middle(struct edit *e)
{
	type(e, "abcdef", false);
	(void)press(e, KEY_HOME_, 0, false);
	(void)press(e, KEY_RIGHT_, 0, false);
	assert_int_equal(press(e, KEY_DELETE_, 0, false), EDIT_CHANGED);
	expect(e, "acdef", 1);
	type(e, "é", false);
	expect(e, "aécdef", 2);
	assert_int_equal(press(e, KEY_CTRL, 'k', false), EDIT_CHANGED);
	expect(e, "aé", 2);
	assert_int_equal(press(e, KEY_CTRL, 'e', false), EDIT_DONE);
	assert_int_equal(press(e, KEY_TAB, 0, false), EDIT_IGNORED);
	assert_int_equal(press(e, KEY_ENTER_, 0, false), EDIT_IGNORED);
	assert_int_equal(press(e, KEY_CTRL, 'q', false), EDIT_IGNORED);
	edit_empty(e);
	expect(e, "", 0);
}

static void test_middle(void **state)
{
	struct edit e;

	(void)state;
	edit_init(&e, MAX);
	check_middle(&e);
	edit_clear(&e);
	edit_init_secret(&e, MAX);
	check_middle(&e);
	edit_clear(&e);
}

static const struct {
	const char *pasted;
	const char *text;
} pastes[] = {
	{"plain", "plain"},
	{"with\r\nlines\n", "withlines"},
	{"tab\there\033[31m", "tabhere[31m"},
	{"\033[200~marked\033[201~", "marked"},
	{"[200~marked[201~", "marked"},
	{"200~marked201~", "marked"},
	{"in 200~ the middle", "in 200~ the middle"},
	{"bad\xff\xc3 bytes", "bad bytes"},
	{"zero\xe2\x80\x8bwidth", "zerowidth"},
	{"", ""},
};

static void test_paste(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(pastes); i++)
		for (int secret = 0; secret < 2; secret++) {
			struct edit e;

			if (secret)
				edit_init_secret(&e, MAX);
			else
				edit_init(&e, MAX);
			const enum edit_outcome did =
				edit_paste(&e, str_of(pastes[i].pasted));
			assert_int_equal(did,
				pastes[i].text[0] ? EDIT_CHANGED : EDIT_DONE);
			expect(&e, pastes[i].text, strlen(pastes[i].text));
			edit_clear(&e);
		}
}

/* A terminal without marked pastes whose marks were typed all the same. */
static void test_markers_in_a_burst(void **state)
{
	struct edit e;

	(void)state;
	edit_init(&e, MAX);
	type(&e, "[200~abcd[201~", true);
	expect(&e, "abcd", 4);
	edit_empty(&e);
	type(&e, "200~abcd201~", true);
	expect(&e, "abcd", 4);
	edit_empty(&e);
	type(&e, "a200~", false);
	expect(&e, "a200~", 5);
	edit_clear(&e);
}

static void test_full(void **state)
{
	struct edit e;

	(void)state;
	edit_init_secret(&e, 4);
	assert_int_equal(edit_paste(&e, STR("abcé")), EDIT_CHANGED);
	expect(&e, "abc", 3);
	assert_int_equal(press(&e, KEY_CHAR, 0xe9, false), EDIT_DONE);
	assert_int_equal(press(&e, KEY_CHAR, 'd', false), EDIT_CHANGED);
	assert_int_equal(press(&e, KEY_CHAR, 'e', false), EDIT_DONE);
	expect(&e, "abcd", 4);
	edit_clear(&e);
	edit_init(&e, 4);
	edit_set(&e, STR("abcdef"));
	expect(&e, "abcd", 4);
	assert_int_equal(press(&e, KEY_CHAR, 0x1b, false), EDIT_DONE);
	assert_int_equal(press(&e, KEY_CHAR, 'x', false), EDIT_DONE);
	edit_clear(&e);
}

/* After emptying and closing, the locked memory holds nothing of what was typed. */
static void test_secret_is_wiped(void **state)
{
	struct edit e;

	(void)state;
	edit_init_secret(&e, MAX);
	type(&e, "abcdefgh", false);
	(void)press(&e, KEY_BACKSPACE_, 0, false);
	edit_empty(&e);
	const char *bytes = secret_open(e.secret);
	for (size_t i = 0; i < MAX; i++)
		assert_int_equal(bytes[i], 0);
	secret_close(e.secret);
	edit_clear(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_middle),
		cmocka_unit_test(test_paste),
		cmocka_unit_test(test_markers_in_a_burst),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_secret_is_wiped),
	};

	if (!setlocale(LC_CTYPE, "C.UTF-8") || !secrets_init(NULL))
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
