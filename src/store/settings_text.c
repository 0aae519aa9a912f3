#include <config.h>

#include "store/settings.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/settings_field.h"
#include "store/vault.h"

#define FIRST_LINE "calwiz-config 1"

/* One "key value" line. Slices point into the opened secret text. */
struct line {
	size_t number;    /* in the text, from 1 */
	struct str key;   /* whole */
	struct str field; /* of the key: what follows the numbers */
	struct str value; /* escaped, as written */
	size_t account;   /* from 1; 0 = of no account */
	size_t calendar;  /* from 1; 0 = of no calendar */
};

struct lines {
	struct line *line; /* owned */
	size_t count;
	size_t cap;
};

static void lines_clear(struct lines *l)
{
	free(l->line);
	*l = (struct lines){0};
}

/* The value is never part of a message: it may be the password. */
static bool wrong(struct err *e, const struct line *l, const char *what)
{
	return err_set(e, ERR_CONFIG, "settings, line %zu: " STR_FMT " %s", l->number,
		STR_ARG(l->key), what);
}

static bool wrong_line(struct err *e, size_t number, const char *what)
{
	return err_set(e, ERR_CONFIG, "settings, line %zu: %s", number, what);
}

static bool key_ok(struct str key)
{
	for (size_t i = 0; i < key.len; i++) {
		const char c = key.ptr[i];
		if (!ascii_is_alnum(c) && c != '.' && c != '-' && c != '_')
			return false;
	}
	return key.len >= 1 && key.len <= 200;
}

static bool value_ok(struct str value)
{
	for (size_t i = 0; i < value.len; i++) {
		const unsigned char c = (unsigned char)value.ptr[i];
		if (c < 0x21 || c == 0x7f)
			return false;
		if (c != '%')
			continue;
		if (value.len - i < 3 || ascii_hex(value.ptr[i + 1]) < 0 ||
			ascii_hex(value.ptr[i + 2]) < 0)
			return false;
		i += 2;
	}
	return true;
}

/*
 * Cuts "WORD.N." off the key. *n stays 0 when the key does not begin like that. False
 * for numbers that are never written: 0, a leading zero, nothing behind the number.
 */
static bool cut_number(struct str *key, struct str word, size_t *n)
{
	if (!str_starts(*key, word))
		return true;
	struct str rest = str_from(*key, word.len);
	struct str digits = STR("");
	int64_t number = 0;
	(void)str_split(&rest, '.', &digits);
	if (!digits.len || !ascii_is_digit(digits.ptr[0]))
		return true;
	if (digits.ptr[0] == '0' || !rest.len ||
		!str_to_int(digits, 1, VAULT_LINES_MAX, &number))
		return false;
	*n = (size_t)number;
	*key = rest;
	return true;
}

static bool read_line(struct line *l, struct str text, struct err *e)
{
	const size_t blank = str_find_char(text, ' ');

	l->key = str_slice(text, 0, blank);
	if (!key_ok(l->key))
		return wrong_line(e, l->number, "the key is damaged");
	if (blank == STR_NONE)
		return wrong(e, l, "has no value");
	l->value = str_from(text, blank + 1);
	if (!value_ok(l->value))
		return wrong(e, l, "has a damaged value (a bad % escape)");
	l->field = l->key;
	if (!cut_number(&l->field, STR("account."), &l->account) ||
		(l->account && !cut_number(&l->field, STR("calendar."), &l->calendar)))
		return wrong(e, l, "has a bad number");
	return true;
}

static int compare_lines(const void *a, const void *b)
{
	const struct line *x = a;
	const struct line *y = b;

	if (x->account != y->account)
		return x->account < y->account ? -1 : 1;
	if (x->calendar != y->calendar)
		return x->calendar < y->calendar ? -1 : 1;
	return str_cmp(x->field, y->field);
}

/* Of two lines with one key the later one is the one to complain about. */
static int compare_places(const void *a, const void *b)
{
	const struct line *x = a;
	const struct line *y = b;
	const int order = compare_lines(a, b);

	if (order)
		return order;
	return x->number < y->number ? -1 : x->number > y->number;
}

/* The next line without its LF; false when there is none that ends in one. */
static bool cut_line(struct str *rest, struct str *line)
{
	const size_t at = str_find_char(*rest, '\n');

	if (at == STR_NONE)
		return false;
	*line = str_slice(*rest, 0, at);
	*rest = str_from(*rest, at + 1);
	return true;
}

static bool check_first(struct str *rest, struct err *e)
{
	struct str line = STR("");

	if (!cut_line(rest, &line) || !str_starts(line, STR("calwiz-config ")))
		return wrong_line(e, 1, "it is not \"" FIRST_LINE "\"");
	if (!str_is(line, FIRST_LINE))
		return wrong_line(e, 1,
			"written by a newer calwiz; install that version");
	return true;
}

/* Everything between the first line and "end", sorted, no key twice. */
static bool read_lines(struct lines *l, struct str rest, struct err *e)
{
	struct str text = STR("");

	if (!check_first(&rest, e))
		return false;
	for (size_t number = 2; cut_line(&rest, &text); number++) {
		if (number > VAULT_LINES_MAX)
			return wrong_line(e, number, "there are more than 4096 lines");
		if (str_is(text, "end"))
			return !rest.len ||
			       wrong_line(e, number + 1,
				       "there is something behind the end");
		l->line = xgrow(l->line, l->count, &l->cap, sizeof(*l->line));
		struct line *next = &l->line[l->count++];
		*next = (struct line){.number = number};
		if (!read_line(next, text, e))
			return false;
	}
	return err_set(e, ERR_CONFIG, "settings: the line \"end\" is missing: cut off");
}

static bool sort_lines(struct lines *l, struct err *e)
{
	if (l->count)
		qsort(l->line, l->count, sizeof(*l->line), compare_places);
	for (size_t i = 1; i < l->count; i++)
		if (!compare_lines(&l->line[i - 1], &l->line[i]))
			return wrong(e, &l->line[i], "is there twice");
	return true;
}

/* Room for raw.len bytes; returns the length. The escapes are known to be sound. */
static size_t unescape(struct str raw, char *out)
{
	size_t len = 0;

	for (size_t i = 0; i < raw.len; i++) {
		char c = raw.ptr[i];
		if (c == '%') {
			c = (char)(ascii_hex(raw.ptr[i + 1]) << 4 |
				   ascii_hex(raw.ptr[i + 2]));
			i += 2;
		}
		out[len++] = c;
	}
	return len;
}

static bool set_text(const struct field *f, void *record, const struct line *l,
	struct err *e)
{
	AUTO_FREE char *text = xmalloc(l->value.len + 1);
	const size_t len = unescape(l->value, text);

	text[len] = '\0';
	if (strlen(text) != len)
		return wrong(e, l, "holds a zero byte");
	if (f->valid && !f->valid((struct str){text, len}))
		return wrong(e, l, f->rule);
	field_give(f, record, take(&text));
	return true;
}

static bool set_secret(const struct field *f, void *record, const struct line *l,
	struct err *e)
{
	AUTO(secret) *value = secret_new(l->value.len);
	char *bytes = secret_open(value);
	const size_t len = unescape(l->value, bytes);
	const bool sound = len && !memchr(bytes, 0, len);

	secret_set_len(value, len);
	secret_close(value);
	if (!sound)
		return wrong(e, l, "is empty or holds a zero byte");
	field_give(f, record, take(&value));
	return true;
}

static bool set_number(const struct field *f, void *record, const struct line *l,
	struct err *e)
{
	int64_t number = 0;

	if (!str_to_int(l->value, 0, f->max, &number))
		return wrong(e, l, "must be a number, not too large");
	field_put(f, record, (int)number);
	return true;
}

static bool set_field(const struct field *f, void *record, const struct line *l,
	struct err *e)
{
	unsigned index = 0;

	switch (f->kind) {
	case FIELD_TEXT:
		return set_text(f, record, l, e);
	case FIELD_SECRET:
		return set_secret(f, record, l, e);
	case FIELD_NUMBER:
		return set_number(f, record, l, e);
	case FIELD_WORD:
		if (!words_find(f->words, l->value, &index))
			return wrong(e, l,
				"has a value that this calwiz does not know");
		break;
	case FIELD_FLAG:
		index = str_is(l->value, "yes");
		if (!index && !str_is(l->value, "no"))
			return wrong(e, l, "must be yes or no");
		break;
	}
	field_put(f, record, (int)index);
	return true;
}

static const struct field *find_field(const struct line *l)
{
	const struct fields *fs = l->calendar ? &calendar_fields : &account_fields;

	if (!l->account)
		return NULL;
	for (size_t i = 0; i < fs->count; i++)
		if (str_is(l->field, fs->field[i].key))
			return &fs->field[i];
	return NULL;
}

/* The account or calendar a line belongs to, made when it is the next one. NULL when a
 * number was left out: lines come sorted by number. */
static void *record_of(struct settings *s, const struct line *l)
{
	if (l->account == s->n_accounts + 1)
		(void)settings_add(s);
	if (l->account > s->n_accounts)
		return NULL;
	struct account *a = &s->accounts[l->account - 1];
	if (l->calendar == a->n_calendars + 1)
		(void)account_add_calendar(a);
	if (l->calendar > a->n_calendars)
		return NULL;
	return l->calendar ? (void *)&a->calendars[l->calendar - 1] : (void *)a;
}

static bool set_known(struct settings *s, const struct lines *l, struct err *e)
{
	for (size_t i = 0; i < l->count; i++) {
		const struct line *line = &l->line[i];
		const struct field *f = find_field(line);
		if (!line->account)
			continue;
		void *record = record_of(s, line);
		if (!record)
			return wrong(e, line, "comes without the number before it");
		if (f && !set_field(f, record, line, e))
			return false;
	}
	return true;
}

static bool has_line(const struct lines *l, size_t account, size_t calendar,
	const char *key)
{
	const struct line wanted = {.account = account,
		.calendar = calendar,
		.field = str_of(key)};

	return bsearch(&wanted, l->line, l->count, sizeof(wanted), compare_lines) !=
	       NULL;
}

static bool check_required(const struct lines *l, size_t account, size_t calendar,
	struct err *e)
{
	const struct fields *fs = calendar ? &calendar_fields : &account_fields;

	for (size_t i = 0; i < fs->count; i++) {
		const struct field *f = &fs->field[i];
		if (!f->required || has_line(l, account, calendar, f->key))
			continue;
		if (calendar)
			return err_set(e, ERR_CONFIG,
				"settings: account.%zu.calendar.%zu.%s is missing",
				account, calendar, f->key);
		return err_set(e, ERR_CONFIG, "settings: account.%zu.%s is missing",
			account, f->key);
	}
	return true;
}

/* Two calendars in one folder, or one calendar twice, would delete each other's events.
 */
static bool check_calendars(const struct account *a, size_t number, struct err *e)
{
	for (size_t i = 0; i < a->n_calendars; i++) {
		for (size_t j = 0; j < i; j++) {
			const char *same =
				!strcmp(a->calendars[i].path, a->calendars[j].path)
					? "path"
				: !strcmp(a->calendars[i].folder,
					  a->calendars[j].folder)
					? "folder"
					: NULL;
			if (same)
				return err_set(e, ERR_CONFIG,
					"settings: account.%zu: calendars %zu and %zu "
					"have the "
					"same %s",
					number, j + 1, i + 1, same);
		}
	}
	return true;
}

static bool check_account(struct settings *s, const struct lines *l, size_t number,
	struct err *e)
{
	const struct account *a = &s->accounts[number - 1];

	if (!check_required(l, number, 0, e))
		return false;
	if (a->provider == PROVIDER_CALDAV && !a->server)
		return err_set(e, ERR_CONFIG, "settings: account.%zu.server is missing",
			number);
	if (settings_find(s, a->name) != a)
		return err_set(e, ERR_CONFIG,
			"settings: account.%zu.name is the name of another account",
			number);
	for (size_t m = 1; m <= a->n_calendars; m++)
		if (!check_required(l, number, m, e))
			return false;
	return check_calendars(a, number, e);
}

static void keep_unknown(struct settings *s, const struct lines *l)
{
	for (size_t i = 0; i < l->count; i++) {
		const struct line *line = &l->line[i];
		if (find_field(line))
			continue;
		s->unknown = xgrow(s->unknown, s->n_unknown, &s->cap_unknown,
			sizeof(*s->unknown));
		struct setting *t = &s->unknown[s->n_unknown++];
		*t = (struct setting){.key = str_dup(line->field),
			.value = secret_from(line->value)};
		if (!line->account)
			continue;
		const struct account *a = &s->accounts[line->account - 1];
		t->account = xstrdup(a->name);
		if (line->calendar)
			t->calendar = xstrdup(a->calendars[line->calendar - 1].path);
	}
}

static bool parse(struct settings *s, struct str text, struct err *e)
{
	SCOPED(lines) l = {0};

	if (!read_lines(&l, text, e) || !sort_lines(&l, e) || !set_known(s, &l, e))
		return false;
	for (size_t n = 1; n <= s->n_accounts; n++)
		if (!check_account(s, &l, n, e))
			return false;
	keep_unknown(s, &l);
	return true;
}

bool settings_parse(struct settings *s, struct secret *text, struct err *e)
{
	struct settings fresh = {0};
	const bool done = parse(&fresh, secret_view(text), e);

	secret_close(text);
	if (!done) {
		settings_clear(&fresh);
		return false;
	}
	*s = fresh;
	return true;
}
