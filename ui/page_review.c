#include <config.h>

#include "ui/wizard_impl.h"

enum {
	ID_ACCOUNT = ID_PAGE,
	ID_CALENDARS,
	ID_BOTH,
	ID_FROM,
	ID_FOLDER,
	ID_SYNC,
	ID_CONFLICT,
	ID_AGREE
};

/* Which page mends which line. */
static const struct {
	int id;
	enum wizard_page page;
} lines[] = {
	{ID_ACCOUNT, PAGE_SIGN_IN},
	{ID_CALENDARS, PAGE_CALENDARS},
	{ID_BOTH, PAGE_CALENDARS},
	{ID_FROM, PAGE_CALENDARS},
	{ID_FOLDER, PAGE_OPTIONS},
	{ID_SYNC, PAGE_OPTIONS},
	{ID_CONFLICT, PAGE_OPTIONS},
};

static void add_line(struct page *p, int id, const char *label, const char *text)
{
	struct block *b = page_add(p, BLOCK_PAIR, text);

	b->id = id;
	b->label = label;
	b->indent = 2;
}

static const char *names(const struct wizard *w, struct page *p,
	enum direction direction)
{
	SCOPED(buf) text = buf_with_max(0);

	choices_names(&w->picking.choices, direction, &text);
	return page_copy(p, buf_cstr(&text));
}

static void add_names(const struct wizard *w, struct page *p, int id,
	enum direction direction)
{
	const char *text = names(w, p, direction);

	if (text[0])
		add_line(p, id,
			page_format(p, "  %s", words_direction(w, direction, true)),
			text);
}

static void add_answers(const struct wizard *w, struct page *p)
{
	const struct account *a = &w->account;
	const struct choices *c = &w->picking.choices;

	add_line(p, ID_ACCOUNT, "Account",
		page_format(p, "%s  (%s)", a->login ? a->login : "",
			wizard_is_icloud(w) ? "iCloud" : words_host(w)));
	add_line(p, ID_CALENDARS, "Calendars",
		page_format(p, "%zu of %zu", choices_ticked(c), c->count));
	add_names(w, p, ID_BOTH, DIRECTION_BOTH);
	add_names(w, p, ID_FROM, DIRECTION_FROM_SERVER);
	add_line(p, ID_FOLDER, "Folder", words_path(w, p, a->folder));
	add_line(p, ID_SYNC, "Sync", words_schedule(p, a->schedule_minutes));
	add_line(p, ID_CONFLICT, "If both changed", words_conflict(w, a->conflict));
	page_gap(p);
}

static bool drops_something(const struct wizard *w)
{
	for (size_t i = 0; i < w->picking.choices.count; i++)
		if (w->picking.choices.items[i].saved &&
			!w->picking.choices.items[i].ticked)
			return true;
	return false;
}

static void add_effect(const struct wizard *w, struct page *p)
{
	(void)page_add(p, BLOCK_TEXT,
		wizard_needs_consent(w) ? page_format(p,
						  "The next sync brings these "
	                                          "calendars here. From then on "
						  "each sync also sends to %s what you "
	                                          "change here in the "
						  "calendars that go both ways.",
						  words_place(w))
					: page_format(p,
						  "The next sync brings these "
	                                          "calendars here. Nothing on %s "
						  "is ever changed.",
						  words_place(w)));
	if (drops_something(w))
		(void)page_add(p, BLOCK_TEXT,
			"Calendars you unticked are no longer synced; nothing of them "
			"is "
			"deleted, neither there nor here.");
	page_gap(p);
}

static void add_consent(const struct wizard *w, struct page *p)
{
	struct block *b = page_add(p, BLOCK_TICK,
		page_format(p,
			"I agree that calwiz may add, change and delete events in %s "
			"on %s "
			"when I do so in %s.",
			names(w, p, DIRECTION_BOTH), words_place(w),
			words_path(w, p, w->account.folder)));

	b->id = ID_AGREE;
	b->on = w->consent;
}

static void add_message(const struct wizard *w, struct page *p)
{
	if (!wizard_needs_consent(w)) {
		p->message = page_format(p,
			"No calendar goes both ways, so there is nothing to agree to.");
	} else if (!w->consent) {
		p->message =
			words_how(w, "Tick the box to continue: press Space on it.",
				"Without your agreement nothing is saved or synced.");
		p->message_role = w->told_consent ? ROLE_ATTENTION : ROLE_TEXT;
	} else {
		p->message = "You can take this back at any time by running calwiz.";
	}
}

static void view(const struct wizard *w, struct page *p)
{
	const bool consent = wizard_needs_consent(w);

	p->title = "Review";
	p->title_note = "nothing has been changed so far";
	add_answers(w, p);
	add_effect(w, p);
	if (consent)
		add_consent(w, p);
	add_message(w, p);
	(void)page_button(p, ID_CONTINUE, consent ? "Agree and continue" : "Continue");
	(void)page_button(p, ID_BACK, "Back");
	if (consent)
		page_hint(p, "Space", "agree");
	page_hint(p, "e", "edit the line");
	page_hint(p, "Enter", "continue");
	page_hint(p, "Esc", "back");
	page_hint(p, "?", "help");
}

static void enter(struct wizard *w, UNUSED bool back)
{
	w->told_consent = false;
	if (!w->focus[PAGE_REVIEW])
		w->focus[PAGE_REVIEW] =
			wizard_needs_consent(w) ? (int)ID_AGREE : (int)ID_CONTINUE;
}

static bool space(struct wizard *w, int id)
{
	if (id != ID_AGREE || !wizard_needs_consent(w))
		return false;
	w->consent = !w->consent;
	return true;
}

static bool edit_line(struct wizard *w, int id)
{
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		if (lines[i].id != id)
			continue;
		wizard_edit_from_review(w, id, lines[i].page);
		return true;
	}
	return false;
}

static void press(struct wizard *w, int id)
{
	if (edit_line(w, id))
		return;
	if (!w->verified) {
		wizard_edit_from_review(w, ID_ACCOUNT, PAGE_VERIFY);
	} else if (!choices_ticked(&w->picking.choices)) {
		wizard_edit_from_review(w, ID_CALENDARS, PAGE_CALENDARS);
	} else if (!wizard_may_write(w)) {
		w->told_consent = true;
		wizard_focus(w, ID_AGREE);
	} else {
		wizard_next(w);
	}
}

static bool key(struct wizard *w, const struct key_press *k)
{
	return k->key == KEY_CHAR && k->ch == 'e' && edit_line(w, wizard_focused(w));
}

static const struct help_line help[] = {
	{"Space", "agree, or take it back"},
	{"e, Enter", "on a line: change it, then come straight back"},
	{"Enter", "continue, once the box is ticked"},
	{"The box", "it is empty again after every change of calendars or directions"},
	{NULL, NULL},
};

const struct page_ops page_review = {
	.view = view,
	.enter = enter,
	.press = press,
	.space = space,
	.key = key,
	.help = help,
};
