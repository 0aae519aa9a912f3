#include <config.h>

#include "tests/fake/gzip.h"

enum { BLOCK = 0xffff };

static uint32_t crc_step(uint32_t crc, unsigned char byte)
{
	crc ^= byte;
	for (int bit = 0; bit < 8; bit++)
		crc = crc & 1 ? crc >> 1 ^ 0xedb88320U : crc >> 1;
	return crc;
}

static void add_number(struct buf *out, uint64_t n, int bytes)
{
	for (int i = 0; i < bytes; i++)
		buf_char(out, (char)(n >> 8 * i & 0xff));
}

/* RFC 1952, 2.3. */
static void add_head(struct buf *out)
{
	buf_add(out, (struct str){"\x1f\x8b\x08\0\0\0\0\0\0\xff", 10});
}

static void add_trailer(struct buf *out, uint32_t crc, size_t size)
{
	add_number(out, ~crc & 0xffffffffU, 4);
	add_number(out, size & 0xffffffffU, 4);
}

void gzip_stored(struct buf *out, struct str bytes)
{
	uint32_t crc = 0xffffffffU;
	struct str rest = bytes;

	add_head(out);
	do {
		const struct str part = str_slice(rest, 0, BLOCK);
		rest = str_from(rest, part.len);
		buf_char(out, rest.len ? 0 : 1);
		add_number(out, part.len, 2);
		add_number(out, ~part.len & 0xffff, 2);
		buf_add(out, part);
	} while (rest.len);
	for (size_t i = 0; i < bytes.len; i++)
		crc = crc_step(crc, (unsigned char)bytes.ptr[i]);
	add_trailer(out, crc, bytes.len);
}

struct bits {
	struct buf *out;
	unsigned held;
	int count;
};

static void add_bits(struct bits *b, unsigned bits, int count)
{
	b->held |= bits << b->count;
	for (b->count += count; b->count >= 8; b->count -= 8, b->held >>= 8)
		buf_char(b->out, (char)(b->held & 0xff));
}

/* Huffman codes come with their first bit first. */
static void add_code(struct bits *b, unsigned code, int count)
{
	while (count--)
		add_bits(b, code >> count & 1, 1);
}

/* RFC 1951, 3.2.6: one blank, then "258 bytes from one byte back" over and over. */
void gzip_bomb(struct buf *out, size_t size)
{
	struct bits b = {.out = out};
	uint32_t crc = crc_step(0xffffffffU, ' ');
	size_t made = 1;

	add_head(out);
	add_bits(&b, 1, 1);
	add_bits(&b, 1, 2);
	add_code(&b, 0x30 + ' ', 8);
	for (; made + 258 <= size; made += 258) {
		add_code(&b, 0xc5, 8);
		add_code(&b, 0, 5);
	}
	add_code(&b, 0, 7);
	add_bits(&b, 0, 7);
	for (size_t i = 1; i < made; i++)
		crc = crc_step(crc, ' ');
	add_trailer(out, crc, made);
}
