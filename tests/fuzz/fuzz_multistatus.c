/*
 * The answer is read twice, in one piece and in pieces whose sizes the bytes choose:
 * how a network cuts an answer must not change what it says.
 */
#include <config.h>

#include "base/buf.h"
#include "dav/calendar.h"
#include "dav/multistatus.h"
#include "tests/fuzz/fuzz.h"

struct reading {
	struct buf told; /* every response as text, for comparison */
	size_t responses;
	bool whole;
};

static void put(struct buf *out, struct str value)
{
	must(utf8_valid(value));
	buf_printf(out, "%zu:", value.len);
	buf_add(out, value);
}

static bool on_response(void *ctx, const struct dav_response *r, struct err *e)
{
	struct reading *reading = ctx;
	const struct str fields[] = {r->href, r->displayname, r->ctag, r->sync_token,
		r->color, r->order, r->etag, r->data, r->principal};

	(void)e;
	must(r->malformed || r->href.len);
	must(!(r->found & r->absent));
	must(r->n_homes <= DAV_HOMES_MAX);
	must(r->status == 0 || (r->status >= 100 && r->status <= 999));
	reading->responses++;
	buf_printf(&reading->told, "%d %u %u %d %d %u %u %u ", r->status, r->found,
		r->absent, r->failed, r->malformed, r->resource, r->privileges,
		r->components);
	for (size_t i = 0; i < COUNT_OF(fields); i++)
		put(&reading->told, fields[i]);
	for (size_t i = 0; i < r->n_homes; i++)
		put(&reading->told, r->homes[i]);
	free(calendar_color(r->color));
	return true;
}

static bool feed(struct multistatus *m, struct str bytes, bool in_pieces, struct err *e)
{
	unsigned seed = (unsigned)bytes.len;

	while (bytes.len) {
		seed = seed * 1103515245U + (unsigned char)bytes.ptr[0] + 12345U;
		const size_t size = in_pieces ? 1 + (seed >> 16) % 29 : bytes.len;
		if (!multistatus_feed(m, str_slice(bytes, 0, size), e))
			return false;
		bytes = str_from(bytes, size);
	}
	return true;
}

static void read_answer(struct reading *reading, struct str bytes, bool in_pieces)
{
	const struct multistatus_sink sink = {.ctx = reading, .response = on_response};
	AUTO(multistatus) *m = multistatus_new(&sink);
	struct multistatus_end end = {0};
	struct err e = {0};

	*reading = (struct reading){.told = buf_with_max(0)};
	reading->whole =
		feed(m, bytes, in_pieces, &e) && multistatus_finish(m, &end, &e);
	must_tell(reading->whole, &e, ERR_PROTOCOL);
	if (!reading->whole) {
		must(!end.sync_token);
		return;
	}
	must(end.responses == reading->responses);
	put(&reading->told, str_of(end.sync_token));
	buf_printf(&reading->told, "%d", end.stripped);
	multistatus_end_clear(&end);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct str bytes = input_of(data, size);
	struct reading once;
	struct reading pieces;

	read_answer(&once, bytes, false);
	read_answer(&pieces, bytes, true);
	must(once.whole == pieces.whole);
	must(!once.whole || str_eq(buf_view(&once.told), buf_view(&pieces.told)));
	buf_clear(&once.told);
	buf_clear(&pieces.told);
	(void)dav_error_read(bytes);
	(void)dav_is_web_page(bytes, NULL);
	return 0;
}
