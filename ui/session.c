#include <config.h>

#include "ui/session.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "app/job.h"
#include "app/link.h"
#include "app/profile.h"
#include "app/status.h"
#include "base/mem.h"
#include "ui/folder.h"
#include "ui/term_curses.h"
#include "ui/wizard.h"

#define TICK_MS 100
/* Numbers that run by themselves change the screen at most this often. */
#define SLOW_PAINT_MS 250

struct session {
	const struct options *o;
	struct loop *loop;
	struct profile profile;
	struct term *term;     /* owned */
	struct wizard *wizard; /* owned */
	struct grid grid;
	struct loop_watch *keys;
	struct loop_timer *tick;
	struct link_check *link; /* owned */
	bool link_over;
	struct job *job; /* owned */
	bool job_over;
	enum { CLEAN, DIRTY_SLOWLY, DIRTY } dirty;
	int64_t painted_at;
	bool finished;
	int status;
};

static int64_t now(const struct session *s)
{
	return clock_mono_ms(loop_clock(s->loop));
}

static void perform(struct session *s, const struct wizard_effect *effect);

/* Gives an event to the wizard and carries out what follows from it. */
static void feed(struct session *s, const struct wizard_event *event)
{
	struct wizard_effect effect = {0};

	wizard_event(s->wizard, event);
	while (!s->finished && wizard_effect(s->wizard, &effect))
		perform(s, &effect);
}

static void touch(struct session *s)
{
	s->dirty = DIRTY;
}

static void feed_size(struct session *s)
{
	struct wizard_event event = {.kind = EVENT_SIZE};

	term_size(s->term, &event.width, &event.height);
	feed(s, &event);
	touch(s);
}

static void leave(struct session *s, int status)
{
	s->finished = true;
	s->status = status;
}

/* Checking access */

static void on_link_step(void *ctx, const struct link_news *news)
{
	static const enum step_state states[] = {[LINK_RUNNING] = STEP_RUNNING,
		[LINK_OK] = STEP_DONE,
		[LINK_FAILED] = STEP_FAILED};
	struct session *s = ctx;

	feed(s, &(struct wizard_event){.kind = EVENT_LINK_STEP,
			.step = news->step,
			.state = states[news->state],
			.ms = news->ms,
			.text = str_of(news->detail),
			.now_ms = now(s)});
	touch(s);
}

static void on_link_done(void *ctx, const struct link_result *r)
{
	struct session *s = ctx;

	s->link_over = true;
	feed(s, &(struct wizard_event){.kind = EVENT_LINK_DONE,
			.words = r->failed ? &r->words : NULL,
			.diagnosis = r->diagnosis,
			.calendars = r->calendars,
			.home = r->home,
			.principal = r->principal,
			.err = r->failed ? &r->err : NULL,
			.now_ms = now(s)});
	touch(s);
}

static void stop_link(struct session *s)
{
	link_check_free(take(&s->link));
	s->link_over = false;
}

static void start_link(struct session *s)
{
	struct err e = {0};

	stop_link(s);
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
	feed(s, &(struct wizard_event){.kind = EVENT_LINK_DONE,
			.words = &words,
			.diagnosis = DIAGNOSIS_SVC_NOT_DAV,
			.err = &e,
			.now_ms = now(s)});
}

/* Saving */

static void on_saving(void *ctx, const struct profile_news *news)
{
	feed(ctx, &(struct wizard_event){.kind = EVENT_SAVE_STEP,
			  .text = str_of(news->step),
			  .state = news->done ? STEP_DONE : STEP_RUNNING});
}

static void save(struct session *s)
{
	const struct profile_sink sink = {.ctx = s, .news = on_saving};
	struct err e = {0};

	const struct account *saved =
		settings_adopt(&s->profile.settings, wizard_account(s->wizard), NULL);
	const bool ok = profile_save(&s->profile, &sink, &e);
	feed(s, &(struct wizard_event){.kind = EVENT_SAVED,
			.text = str_of(saved->name),
			.err = ok ? NULL : &e,
			.now_ms = now(s)});
	touch(s);
}

static void forget(struct session *s)
{
	struct err e = {0};
	const bool ok =
		profile_forget(&s->profile, wizard_account(s->wizard)->name, &e);

	feed(s, &(struct wizard_event){.kind = EVENT_REMOVED, .err = ok ? NULL : &e});
	touch(s);
}

/* Syncing */

static void on_progress(void *ctx, const struct progress *p)
{
	struct session *s = ctx;

	feed(s, &(struct wizard_event){.kind = EVENT_PROGRESS,
			.progress = p,
			.now_ms = now(s)});
	if (s->dirty == CLEAN)
		s->dirty = DIRTY_SLOWLY;
}

static void on_synced(void *ctx, const struct run_result *r)
{
	struct session *s = ctx;

	s->job_over = true;
	/* Written for monitoring; the page tells the outcome itself. */
	(void)!status_write(&s->profile, NULL);
	feed(s, &(struct wizard_event){.kind = EVENT_SYNCED,
			.result = r,
			.now_ms = now(s)});
	touch(s);
}

static void start_sync(struct session *s)
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

static void look_at_folder(struct session *s)
{
	char why[200] = "";
	const enum folder_state state =
		folder_look(wizard_account(s->wizard), why, sizeof(why));

	feed(s, &(struct wizard_event){.kind = EVENT_FOLDER,
			.folder = state,
			.text = str_of(why)});
	touch(s);
}

static void perform(struct session *s, const struct wizard_effect *effect)
{
	switch (effect->kind) {
	case EFFECT_NONE:
		return;
	case EFFECT_LINK:
		start_link(s);
		return;
	case EFFECT_LINK_STOP:
		stop_link(s);
		return;
	case EFFECT_FOLDER:
		look_at_folder(s);
		return;
	case EFFECT_SAVE:
		save(s);
		return;
	case EFFECT_SYNC:
		start_sync(s);
		return;
	case EFFECT_SYNC_STOP:
		if (s->job)
			job_cancel(s->job);
		return;
	case EFFECT_REMOVE:
		forget(s);
		return;
	case EFFECT_ADDRESS:
		term_show_address(s->term, effect->text);
		feed(s, &(struct wizard_event){.kind = EVENT_RETURNED});
		feed_size(s);
		return;
	case EFFECT_SUSPEND:
		term_suspend(s->term);
		feed_size(s);
		return;
	case EFFECT_REDRAW:
		term_redraw(s->term);
		return;
	case EFFECT_ASCII:
		term_set_glyphs(s->term, term_glyphs(s->term) == GLYPHS_UTF8
						 ? GLYPHS_ASCII
						 : GLYPHS_UTF8);
		term_redraw(s->term);
		return;
	case EFFECT_QUIT:
		leave(s, effect->status);
		return;
	}
}

/* Keys, signals, time */

static void on_keys(void *ctx)
{
	struct session *s = ctx;
	struct term_input in = {0};

	for (term_read(s->term, &in); in.kind != TERM_NOTHING && !s->finished;
		term_read(s->term, &in)) {
		if (in.kind == TERM_HUNG_UP) {
			leave(s, EXIT_SIGNAL + SIGHUP);
			return;
		}
		feed(s, &(struct wizard_event){
				.kind = in.kind == TERM_PASTE ? EVENT_PASTE : EVENT_KEY,
				.key = in.key,
				.text = in.paste,
				.now_ms = now(s)});
		touch(s);
	}
}

static void on_signal(void *ctx, int number)
{
	struct session *s = ctx;

	if (number == SIGWINCH) {
		term_resized(s->term);
		feed_size(s);
	} else if (number == SIGCONT) {
		term_continued(s->term);
		feed_size(s);
	} else {
		leave(s, EXIT_SIGNAL + number);
	}
}

static bool time_matters(const struct session *s)
{
	const enum wizard_page page = wizard_page(s->wizard);
	return page == PAGE_VERIFY || page == PAGE_SYNC;
}

static void on_tick(void *ctx)
{
	struct session *s = ctx;
	const enum wizard_page before = wizard_page(s->wizard);

	s->tick = NULL;
	feed(s, &(struct wizard_event){.kind = EVENT_TICK, .now_ms = now(s)});
	/* Another page does not wait for the next tick: there may be none there. */
	if (wizard_page(s->wizard) != before)
		touch(s);
	else if (s->dirty == CLEAN && time_matters(s))
		s->dirty = DIRTY_SLOWLY;
}

static void paint(struct session *s)
{
	struct page page = {0};
	int width = 0;
	int height = 0;

	if (s->dirty == CLEAN ||
		(s->dirty == DIRTY_SLOWLY && now(s) - s->painted_at < SLOW_PAINT_MS))
		return;
	wizard_view(s->wizard, &page);
	if (!page.message && term_note(s->term)[0] &&
		wizard_page(s->wizard) == PAGE_WELCOME)
		page.message = term_note(s->term);
	term_size(s->term, &width, &height);
	grid_draw(&s->grid, &page, width, height, term_glyphs(s->term));
	page_clear(&page);
	term_paint(s->term, &s->grid);
	s->dirty = CLEAN;
	s->painted_at = now(s);
}

/* What ended in a callback is released outside of it. */
static void tidy(struct session *s)
{
	if (s->link_over)
		stop_link(s);
	if (s->job_over) {
		job_free(take(&s->job));
		s->job_over = false;
	}
	if (!s->tick && (time_matters(s) || s->dirty == DIRTY_SLOWLY))
		s->tick = loop_after(s->loop, TICK_MS, on_tick, s);
}

static bool turns(struct session *s, struct err *e)
{
	while (!s->finished) {
		tidy(s);
		paint(s);
		if (!loop_turn(s->loop, -1, e))
			return false;
	}
	return true;
}

static struct wizard *make_wizard(struct session *s)
{
	struct settings *settings = &s->profile.settings;
	struct account *saved = NULL;
	bool good = true;

	if (s->o->account)
		saved = settings_find(settings, s->o->account);
	else if (settings->n_accounts)
		saved = &settings->accounts[0];
	AUTO_FREE char *words =
		saved ? status_of(&s->profile, saved, &good) : xstrdup("");
	const struct paths *paths = &s->profile.paths;
	AUTO_FREE char *folder = xasprintf("%s/Calendars", paths->home);
	AUTO_FREE char *vault = xasprintf("%s/" VAULT_FILE, paths->config);
	AUTO_FREE char *key = xasprintf("%s/" KEY_FILE_NAME, paths->state);
	AUTO_FREE char *vault_shown = path_shown(paths, vault);
	AUTO_FREE char *key_shown = path_shown(paths, key);
	return wizard_new(&(struct wizard_start){.saved = saved,
		.folder = folder,
		.vault = vault_shown,
		.key = key_shown,
		.home = paths->home,
		.last_sync = words,
		.attention = !good,
		.utf8 = term_glyphs(s->term) == GLYPHS_UTF8});
}

static bool run(struct session *s, struct err *e)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGCONT, 0};

	if (!term_open(&s->term,
		    &(struct term_options){.no_color = s->o->no_color,
			    .ascii = s->o->ascii},
		    e) ||
		!loop_signals(s->loop, signals, on_signal, s, e))
		return false;
	s->wizard = make_wizard(s);
	s->keys = loop_watch(s->loop, term_fd(s->term), on_keys, s);
	feed_size(s);
	const bool ok = turns(s, e);
	/* A sync in the middle ends safely whatever made the session end. */
	if (s->job && !s->job_over)
		job_cancel(s->job);
	return ok;
}

/* A closed window is seen twice, as an end of the keys and as a signal. The one that
 * was not waited for must not end the program in its own way at the last moment. */
static void ignore_signals(void)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction ignore = {.sa_handler = SIG_IGN};

	(void)sigemptyset(&ignore.sa_mask);
	for (size_t i = 0; i < COUNT_OF(signals); i++)
		(void)sigaction(signals[i], &ignore, NULL);
}

static void close_all(struct session *s)
{
	ignore_signals();
	stop_link(s);
	job_free(s->job);
	loop_timer_cancel(s->loop, s->tick);
	loop_watch_cancel(s->loop, s->keys);
	grid_clear(&s->grid);
	term_free(take(&s->term));
	if (s->wizard)
		(void)fputs(wizard_farewell(s->wizard), stdout);
	wizard_free(s->wizard);
	profile_clear(&s->profile);
}

int session_run(const struct options *o, struct loop *loop)
{
	struct session s = {.o = o, .loop = loop};
	struct err e = {0};

	bool ok = profile_open(&s.profile, o, &e) || e.code == ERR_NO_INPUT;
	if (ok && o->account && !settings_find(&s.profile.settings, o->account))
		ok = err_set(&e, ERR_USAGE, "there is no account of that name");
	if (ok) {
		e = (struct err){0};
		ok = run(&s, &e);
	}
	close_all(&s);
	if (ok)
		return s.status;
	(void)fprintf(stderr, "calwiz: %s. %s\n", e.message, err_advice(e.code));
	return err_exit_status(e.code);
}
