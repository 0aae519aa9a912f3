#include <config.h>

#include "app/answers.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/text.h"
#include "dav/calendar.h"
#include "store/vdir.h"

static size_t smallest(size_t a, size_t b, size_t c)
{
	const size_t ab = a < b ? a : b;
	return ab < c ? ab : c;
}

/* Edit distance, for names short enough to be typing mistakes of each other. */
static size_t distance(struct str a, struct str b)
{
	size_t row[65];

	if (a.len > 64 || b.len > 64)
		return SIZE_MAX;
	for (size_t j = 0; j <= b.len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			const size_t same =
				ascii_lower(a.ptr[i - 1]) != ascii_lower(b.ptr[j - 1]);
			const size_t cost =
				smallest(row[j] + 1, row[j - 1] + 1, diagonal + same);
			diagonal = row[j];
			row[j] = cost;
		}
	}
	return row[b.len];
}

static const struct dav_calendar *find(const struct dav_calendars *list,
	const char *name)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->items[i].name, name) ||
			!strcmp(list->items[i].path, name))
			return &list->items[i];
	return NULL;
}

static const struct dav_calendar *nearest(const struct dav_calendars *list,
	const char *name)
{
	const struct dav_calendar *best = NULL;
	size_t least = strlen(name) / 2 + 1;

	for (size_t i = 0; i < list->count; i++) {
		const struct dav_calendar *c = &list->items[i];
		const size_t far = distance(str_of(c->name), str_of(name));
		if (c->hidden == CALENDAR_SHOWN && far < least) {
			least = far;
			best = c;
		}
	}
	return best;
}

static void no_such(struct answers *a, unsigned line, const char *name,
	const struct dav_calendars *list)
{
	const struct dav_calendar *near = nearest(list, name);

	if (near)
		answers_problem(a, line,
			"calendar \"%s\": no such calendar, did you mean \"%s\"",
			safe(str_of(name)).text, safe(str_of(near->name)).text);
	else
		answers_problem(a, line,
			"calendar \"%s\": no such calendar on the server",
			safe(str_of(name)).text);
}

static bool folder_taken(const struct account *account, const char *folder)
{
	for (size_t i = 0; i < account->n_calendars; i++)
		if (account->calendars[i].folder &&
			!strcasecmp(account->calendars[i].folder, folder))
			return true;
	return false;
}

static char *free_folder(const struct answers *a, const struct answer_calendar *line,
	const char *key)
{
	AUTO_FREE char *base = vdir_folder_for(str_of(line->name), str_of(key));
	char *folder = xstrdup(base);

	for (unsigned n = 2; folder_taken(&a->account, folder); n++) {
		free(folder);
		folder = xasprintf("%s-%u", base, n);
	}
	return folder;
}

static bool is_segment(const char *folder)
{
	return folder[0] && folder[0] != '.' && !strchr(folder, '/') &&
	       strlen(folder) <= VDIR_NAME_MAX && utf8_valid(str_of(folder));
}

static bool usable(struct answers *a, const struct answer_calendar *line,
	const struct dav_calendar *c)
{
	const struct safe_text name = safe(str_of(line->name));

	if (c->hidden != CALENDAR_SHOWN) {
		answers_problem(a, line->line, "calendar \"%s\" cannot be synced: %s",
			name.text, calendar_hidden_text(c->hidden));
		return false;
	}
	if (line->direction == DIRECTION_BOTH && !c->writable) {
		answers_problem(a, line->line,
			"calendar \"%s\" is read-only; write from-server", name.text);
		return false;
	}
	if (line->folder && (!is_segment(line->folder) ||
				    folder_taken(&a->account, line->folder))) {
		answers_problem(a, line->line,
			"folder \"%s\" is not a free folder name; write another",
			safe(str_of(line->folder)).text);
		return false;
	}
	if (account_find_calendar(&a->account, c->path)) {
		answers_problem(a, line->line, "calendar \"%s\" is named twice",
			name.text);
		return false;
	}
	return true;
}

static void resolve_line(struct answers *a, const struct answer_calendar *line,
	const struct dav_calendars *list)
{
	const struct dav_calendar *c = find(list, line->name);

	if (!c) {
		no_such(a, line->line, line->name, list);
		return;
	}
	if (!usable(a, line, c))
		return;
	char *folder =
		line->folder ? xstrdup(line->folder) : free_folder(a, line, c->key);
	struct calendar_choice *choice = account_add_calendar(&a->account);
	choice->path = xstrdup(c->path);
	choice->name = text_safe(str_of(c->name), 0, TEXT_UTF8);
	choice->folder = folder;
	choice->direction = line->direction;
	choice->writable = c->writable;
}

/* The chosen calendar that a name of the file means, or NULL. */
static struct calendar_choice *chosen(struct answers *a,
	const struct dav_calendars *list, const char *name)
{
	const struct dav_calendar *c = find(list, name);
	return c ? account_find_calendar(&a->account, c->path) : NULL;
}

static void resolve_default(struct answers *a, const struct dav_calendars *list)
{
	struct calendar_choice *choice = NULL;

	if (a->default_name) {
		choice = chosen(a, list, a->default_name);
		if (!choice || choice->direction != DIRECTION_BOTH) {
			answers_problem(a, a->default_line,
				"default \"%s\" is not one of the calendars with "
				"direction both",
				safe(str_of(a->default_name)).text);
			return;
		}
	}
	for (size_t i = 0; i < a->account.n_calendars && !choice; i++)
		if (a->account.calendars[i].direction == DIRECTION_BOTH)
			choice = &a->account.calendars[i];
	if (choice)
		choice->new_events = true;
}

static bool consented(struct answers *a, const struct dav_calendars *list,
	const struct calendar_choice *choice)
{
	for (size_t i = 0; i < a->n_consents; i++)
		if (chosen(a, list, a->consents[i].name) == choice)
			return true;
	return false;
}

/* Consent must name exactly the two-way calendars: one too few is no consent, one too
 * many a misunderstanding. */
static void check_consent(struct answers *a, const struct dav_calendars *list)
{
	for (size_t i = 0; i < a->account.n_calendars; i++) {
		const struct calendar_choice *c = &a->account.calendars[i];
		if (c->direction == DIRECTION_BOTH && !consented(a, list, c))
			answers_problem(a, a->consent_line,
				"consent does not name \"%s\", which may be written "
				"to; add it "
				"or make the calendar from-server",
				safe(str_of(c->name)).text);
	}
	for (size_t i = 0; i < a->n_consents; i++) {
		const struct calendar_choice *c = chosen(a, list, a->consents[i].name);
		if (!c || c->direction != DIRECTION_BOTH)
			answers_problem(a, a->consents[i].line,
				"consent names \"%s\", which is not a calendar with "
				"direction both",
				safe(str_of(a->consents[i].name)).text);
	}
}

void answers_resolve(struct answers *a, const struct dav_calendars *calendars)
{
	const size_t before = a->n_problems;

	for (size_t i = 0; i < a->n_calendars; i++)
		resolve_line(a, &a->calendars[i], calendars);
	if (a->n_problems > before)
		return; /* what follows would only repeat the same mistakes */
	resolve_default(a, calendars);
	check_consent(a, calendars);
}
