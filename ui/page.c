#include <config.h>

#include "ui/page.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/secret.h"

void page_clear(struct page *p)
{
	for (size_t i = 0; i < p->n_arena; i++) {
		wipe(p->arena[i], strlen(p->arena[i]));
		free(p->arena[i]);
	}
	free(p->arena);
	free(p->blocks);
	*p = (struct page){0};
}

/* Takes a string of its own. */
static char *keep(struct page *p, char *text)
{
	p->arena = xgrow(p->arena, p->n_arena, &p->cap_arena, sizeof(*p->arena));
	p->arena[p->n_arena++] = text;
	return text;
}

const char *page_copy(struct page *p, const char *text)
{
	return keep(p, xstrdup(text));
}

const char *page_format(struct page *p, const char *fmt, ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, fmt);
	const int len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	text = page_room(p, (size_t)len + 1);
	va_start(args, fmt);
	(void)vsnprintf(text, (size_t)len + 1, fmt, args);
	va_end(args);
	return text;
}

char *page_room(struct page *p, size_t size)
{
	return keep(p, xcalloc(size, 1));
}

struct block *page_add(struct page *p, enum block_kind kind, const char *text)
{
	p->blocks = xgrow(p->blocks, p->n_blocks, &p->cap_blocks, sizeof(*p->blocks));
	struct block *b = &p->blocks[p->n_blocks++];
	*b = (struct block){.kind = kind, .role = ROLE_TEXT, .text = text};
	return b;
}

void page_gap(struct page *p)
{
	(void)page_add(p, BLOCK_GAP, NULL);
}

struct button *page_button(struct page *p, int id, const char *label)
{
	struct button *b = p->dialog.open ? p->dialog.buttons : p->buttons;
	size_t *count = p->dialog.open ? &p->dialog.n_buttons : &p->n_buttons;

	if (*count == PAGE_BUTTONS)
		return NULL;
	b += (*count)++;
	*b = (struct button){.id = id, .label = label};
	return b;
}

void page_hint(struct page *p, const char *key, const char *word)
{
	page_hint_when(p, key, word, HINT_ALWAYS);
}

void page_hint_when(struct page *p, const char *key, const char *word,
	enum hint_when when)
{
	if (p->n_hints < PAGE_HINTS)
		p->hints[p->n_hints++] =
			(struct hint){.key = key, .word = word, .when = when};
}

static size_t add_id(int id, int *ids, size_t count, size_t room)
{
	if (!id || count == room)
		return count;
	ids[count] = id;
	return count + 1;
}

/* An open question takes the focus from everything below it. */
size_t page_focus_order(const struct page *p, int *ids, size_t room)
{
	size_t count = 0;

	if (p->dialog.open) {
		for (size_t i = 0; i < p->dialog.n_buttons; i++)
			count = add_id(p->dialog.buttons[i].id, ids, count, room);
		return count;
	}
	for (size_t i = 0; i < p->n_blocks; i++)
		count = add_id(p->blocks[i].id, ids, count, room);
	for (size_t i = 0; i < p->n_buttons; i++)
		count = add_id(p->buttons[i].id, ids, count, room);
	return count;
}
