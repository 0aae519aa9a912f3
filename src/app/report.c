#include <config.h>

#include "app/report.h"

static void count(struct buf *b, size_t n, const char *word)
{
	if (n)
		buf_printf(b, ", %zu %s", n, word);
}

char *report_calendar_line(const struct calendar_result *c)
{
	SCOPED(buf) line = {0};

	buf_printf(&line, "%s: %zu event%s", c->name, c->events,
		c->events == 1 ? "" : "s");
	count(&line, c->added, "new");
	count(&line, c->changed, "changed");
	count(&line, c->removed, "removed");
	count(&line, c->quarantined, "left alone");
	count(&line, c->edited, "changed here and not sent");
	count(&line, c->held, "deletions held back");
	return buf_take(&line);
}

char *report_problem(const struct calendar_result *c)
{
	SCOPED(buf) line = {0};

	if (c->err.code == ERR_NONE)
		return NULL;
	buf_printf(&line, "%s: %s. %s", c->name, c->err.message,
		err_advice(c->err.code));
	return buf_take(&line);
}

char *report_total_line(const struct run_result *r, int64_t ms)
{
	SCOPED(buf) line = {0};
	size_t events = 0;

	for (size_t i = 0; i < r->n_calendars; i++)
		events += r->calendars[i].events;
	buf_printf(&line, "%zu calendar%s, %zu event%s, %lld.%lld s", r->n_calendars,
		r->n_calendars == 1 ? "" : "s", events, events == 1 ? "" : "s",
		(long long)(ms / 1000), (long long)(ms % 1000 / 100));
	return buf_take(&line);
}

static void member(struct buf *out, const char *key, const char *text)
{
	buf_printf(out, "\"%s\":\"", key);
	buf_json(out, str_of(text));
	buf_text(out, "\",");
}

void report_json(struct buf *out, const char *account, const struct calendar_result *c)
{
	buf_char(out, '{');
	member(out, "account", account);
	member(out, "calendar", c->name);
	member(out, "path", c->path);
	member(out, "message", c->err.code == ERR_NONE ? "" : c->err.message);
	buf_printf(out,
		"\"exit\":%d,\"events\":%zu,\"added\":%zu,\"changed\":%zu,\"removed\":%"
		"zu,"
		"\"left_alone\":%zu,\"edited_here\":%zu,\"held\":%zu,\"unchanged\":%s}",
		c->exit, c->events, c->added, c->changed, c->removed, c->quarantined,
		c->edited, c->held, c->unchanged ? "true" : "false");
}

void report_json_account(struct buf *out, const char *account,
	const struct run_result *r)
{
	buf_char(out, '{');
	member(out, "account", account);
	member(out, "message", r->err.code == ERR_NONE ? "" : r->err.message);
	buf_printf(out, "\"exit\":%d,\"calendars\":%zu,\"new_calendars\":%zu}", r->exit,
		r->n_calendars, r->new_calendars);
}
