/*
 * The bytes of a vault file. Pure: no file, no clock, no chance; whatever is random in
 * a vault is given by the caller, so that a published vector can be rebuilt byte for
 * byte.
 */
#ifndef STORE_VAULT_IMAGE_H
#define STORE_VAULT_IMAGE_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/secret.h"
#include "store/vault.h"
#include "store/vault_slot.h"

#define VAULT_SLOTS_MAX 8
#define VAULT_HEADER_SIZE 64
#define VAULT_MAC_SIZE 32
#define VAULT_PAD 1024
#define VAULT_PAYLOAD_MIN (VAULT_PAD + VAULT_TAG_SIZE)
#define VAULT_PAYLOAD_MAX (VAULT_TEXT_MAX + VAULT_TAG_SIZE)
#define VAULT_IMAGE_MIN                                                                \
	(VAULT_HEADER_SIZE + VAULT_SLOT_SIZE + VAULT_MAC_SIZE + VAULT_NONCE_SIZE +     \
		VAULT_PAYLOAD_MIN)
#define VAULT_IMAGE_MAX                                                                \
	(VAULT_HEADER_SIZE + VAULT_SLOTS_MAX * VAULT_SLOT_SIZE + VAULT_MAC_SIZE +      \
		VAULT_NONCE_SIZE + VAULT_PAYLOAD_MAX)

struct vault_head {
	unsigned char vault_id[VAULT_ID_SIZE];
	uint64_t generation;
	struct vault_slot slots[VAULT_SLOTS_MAX];
	size_t n_slots;
	size_t payload_len; /* as read; vault_image_seal() finds its own */
};

/* Size, magic, version, suite, every field and every zero byte, all slots. Nothing here
 * is authentic yet. */
bool vault_head_read(struct vault_head *h, struct str image, struct err *e) MUST_USE;

/* Finds the slot that `u` opens; *dek is the caller's. ERR_CONFIG tells the key of
 * another vault, a wrong passphrase and a vault without such a slot apart. */
bool vault_head_unlock(const struct vault_head *h, const struct vault_unlock *u,
	struct secret **dek, struct err *e) MUST_USE;

/* Header MAC, then payload, then padding of an image whose head was read. *text is the
 * caller's. */
bool vault_image_open(const struct vault_head *h, struct str image, struct secret *dek,
	struct secret **text, struct err *e) MUST_USE;

/* Adds the whole image to `image`, with the head's generation as it stands. ERR_CONFIG
 * when the text is larger or has more lines than a vault may hold. */
bool vault_image_seal(const struct vault_head *h, struct secret *dek,
	struct secret *text, const unsigned char nonce[VAULT_NONCE_SIZE],
	struct buf *image, struct err *e) MUST_USE;

#endif
