#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/sandbox.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/secret.h"
#include "store/state.h"

/*
 * Each attempt is made by a child behind the fence; its exit status is what came of it.
 * Folders: "in" is allowed and "out" is not.
 */
struct place {
	char path[64];
	uint16_t port; /* somebody listens; allowed */
	uint16_t shut; /* somebody listens; not allowed */
	int listeners[2];
};

static int listener(uint16_t *port)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(a);
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0 ||
		listen(fd, 8) < 0 || getsockname(fd, (struct sockaddr *)&a, &len) < 0)
		return -1;
	*port = ntohs(a.sin_port);
	return fd;
}

static void make_file(const char *path)
{
	const int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, "text", 4), 4);
	(void)close(fd);
}

static int set_up(void **state)
{
	struct place *p = xcalloc(1, sizeof(*p));

	(void)snprintf(p->path, sizeof(p->path), "/tmp/calwiz-test-sandbox-XXXXXX");
	if (!mkdtemp(p->path) || chdir(p->path) < 0 || mkdir("in", 0700) < 0 ||
		mkdir("in/a", 0700) < 0 || mkdir("in/b", 0700) < 0 ||
		mkdir("out", 0700) < 0)
		return -1;
	make_file("in/a/file");
	make_file("out/file");
	if (symlink("../out/file", "in/link") < 0)
		return -1;
	p->listeners[0] = listener(&p->port);
	p->listeners[1] = listener(&p->shut);
	*state = p;
	return p->listeners[0] < 0 || p->listeners[1] < 0 ? -1 : 0;
}

static int remove_one(const char *path, UNUSED const struct stat *st, UNUSED int type,
	UNUSED struct FTW *ftw)
{
	return remove(path);
}

static int tear_down(void **state)
{
	struct place *p = *state;

	(void)close(p->listeners[0]);
	(void)close(p->listeners[1]);
	const int done =
		chdir("/") + nftw(p->path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(p);
	return done;
}

/* 0 = it went well, else the errno. */
typedef int attempt(const struct place *p, const char *file);

static int opened(int fd)
{
	const int number = fd < 0 ? errno : 0;

	if (fd >= 0)
		(void)close(fd);
	return number;
}

static int result(long status)
{
	return status < 0 ? errno : 0;
}

static int try_read(UNUSED const struct place *p, const char *file)
{
	return opened(open(file, O_RDONLY | O_CLOEXEC));
}

static int try_write(UNUSED const struct place *p, const char *file)
{
	return opened(open(file, O_WRONLY | O_CLOEXEC));
}

static int try_list(UNUSED const struct place *p, const char *file)
{
	return opened(open(file, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

static int try_create(UNUSED const struct place *p, const char *file)
{
	return opened(open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
}

static int try_mkdir(UNUSED const struct place *p, const char *file)
{
	return result(mkdir(file, 0700));
}

static int try_remove(UNUSED const struct place *p, const char *file)
{
	return result(unlink(file));
}

static int try_rename_here(UNUSED const struct place *p, const char *file)
{
	return result(rename(file, "in/b/moved"));
}

static int try_rename_out(UNUSED const struct place *p, const char *file)
{
	return result(rename(file, "out/moved"));
}

static int try_exchange(UNUSED const struct place *p, const char *file)
{
	make_file("in/b/other");
	return result(
		renameat2(AT_FDCWD, file, AT_FDCWD, "in/b/other", RENAME_EXCHANGE));
}

/* As a new event is written: without a name first, then linked. */
static int try_nameless(UNUSED const struct place *p, const char *file)
{
	const int fd = open("in/a", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	AUTO_FREE char *self = xasprintf("/proc/self/fd/%d", fd);

	if (fd < 0)
		return errno == EOPNOTSUPP ? 0 : errno;
	return result(linkat(AT_FDCWD, self, AT_FDCWD, file, AT_SYMLINK_FOLLOW));
}

static int try_link_in(UNUSED const struct place *p, const char *file)
{
	return result(link(file, "in/a/hard"));
}

static int try_truncate_path(UNUSED const struct place *p, const char *file)
{
	return result(truncate(file, 0));
}

static int try_truncate_open(UNUSED const struct place *p, const char *file)
{
	return opened(open(file, O_WRONLY | O_TRUNC | O_CLOEXEC));
}

static int try_symlink(UNUSED const struct place *p, const char *file)
{
	return result(symlink("/etc/passwd", file));
}

static int try_fifo(UNUSED const struct place *p, const char *file)
{
	return result(mkfifo(file, 0600));
}

static int try_exec(UNUSED const struct place *p, const char *file)
{
	char *argv[] = {NULL, NULL};
	char name[] = "x";

	argv[0] = name;
	return result(execv(file, argv));
}

static int try_exec_open(UNUSED const struct place *p, const char *file)
{
	char *argv[] = {NULL, NULL};
	char name[] = "x";
	const int fd = open(file, O_RDONLY | O_CLOEXEC);

	argv[0] = name;
	return result(fexecve(fd, argv, argv + 1));
}

static int try_spawn(UNUSED const struct place *p, const char *file)
{
	char *argv[] = {NULL, NULL};
	char name[] = "x";
	pid_t pid = 0;

	argv[0] = name;
	return posix_spawn(&pid, file, NULL, NULL, argv, argv + 1);
}

static int connect_to(uint16_t port)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	const int status = connect(fd, (struct sockaddr *)&a, sizeof(a));
	const int number = result(status);

	(void)close(fd);
	return number;
}

static int try_connect(const struct place *p, UNUSED const char *file)
{
	return connect_to(p->port);
}

static int try_connect_shut(const struct place *p, UNUSED const char *file)
{
	return connect_to(p->shut);
}

static int try_listen(const struct place *p, UNUSED const char *file)
{
	return result(listen(p->listeners[0], 1));
}

static int try_accept(const struct place *p, UNUSED const char *file)
{
	return result(accept4(p->listeners[0], NULL, NULL, SOCK_NONBLOCK));
}

static int try_call(UNUSED const struct place *p, const char *number)
{
	int64_t n = 0;

	if (!str_to_int(str_of(number), 0, 100000, &n))
		return 0;
	return result(syscall((long)n, -1L, 0L, 0L, 0L, 0L, 0L));
}

static void *touch(void *file)
{
	*(int *)file = open("in/a/file", O_RDONLY | O_CLOEXEC);
	return NULL;
}

/* The resolver works in threads, which are behind the fence as well. */
static int try_thread(UNUSED const struct place *p, UNUSED const char *file)
{
	pthread_t thread;
	int fd = -1;
	const int wrong = pthread_create(&thread, NULL, touch, &fd);

	if (wrong)
		return wrong;
	(void)pthread_join(thread, NULL);
	return fd < 0 ? EACCES : 0;
}

/* Through the name service switch, with whatever libraries that loads. */
static int try_resolve(UNUSED const struct place *p, const char *host)
{
	struct addrinfo *list = NULL;
	const int wrong = getaddrinfo(host, "443", NULL, &list);

	if (!wrong)
		freeaddrinfo(list);
	return wrong ? EIO : 0;
}

/* The real state database, made behind the fence. */
static int try_database(UNUSED const struct place *p, const char *folder)
{
	AUTO(state) *s = NULL;
	struct err e = {0};

	return state_open(&s, folder, "ada", &e) ? 0 : EIO;
}

static int try_replace(UNUSED const struct place *p, const char *folder)
{
	AUTO_CLOSE int fd = -1;
	struct err e = {0};

	return dir_open(folder, true, &fd, &e) &&
	                       file_replace(fd, "kept", STR("text"), 0600, &e)
	               ? 0
	               : EIO;
}

#define TEXT_OF(number) TEXT_OF_(number)
#define TEXT_OF_(number) #number
#define CALL(name) try_call, TEXT_OF(__NR_##name), 1, NEEDS_FILTER

enum needs { NEEDS_NOTHING, NEEDS_FILES, NEEDS_FILTER, NEEDS_PORTS, NEEDS_EITHER };

struct row {
	attempt *run;
	const char *file;
	int refused;      /* or it must go well */
	enum needs needs; /* what must be in force for that */
};

static const struct row rows[] = {
	{try_read, "in/a/file", 0, NEEDS_NOTHING},
	{try_write, "in/a/file", 0, NEEDS_NOTHING},
	{try_list, "in", 0, NEEDS_NOTHING},
	{try_create, "in/a/new", 0, NEEDS_NOTHING},
	{try_mkdir, "in/c", 0, NEEDS_NOTHING},
	{try_remove, "in/a/file", 0, NEEDS_NOTHING},
	{try_rename_here, "in/a/file", 0, NEEDS_NOTHING},
	{try_exchange, "in/a/file", 0, NEEDS_NOTHING},
	{try_nameless, "in/a/named", 0, NEEDS_NOTHING},
	{try_truncate_open, "in/a/file", 0, NEEDS_NOTHING},
	{try_mkdir, "later/new", 0, NEEDS_NOTHING},
	{try_thread, NULL, 0, NEEDS_NOTHING},
	{try_resolve, "localhost", 0, NEEDS_NOTHING},
	{try_database, "in/state", 0, NEEDS_NOTHING},
	{try_replace, "in/settings", 0, NEEDS_NOTHING},
	{try_read, "/etc/passwd", 0, NEEDS_NOTHING},
	{try_read, "/etc/resolv.conf", 0, NEEDS_NOTHING},
	{try_list, "/usr/share", 0, NEEDS_NOTHING},
	{try_write, "/dev/null", 0, NEEDS_NOTHING},
	{try_read, "/dev/urandom", 0, NEEDS_NOTHING},
	{try_connect, NULL, 0, NEEDS_NOTHING},

	{try_read, "out/file", 1, NEEDS_FILES},
	{try_write, "out/file", 1, NEEDS_FILES},
	{try_list, "out", 1, NEEDS_FILES},
	{try_list, "/", 1, NEEDS_FILES},
	{try_list, "/home", 1, NEEDS_FILES},
	{try_list, "/var", 1, NEEDS_FILES},
	{try_create, "out/new", 1, NEEDS_FILES},
	{try_mkdir, "out/new", 1, NEEDS_FILES},
	{try_remove, "out/file", 1, NEEDS_FILES},
	{try_rename_out, "in/a/file", 1, NEEDS_FILES},
	{try_link_in, "out/file", 1, NEEDS_FILES},
	{try_read, "in/link", 1, NEEDS_FILES},
	{try_read, "in/../out/file", 1, NEEDS_FILES},
	{try_symlink, "in/new-link", 1, NEEDS_FILES},
	{try_fifo, "in/fifo", 1, NEEDS_FILES},
	{try_create, "/etc/calwiz-was-here", 1, NEEDS_FILES},
	{try_write, "/etc/passwd", 1, NEEDS_FILES},
	{try_connect_shut, NULL, 1, NEEDS_PORTS},
	{try_exec, "/bin/true", 1, NEEDS_EITHER},
	{try_exec_open, "/bin/true", 1, NEEDS_EITHER},
	{try_spawn, "/bin/true", 1, NEEDS_EITHER},
	{try_truncate_path, "out/file", 1, NEEDS_EITHER},
	{try_truncate_path, "in/a/file", 1, NEEDS_FILTER},
	{try_listen, NULL, 1, NEEDS_FILTER},
	{try_accept, NULL, 1, NEEDS_FILTER},
#if defined(__x86_64__) || defined(__aarch64__)
	{CALL(mount)},
	{CALL(bpf)},
	{CALL(keyctl)},
	{CALL(unshare)},
	{CALL(setns)},
	{CALL(io_uring_setup)},
	{CALL(memfd_create)},
	{CALL(process_vm_readv)},
	{CALL(open_by_handle_at)},
	{CALL(perf_event_open)},
	{CALL(userfaultfd)},
	{CALL(chroot)},
#endif
#if defined(__x86_64__)
	{CALL(fork)},
	{CALL(vfork)},
#endif
};

static bool in_force(const struct sandbox *s, enum needs needs)
{
	switch (needs) {
	case NEEDS_FILES:
		return s->files;
	case NEEDS_FILTER:
		return s->sys_calls;
	case NEEDS_PORTS:
		return s->ports;
	case NEEDS_EITHER:
		return s->files || s->sys_calls;
	case NEEDS_NOTHING:
		break;
	}
	return true;
}

#define LEFT_OUT 255
#define NOT_WHOLE 254

/* In the child: puts the fence up and tries. */
static int behind_the_fence(const struct place *p, const struct row *r)
{
	AUTO_FREE char *in = xasprintf("%s/in", p->path);
	AUTO_FREE char *later = xasprintf("%s/later/than/this", p->path);
	const bool first_sync = r->file && str_starts(str_of(r->file), STR("later"));
	const char *const folders[] = {in, later};
	const struct sandbox_plan plan = {.folders = folders,
		.n_folders = first_sync ? 2 : 1,
		.ports = &p->port,
		.n_ports = 1};
	const struct sandbox offer = sandbox_offer();

	if (first_sync)
		assert_int_equal(mkdir("later", 0700), 0);
	const struct sandbox s = sandbox_enter(&plan);
	if (s.files != offer.files || s.ports != offer.ports ||
		s.sys_calls != offer.sys_calls)
		return NOT_WHOLE;
	return in_force(&s, r->needs) ? r->run(p, r->file) : LEFT_OUT;
}

static int status_of(const struct place *p, const struct row *r)
{
	const pid_t pid = fork();
	int status = 0;

	if (!pid)
		_exit(behind_the_fence(p, r));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void test_fence(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct row *r = &rows[i];
		void *state = NULL;
		assert_int_equal(set_up(&state), 0);
		const int got = status_of(state, r);
		assert_int_equal(tear_down(&state), 0);
		if (got == LEFT_OUT)
			continue;
		const bool right =
			r->refused ? got == EACCES || got == EPERM || got == EXDEV
				   : !got;
		if (!right)
			fail_msg("row %zu, %s: %s", i, r->file ? r->file : "",
				strerror(got));
	}
}

/* Without the fence all of these go well, so the refusals above are its work. */
static void test_without_fence(void **unused)
{
	static attempt *const harmless[] = {try_read, try_write, try_list, try_create,
		try_mkdir, try_remove, try_rename_out, try_link_in, try_symlink,
		try_fifo, try_connect_shut, try_spawn, try_truncate_path};

	(void)unused;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		void *state = NULL;
		bool listed = false;
		for (size_t h = 0; h < COUNT_OF(harmless); h++)
			listed = listed || harmless[h] == rows[i].run;
		if (!rows[i].refused || !listed ||
			(rows[i].file && rows[i].file[0] == '/'))
			continue;
		assert_int_equal(set_up(&state), 0);
		const int got = rows[i].run(state, rows[i].file);
		assert_int_equal(tear_down(&state), 0);
		if (got)
			fail_msg("row %zu: %s", i, strerror(got));
	}
}

/* A folder right below the root that is not there would allow everything. */
static void test_root_is_no_fence(void **unused)
{
	static const char *const folders[] = {"/no-such-folder-of-calwiz/cal"};
	const struct sandbox_plan plan = {.folders = folders, .n_folders = 1};
	const pid_t pid = fork();
	int status = 0;

	(void)unused;
	if (!pid) {
		const struct sandbox s = sandbox_enter(&plan);
		_exit(s.files || s.ports);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static const struct {
	struct sandbox s;
	const char *words;
	const char *json;
} told[] = {
	{{.off = true}, "off (--no-sandbox)",
		"{\"off\":true,\"landlock\":0,\"connections\":false,\"system_calls\":"
		"false}"},
	{{0}, "none",
		"{\"off\":false,\"landlock\":0,\"connections\":false,\"system_calls\":"
		"false}"},
	{{.files = 2}, "files (Landlock 2)",
		"{\"off\":false,\"landlock\":2,\"connections\":false,\"system_calls\":"
		"false}"},
	{{.sys_calls = true}, "system calls",
		"{\"off\":false,\"landlock\":0,\"connections\":false,\"system_calls\":"
		"true}"},
	{{.files = 7, .ports = true, .sys_calls = true},
		"files (Landlock 7), connections, system calls",
		"{\"off\":false,\"landlock\":7,\"connections\":true,\"system_calls\":"
		"true}"},
};

static void test_told(void **unused)
{
	void *state = NULL;
	AUTO_CLOSE int fd = -1;
	struct sandbox s = {0};
	struct err e = {0};

	(void)unused;
	assert_int_equal(set_up(&state), 0);
	assert_true(dir_open("in", false, &fd, &e));
	assert_false(sandbox_load(&s, fd, &e));
	assert_int_equal(e.code, ERR_NO_INPUT);
	for (size_t i = 0; i < COUNT_OF(told); i++) {
		SCOPED(buf) json = {0};
		AUTO_FREE char *words = sandbox_words(&told[i].s);
		assert_string_equal(words, told[i].words);
		sandbox_json(&json, &told[i].s);
		assert_string_equal(buf_cstr(&json), told[i].json);
		assert_true(sandbox_save(&told[i].s, fd, &e));
		assert_true(sandbox_load(&s, fd, &e));
		assert_memory_equal(&s, &told[i].s, sizeof(s));
	}
	assert_true(file_replace(fd, "sandbox", STR("landlock many\n"), 0600, &e));
	assert_false(sandbox_load(&s, fd, &e));
	assert_int_equal(e.code, ERR_CONFIG);
	assert_int_equal(tear_down(&state), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fence),
		cmocka_unit_test(test_without_fence),
		cmocka_unit_test(test_root_is_no_fence),
		cmocka_unit_test(test_told),
	};

	if (!secrets_init(NULL))
		return 1;
	const struct sandbox offer = sandbox_offer();
	AUTO_FREE char *offered = sandbox_words(&offer);
	print_message("this kernel offers: %s\n", offered);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
