#include <config.h>

#include "store/settings_field.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Names of files have at most 255 bytes; ".db" and the like come behind a name. */
#define NAME_MAX_LEN 64
#define FOLDER_MAX_LEN 255
#define WEEK_MINUTES (7 * 24 * 60)
#define CENTURY_DAYS 36525

static_assert(sizeof(enum direction) == sizeof(unsigned),
	"enums are copied as unsigned");

static const char *const direction_text[] = {
	[DIRECTION_BOTH] = "both",
	[DIRECTION_FROM_SERVER] = "from-server",
};
static const char *const conflict_text[] = {
	[CONFLICT_MERGE] = "merge",
	[CONFLICT_SERVER] = "server",
	[CONFLICT_LOCAL] = "local",
};
static const char *const provider_text[] = {
	[PROVIDER_ICLOUD] = "icloud",
	[PROVIDER_CALDAV] = "caldav",
};
static const char *const unlock_text[] = {
	[UNLOCK_MACHINE] = "machine",
	[UNLOCK_PASSPHRASE] = "passphrase",
	[UNLOCK_COMMAND] = "command",
};

const struct words direction_words = {direction_text, COUNT_OF(direction_text)};
const struct words conflict_words = {conflict_text, COUNT_OF(conflict_text)};
const struct words provider_words = {provider_text, COUNT_OF(provider_text)};
const struct words unlock_words = {unlock_text, COUNT_OF(unlock_text)};

/* It becomes the name of the state file. */
static bool is_name(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		const char c = s.ptr[i];
		if (!ascii_is_digit(c) && c != '-' &&
			(!ascii_is_alpha(c) || ascii_is_upper(c)))
			return false;
	}
	return s.len >= 1 && s.len <= NAME_MAX_LEN;
}

static bool is_absolute(struct str s)
{
	return s.len && s.ptr[0] == '/';
}

static bool is_segment(struct str s)
{
	return s.len >= 1 && s.len <= FOLDER_MAX_LEN && s.ptr[0] != '.' &&
	       str_find_char(s, '/') == STR_NONE;
}

static bool is_something(struct str s)
{
	return s.len > 0;
}

#define ACCOUNT(member) .offset = offsetof(struct account, member)
#define CALENDAR(member) .offset = offsetof(struct calendar_choice, member)
#define ABSOLUTE .valid = is_absolute, .rule = "must begin with /"
#define SOMETHING .valid = is_something, .rule = "must not be empty"

// clang-format off
static const struct field account_table[] = {
	{"name", FIELD_TEXT, ACCOUNT(name), .required = true, .valid = is_name,
	 .rule = "must be 1 to 64 of a-z, 0-9 and -"},
	{"kind", FIELD_WORD, ACCOUNT(provider), .required = true, .words = &provider_words},
	{"login", FIELD_TEXT, ACCOUNT(login), .required = true, SOMETHING},
	{"server", FIELD_TEXT, ACCOUNT(server), SOMETHING},
	{"home", FIELD_TEXT, ACCOUNT(home)},
	{"principal", FIELD_TEXT, ACCOUNT(principal)},
	{"secret", FIELD_SECRET, ACCOUNT(password), .required = true},
	{"folder", FIELD_TEXT, ACCOUNT(folder), .required = true, ABSOLUTE},
	{"conflict", FIELD_WORD, ACCOUNT(conflict), .words = &conflict_words},
	{"schedule", FIELD_NUMBER, ACCOUNT(schedule_minutes), .max = WEEK_MINUTES},
	{"past", FIELD_NUMBER, ACCOUNT(past_days), .max = CENTURY_DAYS},
	{"unlock", FIELD_WORD, ACCOUNT(unlock), .words = &unlock_words},
	{"unlock-command", FIELD_TEXT, ACCOUNT(unlock_command), ABSOLUTE},
};

static const struct field calendar_table[] = {
	{"path", FIELD_TEXT, CALENDAR(path), .required = true, ABSOLUTE},
	{"name", FIELD_TEXT, CALENDAR(name), .required = true},
	{"folder", FIELD_TEXT, CALENDAR(folder), .required = true, .valid = is_segment,
	 .rule = "must be the name of one folder, not beginning with a dot"},
	{"direction", FIELD_WORD, CALENDAR(direction), .required = true,
	 .words = &direction_words},
	{"writable", FIELD_FLAG, CALENDAR(writable)},
	{"new-events", FIELD_FLAG, CALENDAR(new_events)},
};
// clang-format on

const struct fields account_fields = {account_table, COUNT_OF(account_table)};
const struct fields calendar_fields = {calendar_table, COUNT_OF(calendar_table)};

bool words_find(const struct words *w, struct str word, unsigned *index)
{
	for (size_t i = 0; i < w->count; i++) {
		if (str_is(word, w->text[i])) {
			*index = (unsigned)i;
			return true;
		}
	}
	return false;
}

static void get(const struct field *f, const void *record, void *value, size_t size)
{
	memcpy(value, (const char *)record + f->offset, size);
}

const char *field_text(const struct field *f, const void *record)
{
	const char *text = NULL;

	assert(f->kind == FIELD_TEXT);
	get(f, record, &text, sizeof(text));
	return text;
}

struct secret *field_secret(const struct field *f, const void *record)
{
	struct secret *s = NULL;

	assert(f->kind == FIELD_SECRET);
	get(f, record, &s, sizeof(s));
	return s;
}

unsigned field_word(const struct field *f, const void *record)
{
	unsigned index = 0;

	assert(f->kind == FIELD_WORD);
	get(f, record, &index, sizeof(index));
	return index;
}

int field_number(const struct field *f, const void *record)
{
	int number = 0;

	assert(f->kind == FIELD_NUMBER);
	get(f, record, &number, sizeof(number));
	return number;
}

bool field_flag(const struct field *f, const void *record)
{
	bool flag = false;

	assert(f->kind == FIELD_FLAG);
	get(f, record, &flag, sizeof(flag));
	return flag;
}

void field_give(const struct field *f, void *record, void *pointer)
{
	assert(f->kind == FIELD_TEXT || f->kind == FIELD_SECRET);
	memcpy((char *)record + f->offset, &pointer, sizeof(pointer));
}

void field_put(const struct field *f, void *record, int value)
{
	const bool flag = value != 0;

	assert(f->kind != FIELD_TEXT && f->kind != FIELD_SECRET);
	if (f->kind == FIELD_FLAG)
		memcpy((char *)record + f->offset, &flag, sizeof(flag));
	else
		memcpy((char *)record + f->offset, &value, sizeof(value));
}

void fields_clear(const struct fields *fs, void *record)
{
	for (size_t i = 0; i < fs->count; i++) {
		const struct field *f = &fs->field[i];
		void *text = NULL;
		if (f->kind == FIELD_SECRET)
			secret_free(field_secret(f, record));
		if (f->kind != FIELD_TEXT)
			continue;
		get(f, record, &text, sizeof(text));
		free(text);
	}
}

void fields_own(const struct fields *fs, void *record)
{
	for (size_t i = 0; i < fs->count; i++) {
		const struct field *f = &fs->field[i];
		if (f->kind == FIELD_TEXT)
			field_give(f, record, xstrdup_or_null(field_text(f, record)));
		if (f->kind == FIELD_SECRET && field_secret(f, record))
			field_give(f, record, secret_copy(field_secret(f, record)));
	}
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static bool same_secret(struct secret *a, struct secret *b)
{
	return a && b ? secret_equal(a, b) : a == b;
}

static bool field_equal(const struct field *f, const void *a, const void *b)
{
	switch (f->kind) {
	case FIELD_TEXT:
		return same_text(field_text(f, a), field_text(f, b));
	case FIELD_SECRET:
		return same_secret(field_secret(f, a), field_secret(f, b));
	case FIELD_WORD:
		return field_word(f, a) == field_word(f, b);
	case FIELD_NUMBER:
		return field_number(f, a) == field_number(f, b);
	case FIELD_FLAG:
		return field_flag(f, a) == field_flag(f, b);
	}
	return false;
}

bool fields_equal(const struct fields *fs, const void *a, const void *b)
{
	for (size_t i = 0; i < fs->count; i++)
		if (!field_equal(&fs->field[i], a, b))
			return false;
	return true;
}

void setting_clear(struct setting *t)
{
	free(t->account);
	free(t->calendar);
	free(t->key);
	secret_free(t->value);
	*t = (struct setting){0};
}
