#include <config.h>

#include "tests/bench/request.h"

struct str request_header(struct str head, const char *name)
{
	struct str line;

	while (str_line(&head, &line)) {
		const size_t colon = str_find_char(line, ':');
		if (colon != STR_NONE &&
			str_eq_nocase(str_slice(line, 0, colon), str_of(name)))
			return str_trim(str_from(line, colon + 1));
	}
	return STR("");
}

enum request_state request_read(struct request *r, struct str in)
{
	const size_t end =
		str_find(str_slice(in, 0, REQUEST_HEAD_MAX), STR("\r\n\r\n"));
	struct str line = STR("");
	int64_t length = 0;

	if (end == STR_NONE)
		return in.len > REQUEST_HEAD_MAX ? REQUEST_BAD : REQUEST_PARTIAL;
	*r = (struct request){.head = str_slice(in, 0, end + 2)};
	if (!str_line(&r->head, &line) || !str_split(&line, ' ', &r->method) ||
		!str_split(&line, ' ', &r->target))
		return REQUEST_BAD;
	const struct str told = request_header(r->head, "Content-Length");
	if (request_header(r->head, "Transfer-Encoding").len ||
		(told.len && !str_to_int(told, 0, REQUEST_BODY_MAX, &length)))
		return REQUEST_BAD;
	r->length = end + 4 + (size_t)length;
	r->body = str_slice(in, end + 4, r->length);
	return in.len >= r->length ? REQUEST_WHOLE : REQUEST_PARTIAL;
}
