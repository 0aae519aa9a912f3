#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "store/settings.h"
#include "store/vault.h"

#define FIRST "calwiz-config 1\n"
#define ACCOUNT_1                                                                      \
	"account.1.folder /home/ada/Calendars\n"                                       \
	"account.1.kind icloud\n"                                                      \
	"account.1.login ada@example.com\n"                                            \
	"account.1.name icloud\n"                                                      \
	"account.1.secret abcd-efgh-ijkl-mnop\n"
#define CALENDAR_1                                                                     \
	"account.1.calendar.1.direction both\n"                                        \
	"account.1.calendar.1.folder home\n"                                           \
	"account.1.calendar.1.name Home\n"                                             \
	"account.1.calendar.1.path /1234/calendars/home/\n"
#define ACCOUNT_2                                                                      \
	"account.2.folder /home/ada/Club\n"                                            \
	"account.2.kind caldav\n"                                                      \
	"account.2.login bob\n"                                                        \
	"account.2.name club\n"                                                        \
	"account.2.secret x\n"                                                         \
	"account.2.server https://dav.example.org\n"
#define END "end\n"

/* As settings_format() writes it: sorted, every field. */
static const char full[] = FIRST "account.1.calendar.1.direction both\n"
				 "account.1.calendar.1.folder home\n"
				 "account.1.calendar.1.name At%20Home%20100%25\n"
				 "account.1.calendar.1.new-events yes\n"
				 "account.1.calendar.1.path /1234/calendars/h%2520e/\n"
				 "account.1.calendar.1.writable yes\n"
				 "account.1.calendar.2.direction from-server\n"
				 "account.1.calendar.2.folder football\n"
				 "account.1.calendar.2.name \n"
				 "account.1.calendar.2.new-events no\n"
				 "account.1.calendar.2.path /1234/calendars/ball/\n"
				 "account.1.calendar.2.writable no\n"
				 "account.1.conflict local\n"
				 "account.1.folder /home/ada/My%20Calendars\n"
				 "account.1.home https://p59-caldav.icloud.com/1234/\n"
				 "account.1.kind icloud\n"
				 "account.1.login ada@example.com\n"
				 "account.1.name icloud\n"
				 "account.1.past 365\n"
				 "account.1.principal /1234/principal/\n"
				 "account.1.schedule 15\n"
				 "account.1.secret a%20b%25%0A%7F\xc3\xa9\n"
				 "account.1.unlock command\n"
				 "account.1.unlock-command /usr/bin/pass%20show%20x\n"
				 "account.2.conflict merge\n"
				 "account.2.folder /home/ada/Club\n"
				 "account.2.kind caldav\n"
				 "account.2.login bob\n"
				 "account.2.name club\n"
				 "account.2.past 0\n"
				 "account.2.schedule 0\n"
				 "account.2.secret x\n"
				 "account.2.server https://dav.example.org:8443/\n"
				 "account.2.unlock machine\n" END;

static int start(void **state)
{
	(void)state;
	return secrets_init(NULL) ? 0 : -1;
}

static bool parse_bytes(struct settings *s, struct str text, struct err *e)
{
	AUTO(secret) *memory = secret_from(text);
	return settings_parse(s, memory, e);
}

static struct settings parsed(const char *text)
{
	struct settings s = {0};
	struct err e = {0};

	if (!parse_bytes(&s, str_of(text), &e))
		fail_msg("%s", e.message);
	return s;
}

static char *formatted(const struct settings *s)
{
	AUTO(secret) *text = settings_format(s);
	char *copy = str_dup(secret_view(text));

	secret_close(text);
	return copy;
}

static void assert_secret_is(struct secret *s, const char *wanted)
{
	assert_non_null(s);
	const bool same = str_is(secret_view(s), wanted);
	secret_close(s);
	assert_true(same);
}

static void test_parse(void **state)
{
	SCOPED(settings) s = parsed(full);

	(void)state;
	assert_int_equal(s.n_accounts, 2);
	const struct account *a = &s.accounts[0];
	assert_string_equal(a->name, "icloud");
	assert_int_equal(a->provider, PROVIDER_ICLOUD);
	assert_string_equal(a->login, "ada@example.com");
	assert_null(a->server);
	assert_string_equal(a->home, "https://p59-caldav.icloud.com/1234/");
	assert_string_equal(a->principal, "/1234/principal/");
	assert_secret_is(a->password, "a b%\n\x7f\xc3\xa9");
	assert_string_equal(a->folder, "/home/ada/My Calendars");
	assert_int_equal(a->conflict, CONFLICT_LOCAL);
	assert_int_equal(a->schedule_minutes, 15);
	assert_int_equal(a->past_days, 365);
	assert_int_equal(a->unlock, UNLOCK_COMMAND);
	assert_string_equal(a->unlock_command, "/usr/bin/pass show x");
	assert_int_equal(a->n_calendars, 2);
	assert_string_equal(a->calendars[0].path, "/1234/calendars/h%20e/");
	assert_string_equal(a->calendars[0].name, "At Home 100%");
	assert_string_equal(a->calendars[0].folder, "home");
	assert_int_equal(a->calendars[0].direction, DIRECTION_BOTH);
	assert_true(a->calendars[0].writable);
	assert_true(a->calendars[0].new_events);
	assert_string_equal(a->calendars[1].name, "");
	assert_int_equal(a->calendars[1].direction, DIRECTION_FROM_SERVER);
	assert_false(a->calendars[1].writable);
	assert_false(a->calendars[1].new_events);
	assert_int_equal(s.accounts[1].provider, PROVIDER_CALDAV);
	assert_string_equal(s.accounts[1].server, "https://dav.example.org:8443/");
	assert_null(s.accounts[1].home);
	assert_null(s.accounts[1].unlock_command);
	assert_int_equal(s.accounts[1].n_calendars, 0);
}

static void test_round_trip(void **state)
{
	SCOPED(settings) s = parsed(full);
	AUTO_FREE char *text = formatted(&s);

	(void)state;
	assert_string_equal(text, full);
}

static void test_nothing_configured(void **state)
{
	SCOPED(settings) s = parsed(FIRST END);
	AUTO_FREE char *text = formatted(&s);

	(void)state;
	assert_int_equal(s.n_accounts, 0);
	assert_string_equal(text, FIRST END);
}

static void test_defaults(void **state)
{
	SCOPED(settings) s = parsed(FIRST ACCOUNT_1 CALENDAR_1 END);
	const struct account *a = &s.accounts[0];

	(void)state;
	assert_int_equal(a->conflict, CONFLICT_MERGE);
	assert_int_equal(a->schedule_minutes, 0);
	assert_int_equal(a->past_days, 0);
	assert_int_equal(a->unlock, UNLOCK_MACHINE);
	assert_false(a->calendars[0].writable);
	assert_false(a->calendars[0].new_events);
}

/* Sorted by bytes "10" comes before "2"; the numbers are what counts. */
static void test_many_numbers(void **state)
{
	SCOPED(settings) s = parsed(FIRST ACCOUNT_1 END);
	struct account *a = &s.accounts[0];

	(void)state;
	for (int i = 1; i <= 123; i++) {
		struct calendar_choice *c = account_add_calendar(a);
		c->path = xasprintf("/c/%d/", i);
		c->name = xasprintf("Calendar %d", i);
		c->folder = xasprintf("c%d", i);
	}
	AUTO_FREE char *text = formatted(&s);
	SCOPED(settings) again = parsed(text);
	AUTO_FREE char *same = formatted(&again);
	assert_string_equal(text, same);
	assert_int_equal(again.accounts[0].n_calendars, 123);
	assert_string_equal(again.accounts[0].calendars[99].path, "/c/100/");
}

static void test_refusals(void **state)
{
	static const struct {
		const char *text;
		const char *said;
	} cases[] = {
		{"", "line 1"},
		{"calwiz-config 1", "line 1"},
		{"calwiz-config\nend\n", "line 1"},
		{"calwiz-config 2\nend\n", "newer calwiz"},
		{"calwiz-config 1\r\nend\n", "newer calwiz"},
		{FIRST, "\"end\" is missing"},
		{FIRST "end", "\"end\" is missing"},
		{FIRST ACCOUNT_1, "\"end\" is missing"},
		{FIRST ACCOUNT_1 "end \n", "\"end\" is missing"},
		{FIRST ACCOUNT_1 "END\n", "line 7: END has no value"},
		{FIRST END "\n", "line 3: there is something behind the end"},
		{FIRST END "account.1.name x\n", "behind the end"},
		{FIRST "\n" END, "line 2: the key is damaged"},
		{FIRST " x\n" END, "line 2: the key is damaged"},
		{FIRST "k\xc3\xa9y x\n" END, "line 2: the key is damaged"},
		{FIRST "key\x1b[2J x\n" END, "line 2: the key is damaged"},
		{FIRST "key\n" END, "line 2: key has no value"},
		{FIRST ACCOUNT_1 "account.1.name other\n" END,
			"line 7: account.1.name is there twice"},
		{FIRST "x 1\nx 1\n" END, "line 3: x is there twice"},
		{FIRST "x a%\n" END, "line 2: x has a damaged value"},
		{FIRST "x a%4\n" END, "line 2: x has a damaged value"},
		{FIRST "x %g0\n" END, "line 2: x has a damaged value"},
		{FIRST "x %0g\n" END, "line 2: x has a damaged value"},
		{FIRST "x %%20\n" END, "line 2: x has a damaged value"},
		{FIRST "x a b\n" END, "line 2: x has a damaged value"},
		{FIRST "x a\tb\n" END, "line 2: x has a damaged value"},
		{FIRST "x a\r\n" END, "line 2: x has a damaged value"},
		{FIRST "x a\x7f\n" END, "line 2: x has a damaged value"},
		{FIRST "account.0.name x\n" END, "account.0.name has a bad number"},
		{FIRST "account.01.name x\n" END, "has a bad number"},
		{FIRST "account.1x.name x\n" END, "has a bad number"},
		{FIRST "account.4097.name x\n" END, "has a bad number"},
		{FIRST "account.18446744073709551617.name x\n" END, "has a bad number"},
		{FIRST "account.1 x\n" END, "has a bad number"},
		{FIRST "account.1. x\n" END, "has a bad number"},
		{FIRST ACCOUNT_1 "account.1.calendar.0.name x\n" END,
			"has a bad number"},
		{FIRST ACCOUNT_1 "account.1.calendar.1 x\n" END, "has a bad number"},
		{FIRST ACCOUNT_2 END,
			"account.2.folder comes without the number before"},
		{FIRST "account.4096.name x\n" END, "comes without the number before"},
		{FIRST ACCOUNT_1 "account.1.calendar.2.name x\n" END,
			"account.1.calendar.2.name comes without the number before"},
		{FIRST "account.1.kind icloud\n"
		       "account.1.login me@example.com\n"
		       "account.1.secret abcd-efgh-ijkl-mnop\n" END,
			"account.1.name is missing"},
		{FIRST ACCOUNT_1 "account.1.calendar.1.name x\n" END,
			"account.1.calendar.1.path is missing"},
		{FIRST ACCOUNT_1 "account.1.kind.x y\naccount.1.schedule -1\n" END,
			"account.1.schedule must be a number"},
		{FIRST ACCOUNT_1 "account.1.schedule 15m\n" END, "must be a number"},
		{FIRST ACCOUNT_1 "account.1.schedule 99999999999\n" END,
			"must be a number"},
		{FIRST ACCOUNT_1 "account.1.schedule \n" END, "must be a number"},
		{FIRST ACCOUNT_1 "account.1.past 36526\n" END, "must be a number"},
		{FIRST ACCOUNT_1 "account.1.conflict Merge\n" END,
			"account.1.conflict has a value that this calwiz does not "
			"know"},
		{FIRST ACCOUNT_1 "account.1.unlock \n" END, "does not know"},
		{FIRST ACCOUNT_1 "account.1.unlock-command pass\n" END, "begin with /"},
		{FIRST ACCOUNT_1 "account.1.home a%00b\n" END, "holds a zero byte"},
		{FIRST ACCOUNT_1 CALENDAR_1 "account.1.calendar.1.writable 1\n" END,
			"must be yes or no"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct settings s = {.n_accounts = 42};
		struct err e = {0};
		assert_false(parse_bytes(&s, str_of(cases[i].text), &e));
		assert_int_equal(e.code, ERR_CONFIG);
		assert_int_equal(s.n_accounts, 42);
		assert_null(s.accounts);
		if (!strstr(e.message, cases[i].said))
			fail_msg("case %zu: %s", i, e.message);
	}
}

/* One good line of an account exchanged for a bad one. */
static void test_bad_values(void **state)
{
	static const struct {
		const char *line; /* begins with the key of the line it replaces */
		const char *said;
	} cases[] = {
		{"account.1.name ", "account.1.name must be 1 to 64 of"},
		{"account.1.name A", "must be 1 to 64 of"},
		{"account.1.name ../x", "must be 1 to 64 of"},
		{"account.1.name a%2Fb", "must be 1 to 64 of"},
		{"account.1.name club", "account.2.name is the name of another"},
		{"account.1.kind google", "does not know"},
		{"account.1.kind caldav", "account.1.server is missing"},
		{"account.1.login ", "must not be empty"},
		{"account.1.secret ", "account.1.secret is empty or holds a zero byte"},
		{"account.1.secret a%00b", "is empty or holds a zero byte"},
		{"account.1.folder Calendars", "must begin with /"},
		{"account.1.folder ", "must begin with /"},
		{"account.1.calendar.1.path home/", "must begin with /"},
		{"account.1.calendar.1.folder ", "the name of one folder"},
		{"account.1.calendar.1.folder ..", "the name of one folder"},
		{"account.1.calendar.1.folder .calwiz", "the name of one folder"},
		{"account.1.calendar.1.folder a/b", "the name of one folder"},
		{"account.1.calendar.1.folder a%2Fb", "the name of one folder"},
		{"account.1.calendar.1.direction to-server", "does not know"},
	};
	static const char good[] = FIRST ACCOUNT_1 ACCOUNT_2 CALENDAR_1 END;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const struct str bad = str_of(cases[i].line);
		const struct str key = str_slice(bad, 0, str_find_char(bad, ' ') + 1);
		struct str rest = str_of(good);
		struct str line = STR("");
		SCOPED(buf) text = buf_with_max(0);
		size_t exchanged = 0;
		while (str_line(&rest, &line)) {
			const bool here = str_starts(line, key);
			exchanged += here;
			buf_add(&text, here ? bad : line);
			buf_char(&text, '\n');
		}
		assert_int_equal(exchanged, 1);
		struct settings s = {0};
		struct err e = {0};
		assert_false(parse_bytes(&s, buf_view(&text), &e));
		if (!strstr(e.message, cases[i].said))
			fail_msg("case %zu: %s", i, e.message);
	}
}

/* Each required line left out in turn. */
static void test_required(void **state)
{
	static const char good[] = FIRST ACCOUNT_1 CALENDAR_1 ACCOUNT_2 END;
	SCOPED(settings) all = parsed(good);
	size_t lines = 0;

	(void)state;
	assert_int_equal(all.n_accounts, 2);
	for (const char *p = good; *p; p++)
		lines += *p == '\n';
	for (size_t out = 1; out + 1 < lines; out++) {
		struct str rest = str_of(good);
		struct str line = STR("");
		struct str gone = STR("");
		SCOPED(buf) text = buf_with_max(0);
		for (size_t i = 0; str_line(&rest, &line); i++) {
			if (i == out)
				gone = line;
			else
				buf_printf(&text, STR_FMT "\n", STR_ARG(line));
		}
		struct settings s = {0};
		struct err e = {0};
		assert_false(parse_bytes(&s, buf_view(&text), &e));
		AUTO_FREE char *said = xasprintf("settings: " STR_FMT " is missing",
			STR_ARG(str_slice(gone, 0, str_find_char(gone, ' '))));
		assert_string_equal(e.message, said);
	}
}

static void test_same_calendar_twice(void **state)
{
	static const char *const second[] = {
		"account.1.calendar.2.direction both\naccount.1.calendar.2.folder b\n"
		"account.1.calendar.2.name B\n"
		"account.1.calendar.2.path /1234/calendars/home/\n",
		"account.1.calendar.2.direction both\naccount.1.calendar.2.folder "
		"home\n"
		"account.1.calendar.2.name B\n"
		"account.1.calendar.2.path /1234/calendars/b/\n",
	};
	static const char *const said[] = {"have the same path",
		"have the same folder"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(second); i++) {
		AUTO_FREE char *text =
			xasprintf(FIRST ACCOUNT_1 CALENDAR_1 "%s" END, second[i]);
		struct settings s = {0};
		struct err e = {0};
		assert_false(parse_bytes(&s, str_of(text), &e));
		assert_non_null(strstr(e.message, said[i]));
	}
}

static void test_every_cut_is_refused(void **state)
{
	(void)state;
	for (size_t len = 0; len < sizeof(full) - 1; len++) {
		struct settings s = {0};
		struct err e = {0};
		assert_false(parse_bytes(&s, str_slice(str_of(full), 0, len), &e));
		assert_int_equal(e.code, ERR_CONFIG);
	}
}

/* Whatever one byte is changed to: refused, or understood the same after a save. */
static void test_every_changed_byte(void **state)
{
	static const unsigned char bytes[] = {0, '\n', ' ', '%', '.', '0', 'z', 0x7f,
		0xff};

	(void)state;
	for (size_t at = 0; at < sizeof(full) - 1; at++) {
		for (size_t b = 0; b < COUNT_OF(bytes); b++) {
			AUTO_FREE char *text = xstrndup(full, sizeof(full) - 1);
			SCOPED(settings) s = {0};
			SCOPED(settings) again = {0};
			text[at] = (char)bytes[b];
			if (!parse_bytes(&s, (struct str){text, sizeof(full) - 1},
				    NULL))
				continue;
			AUTO(secret) *written = settings_format(&s);
			assert_true(settings_parse(&again, written, NULL));
			AUTO(secret) *twice = settings_format(&again);
			assert_true(secret_equal(written, twice));
		}
	}
}

static void test_password_is_not_in_messages(void **state)
{
	static const char *const cases[] = {
		FIRST "account.1.secret hunter%2\n" END,
		FIRST "account.1.secret hunter 2\n" END,
		FIRST "account.1.secret hunter2\naccount.1.secret hunter2\n" END,
		FIRST "account.1.secret hunter%002\n" END,
		FIRST "account.1.name hunter/\n" END,
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct settings s = {0};
		struct err e = {0};
		assert_false(parse_bytes(&s, str_of(cases[i]), &e));
		assert_null(strstr(e.message, "hunter"));
	}
}

static void test_line_limit(void **state)
{
	(void)state;
	for (size_t extra = 0; extra < 3; extra++) {
		SCOPED(buf) text = buf_with_max(0);
		SCOPED(settings) s = {0};
		struct err e = {0};
		buf_text(&text, FIRST);
		for (size_t i = 0; i < VAULT_LINES_MAX - 2 + extra; i++)
			buf_printf(&text, "x%zu v\n", i);
		buf_text(&text, END);
		assert_int_equal(parse_bytes(&s, buf_view(&text), &e), extra == 0);
		if (extra)
			assert_non_null(strstr(e.message, "more than 4096 lines"));
		else
			assert_int_equal(s.n_unknown, VAULT_LINES_MAX - 2);
	}
}

static void test_unknown_keys_are_kept(void **state)
{
	static const char text[] = FIRST "account.1.calendar.1.colour %23ff0000\n"
					 "account.1.calendar.1.direction both\n"
					 "account.1.calendar.1.folder home\n"
					 "account.1.calendar.1.name Home\n"
					 "account.1.calendar.1.new-events no\n"
					 "account.1.calendar.1.path /h/\n"
					 "account.1.calendar.1.writable no\n"
					 "account.1.calendar.x.y z\n"
					 "account.1.conflict merge\n"
					 "account.1.folder /f\n"
					 "account.1.future a%20b%0a%41\n"
					 "account.1.kind icloud\n"
					 "account.1.login l\n"
					 "account.1.name n\n"
					 "account.1.past 0\n"
					 "account.1.schedule 0\n"
					 "account.1.secret s\n"
					 "account.1.unlock machine\n"
					 "account.default n\n"
					 "proxy \n" END;
	SCOPED(settings) s = parsed(text);
	AUTO_FREE char *again = formatted(&s);

	(void)state;
	assert_string_equal(again, text);
}

static const char two_with_unknown[] = FIRST ACCOUNT_1 CALENDAR_1
	"account.1.future one\n" ACCOUNT_2 "account.2.future two\n"
	"account.2.calendar.1.colour red\n"
	"account.2.calendar.1.direction both\n"
	"account.2.calendar.1.folder a\n"
	"account.2.calendar.1.name A\n"
	"account.2.calendar.1.path /a/\n"
	"account.2.calendar.2.colour blue\n"
	"account.2.calendar.2.direction both\n"
	"account.2.calendar.2.folder b\n"
	"account.2.calendar.2.name B\n"
	"account.2.calendar.2.path /b/\n"
	"top level\n" END;

/* They move with their account and go with it. */
static void test_unknown_keys_are_renumbered(void **state)
{
	SCOPED(settings) s = parsed(two_with_unknown);

	(void)state;
	settings_remove(&s, 0);
	AUTO_FREE char *text = formatted(&s);
	assert_int_equal(s.n_accounts, 1);
	assert_string_equal(s.accounts[0].name, "club");
	assert_non_null(strstr(text, "\naccount.1.future two\n"));
	assert_non_null(strstr(text, "\naccount.1.calendar.2.colour blue\n"));
	assert_non_null(strstr(text, "\ntop level\n"));
	assert_null(strstr(text, "one"));
	assert_null(strstr(text, "account.2"));
	settings_remove(&s, 7); /* there is none */
	settings_remove(&s, 0);
	AUTO_FREE char *rest = formatted(&s);
	assert_string_equal(rest, FIRST "top level\n" END);
	/* A new account of that name starts without them. */
	settings_add(&s)->name = xstrdup("club");
	AUTO_FREE char *fresh = formatted(&s);
	assert_null(strstr(fresh, "future"));
}

/* A calendar's unknown keys stand by its path, wherever it is listed. */
static void test_unknown_keys_follow_the_calendar(void **state)
{
	SCOPED(settings) s = parsed(two_with_unknown);
	struct account *a = settings_find(&s, "club");

	(void)state;
	const struct calendar_choice first = a->calendars[0];
	a->calendars[0] = a->calendars[1];
	a->calendars[1] = first;
	AUTO_FREE char *swapped = formatted(&s);
	assert_non_null(strstr(swapped, "\naccount.2.calendar.1.colour blue\n"));
	assert_non_null(strstr(swapped, "\naccount.2.calendar.2.colour red\n"));
	calendar_choice_clear(&a->calendars[1]);
	a->n_calendars = 1;
	AUTO_FREE char *fewer = formatted(&s);
	assert_null(strstr(fewer, "red"));
	assert_non_null(strstr(fewer, "\naccount.2.calendar.1.colour blue\n"));
}

static void test_copy_is_deep(void **state)
{
	SCOPED(settings) s = parsed(full);
	struct account copy;

	(void)state;
	account_copy(&copy, &s.accounts[0]);
	assert_true(account_equal(&copy, &s.accounts[0]));
	assert_ptr_not_equal(copy.password, s.accounts[0].password);
	assert_ptr_not_equal(copy.name, s.accounts[0].name);
	assert_ptr_not_equal(copy.calendars, s.accounts[0].calendars);
	settings_remove(&s, 0);
	assert_string_equal(copy.calendars[0].name, "At Home 100%");
	assert_secret_is(copy.password, "a b%\n\x7f\xc3\xa9");
	(void)account_add_calendar(&copy);
	account_clear(&copy);
	assert_null(copy.password);
}

static void set(char **text, const char *value)
{
	free(*text);
	*text = xstrdup_or_null(value);
}

static void change(struct account *a, size_t what)
{
	switch (what) {
	case 0:
		set(&a->name, "other");
		return;
	case 1:
		a->provider = PROVIDER_CALDAV;
		return;
	case 2:
		set(&a->login, "other");
		return;
	case 3:
		set(&a->server, "https://dav.example.org");
		return;
	case 4:
		set(&a->home, NULL);
		return;
	case 5:
		set(&a->principal, "/");
		return;
	case 6:
		secret_free(a->password);
		a->password = secret_from(STR("other"));
		return;
	case 7:
		secret_free(a->password);
		a->password = NULL;
		return;
	case 8:
		set(&a->folder, "/other");
		return;
	case 9:
		a->conflict = CONFLICT_SERVER;
		return;
	case 10:
		a->schedule_minutes++;
		return;
	case 11:
		a->past_days = 0;
		return;
	case 12:
		a->unlock = UNLOCK_MACHINE;
		return;
	case 13:
		set(&a->unlock_command, NULL);
		return;
	case 14:
		(void)account_add_calendar(a);
		return;
	case 15:
		set(&a->calendars[0].path, "/other/");
		return;
	case 16:
		set(&a->calendars[0].name, "other");
		return;
	case 17:
		set(&a->calendars[0].folder, "other");
		return;
	case 18:
		a->calendars[0].direction = DIRECTION_FROM_SERVER;
		return;
	case 19:
		a->calendars[0].writable = false;
		return;
	case 20:
		a->calendars[0].new_events = false;
		return;
	}
}

#define CHANGES 21

static void test_equal(void **state)
{
	SCOPED(settings) s = parsed(full);
	const struct account *a = &s.accounts[0];

	(void)state;
	for (size_t what = 0; what < CHANGES; what++) {
		struct account copy;
		account_copy(&copy, a);
		assert_true(account_equal(a, &copy));
		change(&copy, what);
		if (account_equal(a, &copy) || account_equal(&copy, a))
			fail_msg("change %zu is not seen", what);
		account_clear(&copy);
	}
	struct account copy;
	account_copy(&copy, a);
	const struct calendar_choice first = copy.calendars[0];
	copy.calendars[0] = copy.calendars[1];
	copy.calendars[1] = first;
	assert_true(account_equal(a, &copy));
	account_clear(&copy);
}

static void test_find(void **state)
{
	SCOPED(settings) s = parsed(full);

	(void)state;
	assert_ptr_equal(settings_find(&s, "club"), &s.accounts[1]);
	assert_null(settings_find(&s, "Club"));
	struct account *a = settings_find(&s, "icloud");
	assert_ptr_equal(account_find_calendar(a, "/1234/calendars/ball/"),
		&a->calendars[1]);
	assert_null(account_find_calendar(a, "/1234/calendars/ball"));
	(void)settings_add(&s); /* without a name */
	(void)account_add_calendar(a);
	assert_null(settings_find(&s, "nobody"));
	assert_null(account_find_calendar(&s.accounts[0], "/nothing/"));
}

static void test_words(void **state)
{
	enum direction d = DIRECTION_BOTH;
	enum conflict_rule c = CONFLICT_MERGE;
	enum provider p = PROVIDER_ICLOUD;
	enum unlock_kind u = UNLOCK_MACHINE;

	(void)state;
	assert_string_equal(direction_word(DIRECTION_BOTH), "both");
	assert_string_equal(direction_word(DIRECTION_FROM_SERVER), "from-server");
	assert_string_equal(conflict_word(CONFLICT_MERGE), "merge");
	assert_string_equal(conflict_word(CONFLICT_SERVER), "server");
	assert_string_equal(conflict_word(CONFLICT_LOCAL), "local");
	assert_string_equal(provider_word(PROVIDER_ICLOUD), "icloud");
	assert_string_equal(provider_word(PROVIDER_CALDAV), "caldav");
	assert_string_equal(unlock_word(UNLOCK_MACHINE), "machine");
	assert_string_equal(unlock_word(UNLOCK_PASSPHRASE), "passphrase");
	assert_string_equal(unlock_word(UNLOCK_COMMAND), "command");
	assert_true(direction_from(STR("from-server"), &d));
	assert_int_equal(d, DIRECTION_FROM_SERVER);
	assert_true(conflict_from(STR("local"), &c));
	assert_int_equal(c, CONFLICT_LOCAL);
	assert_true(provider_from(STR("caldav"), &p));
	assert_int_equal(p, PROVIDER_CALDAV);
	assert_true(unlock_from(STR("command"), &u));
	assert_int_equal(u, UNLOCK_COMMAND);
	assert_false(direction_from(STR("Both"), &d));
	assert_false(conflict_from(STR(""), &c));
	assert_false(provider_from(STR("icloudx"), &p));
	assert_false(unlock_from(STR("comm"), &u));
	assert_int_equal(d, DIRECTION_FROM_SERVER);
	assert_int_equal(c, CONFLICT_LOCAL);
	assert_int_equal(p, PROVIDER_CALDAV);
	assert_int_equal(u, UNLOCK_COMMAND);
}

/* An account that is still being set up can be written, but not be taken for one that
 * is complete. */
static void test_format_incomplete(void **state)
{
	SCOPED(settings) s = {0};
	struct err e = {0};

	(void)state;
	settings_add(&s)->name = xstrdup("new");
	AUTO_FREE char *text = formatted(&s);
	assert_string_equal(text,
		FIRST "account.1.conflict merge\naccount.1.kind icloud\n"
		      "account.1.name new\naccount.1.past 0\n"
		      "account.1.schedule 0\naccount.1.unlock machine\n" END);
	struct settings again = {0};
	assert_false(parse_bytes(&again, str_of(text), &e));
	assert_non_null(strstr(e.message, "is missing"));
}

/*
 * The password is looked for in all ordinary memory, kept here only in another form. It
 * never was in any: not while it was parsed, formatted, copied or compared.
 */
#ifdef __SANITIZE_ADDRESS__
#define SANITIZED true
#else
#define SANITIZED false
#endif
#define HIDE 0x5a
static const unsigned char hidden[] = {'q' ^ HIDE, 'z' ^ HIDE, 'x' ^ HIDE, 'j' ^ HIDE,
	'-' ^ HIDE, 'k' ^ HIDE, 'w' ^ HIDE, 'v' ^ HIDE, 'b' ^ HIDE, '-' ^ HIDE,
	'y' ^ HIDE, 'f' ^ HIDE, 'g' ^ HIDE, 'm' ^ HIDE};

static struct secret *text_with_password(const char *before, const char *after)
{
	struct secret *s = secret_new(1024);
	(void)secret_insert(s, 0, str_of(before));
	const size_t at = secret_len(s);
	char *bytes = secret_open(s);

	for (size_t i = 0; i < sizeof(hidden); i++)
		bytes[at + i] = (char)(hidden[i] ^ HIDE);
	secret_set_len(s, at + sizeof(hidden));
	secret_close(s);
	(void)secret_insert(s, secret_len(s), str_of(after));
	return s;
}

static size_t count_in(const unsigned char *from, const unsigned char *to)
{
	size_t found = 0;

	for (; from + sizeof(hidden) <= to; from++) {
		size_t i = 0;
		while (i < sizeof(hidden) && from[i] == (hidden[i] ^ HIDE))
			i++;
		found += i == sizeof(hidden);
	}
	return found;
}

static size_t count_in_memory(void)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[512];
	size_t found = 0;

	if (!maps)
		skip();
	while (fgets(line, sizeof(line), maps)) {
		char *next = NULL;
		const uintptr_t from = (uintptr_t)strtoull(line, &next, 16);
		const uintptr_t to = (uintptr_t)strtoull(next + 1, &next, 16);
		if (!strncmp(next, " rw-p", 5))
			found += count_in((const unsigned char *)from,
				(const unsigned char *)to);
	}
	(void)fclose(maps);
	return found;
}

static void test_password_stays_in_secret_memory(void **state)
{
	(void)state;
	if (SANITIZED)
		skip(); /* terabytes of shadow to look through */
	struct secret *text = text_with_password(FIRST "account.1.secret ",
		"\naccount.1.folder /f\naccount.1.kind icloud\n"
		"account.1.login l\naccount.1.name n\n" END);
	struct settings s = {0};
	struct account copy;

	assert_true(settings_parse(&s, text, NULL));
	account_copy(&copy, &s.accounts[0]);
	assert_true(account_equal(&copy, &s.accounts[0]));
	struct secret *written = settings_format(&s);
	assert_int_equal(count_in_memory(), 0);
	/* The search does find what is there. */
	(void)secret_open(written);
	assert_int_equal(count_in_memory(), 1);
	secret_close(written);
	secret_free(written);
	secret_free(text);
	account_clear(&copy);
	settings_clear(&s);
	assert_int_equal(count_in_memory(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_nothing_configured),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_many_numbers),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_bad_values),
		cmocka_unit_test(test_required),
		cmocka_unit_test(test_same_calendar_twice),
		cmocka_unit_test(test_every_cut_is_refused),
		cmocka_unit_test(test_every_changed_byte),
		cmocka_unit_test(test_password_is_not_in_messages),
		cmocka_unit_test(test_line_limit),
		cmocka_unit_test(test_unknown_keys_are_kept),
		cmocka_unit_test(test_unknown_keys_are_renumbered),
		cmocka_unit_test(test_unknown_keys_follow_the_calendar),
		cmocka_unit_test(test_copy_is_deep),
		cmocka_unit_test(test_equal),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_format_incomplete),
		cmocka_unit_test(test_password_stays_in_secret_memory),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
