#include <config.h>

#include "ui/wizard.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "ui/wizard_impl.h"

#define NAME_MAX_BYTES 250
#define ADDRESS_MAX_BYTES 400
#define PASSWORD_MAX_BYTES 256
#define FOLDER_MAX_BYTES 1000
#define SCHEDULE_DEFAULT 15

static void init_fields(struct wizard *w)
{
	edit_init(&w->server, ADDRESS_MAX_BYTES);
	edit_init(&w->sign_in.login, NAME_MAX_BYTES);
	edit_init_secret(&w->sign_in.password, PASSWORD_MAX_BYTES);
	w->sign_in.cleaned =
		secret_new(PASSWORD_MAX_BYTES + PASSWORD_MAX_BYTES / 4 + 1);
	edit_init(&w->picking.filter, NAME_MAX_BYTES);
	edit_init(&w->picking.folder, NAME_MAX_BYTES);
	edit_init(&w->options.folder, FOLDER_MAX_BYTES);
	choices_init(&w->picking.choices);
	w->picking.folder_row = NO_CHOICE;
}

static void init_account(struct wizard *w, const struct wizard_start *start)
{
	if (start->saved) {
		account_copy(&w->saved, start->saved);
		w->has_saved = true;
		wizard_name_host(w, w->saved.server);
		return;
	}
	w->account.provider = PROVIDER_ICLOUD;
	w->account.folder = xstrdup_or_null(start->folder);
	w->account.schedule_minutes = SCHEDULE_DEFAULT;
	w->account.conflict = CONFLICT_MERGE;
	w->account.unlock = UNLOCK_MACHINE;
}

struct wizard *wizard_new(const struct wizard_start *start)
{
	struct wizard *w = xcalloc(1, sizeof(*w));

	w->home = xstrdup(start->home ? start->home : "");
	w->vault = xstrdup_or_null(start->vault);
	w->key = xstrdup_or_null(start->key);
	wizard_keep(&w->last_sync, str_of(start->last_sync));
	w->attention = start->attention;
	w->lines = start->lines;
	init_fields(w);
	init_account(w, start);
	if (w->has_saved) {
		wizard_menu(w);
	} else {
		w->mode = MODE_SETUP;
		wizard_go(w, PAGE_WELCOME, false);
	}
	wizard_settle_focus(w);
	return w;
}

static void free_fields(struct wizard *w)
{
	edit_clear(&w->server);
	edit_clear(&w->sign_in.login);
	edit_clear(&w->sign_in.password);
	secret_free(w->sign_in.cleaned);
	edit_clear(&w->picking.filter);
	edit_clear(&w->picking.folder);
	edit_clear(&w->options.folder);
	choices_clear(&w->picking.choices);
	free(w->options.why);
}

void wizard_free(struct wizard *w)
{
	if (!w)
		return;
	free_fields(w);
	for (size_t i = 0; i < LINK_STEPS; i++)
		free(w->check.steps[i].detail);
	saving_clear(&w->saving);
	syncing_clear(&w->syncing);
	ending_clear(&w->ending);
	account_clear(&w->account);
	account_clear(&w->saved);
	free(w->home);
	free(w->vault);
	free(w->key);
	free(w->last_sync);
	free(w->schedule);
	free(w->host);
	free(w->message);
	free(w->farewell);
	free(w->effects);
	free(w);
}

void wizard_push(struct wizard *w, enum wizard_effect_kind kind, const char *text)
{
	w->effects =
		xgrow(w->effects, w->n_effects, &w->cap_effects, sizeof(*w->effects));
	w->effects[w->n_effects++] =
		(struct wizard_effect){.kind = kind, .text = text, .status = w->status};
}

bool wizard_effect(struct wizard *w, struct wizard_effect *out)
{
	if (w->next_effect == w->n_effects) {
		w->next_effect = 0;
		w->n_effects = 0;
		return false;
	}
	*out = w->effects[w->next_effect++];
	return true;
}

void wizard_say(struct wizard *w, enum role role, const char *fmt, ...)
{
	char *formatted = NULL;
	va_list args;

	va_start(args, fmt);
	const int len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	formatted = xcalloc((size_t)len + 1, 1);
	va_start(args, fmt);
	(void)vsnprintf(formatted, (size_t)len + 1, fmt, args);
	va_end(args);
	free(w->message);
	w->message = formatted;
	w->message_role = role;
}

void wizard_hush(struct wizard *w)
{
	free(w->message);
	w->message = NULL;
	w->message_role = ROLE_TEXT;
}

void wizard_keep(char **owned, struct str text)
{
	char *kept = text.len ? text_safe(text, 0, TEXT_UTF8) : NULL;

	free(*owned);
	*owned = kept;
}

static void removed(struct wizard *w, const struct err *err)
{
	if (!w->removing)
		return;
	w->removing = false;
	if (err) {
		wizard_say(w, ROLE_ERROR, "%s", err->message);
		return;
	}
	w->removed = true;
	free(w->farewell);
	w->farewell =
		xasprintf("The setup for %s is removed. The calendar files stay.\n",
			w->saved.login ? w->saved.login : "this account");
}

static void size_changed(struct wizard *w, const struct wizard_event *event)
{
	w->width = event->width;
	w->height = event->height;
}

static void dispatch(struct wizard *w, const struct wizard_event *event)
{
	switch (event->kind) {
	case EVENT_KEY:
		wizard_key(w, &event->key);
		break;
	case EVENT_PASTE:
		wizard_paste(w, event->text);
		break;
	case EVENT_TICK:
		if (wizard_ops(w)->tick)
			wizard_ops(w)->tick(w, event->now_ms);
		break;
	case EVENT_SIZE:
		size_changed(w, event);
		break;
	case EVENT_LINK_STEP:
		verify_step(w, event);
		break;
	case EVENT_LINK_DONE:
		verify_done(w, event);
		break;
	case EVENT_FOLDER:
		options_folder_seen(w, event);
		break;
	case EVENT_SAVE_STEP:
		saving_step(w, event);
		break;
	case EVENT_SAVED:
		saving_done(w, event);
		break;
	case EVENT_PROGRESS:
		syncing_progress(w, event->progress);
		break;
	case EVENT_SYNCED:
		syncing_done(w, event);
		break;
	case EVENT_REMOVED:
		removed(w, event->err);
		break;
	case EVENT_FOCUS:
		wizard_focus_if_there(w, event->id);
		break;
	case EVENT_LEAVE:
		wizard_ask_leave(w, false);
		break;
	case EVENT_SCHEDULE:
		free(w->schedule);
		w->schedule = event->err ? text_safe(str_of(event->err->message), 0,
						   TEXT_UTF8)
		                         : str_dup(event->text);
		w->schedule_failed = event->err != NULL;
		return;
	case EVENT_RETURNED:
		break;
	}
}

void wizard_event(struct wizard *w, const struct wizard_event *event)
{
	dispatch(w, event);
	wizard_settle_focus(w);
}

void wizard_view(const struct wizard *w, struct page *p)
{
	*p = (struct page){0};
	if (w->help)
		view_help(w, p);
	else
		wizard_build(w, p);
	if (w->leaving)
		view_leave(w, p);
}

const struct account *wizard_account(const struct wizard *w)
{
	return &w->account;
}

enum wizard_page wizard_page(const struct wizard *w)
{
	return w->page;
}

const char *wizard_farewell(const struct wizard *w)
{
	return w->farewell ? w->farewell : "";
}
