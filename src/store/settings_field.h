/*
 * The fields of an account and of a calendar as one table each: what parses, formats,
 * copies, compares and releases them all reads these tables. Used by settings*.c only.
 */
#ifndef STORE_SETTINGS_FIELD_H
#define STORE_SETTINGS_FIELD_H

#include "base/secret.h"
#include "base/str.h"
#include "store/settings.h"

enum field_kind {
	FIELD_TEXT,   /* char *, owned */
	FIELD_SECRET, /* struct secret *, owned */
	FIELD_WORD,   /* an enum, one of `words` */
	FIELD_NUMBER, /* int, 0 to max */
	FIELD_FLAG,   /* bool, yes or no */
};

struct words {
	const char *const *text; /* indexed by the enum */
	size_t count;
};

struct field {
	const char *key;
	enum field_kind kind;
	size_t offset;
	bool required;
	const struct words *words;
	int max;
	bool (*valid)(struct str value); /* of a text; NULL = anything without NUL */
	const char *rule;                /* "must be ..." of valid() */
};

struct fields {
	const struct field *field;
	size_t count;
};

extern const struct fields account_fields;
extern const struct fields calendar_fields;

extern const struct words direction_words;
extern const struct words conflict_words;
extern const struct words provider_words;
extern const struct words unlock_words;

bool words_find(const struct words *w, struct str word, unsigned *index) MUST_USE;

/* The member of `record` that f describes; the kind must be the one asked for. Lent. */
const char *field_text(const struct field *f, const void *record);
struct secret *field_secret(const struct field *f, const void *record);
unsigned field_word(const struct field *f, const void *record);
int field_number(const struct field *f, const void *record);
bool field_flag(const struct field *f, const void *record);

/* Sets a text or a secret (the record owns it then), and any other kind. */
void field_give(const struct field *f, void *record, void *pointer);
void field_put(const struct field *f, void *record, int value);

/* Releases the texts and secrets of a record; replaces them by copies after the record
 * itself was copied; compares all fields. */
void fields_clear(const struct fields *fs, void *record);
void fields_own(const struct fields *fs, void *record);
bool fields_equal(const struct fields *fs, const void *a, const void *b);

/* A key this version does not know. The value stays as it was written, escapes and all,
 * and in secret memory, because nobody knows what a newer calwiz keeps there. */
struct setting {
	char *account;  /* name; NULL = of no account */
	char *calendar; /* path; NULL = of no calendar */
	char *key;      /* the part after the account's or calendar's number */
	struct secret *value;
};

void setting_clear(struct setting *t);

#endif
