#include <config.h>

#include "tests/pty/wizard_run.h"

#include <dirent.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "base/mem.h"

enum {
	ENV_MAX = 32,
	MARKER_MAX = 26, /* the marker's column, beside the rail of large windows */
};

/* --- places --- */

int place_setup(void **state)
{
	const char *program = getenv("CALWIZ");
	const char *tmp = getenv("TMPDIR");
	struct place *p = xcalloc(1, sizeof(*p));

	p->program = realpath(program ? program : "./calwiz", NULL);
	p->root = xasprintf("%s/calwiz-pty.XXXXXX", tmp && tmp[0] ? tmp : "/tmp");
	*state = p;
	if (!p->program)
		fprintf(stderr, "there is no %s\n", program ? program : "./calwiz");
	return p->program && mkdtemp(p->root) ? 0 : -1;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_inside(const struct dirent *entry)
{
	return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

/* Calls back for all there is below the folder, in order, what is inside first. */
static void walk(const char *folder,
	void (*visit)(const char *path, const struct stat *st, struct buf *out),
	struct buf *out)
{
	struct dirent **entries = NULL;
	const int count = scandir(folder, &entries, is_inside, by_name);

	for (int i = 0; i < count; i++) {
		AUTO_FREE char *path = xasprintf("%s/%s", folder, entries[i]->d_name);
		struct stat st;
		if (lstat(path, &st) == 0) {
			/* A server's cache is its own affair. */
			if (S_ISDIR(st.st_mode) &&
				strcmp(entries[i]->d_name, ".Radicale.cache") != 0)
				walk(path, visit, out);
			visit(path, &st, out);
		}
		free(entries[i]);
	}
	free(entries);
}

static void erase(const char *path, UNUSED const struct stat *st,
	UNUSED struct buf *out)
{
	(void)remove(path);
}

int place_teardown(void **state)
{
	struct place *p = *state;

	walk(p->root, erase, NULL);
	(void)rmdir(p->root);
	free(p->program);
	free(p->root);
	free(p);
	return 0;
}

char *place_home(struct place *p)
{
	char *home = xasprintf("%s/home%u", p->root, p->homes++);

	assert_int_equal(mkdir(home, 0700), 0);
	AUTO_FREE char *fake = xasprintf("%s/.fake", home);
	assert_int_equal(mkdir(fake, 0700), 0);
	return home;
}

static void list(const char *path, const struct stat *st, struct buf *out)
{
	if (str_ends(str_of(path), STR(".ics")))
		buf_printf(out, "%s %lld %lld.%09ld\n", path, (long long)st->st_size,
			(long long)st->st_mtim.tv_sec, st->st_mtim.tv_nsec);
}

char *calendar_files(const char *folder)
{
	SCOPED(buf) out = buf_with_max(0);

	walk(folder, list, &out);
	return out.ptr ? buf_take(&out) : xstrdup("");
}

/* --- starting --- */

static bool same_name(const char *a, const char *b)
{
	const size_t len = strcspn(a, "=");

	return len == strcspn(b, "=") && !strncmp(a, b, len);
}

static bool is_replaced(const char *variable, const char *const *by)
{
	for (; by && *by; by++)
		if (same_name(variable, *by))
			return true;
	return false;
}

static void make_env(const struct run *r, const char *const *ours, const char **env)
{
	size_t n = 0;

	for (; *ours; ours++)
		if (!is_replaced(*ours, r->env))
			env[n++] = *ours;
	for (const char *const *more = r->env; more && *more; more++) {
		assert_true(n < ENV_MAX - 1);
		if (strchr(*more, '='))
			env[n++] = *more;
	}
	env[n] = NULL;
}

struct term *run_wizard(const struct run *r)
{
	AUTO_FREE char *home = xasprintf("HOME=%s", r->home);
	AUTO_FREE char *program = xasprintf("CALWIZ=%s", r->place->program);
	/* With sanitizers: who may not be traced cannot look for its leaks. */
	const char *leaks = "ASAN_OPTIONS=detect_leaks=0";
	/* No test reaches the schedule of whoever runs it. */
	const char *source = getenv("srcdir");
	AUTO_FREE char *here = realpath(source ? source : ".", NULL);
	AUTO_FREE char *path = xasprintf(
		"PATH=%s/tests/live/fakes:/usr/sbin:/usr/bin:/bin", here ? here : "");
	const char *ours[] = {path, home, program, leaks, "PS1=ready> ", TERM_ENV, NULL};
	const char *env[ENV_MAX];
	const char *self[] = {r->place->program, r->option, NULL};
	const char *shell[] = {"/bin/sh", "-c", r->script, NULL};
	struct err e = {0};

	make_env(r, ours, env);
	struct term *t =
		term_new(&(struct term_spec){r->script ? shell : self, env, r->home,
				 r->rows ? r->rows : 24, r->cols ? r->cols : 80},
			&e);
	if (!t)
		fail_msg("%s", e.message);
	return t;
}

/* --- pages --- */

void see_only(struct term *t, const char *text)
{
	assert_true(term_wait_text(t, text, SOON));
}

void see_gone(struct term *t, const char *text)
{
	assert_true(term_wait_gone(t, text, SOON));
}

void press(struct term *t, const char *keys)
{
	term_type(t, keys);
}

void press_key(struct term *t, VTermKey key)
{
	term_key(t, key, VTERM_MOD_NONE);
}

static bool is_blank(const struct term *t, int row, int col)
{
	const struct term_cell cell = term_cell(t, row, col);

	return col < 0 || !cell.text[0] || !strcmp(cell.text, " ");
}

/* The marker of lists and fields; pages that show another ">" do it in frames. */
static bool is_marker(const struct term *t, int row, int col)
{
	return !strcmp(term_cell(t, row, col).text, ">") && is_blank(t, row, col - 1) &&
	       is_blank(t, row, col - 2);
}

/* A list's marker, a button's bracket, or a field, whose row begins with the marker. */
static bool is_on_focus(const struct term *t)
{
	const struct term_cursor at = term_cursor(t);
	const struct term_cell here = term_cell(t, at.row, at.col);
	int markers = 0, last = -1;

	for (int row = 0; row < term_rows(t); row++)
		for (int col = 1; col <= MARKER_MAX; col++) {
			if (!is_marker(t, row, col))
				continue;
			markers++;
			last = row;
		}
	if (markers)
		return markers == 1 && last == at.row;
	return !strcmp(here.text, "[");
}

static bool is_ready(struct term *t, UNUSED const void *ctx)
{
	return is_on_focus(t) && term_cursor(t).visible && term_paste_mode(t);
}

void see(struct term *t, const char *text)
{
	see_only(t, text);
	assert_true(term_wait(t, is_ready, NULL, SOON));
	assert_int_equal(term_mouse(t), 0);
}

/* --- the end --- */

void is_restored(struct term *t)
{
	struct termios mode;

	assert_true(term_termios(t, &mode));
	assert_true(mode.c_lflag & ICANON);
	assert_true(mode.c_lflag & ECHO);
	assert_true(mode.c_lflag & ISIG);
	assert_true(mode.c_iflag & ICRNL);
	assert_true(mode.c_oflag & OPOST);
	assert_false(term_alt_screen(t));
	assert_true(term_cursor(t).visible);
	assert_false(term_paste_mode(t));
	assert_int_equal(term_mouse(t), 0);
}

static int wait_end(struct term *t)
{
	int status = -1;

	assert_true(term_wait_exit(t, SOON, &status));
	is_restored(t);
	return status;
}

void ends(struct term *t, int status)
{
	const int got = wait_end(t);

	assert_true(WIFEXITED(got));
	assert_int_equal(WEXITSTATUS(got), status);
}

void ends_by(struct term *t, int sig)
{
	const int got = wait_end(t);

	assert_true(WIFSIGNALED(got));
	assert_int_equal(WTERMSIG(got), sig);
}

/* --- what was sent --- */

bool has_sent(const struct term *t, struct str bytes)
{
	return str_find(term_raw(t), bytes) != STR_NONE;
}

void sent_only_ascii(const struct term *t)
{
	const struct str raw = term_raw(t);

	assert_true(raw.len > 0);
	for (size_t i = 0; i < raw.len; i++)
		if ((unsigned char)raw.ptr[i] >= 0x80)
			fail_msg("byte %02x at %zu", (unsigned char)raw.ptr[i], i);
	/* Other character sets: lines drawn with letters. */
	assert_false(has_sent(t, STR("\033(0")) || has_sent(t, STR("\016")));
}

char *words(const struct term *t, int from, int to)
{
	SCOPED(buf) out = buf_with_max(0);

	for (int row = from; row <= to && row < term_rows(t); row++) {
		AUTO_FREE char *text = term_row(t, row);
		struct str rest = str_of(text), word;
		while (str_split(&rest, ' ', &word)) {
			if (!word.len)
				continue;
			if (out.len)
				buf_char(&out, ' ');
			buf_add(&out, word);
		}
	}
	return out.ptr ? buf_take(&out) : xstrdup("");
}
