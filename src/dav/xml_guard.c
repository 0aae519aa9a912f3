#include <config.h>

#include "dav/xml_guard.h"

#include <string.h>

#define DECLARATION_MAX 512U
#define REFERENCE_MAX 12U

void xml_guard_clear(struct xml_guard *g)
{
	buf_clear(&g->declaration);
	buf_clear(&g->out);
	*g = (struct xml_guard){0};
}

static bool refuse(struct err *e, const char *why)
{
	return err_set(e, ERR_PROTOCOL, "the answer is refused: %s", why);
}

/* CR LF and a lone CR to LF, in place. */
static void fold_lines(struct xml_guard *g, struct buf *b)
{
	char *to = b->ptr;
	const char *end = b->ptr + b->len;

	for (const char *from = b->ptr; from < end; from++) {
		const bool second = *from == '\n' && g->after_cr;
		g->after_cr = *from == '\r';
		if (!second)
			*to++ = g->after_cr ? '\n' : *from;
	}
	b->len = (size_t)(to - b->ptr);
}

/* Blanks what XML 1.0 does not allow (section 2.2), in place. */
static bool blank_controls(struct xml_guard *g, char *bytes, size_t len, struct err *e)
{
	for (size_t i = 0; i < len; i++) {
		const unsigned char byte = (unsigned char)bytes[i];
		if (byte >= 0x20 || byte == '\t' || byte == '\n')
			continue;
		if (!byte)
			return refuse(e, "it holds a NUL byte");
		bytes[i] = ' ';
		g->stripped = true;
	}
	return true;
}

static bool is_encoding(struct str name)
{
	static const char *const fine[] = {"utf-8", "utf8", "us-ascii", "ascii"};

	for (size_t i = 0; i < COUNT_OF(fine); i++)
		if (str_eq_nocase(name, str_of(fine[i])))
			return true;
	return false;
}

/* The value behind `encoding`, without its quotes; empty when it is not written right.
 */
static struct str encoding_value(struct str s)
{
	s = str_trim(s);
	if (!str_starts(s, STR("=")))
		return STR("");
	s = str_trim(str_from(s, 1));
	if (!s.len || (s.ptr[0] != '"' && s.ptr[0] != '\''))
		return STR("");
	const size_t end = str_find_char(str_from(s, 1), s.ptr[0]);
	return end == STR_NONE ? STR("") : str_slice(s, 1, end + 1);
}

static bool check_declaration(struct xml_guard *g, struct err *e)
{
	static const struct str word = {"encoding", 8};
	struct str s = buf_view(&g->declaration);

	if (!buf_ok(&g->declaration))
		return refuse(e, "its XML declaration is too long");
	for (size_t at = str_find(s, word); at != STR_NONE; at = str_find(s, word)) {
		s = str_from(s, at + word.len);
		if (!is_encoding(encoding_value(s)))
			return refuse(e, "it is not in UTF-8");
	}
	return true;
}

/*
 * One step for each place: looks at s from `at`, moves g->where when the place ends,
 * and returns where to go on, or STR_NONE after a refusal.
 */

static size_t step_before(struct xml_guard *g, struct str s, size_t at, struct err *e)
{
	static const char mark[] = "\xef\xbb\xbf";
	const char c = s.ptr[at];

	if (c == '<') {
		if (g->bom % 3) {
			(void)refuse(e, "it is not XML");
			return STR_NONE;
		}
		g->where = XML_OPEN;
		g->markup = 1;
		g->declaration = buf_with_max(DECLARATION_MAX);
		return at + 1;
	}
	if (g->bom < 3 && c == mark[g->bom])
		g->bom++;
	else if (c != ' ' && c != '\t' && c != '\r' && c != '\n') {
		(void)refuse(e, "it is not XML");
		return STR_NONE;
	}
	return at + 1;
}

static void blank_reference(struct xml_guard *g, const char *from, size_t len)
{
	const bool hex = from[2] == 'x';
	unsigned value = 0;

	for (size_t i = hex ? 3 : 2; i + 1 < len; i++) {
		const int digit = ascii_hex(from[i]);
		if (digit < 0 || (!hex && digit > 9))
			return;
		value = value * (hex ? 16 : 10) + (unsigned)digit;
	}
	if (!value || value >= 0x20 || value == '\t' || value == '\n' || value == '\r')
		return;
	memset(g->out.ptr + (from - g->out.ptr), ' ', len);
	g->stripped = true;
}

/* Looks for "&#8;" and the like in text; one that the chunk cuts is held back. */
static void step_references(struct xml_guard *g, struct str s, size_t at, size_t end)
{
	const char *stop = s.ptr + end;
	const char *amp = s.ptr + at;

	while (amp < stop && (amp = memchr(amp, '&', (size_t)(stop - amp)))) {
		const size_t room = (size_t)(stop - amp);
		const size_t look = room < REFERENCE_MAX ? room : REFERENCE_MAX;
		const char *semi = memchr(amp, ';', look);
		if (semi && amp[1] == '#')
			blank_reference(g, amp, (size_t)(semi - amp) + 1);
		else if (!semi && end == s.len && room < REFERENCE_MAX)
			g->n_carry = room;
		amp++;
	}
}

static size_t step_text(struct xml_guard *g, struct str s, size_t at, struct err *e)
{
	const char *open = memchr(s.ptr + at, '<', s.len - at);
	const size_t end = open ? (size_t)(open - s.ptr) : s.len;

	(void)e;
	step_references(g, s, at, end);
	if (!open)
		return s.len;
	g->where = XML_OPEN;
	g->markup = 1;
	return end + 1;
}

/* What the bytes behind "<" begin. XML_OPEN while more of them are needed. */
static enum xml_where kind_of(struct str head, bool *refused)
{
	static const struct str comment = {"!--", 3};
	static const struct str section = {"![CDATA[", 8};

	if (head.ptr[0] == '?')
		return XML_INSTRUCTION;
	if (head.ptr[0] != '!')
		return XML_TAG;
	if (str_eq(head, comment))
		return XML_COMMENT;
	if (str_eq(head, section))
		return XML_CDATA;
	*refused = !str_starts(comment, head) && !str_starts(section, head);
	return XML_OPEN;
}

static size_t step_open(struct xml_guard *g, struct str s, size_t at, struct err *e)
{
	bool refused = false;

	g->head[g->markup - 1] = s.ptr[at];
	g->where = kind_of((struct str){g->head, g->markup}, &refused);
	if (refused) {
		(void)refuse(e, "it declares a document type or an entity");
		return STR_NONE;
	}
	g->markup++;
	memset(g->last, 0, sizeof(g->last));
	/* The first byte of a tag is looked at again: it may be a quote or the end. */
	return g->where == XML_TAG ? at : at + 1;
}

static bool grow_markup(struct xml_guard *g, size_t by, struct err *e)
{
	g->markup += by;
	return g->markup <= XML_MARKUP_MAX ||
	       refuse(e, "it holds a tag of over 64 KiB");
}

static size_t step_tag(struct xml_guard *g, struct str s, size_t at, struct err *e)
{
	const size_t start = at;

	while (at < s.len && g->where == XML_TAG) {
		const char c = s.ptr[at++];
		if (c == '>')
			g->where = XML_TEXT;
		else if (c == '"')
			g->where = XML_TAG_DOUBLE;
		else if (c == '\'')
			g->where = XML_TAG_SINGLE;
	}
	return grow_markup(g, at - start, e) ? at : STR_NONE;
}

static size_t step_value(struct xml_guard *g, struct str s, size_t at, struct err *e)
{
	const char quote = g->where == XML_TAG_DOUBLE ? '"' : '\'';
	const char *close = memchr(s.ptr + at, quote, s.len - at);
	const size_t end = close ? (size_t)(close - s.ptr) + 1 : s.len;

	if (close)
		g->where = XML_TAG;
	return grow_markup(g, end - at, e) ? end : STR_NONE;
}

static char byte_before(const struct xml_guard *g, struct str s, size_t from, size_t at,
	size_t back)
{
	return at >= from + back ? s.ptr[at - back] : g->last[2 - (back - (at - from))];
}

/* The ">" that ends the place, behind one or two bytes `before`; STR_NONE when it is
 * not in this chunk. Then the last two bytes are remembered for the next. */
static size_t find_close(struct xml_guard *g, struct str s, size_t from, char before,
	size_t count)
{
	for (size_t at = from; at < s.len; at++) {
		const char *close = memchr(s.ptr + at, '>', s.len - at);
		if (!close)
			break;
		at = (size_t)(close - s.ptr);
		bool ends = true;
		for (size_t back = 1; back <= count; back++)
			ends = ends && byte_before(g, s, from, at, back) == before;
		if (ends)
			return at;
	}
	const char last[2] = {byte_before(g, s, from, s.len, 2),
		byte_before(g, s, from, s.len, 1)};
	memcpy(g->last, last, sizeof(last));
	return STR_NONE;
}

static size_t step_cdata(struct xml_guard *g, struct str s, size_t at, struct err *e)
{
	const size_t close = find_close(g, s, at, ']', 2);
	const size_t end = close == STR_NONE ? s.len : close + 1;

	g->markup += end - at;
	if (g->markup > XML_SECTION_MAX) {
		(void)refuse(e, "a text in it is too long");
		return STR_NONE;
	}
	if (close != STR_NONE)
		g->where = XML_TEXT;
	return end;
}

static size_t step_comment(struct xml_guard *g, struct str s, size_t at, struct err *e)
{
	const size_t close = find_close(g, s, at, '-', 2);
	const size_t end = close == STR_NONE ? s.len : close + 1;

	if (close != STR_NONE)
		g->where = XML_TEXT;
	return grow_markup(g, end - at, e) ? end : STR_NONE;
}

static size_t step_instruction(struct xml_guard *g, struct str s, size_t at,
	struct err *e)
{
	const size_t close = find_close(g, s, at, '?', 1);
	const size_t end = close == STR_NONE ? s.len : close + 1;

	if (!g->declared)
		buf_add(&g->declaration, str_slice(s, at, end));
	if (!grow_markup(g, end - at, e))
		return STR_NONE;
	if (close == STR_NONE)
		return end;
	g->where = XML_TEXT;
	if (!g->declared && !check_declaration(g, e))
		return STR_NONE;
	g->declared = true;
	return end;
}

static bool walk(struct xml_guard *g, struct str s, struct err *e)
{
	static size_t (*const steps[])(struct xml_guard *, struct str, size_t,
		struct err *) = {
		[XML_BEFORE] = step_before,
		[XML_TEXT] = step_text,
		[XML_OPEN] = step_open,
		[XML_TAG] = step_tag,
		[XML_TAG_SINGLE] = step_value,
		[XML_TAG_DOUBLE] = step_value,
		[XML_COMMENT] = step_comment,
		[XML_CDATA] = step_cdata,
		[XML_INSTRUCTION] = step_instruction,
	};

	for (size_t at = 0; at < s.len;) {
		at = steps[g->where](g, s, at, e);
		if (at == STR_NONE)
			return false;
	}
	return true;
}

/* Bytes before the first "<", which the parser would stumble over. */
static size_t leading(struct str s)
{
	const size_t open = str_find_char(s, '<');
	return open == STR_NONE ? s.len : open;
}

bool xml_guard_pass(struct xml_guard *g, struct str bytes, struct str *safe,
	struct err *e)
{
	const bool before = g->where == XML_BEFORE;

	buf_reset(&g->out);
	buf_add(&g->out, (struct str){g->carry, g->n_carry});
	buf_add(&g->out, bytes);
	g->n_carry = 0;
	if (g->after_cr || str_find_char(bytes, '\r') != STR_NONE)
		fold_lines(g, &g->out);
	if (!g->out.len) {
		*safe = STR("");
		return true;
	}
	if (!blank_controls(g, g->out.ptr, g->out.len, e) ||
		!walk(g, buf_view(&g->out), e))
		return false;
	*safe = str_slice(buf_view(&g->out), 0, g->out.len - g->n_carry);
	memcpy(g->carry, g->out.ptr + safe->len, g->n_carry);
	if (before)
		*safe = str_from(*safe, leading(*safe));
	return true;
}
