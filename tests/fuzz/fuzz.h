/*
 * What the fuzz targets share. A target takes any bytes and traps, by abort(), when a
 * promise of the header it exercises does not hold; refusing the bytes is no failure,
 * but a refusal has to say why. Outputs are given just the room the header asks for, so
 * that AddressSanitizer sees a byte too many.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/str.h"
#include "base/text.h"

/* Called by libFuzzer, or by replay.c. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define must(truth) ((truth) ? (void)0 : broken(__FILE__, __LINE__, #truth))

_Noreturn UNUSED static inline void broken(const char *file, int line, const char *what)
{
	(void)fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
	abort();
}

UNUSED static inline struct str input_of(const uint8_t *data, size_t size)
{
	return (struct str){(const char *)data, size};
}

/* Takes one byte off the front as a choice; 0 when there is none. */
UNUSED static inline unsigned take_choice(struct str *input)
{
	const unsigned choice = input->len ? (unsigned char)input->ptr[0] : 0;

	*input = str_from(*input, 1);
	return choice;
}

/* Fit for a terminal: UTF-8 without any unsafe character. */
UNUSED static inline void must_be_safe(struct str text)
{
	while (text.len) {
		size_t used = 0;
		const uint32_t c = utf8_next(text, &used);
		must(c != UTF8_BAD);
		must(!text_is_unsafe(c));
		text = str_from(text, used);
	}
}

/* Success leaves the error alone, a failure sets its code and has words. */
UNUSED static inline void must_tell(bool done, const struct err *e, enum err_code code)
{
	if (done) {
		must(e->code == ERR_NONE);
		return;
	}
	must(e->code == code);
	must(e->message[0] != '\0');
	must(memchr(e->message, '\0', sizeof(e->message)) != NULL);
	must_be_safe(str_of(e->message));
}

#endif
