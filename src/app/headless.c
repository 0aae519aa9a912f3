#include <config.h>

#include "app/headless.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "app/job.h"
#include "app/report.h"
#include "app/sandbox.h"
#include "app/status.h"
#include "base/mem.h"
#include "base/text.h"

struct headless {
	const struct options *o;
	struct loop *loop;
	struct profile *profile;
	struct account *account; /* the one at work */
	struct job *job;
	struct log log;
	int64_t began;
	bool talkative; /* somebody looks on: a terminal, or -v */
	bool by_person; /* somebody asked for it just now */
	bool over;
	int signal;
	int status;
};

static void complain(const struct headless *h, const struct err *e)
{
	(void)fprintf(stderr, "calwiz: %s%s%s. %s\n",
		h->account ? h->account->name : "", h->account ? ": " : "", e->message,
		err_advice(e->code));
}

static void tell_problems(const struct headless *h, const struct run_result *r)
{
	if (r->err.code != ERR_NONE)
		complain(h, &r->err);
	for (size_t i = 0; i < r->n_calendars; i++) {
		AUTO_FREE char *line = report_problem(&r->calendars[i]);
		if (line)
			(void)fprintf(stderr, "calwiz: %s: %s\n", h->account->name,
				line);
	}
}

/* Cron mails whatever is printed: a failure that repeats is told when it begins, once a
 * day, and when it ends. */
static void tell_quietly(const struct headless *h, const struct run_result *r)
{
	if (!job_tell(h->job, r->exit))
		return;
	if (r->exit == EXIT_OK)
		(void)fprintf(stderr, "calwiz: %s: works again\n", h->account->name);
	else
		tell_problems(h, r);
}

static void print_json(const struct headless *h, const struct run_result *r)
{
	SCOPED(buf) out = {0};

	for (size_t i = 0; i < r->n_calendars; i++) {
		report_json(&out, h->account->name, &r->calendars[i]);
		buf_char(&out, '\n');
	}
	report_json_account(&out, h->account->name, r);
	printf("%s\n", buf_cstr(&out));
}

static void print_lines(const struct headless *h, const struct run_result *r)
{
	const int64_t ms = clock_mono_ms(loop_clock(h->loop)) - h->began;

	for (size_t i = 0; i < r->n_calendars; i++) {
		AUTO_FREE char *line = report_calendar_line(&r->calendars[i]);
		printf("%s\n", line);
	}
	AUTO_FREE char *total = report_total_line(r, ms);
	if (r->n_calendars)
		printf("%s: %s\n", h->account->name, total);
	if (r->new_calendars)
		printf("%s: %zu more on the server, not selected; run calwiz to "
		       "choose\n",
			h->account->name, r->new_calendars);
}

static void on_planned(void *ctx, const struct planned *p)
{
	const struct headless *h = ctx;

	if (h->o->dry_run)
		printf("%s: would %s %s\n", p->calendar, p->verb, p->title);
	else
		log_line(&h->log, LOG_INFO, "%s: %s %s", p->calendar, p->verb,
			p->title);
}

static void on_done(void *ctx, const struct run_result *r)
{
	struct headless *h = ctx;

	h->over = true;
	h->status = exit_worse(h->status, r->exit);
	if (h->o->json)
		print_json(h, r);
	else if (h->talkative && !h->o->quiet)
		print_lines(h, r);
	if (h->talkative || h->o->dry_run || h->o->json)
		tell_problems(h, r);
	else
		tell_quietly(h, r);
	if (r->new_home && !h->o->dry_run) {
		free(h->account->home);
		h->account->home = xstrdup(r->new_home);
		/* Found again at the next run as well, should it not be saved now. */
		(void)!profile_save(h->profile, NULL, NULL);
	}
}

static void on_signal(void *ctx, int number)
{
	struct headless *h = ctx;

	h->signal = number;
	if (h->job)
		job_cancel(h->job);
}

static bool sync_account(struct headless *h, struct err *e)
{
	const struct job_options o = {.loop = h->loop,
		.profile = h->profile,
		.account = h->account,
		.log = &h->log,
		.only_calendar = h->o->calendar,
		.dry_run = h->o->dry_run,
		.full = h->o->full,
		.by_person = h->by_person,
		.ctx = h,
		/* Titles cost a look into every body: only where somebody reads them.
	         */
		.planned = h->o->dry_run || h->o->verbose ? on_planned : NULL,
		.done = on_done};

	h->over = false;
	h->began = clock_mono_ms(loop_clock(h->loop));
	h->job = job_start(&o);
	bool ok = true;
	while (ok && !h->over)
		ok = loop_turn(h->loop, -1, e);
	const struct http_stats used = job_stats(h->job);
	log_line(&h->log, LOG_DEBUG,
		"net: requests=%llu connections=%llu up=%llu down=%llu",
		(unsigned long long)used.requests, (unsigned long long)used.connections,
		(unsigned long long)used.bytes_up, (unsigned long long)used.bytes_down);
	job_free(h->job);
	h->job = NULL;
	return ok;
}

static int sync_all(struct headless *h, const char *only)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, 0};
	struct err e = {0};
	size_t count = 0;

	if (!loop_signals(h->loop, signals, on_signal, h, &e)) {
		complain(h, &e);
		return err_exit_status(e.code);
	}
	for (size_t i = 0; i < h->profile->settings.n_accounts && !h->signal; i++) {
		h->account = &h->profile->settings.accounts[i];
		if (only && strcmp(only, h->account->name) != 0)
			continue;
		count++;
		if (!sync_account(h, &e)) {
			complain(h, &e);
			h->status = exit_worse(h->status, err_exit_status(e.code));
		}
	}
	h->account = NULL;
	if (!count) {
		(void)err_set(&e, ERR_USAGE, "there is no account %s",
			only ? safe(str_of(only)).text : "");
		complain(h, &e);
		return EXIT_USAGE;
	}
	if (!h->o->dry_run && !status_write(h->profile, &e)) {
		complain(h, &e);
		h->status = exit_worse(h->status, err_exit_status(e.code));
	}
	return h->signal ? EXIT_SIGNAL + h->signal : h->status;
}

static struct headless made(const struct options *o, struct loop *loop,
	struct profile *p)
{
	return (struct headless){.o = o,
		.loop = loop,
		.profile = p,
		.log = {.fd = STDERR_FILENO,
			.level = o->verbose > 1   ? LOG_DEBUG
	                         : o->verbose > 0 ? LOG_INFO
	                                          : LOG_QUIET},
		.talkative = o->verbose > 0 || isatty(STDOUT_FILENO)};
}

int headless_sync_now(const struct options *o, struct loop *loop, struct profile *p,
	const char *account)
{
	struct headless h = made(o, loop, p);

	h.by_person = true;
	return sync_all(&h, account);
}

/* From here on: no other file, no other program. Everything that needs one, like the
 * unlock command, has been done. */
static void fence_in(const struct headless *h)
{
	const struct profile *p = h->profile;
	struct sandbox s = {.off = true};
	struct err e = {0};

	if (p->unlock_said.text[0])
		log_line(&h->log, LOG_INFO, "unlock: command says %s",
			p->unlock_said.text);
	if (!h->o->no_sandbox)
		s = sandbox_enter_for(p);
	AUTO_FREE char *words = sandbox_words(&s);
	log_line(&h->log, LOG_DEBUG, "sandbox: %s", words);
	if (!h->o->dry_run && p->state_dir >= 0 && !sandbox_save(&s, p->state_dir, &e))
		complain(h, &e);
}

int headless_run(const struct options *o, struct loop *loop)
{
	struct profile p = {0};
	struct err e = {0};
	int status = EXIT_OK;

	if (profile_open(&p, o, &e)) {
		struct headless h = made(o, loop, &p);
		fence_in(&h);
		status = sync_all(&h, o->account);
	} else {
		(void)fprintf(stderr, "calwiz: %s. %s\n", e.message,
			err_advice(e.code));
		status = err_exit_status(e.code);
	}
	profile_clear(&p);
	return status;
}
