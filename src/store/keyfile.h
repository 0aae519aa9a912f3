/*
 * The key file: 32 random bytes that unlock a vault, in one ASCII line
 *
 *   CALWIZ-KEY-1:<vault id, 32 hex>:<key, 64 hex>:<check, 8 hex>
 *
 * where check is the start of BLAKE2b-256 of everything before the last colon. The id
 * and the check tell "the key of another vault" from "a damaged key".
 */
#ifndef STORE_KEYFILE_H
#define STORE_KEYFILE_H

#include <stdbool.h>

#include "base/err.h"
#include "base/secret.h"
#include "base/str.h"

#define VAULT_ID_SIZE 16
#define KEY_SIZE 32
#define KEYFILE_LEN 119 /* without the line end */

struct vault_key {
	unsigned char vault_id[VAULT_ID_SIZE];
	bool any_vault;     /* raw key bytes without an id (a credential) */
	struct secret *key; /* owns: KEY_SIZE bytes */
};

void vault_key_clear(struct vault_key *k);

/* The functions that fill *k overwrite it without looking at what it held. */

/* A fresh random key for this vault. */
void vault_key_make(struct vault_key *k, const unsigned char vault_id[VAULT_ID_SIZE]);

/* Reads the line form (one trailing LF or CR LF allowed) or exactly 32 raw bytes.
 * ERR_CONFIG says what is damaged. text may lie in opened secret memory. */
bool vault_key_parse(struct vault_key *k, struct str text, struct err *e) MUST_USE;

/* The line with its LF. */
struct secret *vault_key_format(const struct vault_key *k) MUST_USE;

/* Reads the file `name` of dirfd. Refuses (ERR_CONFIG, with the chmod line) a file
 * others may read, a symbolic link, anything but a small plain file; ERR_NO_INPUT when
 * missing. `shown` is the path for messages. */
bool vault_key_load(struct vault_key *k, int dirfd, const char *name, const char *shown,
	struct err *e) MUST_USE;

/* Writes it 0600, atomically, fsynced. */
bool vault_key_save(const struct vault_key *k, int dirfd, const char *name,
	struct err *e) MUST_USE;

#endif
