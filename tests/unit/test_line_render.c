#include <config.h>

#include "ui/line.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/wizard_play.h"

static void is_clean(struct str said)
{
	for (size_t i = 0; i < said.len; i++)
		assert_true((unsigned char)said.ptr[i] >= 0x20 || said.ptr[i] == '\n');
}

static bool says(const struct buf *out, const char *text)
{
	return str_find(buf_view(out), str_of(text)) != STR_NONE;
}

/* Line ends are where there was no more room. */
static void join(struct buf *out)
{
	for (size_t i = 0; i < out->len; i++)
		if (out->ptr[i] == '\n')
			out->ptr[i] = ' ';
}

/* Every page of a first run: text alone, and a default in words or that there is none.
 */
static void test_every_page(void **state)
{
	static const enum wizard_page pages[] = {PAGE_WELCOME, PAGE_PASSWORD,
		PAGE_ICLOUD, PAGE_SIGN_IN, PAGE_CALENDARS, PAGE_OPTIONS, PAGE_REVIEW,
		PAGE_PROTECT};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(pages); i++) {
		for (int set = GLYPHS_UTF8; set <= GLYPHS_ASCII; set++) {
			struct play p;
			struct talk t;
			struct page page;
			SCOPED(buf) out = buf_with_max(0);
			play_begin(&p, NULL);
			play_to(&p, pages[i]);
			talk_init(&t, (enum glyphs)set);
			wizard_view(p.w, &page);
			talk_show(&t, &page, 0, &out);
			assert_true(talk_listens(&t));
			is_clean(buf_view(&out));
			assert_true(says(&out, page.title));
			for (size_t k = 0; set == GLYPHS_ASCII && k < out.len; k++)
				assert_true((unsigned char)out.ptr[k] < 0x80);
			assert_int_equal(out.ptr[out.len - 1], ' ');
			join(&out);
			assert_true(says(&out, "Press Enter ") ||
				    says(&out, "There is no default"));
			const size_t before = out.len;
			talk_show(&t, &page, 1, &out);
			assert_int_equal(out.len, before);
			page_clear(&page);
			talk_clear(&t);
			play_end(&p);
		}
	}
}

/* One block, and what is said of it before the prompt. */
static void test_blocks(void **state)
{
	static const struct {
		struct block block;
		const char *said;
	} rows[] = {
		{{.kind = BLOCK_TEXT, .text = "go to    Home"}, "\ngo to Home\n"},
		{{.kind = BLOCK_TEXT, .text = "! Beware."}, "\nBeware.\n"},
		{{.kind = BLOCK_LINK, .text = "https://example.org/"},
			"\n  https://example.org/\n"},
		{{.kind = BLOCK_NUMBERED, .number = 2, .text = "Open it"},
			"\n  2. Open it\n"},
		{{.kind = BLOCK_BULLET, .text = "one"}, "\n  - one\n"},
		{{.kind = BLOCK_PAIR, .label = "  both ways", .text = "Home"},
			"\n  both ways: Home\n"},
		{{.kind = BLOCK_PAIR, .id = 7, .label = "Folder", .text = "~/x"},
			"\n  1. Folder: ~/x\n"},
		{{.kind = BLOCK_FIGURE, .text = "│ > Security  │ 1 this"},
			"\n  > Security 1 this\n"},
		{{.kind = BLOCK_FIGURE, .text = "┌──────┐"}, "Page.\nPress"},
		{{.kind = BLOCK_STEP, .text = "Reach x", .state = STEP_DONE},
			"\n  Reach x: done.\n"},
		{{.kind = BLOCK_STEP,
			 .text = "Reach x",
			 .note = "answered 401",
			 .state = STEP_FAILED},
			"\n  Reach x: failed, answered 401.\n"},
		{{.kind = BLOCK_STEP, .text = "Reach x", .state = STEP_RUNNING},
			"Page.\nPress"},
		{{.kind = BLOCK_PROGRESS, .text = "events", .done = 5, .total = 10},
			"\n  50 percent, 5 of 10 events.\n"},
		{{.kind = BLOCK_QR, .text = "https://example.org/"}, "Type c to have"},
		{{.kind = BLOCK_FIELD, .id = 7, .label = "Name", .text = ""},
			"\nName.\nType it. There is no default: "},
		{{.kind = BLOCK_FIELD, .id = 7, .label = "Name", .text = "ada"},
			"\nPress Enter to keep ada, or type another: "},
		{{.kind = BLOCK_FIELD,
			 .id = 7,
			 .label = "Key",
			 .text = "",
			 .secret = true},
			"It is not shown while you type."},
		{{.kind = BLOCK_RADIO,
			 .id = 7,
			 .text = "One",
			 .note = "the first",
			 .on = true},
			"Press Enter for \"One\": "},
		{{.kind = BLOCK_TICK, .id = 7, .text = "I agree."},
			"\nI agree.\nType yes if you do. There is no default: "},
		{{.kind = BLOCK_TICK, .id = 7, .text = "I agree.", .on = true},
			"Type no to take it back. Press Enter for \"Go\": "},
		{{.kind = BLOCK_TICK, .id = 7, .text = "Show it", .screen = true},
			"Page.\nPress"},
		{{.kind = BLOCK_SELECT,
			 .id = 7,
			 .label = "Sync",
			 .text = "b",
			 .values = "a\nb\nc\n"},
			"\nSync.\n  1. a\n  2. b\n  3. c\nType a number. Press Enter "
			"for "
			"2, b: "},
		{{.kind = BLOCK_ROW, .id = 7, .text = "Home", .direction = "both ways"},
			"\n  1. not ticked, Home, both ways\n"},
		{{.kind = BLOCK_MENU, .id = 7, .text = "Sync now"},
			"\n  1. Sync now\n  2. Go\n"},
		{{.kind = BLOCK_GAP}, "Page.\nPress Enter for \"Go\": "},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct page page = {.title = "Page", .focus = 7};
		struct talk t;
		SCOPED(buf) out = buf_with_max(0);
		*page_add(&page, BLOCK_GAP, NULL) = rows[i].block;
		(void)page_button(&page, ID_CONTINUE, "Go");
		(void)page_button(&page, ID_BACK, "Back");
		talk_init(&t, GLYPHS_UTF8);
		talk_show(&t, &page, 0, &out);
		if (!says(&out, rows[i].said))
			fail_msg("row %zu: %s", i, buf_cstr(&out));
		is_clean(buf_view(&out));
		page_clear(&page);
		talk_clear(&t);
	}
}

static size_t lines_with(const struct buf *out, const char *word)
{
	struct str rest = buf_view(out);
	struct str line;
	size_t count = 0;

	while (str_line(&rest, &line))
		count += str_find(line, str_of(word)) != STR_NONE;
	return count;
}

/* At each tenth, and every ten seconds between. */
static void play_progress(int64_t ms_each, size_t *percents, size_t *still)
{
	struct talk t;
	SCOPED(buf) out = buf_with_max(0);

	talk_init(&t, GLYPHS_UTF8);
	for (size_t done = 0; done <= 1000; done++) {
		struct page page = {.title = "Sync", .busy = true};
		struct block *b = page_add(&page, BLOCK_PROGRESS, "events");
		b->done = done;
		b->total = 1000;
		talk_show(&t, &page, 1 + (int64_t)done * ms_each, &out);
		page_clear(&page);
	}
	assert_false(talk_listens(&t));
	*percents = lines_with(&out, "percent");
	*still = lines_with(&out, "Still working");
	talk_clear(&t);
}

static void test_progress(void **state)
{
	size_t percents = 0;
	size_t still = 0;

	(void)state;
	play_progress(1, &percents, &still);
	assert_int_equal(percents, 10);
	/* 1000 s: at most 11, and one for each 10 s */
	play_progress(1000, &percents, &still);
	assert_in_range(percents, 90, 111);
	assert_int_equal(still, 0);
}

static void test_silence(void **state)
{
	struct talk t;
	SCOPED(buf) out = buf_with_max(0);

	(void)state;
	talk_init(&t, GLYPHS_UTF8);
	for (int64_t s = 0; s <= 100; s++) {
		struct page page = {.title = "Checking", .busy = true};
		talk_show(&t, &page, 1 + s * 1000, &out);
		page_clear(&page);
	}
	assert_int_equal(lines_with(&out, "Still working"), 3);
	talk_clear(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_page),
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_progress),
		cmocka_unit_test(test_silence),
	};

	if (!setlocale(LC_ALL, "C.UTF-8") || !secrets_init(NULL))
		return 99;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
