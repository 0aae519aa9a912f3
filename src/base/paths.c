#include <config.h>

#include "base/paths.h"

#include <pwd.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

static char *below(const char *variable, const char *home, const char *fallback)
{
	const char *base = getenv(variable);

	if (base && base[0] == '/')
		return xasprintf("%s/calwiz", base);
	return xasprintf("%s/%s/calwiz", home, fallback);
}

static const char *home_of_user(void)
{
	const char *home = getenv("HOME");

	if (home && home[0] == '/')
		return home;
	const struct passwd *user = getpwuid(geteuid());
	return user && user->pw_dir[0] == '/' ? user->pw_dir : NULL;
}

bool paths_init(struct paths *p, struct err *e)
{
	const char *home = home_of_user();

	if (!home)
		return err_set(e, ERR_CONFIG,
			"no home folder: HOME is not set and the user database has "
			"none");
	const char *credentials = getenv("CREDENTIALS_DIRECTORY");
	*p = (struct paths){
		.home = xstrdup(home),
		.config = below("XDG_CONFIG_HOME", home, ".config"),
		.state = below("XDG_STATE_HOME", home, ".local/state"),
		.credentials = credentials && credentials[0] == '/'
	                               ? xstrdup(credentials)
	                               : NULL,
	};
	return true;
}

void paths_clear(struct paths *p)
{
	free(p->home);
	free(p->config);
	free(p->state);
	free(p->credentials);
	*p = (struct paths){0};
}

char *path_shown(const struct paths *p, const char *path)
{
	const struct str whole = str_of(path);
	const struct str home = str_of(p->home);

	if (str_starts(whole, home) && path[home.len] == '/')
		return xasprintf("~%s", path + home.len);
	return xstrdup(path);
}
