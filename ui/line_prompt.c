#include <config.h>

#include <string.h>

#include "ui/line_impl.h"

/* The last thing said before a line is read: no line feed behind it. */
static void prompt(const struct talk *t, const struct buf *text, struct buf *out)
{
	say(out, t->glyphs, "", buf_view(text));
	out->len--;
	buf_char(out, ' ');
}

static const char *hint_of(const struct page *p, size_t block)
{
	return block + 1 < p->n_blocks && is_hint(p, block + 1)
	               ? p->blocks[block + 1].text
	               : NULL;
}

static void say_label(const struct talk *t, const struct page *p, size_t block,
	struct buf *out)
{
	SCOPED(buf) line = buf_with_max(0);
	const char *hint = hint_of(p, block);

	buf_printf(&line, "%s%s%s.", p->blocks[block].label, hint ? ": " : "",
		hint ? hint : "");
	say(out, t->glyphs, "", buf_view(&line));
}

static void ask_field(const struct talk *t, const struct page *p,
	const struct question *q, struct buf *out)
{
	const struct block *b = &p->blocks[q->first];
	SCOPED(buf) line = buf_with_max(0);

	if (!t->brief)
		say_label(t, p, q->first, out);
	if (b->secret)
		buf_printf(&line,
			"It is not shown while you type. There is no default; an empty "
			"line shows the choices:");
	else if (b->text[0])
		buf_printf(&line, "Press Enter to keep %s, or type another:", b->text);
	else
		buf_text(&line, "Type it. There is no default:");
	prompt(t, &line, out);
}

static void say_options(const struct talk *t, const struct options_list *o,
	struct buf *out)
{
	for (size_t i = 0; i < o->count; i++) {
		const struct option *option = &o->list[i];
		SCOPED(buf) lead = buf_with_max(0);
		SCOPED(buf) line = buf_with_max(0);
		buf_printf(&lead, "  %zu. ", o->offset + i + 1);
		buf_add(&line, option->text);
		if (option->note && option->note[0])
			buf_printf(&line, ": %s", option->note);
		say(out, t->glyphs, buf_cstr(&lead), buf_view(&line));
	}
}

static void add_entries(const struct page *p, struct buf *line)
{
	const size_t entries = entries_count(p);

	if (entries)
		buf_printf(line, " Type a number from 1 to %zu to change that line.",
			entries);
}

static void add_code(const struct page *p, struct buf *line)
{
	if (page_code(p))
		buf_text(line, " Type c to have the address as a QR code.");
}

/* "text." becomes "text:" */
static void end_with_colon(struct buf *line)
{
	if (line->len && line->ptr[line->len - 1] == '.')
		line->len--;
	buf_char(line, ':');
}

static void ask_choice(const struct talk *t, const struct page *p,
	const struct question *q, struct buf *out)
{
	struct options_list o;
	SCOPED(buf) line = buf_with_max(0);

	options_find(p, q, t->choosing, &o);
	const bool one = o.count == 1;
	if (!t->brief && !p->dialog.open && !t->choosing && q->first < q->end) {
		for (size_t i = 0; i < q->first; i++)
			if (is_heading(p, i))
				say(out, t->glyphs, "", str_of(p->blocks[i].text));
		if (p->blocks[q->first].kind == BLOCK_SELECT)
			say_label(t, p, q->first, out);
	}
	if (!t->brief && !one)
		say_options(t, &o, out);
	if (!one)
		buf_text(&line, "Type a number.");
	add_entries(p, &line);
	add_code(p, &line);
	if (o.chosen < o.count && one)
		buf_printf(&line, " Press Enter for \"" STR_FMT "\"",
			STR_ARG(o.list[0].text));
	else if (o.chosen < o.count)
		buf_printf(&line, " Press Enter for %zu, " STR_FMT,
			o.offset + o.chosen + 1, STR_ARG(o.list[o.chosen].text));
	else
		buf_text(&line, " There is no default");
	end_with_colon(&line);
	prompt(t, &line, out);
}

static void ask_table(const struct talk *t, const struct page *p, struct buf *out)
{
	SCOPED(buf) line = buf_with_max(0);
	size_t ticked = 0;
	size_t rows = 0;

	for (size_t i = 0; i < p->n_blocks; i++) {
		rows += p->blocks[i].kind == BLOCK_ROW;
		ticked += p->blocks[i].kind == BLOCK_ROW && p->blocks[i].on;
	}
	if (!t->brief) {
		say_rows(t, p, STR(""), out);
		buf_printf(&line,
			"Type numbers or a name to tick or untick, for example 1 or "
			"2-%zu; all; none; d 1 for the direction, f 1 for the folder, "
			"t 1 to send new events there; list, or list and a word, to "
			"hear them again. ",
			rows > 2 ? rows : 2);
	}
	if (ticked)
		buf_printf(&line, "Press Enter to continue with %zu:", ticked);
	else
		buf_text(&line,
			"There is no default: without a ticked calendar nothing can be "
			"synced:");
	prompt(t, &line, out);
}

static void ask_agree(const struct talk *t, const struct page *p,
	const struct question *q, struct buf *out)
{
	const struct block *b = &p->blocks[q->first];
	SCOPED(buf) line = buf_with_max(0);

	if (!t->brief)
		say(out, t->glyphs, "", str_of(b->text));
	if (b->on && p->n_buttons)
		buf_printf(&line, "You said yes. Type no to take it back.");
	else
		buf_text(&line, "Type yes if you do.");
	add_entries(p, &line);
	if (b->on && p->n_buttons)
		buf_printf(&line, " Press Enter for \"%s\":", p->buttons[0].label);
	else
		buf_text(&line, " There is no default:");
	prompt(t, &line, out);
}

void ask(struct talk *t, const struct page *p, const struct question *q,
	struct buf *out)
{
	const bool choosing = t->choosing && !p->dialog.open;

	t->open = true;
	t->secret = !choosing && !p->dialog.open && question_is_secret(p, q);
	if (p->dialog.open || choosing || q->kind == ASK_CHOICE)
		ask_choice(t, p, q, out);
	else if (q->kind == ASK_FIELD)
		ask_field(t, p, q, out);
	else if (q->kind == ASK_TABLE)
		ask_table(t, p, out);
	else
		ask_agree(t, p, q, out);
	t->brief = false;
}
