#include <config.h>

#include <errno.h>
#include <langinfo.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "app/options.h"
#include "base/mem.h"
#include "base/secret.h"
#include "ui/face.h"
#include "ui/line.h"
#include "ui/term_guard.h"

/* Longer than any answer; more is no answer. */
#define LINE_MOST 4096

/* Plain lines on descriptors 0 and 1, which need not be terminals. */
struct lines {
	struct face face;
	struct talk talk;
	struct page page; /* the one shown last; owned */
	struct talk_reply reply;
	size_t next;         /* of the reply's acts */
	struct secret *line; /* owned: any line may be a password */
	bool lent;           /* its bytes are in use by the reply */
	bool too_long;
	bool terminal; /* descriptor 0 is one */
	bool hidden;   /* its echo is off */
	struct termios before;
};

static struct lines *lines_of(struct face *f)
{
	return (struct lines *)(void *)f;
}

static void print(struct str text)
{
	while (text.len) {
		const ssize_t wrote = write(STDOUT_FILENO, text.ptr, text.len);
		if (wrote < 0 && errno != EINTR)
			return;
		if (wrote > 0)
			text = str_from(text, (size_t)wrote);
	}
}

static void silence(const struct lines *l)
{
	struct termios silent = l->before;

	silent.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
	silent.c_cc[VSUSP] = _POSIX_VDISABLE;
	term_guard_arm(STDIN_FILENO, &l->before, STR(""));
	(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &silent);
}

/* Echo is off for as long as a secret is asked for. Ctrl-Z rests then too: the shell
 * would be left without echo. */
static void hide(struct lines *l, bool hidden)
{
	if (!l->terminal || l->hidden == hidden)
		return;
	l->hidden = hidden;
	if (hidden) {
		silence(l);
		return;
	}
	(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &l->before);
	term_guard_disarm();
}

static void release(struct face *f)
{
	struct lines *l = lines_of(f);

	hide(l, false);
	/* What comes next on the terminal begins on a line of its own. */
	if (talk_listens(&l->talk))
		print(STR("\n"));
	talk_reply_clear(&l->reply);
	talk_clear(&l->talk);
	page_clear(&l->page);
	if (l->lent)
		secret_close(l->line);
	secret_free(l->line);
	free(l);
}

static void paint(struct face *f, struct page *page, int64_t now_ms)
{
	struct lines *l = lines_of(f);
	SCOPED(buf) out = buf_with_max(0);

	page_clear(&l->page);
	l->page = *page;
	*page = (struct page){0};
	const bool waited = talk_listens(&l->talk);
	talk_show(&l->talk, &l->page, now_ms, &out);
	if (waited && out.len)
		print(STR("\n"));
	/* Before the question can be read, so that no answer to it is ever shown. */
	hide(l, talk_listens(&l->talk) && l->talk.secret);
	print(buf_view(&out));
}

static bool readable(void)
{
	struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};

	return poll(&in, 1, 0) > 0;
}

enum got { GOT_NOTHING, GOT_LINE, GOT_END };

/* Byte by byte: what stands behind the line feed is for the next question, or for the
 * program that reads this input after us. */
static enum got read_line(struct lines *l)
{
	while (readable()) {
		char byte = 0;
		const ssize_t count = read(STDIN_FILENO, &byte, 1);
		if (count < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (count <= 0)
			return GOT_END;
		if (byte == '\n')
			return GOT_LINE;
		if (!secret_insert(l->line, secret_len(l->line),
			    (struct str){&byte, 1}))
			l->too_long = true;
		wipe(&byte, sizeof(byte));
	}
	return GOT_NOTHING;
}

static void forget_line(struct lines *l)
{
	talk_reply_clear(&l->reply);
	l->next = 0;
	if (!l->lent)
		return;
	secret_close(l->line);
	secret_wipe(l->line);
	l->lent = false;
	l->too_long = false;
}

static void answer(struct lines *l)
{
	SCOPED(buf) out = buf_with_max(0);

	/* Nothing echoed the end of the line. */
	if (l->hidden || !l->terminal)
		print(STR("\n"));
	l->lent = true;
	const struct str line = secret_view(l->line);
	talk_answer(&l->talk, &l->page, l->too_long ? STR("") : line, &l->reply, &out);
	print(buf_view(&out));
}

static enum face_input input(struct face *f, struct wizard_event *event)
{
	struct lines *l = lines_of(f);

	if (l->next < l->reply.count) {
		const struct talk_act *act = &l->reply.acts[l->next++];
		*event = act->event;
		return act->show ? FACE_PAINT : FACE_EVENT;
	}
	forget_line(l);
	if (!talk_listens(&l->talk))
		return FACE_NOTHING;
	switch (read_line(l)) {
	case GOT_NOTHING:
		return FACE_NOTHING;
	case GOT_END:
		/* A line without its end is no answer: nothing follows from it. */
		return FACE_HUNG_UP;
	case GOT_LINE:
		break;
	}
	answer(l);
	/* Also when nothing follows from it the question is asked again. */
	return l->reply.count ? input(f, event) : FACE_PAINT;
}

static bool listens(const struct face *f)
{
	return talk_listens(&((const struct lines *)(const void *)f)->talk);
}

static void address(UNUSED struct face *f, const char *text)
{
	print(str_of(text));
	print(STR("\n"));
}

/* The terminal's own Ctrl-Z does it. */
static void suspend(UNUSED struct face *f)
{
}

static void redraw(struct face *f)
{
	lines_of(f)->talk.open = false;
}

static void switch_glyphs(struct face *f)
{
	struct talk *t = &lines_of(f)->talk;

	t->glyphs = t->glyphs == GLYPHS_UTF8 ? GLYPHS_ASCII : GLYPHS_UTF8;
}

static bool size(UNUSED const struct face *f, UNUSED int *width, UNUSED int *height)
{
	return false;
}

static void resized(UNUSED struct face *f)
{
}

/* A shell may have set the terminal its own way meanwhile. */
static void continued(struct face *f)
{
	struct lines *l = lines_of(f);

	if (l->hidden)
		silence(l);
	redraw(f);
}

/* Work is stopped; a question becomes the question whether to leave, and that one is
 * answered by it. Without a terminal nobody is there to be asked. */
static bool interrupted(struct face *f, struct wizard_event *event)
{
	struct lines *l = lines_of(f);

	if (!l->terminal)
		return false;
	if (l->page.busy && !l->page.dialog.open) {
		if (l->page.stopping)
			return false;
		*event = (struct wizard_event){.kind = EVENT_KEY,
			.key = {.key = KEY_ESCAPE}};
		return true;
	}
	*event = (struct wizard_event){.kind = EVENT_KEY,
		.key = {.key = KEY_CTRL, .ch = 'c'}};
	return true;
}

static enum glyphs choose_glyphs(bool ascii)
{
	const char *wanted = getenv("CALWIZ_ASCII");

	return ascii || (wanted && wanted[0] && strcmp(wanted, "0") != 0) ||
	                       strcmp(nl_langinfo(CODESET), "UTF-8") != 0
	               ? GLYPHS_ASCII
	               : GLYPHS_UTF8;
}

static const struct face_ops ops = {
	.free = release,
	.paint = paint,
	.read = input,
	.listens = listens,
	.address = address,
	.suspend = suspend,
	.redraw = redraw,
	.switch_glyphs = switch_glyphs,
	.size = size,
	.resized = resized,
	.continued = continued,
	.interrupted = interrupted,
};

bool face_lines_open(struct face **f, const struct options *o, UNUSED struct err *e)
{
	struct lines *l = xcalloc(1, sizeof(*l));
	const enum glyphs glyphs = choose_glyphs(o->ascii);

	l->terminal = tcgetattr(STDIN_FILENO, &l->before) == 0;
	l->line = secret_new(LINE_MOST);
	talk_init(&l->talk, glyphs);
	l->face = (struct face){.ops = &ops,
		.utf8 = glyphs == GLYPHS_UTF8,
		.lines = true,
		.note = ""};
	*f = &l->face;
	return true;
}
