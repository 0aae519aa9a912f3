#include <config.h>

#include "app/check.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "app/link.h"
#include "app/profile.h"
#include "app/sandbox.h"
#include "app/schedule.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"

#define LOW_SPACE (64UL * 1024 * 1024)

struct check {
	const struct options *o;
	struct loop *loop;
	const struct account *account; /* the one being looked at */
	int status;
	bool over;
};

enum verdict { CHECK_OK, CHECK_NOTE, CHECK_FAIL };

/* One finished line: what was looked at, how it is, how long it took, the way out. */
struct finding {
	const char *what;
	enum verdict verdict;
	const char *detail;
	int64_t ms;      /* -1 = not measured */
	const char *way; /* "" = none needed */
};

static void print_json(const struct check *c, const struct finding *f)
{
	static const char *const words[] = {"ok", "note", "fail"};
	SCOPED(buf) line = {0};

	buf_text(&line, "{\"check\":\"");
	buf_json(&line, str_of(f->what));
	if (c->account) {
		buf_text(&line, "\",\"account\":\"");
		buf_json(&line, str_of(c->account->name));
	}
	buf_printf(&line, "\",\"result\":\"%s\",\"detail\":\"", words[f->verdict]);
	buf_json(&line, str_of(f->detail));
	buf_text(&line, "\",\"way_out\":\"");
	buf_json(&line, str_of(f->way));
	buf_char(&line, '"');
	if (f->ms >= 0)
		buf_printf(&line, ",\"ms\":%lld", (long long)f->ms);
	printf("%s}\n", buf_cstr(&line));
}

static void print_text(const struct finding *f)
{
	static const char *const words[] = {"ok  ", "note", "FAIL"};

	printf("%s  %-26s %s", words[f->verdict], f->what, f->detail);
	if (f->ms >= 0)
		printf("%s%lld.%lld s", f->detail[0] ? "  " : "",
			(long long)(f->ms / 1000), (long long)(f->ms % 1000 / 100));
	printf("\n");
	if (f->way[0])
		printf("      %s\n", f->way);
}

static void report(struct check *c, const struct finding *f)
{
	if (c->o->json)
		print_json(c, f);
	else
		print_text(f);
	(void)fflush(stdout);
}

static void fail(struct check *c, const char *what, const struct err *e)
{
	const struct finding f = {.what = what,
		.verdict = CHECK_FAIL,
		.detail = e->message,
		.ms = -1,
		.way = err_advice(e->code)};

	c->status = exit_worse(c->status, err_exit_status(e->code));
	report(c, &f);
}

static void say(struct check *c, const char *what, enum verdict verdict,
	const char *detail)
{
	const struct finding f = {.what = what,
		.verdict = verdict,
		.detail = detail,
		.ms = -1,
		.way = ""};
	report(c, &f);
}

static const char *step_name(const struct check *c, enum link_step step)
{
	const bool icloud = c->account->provider == PROVIDER_ICLOUD;

	switch (step) {
	case LINK_REACH:
		return "reach the server";
	case LINK_SECURE:
		return "secure connection";
	case LINK_SIGN_IN:
		return icloud ? "Apple accepts the sign-in" : "sign-in accepted";
	case LINK_FIND:
		return "find the calendars";
	case LINK_LIST:
		return "read the list";
	case LINK_RIGHTS:
	case LINK_STEPS:
		break;
	}
	return "rights";
}

static void on_step(void *ctx, const struct link_news *news)
{
	struct check *c = ctx;

	if (news->state == LINK_RUNNING)
		return;
	const struct finding f = {.what = step_name(c, news->step),
		.verdict = news->state == LINK_OK ? CHECK_OK : CHECK_FAIL,
		.detail = news->detail,
		.ms = news->ms,
		.way = ""};
	report(c, &f);
}

static void check_choice(struct check *c, const struct calendar_choice *choice,
	const struct dav_calendars *list)
{
	AUTO_FREE char *key = href_key(str_of(choice->path));
	const struct dav_calendar *found = dav_calendars_find(list, key);
	AUTO_FREE char *what =
		xasprintf("calendar %s", safe(str_of(choice->name)).text);
	struct err gone = {.code = ERR_GONE};

	if (!found) {
		(void)err_set(&gone, ERR_GONE,
			"not on the server any more; its files stay");
		fail(c, what, &gone);
	} else if (choice->direction == DIRECTION_BOTH && !found->writable) {
		say(c, what, CHECK_NOTE, "has become read-only on the server");
		c->status = exit_worse(c->status, EXIT_ATTENTION);
	} else {
		say(c, what, CHECK_OK,
			choice->direction == DIRECTION_BOTH ? "both ways"
							    : "from the server");
	}
}

static void on_done(void *ctx, const struct link_result *r)
{
	struct check *c = ctx;

	c->over = true;
	if (r->failed) {
		const struct finding f = {.what = r->words.id,
			.verdict = CHECK_FAIL,
			.detail = r->words.headline,
			.ms = -1,
			.way = r->words.advice};
		report(c, &f);
		c->status = exit_worse(c->status, err_exit_status(r->words.code));
		return;
	}
	for (size_t i = 0; i < c->account->n_calendars; i++) {
		const struct calendar_choice *choice = &c->account->calendars[i];
		if (!c->o->calendar || !strcmp(choice->name, c->o->calendar))
			check_choice(c, choice, r->calendars);
	}
}

static void check_network(struct check *c)
{
	struct err e = {0};
	const struct link_options o = {.loop = c->loop,
		.account = c->account,
		.ctx = c,
		.step = on_step,
		.done = on_done};

	c->over = false;
	AUTO(link_check) *link = link_check_start(&o, &e);
	if (!link) {
		fail(c, "server address", &e);
		return;
	}
	while (!c->over) {
		if (!loop_turn(c->loop, -1, &e)) {
			fail(c, "waiting for the network", &e);
			return;
		}
	}
}

static void check_folder(struct check *c, const struct profile *p)
{
	struct statvfs space;
	struct stat st;
	struct err e = {0};
	AUTO_FREE char *shown = path_shown(&p->paths, c->account->folder);

	if (stat(c->account->folder, &st) < 0) {
		say(c, "folder", CHECK_NOTE,
			"does not exist yet; the first sync makes it");
		return;
	}
	if (!S_ISDIR(st.st_mode) ||
		access(c->account->folder, R_OK | W_OK | X_OK) < 0) {
		(void)err_set(&e, ERR_CREATE, "%s cannot be written to", shown);
		fail(c, "folder", &e);
		return;
	}
	if (statvfs(c->account->folder, &space) == 0 &&
		space.f_bavail * space.f_frsize < LOW_SPACE) {
		(void)err_set(&e, ERR_LOCAL, "%s: less than 64 MB are free", shown);
		fail(c, "folder", &e);
		return;
	}
	say(c, "folder", CHECK_OK, shown);
}

static void check_profile(struct check *c, const struct profile *p)
{
	AUTO_FREE char *settings = xasprintf("%s/" VAULT_FILE ", saved %llu times",
		p->paths.config, (unsigned long long)vault_generation(p->vault));

	say(c, "settings", CHECK_OK, settings);
	say(c, "key", CHECK_OK, p->unlocked_by);
}

static bool wants_schedule(const struct profile *p)
{
	for (size_t i = 0; i < p->settings.n_accounts; i++)
		if (p->settings.accounts[i].schedule_minutes > 0)
			return true;
	return false;
}

/* An exit status of systemd's own (systemd.exec(5)): the program was not started. */
static bool was_not_started(const struct schedule_state *s)
{
	return s->last_status >= 200 && s->last_status <= 245;
}

static void judge_schedule(struct check *c, const struct schedule_state *s)
{
	AUTO_FREE char *words = schedule_words(s);
	struct finding f = {.what = "schedule",
		.verdict = CHECK_NOTE,
		.detail = words,
		.ms = -1,
		.way = ""};
	struct err e = {0};

	if (s->kind != SCHEDULE_NONE && was_not_started(s)) {
		(void)err_set(&e, ERR_CONFIG,
			"%s: systemd could not start the last run, status %d; "
			"systemctl --user status calwiz.service says why",
			words, s->last_status);
		fail(c, "schedule", &e);
		return;
	}
	if (s->paused)
		f.way = "Start it again in the menu of calwiz.";
	else if (!s->this_one)
		f.way = "It starts another copy of calwiz than this one.";
	else
		f.way = schedule_hint(s);
	if (!f.way[0])
		f.verdict = CHECK_OK;
	report(c, &f);
}

static void check_schedule(struct check *c, const struct profile *p)
{
	struct schedule_state s = {0};
	struct err e = {0};

	if (!schedule_show(&p->paths, &s, &e)) {
		fail(c, "schedule", &e);
	} else if (s.kind != SCHEDULE_NONE) {
		judge_schedule(c, &s);
	} else if (wants_schedule(p)) {
		(void)err_set(&e, ERR_CONFIG,
			"the settings ask for a schedule, and none is installed");
		fail(c, "schedule", &e);
	} else {
		say(c, "schedule", CHECK_NOTE,
			"off: calwiz --headless runs when you start it");
	}
}

/* The last run tells; before the first, the kernel. */
static void check_sandbox(struct check *c, const struct profile *p)
{
	struct sandbox s = {0};

	if (p->state_dir < 0 || !sandbox_load(&s, p->state_dir, NULL))
		s = sandbox_offer();
	AUTO_FREE char *words = sandbox_words(&s);
	say(c, "sandbox of --headless", s.files ? CHECK_OK : CHECK_NOTE, words);
}

static bool wanted(const struct options *o, const struct account *a)
{
	return !o->account || !strcmp(o->account, a->name);
}

int check_account(const struct options *o, struct loop *loop, const struct account *a)
{
	struct check c = {.o = o, .loop = loop, .account = a};

	check_network(&c);
	return c.status;
}

int check_run(const struct options *o, struct loop *loop)
{
	struct check c = {.o = o, .loop = loop};
	SCOPED(profile) p = {0};
	struct err e = {0};
	size_t looked_at = 0;

	if (!profile_open(&p, o, &e)) {
		fail(&c, "settings", &e);
		return c.status;
	}
	check_profile(&c, &p);
	for (size_t i = 0; i < p.settings.n_accounts; i++) {
		c.account = &p.settings.accounts[i];
		if (!wanted(o, c.account))
			continue;
		looked_at++;
		AUTO_FREE char *who = xasprintf("%s, %s", c.account->name,
			safe(str_of(c.account->login)).text);
		say(&c, "account", CHECK_OK, who);
		check_folder(&c, &p);
		check_network(&c);
	}
	c.account = NULL;
	check_schedule(&c, &p);
	check_sandbox(&c, &p);
	if (!looked_at && o->account) {
		(void)err_set(&e, ERR_USAGE, "there is no account %s",
			safe(str_of(o->account)).text);
		fail(&c, "account", &e);
	}
	return c.status;
}
