#include <config.h>

#include "store/settings.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/settings_field.h"

#define FIRST_LINE "calwiz-config 1\n"
#define LAST_LINE "end\n"

/* A line to be written: its key, and where the value is. */
struct out_line {
	char *key; /* owned */
	const char *text;
	struct secret *secret; /* instead of text */
	bool escaped;          /* the secret already is */
	char number[12];
	bool is_number;
};

struct out_lines {
	struct out_line *line; /* owned */
	size_t count;
	size_t cap;
};

/* Bytes in opened secret memory; only counted while `bytes` is NULL. */
struct sink {
	char *bytes;
	size_t len;
};

static void out_lines_clear(struct out_lines *o)
{
	for (size_t i = 0; i < o->count; i++)
		free(o->line[i].key);
	free(o->line);
	*o = (struct out_lines){0};
}

/* Takes the key. */
static struct out_line *add_line(struct out_lines *o, char *key)
{
	o->line = xgrow(o->line, o->count, &o->cap, sizeof(*o->line));
	struct out_line *l = &o->line[o->count++];
	*l = (struct out_line){.key = key};
	return l;
}

static bool is_set(const struct field *f, const void *record)
{
	if (f->kind == FIELD_TEXT)
		return field_text(f, record) != NULL;
	return f->kind != FIELD_SECRET || field_secret(f, record) != NULL;
}

static void set_value(struct out_line *l, const struct field *f, const void *record)
{
	switch (f->kind) {
	case FIELD_TEXT:
		l->text = field_text(f, record);
		break;
	case FIELD_SECRET:
		l->secret = field_secret(f, record);
		break;
	case FIELD_WORD:
		l->text = f->words->text[field_word(f, record)];
		break;
	case FIELD_NUMBER:
		l->is_number = true;
		(void)snprintf(l->number, sizeof(l->number), "%d",
			field_number(f, record));
		break;
	case FIELD_FLAG:
		l->text = field_flag(f, record) ? "yes" : "no";
		break;
	}
}

static void add_record(struct out_lines *o, const struct fields *fs, const char *prefix,
	const void *record)
{
	for (size_t i = 0; i < fs->count; i++) {
		const struct field *f = &fs->field[i];
		if (is_set(f, record))
			set_value(add_line(o, xasprintf("%s%s", prefix, f->key)), f,
				record);
	}
}

static void add_account(struct out_lines *o, const struct account *a, size_t number)
{
	AUTO_FREE char *prefix = xasprintf("account.%zu.", number);

	add_record(o, &account_fields, prefix, a);
	for (size_t m = 0; m < a->n_calendars; m++) {
		AUTO_FREE char *inner = xasprintf("%scalendar.%zu.", prefix, m + 1);
		add_record(o, &calendar_fields, inner, &a->calendars[m]);
	}
}

/* Numbers may have moved since the key was read. NULL when what it belonged to is gone.
 */
static char *unknown_key(const struct settings *s, const struct setting *t)
{
	if (!t->account)
		return xstrdup(t->key);
	for (size_t n = 0; n < s->n_accounts; n++) {
		const struct account *a = &s->accounts[n];
		if (!a->name || strcmp(a->name, t->account) != 0)
			continue;
		if (!t->calendar)
			return xasprintf("account.%zu.%s", n + 1, t->key);
		for (size_t m = 0; m < a->n_calendars; m++)
			if (a->calendars[m].path &&
				!strcmp(a->calendars[m].path, t->calendar))
				return xasprintf("account.%zu.calendar.%zu.%s", n + 1,
					m + 1, t->key);
	}
	return NULL;
}

static void add_unknown(struct out_lines *o, const struct settings *s)
{
	for (size_t i = 0; i < s->n_unknown; i++) {
		char *key = unknown_key(s, &s->unknown[i]);
		if (!key)
			continue;
		struct out_line *l = add_line(o, key);
		l->secret = s->unknown[i].value;
		l->escaped = true;
	}
}

static int compare_keys(const void *a, const void *b)
{
	const struct out_line *x = a;
	const struct out_line *y = b;

	return strcmp(x->key, y->key);
}

static void put(struct sink *k, char c)
{
	if (k->bytes)
		k->bytes[k->len] = c;
	k->len++;
}

static void put_plain(struct sink *k, struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		put(k, s.ptr[i]);
}

static void put_escaped(struct sink *k, struct str s)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.len; i++) {
		const unsigned char c = (unsigned char)s.ptr[i];
		if (c >= 0x21 && c != 0x7f && c != '%') {
			put(k, s.ptr[i]);
			continue;
		}
		put(k, '%');
		put(k, digits[c >> 4]);
		put(k, digits[c & 15]);
	}
}

static void put_line(struct sink *k, const struct out_line *l)
{
	put_plain(k, str_of(l->key));
	put(k, ' ');
	if (l->secret) {
		const struct str value = secret_view(l->secret);
		if (l->escaped)
			put_plain(k, value);
		else
			put_escaped(k, value);
		secret_close(l->secret);
	} else {
		put_escaped(k, str_of(l->is_number ? l->number : l->text));
	}
	put(k, '\n');
}

static void put_all(struct sink *k, const struct out_lines *o)
{
	put_plain(k, STR(FIRST_LINE));
	for (size_t i = 0; i < o->count; i++)
		put_line(k, &o->line[i]);
	put_plain(k, STR(LAST_LINE));
}

struct secret *settings_format(const struct settings *s)
{
	SCOPED(out_lines) o = {0};
	struct sink counted = {0};

	for (size_t n = 0; n < s->n_accounts; n++)
		add_account(&o, &s->accounts[n], n + 1);
	add_unknown(&o, s);
	if (o.count)
		qsort(o.line, o.count, sizeof(*o.line), compare_keys);
	put_all(&counted, &o);
	struct secret *text = secret_new(counted.len);
	struct sink written = {.bytes = secret_open(text)};
	put_all(&written, &o);
	assert(written.len == counted.len);
	secret_set_len(text, written.len);
	secret_close(text);
	return text;
}
