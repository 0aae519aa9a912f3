#include <config.h>

#include "dav/uri.h"

#include "base/buf.h"

static bool key_escapes(unsigned char byte)
{
	return byte < 0x20 || byte == 0x7f || byte == '/' || byte == '%' ||
	       byte == '?' || byte == '#';
}

/* The byte a "%XX" stands for; a stray percent sign stands for itself. */
static unsigned char read_byte(struct str s, size_t *used, bool *escaped)
{
	*used = 1;
	*escaped = false;
	if (s.ptr[0] != '%' || s.len < 3 || ascii_hex(s.ptr[1]) < 0 ||
		ascii_hex(s.ptr[2]) < 0)
		return (unsigned char)s.ptr[0];
	*used = 3;
	*escaped = true;
	return (unsigned char)(ascii_hex(s.ptr[1]) * 16 + ascii_hex(s.ptr[2]));
}

char *href_key(struct str path)
{
	SCOPED(buf) key = buf_with_max(0);

	path = str_slice(path, 0, str_find_char(path, '?'));
	while (path.len) {
		size_t used = 0;
		bool escaped = false;
		const unsigned char byte = read_byte(path, &used, &escaped);
		if (key_escapes(byte) && (escaped || byte != '/'))
			buf_printf(&key, "%%%02X", byte);
		else
			buf_char(&key, (char)byte);
		path = str_from(path, used);
	}
	return buf_take(&key);
}

bool href_member(struct str collection_key, struct str member_key, struct str *segment)
{
	const bool closed = str_ends(collection_key, STR("/"));
	struct str name = str_from(member_key, collection_key.len);

	if (!str_starts(member_key, collection_key))
		return false;
	if (!closed && !str_starts(name, STR("/")))
		return false;
	name = str_from(name, !closed);
	if (str_ends(name, STR("/")))
		name.len--;
	if (!name.len || str_find_char(name, '/') != STR_NONE)
		return false;
	*segment = name;
	return true;
}

/* "@" stays as it is: iCloud lists names with %40 and answers 404 to a GET of that. */
static bool segment_keeps(char c)
{
	return ascii_is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~' ||
	       c == '@';
}

char *href_segment(struct str name)
{
	SCOPED(buf) out = buf_with_max(0);

	for (size_t i = 0; i < name.len; i++) {
		if (segment_keeps(name.ptr[i]))
			buf_char(&out, name.ptr[i]);
		else
			buf_printf(&out, "%%%02X", (unsigned char)name.ptr[i]);
	}
	return buf_take(&out);
}
