/*
 * The two kinds of gzip a server for tests needs, without a library: bytes as they are,
 * and very many blanks in very few bytes.
 */
#ifndef TESTS_FAKE_GZIP_H
#define TESTS_FAKE_GZIP_H

#include "base/buf.h"

void gzip_stored(struct buf *out, struct str bytes);

/* `size` blanks, about 160 to one. */
void gzip_bomb(struct buf *out, size_t size);

#endif
