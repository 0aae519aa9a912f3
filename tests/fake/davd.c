/*
 * A CalDAV server for tests, on this computer alone, that misbehaves as it is told.
 *
 *	davd [--icloud] [--port N] [--tls N --cert FILE --key FILE] [--ctl N]
 *	     [--faults FILE] [--do FILE] [--account LOGIN --password TEXT]
 *	davd ctl PORT COMMAND...
 *
 * Ports that are not given, or 0, are free ones. Prints "PORT CTL TLS" (TLS is 0 when
 * there is none), then serves until it is ended by a signal. The commands are in ctl.h,
 * the faults in faults.h, the switches in switches.h.
 */
#include <config.h>

#include <arpa/inet.h>
#include <getopt.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "tests/fake/ctl.h"
#include "tests/fake/http.h"

enum { CONNECTIONS_MAX = 256 };

struct door {
	int fd;
	int port;
	bool tls;
	bool ctl;
};

struct davd {
	struct clock clock;
	struct server server;
	struct tls *tls;
	struct door doors[3];
	size_t n_doors;
	struct http_conn *conns[CONNECTIONS_MAX];
	size_t n_conns;
	int signals;
	const char *cert;
	const char *key;
	const char *commands;
	int ports[3]; /* plain, control, TLS; -1 = none */
};

static bool open_door(struct davd *d, int port, bool ctl, bool tls, struct err *e)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(at);
	const int yes = 1;
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct door *door = &d->doors[d->n_doors];

	*door = (struct door){.fd = fd, .ctl = ctl, .tls = tls};
	if (fd < 0)
		return err_errno(e, "open a socket");
	d->n_doors++;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 || listen(fd, 64) < 0 ||
		getsockname(fd, (struct sockaddr *)&at, &size) < 0)
		return err_errno(e, "listen at port %d", port);
	door->port = ntohs(at.sin_port);
	return true;
}

static void on_request(void *ctx, const struct request *r, struct response *a)
{
	struct davd *d = ctx;
	server_answer(&d->server, r, a);
}

static void on_command(void *ctx, struct str line, struct buf *out)
{
	struct davd *d = ctx;
	struct err e = {0};

	if (ctl_command(&d->server, line, out, &e))
		return;
	buf_reset(out);
	buf_printf(out, "error: %s\n", e.message);
}

static void let_in(struct davd *d, const struct door *door, int64_t now)
{
	const struct http_user user = {.ctx = d,
		.answer = on_request,
		.command = door->ctl ? on_command : NULL};

	while (d->n_conns < CONNECTIONS_MAX) {
		const int fd =
			accept4(door->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd < 0)
			return;
		d->conns[d->n_conns++] =
			http_accept(fd, door->tls ? d->tls : NULL, &user, now);
	}
}

/* Milliseconds until the first connection wants a turn; -1 = none does. */
static int patience(const struct davd *d, int64_t now)
{
	int64_t first = -1;

	for (size_t i = 0; i < d->n_conns; i++) {
		const int64_t at = http_wakes(d->conns[i]);
		if (at > now && (first < 0 || at < first))
			first = at;
	}
	return first < 0 ? -1 : (int)(first - now);
}

static size_t gather(const struct davd *d, struct pollfd *fds, int64_t now)
{
	size_t n = 0;

	fds[n++] = (struct pollfd){.fd = d->signals, .events = POLLIN};
	for (size_t i = 0; i < d->n_doors; i++)
		fds[n++] = (struct pollfd){.fd = d->doors[i].fd, .events = POLLIN};
	for (size_t i = 0; i < d->n_conns; i++)
		fds[n++] = (struct pollfd){.fd = http_fd(d->conns[i]),
			.events = http_events(d->conns[i], now)};
	return n;
}

static void serve_conns(struct davd *d, const struct pollfd *fds, int64_t now)
{
	size_t kept = 0;

	for (size_t i = 0; i < d->n_conns; i++) {
		if (http_turn(d->conns[i], fds[i].revents, now))
			d->conns[kept++] = d->conns[i];
		else
			http_close(d->conns[i]);
	}
	d->n_conns = kept;
}

static bool turn(struct davd *d)
{
	struct pollfd fds[1 + COUNT_OF(d->doors) + CONNECTIONS_MAX];
	int64_t now = clock_mono_ms(&d->clock);
	const size_t n = gather(d, fds, now);

	if (poll(fds, n, patience(d, now)) < 0)
		return true;
	now = clock_mono_ms(&d->clock);
	if (fds[0].revents)
		return false;
	serve_conns(d, fds + 1 + d->n_doors, now);
	for (size_t i = 0; i < d->n_doors; i++)
		if (fds[1 + i].revents)
			let_in(d, &d->doors[i], now);
	return true;
}

static bool watch_signals(struct davd *d, struct err *e)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGHUP);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	d->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return d->signals >= 0 || err_errno(e, "watch for signals");
}

static bool read_port(const char *text, int *port, struct err *e)
{
	int64_t n = 0;

	if (!str_to_int(str_of(text), 0, 65535, &n))
		return err_set(e, ERR_USAGE, "\"%s\" is no port", text);
	*port = (int)n;
	return true;
}

static bool take_option(struct davd *d, int option, const char *value, struct err *e)
{
	struct server *s = &d->server;

	if (option == 'p' || option == 'c' || option == 't')
		return read_port(value,
			&d->ports[option == 'p'   ? 0
				  : option == 'c' ? 1
						  : 2],
			e);
	if (option == 'i')
		s->dialect = &dialect_icloud;
	else if (option == 'C')
		d->cert = value;
	else if (option == 'K')
		d->key = value;
	else if (option == 'd')
		d->commands = value;
	else if (option == 'a')
		store_set(&s->login, str_of(value));
	else if (option == 'w')
		store_set(&s->password, str_of(value));
	else if (option == 'f') {
		faults_free(s->faults);
		s->faults = faults_new(value);
	} else {
		return err_set(e, ERR_USAGE, "unknown option");
	}
	return true;
}

static bool read_options(struct davd *d, int argc, char **argv, struct err *e)
{
	static const struct option options[] = {
		{"icloud", no_argument, NULL, 'i'},
		{"port", required_argument, NULL, 'p'},
		{"ctl", required_argument, NULL, 'c'},
		{"tls", required_argument, NULL, 't'},
		{"cert", required_argument, NULL, 'C'},
		{"key", required_argument, NULL, 'K'},
		{"faults", required_argument, NULL, 'f'},
		{"do", required_argument, NULL, 'd'},
		{"account", required_argument, NULL, 'a'},
		{"password", required_argument, NULL, 'w'},
		{0},
	};

	for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;)
		if (!take_option(d, option, optarg, e))
			return false;
	return optind == argc || err_set(e, ERR_USAGE, "unknown word %s", argv[optind]);
}

static bool open_doors(struct davd *d, struct err *e)
{
	if (!open_door(d, d->ports[0], false, false, e) ||
		!open_door(d, d->ports[1], true, false, e))
		return false;
	if (d->ports[2] < 0)
		return true;
	if (!d->cert || !d->key)
		return err_set(e, ERR_USAGE, "--tls needs --cert and --key");
	d->tls = tls_open(d->cert, d->key, e);
	return d->tls && open_door(d, d->ports[2], false, true, e);
}

static bool prepare(struct davd *d, int argc, char **argv, struct err *e)
{
	SCOPED(buf) out = buf_with_max(0);

	return read_options(d, argc, argv, e) && watch_signals(d, e) &&
	       (!d->commands || ctl_file(&d->server, d->commands, &out, e)) &&
	       open_doors(d, e);
}

static void davd_clear(struct davd *d)
{
	for (size_t i = 0; i < d->n_conns; i++)
		http_close(d->conns[i]);
	for (size_t i = 0; i < d->n_doors; i++)
		(void)close(d->doors[i].fd);
	if (d->signals >= 0)
		(void)close(d->signals);
	tls_close(d->tls);
	server_clear(&d->server);
}

static int run(int argc, char **argv)
{
	SCOPED(davd) d = {.clock = clock_system(), .signals = -1, .ports = {0, 0, -1}};
	struct err e = {0};

	server_init(&d.server, &dialect_plain, &d.clock);
	d.server.faults = faults_new(NULL);
	if (!prepare(&d, argc, argv, &e)) {
		(void)fprintf(stderr, "davd: %s\n", e.message);
		return 1;
	}
	printf("%d %d %d\n", d.doors[0].port, d.doors[1].port,
		d.n_doors > 2 ? d.doors[2].port : 0);
	(void)fflush(stdout);
	while (turn(&d))
		continue;
	return 0;
}

int main(int argc, char **argv)
{
	struct err e = {0};
	int port = 0;

	if (argc < 2 || strcmp(argv[1], "ctl") != 0)
		return run(argc, argv);
	if (argc < 4 || !read_port(argv[2], &port, &e)) {
		(void)fprintf(stderr, "usage: davd ctl PORT COMMAND...\n");
		return 64;
	}
	return ctl_send(port, argc - 3, argv + 3);
}
