#include <config.h>

#include "tests/fake/ctl.h"

#include <fcntl.h>
#include <fnmatch.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "tests/fake/rows.h"

enum { WORDS_MAX = 16, CTL_FILE_MAX = 16 << 20 };

struct command {
	struct server *s;
	struct buf *out;
	char *words[WORDS_MAX];
	size_t count;
	struct str rest;           /* behind the first word */
	struct calendar *calendar; /* the second word, of commands about one */
	struct object *object;     /* the third, of commands about one */
};

static void command_clear(struct command *c)
{
	for (size_t i = 0; i < c->count; i++)
		free(c->words[i]);
}

static bool set_flag(struct calendar *c, struct str flag, struct err *e)
{
	const struct {
		const char *name;
		bool *at;
	} flags[] = {
		{"VTODO", &c->todo},
		{"read-only", &c->read_only},
		{"shared", &c->shared},
		{"shared-owner", &c->shared_owner},
		{"unlisted", &c->unlisted},
	};
	int64_t order = 0;

	for (size_t i = 0; i < COUNT_OF(flags); i++)
		if (str_is(flag, flags[i].name)) {
			*flags[i].at = true;
			return true;
		}
	if (str_is(flag, "inbox"))
		c->kind = KIND_INBOX;
	else if (str_is(flag, "outbox"))
		c->kind = KIND_OUTBOX;
	else if (str_is(flag, "notification"))
		c->kind = KIND_NOTIFICATION;
	else if (str_starts(flag, STR("source=")))
		store_set(&c->source, str_from(flag, 7));
	else if (str_starts(flag, STR("order=")) &&
		 str_to_int(str_from(flag, 6), 1, 1 << 20, &order))
		c->order = (int)order;
	else
		return err_set(e, ERR_USAGE, "no flag \"" STR_FMT "\"", STR_ARG(flag));
	return true;
}

static char *or_nothing(const char *word)
{
	return strcmp(word, "-") ? xstrdup(word) : NULL;
}

static bool do_calendar(struct command *c, struct err *e)
{
	if (store_calendar(&c->s->store, str_of(c->words[1])))
		return err_set(e, ERR_USAGE, "there is a calendar %s", c->words[1]);
	struct calendar *made = store_add_calendar(&c->s->store, str_of(c->words[1]));
	made->display = or_nothing(c->words[2]);
	made->color = or_nothing(c->words[3]);
	for (size_t i = 4; i < c->count; i++)
		if (!set_flag(made, str_of(c->words[i]), e))
			return false;
	return true;
}

static bool do_put(struct command *c, struct err *e)
{
	SCOPED(buf) body = buf_with_max(CTL_FILE_MAX);

	if (!file_read(AT_FDCWD, c->words[3], CTL_FILE_MAX, &body, e))
		return false;
	(void)store_put(&c->s->store, c->calendar, str_of(c->words[2]),
		buf_view(&body));
	return true;
}

static void put_event(struct command *c, const char *name, const char *summary,
	const char *start)
{
	const struct str whole = str_of(name);
	const struct str uid = str_ends(whole, STR(".ics"))
	                               ? str_slice(whole, 0, whole.len - 4)
	                               : whole;
	SCOPED(buf) body = buf_with_max(0);

	event_make(&body, uid, str_of(summary), str_of(start));
	(void)store_put(&c->s->store, c->calendar, whole, buf_view(&body));
}

static bool do_event(struct command *c, struct err *e)
{
	(void)e;
	put_event(c, c->words[2], c->words[3],
		c->count > 4 ? c->words[4] : "20260301T100000Z");
	return true;
}

static bool do_fill(struct command *c, struct err *e)
{
	int64_t count = 0;

	if (!str_to_int(str_of(c->words[2]), 1, 100000, &count))
		return err_set(e, ERR_USAGE, "fill CALENDAR COUNT");
	for (int64_t i = 1; i <= count; i++) {
		AUTO_FREE char *name = xasprintf("fill-%d.ics", (int)i);
		AUTO_FREE char *summary = xasprintf("Event %d", (int)i);
		put_event(c, name, summary, "20260301T100000Z");
	}
	return true;
}

static bool do_delete(struct command *c, struct err *e)
{
	(void)e;
	store_delete(c->calendar, c->object);
	return true;
}

static bool do_retag(struct command *c, struct err *e)
{
	(void)e;
	store_retag(&c->s->store, c->calendar, c->object);
	return true;
}

static bool do_empty(struct command *c, struct err *e)
{
	(void)e;
	while (c->calendar->count)
		store_delete(c->calendar, c->calendar->objects[0]);
	return true;
}

static bool do_rename(struct command *c, struct err *e)
{
	(void)e;
	store_set(&c->calendar->display, str_of(c->words[2]));
	return true;
}

static bool do_color(struct command *c, struct err *e)
{
	(void)e;
	store_set(&c->calendar->color, str_of(c->words[2]));
	return true;
}

static bool do_privileges(struct command *c, struct err *e)
{
	(void)e;
	c->calendar->read_only = strcmp(c->words[2], "write") != 0;
	return true;
}

static bool do_list(struct command *c, struct err *e)
{
	(void)e;
	c->calendar->unlisted = !strcmp(c->words[0], "unlist");
	return true;
}

static bool do_remove(struct command *c, struct err *e)
{
	(void)e;
	store_remove_calendar(&c->s->store, c->calendar);
	return true;
}

static bool do_expire(struct command *c, struct err *e)
{
	(void)e;
	c->calendar->oldest = ++c->calendar->rev;
	return true;
}

static bool do_set(struct command *c, struct err *e)
{
	return switches_set(&c->s->switches, str_of(c->words[1]), str_of(c->words[2]),
		e);
}

static bool do_fault(struct command *c, struct err *e)
{
	return faults_add(c->s->faults, str_trim(c->rest), e);
}

static bool do_faults(struct command *c, struct err *e)
{
	(void)e;
	faults_drop(c->s->faults);
	return true;
}

static bool do_revoke(struct command *c, struct err *e)
{
	(void)e;
	c->s->revoked = !strcmp(c->words[0], "revoke");
	return true;
}

static bool do_account(struct command *c, struct err *e)
{
	(void)e;
	store_set(&c->s->login, str_of(c->words[1]));
	store_set(&c->s->password, str_of(c->words[2]));
	return true;
}

static bool do_partition(struct command *c, struct err *e)
{
	return str_to_int(str_of(c->words[1]), 0, 9999, &c->s->partition) ||
	       err_set(e, ERR_USAGE, "partition N");
}

static bool do_log(struct command *c, struct err *e)
{
	(void)e;
	if (c->count > 1)
		buf_reset(&c->s->log);
	else
		buf_add(c->out, buf_view(&c->s->log));
	return true;
}

static bool do_count(struct command *c, struct err *e)
{
	struct str rest = buf_view(&c->s->log);
	struct str line;
	size_t count = 0;

	(void)e;
	while (str_line(&rest, &line)) {
		AUTO_FREE char *text = str_dup(line);
		count += c->count < 2 || fnmatch(c->words[1], text, 0) == 0;
	}
	buf_printf(c->out, "%zu\n", count);
	return true;
}

static bool do_objects(struct command *c, struct err *e)
{
	(void)e;
	for (size_t i = 0; i < c->calendar->count; i++)
		buf_printf(c->out, "%s %s\n", c->calendar->objects[i]->name,
			c->calendar->objects[i]->etag);
	return true;
}

static bool do_body(struct command *c, struct err *e)
{
	(void)e;
	buf_text(c->out, c->object->body);
	return true;
}

static bool do_file(struct command *c, struct err *e)
{
	return ctl_file(c->s, c->words[1], c->out, e);
}

enum about { NOTHING, CALENDAR, OBJECT };

static const struct {
	const char *word;
	size_t least; /* words, with the command itself */
	enum about about;
	bool (*run)(struct command *c, struct err *e);
} commands[] = {
	{"calendar", 4, NOTHING, do_calendar},
	{"put", 4, CALENDAR, do_put},
	{"event", 4, CALENDAR, do_event},
	{"fill", 3, CALENDAR, do_fill},
	{"delete", 3, OBJECT, do_delete},
	{"retag", 3, OBJECT, do_retag},
	{"empty", 2, CALENDAR, do_empty},
	{"rename", 3, CALENDAR, do_rename},
	{"color", 3, CALENDAR, do_color},
	{"privileges", 3, CALENDAR, do_privileges},
	{"list", 2, CALENDAR, do_list},
	{"unlist", 2, CALENDAR, do_list},
	{"remove", 2, CALENDAR, do_remove},
	{"expire", 2, CALENDAR, do_expire},
	{"set", 3, NOTHING, do_set},
	{"fault", 2, NOTHING, do_fault},
	{"faults", 2, NOTHING, do_faults},
	{"revoke", 1, NOTHING, do_revoke},
	{"restore", 1, NOTHING, do_revoke},
	{"account", 3, NOTHING, do_account},
	{"partition", 2, NOTHING, do_partition},
	{"log", 1, NOTHING, do_log},
	{"count", 1, NOTHING, do_count},
	{"objects", 2, CALENDAR, do_objects},
	{"body", 3, OBJECT, do_body},
	{"do", 2, NOTHING, do_file},
};

static bool find_what(struct command *c, enum about about, struct err *e)
{
	if (about == NOTHING)
		return true;
	c->calendar = store_calendar(&c->s->store, str_of(c->words[1]));
	if (!c->calendar)
		return err_set(e, ERR_USAGE, "no calendar %s", c->words[1]);
	if (about == CALENDAR)
		return true;
	c->object = store_object(c->calendar, str_of(c->words[2]));
	return c->object || err_set(e, ERR_USAGE, "no object %s", c->words[2]);
}

static bool read_words(struct command *c, struct str line, struct err *e)
{
	struct str rest = line;

	for (char *word; (word = word_next(&rest));) {
		if (c->count == WORDS_MAX) {
			free(word);
			return err_set(e, ERR_USAGE, "too many words");
		}
		c->words[c->count++] = word;
		if (c->count == 1)
			c->rest = rest;
	}
	return c->count || err_set(e, ERR_USAGE, "no command");
}

bool ctl_command(struct server *s, struct str line, struct buf *out, struct err *e)
{
	SCOPED(command) c = {.s = s, .out = out};

	if (!read_words(&c, line, e))
		return false;
	s->store.lag = s->switches.lag;
	for (size_t i = 0; i < COUNT_OF(commands); i++) {
		if (strcmp(commands[i].word, c.words[0]) != 0)
			continue;
		if (c.count < commands[i].least)
			return err_set(e, ERR_USAGE, "%s needs more words", c.words[0]);
		return find_what(&c, commands[i].about, e) && commands[i].run(&c, e);
	}
	return err_set(e, ERR_USAGE, "no command %s", c.words[0]);
}

/* Files that are named in a file of commands are beside it. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? xstrndup(path, (size_t)(slash - path)) : xstrdup(".");
}

bool ctl_file(struct server *s, const char *path, struct buf *out, struct err *e)
{
	SCOPED(buf) text = buf_with_max(CTL_FILE_MAX);
	struct str line;
	size_t number = 0;

	if (!file_read(AT_FDCWD, path, CTL_FILE_MAX, &text, e))
		return false;
	AUTO_CLOSE int before = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	AUTO_FREE char *folder = folder_of(path);
	if (before < 0 || chdir(folder) < 0)
		return err_errno(e, "enter %s", folder);
	bool ok = true;
	for (struct str rest = buf_view(&text); ok && str_line(&rest, &line);) {
		number++;
		line = str_trim(line);
		if (line.len && line.ptr[0] != '#')
			ok = ctl_command(s, line, out, e);
	}
	if (!ok)
		(void)err_wrap(e, "%s:%zu", path, number);
	if (fchdir(before) < 0)
		return err_errno(e, "leave %s", folder);
	return ok;
}
