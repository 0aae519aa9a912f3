#include <config.h>

#include "sync/body.h"

#include <string.h>

/* Is every LF preceded by CR? */
static bool is_normal(struct str raw)
{
	const char *at = raw.ptr;
	const char *end = raw.ptr + raw.len;

	while (at < end && (at = memchr(at, '\n', (size_t)(end - at)))) {
		if (at == raw.ptr || at[-1] != '\r')
			return false;
		at++;
	}
	return true;
}

void body_normal(struct str raw, struct buf *out)
{
	if (!raw.len || is_normal(raw)) {
		buf_add(out, raw);
		return;
	}
	while (raw.len) {
		const size_t lf = str_find_char(raw, '\n');
		if (lf == STR_NONE) {
			buf_add(out, raw);
			return;
		}
		const size_t line = lf && raw.ptr[lf - 1] == '\r' ? lf - 1 : lf;
		buf_add(out, str_slice(raw, 0, line));
		buf_add(out, STR("\r\n"));
		raw = str_from(raw, lf + 1);
	}
}

struct digest body_digest(struct str raw)
{
	if (!raw.len || is_normal(raw))
		return digest_of(raw);
	SCOPED(buf) normal = buf_with_max(0);
	body_normal(raw, &normal);
	return digest_of(buf_view(&normal));
}

static bool is_stamp(struct str line)
{
	static const char *const names[] = {"DTSTAMP", "LAST-MODIFIED", "CREATED",
		"PRODID"};

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		const struct str name = str_of(names[i]);
		if (!str_starts_nocase(line, name) || line.len == name.len)
			continue;
		if (line.ptr[name.len] == ':' || line.ptr[name.len] == ';')
			return true;
	}
	return false;
}

static void end_line(struct buf *whole, struct buf *out)
{
	if (whole->len && !is_stamp(buf_view(whole))) {
		buf_add(out, buf_view(whole));
		buf_char(out, '\n');
	}
	buf_reset(whole);
}

/* Unfolds (RFC 5545, 3.1) and leaves the stamps out. */
static void meaning(struct str raw, struct buf *out)
{
	SCOPED(buf) whole = buf_with_max(0);
	struct str line;

	while (str_line(&raw, &line)) {
		if (line.len && (line.ptr[0] == ' ' || line.ptr[0] == '\t')) {
			buf_add(&whole, str_from(line, 1));
			continue;
		}
		end_line(&whole, out);
		buf_add(&whole, line);
	}
	end_line(&whole, out);
}

bool body_same_meaning(struct str a, struct str b)
{
	SCOPED(buf) first = buf_with_max(0);
	SCOPED(buf) second = buf_with_max(0);

	meaning(a, &first);
	meaning(b, &second);
	return str_eq(buf_view(&first), buf_view(&second));
}
