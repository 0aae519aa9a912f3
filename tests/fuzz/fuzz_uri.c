/*
 * The first line is an address, the second a reference against it. Where what comes out
 * may be sent to is the promise that matters most here.
 */
#include <config.h>

#include "base/mem.h"
#include "dav/uri.h"
#include "tests/fuzz/fuzz.h"

static void check_origin(const struct origin *o)
{
	const struct str host = str_of(o->host);

	must(host.len > 0 && host.len < sizeof(o->host) && o->port > 0);
	for (size_t i = 0; i < host.len; i++) {
		const char c = host.ptr[i];
		const bool name = ascii_is_alnum(c) || c == '.' || c == '-';
		must(name ||
			(host.ptr[0] == '[' && (c == '[' || c == ':' || c == ']')));
		must(!ascii_is_upper(c));
	}
}

/* Dots are refused in the path; behind the "?" they mean nothing. */
static void check_path(const char *path)
{
	struct str rest = str_of(path);
	struct str segment = STR("");

	must(path && path[0] == '/');
	for (const char *c = path; *c; c++)
		must((unsigned char)*c > 0x20 && *c != 0x7f && *c != '#' && *c != '\\');
	rest = str_slice(rest, 0, str_find_char(rest, '?'));
	while (str_split(&rest, '/', &segment))
		must(!str_is(segment, ".") && !str_is(segment, ".."));
}

/* What an address says about itself is read as the same address. */
static void check_uri(const struct uri *u)
{
	AUTO_FREE char *text = uri_text(u);
	SCOPED(uri) again = {0};

	check_origin(&u->origin);
	check_path(u->path);
	if (!uri_parse(&again, str_of(text), NULL)) {
		must(strlen(text) > 8192); /* blanks became longer */
		return;
	}
	must(origin_equal(&again.origin, &u->origin));
	must(!strcmp(again.path, u->path));
}

static void check_key(const char *path)
{
	AUTO_FREE char *key = href_key(str_of(path));
	AUTO_FREE char *again = href_key(str_of(key));
	struct str segment = {0};

	must(!strcmp(key, again));
	must(!strchr(key, '?'));
	must(!href_member(str_of(key), str_of(key), &segment));
	if (!href_member(STR("/home/"), str_of(key), &segment))
		return;
	must(segment.len > 0 && str_find_char(segment, '/') == STR_NONE);
}

static bool ends_as_icloud(struct str host)
{
	return str_ends(host, STR(".icloud.com")) ||
	       str_ends(host, STR(".icloud.com.cn"));
}

/* Beyond its own home an account goes to nothing, or, with iCloud, to its partitions.
 */
static void check_gate(const struct uri *home, const struct uri *u)
{
	struct gate gate = {.provider = PROVIDER_CALDAV, .home = home->origin};
	struct err e = {0};
	const bool own = origin_equal(&home->origin, &u->origin);

	const bool allowed = gate_allows(&gate, u, &e);
	must_tell(allowed, &e, ERR_CONFIG);
	must(!allowed || own);
	must(!allowed || u->origin.tls || origin_is_loopback(&u->origin));
	gate.provider = PROVIDER_ICLOUD;
	if (!gate_allows(&gate, u, NULL) || own)
		return;
	must(u->origin.tls && u->origin.port == 443);
	must(ends_as_icloud(str_of(u->origin.host)));
}

static void check_segment(struct str name)
{
	AUTO_FREE char *segment = href_segment(name);

	for (const char *c = segment; *c; c++)
		must((unsigned char)*c > 0x20 && (unsigned char)*c < 0x7f && *c != '/');
}

static void check_typed(struct str typed)
{
	SCOPED(uri) u = {0};
	struct err e = {0};

	const bool done = uri_from_person(&u, typed, &e);
	must_tell(done, &e, ERR_USAGE);
	if (!done)
		return;
	check_uri(&u);
	must(u.origin.tls || origin_is_loopback(&u.origin));
}

static void check_reference(const struct uri *base, struct str reference)
{
	SCOPED(uri) u = {0};
	struct err e = {0};

	const bool done = uri_resolve(&u, base, reference, &e);
	must_tell(done, &e, ERR_PROTOCOL);
	if (!done)
		return;
	check_uri(&u);
	check_key(u.path);
	check_gate(base, &u);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str reference = input_of(data, size);
	struct str address = STR("");
	SCOPED(uri) base = {0};
	struct err e = {0};

	(void)str_split(&reference, '\n', &address);
	check_typed(address);
	check_segment(address);
	const bool done = uri_parse(&base, address, &e);
	must_tell(done, &e, ERR_USAGE);
	if (!done) {
		must(uri_parse(&base, STR("https://dav.example.org/home/"), NULL));
	}
	check_uri(&base);
	check_key(base.path);
	check_reference(&base, reference);
	return 0;
}
