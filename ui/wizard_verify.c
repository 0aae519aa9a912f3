#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/wizard_impl.h"

/* A step is at work on the screen for this long at least, so that the eye can follow.
 */
#define SHOW_STEP_MS 150

static void forget_steps(struct check *c)
{
	for (size_t i = 0; i < LINK_STEPS; i++) {
		free(c->steps[i].detail);
		c->steps[i] = (struct check_step){.state = STEP_WAITING};
	}
}

void verify_start(struct wizard *w)
{
	forget_steps(&w->check);
	w->check = (struct check){.state = CHECK_RUNNING};
	w->verified = false;
	wizard_push(w, EFFECT_LINK, NULL);
}

void verify_stop(struct wizard *w)
{
	if (w->check.state != CHECK_RUNNING)
		return;
	w->check.state = CHECK_IDLE;
	wizard_push(w, EFFECT_LINK_STOP, NULL);
}

void verify_step(struct wizard *w, const struct wizard_event *event)
{
	if (w->check.state != CHECK_RUNNING || event->step >= LINK_STEPS)
		return;
	struct check_step *step = &w->check.steps[event->step];
	step->news = event->state;
	step->ms = event->ms;
	wizard_keep(&step->detail, event->text);
	/* Read aloud, the time would only be in the way. */
	if (!step->detail && event->state == STEP_DONE && !w->lines)
		step->detail = xasprintf("%lld.%lld s", (long long)(event->ms / 1000),
			(long long)(event->ms % 1000 / 100));
	verify_pace(w, event->now_ms);
}

static void settle(struct wizard *w, int64_t now_ms)
{
	struct check *c = &w->check;

	c->state = c->outcome;
	c->good_at = now_ms;
	if (c->state == CHECK_FAILED)
		w->focus[PAGE_VERIFY] = ID_WAY;
}

/* One more line shows what it has come to; false when the next one is not due. */
static bool show_step(struct check *c, struct check_step *step, int64_t now_ms)
{
	if (step->state == STEP_WAITING) {
		step->state = STEP_RUNNING;
		c->step_at = now_ms;
	}
	if (step->news == STEP_RUNNING ||
		(now_ms && now_ms - c->step_at < SHOW_STEP_MS))
		return false;
	step->state = step->news;
	return true;
}

/* In plain mode and without a clock everything is shown at once. */
void verify_pace(struct wizard *w, int64_t now_ms)
{
	struct check *c = &w->check;

	if (c->state != CHECK_RUNNING)
		return;
	for (size_t i = 0; i < LINK_STEPS; i++)
		if (c->steps[i].news != STEP_WAITING &&
			c->steps[i].state != c->steps[i].news &&
			!show_step(c, &c->steps[i], w->lines ? 0 : now_ms))
			return;
	if (c->outcome != CHECK_IDLE)
		settle(w, now_ms);
}

static bool same(const char *a, const char *b)
{
	return !strcmp(a ? a : "", b ? b : "");
}

static bool lists_a_saved_one(const struct wizard *w, const struct dav_calendars *list)
{
	for (size_t i = 0; i < w->saved.n_calendars; i++) {
		AUTO_FREE char *key = href_key(str_of(w->saved.calendars[i].path));
		if (dav_calendars_find(list, key))
			return true;
	}
	return false;
}

/* Another sign-in that knows none of the calendars belongs to somebody else: taking it
 * over would look as if all of them had been deleted. */
static bool is_foreign(const struct wizard *w, const struct wizard_event *event)
{
	if (w->mode == MODE_SETUP || !w->saved.n_calendars)
		return false;
	if (same(w->account.login, w->saved.login) &&
		same(w->account.server, w->saved.server))
		return false;
	if (event->principal && same(event->principal, w->saved.principal))
		return false;
	return !lists_a_saved_one(w, event->calendars);
}

static bool has_failed(const struct wizard_event *event)
{
	const bool note = event->diagnosis == DIAGNOSIS_NONE ||
	                  event->diagnosis == DIAGNOSIS_CAL_READ_ONLY;

	return !event->calendars || (event->words && !note);
}

static void fail(struct wizard *w, const struct wizard_event *event)
{
	struct check *c = &w->check;

	for (size_t i = 0; i < LINK_STEPS; i++)
		if (c->steps[i].news == STEP_RUNNING)
			c->steps[i].news = STEP_FAILED;
	c->outcome = CHECK_FAILED;
	c->diagnosis = event->diagnosis;
	if (event->words)
		c->words = *event->words;
	if (event->err)
		(void)snprintf(c->said, sizeof(c->said), "%.*s",
			(int)sizeof(c->said) - 1, event->err->message);
	w->sign_in.refused = event->diagnosis == DIAGNOSIS_AUTH_REFUSED ||
	                     event->diagnosis == DIAGNOSIS_AUTH_KIND;
}

static void accept(struct wizard *w, const struct wizard_event *event)
{
	struct check *c = &w->check;

	for (size_t i = 0; i < LINK_STEPS; i++)
		c->steps[i].news = STEP_DONE;
	c->outcome = CHECK_GOOD;
	c->diagnosis = event->diagnosis;
	c->read_only = event->diagnosis == DIAGNOSIS_CAL_READ_ONLY;
	w->verified = true;
	w->sign_in.refused = false;
	if (event->home) {
		free(w->account.home);
		w->account.home = xstrdup(event->home);
	}
	if (event->principal) {
		free(w->account.principal);
		w->account.principal = xstrdup(event->principal);
	}
	if (choices_load(&w->picking.choices, event->calendars,
		    w->mode == MODE_SETUP ? NULL : &w->saved))
		wizard_touch(w);
	choices_filter(&w->picking.choices, str_of(edit_text(&w->picking.filter)));
}

void verify_done(struct wizard *w, const struct wizard_event *event)
{
	if (w->check.state != CHECK_RUNNING)
		return;
	if (has_failed(event)) {
		fail(w, event);
	} else if (is_foreign(w, event)) {
		fail(w, event);
		w->check.foreign = true;
	} else {
		accept(w, event);
	}
	verify_pace(w, event->now_ms);
}
