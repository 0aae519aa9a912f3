#include <config.h>

#include "ui/list.h"
#include "ui/wizard_impl.h"

/* About what a page of a list shows on a small terminal. */
#define LIST_STEP 8
#define LOOK_STEP 3

static int *focus_slot(struct wizard *w)
{
	if (w->leaving)
		return &w->leaving_focus;
	return w->help ? &w->help_focus : &w->focus[w->page];
}

int wizard_focused(const struct wizard *w)
{
	if (w->leaving)
		return w->leaving_focus;
	return w->help ? w->help_focus : w->focus[w->page];
}

void wizard_focus(struct wizard *w, int id)
{
	*focus_slot(w) = id;
}

const struct block *page_block(const struct page *p, int id)
{
	for (size_t i = 0; id && i < p->n_blocks; i++)
		if (p->blocks[i].id == id)
			return &p->blocks[i];
	return NULL;
}

/* Blocks that Tab takes as one: it comes in where the person last was. */
static bool is_grouped(enum block_kind kind)
{
	return kind == BLOCK_RADIO || kind == BLOCK_ROW || kind == BLOCK_MENU ||
	       kind == BLOCK_PAIR;
}

static bool has(const int *ids, size_t count, int id)
{
	for (size_t i = 0; i < count; i++)
		if (ids[i] == id)
			return true;
	return false;
}

/* The likeliest next thing: an empty field, the chosen one, a list, else the primary
 * button. */
static int first_focus(const struct wizard *w, const struct page *p)
{
	for (size_t i = 0; i < p->n_blocks; i++) {
		const struct block *b = &p->blocks[i];
		if (b->id && b->kind == BLOCK_FIELD && !b->text[0])
			return b->id;
		if (b->id && b->kind == BLOCK_RADIO && b->on)
			return b->id;
		if (b->id && (b->kind == BLOCK_ROW || b->kind == BLOCK_MENU))
			return page_block(p, w->row[w->page]) ? w->row[w->page] : b->id;
	}
	return p->n_buttons ? p->buttons[0].id : p->n_blocks ? p->blocks[0].id : 0;
}

void wizard_settle_focus(struct wizard *w)
{
	struct page p;
	int ids[FOCUS_MAX];

	wizard_view(w, &p);
	const size_t count = page_focus_order(&p, ids, COUNT_OF(ids));
	int *focus = focus_slot(w);
	if (!has(ids, count, *focus))
		*focus = p.dialog.open ? p.dialog.buttons[0].id : first_focus(w, &p);
	const struct block *b = page_block(&p, *focus);
	if (b && is_grouped(b->kind) && !w->help)
		w->row[w->page] = *focus;
	page_clear(&p);
}

void wizard_focus_if_there(struct wizard *w, int id)
{
	struct page p;
	int ids[FOCUS_MAX];

	wizard_view(w, &p);
	if (has(ids, page_focus_order(&p, ids, COUNT_OF(ids)), id)) {
		if (!w->help && !w->leaving)
			wizard_hush(w);
		wizard_focus(w, id);
	}
	page_clear(&p);
}

struct stops {
	int ids[FOCUS_MAX];
	size_t count;
	size_t at; /* the one with the focus */
};

/* The id Tab goes to when it comes into the group of blocks [from, to). */
static int way_in(const struct wizard *w, const struct page *p, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (p->blocks[i].kind == BLOCK_RADIO && p->blocks[i].on)
			return p->blocks[i].id;
	for (size_t i = from; i < to; i++)
		if (p->blocks[i].id == w->row[w->page])
			return p->blocks[i].id;
	return p->blocks[from].id;
}

static bool same_group(const struct page *p, size_t a, size_t b)
{
	return is_grouped(p->blocks[a].kind) && p->blocks[b].id &&
	       p->blocks[a].kind == p->blocks[b].kind;
}

static void collect_stops(const struct wizard *w, const struct page *p, struct stops *s)
{
	size_t i = 0;

	while (i < p->n_blocks && s->count < FOCUS_MAX - PAGE_BUTTONS) {
		size_t end = i + 1;
		while (p->blocks[i].id && end < p->n_blocks && same_group(p, i, end))
			end++;
		for (size_t j = i; j < end; j++)
			if (p->blocks[j].id && p->blocks[j].id == p->focus)
				s->at = s->count;
		if (p->blocks[i].id)
			s->ids[s->count++] = way_in(w, p, i, end);
		i = end;
	}
	for (size_t j = 0; j < p->n_buttons; j++) {
		if (p->buttons[j].id == p->focus)
			s->at = s->count;
		s->ids[s->count++] = p->buttons[j].id;
	}
}

void wizard_tab(struct wizard *w, bool forward)
{
	struct page p;
	struct stops s = {.count = 0};

	wizard_view(w, &p);
	if (p.dialog.open)
		s.count = page_focus_order(&p, s.ids, FOCUS_MAX);
	else
		collect_stops(w, &p, &s);
	for (size_t i = 0; p.dialog.open && i < s.count; i++)
		if (s.ids[i] == p.focus)
			s.at = i;
	if (s.count)
		wizard_focus(w, s.ids[(s.at + (forward ? 1 : s.count - 1)) % s.count]);
	page_clear(&p);
}

/* Into a group of radio buttons from outside: the chosen one, so that passing through
 * never changes an answer. */
static int arrive(const struct wizard *w, const struct page *p, int from, int to)
{
	const struct block *a = page_block(p, from);
	const struct block *b = page_block(p, to);

	if (!b || b->kind != BLOCK_RADIO || (a && a->kind == BLOCK_RADIO))
		return to;
	return way_in(w, p, 0, p->n_blocks);
}

static size_t find_id(const int *ids, size_t count, int id)
{
	for (size_t i = 0; i < count; i++)
		if (ids[i] == id)
			return i;
	return 0;
}

void wizard_move(struct wizard *w, bool down)
{
	struct page p;
	int ids[FOCUS_MAX];

	wizard_view(w, &p);
	const size_t count = page_focus_order(&p, ids, COUNT_OF(ids));
	const size_t at = find_id(ids, count, p.focus);
	const size_t first_button = count - (p.dialog.open ? 0 : p.n_buttons);

	if (down ? at + 1 < count : at > 0) {
		size_t to = down ? at + 1 : at - 1;
		/* From any button Up goes back to what is above them. */
		if (!down && !p.dialog.open && at >= first_button && first_button > 0)
			to = first_button - 1;
		wizard_focus(w, arrive(w, &p, p.focus, ids[to]));
	}
	page_clear(&p);
}

bool wizard_list_key(struct wizard *w, const struct key_press *key)
{
	struct page p;
	bool moved = false;

	wizard_view(w, &p);
	const struct block *b = page_block(&p, p.focus);
	if (b && !p.dialog.open && is_grouped(b->kind)) {
		const size_t at = (size_t)(b - p.blocks);
		size_t first = at;
		size_t end = at + 1;
		while (first > 0 && same_group(&p, at, first - 1))
			first--;
		while (end < p.n_blocks && same_group(&p, at, end))
			end++;
		const size_t row = list_move(end - first, at - first, LIST_STEP, key);
		moved = row != LIST_NONE;
		if (moved)
			wizard_focus(w, p.blocks[first + row].id);
	}
	page_clear(&p);
	return moved;
}

enum block_kind wizard_focused_kind(const struct wizard *w)
{
	struct page p;

	wizard_view(w, &p);
	const struct block *b = page_block(&p, p.focus);
	const enum block_kind kind = b ? b->kind : BLOCK_GAP;
	page_clear(&p);
	return kind;
}

bool wizard_move_button(struct wizard *w, bool right)
{
	struct page p;
	bool moved = false;

	wizard_view(w, &p);
	const struct button *buttons = p.dialog.open ? p.dialog.buttons : p.buttons;
	const size_t count = p.dialog.open ? p.dialog.n_buttons : p.n_buttons;
	for (size_t i = 0; i < count && !moved; i++) {
		if (buttons[i].id != p.focus || (right ? i + 1 == count : i == 0))
			continue;
		wizard_focus(w, buttons[right ? i + 1 : i - 1].id);
		moved = true;
	}
	page_clear(&p);
	return moved;
}

void wizard_look(struct wizard *w, bool down)
{
	struct page p;

	wizard_view(w, &p);
	const size_t last = p.n_blocks ? p.n_blocks - 1 : 0;
	if (down)
		w->look = w->look + LOOK_STEP < last ? w->look + LOOK_STEP : last;
	else
		w->look = w->look > LOOK_STEP ? w->look - LOOK_STEP : 0;
	page_clear(&p);
}
