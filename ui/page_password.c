#include <config.h>

#include "ui/wizard_impl.h"

#define ADDRESS "https://account.apple.com"

/* Apple's labels as their support article 102654 names them. */
static const char *const pictures[] = {
	"┌─ Apple Account ────────────────┐",
	"│   Personal Information         │",
	"│ > Sign-In and Security         │   1  choose this",
	"└────────────────────────────────┘",
	"┌─ Sign-In and Security ─────────┐",
	"│   Two-Factor Authentication On │      must be on",
	"│ > App-Specific Passwords       │   2  then this",
	"└────────────────────────────────┘",
	"┌─ App-Specific Passwords ───────┐",
	"│  (+) Generate                  │   3  press it, type  calwiz",
	"│      xxxx-xxxx-xxxx-xxxx       │   4  the next pages ask for this",
	"└────────────────────────────────┘",
};

static void add_hints(const struct wizard *w, struct page *p)
{
	page_hint(p, "Enter", "continue");
	page_hint(p, "v", w->pictures ? "code and address" : "pictures");
	page_hint(p, "u", "address only");
	if (!w->pictures) {
		page_hint(p, "z", w->qr_big ? "smaller" : "bigger");
		page_hint(p, "i", "invert");
	}
	page_hint(p, "Esc", "back");
	page_hint(p, "?", "help");
}

static void add_step(struct page *p, unsigned number, const char *text)
{
	page_add(p, BLOCK_NUMBERED, text)->number = number;
}

static void view_steps(struct page *p)
{
	p->title = "Make an app-specific password";
	(void)page_add(p, BLOCK_TEXT,
		"Apple lets calendar programs in only with a password made for that "
		"one "
		"program. Your normal Apple password is refused.");
	page_gap(p);
	add_step(p, 1,
		"Point your phone's camera at the code, or open this address in any "
		"browser:");
	page_add(p, BLOCK_LINK, ADDRESS)->indent = 5;
	add_step(p, 2, "Open Sign-In and Security, then App-Specific Passwords");
	add_step(p, 3, "Press Generate or + and name it calwiz");
	add_step(p, 4,
		"Apple shows you xxxx-xxxx-xxxx-xxxx once. Leave it on the screen "
		"for the sign-in page.");
	(void)page_add(p, BLOCK_QR, ADDRESS);
}

static void view_pictures(struct page *p)
{
	p->title = "What you will see at account.apple.com";
	for (size_t i = 0; i < COUNT_OF(pictures); i++)
		page_add(p, BLOCK_FIGURE, pictures[i])->indent = 1;
	(void)page_add(p, BLOCK_TEXT,
		"Apple shows it once. If you lose it, delete it there and make a new "
		"one.");
}

static void view(const struct wizard *w, struct page *p)
{
	if (w->pictures)
		view_pictures(p);
	else
		view_steps(p);
	p->title_note = w->pictures ? "2 of 2" : NULL;
	p->qr_big = w->qr_big && !w->pictures;
	p->qr_inverted = w->qr_inverted;
	(void)page_button(p, ID_CONTINUE, "I have the password");
	(void)page_button(p, ID_BACK, "Back");
	add_hints(w, p);
}

static bool code_key(struct wizard *w, uint32_t ch)
{
	if (w->pictures || (ch != 'z' && ch != 'i'))
		return false;
	if (ch == 'z')
		w->qr_big = !w->qr_big;
	else
		w->qr_inverted = !w->qr_inverted;
	return true;
}

static bool key(struct wizard *w, const struct key_press *k)
{
	if (k->key != KEY_CHAR)
		return false;
	if (k->ch == 'v') {
		w->pictures = !w->pictures;
		w->qr_big = false;
		return true;
	}
	if (k->ch == 'u') {
		wizard_push(w, EFFECT_ADDRESS, ADDRESS);
		return true;
	}
	return code_key(w, k->ch);
}

static bool back(struct wizard *w)
{
	const bool was = w->qr_big || w->pictures;

	w->qr_big = false;
	w->pictures = false;
	return was;
}

static const struct help_line help[] = {
	{"v", "what you will see at Apple, as pictures"},
	{"u", "the address alone on the normal screen, to copy it"},
	{"z", "the code as big as the window allows"},
	{"i", "dark and light of the code swapped"},
	{"Enter", "continue when you have the password"},
	{"Two-factor", "without two-factor authentication Apple does not offer these "
		       "passwords; it can be switched on under Sign-In and Security"},
	{"How many", "25 at a time; changing your Apple password cancels all of them"},
	{NULL, NULL},
};

const struct page_ops page_password = {.view = view,
	.key = key,
	.back = back,
	.help = help};
