#include <config.h>

#include "wizard_play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/text.h"

static const char *const page_names[PAGES] = {"welcome", "password", "server", "icloud",
	"sign-in", "verify", "calendars", "options", "review", "protect", "sync",
	"done", "manage", "remove"};

static const char *const effect_names[] = {
	[EFFECT_NONE] = "none",
	[EFFECT_LINK] = "link",
	[EFFECT_LINK_STOP] = "link-stop",
	[EFFECT_FOLDER] = "folder",
	[EFFECT_SAVE] = "save",
	[EFFECT_SYNC] = "sync",
	[EFFECT_SYNC_STOP] = "sync-stop",
	[EFFECT_REMOVE] = "remove",
	[EFFECT_ADDRESS] = "address",
	[EFFECT_SUSPEND] = "suspend",
	[EFFECT_REDRAW] = "redraw",
	[EFFECT_ASCII] = "ascii",
	[EFFECT_QUIT] = "quit",
};

void play_begin(struct play *p, const struct account *saved)
{
	*p = (struct play){.folder = FOLDER_MISSING, .status = -1};
	play_calendars(&p->calendars);
	p->w = wizard_new(&(struct wizard_start){
		.saved = saved,
		.folder = "/home/ada/Calendars",
		.home = "/home/ada",
		.last_sync = "today 14:20, all right",
		.utf8 = true,
	});
}

void play_end(struct play *p)
{
	wizard_free(p->w);
	dav_calendars_clear(&p->calendars);
}

static void answer_folder(struct play *p)
{
	if (p->folder == FOLDER_UNKNOWN)
		return;
	play_event(p,
		&(struct wizard_event){.kind = EVENT_FOLDER, .folder = p->folder});
}

/* Nothing is written on a first run, or for other calendars, without consent. */
static void check_allowed(const struct play *p, enum wizard_effect_kind kind)
{
	const struct wizard *w = p->w;
	const bool choosing = w->mode == MODE_SETUP || w->mode == MODE_CALENDARS;

	if ((kind != EFFECT_SAVE && kind != EFFECT_SYNC) || !choosing)
		return;
	assert_true(w->consent || !choices_two_way(&w->picking.choices));
	assert_true(w->verified);
	assert_non_null(w->account.password);
	assert_true(w->account.n_calendars > 0);
}

static void collect_effects(struct play *p)
{
	struct wizard_effect effect;

	while (wizard_effect(p->w, &effect)) {
		const size_t len = strlen(p->effects);
		check_allowed(p, effect.kind);
		if (len + 20 < sizeof(p->effects))
			(void)snprintf(p->effects + len, sizeof(p->effects) - len,
				"%s%s", len ? "," : "", effect_names[effect.kind]);
		if (effect.kind == EFFECT_FOLDER)
			answer_folder(p);
		if (effect.kind == EFFECT_QUIT)
			p->status = effect.status;
	}
}

static bool is_space(const struct wizard_event *event)
{
	return event->kind == EVENT_KEY && event->key.key == KEY_CHAR &&
	       event->key.ch == ' ';
}

void play_event(struct play *p, const struct wizard_event *event)
{
	struct page page;
	const bool consent = p->w->consent;
	const enum wizard_page from = p->w->page;

	wizard_event(p->w, event);
	if (!consent && p->w->consent && !(is_space(event) && from == PAGE_REVIEW))
		fail_msg("consent without its key");
	collect_effects(p);
	wizard_view(p->w, &page);
	play_check(&page);
	page_clear(&page);
}

static void add_line(struct buf *out, const char *a, const char *b, const char *c)
{
	buf_printf(out, "%s%s%s%s%s\n", a ? a : "", a ? ": " : "", b ? b : "",
		c ? " | " : "", c ? c : "");
}

char *play_text(const struct play *p)
{
	struct page page;
	struct buf out = buf_with_max(0);

	wizard_view(p->w, &page);
	add_line(&out, NULL, page.title, page.title_note);
	for (size_t i = 0; i < page.n_blocks; i++) {
		const struct block *b = &page.blocks[i];
		if (b->kind == BLOCK_TICK || b->kind == BLOCK_RADIO ||
			b->kind == BLOCK_ROW)
			buf_text(&out, b->on ? "[x] " : "[ ] ");
		if (b->kind == BLOCK_ROW)
			buf_printf(&out, "%s | %s | %s\n", b->text, b->direction,
				b->folder);
		else
			add_line(&out, b->label, b->text, b->note);
	}
	if (page.message)
		buf_printf(&out, "%s\n", page.message);
	for (size_t i = 0; i < page.n_buttons; i++)
		buf_printf(&out, "[ %s ] ", page.buttons[i].label);
	if (page.dialog.open)
		buf_printf(&out, "\n%s %s", page.dialog.title, page.dialog.text);
	page_clear(&page);
	return buf_take(&out);
}

static void press(struct play *p, enum key key, uint32_t ch, bool burst)
{
	play_event(p, &(struct wizard_event){.kind = EVENT_KEY,
			      .key = {.key = key, .ch = ch, .in_burst = burst}});
}

static void type(struct play *p, struct str text, bool burst)
{
	while (text.len) {
		size_t used = 0;
		const uint32_t c = utf8_next(text, &used);
		press(p, KEY_CHAR, c == '_' ? ' ' : c, burst);
		text = str_from(text, used);
	}
}

static char *unblank(struct str text, char for_bar)
{
	char *out = str_dup(text);

	for (char *c = out; *c; c++)
		*c = *c == '_' ? ' ' : *c == '|' ? for_bar : *c;
	return out;
}

static void link_done(struct play *p, enum diagnosis d,
	const struct diagnosis_words *words)
{
	play_event(p, &(struct wizard_event){.kind = EVENT_LINK_DONE,
			      .diagnosis = d,
			      .words = words,
			      .calendars = words ? NULL : &p->calendars,
			      .home = "https://p7-caldav.icloud.com/1/calendars/",
			      .principal = "/1/principal/"});
}

static void refused(struct play *p)
{
	static const struct diagnosis_words words = {.id = "auth.refused",
		.headline = "Apple did not accept the sign-in",
		.causes = {"the password was mistyped"},
		.advice = "Enter it again, or make a new one.",
		.ways = {WAY_SIGN_IN, WAY_NEW_PASSWORD, WAY_TRY_AGAIN}};

	play_event(p, &(struct wizard_event){.kind = EVENT_LINK_STEP,
			      .step = LINK_SIGN_IN,
			      .state = STEP_FAILED,
			      .text = STR("answered 401")});
	link_done(p, DIAGNOSIS_AUTH_REFUSED, &words);
}

static void empty(struct play *p)
{
	static const struct diagnosis_words words = {.id = "cal.empty",
		.headline = "There are no calendars yet",
		.ways = {WAY_ICLOUD_CHECK, WAY_TRY_AGAIN}};

	link_done(p, DIAGNOSIS_CAL_EMPTY, &words);
}

static void synced(struct play *p, bool stopped)
{
	struct calendar_result one = {
		.path = (char *)(uintptr_t) "/1/calendars/home/",
		.name = (char *)(uintptr_t) "Home",
		.events = 412,
		.quarantined = 2,
		.edited = 1,
	};
	const struct run_result result = {.exit = stopped ? EXIT_TRY_LATER
	                                                  : EXIT_ATTENTION,
		.cancelled = stopped,
		.calendars = &one,
		.n_calendars = 1};

	play_event(p, &(struct wizard_event){.kind = EVENT_SYNCED, .result = &result});
}

static void outside(struct play *p, enum wizard_event_kind kind, bool failed)
{
	const struct err e = {.code = ERR_LOCAL, .message = "the disk is full"};

	play_event(p, &(struct wizard_event){.kind = kind, .err = failed ? &e : NULL});
}

static const struct {
	const char *word;
	enum key key;
} keys[] = {
	{"enter", KEY_ENTER_},
	{"tab", KEY_TAB},
	{"btab", KEY_BACK_TAB},
	{"up", KEY_UP_},
	{"down", KEY_DOWN_},
	{"left", KEY_LEFT_},
	{"right", KEY_RIGHT_},
	{"esc", KEY_ESCAPE},
	{"home", KEY_HOME_},
	{"end", KEY_END_},
	{"pgup", KEY_PAGE_UP},
	{"pgdn", KEY_PAGE_DOWN},
	{"bs", KEY_BACKSPACE_},
	{"del", KEY_DELETE_},
	{"f1", KEY_HELP_},
};

static bool key_word(struct play *p, struct str word)
{
	for (size_t i = 0; i < COUNT_OF(keys); i++)
		if (str_is(word, keys[i].word)) {
			press(p, keys[i].key, 0, false);
			return true;
		}
	if (str_is(word, "space"))
		press(p, KEY_CHAR, ' ', false);
	else if (str_is(word, "burst-enter"))
		press(p, KEY_ENTER_, 0, true);
	else if (word.len == 2 && word.ptr[0] == '^')
		press(p, KEY_CTRL, (unsigned char)word.ptr[1], false);
	else
		return false;
	return true;
}

static bool result_word(struct play *p, struct str word)
{
	if (str_is(word, "linked"))
		link_done(p, DIAGNOSIS_NONE, NULL);
	else if (str_is(word, "read-only"))
		link_done(p, DIAGNOSIS_CAL_READ_ONLY, NULL);
	else if (str_is(word, "refused"))
		refused(p);
	else if (str_is(word, "empty"))
		empty(p);
	else if (str_is(word, "saved") || str_is(word, "unsaved"))
		outside(p, EVENT_SAVED, word.ptr[0] == 'u');
	else if (str_is(word, "removed"))
		outside(p, EVENT_REMOVED, false);
	else if (str_is(word, "synced") || str_is(word, "stopped"))
		synced(p, str_is(word, "stopped"));
	else if (str_is(word, "-"))
		p->effects[0] = '\0';
	else if (str_is(word, "hold"))
		p->folder = FOLDER_UNKNOWN;
	else
		return false;
	return true;
}

static void expect_effects(struct play *p, struct str wanted)
{
	if (!str_is(wanted, p->effects))
		fail_msg("effects are \"%s\", wanted \"" STR_FMT "\"", p->effects,
			STR_ARG(wanted));
	p->effects[0] = '\0';
}

static void expect_focus(const struct play *p, struct str wanted)
{
	struct page page;
	const char *found = "";
	AUTO_FREE char *text = unblank(wanted, '|');

	wizard_view(p->w, &page);
	for (size_t i = 0; i < page.n_blocks; i++)
		if (page.blocks[i].id == page.focus)
			found = page.blocks[i].label ? page.blocks[i].label
			                             : page.blocks[i].text;
	const struct button *buttons =
		page.dialog.open ? page.dialog.buttons : page.buttons;
	const size_t count = page.dialog.open ? page.dialog.n_buttons : page.n_buttons;
	for (size_t i = 0; i < count; i++)
		if (buttons[i].id == page.focus)
			found = buttons[i].label;
	if (strncmp(found, text, strlen(text)))
		fail_msg("focus is on \"%s\", wanted \"%s\"", found, text);
	page_clear(&page);
}

static void expect_text(const struct play *p, struct str wanted, bool there)
{
	AUTO_FREE char *text = unblank(wanted, '|');
	AUTO_FREE char *all = play_text(p);

	if (!strstr(all, text) == there)
		fail_msg("\"%s\" is %s on the page:\n%s", text, there ? "not" : "still",
			all);
}

static bool expect_word(struct play *p, struct str word)
{
	const struct str rest = str_from(word, 1);

	if (word.ptr[0] == '@') {
		if (!str_is(rest, page_names[wizard_page(p->w)]))
			fail_msg("page is %s, wanted " STR_FMT,
				page_names[wizard_page(p->w)], STR_ARG(rest));
	} else if (word.ptr[0] == '>') {
		expect_focus(p, rest);
	} else if (word.ptr[0] == '=') {
		expect_effects(p, rest);
	} else if (word.ptr[0] == '~' || word.ptr[0] == '!') {
		expect_text(p, rest, word.ptr[0] == '~');
	} else {
		return false;
	}
	return true;
}

static bool text_word(struct play *p, struct str word)
{
	const struct str rest = str_from(word, 2);
	int64_t ms = 0;

	if (str_starts(word, STR("t:")) || str_starts(word, STR("b:"))) {
		type(p, rest, word.ptr[0] == 'b');
	} else if (str_starts(word, STR("p:"))) {
		AUTO_FREE char *text = unblank(rest, '\n');
		play_event(p, &(struct wizard_event){.kind = EVENT_PASTE,
				      .text = str_of(text)});
	} else if (str_starts(word, STR("tick:")) &&
		   str_to_int(str_from(word, 5), 0, INT32_MAX, &ms)) {
		play_event(p, &(struct wizard_event){.kind = EVENT_TICK, .now_ms = ms});
	} else {
		return false;
	}
	return true;
}

void play(struct play *p, const char *script)
{
	struct str rest = str_of(script);
	struct str word;

	while (str_split(&rest, ' ', &word))
		if (word.len && !key_word(p, word) && !result_word(p, word) &&
			!text_word(p, word) && !expect_word(p, word))
			fail_msg("no such word: " STR_FMT, STR_ARG(word));
}

void play_to(struct play *p, enum wizard_page page)
{
	static const char *const scripts[] = {
		[PAGE_WELCOME] = "@welcome",
		[PAGE_PASSWORD] = "enter @password",
		[PAGE_SERVER] = "",
		[PAGE_ICLOUD] = "enter @icloud",
		[PAGE_SIGN_IN] = "enter @sign-in",
		[PAGE_VERIFY] =
			"p:ada.example@icloud.com tab p:abcdefghijklmnop enter @verify",
		[PAGE_CALENDARS] = "linked enter @calendars",
		[PAGE_OPTIONS] = "enter @options",
		[PAGE_REVIEW] = "enter @review",
		[PAGE_PROTECT] = "space enter @protect",
		[PAGE_SYNC] = "enter saved @sync",
		[PAGE_DONE] = "synced @done",
	};

	for (size_t i = 0; i <= (size_t)page; i++)
		play(p, scripts[i]);
}
