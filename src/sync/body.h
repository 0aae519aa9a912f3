/*
 * The bytes of one calendar object as they are stored and compared.
 *
 * An XML parser folds CR LF into LF (XML 1.0, 2.11), so the same object arrives with
 * different line ends by multiget and by GET. RFC 5545 asks for CR LF: that form is
 * stored, and digests are taken of it, so a file whose line ends an editor changed is
 * no edit.
 */
#ifndef SYNC_BODY_H
#define SYNC_BODY_H

#include "base/buf.h"
#include "base/digest.h"

/* Appends the body with CR LF line ends; a lone CR stays. */
void body_normal(struct str raw, struct buf *out);

/* Of the normal form. */
struct digest body_digest(struct str raw);

/* Do they mean the same to a person (cal/meaning.h)? */
bool body_same_meaning(struct str a, struct str b);

#endif
