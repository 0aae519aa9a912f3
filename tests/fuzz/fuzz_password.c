#include <config.h>

#include "base/mem.h"
#include "cal/password.h"
#include "tests/fuzz/fuzz.h"

/* Exactly the room the header asks for. */
static char *cleaned_of(struct str raw, size_t *len)
{
	const size_t room = raw.len + raw.len / 4 + 1;
	char *out = xmalloc(room);

	*len = password_clean(raw, out);
	must(*len < room);
	must(out[*len] == '\0');
	return out;
}

/* Letters in fours, or what was typed. */
static void check_form(struct str cleaned, enum password_kind kind)
{
	if (kind == PASSWORD_FOREIGN) {
		const char last = cleaned.ptr[cleaned.len - 1];
		must(cleaned.len && last != '\n' && last != '\r');
		return;
	}
	for (size_t i = 0; i < cleaned.len; i++) {
		const char c = cleaned.ptr[i];
		must(i % 5 == 4 ? c == '-' : ascii_is_alpha(c) && !ascii_is_upper(c));
	}
	must(!str_ends(cleaned, STR("-")));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t len = 0;
	size_t len_again = 0;
	AUTO_FREE char *out = cleaned_of(input_of(data, size), &len);
	const struct str cleaned = {out, len};
	AUTO_FREE char *again = cleaned_of(cleaned, &len_again);
	const struct password_verdict verdict = password_judge(cleaned);

	must(str_eq(cleaned, (struct str){again, len_again}));
	must(verdict.letters <= len);
	must((verdict.kind == PASSWORD_EMPTY) == (len == 0));
	must(verdict.kind != PASSWORD_GOOD ||
		(len == PASSWORD_LEN && verdict.letters == PASSWORD_LETTERS));
	check_form(cleaned, verdict.kind);
	(void)password_judge(input_of(data, size));
	return 0;
}
