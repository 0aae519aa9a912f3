#include <config.h>

#include "wizard_play.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

struct script {
	const char *name;
	const char *text;
};

static void run(const struct script *scripts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct play p;

		print_message("  %s\n", scripts[i].name);
		play_begin(&p, NULL);
		play(&p, scripts[i].text);
		play_end(&p);
	}
}

#define TO_SIGN_IN "enter enter enter @sign-in "
#define SIGN_IN TO_SIGN_IN "p:ada.example@icloud.com tab p:abcdefghijklmnop "
#define TO_CALENDARS SIGN_IN "enter linked enter @calendars "
#define TO_REVIEW TO_CALENDARS "enter enter @review "

static void test_first_run(void **state)
{
	static const struct script scripts[] = {
		{"all the way, iCloud",
			"@welcome >iCloud enter @password enter @icloud >My_cal enter "
			"@sign-in >Apple_Account p:ada.example@icloud.com enter "
			">Password "
			"p:abcdefghijklmnop enter @verify =link linked tick:100 "
			"@verify "
			"tick:650 @verify tick:700 @calendars >Home enter @options "
			"=folder "
			">Folder enter @review >I_agree enter @review ~Tick_the_box "
			"space "
			"enter @protect = enter =save saved @sync =sync synced @done "
			">Finish enter =quit"},
		{"all the way, another service", "down >Another tab >Continue enter "
						 "@server >Address t:dav.example.org "
						 "enter @sign-in >User_name t:ada "
						 "enter >Password t:Secret_1 enter "
						 "@verify linked enter @calendars "
						 "enter enter space enter enter saved "
						 "@sync stopped @done ~Stopped"},
		{"no two-way calendar, no box", TO_CALENDARS
			"t:d >Home down t:d down t:d enter enter @review !I_agree "
			"~No_calendar_goes enter @protect"},
		{"stopping the check",
			SIGN_IN "enter @verify =link esc @sign-in =link-stop >Password "
				"linked @sign-in"},
		{"refused: the cursor is in the empty password field", SIGN_IN
			"enter refused @verify ~did_not_accept ~Nothing_was_changed "
			"~answered_401 >Enter_it tick:10 tick:5000 =link enter "
			"@sign-in >Password ~ada.example !•••• ="},
		{"refused: Esc keeps what was typed",
			SIGN_IN "enter refused esc @sign-in ~••••-••••-••••-•••• enter "
				"@verify"},
		{"refused: make a new one",
			SIGN_IN "enter refused right enter @password"},
		{"refused: the same again",
			SIGN_IN "enter refused btab >Back btab >Try - enter "
				"@verify =link"},
		{"no calendars",
			SIGN_IN "enter empty ~no_calendars_yet >Check enter @icloud"},
		{"read-only waits for the person", SIGN_IN
			"enter read-only tick:1 tick:5000 @verify ~not_change enter "
			"@calendars"},
		{"saving fails and is tried again", TO_REVIEW
			"space enter enter unsaved @protect ~disk_is_full >Try "
			"=link,folder,save enter =save saved @sync"},
		{"stop safely", TO_REVIEW
			"space enter enter saved - esc esc =sync-stop @sync stopped "
			"@done >Finish ~1_change_made_here"},
		{"done again",
			TO_REVIEW "space enter enter saved stopped tab enter @sync "
				  "synced @done esc @done"},
	};

	(void)state;
	run(scripts, COUNT_OF(scripts));
}

static void test_back_and_forward(void **state)
{
	static const struct script scripts[] = {
		{"coming back to the check asks nothing again", TO_CALENDARS
			"- esc @verify ~Access_is tick:1 tick:9000 @verify = "
			"enter @calendars"},
		{"ticks and directions survive", TO_CALENDARS
			"space down t:d esc enter ~[_]_Home ~[x]_Work_|_from_iCloud"},
		{"going to the start and back", TO_CALENDARS
			"space esc esc esc esc esc @welcome enter enter enter "
			"@sign-in ~•••• enter linked enter ~[_]_Home"},
		{"the iCloud answer survives",
			"enter enter down down down >I'd esc enter >I'd ~[x]_I'd"},
		{"the advice closes first", "enter enter down enter ~waits_for >Look "
					    "esc @icloud >A_question esc "
					    "@password"},
		{"look again",
			"enter enter down down enter ~Switch_Calendar enter @icloud "
			">My_calendars enter @sign-in"},
		{"anyway", "enter enter down enter right enter @sign-in"},
		{"pictures close first",
			"enter t:v ~What_you_will esc ~Make_an esc @welcome"},
		{"reveal is off after coming back",
			SIGN_IN "^r ~abcd-efgh-ijkl-mnop esc enter !abcd ~••••"},
		{"mending the account from the review asks for a check", TO_REVIEW
			"btab home >Account enter @sign-in enter @verify linked enter "
			"@review >Account"},
		{"mending the calendars comes straight back",
			TO_REVIEW "space ~[x]_I_agree btab home down t:e @calendars "
				  "enter @review "
				  ">Calendars ~[x]_I_agree"},
		{"and after a change the box is empty", TO_REVIEW
			"space btab home down t:e space enter @review ~[_]_I_agree"},
		{"Esc comes back to the line as well", TO_REVIEW
			"btab home t:jjjj >Folder t:e @options esc @review >Folder"},
		{"a sign-in typed and left is not what was checked", TO_REVIEW
			"btab home enter @sign-in p:x enter enter @verify esc @sign-in "
			"esc @review tab >I_agree space enter @verify"},
	};

	(void)state;
	run(scripts, COUNT_OF(scripts));
}

/* Esc and then Continue gives the same page, on every page that has one before it. */
static void test_esc_then_continue(void **state)
{
	static const enum wizard_page pages[] = {PAGE_PASSWORD, PAGE_ICLOUD,
		PAGE_SIGN_IN, PAGE_CALENDARS, PAGE_OPTIONS, PAGE_REVIEW, PAGE_PROTECT};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(pages); i++) {
		struct play p;

		play_begin(&p, NULL);
		play_to(&p, pages[i]);
		AUTO_FREE char *before = play_text(&p);
		const int focus = p.w->focus[pages[i]];
		play(&p, "esc enter");
		AUTO_FREE char *after = play_text(&p);
		assert_int_equal(wizard_page(p.w), pages[i]);
		assert_string_equal(before, after);
		assert_int_equal(p.w->focus[pages[i]], focus);
		play_end(&p);
	}
}

static void test_consent(void **state)
{
	static const struct script scripts[] = {
		{"only Space on the box", TO_REVIEW
			"enter enter tab enter ~[_]_I_agree @review t:y ~[_]_I_agree"},
		{"and back again", TO_REVIEW "space space enter @review"},
		{"a direction", TO_REVIEW
			"space esc esc @calendars >Home t:d enter enter @review "
			"~[_]_I_agree"},
		{"a tick there and back",
			TO_REVIEW "space esc esc space space enter enter ~[_]_I_agree"},
		{"all", TO_REVIEW "space esc esc t:a enter enter ~[_]_I_agree"},
		{"another folder", TO_REVIEW "space esc end t:2 enter ~[_]_I_agree "
					     "~Calendars2"},
		{"the calendars are named",
			TO_REVIEW "~in_Home,_Work_and_Famille_été_on_iCloud"},
		{"what a sync sends is said", TO_REVIEW "~each_sync_also_sends"},
	};

	(void)state;
	run(scripts, COUNT_OF(scripts));
}

static void test_leaving(void **state)
{
	static const enum wizard_page pages[] = {PAGE_WELCOME, PAGE_PASSWORD,
		PAGE_ICLOUD, PAGE_SIGN_IN, PAGE_VERIFY, PAGE_CALENDARS, PAGE_OPTIONS,
		PAGE_REVIEW, PAGE_PROTECT, PAGE_SYNC, PAGE_DONE};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(pages); i++) {
		struct play p;

		play_begin(&p, NULL);
		play_to(&p, pages[i]);
		AUTO_FREE char *before = play_text(&p);
		play(&p, "^c >Stay esc");
		AUTO_FREE char *after = play_text(&p);
		assert_string_equal(before, after);
		play(&p, "^c >Stay tab >Leave tab >Stay enter");
		assert_int_equal(p.status, -1);
		play(&p, "^c ^c");
		assert_int_equal(p.status, 130);
		play_end(&p);
	}
}

static void test_leaving_stops_work(void **state)
{
	static const struct script scripts[] = {
		{"the check", SIGN_IN "enter - ^c right enter =link-stop,quit"},
		{"the sync", TO_REVIEW
			"space enter enter saved - ^c ~stops_safely right enter "
			"=sync-stop,quit"},
		{"the quit button asks",
			"tab tab >Quit enter ~Leave_the_setup = right enter "
			"=quit"},
		{"Esc on the first page asks",
			"esc ~Leave_the_setup esc !Leave_the_setup ="},
		{"everywhere", "^z ^l ^t =suspend,redraw,ascii"},
	};

	(void)state;
	run(scripts, COUNT_OF(scripts));
}

static void test_help(void **state)
{
	static const struct script scripts[] = {
		{"question mark",
			"t:? ~Help:_Welcome ~On_every_page >Close enter @welcome "
			"!Help:"},
		{"Esc closes", "t:? esc !Help: @welcome"},
		{"scrolls", "t:? up >Ctrl-C up >Ctrl-Z home >Tab tab >Close"},
		{"F1 in a field", TO_SIGN_IN "t:? ~? f1 ~Help: f1 !Help:"},
	};

	(void)state;
	run(scripts, COUNT_OF(scripts));
}

/* Letters in a field are text, on every page that has one. */
static void test_letters_in_fields(void **state)
{
	static const struct script scripts[] = {
		{"sign in", TO_SIGN_IN "t:rvuzic?an/ ~rvuzic?an/ @sign-in ="},
		{"server", "down enter t:e?/dfta ~e?/dfta @server"},
		{"folder", TO_CALENDARS "enter t:e?r/ ~Calendarse?r @options"},
		{"filter",
			TO_CALENDARS "t:/ t:andft? ~Find:_andft? ~No_name @calendars"},
	};

	(void)state;
	run(scripts, COUNT_OF(scripts));
}

static void collect(const struct wizard *w, int *ids, size_t *count)
{
	struct page page;

	wizard_view(w, &page);
	*count = page_focus_order(&page, ids, FOCUS_MAX);
	page_clear(&page);
}

/* Tab comes round and Shift-Tab undoes it; Down from the first reaches every item. */
static void test_tab(void **state)
{
	static const enum wizard_page pages[] = {PAGE_WELCOME, PAGE_PASSWORD,
		PAGE_ICLOUD, PAGE_SIGN_IN, PAGE_VERIFY, PAGE_CALENDARS, PAGE_OPTIONS,
		PAGE_REVIEW, PAGE_PROTECT, PAGE_DONE};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(pages); i++) {
		struct play p;
		int ids[FOCUS_MAX];
		size_t count = 0;

		play_begin(&p, NULL);
		play_to(&p, pages[i]);
		const int start = wizard_focused(p.w);
		size_t stops = 0;
		do {
			const int here = wizard_focused(p.w);
			play(&p, "tab");
			const int next = wizard_focused(p.w);
			play(&p, "btab");
			assert_int_equal(wizard_focused(p.w), here);
			play(&p, "tab");
			assert_int_equal(wizard_focused(p.w), next);
			assert_true(++stops < 20);
		} while (wizard_focused(p.w) != start);
		collect(p.w, ids, &count);
		wizard_focus(p.w, ids[0]);
		for (size_t j = 1; j < count; j++) {
			play(&p, "down");
			if (pages[i] != PAGE_ICLOUD && pages[i] != PAGE_WELCOME)
				assert_int_equal(wizard_focused(p.w), ids[j]);
		}
		assert_int_equal(wizard_focused(p.w), ids[count - 1]);
		play_end(&p);
	}
}

static void test_tiny(void **state)
{
	struct play p;

	(void)state;
	play_begin(&p, NULL);
	play_event(&p,
		&(struct wizard_event){.kind = EVENT_SIZE, .width = 30, .height = 8});
	play(&p, "enter enter t:abc p:abc @welcome ^l =redraw");
	play_event(&p,
		&(struct wizard_event){.kind = EVENT_SIZE, .width = 40, .height = 13});
	play(&p, "enter @password");
	play_end(&p);
}

static void test_progress(void **state)
{
	struct play p;
	struct progress one = {.path = "/1/calendars/home/",
		.name = "Home",
		.state = PROGRESS_RUNNING,
		.total = 1208,
		.done = 802,
		.skipped = 2};

	(void)state;
	play_begin(&p, NULL);
	play_to(&p, PAGE_SYNC);
	play_event(&p,
		&(struct wizard_event){.kind = EVENT_PROGRESS, .progress = &one});
	play(&p, "~Home_|_802_of_1208,_2_skipped");
	one.state = PROGRESS_DONE;
	one.done = 1206;
	play_event(&p,
		&(struct wizard_event){.kind = EVENT_PROGRESS, .progress = &one});
	play(&p, "~Home_|_1206_events,_2_skipped synced");
	assert_non_null(strstr(wizard_farewell(p.w), "Home                412 events"));
	assert_non_null(strstr(wizard_farewell(p.w), "calwiz --status"));
	play(&p, "enter");
	assert_int_equal(p.status, EXIT_ATTENTION);
	play_end(&p);
}

/* What is saved is what was chosen. */
static void test_account(void **state)
{
	struct play p;

	(void)state;
	play_begin(&p, NULL);
	play(&p, TO_CALENDARS
		"down t:d enter right @options down right down right "
		"enter @review space enter enter saved");
	const struct account *a = wizard_account(p.w);
	assert_string_equal(a->name, "icloud");
	assert_string_equal(a->login, "ada.example@icloud.com");
	assert_null(a->server);
	assert_string_equal(a->folder, "/home/ada/Calendars");
	assert_string_equal(a->principal, "/1/principal/");
	assert_int_equal(a->schedule_minutes, 30);
	assert_int_equal(a->conflict, CONFLICT_SERVER);
	assert_int_equal(a->past_days, 0);
	assert_int_equal(a->n_calendars, 4);
	assert_string_equal(a->calendars[0].folder, "home");
	assert_int_equal(a->calendars[0].direction, DIRECTION_BOTH);
	assert_true(a->calendars[0].new_events);
	assert_int_equal(a->calendars[1].direction, DIRECTION_FROM_SERVER);
	assert_false(a->calendars[1].new_events);
	AUTO(secret) *wanted = secret_from(STR("abcd-efgh-ijkl-mnop"));
	assert_true(secret_equal(a->password, wanted));
	/* What was typed is gone once it is stored. */
	assert_int_equal(secret_len(p.w->sign_in.password.secret), 0);
	assert_int_equal(secret_len(p.w->sign_in.cleaned), 0);
	play_end(&p);
}

static uint32_t roll(uint32_t *seed, uint32_t sides)
{
	*seed = *seed * 1664525U + 1013904223U;
	return (*seed >> 8) % sides;
}

/* Anything in any order: the checks of play_event() hold. */
static void test_random_walk(void **state)
{
	static const char *const words[] = {"enter", "enter", "enter", "tab", "btab",
		"up", "down", "down", "left", "right", "esc", "space", "space", "home",
		"end", "pgup", "pgdn", "bs", "del", "f1", "^r", "^u", "t:a", "t:n",
		"t:d", "t:f", "t:t", "t:/", "t:e", "t:v", "t:z", "t:i", "t:c", "t:?",
		"p:abcdefghijklmnop", "p:ada.example@icloud.com", "b:abc~", "linked",
		"linked", "refused", "empty", "read-only", "saved", "unsaved", "synced",
		"stopped", "removed", "tick:100", "tick:900", "^c", "^l"};

	(void)state;
	for (uint32_t run = 0; run < 8; run++) {
		struct play p;
		struct account a = {0};
		uint32_t seed = run + 1;

		if (run % 2)
			play_account(&a);
		play_begin(&p, run % 2 ? &a : NULL);
		account_clear(&a);
		for (int i = 0; i < 1500; i++) {
			play(&p, words[roll(&seed, COUNT_OF(words))]);
			p.effects[0] = '\0';
		}
		play_end(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_run),
		cmocka_unit_test(test_back_and_forward),
		cmocka_unit_test(test_esc_then_continue),
		cmocka_unit_test(test_consent),
		cmocka_unit_test(test_leaving),
		cmocka_unit_test(test_leaving_stops_work),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_letters_in_fields),
		cmocka_unit_test(test_tab),
		cmocka_unit_test(test_tiny),
		cmocka_unit_test(test_progress),
		cmocka_unit_test(test_account),
		cmocka_unit_test(test_random_walk),
	};

	if (!setlocale(LC_CTYPE, "C.UTF-8") || !secrets_init(NULL))
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
