#include <config.h>

#include "ui/wizard_impl.h"

enum { ID_AGREE = ID_PAGE };

#define APPLE "https://account.apple.com"

static void add_list(struct page *p, const char *head, const char *const *lines,
	size_t count)
{
	(void)page_add(p, BLOCK_TEXT, head);
	for (size_t i = 0; i < count; i++)
		page_add(p, BLOCK_BULLET, lines[i])->indent = 2;
	page_gap(p);
}

static void add_lists(const struct wizard *w, struct page *p)
{
	const char *goes[] = {"the settings of this account", "the stored password",
		"what calwiz remembers about the sync"};
	const char *stays[] = {page_format(p, "the calendar files in %s",
				       words_path(w, p, w->saved.folder)),
		page_format(p, "everything on %s", words_place(w))};

	add_list(p, "What goes", goes, COUNT_OF(goes));
	add_list(p, "What stays", stays, COUNT_OF(stays));
}

static void view_removed(const struct wizard *w, struct page *p)
{
	p->title = "The setup is removed";
	(void)page_add(p, BLOCK_TEXT,
		page_format(p, "Your calendar files stay in %s.",
			words_path(w, p, w->saved.folder)));
	if (wizard_is_icloud(w)) {
		page_gap(p);
		(void)page_add(p, BLOCK_TEXT,
			"Delete calwiz under App-Specific Passwords as well:");
		page_add(p, BLOCK_LINK, APPLE)->indent = 2;
	}
	(void)page_button(p, ID_FINISH, "Finish");
	page_hint(p, "Enter", "finish");
}

static void view(const struct wizard *w, struct page *p)
{
	if (w->removed) {
		view_removed(w, p);
		return;
	}
	p->title = page_format(p, "Remove the setup for %s",
		w->saved.login ? w->saved.login : "this account");
	add_lists(w, p);
	struct block *b = page_add(p, BLOCK_TICK, "Yes, remove this setup");
	b->id = ID_AGREE;
	b->on = w->remove_agreed;
	p->message = w->removing ? "Removing."
	             : w->remove_agreed
	                     ? "Nothing on the server and no calendar file is touched."
	                     : words_how(w, "Tick the box first: press Space on it.",
				       "Nothing is removed before you agree.");
	(void)page_button(p, ID_CONTINUE, "Remove");
	(void)page_button(p, ID_BACK, "Back");
	page_hint(p, "Space", "tick");
	page_hint(p, "Tab", "next");
	page_hint(p, "Esc", "back");
	page_hint(p, "?", "help");
}

static void enter(struct wizard *w, UNUSED bool back)
{
	w->remove_agreed = false;
	w->removing = false;
	w->focus[PAGE_REMOVE] = ID_AGREE;
}

static bool space(struct wizard *w, int id)
{
	if (id != ID_AGREE || w->removing)
		return false;
	w->remove_agreed = !w->remove_agreed;
	return true;
}

static void press(struct wizard *w, int id)
{
	if (w->removed) {
		wizard_leave(w, w->status);
	} else if (w->removing) {
		return;
	} else if (!w->remove_agreed) {
		wizard_focus(w, ID_AGREE);
	} else if (id == ID_AGREE) {
		/* One key too many must not be the one that removes. */
		wizard_focus(w, ID_CONTINUE);
	} else {
		w->removing = true;
		wizard_push(w, EFFECT_REMOVE, NULL);
	}
}

/* Once it has begun or is done there is no setup to go back to. */
static bool back(struct wizard *w)
{
	return w->removing || w->removed;
}

static const struct help_line help[] = {
	{"Space", "tick the box"},
	{"Enter", "on Remove: forget the account"},
	{"The files", "stay in their folder; delete them yourself if you like"},
	{NULL, NULL},
};

const struct page_ops page_remove = {
	.view = view,
	.enter = enter,
	.press = press,
	.space = space,
	.back = back,
	.help = help,
};
