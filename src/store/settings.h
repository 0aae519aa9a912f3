/*
 * What a person decided: accounts, calendars, options, as values, and their text form
 * inside the vault.
 *
 * The text: first line "calwiz-config 1", then sorted "key SP value LF" lines, last
 * line "end". Value bytes below 0x21, 0x7f and "%" are %XX. Keys are "account.N.field"
 * and "account.N.calendar.M.field", N and M from 1. A duplicate key, a missing "end" or
 * a bad escape is refused; keys a newer calwiz wrote are kept through a save.
 */
#ifndef STORE_SETTINGS_H
#define STORE_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/secret.h"
#include "dav/uri.h"

enum direction { DIRECTION_BOTH, DIRECTION_FROM_SERVER };
enum conflict_rule { CONFLICT_MERGE, CONFLICT_SERVER, CONFLICT_LOCAL };
enum unlock_kind { UNLOCK_MACHINE, UNLOCK_PASSPHRASE, UNLOCK_COMMAND };

/* A calendar the person chose. The path identifies it, never the host. */
struct calendar_choice {
	char *path;   /* percent-encoded path on the server, with the closing slash */
	char *name;   /* as last seen, for people */
	char *folder; /* sub-folder of the account's folder: one safe segment */
	enum direction direction;
	bool writable;   /* what the server said when it was chosen */
	bool new_events; /* new local events go here */
};

struct account {
	char *name; /* short, unique, [a-z0-9-]: names the state file */
	enum provider provider;
	char *login;
	char *server;            /* address as the person gave it; NULL for iCloud */
	char *home;              /* calendar home as absolute URL, as last found */
	char *principal;         /* path */
	struct secret *password; /* owns; NULL only while being set up */
	char *folder;            /* absolute path of the vdir folder */
	enum conflict_rule conflict;
	int schedule_minutes; /* 0 = off */
	int past_days;        /* 0 = everything */
	enum unlock_kind unlock;
	char *unlock_command;              /* NULL, or absolute path and arguments */
	struct calendar_choice *calendars; /* owned */
	size_t n_calendars;
	size_t cap_calendars;
};

struct setting; /* a key this version does not know */

struct settings {
	struct account *accounts; /* owned */
	size_t n_accounts;
	size_t cap_accounts;
	struct setting *unknown; /* owned */
	size_t n_unknown;
	size_t cap_unknown;
};

void settings_clear(struct settings *s);
void account_clear(struct account *a);
void calendar_choice_clear(struct calendar_choice *c);

/* A deep copy, password included; the caller's. */
void account_copy(struct account *to, const struct account *from);

/* Appends an empty one and lends it until the next addition. */
struct account *settings_add(struct settings *s);
struct calendar_choice *account_add_calendar(struct account *a);
void settings_remove(struct settings *s, size_t index);

/* NULL when there is none. Lent. */
struct account *settings_find(struct settings *s, const char *name);
struct calendar_choice *account_find_calendar(struct account *a, const char *path);

/* The name an account has when nobody gave one: "icloud", or the host of its server
 * with hyphens for dots. The caller's. */
char *account_default_name(const struct account *a) MUST_USE;

/*
 * Puts an account in, in place of the one with its name where there is one; without a
 * name it gets its default one, made unique. Lent like settings_add(). *changed (may be
 * NULL) tells whether anything is different from before.
 */
struct account *settings_adopt(struct settings *s, const struct account *edited,
	bool *changed);

/* Same in every field, whatever the order of calendars? Passwords are compared too. */
bool account_equal(const struct account *a, const struct account *b);

/*
 * ERR_CONFIG with the line number and what is wrong. *s is untouched on failure.
 * Required are name, kind, login, secret and folder of an account, its server unless it
 * is iCloud, and path, name, folder and direction of a calendar. Names of accounts, and
 * paths and folders of the calendars of one account, must be unique.
 */
bool settings_parse(struct settings *s, struct secret *text, struct err *e) MUST_USE;

/* Writes what is set, also of an account that is not complete yet. Before it is saved
 * it should have passed settings_parse(), which a later run will ask for. */
struct secret *settings_format(const struct settings *s) MUST_USE;

/* The words of the answers file: "both", "from-server"; "merge", ... and back. */
const char *direction_word(enum direction d);
const char *conflict_word(enum conflict_rule c);
const char *provider_word(enum provider p);
const char *unlock_word(enum unlock_kind u);
bool direction_from(struct str word, enum direction *out) MUST_USE;
bool conflict_from(struct str word, enum conflict_rule *out) MUST_USE;
bool provider_from(struct str word, enum provider *out) MUST_USE;
bool unlock_from(struct str word, enum unlock_kind *out) MUST_USE;

#endif
