#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/answers.h"
#include "base/mem.h"
#include "base/secret.h"
#include "dav/calendar.h"

#define HEAD "provider = caldav\naccount = ada\nserver = https://dav.example.org\n"

static struct dav_calendar made(const char *name, bool writable, enum calendar_hidden hidden)
{
	AUTO_FREE char *path = xasprintf("/ada/%s/", name);

	return (struct dav_calendar){.path = xstrdup(path),
		.key = href_key(str_of(path)),
		.name = xstrdup(name),
		.writable = writable,
		.hidden = hidden};
}

static struct dav_calendars on_the_server(void)
{
	struct dav_calendars list = {.count = 4, .cap = 4};

	list.items = xcalloc(4, sizeof(*list.items));
	list.items[0] = made("Home", true, CALENDAR_SHOWN);
	list.items[1] = made("Work", true, CALENDAR_SHOWN);
	list.items[2] = made("Holidays", false, CALENDAR_SHOWN);
	list.items[3] = made("Reminders", true, CALENDAR_TASKS);
	return list;
}

static bool has_problem(const struct answers *a, const char *says)
{
	for (size_t i = 0; i < a->n_problems; i++)
		if (strstr(a->problems[i].text, says))
			return true;
	return false;
}

struct row {
	const char *text;
	unsigned problems;
	const char *says; /* one of them, NULL = none */
};

/* Read, then settled against the server above. */
static const struct row rows[] = {
	{HEAD "calendar = Home, both\nconsent = write Home\n", 0, NULL},
	{HEAD "calendar = /ada/Home/, from-server\n", 0, NULL},
	{HEAD "# all of it\ncalendar = Home, from-server # mine\n", 0, NULL},
	{HEAD "calendar = Home, both\ncalendar = Work, both\nconsent = write Work, Home\n", 0,
		NULL},
	{HEAD "calendar = Home, both\n", 1, "consent does not name \"Home\""},
	{HEAD "calendar = Home, both\nconsent = write Home, Work\n", 1,
		"consent names \"Work\""},
	{HEAD "calendar = Home, from-server\nconsent = write Home\n", 1,
		"consent names \"Home\""},
	{HEAD "calendar = Home, both\nconsent = yes\n", 2, "write the word write"},
	{HEAD "calendar = Holidays, both\nconsent = write Holidays\n", 1, "read-only"},
	{HEAD "calendar = Reminders, from-server\n", 1, "cannot be synced"},
	{HEAD "calendar = Hoem, from-server\n", 1, "did you mean \"Home\""},
	{HEAD "calendar = Something else, from-server\n", 1, "no such calendar on the server"},
	{HEAD "calendar = Home, from-server\ncalendar = Home, from-server\n", 1, "named twice"},
	{HEAD "calendar = Home, from-server, folder x\ncalendar = Work, from-server, folder X\n",
		1, "free folder name"},
	{HEAD "calendar = Home, from-server, folder ../x\n", 1, "free folder name"},
	{HEAD "calendar = Home, from-server\ndefault = Home\n", 1, "default \"Home\""},
	{HEAD "calendar = Home\n", 2, "both or from-server"},
	{HEAD "calendar = Home, from-server\nschedule = weekly\n", 1, "schedule \"weekly\""},
	{HEAD "calendar = Home, from-server\nconflict = newest\n", 1, "merge, server or local"},
	{HEAD "calendar = Home, from-server\nfirst-sync = maybe\n", 1, "yes or no"},
	{HEAD "calendar = Home, from-server\nfolder = Calendars\n", 1, "from / or ~/"},
	{HEAD "calendar = Home, from-server\nname = My Name\n", 1, "lower-case"},
	{HEAD "calendar = Home, from-server\nname = a\nname = b\n", 1, "given twice"},
	{HEAD "calendar = Home, from-server\nname =\n", 1, "no value"},
	{HEAD "calendar = Home, from-server\nwhatever\n", 1, "key = value"},
	{HEAD "calendar = Home, from-server\nPASSWORD = x\n", 1, "unknown key"},
	{HEAD "calendar = Home, from-server\npassword = x\n", 1, "does not belong"},
	{HEAD "calendar = Home, from-server\nunlock = passphrase\n", 1, "machine"},
	{"", 3, "provider is missing"},
	{"provider = icloud\naccount = ada\ncalendar = Home, from-server\n", 1, "e-mail"},
	{"provider = caldav\naccount = ada\ncalendar = Home, from-server\n", 1,
		"server is missing"},
	{"provider = caldav\naccount = ada\nserver = http://dav.example.org\n"
	 "calendar = Home, from-server\n",
		2, "http"},
	{"provider = caldav\naccount = a:b\nserver = dav.example.org\n"
	 "calendar = Home, from-server\n",
		1, "colon"},
};

static void test_problems(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct dav_calendars list = on_the_server();
		struct answers a;
		answers_read(&a, str_of(rows[i].text), "/home/ada");
		answers_resolve(&a, &list);
		if (a.n_problems != rows[i].problems ||
			(rows[i].says && !has_problem(&a, rows[i].says)))
			fail_msg("row %zu: %zu problems, first \"%s\"", i, a.n_problems,
				a.n_problems ? a.problems[0].text : "");
		answers_clear(&a);
		dav_calendars_clear(&list);
	}
}

static void test_what_becomes_of_it(void **state)
{
	static const char text[] = HEAD "name = mine\nfolder = ~/cal\nschedule = 1h\n"
					"conflict = server\ncalendar = Home, both, folder h\n"
					"calendar = Work, from-server\ndefault = Home\n"
					"consent = write Home\nfirst-sync = yes\n";
	struct dav_calendars list = on_the_server();
	struct answers a;

	(void)state;
	answers_read(&a, STR(text), "/home/ada");
	answers_resolve(&a, &list);
	assert_int_equal(a.n_problems, 0);
	assert_string_equal(a.account.name, "mine");
	assert_string_equal(a.account.folder, "/home/ada/cal");
	assert_int_equal(a.account.schedule_minutes, 60);
	assert_int_equal(a.account.conflict, CONFLICT_SERVER);
	assert_true(a.first_sync);
	assert_int_equal(a.account.n_calendars, 2);
	assert_string_equal(a.account.calendars[0].folder, "h");
	assert_true(a.account.calendars[0].new_events);
	assert_string_equal(a.account.calendars[1].folder, "work");
	assert_false(a.account.calendars[1].new_events);
	answers_clear(&a);
	dav_calendars_clear(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_problems),
		cmocka_unit_test(test_what_becomes_of_it),
	};

	return secrets_init(NULL) ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
