#include <config.h>

#include "net/resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

#include "base/digest.h"
#include "base/mem.h"
#include "net/records.h"

enum {
	SERVERS_MAX = 3, /* as many as resolv.conf(5) may name */
	ATTEMPTS_MAX = 3,
	ATTEMPT_MS = 1650, /* three of them are five seconds */
	CONF_MAX = 64 * 1024,
};

#define CONF_FILE "/etc/resolv.conf"

enum { ASK_SERVICE, ASK_PATH, QUESTIONS };

struct question {
	struct buf packet;
	bool answered;
};

struct resolve {
	struct loop *loop; /* borrowed */
	struct resolve_options o;
	char *domain;
	struct sockaddr_storage servers[SERVERS_MAX];
	socklen_t sizes[SERVERS_MAX];
	size_t n_servers;
	unsigned attempts;
	int fd;
	struct loop_watch *watch;
	struct loop_timer *timer;
	struct question questions[QUESTIONS];
	struct service_record service;
	struct dav_service found;
};

/* Name servers */

static void add_server(struct resolve *r, const char *address)
{
	const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
		.ai_socktype = SOCK_DGRAM};
	AUTO_FREE char *port = xasprintf("%u", r->o.port ? (unsigned)r->o.port : 53U);
	struct addrinfo *list = NULL;

	if (r->n_servers == SERVERS_MAX || getaddrinfo(address, port, &hints, &list))
		return;
	if (list && list->ai_addrlen <= sizeof(r->servers[0])) {
		memcpy(&r->servers[r->n_servers], list->ai_addr, list->ai_addrlen);
		r->sizes[r->n_servers++] = list->ai_addrlen;
	}
	freeaddrinfo(list);
}

static bool next_word(struct str *line, struct str *word)
{
	*line = str_trim(*line);
	size_t end = 0;

	while (end < line->len && line->ptr[end] != ' ' && line->ptr[end] != '\t')
		end++;
	*word = str_slice(*line, 0, end);
	*line = str_from(*line, end);
	return end > 0;
}

static void read_servers(struct resolve *r, struct str conf)
{
	for (struct str line; str_line(&conf, &line);) {
		struct str word;
		if (!next_word(&line, &word) || !str_is(word, "nameserver") ||
			!next_word(&line, &word))
			continue;
		AUTO_FREE char *address = str_dup(word);
		add_server(r, address);
	}
	if (!r->n_servers)
		add_server(r, "127.0.0.1");
}

/* A symbolic link on many systems. */
static void read_conf(struct buf *out)
{
	AUTO_CLOSE int fd = open(CONF_FILE, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char chunk[4096];

	for (ssize_t n = 1; fd >= 0 && n > 0 && buf_ok(out);) {
		n = read(fd, chunk, sizeof(chunk));
		if (n > 0)
			buf_add(out, (struct str){chunk, (size_t)n});
	}
}

static void find_servers(struct resolve *r)
{
	SCOPED(buf) conf = buf_with_max(CONF_MAX);

	if (r->o.servers)
		buf_text(&conf, r->o.servers);
	else
		read_conf(&conf);
	read_servers(r, buf_view(&conf));
}

/* The end */

static void hang_up(struct resolve *r)
{
	loop_watch_cancel(r->loop, take(&r->watch));
	loop_timer_cancel(r->loop, take(&r->timer));
	if (r->fd >= 0)
		(void)close(r->fd);
	r->fd = -1;
}

static void finish(struct resolve *r)
{
	const bool found = r->service.port != 0;

	hang_up(r);
	if (found) {
		memcpy(r->found.host, r->service.host, sizeof(r->found.host));
		r->found.port = r->service.port;
	}
	r->o.done(r->o.ctx, found ? &r->found : NULL);
}

static void finish_later(void *ctx)
{
	struct resolve *r = ctx;

	r->timer = NULL;
	finish(r);
}

/* Asking */

static void attempt(struct resolve *r);

static void waited_enough(void *ctx)
{
	struct resolve *r = ctx;

	r->timer = NULL;
	attempt(r);
}

static bool ask(struct resolve *r, int which)
{
	static const enum record_type types[] = {RECORD_SRV, RECORD_TXT};
	struct question *q = &r->questions[which];
	uint16_t id = 0;

	if (q->answered)
		return true;
	random_bytes(&id, sizeof(id));
	buf_reset(&q->packet);
	return record_ask(&q->packet, id, r->domain, types[which]) &&
	       send(r->fd, q->packet.ptr, q->packet.len, MSG_NOSIGNAL) ==
	               (ssize_t)q->packet.len;
}

static bool take_service(struct resolve *r, struct str packet)
{
	struct question *q = &r->questions[ASK_SERVICE];
	const enum record_verdict v =
		q->answered ? RECORD_FOREIGN
			    : record_service(packet, buf_view(&q->packet), &r->service);

	q->answered |= v == RECORD_FOUND || v == RECORD_NONE;
	return v != RECORD_TROUBLE;
}

static void take_path(struct resolve *r, struct str packet)
{
	struct question *q = &r->questions[ASK_PATH];

	/* Its trouble does not matter: the well-known address does as well. */
	if (!q->answered)
		q->answered = record_path(packet, buf_view(&q->packet), r->found.path,
				      sizeof(r->found.path)) != RECORD_FOREIGN;
}

static bool is_over(const struct resolve *r)
{
	const bool asked = r->questions[ASK_SERVICE].answered;

	return asked && (!r->service.port || r->questions[ASK_PATH].answered);
}

static void on_readable(void *ctx)
{
	struct resolve *r = ctx;
	char bytes[RECORDS_PACKET_MAX];
	bool goes_on = true;

	while (goes_on && !is_over(r)) {
		const ssize_t n = recv(r->fd, bytes, sizeof(bytes), MSG_DONTWAIT);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		const struct str packet = {bytes, n > 0 ? (size_t)n : 0};
		goes_on = n >= 0 && take_service(r, packet);
		take_path(r, packet);
	}
	if (is_over(r))
		finish(r);
	else
		attempt(r);
}

static bool dial(struct resolve *r)
{
	const size_t i = r->attempts % r->n_servers;
	const struct sockaddr *to = (const struct sockaddr *)(void *)&r->servers[i];

	r->fd = socket(to->sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	return r->fd >= 0 && connect(r->fd, to, r->sizes[i]) == 0 &&
	       ask(r, ASK_SERVICE) && ask(r, ASK_PATH);
}

static void attempt(struct resolve *r)
{
	hang_up(r);
	while (r->n_servers && r->attempts < ATTEMPTS_MAX && !r->service.port) {
		const bool sent = dial(r);
		r->attempts++;
		if (!sent) {
			hang_up(r);
			continue;
		}
		r->watch = loop_watch(r->loop, r->fd, on_readable, r);
		r->timer = loop_after(r->loop, ATTEMPT_MS, waited_enough, r);
		return;
	}
	r->timer = loop_after(r->loop, 0, finish_later, r);
}

struct resolve *resolve_start(struct loop *l, const struct resolve_options *o)
{
	struct resolve *r = xcalloc(1, sizeof(*r));

	r->loop = l;
	r->o = *o;
	r->domain = xstrdup(o->domain);
	r->fd = -1;
	for (int i = 0; i < QUESTIONS; i++)
		r->questions[i].packet = buf_with_max(RECORDS_PACKET_MAX);
	find_servers(r);
	r->o.domain = r->o.servers = NULL;
	attempt(r);
	return r;
}

void resolve_free(struct resolve *r)
{
	if (!r)
		return;
	hang_up(r);
	for (int i = 0; i < QUESTIONS; i++)
		buf_clear(&r->questions[i].packet);
	free(r->domain);
	free(r);
}
