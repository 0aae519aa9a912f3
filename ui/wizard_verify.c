#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/wizard_impl.h"

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
	step->state = event->state;
	wizard_keep(&step->detail, event->text);
	if (!step->detail && event->state == STEP_DONE)
		step->detail = xasprintf("%lld.%lld s", (long long)(event->ms / 1000),
			(long long)(event->ms % 1000 / 100));
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
	w->check.state = CHECK_FAILED;
	w->check.diagnosis = event->diagnosis;
	if (event->words)
		w->check.words = *event->words;
	w->sign_in.refused = event->diagnosis == DIAGNOSIS_AUTH_REFUSED ||
	                     event->diagnosis == DIAGNOSIS_AUTH_KIND;
	w->focus[PAGE_VERIFY] = ID_WAY;
}

static void accept(struct wizard *w, const struct wizard_event *event)
{
	struct check *c = &w->check;

	for (size_t i = 0; i < LINK_STEPS; i++)
		c->steps[i].state = STEP_DONE;
	c->state = CHECK_GOOD;
	c->diagnosis = event->diagnosis;
	c->read_only = event->diagnosis == DIAGNOSIS_CAL_READ_ONLY;
	c->good_at = event->now_ms;
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
}
