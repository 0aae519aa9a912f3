#include <config.h>

#include "ui/session_impl.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "app/status.h"
#include "base/mem.h"

#define TICK_MS 100
/* Numbers that run by themselves change the screen at most this often. */
#define SLOW_PAINT_MS 250

int64_t session_now(const struct session *s)
{
	return clock_mono_ms(loop_clock(s->loop));
}

static void perform(struct session *s, const struct wizard_effect *effect);

void session_feed(struct session *s, const struct wizard_event *event)
{
	struct wizard_effect effect = {0};

	wizard_event(s->wizard, event);
	while (!s->finished && wizard_effect(s->wizard, &effect))
		perform(s, &effect);
}

void session_touch(struct session *s)
{
	s->dirty = DIRTY;
}

static void paint(struct session *s)
{
	struct page page = {0};

	wizard_view(s->wizard, &page);
	if (!page.message && s->face->note[0] && wizard_page(s->wizard) == PAGE_WELCOME)
		page.message = page_copy(&page, s->face->note);
	s->face->ops->paint(s->face, &page, session_now(s));
	s->dirty = CLEAN;
	s->painted_at = session_now(s);
}

void session_news(struct session *s, bool slowly)
{
	if (s->face->lines)
		paint(s);
	else if (!slowly)
		session_touch(s);
	else if (s->dirty == CLEAN)
		s->dirty = DIRTY_SLOWLY;
}

static void feed_size(struct session *s)
{
	struct wizard_event event = {.kind = EVENT_SIZE};

	if (s->face->ops->size(s->face, &event.width, &event.height))
		session_feed(s, &event);
	session_touch(s);
}

static void leave(struct session *s, int status)
{
	s->finished = true;
	s->status = status;
}

static void perform(struct session *s, const struct wizard_effect *effect)
{
	switch (effect->kind) {
	case EFFECT_NONE:
		return;
	case EFFECT_LINK:
		session_start_link(s);
		return;
	case EFFECT_LINK_STOP:
		session_stop_link(s);
		return;
	case EFFECT_FOLDER:
		session_look_at_folder(s);
		return;
	case EFFECT_SAVE:
		session_save(s);
		return;
	case EFFECT_SYNC:
		session_start_sync(s);
		return;
	case EFFECT_SYNC_STOP:
		if (s->job)
			job_cancel(s->job);
		return;
	case EFFECT_REMOVE:
		session_forget(s);
		return;
	case EFFECT_ADDRESS:
		s->face->ops->address(s->face, effect->text);
		session_feed(s, &(struct wizard_event){.kind = EVENT_RETURNED});
		feed_size(s);
		return;
	case EFFECT_SUSPEND:
		s->face->ops->suspend(s->face);
		feed_size(s);
		return;
	case EFFECT_REDRAW:
		s->face->ops->redraw(s->face);
		return;
	case EFFECT_ASCII:
		s->face->ops->switch_glyphs(s->face);
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

	while (!s->finished) {
		struct wizard_event event = {0};
		switch (s->face->ops->read(s->face, &event)) {
		case FACE_NOTHING:
			return;
		case FACE_HUNG_UP:
			leave(s, EXIT_SIGNAL + SIGHUP);
			return;
		case FACE_PAINT:
			paint(s);
			break;
		case FACE_EVENT:
			event.now_ms = session_now(s);
			session_feed(s, &event);
			break;
		}
		session_touch(s);
	}
}

static void on_interrupt(struct session *s)
{
	struct wizard_event event = {0};

	if (!s->face->ops->interrupted(s->face, &event)) {
		leave(s, EXIT_SIGNAL + SIGINT);
		return;
	}
	event.now_ms = session_now(s);
	session_feed(s, &event);
	session_touch(s);
}

static void on_signal(void *ctx, int number)
{
	struct session *s = ctx;

	if (number == SIGWINCH) {
		s->face->ops->resized(s->face);
		feed_size(s);
	} else if (number == SIGCONT) {
		s->face->ops->continued(s->face);
		feed_size(s);
	} else if (number == SIGINT) {
		on_interrupt(s);
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
	session_feed(s,
		&(struct wizard_event){.kind = EVENT_TICK, .now_ms = session_now(s)});
	/* Another page does not wait for the next tick: there may be none there. */
	if (wizard_page(s->wizard) != before)
		session_touch(s);
	else if (s->dirty == CLEAN && time_matters(s))
		s->dirty = DIRTY_SLOWLY;
}

static void paint_if_due(struct session *s)
{
	if (s->dirty == DIRTY ||
		(s->dirty == DIRTY_SLOWLY &&
			session_now(s) - s->painted_at >= SLOW_PAINT_MS))
		paint(s);
}

/* Descriptor 0 is left alone while nothing is asked that it could answer. */
static void listen_if_due(struct session *s)
{
	if (!s->face->ops->listens(s->face)) {
		loop_watch_cancel(s->loop, s->keys);
		s->keys = NULL;
	} else if (!s->keys) {
		s->keys = loop_watch(s->loop, STDIN_FILENO, on_keys, s);
	}
}

/* What ended in a callback is released outside of it. */
static void tidy(struct session *s)
{
	if (s->link_over)
		session_stop_link(s);
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
		paint_if_due(s);
		listen_if_due(s);
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
		.utf8 = s->face->utf8,
		.lines = s->face->lines});
}

static bool run(struct session *s, struct err *e)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGCONT, 0};

	if (!face_open(&s->face, s->o, e) ||
		!loop_signals(s->loop, signals, on_signal, s, e))
		return false;
	s->wizard = make_wizard(s);
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
	session_stop_link(s);
	job_free(s->job);
	loop_timer_cancel(s->loop, s->tick);
	loop_watch_cancel(s->loop, s->keys);
	/* Plain lines are still there to be read; the full screen is not. */
	const bool told = s->face && s->face->lines;
	face_free(take(&s->face));
	if (s->wizard && !told)
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
