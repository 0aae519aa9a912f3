#include <config.h>

#include "sync/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/mem.h"
#include "base/text.h"
#include "sync/run_impl.h"

#define TRASH_DAYS 30

void run_result_clear(struct run_result *r)
{
	for (size_t i = 0; i < r->n_calendars; i++) {
		free(r->calendars[i].path);
		free(r->calendars[i].name);
	}
	free(r->calendars);
	free(r->new_home);
	*r = (struct run_result){0};
}

static bool is_asked_for(const struct run_options *o, const struct calendar_choice *c)
{
	const char *only = o->only_calendar;

	return !only || !strcmp(only, c->name) || !strcmp(only, c->folder) ||
	       !strcmp(only, c->path);
}

static void tell_waiting(const struct run *r, const struct calendar_result *c)
{
	const struct progress_sink *sink = &r->o.progress;

	if (sink->calendar)
		sink->calendar(sink->ctx, &(struct progress){.path = c->path,
						  .name = c->name,
						  .state = PROGRESS_WAITING});
}

static void list_calendars(struct run *r)
{
	const struct account *a = r->o.account;

	r->choices = xcalloc(a->n_calendars, sizeof(*r->choices));
	r->later = xcalloc(a->n_calendars, sizeof(*r->later));
	r->result.calendars = xcalloc(a->n_calendars, sizeof(*r->result.calendars));
	for (size_t i = 0; i < a->n_calendars; i++) {
		if (!is_asked_for(&r->o, &a->calendars[i]))
			continue;
		const size_t n = r->result.n_calendars++;
		struct calendar_result *c = &r->result.calendars[n];
		r->choices[n] = &a->calendars[i];
		c->path = xstrdup(a->calendars[i].path);
		c->name = text_safe(str_of(a->calendars[i].name), 0, TEXT_UTF8);
		tell_waiting(r, c);
	}
}

/* "20260304T091500Z-1f2e3d4c" */
static char *run_name(const struct clock *clock)
{
	char stamp[CLOCK_STAMP_SIZE];
	unsigned char salt[4];
	SCOPED(buf) name = buf_with_max(0);

	clock_stamp(clock_wall_ms(clock) / 1000, stamp);
	for (size_t i = 0; stamp[i]; i++)
		if (stamp[i] != '-' && stamp[i] != ':')
			buf_char(&name, stamp[i]);
	random_bytes(salt, sizeof(salt));
	buf_printf(&name, "-%02x%02x%02x%02x", salt[0], salt[1], salt[2], salt[3]);
	return buf_take(&name);
}

static char *owner_of(const struct account *a)
{
	return xasprintf("%s %s %s", provider_word(a->provider),
		a->login ? a->login : "", a->server ? a->server : "");
}

struct run *run_start(const struct run_options *o)
{
	struct run *r = xcalloc(1, sizeof(*r));

	r->o = *o;
	r->name = run_name(o->clock);
	r->owner = owner_of(o->account);
	list_calendars(r);
	run_account(r);
	return r;
}

void run_free(struct run *r)
{
	if (!r)
		return;
	if (r->exchange)
		exchange_cancel(r->o.transport, r->exchange);
	discover_free(r->discover);
	run_calendar_clear(r);
	vdir_root_free(r->root);
	run_result_clear(&r->result);
	free(r->choices);
	free(r->later);
	free(r->owner);
	free(r->name);
	free(r);
}

struct calendar_result *run_current(struct run *r)
{
	return &r->result.calendars[r->next];
}

static void fail_one(struct run *r, size_t index, const struct err *e)
{
	struct calendar_result *c = &r->result.calendars[index];
	const struct progress_sink *sink = &r->o.progress;

	c->err = *e;
	c->exit = err_exit_status(e->code);
	if (sink->calendar)
		sink->calendar(sink->ctx, &(struct progress){.path = c->path,
						  .name = c->name,
						  .state = PROGRESS_FAILED,
						  .problem = c->err.message});
}

void run_calendar_failed(struct run *r, const struct err *e)
{
	fail_one(r, r->next, e);
}

/* The account as a whole cannot go on: the calendars that are left fail with it. */
void run_refused(struct run *r, const struct err *e, enum diagnosis diagnosis)
{
	r->result.err = *e;
	r->result.diagnosis = diagnosis;
	for (size_t i = r->next; i < r->result.n_calendars; i++)
		fail_one(r, i, &r->result.err);
	r->next = r->result.n_calendars;
	run_finish(r);
}

static void nothing_asked_for(struct run *r)
{
	const struct err e = {.code = ERR_USAGE};

	r->result.err = e;
	(void)err_set(&r->result.err, ERR_USAGE,
		"there is no calendar \"%s\" in this account",
		safe(str_of(r->o.only_calendar)).text);
}

void run_finish(struct run *r)
{
	struct run_result *result = &r->result;

	if (r->over)
		return;
	r->over = true;
	run_calendar_clear(r);
	if (r->root && !r->o.dry_run)
		vdir_trash_expire(r->root, clock_wall_ms(r->o.clock) / 1000,
			TRASH_DAYS);
	if (r->o.only_calendar && !result->n_calendars && result->err.code == ERR_NONE)
		nothing_asked_for(r);
	result->exit = err_exit_status(result->err.code);
	for (size_t i = 0; i < result->n_calendars; i++)
		result->exit = exit_worse(result->exit, result->calendars[i].exit);
	r->o.done(r->o.ctx, result);
}

/* A calendar may be over before its start returns: a loop, so that many of those do not
 * stack up. */
void run_calendars(struct run *r)
{
	if (r->looping)
		return;
	r->looping = true;
	do {
		while (!r->over && !r->waiting && r->next < r->result.n_calendars)
			run_calendar(r);
	} while (!r->over && !r->waiting && run_next_round(r));
	r->looping = false;
	if (!r->waiting && !r->over)
		run_finish(r);
}

void run_cancel(struct run *r)
{
	struct err e = {0};

	if (r->over)
		return;
	if (r->exchange)
		exchange_cancel(r->o.transport, take(&r->exchange));
	if (r->pass)
		pass_cancel(r->pass);
	(void)err_set(&e, ERR_CANCELLED, "stopped before it was through");
	r->result.cancelled = true;
	run_refused(r, &e, DIAGNOSIS_NONE);
}
