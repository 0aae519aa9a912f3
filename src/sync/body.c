#include <config.h>

#include "sync/body.h"

#include <string.h>

#include "cal/meaning.h"

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

bool body_same_meaning(struct str a, struct str b)
{
	const struct digest first = cal_meaning(a);
	const struct digest second = cal_meaning(b);

	return digest_equal(&first, &second);
}
