#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/schedule_impl.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

#define SERVICE "calwiz.service"
#define TIMER "calwiz.timer"
#define UNIT_MAX (64U * 1024U)
#define HOUR 60
#define DAY (24 * HOUR)

/*
 * What a user manager of systemd 252 can do without rights of its own: file systems are
 * read-only but for what a sync writes (which needs PrivateUsers), no privileges, the
 * usual system calls. Landlock is not among the usual ones there. The program puts up a
 * narrower fence itself (app/sandbox.h). The memory is enough for the slow hash of a
 * passphrase.
 */
static const char service_rest[] =
	"SuccessExitStatus=65 75\n"
	"TimeoutStartSec=20min\n"
	"UMask=0077\n"
	"LimitCORE=0\n"
	"LimitNOFILE=256\n"
	"MemoryMax=512M\n"
	"TasksMax=32\n"
	"NoNewPrivileges=yes\n"
	"PrivateUsers=yes\n"
	"ProtectSystem=strict\n"
	"RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK\n"
	"RestrictNamespaces=yes\n"
	"RestrictRealtime=yes\n"
	"RestrictSUIDSGID=yes\n"
	"LockPersonality=yes\n"
	"MemoryDenyWriteExecute=yes\n"
	"SystemCallArchitectures=native\n"
	"SystemCallFilter=@system-service\n"
	"SystemCallFilter=~@privileged @resources\n"
	"SystemCallFilter=seccomp landlock_create_ruleset landlock_add_rule "
	"landlock_restrict_self\n"
	"SystemCallErrorNumber=EPERM\n";

/* systemd.syntax(7): quotes, backslashes; systemd.unit(5): percent signs. */
static void add_quoted(struct buf *b, const char *prefix, const char *text)
{
	buf_char(b, '"');
	for (buf_text(b, prefix); *text; text++) {
		if (*text == '"' || *text == '\\')
			buf_char(b, '\\');
		if (*text == '%')
			buf_char(b, '%');
		buf_char(b, *text);
	}
	buf_char(b, '"');
}

/* A folder that is not there cannot be made writable; the first sync makes it below one
 * that is. */
static char *nearest(const char *path)
{
	char *part = xstrdup(path);
	char *slash = strrchr(part, '/');

	while (access(part, F_OK) < 0 && errno == ENOENT && slash != part) {
		*slash = '\0';
		slash = strrchr(part, '/');
	}
	return part;
}

static void add_writable(struct buf *b, const char *path)
{
	AUTO_FREE char *there = nearest(path);

	buf_text(b, "ReadWritePaths=");
	add_quoted(b, "-", there);
	buf_char(b, '\n');
}

static void add_home(struct buf *b, const char *variable)
{
	if (!variable)
		return;
	buf_text(b, "Environment=");
	add_quoted(b, "", variable);
	buf_char(b, '\n');
}

static void add_start(struct buf *b, const char *program)
{
	buf_text(b, "ExecStart=");
	add_quoted(b, "", program);
	buf_text(b, " --headless\n");
}

char *systemd_service_text(const struct schedule *s)
{
	struct schedule_homes homes = schedule_homes(s->paths);
	SCOPED(buf) b = {0};

	buf_text(&b, "[Unit]\n"
		     "Description=Calendar sync (calwiz)\n"
		     "Documentation=man:calwiz(1)\n"
		     "\n"
		     "[Service]\n"
		     "Type=oneshot\n");
	add_start(&b, s->program);
	add_home(&b, homes.config);
	add_home(&b, homes.state);
	add_writable(&b, s->paths->config);
	add_writable(&b, s->paths->state);
	for (size_t i = 0; i < s->n_folders; i++)
		add_writable(&b, s->folders[i]);
	buf_text(&b, service_rest);
	schedule_homes_clear(&homes);
	return buf_take(&b);
}

/* systemd.time(7). */
static char *calendar_of(int minutes)
{
	if (minutes == DAY)
		return xstrdup("*-*-* 00:00");
	if (minutes == HOUR)
		return xstrdup("*:00");
	if (minutes > HOUR)
		return xasprintf("00/%d:00", minutes / HOUR);
	return xasprintf("*:00/%d", minutes);
}

char *systemd_timer_text(const struct schedule *s)
{
	AUTO_FREE char *calendar = calendar_of(s->minutes);

	return xasprintf("[Unit]\n"
			 "Description=Calendar sync by the clock (calwiz)\n"
			 "Documentation=man:calwiz(1)\n"
			 "\n"
			 "[Timer]\n"
			 "OnCalendar=%s\n"
			 "RandomizedDelaySec=5min\n"
			 "FixedRandomDelay=yes\n"
			 "Persistent=yes\n"
			 "\n"
			 "[Install]\n"
			 "WantedBy=timers.target\n",
		calendar);
}

static int minutes_of(struct str text)
{
	static const int possible[] = {1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, HOUR,
		2 * HOUR, 3 * HOUR, 4 * HOUR, 6 * HOUR, 8 * HOUR, 12 * HOUR, DAY};

	for (size_t i = 0; i < COUNT_OF(possible); i++) {
		AUTO_FREE char *calendar = calendar_of(possible[i]);
		AUTO_FREE char *line = xasprintf("\nOnCalendar=%s\n", calendar);
		if (str_find(text, str_of(line)) != STR_NONE)
			return possible[i];
	}
	return 0;
}

/* The folder of the settings is .../calwiz; the units are in .../systemd/user. */
static char *config_home(const struct paths *paths)
{
	return xstrndup(paths->config, strlen(paths->config) - strlen("/calwiz"));
}

static char *unit_folder(const struct paths *paths)
{
	AUTO_FREE char *home = config_home(paths);

	return xasprintf("%s/systemd/user", home);
}

static bool value_of(struct str text, const char *name, struct str *value)
{
	AUTO_FREE char *start = xasprintf("%s=", name);
	struct str line;

	while (str_line(&text, &line)) {
		if (!str_starts(line, str_of(start)))
			continue;
		*value = str_from(line, strlen(start));
		return true;
	}
	return false;
}

/* The manager's own idea of the home counts; a manager that does not tell has ours. */
static bool same_home(struct str environment, const struct paths *paths)
{
	AUTO_FREE char *ours = config_home(paths);
	struct str home;
	struct str config;

	if (value_of(environment, "XDG_CONFIG_HOME", &config))
		return str_is(config, ours);
	if (!value_of(environment, "HOME", &home))
		return true;
	AUTO_FREE char *theirs = xasprintf(STR_FMT "/.config", STR_ARG(home));
	return !strcmp(theirs, ours);
}

bool systemd_there(const struct paths *paths)
{
	static const char *const argv[] = {"systemctl", "--user", "show-environment",
		NULL};
	struct schedule_run run = {0};
	bool found = false;

	if (!schedule_call(argv, STR(""), &run, &found, NULL))
		return false;
	const bool there =
		found && run.status == 0 && same_home(buf_view(&run.out), paths);
	schedule_run_clear(&run);
	return there;
}

bool systemd_installed(const struct paths *paths)
{
	AUTO_FREE char *folder = unit_folder(paths);
	AUTO_FREE char *timer = xasprintf("%s/" TIMER, folder);

	return access(timer, F_OK) == 0;
}

static bool manage(const char *const *argv, struct err *e)
{
	struct schedule_run run = {0};
	bool found = false;

	if (!schedule_call(argv, STR(""), &run, &found, e))
		return false;
	const bool done = found && run.status == 0;
	if (!found)
		(void)err_set(e, ERR_CONFIG, "there is no systemctl here");
	else if (!done)
		(void)err_set(e, ERR_CONFIG, "systemctl %s %s ended with status %d%s%s",
			argv[1], argv[2], run.status, run.said[0] ? ": " : "",
			run.said);
	schedule_run_clear(&run);
	return done;
}

static bool reload(struct err *e)
{
	static const char *const argv[] = {"systemctl", "--user", "daemon-reload",
		NULL};

	return manage(argv, e);
}

static bool enable(struct err *e)
{
	static const char *const argv[] = {"systemctl", "--user", "enable", "--now",
		TIMER, NULL};

	return manage(argv, e);
}

static bool disable(struct err *e)
{
	static const char *const argv[] = {"systemctl", "--user", "disable", "--now",
		TIMER, NULL};

	return manage(argv, e);
}

/* A timer at work learns of new times when it is started again. */
static bool restart(struct err *e)
{
	static const char *const argv[] = {"systemctl", "--user", "restart", TIMER,
		NULL};

	return manage(argv, e);
}

static bool write_unit(int folder, const char *name, const char *text, bool *changed,
	struct err *e)
{
	SCOPED(buf) old = buf_with_max(UNIT_MAX);

	if (file_read(folder, name, UNIT_MAX, &old, NULL) &&
		str_is(buf_view(&old), text))
		return true;
	*changed = true;
	return file_replace(folder, name, str_of(text), 0644, e);
}

bool systemd_install(const struct schedule *s, struct err *e)
{
	AUTO_FREE char *path = unit_folder(s->paths);
	AUTO_FREE char *service = systemd_service_text(s);
	AUTO_FREE char *timer = systemd_timer_text(s);
	AUTO_CLOSE int folder = -1;
	bool changed = false;

	if (!dir_open(path, true, &folder, e) ||
		!write_unit(folder, SERVICE, service, &changed, e) ||
		!write_unit(folder, TIMER, timer, &changed, e))
		return false;
	if (changed && !reload(e))
		return false;
	return enable(e) && (!changed || restart(e));
}

bool systemd_pause(UNUSED const struct paths *paths, bool pause, struct err *e)
{
	return pause ? disable(e) : enable(e);
}

/* Also where no manager answers, as after it was switched off: then the link that
 * starts the timer goes by hand. */
bool systemd_remove(const struct paths *paths, struct err *e)
{
	static const char *const names[] = {("timers.target.wants/" TIMER), TIMER,
		SERVICE};
	AUTO_FREE char *path = unit_folder(paths);
	AUTO_CLOSE int folder = -1;

	if (!systemd_installed(paths))
		return true;
	const bool managed = systemd_there(paths);
	if (managed && !disable(e))
		return false;
	if (!dir_open(path, false, &folder, e))
		return false;
	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (unlinkat(folder, names[i], 0) < 0 && errno != ENOENT)
			return err_errno(e, "remove %s/%s", path, names[i]);
	return !managed || reload(e);
}

static bool read_units(const struct paths *paths, const char *program,
	struct schedule_state *out, struct err *e)
{
	AUTO_FREE char *path = unit_folder(paths);
	AUTO_CLOSE int folder = -1;
	SCOPED(buf) timer = buf_with_max(UNIT_MAX);
	SCOPED(buf) service = buf_with_max(UNIT_MAX);
	SCOPED(buf) start = {0};

	if (!dir_open(path, false, &folder, e) ||
		!file_read(folder, TIMER, UNIT_MAX, &timer, e) ||
		!file_read(folder, SERVICE, UNIT_MAX, &service, e))
		return false;
	add_start(&start, program);
	out->kind = SCHEDULE_SYSTEMD;
	out->minutes = minutes_of(buf_view(&timer));
	out->this_one = str_find(buf_view(&service), buf_view(&start)) != STR_NONE;
	return true;
}

/* Asks a manager for properties; false when nobody answers. */
static bool ask(const char *const *argv, struct schedule_run *run)
{
	bool found = false;

	if (!schedule_call(argv, STR(""), run, &found, NULL))
		return false;
	if (found && run->status == 0)
		return true;
	schedule_run_clear(run);
	return false;
}

static bool ask_timer(struct schedule_state *out, struct err *e)
{
	static const char *const argv[] = {"systemctl", "--user", "show", TIMER,
		"--property=ActiveState,NextElapseUSecRealtime", NULL};
	struct schedule_run run = {0};
	struct str value = {0};

	if (!ask(argv, &run))
		return err_set(e, ERR_CONFIG,
			"the timer is written, but the systemd user manager does not "
			"answer");
	out->paused = !value_of(buf_view(&run.out), "ActiveState", &value) ||
	              !str_is(value, "active");
	if (!out->paused &&
		value_of(buf_view(&run.out), "NextElapseUSecRealtime", &value) &&
		value.len)
		(void)snprintf(out->next, sizeof(out->next), "%.*s",
			(int)sizeof(out->next) - 1, safe(value).text);
	schedule_run_clear(&run);
	return true;
}

/* ExecMainCode stays 0 until it ran. */
static void ask_service(struct schedule_state *out)
{
	static const char *const argv[] = {"systemctl", "--user", "show", SERVICE,
		"--property=ExecMainCode,ExecMainStatus", NULL};
	struct schedule_run run = {0};
	struct str value = {0};
	int64_t code = 0;
	int64_t status = 0;

	if (!ask(argv, &run))
		return;
	if (value_of(buf_view(&run.out), "ExecMainCode", &value) &&
		str_to_int(value, 1, 100, &code) &&
		value_of(buf_view(&run.out), "ExecMainStatus", &value) &&
		str_to_int(value, 0, 255, &status))
		out->last_status = (int)status;
	schedule_run_clear(&run);
}

static void ask_linger(struct schedule_state *out)
{
	AUTO_FREE char *user = xasprintf("%u", (unsigned)geteuid());
	const char *const argv[] = {"loginctl", "show-user", user, "--property=Linger",
		NULL};
	struct schedule_run run = {0};
	struct str value = {0};

	if (!ask(argv, &run))
		return;
	if (value_of(buf_view(&run.out), "Linger", &value))
		out->linger = str_is(value, "yes")  ? LINGER_YES
		              : str_is(value, "no") ? LINGER_NO
		                                    : LINGER_UNKNOWN;
	schedule_run_clear(&run);
}

bool systemd_show(const struct paths *paths, const char *program,
	struct schedule_state *out, struct err *e)
{
	if (!read_units(paths, program, out, e) || !ask_timer(out, e))
		return false;
	ask_service(out);
	ask_linger(out);
	return true;
}
