/*
 * The vault: settings and passwords in one encrypted file.
 *
 * A random data key encrypts the text (XChaCha20-Poly1305-IETF); up to eight slots wrap
 * the data key, each for one way to unlock (a passphrase through Argon2id, or a 32-byte
 * key through keyed BLAKE2b); a BLAKE2b MAC under the data key covers header and slots.
 * The layout is written down in vault_image.c. A file without the magic is refused:
 * plain text is never taken in place of an encrypted file.
 *
 * struct vault is an unlocked vault: it holds the data key in locked memory.
 */
#ifndef STORE_VAULT_H
#define STORE_VAULT_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/secret.h"
#include "store/keyfile.h"

#define VAULT_FILE "config.cwv"
#define VAULT_PREV_FILE "config.cwv.prev"
#define VAULT_TEXT_MAX (1024U * 1024U) /* a byte or more of it is padding */
#define VAULT_LINES_MAX 4096U

struct vault;

void vault_free(struct vault *v);
AUTO_DEFINE(vault)

/* What unlocks: exactly one of the two is set. Both borrowed. */
struct vault_unlock {
	const struct vault_key *key;
	struct secret *passphrase;
};

/* A new vault with a random id, data key and generation 0 (the first save writes 1),
 * and no slot yet. */
struct vault *vault_new(void) MUST_USE;

const unsigned char *vault_id(const struct vault *v);
uint64_t vault_generation(const struct vault *v);
size_t vault_slot_count(const struct vault *v);

/* Wraps the data key for this unlock. label is [a-z0-9-], at most 15 bytes; created is
 * Unix seconds. A passphrase slot costs a slow hash: 256 MiB, or 64 MiB where memory is
 * short; what was used is stored. */
bool vault_add_slot(struct vault *v, const char *label, const struct vault_unlock *u,
	int64_t created, struct err *e) MUST_USE;

/*
 * Opens an image. Read order: size, magic, version and suite, every field and zero
 * byte, slot, header MAC, payload, padding; each refusal is ERR_CONFIG with its own
 * words. On success *text is the plaintext; both are the caller's.
 */
bool vault_open_image(struct vault **v, struct secret **text, struct str image,
	const struct vault_unlock *u, struct err *e) MUST_USE;

/* Seals text as generation + 1 with a fresh nonce into image. The vault's own
 * generation moves on only in vault_save(). */
bool vault_seal(struct vault *v, struct secret *text, struct buf *image,
	struct err *e) MUST_USE;

/* Reads VAULT_FILE of the configuration folder: permissions of folder and file first
 * (never mended here), then vault_open_image(). ERR_NO_INPUT when there is none.
 * `shown` is the path of the file, for messages. */
bool vault_load(struct vault **v, struct secret **text, int dirfd, const char *shown,
	const struct vault_unlock *u, struct err *e) MUST_USE;

/*
 * Saves: lock; the file must still be the one that was opened, and with vault_new()
 * there must be none (ERR_BUSY: changed by another run); temporary, fsync, read back
 * and opened with `u` itself; the old file linked to config.cwv.prev; rename; fsync of
 * the folder. At no instant is there no valid file. After a failure the old file is in
 * place and another attempt may be made. (Only when the very last fsync of the folder
 * fails is the new one in place already; the next attempt then starts from it.)
 */
bool vault_save(struct vault *v, struct secret *text, int dirfd,
	const struct vault_unlock *u, struct err *e) MUST_USE;

/*
 * Makes the next vault_save() replace the file that is there now, whatever it holds:
 * for a vault made anew because the key was lost or a slot removed, and for one opened
 * from config.cwv.prev because the file is damaged. Still ERR_BUSY when that file
 * changes before the save. Its rights are checked as in vault_load().
 */
bool vault_replace(struct vault *v, int dirfd, struct err *e) MUST_USE;

/* Removes config.cwv.prev, which the old key still opens: after a slot was removed. */
bool vault_forget_prev(int dirfd, struct err *e) MUST_USE;

#endif
