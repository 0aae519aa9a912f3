#include <config.h>

#include "ui/choices.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ui/fold.h"
#include "ui/list.h"
#include "wizard_play.h"

static int setup(void **state)
{
	static struct choices c;
	struct dav_calendars list = {0};

	choices_init(&c);
	play_calendars(&list);
	assert_true(choices_load(&c, &list, NULL));
	dav_calendars_clear(&list);
	*state = &c;
	return 0;
}

static int teardown(void **state)
{
	choices_clear(*state);
	return 0;
}

enum { HOME, WORK, FAMILY, BALL, BORN, COUNT };

static void test_first_choice(void **state)
{
	static const struct {
		const char *name;
		const char *folder;
		bool ticked;
		enum direction direction;
	} wanted[COUNT] = {
		[HOME] = {"Home", "home", true, DIRECTION_BOTH},
		[WORK] = {"Work", "work", true, DIRECTION_BOTH},
		[FAMILY] = {"Famille été", "famille-ete", true, DIRECTION_BOTH},
		[BALL] = {"Football", "football", false, DIRECTION_FROM_SERVER},
		[BORN] = {"Birthdays", "birthdays", true, DIRECTION_FROM_SERVER},
	};
	const struct choices *c = *state;

	assert_int_equal(c->count, COUNT);
	for (size_t i = 0; i < COUNT; i++) {
		assert_string_equal(c->items[i].name, wanted[i].name);
		assert_int_equal(c->items[i].ticked, wanted[i].ticked);
		assert_int_equal(c->items[i].direction, wanted[i].direction);
		assert_false(
			c->items[i].fresh || c->items[i].gone || c->items[i].saved);
	}
	assert_string_equal(c->items[HOME].folder, "home");
	assert_int_equal(c->destination, HOME);
	assert_int_equal(c->n_hidden, 2);
	assert_int_equal(choices_ticked(c), 4);
	assert_int_equal(choices_two_way(c), 3);
}

static void test_read_only_stays(void **state)
{
	struct choices *c = *state;

	assert_false(choices_turn(c, BORN));
	assert_int_equal(c->items[BORN].direction, DIRECTION_FROM_SERVER);
	assert_false(choices_send_new_to(c, BORN));
	assert_true(choices_tick(c, BALL, true));
	assert_false(choices_turn(c, BALL));
	assert_true(choices_turn(c, WORK));
	assert_true(choices_turn(c, WORK));
	assert_int_equal(c->items[WORK].direction, DIRECTION_BOTH);
}

static void test_destination_follows(void **state)
{
	struct choices *c = *state;

	assert_true(choices_send_new_to(c, WORK));
	assert_false(choices_send_new_to(c, WORK));
	assert_true(choices_tick(c, WORK, false));
	assert_int_equal(c->destination, HOME);
	assert_false(choices_send_new_to(c, WORK));
	assert_true(choices_turn(c, HOME));
	assert_int_equal(c->destination, FAMILY);
	assert_true(choices_tick_shown(c, false));
	assert_int_equal(c->destination, NO_CHOICE);
	assert_int_equal(choices_ticked(c), 0);
	assert_true(choices_tick(c, BORN, true));
	assert_int_equal(c->destination, NO_CHOICE);
}

static void test_filter(void **state)
{
	struct choices *c = *state;

	choices_filter(c, STR("ETE"));
	assert_int_equal(choices_shown(c), 1);
	assert_true(c->items[FAMILY].shown);
	assert_true(choices_tick_shown(c, false));
	assert_int_equal(choices_ticked(c), 3);
	choices_filter(c, STR("o"));
	assert_int_equal(choices_shown(c), 3);
	choices_filter(c, STR(""));
	assert_int_equal(choices_shown(c), COUNT);
}

static void test_folders(void **state)
{
	static const char *const bad[] = {"", ".hidden", "a/b", "..", "WORK", "work",
		"a\nb"};
	struct choices *c = *state;

	for (size_t i = 0; i < COUNT_OF(bad); i++)
		assert_non_null(choices_folder_problem(c, HOME, str_of(bad[i])));
	assert_null(choices_folder_problem(c, HOME, STR("home")));
	assert_null(choices_folder_problem(c, HOME, STR("privé")));
	choices_set_folder(c, HOME, STR("mine"));
	assert_null(choices_folder_problem(c, WORK, STR("home")));
	assert_non_null(choices_folder_problem(c, WORK, STR("Mine")));
}

static void test_names(void **state)
{
	struct choices *c = *state;
	SCOPED(buf) out = buf_with_max(0);

	choices_names(c, DIRECTION_BOTH, &out);
	assert_string_equal(buf_cstr(&out), "Home, Work and Famille été");
	buf_reset(&out);
	choices_names(c, DIRECTION_FROM_SERVER, &out);
	assert_string_equal(buf_cstr(&out), "Birthdays");
}

/* A second listing keeps what was decided, by path, and says whether two-way ones
 * moved. */
static void test_load_again(void **state)
{
	struct choices *c = *state;
	struct dav_calendars list = {0};

	(void)choices_tick(c, WORK, false);
	(void)choices_turn(c, HOME);
	choices_set_folder(c, FAMILY, STR("family"));
	play_calendars(&list);
	assert_false(choices_load(c, &list, NULL));
	assert_false(c->items[WORK].ticked);
	assert_int_equal(c->items[HOME].direction, DIRECTION_FROM_SERVER);
	assert_string_equal(c->items[FAMILY].folder, "family");
	/* What may no longer be changed there is not synced both ways any more. */
	list.items[FAMILY].writable = false;
	assert_true(choices_load(c, &list, NULL));
	assert_int_equal(c->items[FAMILY].direction, DIRECTION_FROM_SERVER);
	dav_calendars_clear(&list);
}

static void test_same_names(void **state)
{
	struct choices c;
	struct dav_calendars list = {0};

	(void)state;
	choices_init(&c);
	play_add_calendar(&list, "/1/a/", "Home", true, false, CALENDAR_SHOWN);
	play_add_calendar(&list, "/1/b/", "HOME", true, false, CALENDAR_SHOWN);
	play_add_calendar(&list, "/1/c/", "\033]0;x\a\xff\n", true, false,
		CALENDAR_SHOWN);
	play_add_calendar(&list, "/1/d/", "", true, false, CALENDAR_SHOWN);
	play_add_calendar(&list, "/1/e/", "Siri Suggestions", true, false,
		CALENDAR_SHOWN);
	(void)choices_load(&c, &list, NULL);
	assert_string_equal(c.items[0].folder, "home");
	assert_string_equal(c.items[1].folder, "home-2");
	assert_null(strpbrk(c.items[2].name, "\033\a\n"));
	assert_string_equal(c.items[3].name, "(unnamed)");
	assert_true(c.items[3].folder[0]);
	assert_false(c.items[4].ticked);
	choices_clear(&c);
	dav_calendars_clear(&list);
}

static void test_rerun(void **state)
{
	struct choices c;
	struct dav_calendars list = {0};
	struct account a;

	(void)state;
	choices_init(&c);
	play_account(&a);
	play_calendars(&list);
	(void)choices_load(&c, &list, &a);
	assert_int_equal(choices_ticked(&c), 2);
	assert_true(
		c.items[HOME].ticked && c.items[HOME].saved && !c.items[HOME].fresh);
	assert_true(c.items[WORK].fresh && !c.items[WORK].ticked);
	assert_string_equal(c.items[BALL].folder, "ball");
	dav_calendars_clear(&list);
	play_add_calendar(&list, "/1/calendars/x/", "Home", true, false,
		CALENDAR_SHOWN);
	(void)choices_load(&c, &list, &a);
	assert_int_equal(c.count, 3);
	assert_true(c.items[1].gone && c.items[1].ticked);
	/* The gone one still has its folder, so the new one gets another. */
	assert_string_equal(c.items[0].folder, "home-2");
	assert_int_equal(c.destination, NO_CHOICE);
	choices_store(&c, &a);
	assert_int_equal(a.n_calendars, 2);
	assert_string_equal(a.calendars[0].path, "/1/calendars/home/");
	dav_calendars_clear(&list);
	account_clear(&a);
	choices_clear(&c);
}

static void test_fold(void **state)
{
	static const struct {
		const char *text;
		const char *needle;
		bool there;
	} rows[] = {
		{"Café", "cafe", true},
		{"Cafe\xcc\x81", "CAFÉ", true},
		{"Überraschung", "uber", true},
		{"Łódź", "lodz", true},
		{"家族", "族", true},
		{"Home", "", true},
		{"", "", true},
		{"", "a", false},
		{"Home", "homes", false},
		{"aab", "ab", true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_int_equal(
			fold_contains(str_of(rows[i].text), str_of(rows[i].needle)),
			rows[i].there);
}

static void test_list(void **state)
{
	static const struct {
		size_t count;
		size_t at;
		enum key key;
		uint32_t ch;
		size_t to;
	} rows[] = {
		{5, 0, KEY_DOWN_, 0, 1},
		{5, 4, KEY_DOWN_, 0, LIST_NONE},
		{5, 0, KEY_UP_, 0, LIST_NONE},
		{5, 4, KEY_UP_, 0, 3},
		{5, 2, KEY_CHAR, 'j', 3},
		{5, 2, KEY_CHAR, 'k', 1},
		{5, 2, KEY_CHAR, 'x', LIST_NONE},
		{5, 2, KEY_HOME_, 0, 0},
		{5, 2, KEY_END_, 0, 4},
		{5, 4, KEY_PAGE_UP, 0, 1},
		{5, 1, KEY_PAGE_UP, 0, 0},
		{5, 0, KEY_PAGE_DOWN, 0, 3},
		{5, 3, KEY_PAGE_DOWN, 0, 4},
		{0, 0, KEY_DOWN_, 0, LIST_NONE},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct key_press key = {.key = rows[i].key, .ch = rows[i].ch};
		assert_int_equal(list_move(rows[i].count, rows[i].at, 3, &key),
			rows[i].to);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_first_choice, setup, teardown),
		cmocka_unit_test_setup_teardown(test_read_only_stays, setup, teardown),
		cmocka_unit_test_setup_teardown(test_destination_follows, setup,
			teardown),
		cmocka_unit_test_setup_teardown(test_filter, setup, teardown),
		cmocka_unit_test_setup_teardown(test_folders, setup, teardown),
		cmocka_unit_test_setup_teardown(test_names, setup, teardown),
		cmocka_unit_test_setup_teardown(test_load_again, setup, teardown),
		cmocka_unit_test(test_same_names),
		cmocka_unit_test(test_rerun),
		cmocka_unit_test(test_fold),
		cmocka_unit_test(test_list),
	};

	if (!setlocale(LC_CTYPE, "C.UTF-8") || !secrets_init(NULL))
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
