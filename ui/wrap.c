#include <config.h>

#include "ui/wrap.h"

#include "base/text.h"

static size_t without_blanks(struct str s, size_t end)
{
	while (end && s.ptr[end - 1] == ' ')
		end--;
	return end;
}

/* Where a line that is too long for cols ends. */
static size_t break_at(struct str s, int cols)
{
	size_t fit = text_fit(s, cols).len;

	for (size_t i = fit + 1; i-- > 0;)
		if (i < s.len && s.ptr[i] == ' ' && without_blanks(s, i))
			return i;
	if (!fit)
		(void)utf8_next(s, &fit);
	return fit;
}

bool wrap_line(struct str *rest, int cols, struct str *line)
{
	if (!rest->len)
		return false;
	const size_t feed = str_find_char(*rest, '\n');
	const struct str part = str_slice(*rest, 0, feed);
	if (text_width(part) <= cols) {
		*line = str_slice(part, 0, without_blanks(part, part.len));
		*rest = str_from(*rest,
			part.len == rest->len ? part.len : part.len + 1);
		return true;
	}
	size_t end = break_at(part, cols);
	*line = str_slice(part, 0, without_blanks(part, end));
	while (end < part.len && part.ptr[end] == ' ')
		end++;
	/* Only blanks were left of this line: its line feed goes with them. */
	if (end == part.len && end < rest->len)
		end++;
	*rest = str_from(*rest, end);
	return true;
}

int wrap_count(struct str text, int cols)
{
	struct str line;
	int count = 0;

	while (wrap_line(&text, cols, &line))
		count++;
	return count ? count : 1;
}
