#include <config.h>

#include "ui/wizard_impl.h"

/* Long enough to see that all is well, short enough not to wait for. */
#define SHOW_GOOD_MS 600

static const char *step_text(const struct wizard *w, struct page *p,
	enum link_step step)
{
	const bool icloud = wizard_is_icloud(w);

	switch (step) {
	case LINK_REACH:
		return page_format(p, "Reach %s", words_host(w));
	case LINK_SECURE:
		if (!icloud && w->plain)
			return "The connection stays on this computer";
		return icloud ? "Secure connection, certificate is Apple's"
		              : "Secure connection, certificate is the server's";
	case LINK_SIGN_IN:
		return icloud ? "Apple accepts your sign-in"
		              : "The server accepts your sign-in";
	case LINK_FIND:
		return "Find your calendars";
	case LINK_LIST:
		return "Read the list of calendars";
	case LINK_RIGHTS:
	case LINK_STEPS:
		break;
	}
	return "Check which ones may be changed";
}

static void add_steps(const struct wizard *w, struct page *p)
{
	const bool failed = w->check.state == CHECK_FAILED && !w->check.foreign;

	for (size_t i = 0; i < LINK_STEPS; i++) {
		const struct check_step *step = &w->check.steps[i];
		if (failed && step->state == STEP_WAITING)
			continue;
		struct block *b =
			page_add(p, BLOCK_STEP, step_text(w, p, (enum link_step)i));
		b->state = step->state;
		b->note = step->detail ? page_copy(p, step->detail) : NULL;
		b->indent = 2;
	}
	page_gap(p);
}

static const char *way_label(enum way_out way)
{
	switch (way) {
	case WAY_NONE:
		break;
	case WAY_TRY_AGAIN:
		return "Try again";
	case WAY_SIGN_IN:
		return "Enter it again";
	case WAY_NEW_PASSWORD:
		return "Make a new one";
	case WAY_ICLOUD_CHECK:
		return "Check iCloud";
	case WAY_SERVER:
		return "Change the address";
	case WAY_CONTINUE:
		return "Continue";
	}
	return "Back";
}

static void add_ways(const struct check *c, struct page *p)
{
	if (c->foreign)
		(void)page_button(p, ID_WAY, "Enter it again");
	for (size_t i = 0; !c->foreign && i < WAYS_MAX && c->words.ways[i]; i++)
		(void)page_button(p, ID_WAY + (int)i, way_label(c->words.ways[i]));
	(void)page_button(p, ID_BACK, "Back");
}

static void view_foreign(const struct wizard *w, struct page *p)
{
	p->title = "This is another account";
	add_steps(w, p);
	(void)page_add(p, BLOCK_TEXT,
		page_format(p,
			"None of the calendars that are synced here belongs to %s. To "
			"move to "
			"another account, remove this setup first and set it up anew. "
			"The "
			"calendar files stay.",
			w->account.login ? w->account.login : "it"));
}

static void view_failed(const struct wizard *w, struct page *p)
{
	const struct diagnosis_words *words = &w->check.words;

	p->title = words->headline[0] ? page_copy(p, words->headline)
	                              : "The check did not succeed";
	add_steps(w, p);
	if (words->causes[0][0])
		(void)page_add(p, BLOCK_TEXT, "Likely causes, most common first");
	for (size_t i = 0; i < CAUSES_MAX && words->causes[i][0]; i++) {
		struct block *b =
			page_add(p, BLOCK_NUMBERED, page_copy(p, words->causes[i]));
		b->number = (unsigned)i + 1;
		b->indent = 2;
	}
	if (!words->advice[0])
		return;
	page_gap(p);
	(void)page_add(p, BLOCK_TEXT, "What to do");
	page_add(p, BLOCK_TEXT, page_copy(p, words->advice))->indent = 2;
}

static void view_result(const struct wizard *w, struct page *p)
{
	if (w->check.foreign)
		view_foreign(w, p);
	else
		view_failed(w, p);
	p->message = "Nothing was changed. Your other answers are kept.";
	add_ways(&w->check, p);
	page_hint(p, "Tab", "choose");
	page_hint(p, "Enter", "select");
	page_hint(p, "Esc", "back");
	page_hint(p, "?", "help");
}

static void view_good(const struct wizard *w, struct page *p)
{
	p->title = "Access is checked";
	add_steps(w, p);
	p->message = w->check.read_only
	                     ? "You may read these calendars but not change them."
	                     : "Everything is in order.";
	p->message_role = w->check.read_only ? ROLE_ATTENTION : ROLE_OK;
	(void)page_button(p, ID_CONTINUE, "Continue");
	(void)page_button(p, ID_TRY_AGAIN, "Check again");
	(void)page_button(p, ID_BACK, "Back");
	page_hint(p, "Enter", "continue");
	page_hint(p, "Esc", "back");
	page_hint(p, "?", "help");
}

static void view_running(const struct wizard *w, struct page *p)
{
	p->title = "Checking access";
	add_steps(w, p);
	(void)page_add(p, BLOCK_TEXT,
		page_format(p, "Nothing is changed on %s during these checks.",
			words_place(w)));
	p->message = "Working. This usually takes less than five seconds.";
	(void)page_button(p, ID_STOP, "Stop");
	page_hint(p, "Esc", "stop and go back");
	page_hint(p, "?", "help");
}

static void view(const struct wizard *w, struct page *p)
{
	switch (w->check.state) {
	case CHECK_FAILED:
		view_result(w, p);
		break;
	case CHECK_GOOD:
		view_good(w, p);
		break;
	case CHECK_IDLE:
	case CHECK_RUNNING:
		view_running(w, p);
		break;
	}
}

static void enter(struct wizard *w, bool back)
{
	if (back && w->check.state == CHECK_GOOD && w->verified)
		w->check.looking = true;
	else
		verify_start(w);
}

static void leave(struct wizard *w)
{
	verify_stop(w);
}

static void take_way(struct wizard *w, enum way_out way)
{
	switch (way) {
	case WAY_TRY_AGAIN:
		verify_start(w);
		break;
	case WAY_SIGN_IN:
		page_sign_in_again(w);
		wizard_go(w, PAGE_SIGN_IN, true);
		break;
	case WAY_NEW_PASSWORD:
		page_sign_in_again(w);
		wizard_go(w, wizard_is_icloud(w) ? PAGE_PASSWORD : PAGE_SIGN_IN, true);
		break;
	case WAY_ICLOUD_CHECK:
		wizard_go(w, PAGE_ICLOUD, true);
		break;
	case WAY_SERVER:
		wizard_go(w, PAGE_SERVER, true);
		break;
	case WAY_CONTINUE:
	case WAY_NONE:
		wizard_back(w);
		break;
	}
}

static void press(struct wizard *w, int id)
{
	const struct check *c = &w->check;

	if (id == ID_STOP)
		wizard_back(w);
	else if (id == ID_TRY_AGAIN)
		verify_start(w);
	else if (id >= ID_WAY && id < ID_WAY + WAYS_MAX && c->state == CHECK_FAILED)
		take_way(w, c->foreign ? WAY_SIGN_IN : c->words.ways[id - ID_WAY]);
	else if (c->state == CHECK_GOOD)
		wizard_next(w);
}

static void tick(struct wizard *w, int64_t now_ms)
{
	struct check *c = &w->check;

	if (c->state != CHECK_GOOD || c->looking || c->read_only || w->leaving ||
		w->help)
		return;
	if (!c->good_at)
		c->good_at = now_ms;
	else if (now_ms - c->good_at >= SHOW_GOOD_MS)
		wizard_next(w);
}

static const struct help_line help[] = {
	{"Enter", "go on, once everything is in order"},
	{"Esc", "stop the check and go back; nothing was changed"},
	{"The steps", "each one needs the one before it; the first that fails is where "
		      "to look"},
	{NULL, NULL},
};

const struct page_ops page_verify = {
	.view = view,
	.enter = enter,
	.leave = leave,
	.press = press,
	.tick = tick,
	.help = help,
};
