#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/auto.h"
#include "sync/plan.h"

/* One letter for each action, as the table is read aloud: . nothing, = adopt, v create
 * or V replace here, x remove here, f forget, ^ create or A replace there, X remove
 * there, ! clash, r restore, k leave. A letter behind it: t = told. */
static const char *letter(struct plan_step s)
{
	static const char *const plain[PLAN_ACTIONS] = {[PLAN_NOTHING] = ".",
		[PLAN_ADOPT] = "=",
		[PLAN_CREATE_HERE] = "v",
		[PLAN_REPLACE_HERE] = "V",
		[PLAN_REMOVE_HERE] = "x",
		[PLAN_FORGET] = "f",
		[PLAN_CREATE_THERE] = "^",
		[PLAN_REPLACE_THERE] = "A",
		[PLAN_REMOVE_THERE] = "X",
		[PLAN_CLASH] = "!",
		[PLAN_RESTORE] = "r",
		[PLAN_LEAVE] = "k"};
	static const char *const told[PLAN_ACTIONS] = {[PLAN_NOTHING] = ".t",
		[PLAN_ADOPT] = "=t",
		[PLAN_CREATE_HERE] = "vt",
		[PLAN_REPLACE_HERE] = "Vt",
		[PLAN_REMOVE_HERE] = "xt",
		[PLAN_FORGET] = "ft",
		[PLAN_CREATE_THERE] = "^t",
		[PLAN_REPLACE_THERE] = "At",
		[PLAN_REMOVE_THERE] = "Xt",
		[PLAN_CLASH] = "!t",
		[PLAN_RESTORE] = "rt",
		[PLAN_LEAVE] = "kt"};

	return s.told ? told[s.action] : plain[s.action];
}

/* Rows: here absent, same, changed; columns: there absent, same, changed. */
static const char *const expected[PLAN_DIRECTIONS][PLAN_BASES][PLAN_SIDES][PLAN_SIDES] =
	{
		{
			{{".", "v", "v"}, {"^", "=", "!t"}, {"^", "!t", "!t"}},
			{{"f", "X", "vt"}, {"x", ".", "V"}, {"^t", "A", "!t"}},
			{{"f", "vt", "vt"}, {"x", "V", "V"}, {"^t", "!t", "!t"}},
		},
		{
			{{".", "v", "v"}, {"kt", "=", "kt"}, {"kt", "kt", "kt"}},
			{{"f", "kt", "vt"}, {"x", ".", "V"}, {"kt", "kt", "kt"}},
			{{"f", "vt", "vt"}, {"x", "V", "V"}, {"kt", "kt", "kt"}},
		},
		{
			{{".", "v", "v"}, {"kt", "=", "rt"}, {"kt", "rt", "rt"}},
			{{"f", "rt", "vt"}, {"x", ".", "V"}, {"kt", "rt", "rt"}},
			{{"f", "vt", "vt"}, {"x", "V", "V"}, {"kt", "rt", "rt"}},
		},
};

static void test_whole_table(void **state)
{
	(void)state;
	for (int d = 0; d < PLAN_DIRECTIONS; d++)
		for (int b = 0; b < PLAN_BASES; b++)
			for (int h = 0; h < PLAN_SIDES; h++)
				for (int t = 0; t < PLAN_SIDES; t++)
					assert_string_equal(
						letter(plan_decide(
							(enum plan_direction)d,
							(enum plan_base)b,
							(enum plan_side)h,
							(enum plan_side)t)),
						expected[d][b][h][t]);
}

/* What holds whatever the table says. */
static void check_rules(enum plan_direction d, enum plan_base b, enum plan_side h,
	enum plan_side t)
{
	const enum plan_action a = plan_decide(d, b, h, t).action;

	if (h == PLAN_CHANGED) /* an edit is never removed or overwritten by a plan */
		assert_true(a != PLAN_REMOVE_HERE && a != PLAN_REPLACE_HERE);
	if (t == PLAN_CHANGED)
		assert_true(a != PLAN_REMOVE_THERE && a != PLAN_REPLACE_THERE);
	if (b == PLAN_BASE_NONE) /* without a base nothing is deleted anywhere */
		assert_true(a != PLAN_REMOVE_THERE && a != PLAN_REMOVE_HERE &&
			    a != PLAN_FORGET);
	if (d != PLAN_BOTH)
		assert_true(a != PLAN_CREATE_THERE && a != PLAN_REPLACE_THERE &&
			    a != PLAN_REMOVE_THERE && a != PLAN_CLASH);
	if (d == PLAN_FROM_SERVER && h == PLAN_CHANGED) /* an edit stays */
		assert_true(a == PLAN_LEAVE || a == PLAN_ADOPT);
}

static void test_rules(void **state)
{
	(void)state;
	for (int d = 0; d < PLAN_DIRECTIONS; d++)
		for (int b = 0; b < PLAN_BASES; b++)
			for (int h = 0; h < PLAN_SIDES; h++)
				for (int t = 0; t < PLAN_SIDES; t++)
					check_rules((enum plan_direction)d,
						(enum plan_base)b, (enum plan_side)h,
						(enum plan_side)t);
}

static void test_words(void **state)
{
	(void)state;
	for (int a = 0; a < PLAN_ACTIONS; a++)
		assert_non_null(plan_verb((enum plan_action)a));
	assert_string_equal(plan_verb(PLAN_CREATE_HERE), "add");
	assert_string_equal(plan_verb(PLAN_REPLACE_THERE), "send");
	assert_string_equal(plan_verb(PLAN_LEAVE), "keep");
	assert_string_equal(plan_verb(PLAN_NOTHING), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_table),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
