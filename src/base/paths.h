/*
 * Where things are kept: the XDG base directories, for one user.
 */
#ifndef BASE_PATHS_H
#define BASE_PATHS_H

#include "base/err.h"

struct paths {
	char *home;
	char *config;      /* $XDG_CONFIG_HOME/calwiz */
	char *state;       /* $XDG_STATE_HOME/calwiz */
	char *credentials; /* $CREDENTIALS_DIRECTORY, or NULL */
};

/* Reads HOME and the XDG variables (relative values are ignored, as the specification
 * asks; without HOME the user database). ERR_CONFIG when there is no absolute home. */
bool paths_init(struct paths *p, struct err *e) MUST_USE;
void paths_clear(struct paths *p);

/* "~/Calendars" for a path below home, for people. The caller's. */
char *path_shown(const struct paths *p, const char *path) MUST_USE;

#endif
