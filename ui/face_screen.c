#include <config.h>

#include <stdlib.h>

#include "app/options.h"
#include "base/mem.h"
#include "ui/face.h"
#include "ui/grid.h"
#include "ui/term_curses.h"

/* The full screen: pages become grids, keys become events. */
struct screen {
	struct face face;
	struct term *term; /* owned */
	struct grid grid;
};

static struct screen *screen_of(struct face *f)
{
	return (struct screen *)(void *)f;
}

static const struct term *term_of(const struct face *f)
{
	return ((const struct screen *)(const void *)f)->term;
}

static void release(struct face *f)
{
	struct screen *s = screen_of(f);

	grid_clear(&s->grid);
	term_free(s->term);
	free(s);
}

static void paint(struct face *f, struct page *page, UNUSED int64_t now_ms)
{
	struct screen *s = screen_of(f);
	int width = 0;
	int height = 0;

	term_size(s->term, &width, &height);
	grid_draw(&s->grid, page, width, height, term_glyphs(s->term));
	page_clear(page);
	term_paint(s->term, &s->grid);
}

static enum face_input input(struct face *f, struct wizard_event *event)
{
	struct term_input in = {0};

	term_read(screen_of(f)->term, &in);
	switch (in.kind) {
	case TERM_NOTHING:
		return FACE_NOTHING;
	case TERM_HUNG_UP:
		return FACE_HUNG_UP;
	case TERM_KEY:
	case TERM_PASTE:
		break;
	}
	*event = (struct wizard_event){.kind = in.kind == TERM_PASTE ? EVENT_PASTE
	                                                             : EVENT_KEY,
		.key = in.key,
		.text = in.paste};
	return FACE_EVENT;
}

static bool listens(UNUSED const struct face *f)
{
	return true;
}

static void address(struct face *f, const char *text)
{
	term_show_address(screen_of(f)->term, text);
}

static void suspend(struct face *f)
{
	term_suspend(screen_of(f)->term);
}

static void redraw(struct face *f)
{
	term_redraw(screen_of(f)->term);
}

static void switch_glyphs(struct face *f)
{
	struct term *t = screen_of(f)->term;

	term_set_glyphs(t, term_glyphs(t) == GLYPHS_UTF8 ? GLYPHS_ASCII : GLYPHS_UTF8);
	term_redraw(t);
}

static bool size(const struct face *f, int *width, int *height)
{
	term_size(term_of(f), width, height);
	return true;
}

static void resized(struct face *f)
{
	term_resized(screen_of(f)->term);
}

static void continued(struct face *f)
{
	term_continued(screen_of(f)->term);
}

/* Ctrl-C is a key here; the signal comes from elsewhere and means what it says. */
static bool interrupted(UNUSED struct face *f, UNUSED struct wizard_event *event)
{
	return false;
}

static const struct face_ops ops = {
	.free = release,
	.paint = paint,
	.read = input,
	.listens = listens,
	.address = address,
	.suspend = suspend,
	.redraw = redraw,
	.switch_glyphs = switch_glyphs,
	.size = size,
	.resized = resized,
	.continued = continued,
	.interrupted = interrupted,
};

bool face_screen_open(struct face **f, const struct options *o, struct err *e)
{
	struct term *term = NULL;

	if (!term_open(&term,
		    &(struct term_options){.no_color = o->no_color, .ascii = o->ascii},
		    e))
		return false;
	struct screen *s = xcalloc(1, sizeof(*s));
	s->term = term;
	s->face = (struct face){.ops = &ops,
		.utf8 = term_glyphs(term) == GLYPHS_UTF8,
		.note = term_note(term)};
	*f = &s->face;
	return true;
}
