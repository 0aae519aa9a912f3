/*
 * The page that checks access: how its lines follow each other in time, what it says
 * after a failure, and what a window does that is too small for any page.
 */
#include <config.h>

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/secret.h"
#include "tests/unit/wizard_play.h"

static void step(struct play *p, enum link_step which, enum step_state state,
	int64_t now)
{
	play_event(p, &(struct wizard_event){.kind = EVENT_LINK_STEP,
			      .step = which,
			      .state = state,
			      .ms = 40,
			      .now_ms = now});
}

static void tick(struct play *p, int64_t now)
{
	play_event(p, &(struct wizard_event){.kind = EVENT_TICK, .now_ms = now});
}

static void all_done(struct play *p, int64_t now)
{
	for (int i = 0; i < LINK_STEPS; i++) {
		step(p, (enum link_step)i, STEP_RUNNING, now);
		step(p, (enum link_step)i, STEP_DONE, now);
	}
	play_event(p, &(struct wizard_event){.kind = EVENT_LINK_DONE,
			      .calendars = &p->calendars,
			      .home = "https://p1-caldav.icloud.com/1/calendars/",
			      .now_ms = now});
}

static size_t shown(const struct play *p, enum step_state state)
{
	size_t count = 0;

	for (size_t i = 0; i < LINK_STEPS; i++)
		count += p->w->check.steps[i].state == state;
	return count;
}

/* However fast the server is, every line is at work for 150 ms. */
static void test_pace(void **state)
{
	struct play p;

	(void)state;
	play_begin(&p, NULL);
	play_to(&p, PAGE_VERIFY);
	all_done(&p, 1000);
	for (int i = 0; i < LINK_STEPS; i++) {
		assert_int_equal(shown(&p, STEP_DONE), i);
		assert_int_equal(shown(&p, STEP_RUNNING), 1);
		tick(&p, 1000 + 150 * i + 149);
		assert_int_equal(shown(&p, STEP_DONE), i);
		assert_int_equal(wizard_page(p.w), PAGE_VERIFY);
		tick(&p, 1000 + 150 * i + 150);
	}
	assert_int_equal(p.w->check.state, CHECK_GOOD);
	tick(&p, 1000 + 150 * LINK_STEPS + 599);
	assert_int_equal(wizard_page(p.w), PAGE_VERIFY);
	tick(&p, 1000 + 150 * LINK_STEPS + 600);
	assert_int_equal(wizard_page(p.w), PAGE_CALENDARS);
	play_end(&p);
}

static void fail_at_sign_in(struct play *p, int64_t now)
{
	struct diagnosis_words words = {0};
	struct err e = {0};

	diagnosis_describe(DIAGNOSIS_AUTH_REFUSED, PROVIDER_ICLOUD, "caldav.icloud.com",
		&words);
	(void)err_set(&e, ERR_AUTH, "the server refused the password");
	for (int i = 0; i < LINK_SIGN_IN; i++)
		step(p, (enum link_step)i, STEP_DONE, now);
	play_event(p, &(struct wizard_event){.kind = EVENT_LINK_STEP,
			      .step = LINK_SIGN_IN,
			      .state = STEP_FAILED,
			      .text = STR("answered 401"),
			      .ms = 60,
			      .now_ms = now});
	play_event(p, &(struct wizard_event){.kind = EVENT_LINK_DONE,
			      .diagnosis = DIAGNOSIS_AUTH_REFUSED,
			      .words = &words,
			      .err = &e,
			      .now_ms = now});
}

static void test_failure_waits_for_its_line(void **state)
{
	struct play p;

	(void)state;
	play_begin(&p, NULL);
	play_to(&p, PAGE_VERIFY);
	fail_at_sign_in(&p, 1000);
	assert_int_equal(p.w->check.state, CHECK_RUNNING);
	play(&p, "!did_not_accept >Stop");
	for (int64_t now = 1150; now <= 1450; now += 150)
		tick(&p, now);
	assert_int_equal(p.w->check.state, CHECK_FAILED);
	play(&p, "~did_not_accept >Enter_it_again");
	play_end(&p);
}

/* Esc does not wait for lines that are still to be shown. */
static void test_stop_is_at_once(void **state)
{
	struct play p;

	(void)state;
	play_begin(&p, NULL);
	play_to(&p, PAGE_VERIFY);
	all_done(&p, 1000);
	play(&p, "esc @sign-in");
	tick(&p, 9000);
	play(&p, "@sign-in enter @verify");
	assert_int_equal(shown(&p, STEP_DONE), 0);
	play_end(&p);
}

static void test_details(void **state)
{
	struct play p;

	(void)state;
	play_begin(&p, NULL);
	play_to(&p, PAGE_VERIFY);
	play(&p, "t:d !Details");
	fail_at_sign_in(&p, 0);
	play(&p, "~Likely_causes t:d ~Details ~auth.refused ~caldav.icloud.com "
		 "~answered_401 ~140_ms ~refused_the_password !Likely_causes");
	play(&p, "esc @verify ~Likely_causes !Details esc @sign-in");
	play_end(&p);
}

static void resize(struct play *p, int width, int height)
{
	play_event(p, &(struct wizard_event){.kind = EVENT_SIZE,
			      .width = width,
			      .height = height});
}

/* Text and focus outlive a window that is too small for the page. */
static void test_tiny_window(void **state)
{
	struct play p;

	(void)state;
	play_begin(&p, NULL);
	resize(&p, 80, 24);
	play(&p, "enter enter enter @sign-in t:ada -");
	resize(&p, 39, 13);
	play(&p, "t:x enter esc tab p:secret ^t = ^l =redraw - ^z =suspend -");
	resize(&p, 1, 1);
	resize(&p, 80, 24);
	play(&p, "@sign-in >Apple_Account ~ada !adax");
	resize(&p, 40, 12);
	play(&p, "^c ^c =quit");
	assert_int_equal(p.status, 130);
	play_end(&p);
}

static int set_up(void **state)
{
	struct err e = {0};

	(void)state;
	return setlocale(LC_CTYPE, "C.UTF-8") && secrets_init(&e) ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pace),
		cmocka_unit_test(test_failure_waits_for_its_line),
		cmocka_unit_test(test_stop_is_at_once),
		cmocka_unit_test(test_details),
		cmocka_unit_test(test_tiny_window),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
