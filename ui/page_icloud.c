#include <config.h>

#include "ui/wizard_impl.h"

#define ADDRESS "https://www.icloud.com/calendar"

enum { ID_ANSWER = ID_PAGE };

enum answer { ANSWER_CALENDARS, ANSWER_QUESTION, ANSWER_NOTHING, ANSWER_SKIP };

static const char *const answers[] = {
	[ANSWER_CALENDARS] = "My calendars",
	[ANSWER_QUESTION] = "A question: accept new terms, or finish setting up iCloud",
	[ANSWER_NOTHING] = "No calendars at all, or Calendar is missing",
	[ANSWER_SKIP] = "I'd rather skip this",
};

static const char *const brief_answers[] = {
	[ANSWER_CALENDARS] = "My calendars",
	[ANSWER_QUESTION] = "A question, or new terms",
	[ANSWER_NOTHING] = "No calendars",
	[ANSWER_SKIP] = "I'd rather skip this",
};

static void add_address(const struct wizard *w, struct page *p)
{
	page_add(p, BLOCK_LINK, ADDRESS)->indent = 5;
	page_add(p, BLOCK_QR, ADDRESS)->on = w->icloud_code;
	p->qr_asked = w->icloud_code;
	p->qr_inverted = w->qr_inverted;
}

static void view_question(const struct wizard *w, struct page *p)
{
	p->title = "Check that Calendar is on at iCloud";
	page_add(p, BLOCK_TEXT,
		"A quick look now saves a confusing error later. On your phone or in a "
		"browser, open")
		->brief = "Open in a browser or on a phone";
	page_gap(p);
	add_address(w, p);
	page_gap(p);
	(void)page_add(p, BLOCK_TEXT, "and tell me what you see.");
	page_gap(p);
	for (size_t i = 0; i < COUNT_OF(answers); i++) {
		struct block *b = page_add(p, BLOCK_RADIO, answers[i]);
		b->id = ID_ANSWER + (int)i;
		b->on = w->icloud_answer == i;
		b->brief = brief_answers[i];
	}
	(void)page_button(p, ID_CONTINUE, "Continue");
	(void)page_button(p, ID_BACK, "Back");
	if (!w->icloud_code)
		page_hint(p, "↑↓", "choose");
}

static void add_step(struct page *p, unsigned number, const char *text)
{
	page_add(p, BLOCK_NUMBERED, text)->number = number;
}

static void view_terms(struct page *p)
{
	p->title = "iCloud waits for an answer from you";
	p->headline = true;
	page_add(p, BLOCK_TEXT,
		"Until it has it, Apple may refuse calendar programs although the "
		"password "
		"is right.")
		->spare = true;
	page_gap(p);
	add_step(p, 1,
		"Read what it asks: new terms and conditions, or a few questions to "
		"finish setting up iCloud.");
	add_step(p, 2, "Answer it there, on the phone or in the browser.");
	add_step(p, 3, "Open the address again, until you see your calendars:");
}

static void view_switch_on(struct page *p)
{
	p->title = "Switch Calendar on";
	p->headline = true;
	page_add(p, BLOCK_TEXT,
		"Apple makes the calendars of an account when Calendar is used for the "
		"first time.")
		->spare = true;
	page_gap(p);
	add_step(p, 1,
		"On an iPhone or iPad open Settings, your name, iCloud, and switch "
		"Calendars on. It may be behind See All.");
	add_step(p, 2, "Or open the address below in a browser and choose Calendar.");
	add_step(p, 3,
		"Add a first calendar there if the list is empty. Apple may need a "
		"few minutes.");
}

static void view_advice(const struct wizard *w, struct page *p)
{
	if (w->icloud_answer == ANSWER_QUESTION)
		view_terms(p);
	else
		view_switch_on(p);
	page_gap(p);
	add_address(w, p);
	(void)page_button(p, ID_LOOK_AGAIN, "Look again");
	(void)page_button(p, ID_CONTINUE, "Continue anyway");
	(void)page_button(p, ID_BACK, "Back");
	page_hint(p, "Enter", "look again");
}

static void view(const struct wizard *w, struct page *p)
{
	if (w->icloud_advice) {
		view_advice(w, p);
	} else {
		view_question(w, p);
		page_hint(p, "Enter", "continue");
	}
	if (w->icloud_code)
		page_hint(p, "c", "hide the code");
	page_hint(p, "u", "address only");
	if (!w->icloud_code)
		page_hint_when(p, "c", "QR code", HINT_ROOM);
	page_hint_when(p, "i", "invert", HINT_CODE);
	page_hint(p, "Esc", "back");
	page_hint(p, "?", "help");
}

static bool space(struct wizard *w, int id)
{
	w->icloud_answer = (unsigned)(id - ID_ANSWER);
	return true;
}

/* Having been told what to do, the likeliest next answer is that the calendars show. */
static void look_again(struct wizard *w)
{
	w->icloud_advice = false;
	w->icloud_answer = ANSWER_CALENDARS;
	wizard_focus(w, ID_ANSWER);
}

static void press(struct wizard *w, int id)
{
	const bool needs_advice = w->icloud_answer == ANSWER_QUESTION ||
	                          w->icloud_answer == ANSWER_NOTHING;

	if (id == ID_LOOK_AGAIN) {
		look_again(w);
	} else if (needs_advice && !w->icloud_advice) {
		w->icloud_advice = true;
		wizard_focus(w, ID_LOOK_AGAIN);
	} else {
		wizard_next(w);
	}
}

static bool key(struct wizard *w, const struct key_press *k)
{
	if (k->key != KEY_CHAR)
		return false;
	if (k->ch == 'u')
		wizard_push(w, EFFECT_ADDRESS, ADDRESS);
	else if (k->ch == 'c')
		w->icloud_code = !w->icloud_code;
	else if (k->ch == 'i' && w->icloud_code)
		w->qr_inverted = !w->qr_inverted;
	else
		return false;
	return true;
}

static bool back(struct wizard *w)
{
	const bool was = w->icloud_advice;

	/* Where the code fills the page, it is what is closed. */
	if (w->icloud_code) {
		w->icloud_code = false;
		return true;
	}
	w->icloud_advice = false;
	if (was)
		wizard_focus(w, ID_ANSWER + (int)w->icloud_answer);
	return was;
}

static const struct help_line help[] = {
	{"Up, Down", "choose what you see"},
	{"u", "the address alone on the normal screen, to copy it"},
	{"c", "the address as a code for a phone's camera"},
	{"Why", "an account whose Calendar was never opened is refused, with the same "
		"words as a wrong password"},
	{NULL, NULL},
};

const struct page_ops page_icloud = {
	.view = view,
	.space = space,
	.press = press,
	.key = key,
	.back = back,
	.help = help,
};
