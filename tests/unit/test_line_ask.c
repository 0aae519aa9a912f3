#include <config.h>

#include "ui/line.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/wizard_play.h"
#include "ui/face.h"

/* A conversation with the real wizard. */
struct chat {
	struct play play;
	struct talk talk;
	struct buf out; /* since the last answer */
};

static void show(struct chat *c)
{
	struct page page;

	wizard_view(c->play.w, &page);
	talk_show(&c->talk, &page, 1, &c->out);
	page_clear(&page);
}

static void begin(struct chat *c, enum wizard_page page)
{
	*c = (struct chat){.out = buf_with_max(0)};
	play_begin(&c->play, NULL);
	play_to(&c->play, page);
	c->play.w->lines = true;
	talk_init(&c->talk, GLYPHS_UTF8);
	show(c);
}

static void end(struct chat *c)
{
	play_end(&c->play);
	talk_clear(&c->talk);
	buf_clear(&c->out);
}

static void answer(struct chat *c, const char *line)
{
	struct talk_reply reply = {0};
	struct page page;

	buf_reset(&c->out);
	wizard_view(c->play.w, &page);
	talk_answer(&c->talk, &page, str_of(line), &reply, &c->out);
	page_clear(&page);
	for (size_t i = 0; i < reply.count; i++) {
		if (reply.acts[i].show)
			show(c);
		else
			play_event(&c->play, &reply.acts[i].event);
	}
	talk_reply_clear(&reply);
	show(c);
}

/* Lines separated by "|" at a page, and where they lead. */
struct row {
	enum wizard_page from;
	const char *lines;
	enum wizard_page to;
	const char *said; /* by the last one; NULL = not looked at */
};

static void run(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct chat c;
		struct str rest = str_of(rows[i].lines);
		struct str line;
		begin(&c, rows[i].from);
		while (str_split(&rest, '|', &line)) {
			AUTO_FREE char *text = str_dup(line);
			answer(&c, text);
		}
		if (wizard_page(c.play.w) != rows[i].to)
			fail_msg("row %zu (%s): page %d", i, rows[i].lines,
				(int)wizard_page(c.play.w));
		if (rows[i].said &&
			str_find(buf_view(&c.out), str_of(rows[i].said)) == STR_NONE)
			fail_msg("row %zu (%s): %s", i, rows[i].lines,
				buf_cstr(&c.out));
		end(&c);
	}
}

static void test_answers(void **state)
{
	static const struct row rows[] = {
		{PAGE_WELCOME, "", PAGE_PASSWORD, "Step 2 of 10"},
		{PAGE_WELCOME, "1", PAGE_PASSWORD, NULL},
		{PAGE_WELCOME, "2", PAGE_SERVER, "Which server?"},
		{PAGE_WELCOME, "another", PAGE_SERVER, NULL},
		{PAGE_WELCOME, "ICLOUD", PAGE_PASSWORD, NULL},
		{PAGE_WELCOME, "3", PAGE_WELCOME, "none of the choices"},
		{PAGE_WELCOME, "0", PAGE_WELCOME, "none of the choices"},
		{PAGE_WELCOME, "-1", PAGE_WELCOME, "none of the choices"},
		{PAGE_WELCOME, "99999999999999999999", PAGE_WELCOME, "none of the"},
		{PAGE_WELCOME, "?", PAGE_WELCOME, "Help: Welcome"},
		{PAGE_WELCOME, "q", PAGE_WELCOME, "Leave the setup?"},
		{PAGE_WELCOME, "b", PAGE_WELCOME, "Leave the setup?"},
		{PAGE_WELCOME, "q|1", PAGE_WELCOME, "Where are your calendars?"},
		{PAGE_WELCOME, "q|b", PAGE_WELCOME, "Where are your calendars?"},
		{PAGE_WELCOME, "q|x|", PAGE_WELCOME, "Where are your calendars?"},
		{PAGE_WELCOME, "2||", PAGE_SERVER, "Nothing was typed"},
		{PAGE_WELCOME, "2|b", PAGE_WELCOME, "Press Enter for 2, Another"},
		{PAGE_WELCOME, "2|dav.example.org", PAGE_SIGN_IN, "User name"},
		{PAGE_WELCOME, "2|dav.example.org|ada|b", PAGE_VERIFY, NULL},
		{PAGE_WELCOME, "2|dav.example.org|ada||b", PAGE_SIGN_IN, "keep ada"},
		{PAGE_WELCOME, "2|dav.example.org|ada||2", PAGE_SIGN_IN, "keep ada"},
		{PAGE_WELCOME, "2|dav.example.org|ada||q", PAGE_SIGN_IN, "Leave the"},
		{PAGE_WELCOME, "2|dav.example.org|ada|secret", PAGE_VERIFY, "Checking"},
		{PAGE_ICLOUD, "2", PAGE_ICLOUD, "iCloud waits for an answer"},
		{PAGE_ICLOUD, "2|1", PAGE_ICLOUD, "Press Enter for 1, My"},
		{PAGE_ICLOUD, "2|2", PAGE_SIGN_IN, NULL},
		{PAGE_ICLOUD, "skip", PAGE_SIGN_IN, NULL},
		{PAGE_SIGN_IN, "ada.example.org|abcdefghijklmnop", PAGE_SIGN_IN,
			"no @"},
		{PAGE_SIGN_IN, "a@example.org|abc", PAGE_SIGN_IN, "has 16 letters"},
		{PAGE_SIGN_IN, "a@example.org|abc||2", PAGE_VERIFY, NULL},
		{PAGE_CALENDARS, "", PAGE_OPTIONS, "Press Enter to keep"},
		{PAGE_CALENDARS, "none", PAGE_CALENDARS, "There is no default"},
		{PAGE_CALENDARS, "none|", PAGE_CALENDARS, "Nothing is ticked yet"},
		{PAGE_CALENDARS, "none|all|", PAGE_OPTIONS, NULL},
		{PAGE_CALENDARS, "list ete", PAGE_CALENDARS, "Famille"},
		{PAGE_CALENDARS, "1", PAGE_CALENDARS, "  1. not ticked, Home"},
		{PAGE_CALENDARS, "home", PAGE_CALENDARS, "  1. not ticked, Home"},
		{PAGE_CALENDARS, "1-2, 3", PAGE_CALENDARS, "  3. not ticked"},
		{PAGE_CALENDARS, "1 99", PAGE_CALENDARS, "nothing was changed"},
		{PAGE_CALENDARS, "3-1", PAGE_CALENDARS, "nothing was changed"},
		{PAGE_CALENDARS, "d 1", PAGE_CALENDARS, "from iCloud"},
		{PAGE_CALENDARS, "f 1|other", PAGE_CALENDARS, NULL},
		{PAGE_CALENDARS, "f 1|b", PAGE_CALENDARS, "Type numbers"},
		{PAGE_OPTIONS, "||b", PAGE_OPTIONS, "every 15 minutes: "},
		{PAGE_OPTIONS, "|5|b", PAGE_OPTIONS, "every hour: "},
		{PAGE_OPTIONS, "|2|b", PAGE_OPTIONS, "every 5 minutes: "},
		{PAGE_OPTIONS, "relative", PAGE_OPTIONS, "Begin the folder"},
		{PAGE_OPTIONS, "||||", PAGE_REVIEW, "There is no\ndefault: "},
		{PAGE_REVIEW, "yes", PAGE_PROTECT, NULL},
		{PAGE_REVIEW, "", PAGE_REVIEW, "Only the word yes"},
		{PAGE_REVIEW, "y", PAGE_REVIEW, "Only the word yes"},
		{PAGE_REVIEW, "no", PAGE_REVIEW, "Nothing is agreed to"},
		{PAGE_REVIEW, "1", PAGE_SIGN_IN, NULL},
		{PAGE_REVIEW, "2", PAGE_CALENDARS, NULL},
		{PAGE_REVIEW, "yes|b", PAGE_REVIEW, "You said yes"},
		{PAGE_REVIEW, "yes|b|no|", PAGE_REVIEW, "Only the word yes"},
		{PAGE_REVIEW, "b", PAGE_OPTIONS, NULL},
	};

	(void)state;
	run(rows, COUNT_OF(rows));
}

/* What is typed at a secret question is the secret: b, ? and q as well. */
static void test_secret(void **state)
{
	static const char *const words[] = {"b", "?", "q"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(words); i++) {
		struct chat c;
		begin(&c, PAGE_SIGN_IN);
		answer(&c, "ada@example.org");
		assert_true(c.talk.secret);
		answer(&c, words[i]);
		assert_int_equal(wizard_page(c.play.w), PAGE_SIGN_IN);
		assert_int_equal(edit_length(&c.play.w->sign_in.password), 1);
		answer(&c, "");
		assert_false(c.talk.secret);
		end(&c);
	}
}

/* No line but "yes" agrees. */
static void test_consent(void **state)
{
	static const char *const others[] = {"", "y", "ye", "yes please", "ok", "1",
		"2", "all", "list", "?", "q", "b", "no", "true", " "};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(others); i++) {
		struct chat c;
		begin(&c, PAGE_REVIEW);
		answer(&c, others[i]);
		assert_false(c.play.w->consent);
		end(&c);
	}
}

static void test_choice_of_face(void **state)
{
	static const struct {
		struct face_signs signs;
		enum face_kind kind;
	} rows[] = {
		{{false, true, true, NULL, NULL, "xterm"}, FACE_SCREEN},
		{{true, true, true, NULL, NULL, "xterm"}, FACE_LINES},
		{{true, false, false, NULL, NULL, NULL}, FACE_LINES},
		{{false, false, true, NULL, NULL, "xterm"}, FACE_NONE},
		{{false, true, false, NULL, NULL, "xterm"}, FACE_NONE},
		{{false, false, true, "1", "1", "dumb"}, FACE_NONE},
		{{false, true, true, "1", NULL, "xterm"}, FACE_LINES},
		{{false, true, true, "0", NULL, "xterm"}, FACE_SCREEN},
		{{false, true, true, "", NULL, "xterm"}, FACE_SCREEN},
		{{false, true, true, NULL, "1", "xterm"}, FACE_LINES},
		{{false, true, true, NULL, "yes", "xterm"}, FACE_LINES},
		{{false, true, true, NULL, "", "xterm"}, FACE_SCREEN},
		{{false, true, true, NULL, "0", "xterm"}, FACE_SCREEN},
		{{false, true, true, NULL, "false", "xterm"}, FACE_SCREEN},
		{{false, true, true, NULL, "no", "xterm"}, FACE_SCREEN},
		{{false, true, true, NULL, NULL, NULL}, FACE_LINES},
		{{false, true, true, NULL, NULL, ""}, FACE_LINES},
		{{false, true, true, NULL, NULL, "dumb"}, FACE_LINES},
		{{false, true, true, NULL, NULL, "unknown"}, FACE_LINES},
		{{false, true, true, NULL, NULL, "emacs"}, FACE_LINES},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_int_equal(face_choose(&rows[i].signs), rows[i].kind);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_secret),
		cmocka_unit_test(test_consent),
		cmocka_unit_test(test_choice_of_face),
	};

	if (!setlocale(LC_ALL, "C.UTF-8") || !secrets_init(NULL))
		return 99;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
