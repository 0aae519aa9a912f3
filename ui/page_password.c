#include <config.h>

#include "ui/wizard_impl.h"

#define ADDRESS "https://account.apple.com"
/* From here on the pictures fit below the steps. */
#define BOTH_WIDTH 120
#define BOTH_HEIGHT 40

/* Apple's labels as their support article 102654 names them. */
static const char *const pictures[] = {
	"┌─ Apple Account ────────────────┐",
	"│   Personal Information         │",
	"│ > Sign-In and Security         │  1  choose this",
	"└────────────────────────────────┘",
	"┌─ Sign-In and Security ─────────┐",
	"│   Two-Factor Authentication On │     must be on",
	"│ > App-Specific Passwords       │  2  then this",
	"└────────────────────────────────┘",
	"┌─ App-Specific Passwords ───────┐",
	"│  (+) Generate                  │  3  press, type calwiz",
	"│      xxxx-xxxx-xxxx-xxxx       │  4  asked for later",
	"└────────────────────────────────┘",
};

/* A large window has them below the steps. */
static bool shows_both(const struct wizard *w)
{
	return w->width >= BOTH_WIDTH && w->height >= BOTH_HEIGHT;
}

static bool pictures_alone(const struct wizard *w)
{
	return w->pictures && !shows_both(w) && wizard_size(w) != SIZE_COMPACT;
}

static void add_hints(const struct wizard *w, struct page *p)
{
	page_hint(p, "Enter", "continue");
	if (!shows_both(w) && wizard_size(w) != SIZE_COMPACT)
		page_hint(p, "v", w->pictures ? "code and address" : "pictures");
	page_hint(p, "u", "address only");
	if (!pictures_alone(w)) {
		page_hint_when(p, "z", "bigger", HINT_BESIDE);
		page_hint_when(p, "z", "QR code", HINT_MISSING);
		page_hint_when(p, "z", "smaller", HINT_ALONE);
		page_hint_when(p, "i", "invert", HINT_CODE);
	}
	page_hint(p, "Esc", "back");
	page_hint(p, "?", "help");
}

static struct block *add_step(struct page *p, unsigned number, const char *text)
{
	struct block *b = page_add(p, BLOCK_NUMBERED, text);

	b->number = number;
	return b;
}

static void add_pictures(struct page *p)
{
	for (size_t i = 0; i < COUNT_OF(pictures); i++)
		page_add(p, BLOCK_FIGURE, pictures[i])->indent = 1;
}

static void view_steps(const struct wizard *w, struct page *p)
{
	p->title = "Make an app-specific password";
	page_add(p, BLOCK_TEXT,
		"Apple lets calendar programs in only with a password made for that "
		"one "
		"program. Your normal Apple password is refused.")
		->spare = true;
	page_gap(p);
	add_step(p, 1, "Open this address in any browser:")->with_code =
		"Point your phone's camera at the code, or open this address in any "
		"browser:";
	page_add(p, BLOCK_LINK, ADDRESS)->indent = 5;
	(void)add_step(p, 2, "Open Sign-In and Security, then App-Specific Passwords");
	(void)add_step(p, 3, "Press Generate or + and name it calwiz");
	(void)add_step(p, 4,
		"Apple shows you xxxx-xxxx-xxxx-xxxx once. Leave it on the screen "
		"for the sign-in page.");
	page_add(p, BLOCK_QR, ADDRESS)->on = true;
	if (!shows_both(w))
		return;
	page_gap(p);
	(void)page_add(p, BLOCK_TEXT, "What you will see");
	page_gap(p);
	add_pictures(p);
}

static void view_pictures(struct page *p)
{
	p->title = "What you will see at account.apple.com";
	p->headline = true;
	add_pictures(p);
	(void)page_add(p, BLOCK_TEXT,
		"Apple shows it once. If you lose it, delete it there and make a new "
		"one.");
}

static void view(const struct wizard *w, struct page *p)
{
	const bool alone = pictures_alone(w);

	if (alone)
		view_pictures(p);
	else
		view_steps(w, p);
	p->title_note = alone ? "2 of 2" : NULL;
	p->qr_big = w->qr_big && !alone;
	p->qr_inverted = w->qr_inverted;
	(void)page_button(p, ID_CONTINUE, "I have the password");
	(void)page_button(p, ID_BACK, "Back");
	add_hints(w, p);
}

static bool code_key(struct wizard *w, uint32_t ch)
{
	if (pictures_alone(w) || (ch != 'z' && ch != 'i'))
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
		if (shows_both(w) || wizard_size(w) == SIZE_COMPACT)
			return true;
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
	const bool was = w->qr_big || pictures_alone(w);

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
