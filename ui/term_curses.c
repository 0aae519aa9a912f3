#include <config.h>

#include "ui/term_curses.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>

#include "base/mem.h"
#include "base/text.h"
#include "ui/term_curses_entry.h"
#include "ui/term_guard.h"
#include "ui/term_impl.h"

#define ESCAPE_DELAY_MS 50

void term_send(const char *bytes)
{
	(void)!write(STDOUT_FILENO, bytes, strlen(bytes));
}

/* Terminfo marks pauses as $<...>; the way back is written in one go, without them. */
static void add_capability(struct buf *b, const char *name)
{
	const char *capability = tigetstr(name);

	if (!capability || capability == (const char *)-1)
		return;
	struct str rest = str_of(capability);
	while (rest.len) {
		const size_t pause = str_find(rest, STR("$<"));
		buf_add(b, str_slice(rest, 0, pause));
		if (pause == STR_NONE)
			return;
		rest = str_from(rest, pause);
		const size_t end = str_find_char(rest, '>');
		rest = str_from(rest, end == STR_NONE ? rest.len : end + 1);
	}
}

static void arm_guard(const struct term *t)
{
	SCOPED(buf) way_back = {0};

	buf_text(&way_back, TERM_PASTE_OFF);
	add_capability(&way_back, "sgr0");
	add_capability(&way_back, "op");
	add_capability(&way_back, "rmkx");
	add_capability(&way_back, "cnorm");
	add_capability(&way_back, "rmcup");
	term_guard_arm(STDOUT_FILENO, &t->before, buf_view(&way_back));
}

/* Terminals that did not follow the switch to the application's cursor keys, or whose
 * entry names only one form, send the other one. */
static void define_keys(void)
{
	static const struct {
		const char *bytes;
		int code;
	} keys[] = {{"\033[200~", KEY_MAX + TERM_PASTE_BEGIN},
		{"\033[201~", KEY_MAX + TERM_PASTE_END},
		{"\033[Z", KEY_MAX + TERM_SHIFT_TAB}, {"\033[A", KEY_UP},
		{"\033[B", KEY_DOWN}, {"\033[C", KEY_RIGHT}, {"\033[D", KEY_LEFT},
		{"\033[H", KEY_HOME}, {"\033[F", KEY_END}, {"\033OA", KEY_UP},
		{"\033OB", KEY_DOWN}, {"\033OC", KEY_RIGHT}, {"\033OD", KEY_LEFT},
		{"\033OH", KEY_HOME}, {"\033OF", KEY_END}, {"\033[1~", KEY_HOME},
		{"\033[4~", KEY_END}};

	for (size_t i = 0; i < COUNT_OF(keys); i++)
		(void)define_key(keys[i].bytes, keys[i].code);
}

static void set_modes(void)
{
	(void)raw();
	(void)noecho();
	(void)nonl();
	(void)keypad(stdscr, TRUE);
	(void)nodelay(stdscr, TRUE);
	(void)intrflush(stdscr, FALSE);
	(void)meta(stdscr, TRUE);
	if (!getenv("ESCDELAY"))
		(void)set_escdelay(ESCAPE_DELAY_MS);
	define_keys();
	/* Ctrl-Z is a key here; the ordinary action is right for a signal from outside.
	 */
	struct sigaction plain = {.sa_handler = SIG_DFL};
	(void)sigemptyset(&plain.sa_mask);
	(void)sigaction(SIGTSTP, &plain, NULL);
}

/* Libraries write complaints to standard error, which would smear the screen. */
static void move_stderr(struct term *t)
{
	const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);

	t->stderr_before = -1;
	if (nowhere < 0 || !isatty(STDERR_FILENO)) {
		if (nowhere >= 0)
			(void)close(nowhere);
		return;
	}
	(void)fflush(stderr);
	t->stderr_before = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	(void)dup2(nowhere, STDERR_FILENO);
	(void)close(nowhere);
}

static enum glyphs choose_glyphs(const char *entry, bool ascii)
{
	const char *wanted = getenv("CALWIZ_ASCII");

	if (ascii || (wanted && wanted[0] && strcmp(wanted, "0") != 0) ||
		strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		return GLYPHS_ASCII;
	/* The Linux console and real VTs have no such glyphs in their fonts. */
	return !strcmp(entry, "linux") ||
	                       (str_starts(str_of(entry), STR("vt")) &&
				       !str_starts(str_of(entry), STR("vte")))
	               ? GLYPHS_ASCII
	               : GLYPHS_UTF8;
}

static void read_size(int *width, int *height)
{
	struct winsize size = {0};

	(void)ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	*width = size.ws_col ? size.ws_col : 80;
	*height = size.ws_row ? size.ws_row : 24;
}

bool term_open(struct term **out, const struct term_options *o, struct err *e)
{
	AUTO(term) *t = NULL;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return err_set(e, ERR_USAGE,
			"the wizard needs a terminal; without one, use calwiz --setup "
			"FILE to set "
			"it up and calwiz --headless to sync");
	t = xcalloc(1, sizeof(*t));
	t->stderr_before = -1;
	if (tcgetattr(STDIN_FILENO, &t->before) < 0)
		return err_errno(e, "look at the terminal");
	const char *entry = NULL;
	if (!term_entry_choose(&entry, t->note, sizeof(t->note), e))
		return false;
	/* The size is the window's: not that of LINES and COLUMNS, nor of an entry such
	 * as that of the Linux console, which names none. */
	use_env(FALSE);
	use_tioctl(TRUE);
	t->screen = newterm(entry, stdout, stdin);
	if (!t->screen)
		return term_entry_unusable(entry, e);
	arm_guard(t);
	set_modes();
	t->glyphs = choose_glyphs(entry, o->ascii);
	term_colours_begin(t, o->no_color);
	move_stderr(t);
	t->paste = secret_new(TERM_PASTE_MAX);
	t->all = true;
	term_send(TERM_PASTE_ON);
	*out = take(&t);
	return true;
}

static void give_back(void)
{
	term_send(TERM_PASTE_OFF);
	/* Nothing of the pages stays behind, also where there is no second screen. */
	(void)erase();
	(void)refresh();
	(void)endwin();
}

void term_free(struct term *t)
{
	if (!t)
		return;
	if (t->screen) {
		give_back();
		delscreen(t->screen);
		(void)tcsetattr(STDIN_FILENO, TCSANOW, &t->before);
		term_guard_disarm();
	}
	if (t->stderr_before >= 0) {
		(void)dup2(t->stderr_before, STDERR_FILENO);
		(void)close(t->stderr_before);
	}
	secret_free(t->paste);
	free(t->shown);
	free(t);
}

const char *term_note(const struct term *t)
{
	return t->note;
}

enum glyphs term_glyphs(const struct term *t)
{
	return t->glyphs;
}

void term_set_glyphs(struct term *t, enum glyphs glyphs)
{
	/* Bytes that the locale cannot name would be drawn as something else. */
	if (glyphs == GLYPHS_UTF8 && strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		return;
	t->glyphs = glyphs;
}

void term_size(UNUSED const struct term *t, int *width, int *height)
{
	read_size(width, height);
}

void term_redraw(struct term *t)
{
	t->all = true;
	(void)clearok(curscr, TRUE);
}

void term_resized(struct term *t)
{
	int width = 0;
	int height = 0;

	read_size(&width, &height);
	(void)resizeterm(height, width);
	term_redraw(t);
}

int term_fd(UNUSED const struct term *t)
{
	return STDIN_FILENO;
}

void term_continued(struct term *t)
{
	(void)reset_prog_mode();
	term_send(TERM_PASTE_ON);
	term_resized(t);
	(void)refresh();
}

void term_suspend(struct term *t)
{
	(void)def_prog_mode();
	term_send(TERM_PASTE_OFF);
	(void)endwin();
	/* In a process group without a shell the kernel ignores this and we go on. */
	(void)kill(0, SIGTSTP);
	term_continued(t);
}

/* Becomes readable when a signal waits that ends the program; it is left there for the
 * event loop, which takes it next. */
static int watch_signals(void)
{
	sigset_t ends;

	(void)sigemptyset(&ends);
	(void)sigaddset(&ends, SIGINT);
	(void)sigaddset(&ends, SIGTERM);
	(void)sigaddset(&ends, SIGHUP);
	return signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Reads until Enter, the end, a hang-up or a signal, in the shell's own mode. */
static void wait_for_enter(void)
{
	AUTO_CLOSE int signals = watch_signals();
	char byte = 0;

	while (byte != '\n' && byte != '\r') {
		struct pollfd ready[] = {{.fd = STDIN_FILENO, .events = POLLIN},
			{.fd = signals, .events = POLLIN}};
		const int got = poll(ready, COUNT_OF(ready), -1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0 || ready[1].revents || read(STDIN_FILENO, &byte, 1) != 1)
			return;
	}
}

void term_show_address(struct term *t, const char *address)
{
	(void)def_prog_mode();
	term_send(TERM_PASTE_OFF);
	(void)endwin();
	(void)tcsetattr(STDIN_FILENO, TCSANOW, &t->before);
	printf("\n%s\n\nPress Enter to return. ", address);
	(void)fflush(stdout);
	wait_for_enter();
	term_continued(t);
}
