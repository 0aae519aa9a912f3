#include <config.h>

#include "wizard_play.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void at_password(struct play *p, bool icloud)
{
	play_begin(p, NULL);
	play(p, icloud ? "enter enter enter @sign-in p:ada.example@icloud.com tab "
			 ">Password"
		       : "down enter t:dav.example.org enter @sign-in t:ada tab "
			 ">Password");
}

static void run(const char *const *scripts, size_t count, bool icloud)
{
	for (size_t i = 0; i < count; i++) {
		struct play p;

		print_message("  %s\n", scripts[i]);
		at_password(&p, icloud);
		play(&p, scripts[i]);
		play_end(&p);
	}
}

static void test_format(void **state)
{
	static const char *const scripts[] = {
		"t:abcdefghijklmnop ~Format_is_right. ~••••-••••-••••-•••• enter "
		"@verify",
		"t:abcdefghijklmn ~••••-••••-••••-••_|_14_of_16 ~2_letters_to_go.",
		"t:abcdefghijklmno ~1_letter_to_go.",
		"t:abcdefghijklmnopq ~1_letter_too_many.",
		"t:ABCDEFGHIJKLMNOP ~Format_is_right.",
		"t:abcd1 ~looks_like_your_normal ~••••• >Password",
		"t:Secret! ~looks_like_your_normal ~[_Try_anyway_]",
		"t:abcd ~•••• !normal bs bs bs bs !•",
		"p:abcd-efgh-ijkl-mnop bs bs bs bs bs ~••••-••••-•••_|_11_of_16",
		"p:abcdefgh left left left left t:x ~••••-••••-•_|_9_of_16 ^r "
		"~abcd-xefg-h",
	};

	(void)state;
	run(scripts, COUNT_OF(scripts), true);
}

/* Told once, and then it is the person who decides. */
static void test_doubt(void **state)
{
	static const char *const scripts[] = {
		"t:Secret1 enter @sign-in ~Enter_again_to_try enter @verify",
		"t:Secret1 tab tab >Try enter @verify",
		"t:Secret1 enter t:2 enter @sign-in enter @verify",
		"t:abcd enter @sign-in ~16_letters ~[_Try_anyway_] enter @verify",
		"t:abcd enter t:e ~11_letters !Try_anyway enter @sign-in",
		"enter @sign-in ~Type_or_paste >Password",
	};

	(void)state;
	run(scripts, COUNT_OF(scripts), true);
}

static void test_pastes(void **state)
{
	static const char *const scripts[] = {
		"p:abcdefghijklmnop",
		"p:abcd_efgh_ijkl_mnop",
		"p:abcd-efgh-ijkl-mnop",
		"p:abcd\xe2\x80\x91"
		"efgh\xe2\x80\x91ijkl\xe2\x80\x91mnop",
		"p:abcd|efgh|ijkl|mnop|",
		"p:_abcdefghijklmnop|",
		"p:200~abcdefghijklmnop201~",
		"b:abcdefghijklmnop burst-enter @sign-in",
		"b:[200~abcdefghijklmnop[201~",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(scripts); i++) {
		struct play p;

		print_message("  %s\n", scripts[i]);
		at_password(&p, true);
		play(&p, scripts[i]);
		play(&p, "@sign-in ~Format_is_right. enter @verify");
		AUTO(secret) *wanted = secret_from(STR("abcd-efgh-ijkl-mnop"));
		assert_true(secret_equal(wizard_account(p.w)->password, wanted));
		play_end(&p);
	}
}

static void test_reveal(void **state)
{
	static const char *const scripts[] = {
		"t:abcdefgh !abcd ^r ~abcd-efgh ~[x]_Show ^r !abcd ~[_]_Show",
		"t:abcdefgh tab >Show space ~abcd-efgh t:r !abcd-efgh",
		"t:abcdefgh ^r esc @icloud !abcd enter @sign-in !abcd",
		"t:abcdefghijklmnop ^r enter @verify !abcd esc @sign-in !abcd "
		"~[_]_Show",
		"t:Secret1 ^r ~Secret1 f1 !Secret1 f1 ~Secret1",
	};

	(void)state;
	run(scripts, COUNT_OF(scripts), true);
}

static void test_login(void **state)
{
	static const char *const scripts[] = {
		"p:abcdefghijklmnop up ^u t:ada enter @sign-in ~no_@_in_it >Apple",
		"p:abcdefghijklmnop up ^u t:a:b@c enter @sign-in ~colon >Apple t:x "
		"!colon",
		"p:abcdefghijklmnop up ^u enter @sign-in ~Type_your_Apple",
		"p:abcdefghijklmnop up ^u t:__ada@example.org__ enter @verify esc "
		"~Account:_ada@example.org",
		"p:abcdefghijklmnop up ^u p:ada@example.org|x ~ada@example.orgx",
	};

	(void)state;
	run(scripts, COUNT_OF(scripts), true);
}

static void test_other_service(void **state)
{
	static const char *const scripts[] = {
		"t:abcd !of_16 !letters ~•••• enter @verify",
		"t:Secret-1! !normal ~••••••••• ^r ~Secret-1! enter @verify",
		"t:x up ^u t:a:b enter ~colon",
	};
	struct play p;

	(void)state;
	run(scripts, COUNT_OF(scripts), false);
	at_password(&p, false);
	play(&p, "t:_A-b_1 enter");
	AUTO(secret) *wanted = secret_from(STR(" A-b 1"));
	assert_true(secret_equal(wizard_account(p.w)->password, wanted));
	assert_string_equal(wizard_account(p.w)->server, "dav.example.org");
	play_end(&p);
}

static void test_server(void **state)
{
	static const char *const scripts[] = {
		"enter @server ~Type_the_address",
		"t:http://dav.example.org enter @server !Only_encrypted t:x "
		"~Only_encrypted",
		"t:dav.example.org ~https://dav.example.org/.well-known/caldav",
		"t:ada@example.org enter @sign-in ~User_name:_ada@example.org",
		"t:dav.example.org enter esc @server ~Address:_dav.example.org",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(scripts); i++) {
		struct play p;

		print_message("  %s\n", scripts[i]);
		play_begin(&p, NULL);
		play(&p, "down enter @server");
		play(&p, scripts[i]);
		play_end(&p);
	}
}

/* The caret is counted on what is shown, dashes and all. */
static void test_caret(void **state)
{
	static const struct {
		const char *script;
		size_t caret;
	} rows[] = {
		{"p:abcd", 4},
		{"p:abcde", 6},
		{"p:abcdefgh", 9},
		{"p:abcdefghijklmnop", 19},
		{"p:abcdefgh home", 0},
		{"p:abcdefgh left left left left", 4},
		{"p:abcdefgh left left left", 6},
		{"p:Secret1", 7},
		{"p:Secret1 left", 6},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct play p;
		struct page page;

		at_password(&p, true);
		play(&p, rows[i].script);
		wizard_view(p.w, &page);
		const struct block *b = page_block(&page, page.focus);
		assert_non_null(b);
		assert_int_equal(b->caret, rows[i].caret);
		page_clear(&page);
		play_end(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_doubt),
		cmocka_unit_test(test_pastes),
		cmocka_unit_test(test_reveal),
		cmocka_unit_test(test_login),
		cmocka_unit_test(test_other_service),
		cmocka_unit_test(test_server),
		cmocka_unit_test(test_caret),
	};

	if (!setlocale(LC_CTYPE, "C.UTF-8") || !secrets_init(NULL))
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
