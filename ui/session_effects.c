#include <config.h>

#include <stdio.h>
#include <unistd.h>

#include "app/schedule.h"
#include "app/status.h"
#include "ui/folder.h"
#include "ui/session_impl.h"

/* Checking access */

static void on_link_step(void *ctx, const struct link_news *news)
{
	static const enum step_state states[] = {[LINK_RUNNING] = STEP_RUNNING,
		[LINK_OK] = STEP_DONE,
		[LINK_FAILED] = STEP_FAILED};
	struct session *s = ctx;

	session_feed(s, &(struct wizard_event){.kind = EVENT_LINK_STEP,
				.step = news->step,
				.state = states[news->state],
				.ms = news->ms,
				.text = str_of(news->detail),
				.now_ms = session_now(s)});
	session_news(s, false);
}

static void on_link_done(void *ctx, const struct link_result *r)
{
	struct session *s = ctx;

	s->link_over = true;
	session_feed(s, &(struct wizard_event){.kind = EVENT_LINK_DONE,
				.words = r->failed ? &r->words : NULL,
				.diagnosis = r->diagnosis,
				.calendars = r->calendars,
				.home = r->home,
				.principal = r->principal,
				.err = r->failed ? &r->err : NULL,
				.now_ms = session_now(s)});
	session_touch(s);
}

void session_stop_link(struct session *s)
{
	link_check_free(take(&s->link));
	s->link_over = false;
}

void session_start_link(struct session *s)
{
	struct err e = {0};

	session_stop_link(s);
	s->link = link_check_start(&(struct link_options){.loop = s->loop,
					   .account = wizard_account(s->wizard),
					   .ctx = s,
					   .step = on_link_step,
					   .done = on_link_done},
		&e);
	if (s->link)
		return;
	struct diagnosis_words words = {0};
	diagnosis_describe(DIAGNOSIS_SVC_NOT_DAV, PROVIDER_CALDAV, "", &words);
	(void)snprintf(words.headline, sizeof(words.headline), "%.118s", e.message);
	session_feed(s, &(struct wizard_event){.kind = EVENT_LINK_DONE,
				.words = &words,
				.diagnosis = DIAGNOSIS_SVC_NOT_DAV,
				.err = &e,
				.now_ms = session_now(s)});
}

/* Saving */

static void on_saving(void *ctx, const struct profile_news *news)
{
	session_feed(ctx, &(struct wizard_event){.kind = EVENT_SAVE_STEP,
				  .text = str_of(news->step),
				  .state = news->done ? STEP_DONE : STEP_RUNNING});
}

/* Installs, changes or removes what starts the sync by itself, as the settings say. */
static void settle_schedule(struct session *s)
{
	struct schedule_state state = {0};
	struct err e = {0};
	const bool ok = schedule_settle(&s->profile, &state, &e);
	AUTO_FREE char *words = ok ? schedule_words(&state) : NULL;

	if (ok && state.kind == SCHEDULE_NONE)
		return;
	session_feed(s, &(struct wizard_event){.kind = EVENT_SCHEDULE,
				.text = str_of(words),
				.err = ok ? NULL : &e});
}

static bool folder_is_there(const struct account *a)
{
	return a->folder && access(a->folder, F_OK) == 0;
}

void session_save(struct session *s)
{
	const struct profile_sink sink = {.ctx = s, .news = on_saving};
	struct err e = {0};

	const struct account *saved =
		settings_adopt(&s->profile.settings, wizard_account(s->wizard), NULL);
	const bool ok = profile_save(&s->profile, &sink, &e);
	/* A timer names the folder, so on a first run it waits for the first sync. */
	if (ok && folder_is_there(saved))
		settle_schedule(s);
	session_feed(s, &(struct wizard_event){.kind = EVENT_SAVED,
				.text = str_of(saved->name),
				.err = ok ? NULL : &e,
				.now_ms = session_now(s)});
	session_touch(s);
}

void session_forget(struct session *s)
{
	struct err e = {0};
	const bool ok =
		profile_forget(&s->profile, wizard_account(s->wizard)->name, &e);

	if (ok)
		settle_schedule(s);
	session_feed(s,
		&(struct wizard_event){.kind = EVENT_REMOVED, .err = ok ? NULL : &e});
	session_touch(s);
}

/* Syncing */

static void on_progress(void *ctx, const struct progress *p)
{
	struct session *s = ctx;

	session_feed(s, &(struct wizard_event){.kind = EVENT_PROGRESS,
				.progress = p,
				.now_ms = session_now(s)});
	session_news(s, true);
}

static void on_synced(void *ctx, const struct run_result *r)
{
	struct session *s = ctx;

	s->job_over = true;
	/* Written for monitoring; the page tells the outcome itself. */
	(void)!status_write(&s->profile, NULL);
	settle_schedule(s);
	session_feed(s, &(struct wizard_event){.kind = EVENT_SYNCED,
				.result = r,
				.now_ms = session_now(s)});
	session_touch(s);
}

void session_start_sync(struct session *s)
{
	const char *name = wizard_account(s->wizard)->name;
	const struct account *a =
		name ? settings_find(&s->profile.settings, name)
		     : &s->profile.settings
				.accounts[s->profile.settings.n_accounts - 1];

	job_free(take(&s->job));
	s->job_over = false;
	s->job = job_start(&(struct job_options){.loop = s->loop,
		.profile = &s->profile,
		.account = a,
		.by_person = true,
		.progress = {.ctx = s, .calendar = on_progress},
		.ctx = s,
		.done = on_synced});
}

void session_look_at_folder(struct session *s)
{
	char why[200] = "";
	const enum folder_state state =
		folder_look(wizard_account(s->wizard), why, sizeof(why));

	session_feed(s, &(struct wizard_event){.kind = EVENT_FOLDER,
				.folder = state,
				.text = str_of(why)});
	session_touch(s);
}
