#include <config.h>

#include "cal/line.h"

static bool is_fold_blank(char c)
{
	return c == ' ' || c == '\t';
}

bool cal_line_next(struct str *rest, struct str *raw)
{
	if (!rest->len)
		return false;
	size_t end = 0;
	size_t next = 0;
	do {
		const size_t at = str_find_char(str_from(*rest, next), '\n');
		end = at == STR_NONE ? rest->len : next + at;
		next = at == STR_NONE ? rest->len : end + 1;
	} while (next < rest->len && is_fold_blank(rest->ptr[next]));
	*raw = str_slice(*rest, 0, end);
	if (next > end && raw->len && raw->ptr[raw->len - 1] == '\r')
		raw->len--;
	*rest = str_from(*rest, next);
	return true;
}

/* How many bytes of fold stand at the beginning: line end and one blank. */
static size_t fold_len(struct str raw)
{
	const size_t cr = raw.len && raw.ptr[0] == '\r';

	if (raw.len < cr + 2 || raw.ptr[cr] != '\n' || !is_fold_blank(raw.ptr[cr + 1]))
		return 0;
	return cr + 2;
}

int cal_line_byte(struct str *raw)
{
	for (size_t fold = fold_len(*raw); fold; fold = fold_len(*raw))
		*raw = str_from(*raw, fold);
	if (!raw->len)
		return -1;
	const unsigned char byte = (unsigned char)raw->ptr[0];
	*raw = str_from(*raw, 1);
	return byte;
}

bool cal_line_same(struct str a, struct str b)
{
	for (;;) {
		const int x = cal_line_byte(&a);
		const int y = cal_line_byte(&b);
		if (x < 0 || y < 0)
			return x == y;
		if (ascii_lower((char)x) != ascii_lower((char)y))
			return false;
	}
}

bool cal_line_is(struct str raw, const char *want)
{
	return cal_line_same(raw, str_of(want));
}

void cal_line_unfold(struct str raw, struct buf *out)
{
	while (raw.len) {
		const size_t fold = fold_len(raw);
		size_t plain = 1;
		while (!fold && plain < raw.len && raw.ptr[plain] != '\r' &&
			raw.ptr[plain] != '\n')
			plain++;
		if (!fold)
			buf_add(out, str_slice(raw, 0, plain));
		raw = str_from(raw, fold ? fold : plain);
	}
}

/* RFC 5545: iana-token or x-name. */
static bool is_name(struct str raw)
{
	int c = cal_line_byte(&raw);

	if (c < 0)
		return false;
	for (; c >= 0; c = cal_line_byte(&raw))
		if (!ascii_is_alnum((char)c) && c != '-')
			return false;
	return true;
}

bool cal_line_parts(struct str line, struct cal_parts *out)
{
	size_t name_end = STR_NONE;
	bool quoted = false;

	for (size_t i = 0; i < line.len; i++) {
		const char c = line.ptr[i];
		if (c == '"')
			quoted = !quoted;
		else if (c == ';' && !quoted && name_end == STR_NONE)
			name_end = i;
		if (c != ':' || quoted)
			continue;
		if (name_end == STR_NONE)
			name_end = i;
		out->name = str_slice(line, 0, name_end);
		out->params = str_slice(line, name_end, i);
		out->value = str_from(line, i + 1);
		return is_name(out->name);
	}
	return false;
}

/* Cuts the parameter at the beginning, ";NAME=value", off *params. */
static struct str next_param(struct str *params)
{
	bool quoted = false;
	size_t end = 1;

	for (; end < params->len; end++) {
		if (params->ptr[end] == '"')
			quoted = !quoted;
		if (params->ptr[end] == ';' && !quoted)
			break;
	}
	const struct str param = str_slice(*params, 1, end);
	*params = str_from(*params, end);
	return param;
}

bool cal_param(struct str params, const char *name, struct str *out)
{
	while (params.len) {
		struct str value = next_param(&params);
		struct str key;
		(void)str_split(&value, '=', &key);
		if (!value.ptr || !str_eq_nocase(key, str_of(name)))
			continue;
		const bool quotes = value.len >= 2 && value.ptr[0] == '"' &&
		                    value.ptr[value.len - 1] == '"';
		*out = quotes ? str_slice(value, 1, value.len - 1) : value;
		return true;
	}
	return false;
}
