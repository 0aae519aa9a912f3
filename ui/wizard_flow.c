#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/wizard_impl.h"

static const struct page_ops *const all_ops[PAGES] = {
	[PAGE_WELCOME] = &page_welcome,
	[PAGE_PASSWORD] = &page_password,
	[PAGE_SERVER] = &page_server,
	[PAGE_ICLOUD] = &page_icloud,
	[PAGE_SIGN_IN] = &page_sign_in,
	[PAGE_VERIFY] = &page_verify,
	[PAGE_CALENDARS] = &page_calendars,
	[PAGE_OPTIONS] = &page_options,
	[PAGE_REVIEW] = &page_review,
	[PAGE_PROTECT] = &page_protect,
	[PAGE_SYNC] = &page_sync,
	[PAGE_DONE] = &page_done,
	[PAGE_MANAGE] = &page_manage,
	[PAGE_REMOVE] = &page_remove,
};

const struct page_ops *wizard_ops(const struct wizard *w)
{
	return all_ops[w->page];
}

#define FLOW(...)                                                                      \
	{                                                                              \
		(const enum wizard_page[]){__VA_ARGS__},                               \
			sizeof((enum wizard_page[]){__VA_ARGS__}) /                    \
				sizeof(enum wizard_page)                               \
	}

struct flow {
	const enum wizard_page *pages;
	size_t count;
};

static const struct flow setup_icloud =
	FLOW(PAGE_WELCOME, PAGE_PASSWORD, PAGE_ICLOUD, PAGE_SIGN_IN, PAGE_VERIFY,
		PAGE_CALENDARS, PAGE_OPTIONS, PAGE_REVIEW, PAGE_PROTECT, PAGE_SYNC);
static const struct flow setup_other =
	FLOW(PAGE_WELCOME, PAGE_SERVER, PAGE_SIGN_IN, PAGE_VERIFY, PAGE_CALENDARS,
		PAGE_OPTIONS, PAGE_REVIEW, PAGE_PROTECT, PAGE_SYNC);

static const struct flow reruns[] = {
	[MODE_SETUP] = {0},
	[MODE_MENU] = FLOW(PAGE_MANAGE),
	[MODE_SYNC] = FLOW(PAGE_SYNC),
	[MODE_CALENDARS] = FLOW(PAGE_VERIFY, PAGE_CALENDARS, PAGE_REVIEW, PAGE_PROTECT),
	[MODE_OPTIONS] = FLOW(PAGE_OPTIONS, PAGE_PROTECT),
	[MODE_ACCOUNT] = FLOW(PAGE_SIGN_IN, PAGE_VERIFY, PAGE_PROTECT),
	[MODE_REMOVE] = FLOW(PAGE_REMOVE),
};

static const struct flow *flow_of(const struct wizard *w)
{
	if (w->mode != MODE_SETUP)
		return &reruns[w->mode];
	return wizard_is_icloud(w) ? &setup_icloud : &setup_other;
}

size_t wizard_flow(const struct wizard *w, const enum wizard_page **pages)
{
	const struct flow *flow = flow_of(w);

	*pages = flow->pages;
	return flow->count;
}

static size_t place_in(const struct flow *flow, enum wizard_page page)
{
	for (size_t i = 0; i < flow->count; i++)
		if (flow->pages[i] == page)
			return i;
	return flow->count;
}

void wizard_go(struct wizard *w, enum wizard_page page, bool back)
{
	if (wizard_ops(w)->leave)
		wizard_ops(w)->leave(w);
	w->page = page;
	w->look = 0;
	wizard_hush(w);
	if (wizard_ops(w)->enter)
		wizard_ops(w)->enter(w, back);
}

void wizard_edit_from_review(struct wizard *w, int line, enum wizard_page page)
{
	w->editing = line;
	wizard_go(w, page, false);
}

static void return_to_review(struct wizard *w, bool back)
{
	const int line = w->editing;

	w->editing = 0;
	wizard_go(w, PAGE_REVIEW, back);
	wizard_focus(w, line);
}

/* Pages that are visited beside the flow lead to the check of the sign-in. */
static bool next_beside(struct wizard *w)
{
	switch (w->page) {
	case PAGE_PASSWORD:
	case PAGE_SERVER:
	case PAGE_ICLOUD:
		wizard_go(w, PAGE_SIGN_IN, false);
		return true;
	case PAGE_SIGN_IN:
		wizard_go(w, PAGE_VERIFY, false);
		return true;
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
		return false;
	}
	return false;
}

void wizard_next(struct wizard *w)
{
	const struct flow *flow = flow_of(w);
	const size_t at = place_in(flow, w->page);

	if (w->editing) {
		if (next_beside(w))
			return;
		if (w->page == PAGE_VERIFY && !choices_ticked(&w->picking.choices))
			wizard_go(w, PAGE_CALENDARS, false);
		else
			return_to_review(w, false);
		return;
	}
	if (at < flow->count) {
		if (at + 1 < flow->count)
			wizard_go(w, flow->pages[at + 1], false);
		return;
	}
	(void)next_beside(w);
}

static void back_beside(struct wizard *w)
{
	if (w->page == PAGE_PASSWORD || w->page == PAGE_SERVER ||
		w->page == PAGE_ICLOUD || w->page == PAGE_VERIFY)
		wizard_go(w, PAGE_SIGN_IN, true);
	else if (w->editing)
		return_to_review(w, true);
	else if (w->has_saved)
		wizard_menu(w);
}

void wizard_back(struct wizard *w)
{
	if (wizard_ops(w)->back && wizard_ops(w)->back(w))
		return;
	const struct flow *flow = flow_of(w);
	const size_t at = place_in(flow, w->page);

	if (w->editing || at == flow->count)
		back_beside(w);
	else if (at > 0)
		wizard_go(w, flow->pages[at - 1], true);
	else if (w->mode == MODE_SETUP || w->mode == MODE_MENU)
		wizard_ask_leave(w, false);
	else
		wizard_menu(w);
}

/* What one errand in the menu did not save must not show up in the next. */
void wizard_menu(struct wizard *w)
{
	account_clear(&w->account);
	account_copy(&w->account, &w->saved);
	w->mode = MODE_MENU;
	w->editing = 0;
	w->verified = false;
	wizard_touch(w);
	choices_clear(&w->picking.choices);
	saving_clear(&w->saving);
	w->sign_in.refused = false;
	edit_empty(&w->sign_in.login);
	edit_empty(&w->sign_in.password);
	edit_empty(&w->server);
	wizard_go(w, PAGE_MANAGE, true);
}

void wizard_begin(struct wizard *w, enum wizard_mode mode)
{
	const enum wizard_page *pages;

	w->mode = mode;
	(void)wizard_flow(w, &pages);
	for (size_t i = 0; i < PAGES; i++)
		if (i != PAGE_MANAGE)
			w->focus[i] = 0;
	wizard_go(w, pages[0], false);
}

void wizard_ask_leave(struct wizard *w, bool by_key)
{
	w->leaving = true;
	w->leaving_by_key = by_key;
	w->leaving_focus = ID_STAY;
}

void wizard_leave(struct wizard *w, int status)
{
	verify_stop(w);
	if (w->syncing.running && !w->syncing.stopping)
		wizard_push(w, EFFECT_SYNC_STOP, NULL);
	w->status = status;
	wizard_push(w, EFFECT_QUIT, NULL);
}
