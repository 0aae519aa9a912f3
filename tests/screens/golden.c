/*
 * Compares every page and state with its golden screen: the text plane, a line of
 * dashes, the role plane, a line of dashes, and where the cursor is. `golden --write
 * DIR` writes the screens instead; what changed is then for a person to read.
 */
#include <config.h>

#include <dirent.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/secret.h"
#include "tests/screens/states.h"
#include "ui/grid.h"

#define DASHES                                                                         \
	"----------------------------------------------------------------------------" \
	"----"
#define SCREEN_MAX (1 << 20)

struct golden {
	const char *dir;
	bool write;
	size_t screens;
	size_t wrong;
	struct buf names; /* of the files, each between line feeds */
};

static const char *const set_names[] =
	{[GLYPHS_UTF8] = "utf8", [GLYPHS_ASCII] = "ascii"};

static void golden_clear(struct golden *g)
{
	buf_clear(&g->names);
}

static void complain(struct golden *all, const char *name, const char *what)
{
	(void)fprintf(stderr, "%s: %s\n", name, what);
	all->wrong++;
}

/* Files */

static char *content_of(const struct grid *g)
{
	AUTO_FREE char *text = grid_text(g);
	AUTO_FREE char *roles = grid_roles(g);

	return xasprintf("%s" DASHES "\n%s" DASHES "\ncursor %d %d\n", text, roles,
		g->cursor_x, g->cursor_y);
}

/* NULL when there is no such file. */
static char *read_all(const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;

	if (!file)
		return NULL;
	text = xcalloc(SCREEN_MAX, 1);
	(void)!fread(text, 1, SCREEN_MAX - 1, file);
	(void)fclose(file);
	return text;
}

static bool write_all(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");
	bool good = file && fputs(text, file) >= 0;

	if (file && fclose(file))
		good = false;
	return good;
}

static void print_difference(const char *wanted, const char *now)
{
	struct str a = str_of(wanted);
	struct str b = str_of(now);
	struct str was;
	struct str is;

	for (int line = 1; a.len || b.len; line++) {
		if (!str_line(&a, &was))
			was = STR("");
		if (!str_line(&b, &is))
			is = STR("");
		if (!str_eq(was, is))
			(void)fprintf(stderr,
				"  line %d\n  - " STR_FMT "\n  + " STR_FMT "\n", line,
				STR_ARG(was), STR_ARG(is));
	}
}

static void compare(struct golden *all, const char *name, const char *now)
{
	AUTO_FREE char *path = xasprintf("%s/%s", all->dir, name);
	AUTO_FREE char *wanted = all->write ? NULL : read_all(path);

	all->screens++;
	buf_printf(&all->names, "\n%s\n", name);
	if (all->write) {
		if (!write_all(path, now))
			complain(all, name, "cannot be written");
	} else if (!wanted) {
		complain(all, name, "there is no golden screen; make golden writes it");
	} else if (strcmp(wanted, now) != 0) {
		complain(all, name, "differs from the golden screen (-)");
		print_difference(wanted, now);
	}
}

/* Screens */

static void draw(struct golden *all, const struct screen *s, const struct page *p,
	struct screen_size size)
{
	for (int set = GLYPHS_UTF8; set <= GLYPHS_ASCII; set++) {
		SCOPED(grid) g = {0};
		AUTO_FREE char *name = xasprintf("%s.%dx%d.%s.txt", s->name, size.width,
			size.height, set_names[set]);
		grid_draw(&g, p, size.width, size.height, (enum glyphs)set);
		AUTO_FREE char *content = content_of(&g);
		compare(all, name, content);
	}
}

static void draw_all(struct golden *all)
{
	for (size_t i = 0; i < n_screens; i++) {
		const struct screen *s = &screens[i];
		struct play state;
		screen_play(s, &state);
		for (size_t j = 0; j < n_screen_sizes; j++) {
			SCOPED(page) p = {0};
			screen_resize(&state, screen_sizes[j]);
			wizard_view(state.w, &p);
			draw(all, s, &p, screen_sizes[j]);
		}
		play_end(&state);
	}
}

/* A screen that nothing makes any more would be kept for ever. */
static void find_stale(struct golden *all)
{
	DIR *dir = opendir(all->dir);

	if (!dir) {
		complain(all, all->dir, "is not a folder");
		return;
	}
	for (const struct dirent *d = readdir(dir); d; d = readdir(dir)) {
		AUTO_FREE char *line = xasprintf("\n%s\n", d->d_name);
		if (str_ends(str_of(d->d_name), STR(".txt")) &&
			!strstr(buf_cstr(&all->names), line))
			complain(all, d->d_name, "no state has this screen");
	}
	(void)closedir(dir);
}

int main(int argc, char **argv)
{
	const char *srcdir = getenv("srcdir");
	AUTO_FREE char *own = xasprintf("%s/tests/screens", srcdir ? srcdir : ".");
	const bool write = argc == 3 && !strcmp(argv[1], "--write");
	SCOPED(golden) all = {.dir = write ? argv[2] : own, .write = write};
	struct err e = {0};

	if (argc != 1 && !write) {
		(void)fputs("usage: golden [--write DIR]\n", stderr);
		return 2;
	}
	if (!setlocale(LC_CTYPE, "C.UTF-8") || !secrets_init(&e))
		return 77;
	all.names = buf_with_max(0);
	draw_all(&all);
	find_stale(&all);
	(void)printf("%zu screens, %zu wrong\n", all.screens, all.wrong);
	return all.wrong ? 1 : 0;
}
