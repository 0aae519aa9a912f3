#include <config.h>

#include "tests/pty/term.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/pty/term_p.h"

enum {
	RAW_MAX = 64 * 1024 * 1024,
	READS_PER_TURN = 64, /* so that a flood cannot outlast the deadline */
};

/* --- libvterm --- */

static void on_output(const char *bytes, size_t len, void *user)
{
	struct term *t = user;

	if (t->probing)
		t->probed += len;
	else
		buf_add(&t->pending, (struct str){bytes, len});
}

static int on_cursor(VTermPos pos, VTermPos old, int visible, void *user)
{
	struct term *t = user;

	(void)old;
	t->cursor.row = pos.row;
	t->cursor.col = pos.col;
	t->cursor.visible = visible != 0;
	return 1;
}

static int on_prop(VTermProp prop, VTermValue *value, void *user)
{
	struct term *t = user;

	if (prop == VTERM_PROP_CURSORVISIBLE)
		t->cursor.visible = value->boolean != 0;
	else if (prop == VTERM_PROP_ALTSCREEN)
		t->alt_screen = value->boolean != 0;
	else if (prop == VTERM_PROP_MOUSE)
		t->mouse = value->number;
	return 1;
}

static int on_bell(void *user)
{
	struct term *t = user;

	t->bells++;
	return 1;
}

static const VTermScreenCallbacks callbacks = {
	.movecursor = on_cursor,
	.settermprop = on_prop,
	.bell = on_bell,
};

static void screen_init(struct term *t, int rows, int cols)
{
	t->vt = vterm_new(rows, cols);
	assert(t->vt);
	vterm_set_utf8(t->vt, 1);
	vterm_output_set_callback(t->vt, on_output, t);
	t->screen = vterm_obtain_screen(t->vt);
	vterm_screen_set_callbacks(t->screen, &callbacks, t);
	/* Without this libvterm ignores mode 1049. */
	vterm_screen_enable_altscreen(t->screen, 1);
	vterm_screen_reset(t->screen, 1);
}

/* --- the program --- */

static void child_run(const struct term_spec *spec)
{
	struct sigaction dfl = {.sa_handler = SIG_DFL};
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		(void)sigaction(sig, &dfl, NULL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)close_range(3, ~0U, 0);
	if (spec->folder && chdir(spec->folder) != 0)
		_exit(127);
	/* execvpe() takes pointers to writable text but does not write. */
	execvpe(spec->argv[0], (char *const *)(uintptr_t)spec->argv,
		(char *const *)(uintptr_t)spec->env);
	_exit(127);
}

static bool child_start(struct term *t, const struct term_spec *spec, struct err *e)
{
	struct winsize size = {
		.ws_row = (unsigned short)spec->rows,
		.ws_col = (unsigned short)spec->cols,
	};

	t->pid = forkpty(&t->master, NULL, NULL, &size);
	if (t->pid < 0)
		return err_errno(e, "forkpty");
	if (t->pid == 0)
		child_run(spec);
	t->pidfd = pidfd_open(t->pid, 0);
	if (t->pidfd < 0)
		return err_errno(e, "pidfd_open");
	if (fcntl(t->master, F_SETFL, O_NONBLOCK) != 0 ||
		fcntl(t->master, F_SETFD, FD_CLOEXEC) != 0)
		return err_errno(e, "fcntl");
	return true;
}

struct term *term_new(const struct term_spec *spec, struct err *e)
{
	AUTO(term) *t = xcalloc(1, sizeof(*t));

	t->master = t->pidfd = t->pid = -1;
	t->raw = buf_with_max(RAW_MAX);
	t->clock = clock_system();
	screen_init(t, spec->rows, spec->cols);
	if (!child_start(t, spec, e))
		return NULL;
	return take(&t);
}

void term_free(struct term *t)
{
	if (!t)
		return;
	term_hangup(t);
	if (t->pid > 0 && !t->exited) {
		(void)kill(t->pid, SIGKILL);
		(void)waitpid(t->pid, NULL, 0);
	}
	if (t->pidfd >= 0)
		(void)close(t->pidfd);
	if (t->vt)
		vterm_free(t->vt);
	buf_clear(&t->raw);
	buf_clear(&t->pending);
	free(t);
}

pid_t term_pid(const struct term *t)
{
	return t->pid;
}

bool term_signal(struct term *t, int sig)
{
	return !t->exited && kill(t->pid, sig) == 0;
}

/* --- bytes in and out --- */

static void flush_pending(struct term *t)
{
	while (!t->hung && t->pending.len > 0) {
		ssize_t n = write(t->master, t->pending.ptr, t->pending.len);
		if (n <= 0)
			return;
		memmove(t->pending.ptr, t->pending.ptr + n, t->pending.len - (size_t)n);
		t->pending.len -= (size_t)n;
	}
}

static void drain(struct term *t)
{
	char bytes[4096];

	for (int i = 0; !t->hung && i < READS_PER_TURN; i++) {
		ssize_t n = read(t->master, bytes, sizeof(bytes));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			break;
		if (n <= 0) { /* EIO: the last descriptor of the other side is closed */
			t->hung = true;
			break;
		}
		buf_add(&t->raw, (struct str){bytes, (size_t)n});
		(void)vterm_input_write(t->vt, bytes, (size_t)n);
	}
	vterm_screen_flush_damage(t->screen);
	flush_pending(t);
}

static void reap(struct term *t)
{
	if (!t->exited && waitpid(t->pid, &t->status, WNOHANG) == t->pid)
		t->exited = true;
}

/* One turn: sleeps until something happens, at most ms, then takes all there is. */
static void turn(struct term *t, int64_t ms)
{
	struct pollfd fds[2] = {
		{.fd = t->hung ? -1 : t->master, .events = POLLIN},
		{.fd = t->exited ? -1 : t->pidfd, .events = POLLIN},
	};

	if (t->pending.len > 0)
		fds[0].events |= POLLOUT;
	(void)poll(fds, COUNT_OF(fds), ms < 0 ? 0 : (int)ms);
	drain(t);
	if (fds[1].revents)
		reap(t);
}

void term_send(struct term *t, struct str bytes)
{
	buf_add(&t->pending, bytes);
	flush_pending(t);
}

void term_type(struct term *t, const char *text)
{
	term_send(t, str_of(text));
}

void term_key(struct term *t, VTermKey key, VTermModifier mod)
{
	vterm_keyboard_key(t->vt, key, mod);
	flush_pending(t);
}

void term_paste(struct term *t, const char *text)
{
	vterm_keyboard_start_paste(t->vt);
	buf_text(&t->pending, text);
	vterm_keyboard_end_paste(t->vt);
	flush_pending(t);
}

void term_resize(struct term *t, int rows, int cols)
{
	struct winsize size = {
		.ws_row = (unsigned short)rows,
		.ws_col = (unsigned short)cols,
	};

	vterm_set_size(t->vt, rows, cols);
	vterm_screen_flush_damage(t->screen);
	/* The kernel sends SIGWINCH to the foreground process group. */
	if (!t->hung)
		(void)ioctl(t->master, TIOCSWINSZ, &size);
}

void term_hangup(struct term *t)
{
	if (t->master >= 0)
		(void)close(t->master);
	t->master = -1;
	t->hung = true;
}

/* --- waiting --- */

static bool wait_until(struct term *t, term_holds *holds, const void *ctx, int ms)
{
	int64_t deadline = clock_mono_ms(&t->clock) + ms;

	drain(t);
	for (;;) {
		if (holds(t, ctx))
			return true;
		int64_t left = deadline - clock_mono_ms(&t->clock);
		if (left <= 0 || (t->hung && t->exited))
			return false;
		turn(t, left);
	}
}

static void complain(const struct term *t, int ms, const char *what, const char *text)
{
	AUTO_FREE char *grid = term_dump(t);

	fprintf(stderr,
		"not within %d ms: %s%s\ncursor %d,%d%s, program %s, screen:\n%s", ms,
		what, text, t->cursor.row, t->cursor.col,
		t->cursor.visible ? "" : " (hidden)", t->exited ? "ended" : "running",
		grid);
}

bool term_wait(struct term *t, term_holds *holds, const void *ctx, int ms)
{
	bool ok = wait_until(t, holds, ctx, ms);
	if (!ok)
		complain(t, ms, "what was waited for", "");
	return ok;
}

static bool holds_text(struct term *t, const void *ctx)
{
	return term_has(t, ctx);
}

bool term_wait_text(struct term *t, const char *text, int ms)
{
	bool ok = wait_until(t, holds_text, text, ms);
	if (!ok)
		complain(t, ms, "on the screen: ", text);
	return ok;
}

static bool holds_no_text(struct term *t, const void *ctx)
{
	return !term_has(t, ctx);
}

bool term_wait_gone(struct term *t, const char *text, int ms)
{
	bool ok = wait_until(t, holds_no_text, text, ms);
	if (!ok)
		complain(t, ms, "gone from the screen: ", text);
	return ok;
}

static bool holds_cursor(struct term *t, const void *ctx)
{
	const struct term_cursor *want = ctx;

	return t->cursor.row == want->row && t->cursor.col == want->col;
}

bool term_wait_cursor(struct term *t, int row, int col, int ms)
{
	struct term_cursor want = {.row = row, .col = col};
	bool ok = wait_until(t, holds_cursor, &want, ms);
	if (!ok)
		complain(t, ms, "the cursor where it should be", "");
	return ok;
}

static bool holds_exit(struct term *t, const void *ctx)
{
	(void)ctx;
	return t->hung && t->exited;
}

bool term_wait_exit(struct term *t, int ms, int *status)
{
	(void)wait_until(t, holds_exit, NULL, ms);
	if (t->exited)
		*status = t->status;
	else
		complain(t, ms, "the end of the program", "");
	return t->exited;
}

static bool holds_never(struct term *t, const void *ctx)
{
	(void)t;
	(void)ctx;
	return false;
}

size_t term_listen(struct term *t, int ms)
{
	size_t before = t->raw.len;

	(void)wait_until(t, holds_never, NULL, ms);
	return t->raw.len - before;
}

/* --- state and log --- */

bool term_alt_screen(const struct term *t)
{
	return t->alt_screen;
}

int term_mouse(const struct term *t)
{
	return t->mouse;
}

bool term_paste_mode(struct term *t)
{
	/* libvterm keeps the mode to itself, but brackets a paste only when it is set.
	 */
	t->probing = true;
	t->probed = 0;
	vterm_keyboard_start_paste(t->vt);
	t->probing = false;
	return t->probed > 0;
}

bool term_termios(const struct term *t, struct termios *out)
{
	return t->master >= 0 && tcgetattr(t->master, out) == 0;
}

int term_bells(const struct term *t)
{
	return t->bells;
}

size_t term_bytes(const struct term *t)
{
	return t->raw.len;
}

struct str term_raw(const struct term *t)
{
	return buf_view(&t->raw);
}

char *term_osc(const struct term *t)
{
	SCOPED(buf) out = buf_with_max(0);
	struct str rest = buf_view(&t->raw);
	size_t at;

	/* Read from the log, because libvterm reports only those it does not know. */
	while ((at = str_find(rest, STR("\033]"))) != STR_NONE) {
		rest = str_from(rest, at + 2);
		size_t len = 0;
		while (len < rest.len && rest.ptr[len] != '\a' &&
			rest.ptr[len] != '\033')
			len++;
		buf_add(&out, str_slice(rest, 0, len));
		buf_char(&out, '\n');
		rest = str_from(rest, len);
	}
	return out.ptr ? buf_take(&out) : xstrdup("");
}
