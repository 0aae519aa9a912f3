/*
 * What the page of calendars says about one of them in sentences. Strings live as long
 * as the page.
 */
#ifndef UI_CALENDARS_WORDS_H
#define UI_CALENDARS_WORDS_H

#include "ui/wizard_impl.h"

/* As much of its name as a sentence can take. */
const char *calendars_name(const struct wizard *w, struct page *p,
	const struct choice *item);

/* What its row's columns mean; the second one for 40 columns. */
const char *calendars_describe(const struct wizard *w, struct page *p,
	const struct choice *item);
const char *calendars_describe_briefly(const struct wizard *w, struct page *p,
	const struct choice *item);

/* Where there is room, all about the row; NO_CHOICE = none. */
void calendars_detail(const struct wizard *w, struct page *p, size_t row);

#endif
