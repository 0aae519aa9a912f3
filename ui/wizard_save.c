#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/wizard_impl.h"

#define ACCOUNT_NAME_MAX 40

static bool chooses_calendars(const struct wizard *w)
{
	return w->mode == MODE_SETUP || w->mode == MODE_CALENDARS;
}

bool wizard_needs_consent(const struct wizard *w)
{
	return chooses_calendars(w) && choices_two_way(&w->picking.choices) > 0;
}

/* The one gate before every effect that writes. What is saved already was agreed to. */
bool wizard_may_write(const struct wizard *w)
{
	if (!chooses_calendars(w))
		return w->has_saved;
	return w->verified && choices_ticked(&w->picking.choices) > 0 &&
	       (w->consent || !wizard_needs_consent(w));
}

void wizard_touch(struct wizard *w)
{
	w->consent = false;
	w->told_consent = false;
}

/* "icloud", or the host with what is not allowed in a name as hyphens. */
static char *account_name(const struct wizard *w)
{
	if (wizard_is_icloud(w))
		return xstrdup("icloud");
	struct str host = str_slice(str_of(words_host(w)), 0, ACCOUNT_NAME_MAX);
	char *name = str_dup(host);
	for (char *c = name; *c; c++)
		*c = ascii_is_alnum(*c) ? ascii_lower(*c) : '-';
	return name;
}

void wizard_save(struct wizard *w)
{
	if (w->saving.state == SAVE_RUNNING || !wizard_may_write(w))
		return;
	if (chooses_calendars(w))
		choices_store(&w->picking.choices, &w->account);
	if (!w->account.name)
		w->account.name = account_name(w);
	saving_clear(&w->saving);
	w->saving.state = SAVE_RUNNING;
	wizard_push(w, EFFECT_SAVE, NULL);
}

void saving_clear(struct saving *s)
{
	for (size_t i = 0; i < s->n_lines; i++)
		free(s->lines[i].text);
	free(s->lines);
	free(s->problem);
	*s = (struct saving){.state = SAVE_IDLE};
}

static struct save_line *find_line(struct saving *s, const char *text)
{
	for (size_t i = 0; i < s->n_lines; i++)
		if (!strcmp(s->lines[i].text, text))
			return &s->lines[i];
	s->lines = xgrow(s->lines, s->n_lines, &s->cap_lines, sizeof(*s->lines));
	s->lines[s->n_lines] = (struct save_line){.text = xstrdup(text)};
	return &s->lines[s->n_lines++];
}

void saving_step(struct wizard *w, const struct wizard_event *event)
{
	char *text = NULL;

	if (w->saving.state != SAVE_RUNNING || !event->text.len)
		return;
	wizard_keep(&text, event->text);
	find_line(&w->saving, text)->state = event->state;
	free(text);
}

/* Once it is stored encrypted, there is no reason to keep what was typed. */
static void forget_typed_password(struct wizard *w)
{
	edit_empty(&w->sign_in.password);
	secret_wipe(w->sign_in.cleaned);
	w->sign_in.verdict = (struct password_verdict){PASSWORD_EMPTY, 0};
}

void saving_done(struct wizard *w, const struct wizard_event *event)
{
	if (w->saving.state != SAVE_RUNNING)
		return;
	if (event->err) {
		w->saving.state = SAVE_FAILED;
		w->saving.problem = xasprintf("%s. %s", event->err->message,
			err_advice(event->err->code));
		return;
	}
	w->saving.state = SAVE_DONE;
	if (event->text.len) {
		free(w->account.name);
		w->account.name = str_dup(event->text);
	}
	account_clear(&w->saved);
	account_copy(&w->saved, &w->account);
	w->has_saved = true;
	forget_typed_password(w);
	if (w->mode == MODE_SETUP) {
		wizard_next(w);
		return;
	}
	wizard_menu(w);
	w->focus[PAGE_MANAGE] = ID_ROW;
	wizard_say(w, ROLE_OK, "Saved. The next sync works with it.");
}

void wizard_sync(struct wizard *w)
{
	struct syncing *s = &w->syncing;

	if (s->running || !wizard_may_write(w))
		return;
	syncing_clear(s);
	s->lines = xcalloc(w->account.n_calendars + 1, sizeof(*s->lines));
	for (size_t i = 0; i < w->account.n_calendars; i++) {
		s->lines[i].path = xstrdup(w->account.calendars[i].path);
		wizard_keep(&s->lines[i].name, str_of(w->account.calendars[i].name));
	}
	s->n_lines = w->account.n_calendars;
	s->running = true;
	wizard_push(w, EFFECT_SYNC, NULL);
}

void syncing_clear(struct syncing *s)
{
	for (size_t i = 0; i < s->n_lines; i++) {
		free(s->lines[i].path);
		free(s->lines[i].name);
		free(s->lines[i].problem);
	}
	free(s->lines);
	*s = (struct syncing){0};
}

void syncing_progress(struct wizard *w, const struct progress *p)
{
	struct syncing *s = &w->syncing;

	for (size_t i = 0; s->running && i < s->n_lines; i++) {
		struct sync_line *line = &s->lines[i];
		if (strcmp(line->path, p->path))
			continue;
		line->state = p->state;
		line->total = p->total;
		line->done = p->done;
		line->skipped = p->skipped;
		wizard_keep(&line->problem, str_of(p->problem));
	}
}

void ending_clear(struct ending *o)
{
	for (size_t i = 0; i < o->n_lines; i++) {
		free(o->lines[i].name);
		free(o->lines[i].problem);
	}
	free(o->lines);
	free(o->problem);
	*o = (struct ending){0};
}

static void keep_problem(char **owned, const struct err *err)
{
	if (err->code != ERR_NONE)
		wizard_keep(owned, str_of(err->message));
}

static void keep_result(struct ending *o, const struct run_result *r)
{
	o->exit = r->exit;
	o->cancelled = r->cancelled;
	keep_problem(&o->problem, &r->err);
	o->lines = xcalloc(r->n_calendars + 1, sizeof(*o->lines));
	o->n_lines = r->n_calendars;
	for (size_t i = 0; i < r->n_calendars; i++) {
		const struct calendar_result *c = &r->calendars[i];
		wizard_keep(&o->lines[i].name, str_of(c->name));
		keep_problem(&o->lines[i].problem, &c->err);
		o->lines[i].events = c->events;
		o->lines[i].left = c->quarantined;
		o->lines[i].edited = c->edited;
	}
}

static void keep_words_for_menu(struct wizard *w)
{
	const struct ending *o = &w->ending;

	free(w->last_sync);
	w->attention = o->exit != EXIT_OK;
	w->last_sync = xstrdup(o->cancelled         ? "just now, stopped"
			       : o->exit == EXIT_OK ? "just now, all right"
						    : "just now, see calwiz --status");
}

void syncing_done(struct wizard *w, const struct wizard_event *event)
{
	struct ending *o = &w->ending;

	if (!w->syncing.running)
		return;
	w->syncing.running = false;
	ending_clear(o);
	o->known = true;
	if (event->result) {
		keep_result(o, event->result);
	} else if (event->err) {
		o->exit = err_exit_status(event->err->code);
		keep_problem(&o->problem, event->err);
	}
	w->status = exit_worse(w->status, o->exit);
	keep_words_for_menu(w);
	wizard_go(w, PAGE_DONE, false);
	free(w->farewell);
	w->farewell = done_text(w);
}
