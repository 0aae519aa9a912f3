#include <config.h>

#include "tests/unit/http_script.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "base/secret.h"

struct script_reply {
	struct script_reply *next;
	enum script_end end;
	size_t first; /* bytes said once */
	size_t len;
	char bytes[];
};

struct script_connection {
	struct script_connection *next;
	struct script *script;
	int fd;
	int number;
	struct loop_watch *watch;
	struct loop_timer *writing;
	struct script_reply *reply; /* being written */
	size_t at;
	size_t len;
	char in[1536 * 1024];
};

static void hang_up(struct script_connection *c, bool reset)
{
	struct script *s = c->script;
	struct script_connection **at = &s->connections_open;
	const struct linger now = {.l_onoff = 1, .l_linger = 0};

	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	loop_watch_cancel(s->loop, c->watch);
	loop_timer_cancel(s->loop, c->writing);
	if (reset)
		(void)setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	(void)close(c->fd);
	free(c->reply);
	wipe(c, sizeof(*c));
	free(c);
}

static void write_on(void *ctx);

static void write_later(struct script_connection *c)
{
	c->writing = loop_after(c->script->loop, 0, write_on, c);
}

static void reply_done(struct script_connection *c)
{
	const enum script_end end = c->reply->end;

	free(take(&c->reply));
	if (end == SCRIPT_CLOSE || end == SCRIPT_RESET)
		hang_up(c, end == SCRIPT_RESET);
}

static void write_on(void *ctx)
{
	struct script_connection *c = ctx;
	struct script_reply *r = c->reply;

	c->writing = NULL;
	const ssize_t n = send(c->fd, r->bytes + c->at, r->len - c->at,
		MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n < 0 && errno != EAGAIN) {
		c->script->hung_up++;
		hang_up(c, false);
		return;
	}
	c->at += n > 0 ? (size_t)n : 0;
	if (c->at == r->len && r->end == SCRIPT_FOREVER)
		c->at = r->first;
	if (c->at < r->len)
		write_later(c);
	else
		reply_done(c);
}

static struct str head_value(struct str head, const char *name)
{
	struct str line;
	struct str field;

	for (struct str rest = head; str_line(&rest, &line);)
		if (str_split(&line, ':', &field) && str_eq_nocase(field, str_of(name)))
			return str_trim(line);
	return (struct str){0};
}

/* Length of the first complete request in the buffer, or 0. */
static size_t complete(const struct script_connection *c, size_t *head_len)
{
	const struct str in = {c->in, c->len};
	const size_t end = str_find(in, STR("\r\n\r\n"));
	int64_t body = 0;

	if (end == STR_NONE)
		return 0;
	*head_len = end + 4;
	const struct str length =
		head_value(str_slice(in, 0, *head_len), "Content-Length");
	if (length.len && !str_to_int(length, 0, (int64_t)sizeof(c->in), &body))
		assert(!"a Content-Length that is one");
	const size_t all = *head_len + (size_t)body;
	return all <= c->len ? all : 0;
}

static void copy(char *out, size_t size, struct str from)
{
	assert(from.len < size);
	memcpy(out, from.ptr, from.len);
	out[from.len] = '\0';
}

static void write_down(struct script_connection *c, struct str head, struct str body)
{
	struct script *s = c->script;
	struct str rest = head;
	struct str part = {0};

	assert(s->count < SCRIPT_REQUESTS_MAX);
	struct script_request *r = &s->requests[s->count++];
	copy(r->head, sizeof(r->head), head);
	if (str_split(&rest, ' ', &part))
		copy(r->method, sizeof(r->method), part);
	if (str_split(&rest, ' ', &part))
		copy(r->target, sizeof(r->target), part);
	copy(r->body, sizeof(r->body), str_slice(body, 0, sizeof(r->body) - 1));
	r->body_len = body.len;
	r->connection = c->number;
}

static void reply_next(struct script_connection *c)
{
	struct script *s = c->script;

	if (!s->replies)
		return;
	c->reply = s->replies;
	s->replies = c->reply->next;
	c->at = 0;
	write_later(c);
}

static void heard(void *ctx)
{
	struct script_connection *c = ctx;
	const ssize_t n =
		recv(c->fd, c->in + c->len, sizeof(c->in) - c->len, MSG_DONTWAIT);

	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) {
		c->script->hung_up++;
		hang_up(c, false);
		return;
	}
	c->len += (size_t)n;
	size_t head = 0;
	const size_t all = complete(c, &head);
	if (!all)
		return;
	write_down(c, (struct str){c->in, head},
		(struct str){c->in + head, all - head});
	assert(all == c->len); /* nobody pipelines */
	c->len = 0;
	reply_next(c);
}

static void called(void *ctx)
{
	struct script *s = ctx;
	const int fd = accept4(s->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	struct script_connection *c = xcalloc(1, sizeof(*c));
	c->script = s;
	c->fd = fd;
	c->number = ++s->connections;
	c->watch = loop_watch(s->loop, fd, heard, c);
	c->next = s->connections_open;
	s->connections_open = c;
}

struct script *script_new(struct loop *l)
{
	struct script *s = xcalloc(1, sizeof(*s));
	struct sockaddr_in at = {.sin_family = AF_INET};
	socklen_t len = sizeof(at);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	s->loop = l;
	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s->fd < 0 || bind(s->fd, (const struct sockaddr *)&at, len) ||
		listen(s->fd, 16) || getsockname(s->fd, (struct sockaddr *)&at, &len))
		abort();
	s->port = ntohs(at.sin_port);
	s->watch = loop_watch(l, s->fd, called, s);
	return s;
}

void script_free(struct script *s)
{
	if (!s)
		return;
	while (s->connections_open)
		hang_up(s->connections_open, false);
	while (s->replies) {
		struct script_reply *next = s->replies->next;
		free(s->replies);
		s->replies = next;
	}
	loop_watch_cancel(s->loop, s->watch);
	(void)close(s->fd);
	wipe(s, sizeof(*s));
	free(s);
}

static void queue(struct script *s, struct str a, struct str b, enum script_end end)
{
	struct script_reply *r = xmalloc(sizeof(*r) + a.len + b.len);
	struct script_reply **at = &s->replies;

	*r = (struct script_reply){.end = end, .first = a.len, .len = a.len + b.len};
	memcpy(r->bytes, a.ptr, a.len);
	if (b.len)
		memcpy(r->bytes + a.len, b.ptr, b.len);
	while (*at)
		at = &(*at)->next;
	*at = r;
}

void script_says(struct script *s, struct str bytes, enum script_end end)
{
	queue(s, bytes, (struct str){0}, end);
}

void script_says_forever(struct script *s, struct str first, struct str again)
{
	queue(s, first, again, SCRIPT_FOREVER);
}

void script_adds(struct script *s, struct str bytes)
{
	const ssize_t n =
		send(s->connections_open->fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);

	assert(n == (ssize_t)bytes.len);
}

struct str script_header(const struct script *s, size_t i, const char *name)
{
	return head_value(str_of(s->requests[i].head), name);
}
