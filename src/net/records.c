#include <config.h>

#include "net/records.h"

#include <string.h>

enum {
	HEADER_SIZE = 12,
	NAME_MAX_SIZE = 253,
	LABEL_MAX = 63,
	CLASS_IN = 1,
	POINTER = 0xc0,
	CODE_NONE = 3, /* RCODE: there is no such name */
};

#define SERVICE_LABELS "_caldavs._tcp."

/* A place in a packet. Reading past the end sets `bad` and gives 0. */
struct reader {
	struct str packet;
	size_t at;
	bool bad;
};

static unsigned take_byte(struct reader *r)
{
	if (r->at >= r->packet.len) {
		r->bad = true;
		return 0;
	}
	return (unsigned char)r->packet.ptr[r->at++];
}

static unsigned take_number(struct reader *r)
{
	const unsigned high = take_byte(r);

	return high << 8 | take_byte(r);
}

static void skip(struct reader *r, size_t count)
{
	if (count > r->packet.len - r->at) {
		r->bad = true;
		count = r->packet.len - r->at;
	}
	r->at += count;
}

/* Names */

static bool is_name_char(char c)
{
	return ascii_is_alnum(c) || c == '-' || c == '_';
}

static void put_label(struct buf *out, struct str label)
{
	if (out->len)
		buf_char(out, '.');
	for (size_t i = 0; i < label.len; i++)
		buf_char(out,
			is_name_char(label.ptr[i]) ? ascii_lower(label.ptr[i]) : '?');
}

/* To where the pointer at r leads, which must be in front of `before`. */
static bool follow_pointer(struct reader *r, size_t before)
{
	const unsigned target = take_number(r) & ~((unsigned)POINTER << 8);

	r->bad |= target >= before;
	r->at = target;
	return !r->bad;
}

/* The labels at r, pointers followed; what is behind the name is read next. In `out` a
 * byte that no host's name has is a question mark. */
static void take_name(struct reader *r, struct buf *out)
{
	struct reader here = *r;
	size_t before = r->at;
	bool jumped = false;

	while (!here.bad) {
		const size_t at = here.at;
		const unsigned size = take_byte(&here);
		if (!jumped)
			r->at = here.at + (size > LABEL_MAX ? 1 : size);
		if (!size)
			break;
		if (size <= LABEL_MAX) {
			put_label(out, str_slice(here.packet, at + 1, at + 1 + size));
			skip(&here, size);
			continue;
		}
		here.at = at;
		here.bad |= (size & POINTER) != POINTER;
		if (!here.bad && follow_pointer(&here, before))
			before = here.at;
		jumped = true;
	}
	r->bad |= here.bad;
	if (r->at > r->packet.len)
		r->at = r->packet.len;
}

/* Questions */

static bool is_public_name(struct str domain)
{
	struct str rest = domain;
	struct str label = {0};
	size_t labels = 0;

	if (domain.len > NAME_MAX_SIZE - (sizeof(SERVICE_LABELS) - 1))
		return false;
	while (str_split(&rest, '.', &label)) {
		labels++;
		if (!label.len || label.len > LABEL_MAX)
			return false;
		for (size_t i = 0; i < label.len; i++)
			if (!is_name_char(label.ptr[i]))
				return false;
	}
	/* The last of an IPv4 address is a number. */
	return labels > 1 && ascii_is_alpha(label.ptr[0]);
}

static void put_number(struct buf *out, unsigned n)
{
	buf_char(out, (char)(n >> 8 & 0xff));
	buf_char(out, (char)(n & 0xff));
}

static void put_name(struct buf *out, struct str name)
{
	for (struct str label; str_split(&name, '.', &label);) {
		buf_char(out, (char)label.len);
		buf_add(out, label);
	}
	buf_char(out, '\0');
}

bool record_ask(struct buf *out, uint16_t id, const char *domain, enum record_type type)
{
	SCOPED(buf) name = buf_with_max(NAME_MAX_SIZE);

	if (!is_public_name(str_of(domain)))
		return false;
	buf_printf(&name, SERVICE_LABELS "%s", domain);
	put_number(out, id);
	put_number(out, 0x0100); /* recursion desired */
	put_number(out, 1);      /* one question, nothing else */
	for (int i = 0; i < 3; i++)
		put_number(out, 0);
	put_name(out, buf_view(&name));
	put_number(out, type);
	put_number(out, CLASS_IN);
	return buf_ok(out);
}

/* Answers */

/* Number, kind and question must be those that were sent (in any case of letters). */
static bool is_answer_to(struct str packet, struct str asked)
{
	if (packet.len < asked.len || asked.len < HEADER_SIZE)
		return false;
	if (!str_eq(str_slice(packet, 0, 2), str_slice(asked, 0, 2)))
		return false;
	if (((unsigned char)packet.ptr[2] & 0xf8) != 0x80) /* an answer, of a query */
		return false;
	return str_eq(str_slice(packet, 4, 6), str_slice(asked, 4, 6)) &&
	       str_eq_nocase(str_slice(packet, HEADER_SIZE, asked.len),
		       str_from(asked, HEADER_SIZE));
}

/* One record; its content is at `data`. */
struct record {
	unsigned type;
	unsigned class;
	size_t data;
	size_t size;
};

static bool next_record(struct reader *r, struct record *out)
{
	SCOPED(buf) owner = buf_with_max(NAME_MAX_SIZE);

	take_name(r, &owner);
	out->type = take_number(r);
	out->class = take_number(r);
	skip(r, 4);
	out->size = take_number(r);
	out->data = r->at;
	skip(r, out->size);
	return !r->bad;
}

/* Calls `use` for each record of the type in the answer. False from it: unreadable. */
static enum record_verdict each_record(struct str packet, struct str asked,
	enum record_type type, bool (*use)(void *ctx, struct reader r, size_t size),
	void *ctx)
{
	struct reader r = {.packet = packet, .at = 3};

	if (!is_answer_to(packet, asked))
		return RECORD_FOREIGN;
	const unsigned code = take_byte(&r) & 0x0f;
	skip(&r, 2);
	const unsigned count = take_number(&r);
	if (code == CODE_NONE)
		return RECORD_NONE;
	if (code)
		return RECORD_TROUBLE;
	r.at = asked.len;
	for (unsigned i = 0; i < count; i++) {
		struct record record = {0};
		if (!next_record(&r, &record))
			return RECORD_TROUBLE;
		const struct reader inside = {.packet = packet, .at = record.data};
		if (record.type == type && record.class == CLASS_IN &&
			!use(ctx, inside, record.size))
			return RECORD_TROUBLE;
	}
	return RECORD_FOUND;
}

static bool is_better(const struct service_record *a, const struct service_record *b)
{
	if (!b->port || a->priority != b->priority)
		return !b->port || a->priority < b->priority;
	return a->weight > b->weight;
}

/* A target of "." says that there is no such service; port 0 would be nowhere. What is
 * no name is passed over. */
static bool use_service(void *ctx, struct reader r, size_t size)
{
	struct service_record *best = ctx;
	struct service_record s = {0};
	SCOPED(buf) name = buf_with_max(sizeof(s.host) - 1);
	const size_t end = r.at + size;

	s.priority = (uint16_t)take_number(&r);
	s.weight = (uint16_t)take_number(&r);
	s.port = (uint16_t)take_number(&r);
	take_name(&r, &name);
	if (r.bad || r.at != end)
		return false;
	if (!name.len || !buf_ok(&name) || !s.port ||
		str_find_char(buf_view(&name), '?') != STR_NONE)
		return true;
	memcpy(s.host, buf_cstr(&name), name.len + 1);
	if (is_better(&s, best))
		*best = s;
	return true;
}

enum record_verdict record_service(struct str packet, struct str asked,
	struct service_record *out)
{
	struct service_record best = {0};
	const enum record_verdict v =
		each_record(packet, asked, RECORD_SRV, use_service, &best);

	if (v != RECORD_FOUND)
		return v;
	if (!best.port)
		return RECORD_NONE;
	*out = best;
	return RECORD_FOUND;
}

static bool is_path(struct str path)
{
	if (!path.len || path.ptr[0] != '/')
		return false;
	for (size_t i = 0; i < path.len; i++)
		if (path.ptr[i] <= 0x20 || path.ptr[i] >= 0x7f)
			return false;
	return true;
}

/* Texts of up to 255 bytes, each behind its length. */
static bool use_text(void *ctx, struct reader r, size_t size)
{
	struct str *found = ctx;
	const size_t end = r.at + size;

	while (r.at < end) {
		const size_t len = take_byte(&r);
		if (len > end - r.at)
			return false;
		const struct str text = str_slice(r.packet, r.at, r.at + len);
		const struct str path = str_from(text, sizeof("path=") - 1);
		if (!found->len && str_starts_nocase(text, STR("path=")) &&
			is_path(path))
			*found = path;
		skip(&r, len);
	}
	return true;
}

enum record_verdict record_path(struct str packet, struct str asked, char *out,
	size_t size)
{
	struct str path = {0};
	const enum record_verdict v =
		each_record(packet, asked, RECORD_TXT, use_text, &path);

	if (v != RECORD_FOUND)
		return v;
	if (!path.len || path.len >= size)
		return RECORD_NONE;
	memcpy(out, path.ptr, path.len);
	out[path.len] = '\0';
	return RECORD_FOUND;
}
