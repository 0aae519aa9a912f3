#include <config.h>

#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

struct buf buf_with_max(size_t max)
{
	return (struct buf){.max = max};
}

void buf_clear(struct buf *b)
{
	free(b->ptr);
	*b = buf_with_max(b->max);
}

void buf_reset(struct buf *b)
{
	b->len = 0;
	b->full = false;
	if (b->ptr)
		b->ptr[0] = '\0';
}

/* Room for `more` bytes and a NUL; false and full when the ceiling forbids it. */
static bool reserve(struct buf *b, size_t more)
{
	const size_t ceiling = b->max ? b->max : SIZE_MAX / 4;

	if (b->full || more > ceiling || b->len > ceiling - more) {
		b->full = true;
		return false;
	}
	const size_t need = b->len + more + 1;
	if (need <= b->cap)
		return true;
	size_t cap = b->cap ? b->cap : 64;
	while (cap < need)
		cap *= 2;
	b->ptr = xreallocarray(b->ptr, cap, 1);
	b->cap = cap;
	return true;
}

void buf_add(struct buf *b, struct str bytes)
{
	if (!reserve(b, bytes.len))
		return;
	if (bytes.len)
		memcpy(b->ptr + b->len, bytes.ptr, bytes.len);
	b->len += bytes.len;
	b->ptr[b->len] = '\0';
}

void buf_text(struct buf *b, const char *text)
{
	buf_add(b, str_of(text));
}

void buf_char(struct buf *b, char c)
{
	buf_add(b, (struct str){&c, 1});
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	AUTO_FREE char *text = NULL;
	const int len = vasprintf(&text, fmt, args);
	va_end(args);
	if (len < 0) {
		text = NULL;
		b->full = true;
		return;
	}
	buf_add(b, (struct str){text, (size_t)len});
}

void buf_xml(struct buf *b, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		const char c = text.ptr[i];
		if (c == '&')
			buf_text(b, "&amp;");
		else if (c == '<')
			buf_text(b, "&lt;");
		else if (c == '>')
			buf_text(b, "&gt;");
		else if (c == '"')
			buf_text(b, "&quot;");
		else
			buf_char(b, c);
	}
}

void buf_json(struct buf *b, struct str text)
{
	while (text.len) {
		size_t used = 0;
		const uint32_t c = utf8_next(text, &used);
		if (c == '"' || c == '\\')
			buf_printf(b, "\\%c", (char)c);
		else if (c < 0x20)
			buf_printf(b, "\\u%04x", (unsigned)c);
		else if (c == UTF8_BAD)
			buf_text(b, "\xef\xbf\xbd");
		else
			buf_add(b, str_slice(text, 0, used));
		text = str_from(text, used);
	}
}

bool buf_ok(const struct buf *b)
{
	return !b->full;
}

struct str buf_view(const struct buf *b)
{
	return b->ptr ? (struct str){b->ptr, b->len} : STR("");
}

const char *buf_cstr(const struct buf *b)
{
	return b->ptr ? b->ptr : "";
}

char *buf_take(struct buf *b)
{
	char *text = b->ptr ? take(&b->ptr) : xstrdup("");

	*b = buf_with_max(b->max);
	return text;
}
