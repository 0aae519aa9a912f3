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
		struct account a = {0};

		print_message("  %s\n", scripts[i].name);
		play_account(&a);
		play_begin(&p, &a);
		account_clear(&a);
		play(&p, scripts[i].text);
		play_end(&p);
	}
}

static void test_rerun(void **state)
{
	static const struct script scripts[] = {
		{"the menu says what is stored",
			"@manage >Sync_now ~iCloud,_ada.example ~today_14:20 "
			"~2_chosen,_1_both "
			"~every_30_minutes ="},
		{"letters jump", "t:a >Account t:c >Calendars t:r >Remove t:o >Options "
				 "t:s >Sync"},
		{"sync now", "enter @sync =sync synced @done enter @manage ~just_now"},
		{"calendars",
			"down enter @verify =link linked enter @calendars =  ~[x]_Home "
			"~Work_(new) ~[x]_Football ~[_]_Birthdays down space enter "
			"@review ~Home_and_Work =  space enter =save saved @manage "
			"~Saved >Sync_now ~3_chosen,_2_both"},
		{"calendars, left halfway", "down enter linked enter space esc esc "
					    "@manage ~2_chosen - enter "
					    "linked enter ~[x]_Home"},
		{"unticking says that nothing is deleted",
			"down enter linked enter space down space enter "
			"~no_longer_synced "
			"~nothing_of_them"},
		{"a synced folder does not move",
			"down enter linked enter t:f ~stays_there !Folder:"},
		{"options",
			"t:o enter @options >Sync ~To_move_the right enter =save saved "
			"@manage ~every_hour"},
		{"options, left", "t:o enter right esc @manage ~every_30 ="},
		{"a new password",
			"t:a enter @sign-in ~ada.example p:bcdefghijklmnopa enter "
			"@verify =link linked enter =save saved @manage ~2_chosen"},
		{"the stored password",
			"t:a enter >Password ~left_empty enter @verify linked "
			"enter saved @manage"},
		{"a refused one has to be typed",
			"t:a enter enter refused enter @sign-in >Password !left_empty "
			"tab tab "
			">Continue enter @sign-in ~Type_or_paste"},
		{"another name needs its password",
			"t:a enter up end t:x down enter @sign-in "
			"~Type_or_paste"},
		{"how to make one", "t:a enter tab tab tab >Make enter @password enter "
				    "@sign-in esc @manage"},
		{"calendars with a refused password",
			"down enter refused enter @sign-in p:bcdefghijklmnopa enter "
			"linked "
			"enter @calendars esc @verify esc @manage"},
		{"remove needs the box",
			"t:r enter @remove ~What_stays ~Calendars enter = tab "
			">Remove enter = >Yes space enter >Remove = enter "
			"=remove removed ~is_removed enter =quit"},
		{"remove, not really",
			"t:r enter space esc @manage t:r enter ~[_]_Yes ="},
		{"Esc asks", "esc ~Leave_calwiz = esc tab >Leave enter =quit"},
	};

	(void)state;
	run(scripts, COUNT_OF(scripts));
}

static void test_gone_and_foreign(void **state)
{
	struct play p;
	struct account a;

	(void)state;
	play_account(&a);
	play_begin(&p, &a);
	account_clear(&a);
	dav_calendars_clear(&p.calendars);
	play_add_calendar(&p.calendars, "/1/calendars/new/", "New", true, false,
		CALENDAR_SHOWN);
	play_add_calendar(&p.calendars, "/1/calendars/ball/", "Football", false, true,
		CALENDAR_SHOWN);
	play(&p, "down enter linked enter ~Home_(gone) ~[x]_Home tab tab tab enter "
		 "@calendars "
		 ">Home ~not_on_iCloud enter @review esc >Home space ~[_]_Home enter "
		 "@review");
	play(&p, "esc esc esc @manage");

	/* A sign-in that knows none of them is refused as a whole. */
	dav_calendars_clear(&p.calendars);
	play_add_calendar(&p.calendars, "/2/calendars/x/", "X", true, false,
		CALENDAR_SHOWN);
	free(p.w->saved.principal);
	p.w->saved.principal = xstrdup("/9/principal/");
	play(&p, "t:a enter up ^u p:bob.example@icloud.com tab p:bcdefghijklmnopa "
		 "enter linked "
		 "~another_account >Enter tick:1 tick:9000 @verify esc @sign-in esc "
		 "@manage");
	play_end(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rerun),
		cmocka_unit_test(test_gone_and_foreign),
	};

	if (!setlocale(LC_CTYPE, "C.UTF-8") || !secrets_init(NULL))
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
