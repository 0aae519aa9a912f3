#include <config.h>

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/text.h"
#include "ui/grid.h"
#include "ui/grid_impl.h"
#include "ui/qr.h"
#include "ui/wrap.h"

#define ADDRESS "https://account.apple.com"

/* Row y of the text plane; the caller's. */
static char *row_of(const struct grid *g, int y)
{
	AUTO_FREE char *text = grid_text(g);
	struct str rest = str_of(text);
	struct str line = STR("");

	for (int i = 0; i <= y; i++)
		assert_true(str_line(&rest, &line));
	return str_dup(line);
}

static void check_row(const struct grid *g, int y, const char *wanted)
{
	AUTO_FREE char *row = row_of(g, y);
	assert_string_equal(row, wanted);
}

static enum role role_at(const struct grid *g, int x, int y)
{
	return (enum role)grid_at(g, x, y)->role;
}

/* Sizes */

static void test_size_class(void **state)
{
	static const struct {
		int width;
		int height;
		enum size_class class;
	} rows[] = {{100, 30, SIZE_WIDE}, {99, 30, SIZE_NORMAL}, {100, 29, SIZE_NORMAL},
		{80, 24, SIZE_NORMAL}, {79, 24, SIZE_NARROW}, {80, 23, SIZE_NARROW},
		{60, 18, SIZE_NARROW}, {59, 40, SIZE_COMPACT}, {200, 17, SIZE_COMPACT},
		{40, 13, SIZE_COMPACT}, {39, 13, SIZE_TINY}, {40, 12, SIZE_TINY},
		{1, 1, SIZE_TINY}};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_int_equal(size_class(rows[i].width, rows[i].height),
			rows[i].class);
}

/* Wrapping */

static void test_wrap(void **state)
{
	static const struct {
		const char *text;
		int cols;
		const char *lines; /* joined by | */
	} rows[] = {
		{"", 10, ""},
		{"one two three", 20, "one two three"},
		{"one two three", 8, "one two|three"},
		{"one two three", 7, "one two|three"},
		{"one two three", 6, "one|two|three"},
		{"one  two", 20, "one  two"},
		{"one    two", 4, "one|two"},
		{"abcdefgh", 3, "abc|def|gh"},
		{"to abcdefgh", 4, "to|abcd|efgh"},
		{"a\nb\n\nc", 9, "a|b||c"},
		{"aaa bbb\nc", 3, "aaa|bbb|c"},
		{"aaa \nb", 3, "aaa|b"},
		{"家族家族", 5, "家族|家族"},
		{"家族", 1, "家|族"},
		{"été été", 3, "été|été"},
		{"   x", 10, "   x"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		SCOPED(buf) out = buf_with_max(0);
		struct str rest = str_of(rows[i].text);
		struct str line;
		int count = 0;

		while (wrap_line(&rest, rows[i].cols, &line)) {
			if (count++)
				buf_char(&out, '|');
			buf_add(&out, line);
		}
		assert_string_equal(buf_cstr(&out), rows[i].lines);
		assert_int_equal(wrap_count(str_of(rows[i].text), rows[i].cols),
			count ? count : 1);
	}
}

/* Characters */

static void test_ascii(void **state)
{
	static const struct {
		const char *text;
		const char *ascii;
	} rows[] = {
		{NULL, ""},
		{"plain", "plain"},
		{"Familie 家族", "Familie ????"},
		{"Famille été", "Famille ?t?"},
		{"e\xcc\x81t\xc3\xa9", "et?"},
		{"• – … “x”", "* - .. \"x\""},
		{"┌─┐│└┘", "+-+|++"},
		{"\xff", "?"},
		{"a\tb\x1b[0m", "a b?[0m"},
		{"a\xe2\x80\x8bz", "az"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		SCOPED(glyph_text) t = glyph_text(rows[i].text, GLYPHS_ASCII);
		assert_string_equal(t.text, rows[i].ascii);
	}
	SCOPED(glyph_text) same = glyph_text("Familie 家族 ✓", GLYPHS_UTF8);
	assert_string_equal(same.text, "Familie 家族 ✓");
	SCOPED(glyph_text) safe = glyph_text("a\x1b\xc2\x9b\xff", GLYPHS_UTF8);
	assert_string_equal(safe.text, "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
}

static void test_keys_in_ascii(void **state)
{
	static const char *const rows[][2] = {{"↑↓", "Up/Dn"}, {"←→", "Left/Right"},
		{"↑", "Up"}, {"Enter", "Enter"}, {"?", "?"}};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		SCOPED(glyph_text) t = glyph_key(rows[i][0], GLYPHS_ASCII);
		assert_string_equal(t.text, rows[i][1]);
		SCOPED(glyph_text) same = glyph_key(rows[i][0], GLYPHS_UTF8);
		assert_string_equal(same.text, rows[i][0]);
	}
}

static void test_glyphs_are_ascii(void **state)
{
	(void)state;
	for (int which = 0; which < GLYPHS_COUNT; which++) {
		assert_true(glyph((enum glyph)which, GLYPHS_UTF8)[0]);
		for (const char *c = glyph((enum glyph)which, GLYPHS_ASCII); *c; c++)
			assert_true(*c >= ' ' && *c < 0x7f);
	}
}

/* Cells and pen */

static void test_pen(void **state)
{
	static const struct {
		const char *text;
		int right;
		enum glyphs glyphs;
		const char *wanted;
	} rows[] = {
		{"Holidays", 8, GLYPHS_UTF8, "Holidays"},
		{"Holidays", 7, GLYPHS_UTF8, "Holida…"},
		{"Holidays", 7, GLYPHS_ASCII, "Holid.."},
		{"Holidays", 2, GLYPHS_UTF8, "H…"},
		{"Holidays", 1, GLYPHS_UTF8, "…"},
		{"Holidays", 1, GLYPHS_ASCII, "."},
		{"Holidays", 0, GLYPHS_UTF8, ""},
		{"家族家族", 8, GLYPHS_UTF8, "家族家族"},
		{"家族家族", 7, GLYPHS_UTF8, "家族家…"},
		{"家族家族", 6, GLYPHS_UTF8, "家族…"},
		{"家族", 5, GLYPHS_ASCII, "????"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		SCOPED(grid) g = {0};
		grid_init(&g, 20, 1);
		const struct pen pen = {&g, rows[i].glyphs, rows[i].right};
		const int end = pen_text(&pen, 0, 0, ROLE_TEXT, rows[i].text);
		assert_true(end <= rows[i].right);
		check_row(&g, 0, rows[i].wanted);
	}
}

static void test_wide_halves(void **state)
{
	SCOPED(grid) g = {0};

	(void)state;
	grid_init(&g, 6, 1);
	const struct pen pen = {&g, GLYPHS_UTF8, 6};
	assert_int_equal(pen_text(&pen, 0, 0, ROLE_TEXT, "家族x"), 5);
	assert_int_equal(grid_at(&g, 0, 0)->width, 2);
	assert_int_equal(grid_at(&g, 1, 0)->width, 0);
	grid_put(&g, 1, 0, ROLE_TEXT, '|');
	check_row(&g, 0, " |族x");
	grid_put(&g, 2, 0, ROLE_TEXT, '|');
	check_row(&g, 0, " || x");
	grid_put(&g, 5, 0, ROLE_TEXT, 0x5bb6);
	check_row(&g, 0, " || x");
	grid_put(&g, 6, 0, ROLE_TEXT, 'y');
	grid_put(&g, 0, 1, ROLE_TEXT, 'y');
	grid_put(&g, -1, -1, ROLE_TEXT, 'y');
	check_row(&g, 0, " || x");
}

static void test_marks(void **state)
{
	SCOPED(grid) g = {0};

	(void)state;
	grid_init(&g, 6, 1);
	const struct pen pen = {&g, GLYPHS_UTF8, 6};
	(void)pen_text(&pen, 0, 0, ROLE_TEXT,
		"\xcc\x81"
		"e\xcc\x81\xcc\x82\xcc\x83n");
	assert_int_equal(grid_at(&g, 0, 0)->ch[0], 'e');
	assert_int_equal(grid_at(&g, 0, 0)->ch[1], 0x301);
	assert_int_equal(grid_at(&g, 0, 0)->ch[2], 0x302);
	assert_int_equal(grid_at(&g, 1, 0)->ch[0], 'n');
}

static void test_planes(void **state)
{
	SCOPED(grid) g = {0};

	(void)state;
	grid_init(&g, 8, 2);
	const struct pen pen = {&g, GLYPHS_UTF8, 8};
	(void)pen_text(&pen, 1, 0, ROLE_TITLE, "家 x");
	(void)pen_text(&pen, 0, 1, ROLE_QR, "  ");
	AUTO_FREE char *text = grid_text(&g);
	AUTO_FREE char *roles = grid_roles(&g);
	assert_string_equal(text, " 家 x\n\n");
	assert_string_equal(roles, ".TTTT\nQQ\n");
}

/* Pages */

static struct block *add(struct page *p, enum block_kind kind, int id, const char *text)
{
	struct block *b = page_add(p, kind, text);

	b->id = id;
	return b;
}

static void add_steps(struct page *p, size_t count, size_t step)
{
	static const char *const names[] = {"Welcome", "Password", "iCloud check",
		"Sign in"};

	p->purpose = "Set up calendar sync";
	for (size_t i = 0; i < count; i++)
		p->steps[p->n_steps++] = names[i];
	p->step = step;
}

static void draw(struct grid *g, const struct page *p, enum glyphs glyphs)
{
	grid_draw(g, p, 80, 24, glyphs);
}

static void test_rail(void **state)
{
	static const struct {
		size_t step;
		enum glyphs glyphs;
		const char *header;
		const char *rail;
	} rows[] = {
		{0, GLYPHS_UTF8,
			" calwiz · Set up calendar sync                                "
			"      "
			"Step 1 of 4",
			" ◉ Welcome ──○──○──○"},
		{2, GLYPHS_UTF8,
			" calwiz · Set up calendar sync                                "
			"      "
			"Step 3 of 4",
			" ●──●──◉ iCloud check ──○"},
		{3, GLYPHS_UTF8,
			" calwiz · Set up calendar sync                                "
			"      "
			"Step 4 of 4",
			" ●──●──●──◉ Sign in"},
		{4, GLYPHS_UTF8, " calwiz · Set up calendar sync", " ●──●──●──●"},
		{2, GLYPHS_ASCII,
			" calwiz: Set up calendar sync                                 "
			"      "
			"Step 3 of 4",
			" x--x--(3 iCloud check)--o"},
		{4, GLYPHS_ASCII, " calwiz: Set up calendar sync", " x--x--x--x"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		SCOPED(page) p = {.title = "Title", .title_note = "1 of 2"};
		SCOPED(grid) g = {0};
		add_steps(&p, 4, rows[i].step);
		draw(&g, &p, rows[i].glyphs);
		check_row(&g, 0, rows[i].header);
		check_row(&g, 1, rows[i].rail);
		check_row(&g, 3,
			"  Title                                             "
			"                  1 of 2");
	}
}

static void test_no_rail(void **state)
{
	SCOPED(page) p = {.purpose = "Manage calendar sync", .title = "iCloud"};
	SCOPED(grid) g = {0};

	(void)state;
	draw(&g, &p, GLYPHS_UTF8);
	check_row(&g, 0, " calwiz · Manage calendar sync");
	check_row(&g, 1, "");
	check_row(&g, 3, "  iCloud");
}

static void test_text_blocks(void **state)
{
	SCOPED(page) p = {.title = "T"};
	SCOPED(grid) g = {0};

	(void)state;
	(void)page_add(&p, BLOCK_TEXT,
		"A paragraph that is longer than one line of the "
		"body may be, so that it goes on.");
	page_gap(&p);
	page_add(&p, BLOCK_LINK, ADDRESS)->indent = 5;
	page_add(&p, BLOCK_NUMBERED, "Open Sign-In")->number = 2;
	page_add(&p, BLOCK_NUMBERED, "Press +")->number = 12;
	page_add(&p, BLOCK_BULLET, "your address")->indent = 2;
	page_add(&p, BLOCK_FIGURE, "┌─┐\n└─┘")->indent = 1;
	struct block *pair = page_add(&p, BLOCK_PAIR, "~/Calendars");
	pair->label = "If both changed";
	page_add(&p, BLOCK_PAIR, "personal")->label = "Name";
	draw(&g, &p, GLYPHS_UTF8);
	check_row(&g, 5,
		"  A paragraph that is longer than one line of the body may be, "
		"so that it");
	check_row(&g, 6, "  goes on.");
	check_row(&g, 7, "");
	check_row(&g, 8, "       " ADDRESS);
	assert_int_equal(role_at(&g, 7, 8), ROLE_LINK);
	check_row(&g, 9, "  2  Open Sign-In");
	check_row(&g, 10, "  12  Press +");
	check_row(&g, 11, "    - your address");
	check_row(&g, 12, "   ┌─┐");
	check_row(&g, 13, "   └─┘");
	check_row(&g, 14, "    If both changed   ~/Calendars");
	check_row(&g, 15, "    Name              personal");
}

static void test_choices(void **state)
{
	SCOPED(page) p = {.title = "T", .focus = 2};
	SCOPED(grid) g = {0};

	(void)state;
	struct block *b = add(&p, BLOCK_RADIO, 1, "iCloud");
	b->note = "Apple Account";
	b->on = true;
	b = add(&p, BLOCK_RADIO, 2, "Another service");
	b->note = "Fastmail";
	b = add(&p, BLOCK_TICK, 3,
		"I agree that calwiz may add, change and delete events in Home, Work "
		"and "
		"Familie on iCloud.");
	b->on = true;
	b = add(&p, BLOCK_SELECT, 4, "every 15 minutes");
	b->label = "Sync";
	b->note = "a timer";
	b = add(&p, BLOCK_MENU, 5, "Sync now");
	b->note = "at once";
	draw(&g, &p, GLYPHS_UTF8);
	check_row(&g, 5, "    (o) iCloud             Apple Account");
	check_row(&g, 6, "  > ( ) Another service    Fastmail");
	check_row(&g, 7,
		"    [x] I agree that calwiz may add, change and delete events in "
		"Home,");
	check_row(&g, 8, "        Work and Familie on iCloud.");
	check_row(&g, 9, "    Sync            < every 15 minutes >   a timer");
	check_row(&g, 10, "    Sync now              at once");
	assert_int_equal(g.cursor_x, 2);
	assert_int_equal(g.cursor_y, 6);
	assert_int_equal(role_at(&g, 2, 6), ROLE_FOCUS);
	assert_int_equal(role_at(&g, 8, 6), ROLE_FOCUS);
	assert_int_equal(role_at(&g, 8, 5), ROLE_TEXT);
}

static void test_steps(void **state)
{
	static const char *const wanted[][2] = {
		{"    ✓  Secure connection, certificate is Apple's          0.1 s",
			"    +  Secure connection, certificate is Apple's          0.1 "
			"s"},
		{"    …  Find", "    ~  Find"},
		{"    ✗  Read                                             answered 401",
			"    x  Read                                             "
			"answered 401"},
		{"    ·  Check", "    -  Check"},
	};

	(void)state;
	for (int set = GLYPHS_UTF8; set <= GLYPHS_ASCII; set++) {
		SCOPED(page) p = {.title = "T"};
		SCOPED(grid) g = {0};
		struct block *b = page_add(&p, BLOCK_STEP,
			"Secure connection, certificate is Apple's");
		b->state = STEP_DONE;
		b->note = "0.1 s";
		page_add(&p, BLOCK_STEP, "Find")->state = STEP_RUNNING;
		b = page_add(&p, BLOCK_STEP, "Read");
		b->state = STEP_FAILED;
		b->note = "answered 401";
		page_add(&p, BLOCK_STEP, "Check")->state = STEP_WAITING;
		draw(&g, &p, (enum glyphs)set);
		for (int i = 0; i < 4; i++) {
			AUTO_FREE char *row = row_of(&g, 5 + i);
			if (i != 2)
				assert_string_equal(row, wanted[i][set]);
			else
				assert_non_null(strstr(row, "answered 401"));
		}
	}
}

static void test_progress(void **state)
{
	static const struct {
		size_t done;
		size_t total;
		const char *text;
		int full;
		const char *counts;
	} rows[] = {
		{0, 10, NULL, 0, "0 of 10"},
		{5, 10, NULL, 26, "5 of 10"},
		{10, 10, NULL, 53, "10 of 10"},
		{1938, 1939, NULL, 52, "1938 of 1939"},
		{20, 10, NULL, 53, "20 of 10"},
		{SIZE_MAX / 2, SIZE_MAX, NULL, 26, NULL},
		{1214, 0, "events", 0, "1214 events"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		SCOPED(page) p = {.title = "T"};
		SCOPED(grid) g = {0};
		int full = 0;
		struct block *b = page_add(&p, BLOCK_PROGRESS, rows[i].text);
		b->done = rows[i].done;
		b->total = rows[i].total;
		draw(&g, &p, GLYPHS_UTF8);
		for (int x = 0; x < 80; x++)
			full += grid_at(&g, x, 5)->ch[0] == 0x2588;
		if (rows[i].counts) {
			AUTO_FREE char *row = row_of(&g, 5);
			assert_true(str_ends(str_of(row), str_of(rows[i].counts)));
			assert_int_equal(full, rows[i].full);
		}
	}
}

/* Fields */

static void test_field(void **state)
{
	static const struct {
		const char *text;
		size_t caret;
		const char *wanted; /* of ten columns */
		int cursor;         /* column in the field */
	} rows[] = {
		{"", 0, "__________", 0},
		{"abc", 3, "abc_______", 3},
		{"abc", 0, "abc_______", 0},
		{"abcdefghi", 9, "abcdefghi_", 9},
		{"abcdefghij", 10, "…cdefghij_", 9},
		{"abcdefghij", 0, "abcdefghij", 0},
		{"abcdefghijklmn", 14, "…ghijklmn_", 9},
		{"abcdefghijklmn", 0, "abcdefghi…", 0},
		{"abcdefghijklmn", 10, "…defghijk…", 8},
		{"家族家族家族", 6, "… 族家族__", 8},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		SCOPED(page) p = {.title = "T", .focus = 7};
		SCOPED(grid) g = {0};
		struct block *b = add(&p, BLOCK_FIELD, 7, rows[i].text);
		b->label = "Folder";
		b->width = 10;
		b->caret = rows[i].caret;
		b->note = "14 of 16";
		draw(&g, &p, GLYPHS_UTF8);
		AUTO_FREE char *wanted =
			xasprintf("  > Folder          %s   14 of 16", rows[i].wanted);
		check_row(&g, 5, wanted);
		assert_int_equal(g.cursor_x, 20 + rows[i].cursor);
		assert_int_equal(g.cursor_y, 5);
	}
}

/* Wherever the caret is, it is in the field and on its character. */
static void test_field_caret(void **state)
{
	static const char text[] = "ab家de族ghijk家lmnopqr";
	const size_t chars = 19;

	(void)state;
	for (int width = 3; width <= 30; width++)
		for (size_t caret = 0; caret <= chars; caret++)
			for (int set = GLYPHS_UTF8; set <= GLYPHS_ASCII; set++) {
				SCOPED(page) p = {.title = "T", .focus = 7};
				SCOPED(grid) g = {0};
				struct block *b = add(&p, BLOCK_FIELD, 7, text);
				b->label = "";
				b->width = width;
				b->caret = caret;
				draw(&g, &p, (enum glyphs)set);
				assert_int_equal(g.cursor_y, 5);
				assert_in_range(g.cursor_x, 4, 4 + width - 1);
				const uint32_t c = grid_at(&g, g.cursor_x, 5)->ch[0];
				if (caret == chars)
					assert_int_equal(c, '_');
				else if (caret == 10 && width > 4)
					assert_int_equal(c, 'k');
				else if (caret == 11 && width > 5)
					assert_int_equal(c, set ? '?' : 0x5bb6);
			}
}

static void test_field_check_mark(void **state)
{
	SCOPED(page) p = {.title = "T", .focus = 1};
	SCOPED(grid) g = {0};

	(void)state;
	struct block *b = add(&p, BLOCK_FIELD, 1, "ada");
	b->label = "Apple Account";
	b->width = 12;
	b->good = true;
	b = add(&p, BLOCK_FIELD, 2, "a text that is too long for it");
	b->label = "Password";
	b->width = 20;
	draw(&g, &p, GLYPHS_UTF8);
	check_row(&g, 5, "  > Apple Account   ada_________           ✓");
	check_row(&g, 6, "    Password        a text that is too …");
	assert_int_equal(role_at(&g, 43, 5), ROLE_OK);
}

/* The table */

static void add_row(struct page *p, int id, const char *name, const char *count)
{
	struct block *b = add(p, BLOCK_ROW, id, name);

	b->on = true;
	b->direction = "both ways";
	b->folder = "home";
	b->count = count;
	b->color = "#1BADF8";
	p->table = true;
}

static void test_table(void **state)
{
	SCOPED(page) p = {.title = "T", .focus = 2};
	SCOPED(grid) g = {0};

	(void)state;
	add_row(&p, 1, "Home", "412");
	add_row(&p, 2, "Familie 家族 with a name that is too long", "1208");
	add_row(&p, 3, "", "");
	p.blocks[2].color = NULL;
	draw(&g, &p, GLYPHS_UTF8);
	check_row(&g, 5,
		"        Name                          Direction        Folder   "
		"     Events");
	check_row(&g, 6,
		"    [x] ● Home                        both ways        home     "
		"        412");
	check_row(&g, 7,
		"  > [x] ● Familie 家族 with a name …  both ways        home     "
		"       1208");
	check_row(&g, 8, "    [x] ●                             both ways        home");
	assert_int_equal(role_at(&g, 8, 6), ROLE_SWATCH);
	assert_int_equal(grid_at(&g, 8, 6)->rgb, 0x1badf8);
	assert_int_equal(role_at(&g, 8, 8), ROLE_MUTED);
	for (int x = 9; x < 75; x++)
		assert_int_equal(role_at(&g, x, 7), ROLE_FOCUS);
}

static void test_table_without_counts(void **state)
{
	SCOPED(page) p = {.title = "T"};
	SCOPED(grid) g = {0};

	(void)state;
	add_row(&p, 1, "Home", "");
	draw(&g, &p, GLYPHS_ASCII);
	check_row(&g, 5,
		"        Name                          Direction        Folder");
	check_row(&g, 6, "    [x] * Home                        both ways        home");
}

/* However long the list and wherever the focus: it shows, once, and the rest stays. */
static void test_long_list(void **state)
{
	(void)state;
	for (int focus = 1; focus <= 200; focus++) {
		SCOPED(page) p = {.title = "T", .focus = focus};
		SCOPED(grid) g = {0};
		char name[40];
		for (int i = 1; i <= 200; i++)
			add_row(&p, i, page_format(&p, "Calendar %d", i), "5");
		page_gap(&p);
		(void)page_add(&p, BLOCK_TEXT, "New events go to Home");
		draw(&g, &p, GLYPHS_UTF8);
		check_row(&g, 18, "  New events go to Home");
		(void)snprintf(name, sizeof(name), "Calendar %d ", focus);
		AUTO_FREE char *row = row_of(&g, g.cursor_y);
		assert_int_equal(g.cursor_x, 2);
		assert_in_range(g.cursor_y, 6, 16);
		assert_true(str_starts(str_of(row), STR("  > [x] ● ")));
		assert_non_null(strstr(row, name));
		AUTO_FREE char *head = row_of(&g, 5);
		assert_true(str_starts(str_of(head), STR("        Name  ")));
		AUTO_FREE char *position = row_of(&g, 19);
		assert_true(str_ends(str_of(position), STR(" of 200")));
	}
}

static void test_position(void **state)
{
	static const struct {
		int focus;
		const char *position;
	} rows[] = {{1, "1-11 of 30"}, {11, "6-16 of 30"}, {30, "20-30 of 30"}};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		SCOPED(page) p = {.title = "T", .focus = rows[i].focus};
		SCOPED(grid) g = {0};
		for (int row = 1; row <= 30; row++)
			add_row(&p, row, "A", "");
		page_gap(&p);
		(void)page_add(&p, BLOCK_TEXT, "below");
		draw(&g, &p, GLYPHS_UTF8);
		AUTO_FREE char *row = row_of(&g, 19);
		assert_string_equal(str_trim(str_of(row)).ptr, rows[i].position);
	}
}

/* Blocks that are not a list scroll as a whole; gaps go first. */
static void test_scrolling_body(void **state)
{
	SCOPED(page) p = {.title = "T"};
	SCOPED(grid) g = {0};

	(void)state;
	for (int i = 1; i <= 9; i++) {
		struct block *b = add(&p, BLOCK_SELECT, i, "value");
		b->label = page_format(&p, "Option %d", i);
		page_gap(&p);
	}
	draw(&g, &p, GLYPHS_UTF8);
	check_row(&g, 5, "    Option 1        < value >");
	check_row(&g, 6, "    Option 2        < value >");
	for (int i = 10; i <= 40; i++) {
		struct block *b = add(&p, BLOCK_SELECT, i, "value");
		b->label = page_format(&p, "Option %d", i);
	}
	for (p.focus = 1; p.focus <= 40; p.focus++) {
		char label[40];
		draw(&g, &p, GLYPHS_UTF8);
		(void)snprintf(label, sizeof(label), "  > Option %d ", p.focus);
		assert_in_range(g.cursor_y, 5, 18);
		AUTO_FREE char *row = row_of(&g, g.cursor_y);
		assert_true(str_starts(str_of(row), str_of(label)));
	}
}

/* A line that is at work shows without a focus. */
static void test_running_step(void **state)
{
	SCOPED(page) p = {.title = "T"};
	SCOPED(grid) g = {0};

	(void)state;
	for (int i = 0; i < 60; i++)
		page_add(&p, BLOCK_STEP, page_format(&p, "Calendar %d", i))->state =
			i < 40    ? STEP_DONE
			: i == 40 ? STEP_RUNNING
				  : STEP_WAITING;
	draw(&g, &p, GLYPHS_UTF8);
	AUTO_FREE char *text = grid_text(&g);
	assert_non_null(strstr(text, "…  Calendar 40"));
}

/* Message, buttons, hints */

static void test_message(void **state)
{
	SCOPED(page) p = {.title = "T", .message = "Two letters to go."};
	SCOPED(grid) g = {0};

	(void)state;
	draw(&g, &p, GLYPHS_UTF8);
	check_row(&g, 20, "  Two letters to go.");
	p.message_role = ROLE_ATTENTION;
	p.message =
		"This looks like your normal Apple password: it has digits or capitals "
		"and no dashes.";
	for (int i = 0; i < 15; i++)
		(void)page_add(&p, BLOCK_TEXT, page_format(&p, "line %d", i));
	draw(&g, &p, GLYPHS_UTF8);
	check_row(&g, 19,
		"  ! This looks like your normal Apple password: it has digits or "
		"capitals");
	check_row(&g, 20, "    and no dashes.");
	assert_int_equal(role_at(&g, 2, 19), ROLE_ATTENTION);
	AUTO_FREE char *position = row_of(&g, 18);
	assert_string_equal(str_trim(str_of(position)).ptr, "1-13 of 15  PgDn more");
}

static void test_endless_message(void **state)
{
	SCOPED(page) p = {.title = "T", .message_role = ROLE_ERROR};
	SCOPED(buf) text = buf_with_max(0);
	SCOPED(grid) g = {0};

	(void)state;
	for (int i = 0; i < 100; i++)
		buf_text(&text, "sentence ");
	p.message = page_copy(&p, buf_cstr(&text));
	draw(&g, &p, GLYPHS_UTF8);
	AUTO_FREE char *first = row_of(&g, 17);
	AUTO_FREE char *last = row_of(&g, 20);
	check_row(&g, 16, "");
	assert_true(str_starts(str_of(first), STR("  ! sentence")));
	assert_true(str_ends(str_of(last), STR("…")));
}

static void test_buttons(void **state)
{
	SCOPED(page) p = {.title = "T", .focus = 2};
	SCOPED(grid) g = {0};

	(void)state;
	(void)page_button(&p, 1, "Continue");
	(void)page_button(&p, 2, "Back");
	draw(&g, &p, GLYPHS_UTF8);
	check_row(&g, 21, "  [ Continue ]   [ Back ]");
	assert_int_equal(g.cursor_x, 17);
	assert_int_equal(g.cursor_y, 21);
	AUTO_FREE char *roles = grid_roles(&g);
	assert_non_null(strstr(roles, "\n.................BBBBBBBB\n"));
}

/* On a narrow window the focused button shows, whichever it is. */
static void test_many_buttons(void **state)
{
	static const char *const labels[] = {"Enter it again", "Make a new one",
		"Try again", "Back"};

	(void)state;
	for (int focus = 1; focus <= 4; focus++) {
		SCOPED(page) p = {.title = "T", .focus = focus};
		SCOPED(grid) g = {0};
		for (int i = 0; i < 4; i++)
			(void)page_button(&p, i + 1, labels[i]);
		grid_draw(&g, &p, 40, 13, GLYPHS_UTF8);
		AUTO_FREE char *row = row_of(&g, 10);
		assert_int_equal(g.cursor_y, 10);
		assert_int_equal(grid_at(&g, g.cursor_x, 10)->ch[0], '[');
		assert_int_equal(role_at(&g, g.cursor_x, 10), ROLE_BUTTON_FOCUS);
		assert_non_null(strstr(row, labels[focus - 1]));
	}
}

static void test_hints(void **state)
{
	SCOPED(page) p = {.title = "T"};
	SCOPED(grid) g = {0};

	(void)state;
	page_hint(&p, "↑↓", "choose");
	page_hint(&p, "Enter", "continue");
	page_hint(&p, "?", "help");
	draw(&g, &p, GLYPHS_UTF8);
	check_row(&g, 23, " ↑↓ choose   Enter continue   ? help");
	draw(&g, &p, GLYPHS_ASCII);
	check_row(&g, 23, " Up/Dn choose   Enter continue   ? help");
	page_hint(&p, "Ctrl-C", "leave this program");
	page_hint(&p, "d", "direction");
	draw(&g, &p, GLYPHS_UTF8);
	check_row(&g, 23,
		" ↑↓ choose   Enter continue   ? help   Ctrl-C leave this program   d "
		"direction");
	grid_draw(&g, &p, 60, 18, GLYPHS_UTF8);
	check_row(&g, 17, " ↑↓ choose  Enter continue  ?  Ctrl-C leave this program");
	grid_draw(&g, &p, 40, 13, GLYPHS_UTF8);
	check_row(&g, 12, " ↑↓ choose  Enter continue  ?");
}

static void test_rule(void **state)
{
	SCOPED(page) p = {.title = "T"};
	SCOPED(grid) g = {0};

	(void)state;
	draw(&g, &p, GLYPHS_ASCII);
	AUTO_FREE char *row = row_of(&g, 22);
	assert_int_equal(strlen(row), 79);
	assert_int_equal(strspn(row + 1, "-"), 78);
}

/* The question over the page */

static void test_dialog(void **state)
{
	SCOPED(page) p = {.title = "T", .focus = 11, .message = "hidden"};
	SCOPED(grid) g = {0};

	(void)state;
	for (int i = 1; i <= 8; i++)
		add_row(&p, i, "Familie 家族 and more names", "1");
	(void)page_button(&p, 10, "Continue");
	p.dialog = (struct dialog){.open = true,
		.title = "Leave the setup?",
		.text = "Your answers so far can be kept for next time. The password "
			"is not "
			"kept."};
	(void)page_button(&p, 11, "Stay");
	(void)page_button(&p, 12, "Keep answers and leave");
	(void)page_button(&p, 13, "Leave and forget");
	draw(&g, &p, GLYPHS_UTF8);
	check_row(&g, 8,
		"    [x] ● Familie 家  │  Leave the setup?                            "
		"│    1");
	check_row(&g, 12,
		"    [x] ● Familie 家  │                                              "
		"│    1");
	AUTO_FREE char *text = grid_text(&g);
	assert_null(strstr(text, "hidden"));
	assert_null(strstr(text, "Continue"));
	assert_null(strstr(text, ">"));
	assert_non_null(
		strstr(text, "│  [ Stay ]   [ Keep answers and leave ]       │"));
	assert_non_null(strstr(text, "│  [ Leave and forget ]"));
	assert_int_equal(role_at(&g, g.cursor_x, g.cursor_y), ROLE_BUTTON_FOCUS);
	assert_int_equal(grid_at(&g, g.cursor_x + 2, g.cursor_y)->ch[0], 'S');
	grid_draw(&g, &p, 40, 13, GLYPHS_ASCII);
	assert_int_equal(role_at(&g, g.cursor_x, g.cursor_y), ROLE_BUTTON_FOCUS);
}

/* The code */

static void add_code(struct page *p, const char *address)
{
	page_add(p, BLOCK_LINK, address)->indent = 5;
	(void)page_add(p, BLOCK_TEXT,
		"Apple lets calendar programs in only with a password made for it.");
	page_add(p, BLOCK_QR, address)->on = true;
}

/* The module at x and y of a code in half blocks whose upper left cell is given. */
static bool module_at(const struct grid *g, int left, int top, int x, int y)
{
	const struct cell *cell = grid_at(g, left + x, top + y / 2);
	const uint32_t c = cell->ch[0];

	assert_int_equal(cell->role, ROLE_QR);
	return c == 0x2588 || c == (y % 2 ? 0x2584U : 0x2580U);
}

static void check_modules(const struct grid *g, int left, int top, bool small,
	bool inverted)
{
	SCOPED(qr) q = {0};

	assert_true(qr_make(&q, ADDRESS, small));
	for (int y = 0; y < q.size + 8; y++)
		for (int x = 0; x < q.size + 8; x++) {
			const bool inside =
				x >= 4 && y >= 4 && x < q.size + 4 && y < q.size + 4;
			const bool dark = inside && q.dark[(y - 4) * q.size + x - 4];
			assert_int_equal(module_at(g, left, top, x, y),
				dark != inverted);
		}
}

static void test_code(void **state)
{
	(void)state;
	for (int inverted = 0; inverted < 2; inverted++) {
		SCOPED(page) p = {.title = "T", .qr_inverted = inverted};
		SCOPED(grid) g = {0};
		add_code(&p, ADDRESS);
		draw(&g, &p, GLYPHS_UTF8);
		check_modules(&g, 46, 2, false, inverted);
		assert_int_equal(role_at(&g, 45, 5), ROLE_TEXT);
		assert_int_equal(role_at(&g, 46, 19), ROLE_TEXT);
		AUTO_FREE char *row = row_of(&g, 6);
		assert_true(
			str_starts(str_of(row), STR("  Apple lets calendar programs in "
						    "only with ")));
		grid_draw(&g, &p, 80, 21, GLYPHS_UTF8);
		check_modules(&g, 50, 2, true, inverted);
	}
}

static bool has_role(const struct grid *g, enum role role)
{
	for (int y = 0; y < g->height; y++)
		for (int x = 0; x < g->width; x++)
			if (role_at(g, x, y) == role)
				return true;
	return false;
}

static void test_no_code(void **state)
{
	SCOPED(page) p = {.title = "T"};
	SCOPED(page) path = {.title = "T"};
	SCOPED(grid) g = {0};

	(void)state;
	add_code(&p, ADDRESS);
	draw(&g, &p, GLYPHS_ASCII);
	assert_false(has_role(&g, ROLE_QR));
	grid_draw(&g, &p, 60, 18, GLYPHS_UTF8);
	assert_false(has_role(&g, ROLE_QR));
	check_row(&g, 3, "      " ADDRESS);
	/* Capitals would change what a path means. */
	add_code(&path, ADDRESS "/sign-in");
	grid_draw(&g, &path, 80, 21, GLYPHS_UTF8);
	assert_false(has_role(&g, ROLE_QR));
}

static void test_big_code(void **state)
{
	static const struct {
		int width;
		int height;
		enum glyphs glyphs;
		int cells; /* of the code; 0 = none */
	} rows[] = {
		{120, 40, GLYPHS_UTF8, 66 * 33},
		{120, 40, GLYPHS_ASCII, 66 * 33},
		{80, 31, GLYPHS_ASCII, 58 * 29},
		{50, 27, GLYPHS_ASCII, 50 * 25},
		{50, 26, GLYPHS_ASCII, 0},
		{80, 24, GLYPHS_UTF8, 33 * 17},
		{60, 18, GLYPHS_UTF8, 29 * 15},
		{40, 13, GLYPHS_UTF8, 0},
		{80, 24, GLYPHS_ASCII, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		SCOPED(page) p = {.title = "T", .qr_big = true};
		SCOPED(grid) g = {0};
		int cells = 0;
		add_code(&p, ADDRESS);
		grid_draw(&g, &p, rows[i].width, rows[i].height, rows[i].glyphs);
		for (int y = 0; y < g.height; y++)
			for (int x = 0; x < g.width; x++) {
				const bool dark = role_at(&g, x, y) == ROLE_QR_DARK;
				cells += dark || role_at(&g, x, y) == ROLE_QR;
				assert_false(dark && rows[i].glyphs == GLYPHS_UTF8);
			}
		assert_int_equal(cells, rows[i].cells);
	}
}

/* Sizes where hardly anything fits */

static void test_notice(void **state)
{
	SCOPED(page) p = {.title = "T", .purpose = "P"};
	SCOPED(grid) g = {0};

	(void)state;
	grid_draw(&g, &p, 32, 8, GLYPHS_UTF8);
	check_row(&g, 0, " calwiz");
	check_row(&g, 2, " This window is 32x8.");
	check_row(&g, 3, " Please make it 40x13 or more.");
	check_row(&g, 4, " Your answers are kept.");
	check_row(&g, 6, " Ctrl-C quit");
	grid_draw(&g, &p, 20, 3, GLYPHS_UTF8);
	check_row(&g, 0, "Window too small");
	grid_draw(&g, &p, 1, 1, GLYPHS_UTF8);
	check_row(&g, 0, "…");
	grid_draw(&g, &p, 200, 1, GLYPHS_ASCII);
	check_row(&g, 0, "Window too small");
	grid_draw(&g, &p, 10, 12, GLYPHS_ASCII);
	check_row(&g, 11, "Ctrl-C q..");
}

static void test_narrow(void **state)
{
	SCOPED(page)
	p = {.title = "Choose your calendars", .title_note = "5 of 8", .focus = 1};
	SCOPED(grid) g = {0};

	(void)state;
	add_steps(&p, 4, 2);
	add_row(&p, 1, "Familie 家族", "230");
	grid_draw(&g, &p, 60, 18, GLYPHS_UTF8);
	check_row(&g, 0, " calwiz · iCloud check                               3 of 4");
	check_row(&g, 1, " Choose your calendars                               5 of 8");
	check_row(&g, 3, " > [x] ● Familie 家族                  both ways        230");
	grid_draw(&g, &p, 40, 13, GLYPHS_UTF8);
	check_row(&g, 0, " calwiz  iCloud check               3/4");
	check_row(&g, 2, " > [x] Familie 家族       both      230");
}

static void test_wide(void **state)
{
	SCOPED(page)
	p = {.title = "Title", .purpose = "Set up", .message = "Said.", .focus = 1};
	SCOPED(grid) g = {0};

	(void)state;
	add_steps(&p, 4, 2);
	page_add(&p, BLOCK_RADIO, "One")->id = 1;
	(void)page_button(&p, 2, "Continue");
	page_hint(&p, "?", "help");
	grid_draw(&g, &p, 100, 30, GLYPHS_UTF8);
	check_row(&g, 3, "  ● Welcome             Title");
	check_row(&g, 4, "  │");
	check_row(&g, 5, "  ● Password            > ( ) One");
	check_row(&g, 7, "  ◉ iCloud check");
	check_row(&g, 9, "  ○ Sign in");
	check_row(&g, 26, "                        Said.");
	check_row(&g, 27, "                        [ Continue ]");
	check_row(&g, 29, " ? help");
	assert_int_equal(g.cursor_x, 24);
	assert_int_equal(g.cursor_y, 5);
	grid_draw(&g, &p, 100, 30, GLYPHS_ASCII);
	check_row(&g, 7, "  (3 iCloud check)");
}

/* What can be missed goes before anything scrolls. */
static void test_spare(void **state)
{
	SCOPED(page) p = {.title = "T"};
	SCOPED(grid) g = {0};

	(void)state;
	for (int i = 0; i < 12; i++)
		page_add(&p, BLOCK_TEXT, page_format(&p, "line %d", i))->spare = i < 4;
	(void)page_button(&p, 2, "Continue");
	grid_draw(&g, &p, 40, 13, GLYPHS_UTF8);
	AUTO_FREE char *small = grid_text(&g);
	assert_null(strstr(small, "line 3"));
	assert_non_null(strstr(small, "line 4"));
	assert_non_null(strstr(small, "line 11"));
	grid_draw(&g, &p, 60, 18, GLYPHS_UTF8);
	AUTO_FREE char *larger = grid_text(&g);
	assert_non_null(strstr(larger, "line 0"));
	assert_non_null(strstr(larger, "line 11"));
}

/* Every size */

static void add_everything(struct page *p)
{
	static const char *const long_words =
		"Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen 家族 "
		"e\xcc\x81 and \x1b[31m \xff bytes that are not text, "
		"https://example.org/";
	static const enum block_kind kinds[] = {BLOCK_TEXT, BLOCK_GAP, BLOCK_LINK,
		BLOCK_NUMBERED, BLOCK_BULLET, BLOCK_FIELD, BLOCK_RADIO, BLOCK_TICK,
		BLOCK_SELECT, BLOCK_STEP, BLOCK_PROGRESS, BLOCK_PAIR, BLOCK_MENU,
		BLOCK_FIGURE, BLOCK_ROW, BLOCK_ROW};

	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		struct block *b = page_add(p, kinds[i], i % 3 ? long_words : "short");
		b->id = kinds[i] == BLOCK_GAP ? 0 : (int)i + 1;
		b->indent = (unsigned)(i * 37 % 90);
		b->label = i % 2 ? long_words : "Label";
		b->note = i % 4 ? "note" : long_words;
		b->number = (unsigned)i * 1000;
		b->width = 44;
		b->caret = i * 7;
		b->good = true;
		b->done = i;
		b->total = 20;
		b->direction = long_words;
		b->folder = "家族";
		b->count = i % 2 ? "1234567890123" : "1";
		b->color = "#zz0000";
		b->state = (enum step_state)(i % 4);
	}
}

static void begin_page(struct page *p, int which)
{
	*p = (struct page){
		.title = "A title that is longer than the narrowest window is",
		.title_note = "5 of 8 ticked",
		.message = "A message that needs more than a row in small windows, and "
			   "two.",
		.message_role = ROLE_ATTENTION,
		.focus = which * 5 % 17};
	add_steps(p, 4, (size_t)which % 5);
	if (which % 2)
		add_code(p, ADDRESS);
	else
		add_everything(p);
	p->table = true;
	p->qr_big = which % 4 == 3;
	(void)page_button(p, 30, "Continue");
	(void)page_button(p, 31, "Practice run with a long name");
	for (int i = 0; i < PAGE_HINTS; i++)
		page_hint(p, i == 9 ? "?" : "↑↓", "word");
	if (which != 2)
		return;
	p->dialog = (struct dialog){.open = true,
		.title = "Leave the setup?",
		.text = p->message};
	(void)page_button(p, 40, "Stay");
	(void)page_button(p, 41, "Keep the answers for next time and leave");
	p->focus = 41;
}

/* Wide characters have both halves, and nothing reaches the terminal that must not. */
static void check_cell(const struct grid *g, int x, int y, enum glyphs glyphs)
{
	const struct cell *cell = grid_at(g, x, y);

	assert_true(cell->role < ROLES);
	assert_true(cell->width <= 2);
	if (cell->width == 0)
		assert_true(x > 0 && cell[-1].width == 2);
	if (cell->width == 2)
		assert_true(x + 1 < g->width && cell[1].width == 0);
	for (size_t i = 0; i < COUNT_OF(cell->ch) && cell->ch[i]; i++) {
		assert_false(text_is_unsafe(cell->ch[i]));
		assert_true(glyphs == GLYPHS_UTF8 || cell->ch[i] < 0x7f);
	}
	assert_true((cell->ch[0] != 0) == (cell->width > 0));
}

static void check_grid(const struct grid *g, enum glyphs glyphs)
{
	assert_in_range(g->cursor_x, 0, g->width - 1);
	assert_in_range(g->cursor_y, 0, g->height - 1);
	for (int y = 0; y < g->height; y++)
		for (int x = 0; x < g->width; x++)
			check_cell(g, x, y, glyphs);
}

static void test_every_size(void **state)
{
	SCOPED(grid) g = {0};

	(void)state;
	for (int which = 0; which < 4; which++) {
		SCOPED(page) p = {0};
		begin_page(&p, which);
		for (int height = 1; height <= 45; height++)
			/* Encoding a code takes long: fewer widths for those. */
			for (int width = 1; width <= 130; width += which % 2 ? 7 : 1) {
				const enum glyphs set =
					(enum glyphs)((width + height) % 2);
				grid_draw(&g, &p, width, height, set);
				check_grid(&g, set);
			}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_size_class),
		cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_ascii),
		cmocka_unit_test(test_keys_in_ascii),
		cmocka_unit_test(test_glyphs_are_ascii),
		cmocka_unit_test(test_pen),
		cmocka_unit_test(test_wide_halves),
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_planes),
		cmocka_unit_test(test_rail),
		cmocka_unit_test(test_no_rail),
		cmocka_unit_test(test_text_blocks),
		cmocka_unit_test(test_choices),
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_progress),
		cmocka_unit_test(test_field),
		cmocka_unit_test(test_field_caret),
		cmocka_unit_test(test_field_check_mark),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_table_without_counts),
		cmocka_unit_test(test_long_list),
		cmocka_unit_test(test_position),
		cmocka_unit_test(test_scrolling_body),
		cmocka_unit_test(test_running_step),
		cmocka_unit_test(test_message),
		cmocka_unit_test(test_endless_message),
		cmocka_unit_test(test_buttons),
		cmocka_unit_test(test_many_buttons),
		cmocka_unit_test(test_hints),
		cmocka_unit_test(test_rule),
		cmocka_unit_test(test_dialog),
		cmocka_unit_test(test_code),
		cmocka_unit_test(test_no_code),
		cmocka_unit_test(test_big_code),
		cmocka_unit_test(test_notice),
		cmocka_unit_test(test_narrow),
		cmocka_unit_test(test_wide),
		cmocka_unit_test(test_spare),
		cmocka_unit_test(test_every_size),
	};
	struct err e = {0};

	if (!setlocale(LC_CTYPE, "C.UTF-8") || !secrets_init(&e))
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
