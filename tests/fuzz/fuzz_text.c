/* The first byte chooses how wide and in which characters, the others are the text. */
#include <config.h>

#include <locale.h>

#include "tests/fuzz/fuzz.h"

static void check_safe(struct str clean, int max_cols, enum text_charset charset)
{
	must(clean.len > 0);
	must_be_safe(clean);
	must(max_cols == 0 || text_width(clean) <= max_cols);
	must(clean.ptr[0] != ' ');
	must(str_find(clean, STR("  ")) == STR_NONE);
	for (size_t i = 0; charset == TEXT_ASCII && i < clean.len; i++)
		must((unsigned char)clean.ptr[i] < 0x80);
}

/* The longest prefix: within the columns, whole characters, and no room for more. */
static void check_fit(struct str clean, int cols)
{
	const struct str fit = text_fit(clean, cols);

	must(fit.ptr == clean.ptr && fit.len <= clean.len);
	must(text_width(fit) <= cols);
	must(utf8_valid(fit));
	if (fit.len == clean.len)
		return;
	size_t used = 0;
	const uint32_t next = utf8_next(str_from(clean, fit.len), &used);
	must(text_width(fit) + text_char_width(next) > cols);
}

static void check_message(struct str bytes)
{
	const struct safe_text message = safe(bytes);

	must(memchr(message.text, '\0', sizeof(message.text)) != NULL);
	check_safe(str_of(message.text), 72, TEXT_UTF8);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = input_of(data, size);
	const unsigned choice = take_choice(&bytes);
	const enum text_charset charset = choice & 1 ? TEXT_ASCII : TEXT_UTF8;
	const int max_cols = (int)(choice >> 1);

	must(setlocale(LC_CTYPE, "C.UTF-8") != NULL);
	AUTO_FREE char *clean = text_safe(bytes, max_cols, charset);
	check_safe(str_of(clean), max_cols, charset);
	AUTO_FREE char *again = text_safe(str_of(clean), max_cols, charset);
	must(!strcmp(clean, again));
	check_fit(str_of(clean), (int)(choice % 40));
	check_message(bytes);
	return 0;
}
