#include <config.h>

#include "app/answers.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "app/options.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

#define LINES_MAX 1000

void answers_problem(struct answers *a, unsigned line, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	char text[400];
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	a->problems = xgrow(a->problems, a->n_problems, &a->cap_problems,
		sizeof(*a->problems));
	a->problems[a->n_problems++] = (struct problem){line, xstrdup(text)};
}

static void set_text(char **to, struct str value)
{
	free(*to);
	*to = str_dup(value);
}

static void read_provider(struct answers *a, struct str value, unsigned line)
{
	if (!provider_from(value, &a->account.provider))
		answers_problem(a, line,
			"provider \"%s\" is not known; write icloud or caldav",
			safe(value).text);
}

static void read_account(struct answers *a, struct str value, unsigned line)
{
	set_text(&a->account.login, value);
	if (str_find_char(value, ':') != STR_NONE)
		answers_problem(a, line, "the sign-in name must not contain a colon");
}

static bool is_short_name(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!(ascii_is_alnum(s.ptr[i]) && !ascii_is_upper(s.ptr[i])) &&
			s.ptr[i] != '-')
			return false;
	return s.len > 0 && s.len <= 40 && s.ptr[0] != '-';
}

static void read_name(struct answers *a, struct str value, unsigned line)
{
	if (!is_short_name(value))
		answers_problem(a, line,
			"name \"%s\": use lower-case letters, digits and hyphens, at "
			"most 40",
			safe(value).text);
	else
		set_text(&a->account.name, value);
}

static void read_server(struct answers *a, struct str value, unsigned line)
{
	SCOPED(uri) address = {0};
	struct err why = {0};

	if (!uri_from_person(&address, value, &why))
		answers_problem(a, line, "server: %s", why.message);
	else
		set_text(&a->account.server, value);
}

/* "NAME, both, folder home": the name may hold commas, so the known parts are taken
 * from the end. */
static void read_calendar(struct answers *a, struct str value, unsigned line)
{
	struct answer_calendar c = {.direction = DIRECTION_BOTH, .line = line};
	bool directed = false;

	for (;;) {
		size_t comma = STR_NONE;
		for (size_t i = 0; i < value.len; i++)
			if (value.ptr[i] == ',')
				comma = i;
		if (comma == STR_NONE)
			break;
		const struct str part = str_trim(str_from(value, comma + 1));
		if (!c.folder && str_starts(part, STR("folder ")))
			c.folder = str_dup(str_trim(str_from(part, 7)));
		else if (!directed && direction_from(part, &c.direction))
			directed = true;
		else
			break;
		value = str_trim(str_slice(value, 0, comma));
	}
	if (!directed)
		answers_problem(a, line,
			"calendar \"%s\": say both or from-server behind the name",
			safe(value).text);
	c.name = str_dup(value);
	a->calendars = xgrow(a->calendars, a->n_calendars, &a->cap_calendars,
		sizeof(*a->calendars));
	a->calendars[a->n_calendars++] = c;
}

static void read_default(struct answers *a, struct str value, unsigned line)
{
	set_text(&a->default_name, value);
	a->default_line = line;
}

static void read_folder(struct answers *a, struct str value, unsigned line)
{
	if (value.ptr[0] != '/' && !str_starts(value, STR("~/"))) {
		answers_problem(a, line, "folder \"%s\": write it from / or ~/ on",
			safe(value).text);
		return;
	}
	set_text(&a->account.folder, value);
}

static void read_publish(struct answers *a, UNUSED struct str value, unsigned line)
{
	answers_problem(a, line,
		"publish: this version of calwiz cannot publish yet; leave the line "
		"out");
}

static void read_schedule(struct answers *a, struct str value, unsigned line)
{
	static const struct {
		const char *word;
		int minutes;
	} words[] = {{"5m", 5}, {"15m", 15}, {"30m", 30}, {"1h", 60}, {"off", 0}};

	for (size_t i = 0; i < COUNT_OF(words); i++) {
		if (str_is(value, words[i].word)) {
			a->account.schedule_minutes = words[i].minutes;
			return;
		}
	}
	answers_problem(a, line, "schedule \"%s\": write 5m, 15m, 30m, 1h or off",
		safe(value).text);
}

static void read_conflict(struct answers *a, struct str value, unsigned line)
{
	if (!conflict_from(value, &a->account.conflict))
		answers_problem(a, line,
			"conflict \"%s\": write merge, server or local",
			safe(value).text);
}

static void read_past(struct answers *a, struct str value, unsigned line)
{
	if (!str_is(value, "all"))
		answers_problem(a, line,
			"past \"%s\": this version keeps all events; write all",
			safe(value).text);
}

static void read_unlock(struct answers *a, struct str value, unsigned line)
{
	if (!str_is(value, "machine"))
		answers_problem(a, line,
			"unlock \"%s\": this version unlocks by a key file only; write "
			"machine",
			safe(value).text);
}

static void read_consent(struct answers *a, struct str value, unsigned line)
{
	struct str part = {0};

	a->consent_line = line;
	if (!str_starts(value, STR("write "))) {
		answers_problem(a, line,
			"consent: write the word write and the calendars' names");
		return;
	}
	struct str rest = str_from(value, 6);
	while (str_split(&rest, ',', &part)) {
		part = str_trim(part);
		if (!part.len)
			continue;
		a->consents = xgrow(a->consents, a->n_consents, &a->cap_consents,
			sizeof(*a->consents));
		a->consents[a->n_consents++] =
			(struct answer_name){str_dup(part), line};
	}
}

static void read_first_sync(struct answers *a, struct str value, unsigned line)
{
	a->first_sync = str_is(value, "yes");
	if (!a->first_sync && !str_is(value, "no"))
		answers_problem(a, line, "first-sync \"%s\": write yes or no",
			safe(value).text);
}

static void read_password(struct answers *a, UNUSED struct str value, unsigned line)
{
	answers_problem(a, line,
		"a password does not belong in this file; remove it and use "
		"--password-file "
		"or --password-fd");
}

static const struct {
	const char *key;
	bool repeats;
	void (*read)(struct answers *a, struct str value, unsigned line);
} keys[] = {
	{"provider", false, read_provider},
	{"account", false, read_account},
	{"name", false, read_name},
	{"server", false, read_server},
	{"calendar", true, read_calendar},
	{"default", false, read_default},
	{"folder", false, read_folder},
	{"publish", true, read_publish},
	{"schedule", false, read_schedule},
	{"conflict", false, read_conflict},
	{"past", false, read_past},
	{"unlock", false, read_unlock},
	{"consent", true, read_consent},
	{"first-sync", false, read_first_sync},
	{"password", true, read_password},
};

/* A comment begins the line or follows a blank, so that "a#b" stays a value. */
static struct str without_comment(struct str line)
{
	for (size_t i = 0; i < line.len; i++)
		if (line.ptr[i] == '#' &&
			(i == 0 || line.ptr[i - 1] == ' ' || line.ptr[i - 1] == '\t'))
			return str_trim(str_slice(line, 0, i));
	return str_trim(line);
}

static void read_line(struct answers *a, struct str line, unsigned number,
	unsigned *seen)
{
	line = without_comment(line);
	if (!line.len)
		return;
	/* Everything behind it would be left out of a value without a word. */
	if (str_find_char(line, '\0') != STR_NONE) {
		answers_problem(a, number, "there is a zero byte in this line");
		return;
	}
	const size_t equals = str_find_char(line, '=');
	if (equals == STR_NONE) {
		answers_problem(a, number,
			"\"%s\" is not a line of the form key = value",
			safe(line).text);
		return;
	}
	const struct str key = str_trim(str_slice(line, 0, equals));
	const struct str value = str_trim(str_from(line, equals + 1));
	for (size_t i = 0; i < COUNT_OF(keys); i++) {
		if (!str_is(key, keys[i].key))
			continue;
		if (!value.len)
			answers_problem(a, number, "%s has no value", keys[i].key);
		else if (*seen & 1U << i && !keys[i].repeats)
			answers_problem(a, number, "%s is given twice", keys[i].key);
		else
			keys[i].read(a, value, number);
		*seen |= 1U << i;
		return;
	}
	answers_problem(a, number, "unknown key \"%s\"; calwiz(1) lists the known ones",
		safe(key).text);
}

static void check_whole(struct answers *a, const char *home, unsigned seen)
{
	struct account *account = &a->account;

	if (!(seen & 1U))
		answers_problem(a, 0,
			"provider is missing; write provider = icloud or caldav");
	if (!account->login)
		answers_problem(a, 0,
			"account is missing; write account = the sign-in name");
	else if (account->provider == PROVIDER_ICLOUD && !strchr(account->login, '@'))
		answers_problem(a, 0,
			"account: iCloud wants the whole e-mail address of the Apple "
			"Account");
	if (account->provider == PROVIDER_CALDAV && !account->server)
		answers_problem(a, 0, "server is missing; write server = its address");
	if (account->provider == PROVIDER_ICLOUD && account->server)
		answers_problem(a, 0, "server goes with provider = caldav only");
	if (!a->n_calendars)
		answers_problem(a, 0,
			"no calendar is named; write calendar = NAME, both");
	AUTO_FREE char *folder =
		path_expand(account->folder ? account->folder : "~/Calendars", home);
	set_text(&account->folder, str_of(folder));
	if (!account->name)
		account->name = account_default_name(account);
}

void answers_read(struct answers *a, struct str text, const char *home)
{
	unsigned number = 0;
	unsigned seen = 0;
	struct str line = {0};

	*a = (struct answers){.account = {.schedule_minutes = 15}};
	while (str_line(&text, &line) && number < LINES_MAX)
		read_line(a, line, ++number, &seen);
	if (text.len)
		answers_problem(a, number, "more than %d lines", LINES_MAX);
	check_whole(a, home, seen);
}

void answers_clear(struct answers *a)
{
	account_clear(&a->account);
	for (size_t i = 0; i < a->n_calendars; i++) {
		free(a->calendars[i].name);
		free(a->calendars[i].folder);
	}
	for (size_t i = 0; i < a->n_consents; i++)
		free(a->consents[i].name);
	for (size_t i = 0; i < a->n_problems; i++)
		free(a->problems[i].text);
	free(a->calendars);
	free(a->consents);
	free(a->problems);
	free(a->default_name);
	*a = (struct answers){0};
}
