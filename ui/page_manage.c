#include <config.h>

#include "ui/wizard_impl.h"

struct entry {
	const char *text;
	char letter;
	enum wizard_mode mode;
	const char *what;
};

static const struct entry entries[] = {
	{"Sync now", 's', MODE_SYNC, "Brings the folder up to date now."},
	{"Calendars", 'c', MODE_CALENDARS,
		"Looks which calendars there are; nothing changes before you save."},
	{"Options", 'o', MODE_OPTIONS,
		"How often, and what happens when both sides changed."},
	{"Account and password", 'a', MODE_ACCOUNT,
		"A new password; everything else is kept."},
	{"Remove this setup", 'r', MODE_REMOVE, "Says first what goes and what stays."},
};

static size_t two_way(const struct account *a)
{
	size_t count = 0;

	for (size_t i = 0; i < a->n_calendars; i++)
		count += a->calendars[i].direction == DIRECTION_BOTH;
	return count;
}

static const char *value(const struct wizard *w, struct page *p, enum wizard_mode mode)
{
	const struct account *a = &w->saved;

	switch (mode) {
	case MODE_CALENDARS:
		return page_format(p, "%zu chosen, %zu both ways", a->n_calendars,
			two_way(a));
	case MODE_OPTIONS:
		return page_format(p, "%s, %s", words_schedule(p, a->schedule_minutes),
			words_conflict(w, a->conflict));
	case MODE_ACCOUNT:
		return page_copy(p, a->login ? a->login : "");
	case MODE_SETUP:
	case MODE_MENU:
	case MODE_SYNC:
	case MODE_REMOVE:
		break;
	}
	return "";
}

static void view(const struct wizard *w, struct page *p)
{
	const int focus = w->focus[PAGE_MANAGE];

	p->title = words_account(w, p);
	struct block *last = page_add(p, BLOCK_PAIR,
		w->last_sync ? page_copy(p, w->last_sync) : "never");
	last->label = "last sync";
	last->indent = 2;
	last->role = w->attention ? ROLE_ATTENTION : ROLE_TEXT;
	page_gap(p);
	for (size_t i = 0; i < COUNT_OF(entries); i++) {
		struct block *b = page_add(p, BLOCK_MENU, entries[i].text);
		b->id = ID_ROW + (int)i;
		b->note = value(w, p, entries[i].mode);
		if (b->id == focus) {
			p->message = entries[i].what;
			p->aside = true;
		}
	}
	(void)page_button(p, ID_FINISH, "Leave");
	page_hint(p, "↑↓", "choose");
	page_hint(p, "Enter", "open");
	page_hint(p, "letter", "jumps");
	page_hint(p, "Ctrl-C", "leave");
	page_hint(p, "?", "help");
}

static void press(struct wizard *w, int id)
{
	if (id == ID_FINISH)
		wizard_leave(w, w->status);
	else if (id >= ID_ROW && (size_t)(id - ID_ROW) < COUNT_OF(entries))
		wizard_begin(w, entries[id - ID_ROW].mode);
}

static bool space(struct wizard *w, int id)
{
	press(w, id);
	return true;
}

static bool key(struct wizard *w, const struct key_press *k)
{
	for (size_t i = 0; k->key == KEY_CHAR && i < COUNT_OF(entries); i++)
		if ((k->ch | 0x20) == (uint32_t)entries[i].letter) {
			wizard_focus(w, ID_ROW + (int)i);
			return true;
		}
	return false;
}

static const struct help_line help[] = {
	{"Enter", "open the line"},
	{"S C O A R", "jump to the line that begins with the letter"},
	{"last sync", "as it was stored; no network is used to show this page"},
	{NULL, NULL},
};

const struct page_ops page_manage = {.view = view,
	.press = press,
	.space = space,
	.key = key,
	.help = help};
