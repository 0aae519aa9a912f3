/*
 * net/http against real TLS: openssl(1) makes certificates and serves. Skipped where it
 * is not installed. Nothing here waits for time to pass: s_server says on its output
 * when and where it listens.
 */
#include <config.h>

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "tests/unit/http_client.h"

extern char **environ;

struct folder {
	char path[64];
	int fd;
	bool filled;
};

/* With its output to `out`, or -1 = nowhere. */
static void spawn_openssl(char *const *args, int out, pid_t *pid)
{
	posix_spawn_file_actions_t actions;

	assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
	(void)posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	if (out >= 0)
		(void)posix_spawn_file_actions_adddup2(&actions, out, 1);
	else
		(void)posix_spawn_file_actions_addopen(&actions, 1, "/dev/null",
			O_WRONLY, 0);
	(void)posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(pid, "openssl", &actions, NULL, args, environ))
		*pid = -1;
	(void)posix_spawn_file_actions_destroy(&actions);
}

/* The command line in one string, cut at the blanks; "%" stands for the folder. */
struct command {
	struct buf text;
	char *args[40];
};

static void command_clear(struct command *c)
{
	buf_clear(&c->text);
}

static void command_init(struct command *c, const struct folder *f, const char *line)
{
	size_t n = 0;

	*c = (struct command){0};
	for (const char *p = line; *p; p++)
		if (*p == '%')
			buf_text(&c->text, f->path);
		else
			buf_char(&c->text, *p);
	for (char *p = c->text.ptr; p && n < COUNT_OF(c->args) - 1;) {
		c->args[n++] = p;
		p = strchr(p, ' ');
		if (p)
			*p++ = '\0';
	}
}

static bool run(const struct folder *f, const char *line)
{
	SCOPED(command) c;
	pid_t pid = -1;
	int status = -1;

	command_init(&c, f, line);
	spawn_openssl(c.args, -1, &pid);
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static void put(const struct folder *f, const char *name, const char *text)
{
	struct err e = {0};

	if (!file_replace(f->fd, name, str_of(text), 0600, &e))
		fail_msg("%s", e.message);
}

/* "openssl ca" is the only one that takes both dates. */
#define SIGN                                                                           \
	"openssl ca -batch -notext -selfsign -md sha256 -config %/ca.cnf "             \
	"-keyfile %/key.pem -in %/request.pem -outdir % "

static bool make_certificates(const struct folder *f)
{
	SCOPED(buf) config = buf_with_max(4096);

	buf_printf(&config,
		"[ca]\ndefault_ca=d\n[d]\ndatabase=%s/index.txt\nunique_subject=no\n"
		"email_in_dn=no\nnew_certs_dir=%s\npolicy=p\nrand_serial=yes\n[p]"
		"\ncommonName=supplied\n"
		"[req]\ndistinguished_name=n\n[n]\n",
		f->path, f->path);
	put(f, "ca.cnf", buf_cstr(&config));
	put(f, "index.txt", "");
	put(f, "here.ext", "subjectAltName=IP:127.0.0.1\n");
	put(f, "there.ext", "subjectAltName=DNS:cal.example.org\n");
	return run(f, "openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 "
		      "-nodes "
		      "-config %/ca.cnf -subj /CN=test -keyout %/key.pem -out "
		      "%/request.pem") &&
	       run(f, SIGN "-extfile %/here.ext -startdate 20000101000000Z -enddate "
			   "20990101000000Z -out %/good.pem") &&
	       run(f, SIGN "-extfile %/there.ext -startdate 20000101000000Z -enddate "
			   "20990101000000Z -out %/name.pem") &&
	       run(f, SIGN "-extfile %/here.ext -startdate 20000101000000Z -enddate "
			   "20010101000000Z -out %/expired.pem") &&
	       run(f, SIGN "-extfile %/here.ext -startdate 20980101000000Z -enddate "
			   "20990101000000Z -out %/early.pem");
}

static int folder_set_up(void **state)
{
	struct folder *f = xcalloc(1, sizeof(*f));

	memcpy(f->path, "/tmp/calwiz-tls-XXXXXX", sizeof("/tmp/calwiz-tls-XXXXXX"));
	if (!mkdtemp(f->path))
		return -1;
	f->fd = open(f->path, O_DIRECTORY | O_CLOEXEC);
	if (f->fd < 0)
		return -1;
	f->filled = make_certificates(f);
	*state = f;
	return 0;
}

static int folder_tear_down(void **state)
{
	struct folder *f = *state;
	DIR *d = fdopendir(f->fd);

	/* openssl leaves files named after serial numbers too */
	for (const struct dirent *entry; d && (entry = readdir(d));)
		(void)unlinkat(f->fd, entry->d_name, 0);
	if (d)
		(void)closedir(d);
	(void)rmdir(f->path);
	free(f);
	return 0;
}

struct server {
	pid_t pid;
	uint16_t port;
};

/* Its first line is "ACCEPT 127.0.0.1:PORT". */
static uint16_t read_port(int fd)
{
	SCOPED(buf) line = buf_with_max(4096);
	int64_t port = 0;
	char c = 0;

	while (read(fd, &c, 1) == 1) {
		if (c != '\n') {
			buf_char(&line, c);
			continue;
		}
		const struct str text = buf_view(&line);
		if (str_starts(text, STR("ACCEPT ")) &&
			str_to_int(str_from(text, str_find_char(text, ':') + 1), 1,
				65535, &port))
			break;
		buf_reset(&line);
	}
	return (uint16_t)port;
}

static struct server serve(const struct folder *f, const char *line)
{
	SCOPED(command) c;
	struct server s = {0};
	int fds[2];

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	command_init(&c, f, line);
	spawn_openssl(c.args, fds[1], &s.pid);
	(void)close(fds[1]);
	assert_true(s.pid > 0);
	s.port = read_port(fds[0]);
	(void)close(fds[0]);
	assert_true(s.port > 0);
	return s;
}

static void stop(struct server *s)
{
	int status = 0;

	(void)kill(s->pid, SIGKILL);
	(void)waitpid(s->pid, &status, 0);
}

static void ask_over_tls(const struct folder *f, uint16_t port, const char *ca_file,
	struct outcome *o)
{
	void *state = NULL;
	SCOPED(buf) ca = buf_with_max(256);
	char where[64];

	assert_int_equal(client_set_up(&state), 0);
	struct client *c = state;
	if (ca_file)
		buf_printf(&ca, "%s/%s", f->path, ca_file);
	const struct http_options options = {
		.gate.provider = PROVIDER_CALDAV,
		.gate.home = {.tls = true, .port = port, .host = "127.0.0.1"},
		.login = CLIENT_LOGIN,
		.password = c->password,
		.ca_file = ca_file ? buf_cstr(&ca) : NULL,
	};
	http_free(c->http);
	c->http = http_new(c->loop, &options);
	(void)snprintf(where, sizeof(where), "https://127.0.0.1:%u/", (unsigned)port);
	client_ask(c, "GET", where, o);
	(void)client_tear_down(&state);
}

#define SERVE "openssl s_server -accept 127.0.0.1:0 -www -key %/key.pem "

static void certificates_are_judged(void **state)
{
	/* clang-format off */
	static const struct {
		const char *server;
		const char *ca_file;
		enum dav_failure failure;
	} rows[] = {
		{SERVE "-cert %/good.pem", "good.pem", DAV_ANSWERED},
		{SERVE "-cert %/good.pem -tls1_2", "good.pem", DAV_ANSWERED},
		{SERVE "-cert %/good.pem", NULL, DAV_TLS_NAME},
		{SERVE "-cert %/good.pem", "name.pem", DAV_TLS_NAME},
		{SERVE "-cert %/name.pem", "name.pem", DAV_TLS_NAME},
		{SERVE "-cert %/expired.pem", "expired.pem", DAV_TLS_CLOCK},
		{SERVE "-cert %/early.pem", "early.pem", DAV_TLS_CLOCK},
		{SERVE "-cert %/good.pem -tls1_1 -cipher DEFAULT@SECLEVEL=0", "good.pem",
			DAV_TLS_OTHER},
		{SERVE "-cert %/good.pem", "missing.pem", DAV_TLS_OTHER},
	};
	/* clang-format on */
	const struct folder *f = *state;

	if (!f->filled) {
		print_message("openssl(1) is missing or does not do what it should\n");
		skip();
	}
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		SCOPED(outcome) o = {0};
		struct server s = serve(f, rows[i].server);
		ask_over_tls(f, s.port, rows[i].ca_file, &o);
		stop(&s);
		if (o.reply.failure != rows[i].failure)
			fail_msg("row %zu: %d %s", i, (int)o.reply.failure,
				o.reply.err.message);
		const bool good = o.reply.failure == DAV_ANSWERED;
		assert_int_equal(o.connected, good);
		assert_int_equal(o.reply.status, good ? 200 : 0);
		assert_true((o.reply.times.secured_ms > 0) == good);
		if (!good)
			assert_int_equal(o.reply.err.code, ERR_PROTOCOL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(certificates_are_judged, folder_set_up,
			folder_tear_down),
	};

	return secrets_init(NULL) ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
