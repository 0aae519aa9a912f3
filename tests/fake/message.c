#include <config.h>

#include "tests/fake/message.h"

#include <string.h>

#include "base/mem.h"
#include "tests/fake/gzip.h"

static const char *const names[HEADERS] = {
	[HEADER_HOST] = "host",
	[HEADER_AUTHORIZATION] = "authorization",
	[HEADER_DEPTH] = "depth",
	[HEADER_IF_MATCH] = "if-match",
	[HEADER_IF_NONE_MATCH] = "if-none-match",
	[HEADER_DESTINATION] = "destination",
	[HEADER_OVERWRITE] = "overwrite",
	[HEADER_CONTENT_TYPE] = "content-type",
	[HEADER_CONTENT_LENGTH] = "content-length",
	[HEADER_TRANSFER_ENCODING] = "transfer-encoding",
	[HEADER_ACCEPT_ENCODING] = "accept-encoding",
	[HEADER_CONNECTION] = "connection",
	[HEADER_EXPECT] = "expect",
};

static void take_header(struct request *r, struct str line)
{
	struct str name;

	if (!str_split(&line, ':', &name))
		return;
	for (size_t i = 0; i < HEADERS; i++) {
		if (!str_eq_nocase(name, str_of(names[i])))
			continue;
		free(r->headers[i]);
		r->headers[i] = str_dup(str_trim(line));
	}
}

static bool take_request_line(struct request *r, struct str line)
{
	struct str method;
	struct str target;

	if (!str_split(&line, ' ', &method) || !str_split(&line, ' ', &target) ||
		!str_starts(line, STR("HTTP/1.")) || !method.len)
		return false;
	if (!str_starts(target, STR("/")) && !str_is(target, "*"))
		return false;
	r->method = str_dup(method);
	r->path = str_dup(str_slice(target, 0, str_find_char(target, '?')));
	r->http10 = str_is(line, "HTTP/1.0");
	return true;
}

bool request_read(struct request *r, struct str head)
{
	struct str line;

	if (!str_line(&head, &line) || !take_request_line(r, line))
		return false;
	while (str_line(&head, &line))
		take_header(r, line);
	return true;
}

void request_clear(struct request *r)
{
	free(r->method);
	free(r->path);
	for (size_t i = 0; i < HEADERS; i++)
		free(r->headers[i]);
	buf_clear(&r->body);
	*r = (struct request){0};
}

struct str request_header(const struct request *r, enum field_name name)
{
	return str_of(r->headers[name]);
}

size_t amount_of(const struct amount *a, size_t whole)
{
	if (!a->set)
		return whole;
	const size_t n = a->percent ? whole * (size_t)a->n / 100 : (size_t)a->n;
	return n < whole ? n : whole;
}

void response_clear(struct response *a)
{
	buf_clear(&a->headers);
	buf_clear(&a->body);
	*a = (struct response){0};
}

void response_header(struct response *a, const char *name, const char *value)
{
	buf_printf(&a->headers, "%s: %s\r\n", name, value);
}

static const char *reason(int status)
{
	static const struct {
		int status;
		const char *reason;
	} reasons[] = {
		{200, "OK"},
		{201, "Created"},
		{204, "No Content"},
		{207, "Multi-Status"},
		{301, "Moved Permanently"},
		{302, "Found"},
		{304, "Not Modified"},
		{307, "Temporary Redirect"},
		{308, "Permanent Redirect"},
		{400, "Bad Request"},
		{401, "Unauthorized"},
		{403, "Forbidden"},
		{404, "Not Found"},
		{405, "Method Not Allowed"},
		{409, "Conflict"},
		{410, "Gone"},
		{412, "Precondition Failed"},
		{421, "Misdirected Request"},
		{429, "Too Many Requests"},
		{500, "Internal Server Error"},
		{501, "Not Implemented"},
		{503, "Service Unavailable"},
		{507, "Insufficient Storage"},
	};

	for (size_t i = 0; i < COUNT_OF(reasons); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "Status";
}

static void encode_body(const struct response *a, struct buf *body)
{
	const struct delivery *d = &a->delivery;

	if (d->bomb)
		gzip_bomb(body, (size_t)d->bomb << 20);
	else if (d->gzip)
		gzip_stored(body, buf_view(&a->body));
	else
		buf_add(body, buf_view(&a->body));
}

void response_write(const struct response *a, bool head_only, struct buf *out)
{
	const struct delivery *d = &a->delivery;
	SCOPED(buf) body = buf_with_max(0);

	encode_body(a, &body);
	buf_printf(out, "HTTP/1.%c %d %s\r\n", d->http10 ? '0' : '1', a->status,
		reason(a->status));
	buf_add(out, buf_view(&a->headers));
	if (a->type)
		buf_printf(out, "Content-Type: %s\r\n", a->type);
	if (d->bomb || d->gzip)
		buf_text(out, "Content-Encoding: gzip\r\n");
	if (!d->endless && a->status != 204 && a->status != 304)
		buf_printf(out, "Content-Length: %zu\r\n", body.len);
	buf_printf(out, "Connection: %s\r\n\r\n",
		d->close || d->http10 || d->endless ? "close" : "keep-alive");
	if (!head_only)
		buf_add(out,
			str_slice(buf_view(&body), 0, amount_of(&d->cut, body.len)));
}

char *percent_decode(struct str text)
{
	SCOPED(buf) out = buf_with_max(0);

	for (size_t i = 0; i < text.len; i++) {
		const char c = text.ptr[i];
		const bool escaped = c == '%' && i + 2 < text.len &&
		                     ascii_hex(text.ptr[i + 1]) >= 0 &&
		                     ascii_hex(text.ptr[i + 2]) >= 0;
		if (!escaped) {
			buf_char(&out, c);
			continue;
		}
		buf_char(&out, (char)(ascii_hex(text.ptr[i + 1]) * 16 +
				       ascii_hex(text.ptr[i + 2])));
		i += 2;
	}
	return buf_take(&out);
}

void percent_encode(struct buf *out, struct str name)
{
	for (size_t i = 0; i < name.len; i++) {
		const char c = name.ptr[i];
		if (ascii_is_alnum(c) || (c && strchr("-._~", c)))
			buf_char(out, c);
		else
			buf_printf(out, "%%%02X", (unsigned)(unsigned char)c);
	}
}
