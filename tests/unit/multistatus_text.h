/*
 * Reads multistatus answers into text: one line a response, with only what it told, and
 * a last line for the whole; however the bytes are cut, the result must be the same.
 */
#ifndef TESTS_UNIT_MULTISTATUS_TEXT_H
#define TESTS_UNIT_MULTISTATUS_TEXT_H

#include <string.h>
#include <sys/resource.h>

#include "dav/multistatus.h"
#include "tests/unit/data.h"

#define XML "<?xml version='1.0' encoding='utf-8'?>"
#define OPEN "<multistatus xmlns='DAV:' xmlns:C='urn:ietf:params:xml:ns:caldav'>"
#define OK "<status>HTTP/1.1 200 OK</status>"
#define NO "<status>HTTP/1.1 404 Not Found</status>"
#define CLOSE "</multistatus>"
#define ITEM(inside) OPEN "<response><href>/a</href>" inside "</response>" CLOSE
#define PROP(inside) ITEM("<propstat><prop>" inside "</prop>" OK "</propstat>")

UNUSED static inline void put(struct buf *out, const char *name, struct str value)
{
	if (value.len)
		buf_printf(out, " %s=" STR_FMT, name, STR_ARG(value));
}

UNUSED static inline void put_number(struct buf *out, const char *name, unsigned value)
{
	if (value)
		buf_printf(out, " %s=%x", name, value);
}

UNUSED static inline bool note(void *ctx, const struct dav_response *r, struct err *e)
{
	struct buf *out = ctx;

	(void)e;
	buf_add(out, r->href);
	if (r->malformed)
		buf_text(out, " malformed");
	if (r->status)
		buf_printf(out, " status=%d", r->status);
	if (r->failed)
		buf_printf(out, " failed=%d", r->failed);
	put_number(out, "found", r->found);
	put_number(out, "absent", r->absent);
	put_number(out, "resource", r->resource);
	put_number(out, "may", r->privileges);
	put_number(out, "comp", r->components);
	put(out, "name", r->displayname);
	put(out, "ctag", r->ctag);
	put(out, "token", r->sync_token);
	put(out, "color", r->color);
	put(out, "order", r->order);
	put(out, "etag", r->etag);
	put(out, "data", r->data);
	put(out, "principal", r->principal);
	for (size_t i = 0; i < r->n_homes; i++)
		put(out, "home", r->homes[i]);
	buf_char(out, '\n');
	return true;
}

/* Feeds `bytes` in pieces, the first of `first` bytes and the others of `step`. */
UNUSED static inline bool read_in(struct str bytes, size_t first, size_t step,
	struct buf *out, struct err *e)
{
	const struct multistatus_sink sink = {.ctx = out, .response = note};
	AUTO(multistatus) *m = multistatus_new(&sink);
	struct multistatus_end end = {0};

	for (size_t size = first; bytes.len; size = step) {
		const struct str part = str_slice(bytes, 0, size);
		bytes = str_from(bytes, part.len);
		if (!multistatus_feed(m, part, e))
			return false;
	}
	if (!multistatus_finish(m, &end, e))
		return false;
	buf_printf(out, "end %zu%s %s\n", end.responses,
		end.stripped ? " stripped" : "", end.sync_token ? end.sync_token : "-");
	multistatus_end_clear(&end);
	assert_null(end.sync_token);
	return true;
}

/* However it is cut, the result is the same. */
UNUSED static inline void check(struct str bytes, const char *expected)
{
	SCOPED(buf) out = buf_with_max(0);
	struct err e = {0};
	const size_t cuts = bytes.len < 3000 ? bytes.len : 0;

	if (!read_in(bytes, bytes.len, bytes.len, &out, &e))
		fail_msg("%s", e.message);
	assert_string_equal(buf_cstr(&out), expected);
	for (size_t step = 1; step < 8; step++) {
		buf_reset(&out);
		assert_true(read_in(bytes, step, step, &out, &e));
		assert_string_equal(buf_cstr(&out), expected);
	}
	for (size_t first = 1; first < cuts; first++) {
		buf_reset(&out);
		assert_true(read_in(bytes, first, bytes.len, &out, &e));
		assert_string_equal(buf_cstr(&out), expected);
	}
}

UNUSED static inline void check_file(const char *name, const char *expected)
{
	SCOPED(buf) bytes = data_read(name);

	check(buf_view(&bytes), expected);
}

/* Refused however it is cut, with this in the message. */
UNUSED static inline void refuse(struct str bytes, const char *words)
{
	const size_t steps[] = {bytes.len ? bytes.len : 1, 1, 2, 3, 5, 1000};

	for (size_t i = 0; i < COUNT_OF(steps); i++) {
		SCOPED(buf) out = buf_with_max(0);
		struct err e = {0};
		if (read_in(bytes, steps[i], steps[i], &out, &e))
			fail_msg("accepted: " STR_FMT,
				STR_ARG(str_slice(bytes, 0, 200)));
		assert_int_equal(e.code, ERR_PROTOCOL);
		if (!strstr(e.message, words))
			fail_msg("%s, not %s: " STR_FMT, e.message, words,
				STR_ARG(str_slice(bytes, 0, 200)));
	}
}

UNUSED static inline void refuse_file(const char *name, const char *words)
{
	SCOPED(buf) bytes = data_read(name);

	refuse(buf_view(&bytes), words);
}

/* The most memory used so far; a sanitizer keeps what was freed, so there it says
 * nothing. */
UNUSED static inline long peak_kilobytes(void)
{
#if defined(__SANITIZE_ADDRESS__)
	return 0;
#else
	struct rusage usage;

	assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
	return usage.ru_maxrss;
#endif
}

UNUSED static inline void repeat(struct buf *out, const char *text, size_t count)
{
	for (size_t i = 0; i < count; i++)
		buf_text(out, text);
}

#endif
