#include <config.h>

#include "tests/screens/states.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "dav/diagnose.h"

#define MANY 200

/* Calendars */

static void add(struct dav_calendars *list, const char *path, const char *name,
	const char *color, enum calendar_hidden hidden)
{
	play_add_calendar(list, path, name, true, false, hidden);
	struct dav_calendar *c = &list->items[list->count - 1];
	free(c->color);
	c->color = xstrdup_or_null(color);
}

static void read_only(struct dav_calendars *list, bool shared)
{
	list->items[list->count - 1].writable = false;
	list->items[list->count - 1].shared = shared;
}

static void fill_calendars(struct dav_calendars *list)
{
	dav_calendars_clear(list);
	*list = (struct dav_calendars){0};
	add(list, "/1/calendars/home/", "Home", "#1BADF8", CALENDAR_SHOWN);
	add(list, "/1/calendars/work/", "Work", "#63DA38", CALENDAR_SHOWN);
	add(list, "/1/calendars/f/", "Familie 家族", "#CC73E1", CALENDAR_SHOWN);
	add(list, "/1/calendars/ball/", "Football club", "#FF9500", CALENDAR_SHOWN);
	read_only(list, true);
	add(list, "/1/calendars/born/", "Birthdays", NULL, CALENDAR_SHOWN);
	read_only(list, false);
	add(list, "/1/calendars/old/",
		"Old projects with a name that goes on and on and on", "#A2845E",
		CALENDAR_SHOWN);
	add(list, "/1/calendars/siri/", "Siri Suggestions", "#FF2968", CALENDAR_SHOWN);
	read_only(list, false);
	add(list, "/1/calendars/hol/", "Holidays in Germany", "#FFCC00",
		CALENDAR_SUBSCRIBED);
	add(list, "/1/calendars/tasks/", "Reminders", "#FFCC00", CALENDAR_TASKS);
}

static void many_calendars(struct play *p)
{
	dav_calendars_clear(&p->calendars);
	p->calendars = (struct dav_calendars){0};
	for (int i = 1; i <= MANY; i++) {
		AUTO_FREE char *path = xasprintf("/1/calendars/%d/", i);
		AUTO_FREE char *name = xasprintf("Calendar number %d", i);
		add(&p->calendars, path, name, "#1BADF8", CALENDAR_SHOWN);
	}
	play(p, "linked enter @calendars");
	for (int i = 0; i < 12; i++)
		play(p, "pgdn");
}

/* Names that are long, empty, wide, joined, written from the right, or an attack. */
static void odd_calendars(struct play *p)
{
	SCOPED(buf) longest = buf_with_max(0);

	for (int i = 0; i < 30; i++)
		buf_text(&longest, "long name ");
	const char *const names[] = {"Home", buf_cstr(&longest), "",
		"家族の予定 家族の予定 家族の予定", "Cafe\xcc\x81 e\xcc\x81te\xcc\x81",
		"\xf0\x9f\x8e\x89 Party",
		"\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91"
	        "\xa7 Us",
		"\xd7\x9c\xd7\x95\xd7\x97 \xe2\x80\xae"
		"123",
		"a\x1b[2Jb\xc2\x9b"
		"31mc",
		"two\nlines"};

	dav_calendars_clear(&p->calendars);
	p->calendars = (struct dav_calendars){0};
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		AUTO_FREE char *path = xasprintf("/1/calendars/odd%zu/", i);
		add(&p->calendars, path, names[i], "#1BADF8", CALENDAR_SHOWN);
	}
	play(p, "linked enter @calendars down");
}

static void no_calendar_left(struct play *p)
{
	play(p, "t:n enter @calendars");
}

/* Checking */

static void check_step(struct play *p, enum link_step step, enum step_state state,
	int64_t ms)
{
	play_event(p, &(struct wizard_event){.kind = EVENT_LINK_STEP,
			      .step = step,
			      .state = state,
			      .ms = ms});
}

static void checking(struct play *p)
{
	check_step(p, LINK_REACH, STEP_DONE, 204);
	check_step(p, LINK_SECURE, STEP_DONE, 120);
	check_step(p, LINK_SIGN_IN, STEP_RUNNING, 0);
}

static void checked(struct play *p)
{
	for (int step = 0; step < LINK_STEPS; step++)
		check_step(p, (enum link_step)step, STEP_DONE, 200 + 100 * step);
	play(p, "linked");
}

static void fail_check(struct play *p, enum diagnosis d)
{
	struct diagnosis_words words = {0};

	diagnosis_describe(d, PROVIDER_ICLOUD, "caldav.icloud.com", &words);
	play_event(p, &(struct wizard_event){.kind = EVENT_LINK_DONE,
			      .diagnosis = d,
			      .words = &words});
}

static void refused(struct play *p)
{
	check_step(p, LINK_REACH, STEP_DONE, 204);
	check_step(p, LINK_SECURE, STEP_DONE, 120);
	play_event(p, &(struct wizard_event){.kind = EVENT_LINK_STEP,
			      .step = LINK_SIGN_IN,
			      .state = STEP_FAILED,
			      .text = STR("answered 401")});
	fail_check(p, DIAGNOSIS_AUTH_REFUSED);
}

static void refused_details(struct play *p)
{
	refused(p);
	play(p, "t:d");
}

static void no_network(struct play *p)
{
	play_event(p, &(struct wizard_event){.kind = EVENT_LINK_STEP,
			      .step = LINK_REACH,
			      .state = STEP_FAILED,
			      .text = STR("no answer")});
	fail_check(p, DIAGNOSIS_NET_DNS);
}

static void no_calendars(struct play *p)
{
	fail_check(p, DIAGNOSIS_CAL_EMPTY);
}

/* Folder, saving */

static void folder_is(struct play *p, enum folder_state state, const char *why)
{
	play_event(p, &(struct wizard_event){.kind = EVENT_FOLDER,
			      .folder = state,
			      .text = str_of(why)});
}

static void folder_used(struct play *p)
{
	folder_is(p, FOLDER_USED, NULL);
}

static void folder_bad(struct play *p)
{
	folder_is(p, FOLDER_BAD, "It belongs to another user.");
}

static void save_step(struct play *p, const char *text, enum step_state state)
{
	play_event(p, &(struct wizard_event){.kind = EVENT_SAVE_STEP,
			      .text = str_of(text),
			      .state = state});
}

static void saving(struct play *p)
{
	save_step(p, "Settings written", STEP_DONE);
	save_step(p, "Read back and compared", STEP_RUNNING);
}

static void not_saved(struct play *p)
{
	save_step(p, "Settings written", STEP_RUNNING);
	play(p, "unsaved");
}

/* Syncing */

static void progress(struct play *p, const struct progress *line)
{
	play_event(p, &(struct wizard_event){.kind = EVENT_PROGRESS, .progress = line});
}

static void syncing(struct play *p)
{
	progress(p, &(struct progress){.path = "/1/calendars/home/",
			    .name = "Home",
			    .state = PROGRESS_DONE,
			    .total = 412,
			    .done = 412});
	progress(p, &(struct progress){.path = "/1/calendars/work/",
			    .name = "Work",
			    .state = PROGRESS_RUNNING,
			    .total = 1208,
			    .done = 802,
			    .skipped = 2});
}

static void stopping(struct play *p)
{
	syncing(p);
	play(p, "esc");
}

static void ended(struct play *p, const struct run_result *r)
{
	play_event(p, &(struct wizard_event){.kind = EVENT_SYNCED, .result = r});
}

static struct calendar_result result_of(const char *path, const char *name,
	size_t events)
{
	return (struct calendar_result){.path = xstrdup(path),
		.name = xstrdup(name),
		.exit = EXIT_OK,
		.events = events};
}

static void end_with(struct play *p, int status, const struct err *trouble)
{
	struct calendar_result lines[] = {result_of("/1/calendars/home/", "Home", 412),
		result_of("/1/calendars/work/", "Work", 1208),
		result_of("/1/calendars/f/", "Familie 家族", 230)};

	if (status == EXIT_ATTENTION) {
		lines[1].quarantined = 2;
		lines[0].edited = 1;
		lines[2].exit = EXIT_TRY_LATER;
		lines[2].err = *trouble;
	}
	ended(p, &(struct run_result){.exit = status,
			 .cancelled = status == EXIT_TRY_LATER,
			 .calendars = lines,
			 .n_calendars = COUNT_OF(lines)});
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		free(lines[i].path);
		free(lines[i].name);
	}
}

static void ended_well(struct play *p)
{
	end_with(p, EXIT_OK, NULL);
}

static void ended_with_trouble(struct play *p)
{
	const struct err e = {.code = ERR_BUSY,
		.message = "the server is busy and asks to come later"};

	end_with(p, EXIT_ATTENTION, &e);
}

static void ended_early(struct play *p)
{
	end_with(p, EXIT_TRY_LATER, NULL);
}

static void ended_unreached(struct play *p)
{
	ended(p, &(struct run_result){.exit = EXIT_TRY_LATER,
			 .err = {.code = ERR_NETWORK,
				 .message = "this computer cannot find "
					    "caldav.icloud.com"}});
}

/* The list */

#define SIGN_IN "enter enter enter @sign-in "
#define VERIFY SIGN_IN "p:ada.example@icloud.com tab p:abcdefghijklmnop enter @verify "
#define CALENDARS VERIFY "linked enter @calendars "
#define OPTIONS CALENDARS "enter @options "
#define REVIEW OPTIONS "enter @review "
#define PROTECT REVIEW "space enter @protect "
#define SYNC PROTECT "enter saved @sync "
#define SERVER "down tab enter @server "

const struct screen screens[] = {
	{"welcome-start", "@welcome"},
	{"welcome-other", "down"},
	{"welcome-help", "t:?"},
	{"welcome-leave", "^c"},
	{"password-code", "enter @password"},
	{"password-inverted", "enter @password t:i"},
	{"password-big", "enter @password t:z"},
	{"password-pictures", "enter @password t:v"},
	{"password-help", "enter @password t:?"},
	{"server-start", SERVER},
	{"server-typed", SERVER "t:dav.example.org"},
	{"server-here", SERVER "t:http://127.0.0.1:5232/"},
	{"server-long",
		SERVER "t:https://dav.example.org/a/path/that/is/longer/than/the/"
		       "field/it/is/typed/into"},
	{"server-empty", SERVER "enter"},
	{"icloud-start", "enter enter @icloud"},
	{"icloud-code", "enter enter @icloud t:c"},
	{"icloud-terms", "enter enter @icloud down enter"},
	{"icloud-missing", "enter enter @icloud down down enter"},
	{"sign_in-start", SIGN_IN},
	{"sign_in-short", SIGN_IN "p:ada.example@icloud.com tab p:abcdefghijklmn"},
	{"sign_in-right", SIGN_IN "p:ada.example@icloud.com tab p:abcdefghijklmnop"},
	{"sign_in-normal", SIGN_IN "p:ada.example@icloud.com tab t:Secret123"},
	{"sign_in-insist", SIGN_IN "p:ada.example@icloud.com tab t:Secret123 enter"},
	{"sign_in-shown", SIGN_IN "p:ada.example@icloud.com tab p:abcdefghijklmnop ^r"},
	{"sign_in-problem", SIGN_IN "t:ada tab p:abcdefghijklmnop enter"},
	{"sign_in-other", SERVER "t:dav.example.org enter @sign-in"},
	{"verify-start", VERIFY},
	{"verify-running", VERIFY, checking},
	{"verify-good", VERIFY, checked},
	{"verify-read_only", VERIFY "read-only"},
	{"verify-refused", VERIFY, refused},
	{"verify-details", VERIFY, refused_details},
	{"verify-no_network", VERIFY, no_network},
	{"verify-no_calendars", VERIFY, no_calendars},
	{"calendars-start", CALENDARS},
	{"calendars-third", CALENDARS "down down"},
	{"calendars-none", CALENDARS, no_calendar_left},
	{"calendars-filter", CALENDARS "t:/ t:o"},
	{"calendars-no_match", CALENDARS "t:/ t:zebra"},
	{"calendars-folder", CALENDARS "t:f"},
	{"calendars-many", VERIFY, many_calendars},
	{"calendars-odd", VERIFY, odd_calendars},
	{"calendars-help", CALENDARS "t:?"},
	{"calendars-leave", CALENDARS "^c"},
	{"options-start", OPTIONS},
	{"options-changed", OPTIONS "down right down right"},
	{"options-used", OPTIONS, folder_used},
	{"options-bad", OPTIONS, folder_bad},
	{"review-start", REVIEW},
	{"review-told", REVIEW "enter"},
	{"review-agreed", REVIEW "space"},
	{"review-line", REVIEW "up"},
	{"review-one_way", CALENDARS "t:n down down down space enter enter @review"},
	{"protect-start", PROTECT},
	{"protect-saving", PROTECT "enter", saving},
	{"protect-failed", PROTECT "enter", not_saved},
	{"sync-start", SYNC},
	{"sync-running", SYNC, syncing},
	{"sync-stopping", SYNC, stopping},
	{"sync-leave", SYNC "^c"},
	{"done-good", SYNC, ended_well},
	{"done-trouble", SYNC, ended_with_trouble},
	{"done-stopped", SYNC, ended_early},
	{"done-unreached", SYNC, ended_unreached},
	{"manage-start", "@manage", .rerun = true},
	{"manage-options", "down down", .rerun = true},
	{"manage-leave", "esc", .rerun = true},
	{"manage-sign_in", "down down down enter @sign-in", .rerun = true},
	{"manage-calendars", "down enter @verify linked enter @calendars",
		.rerun = true},
	{"remove-start", "t:r enter @remove", .rerun = true},
	{"remove-agreed", "t:r enter @remove space", .rerun = true},
	{"remove-removed", "t:r enter @remove space tab enter removed", .rerun = true},
};
const size_t n_screens = COUNT_OF(screens);

const struct screen_size screen_sizes[] = {{80, 24}, {120, 40}, {60, 18}, {40, 13}};
const size_t n_screen_sizes = COUNT_OF(screen_sizes);

void screen_resize(struct play *p, struct screen_size size)
{
	play_event(p, &(struct wizard_event){.kind = EVENT_SIZE,
			      .width = size.width,
			      .height = size.height});
}

void screen_play(const struct screen *s, struct play *p)
{
	struct account a = {0};

	if (s->rerun)
		play_account(&a);
	play_begin(p, s->rerun ? &a : NULL);
	account_clear(&a);
	fill_calendars(&p->calendars);
	play(p, s->script);
	if (s->then)
		s->then(p);
}
