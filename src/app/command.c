#include <config.h>

#include "app/command.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "app/spawn.h"
#include "base/file.h"
#include "base/mem.h"

#define FILE_MAX (16U * 1024U)
#define ARGUMENTS_MAX 64
#define KEY_START STR("CALWIZ-KEY-")

/* What is run: argv points into text. */
struct command {
	struct buf text;
	const char *argv[ARGUMENTS_MAX + 1];
	size_t argc;
};

void command_answer_clear(struct command_answer *a)
{
	vault_key_clear(&a->key);
	secret_free(a->passphrase);
	*a = (struct command_answer){0};
}

/* Nobody but root and ourselves may put something else in its place. In a folder with
 * the sticky bit (/tmp) others cannot, as long as the entry itself is ours. */
static bool is_trusted(const struct stat *st)
{
	const bool sticky = S_ISDIR(st->st_mode) && (st->st_mode & S_ISVTX);

	if (st->st_uid != 0 && st->st_uid != geteuid())
		return false;
	return S_ISLNK(st->st_mode) || sticky || !(st->st_mode & 022);
}

static bool distrust(const char *part, const char *whole, struct err *e)
{
	return err_set(e, ERR_CONFIG,
		"others may change %s, so the unlock command %s is not run; only you "
		"and root may own or write to it and the folders above it",
		safe(str_of(part)).text, safe(str_of(whole)).text);
}

/* The path and everything above it. */
static bool check_chain(const char *path, struct err *e)
{
	AUTO_FREE char *part = xstrdup(path);

	for (size_t len = strlen(part); len; len--) {
		struct stat st;
		if (part[len] && part[len] != '/')
			continue;
		part[len] = '\0';
		if (lstat(part, &st) < 0)
			return err_errno(e, "look at %s", safe(str_of(part)).text);
		if (!is_trusted(&st))
			return distrust(part, path, e);
	}
	return true;
}

/* What is run is the file that was checked, links resolved; the caller's. */
static char *trusted_program(const char *path, struct err *e)
{
	struct stat st;
	AUTO_FREE char *real = realpath(path, NULL);

	if (!real) {
		(void)err_errno(e, "the unlock command %s", safe(str_of(path)).text);
		return NULL;
	}
	if (!check_chain(path, e) || !check_chain(real, e))
		return NULL;
	if (stat(real, &st) < 0 || !S_ISREG(st.st_mode) || access(real, X_OK) < 0) {
		(void)err_set(e, ERR_CONFIG,
			"the unlock command %s is not a program you may run",
			safe(str_of(path)).text);
		return NULL;
	}
	return take(&real);
}

static bool read_file(struct command *c, int dirfd, const char *shown, bool *found,
	struct err *e)
{
	AUTO_CLOSE int fd =
		openat(dirfd, COMMAND_FILE, O_PATH | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;

	*found = fd >= 0 || errno != ENOENT;
	if (!*found)
		return true;
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_errno(e, "open %s", shown);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_CONFIG, "%s is not a plain file", shown);
	if (st.st_uid != geteuid() || (st.st_mode & 022))
		return err_set(e, ERR_CONFIG,
			"others may change %s; make it yours and run: chmod 600 '%s'",
			shown, shown);
	return file_read(dirfd, COMMAND_FILE, FILE_MAX, &c->text, e);
}

/* The next argument ends where its line ends. */
static bool add_argument(struct command *c, char **at, char *end, const char *shown,
	struct err *e)
{
	char *line_end = memchr(*at, '\n', (size_t)(end - *at));

	if (!line_end)
		line_end = end;
	if (line_end == *at)
		return err_set(e, ERR_CONFIG, "%s: line %zu is empty", shown,
			c->argc + 1);
	if (c->argc == ARGUMENTS_MAX)
		return err_set(e, ERR_CONFIG, "%s has more than %d lines", shown,
			ARGUMENTS_MAX);
	*line_end = '\0';
	c->argv[c->argc++] = *at;
	*at = line_end + 1;
	return true;
}

static bool split(struct command *c, const char *shown, struct err *e)
{
	char *at = c->text.ptr;

	if (c->text.len && memchr(at, 0, c->text.len))
		return err_set(e, ERR_CONFIG, "%s is not text", shown);
	for (char *end = at + c->text.len; c->text.len && at < end;)
		if (!add_argument(c, &at, end, shown, e))
			return false;
	if (!c->argc || c->argv[0][0] != '/')
		return err_set(e, ERR_CONFIG,
			"the first line of %s must be the absolute path of a program",
			shown);
	return true;
}

static bool ended_well(const struct command *c, const struct spawn_end *end,
	struct err *e)
{
	const struct safe_text name = safe(str_of(c->argv[0]));
	const char *said = end->said.text;
	const char *colon = said[0] ? ": " : "";

	if (end->status == 0)
		return true;
	if (end->status < 0)
		return err_set(e, ERR_CONFIG,
			"the unlock command %s was ended by signal %d%s%s", name.text,
			end->number, colon, said);
	return err_set(e, ERR_CONFIG, "the unlock command %s ended with status %d%s%s",
		name.text, end->status, colon, said);
}

static bool has_any(struct str s, const char *bytes, size_t count)
{
	for (size_t i = 0; i < s.len; i++)
		if (memchr(bytes, s.ptr[i], count))
			return true;
	return false;
}

static bool is_text(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] < 0x20 || s.ptr[i] == 0x7f)
			return false;
	return utf8_valid(s);
}

static struct str without_line_end(struct str s)
{
	if (str_ends(s, STR("\n")))
		s.len--;
	else
		return s;
	if (str_ends(s, STR("\r")))
		s.len--;
	return s;
}

/* 32 bytes that happen to be text are a passphrase: a random key is text about once in
 * 10^13 times. */
static bool take_answer(struct command_answer *a, struct str printed, struct err *e)
{
	const struct str line = without_line_end(printed);

	if (!line.len)
		return err_set(e, ERR_CONFIG, "printed nothing");
	if (printed.len == KEY_SIZE && !is_text(line))
		return vault_key_parse(&a->key, printed, e);
	if (has_any(line, "\0\r\n", 3))
		return err_set(e, ERR_CONFIG,
			"printed neither one line nor a key of %d bytes", KEY_SIZE);
	if (str_starts(line, KEY_START))
		return vault_key_parse(&a->key, line, e);
	a->passphrase = secret_from(line);
	return true;
}

static bool run(const struct command *c, const char *program, int limit_ms,
	struct command_answer *out, struct err *e)
{
	static const char *const inherit[] = {"PATH", "HOME", "USER", "LOGNAME", "LANG",
		"XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "GNUPGHOME",
		"SSH_AUTH_SOCK", NULL};
	AUTO(secret) *printed = secret_new(COMMAND_OUTPUT_MAX);
	struct command_answer answer = {0};
	struct spawn_end end;
	struct spawn s = {.path = program,
		.argv = c->argv,
		.inherit = inherit,
		.limit_ms = limit_ms,
		.room = COMMAND_OUTPUT_MAX};

	s.into = secret_open(printed);
	bool done = spawn_run(&s, &end, e) && ended_well(c, &end, e);
	if (done && !take_answer(&answer, (struct str){s.into, end.len}, e))
		done = err_wrap(e, "the unlock command %s",
			safe(str_of(c->argv[0])).text);
	secret_close(printed);
	if (!done)
		return false;
	answer.said = end.said;
	*out = answer;
	return true;
}

bool command_unlock(int dirfd, const char *shown, int limit_ms, bool *found,
	struct command_answer *out, struct err *e)
{
	struct command c = {.text = buf_with_max(FILE_MAX)};
	bool done = read_file(&c, dirfd, shown, found, e);

	if (done && *found) {
		AUTO_FREE char *program = NULL;
		done = split(&c, shown, e);
		if (done)
			program = trusted_program(c.argv[0], e);
		done = program && run(&c, program, limit_ms, out, e);
	}
	buf_clear(&c.text);
	return done;
}
