#include <config.h>

#include <curses.h>
#include <poll.h>
#include <time.h>

#include "base/text.h"
#include "ui/term_impl.h"

#define BURST_MIN 8
#define TORN_MS 300
#define CTRL_C 3

static int64_t monotonic_ms(void)
{
	struct timespec t = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static enum key special_key(wint_t code)
{
	static const struct {
		wint_t code;
		enum key key;
	} keys[] = {{KEY_UP, KEY_UP_}, {KEY_DOWN, KEY_DOWN_}, {KEY_LEFT, KEY_LEFT_},
		{KEY_RIGHT, KEY_RIGHT_}, {KEY_HOME, KEY_HOME_}, {KEY_END, KEY_END_},
		{KEY_FIND, KEY_HOME_}, {KEY_SELECT, KEY_END_}, {KEY_PPAGE, KEY_PAGE_UP},
		{KEY_NPAGE, KEY_PAGE_DOWN}, {KEY_BACKSPACE, KEY_BACKSPACE_},
		{KEY_DC, KEY_DELETE_}, {KEY_ENTER, KEY_ENTER_},
		{KEY_BTAB, KEY_BACK_TAB}, {KEY_F(1), KEY_HELP_},
		{KEY_MAX + TERM_SHIFT_TAB, KEY_BACK_TAB}};

	for (size_t i = 0; i < COUNT_OF(keys); i++)
		if (keys[i].code == code)
			return keys[i].key;
	return KEY_NONE_;
}

static struct key_press plain_key(wint_t ch)
{
	switch (ch) {
	case '\r':
	case '\n':
		return (struct key_press){.key = KEY_ENTER_};
	case '\t':
		return (struct key_press){.key = KEY_TAB};
	case 8:
	case 127:
		return (struct key_press){.key = KEY_BACKSPACE_};
	case 27:
		return (struct key_press){.key = KEY_ESCAPE};
	default:
		break;
	}
	if (ch >= 1 && ch <= 26)
		return (struct key_press){.key = KEY_CTRL,
			.ch = (uint32_t)ch + 'a' - 1};
	if (ch < 32 || (ch >= 0x80 && ch < 0xa0))
		return (struct key_press){.key = KEY_NONE_};
	return (struct key_press){.key = KEY_CHAR, .ch = (uint32_t)ch};
}

static void paste_add(struct term *t, wint_t ch)
{
	char bytes[4];

	/* What does not fit is no password and no address: it is dropped. */
	(void)secret_insert(t->paste, secret_len(t->paste),
		(struct str){bytes, utf8_encode((uint32_t)ch, bytes)});
	wipe(bytes, sizeof(bytes));
}

static void begin_paste(struct term *t)
{
	t->pasting = true;
	t->ended = 0;
	secret_wipe(t->paste);
}

static void end_paste(struct term *t, struct term_input *in)
{
	t->pasting = false;
	t->lent = true;
	in->kind = TERM_PASTE;
	in->paste = secret_view(t->paste);
}

static void take_back(struct term *t)
{
	if (!t->lent)
		return;
	secret_close(t->paste);
	secret_wipe(t->paste);
	t->lent = false;
}

/* The end of a paste arrives as single characters when a slow line tears it apart; and
 * when it never arrives, Ctrl-C must still get through. */
static void take_pasted(struct term *t, wint_t ch, struct term_input *in)
{
	static const char end[] = "\033[201~";

	if (ch == (wint_t)end[t->ended]) {
		if (!end[++t->ended])
			end_paste(t, in);
		return;
	}
	for (size_t i = 0; i < t->ended; i++)
		paste_add(t, (wint_t)end[i]);
	t->ended = 0;
	if (ch == CTRL_C) {
		(void)unget_wch((wchar_t)ch);
		end_paste(t, in);
	} else if (ch == (wint_t)end[0]) {
		t->ended = 1;
	} else {
		paste_add(t, ch);
	}
}

/* An arrow key torn apart by a slow line: Esc came and was taken for itself; what
 * follows is not text. Only the beginning of a paste means something even so: that what
 * comes next are no keys. */
static bool is_torn(struct term *t, wint_t ch)
{
	const int64_t now = monotonic_ms();
	const bool soon = t->escape_at && now - t->escape_at < TORN_MS;

	if (!soon || ch < 0x20 || ch > 0x7e || (!t->n_torn && ch != '[' && ch != 'O')) {
		t->escape_at = 0;
		t->n_torn = 0;
		return false;
	}
	t->escape_at = now;
	if (t->n_torn < sizeof(t->torn))
		t->torn[t->n_torn++] = (char)ch;
	if (t->n_torn > 1 && ch >= 0x40) {
		if (str_is((struct str){t->torn, t->n_torn}, "[200~"))
			begin_paste(t);
		t->escape_at = 0;
		t->n_torn = 0;
	}
	return true;
}

static void take_char(struct term *t, wint_t ch, struct term_input *in)
{
	if (t->pasting) {
		take_pasted(t, ch, in);
		return;
	}
	if (is_torn(t, ch))
		return;
	in->key = plain_key(ch);
	in->key.in_burst = t->burst >= BURST_MIN;
	if (in->key.key == KEY_CHAR)
		t->burst++;
	if (in->key.key == KEY_ESCAPE)
		t->escape_at = monotonic_ms();
	in->kind = in->key.key == KEY_NONE_ ? TERM_NOTHING : TERM_KEY;
}

static void take_code(struct term *t, wint_t code, struct term_input *in)
{
	if (code == KEY_MAX + TERM_PASTE_BEGIN) {
		begin_paste(t);
		return;
	}
	if (t->pasting) {
		/* An arrow key in a pasted text is no key. */
		if (code == KEY_MAX + TERM_PASTE_END)
			end_paste(t, in);
		return;
	}
	in->key = (struct key_press){.key = special_key(code)};
	in->kind = in->key.key == KEY_NONE_ ? TERM_NOTHING : TERM_KEY;
}

/* Readable, and yet nothing to read: the line is gone. */
static bool hung_up(void)
{
	struct pollfd line = {.fd = STDIN_FILENO, .events = POLLIN};

	return poll(&line, 1, 0) > 0 && (line.revents & (POLLHUP | POLLERR | POLLNVAL));
}

void term_read(struct term *t, struct term_input *in)
{
	take_back(t);
	*in = (struct term_input){.kind = TERM_NOTHING};
	while (in->kind == TERM_NOTHING) {
		wint_t ch = 0;
		const int got = get_wch(&ch);
		if (got == ERR) {
			t->burst = 0;
			if (hung_up())
				in->kind = TERM_HUNG_UP;
			return;
		}
		if (got == KEY_CODE_YES)
			take_code(t, ch, in);
		else
			take_char(t, ch, in);
	}
}
