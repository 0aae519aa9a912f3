#include <config.h>

#include "ui/wizard_impl.h"

static enum step_state step_of(enum progress_state state)
{
	switch (state) {
	case PROGRESS_WAITING:
		return STEP_WAITING;
	case PROGRESS_RUNNING:
		return STEP_RUNNING;
	case PROGRESS_DONE:
		return STEP_DONE;
	case PROGRESS_FAILED:
		break;
	}
	return STEP_FAILED;
}

static const char *line_note(const struct sync_line *line, struct page *p)
{
	const char *skipped =
		line->skipped ? page_format(p, ", %zu skipped", line->skipped) : "";

	switch (line->state) {
	case PROGRESS_WAITING:
		return NULL;
	case PROGRESS_RUNNING:
		if (!line->total)
			return "reading the list";
		return page_format(p, "%zu of %zu%s", line->done, line->total, skipped);
	case PROGRESS_DONE:
		return line->total
		               ? page_format(p, "%zu %s%s", line->done,
					 line->done == 1 ? "event" : "events", skipped)
		               : NULL;
	case PROGRESS_FAILED:
		break;
	}
	return line->problem ? page_copy(p, line->problem) : "failed";
}

/* A bar needs a total that no calendar will still add to. Until then it counts the
 * calendars, so that it never goes back. */
static void add_bar(const struct syncing *s, struct page *p)
{
	size_t finished = 0;

	if (s->n_lines == 1) {
		if (!s->lines[0].total)
			return;
		struct block *b = page_add(p, BLOCK_PROGRESS, "events");
		b->done = s->lines[0].done;
		b->total = s->lines[0].total;
		page_gap(p);
		return;
	}
	for (size_t i = 0; i < s->n_lines; i++)
		finished += s->lines[i].state == PROGRESS_DONE ||
		            s->lines[i].state == PROGRESS_FAILED;
	struct block *b = page_add(p, BLOCK_PROGRESS, "calendars");
	b->done = finished;
	b->total = s->n_lines;
	page_gap(p);
}

static void view(const struct wizard *w, struct page *p)
{
	const struct syncing *s = &w->syncing;

	p->busy = true;
	p->stopping = s->stopping;
	p->title = w->mode == MODE_SETUP ? "First sync" : "Sync";
	add_bar(s, p);
	for (size_t i = 0; i < s->n_lines; i++) {
		struct block *b = page_add(p, BLOCK_STEP,
			s->lines[i].name ? page_copy(p, s->lines[i].name)
					 : "(unnamed)");
		b->state = step_of(s->lines[i].state);
		b->note = line_note(&s->lines[i], p);
		b->indent = 2;
	}
	page_gap(p);
	(void)page_add(p, BLOCK_TEXT,
		"You can stop safely: finished events stay, the rest comes next time.");
	p->message = s->stopping ? "Stopping safely." : "Downloading.";
	(void)page_button(p, ID_STOP, "Stop safely");
	page_hint(p, "Esc", "stop safely");
	page_hint(p, "?", "help");
}

static void enter(struct wizard *w, UNUSED bool back)
{
	wizard_sync(w);
}

static void stop(struct wizard *w)
{
	if (!w->syncing.running || w->syncing.stopping)
		return;
	w->syncing.stopping = true;
	wizard_push(w, EFFECT_SYNC_STOP, NULL);
}

static void press(struct wizard *w, UNUSED int id)
{
	stop(w);
}

static bool back(struct wizard *w)
{
	stop(w);
	return true;
}

static const struct help_line help[] = {
	{"Esc, Enter", "stop safely: what has arrived stays, the rest comes next time"},
	{NULL, NULL},
};

const struct page_ops page_sync = {.view = view,
	.enter = enter,
	.press = press,
	.back = back,
	.help = help};
