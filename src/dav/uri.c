#include <config.h>

#include "dav/uri.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"

/* Longer than any address a server has a reason to send. */
#define URI_MAX 8192U
#define LABEL_MAX 63U

void uri_clear(struct uri *u)
{
	free(u->path);
	*u = (struct uri){0};
}

void uri_copy(struct uri *to, const struct uri *from)
{
	*to = (struct uri){.origin = from->origin, .path = xstrdup_or_null(from->path)};
}

/* The functions below return NULL, or the reason for a refusal in words. */

static const char *read_port(struct str digits, uint16_t *port)
{
	int64_t number = 0;

	if (digits.len > 5 || !str_to_int(digits, 1, UINT16_MAX, &number))
		return "the port is not a number from 1 to 65535";
	*port = (uint16_t)number;
	return NULL;
}

static const char *read_ipv6(struct str inside, struct origin *o)
{
	struct in6_addr address;
	char text[INET6_ADDRSTRLEN];

	if (inside.len >= sizeof(text))
		return "the IPv6 address is too long";
	memcpy(text, inside.ptr, inside.len);
	text[inside.len] = '\0';
	if (inet_pton(AF_INET6, text, &address) != 1 ||
		!inet_ntop(AF_INET6, &address, text, sizeof(text)))
		return "the IPv6 address is not one";
	const size_t len = strlen(text);
	o->host[0] = '[';
	memcpy(o->host + 1, text, len);
	memcpy(o->host + 1 + len, "]", sizeof("]"));
	return NULL;
}

static bool is_number_label(struct str label)
{
	for (size_t i = 0; i < label.len; i++)
		if (!ascii_is_digit(label.ptr[i]))
			return str_starts(label, STR("0x"));
	return true;
}

static const char *check_labels(struct str host)
{
	struct str rest = host;
	struct str label = STR("");

	while (str_split(&rest, '.', &label)) {
		if (!label.len)
			return "the host name has an empty part or ends in a dot";
		if (label.len > LABEL_MAX)
			return "a part of the host name is too long";
	}
	/* "127.1" and "0x7f.1" are forms of an IPv4 address to some resolvers and a
	 * name to others; only the plain form means one thing. */
	struct in_addr address;
	char text[INET_ADDRSTRLEN];
	if (!is_number_label(label))
		return NULL;
	if (host.len >= sizeof(text))
		return "the IP address is not one";
	memcpy(text, host.ptr, host.len);
	text[host.len] = '\0';
	return inet_pton(AF_INET, text, &address) == 1 ? NULL
	                                               : "the IP address is not one";
}

static const char *read_name(struct str host, struct origin *o)
{
	if (!host.len)
		return "there is no host name";
	if (host.len >= sizeof(o->host))
		return "the host name is too long";
	for (size_t i = 0; i < host.len; i++) {
		const char c = ascii_lower(host.ptr[i]);
		if (!ascii_is_alnum(c) && c != '.' && c != '-')
			return "the host name may hold letters, digits, dots and "
			       "hyphens "
			       "only";
		o->host[i] = c;
	}
	o->host[host.len] = '\0';
	return check_labels((struct str){o->host, host.len});
}

static const char *read_authority(struct str authority, struct origin *o)
{
	const bool literal = str_starts(authority, STR("["));
	const size_t end = str_find_char(authority, literal ? ']' : ':');

	if (str_find_char(authority, '@') != STR_NONE)
		return "it holds a user name";
	if (literal && end == STR_NONE)
		return "the IPv6 address is not closed";
	const char *wrong = literal ? read_ipv6(str_slice(authority, 1, end), o)
	                            : read_name(str_slice(authority, 0, end), o);
	if (wrong)
		return wrong;
	const struct str rest =
		end == STR_NONE ? STR("") : str_from(authority, end + literal);
	o->port = o->tls ? 443 : 80;
	if (!rest.len)
		return NULL;
	if (rest.ptr[0] != ':')
		return "something follows the IPv6 address";
	return read_port(str_from(rest, 1), &o->port);
}

/* The value of "%XX" at i, or -1. */
static int escaped_byte(struct str s, size_t i)
{
	if (s.ptr[i] != '%' || i + 2 >= s.len)
		return -1;
	const int high = ascii_hex(s.ptr[i + 1]);
	const int low = ascii_hex(s.ptr[i + 2]);
	return high < 0 || low < 0 ? -1 : high * 16 + low;
}

static bool is_control(int byte)
{
	return (byte >= 0 && byte < 0x20) || byte == 0x7f;
}

static const char *check_bytes(struct str path)
{
	for (size_t i = 0; i < path.len; i++) {
		if (is_control((unsigned char)path.ptr[i]) ||
			is_control(escaped_byte(path, i)))
			return "it holds a control character";
		if (path.ptr[i] == '\\')
			return "it holds a backslash";
		if (path.ptr[i] == '#')
			return "it holds a fragment";
	}
	return NULL;
}

static bool is_dots(struct str segment)
{
	size_t dots = 0;

	for (size_t i = 0; i < segment.len; dots++) {
		if (segment.ptr[i] == '.')
			i++;
		else if (escaped_byte(segment, i) == '.')
			i += 3;
		else
			return false;
	}
	return dots == 1 || dots == 2;
}

static const char *check_path(struct str path)
{
	const char *wrong = check_bytes(path);
	struct str rest = str_slice(path, 0, str_find_char(path, '?'));
	struct str segment;

	while (!wrong && str_split(&rest, '/', &segment))
		if (is_dots(segment))
			wrong = "it holds a dot segment";
	return wrong;
}

/* A copy that fits on a request line: nothing but the blank is touched. */
static char *copy_path(struct str path)
{
	SCOPED(buf) out = buf_with_max(0);

	if (!path.len || path.ptr[0] != '/')
		buf_char(&out, '/');
	for (size_t at = str_find_char(path, ' '); at != STR_NONE;
		at = str_find_char(path, ' ')) {
		buf_add(&out, str_slice(path, 0, at));
		buf_text(&out, "%20");
		path = str_from(path, at + 1);
	}
	buf_add(&out, path);
	return buf_take(&out);
}

static size_t authority_end(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] == '/' || s.ptr[i] == '?' || s.ptr[i] == '#')
			return i;
	return s.len;
}

/* What follows "https://". */
static const char *read_after_scheme(struct uri *u, bool tls, struct str s)
{
	const size_t end = authority_end(s);
	struct origin origin = {.tls = tls};
	const struct str path = str_from(s, end);
	const char *wrong = read_authority(str_slice(s, 0, end), &origin);

	if (!wrong)
		wrong = check_path(path);
	if (!wrong)
		*u = (struct uri){.origin = origin, .path = copy_path(path)};
	return wrong;
}

static const char *read_absolute(struct uri *u, struct str text)
{
	if (text.len > URI_MAX)
		return "it is too long";
	if (str_starts_nocase(text, STR("https://")))
		return read_after_scheme(u, true, str_from(text, 8));
	if (str_starts_nocase(text, STR("http://")))
		return read_after_scheme(u, false, str_from(text, 7));
	return "it does not begin with https://";
}

bool uri_parse(struct uri *u, struct str text, struct err *e)
{
	const char *wrong = read_absolute(u, text);

	if (!wrong)
		return true;
	return err_set(e, ERR_USAGE, "%s is not an address: %s", safe(text).text,
		wrong);
}

/* RFC 3986 section 3.1: letters, digits, "+", "-", "." up to a colon. */
static bool has_scheme(struct str s)
{
	if (!s.len || !ascii_is_alpha(s.ptr[0]))
		return false;
	for (size_t i = 1; i < s.len; i++) {
		const char c = s.ptr[i];
		if (c == ':')
			return true;
		if (!ascii_is_alnum(c) && c != '+' && c != '-' && c != '.')
			return false;
	}
	return false;
}

/* RFC 3986 section 5.2.3, where the reference is a path or a query of its own. */
static const char *read_relative(struct uri *u, const struct uri *base,
	struct str reference)
{
	SCOPED(buf) path = buf_with_max(2 * URI_MAX);
	struct str old = str_of(base->path);
	const char first = reference.ptr[0];

	old = str_slice(old, 0, str_find_char(old, '?'));
	if (first == '/')
		old.len = 0;
	while (first != '?' && old.len && old.ptr[old.len - 1] != '/')
		old.len--;
	buf_add(&path, old);
	buf_add(&path, reference);
	const char *wrong =
		buf_ok(&path) ? check_path(buf_view(&path)) : "it is too long";
	if (!wrong)
		*u = (struct uri){.origin = base->origin,
			.path = copy_path(buf_view(&path))};
	return wrong;
}

static const char *read_reference(struct uri *u, const struct uri *base,
	struct str reference)
{
	if (!reference.len)
		return "it is empty";
	if (reference.len > URI_MAX)
		return "it is too long";
	if (has_scheme(reference))
		return read_absolute(u, reference);
	if (str_starts(reference, STR("//")))
		return read_after_scheme(u, base->origin.tls, str_from(reference, 2));
	return read_relative(u, base, reference);
}

bool uri_resolve(struct uri *u, const struct uri *base, struct str reference,
	struct err *e)
{
	const char *wrong = read_reference(u, base, reference);

	if (!wrong)
		return true;
	return err_set(e, ERR_PROTOCOL,
		"the server named an address that cannot be used, "
		"%s: %s",
		wrong, safe(reference).text);
}

char *uri_text(const struct uri *u)
{
	const struct origin *o = &u->origin;
	const char *scheme = o->tls ? "https" : "http";
	const char *path = u->path ? u->path : "/";

	if (o->port == (o->tls ? 443 : 80))
		return xasprintf("%s://%s%s", scheme, o->host, path);
	return xasprintf("%s://%s:%u%s", scheme, o->host, (unsigned)o->port, path);
}

bool origin_equal(const struct origin *a, const struct origin *b)
{
	return a->tls == b->tls && a->port == b->port && !strcmp(a->host, b->host);
}

bool origin_is_loopback(const struct origin *o)
{
	static const char *const names[] = {"127.0.0.1", "[::1]", "localhost"};

	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (!strcmp(o->host, names[i]))
			return true;
	return false;
}
