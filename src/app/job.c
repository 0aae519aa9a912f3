#include <config.h>

#include "app/job.h"

#include <string.h>

#include "app/link.h"
#include "app/outcome.h"
#include "base/file.h"
#include "base/mem.h"
#include "net/patient.h"

#define RUN_DEADLINE_MS (15 * 60 * 1000)

struct job {
	struct job_options o;
	int lock;
	struct state *state; /* owned */
	struct outcome outcome;
	struct http *http;       /* owned */
	struct patient *patient; /* owned */
	struct gate gate;
	struct run *run; /* owned */
	struct loop_timer *later;
	struct err failed; /* what kept the run from starting */
	int64_t started;
	bool over;
};

static int64_t wall_seconds(const struct job *j)
{
	return clock_wall_ms(loop_clock(j->o.loop)) / 1000;
}

static uint64_t generation(const struct job *j)
{
	const struct vault *v = j->o.profile->vault;
	return v ? vault_generation(v) : 0;
}

static void finish(struct job *j, const struct run_result *r)
{
	j->over = true;
	if (j->state && j->run && !j->o.dry_run) {
		outcome_take(&j->outcome, r, j->started, wall_seconds(j),
			generation(j));
		/* What cannot be written down now is told by this run all the same. */
		(void)!outcome_save(&j->outcome, j->state, NULL);
	}
	j->o.done(j->o.ctx, r);
}

static void on_done(void *ctx, const struct run_result *r)
{
	finish(ctx, r);
}

static void on_planned(void *ctx, const struct planned *p)
{
	struct job *j = ctx;

	j->o.planned(j->o.ctx, p);
}

static void report_failure(void *ctx)
{
	struct job *j = ctx;
	const struct run_result r = {.exit = err_exit_status(j->failed.code),
		.err = j->failed};

	j->later = NULL;
	finish(j, &r);
}

/* Settings from an old backup would bring back calendars that were given up. */
static bool check_generation(struct job *j, struct err *e)
{
	const int64_t now = (int64_t)generation(j);

	if (now < j->outcome.vault_generation && !j->o.by_person)
		return err_set(e, ERR_CONFIG,
			"the settings are older than those of the last run; were they "
			"restored "
			"from a backup");
	if (now == j->outcome.vault_generation || j->o.dry_run)
		return true;
	j->outcome.vault_generation = now;
	return outcome_save(&j->outcome, j->state, e);
}

static bool prepare(struct job *j, struct err *e)
{
	const struct profile *p = j->o.profile;
	const struct account *a = j->o.account;
	AUTO_FREE char *lock = xasprintf("%s.lock", a->name);
	SCOPED(uri) entry = {0};
	int state_dir = p->state_dir;
	AUTO_CLOSE int opened = -1;

	if (state_dir < 0) {
		if (!dir_open_private(p->paths.state, true, &opened, e))
			return false;
		state_dir = opened;
	}
	if (!account_entry(a, &entry, &j->gate, e) ||
		!file_lock(state_dir, lock, 0, &j->lock, e) ||
		!state_open(&j->state, p->paths.state, a->name, e) ||
		!outcome_load(&j->outcome, j->state, e) || !check_generation(j, e))
		return false;
	return j->o.by_person ||
	       outcome_may_start(&j->outcome, j->started, generation(j), e);
}

static void start(struct job *j)
{
	const int64_t now = clock_mono_ms(loop_clock(j->o.loop));
	const int64_t deadline = j->o.by_person ? 0 : now + RUN_DEADLINE_MS;

	j->http = http_new(j->o.loop,
		&(struct http_options){.gate = j->gate,
			.login = j->o.account->login,
			.password = j->o.account->password,
			.log = j->o.log,
			.deadline_ms = deadline});
	j->patient = patient_new(j->o.loop,
		&(struct patient_options){.inner = http_transport(j->http),
			.log = j->o.log,
			.deadline_ms = deadline});
	j->run = run_start(&(struct run_options){.account = j->o.account,
		.state = j->state,
		.transport = patient_transport(j->patient),
		.gate = &j->gate,
		.clock = loop_clock(j->o.loop),
		.log = j->o.log,
		.host_id = j->o.profile->host_id,
		.only_calendar = j->o.only_calendar,
		.dry_run = j->o.dry_run,
		.full = j->o.full,
		.progress = j->o.progress,
		.ctx = j,
		.planned = j->o.planned ? on_planned : NULL,
		.done = on_done});
}

struct job *job_start(const struct job_options *o)
{
	struct job *j = xcalloc(1, sizeof(*j));

	j->o = *o;
	j->lock = -1;
	j->started = wall_seconds(j);
	if (prepare(j, &j->failed))
		start(j);
	else
		j->later = loop_after(o->loop, 0, report_failure, j);
	return j;
}

void job_cancel(struct job *j)
{
	if (j->over)
		return;
	if (j->run) {
		run_cancel(j->run);
		return;
	}
	loop_timer_cancel(j->o.loop, j->later);
	report_failure(j);
}

void job_free(struct job *j)
{
	if (!j)
		return;
	loop_timer_cancel(j->o.loop, j->later);
	run_free(j->run);
	patient_free(j->patient);
	http_free(j->http);
	state_free(j->state);
	if (j->lock >= 0)
		(void)close(j->lock);
	free(j);
}

struct http_stats job_stats(const struct job *j)
{
	return j->http ? http_stats(j->http) : (struct http_stats){0};
}

bool job_tell(struct job *j, int exit)
{
	if (!j->state || j->o.dry_run)
		return true;
	const bool tell = outcome_tell(&j->outcome, exit, wall_seconds(j));
	if (tell)
		(void)!outcome_save(&j->outcome, j->state, NULL);
	return tell;
}
