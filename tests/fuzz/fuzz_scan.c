#include <config.h>

#include "base/mem.h"
#include "cal/scan.h"
#include "tests/fuzz/fuzz.h"

static void check_uid(const char uid[CAL_UID_MAX + 1])
{
	const char *end = memchr(uid, '\0', CAL_UID_MAX + 1);

	must(end != NULL);
	must(!memchr(uid, '\n', (size_t)(end - uid)));
	must(!memchr(uid, '\r', (size_t)(end - uid)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* On the heap, with room for nothing but itself. */
	AUTO_FREE struct cal_scan *s = xmalloc(sizeof(*s));

	memset(s, 0x7a, sizeof(*s));
	const enum cal_fault fault = cal_scan(input_of(data, size), s);
	must(fault < CAL_FAULTS);
	must(cal_fault_text(fault) != NULL);
	must(s->kind <= CAL_OTHER);
	check_uid(s->uid);
	if (fault != CAL_OK)
		return 0;
	must(s->uid[0] != '\0');
	must(s->masters + s->overrides > 0);
	must(utf8_valid(str_of(s->uid)));
	return 0;
}
