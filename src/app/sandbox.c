#include <config.h>

#include "app/sandbox.h"

#include <string.h>
#include <sys/prctl.h>

#include "app/link.h"
#include "app/profile.h"
#include "app/sandbox_filter.h"
#include "app/sandbox_landlock.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"

#define SANDBOX_FILE "sandbox"
#define SANDBOX_FILE_MAX 256

struct sandbox sandbox_offer(void)
{
	const int abi = landlock_abi();

	return (struct sandbox){.files = abi,
		.ports = landlock_has_ports(abi),
		.sys_calls = filter_offered()};
}

struct sandbox sandbox_enter(const struct sandbox_plan *plan)
{
	struct sandbox s = sandbox_offer();

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return (struct sandbox){0};
	if (!s.files || !landlock_enter(s.files, plan))
		s.files = s.ports = 0;
	s.sys_calls = filter_enter();
	return s;
}

char *sandbox_words(const struct sandbox *s)
{
	SCOPED(buf) out = {0};

	if (s->off)
		return xstrdup("off (--no-sandbox)");
	if (s->files)
		buf_printf(&out, "files (Landlock %d)", s->files);
	if (s->ports)
		buf_text(&out, ", connections");
	if (s->sys_calls)
		buf_text(&out, out.len ? ", system calls" : "system calls");
	if (!out.len)
		buf_text(&out, "none");
	return buf_take(&out);
}

static const char *yes_no(bool yes)
{
	return yes ? "true" : "false";
}

void sandbox_json(struct buf *out, const struct sandbox *s)
{
	buf_printf(out,
		"{\"off\":%s,\"landlock\":%d,\"connections\":%s,\"system_calls\":%s}",
		yes_no(s->off), s->files, yes_no(s->ports), yes_no(s->sys_calls));
}

static char *file_text(const struct sandbox *s)
{
	return xasprintf("off %d\nlandlock %d\nconnections %d\nsystem-calls %d\n",
		s->off, s->files, s->ports, s->sys_calls);
}

bool sandbox_save(const struct sandbox *s, int state_dir, struct err *e)
{
	AUTO_FREE char *text = file_text(s);
	SCOPED(buf) old = buf_with_max(SANDBOX_FILE_MAX);

	if (file_read(state_dir, SANDBOX_FILE, SANDBOX_FILE_MAX, &old, NULL) &&
		str_is(buf_view(&old), text))
		return true;
	return file_replace(state_dir, SANDBOX_FILE, str_of(text), 0600, e);
}

static bool read_field(struct sandbox *s, struct str line)
{
	struct str name = {0};
	int64_t value = 0;

	if (!str_split(&line, ' ', &name) || !str_to_int(line, 0, 1000, &value))
		return false;
	if (str_is(name, "off"))
		s->off = value;
	else if (str_is(name, "landlock"))
		s->files = (int)value;
	else if (str_is(name, "connections"))
		s->ports = value;
	else if (str_is(name, "system-calls"))
		s->sys_calls = value;
	return true;
}

bool sandbox_load(struct sandbox *s, int state_dir, struct err *e)
{
	SCOPED(buf) text = buf_with_max(SANDBOX_FILE_MAX);
	struct sandbox read = {0};
	struct str line;

	if (!file_read(state_dir, SANDBOX_FILE, SANDBOX_FILE_MAX, &text, e))
		return false;
	struct str rest = buf_view(&text);
	while (str_line(&rest, &line))
		if (!read_field(&read, line))
			return err_set(e, ERR_CONFIG,
				"the file " SANDBOX_FILE
				" in the state folder is damaged");
	*s = read;
	return true;
}

/* The port of an account's address; 443 when it has none of its own. */
static uint16_t port_of(const struct account *a)
{
	SCOPED(uri) entry = {0};
	struct gate gate;

	return account_entry(a, &entry, &gate, NULL) ? entry.origin.port : 443;
}

static uint16_t port_of_home(const struct account *a)
{
	SCOPED(uri) home = {0};

	return a->home && uri_parse(&home, str_of(a->home), NULL) ? home.origin.port
	                                                          : 443;
}

struct sandbox sandbox_enter_for(const struct profile *p)
{
	const size_t n = p->settings.n_accounts;
	AUTO_FREE const char **folders = xcalloc(n + 2, sizeof(*folders));
	AUTO_FREE uint16_t *ports = xcalloc(2 * n + 1, sizeof(*ports));

	folders[0] = p->paths.config;
	folders[1] = p->paths.state;
	for (size_t i = 0; i < n; i++) {
		const struct account *a = &p->settings.accounts[i];
		folders[i + 2] = a->folder;
		ports[2 * i] = port_of(a);
		ports[2 * i + 1] = port_of_home(a);
	}
	const struct sandbox_plan plan = {.folders = folders,
		.n_folders = n + 2,
		.ports = ports,
		.n_ports = 2 * n};
	return sandbox_enter(&plan);
}
