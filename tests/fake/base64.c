#include <config.h>

#include "tests/fake/base64.h"

#include <string.h>

static const char digits[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(struct buf *out, struct str bytes)
{
	for (size_t i = 0; i < bytes.len; i += 3) {
		uint32_t n = 0;
		for (size_t k = 0; k < 3; k++)
			n = n << 8 |
			    (i + k < bytes.len ? (unsigned char)bytes.ptr[i + k] : 0);
		for (size_t k = 0; k < 4; k++)
			buf_char(out, i + k > bytes.len
					      ? '='
					      : digits[n >> (18 - 6 * k) & 63]);
	}
}

bool base64_decode(struct buf *out, struct str text)
{
	uint32_t n = 0;
	int bits = 0;

	while (str_ends(text, STR("=")))
		text.len--;
	for (size_t i = 0; i < text.len; i++) {
		const char *at = text.ptr[i] ? strchr(digits, text.ptr[i]) : NULL;
		if (!at)
			return false;
		n = n << 6 | (uint32_t)(at - digits);
		bits += 6;
		if (bits < 8)
			continue;
		bits -= 8;
		buf_char(out, (char)(n >> bits & 0xff));
	}
	return true;
}
