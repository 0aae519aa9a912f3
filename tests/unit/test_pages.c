#include <config.h>

#include "wizard_play.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void run(enum wizard_page page, const char *const *scripts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct play p;

		print_message("  %s\n", scripts[i]);
		play_begin(&p, NULL);
		play_to(&p, page);
		play(&p, scripts[i]);
		play_end(&p);
	}
}

static void test_calendars(void **state)
{
	static const char *const scripts[] = {
		"~4_of_5_ticked ~Reminders ~Holidays >Home ~Changes_go_both_ways",
		"space ~3_of_5 ~New_events_go_to_Work space ~4_of_5",
		"t:n ~0_of_5 ~(none) enter @calendars ~Nothing_is_ticked ~tick_Home "
		"space "
		"!Nothing_is enter @options",
		"t:n tab enter @calendars >Home ~Nothing_is_ticked",
		"t:a ~5_of_5",
		"t:d ~from_iCloud ~New_events_go_to_Work down up "
		"~changes_made_here_are_not",
		"end >Birthdays t:d ~cannot_be_changed ~Birthdays_|_read-only",
		"down t:t ~New_events_go_to_Work end t:t ~need_a_ticked",
		"t:f >Folder ~Enter_keeps ^u ~needs_a_name enter >Folder t:WORK "
		"~Another_calendar_has enter >Folder ^u t:mine enter >Home "
		"~both_ways_|_mine",
		"t:f ^u t:mine esc >Home ~both_ways_|_home @calendars",
		"t:f ^u t:mine down >Continue enter @options esc >Home "
		"~both_ways_|_mine",
		"t:f ^u t:work down enter @calendars >Folder",
		"end t:/ >Find t:WO ~Work !Football enter >Work t:n ~3_of_5 esc "
		"~Football "
		"!Find: >Work @calendars",
		"down t:/ t:xyz ~No_name_matches esc >Work",
		"t:/ enter !Find: >Home",
		"t:/ t:ball enter t:a ~5_of_5 enter @options",
		"end down >Continue up >Birthdays home >Home",
		"down down tab >Continue tab >Back tab >Famille btab >Back",
		"t:j >Work t:k >Home pgdn >Birthdays pgup >Home",
		"t:? ~Help: esc >Home",
	};

	(void)state;
	run(PAGE_CALENDARS, scripts, COUNT_OF(scripts));
}

static void test_options(void **state)
{
	static const char *const scripts[] = {
		">Folder ~~/Calendars_|_will_be_made ~does_not_exist_yet",
		"^u ~Type_the_folder enter @options ^u t:Calendars ~Begin_the_folder "
		"enter "
		"@options >Folder",
		"^u t:~/a/../b ~without_. enter @options",
		"^u t:/ ~top_folder enter @options",
		"down >Sync right ~every_30 right ~every_hour right ~only_by_hand left "
		"~every_hour",
		"down down >If right ~iCloud_wins right ~this_computer_wins right "
		"~merge left "
		"~this_computer",
		"^u t:~ enter @review ~Folder:_~",
		"^u t:/srv/x/ enter @review ~Folder:_/srv/x",
	};

	(void)state;
	run(PAGE_OPTIONS, scripts, COUNT_OF(scripts));
}

static void test_folder_answers(void **state)
{
	static const struct {
		enum folder_state folder;
		const char *script;
	} rows[] = {
		{FOLDER_EMPTY, "~is_empty enter @review"},
		{FOLDER_OURS, "~used_before enter @review"},
		{FOLDER_USED, "~has_files enter @options ~Enter_again enter @review"},
		{FOLDER_USED, "enter t:x enter @options enter @review"},
		{FOLDER_BAD, "~cannot_be_used enter @options >Folder"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct play p;

		play_begin(&p, NULL);
		play_to(&p, PAGE_CALENDARS);
		p.folder = rows[i].folder;
		play(&p, "enter @options");
		play(&p, rows[i].script);
		play_end(&p);
	}
}

/* Only the answer about what is there now counts, and Continue waits for it. */
static void test_late_answers(void **state)
{
	struct play p;
	const struct wizard_event bad = {.kind = EVENT_FOLDER,
		.folder = FOLDER_BAD,
		.text = STR("It is a file.")};
	const struct wizard_event good = {.kind = EVENT_FOLDER, .folder = FOLDER_EMPTY};

	(void)state;
	play_begin(&p, NULL);
	play_to(&p, PAGE_CALENDARS);
	play(&p, "hold enter @options t:x enter @options");
	play_event(&p, &bad);
	play(&p, "@options !cannot_be");
	play_event(&p, &good);
	play(&p, "@review");
	play(&p, "esc @options enter");
	play_event(&p, &bad);
	play(&p, "@options ~It_is_a_file.");
	play_end(&p);
}

static void test_instructions(void **state)
{
	static const char *const scripts[] = {
		"- t:u =address @password",
		"t:v ~Sign-In_and_Security t:v ~Make_an",
		"t:c t:x @password ~Make_an",
	};
	struct play p;
	struct page page;

	(void)state;
	run(PAGE_PASSWORD, scripts, COUNT_OF(scripts));
	play_begin(&p, NULL);
	play_to(&p, PAGE_PASSWORD);
	play(&p, "t:z t:i");
	wizard_view(p.w, &page);
	assert_true(page.qr_big && page.qr_inverted);
	const struct block *last = &page.blocks[page.n_blocks - 1];
	assert_int_equal(last->kind, BLOCK_QR);
	assert_string_equal(last->text, "https://account.apple.com");
	page_clear(&page);
	play(&p, "esc @password");
	wizard_view(p.w, &page);
	assert_false(page.qr_big);
	page_clear(&page);
	play(&p, "enter @icloud t:c");
	wizard_view(p.w, &page);
	size_t codes = 0;
	for (size_t i = 0; i < page.n_blocks; i++)
		codes += page.blocks[i].kind == BLOCK_QR;
	assert_int_equal(codes, 1);
	page_clear(&page);
	play_end(&p);
}

/* On a page without a list PgDn and PgUp choose what is to be seen, and stop at its
 * ends. */
static void test_look(void **state)
{
	struct play p;
	struct page page;

	(void)state;
	play_begin(&p, NULL);
	play_to(&p, PAGE_PASSWORD);
	play(&p, "pgdn pgdn pgdn pgdn pgdn pgdn >I_have");
	wizard_view(p.w, &page);
	assert_int_equal(page.look, page.n_blocks - 1);
	page_clear(&page);
	play(&p, "pgup pgup pgup pgup pgup pgup pgdn");
	wizard_view(p.w, &page);
	assert_int_equal(page.look, 3);
	page_clear(&page);
	play(&p, "esc enter @password");
	wizard_view(p.w, &page);
	assert_int_equal(page.look, 0);
	page_clear(&page);
	play_end(&p);
}

/* The rail names exactly the steps of the flow and stands where the page is. */
static void test_rail(void **state)
{
	struct play p;
	struct page page;

	(void)state;
	play_begin(&p, NULL);
	play_to(&p, PAGE_CALENDARS);
	wizard_view(p.w, &page);
	assert_int_equal(page.n_steps, 10);
	assert_int_equal(page.step, 5);
	assert_string_equal(page.steps[page.step], "Calendars");
	page_clear(&page);
	play(&p, "enter enter space enter enter saved synced @done");
	wizard_view(p.w, &page);
	assert_int_equal(page.step, page.n_steps);
	page_clear(&page);
	play_end(&p);
	play_begin(&p, NULL);
	play(&p, "down enter @server");
	wizard_view(p.w, &page);
	assert_int_equal(page.n_steps, 9);
	assert_string_equal(page.steps[page.step], "Server");
	page_clear(&page);
	play_end(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calendars),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_folder_answers),
		cmocka_unit_test(test_late_answers),
		cmocka_unit_test(test_instructions),
		cmocka_unit_test(test_look),
		cmocka_unit_test(test_rail),
	};

	if (!setlocale(LC_CTYPE, "C.UTF-8") || !secrets_init(NULL))
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
