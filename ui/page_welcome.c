#include <config.h>

#include "ui/wizard_impl.h"

enum { ID_ICLOUD = ID_PAGE, ID_OTHER };

static void add_provider(struct page *p, int id, const char *name, const char *note,
	bool on)
{
	struct block *b = page_add(p, BLOCK_RADIO, name);

	b->id = id;
	b->note = note;
	b->on = on;
}

static void add_need(struct page *p, const char *what)
{
	struct block *b = page_add(p, BLOCK_BULLET, what);

	b->indent = 2;
	b->spare = true;
}

static void view(const struct wizard *w, struct page *p)
{
	static const char *const needs_icloud[] = {"your Apple Account address",
		"a phone or browser where you are signed in to Apple"};
	static const char *const needs_other[] = {"the address of the server",
		"your user name and password there"};
	const char *const *needs = wizard_is_icloud(w) ? needs_icloud : needs_other;

	p->title = "Welcome. Let's connect your calendars.";
	page_add(p, BLOCK_TEXT,
		"calwiz keeps a folder of calendar files on this computer in step with "
		"your online calendars. Setting it up takes about five minutes, and "
		"nothing is changed anywhere until you agree on the review page.")
		->spare = true;
	page_gap(p);
	(void)page_add(p, BLOCK_TEXT, "Where are your calendars?");
	page_gap(p);
	add_provider(p, ID_ICLOUD, "iCloud",
		"Apple Account with an app-specific password", wizard_is_icloud(w));
	add_provider(p, ID_OTHER, "Another service",
		"Fastmail, Nextcloud, any CalDAV server", !wizard_is_icloud(w));
	page_gap(p);
	page_add(p, BLOCK_TEXT, "Have these at hand")->spare = true;
	for (size_t i = 0; i < COUNT_OF(needs_icloud); i++)
		add_need(p, needs[i]);
	add_need(p, "the folder where your calendar files should live");
	(void)page_button(p, ID_CONTINUE, "Continue");
	(void)page_button(p, ID_QUIT, "Quit");
	page_hint(p, "↑↓", "choose");
	page_hint(p, "Enter", "continue");
	page_hint(p, "Ctrl-C", "quit");
	page_hint(p, "?", "help");
}

static bool space(struct wizard *w, int id)
{
	const enum provider provider =
		id == ID_OTHER ? PROVIDER_CALDAV : PROVIDER_ICLOUD;

	if (w->account.provider == provider)
		return false;
	w->account.provider = provider;
	w->verified = false;
	wizard_touch(w);
	/* What counts as a good password depends on it. */
	sign_in_clean(w);
	return true;
}

static const struct help_line help[] = {
	{"Up, Down", "choose where your calendars are"},
	{"Enter", "continue with what is chosen"},
	{NULL, NULL},
};

const struct page_ops page_welcome = {.view = view, .space = space, .help = help};
