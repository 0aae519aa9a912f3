#include <config.h>

#include "app/status.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

#define STATUS_FILE "status.json"

/* Where the lines go and how. */
struct printer {
	const struct account *account;
	struct state *state;
	struct buf *out;
	const char *only; /* NULL, or the name of one calendar */
	bool json;
	struct err err;
	bool failed;
};

static char *local_time(int64_t seconds)
{
	const time_t t = (time_t)seconds;
	struct tm tm = {0};
	char text[40] = "";

	if (localtime_r(&t, &tm))
		(void)strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &tm);
	return xstrdup(text);
}

char *status_words(const struct outcome *o, bool *good)
{
	*good = o->last_end &&
	        (o->last_exit == EXIT_OK || o->last_exit == EXIT_ATTENTION);
	if (!o->last_end)
		return xstrdup("never");
	AUTO_FREE char *when = local_time(o->last_end);
	if (o->last_exit == EXIT_OK)
		return xasprintf("%s, all right", when);
	if (o->last_exit == EXIT_ATTENTION)
		return xasprintf("%s, something waits for you: %s", when, o->message);
	AUTO_FREE char *since = local_time(o->failing_since);
	return xasprintf("%s, not working since %s: %s", when, since, o->message);
}

static const char *calendar_name(const struct account *a, const char *key)
{
	for (size_t i = 0; i < a->n_calendars; i++) {
		AUTO_FREE char *other = href_key(str_of(a->calendars[i].path));
		if (!strcmp(other, key))
			return a->calendars[i].name;
	}
	return NULL;
}

static void print_quarantined(void *ctx, const struct state_quarantined *q)
{
	struct printer *p = ctx;

	if (q->side == STATE_OTHER)
		return;
	buf_printf(p->out, "    %s %s: %s\n",
		q->side == STATE_SERVER ? "on the server" : "here",
		safe(str_of(q->what)).text, q->reason);
}

static void print_held(void *ctx, const struct state_held *h)
{
	struct printer *p = ctx;
	buf_printf(p->out, "    held: %s\n", safe(str_of(h->name)).text);
}

static void calendar_text(struct printer *p, const struct state_calendar *c)
{
	const char *name = calendar_name(p->account, c->key);
	AUTO_FREE char *when =
		c->last_good ? local_time(c->last_good) : xstrdup("never");

	buf_printf(p->out, "  %s: %lld events, last good sync %s\n",
		safe(str_of(name)).text, (long long)c->items, when);
	if (c->gone_since) {
		AUTO_FREE char *since = local_time(c->gone_since);
		buf_printf(p->out,
			"    gone from the server since %s; its files stay\n", since);
	}
	if (c->held) {
		buf_printf(p->out, "    %lld deletions held back, set %s\n",
			(long long)c->held, c->held_code ? c->held_code : "");
		if (!state_each_held(p->state, c->id, print_held, p, &p->err))
			p->failed = true;
	}
	if (c->quarantined &&
		!state_each_quarantined(p->state, c->id, print_quarantined, p, &p->err))
		p->failed = true;
}

static void json_text(struct buf *out, const char *key, const char *text)
{
	buf_printf(out, "\"%s\":\"", key);
	buf_json(out, str_of(text));
	buf_char(out, '"');
}

static void json_time(struct buf *out, const char *key, int64_t seconds)
{
	char stamp[CLOCK_STAMP_SIZE];

	clock_stamp(seconds, stamp);
	if (seconds)
		buf_printf(out, "\"%s\":\"%s\"", key, stamp);
	else
		buf_printf(out, "\"%s\":null", key);
}

static void calendar_json(struct printer *p, const struct state_calendar *c)
{
	buf_text(p->out, ",{");
	json_text(p->out, "name", calendar_name(p->account, c->key));
	buf_printf(p->out, ",\"events\":%lld,\"left_alone\":%lld,\"held\":%lld,",
		(long long)c->items, (long long)c->quarantined, (long long)c->held);
	json_text(p->out, "held_set", c->held_code);
	buf_char(p->out, ',');
	json_time(p->out, "last_good", c->last_good);
	buf_char(p->out, ',');
	json_time(p->out, "last_full", c->last_full);
	buf_char(p->out, ',');
	json_time(p->out, "gone_since", c->gone_since);
	buf_char(p->out, '}');
}

static void on_calendar(void *ctx, const struct state_calendar *c)
{
	struct printer *p = ctx;

	const char *name = calendar_name(p->account, c->key);

	if (!name || (p->only && strcmp(name, p->only) != 0))
		return; /* not selected any more, or not asked for */
	if (p->json)
		calendar_json(p, c);
	else
		calendar_text(p, c);
}

static void account_json(struct printer *p, const struct outcome *o)
{
	SCOPED(buf) calendars = {0};
	struct buf *whole = p->out;

	p->out = &calendars;
	if (p->state && !state_each_calendar(p->state, on_calendar, p, &p->err))
		p->failed = true;
	p->out = whole;
	buf_char(whole, '{');
	json_text(whole, "account", p->account->name);
	buf_printf(whole, ",\"exit\":%lld,", (long long)o->last_exit);
	json_text(whole, "message", o->message);
	buf_char(whole, ',');
	json_time(whole, "last_start", o->last_start);
	buf_char(whole, ',');
	json_time(whole, "last_end", o->last_end);
	buf_char(whole, ',');
	json_time(whole, "last_good", o->last_good);
	buf_char(whole, ',');
	json_time(whole, "failing_since", o->failing_since);
	buf_text(whole, ",\"calendars\":[");
	buf_add(whole, str_from(buf_view(&calendars), 1));
	buf_text(whole, "]}");
}

static void account_text(struct printer *p, const struct outcome *o)
{
	bool good = false;
	AUTO_FREE char *words = status_words(o, &good);

	buf_printf(p->out, "%s, %s: last sync %s\n", p->account->name,
		safe(str_of(p->account->login)).text, words);
	if (p->state && !state_each_calendar(p->state, on_calendar, p, &p->err))
		p->failed = true;
}

/* The state of an account that was never synced does not exist, and looking must not
 * make it. */
static bool open_state(const struct profile *p, const struct account *a,
	struct state **state, struct outcome *o, struct err *e)
{
	AUTO_FREE char *file = xasprintf("%s/%s.db", p->paths.state, a->name);
	struct stat st;

	*o = (struct outcome){0};
	if (stat(file, &st) < 0)
		return true;
	return state_open(state, p->paths.state, a->name, e) &&
	       outcome_load(o, *state, e);
}

char *status_of(const struct profile *p, const struct account *a, bool *good)
{
	AUTO(state) *state = NULL;
	struct outcome o = {0};

	if (!open_state(p, a, &state, &o, NULL))
		o = (struct outcome){0};
	return status_words(&o, good);
}

/* What is known of printer->account goes to printer->out. */
static bool describe(const struct profile *p, struct printer *printer,
	struct outcome *o, struct err *e)
{
	AUTO(state) *state = NULL;

	if (!open_state(p, printer->account, &state, o, e))
		return false;
	printer->state = state;
	if (printer->json)
		account_json(printer, o);
	else
		account_text(printer, o);
	printer->state = NULL;
	if (printer->failed)
		*e = printer->err;
	return !printer->failed;
}

bool status_write(const struct profile *p, struct err *e)
{
	SCOPED(buf) out = {0};

	if (p->state_dir < 0)
		return true;
	buf_text(&out, "{\"version\":1,\"accounts\":[");
	for (size_t i = 0; i < p->settings.n_accounts; i++) {
		struct outcome o;
		struct printer printer = {.account = &p->settings.accounts[i],
			.out = &out,
			.json = true};
		if (i)
			buf_text(&out, ",\n");
		if (!describe(p, &printer, &o, e))
			return false;
	}
	buf_text(&out, "]}\n");
	return file_replace(p->state_dir, STATUS_FILE, buf_view(&out), 0600, e);
}

static int age_status(const struct options *o, const struct outcome *outcome)
{
	const int64_t now = (int64_t)time(NULL);

	if (!o->max_age_seconds)
		return EXIT_OK;
	return outcome->last_good && now - outcome->last_good <= o->max_age_seconds
	               ? EXIT_OK
	               : EXIT_TRY_LATER;
}

static int print_account(const struct options *o, const struct profile *p,
	const struct account *a, struct err *e)
{
	SCOPED(buf) out = {0};
	struct outcome outcome = {0};

	struct printer printer = {.account = a,
		.out = &out,
		.only = o->calendar,
		.json = o->json};
	if (!describe(p, &printer, &outcome, e))
		return err_exit_status(e->code);
	const int old = age_status(o, &outcome);
	if (old && !o->json)
		buf_text(&out, "  the last good sync is older than --max-age allows\n");
	printf("%s%s", buf_cstr(&out), o->json ? "\n" : "");
	return exit_worse((int)outcome.last_exit, old);
}

static int print_all(const struct options *o, const struct profile *p, struct err *e)
{
	int status = EXIT_OK;
	size_t count = 0;

	for (size_t i = 0; i < p->settings.n_accounts; i++) {
		const struct account *a = &p->settings.accounts[i];
		if (o->account && strcmp(o->account, a->name) != 0)
			continue;
		count++;
		status = exit_worse(status, print_account(o, p, a, e));
	}
	if (!count) {
		(void)err_set(e, ERR_USAGE, "there is no account %s",
			o->account ? safe(str_of(o->account)).text : "");
		return EXIT_USAGE;
	}
	return status;
}

int status_run(const struct options *o)
{
	struct profile p = {0};
	struct err e = {0};
	int status = EXIT_OK;

	if (profile_open(&p, o, &e))
		status = print_all(o, &p, &e);
	else
		status = err_exit_status(e.code);
	if (e.code != ERR_NONE)
		(void)fprintf(stderr, "calwiz: %s. %s\n", e.message,
			err_advice(e.code));
	profile_clear(&p);
	return status;
}
