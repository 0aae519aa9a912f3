#include <config.h>

#include "ui/fold.h"

#include <wctype.h>

#include "base/text.h"

#define LATIN_FIRST 0xc0
#define LATIN_LAST 0x17f

/* The plain letter under each accented one from U+00C0 to U+017F; a blank: none. */
static uint32_t plain_letter(uint32_t c)
{
	static const char letters[] =
		"aaaaaaaceeeeiiiidnooooo ouuuuytsaaaaaaaceeeeiiii"
		"dnooooo ouuuuytyaaaaaaccccccccddddeeeeeeeeeegggg"
		"gggghhhhiiiiiiiiiiiijjkkkllllllllllnnnnnnnnnoooo"
		"oooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

	if (c < LATIN_FIRST || c > LATIN_LAST || letters[c - LATIN_FIRST] == ' ')
		return c;
	return (uint32_t)letters[c - LATIN_FIRST];
}

/* The next character that counts; combining accents do not. 0 at the end. */
static uint32_t next(struct str *rest)
{
	while (rest->len) {
		size_t used = 0;
		const uint32_t c = utf8_next(*rest, &used);
		*rest = str_from(*rest, used);
		if (c >= 0x300 && c <= 0x36f)
			continue;
		if (c == UTF8_BAD)
			return c;
		return plain_letter((uint32_t)towlower((wint_t)c));
	}
	return 0;
}

static bool begins(struct str text, struct str needle)
{
	for (;;) {
		const uint32_t wanted = next(&needle);
		if (!wanted)
			return true;
		if (next(&text) != wanted)
			return false;
	}
}

bool fold_contains(struct str text, struct str needle)
{
	for (;;) {
		if (begins(text, needle))
			return true;
		if (!next(&text))
			return false;
	}
}
