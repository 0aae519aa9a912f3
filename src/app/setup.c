#include <config.h>

#include "app/setup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "app/answers.h"
#include "app/check.h"
#include "app/headless.h"
#include "app/link.h"
#include "app/profile.h"
#include "app/schedule.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "cal/password.h"

#define ANSWERS_MAX (256U * 1024)
#define PASSWORD_MAX 1024

struct setup {
	const struct options *o;
	struct loop *loop;
	struct profile profile;
	struct answers answers;
	const char *shown; /* the answers file's name for messages */
	int status;
	bool over;
};

static bool fail(struct setup *s, const struct err *e)
{
	(void)fprintf(stderr, "calwiz: %s. %s\n", e->message, err_advice(e->code));
	s->status = exit_worse(s->status, err_exit_status(e->code));
	return false;
}

/* Prints what was found wrong; true when there was nothing. */
static bool no_problems(struct setup *s)
{
	for (size_t i = 0; i < s->answers.n_problems; i++) {
		const struct problem *p = &s->answers.problems[i];
		if (p->line)
			(void)fprintf(stderr, "%s:%u: %s\n", s->shown, p->line,
				p->text);
		else
			(void)fprintf(stderr, "%s: %s\n", s->shown, p->text);
	}
	if (s->answers.n_problems)
		s->status = exit_worse(s->status, EXIT_USAGE);
	return !s->answers.n_problems;
}

static bool read_all(int fd, struct buf *out, const char *shown, struct err *e)
{
	char chunk[4096];

	for (;;) {
		const ssize_t got = read(fd, chunk, sizeof(chunk));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_errno(e, "read %s", shown);
		if (!got)
			break;
		buf_add(out, (struct str){chunk, (size_t)got});
	}
	if (!buf_ok(out))
		return err_set(e, ERR_USAGE, "%s is too large for an answers file",
			shown);
	if (!utf8_valid(buf_view(out)))
		return err_set(e, ERR_USAGE, "%s is not UTF-8 text", shown);
	return true;
}

static bool read_answers(struct setup *s, struct err *e)
{
	const bool from_stdin = !strcmp(s->o->setup_file, "-");
	SCOPED(buf) text = buf_with_max(ANSWERS_MAX);
	AUTO_CLOSE int opened =
		from_stdin ? -1
			   : open(s->o->setup_file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	s->shown = from_stdin ? "standard input" : s->o->setup_file;
	if (from_stdin && isatty(STDIN_FILENO))
		return err_set(e, ERR_USAGE,
			"--setup - reads a file from standard input, which is a "
			"terminal here");
	if (!from_stdin && opened < 0) {
		(void)err_errno(e, "open %s", safe(str_of(s->shown)).text);
		e->code = ERR_NO_INPUT;
		return false;
	}
	if (!read_all(from_stdin ? STDIN_FILENO : opened, &text, s->shown, e))
		return false;
	answers_read(&s->answers, buf_view(&text), s->profile.paths.home);
	return true;
}

static bool open_password(const struct setup *s, int *fd, bool *ours, struct err *e)
{
	AUTO_FREE char *credential = NULL;
	const char *path = s->o->password_file;

	*ours = s->o->password_fd < 0;
	if (!*ours) {
		*fd = s->o->password_fd;
		if (fcntl(*fd, F_GETFD) < 0)
			return err_set(e, ERR_USAGE,
				"--password-fd %d is not an open file", *fd);
		return true;
	}
	if (!path && s->profile.paths.credentials)
		path = credential =
			xasprintf("%s/calwiz.password", s->profile.paths.credentials);
	if (!path)
		return err_set(e, ERR_USAGE,
			"no password: give --password-file FILE (mode 0600) or "
			"--password-fd N");
	AUTO_CLOSE int opened =
		open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (opened < 0) {
		(void)err_errno(e, "open the password file %s",
			safe(str_of(path)).text);
		e->code = ERR_USAGE;
		return false;
	}
	if (!file_check_private(opened, path, e))
		return false;
	*fd = opened;
	opened = -1;
	return true;
}

/* Reads one line straight into protected memory; surrounding white space goes. */
static bool read_line(int fd, struct secret *raw, struct err *e)
{
	char *bytes = secret_open(raw);
	size_t len = 0;
	ssize_t got = 1;

	while (got > 0 && len < PASSWORD_MAX && !memchr(bytes, '\n', len)) {
		got = read(fd, bytes + len, PASSWORD_MAX - len);
		if (got < 0 && errno == EINTR)
			got = 1;
		else if (got > 0)
			len += (size_t)got;
	}
	const struct str line = str_trim((struct str){bytes, len});
	const bool ok = got >= 0 && line.len && line.len < PASSWORD_MAX &&
	                !memchr(line.ptr, '\n', line.len) &&
	                !memchr(line.ptr, 0, line.len);
	memmove(bytes, line.ptr, line.len);
	secret_set_len(raw, line.len);
	secret_close(raw);
	return ok ||
	       err_set(e, ERR_USAGE,
		       "the password file must hold the password in its first line and "
		       "nothing else");
}

static struct secret *cleaned(struct secret *raw)
{
	struct secret *clean = secret_new(secret_len(raw) + secret_len(raw) / 4 + 1);
	char *out = secret_open(clean);

	secret_set_len(clean, password_clean(secret_view(raw), out));
	secret_close(raw);
	secret_close(clean);
	return clean;
}

static bool read_password(struct setup *s, struct err *e)
{
	AUTO(secret) *raw = secret_new(PASSWORD_MAX);
	struct account *a = &s->answers.account;
	bool ours = false;
	int fd = -1;

	if (!open_password(s, &fd, &ours, e))
		return false;
	const bool ok = read_line(fd, raw, e);
	if (ours)
		(void)close(fd);
	if (!ok)
		return false;
	a->password = a->provider == PROVIDER_ICLOUD ? cleaned(raw) : take(&raw);
	return true;
}

static void on_linked(void *ctx, const struct link_result *r)
{
	struct setup *s = ctx;
	struct account *a = &s->answers.account;

	s->over = true;
	if (r->failed) {
		(void)fprintf(stderr, "calwiz: %s (%s). %s\n", r->words.headline,
			r->words.id, r->words.advice);
		s->status = exit_worse(s->status, err_exit_status(r->words.code));
		return;
	}
	a->home = xstrdup(r->home);
	a->principal = xstrdup_or_null(r->principal);
	answers_resolve(&s->answers, r->calendars);
	(void)no_problems(s);
}

static bool ask_server(struct setup *s, struct err *e)
{
	const struct link_options o = {.loop = s->loop,
		.account = &s->answers.account,
		.ctx = s,
		.done = on_linked};
	AUTO(link_check) *link = link_check_start(&o, e);

	if (!link)
		return false;
	while (!s->over)
		if (!loop_turn(s->loop, -1, e))
			return false;
	return true;
}

static bool save(struct setup *s, struct err *e)
{
	const char *name = s->answers.account.name;

	bool changed = false;

	(void)settings_adopt(&s->profile.settings, &s->answers.account, &changed);
	if (!changed) {
		printf("%s: no change\n", name);
		return true;
	}
	if (!profile_save(&s->profile, NULL, e))
		return false;
	printf("%s: saved, %zu calendars\n", name, s->answers.account.n_calendars);
	return true;
}

/* What the answers ask for, told only when there is something to tell. With "off" it
 * may still be there for another account. */
static void settle_schedule(struct setup *s)
{
	struct schedule_state state = {0};
	struct err e = {0};

	if (!schedule_settle(&s->profile, &state, &e)) {
		(void)fail(s, &e);
		return;
	}
	if (state.kind == SCHEDULE_NONE)
		return;
	AUTO_FREE char *words = schedule_words(&state);
	printf("schedule: %s\n", words);
	if (schedule_hint(&state)[0])
		printf("%s\n", schedule_hint(&state));
}

static bool open_profile(struct setup *s, struct err *e)
{
	struct err why = {0};

	if (profile_open(&s->profile, s->o, &why) || why.code == ERR_NO_INPUT)
		return true;
	return err_set(e, why.code, "%s", why.message);
}

static void run(struct setup *s)
{
	struct err e = {0};

	if (!open_profile(s, &e) || !read_answers(s, &e)) {
		(void)fail(s, &e);
		return;
	}
	const bool clean = no_problems(s);
	if (!read_password(s, &e))
		(void)fail(s, &e);
	if (!clean || s->status)
		return;
	if (!ask_server(s, &e)) {
		(void)fail(s, &e);
		return;
	}
	if (s->status || s->o->check)
		return;
	if (!save(s, &e)) {
		(void)fail(s, &e);
		return;
	}
	if (s->answers.first_sync)
		s->status = headless_sync_now(s->o, s->loop, &s->profile,
			s->answers.account.name);
	settle_schedule(s); /* the folder is there now, and can be named */
}

int setup_run(const struct options *o, struct loop *loop)
{
	struct setup s = {.o = o, .loop = loop};

	s.profile.config_dir = s.profile.state_dir = -1;
	run(&s);
	if (!s.status && o->check)
		printf("%s: the answers are good; nothing was saved\n",
			s.answers.account.name);
	answers_clear(&s.answers);
	profile_clear(&s.profile);
	return s.status;
}
