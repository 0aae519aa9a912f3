/*
 * What holds for every page in every state, at every size, in both sets of characters:
 * the rules of layout, focus, words and characters, over all states that have a golden
 * screen.
 */
#include <config.h>

#include <locale.h>
#include <math.h>
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
#include "dav/diagnose.h"
#include "tests/screens/states.h"
#include "ui/glyph.h"
#include "ui/grid.h"
#include "ui/theme.h"

struct scene {
	const struct screen *screen;
	const struct page *page;
	const struct grid *grid;
	enum glyphs set;
	enum size_class size;
	const char *text; /* the text plane */
	bool alone;       /* a code fills the page */
	int left;         /* the marker's column */
};

typedef void rule_fn(const struct scene *s);

static int left_of(const struct page *p, enum size_class size)
{
	if (size == SIZE_NARROW || size == SIZE_COMPACT)
		return 1;
	return size == SIZE_WIDE && p->n_steps ? 24 : 2;
}

static void draw_scene(rule_fn *rule, struct play *play, const struct screen *screen,
	struct screen_size size, enum glyphs set)
{
	SCOPED(page) p = {0};
	SCOPED(grid) g = {0};

	screen_resize(play, size);
	wizard_view(play->w, &p);
	grid_draw(&g, &p, size.width, size.height, set);
	AUTO_FREE char *text = grid_text(&g);
	struct scene s = {.screen = screen,
		.page = &p,
		.grid = &g,
		.set = set,
		.size = size_class(size.width, size.height),
		.text = text};
	s.left = left_of(&p, s.size);
	/* There the cursor waits in the last row. */
	s.alone = (p.qr_big || p.qr_asked) && g.cursor_y == size.height - 1;
	rule(&s);
}

static void for_all(rule_fn *rule)
{
	for (size_t i = 0; i < n_screens; i++) {
		struct play play;
		screen_play(&screens[i], &play);
		for (size_t j = 0; j < n_screen_sizes; j++)
			for (int set = GLYPHS_UTF8; set <= GLYPHS_ASCII; set++)
				draw_scene(rule, &play, &screens[i], screen_sizes[j],
					(enum glyphs)set);
		play_end(&play);
	}
}

#define RULE(s, holds)                                                                 \
	do {                                                                           \
		if (!(holds))                                                          \
			fail_msg("%s at %dx%d, %s: " #holds "\n%s", (s)->screen->name, \
				(s)->grid->width, (s)->grid->height,                   \
				(s)->set == GLYPHS_UTF8 ? "utf8" : "ascii",            \
				(s)->text);                                            \
	} while (0)

/* A row of the text plane from column x on; the caller's. */
static char *row_from(const struct grid *g, int y, int x)
{
	SCOPED(buf) out = buf_with_max(0);

	for (; x < g->width; x++) {
		const struct cell *cell = grid_at(g, x, y);
		for (size_t i = 0; cell->width && i < 3 && cell->ch[i]; i++) {
			char bytes[4];
			const size_t len = utf8_encode(cell->ch[i], bytes);
			buf_add(&out, (struct str){bytes, len});
		}
	}
	size_t end = out.len;
	while (end && buf_cstr(&out)[end - 1] == ' ')
		end--;
	return str_dup(str_slice(str_of(buf_cstr(&out)), 0, end));
}

static bool is_cut(const struct scene *s)
{
	return strstr(s->text, s->set == GLYPHS_UTF8 ? "…" : "..") != NULL;
}

/* "3-9 of 20" above the message. */
static bool is_scrolled(const struct scene *s)
{
	for (const char *at = strstr(s->text, " of "); at;
		at = strstr(at + 1, " of ")) {
		const char *from = at;
		while (from > s->text && (from[-1] == '-' || ascii_is_digit(from[-1])))
			from--;
		if (memchr(from, '-', (size_t)(at - from)) && from < at)
			return true;
	}
	return false;
}

/* Is every word of the text on the screen? */
static bool has_words(const struct scene *s, const char *text)
{
	SCOPED(glyph_text) t = glyph_text(text, s->set);
	struct str rest = str_of(t.text);
	struct str word;

	while (str_split(&rest, ' ', &word)) {
		AUTO_FREE char *wanted = str_dup(word);
		if (!strstr(s->text, wanted) && word.len < 30)
			return false;
	}
	return true;
}

static bool is_running_text(const struct block *b)
{
	return b->kind == BLOCK_TEXT || b->kind == BLOCK_BULLET ||
	       b->kind == BLOCK_NUMBERED || b->kind == BLOCK_TICK;
}

static void whole_words(const struct scene *s)
{
	const struct page *p = s->page;

	if (s->alone || p->dialog.open || is_cut(s))
		return;
	RULE(s, s->size == SIZE_COMPACT || has_words(s, p->title));
	RULE(s, !p->message || has_words(s, p->message) ||
			(s->size == SIZE_COMPACT && p->brief &&
				has_words(s, p->brief)));
	for (size_t i = 0; i < p->n_blocks && !is_scrolled(s); i++) {
		const struct block *b = &p->blocks[i];
		if (is_running_text(b) && !b->spare && !b->with_code && !b->brief)
			RULE(s, has_words(s, b->text));
	}
}

static void lay_1_nothing_is_cut_unmarked(void **state)
{
	(void)state;
	for_all(whole_words);
}

static void inside(const struct scene *s)
{
	const struct grid *g = s->grid;

	for (int y = 0; y < g->height; y++) {
		RULE(s, s->alone || grid_at(g, g->width - 1, y)->ch[0] == ' ');
		for (int x = 0; x < g->width; x++) {
			const struct cell *cell = grid_at(g, x, y);
			RULE(s, cell->width != 2 || grid_at(g, x + 1, y)->width == 0);
			RULE(s, s->set == GLYPHS_UTF8 || cell->ch[0] < 0x7f);
		}
	}
	RULE(s, s->size != SIZE_NORMAL || (g->width == 80 && g->height == 24));
}

static void lay_2_every_size_both_sets(void **state)
{
	(void)state;
	for_all(inside);
}

static bool is_rule_row(const struct scene *s, int y)
{
	const uint32_t rule = s->set == GLYPHS_UTF8 ? 0x2500 : '-';

	return grid_at(s->grid, 1, y)->ch[0] == rule &&
	       grid_at(s->grid, s->grid->width - 2, y)->ch[0] == rule;
}

static bool begins(const struct scene *s, int y, int x, const char *text)
{
	AUTO_FREE char *row = row_from(s->grid, y, x);
	return !strncmp(row, text, strlen(text));
}

static void fixed_rows(const struct scene *s)
{
	const int h = s->grid->height;

	RULE(s, begins(s, 0, 0, " calwiz"));
	RULE(s, grid_at(s->grid, 1, h - 1)->ch[0] != ' ');
	if (s->alone)
		return;
	RULE(s, s->page->dialog.open || begins(s, h - 3, s->left, "[ "));
	RULE(s, s->size == SIZE_COMPACT
			? s->page->dialog.open || begins(s, h - 2, 0, "")
			: is_rule_row(s, h - 2));
	RULE(s, s->size != SIZE_WIDE || is_rule_row(s, 1));
	if (s->size == SIZE_NORMAL || s->size == SIZE_WIDE)
		RULE(s, grid_at(s->grid, s->left, 3)->role == ROLE_TITLE);
}

static void lay_3_rows_are_where_they_belong(void **state)
{
	(void)state;
	for_all(fixed_rows);
}

static size_t count_in(const char *text, const char *part)
{
	size_t count = 0;

	for (const char *at = strstr(text, part); at; at = strstr(at + 1, part))
		count++;
	return count;
}

static void rail(const struct scene *s)
{
	const struct page *p = s->page;
	const bool utf8 = s->set == GLYPHS_UTF8;

	if (!p->n_steps || s->alone)
		return;
	if (s->size == SIZE_WIDE) {
		for (size_t i = 0; i < p->n_steps; i++)
			RULE(s, strstr(s->text, p->steps[i]) != NULL);
		return;
	}
	if (p->step < p->n_steps)
		RULE(s, strstr(s->text, p->steps[p->step]) != NULL);
	if (s->size != SIZE_NORMAL)
		return;
	AUTO_FREE char *row = row_from(s->grid, 1, 0);
	const size_t coming = p->step < p->n_steps ? p->n_steps - p->step - 1 : 0;
	RULE(s, !utf8 || count_in(row, "●") == p->step);
	RULE(s, !utf8 || count_in(row, "○") == coming);
	RULE(s, !utf8 || count_in(row, "◉") == (p->step < p->n_steps));
	RULE(s, utf8 || count_in(row, "--") >= p->n_steps - 1);
}

static void lay_4_rail_shows_the_flow(void **state)
{
	(void)state;
	for_all(rail);
}

static void hints(const struct scene *s)
{
	AUTO_FREE char *row = row_from(s->grid, s->grid->height - 1, 0);
	const bool help = strstr(row, "?") || strstr(row, "F1");

	RULE(s, row[0] == ' ' && row[1] && row[1] != ' ');
	RULE(s, help || s->page->dialog.open || s->page->help || s->page->n_hints < 3);
	RULE(s, !strstr(row, s->set == GLYPHS_UTF8 ? "…" : ".."));
}

static bool hinted[PAGES][128];
static bool works[PAGES][128];

/* Does a letter that is offered do anything that can be seen? */
static void press_hints(const struct screen *screen, const struct page *p)
{
	for (size_t i = 0; i < p->n_hints; i++) {
		const struct hint *h = &p->hints[i];
		if (!h->key || strlen(h->key) != 1 || h->when != HINT_ALWAYS ||
			p->dialog.open)
			continue;
		struct play play;
		SCOPED(page) after = {0};
		SCOPED(grid) a = {0};
		SCOPED(grid) b = {0};
		screen_play(screen, &play);
		const enum wizard_page page = wizard_page(play.w);
		play.effects[0] = '\0';
		play_event(&play,
			&(struct wizard_event){.kind = EVENT_KEY,
				.key = {.key = KEY_CHAR, .ch = (uint8_t)h->key[0]}});
		wizard_view(play.w, &after);
		grid_draw(&a, p, 80, 24, GLYPHS_UTF8);
		grid_draw(&b, &after, 80, 24, GLYPHS_UTF8);
		AUTO_FREE char *before = grid_text(&a);
		AUTO_FREE char *now = grid_text(&b);
		hinted[page][(unsigned char)h->key[0]] = true;
		if (strcmp(before, now) != 0 || play.effects[0])
			works[page][(unsigned char)h->key[0]] = true;
		play_end(&play);
	}
}

static void lay_5_hints_fit_and_work(void **state)
{
	(void)state;
	for_all(hints);
	for (size_t i = 0; i < n_screens; i++) {
		struct play play;
		SCOPED(page) p = {0};
		screen_play(&screens[i], &play);
		wizard_view(play.w, &p);
		press_hints(&screens[i], &p);
		play_end(&play);
	}
	for (size_t i = 0; i < PAGES; i++)
		for (int c = 0; c < 128; c++)
			if (hinted[i][c] && !works[i][c])
				fail_msg("page %zu: the key %c does nothing", i, c);
}

static bool is_marker(const struct grid *g, int x, int y)
{
	const struct cell *cell = grid_at(g, x, y);
	return cell->ch[0] == '>' && cell->role == ROLE_FOCUS;
}

static size_t count_markers(const struct scene *s)
{
	size_t count = 0;

	for (int y = 0; y < s->grid->height; y++)
		for (int x = 0; x <= s->left; x++)
			count += is_marker(s->grid, x, y);
	return count;
}

static void long_list(const struct scene *s)
{
	if (strcmp(s->screen->name, "calendars-many") != 0)
		return;
	RULE(s, strstr(s->text, " of 200") != NULL);
	RULE(s, is_scrolled(s));
	RULE(s, count_markers(s) == 1);
}

static void lay_6_long_lists_scroll(void **state)
{
	(void)state;
	for_all(long_list);
}

/* The first column of a word in the rows of the table; -1 when they differ. */
static int direction_column(const struct scene *s)
{
	int column = 0;

	for (int y = 0; y < s->grid->height - 3; y++) {
		if (grid_at(s->grid, s->left + 2, y)->ch[0] != '[')
			continue;
		int x = s->grid->width - 3;
		while (x > 0 && !begins(s, y, x, "both"))
			x--;
		if (column && x != column)
			return -1;
		column = x;
	}
	return column;
}

static void odd_names(const struct scene *s)
{
	if (strcmp(s->screen->name, "calendars-odd") != 0 &&
		strcmp(s->screen->name, "calendars-many") != 0)
		return;
	RULE(s, direction_column(s) > 0);
	for (const char *c = s->text; *c; c++)
		RULE(s, (unsigned char)*c >= ' ' || *c == '\n');
	RULE(s, !strstr(s->text, "\xc2\x9b") && !strstr(s->text, "\x7f"));
}

static void lay_7_columns_hold_for_any_name(void **state)
{
	(void)state;
	for_all(odd_names);
}

static void links(const struct scene *s)
{
	const struct page *p = s->page;

	if (s->size == SIZE_COMPACT || s->alone || p->dialog.open || is_scrolled(s))
		return;
	for (size_t i = 0; i < p->n_blocks; i++) {
		if (p->blocks[i].kind != BLOCK_LINK)
			continue;
		const char *at = strstr(s->text, p->blocks[i].text);
		RULE(s, at && at > s->text && at[-1] == ' ');
		const char *end = at + strlen(p->blocks[i].text);
		RULE(s, *end == ' ' || *end == '\n');
	}
}

static void lay_8_addresses_stand_alone(void **state)
{
	(void)state;
	for_all(links);
}

static void focus(const struct scene *s)
{
	const struct grid *g = s->grid;
	const struct cell *at = grid_at(g, g->cursor_x, g->cursor_y);
	const bool button = at->role == ROLE_BUTTON_FOCUS && at->ch[0] == '[';

	if (s->alone)
		return;
	RULE(s, count_markers(s) + button == 1);
	RULE(s, button || is_marker(g, s->left, g->cursor_y));
}

static void foc_1_one_focus_with_the_cursor(void **state)
{
	(void)state;
	for_all(focus);
}

/* Without roles: `>` or the cursor on a bracket, ticks as [x], states as characters. */
static void readable(const struct scene *s)
{
	const struct page *p = s->page;
	size_t on = 0;
	size_t boxes = 0;

	if (s->alone || p->dialog.open || is_scrolled(s))
		return;
	for (size_t i = 0; i < p->n_blocks; i++) {
		const struct block *b = &p->blocks[i];
		const bool tick = b->kind == BLOCK_TICK || b->kind == BLOCK_ROW;
		boxes += tick;
		on += tick && b->on;
	}
	RULE(s, count_in(s->text, "[x]") == on);
	RULE(s, count_in(s->text, "[ ]") == boxes - on);
	if (p->message_role == ROLE_ERROR || p->message_role == ROLE_ATTENTION)
		RULE(s, strstr(s->text, " ! ") != NULL);
}

static void a11y_1_meaning_without_roles(void **state)
{
	(void)state;
	for_all(readable);
}

static double linear(double c)
{
	return c <= 0.03928 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

/* Of an entry of xterm's palette: a cube of 6 x 6 x 6, then 24 greys. */
static double luminance(int entry)
{
	static const double weights[] = {0.2126, 0.7152, 0.0722};
	static const int levels[] = {0, 95, 135, 175, 215, 255};
	const int cube[] = {(entry - 16) / 36, (entry - 16) / 6 % 6, (entry - 16) % 6};
	double sum = 0;

	for (int i = 0; i < 3; i++)
		sum += weights[i] * linear((entry >= 232 ? 8 + 10 * (entry - 232)
							 : levels[cube[i]]) /
					    255.0);
	return sum;
}

static double contrast(double a, double b)
{
	return a > b ? (a + 0.05) / (b + 0.05) : (b + 0.05) / (a + 0.05);
}

static void a11y_3_contrast(void **state)
{
	(void)state;
	for (int role = 0; role < ROLES; role++) {
		const struct theme_style style =
			theme_style(THEME_256, (enum role)role);
		if (style.foreground < 16)
			continue;
		const double fg = luminance(style.foreground);
		if (style.background >= 16) {
			assert_true(contrast(fg, luminance(style.background)) >= 15);
			continue;
		}
		assert_true(contrast(fg, 0) >= 4.4);
		assert_true(contrast(fg, 1) >= 4.4);
	}
}

static void glyphs(const struct scene *s)
{
	static const char known[] = "●◉○─✓✗…·•█░▀▄│┌┐└┘↑↓←→";

	for (int y = 0; y < s->grid->height; y++)
		for (int x = 0; x < s->grid->width; x++)
			for (size_t i = 0; i < 3; i++) {
				const uint32_t c = grid_at(s->grid, x, y)->ch[i];
				char bytes[5] = "";
				RULE(s, s->set == GLYPHS_UTF8 || c <= 0x7e);
				if (c < 0x2000 || c > 0x2bff)
					continue;
				bytes[utf8_encode(c, bytes)] = '\0';
				RULE(s, strstr(known, bytes) != NULL);
			}
}

static void a11y_4_only_known_glyphs(void **state)
{
	(void)state;
	for_all(glyphs);
}

static void errors_end_calmly(const struct scene *s)
{
	const struct page *p = s->page;
	const size_t len = p->message ? strlen(p->message) : 0;

	RULE(s, !len || p->message[len - 1] != '!');
	for (size_t i = 0; i < p->n_blocks; i++)
		RULE(s, !p->blocks[i].text ||
				!str_ends(str_of(p->blocks[i].text), STR("!")));
}

static void txt_1_errors_say_what_why_and_what_now(void **state)
{
	(void)state;
	for_all(errors_end_calmly);
	for (int d = DIAGNOSIS_NONE + 1; d < DIAGNOSES; d++)
		for (int icloud = 0; icloud < 2; icloud++) {
			struct diagnosis_words words = {0};
			diagnosis_describe((enum diagnosis)d,
				icloud ? PROVIDER_ICLOUD : PROVIDER_CALDAV,
				"dav.example.org", &words);
			assert_true(words.headline[0] && words.causes[0][0] &&
				    words.advice[0] && words.ways[0] != WAY_NONE);
			assert_false(strchr(words.headline, '!') ||
				     strchr(words.advice, '!'));
		}
}

static bool is_verb(const char *label)
{
	static const char *const first[] = {"Agree", "Back", "Change", "Check", "Close",
		"Continue", "Enter", "Finish", "Go", "I", "Leave", "Look", "Make",
		"Quit", "Remove", "Save", "Stay", "Stop", "Sync", "Try"};

	for (size_t i = 0; i < COUNT_OF(first); i++)
		if (str_starts(str_of(label), str_of(first[i])))
			return true;
	return false;
}

static void text_width_is_kept(const struct scene *s)
{
	const struct page *p = s->page;
	bool plain = !s->alone && !p->dialog.open && s->size == SIZE_WIDE;

	for (size_t i = 0; i < p->n_buttons; i++)
		RULE(s, is_verb(p->buttons[i].label));
	for (size_t i = 0; i < p->dialog.n_buttons; i++)
		RULE(s, is_verb(p->dialog.buttons[i].label));
	for (size_t i = 0; i < p->n_blocks; i++)
		plain &= is_running_text(&p->blocks[i]) ||
		         p->blocks[i].kind == BLOCK_GAP ||
		         p->blocks[i].kind == BLOCK_LINK;
	for (int y = 5; plain && y < s->grid->height - 3; y++)
		for (int x = s->left + 72; x < s->grid->width; x++)
			RULE(s, grid_at(s->grid, x, y)->ch[0] == ' ');
}

static void txt_2_short_lines_and_verbs(void **state)
{
	(void)state;
	for_all(text_width_is_kept);
}

static uint32_t palette_rgb(int entry)
{
	static const uint32_t levels[] = {0, 95, 135, 175, 215, 255};
	const uint32_t grey = entry >= 232 ? 8 + 10 * (uint32_t)(entry - 232) : 0;
	const int i = entry - 16;

	if (entry >= 232)
		return grey << 16 | grey << 8 | grey;
	return levels[i / 36] << 16 | levels[i / 6 % 6] << 8 | levels[i % 6];
}

static long distance(uint32_t a, uint32_t b)
{
	long sum = 0;

	for (int shift = 0; shift < 24; shift += 8) {
		const long d = (long)(a >> shift & 0xff) - (long)(b >> shift & 0xff);
		sum += d * d;
	}
	return sum;
}

static void swatches(const struct scene *s)
{
	size_t count = 0;

	for (int y = 0; y < s->grid->height; y++)
		for (int x = 0; x < s->grid->width; x++)
			count += grid_at(s->grid, x, y)->role == ROLE_SWATCH;
	RULE(s, s->size != SIZE_COMPACT || !count);
	if (!strcmp(s->screen->name, "calendars-start"))
		RULE(s, s->size == SIZE_COMPACT || count == 6);
}

static void cal_4_swatches_are_nearest(void **state)
{
	static const uint32_t colours[] = {0x1badf8, 0x63da38, 0xcc73e1, 0xff9500, 0,
		0xffffff, 0x808080};

	(void)state;
	for_all(swatches);
	for (size_t i = 0; i < COUNT_OF(colours); i++) {
		const short entry = theme_nearest(THEME_256, colours[i]);
		for (int other = 16; other < 256; other++)
			assert_true(distance(palette_rgb(entry), colours[i]) <=
				    distance(palette_rgb(other), colours[i]));
		assert_int_equal(theme_nearest(THEME_MONO, colours[i]), -1);
	}
}

static void cal_7_no_name_leaves_its_column(void **state)
{
	(void)state;
	for_all(odd_names);
}

static int set_up(void **state)
{
	struct err e = {0};

	(void)state;
	return setlocale(LC_CTYPE, "C.UTF-8") && secrets_init(&e) ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lay_1_nothing_is_cut_unmarked),
		cmocka_unit_test(lay_2_every_size_both_sets),
		cmocka_unit_test(lay_3_rows_are_where_they_belong),
		cmocka_unit_test(lay_4_rail_shows_the_flow),
		cmocka_unit_test(lay_5_hints_fit_and_work),
		cmocka_unit_test(lay_6_long_lists_scroll),
		cmocka_unit_test(lay_7_columns_hold_for_any_name),
		cmocka_unit_test(lay_8_addresses_stand_alone),
		cmocka_unit_test(foc_1_one_focus_with_the_cursor),
		cmocka_unit_test(a11y_1_meaning_without_roles),
		cmocka_unit_test(a11y_3_contrast),
		cmocka_unit_test(a11y_4_only_known_glyphs),
		cmocka_unit_test(txt_1_errors_say_what_why_and_what_now),
		cmocka_unit_test(txt_2_short_lines_and_verbs),
		cmocka_unit_test(cal_4_swatches_are_nearest),
		cmocka_unit_test(cal_7_no_name_leaves_its_column),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
