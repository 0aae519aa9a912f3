/*
 * A small, fast CalDAV server in memory, for measuring clients of it.
 *
 *   davbench [--events N] [--calendars C] [--inline] [--delay MS] [--port PORT]
 *
 * It listens on 127.0.0.1, prints "port=PORT events=N mean=BYTES" and, when SIGTERM or
 * SIGINT ends it, the counts. Whoever signs in is let in. Beside CalDAV it takes
 *
 *   POST /bench/touch?n=10&calendar=1   changes n events of a calendar
 *   POST /bench/reset                   sets the counts to zero
 *   GET /bench/counts                   "requests=R connections=C in=BYTES out=BYTES"
 *
 * and these three, and connections that only carry them, are not counted.
 */
#include <config.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "base/clock.h"
#include "base/mem.h"
#include "dav/uri.h"
#include "tests/bench/answer.h"
#include "tests/bench/request.h"

#define READ_MAX (256U * 1024)
#define PORT_MAX 65535
#define EVENTS_MAX 10000000

struct options {
	size_t events;
	size_t calendars;
	int delay_ms;
	int port;
	bool inline_data;
};

struct counts {
	size_t requests;
	size_t connections;
	size_t in;
	size_t out;
};

struct connection {
	int fd;
	struct buf in;
	struct buf head; /* of the answer */
	struct buf body;
	size_t sent;     /* of head and body together */
	int64_t due;     /* when the answer may leave; 0 = there is none */
	bool counted;    /* has carried a request that counts */
	bool last;       /* closes behind this answer */
	bool told_to_go; /* 100 Continue was sent for the request being read */
};

struct server {
	struct options o;
	struct world world;
	struct counts counts;
	struct clock clock;
	struct connection **connections; /* owned */
	size_t n_connections;
	size_t cap_connections;
	int listener;
	int signals;
};

/* --- answering --- */

static void write_head(struct connection *c, const struct answer *a)
{
	buf_reset(&c->head);
	buf_printf(&c->head, "HTTP/1.1 %d %s\r\nDAV: 1, 3, calendar-access\r\n",
		a->status, answer_reason(a->status));
	if (a->body.len)
		buf_printf(&c->head, "Content-Type: %s\r\n", a->type);
	if (a->etag[0])
		buf_printf(&c->head, "ETag: %s\r\n", a->etag);
	if (a->location)
		buf_printf(&c->head, "Location: %s\r\n", a->location);
	if (a->status == 401)
		buf_text(&c->head, "WWW-Authenticate: Basic realm=\"davbench\"\r\n");
	if (c->last)
		buf_text(&c->head, "Connection: close\r\n");
	if (a->status != 204)
		buf_printf(&c->head, "Content-Length: %zu\r\n", a->body.len);
	buf_text(&c->head, "\r\n");
}

static int64_t parameter(struct str query, const char *name, int64_t max, int64_t other)
{
	struct str part;
	struct str key;

	while (str_split(&query, '&', &part))
		if (str_split(&part, '=', &key) && str_is(key, name) &&
			str_to_int(part, 1, max, &other))
			break;
	return other;
}

static void put_counts(struct buf *out, const struct counts *n)
{
	buf_printf(out, "requests=%zu connections=%zu in=%zu out=%zu\n", n->requests,
		n->connections, n->in, n->out);
}

static void control(struct server *s, const struct request *r, struct answer *a)
{
	const size_t mark = str_find_char(r->target, '?');
	const struct str path = str_slice(r->target, 0, mark);
	const struct str query =
		mark == STR_NONE ? STR("") : str_from(r->target, mark + 1);
	const int64_t calendars = (int64_t)s->world.n_calendars;

	*a = (struct answer){.status = 200, .type = "text/plain"};
	if (str_is(path, "/bench/touch"))
		world_touch(&s->world,
			(size_t)parameter(query, "calendar", calendars, 1) - 1,
			(size_t)parameter(query, "n", EVENTS_MAX, 1));
	else if (str_is(path, "/bench/reset"))
		s->counts = (struct counts){0};
	else if (str_is(path, "/bench/counts"))
		put_counts(&a->body, &s->counts);
	else
		a->status = 404;
}

static void respond(struct server *s, const struct request *r, struct answer *a)
{
	AUTO_FREE char *path = href_key(r->target);
	const struct question q = {
		.method = r->method,
		.path = str_of(path),
		.depth = request_header(r->head, "Depth"),
		.if_match = request_header(r->head, "If-Match"),
		.if_none_match = request_header(r->head, "If-None-Match"),
		.body = r->body,
	};

	if (request_header(r->head, "Authorization").len)
		answer_to(a, &s->world, &q, s->o.inline_data);
	else
		*a = (struct answer){.status = 401};
}

static void count(struct server *s, struct connection *c, size_t in)
{
	s->counts.connections += !c->counted;
	c->counted = true;
	s->counts.requests++;
	s->counts.in += in;
	s->counts.out += c->head.len + c->body.len;
}

static void take_request(struct server *s, struct connection *c,
	const struct request *r)
{
	const bool is_control = str_starts(r->target, STR("/bench/"));
	struct answer a;

	c->last = str_eq_nocase(request_header(r->head, "Connection"), STR("close"));
	if (is_control)
		control(s, r, &a);
	else
		respond(s, r, &a);
	write_head(c, &a);
	buf_clear(&c->body);
	c->body = a.body;
	c->sent = 0;
	c->told_to_go = false;
	c->due = clock_mono_ms(&s->clock) + (is_control ? 0 : s->o.delay_ms);
	if (!is_control)
		count(s, c, r->length);
}

/* --- connections --- */

static void drop(struct server *s, size_t at)
{
	struct connection *c = s->connections[at];

	(void)close(c->fd);
	buf_clear(&c->in);
	buf_clear(&c->head);
	buf_clear(&c->body);
	free(c);
	s->connections[at] = s->connections[--s->n_connections];
}

static void greet(struct server *s)
{
	const int fd = accept4(s->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	const int on = 1;

	if (fd < 0)
		return;
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	s->connections = xgrow(s->connections, s->n_connections, &s->cap_connections,
		sizeof(struct connection *));
	struct connection *c = xcalloc(1, sizeof(*c));
	c->fd = fd;
	c->in = buf_with_max(REQUEST_BODY_MAX + REQUEST_HEAD_MAX);
	s->connections[s->n_connections++] = c;
}

/* False when the connection is over. */
static bool send_answer(struct connection *c)
{
	const size_t whole = c->head.len + c->body.len;

	while (c->sent < whole) {
		const struct str head = str_from(buf_view(&c->head), c->sent);
		const struct str body = str_from(buf_view(&c->body),
			c->sent < c->head.len ? 0 : c->sent - c->head.len);
		const struct iovec parts[] = {{(void *)(uintptr_t)head.ptr, head.len},
			{(void *)(uintptr_t)body.ptr, body.len}};
		const ssize_t n = writev(c->fd, parts, COUNT_OF(parts));
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return true;
		if (n < 0)
			return false;
		c->sent += (size_t)n;
	}
	buf_clear(&c->body);
	c->due = 0;
	return !c->last;
}

/* A client that waits for leave to send a large body gets it once. */
static bool let_go_on(struct connection *c)
{
	static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n";
	const struct str in = buf_view(&c->in);
	const size_t end =
		str_find(str_slice(in, 0, REQUEST_HEAD_MAX), STR("\r\n\r\n"));

	if (c->told_to_go || end == STR_NONE ||
		!request_header(str_slice(in, 0, end), "Expect").len)
		return true;
	c->told_to_go = true;
	return write(c->fd, text, sizeof(text) - 1) == (ssize_t)sizeof(text) - 1;
}

/* Answers the next request, when it is there and the one before is done. */
static bool advance(struct server *s, struct connection *c)
{
	struct request r;

	if (c->due)
		return true;
	const enum request_state state = request_read(&r, buf_view(&c->in));
	if (state != REQUEST_WHOLE)
		return state == REQUEST_PARTIAL && let_go_on(c);
	take_request(s, c, &r);
	memmove(c->in.ptr, c->in.ptr + r.length, c->in.len - r.length);
	c->in.len -= r.length;
	return s->o.delay_ms > 0 || send_answer(c);
}

static bool receive(struct server *s, struct connection *c, char *chunk)
{
	const ssize_t n = read(c->fd, chunk, READ_MAX);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	if (!n)
		return false;
	buf_add(&c->in, (struct str){chunk, (size_t)n});
	return buf_ok(&c->in) && advance(s, c);
}

static bool serve(struct server *s, struct connection *c, short events, char *chunk)
{
	if (c->due && clock_mono_ms(&s->clock) >= c->due)
		if (!send_answer(c) || (!c->due && !advance(s, c)))
			return false;
	return !(events & (POLLIN | POLLHUP | POLLERR)) || receive(s, c, chunk);
}

/* --- the loop --- */

/* Milliseconds until the next answer may leave; -1 = nothing waits. */
static int wait_ms(const struct server *s, int64_t now)
{
	int64_t least = -1;

	for (size_t i = 0; i < s->n_connections; i++) {
		const int64_t due = s->connections[i]->due;
		const int64_t left = due > now ? due - now : 0;
		if (due && left && (least < 0 || left < least))
			least = left;
	}
	return (int)least;
}

static short wanted(const struct connection *c, int64_t now)
{
	return c->due && c->due <= now ? POLLIN | POLLOUT : POLLIN;
}

/* False when a signal ended it. */
static bool turn(struct server *s, struct pollfd *fds, char *chunk)
{
	const size_t n = s->n_connections;
	const int64_t now = clock_mono_ms(&s->clock);

	fds[0] = (struct pollfd){.fd = s->signals, .events = POLLIN};
	fds[1] = (struct pollfd){.fd = s->listener, .events = POLLIN};
	for (size_t i = 0; i < n; i++)
		fds[2 + i] = (struct pollfd){.fd = s->connections[i]->fd,
			.events = wanted(s->connections[i], now)};
	if (poll(fds, 2 + n, wait_ms(s, now)) < 0 && errno != EINTR)
		return false;
	/* Backwards: dropping one moves the last into its place. */
	for (size_t i = n; i > 0; i--)
		if (!serve(s, s->connections[i - 1], fds[1 + i].revents, chunk))
			drop(s, i - 1);
	if (fds[1].revents)
		greet(s);
	return !fds[0].revents;
}

static void run(struct server *s)
{
	AUTO_FREE char *chunk = xmalloc(READ_MAX);
	struct pollfd *fds = NULL;
	size_t room = 0;
	bool going = true;

	while (going) {
		if (room < s->n_connections + 2) {
			room = 2 * (s->n_connections + 2);
			fds = xreallocarray(fds, room, sizeof(*fds));
		}
		going = turn(s, fds, chunk);
	}
	free(fds);
}

/* --- start and end --- */

static bool watch_signals(struct server *s)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	/* Whoever started it is measuring with it: without them it has no purpose. */
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	const struct sigaction ignore = {.sa_handler = SIG_IGN};
	(void)sigaction(SIGPIPE, &ignore, NULL);
	s->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return s->signals >= 0;
}

static bool listen_on(struct server *s)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
		.sin_port = htons((uint16_t)s->o.port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(at);

	s->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (s->listener < 0 || bind(s->listener, (struct sockaddr *)&at, size) < 0 ||
		listen(s->listener, SOMAXCONN) < 0 ||
		getsockname(s->listener, (struct sockaddr *)&at, &size) < 0)
		return false;
	s->o.port = ntohs(at.sin_port);
	return true;
}

static bool read_number(const char *text, int64_t min, int64_t max, size_t *out)
{
	int64_t number = 0;

	if (!str_to_int(str_of(text), min, max, &number))
		return false;
	*out = (size_t)number;
	return true;
}

static bool read_options(struct options *o, int argc, char **argv)
{
	static const struct option known[] = {{"events", required_argument, NULL, 'e'},
		{"calendars", required_argument, NULL, 'c'},
		{"inline", no_argument, NULL, 'i'},
		{"delay", required_argument, NULL, 'd'},
		{"port", required_argument, NULL, 'p'}, {0}};
	size_t delay = 0;
	size_t port = 0;
	bool good = true;

	*o = (struct options){.events = 1000, .calendars = 1};
	for (int c = getopt_long(argc, argv, "", known, NULL); c >= 0 && good;
		c = getopt_long(argc, argv, "", known, NULL)) {
		if (c == 'e')
			good = read_number(optarg, 0, EVENTS_MAX, &o->events);
		else if (c == 'c')
			good = read_number(optarg, 1, 99, &o->calendars);
		else if (c == 'd')
			good = read_number(optarg, 0, 60000, &delay);
		else if (c == 'p')
			good = read_number(optarg, 0, PORT_MAX, &port);
		else
			good = o->inline_data = c == 'i';
	}
	o->delay_ms = (int)delay;
	o->port = (int)port;
	return good && optind == argc;
}

int main(int argc, char **argv)
{
	struct server s = {.clock = clock_system()};
	SCOPED(buf) last = buf_with_max(0);

	if (!read_options(&s.o, argc, argv)) {
		(void)fprintf(stderr, "usage: davbench [--events N] [--calendars C] "
				      "[--inline] [--delay MS] [--port PORT]\n");
		return 64;
	}
	if (!watch_signals(&s) || !listen_on(&s)) {
		perror("davbench");
		return 1;
	}
	world_init(&s.world, s.o.events, s.o.calendars);
	(void)printf("port=%d events=%zu mean=%zu\n", s.o.port, s.o.events,
		world_mean(&s.world));
	(void)fflush(stdout);
	run(&s);
	put_counts(&last, &s.counts);
	(void)fputs(buf_cstr(&last), stdout);
	while (s.n_connections)
		drop(&s, 0);
	free(s.connections);
	(void)close(s.listener);
	(void)close(s.signals);
	world_clear(&s.world);
	return 0;
}
