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
#include "base/text.h"
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

struct size {
	int width;
	int height;
};

static const char *const set_names[] =
	{[GLYPHS_UTF8] = "utf8", [GLYPHS_ASCII] = "ascii"};

static void golden_clear(struct golden *g)
{
	buf_clear(&g->names);
}

/* What always holds */

static bool is_marker(const struct grid *g, int x, int y)
{
	const struct cell *cell = grid_at(g, x, y);
	return cell->ch[0] == '>' && cell->role == ROLE_FOCUS;
}

static size_t count_markers(const struct grid *g)
{
	size_t count = 0;

	for (int y = 0; y < g->height; y++)
		for (int x = 0; x < 3; x++)
			count += is_marker(g, x, y);
	return count;
}

/* FOC-1: one thing has the focus, and the cursor is on its marker, in the field that
 * the marker stands before, or on the button. */
static const char *focus_fault(const struct grid *g, const struct page *p)
{
	const struct cell *at = grid_at(g, g->cursor_x, g->cursor_y);
	const bool on_button = at->role == ROLE_BUTTON_FOCUS && at->ch[0] == '[';
	const size_t markers = count_markers(g);

	if (p->qr_big && !p->dialog.open)
		return NULL;
	if (markers + on_button != 1)
		return "there is not exactly one focus";
	if (markers && !is_marker(g, 2, g->cursor_y))
		return "the cursor is not in the row of the marker";
	return NULL;
}

/* A11Y-4: no picture characters but those of the glyph table and of our arrows. */
static bool is_known(uint32_t c)
{
	static const char known[] = "●◉○─✓✗…·•█░▀▄│┌┐└┘↑↓←→";
	struct str rest = str_of(known);

	while (rest.len) {
		size_t used = 0;
		if (utf8_next(rest, &used) == c)
			return true;
		rest = str_from(rest, used);
	}
	return c < 0x2000 || c > 0x2bff;
}

static const char *glyph_fault(const struct grid *g, enum glyphs set)
{
	for (int y = 0; y < g->height; y++)
		for (int x = 0; x < g->width; x++)
			for (size_t i = 0; i < COUNT_OF(grid_at(g, x, y)->ch); i++) {
				const uint32_t c = grid_at(g, x, y)->ch[i];
				if (set == GLYPHS_ASCII && c > 0x7e)
					return "a character is not ASCII";
				if (!is_known(c))
					return "a character is not in the table of "
					       "glyphs";
			}
	return NULL;
}

static bool starts(const struct grid *g, int x, int y, const char *text)
{
	for (int i = 0; text[i]; i++)
		if (grid_at(g, x + i, y)->ch[0] != (unsigned char)text[i])
			return false;
	return true;
}

/* LAY-3, LAY-5: the fixed rows of 80x24. */
static const char *row_fault(const struct grid *g, const struct page *p,
	enum glyphs set)
{
	const uint32_t rule = set == GLYPHS_UTF8 ? 0x2500 : '-';

	if (g->width < 80 || g->height < 24 || p->qr_big)
		return NULL;
	if (!starts(g, 0, 0, " calwiz"))
		return "row 0 does not begin with the name";
	if (!starts(g, 0, 21, p->dialog.open ? "   " : "  [ "))
		return "row 21 is not the row of buttons";
	if (grid_at(g, 1, 22)->ch[0] != rule || grid_at(g, 78, 22)->ch[0] != rule)
		return "row 22 is not a line";
	if (grid_at(g, 1, 23)->ch[0] == ' ')
		return "row 23 has no hints";
	return NULL;
}

static void complain(struct golden *all, const char *name, const char *what)
{
	(void)fprintf(stderr, "%s: %s\n", name, what);
	all->wrong++;
}

static void check(struct golden *all, const struct grid *g, const struct page *p,
	enum glyphs set, const char *name)
{
	const char *faults[] = {focus_fault(g, p), glyph_fault(g, set),
		row_fault(g, p, set)};

	for (size_t i = 0; i < COUNT_OF(faults); i++)
		if (faults[i])
			complain(all, name, faults[i]);
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
	struct size size, bool kept)
{
	for (int set = GLYPHS_UTF8; set <= GLYPHS_ASCII; set++) {
		SCOPED(grid) g = {0};
		AUTO_FREE char *name = xasprintf("%s.%dx%d.%s.txt", s->name, size.width,
			size.height, set_names[set]);
		grid_draw(&g, p, size.width, size.height, (enum glyphs)set);
		check(all, &g, p, (enum glyphs)set, name);
		AUTO_FREE char *content = content_of(&g);
		if (kept)
			compare(all, name, content);
	}
}

static void draw_all(struct golden *all)
{
	for (size_t i = 0; i < n_screens; i++) {
		const struct screen *s = &screens[i];
		SCOPED(page) p = {0};
		struct play state;
		screen_play(s, &state);
		wizard_view(state.w, &p);
		draw(all, s, &p, (struct size){80, 24}, true);
		draw(all, s, &p, (struct size){120, 40}, s->large);
		draw(all, s, &p, (struct size){60, 18}, false);
		draw(all, s, &p, (struct size){40, 13}, false);
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
