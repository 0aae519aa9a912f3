#include <config.h>

#include "store/settings.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/settings_field.h"

void calendar_choice_clear(struct calendar_choice *c)
{
	fields_clear(&calendar_fields, c);
	*c = (struct calendar_choice){0};
}

void account_clear(struct account *a)
{
	for (size_t i = 0; i < a->n_calendars; i++)
		calendar_choice_clear(&a->calendars[i]);
	free(a->calendars);
	fields_clear(&account_fields, a);
	*a = (struct account){0};
}

void settings_clear(struct settings *s)
{
	for (size_t i = 0; i < s->n_accounts; i++)
		account_clear(&s->accounts[i]);
	for (size_t i = 0; i < s->n_unknown; i++)
		setting_clear(&s->unknown[i]);
	free(s->accounts);
	free(s->unknown);
	*s = (struct settings){0};
}

void account_copy(struct account *to, const struct account *from)
{
	*to = *from;
	fields_own(&account_fields, to);
	to->calendars = NULL;
	to->n_calendars = 0;
	to->cap_calendars = 0;
	for (size_t i = 0; i < from->n_calendars; i++) {
		struct calendar_choice *c = account_add_calendar(to);
		*c = from->calendars[i];
		fields_own(&calendar_fields, c);
	}
}

struct account *settings_add(struct settings *s)
{
	s->accounts = xgrow(s->accounts, s->n_accounts, &s->cap_accounts,
		sizeof(*s->accounts));
	struct account *a = &s->accounts[s->n_accounts++];
	*a = (struct account){0};
	return a;
}

struct calendar_choice *account_add_calendar(struct account *a)
{
	a->calendars = xgrow(a->calendars, a->n_calendars, &a->cap_calendars,
		sizeof(*a->calendars));
	struct calendar_choice *c = &a->calendars[a->n_calendars++];
	*c = (struct calendar_choice){0};
	return c;
}

/* What a newer calwiz kept for an account goes with it, and must not come back with
 * another one of the same name. */
static void forget_unknown(struct settings *s, const char *account)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->n_unknown; i++) {
		struct setting *t = &s->unknown[i];
		if (t->account && account && !strcmp(t->account, account))
			setting_clear(t);
		else
			s->unknown[kept++] = *t;
	}
	s->n_unknown = kept;
}

void settings_remove(struct settings *s, size_t index)
{
	if (index >= s->n_accounts)
		return;
	struct account *a = &s->accounts[index];
	forget_unknown(s, a->name);
	account_clear(a);
	memmove(a, a + 1, (s->n_accounts - index - 1) * sizeof(*a));
	s->n_accounts--;
}

struct account *settings_find(struct settings *s, const char *name)
{
	for (size_t i = 0; i < s->n_accounts; i++)
		if (s->accounts[i].name && !strcmp(s->accounts[i].name, name))
			return &s->accounts[i];
	return NULL;
}

struct calendar_choice *account_find_calendar(struct account *a, const char *path)
{
	for (size_t i = 0; i < a->n_calendars; i++)
		if (a->calendars[i].path && !strcmp(a->calendars[i].path, path))
			return &a->calendars[i];
	return NULL;
}

static size_t count_equal(const struct account *a, const struct calendar_choice *c)
{
	size_t count = 0;

	for (size_t i = 0; i < a->n_calendars; i++)
		count += fields_equal(&calendar_fields, &a->calendars[i], c);
	return count;
}

bool account_equal(const struct account *a, const struct account *b)
{
	if (a->n_calendars != b->n_calendars || !fields_equal(&account_fields, a, b))
		return false;
	for (size_t i = 0; i < a->n_calendars; i++)
		if (count_equal(a, &a->calendars[i]) !=
			count_equal(b, &a->calendars[i]))
			return false;
	return true;
}

const char *direction_word(enum direction d)
{
	return direction_words.text[d];
}

const char *conflict_word(enum conflict_rule c)
{
	return conflict_words.text[c];
}

const char *provider_word(enum provider p)
{
	return provider_words.text[p];
}

const char *unlock_word(enum unlock_kind u)
{
	return unlock_words.text[u];
}

bool direction_from(struct str word, enum direction *out)
{
	unsigned index = 0;
	const bool found = words_find(&direction_words, word, &index);

	if (found)
		*out = (enum direction)index;
	return found;
}

bool conflict_from(struct str word, enum conflict_rule *out)
{
	unsigned index = 0;
	const bool found = words_find(&conflict_words, word, &index);

	if (found)
		*out = (enum conflict_rule)index;
	return found;
}

bool provider_from(struct str word, enum provider *out)
{
	unsigned index = 0;
	const bool found = words_find(&provider_words, word, &index);

	if (found)
		*out = (enum provider)index;
	return found;
}

bool unlock_from(struct str word, enum unlock_kind *out)
{
	unsigned index = 0;
	const bool found = words_find(&unlock_words, word, &index);

	if (found)
		*out = (enum unlock_kind)index;
	return found;
}

char *account_default_name(const struct account *a)
{
	SCOPED(uri) server = {0};

	if (a->provider == PROVIDER_ICLOUD || !a->server ||
		!uri_from_person(&server, str_of(a->server), NULL))
		return xstrdup("icloud");
	char *name = xstrndup(server.origin.host, 40);
	for (char *c = name; *c; c++)
		if (!ascii_is_alnum(*c))
			*c = '-';
	return name;
}

static char *free_name(struct settings *s, const struct account *a)
{
	AUTO_FREE char *stem = account_default_name(a);
	char *name = xstrdup(stem);

	for (unsigned n = 2; settings_find(s, name); n++) {
		free(name);
		name = xasprintf("%s-%u", stem, n);
	}
	return name;
}

struct account *settings_adopt(struct settings *s, const struct account *edited,
	bool *changed)
{
	AUTO_FREE char *name =
		edited->name ? xstrdup(edited->name) : free_name(s, edited);
	struct account *saved = settings_find(s, name);
	const bool same = saved && account_equal(saved, edited);

	if (changed)
		*changed = !same;
	if (same)
		return saved;
	if (!saved)
		saved = settings_add(s);
	account_clear(saved);
	account_copy(saved, edited);
	free(saved->name);
	saved->name = take(&name);
	return saved;
}
