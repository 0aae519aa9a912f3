#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/wizard_impl.h"

enum { ID_FOLDER = ID_PAGE, ID_SYNC, ID_CONFLICT };

#define FOLDER_WIDTH 40
/* Where the fields begin, behind the longest label. */
#define FIELD_INDENT 19

static const int schedules[] = {0, 5, 15, 30, 60};

/* The vdir of what is synced already does not move by typing another name. */
static bool folder_is_fixed(const struct wizard *w)
{
	return w->has_saved && w->mode != MODE_SETUP;
}

static const char *folder_note(const struct option_answers *o)
{
	static const char *const notes[] = {
		[FOLDER_UNKNOWN] = "",
		[FOLDER_MISSING] = "will be made",
		[FOLDER_EMPTY] = "is empty",
		[FOLDER_OURS] = "used before",
		[FOLDER_USED] = "has files",
		[FOLDER_BAD] = "cannot be used",
	};
	return o->problem ? "" : notes[o->state];
}

static void add_folder(const struct wizard *w, struct page *p)
{
	const struct option_answers *o = &w->options;

	if (folder_is_fixed(w)) {
		page_add(p, BLOCK_PAIR, words_path(w, p, w->account.folder))->label =
			"Folder";
		return;
	}
	struct block *b = page_add(p, BLOCK_FIELD, page_copy(p, edit_text(&o->folder)));
	b->id = ID_FOLDER;
	b->label = "Folder";
	b->width = FOLDER_WIDTH;
	b->caret = edit_position(&o->folder);
	b->note = folder_note(o);
	words_hint(p, FIELD_INDENT,
		"one sub-folder per calendar, one .ics file per event");
}

static struct block *add_select(struct page *p, int id, const char *label,
	const char *value)
{
	page_gap(p);
	struct block *b = page_add(p, BLOCK_SELECT, value);
	b->id = id;
	b->label = label;
	return b;
}

/* The words for each value, and for the one that is set if it is between them. */
static const char *values_text(struct page *p, const int *values, size_t count, int now,
	const char *(*words)(struct page *p, int value))
{
	SCOPED(buf) text = buf_with_max(0);
	bool told = false;

	for (size_t i = 0; i < count; i++) {
		if (!told && now < values[i])
			buf_printf(&text, "%s\n", words(p, now));
		told = told || now <= values[i];
		buf_printf(&text, "%s\n", words(p, values[i]));
	}
	if (!told)
		buf_printf(&text, "%s\n", words(p, now));
	return page_copy(p, buf_cstr(&text));
}

static const char *conflict_values(const struct wizard *w, struct page *p)
{
	return page_format(p, "%s\n%s\n%s\n", words_conflict(w, CONFLICT_MERGE),
		words_conflict(w, CONFLICT_SERVER), words_conflict(w, CONFLICT_LOCAL));
}

static const char *conflict_hint(enum conflict_rule rule)
{
	return rule == CONFLICT_MERGE ? "different parts are joined; a clash keeps both"
	                              : "the other version is kept as a copy";
}

static const char *folder_sentence(const struct wizard *w, struct page *p)
{
	const struct option_answers *o = &w->options;
	const char *folder = words_path(w, p, w->account.folder);

	switch (o->state) {
	case FOLDER_UNKNOWN:
		break;
	case FOLDER_MISSING:
		return page_format(p,
			"%s does not exist yet. It will be made, readable only by you.",
			folder);
	case FOLDER_EMPTY:
		return page_format(p, "%s is there and empty.", folder);
	case FOLDER_OURS:
		return page_format(p,
			"%s was used by calwiz before. What is there is compared and "
			"kept.",
			folder);
	case FOLDER_USED:
		return page_format(p,
			"%s has files in it. They stay as they are. Press Enter %s to "
			"use it, "
			"or type another folder.",
			folder, w->lines || o->insist ? "again" : "twice");
	case FOLDER_BAD:
		return page_format(p, "%s cannot be used. %s", folder,
			o->why ? o->why : "");
	}
	return NULL;
}

static void add_message(const struct wizard *w, struct page *p)
{
	const struct option_answers *o = &w->options;

	if (folder_is_fixed(w)) {
		p->message =
			"To move the folder, remove this setup and set it up anew. The "
			"files stay.";
		return;
	}
	p->message = o->problem ? o->problem : folder_sentence(w, p);
	if (o->problem || o->state == FOLDER_USED || o->state == FOLDER_BAD)
		p->message_role = ROLE_ATTENTION;
}

static void view(const struct wizard *w, struct page *p)
{
	const struct account *a = &w->account;

	p->title = "How should it work?";
	add_folder(w, p);
	add_select(p, ID_SYNC, "Sync", words_schedule(p, a->schedule_minutes))->values =
		values_text(p, schedules, COUNT_OF(schedules), a->schedule_minutes,
			words_schedule);
	words_hint(p, FIELD_INDENT,
		a->schedule_minutes
			? "by a systemd timer of yours, or a line in your crontab"
			: "run calwiz --headless whenever you like");
	add_select(p, ID_CONFLICT, "If both changed", words_conflict(w, a->conflict))
		->values = conflict_values(w, p);
	words_hint(p, FIELD_INDENT, conflict_hint(a->conflict));
	add_message(w, p);
	(void)page_button(p, ID_CONTINUE,
		w->mode == MODE_OPTIONS ? "Save" : "Continue");
	(void)page_button(p, ID_BACK, "Back");
	page_hint(p, "↑↓", "field");
	page_hint(p, "←→", "change");
	page_hint(p, "Enter", w->mode == MODE_OPTIONS ? "save" : "continue");
	page_hint(p, "Esc", "back");
	page_hint(p, w->focus[PAGE_OPTIONS] == ID_FOLDER ? "F1" : "?", "help");
}

static void look(struct wizard *w)
{
	w->options.state = FOLDER_UNKNOWN;
	w->options.asked++;
	wizard_push(w, EFFECT_FOLDER, NULL);
}

/* "~" and "~/x" mean the home folder; what is not absolute then has no clear place. */
static char *expand(const struct wizard *w, struct str typed)
{
	if (str_is(typed, "~") || str_starts(typed, STR("~/")))
		return xasprintf("%s" STR_FMT, w->home, STR_ARG(str_from(typed, 1)));
	return str_dup(typed);
}

static bool has_dots(struct str path)
{
	struct str part;

	while (str_split(&path, '/', &part))
		if (str_is(part, "..") || str_is(part, "."))
			return true;
	return false;
}

static const char *path_problem(struct str path)
{
	if (!path.len)
		return "Type the folder your calendar files should live in.";
	if (path.ptr[0] != '/')
		return "Begin the folder with / or ~/ so that it has one clear place.";
	if (has_dots(path))
		return "Write the folder without . and .. in it.";
	if (path.len == 1)
		return "The top folder of this computer cannot be used.";
	return NULL;
}

static void take_folder(struct wizard *w)
{
	struct option_answers *o = &w->options;
	struct str typed = str_trim(str_of(edit_text(&o->folder)));

	while (typed.len > 1 && typed.ptr[typed.len - 1] == '/')
		typed.len--;
	AUTO_FREE char *path = expand(w, typed);
	o->problem = path_problem(str_of(path));
	o->state = FOLDER_UNKNOWN;
	o->insist = false;
	if (o->problem)
		return;
	if (!w->account.folder || strcmp(path, w->account.folder)) {
		free(w->account.folder);
		w->account.folder = take(&path);
		wizard_touch(w);
	}
	look(w);
}

static void enter(struct wizard *w, UNUSED bool back)
{
	struct option_answers *o = &w->options;

	o->going_on = false;
	o->insist = false;
	if (!w->focus[PAGE_OPTIONS])
		w->focus[PAGE_OPTIONS] =
			folder_is_fixed(w) ? (int)ID_SYNC : (int)ID_FOLDER;
	if (folder_is_fixed(w))
		return;
	if (edit_is_empty(&o->folder) && w->account.folder) {
		struct page p = {0};
		edit_set(&o->folder, str_of(words_path(w, &p, w->account.folder)));
		page_clear(&p);
	}
	take_folder(w);
}

static struct edit *field(struct wizard *w, int id)
{
	return id == ID_FOLDER ? &w->options.folder : NULL;
}

static void changed(struct wizard *w, UNUSED int id)
{
	w->options.going_on = false;
	take_folder(w);
}

/* The next value of a table above or below the one that is set, which need not be in
 * it. */
static int step_value(const int *values, size_t count, int now, bool up)
{
	int next = now;

	for (size_t i = 0; i < count; i++) {
		const int v = values[up ? count - 1 - i : i];
		if (up ? v > now : v < now)
			next = v;
	}
	if (next != now)
		return next;
	return values[up ? 0 : count - 1];
}

static bool change_choice(struct wizard *w, int id, bool up)
{
	struct account *a = &w->account;

	switch (id) {
	case ID_SYNC:
		a->schedule_minutes = step_value(schedules, COUNT_OF(schedules),
			a->schedule_minutes, up);
		return true;
	case ID_CONFLICT:
		a->conflict = (enum conflict_rule)((a->conflict + (up ? 1U : 2U)) % 3);
		return true;
	default:
		return false;
	}
}

static bool key(struct wizard *w, const struct key_press *k)
{
	if (k->key != KEY_LEFT_ && k->key != KEY_RIGHT_)
		return false;
	return change_choice(w, wizard_focused(w), k->key == KEY_RIGHT_);
}

static bool space(struct wizard *w, int id)
{
	return change_choice(w, id, true);
}

static void go_on(struct wizard *w)
{
	struct option_answers *o = &w->options;

	if (o->problem || o->state == FOLDER_BAD) {
		wizard_focus(w, ID_FOLDER);
	} else if (o->state == FOLDER_UNKNOWN) {
		/* The answer decides; without one on the way, ask for it. */
		o->going_on = true;
		if (!o->asked)
			look(w);
	} else if (o->state == FOLDER_USED && !o->insist) {
		o->insist = true;
		wizard_focus(w, ID_FOLDER);
	} else {
		wizard_next(w);
	}
}

static void press(struct wizard *w, UNUSED int id)
{
	if (folder_is_fixed(w))
		wizard_next(w);
	else
		go_on(w);
}

void options_folder_seen(struct wizard *w, const struct wizard_event *event)
{
	struct option_answers *o = &w->options;

	if (o->asked)
		o->asked--;
	/* An answer about what was typed before says nothing about what is there now.
	 */
	if (o->asked)
		return;
	o->state = event->folder;
	wizard_keep(&o->why, event->text);
	if (o->going_on && w->page == PAGE_OPTIONS) {
		o->going_on = false;
		go_on(w);
	}
}

static const struct help_line help[] = {
	{"Left, Right", "change a < choice >"},
	{"Folder", "a plain folder of .ics files, which khal, todoman and others read"},
	{"Sync", "a systemd timer of yours, or a line in your crontab, runs calwiz "
		 "--headless"},
	{"If both changed", "what happens when an event was changed here and there"},
	{NULL, NULL},
};

const struct page_ops page_options = {
	.view = view,
	.enter = enter,
	.press = press,
	.space = space,
	.key = key,
	.field = field,
	.changed = changed,
	.help = help,
};
