#include <config.h>

#include <stdio.h>
#include <string.h>

#include "app/schedule_impl.h"
#include "app/spawn.h"
#include "base/mem.h"
#include "base/text.h"

#define MARK STR(" --headless # calwiz")
#define PAUSE STR("#paused# ")
#define HOUR 60

/* The crontab around our line. */
struct crontab {
	struct schedule_run run; /* owned: the text */
	struct str before;
	struct str line; /* ours, with its line end; empty = none */
	struct str after;
	bool paused;
};

static void crontab_clear(struct crontab *c)
{
	schedule_run_clear(&c->run);
}

bool cron_there(void)
{
	AUTO_FREE char *path = spawn_find("crontab");

	return path != NULL;
}

/* For sh, inside single quotes; cron itself makes a line end of a bare percent sign. */
static void add_quoted(struct buf *b, const char *text)
{
	buf_char(b, '\'');
	for (; *text; text++) {
		if (*text == '\'')
			buf_text(b, "'\\''");
		else if (*text == '%')
			buf_text(b, "\\%");
		else
			buf_char(b, *text);
	}
	buf_char(b, '\'');
}

static void add_variable(struct buf *b, const char *variable)
{
	if (!variable)
		return;
	const char *value = strchr(variable, '=') + 1;
	buf_add(b, (struct str){variable, (size_t)(value - variable)});
	add_quoted(b, value);
	buf_char(b, ' ');
}

/* What stands between the times and the program: names the home, and so whose line it
 * is. */
static void add_homes(struct buf *b, const struct paths *paths)
{
	struct schedule_homes homes = schedule_homes(paths);

	add_variable(b, homes.config);
	add_variable(b, homes.state);
	schedule_homes_clear(&homes);
}

static void add_times(struct buf *b, int minutes)
{
	const int offset = schedule_offset(minutes < HOUR ? minutes : HOUR);

	if (minutes < HOUR)
		buf_printf(b, "%d-59/%d * * * * ", offset, minutes);
	else if (minutes == HOUR)
		buf_printf(b, "%d * * * * ", offset);
	else
		buf_printf(b, "%d */%d * * * ", offset, minutes / HOUR);
}

char *cron_line(const struct schedule *s)
{
	SCOPED(buf) b = {0};

	add_times(&b, s->minutes);
	add_homes(&b, s->paths);
	add_quoted(&b, s->program);
	buf_add(&b, MARK);
	return buf_take(&b);
}

/* Five fields of times, and what is run. */
static bool command_of(struct str line, struct str *command)
{
	struct str field;

	for (int i = 0; i < 5; i++)
		if (!str_split(&line, ' ', &field) || !field.len)
			return false;
	*command = line;
	return true;
}

static bool is_ours(struct str line, struct str homes)
{
	struct str command;

	if (str_starts(line, PAUSE))
		line = str_from(line, PAUSE.len);
	if (!str_ends(line, MARK) || !command_of(line, &command))
		return false;
	return str_starts(command, homes) &&
	       str_starts(str_from(command, homes.len), STR("'"));
}

/* crontab -l fails for want of a crontab, and for reasons that must not make us write a
 * new one over it. */
static bool has_no_crontab(const struct schedule_run *r)
{
	static const char *const words[] = {"no crontab", "No such file"};

	if (r->out.len)
		return false;
	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (strstr(r->said, words[i]))
			return true;
	return !r->said[0] && r->status == 1;
}

static void find_line(struct crontab *c, const struct paths *paths)
{
	SCOPED(buf) homes = {0};
	const struct str whole = buf_view(&c->run.out);
	struct str rest = whole;
	struct str line;

	add_homes(&homes, paths);
	c->before = whole;
	c->line = c->after = str_from(whole, whole.len);
	for (size_t at = 0; str_line(&rest, &line); at = whole.len - rest.len) {
		if (!is_ours(line, buf_view(&homes)))
			continue;
		c->before = str_slice(whole, 0, at);
		c->line = str_slice(whole, at, whole.len - rest.len);
		c->after = rest;
		c->paused = str_starts(line, PAUSE);
		return;
	}
}

/* Without crontab there is no line either. */
static bool crontab_read(struct crontab *c, const struct paths *paths, struct err *e)
{
	static const char *const argv[] = {"crontab", "-l", NULL};
	bool found = false;

	*c = (struct crontab){0};
	if (!schedule_call(argv, STR(""), &c->run, &found, e))
		return false;
	if (found && c->run.status != 0 && !has_no_crontab(&c->run)) {
		(void)err_set(e, ERR_CONFIG, "crontab -l ended with status %d%s%s",
			c->run.status, c->run.said[0] ? ": " : "", c->run.said);
		crontab_clear(c);
		return false;
	}
	find_line(c, paths);
	return true;
}

static bool write_text(struct str text, struct err *e)
{
	static const char *const update[] = {"crontab", "-", NULL};
	static const char *const none[] = {"crontab", "-r", NULL};
	struct schedule_run run = {0};
	bool found = false;

	if (!schedule_call(text.len ? update : none, text, &run, &found, e))
		return false;
	const bool done = found && run.status == 0;
	if (!done)
		(void)err_set(e, ERR_CONFIG, "crontab ended with status %d%s%s",
			run.status, run.said[0] ? ": " : "", run.said);
	schedule_run_clear(&run);
	return done;
}

/* `line` in the place of ours, or at the end, or (NULL) nothing. */
static bool crontab_write(const struct crontab *c, const char *line, struct err *e)
{
	SCOPED(buf) text = {0};

	buf_add(&text, c->before);
	if (line && text.len && !str_ends(c->before, STR("\n")))
		buf_char(&text, '\n');
	if (line)
		buf_printf(&text, "%s\n", line);
	buf_add(&text, c->after);
	if (str_eq(buf_view(&text), buf_view(&c->run.out)))
		return true;
	return write_text(buf_view(&text), e);
}

bool cron_install(const struct schedule *s, struct err *e)
{
	AUTO_FREE char *line = cron_line(s);
	struct crontab c;

	if (!crontab_read(&c, s->paths, e))
		return false;
	const bool done = crontab_write(&c, line, e);
	crontab_clear(&c);
	return done;
}

bool cron_pause(const struct paths *paths, bool pause, struct err *e)
{
	struct crontab c;
	bool done = true;

	if (!crontab_read(&c, paths, e))
		return false;
	if (c.line.len && c.paused != pause) {
		const struct str bare =
			str_from(str_trim(c.line), c.paused ? PAUSE.len : 0);
		AUTO_FREE char *line = xasprintf(STR_FMT STR_FMT,
			STR_ARG(pause ? PAUSE : STR("")), STR_ARG(bare));
		done = crontab_write(&c, line, e);
	}
	crontab_clear(&c);
	return done;
}

bool cron_remove(const struct paths *paths, struct err *e)
{
	struct crontab c;

	if (!crontab_read(&c, paths, e))
		return false;
	const bool done = !c.line.len || crontab_write(&c, NULL, e);
	crontab_clear(&c);
	return done;
}

/* The interval of times this module writes; 0 = of times somebody else wrote. */
static int minutes_of(struct str line)
{
	struct str minute;
	struct str hour;
	int64_t n = 0;

	if (!str_split(&line, ' ', &minute) || !str_split(&line, ' ', &hour))
		return 0;
	if (str_starts(hour, STR("*/")) && str_to_int(str_from(hour, 2), 1, 24, &n))
		return (int)n * HOUR;
	const size_t slash = str_find_char(minute, '/');
	if (slash == STR_NONE)
		return str_is(hour, "*") && !str_is(minute, "*") ? HOUR : 0;
	return str_to_int(str_from(minute, slash + 1), 1, HOUR, &n) ? (int)n : 0;
}

static bool starts(const struct crontab *c, const char *program)
{
	SCOPED(buf) quoted = {0};

	add_quoted(&quoted, program);
	buf_add(&quoted, MARK);
	return str_ends(str_trim(c->line), buf_view(&quoted));
}

bool cron_show(const struct paths *paths, const char *program,
	struct schedule_state *out, struct err *e)
{
	struct crontab c;

	if (!crontab_read(&c, paths, e))
		return false;
	if (c.line.len) {
		out->kind = SCHEDULE_CRON;
		out->paused = c.paused;
		out->minutes = minutes_of(str_from(c.line, c.paused ? PAUSE.len : 0));
		out->this_one = starts(&c, program);
	}
	crontab_clear(&c);
	return true;
}
