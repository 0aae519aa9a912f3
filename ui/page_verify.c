#include <config.h>

#include "base/mem.h"
#include "base/text.h"
#include "ui/wizard_impl.h"

/* Long enough to see that all is well, short enough not to wait for. */
#define SHOW_GOOD_MS 600

/* For 40 columns. */
static const char *const brief_steps[LINK_STEPS] = {
	[LINK_REACH] = "Reach the server",
	[LINK_SECURE] = "Secure connection",
	[LINK_SIGN_IN] = "Sign in",
	[LINK_FIND] = "Find calendars",
	[LINK_LIST] = "Read the list",
	[LINK_RIGHTS] = "Check the rights",
};

static const char *step_text(const struct wizard *w, struct page *p,
	enum link_step step)
{
	const bool icloud = wizard_is_icloud(w);

	if (wizard_size(w) == SIZE_COMPACT && step < LINK_STEPS)
		return brief_steps[step];

	switch (step) {
	case LINK_REACH:
		return page_format(p, "Reach %s", words_host(w));
	case LINK_SECURE:
		if (!icloud && w->plain)
			return "The connection stays on this computer";
		return icloud ? "Secure connection, Apple's certificate"
		              : "Secure connection, the server's certificate";
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
		const bool over =
			step->state == STEP_DONE || step->state == STEP_FAILED;
		b->note = over && step->detail ? page_copy(p, step->detail) : NULL;
		b->indent = 2;
		b->spare = failed && step->state == STEP_DONE;
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
	p->headline = true;
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

static void add_causes(const struct wizard *w, struct page *p)
{
	const struct diagnosis_words *words = &w->check.words;

	if (words->causes[0][0])
		page_add(p, BLOCK_TEXT, "Likely causes, most common first")->brief =
			"Likely causes";
	for (size_t i = 0; i < CAUSES_MAX && words->causes[i][0]; i++) {
		struct block *b =
			page_add(p, BLOCK_NUMBERED, page_copy(p, words->causes[i]));
		b->number = (unsigned)i + 1;
		b->indent = 2;
		b->spare = i > 0 && wizard_size(w) == SIZE_COMPACT;
	}
}

static void add_detail(struct page *p, const char *label, const char *text)
{
	struct block *b = page_add(p, BLOCK_PAIR, text);

	b->label = label;
	b->indent = 2;
}

static const char *failed_answer(const struct check *c)
{
	for (size_t i = 0; i < LINK_STEPS; i++)
		if (c->steps[i].state == STEP_FAILED && c->steps[i].detail)
			return c->steps[i].detail;
	return NULL;
}

static void add_details(const struct wizard *w, struct page *p)
{
	const struct check *c = &w->check;
	const char *answer = failed_answer(c);
	long long ms = 0;

	for (size_t i = 0; i < LINK_STEPS; i++)
		ms += c->steps[i].ms;
	(void)page_add(p, BLOCK_TEXT, "Details");
	add_detail(p, "name", c->words.id && c->words.id[0] ? c->words.id : "unknown");
	add_detail(p, "host", words_host(w));
	if (answer)
		add_detail(p, "status", page_copy(p, answer));
	add_detail(p, "time", page_format(p, "%lld ms in all", ms));
	if (c->said[0]) {
		AUTO_FREE char *said = text_safe(str_of(c->said), 0, TEXT_UTF8);
		add_detail(p, "message", page_copy(p, said));
	}
}

static void view_failed(const struct wizard *w, struct page *p)
{
	const struct diagnosis_words *words = &w->check.words;

	p->title = words->headline[0] ? page_copy(p, words->headline)
	                              : "The check did not succeed";
	p->headline = true;
	add_steps(w, p);
	if (w->check.details)
		add_details(w, p);
	else
		add_causes(w, p);
	if (!words->advice[0])
		return;
	page_gap(p);
	page_add(p, BLOCK_TEXT, "What to do")->spare = true;
	page_add(p, BLOCK_TEXT, page_copy(p, words->advice))->indent = 2;
}

static void view_result(const struct wizard *w, struct page *p)
{
	if (w->check.foreign)
		view_foreign(w, p);
	else
		view_failed(w, p);
	p->message = "Nothing was changed. Your other answers are kept.";
	p->brief = "Nothing was changed.";
	add_ways(&w->check, p);
	page_hint(p, "Tab", "choose");
	page_hint(p, "Enter", "select");
	if (!w->check.foreign)
		page_hint(p, "d", w->check.details ? "causes" : "details");
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
	p->busy = true;
	add_steps(w, p);
	page_add(p, BLOCK_TEXT,
		page_format(p, "Nothing is changed on %s during these checks.",
			words_place(w)))
		->spare = true;
	p->message = "Working. This usually takes less than five seconds.";
	p->brief = "Working.";
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

static bool key(struct wizard *w, const struct key_press *k)
{
	struct check *c = &w->check;

	if (k->key != KEY_CHAR || k->ch != 'd' || c->state != CHECK_FAILED ||
		c->foreign)
		return false;
	c->details = !c->details;
	return true;
}

static bool back(struct wizard *w)
{
	const bool was = w->check.state == CHECK_FAILED && w->check.details;

	w->check.details = false;
	return was;
}

static void tick(struct wizard *w, int64_t now_ms)
{
	struct check *c = &w->check;

	verify_pace(w, now_ms);
	if (c->state != CHECK_GOOD || c->looking || c->read_only || w->leaving ||
		w->help || w->lines)
		return;
	if (!c->good_at)
		c->good_at = now_ms;
	else if (now_ms - c->good_at >= SHOW_GOOD_MS)
		wizard_next(w);
}

static const struct help_line help[] = {
	{"Enter", "go on, once everything is in order"},
	{"Esc", "stop the check and go back; nothing was changed"},
	{"d", "after a failure: what exactly was answered, for whoever helps you"},
	{"The steps", "each one needs the one before it; the first that fails is where "
		      "to look"},
	{NULL, NULL},
};

const struct page_ops page_verify = {
	.view = view,
	.enter = enter,
	.leave = leave,
	.press = press,
	.key = key,
	.back = back,
	.tick = tick,
	.help = help,
};
