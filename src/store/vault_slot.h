/*
 * One slot of a vault: the data key, wrapped for one way to unlock it. Pure over bytes:
 * salt, nonce and cost are the caller's choice, so that a published vector can be
 * rebuilt.
 */
#ifndef STORE_VAULT_SLOT_H
#define STORE_VAULT_SLOT_H

#include <stdint.h>

#include "base/err.h"
#include "base/secret.h"
#include "store/vault.h"

#define VAULT_SLOT_SIZE 128
#define VAULT_SALT_SIZE 16
#define VAULT_NONCE_SIZE 24
#define VAULT_TAG_SIZE 16
#define VAULT_DEK_SIZE 32
#define VAULT_LABEL_SIZE 16 /* with at least one NUL */

/* Argon2id costs that are accepted from a file; a forged header must not be able to
 * keep the machine busy. */
#define VAULT_OPS_MAX 16U
#define VAULT_MEM_MIN (64ULL << 20)
#define VAULT_MEM_MAX (1ULL << 30)

enum slot_kind { SLOT_PASSPHRASE = 1, SLOT_KEY = 2 };

struct vault_slot {
	enum slot_kind kind;
	unsigned char id;  /* 1 to 255, unique in the vault */
	uint32_t opslimit; /* both 0 for a key */
	uint64_t memlimit;
	unsigned char salt[VAULT_SALT_SIZE];
	unsigned char nonce[VAULT_NONCE_SIZE];
	unsigned char wrapped[VAULT_DEK_SIZE + VAULT_TAG_SIZE];
	char label[VAULT_LABEL_SIZE];
	int64_t created; /* Unix seconds, for people */
};

/* [a-z0-9-], at most 15 bytes. */
bool vault_label_ok(struct str label);

/* The 128 bytes and back. ERR_CONFIG names what is wrong; costs are judged here, before
 * any of them is paid. */
bool vault_slot_read(struct vault_slot *s, const unsigned char raw[VAULT_SLOT_SIZE],
	struct err *e) MUST_USE;
void vault_slot_write(const struct vault_slot *s, unsigned char raw[VAULT_SLOT_SIZE]);

/* Fills `wrapped` from the data key. ERR_SYSTEM when the slow hash gets no memory. */
bool vault_slot_wrap(struct vault_slot *s, const unsigned char vault_id[VAULT_ID_SIZE],
	struct secret *dek, const struct vault_unlock *u, struct err *e) MUST_USE;

/* The data key, which is the caller's, or *dek = NULL when this is not the right key or
 * passphrase for the slot. False (ERR_SYSTEM) only when that could not be found out. */
bool vault_slot_unwrap(const struct vault_slot *s,
	const unsigned char vault_id[VAULT_ID_SIZE], const struct vault_unlock *u,
	struct secret **dek, struct err *e) MUST_USE;

/* Numbers of `count` bytes, little-endian. */
void le_put(unsigned char *out, uint64_t value, size_t count);
uint64_t le_get(const unsigned char *in, size_t count);

#endif
