#include <config.h>

#include "sync/pass.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "store/state_intent.h"
#include "sync/pass_impl.h"

int64_t pass_now(const struct pass *p)
{
	return clock_wall_ms(p->o.clock) / 1000;
}

void pass_progress(struct pass *p, enum progress_state state)
{
	const struct progress_sink *sink = &p->o.progress;
	const struct calendar_result *r = p->o.result;

	if (!sink->calendar)
		return;
	sink->calendar(sink->ctx,
		&(struct progress){
			.path = r->path,
			.name = r->name,
			.state = state,
			.total = p->total > p->handled ? p->total : p->handled,
			.done = p->handled,
			.skipped = r->quarantined + r->edited,
			.problem = r->err.code == ERR_NONE ? NULL : r->err.message,
		});
}

struct pass *pass_new(const struct pass_options *o)
{
	struct pass *p = xcalloc(1, sizeof(*p));

	p->o = *o;
	p->key_path = href_key(str_of(o->uri->path));
	p->body = buf_with_max(0);
	return p;
}

void pass_free(struct pass *p)
{
	if (!p)
		return;
	ask_free(p->ask);
	slots_release(p);
	sends_clear(&p->sends);
	state_calendar_clear(&p->cal);
	vdir_listing_clear(&p->files);
	for (size_t i = 0; i < p->n_gone; i++)
		free(p->gone[i].item.owned);
	free(p->gone);
	pendings_clear(&p->pending);
	buf_clear(&p->body);
	free(p->key_path);
	free(p->token);
	free(p->cursor);
	free(p);
}

bool pass_has_removals(const struct pass *p)
{
	return p->removals_left;
}

bool pass_waits_elsewhere(const struct pass *p)
{
	return p->elsewhere;
}

/* A refused sign-in is the account's, and so is a pause the server asked for; a
 * calendar that is unavailable for itself leaves the others alone. */
bool pass_ends_account(const struct err *e)
{
	return e->code == ERR_AUTH || (e->code == ERR_BUSY && e->retry_after > 0);
}

bool pass_stops_account(const struct pass *p)
{
	return p->stops_account;
}

enum diagnosis pass_diagnosis(const struct pass *p)
{
	return p->diagnosis;
}

static void over(struct pass *p)
{
	ask_free(take(&p->ask));
	slots_release(p);
	p->over = true;
	pass_progress(p,
		p->o.result->err.code == ERR_NONE ? PROGRESS_DONE : PROGRESS_FAILED);
	p->o.done(p->o.ctx);
}

static bool count_edits(struct pass *p, struct err *e)
{
	struct calendar_result *r = p->o.result;
	int64_t edited = 0;
	int64_t fresh = 0;
	int64_t gone = 0;
	int64_t quarantined = 0;
	int64_t conflicts = 0;

	if (!here_count(p->o.state, HERE_EDITED, &edited, e) ||
		!here_count(p->o.state, HERE_NEW, &fresh, e) ||
		!here_count(p->o.state, HERE_GONE, &gone, e) ||
		!state_quarantine_count(p->o.state, p->cal.id, &quarantined, e) ||
		!state_conflict_count(p->o.state, p->cal.id, &conflicts, e))
		return false;
	r->edited = (size_t)(edited + fresh + gone) + p->left_alone;
	r->quarantined = (size_t)quarantined;
	r->conflicts = (size_t)conflicts;
	r->events = p->files.count + p->created - p->removed;
	return true;
}

static void say_held(struct pass *p)
{
	struct calendar_result *r = p->o.result;
	const bool here = !guard_passes(p->guard);
	const bool folder = p->guard_there == GUARD_FOLDER;

	if (here)
		(void)err_set(&r->err, ERR_HELD,
			"%zu deletions from the server wait: %s; to allow exactly "
			"these: calwiz --approve %s",
			r->held, guard_text(p->guard), p->guard_code);
	else
		(void)err_set(&r->err, ERR_HELD,
			"%zu events deleted here stay on the server: %s%s%s",
			p->held_there, guard_text(p->guard_there),
			folder ? "" : "; to allow exactly these: calwiz --approve ",
			folder ? "" : p->guard_there_code);
	r->held += p->held_there;
	r->edited -= p->held_there < r->edited ? p->held_there : r->edited;
}

/* "3 did this; " */
static void say(struct buf *text, size_t count, const char *what)
{
	if (count)
		buf_printf(text, "%zu %s; ", count, what);
}

static void say_attention(struct pass *p)
{
	struct calendar_result *r = p->o.result;
	SCOPED(buf) text = buf_with_max(400);
	const bool later = p->o.direction == PLAN_BOTH;
	const bool soon = p->removals_left || p->elsewhere || p->o.dry_run;
	const size_t waiting = soon ? 0 : r->edited;

	say(&text, r->quarantined, "left out because they cannot be used");
	if (!guard_passes(p->guard_there))
		say(&text,
			waiting - (waiting < p->held_there ? waiting : p->held_there),
			"changed here, kept and not sent");
	else
		say(&text, waiting,
			later ? "changed here, not sent yet"
			      : "changed here, kept and not sent");
	say(&text, p->told_back,
		"deleted here and changed on the server, brought back");
	say(&text, p->told_again,
		p->o.both ? "changed here and deleted on the server, sent again"
			  : "changed here and deleted on the server, kept");
	say(&text, p->told_clash,
		"changed differently on both sides, one version kept "
		"aside");
	say(&text, p->told_restored,
		"changed here where you may not write, taken back "
		"and kept in the trash");
	say(&text, p->strange_hrefs, "listed under addresses elsewhere, left out");
	say(&text, p->files.odd, "in the folder are no plain files");
	if (p->o.state_lost)
		buf_text(&text, "what was remembered was damaged and made anew; ");
	if (text.len > 2)
		(void)err_set(&r->err, ERR_ATTENTION, "%.*s", (int)(text.len - 2),
			text.ptr);
}

/* From the least to the most: the worst is what is told. */
static void judge(struct pass *p)
{
	struct calendar_result *r = p->o.result;

	say_attention(p);
	if (p->undelivered)
		(void)err_set(&r->err, ERR_BUSY,
			"%zu events are listed by the server but not to be had yet",
			p->undelivered);
	if (p->unsent)
		(void)err_set(&r->err, ERR_NETWORK,
			"%zu changes could not be sent yet; they are kept here",
			p->unsent);
	if (!guard_passes(p->guard) || !guard_passes(p->guard_there))
		say_held(p);
	r->exit = err_exit_status(r->err.code);
}

void pass_end(struct pass *p)
{
	struct err e = {0};

	if (!pass_commit(p, &e) || !pass_save(p, &e) || !count_edits(p, &e)) {
		p->o.result->err = e;
		p->o.result->exit = err_exit_status(e.code);
		over(p);
		return;
	}
	if (p->o.dry_run)
		pass_count_planned(p);
	judge(p);
	over(p);
}

static void failed(struct pass *p, const struct err *e)
{
	struct calendar_result *r = p->o.result;
	struct err ignored = {0};

	(void)!count_edits(p, &ignored);
	r->err = *e;
	r->exit = err_exit_status(e->code);
	if (r->quarantined || r->edited)
		r->exit = exit_worse(r->exit, EXIT_ATTENTION);
	over(p);
}

void pass_fail(struct pass *p, const struct err *e)
{
	const struct err kept = *e;
	struct err ignored = {0};

	ask_free(take(&p->ask));
	slots_release(p);
	(void)!send_settle(p, &ignored);
	(void)!pass_commit(p, &ignored);
	failed(p, &kept);
}

void pass_void(struct pass *p, const struct err *e)
{
	const struct err kept = *e;

	ask_free(take(&p->ask));
	slots_release(p);
	pendings_clear(&p->pending);
	failed(p, &kept);
}

void pass_cancel(struct pass *p)
{
	struct err e = {0};

	if (p->over)
		return;
	p->over = true;
	ask_free(take(&p->ask));
	slots_release(p);
	if (!send_settle(p, &e) || !pass_commit(p, &e) || !count_edits(p, &e)) {
		p->o.result->err = e;
		p->o.result->exit = err_exit_status(e.code);
	}
}

/* Deletions that wait are looked at anew as a whole, so that the set keeps its name. */
static bool due_for_all(const struct pass *p)
{
	const int64_t since = pass_now(p) - p->cal.last_full;

	return p->o.full || !p->cal.last_full || since > FULL_EVERY_S ||
	       p->cal.held_code;
}

static bool open_calendar(struct pass *p, struct err *e)
{
	int64_t all = 0;

	if (!state_calendar_open(p->o.state, &p->o.identity, p->o.dry_run, &p->cal, e))
		return false;
	if (!state_quarantine_any(p->o.state, p->cal.id, &all, e))
		return false;
	p->quarantine_used = all > 0;
	p->check_all = due_for_all(p);
	p->bodies = p->o.both;
	if (!state_intents_count(p->o.state, p->cal.id, &all, e))
		return false;
	p->open_intents = all > 0;
	return true;
}

void pass_start(struct pass *p)
{
	struct err e = {0};

	pass_progress(p, PROGRESS_RUNNING);
	if (!open_calendar(p, &e) || !pass_look_here(p, &e)) {
		pass_fail(p, &e);
		return;
	}
	pass_list(p);
}
