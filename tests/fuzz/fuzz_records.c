/*
 * What a name server, or somebody in its place, sends. The first byte chooses the kind
 * of question; the number and the question are put in, as only those who saw them can.
 */
#include <config.h>

#include "base/mem.h"
#include "net/records.h"
#include "tests/fuzz/fuzz.h"

/* The part that repeats the question: behind the flags, and behind the header. */
static void repeat_question(char *packet, size_t size, struct str asked)
{
	memcpy(packet, asked.ptr, size < 2 ? size : 2);
	if (size >= asked.len) {
		memcpy(packet + 4, asked.ptr + 4, 2);
		memcpy(packet + 12, asked.ptr + 12, asked.len - 12);
	}
}

static void check_service(struct str packet, struct str asked)
{
	struct service_record s = {.host = "untouched"};

	if (record_service(packet, asked, &s) != RECORD_FOUND) {
		must(!strcmp(s.host, "untouched") && !s.port);
		return;
	}
	must(s.port > 0 && s.host[0] != '\0');
	must(memchr(s.host, '\0', sizeof(s.host)) != NULL);
	for (const char *p = s.host; *p; p++)
		must(ascii_is_alnum(*p) || *p == '.' || *p == '-' || *p == '_');
}

static void check_path(struct str packet, struct str asked)
{
	char path[64] = "untouched";

	if (record_path(packet, asked, path, sizeof(path)) != RECORD_FOUND) {
		must(!strcmp(path, "untouched"));
		return;
	}
	must(path[0] == '/' && memchr(path, '\0', sizeof(path)) != NULL);
	for (const char *p = path; *p; p++)
		must(*p > 0x20 && *p < 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str input = input_of(data, size);
	const bool service = take_choice(&input) & 1;
	SCOPED(buf) asked = buf_with_max(RECORDS_PACKET_MAX);
	AUTO_FREE char *packet = xmalloc(input.len ? input.len : 1);

	must(record_ask(&asked, 0x1234, "example.org",
		service ? RECORD_SRV : RECORD_TXT));
	if (input.len)
		memcpy(packet, input.ptr, input.len);
	repeat_question(packet, input.len, buf_view(&asked));
	if (service)
		check_service((struct str){packet, input.len}, buf_view(&asked));
	else
		check_path((struct str){packet, input.len}, buf_view(&asked));
	return 0;
}
