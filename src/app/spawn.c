#include <config.h>

#include "app/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"

#define ENVIRONMENT_MAX 32
#define SAID_MAX 512
#define DEFAULT_PATH "/usr/local/bin:/usr/bin:/bin"

/* A program at work; every descriptor -1 when there is none. */
struct child {
	const struct spawn *s;
	pid_t pid;
	int over; /* readable once it has ended */
	int out;
	int err;
	int64_t deadline;
	size_t len;
	char said[SAID_MAX];
	size_t said_len;
};

static void close_one(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

/* A pipe whose reading end is ours and never waits. */
static bool make_pipe(int *ours, int *theirs, struct err *e)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_errno(e, "make a pipe");
	*ours = ends[0];
	*theirs = ends[1];
	if (fcntl(ends[0], F_SETFL, O_NONBLOCK) < 0)
		return err_errno(e, "set up a pipe");
	return true;
}

/* The input lies in memory, so that nobody has to wait while it is written. */
static bool make_input(const struct spawn *s, int *fd, struct err *e)
{
	if (!s->input.len) {
		*fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
		return *fd >= 0 || err_errno(e, "open /dev/null");
	}
	*fd = memfd_create("calwiz-input", MFD_CLOEXEC);
	if (*fd < 0)
		return err_errno(e, "make room for a program's input");
	if (!file_write_all(*fd, s->input, e))
		return false;
	return lseek(*fd, 0, SEEK_SET) == 0 || err_errno(e, "rewind");
}

static void make_environment(const struct spawn *s, char *out[ENVIRONMENT_MAX + 1])
{
	size_t n = 0;

	for (size_t i = 0; s->inherit[i] && n < ENVIRONMENT_MAX; i++) {
		const char *value = getenv(s->inherit[i]);
		if (value)
			out[n++] = xasprintf("%s=%s", s->inherit[i], value);
	}
	for (size_t i = 0; s->set && s->set[i] && n < ENVIRONMENT_MAX; i++)
		out[n++] = xstrdup(s->set[i]);
	out[n] = NULL;
}

/* Signals as a fresh program expects them: we ignore some and keep others waiting. */
static int set_attributes(posix_spawnattr_t *a)
{
	sigset_t none;
	sigset_t all;

	(void)sigemptyset(&none);
	(void)sigfillset(&all);
	(void)posix_spawnattr_setsigmask(a, &none);
	(void)posix_spawnattr_setsigdefault(a, &all);
	(void)posix_spawnattr_setpgroup(a, 0);
	return posix_spawnattr_setflags(a,
		POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

static int start_with(struct child *c, const int fds[3])
{
	char *environment[ENVIRONMENT_MAX + 1];
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	AUTO_FREE char **argv = NULL;
	size_t n = 0;
	int wrong = 0;

	while (c->s->argv[n])
		n++;
	argv = xcalloc(n + 1, sizeof(*argv));
	for (size_t i = 0; i < n; i++)
		argv[i] = xstrdup(c->s->argv[i]);
	make_environment(c->s, environment);
	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawnattr_init(&attributes);
	for (int i = 0; i < 3 && !wrong; i++)
		wrong = posix_spawn_file_actions_adddup2(&actions, fds[i], i);
	if (!wrong)
		wrong = posix_spawn_file_actions_addclosefrom_np(&actions, 3);
	if (!wrong)
		wrong = set_attributes(&attributes);
	if (!wrong)
		wrong = posix_spawn(&c->pid, c->s->path, &actions, &attributes, argv,
			environment);
	(void)posix_spawnattr_destroy(&attributes);
	(void)posix_spawn_file_actions_destroy(&actions);
	for (size_t i = 0; environment[i]; i++)
		free(environment[i]);
	for (size_t i = 0; i < n; i++)
		free(argv[i]);
	return wrong;
}

static bool cannot_start(const struct child *c, int number, struct err *e)
{
	const bool short_of = number == EAGAIN || number == ENOMEM;

	return err_set(e, short_of ? ERR_SYSTEM : ERR_CONFIG, "%s cannot be run: %s",
		safe(str_of(c->s->path)).text, strerror(number));
}

static bool child_start(struct child *c, struct err *e)
{
	AUTO_CLOSE int input = -1;
	AUTO_CLOSE int out = -1;
	AUTO_CLOSE int err = -1;

	if (!make_input(c->s, &input, e) || !make_pipe(&c->out, &out, e) ||
		!make_pipe(&c->err, &err, e))
		return false;
	const int wrong = start_with(c, (const int[3]){input, out, err});
	if (wrong)
		return cannot_start(c, wrong, e);
	c->over = pidfd_open(c->pid, 0);
	return c->over >= 0 || err_errno(e, "watch %s", safe(str_of(c->s->path)).text);
}

static bool too_much(const struct child *c, struct err *e)
{
	return err_set(e, ERR_CONFIG, "%s printed more than %zu bytes",
		safe(str_of(c->s->path)).text, c->s->room);
}

/* One more byte than there is room for tells that it was too much. */
static bool take_output(struct child *c, struct err *e)
{
	char beyond;

	for (;;) {
		const bool full = c->len == c->s->room;
		const ssize_t got =
			full ? read(c->out, &beyond, 1)
			     : read(c->out, c->s->into + c->len, c->s->room - c->len);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EAGAIN)
			return true;
		if (got < 0)
			return err_errno(e, "read what a program printed");
		if (got && full)
			return too_much(c, e);
		if (!got) {
			close_one(&c->out);
			return true;
		}
		c->len += (size_t)got;
	}
}

/* The start is kept for the message, the rest is read away, some at a time. */
static void take_words(struct child *c)
{
	char rest[SAID_MAX];
	const bool full = c->said_len == sizeof(c->said);
	const ssize_t got = full ? read(c->err, rest, sizeof(rest))
	                         : read(c->err, c->said + c->said_len,
					   sizeof(c->said) - c->said_len);

	if (got > 0 && !full)
		c->said_len += (size_t)got;
	if (!got || (got < 0 && errno != EAGAIN && errno != EINTR))
		close_one(&c->err);
}

static int time_left(const struct child *c)
{
	const struct clock clock = clock_system();
	const int64_t left = c->deadline - clock_mono_ms(&clock);

	return left > 0 ? (int)left : 0;
}

static bool child_wait(struct child *c, struct err *e)
{
	bool ended = false;

	while (!ended || c->out >= 0) {
		struct pollfd fds[] = {{.fd = c->out, .events = POLLIN},
			{.fd = c->err, .events = POLLIN},
			{.fd = ended ? -1 : c->over, .events = POLLIN}};
		const int ready = poll(fds, COUNT_OF(fds), time_left(c));
		if (ready < 0 && errno != EINTR)
			return err_errno(e, "wait for a program");
		if (!time_left(c))
			return err_set(e, ERR_BUSY, "%s did not end within %d seconds",
				safe(str_of(c->s->path)).text,
				(c->s->limit_ms + 999) / 1000);
		if (ready <= 0)
			continue;
		if (fds[0].revents && !take_output(c, e))
			return false;
		if (fds[1].revents)
			take_words(c);
		ended = ended || fds[2].revents;
	}
	while (c->err >= 0 && poll(&(struct pollfd){c->err, POLLIN, 0}, 1, 0) > 0 &&
		time_left(c))
		take_words(c);
	return true;
}

/* The group first: as long as its leader was not waited for, its number is its own. */
static void child_end(struct child *c, struct spawn_end *end)
{
	siginfo_t info = {0};

	if (c->pid > 0) {
		(void)kill(-c->pid, SIGKILL);
		while (waitid(P_PID, (id_t)c->pid, &info, WEXITED) < 0 &&
			errno == EINTR)
			;
	}
	close_one(&c->out);
	close_one(&c->err);
	close_one(&c->over);
	const bool exited = info.si_code == CLD_EXITED;
	struct str said = {c->said, c->said_len};
	struct str line = {0};
	*end = (struct spawn_end){.len = c->len,
		.status = exited ? info.si_status : -1,
		.number = exited ? 0 : info.si_status};
	while (!line.len && str_line(&said, &line))
		line = str_trim(line);
	if (line.len)
		end->said = safe(line);
}

bool spawn_run(const struct spawn *s, struct spawn_end *end, struct err *e)
{
	const struct clock clock = clock_system();
	struct child c = {.s = s,
		.over = -1,
		.out = -1,
		.err = -1,
		.deadline = clock_mono_ms(&clock) + s->limit_ms};
	struct spawn_end how;

	const bool done = child_start(&c, e) && child_wait(&c, e);
	child_end(&c, &how);
	if (done)
		*end = how;
	return done;
}

char *spawn_find(const char *name)
{
	const char *path = getenv("PATH");
	struct str rest = str_of(path && path[0] ? path : DEFAULT_PATH);
	struct str folder;

	while (str_split(&rest, ':', &folder)) {
		if (!str_starts(folder, STR("/")))
			continue;
		char *file = xasprintf(STR_FMT "/%s", STR_ARG(folder), name);
		if (access(file, X_OK) == 0)
			return file;
		free(file);
	}
	return NULL;
}
