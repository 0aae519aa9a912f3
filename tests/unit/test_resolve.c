/* net/resolve: against a name server of our own, in the same loop, on a clock that only
 * moves when told. */
#include <config.h>

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/secret.h"
#include "net/resolve.h"

#define HERE "nameserver 127.0.0.1\n"

/* What the server says to a kind of question. */
enum says { SILENT, NOTHING, FAULT, RECORD, FORGED, GARBAGE };

struct world {
	int64_t now;
	struct clock clock;
	struct loop *loop;
	int fd;
	uint16_t port;
	struct loop_watch *watch;
	enum says service;
	enum says path;
	unsigned silent_first; /* packets that are lost */
	unsigned asked;
	struct resolve *resolve;
	bool done;
	bool found;
	struct dav_service service_found;
};

static int64_t world_now(void *ctx)
{
	return ((struct world *)ctx)->now;
}

/* The rest of the packet behind the question. */
static void add_record(struct buf *out, bool service)
{
	static const char srv[] = "\xc0\x0c\x00\x21\x00\x01\x00\x00\x00\x00\x00\x0c"
				  "\x00\x00\x00\x00\x20\xfb\x03"
				  "cal\xc0\x1a";
	static const char txt[] = "\xc0\x0c\x00\x10\x00\x01\x00\x00\x00\x00\x00\x0b"
				  "\x0a"
				  "path=/dav/";

	if (service)
		buf_add(out, (struct str){srv, sizeof(srv) - 1});
	else
		buf_add(out, (struct str){txt, sizeof(txt) - 1});
}

static void reply(struct world *w, struct str query, const struct sockaddr_in *to)
{
	SCOPED(buf) out = buf_with_max(1024);
	const bool service = query.ptr[query.len - 3] == 33;
	const enum says says = service ? w->service : w->path;

	if (says == SILENT)
		return;
	buf_add(&out, query);
	out.ptr[2] = (char)0x81;
	out.ptr[3] = (char)(says == FAULT ? 0x82 : 0x80);
	if (says == RECORD || says == FORGED) {
		out.ptr[7] = 1;
		add_record(&out, service);
	}
	if (says == FORGED)
		out.ptr[0] = (char)(out.ptr[0] + 1);
	if (says == GARBAGE)
		out.len = 5;
	assert_int_equal(sendto(w->fd, out.ptr, out.len, 0, (const struct sockaddr *)to,
				 sizeof(*to)),
		out.len);
}

static void on_query(void *ctx)
{
	struct world *w = ctx;
	struct sockaddr_in from = {0};
	socklen_t size = sizeof(from);
	char bytes[1024];
	const ssize_t n = recvfrom(w->fd, bytes, sizeof(bytes), 0,
		(struct sockaddr *)&from, &size);

	assert_true(n > 30);
	if (w->asked++ >= w->silent_first)
		reply(w, (struct str){bytes, (size_t)n}, &from);
}

static int set_up(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));
	struct sockaddr_in at = {.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(at);

	w->now = 1772615700000;
	w->clock = (struct clock){world_now, world_now, w};
	w->loop = loop_new(&w->clock, NULL);
	w->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (!w->loop || w->fd < 0 ||
		bind(w->fd, (const struct sockaddr *)&at, sizeof(at)) ||
		getsockname(w->fd, (struct sockaddr *)&at, &size))
		return -1;
	w->port = ntohs(at.sin_port);
	w->watch = loop_watch(w->loop, w->fd, on_query, w);
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	resolve_free(w->resolve);
	loop_watch_cancel(w->loop, w->watch);
	(void)close(w->fd);
	loop_free(w->loop);
	free(w);
	return 0;
}

static void on_done(void *ctx, const struct dav_service *found)
{
	struct world *w = ctx;

	assert_false(w->done);
	w->done = true;
	w->found = found != NULL;
	if (found)
		w->service_found = *found;
}

static void start(struct world *w, const char *domain, const char *servers)
{
	resolve_free(w->resolve);
	w->done = w->found = false;
	w->asked = 0;
	w->service_found = (struct dav_service){0};
	w->resolve = resolve_start(w->loop, &(struct resolve_options){.domain = domain,
						    .servers = servers,
						    .port = w->port,
						    .ctx = w,
						    .done = on_done});
	assert_false(w->done);
}

static void settle(struct world *w)
{
	for (int i = 0; i < 10; i++)
		assert_true(loop_turn(w->loop, 0, NULL));
}

/* How many attempts go by until it is over. */
static unsigned pass_time(struct world *w)
{
	unsigned attempts = 0;

	settle(w);
	for (; !w->done && attempts < 9; attempts++) {
		w->now += 1650;
		settle(w);
	}
	return attempts;
}

static void finds_what_the_server_says(void **state)
{
	static const struct {
		enum says service;
		enum says path;
		bool found;
		const char *way;
		unsigned waits; /* attempts that are waited for */
		unsigned asked;
	} rows[] = {
		{RECORD, RECORD, true, "/dav/", 0, 2},
		{RECORD, NOTHING, true, "", 0, 2},
		{RECORD, FAULT, true, "", 0, 2},
		{RECORD, SILENT, true, "", 1, 2},
		{NOTHING, RECORD, false, "", 0, 2},
		{NOTHING, SILENT, false, "", 0, 2},
		{FAULT, NOTHING, false, "", 0, 6},
		{SILENT, SILENT, false, "", 3, 6},
		{FORGED, RECORD, false, "", 3, 4},
		{GARBAGE, GARBAGE, false, "", 3, 6},
	};
	struct world *w = *state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		w->service = rows[i].service;
		w->path = rows[i].path;
		start(w, "example.org", HERE);
		const unsigned waits = pass_time(w);
		if (!w->done || w->found != rows[i].found || waits != rows[i].waits ||
			w->asked != rows[i].asked)
			fail_msg("row %zu: found %d after %u, asked %u", i, w->found,
				waits, w->asked);
		assert_string_equal(w->service_found.host,
			rows[i].found ? "cal.example.org" : "");
		assert_int_equal(w->service_found.port, rows[i].found ? 8443 : 0);
		assert_string_equal(w->service_found.path, rows[i].way);
	}
}

/* A lost packet is not the end. */
static void asks_again(void **state)
{
	struct world *w = *state;

	w->service = w->path = RECORD;
	w->silent_first = 2;
	start(w, "example.org", HERE);
	assert_int_equal(pass_time(w), 1);
	assert_true(w->found);
	assert_int_equal(w->asked, 4);
}

static void goes_to_the_next_server(void **state)
{
	/* Nobody listens at the first; the second is no address; more than three. */
	static const char *const files[] = {
		"nameserver 127.0.0.2\nnameserver 127.0.0.1\n",
		"# mine\nsearch a b\nnameserver x.y\n\tnameserver\t127.0.0.1 # it\n",
		"nameserver ::ffff:127.0.0.2\r\nnameserver 127.0.0.1",
		"",
		"nameserver",
	};
	struct world *w = *state;

	w->service = w->path = RECORD;
	for (size_t i = 0; i < COUNT_OF(files); i++) {
		start(w, "example.org", files[i]);
		(void)pass_time(w);
		if (!w->found)
			fail_msg("file %zu", i);
	}
}

static void asks_nobody_about_what_is_no_domain(void **state)
{
	static const char *const names[] = {"localhost", "127.0.0.1", "[::1]", ""};
	struct world *w = *state;

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		start(w, names[i], HERE);
		settle(w);
		assert_true(w->done);
		assert_false(w->found);
		assert_int_equal(w->asked, 0);
	}
}

static void may_be_stopped(void **state)
{
	struct world *w = *state;

	w->service = w->path = RECORD;
	start(w, "example.org", HERE);
	resolve_free(take(&w->resolve));
	settle(w);
	assert_false(w->done);
}

int main(void)
{
#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		IN_WORLD(finds_what_the_server_says),
		IN_WORLD(asks_again),
		IN_WORLD(goes_to_the_next_server),
		IN_WORLD(asks_nobody_about_what_is_no_domain),
		IN_WORLD(may_be_stopped),
	};

	return secrets_init(NULL) ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
