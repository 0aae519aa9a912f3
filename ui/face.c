#include <config.h>

#include "ui/face.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/options.h"

static bool is_on(const char *value, const char *const *off)
{
	if (!value || !value[0])
		return false;
	for (; *off; off++)
		if (!strcmp(value, *off))
			return false;
	return true;
}

static bool cannot_draw(const char *term)
{
	static const char *const never[] = {"dumb", "unknown", "emacs"};

	if (!term || !term[0])
		return true;
	for (size_t i = 0; i < COUNT_OF(never); i++)
		if (!strcmp(term, never[i]))
			return true;
	return false;
}

enum face_kind face_choose(const struct face_signs *s)
{
	static const char *const off_plain[] = {"0", NULL};
	static const char *const off_accessible[] = {"0", "false", "no", NULL};

	if (s->asked)
		return FACE_LINES;
	if (!s->input_is_terminal || !s->output_is_terminal)
		return FACE_NONE;
	if (is_on(s->plain, off_plain) || is_on(s->accessible, off_accessible) ||
		cannot_draw(s->term))
		return FACE_LINES;
	return FACE_SCREEN;
}

bool face_open(struct face **f, const struct options *o, struct err *e)
{
	const struct face_signs signs = {.asked = o->plain,
		.input_is_terminal = isatty(STDIN_FILENO),
		.output_is_terminal = isatty(STDOUT_FILENO),
		.plain = getenv("CALWIZ_PLAIN"),
		.accessible = getenv("ACCESSIBLE"),
		.term = getenv("TERM")};
	struct err why = {0};

	switch (face_choose(&signs)) {
	case FACE_NONE:
		return err_set(e, ERR_USAGE,
			"the wizard needs a terminal; without one, use calwiz --setup "
			"FILE to set it up, calwiz --plain to answer line by line, and "
			"calwiz --headless to sync");
	case FACE_LINES:
		return face_lines_open(f, o, e);
	case FACE_SCREEN:
		break;
	}
	if (face_screen_open(f, o, &why))
		return true;
	if (why.code == ERR_USAGE)
		return face_lines_open(f, o, e);
	if (e)
		*e = why;
	return false;
}

void face_free(struct face *f)
{
	if (f)
		f->ops->free(f);
}
