#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "dav/request.h"
#include "sync/run_impl.h"

void run_calendar_clear(struct run *r)
{
	ask_free(take(&r->ask));
	pass_free(take(&r->pass));
	vdir_free(take(&r->vdir));
	uri_clear(&r->uri);
	free(take(&r->key));
	free(take(&r->folder));
}

static const struct calendar_choice *choice_of(const struct run *r)
{
	return r->choices[r->next];
}

static struct state_identity identity_of(const struct run *r)
{
	return (struct state_identity){.owner = r->owner,
		.key = r->key,
		.folder = r->folder};
}

/* The account's folder: once a run, at the first calendar. */
static bool open_root(struct run *r, struct err *e)
{
	const char *path = r->o.account->folder;
	struct vdir_root_options o = {
		.path = path,
		.account = r->o.account->name,
		.host_id = r->o.host_id,
		.create = !r->o.dry_run,
	};

	if (r->root || r->root_tried)
		return true;
	if (!path || path[0] != '/')
		return err_set(e, ERR_CONFIG, "the account has no folder");
	if (!state_knows_folder(r->o.state, path, &o.expect_marker, e))
		return false;
	struct err why = {0};
	if (vdir_root_open(&r->root, &o, &why))
		return true;
	/* A dry run of a first sync: the folder would be made. */
	r->root_tried = r->o.dry_run && why.code == ERR_NO_INPUT;
	if (!r->root_tried)
		*e = why;
	return r->root_tried;
}

static bool open_folder(struct run *r, struct err *e)
{
	const struct state_identity identity = identity_of(r);
	SCOPED(state_calendar) known = {0};
	struct vdir_options o = {
		.folder = choice_of(r)->folder,
		.key = r->key,
		.create = !r->o.dry_run,
	};
	struct err why = {0};

	if (!state_calendar_open(r->o.state, &identity, true, &known, e))
		return false;
	o.expect_marker = known.items > 0;
	if (!r->root)
		return true;
	if (vdir_open(&r->vdir, r->root, &o, &why))
		return true;
	if (r->o.dry_run && why.code == ERR_NO_INPUT)
		return true;
	*e = why;
	return false;
}

static void next(struct run *r)
{
	r->waiting = false;
	r->next++;
	run_calendars(r);
}

static void on_pass_done(void *ctx)
{
	struct run *r = ctx;
	const bool stops = pass_stops_account(r->pass);
	run_note_again(r, r->pass);
	const enum diagnosis diagnosis = pass_diagnosis(r->pass);

	r->waiting = false;
	if (stops) {
		const struct err e = run_current(r)->err;
		r->next++;
		run_refused(r, &e, diagnosis);
		return;
	}
	next(r);
}

static void start_pass(struct run *r, const struct dav_calendar *listed)
{
	const struct calendar_choice *choice = choice_of(r);
	const bool both = choice->direction == DIRECTION_BOTH;
	const struct pass_options o = {
		.state = r->o.state,
		.transport = r->o.transport,
		.gate = r->o.gate,
		.clock = r->o.clock,
		.log = r->o.log,
		.vdir = r->vdir,
		.identity = identity_of(r),
		.folder_identity = r->root ? vdir_root_identity(r->root) : NULL,
		.uri = &r->uri,
		.listed = listed,
		.direction = !both              ? PLAN_FROM_SERVER
	                     : listed->writable ? PLAN_BOTH
	                                        : PLAN_READ_ONLY,
		.both = both,
		.conflict = r->o.account->conflict,
		.removals_later = both && run_removals_later(r),
		.another_round = both && run_another_round(r),
		.run = r->name,
		.dry_run = r->o.dry_run,
		.full = r->o.full && r->round == 0,
		.state_lost = state_was_lost(r->o.state),
		.progress = r->o.progress,
		.planned_ctx = r->o.ctx,
		.planned = r->o.planned,
		.result = run_current(r),
		.ctx = r,
		.done = on_pass_done,
	};

	r->pass = pass_new(&o);
	r->waiting = true;
	pass_start(r->pass);
}

static void describe(struct run *r, const struct dav_calendar *listed)
{
	struct err e = {0};

	if (!r->vdir || r->o.dry_run ||
		vdir_describe(r->vdir, listed->name, listed->color, &e))
		return;
	log_line(r->o.log, LOG_INFO, "sync: name or colour not written: %s", e.message);
}

/* Not worth a line to a person, but all that follows needs it. */
static void place(struct run *r, const char *path)
{
	r->uri.origin = discover_home(r->discover)->origin;
	r->uri.path = str_ends(str_of(path), STR("/")) ? xstrdup(path)
	                                               : xasprintf("%s/", path);
	r->key = href_key(str_of(r->uri.path));
	r->folder = xasprintf("%s/%s", r->o.account->folder ? r->o.account->folder : "",
		choice_of(r)->folder);
}

/* Since when, remembered at the first run that finds it so. */
static int64_t gone_since(struct run *r, struct err *e)
{
	const struct state_identity identity = identity_of(r);
	SCOPED(state_calendar) known = {0};

	if (!state_calendar_open(r->o.state, &identity, r->o.dry_run, &known, e))
		return -1;
	run_current(r)->events = (size_t)known.items;
	if (known.gone_since)
		return known.gone_since;
	known.gone_since = clock_wall_ms(r->o.clock) / 1000;
	if (!r->o.dry_run && !state_calendar_save(r->o.state, &known, e))
		return -1;
	return known.gone_since;
}

static void is_gone(struct run *r)
{
	struct err e = {0};
	char stamp[CLOCK_STAMP_SIZE];
	const int64_t since = gone_since(r, &e);

	if (since >= 0) {
		clock_stamp(since, stamp);
		(void)err_set(&e, ERR_GONE,
			"the calendar is gone from the server since %.10s; its files "
			"stay",
			stamp);
	}
	run_calendar_failed(r, &e);
}

static bool on_presence(void *ctx, const struct uri *from,
	const struct dav_response *response, struct err *e)
{
	struct run *r = ctx;

	(void)from;
	(void)e;
	if (response->status)
		r->presence = response->status;
	return true;
}

/* The home does not list it: only its own 404 makes it gone. */
static void on_presence_known(void *ctx, const struct ask_answer *a)
{
	struct run *r = ctx;
	const int status = a->ok ? r->presence : a->reply->status;
	struct err e = a->err;

	if (status == 404 || status == 410) {
		is_gone(r);
		next(r);
		return;
	}
	if (a->ok)
		(void)err_set(&e, ERR_NETWORK,
			"the server does not list this calendar now, but still has it");
	run_calendar_failed(r, &e);
	if (e.code != ERR_AUTH || a->reply->status != 401) {
		next(r);
		return;
	}
	r->waiting = false;
	r->next++;
	run_refused(r, &e, diagnose_reply(a->reply, r->o.gate->provider, false));
}

static void ask_presence(struct run *r)
{
	const struct ask_handler handler = {.ctx = r,
		.row = on_presence,
		.done = on_presence_known};
	struct dav_request request = {0};

	r->presence = 0;
	dav_ask_principal(&request, &r->uri);
	r->waiting = true;
	r->ask = ask_list(r->o.transport, &request, "look for the calendar", &handler);
}

void run_calendar(struct run *r)
{
	struct err e = {0};

	run_calendar_clear(r);
	if (!run_takes_part(r)) {
		r->next++;
		return;
	}
	AUTO_FREE char *key = href_key(str_of(choice_of(r)->path));
	const struct dav_calendar *listed =
		dav_calendars_find(discover_calendars(r->discover), key);
	place(r, listed ? listed->path : choice_of(r)->path);
	if (!listed) {
		ask_presence(r);
		return;
	}
	if (!open_root(r, &e) || !open_folder(r, &e)) {
		run_calendar_failed(r, &e);
		r->next++;
		return;
	}
	describe(r, listed);
	start_pass(r, listed);
}
