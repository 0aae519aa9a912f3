#include <config.h>

#include "ui/folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"

static enum folder_state bad(char *why, size_t size, const char *reason)
{
	(void)snprintf(why, size, "%s", reason);
	return FOLDER_BAD;
}

/* The nearest folder above that exists must let us make the rest. */
static enum folder_state look_above(const char *path, char *why, size_t size)
{
	AUTO_FREE char *above = xstrdup(path);
	struct stat st;

	for (char *slash = strrchr(above, '/'); slash; slash = strrchr(above, '/')) {
		*slash = '\0';
		const char *name = above[0] ? above : "/";
		if (stat(name, &st) < 0 && errno == ENOENT && above[0])
			continue;
		if (errno == ENOTDIR || !S_ISDIR(st.st_mode))
			return bad(why, size,
				"A part of this path is a file, not a folder.");
		if (access(name, W_OK | X_OK) < 0)
			return bad(why, size,
				"This folder cannot be made: no permission.");
		return FOLDER_MISSING;
	}
	return bad(why, size, "Write the whole path, from / or ~/ on.");
}

static enum folder_state look_inside(const char *path, char *why, size_t size)
{
	DIR *folder = opendir(path);
	enum folder_state state = FOLDER_EMPTY;

	if (!folder)
		return bad(why, size, "This folder cannot be opened.");
	for (const struct dirent *d = readdir(folder); d; d = readdir(folder)) {
		if (!strcmp(d->d_name, ".calwiz")) {
			state = FOLDER_OURS;
			break;
		}
		if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0)
			state = FOLDER_USED;
	}
	(void)closedir(folder);
	if (state == FOLDER_USED)
		(void)snprintf(why, size,
			"There are files in this folder already. They stay.");
	return state;
}

enum folder_state folder_look(const struct account *a, char *why, size_t size)
{
	struct stat st;

	if (!a->folder || a->folder[0] != '/')
		return bad(why, size, "Write the whole path, from / or ~/ on.");
	errno = 0;
	if (stat(a->folder, &st) < 0) {
		if (errno != ENOENT)
			return bad(why, size, "A part of this path cannot be used.");
		return look_above(a->folder, why, size);
	}
	if (!S_ISDIR(st.st_mode))
		return bad(why, size, "This is a file, not a folder.");
	if (access(a->folder, R_OK | W_OK | X_OK) < 0)
		return bad(why, size, "You may not write to this folder.");
	return look_inside(a->folder, why, size);
}
