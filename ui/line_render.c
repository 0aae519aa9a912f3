#include <config.h>

#include <string.h>

#include "base/text.h"
#include "ui/fold.h"
#include "ui/glyph.h"
#include "ui/line_impl.h"
#include "ui/qr.h"
#include "ui/wrap.h"

#define COLUMNS_MOST 78

/* Runs of blanks were for columns. */
static char *squeezed(struct str text)
{
	struct buf out = buf_with_max(0);

	text = str_trim(text);
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] != ' ' || text.ptr[i - 1] != ' ')
			buf_char(&out, text.ptr[i]);
	buf_text(&out, "");
	return buf_take(&out);
}

void say(struct buf *out, enum glyphs glyphs, const char *lead, struct str text)
{
	AUTO_FREE char *plain = squeezed(text);
	SCOPED(glyph_text) shown = glyph_text(plain, glyphs);
	struct str rest = str_of(shown.text);
	struct str line;
	const int indent = (int)strlen(lead);
	bool first = true;

	while (wrap_line(&rest, COLUMNS_MOST - indent, &line)) {
		buf_printf(out, "%*s" STR_FMT "\n", indent, first ? lead : "",
			STR_ARG(line));
		first = false;
	}
}

void say_title(const struct talk *t, const struct page *p, bool step, struct buf *out)
{
	SCOPED(buf) line = buf_with_max(0);
	const struct str title = str_of(p->title);
	const bool ended = title.len && strchr(".?!", title.ptr[title.len - 1]);

	if (step && p->n_steps && p->step < p->n_steps)
		buf_printf(&line, "Step %zu of %zu. ", p->step + 1, p->n_steps);
	buf_printf(&line, "%s%s", p->title, ended ? "" : ".");
	if (p->title_note) {
		const char first = p->title_note[0];
		const bool lower = first >= 'a' && first <= 'z';
		buf_printf(&line, " %c%s.", lower ? first - 'a' + 'A' : first,
			p->title_note + 1);
	}
	say(out, t->glyphs, "", buf_view(&line));
}

static bool has_numbered_options(const struct page *p)
{
	struct questions q;
	struct options_list o;

	questions_find(p, &q);
	if (!q.count || q.list[q.count - 1].kind != ASK_CHOICE)
		return false;
	options_find(p, &q.list[q.count - 1], false, &o);
	return o.count > 1;
}

static void say_pair(const struct talk *t, const struct page *p, const struct block *b,
	size_t number, struct buf *out)
{
	SCOPED(buf) line = buf_with_max(0);
	SCOPED(buf) lead = buf_with_max(0);

	buf_text(&lead, "  ");
	if (is_entry(p, b))
		buf_printf(&lead, "%zu. ", number);
	const struct str label = str_trim(str_of(b->label));
	buf_printf(&line, STR_FMT ": %s", STR_ARG(label), b->text);
	say(out, t->glyphs, buf_cstr(&lead), buf_view(&line));
}

/* Frames are for the eye. */
static void say_figure(const struct talk *t, const char *text, struct buf *out)
{
	SCOPED(buf) line = buf_with_max(0);
	struct str rest = str_of(text);

	while (rest.len) {
		size_t used = 0;
		const uint32_t c = utf8_next(rest, &used);
		if (c < 0x2500 || c > 0x257f)
			buf_add(&line, str_slice(rest, 0, used));
		else
			buf_char(&line, ' ');
		rest = str_from(rest, used);
	}
	if (str_trim(buf_view(&line)).len)
		say(out, t->glyphs, "  ", buf_view(&line));
}

static void say_text(const struct talk *t, const struct page *p, size_t i,
	struct buf *out)
{
	struct str text = str_of(p->blocks[i].text);

	if (is_heading(p, i) || is_hint(p, i))
		return;
	if (str_starts(text, STR("! ")))
		text = str_from(text, 2);
	say(out, t->glyphs, "", text);
}

static void say_numbered(const struct talk *t, const struct page *p,
	const struct block *b, struct buf *out)
{
	SCOPED(buf) lead = buf_with_max(0);

	/* Two lists with numbers on a page: only what can be chosen keeps them. */
	if (has_numbered_options(p))
		buf_text(&lead, "  - ");
	else
		buf_printf(&lead, "  %u. ", b->number);
	say(out, t->glyphs, buf_cstr(&lead), str_of(b->text));
}

static void say_block(const struct talk *t, const struct page *p, size_t i,
	size_t *entries, struct buf *out)
{
	const struct block *b = &p->blocks[i];

	switch (b->kind) {
	case BLOCK_TEXT:
		say_text(t, p, i, out);
		return;
	case BLOCK_LINK:
		buf_printf(out, "  %s\n", b->text);
		return;
	case BLOCK_NUMBERED:
		say_numbered(t, p, b, out);
		return;
	case BLOCK_BULLET:
		say(out, t->glyphs, "  - ", str_of(b->text));
		return;
	case BLOCK_PAIR:
		*entries += is_entry(p, b);
		say_pair(t, p, b, *entries, out);
		return;
	case BLOCK_FIGURE:
		say_figure(t, b->text, out);
		return;
	case BLOCK_STEP: /* news */
	case BLOCK_PROGRESS:
	case BLOCK_FIELD: /* questions */
	case BLOCK_RADIO:
	case BLOCK_TICK:
	case BLOCK_SELECT:
	case BLOCK_ROW:
	case BLOCK_MENU:
	case BLOCK_GAP:
	case BLOCK_QR: /* only when it is asked for */
		return;
	}
}

/* What the page says now and has not said before. */
void say_body(struct talk *t, const struct page *p, struct buf *out)
{
	SCOPED(buf) now = buf_with_max(0);
	size_t entries = 0;

	for (size_t i = 0; i < p->n_blocks; i++) {
		SCOPED(buf) part = buf_with_max(0);
		say_block(t, p, i, &entries, &part);
		if (!part.len)
			continue;
		if (str_find(buf_view(&t->body), buf_view(&part)) == STR_NONE)
			buf_add(out, buf_view(&part));
		buf_add(&now, buf_view(&part));
	}
	buf_reset(&t->body);
	buf_add(&t->body, buf_view(&now));
}

size_t row_number(const struct page *p, const struct block *row)
{
	size_t number = 0;

	for (size_t i = 0; i < p->n_blocks; i++) {
		number += p->blocks[i].kind == BLOCK_ROW;
		if (&p->blocks[i] == row)
			break;
	}
	return number;
}

void say_row(const struct talk *t, const struct page *p, const struct block *row,
	struct buf *out)
{
	SCOPED(buf) lead = buf_with_max(0);
	SCOPED(buf) line = buf_with_max(0);

	buf_printf(&lead, "  %zu. ", row_number(p, row));
	buf_printf(&line, "%s, %s, %s", row->on ? "ticked" : "not ticked", row->text,
		row->direction ? row->direction : "");
	if (row->count && row->count[0])
		buf_printf(&line, ", %s events", row->count);
	say(out, t->glyphs, buf_cstr(&lead), buf_view(&line));
}

void say_rows(const struct talk *t, const struct page *p, struct str wanted,
	struct buf *out)
{
	size_t found = 0;

	for (size_t i = 0; i < p->n_blocks; i++) {
		const struct block *b = &p->blocks[i];
		if (b->kind != BLOCK_ROW || !fold_contains(str_of(b->text), wanted))
			continue;
		say_row(t, p, b, out);
		found++;
	}
	if (!found && wanted.len)
		buf_text(out, "No name matches.\n");
}

const char *page_code(const struct page *p)
{
	for (size_t i = 0; i < p->n_blocks; i++)
		if (p->blocks[i].kind == BLOCK_QR)
			return p->blocks[i].text;
	return NULL;
}

/* Light modules are drawn: most terminals are dark, and cameras read both. */
void say_code(const struct talk *t, const struct page *p, struct buf *out)
{
	SCOPED(qr) q = {0};
	const int quiet = 2;

	if (!qr_make(&q, page_code(p), false)) {
		buf_text(out,
			"This build cannot make codes. The address stands above.\n");
		return;
	}
	for (int y = -quiet; y < q.size + quiet; y++) {
		for (int x = -quiet; x < q.size + quiet; x++) {
			const bool inside =
				x >= 0 && y >= 0 && x < q.size && y < q.size;
			const bool dark = inside && q.dark[y * q.size + x];
			buf_text(out, dark                       ? "  "
				      : t->glyphs == GLYPHS_UTF8 ? "██"
								 : "##");
		}
		buf_char(out, '\n');
	}
}

/* Names of keys, which mean nothing in lines. */
static bool is_key(struct str name)
{
	static const char *const keys[] = {"Up", "Down", "Left", "Right", "Enter",
		"Esc", "Space", "Tab", "Shift-Tab", "PgUp", "PgDn", "Home", "End",
		"Paste", "S C O A R"};

	for (size_t i = 0; i < COUNT_OF(keys); i++)
		if (str_is(name, keys[i]))
			return true;
	return name.len == 1 || str_starts(name, STR("Ctrl-"));
}

static bool is_about_keys(const char *label)
{
	struct str rest = str_of(label);
	struct str name;

	while (str_split(&rest, ',', &name))
		if (!is_key(str_trim(name)))
			return false;
	return true;
}

void say_help(const struct talk *t, const struct page *p, struct buf *out)
{
	buf_char(out, '\n');
	say_title(t, p, false, out);
	for (size_t i = 0; i < p->n_blocks; i++)
		if (p->blocks[i].kind == BLOCK_PAIR &&
			!is_about_keys(p->blocks[i].label))
			say_pair(t, p, &p->blocks[i], 0, out);
	say(out, t->glyphs, "",
		STR("Answer with a number, a name, or the text that is asked for; "
		    "Enter "
		    "alone takes the default. Typed alone, b goes back and keeps what "
		    "you answered, ? explains, q leaves and asks first."));
	if (page_code(p))
		buf_text(out, "c shows the address as a code.\n");
}
