#include <config.h>

#include "ui/wizard_impl.h"

#include "base/mem.h"

static const char *rail_name(const struct wizard *w, enum wizard_page page)
{
	static const char *const names[PAGES] = {
		[PAGE_WELCOME] = "Welcome",
		[PAGE_PASSWORD] = "Password",
		[PAGE_SERVER] = "Server",
		[PAGE_ICLOUD] = "iCloud check",
		[PAGE_SIGN_IN] = "Sign in",
		[PAGE_VERIFY] = "Verify",
		[PAGE_CALENDARS] = "Calendars",
		[PAGE_OPTIONS] = "Options",
		[PAGE_REVIEW] = "Review",
		[PAGE_PROTECT] = "Protect",
		[PAGE_SYNC] = "First sync",
		[PAGE_DONE] = "Done",
		[PAGE_MANAGE] = "Manage",
		[PAGE_REMOVE] = "Remove",
	};

	if (page == PAGE_PROTECT && w->mode != MODE_SETUP)
		return "Save";
	return names[page];
}

/* A page that is visited beside the flow counts as the sign-in it leads to. */
static enum wizard_page place_on_rail(const struct wizard *w)
{
	switch (w->page) {
	case PAGE_PASSWORD:
	case PAGE_SERVER:
	case PAGE_ICLOUD:
		return PAGE_SIGN_IN;
	case PAGE_SIGN_IN:
		return PAGE_VERIFY;
	case PAGE_WELCOME:
	case PAGE_VERIFY:
	case PAGE_CALENDARS:
	case PAGE_OPTIONS:
	case PAGE_REVIEW:
	case PAGE_PROTECT:
	case PAGE_SYNC:
	case PAGE_DONE:
	case PAGE_MANAGE:
	case PAGE_REMOVE:
		return w->page;
	}
	return w->page;
}

static size_t find_page(const enum wizard_page *pages, size_t count,
	enum wizard_page page)
{
	for (size_t i = 0; i < count; i++)
		if (pages[i] == page)
			return i;
	return count;
}

static void build_rail(const struct wizard *w, struct page *p)
{
	const enum wizard_page *pages;
	const size_t count = wizard_flow(w, &pages);

	p->purpose =
		w->mode == MODE_SETUP ? "Set up calendar sync" : "Manage calendar sync";
	if (count < 2)
		return;
	for (size_t i = 0; i < count && i < PAGE_STEPS; i++)
		p->steps[p->n_steps++] = rail_name(w, pages[i]);
	p->step = find_page(pages, count, w->page);
	if (p->step == count && w->page != PAGE_DONE)
		p->step = find_page(pages, count, place_on_rail(w));
	if (p->step == count && w->page != PAGE_DONE)
		p->step = 0;
}

void wizard_build(const struct wizard *w, struct page *p)
{
	build_rail(w, p);
	p->focus = w->focus[w->page];
	p->look = w->look;
	wizard_ops(w)->view(w, p);
	if (w->message) {
		p->message = page_copy(p, w->message);
		p->brief = NULL;
		p->message_role = w->message_role;
		p->aside = false;
	}
}

static const struct help_line everywhere[] = {
	{"Tab, Shift-Tab", "next, previous item"},
	{"Up, Down", "move; Enter does the focused thing"},
	{"PgUp, PgDn", "scroll what does not fit"},
	{"Esc", "one page back, nothing is lost"},
	{"Ctrl-L", "draw the screen again"},
	{"Ctrl-T", "simple characters on and off"},
	{"Ctrl-Z", "pause; fg returns"},
	{"Ctrl-C", "leave, asks first"},
	{NULL, NULL},
};

static void add_lines(struct page *p, const struct help_line *lines, int *id)
{
	for (; lines && lines->key; lines++) {
		struct block *b = page_add(p, BLOCK_PAIR, lines->what);
		b->label = lines->key;
		b->id = (*id)++;
	}
}

void view_help(const struct wizard *w, struct page *p)
{
	struct page below = {0};
	int id = ID_HELP_LINE;

	wizard_build(w, &below);
	build_rail(w, p);
	p->title = page_format(p, "Help: %s", below.title ? below.title : "");
	p->headline = true;
	p->help = true;
	page_clear(&below);
	add_lines(p, wizard_ops(w)->help, &id);
	page_gap(p);
	(void)page_add(p, BLOCK_TEXT, "On every page");
	add_lines(p, everywhere, &id);
	(void)page_button(p, ID_CLOSE, "Close");
	page_hint(p, "↑↓", "scroll");
	page_hint(p, "Esc", "close");
	p->focus = w->help_focus;
}

static const char *leave_text(const struct wizard *w)
{
	if (w->syncing.running)
		return "The sync stops safely: events that have arrived stay, the rest "
		       "comes next time.";
	if (w->page == PAGE_DONE || w->page == PAGE_MANAGE || w->page == PAGE_REMOVE)
		return "Everything you decided is saved.";
	if (w->mode == MODE_SETUP && w->saving.state != SAVE_DONE)
		return "Nothing has been changed or saved. Your answers so far are not "
		       "kept.";
	if (w->saving.state == SAVE_DONE)
		return "Your settings are saved.";
	return "What you changed since the menu is not saved.";
}

void view_leave(const struct wizard *w, struct page *p)
{
	p->dialog.open = true;
	p->dialog.title = w->mode == MODE_SETUP ? "Leave the setup?" : "Leave calwiz?";
	p->dialog.text = leave_text(w);
	(void)page_button(p, ID_STAY, "Stay");
	(void)page_button(p, ID_LEAVE, "Leave");
	p->focus = w->leaving_focus;
	p->n_hints = 0;
	page_hint(p, "Tab", "choose");
	page_hint(p, "Enter", "select");
	page_hint(p, "Esc", "stay");
	page_hint(p, "Ctrl-C", "leave at once");
}
