#include <config.h>

#include <string.h>

#include "ui/sign_in.h"

enum { ID_LOGIN = ID_PAGE, ID_PASSWORD, ID_REVEAL };

#define FIELD_WIDTH 44
/* Where the fields begin, behind the longest label. */
#define FIELD_INDENT 18
#define GROUP 4
#define BULLET "•"

/* As many bullets as there are characters, in groups when the format is known. */
static const char *mask(const struct wizard *w, struct page *p)
{
	const bool grouped = sign_in_is_grouped(w);
	const size_t count = grouped ? w->sign_in.verdict.letters
	                             : edit_length(&w->sign_in.password);
	char *out = page_room(p, count * (sizeof(BULLET) + 1) + 1);
	size_t len = 0;

	for (size_t i = 0; i < count; i++) {
		if (grouped && i && i % GROUP == 0)
			out[len++] = '-';
		memcpy(out + len, BULLET, sizeof(BULLET) - 1);
		len += sizeof(BULLET) - 1;
	}
	return out;
}

/* The page's arena is wiped with the page; nothing else holds this. */
static const char *revealed(const struct wizard *w, struct page *p)
{
	struct secret *shown = w->sign_in.cleaned;
	char *out = page_room(p, secret_len(shown) + 1);

	memcpy(out, secret_open(shown), secret_len(shown));
	secret_close(shown);
	return out;
}

static size_t caret(const struct wizard *w)
{
	if (!sign_in_is_grouped(w))
		return edit_position(&w->sign_in.password);
	const size_t letters = sign_in_letters_before_caret(w);
	return letters + (letters ? (letters - 1) / GROUP : 0);
}

static void add_login(const struct wizard *w, struct page *p)
{
	const bool icloud = wizard_is_icloud(w);
	struct block *b =
		page_add(p, BLOCK_FIELD, page_copy(p, edit_text(&w->sign_in.login)));

	b->id = ID_LOGIN;
	b->label = icloud ? "Apple Account" : "User name";
	b->width = FIELD_WIDTH;
	b->caret = edit_position(&w->sign_in.login);
	b->good = !sign_in_login_problem(w);
	words_hint(p, FIELD_INDENT,
		icloud ? "the email address you use with Apple (Apple ID)"
		       : "as you sign in at the server");
}

static const char *password_hint(const struct wizard *w)
{
	if (sign_in_keeps_saved(w))
		return "left empty: the stored password stays";
	return wizard_is_icloud(w) ? "app-specific password, like xxxx-xxxx-xxxx-xxxx"
	                           : "an app password, if the service offers them";
}

static void add_password(const struct wizard *w, struct page *p)
{
	const struct sign_in *s = &w->sign_in;
	const char *text = s->reveal ? revealed(w, p) : mask(w, p);
	struct block *b = page_add(p, BLOCK_FIELD, text);

	b->id = ID_PASSWORD;
	b->label = "Password";
	b->secret = true;
	b->optional = sign_in_keeps_saved(w);
	b->width = FIELD_WIDTH;
	b->caret = caret(w);
	b->good = wizard_is_icloud(w) && s->verdict.kind == PASSWORD_GOOD;
	if (sign_in_is_grouped(w) && !b->good)
		b->note = page_format(p, "%u of %d", s->verdict.letters,
			PASSWORD_LETTERS);
	words_hint(p, FIELD_INDENT, password_hint(w));
	page_gap(p);
	struct block *tick = page_add(p, BLOCK_TICK, "Show the password while I type");
	tick->id = ID_REVEAL;
	tick->on = s->reveal;
	tick->screen = true;
	tick->indent = FIELD_INDENT;
	tick->brief = "Show it";
}

static bool looks_normal(const struct wizard *w)
{
	return wizard_is_icloud(w) && w->sign_in.verdict.kind == PASSWORD_FOREIGN;
}

static void add_explanation(const struct wizard *w, struct page *p)
{
	if (looks_normal(w)) {
		struct block *b = page_add(p, BLOCK_TEXT,
			page_format(p,
				"! This looks like your normal Apple password: it has "
				"digits or symbols in it. Apple refuses normal "
				"passwords here. Go back to the password page to make "
				"an app-specific one.%s",
				words_how(w, "",
					" To try it anyway, press Enter on an empty "
					"line.")));
		b->role = ROLE_ATTENTION;
		return;
	}
	page_add(p, BLOCK_TEXT,
		wizard_is_icloud(w) ? "Paste with your terminal's own paste. Spaces, "
				      "line breaks and "
				      "missing dashes are put right for you. The "
				      "password goes only to "
				      "Apple's calendar servers (icloud.com), over "
				      "TLS, and is stored "
				      "encrypted."
				    : page_format(p,
					      "Paste with your terminal's own paste. "
					      "The password goes "
					      "only to %s and is stored encrypted.",
					      words_host(w)))
		->spare = true;
}

static void letters_message(const struct wizard *w, struct page *p)
{
	const unsigned letters = w->sign_in.verdict.letters;
	const bool few = letters < PASSWORD_LETTERS;
	const unsigned off =
		few ? PASSWORD_LETTERS - letters : letters - PASSWORD_LETTERS;

	if (off)
		p->message = page_format(p, "%u %s %s.", off,
			off == 1 ? "letter" : "letters", few ? "to go" : "too many");
	else
		p->message = "Format is right.";
	p->message_role = off ? ROLE_TEXT : ROLE_OK;
}

static const char *doubt_message(const struct wizard *w, struct page *p)
{
	if (looks_normal(w))
		return words_how(w, "Press Enter again to try it anyway.",
			"Type another, or press Enter to choose to try it anyway.");
	if (!w->lines)
		return "An app-specific password has 16 letters. Press Enter "
		       "again to try this one anyway.";
	return page_format(p,
		"An app-specific password has 16 letters; this one has %u. Type it "
		"again, or press Enter to choose to try it anyway.",
		w->sign_in.verdict.letters);
}

static void add_message(const struct wizard *w, struct page *p)
{
	const struct sign_in *s = &w->sign_in;

	if (s->problem) {
		p->message = s->problem;
		p->message_role = ROLE_ATTENTION;
	} else if (s->insist) {
		p->message = doubt_message(w, p);
		p->message_role = ROLE_ATTENTION;
	} else if (looks_normal(w) && !w->lines) {
		p->message = "To try it anyway, press Enter twice.";
	} else if (sign_in_is_grouped(w)) {
		letters_message(w, p);
	}
}

static void view(const struct wizard *w, struct page *p)
{
	const bool doubt = w->sign_in.insist || looks_normal(w);

	p->title = wizard_is_icloud(w) ? "Sign in to iCloud"
	                               : page_format(p, "Sign in to %s", words_host(w));
	add_login(w, p);
	page_gap(p);
	add_password(w, p);
	page_gap(p);
	add_explanation(w, p);
	add_message(w, p);
	(void)page_button(p, ID_CONTINUE, doubt ? "Try anyway" : "Continue");
	if (w->mode != MODE_SETUP && wizard_is_icloud(w))
		(void)page_button(p, ID_NEW_PASSWORD, "Make a new one");
	(void)page_button(p, ID_BACK, "Back");
	page_hint(p, "Tab", "next");
	page_hint(p, "Ctrl-R", "show or hide");
	page_hint(p, "Enter", doubt ? "try anyway" : "continue");
	page_hint(p, "Esc", "back");
	page_hint(p, "Ctrl-U", "clear");
	page_hint(p, "F1", "help");
}

static void enter(struct wizard *w, UNUSED bool back)
{
	struct sign_in *s = &w->sign_in;

	s->reveal = false;
	s->insist = false;
	s->problem = NULL;
	if (edit_is_empty(&s->login) && w->account.login)
		edit_set(&s->login, str_of(w->account.login));
	sign_in_clean(w);
}

static void leave(struct wizard *w)
{
	w->sign_in.reveal = false;
}

static struct edit *field(struct wizard *w, int id)
{
	if (id == ID_LOGIN)
		return &w->sign_in.login;
	return id == ID_PASSWORD ? &w->sign_in.password : NULL;
}

static void changed(struct wizard *w, int id)
{
	w->sign_in.problem = NULL;
	w->sign_in.insist = false;
	if (id == ID_PASSWORD)
		sign_in_clean(w);
}

static void complain(struct wizard *w, int id, const char *problem)
{
	w->sign_in.problem = problem;
	wizard_focus(w, id);
}

/* Apple may change the format one day, so a doubt is told once and never refuses. */
static bool has_doubt(struct wizard *w, int id)
{
	struct sign_in *s = &w->sign_in;

	if (!wizard_is_icloud(w) || s->verdict.kind == PASSWORD_GOOD ||
		sign_in_keeps_saved(w) || s->insist)
		return false;
	if (looks_normal(w) && id == ID_CONTINUE)
		return false;
	s->insist = true;
	return true;
}

static void press(struct wizard *w, int id)
{
	const char *problem = sign_in_login_problem(w);
	const bool no_password =
		edit_is_empty(&w->sign_in.password) && !sign_in_keeps_saved(w);

	w->sign_in.problem = NULL;
	if (id == ID_NEW_PASSWORD) {
		wizard_go(w, PAGE_PASSWORD, false);
	} else if (problem) {
		complain(w, ID_LOGIN, problem);
	} else if (no_password) {
		complain(w, ID_PASSWORD,
			id == ID_LOGIN ? NULL : "Type or paste the password first.");
	} else if (!has_doubt(w, id)) {
		sign_in_take(w);
		wizard_next(w);
	}
}

static void reveal(struct wizard *w)
{
	w->sign_in.reveal = !w->sign_in.reveal;
}

static bool space(struct wizard *w, int id)
{
	if (id != ID_REVEAL)
		return false;
	reveal(w);
	return true;
}

/* The dashes are not the person's, so Backspace goes through them to a letter. */
static bool erase_letter(struct wizard *w, const struct key_press *k)
{
	const unsigned before = sign_in_letters_before_caret(w);

	if (!sign_in_is_grouped(w))
		return false;
	do {
		if (edit_key(&w->sign_in.password, k) != EDIT_CHANGED)
			break;
	} while (sign_in_letters_before_caret(w) == before);
	changed(w, ID_PASSWORD);
	return true;
}

static bool key(struct wizard *w, const struct key_press *k)
{
	const bool in_field = field(w, wizard_focused(w));

	if ((k->key == KEY_CTRL && k->ch == 'r') ||
		(!in_field && k->key == KEY_CHAR && k->ch == 'r')) {
		reveal(w);
		return true;
	}
	if (k->key == KEY_BACKSPACE_ && wizard_focused(w) == ID_PASSWORD)
		return erase_letter(w, k);
	return false;
}

void page_sign_in_again(struct wizard *w)
{
	edit_empty(&w->sign_in.password);
	w->focus[PAGE_SIGN_IN] = ID_PASSWORD;
}

static const struct help_line help[] = {
	{"Ctrl-R", "show or hide the password; r outside the fields"},
	{"Ctrl-U", "clear the field"},
	{"Ctrl-W", "delete the word before the cursor"},
	{"Ctrl-A, Ctrl-E", "to the start, to the end"},
	{"Ctrl-K", "delete what follows the cursor"},
	{"Paste", "blanks, line breaks and missing dashes of an app-specific password "
		  "are put right"},
	{NULL, NULL},
};

const struct page_ops page_sign_in = {
	.view = view,
	.enter = enter,
	.leave = leave,
	.press = press,
	.space = space,
	.key = key,
	.field = field,
	.changed = changed,
	.help = help,
};
