#include <config.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "ui/wizard_impl.h"

enum { ID_ADDRESS = ID_PAGE };

#define FIELD_WIDTH 44
/* Where the fields begin, behind the longest label. */
#define FIELD_INDENT 18

/* Without TLS only a server on this computer is let through. */
static bool stays_here(const struct wizard *w)
{
	SCOPED(uri) u = {0};

	return !edit_is_empty(&w->server) &&
	       uri_from_person(&u, str_of(edit_text(&w->server)), NULL) &&
	       !u.origin.tls;
}

static void add_order(const struct wizard *w, struct page *p)
{
	SCOPED(uri) u = {0};

	if (edit_is_empty(&w->server) ||
		!uri_from_person(&u, str_of(edit_text(&w->server)), NULL))
		return;
	AUTO_FREE char *typed = uri_text(&u);
	(void)page_add(p, BLOCK_TEXT,
		"I will look for the calendar service in this order");
	struct block *first = page_add(p, BLOCK_NUMBERED, page_copy(p, typed));
	first->number = 1;
	free(u.path);
	u.path = xstrdup("/.well-known/caldav");
	AUTO_FREE char *known = uri_text(&u);
	page_add(p, BLOCK_NUMBERED, page_copy(p, known))->number = 2;
	page_gap(p);
}

static void add_service(struct page *p, const char *name, const char *address)
{
	struct block *b = page_add(p, BLOCK_PAIR, address);

	b->label = name;
	b->indent = 2;
}

static void view(const struct wizard *w, struct page *p)
{
	p->title = "Which server?";
	struct block *b = page_add(p, BLOCK_FIELD, page_copy(p, edit_text(&w->server)));
	b->id = ID_ADDRESS;
	b->label = "Address";
	b->width = FIELD_WIDTH;
	b->caret = edit_position(&w->server);
	words_hint(p, FIELD_INDENT,
		"a host name, a full address, or your e-mail address");
	page_gap(p);
	add_order(w, p);
	(void)page_add(p, BLOCK_TEXT, "Common services");
	add_service(p, "Fastmail", "caldav.fastmail.com, with an app password");
	add_service(p, "Nextcloud", "https://HOST/remote.php/dav");
	add_service(p, "Radicale", "https://HOST/USER/");
	p->message = w->server_problem ? page_copy(p, w->server_problem)
	             : stays_here(w)
	                     ? "Not encrypted, but it does not leave this computer."
	                     : "Only encrypted connections (https) are used.";
	p->message_role = w->server_problem ? ROLE_ATTENTION : ROLE_MUTED;
	(void)page_button(p, ID_CONTINUE, "Continue");
	(void)page_button(p, ID_BACK, "Back");
	page_hint(p, "Enter", "continue");
	page_hint(p, "Tab", "next");
	page_hint(p, "Esc", "back");
	page_hint(p, "F1", "help");
}

static struct edit *field(struct wizard *w, int id)
{
	return id == ID_ADDRESS ? &w->server : NULL;
}

static void changed(struct wizard *w, UNUSED int id)
{
	w->server_problem = NULL;
}

/* Somebody who typed their address as the server's has told us the user name as well.
 */
static void suggest_login(struct wizard *w, struct str typed)
{
	if (edit_is_empty(&w->sign_in.login) && str_find_char(typed, '@') != STR_NONE &&
		str_find_char(typed, '/') == STR_NONE)
		edit_set(&w->sign_in.login, typed);
}

static void press(struct wizard *w, UNUSED int id)
{
	SCOPED(uri) u = {0};
	struct err e = {0};
	const struct str typed = str_trim(str_of(edit_text(&w->server)));

	if (!typed.len)
		(void)err_set(&e, ERR_USAGE, "Type the address of the server.");
	if (!typed.len || !uri_from_person(&u, typed, &e)) {
		(void)snprintf(w->server_why, sizeof(w->server_why), "%s", e.message);
		w->server_problem = w->server_why;
		wizard_focus(w, ID_ADDRESS);
		return;
	}
	AUTO_FREE char *address = str_dup(typed);
	edit_set(&w->server, str_of(address));
	wizard_name_host(w, address);
	suggest_login(w, str_of(address));
	wizard_next(w);
}

static void enter(struct wizard *w, UNUSED bool back)
{
	w->server_problem = NULL;
	/* On a rerun the address that is saved is what there is to mend. */
	if (edit_is_empty(&w->server) && w->account.server)
		edit_set(&w->server, str_of(w->account.server));
}

static const struct help_line help[] = {
	{"dav.example.org", "a host name: https is used"},
	{"https://host/path", "a full address, as the provider's help page gives it"},
	{"you@example.org", "an e-mail address: its domain is asked"},
	{"Ctrl-U", "clear the field"},
	{NULL, NULL},
};

const struct page_ops page_server = {
	.view = view,
	.enter = enter,
	.press = press,
	.field = field,
	.changed = changed,
	.help = help,
};
