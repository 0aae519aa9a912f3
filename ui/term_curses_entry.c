#include <config.h>

#include "ui/term_curses_entry.h"

#include <curses.h>
#include <stdio.h>
#include <string.h>
#include <term.h>

#include "base/text.h"

static bool starts_with_any(const char *name, const char *const *list)
{
	for (; *list; list++)
		if (str_starts(str_of(name), str_of(*list)))
			return true;
	return false;
}

/* Newer terminals, whose entries an older server does not have, are all like xterm. */
static const char *substitute(const char *name)
{
	static const char *const like_xterm[] = {"xterm", "foot", "ghostty", "wezterm",
		"alacritty", "rio", "contour", "putty", "konsole", "gnome", "vte",
		"mintty", "st-", NULL};
	static const char *const like_screen[] = {"tmux", "screen", NULL};

	if (starts_with_any(name, like_screen))
		return "screen";
	return starts_with_any(name, like_xterm) ? "xterm-256color" : NULL;
}

bool term_entry_unusable(const char *name, struct err *e)
{
	return err_set(e, ERR_USAGE,
		"the terminal %s cannot show a full screen; set TERM to what it is, or "
		"set "
		"calwiz up from a file with --setup",
		name && name[0] ? safe(str_of(name)).text : "(TERM is not set)");
}

static bool is_known(const char *name)
{
	int error = 0;
	return name && setupterm(name, STDOUT_FILENO, &error) == OK;
}

bool term_entry_choose(const char **entry, char *note, size_t size, struct err *e)
{
	static const char *const never[] = {"dumb", "unknown", "emacs"};
	const char *name = getenv("TERM");

	for (size_t i = 0; i < COUNT_OF(never); i++)
		if (!name || !name[0] || !strcmp(name, never[i]))
			return term_entry_unusable(name, e);
	const char *used = is_known(name) ? name : substitute(name);
	if (used != name && !is_known(used))
		return term_entry_unusable(name, e);
	if (!cursor_address)
		return term_entry_unusable(name, e);
	if (used != name)
		(void)snprintf(note, size,
			"This computer does not know the terminal %s; it is taken for "
			"%s.",
			safe(str_of(name)).text, used);
	*entry = used;
	return true;
}
