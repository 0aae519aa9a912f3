#include <config.h>

#include "tests/fake/http.h"

#include <poll.h>
#include <string.h>

#include "base/mem.h"

enum {
	HEAD_MAX = 1 << 16,
	BODY_MAX = 1 << 26,
	READ_SIZE = 1 << 14,
	SEND_SIZE = 1 << 20
};

enum http_state { STATE_HEAD, STATE_BODY, STATE_SEND, STATE_HANG, STATE_OVER };

struct http_conn {
	struct channel channel;
	struct http_user user;
	bool tls;
	enum http_state state;
	struct buf in;
	struct buf out;
	size_t sent;
	struct request request;
	size_t body_size;
	bool chunked;
	struct delivery delivery;
	int64_t next_ms; /* not to be sent before */
};

struct http_conn *http_accept(int fd, struct tls *tls, const struct http_user *user,
	int64_t now_ms)
{
	struct http_conn *c = xcalloc(1, sizeof(*c));

	channel_init(&c->channel, fd, tls);
	c->user = *user;
	c->tls = tls != NULL;
	c->next_ms = now_ms;
	c->in = buf_with_max(HEAD_MAX + BODY_MAX);
	c->out = buf_with_max(0);
	return c;
}

void http_close(struct http_conn *c)
{
	if (!c)
		return;
	channel_clear(&c->channel, c->delivery.reset);
	request_clear(&c->request);
	buf_clear(&c->in);
	buf_clear(&c->out);
	free(c);
}

int http_fd(const struct http_conn *c)
{
	return c->channel.fd;
}

short http_events(const struct http_conn *c, int64_t now_ms)
{
	if (c->channel.wants)
		return c->channel.wants;
	if (c->state == STATE_SEND)
		return now_ms >= c->next_ms ? POLLOUT : 0;
	return POLLIN;
}

int64_t http_wakes(const struct http_conn *c)
{
	return c->state == STATE_SEND ? c->next_ms : -1;
}

static void drop_read(struct http_conn *c, size_t n)
{
	const struct str rest = str_from(buf_view(&c->in), n);
	SCOPED(buf) kept = buf_with_max(0);

	buf_add(&kept, rest);
	buf_reset(&c->in);
	buf_add(&c->in, buf_view(&kept));
}

static void answer(struct http_conn *c)
{
	struct response a = {0};

	c->request.tls = c->tls;
	c->user.answer(c->user.ctx, &c->request, &a);
	a.delivery.close |=
		a.delivery.cut.set || c->request.http10 ||
		str_eq_nocase(request_header(&c->request, HEADER_CONNECTION),
			STR("close"));
	c->delivery = a.delivery;
	buf_reset(&c->out);
	c->sent = 0;
	if (!(a.delivery.hang && !a.delivery.cut.set))
		response_write(&a, !strcmp(c->request.method, "HEAD"), &c->out);
	c->state = a.delivery.drop ? STATE_OVER : STATE_SEND;
	response_clear(&a);
	request_clear(&c->request);
}

/* Takes whole chunks off a copy of what came; false = there is more to come. */
static bool read_chunks(struct http_conn *c, size_t *used)
{
	struct str rest = buf_view(&c->in);
	SCOPED(buf) body = buf_with_max(BODY_MAX);
	struct str line;

	while (str_find_char(rest, '\n') != STR_NONE && str_line(&rest, &line)) {
		size_t size = 0;
		for (size_t i = 0; i < line.len && ascii_hex(line.ptr[i]) >= 0; i++)
			size = size * 16 + (size_t)ascii_hex(line.ptr[i]);
		if (size > BODY_MAX || rest.len < size + 2)
			return false;
		buf_add(&body, str_slice(rest, 0, size));
		rest = str_from(rest, size + 2);
		if (size)
			continue;
		buf_add(&c->request.body, buf_view(&body));
		*used = c->in.len - rest.len;
		return true;
	}
	return false;
}

static bool read_body(struct http_conn *c)
{
	size_t used = c->body_size;

	if (c->chunked ? !read_chunks(c, &used) : c->in.len < c->body_size)
		return false;
	if (!c->chunked)
		buf_add(&c->request.body, str_slice(buf_view(&c->in), 0, used));
	drop_read(c, used);
	answer(c);
	return true;
}

static void reject(struct http_conn *c)
{
	buf_reset(&c->out);
	buf_text(&c->out, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n"
			  "Connection: close\r\n\r\n");
	c->sent = 0;
	c->delivery = (struct delivery){.close = true};
	c->state = STATE_SEND;
}

static bool read_size(struct http_conn *c)
{
	const struct str length = request_header(&c->request, HEADER_CONTENT_LENGTH);
	int64_t size = 0;

	c->chunked = str_eq_nocase(
		request_header(&c->request, HEADER_TRANSFER_ENCODING), STR("chunked"));
	if (length.len && !str_to_int(length, 0, BODY_MAX, &size))
		return false;
	c->body_size = (size_t)size;
	return true;
}

static bool read_head(struct http_conn *c)
{
	const struct str in = buf_view(&c->in);
	const size_t end = str_find(in, STR("\r\n\r\n"));

	if (end == STR_NONE) {
		if (in.len > HEAD_MAX)
			reject(c);
		return in.len > HEAD_MAX;
	}
	if (!request_read(&c->request, str_slice(in, 0, end + 2)) || !read_size(c)) {
		reject(c);
		return true;
	}
	drop_read(c, end + 4);
	c->state = STATE_BODY;
	if (c->request.headers[HEADER_EXPECT]) {
		static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
		(void)!channel_write(&c->channel, go_on, sizeof(go_on) - 1);
	}
	return true;
}

static bool read_command(struct http_conn *c)
{
	struct str rest = buf_view(&c->in);
	struct str line;

	if (str_find_char(rest, '\n') == STR_NONE || !str_line(&rest, &line))
		return false;
	c->user.command(c->user.ctx, line, &c->out);
	c->delivery.close = true;
	c->state = STATE_SEND;
	return true;
}

static bool advance(struct http_conn *c)
{
	if (c->state == STATE_HEAD)
		return c->user.command ? read_command(c) : read_head(c);
	return c->state == STATE_BODY && read_body(c);
}

static void receive(struct http_conn *c)
{
	char bytes[READ_SIZE];
	int n = 0;

	while ((n = channel_read(&c->channel, bytes, sizeof(bytes))) > 0)
		if (c->state == STATE_HEAD || c->state == STATE_BODY)
			buf_add(&c->in, (struct str){bytes, (size_t)n});
	if (n == CHANNEL_OVER || !buf_ok(&c->in))
		c->state = STATE_OVER;
}

static void all_sent(struct http_conn *c)
{
	const struct delivery d = c->delivery;

	buf_reset(&c->out);
	c->sent = 0;
	if (d.endless) {
		for (int i = 0; i < 1024; i++)
			buf_text(&c->out,
				"<!-- there is more to come, always more -->");
		return;
	}
	c->channel.wants = 0;
	if (d.hang)
		c->state = STATE_HANG;
	else
		c->state = d.close || d.http10 ? STATE_OVER : STATE_HEAD;
}

static size_t portion(const struct http_conn *c)
{
	const size_t left = c->out.len - c->sent;
	const size_t most = (size_t)c->delivery.slow_bytes;

	return most && most < left ? most : left;
}

/* At most so much at a turn that the others have theirs. */
static void send_some(struct http_conn *c, int64_t now_ms)
{
	size_t turn = SEND_SIZE;

	while (turn && c->state == STATE_SEND && now_ms >= c->next_ms) {
		if (c->sent == c->out.len) {
			all_sent(c);
			continue;
		}
		const int n =
			channel_write(&c->channel, c->out.ptr + c->sent, portion(c));
		if (n == CHANNEL_LATER)
			return;
		if (n == CHANNEL_OVER) {
			c->state = STATE_OVER;
			return;
		}
		c->sent += (size_t)n;
		turn -= (size_t)n < turn ? (size_t)n : turn;
		if (c->delivery.slow_bytes)
			c->next_ms = now_ms + c->delivery.slow_ms;
	}
}

bool http_turn(struct http_conn *c, short events, int64_t now_ms)
{
	const bool reading = c->state != STATE_SEND;

	if (events & POLLERR)
		return false;
	if (reading && events)
		receive(c);
	else if (events & POLLHUP)
		return false;
	while (advance(c))
		send_some(c, now_ms);
	send_some(c, now_ms);
	while (advance(c))
		send_some(c, now_ms);
	return c->state != STATE_OVER;
}
