#include <config.h>

#include <stdint.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/vdir.h"

#define UID_MAX 120
#define FOLDER_MAX 40
#define HASH_BYTES 16

/* Devices on other systems, whatever follows the first dot: the folder may be shared.
 */
static const char *const reserved[] = {"con", "prn", "aux", "nul"};
static const char *const numbered[] = {"com", "lpt"};

static bool is_reserved(struct str name)
{
	const size_t dot = str_find_char(name, '.');
	const struct str stem = dot == STR_NONE ? name : str_slice(name, 0, dot);

	for (size_t i = 0; i < COUNT_OF(reserved); i++)
		if (str_eq_nocase(stem, str_of(reserved[i])))
			return true;
	for (size_t i = 0; i < COUNT_OF(numbered); i++)
		if (stem.len == 4 && str_starts_nocase(stem, str_of(numbered[i])) &&
			ascii_is_digit(stem.ptr[3]))
			return true;
	return false;
}

static bool is_word_char(char c)
{
	return ascii_is_alnum(c) || c == '_' || c == '-';
}

/* Beyond the letters allowed, a name that begins with a hyphen is read as an option by
 * every tool that is given `*`, and a last dot is dropped by some file systems. */
static bool uid_is_plain(struct str uid)
{
	if (!uid.len || uid.len > UID_MAX || !is_word_char(uid.ptr[0]) ||
		uid.ptr[0] == '-' || uid.ptr[uid.len - 1] == '.' || is_reserved(uid))
		return false;
	for (size_t i = 0; i < uid.len; i++)
		if (!is_word_char(uid.ptr[i]) && uid.ptr[i] != '.' && uid.ptr[i] != '@')
			return false;
	return true;
}

static char *hashed(struct str bytes)
{
	const struct digest d = digest_of(bytes);
	char hex[HASH_BYTES * 2 + 1];

	digest_hex(&d, HASH_BYTES, hex);
	return xasprintf("cw-%s.ics", hex);
}

/* The name of the n-th try, or NULL when that try does not apply. A UID that several
 * objects share (or none) is told apart by the href. */
static char *candidate(struct str uid, struct str href, unsigned n)
{
	SCOPED(buf) key = buf_with_max(0);

	if (n == 0)
		return uid_is_plain(uid) ? xasprintf(STR_FMT ".ics", STR_ARG(uid))
		                         : NULL;
	if (n == 1)
		return uid.len ? hashed(uid) : NULL;
	buf_add(&key, uid);
	buf_char(&key, '\0');
	buf_add(&key, href);
	if (n > 2)
		buf_printf(&key, "%c%u", '\0', n);
	return hashed(buf_view(&key));
}

char *vdir_name_for(struct str uid, struct str href,
	bool (*taken)(void *ctx, const char *name), void *ctx)
{
	for (unsigned n = 0;; n++) {
		AUTO_FREE char *name = candidate(uid, href, n);
		if (name && !taken(ctx, name))
			return take(&name);
	}
}

struct base_letter {
	uint16_t first;
	uint16_t last;
	const char *ascii;
};

/* Letters with marks, U+00C0 to U+017F, in both cases where they lie side by side. */
/* clang-format off */
static const struct base_letter letters[] = {
	{0x00c0, 0x00c5, "a"}, {0x00c6, 0x00c6, "ae"}, {0x00c7, 0x00c7, "c"},
	{0x00c8, 0x00cb, "e"}, {0x00cc, 0x00cf, "i"},  {0x00d0, 0x00d0, "d"},
	{0x00d1, 0x00d1, "n"}, {0x00d2, 0x00d6, "o"},  {0x00d8, 0x00d8, "o"},
	{0x00d9, 0x00dc, "u"}, {0x00dd, 0x00dd, "y"},  {0x00de, 0x00de, "th"},
	{0x00df, 0x00df, "ss"},
	{0x00e0, 0x00e5, "a"}, {0x00e6, 0x00e6, "ae"}, {0x00e7, 0x00e7, "c"},
	{0x00e8, 0x00eb, "e"}, {0x00ec, 0x00ef, "i"},  {0x00f0, 0x00f0, "d"},
	{0x00f1, 0x00f1, "n"}, {0x00f2, 0x00f6, "o"},  {0x00f8, 0x00f8, "o"},
	{0x00f9, 0x00fc, "u"}, {0x00fd, 0x00fd, "y"},  {0x00fe, 0x00fe, "th"},
	{0x00ff, 0x00ff, "y"},
	{0x0100, 0x0105, "a"}, {0x0106, 0x010d, "c"},  {0x010e, 0x0111, "d"},
	{0x0112, 0x011b, "e"}, {0x011c, 0x0123, "g"},  {0x0124, 0x0127, "h"},
	{0x0128, 0x0131, "i"}, {0x0132, 0x0133, "ij"}, {0x0134, 0x0135, "j"},
	{0x0136, 0x0138, "k"}, {0x0139, 0x0142, "l"},  {0x0143, 0x014b, "n"},
	{0x014c, 0x0151, "o"}, {0x0152, 0x0153, "oe"}, {0x0154, 0x0159, "r"},
	{0x015a, 0x0161, "s"}, {0x0162, 0x0167, "t"},  {0x0168, 0x0173, "u"},
	{0x0174, 0x0175, "w"}, {0x0176, 0x0178, "y"},  {0x0179, 0x017e, "z"},
	{0x017f, 0x017f, "s"},
	/* Apostrophes and combining marks leave no gap. */
	{0x0027, 0x0027, ""},  {0x2018, 0x2019, ""},   {0x0300, 0x036f, ""},
};
/* clang-format on */

static const struct base_letter *letter_of(uint32_t c)
{
	for (size_t i = 0; i < COUNT_OF(letters); i++)
		if (c >= letters[i].first && c <= letters[i].last)
			return &letters[i];
	return NULL;
}

/* Adds one character's letters, with one hyphen for whatever lay between. */
static void slug_char(struct buf *out, bool *gap, uint32_t c)
{
	const char plain[2] = {c < 0x80 ? ascii_lower((char)c) : '\0', '\0'};
	const struct base_letter *letter = letter_of(c);
	const char *text = letter ? letter->ascii : plain;

	if (!letter && !ascii_is_alnum(plain[0])) {
		*gap = out->len > 0;
		return;
	}
	if (!text[0])
		return;
	if (*gap)
		buf_char(out, '-');
	*gap = false;
	buf_text(out, text);
}

static char *slug(struct str text)
{
	SCOPED(buf) out = buf_with_max(0);
	bool gap = false;

	while (text.len && out.len < FOLDER_MAX) {
		size_t used = 0;
		const uint32_t c = utf8_next(text, &used);
		slug_char(&out, &gap, c);
		text = str_from(text, used);
	}
	struct str s = str_slice(buf_view(&out), 0, FOLDER_MAX);
	while (s.len && s.ptr[s.len - 1] == '-')
		s.len--;
	return is_reserved(s) ? xasprintf("calendar-" STR_FMT, STR_ARG(s)) : str_dup(s);
}

static struct str last_segment(struct str path)
{
	struct str last = {0};
	struct str part;

	while (str_split(&path, '/', &part))
		if (part.len)
			last = part;
	return last;
}

char *vdir_folder_for(struct str displayname, struct str key)
{
	AUTO_FREE char *name = slug(displayname);

	if (name[0])
		return take(&name);
	AUTO_FREE char *from_key = slug(last_segment(key));
	return from_key[0] ? take(&from_key) : xstrdup("calendar");
}
