#include <config.h>

#include "ui/edit.h"

#include <assert.h>

#include "base/text.h"

void edit_init(struct edit *e, size_t max)
{
	*e = (struct edit){.text = buf_with_max(max), .max = max};
}

void edit_init_secret(struct edit *e, size_t max)
{
	*e = (struct edit){.secret = secret_new(max), .max = max};
}

void edit_clear(struct edit *e)
{
	secret_free(e->secret);
	buf_clear(&e->text);
	*e = (struct edit){0};
}

/* The bytes as they are; every open_text() needs its close_text(). */
static struct str open_text(const struct edit *e)
{
	return e->secret ? secret_view(e->secret) : buf_view(&e->text);
}

static void close_text(const struct edit *e)
{
	if (e->secret)
		secret_close(e->secret);
}

static size_t length_of(const struct edit *e)
{
	return e->secret ? secret_len(e->secret) : e->text.len;
}

const char *edit_text(const struct edit *e)
{
	assert(!e->secret);
	return buf_cstr(&e->text);
}

bool edit_is_empty(const struct edit *e)
{
	return !length_of(e);
}

void edit_empty(struct edit *e)
{
	if (e->secret)
		secret_wipe(e->secret);
	else
		buf_reset(&e->text);
	e->caret = 0;
}

static size_t count_chars(const struct edit *e, size_t end)
{
	struct str s = str_slice(open_text(e), 0, end);
	size_t count = 0;

	for (size_t used = 0; s.len; s = str_from(s, used), count++)
		(void)utf8_next(s, &used);
	close_text(e);
	return count;
}

size_t edit_length(const struct edit *e)
{
	return count_chars(e, length_of(e));
}

size_t edit_position(const struct edit *e)
{
	return count_chars(e, e->caret);
}

static bool insert(struct edit *e, struct str bytes)
{
	if (bytes.len > e->max - length_of(e))
		return false;
	if (e->secret) {
		(void)secret_insert(e->secret, e->caret, bytes);
	} else {
		struct buf grown = buf_with_max(e->max);
		buf_add(&grown, str_slice(buf_view(&e->text), 0, e->caret));
		buf_add(&grown, bytes);
		buf_add(&grown, str_from(buf_view(&e->text), e->caret));
		buf_clear(&e->text);
		e->text = grown;
	}
	e->caret += bytes.len;
	return true;
}

static void remove_range(struct edit *e, size_t from, size_t to)
{
	if (e->secret) {
		secret_remove(e->secret, from, to - from);
	} else {
		struct buf kept = buf_with_max(e->max);
		buf_add(&kept, str_slice(buf_view(&e->text), 0, from));
		buf_add(&kept, str_from(buf_view(&e->text), to));
		buf_clear(&e->text);
		e->text = kept;
	}
	e->caret = from;
}

void edit_set(struct edit *e, struct str text)
{
	assert(!e->secret);
	edit_empty(e);
	(void)edit_paste(e, text);
	e->caret = e->text.len;
}

static size_t before(const struct edit *e, size_t at)
{
	const struct str s = open_text(e);

	if (at)
		at--;
	while (at && ((unsigned char)s.ptr[at] & 0xc0) == 0x80)
		at--;
	close_text(e);
	return at;
}

static size_t after(const struct edit *e, size_t at)
{
	const struct str rest = str_from(open_text(e), at);
	size_t used = 0;

	if (rest.len)
		(void)utf8_next(rest, &used);
	close_text(e);
	return at + used;
}

/* The start of the blanks and the word that end at the caret. */
static size_t word_start(const struct edit *e)
{
	const struct str s = open_text(e);
	size_t at = e->caret;

	while (at && s.ptr[at - 1] == ' ')
		at--;
	while (at && s.ptr[at - 1] != ' ')
		at--;
	close_text(e);
	return at;
}

static enum edit_outcome cut(struct edit *e, size_t from, size_t to)
{
	if (from == to)
		return EDIT_DONE;
	remove_range(e, from, to);
	return EDIT_CHANGED;
}

static enum edit_outcome move(struct edit *e, size_t to)
{
	e->caret = to;
	return EDIT_DONE;
}

static enum edit_outcome control_key(struct edit *e, uint32_t letter)
{
	switch (letter) {
	case 'u':
		return cut(e, 0, length_of(e));
	case 'w':
		return cut(e, word_start(e), e->caret);
	case 'k':
		return cut(e, e->caret, length_of(e));
	case 'a':
		return move(e, 0);
	case 'e':
		return move(e, length_of(e));
	case 'h':
		return cut(e, before(e, e->caret), e->caret);
	default:
		return EDIT_IGNORED;
	}
}

static struct str marker_at(struct str s, bool at_end)
{
	static const struct str markers[] = {{"\033[200~", 6}, {"\033[201~", 6},
		{"[200~", 5}, {"[201~", 5}, {"200~", 4}, {"201~", 4}};

	for (size_t i = 0; i < COUNT_OF(markers); i++)
		if (at_end ? str_ends(s, markers[i]) : str_starts(s, markers[i]))
			return markers[i];
	return (struct str){0};
}

/* A terminal that marks pastes, and a program between that hides the mark's escape
 * character, leave "200~" as if it had been typed. */
static void drop_marker(struct edit *e)
{
	const struct str s = str_slice(open_text(e), 0, e->caret);
	const struct str marker = marker_at(s, true);

	close_text(e);
	if (marker.len)
		remove_range(e, e->caret - marker.len, e->caret);
}

static enum edit_outcome type(struct edit *e, const struct key_press *key)
{
	char bytes[4];

	if (text_is_unsafe(key->ch))
		return EDIT_DONE;
	const bool done = insert(e, (struct str){bytes, utf8_encode(key->ch, bytes)});
	wipe(bytes, sizeof(bytes));
	if (done && key->in_burst && key->ch == '~')
		drop_marker(e);
	return done ? EDIT_CHANGED : EDIT_DONE;
}

enum edit_outcome edit_key(struct edit *e, const struct key_press *key)
{
	switch (key->key) {
	case KEY_CHAR:
		return type(e, key);
	case KEY_CTRL:
		return control_key(e, key->ch);
	case KEY_BACKSPACE_:
		return cut(e, before(e, e->caret), e->caret);
	case KEY_DELETE_:
		return cut(e, e->caret, after(e, e->caret));
	case KEY_LEFT_:
		return move(e, before(e, e->caret));
	case KEY_RIGHT_:
		return move(e, after(e, e->caret));
	case KEY_HOME_:
		return move(e, 0);
	case KEY_END_:
		return move(e, length_of(e));
	case KEY_NONE_:
	case KEY_ENTER_:
	case KEY_ESCAPE:
	case KEY_TAB:
	case KEY_BACK_TAB:
	case KEY_UP_:
	case KEY_DOWN_:
	case KEY_PAGE_UP:
	case KEY_PAGE_DOWN:
	case KEY_HELP_:
		return EDIT_IGNORED;
	}
	return EDIT_IGNORED;
}

enum edit_outcome edit_paste(struct edit *e, struct str text)
{
	const size_t was = length_of(e);

	text = str_from(text, marker_at(text, false).len);
	text.len -= marker_at(text, true).len;
	while (text.len) {
		size_t used = 0;
		const uint32_t c = utf8_next(text, &used);
		if (c != UTF8_BAD && !text_is_unsafe(c) &&
			!insert(e, str_slice(text, 0, used)))
			break;
		text = str_from(text, used);
	}
	return length_of(e) == was ? EDIT_DONE : EDIT_CHANGED;
}
