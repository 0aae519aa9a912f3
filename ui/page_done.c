#include <config.h>

#include "base/buf.h"
#include "base/text.h"
#include "ui/wizard_impl.h"

#define APPLE "https://account.apple.com"
#define TEXT_COLUMNS 78
#define LABEL_COLUMNS 20

static const char *headline(const struct ending *o)
{
	if (o->cancelled)
		return "Stopped. The rest comes next time.";
	if (o->problem)
		return "The sync did not finish.";
	if (o->exit == EXIT_OK)
		return "Done. Your calendars are in step.";
	return "Done, and something needs a look.";
}

static void add_totals(const struct wizard *w, struct page *p)
{
	const struct ending *o = &w->ending;
	size_t events = 0;

	for (size_t i = 0; i < o->n_lines; i++)
		events += o->lines[i].events;
	page_add(p, BLOCK_TEXT,
		page_format(p, "%s, %s in %s",
			words_count(p, o->n_lines, "calendar", "calendars"),
			words_count(p, events, "event", "events"),
			words_path(w, p, w->account.folder)))
		->indent = 2;
}

static bool is_calm(const struct ending_line *line)
{
	return !line->problem && !line->left && !line->edited;
}

static void add_line(const struct ending_line *line, struct page *p)
{
	const char *name = page_copy(p, line->name ? line->name : "(unnamed)");

	if (line->problem) {
		struct block *b = page_add(p, BLOCK_PAIR, page_copy(p, line->problem));
		b->label = name;
		b->role = ROLE_ATTENTION;
		b->indent = 2;
		return;
	}
	struct block *b = page_add(p, BLOCK_PAIR,
		words_count(p, line->events, "event", "events"));
	b->label = name;
	b->indent = 2;
	if (line->left)
		page_add(p, BLOCK_TEXT,
			page_format(p,
				"%s could not be read and %s left alone on the server",
				words_count(p, line->left, "event", "events"),
				line->left == 1 ? "was" : "were"))
			->indent = 4;
	if (line->edited)
		page_add(p, BLOCK_TEXT,
			page_format(p,
				"%s made here %s kept and not sent, because the "
		                "calendar is "
				"only read",
				words_count(p, line->edited, "change", "changes"),
				line->edited == 1 ? "is" : "are"))
			->indent = 4;
}

static void add_command(struct page *p, const char *command, const char *what)
{
	struct block *b = page_add(p, BLOCK_PAIR, what);

	b->label = command;
	b->indent = 2;
}

static void add_schedule(const struct wizard *w, struct page *p)
{
	if (!w->schedule)
		return;
	struct block *b = page_add(p, BLOCK_TEXT,
		page_format(p,
			w->schedule_failed ? "No sync by itself: %s."
					   : "Next sync by itself: %s.",
			w->schedule));
	b->indent = 2;
	if (w->schedule_failed)
		b->role = ROLE_ATTENTION;
}

static void add_good_to_know(const struct wizard *w, struct page *p)
{
	page_gap(p);
	(void)page_add(p, BLOCK_TEXT, "Good to know");
	add_command(p, "calwiz --status", "is everything all right?");
	add_command(p, "calwiz --headless", "sync now");
	add_command(p, "calwiz", "change calendars or options, or remove this setup");
	if (!wizard_is_icloud(w))
		return;
	page_gap(p);
	(void)page_add(p, BLOCK_TEXT,
		"When you no longer need access, delete calwiz under App-Specific "
		"Passwords at");
	page_add(p, BLOCK_LINK, APPLE)->indent = 2;
}

static void add_body(const struct wizard *w, struct page *p)
{
	const struct ending *o = &w->ending;

	p->title = headline(o);
	if (o->problem) {
		struct block *b =
			page_add(p, BLOCK_TEXT, words_sentence(p, o->problem));
		b->role = ROLE_ATTENTION;
		page_gap(p);
	}
	if (o->n_lines)
		add_totals(w, p);
	/* What needs a look comes first. */
	for (int calm = 0; calm < 2; calm++)
		for (size_t i = 0; i < o->n_lines; i++)
			if (is_calm(&o->lines[i]) == (calm == 1))
				add_line(&o->lines[i], p);
	add_schedule(w, p);
	add_good_to_know(w, p);
}

static void view(const struct wizard *w, struct page *p)
{
	const bool again = w->ending.problem || w->ending.cancelled;

	add_body(w, p);
	if (!w->lines)
		p->message = "This summary is printed again after you leave.";
	if (!w->lines)
		p->brief = "Printed again after you leave.";
	(void)page_button(p, ID_FINISH,
		w->mode == MODE_SETUP ? "Finish" : "Go to the menu");
	if (again)
		(void)page_button(p, ID_TRY_AGAIN, "Sync again");
	page_hint(p, "Enter", "finish");
	page_hint(p, "?", "help");
}

static void enter(struct wizard *w, UNUSED bool back)
{
	w->focus[PAGE_DONE] = ID_FINISH;
}

static void press(struct wizard *w, int id)
{
	if (id == ID_TRY_AGAIN)
		wizard_go(w, PAGE_SYNC, false);
	else if (w->mode == MODE_SETUP)
		wizard_leave(w, w->status);
	else
		wizard_menu(w);
}

/* Nothing is behind this page that could still be changed. */
static bool back(struct wizard *w)
{
	if (w->mode != MODE_SETUP)
		wizard_menu(w);
	return true;
}

/* The longest start of text that fits, cut at a blank where there is one. */
static struct str first_row(struct str text, int cols)
{
	struct str row = text_fit(text, cols);
	size_t end = row.len;

	if (row.len == text.len)
		return row;
	while (end && text.ptr[end] != ' ')
		end--;
	return end ? str_slice(text, 0, end) : row;
}

/* A paragraph behind what stands in the row already, indented like a column. */
static void write_wrapped(struct buf *out, const char *text, int column)
{
	struct str rest = str_of(text);
	bool first = true;

	while (rest.len || first) {
		const struct str row = first_row(rest, TEXT_COLUMNS - column);
		if (!first)
			buf_printf(out, "%*s", column, "");
		buf_printf(out, STR_FMT "\n", STR_ARG(row));
		rest = str_trim(str_from(rest, row.len ? row.len : rest.len));
		first = false;
	}
}

static void write_block(struct buf *out, const struct block *b)
{
	int column = (int)b->indent;

	buf_printf(out, "%*s", column, "");
	if (b->label) {
		const int width = text_width(str_of(b->label));
		const int gap = width < LABEL_COLUMNS ? LABEL_COLUMNS - width : 1;
		buf_printf(out, "%s%*s", b->label, gap, "");
		column += width + gap;
	}
	if (column > TEXT_COLUMNS / 2) {
		column = LABEL_COLUMNS;
		buf_printf(out, "\n%*s", column, "");
	}
	write_wrapped(out, b->text ? b->text : "", column);
}

char *done_text(const struct wizard *w)
{
	struct page p = {0};
	struct buf out = buf_with_max(0);

	add_body(w, &p);
	buf_printf(&out, "%s\n\n", p.title);
	for (size_t i = 0; i < p.n_blocks; i++)
		write_block(&out, &p.blocks[i]);
	page_clear(&p);
	return buf_take(&out);
}

static const struct help_line help[] = {
	{"Enter", "finish"},
	{"calwiz --status", "says what each calendar did last, and what waits for you"},
	{NULL, NULL},
};

const struct page_ops page_done = {.view = view,
	.enter = enter,
	.press = press,
	.back = back,
	.help = help};
