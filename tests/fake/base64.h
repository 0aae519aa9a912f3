/* Base64 of RFC 4648, 4. */
#ifndef TESTS_FAKE_BASE64_H
#define TESTS_FAKE_BASE64_H

#include "base/buf.h"

void base64_encode(struct buf *out, struct str bytes);
bool base64_decode(struct buf *out, struct str text) MUST_USE;

#endif
