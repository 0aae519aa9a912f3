#include <config.h>

#include "ui/wizard_impl.h"

#define SMALLEST_WIDTH 40
#define SMALLEST_HEIGHT 13

static bool is_tiny(const struct wizard *w)
{
	return w->width > 0 &&
	       (w->width < SMALLEST_WIDTH || w->height < SMALLEST_HEIGHT);
}

/* What works everywhere, whatever is on the screen. */
static bool global_key(struct wizard *w, const struct key_press *key)
{
	if (key->key != KEY_CTRL)
		return false;
	switch (key->ch) {
	case 'c':
		if (w->leaving)
			wizard_leave(w, EXIT_SIGNAL + 2);
		else
			wizard_ask_leave(w, true);
		return true;
	case 'z':
		wizard_push(w, EFFECT_SUSPEND, NULL);
		return true;
	case 'l':
		wizard_push(w, EFFECT_REDRAW, NULL);
		return true;
	case 't':
		/* Nothing to see of it there. */
		if (!is_tiny(w))
			wizard_push(w, EFFECT_ASCII, NULL);
		return true;
	default:
		return false;
	}
}

static void leave_key(struct wizard *w, const struct key_press *key)
{
	const bool enter =
		key->key == KEY_ENTER_ || (key->key == KEY_CHAR && key->ch == ' ');

	if (key->key == KEY_ESCAPE || (enter && w->leaving_focus == ID_STAY))
		w->leaving = false;
	else if (enter)
		wizard_leave(w, w->leaving_by_key ? EXIT_SIGNAL + 2 : w->status);
	else if (key->key == KEY_TAB || key->key == KEY_BACK_TAB)
		wizard_tab(w, key->key == KEY_TAB);
	else if (key->key == KEY_LEFT_ || key->key == KEY_RIGHT_)
		(void)wizard_move_button(w, key->key == KEY_RIGHT_);
	else if (key->key == KEY_UP_ || key->key == KEY_DOWN_)
		wizard_move(w, key->key == KEY_DOWN_);
}

static void help_open(struct wizard *w)
{
	w->help = true;
	w->help_focus = ID_CLOSE;
}

static bool asks_help(const struct key_press *key)
{
	return key->key == KEY_HELP_ || (key->key == KEY_CHAR && key->ch == '?');
}

static bool move_key(struct wizard *w, const struct key_press *key)
{
	switch (key->key) {
	case KEY_TAB:
	case KEY_BACK_TAB:
		wizard_tab(w, key->key == KEY_TAB);
		return true;
	case KEY_UP_:
	case KEY_DOWN_:
		wizard_move(w, key->key == KEY_DOWN_);
		return true;
	case KEY_PAGE_UP:
	case KEY_PAGE_DOWN:
		wizard_look(w, key->key == KEY_PAGE_DOWN);
		return true;
	case KEY_NONE_:
	case KEY_CHAR:
	case KEY_CTRL:
	case KEY_ENTER_:
	case KEY_ESCAPE:
	case KEY_LEFT_:
	case KEY_RIGHT_:
	case KEY_HOME_:
	case KEY_END_:
	case KEY_BACKSPACE_:
	case KEY_DELETE_:
	case KEY_HELP_:
		return false;
	}
	return false;
}

static void help_key(struct wizard *w, const struct key_press *key)
{
	if (key->key == KEY_ESCAPE || asks_help(key) ||
		(key->key == KEY_ENTER_ && w->help_focus == ID_CLOSE))
		w->help = false;
	else if (!wizard_list_key(w, key))
		(void)move_key(w, key);
}

static void press(struct wizard *w, int id)
{
	if (id == ID_BACK)
		wizard_back(w);
	else if (id == ID_QUIT)
		wizard_ask_leave(w, false);
	else if (wizard_ops(w)->press)
		wizard_ops(w)->press(w, id);
	else
		wizard_next(w);
}

static bool page_key(struct wizard *w, const struct key_press *key)
{
	return wizard_ops(w)->key && wizard_ops(w)->key(w, key);
}

static void field_key(struct wizard *w, struct edit *field, const struct key_press *key)
{
	const int id = wizard_focused(w);

	if (key->key == KEY_ESCAPE) {
		wizard_back(w);
	} else if (key->key == KEY_ENTER_) {
		/* Without marked pastes the line end of a pasted text arrives as Enter.
		 */
		if (!key->in_burst)
			press(w, id);
	} else if (key->key == KEY_HELP_) {
		help_open(w);
	} else if (key->key != KEY_CHAR && page_key(w, key)) {
		return;
	} else if (!move_key(w, key)) {
		if (edit_key(field, key) == EDIT_CHANGED && wizard_ops(w)->changed)
			wizard_ops(w)->changed(w, id);
	}
}

static void space(struct wizard *w)
{
	const enum block_kind kind = wizard_focused_kind(w);

	if (kind == BLOCK_GAP)
		press(w, wizard_focused(w));
	else if (wizard_ops(w)->space)
		(void)wizard_ops(w)->space(w, wizard_focused(w));
}

static void plain_key(struct wizard *w, const struct key_press *key)
{
	if (asks_help(key)) {
		help_open(w);
	} else if (key->key == KEY_ESCAPE) {
		wizard_back(w);
	} else if (key->key == KEY_ENTER_) {
		press(w, wizard_focused(w));
	} else if (key->key == KEY_CHAR && key->ch == ' ') {
		space(w);
	} else if (page_key(w, key)) {
		return;
	} else if (wizard_list_key(w, key)) {
		if (wizard_focused_kind(w) == BLOCK_RADIO && wizard_ops(w)->space)
			(void)wizard_ops(w)->space(w, wizard_focused(w));
	} else if (key->key == KEY_LEFT_ || key->key == KEY_RIGHT_) {
		(void)wizard_move_button(w, key->key == KEY_RIGHT_);
	} else {
		(void)move_key(w, key);
	}
}

static struct edit *focused_field(struct wizard *w)
{
	return wizard_ops(w)->field ? wizard_ops(w)->field(w, wizard_focused(w)) : NULL;
}

void wizard_key(struct wizard *w, const struct key_press *key)
{
	if (global_key(w, key) || is_tiny(w))
		return;
	if (w->leaving) {
		leave_key(w, key);
		return;
	}
	if (w->help) {
		help_key(w, key);
		return;
	}
	wizard_hush(w);
	struct edit *field = focused_field(w);
	if (field)
		field_key(w, field, key);
	else
		plain_key(w, key);
}

void wizard_paste(struct wizard *w, struct str text)
{
	if (w->leaving || w->help || is_tiny(w))
		return;
	struct edit *field = focused_field(w);
	if (!field)
		return;
	const int id = wizard_focused(w);
	wizard_hush(w);
	if (edit_paste(field, text) == EDIT_CHANGED && wizard_ops(w)->changed)
		wizard_ops(w)->changed(w, id);
}
