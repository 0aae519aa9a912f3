/*
 * An answers file, settled against a server with a few calendars. A file nothing is
 * wrong with must give settings that a later run can read.
 */
#include <config.h>

#include "app/answers.h"
#include "base/mem.h"
#include "dav/calendar.h"
#include "tests/fuzz/fuzz.h"

static void add(struct dav_calendars *list, const char *name, const char *path,
	enum calendar_hidden hidden)
{
	list->items = xgrow(list->items, list->count, &list->cap, sizeof(*list->items));
	list->items[list->count++] = (struct dav_calendar){
		.path = xstrdup(path),
		.key = href_key(str_of(path)),
		.name = xstrdup(name),
		.writable = name[0] != 'H',
		.hidden = hidden,
	};
}

static struct dav_calendars on_the_server(void)
{
	struct dav_calendars list = {0};

	add(&list, "Home", "/ada/home/", CALENDAR_SHOWN);
	add(&list, "Work", "/ada/work/", CALENDAR_SHOWN);
	add(&list, "Football, juniors", "/ada/f%20b/", CALENDAR_SHOWN);
	add(&list, "Caf\xc3\xa9\x1b[2J", "/ada/caf%C3%A9/", CALENDAR_SHOWN);
	add(&list, "Reminders", "/ada/tasks/", CALENDAR_TASKS);
	return list;
}

static void check_problems(const struct answers *a, size_t lines)
{
	for (size_t i = 0; i < a->n_problems; i++) {
		must(a->problems[i].text && a->problems[i].text[0]);
		must(a->problems[i].line <= lines);
		must_be_safe(str_of(a->problems[i].text));
	}
}

static void check_read(const struct answers *a)
{
	const struct account *account = &a->account;

	must(account->name && account->folder && account->n_calendars == 0);
	if (a->n_problems)
		return;
	must(account->login && account->login[0] && a->n_calendars > 0);
	must(account->provider == PROVIDER_ICLOUD || account->server);
	must(account->folder[0] == '/');
	for (size_t i = 0; i < a->n_calendars; i++)
		must(a->calendars[i].name && a->calendars[i].line > 0);
}

static void check_readable(const struct account *account)
{
	SCOPED(settings) s = {0};
	SCOPED(settings) again = {0};
	struct err e = {0};

	struct account *copy = settings_add(&s);
	account_copy(copy, account);
	copy->password = secret_from(STR("abcd-efgh-ijkl-mnop"));
	AUTO(secret) *text = settings_format(&s);
	const bool done = settings_parse(&again, text, &e);
	if (!done)
		(void)fprintf(stderr, "%s\n", e.message);
	must(done);
	must(account_equal(copy, &again.accounts[0]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct str text = input_of(data, size);
	SCOPED(dav_calendars) server = on_the_server();
	struct answers a;

	must(secrets_init(NULL));
	/* The caller refuses what is not UTF-8 before it is read. */
	if (!utf8_valid(text))
		return 0;
	answers_read(&a, text, "/home/ada");
	check_problems(&a, size + 1);
	check_read(&a);
	answers_resolve(&a, &server);
	check_problems(&a, size + 1);
	if (!a.n_problems)
		check_readable(&a.account);
	answers_clear(&a);
	return 0;
}
