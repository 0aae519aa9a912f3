#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/line_impl.h"

#define REPEAT_MS 10000
#define SILENT_MS 30000

static struct told_step *told(struct talk *t, const char *text)
{
	for (size_t i = 0; i < t->n_steps; i++)
		if (!strcmp(t->steps[i].text, text))
			return &t->steps[i];
	t->steps = xgrow(t->steps, t->n_steps, &t->cap_steps, sizeof(*t->steps));
	t->steps[t->n_steps] =
		(struct told_step){.text = xstrdup(text), .state = STEP_WAITING};
	return &t->steps[t->n_steps++];
}

static void forget_steps(struct talk *t)
{
	for (size_t i = 0; i < t->n_steps; i++)
		free(t->steps[i].text);
	t->n_steps = 0;
}

static bool say_steps(struct talk *t, const struct page *p, struct buf *out)
{
	const size_t before = out->len;

	for (size_t i = 0; i < p->n_blocks; i++) {
		const struct block *b = &p->blocks[i];
		if (b->kind != BLOCK_STEP)
			continue;
		struct told_step *step = told(t, b->text);
		const bool news = step->state != b->state;
		step->state = b->state;
		if (!news || (b->state != STEP_DONE && b->state != STEP_FAILED))
			continue;
		SCOPED(buf) line = buf_with_max(0);
		buf_printf(&line, "%s: %s%s%s.", b->text,
			b->state == STEP_DONE ? "done" : "failed", b->note ? ", " : "",
			b->note ? b->note : "");
		say(out, t->glyphs, "  ", buf_view(&line));
	}
	return out->len > before;
}

static bool say_progress(struct talk *t, const struct page *p, int64_t now_ms,
	struct buf *out)
{
	const size_t before = out->len;

	for (size_t i = 0; i < p->n_blocks; i++) {
		const struct block *b = &p->blocks[i];
		if (b->kind != BLOCK_PROGRESS || !b->total)
			continue;
		const size_t tenth = b->done * 10 / b->total;
		const bool late = t->said_at && now_ms - t->said_at >= REPEAT_MS &&
		                  b->done > t->done;
		if (tenth <= t->tenth && !late)
			continue;
		t->tenth = tenth;
		t->done = b->done;
		buf_printf(out, "  %zu percent, %zu of %zu %s.\n",
			b->done * 100 / b->total, b->done, b->total, b->text);
	}
	return out->len > before;
}

static bool is_complaint(const struct page *p)
{
	return p->message && !p->aside &&
	       (p->message_role == ROLE_ATTENTION || p->message_role == ROLE_ERROR);
}

/* What is wrong is said again after each answer that did not mend it. */
static void say_message(struct talk *t, const struct page *p, struct buf *out)
{
	const bool differs =
		p->message && (!t->message || strcmp(t->message, p->message) != 0);
	const bool news = (differs && !p->aside) || (t->answered && is_complaint(p));

	t->answered = false;
	if (news && p->message_role == ROLE_ERROR)
		buf_text(out, "Error. ");
	if (news)
		say(out, t->glyphs, "", str_of(p->message));
	free(t->message);
	t->message = xstrdup_or_null(p->message);
}

static void say_touched(struct talk *t, const struct page *p, struct buf *out)
{
	for (size_t i = 0; i < p->n_blocks; i++)
		for (size_t k = 0; k < t->n_touched; k++)
			if (p->blocks[i].kind == BLOCK_ROW &&
				p->blocks[i].id == t->touched[k])
				say_row(t, p, &p->blocks[i], out);
	if (t->n_touched && p->title_note)
		buf_printf(out, "%s.\n", p->title_note);
	t->n_touched = 0;
}

static void say_dialog(const struct talk *t, const struct page *p, struct buf *out)
{
	buf_char(out, '\n');
	say(out, t->glyphs, "", str_of(p->dialog.title));
	say(out, t->glyphs, "", str_of(p->dialog.text));
}

static void greet(struct talk *t, const struct page *p, struct buf *out)
{
	SCOPED(buf) line = buf_with_max(0);

	if (t->greeted)
		return;
	t->greeted = true;
	buf_printf(&line, "calwiz, %c%s, plain text.",
		ascii_lower(p->purpose ? p->purpose[0] : 's'),
		p->purpose ? p->purpose + 1 : "");
	say(out, t->glyphs, "", buf_view(&line));
	say(out, t->glyphs, "",
		STR("At any question: b goes back, ? explains, q leaves. Where what "
		    "you "
		    "type is not shown, an empty line shows these choices."));
}

static void begin_page(struct talk *t, const struct page *p, struct buf *out)
{
	const bool same_step = t->title && p->n_steps && p->step == t->step;

	greet(t, p, out);
	buf_char(out, '\n');
	say_title(t, p, !same_step, out);
	if (!same_step)
		forget_steps(t);
	free(t->title);
	t->title = xstrdup(p->title);
	t->step = p->step;
	buf_reset(&t->body);
	free(t->message);
	t->message = NULL;
	t->tenth = 0;
	t->done = 0;
	t->said_at = 0;
	t->n_touched = 0;
	t->choosing = false;
	t->brief = false;
	t->open = false;
}

static void ask_now(struct talk *t, const struct page *p, bool fresh, size_t before,
	struct buf *out)
{
	struct questions q;

	questions_find(p, &q);
	if (p->dialog.open) {
		ask(t, p, &q.list[0], out);
		return;
	}
	if (fresh)
		t->question = t->back ? question_at_focus(p, &q) : 0;
	else if (t->moved && !(t->typed && is_complaint(p)))
		t->question = question_at_focus(p, &q);
	if (t->question >= q.count)
		t->question = q.count - 1;
	if (!fresh && t->back && t->moved && t->question == before)
		buf_text(out, "There is nothing to go back to.\n");
	if (!fresh && t->question != before) {
		t->brief = false;
		buf_char(out, '\n');
	}
	ask(t, p, &q.list[t->question], out);
	t->moved = false;
	t->back = false;
}

static void be_busy(struct talk *t, bool fresh, bool news, int64_t now_ms,
	struct buf *out)
{
	t->open = false;
	if (fresh)
		buf_text(out, "Ctrl-C stops it.\n");
	if (!fresh && !news && now_ms - t->said_at >= SILENT_MS) {
		buf_text(out, "  Still working.\n");
		news = true;
	}
	if (fresh || news)
		t->said_at = now_ms;
}

void talk_show(struct talk *t, const struct page *p, int64_t now_ms, struct buf *out)
{
	if (p->help && !p->dialog.open) {
		say_help(t, p, out);
		return;
	}
	const bool turned = p->dialog.open != t->dialog;
	t->dialog = p->dialog.open;
	if (turned)
		t->open = false;
	if (p->dialog.open) {
		if (!t->open && !t->brief)
			say_dialog(t, p, out);
		if (!t->open)
			ask_now(t, p, false, 0, out);
		return;
	}
	const bool fresh =
		!t->title || strcmp(t->title, p->title) || p->step != t->step;
	const bool answered = !t->open;
	if (fresh)
		begin_page(t, p, out);
	say_body(t, p, out);
	bool news = say_steps(t, p, out);
	news = say_progress(t, p, now_ms, out) || news;
	say_touched(t, p, out);
	say_message(t, p, out);
	if (p->busy)
		be_busy(t, fresh, news, now_ms, out);
	else if (fresh || answered)
		ask_now(t, p, fresh, t->question, out);
}

bool talk_listens(const struct talk *t)
{
	return t->open;
}

void talk_init(struct talk *t, enum glyphs glyphs)
{
	*t = (struct talk){.glyphs = glyphs, .body = buf_with_max(0)};
}

void talk_clear(struct talk *t)
{
	forget_steps(t);
	free(t->steps);
	free(t->title);
	free(t->message);
	buf_clear(&t->body);
}
