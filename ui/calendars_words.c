#include <config.h>

#include "ui/calendars_words.h"

#include "base/mem.h"
#include "base/text.h"

#define SENTENCE_COLUMNS 40
#define BRIEF_COLUMNS 20

const char *calendars_name(const struct wizard *w, struct page *p,
	const struct choice *item)
{
	const int cols =
		wizard_size(w) == SIZE_COMPACT ? BRIEF_COLUMNS : SENTENCE_COLUMNS;
	AUTO_FREE char *cut = text_safe(str_of(item->name), cols, TEXT_UTF8);

	return page_copy(p, cut);
}

const char *calendars_describe(const struct wizard *w, struct page *p,
	const struct choice *item)
{
	const char *name = calendars_name(w, p, item);

	if (item->gone)
		return page_format(p,
			"%s is not on %s any more. Untick it to let it go; its files "
			"stay.",
			name, words_place(w));
	if (!item->writable)
		return page_format(p, "%s: you may read it. Changes come from %s only.",
			name, words_place(w));
	if (item->direction == DIRECTION_FROM_SERVER)
		return page_format(p, "%s: changes made here are not sent.", name);
	return page_format(p, "%s: you may change it. Changes go both ways.", name);
}

const char *calendars_describe_briefly(const struct wizard *w, struct page *p,
	const struct choice *item)
{
	const char *name = calendars_name(w, p, item);

	if (item->gone)
		return page_format(p, "%s is gone; untick it", name);
	if (!item->writable)
		return page_format(p, "%s: you may only read it", name);
	return page_format(p,
		item->direction == DIRECTION_BOTH ? "%s: changes go both ways"
						  : "%s: changes here stay here",
		name);
}

void calendars_detail(const struct wizard *w, struct page *p, size_t row)
{
	if (wizard_size(w) != SIZE_WIDE || row == NO_CHOICE)
		return;
	const struct choice *item = &w->picking.choices.items[row];
	page_gap(p);
	page_add(p, BLOCK_TEXT, calendars_name(w, p, item))->role = ROLE_TITLE;
	page_add(p, BLOCK_TEXT,
		item->gone       ? page_format(p, "not on %s any more", words_place(w))
		: item->writable ? "you may change it"
				 : "you may read it, not change it")
		->indent = 2;
	if (item->saved || item->fresh)
		page_add(p, BLOCK_TEXT,
			item->saved ? "synced already" : "new since you last chose")
			->indent = 2;
	page_add(p, BLOCK_TEXT,
		item->ticked
			? page_format(p, "folder  %s/%s",
				  words_path(w, p, w->account.folder), item->folder)
			: "not ticked: it is not synced")
		->indent = 2;
}
