/*
 * When transport and loop are gone, no copy of the password is left in the memory of
 * the process: neither as it was typed nor in base64. The places are found through
 * /proc/self/maps; a first look, while a request is under way, shows that the search
 * finds what is there.
 */
#include <config.h>

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "tests/unit/http_client.h"

#if defined(__SANITIZE_ADDRESS__)
#define HAS_ASAN 1 /* keeps released memory, and has terabytes of shadow */
#else
#define HAS_ASAN 0
#endif

enum { MASK = 0x5a };

/* Kept masked, so that the search does not find what it searches with. */
struct needle {
	unsigned char masked[64];
	size_t len;
};

static struct needle needle_of(const char *literal)
{
	struct needle n = {.len = strlen(literal)};

	for (size_t i = 0; i < n.len; i++)
		n.masked[i] = (unsigned char)literal[i] ^ MASK;
	return n;
}

static size_t count_in(const volatile unsigned char *from, size_t len,
	const struct needle *n)
{
	size_t found = 0;

	for (size_t i = 0; i + n->len <= len; i++) {
		size_t same = 0;
		while (same < n->len && (from[i + same] ^ MASK) == n->masked[same])
			same++;
		found += same == n->len;
	}
	return found;
}

static uintptr_t hex_number(struct str s)
{
	uintptr_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n = n << 4 | (unsigned)ascii_hex(s.ptr[i]);
	return n;
}

/* A line is "FROM-TO rw-p ...". */
static size_t count_in_region(struct str line, const struct needle *n)
{
	struct str from = {0};
	struct str to = {0};

	if (!str_split(&line, '-', &from) || !str_split(&line, ' ', &to) ||
		!str_starts(line, STR("rw")))
		return 0;
	const uintptr_t begin = hex_number(from);
	return count_in((const volatile unsigned char *)begin, hex_number(to) - begin,
		n);
}

static size_t count_in_memory(const char *literal)
{
	const struct needle n = needle_of(literal);
	SCOPED(buf) maps = buf_with_max(0);
	AUTO_CLOSE int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	char part[4096];
	struct str line;
	size_t found = 0;

	assert_true(fd >= 0);
	for (ssize_t got; (got = read(fd, part, sizeof(part))) > 0;)
		buf_add(&maps, (struct str){part, (size_t)got});
	for (struct str rest = buf_view(&maps); str_line(&rest, &line);)
		found += count_in_region(line, &n);
	return found;
}

static const char *base64_part(void)
{
	return strchr(CLIENT_BASIC, ' ') + 1;
}

/* Where request and password are at their most. */
static bool look(struct outcome *o, UNUSED struct err *e)
{
	assert_true(count_in_memory(CLIENT_PASSWORD) > 0);
	assert_true(count_in_memory(base64_part()) > 0);
	return !o->done;
}

static void no_copy_is_left(void **state)
{
	struct client *c = *state;
	SCOPED(outcome) o = {.on_body = look};
	SCOPED(outcome) p = {0};
	SCOPED(outcome) q = {0};

	if (HAS_ASAN)
		skip();
	SAYS(c, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
	SAYS(c, "HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n");
	SAYS(c, "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n");
	client_ask(c, "GET", "/", &o);
	assert_int_equal(o.reply.status, 200);
	client_ask(c, "PROPFIND", "/a", &p);
	assert_int_equal(p.reply.status, 401);
	struct dav_request r = client_request(c, "GET", "/stays");
	client_start(c, &r, &q);
	client_settle(c);
	assert_int_equal(c->server->count, 4);
	http_free(take(&c->http));
	script_free(take(&c->server)); /* it wrote the requests down */
	secret_free(take(&c->password));
	loop_free(take(&c->loop));
	assert_int_equal(count_in_memory(base64_part()), 0);
	assert_int_equal(count_in_memory(CLIENT_PASSWORD), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(no_copy_is_left, client_set_up,
			client_tear_down),
	};

	return secrets_init(NULL) ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
