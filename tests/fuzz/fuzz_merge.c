/*
 * Three texts of one object, base, here and there, with lines of SEPARATOR between.
 * What is missing is a copy of the first.
 */
#include <config.h>

#include "base/mem.h"
#include "cal/change.h"
#include "cal/meaning.h"
#include "cal/mend.h"
#include "cal/merge.h"
#include "cal/scan.h"
#include "tests/fuzz/fuzz.h"

#define SEPARATOR STR("=====\n")
#define TEXTS 3

static void split(struct str input, struct str texts[TEXTS])
{
	for (size_t i = 0; i < TEXTS; i++) {
		const size_t at = i + 1 < TEXTS ? str_find(input, SEPARATOR) : STR_NONE;
		texts[i] = i && !input.len ? texts[0] : str_slice(input, 0, at);
		input = at == STR_NONE ? STR("") : str_from(input, at + SEPARATOR.len);
	}
}

static bool same(struct str a, struct str b)
{
	const struct digest first = cal_meaning(a);
	const struct digest second = cal_meaning(b);

	return digest_equal(&first, &second);
}

static void check_names(const struct merge_names *names)
{
	must(names->count <= MERGE_NAMES_MAX);
	for (size_t i = 0; i < names->count; i++) {
		const char *name = names->items[i].name;
		must(name[0] != '\0');
		must(memchr(name, '\0', MERGE_NAME_SIZE) != NULL);
		for (; *name; name++)
			must(ascii_is_digit(*name) || ascii_is_upper(*name) ||
				*name == '-' || ascii_is_alpha(*name));
	}
}

static void check_written(struct str there, struct str merged)
{
	AUTO_FREE struct cal_scan *before = xmalloc(sizeof(*before));
	AUTO_FREE struct cal_scan *after = xmalloc(sizeof(*after));

	must(cal_scan(there, before) == CAL_OK);
	must(cal_scan(merged, after) == CAL_OK);
	must(!strcmp(before->uid, after->uid));
	for (size_t i = 0; i < merged.len; i++)
		must(merged.ptr[i] != '\n' || (i && merged.ptr[i - 1] == '\r'));
}

static void check_merge(const struct str texts[TEXTS])
{
	struct merge_report report;
	SCOPED(buf) out = buf_with_max(0);

	memset(&report, 0x7a, sizeof(report));
	const enum merge_result result =
		cal_merge(texts[0], texts[1], texts[2], &out, &report);
	check_names(&report.here);
	check_names(&report.there);
	check_names(&report.clashes);
	must((result == MERGE_CLASH) == (report.clashes.count > 0) ||
		result == MERGE_IMPOSSIBLE);
	must((out.len > 0) == (result == MERGE_DONE || result == MERGE_CLASH));
	if (out.len)
		check_written(texts[2], buf_view(&out));
	must((result == MERGE_SAME) <= same(texts[1], texts[2]));
	must((result == MERGE_DONE) <= !same(buf_view(&out), texts[2]));
}

/* Mending adds an end, and only once; line ends do not change what an object means. */
static void check_mend(struct str ics)
{
	struct cal_scan scan;
	SCOPED(buf) mended = buf_with_max(0);
	SCOPED(buf) again = buf_with_max(0);
	SCOPED(buf) normal = buf_with_max(0);

	if (cal_scan(ics, &scan) != CAL_OK)
		return;
	cal_with_crlf(ics, &normal);
	must(same(ics, buf_view(&normal)) ||
		cal_scan(buf_view(&normal), &scan) != CAL_OK);
	if (!cal_mend_end(ics, &mended))
		return;
	must(mended.len > ics.len);
	must(!cal_mend_end(buf_view(&mended), &again));
}

static void check_change(struct str before, struct str after)
{
	AUTO_FREE char *text = cal_change_text(before, after);

	must(text[0] != '\0');
	must_be_safe(str_of(text));
	must(text_width(str_of(text)) <= CAL_CHANGE_COLS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str texts[TEXTS];

	split(input_of(data, size), texts);
	check_merge(texts);
	check_mend(texts[0]);
	check_change(texts[0], texts[1]);
	return 0;
}
