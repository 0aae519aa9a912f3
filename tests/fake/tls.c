#include <config.h>

#include "tests/fake/tls.h"

#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

struct tls {
	SSL_CTX *context;
};

static int choose_http11(SSL *ssl, const unsigned char **out, unsigned char *out_len,
	const unsigned char *in, unsigned in_len, void *arg)
{
	static const unsigned char ours[] = "\x08http/1.1";
	unsigned char *chosen = NULL;

	(void)ssl;
	(void)arg;
	if (SSL_select_next_proto(&chosen, out_len, ours, sizeof(ours) - 1, in,
		    in_len) != OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_NOACK;
	*out = chosen;
	return SSL_TLSEXT_ERR_OK;
}

struct tls *tls_open(const char *cert, const char *key, struct err *e)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());

	if (!context || SSL_CTX_use_certificate_chain_file(context, cert) != 1 ||
		SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1) {
		SSL_CTX_free(context);
		(void)err_set(e, ERR_CONFIG, "%s and %s: %s", cert, key,
			ERR_reason_error_string(ERR_get_error()));
		return NULL;
	}
	SSL_CTX_set_alpn_select_cb(context, choose_http11, NULL);
	SSL_CTX_set_mode(context,
		SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	struct tls *t = malloc(sizeof(*t));
	if (!t)
		abort();
	t->context = context;
	return t;
}

void tls_close(struct tls *t)
{
	if (!t)
		return;
	SSL_CTX_free(t->context);
	free(t);
}

void channel_init(struct channel *c, int fd, struct tls *tls)
{
	*c = (struct channel){.fd = fd};
	if (!tls)
		return;
	SSL *ssl = SSL_new(tls->context);
	if (!ssl || SSL_set_fd(ssl, fd) != 1)
		abort();
	SSL_set_accept_state(ssl);
	c->ssl = ssl;
}

void channel_clear(struct channel *c, bool reset)
{
	const struct linger at_once = {.l_onoff = 1};

	if (reset)
		(void)setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &at_once,
			sizeof(at_once));
	else if (c->ssl)
		(void)SSL_shutdown(c->ssl);
	if (c->ssl)
		SSL_free(c->ssl);
	(void)close(c->fd);
	*c = (struct channel){.fd = -1};
}

static int size_of(size_t size)
{
	return size < INT_MAX ? (int)size : INT_MAX;
}

static int plain_result(struct channel *c, ssize_t n, short wants)
{
	c->wants = 0;
	if (n > 0)
		return (int)n;
	if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
		c->wants = wants;
		return CHANNEL_LATER;
	}
	return CHANNEL_OVER;
}

static int ssl_result(struct channel *c, int n)
{
	c->wants = 0;
	if (n > 0)
		return n;
	const int why = SSL_get_error(c->ssl, n);
	ERR_clear_error();
	if (why == SSL_ERROR_WANT_READ)
		c->wants = POLLIN;
	else if (why == SSL_ERROR_WANT_WRITE)
		c->wants = POLLOUT;
	return c->wants ? CHANNEL_LATER : CHANNEL_OVER;
}

int channel_read(struct channel *c, char *to, size_t size)
{
	if (c->ssl)
		return ssl_result(c, SSL_read(c->ssl, to, size_of(size)));
	return plain_result(c, recv(c->fd, to, size, 0), POLLIN);
}

int channel_write(struct channel *c, const char *from, size_t size)
{
	if (c->ssl)
		return ssl_result(c, SSL_write(c->ssl, from, size_of(size)));
	return plain_result(c, send(c->fd, from, size, MSG_NOSIGNAL), POLLOUT);
}
