#include <config.h>

#include "app/schedule.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/profile.h"
#include "app/schedule_impl.h"
#include "app/spawn.h"
#include "base/digest.h"
#include "base/mem.h"
#include "base/text.h"

#define CALL_LIMIT_MS 30000
#define HOUR 60
#define DAY (24 * HOUR)

void schedule_run_clear(struct schedule_run *r)
{
	buf_clear(&r->out);
}

/* In cron, and after su, nobody said where the user manager listens. */
static char *runtime_folder(void)
{
	AUTO_FREE char *usual = xasprintf("/run/user/%u", (unsigned)geteuid());

	if (getenv("XDG_RUNTIME_DIR") || access(usual, X_OK) < 0)
		return NULL;
	return xasprintf("XDG_RUNTIME_DIR=%s", usual);
}

bool schedule_call(const char *const *argv, struct str input, struct schedule_run *r,
	bool *found, struct err *e)
{
	static const char *const inherit[] = {"PATH", "HOME", "USER", "LOGNAME",
		"XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", NULL};
	AUTO_FREE char *path = spawn_find(argv[0]);
	AUTO_FREE char *runtime = runtime_folder();
	const char *const set[] = {"LC_ALL=C", runtime, NULL};
	struct spawn_end end;

	*found = path != NULL;
	if (!path)
		return true;
	AUTO_FREE char *output = xmalloc(SCHEDULE_OUTPUT_MAX);
	const struct spawn s = {.path = path,
		.argv = argv,
		.inherit = inherit,
		.set = set,
		.input = input,
		.limit_ms = CALL_LIMIT_MS,
		.into = output,
		.room = SCHEDULE_OUTPUT_MAX};
	if (!spawn_run(&s, &end, e))
		return false;
	*r = (struct schedule_run){.status = end.status};
	buf_add(&r->out, (struct str){output, end.len});
	(void)snprintf(r->said, sizeof(r->said), "%s", end.said.text);
	return true;
}

static char *variable_unless(const char *name, const char *value, const char *home,
	const char *usual)
{
	AUTO_FREE char *expected = xasprintf("%s/%s/calwiz", home, usual);

	if (!strcmp(value, expected))
		return NULL;
	/* The last segment is our own folder below the one the variable names. */
	return xasprintf("%s=%.*s", name, (int)(strlen(value) - strlen("/calwiz")),
		value);
}

struct schedule_homes schedule_homes(const struct paths *paths)
{
	const struct passwd *user = getpwuid(geteuid());
	const char *home = user ? user->pw_dir : paths->home;

	return (struct schedule_homes){
		.config = variable_unless("XDG_CONFIG_HOME", paths->config, home,
			".config"),
		.state = variable_unless("XDG_STATE_HOME", paths->state, home,
			".local/state"),
	};
}

void schedule_homes_clear(struct schedule_homes *h)
{
	free(h->config);
	free(h->state);
	*h = (struct schedule_homes){0};
}

bool schedule_path_ok(const char *path, struct err *e)
{
	const struct str s = str_of(path);
	bool plain = utf8_valid(s) && path[0] == '/';

	for (size_t i = 0; i < s.len; i++)
		plain = plain && (unsigned char)s.ptr[i] >= 0x20 && s.ptr[i] != 0x7f;
	return plain || err_set(e, ERR_CONFIG,
				"a timer cannot name the path %s: it has characters "
				"that do not belong",
				safe(s).text);
}

int schedule_offset(int minutes)
{
	char seed[256] = "";

	(void)gethostname(seed, sizeof(seed) / 2);
	const size_t len = strlen(seed);
	(void)snprintf(seed + len, sizeof(seed) - len, "/%u", (unsigned)geteuid());
	const struct digest d = digest_of(str_of(seed));
	return (d.bytes[0] * 256 + d.bytes[1]) % minutes;
}

bool schedule_possible(int minutes)
{
	return minutes > 0 && minutes <= DAY &&
	       (HOUR % minutes == 0 || (minutes % HOUR == 0 && DAY % minutes == 0));
}

/* The running program by its path, which must still be there; the caller's. */
static char *running_program(struct err *e)
{
	char path[4096];
	const ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (len <= 0) {
		(void)err_errno(e, "find the path of the running program");
		return NULL;
	}
	path[len] = '\0';
	if (access(path, X_OK) == 0)
		return xstrdup(path);
	(void)err_set(e, ERR_CONFIG,
		"the running program was replaced meanwhile; start it again");
	return NULL;
}

static bool check_wanted(const struct schedule *s, struct err *e)
{
	if (!schedule_possible(s->minutes))
		return err_set(e, ERR_USAGE,
			"a timer cannot run every %d minutes; take a part of an hour "
			"or "
			"of a day, like 15 or 120",
			s->minutes);
	if (!schedule_path_ok(s->program, e) ||
		!schedule_path_ok(s->paths->config, e) ||
		!schedule_path_ok(s->paths->state, e))
		return false;
	for (size_t i = 0; i < s->n_folders; i++)
		if (!schedule_path_ok(s->folders[i], e))
			return false;
	return true;
}

/* One of the two alone runs; what the other kind left goes after the new one stands. */
static bool install(const struct schedule *s, struct err *e)
{
	if (systemd_there(s->paths))
		return systemd_install(s, e) && cron_remove(s->paths, e);
	if (cron_there())
		return cron_install(s, e) && systemd_remove(s->paths, e);
	return err_set(e, ERR_CONFIG,
		"there is neither a systemd user manager nor crontab here, so nothing "
		"starts calwiz --headless by itself");
}

bool schedule_install(const struct schedule *s, struct err *e)
{
	AUTO_FREE char *program = s->program ? xstrdup(s->program) : running_program(e);
	struct schedule wanted = *s;

	wanted.program = program;
	return program && check_wanted(&wanted, e) &&
	       (install(&wanted, e) || err_wrap(e, "schedule"));
}

bool schedule_show(const struct paths *paths, struct schedule_state *out, struct err *e)
{
	AUTO_FREE char *program = running_program(NULL);
	struct schedule_state s = {.last_status = -1};
	const char *ours = program ? program : "/";

	if (systemd_installed(paths)) {
		if (!systemd_show(paths, ours, &s, e))
			return false;
	} else if (!cron_show(paths, ours, &s, e)) {
		return false;
	}
	*out = s;
	return true;
}

bool schedule_pause(const struct paths *paths, bool pause, struct err *e)
{
	struct schedule_state s = {0};

	if (!schedule_show(paths, &s, e))
		return false;
	switch (s.kind) {
	case SCHEDULE_NONE:
		break;
	case SCHEDULE_SYSTEMD:
		return systemd_pause(paths, pause, e);
	case SCHEDULE_CRON:
		return cron_pause(paths, pause, e);
	}
	return err_set(e, ERR_NO_INPUT, "there is no schedule");
}

bool schedule_remove(const struct paths *paths, struct err *e)
{
	return systemd_remove(paths, e) && cron_remove(paths, e);
}

static char *interval_words(int minutes)
{
	if (minutes <= 0)
		return xstrdup("at times of its own");
	if (minutes == HOUR)
		return xstrdup("every hour");
	if (minutes % HOUR == 0)
		return xasprintf("every %d hours", minutes / HOUR);
	if (minutes == 1)
		return xstrdup("every minute");
	return xasprintf("every %d minutes", minutes);
}

char *schedule_words(const struct schedule_state *s)
{
	AUTO_FREE char *interval = interval_words(s->minutes);
	const char *paused = s->paused ? "paused, " : "";

	switch (s->kind) {
	case SCHEDULE_SYSTEMD:
		return xasprintf("%s%s, systemd timer calwiz.timer%s%s", paused,
			interval, s->next[0] ? ", next " : "", s->next);
	case SCHEDULE_CRON:
		return xasprintf("%s%s, crontab", paused, interval);
	case SCHEDULE_NONE:
		break;
	}
	return xstrdup("none");
}

const char *schedule_hint(const struct schedule_state *s)
{
	if (s->kind == SCHEDULE_SYSTEMD && s->linger == LINGER_NO)
		return "The timer stops when you sign out; to let it go on, run: "
		       "loginctl enable-linger";
	return "";
}

/* The settings as a schedule: the shortest interval, and where its runs write. */
bool schedule_settle(const struct profile *p, struct schedule_state *state,
	struct err *e)
{
	const size_t n = p->settings.n_accounts;
	AUTO_FREE const char **folders = xcalloc(n + 1, sizeof(*folders));
	struct schedule s = {.paths = &p->paths, .folders = folders, .n_folders = n};

	for (size_t i = 0; i < n; i++) {
		const struct account *a = &p->settings.accounts[i];
		folders[i] = a->folder;
		if (a->schedule_minutes > 0 &&
			(!s.minutes || a->schedule_minutes < s.minutes))
			s.minutes = a->schedule_minutes;
	}
	const bool done =
		s.minutes ? schedule_install(&s, e) : schedule_remove(&p->paths, e);
	return done && schedule_show(&p->paths, state, e);
}
