#include <config.h>

#include "ui/wizard_impl.h"

static void add_lines(const struct wizard *w, struct page *p)
{
	for (size_t i = 0; i < w->saving.n_lines; i++) {
		struct block *b =
			page_add(p, BLOCK_STEP, page_copy(p, w->saving.lines[i].text));
		b->state = w->saving.lines[i].state;
		b->indent = 2;
	}
}

static void explain(const struct wizard *w, struct page *p)
{
	(void)page_add(p, BLOCK_TEXT,
		w->vault ? page_format(p,
				   "Your settings and the password are stored "
				   "encrypted in "
				   "%s, readable only by you.",
				   w->vault)
			 : "Your settings and the password are stored in one encrypted "
			   "file, readable only by you.");
	page_gap(p);
	(void)page_add(p, BLOCK_TEXT, "They are unlocked by this computer:");
	page_gap(p);
	page_add(p, BLOCK_BULLET,
		w->key ? page_format(p, "a key file only your user can read: %s",
				 w->key)
		       : "a key file only your user can read")
		->indent = 2;
	page_add(p, BLOCK_BULLET, "needed for syncing while you are away")->indent = 2;
	page_add(p, BLOCK_BULLET,
		wizard_is_icloud(w) ? "anyone who can read both files as you can use "
				      "the password; you "
				      "can cancel it any time at account.apple.com"
				    : "anyone who can read both files as you can use "
				      "the password; you "
				      "can change it any time at the server")
		->indent = 2;
	page_gap(p);
}

static const char *label(const struct wizard *w)
{
	switch (w->saving.state) {
	case SAVE_IDLE:
		return "Save and continue";
	case SAVE_RUNNING:
	case SAVE_DONE:
		return "Continue";
	case SAVE_FAILED:
		break;
	}
	return "Try again";
}

static void add_message(const struct wizard *w, struct page *p)
{
	if (w->saving.state == SAVE_FAILED) {
		p->message = page_format(p, "Not saved: %s", w->saving.problem);
		p->message_role = ROLE_ERROR;
	} else if (w->saving.state == SAVE_RUNNING) {
		p->message = "Saving.";
	} else {
		p->message = "You can change everything later with calwiz.";
	}
}

static void view(const struct wizard *w, struct page *p)
{
	p->title = w->mode == MODE_SETUP ? "Protect your password" : "Save";
	if (w->mode == MODE_SETUP)
		explain(w, p);
	add_lines(w, p);
	add_message(w, p);
	(void)page_button(p, ID_CONTINUE, label(w));
	(void)page_button(p, ID_BACK, "Back");
	page_hint(p, "Enter", w->saving.state == SAVE_FAILED ? "try again" : "save");
	page_hint(p, "Esc", "back");
	page_hint(p, "?", "help");
}

/* On a rerun there is nothing to ask here. */
static void enter(struct wizard *w, bool back)
{
	if (w->saving.state == SAVE_FAILED)
		saving_clear(&w->saving);
	w->focus[PAGE_PROTECT] = ID_CONTINUE;
	if (!back && w->mode != MODE_SETUP)
		wizard_save(w);
}

static void press(struct wizard *w, UNUSED int id)
{
	wizard_save(w);
}

/* While it is being written the only way is forward. */
static bool back(struct wizard *w)
{
	return w->saving.state == SAVE_RUNNING;
}

static const struct help_line help[] = {
	{"Enter", "save and go on"},
	{"The key file", "lets calwiz --headless run without you; a copy of the "
			 "settings without it cannot be read"},
	{NULL, NULL},
};

const struct page_ops page_protect = {.view = view,
	.enter = enter,
	.press = press,
	.back = back,
	.help = help};
