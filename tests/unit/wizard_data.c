#include <config.h>

#include "wizard_play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/text.h"

void play_add_calendar(struct dav_calendars *list, const char *path, const char *name,
	bool writable, bool shared, enum calendar_hidden hidden)
{
	list->items = xgrow(list->items, list->count, &list->cap, sizeof(*list->items));
	list->items[list->count++] = (struct dav_calendar){
		.path = xstrdup(path),
		.key = href_key(str_of(path)),
		.name = xstrdup(name),
		.color = xstrdup("#1BADF8"),
		.writable = writable,
		.shared = shared,
		.hidden = hidden,
	};
}

void play_calendars(struct dav_calendars *list)
{
	play_add_calendar(list, "/1/calendars/home/", "Home", true, false,
		CALENDAR_SHOWN);
	play_add_calendar(list, "/1/calendars/work/", "Work", true, false,
		CALENDAR_SHOWN);
	play_add_calendar(list, "/1/calendars/f/", "Famille été", true, false,
		CALENDAR_SHOWN);
	play_add_calendar(list, "/1/calendars/ball/", "Football", false, true,
		CALENDAR_SHOWN);
	play_add_calendar(list, "/1/calendars/born/", "Birthdays", false, false,
		CALENDAR_SHOWN);
	play_add_calendar(list, "/1/calendars/hol/", "Holidays", false, false,
		CALENDAR_SUBSCRIBED);
	play_add_calendar(list, "/1/calendars/tasks/", "Reminders", true, false,
		CALENDAR_TASKS);
}

static void add_choice(struct account *a, const char *path, const char *name,
	const char *folder, enum direction direction)
{
	struct calendar_choice *c = account_add_calendar(a);

	c->path = xstrdup(path);
	c->name = xstrdup(name);
	c->folder = xstrdup(folder);
	c->direction = direction;
	c->writable = direction == DIRECTION_BOTH;
	c->new_events = direction == DIRECTION_BOTH;
}

void play_account(struct account *a)
{
	*a = (struct account){.provider = PROVIDER_ICLOUD,
		.name = xstrdup("icloud"),
		.login = xstrdup("ada.example@icloud.com"),
		.home = xstrdup("https://p7-caldav.icloud.com/1/calendars/"),
		.principal = xstrdup("/1/principal/"),
		.password = secret_from(STR("abcd-efgh-ijkl-mnop")),
		.folder = xstrdup("/home/ada/Calendars"),
		.schedule_minutes = 30};
	add_choice(a, "/1/calendars/home/", "Home", "home", DIRECTION_BOTH);
	add_choice(a, "/1/calendars/ball/", "Football", "ball", DIRECTION_FROM_SERVER);
}

static bool is_clean(const char *text)
{
	struct str s = str_of(text);

	while (s.len) {
		size_t used = 0;
		const uint32_t c = utf8_next(s, &used);
		if (c == UTF8_BAD || text_is_unsafe(c))
			return false;
		s = str_from(s, used);
	}
	return true;
}

static void check_text(const char *text)
{
	if (text && !is_clean(text))
		fail_msg("text for the screen is not clean: %s", text);
}

static void check_ids(const struct page *page)
{
	int ids[FOCUS_MAX];
	const size_t count = page_focus_order(page, ids, FOCUS_MAX);
	size_t found = 0;

	assert_true(count > 0);
	for (size_t i = 0; i < count; i++) {
		found += ids[i] == page->focus;
		for (size_t j = 0; j < i; j++)
			if (ids[i] == ids[j])
				fail_msg("id %d twice on %s", ids[i], page->title);
	}
	if (found != 1)
		fail_msg("focus %d is on %zu items of %s", page->focus, found,
			page->title);
}

void play_check(const struct page *page)
{
	assert_non_null(page->title);
	assert_non_null(page->purpose);
	assert_true(page->n_buttons > 0);
	assert_true(page->n_hints > 0);
	check_ids(page);
	check_text(page->title);
	check_text(page->message);
	for (size_t i = 0; i < page->n_blocks; i++) {
		const struct block *b = &page->blocks[i];
		check_text(b->text);
		check_text(b->label);
		check_text(b->note);
		check_text(b->folder);
		assert_true(b->kind == BLOCK_GAP || b->text);
		assert_true(b->kind != BLOCK_FIELD || b->label);
	}
	if (page->message && page->message[0])
		assert_int_not_equal(page->message[strlen(page->message) - 1], '!');
}
