/* net/records: DNS packets as name servers send them, and as nobody should. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "net/records.h"

#define ID "\x12\x34"
#define FLAGS "\x81\x80" /* an answer, recursion done, no error */
#define COUNTS(answers) "\x00\x01\x00" answers "\x00\x00\x00\x00"
#define NAME                                                                           \
	"\x08_caldavs\x04_tcp\x07"                                                     \
	"example\x03"                                                                  \
	"org\x00"         /* at 12 */
#define ORG_AT "\xc0\x22" /* "org" of the question: 12 + 9 + 5 + 8 */
#define EXAMPLE_AT "\xc0\x1a"
#define QUESTION_AT "\xc0\x0c"
#define SRV "\x00\x21\x00\x01"
#define TXT "\x00\x10\x00\x01"
#define TTL "\x00\x00\x0e\x10"
#define HEAD(answers)                                                                  \
	ID FLAGS COUNTS(answers)                                                       \
	NAME SRV
#define TEXT_HEAD(answers)                                                             \
	ID FLAGS COUNTS(answers)                                                       \
	NAME TXT

/* priority, weight, port */
#define NUMBERS(priority, weight, port) "\x00" priority "\x00" weight port

#define BYTES(literal)                                                                 \
	{                                                                              \
		(literal), sizeof(literal) - 1                                         \
	}

static struct buf asked(enum record_type type)
{
	struct buf packet = buf_with_max(RECORDS_PACKET_MAX);

	assert_true(record_ask(&packet, 0x1234, "Example.ORG", type));
	return packet;
}

static void asks_as_rfc_1035_says(void **state)
{
	static const struct str wanted =
		BYTES(ID "\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00"
			 "\x08_caldavs\x04_tcp\x07"
			 "Example\x03"
			 "ORG\x00" SRV);
	SCOPED(buf) packet = asked(RECORD_SRV);
	(void)state;

	assert_int_equal(packet.len, wanted.len);
	assert_memory_equal(packet.ptr, wanted.ptr, wanted.len);
}

static void asks_only_for_names(void **state)
{
	static const char *const names[] = {"", "localhost", "org", "127.0.0.1",
		"192.0.2.1", "[::1]", "a..b", ".example.org", "example.org.", "a b.org",
		"ex\xc3\xa4mple.org", "a/b.org", "example.1org", "example.-org",
		"a-label-of-sixty-four-bytes-is-longer-than-any-name-server-takes-."
		"org"};
	char long_name[300];
	(void)state;

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		SCOPED(buf) packet = buf_with_max(0);
		if (record_ask(&packet, 1, names[i], RECORD_SRV))
			fail_msg("%s", names[i]);
		assert_int_equal(packet.len, 0);
	}
	memset(long_name, 'a', sizeof(long_name));
	for (size_t i = 9; i < sizeof(long_name); i += 10)
		long_name[i] = '.';
	long_name[299] = '\0';
	SCOPED(buf) packet = buf_with_max(0);
	assert_false(record_ask(&packet, 1, long_name, RECORD_SRV));
	long_name[239] = '\0';
	assert_true(record_ask(&packet, 1, long_name, RECORD_SRV));
}

/* clang-format off */
static const struct {
	struct str packet;
	enum record_verdict verdict;
	const char *host;
	uint16_t port;
} service_rows[] = {
	/* one record, its name written out, or pointing to the question's */
	{BYTES(HEAD("\x01") QUESTION_AT SRV TTL "\x00\x17" NUMBERS("\x00", "\x01", "\x01\xbb")
		"\x03" "dav\x07" "example\x03" "org\x00"), RECORD_FOUND, "dav.example.org", 443},
	{BYTES(HEAD("\x01") QUESTION_AT SRV TTL "\x00\x0c" NUMBERS("\x00", "\x01", "\x20\xfb")
		"\x03" "dav" EXAMPLE_AT), RECORD_FOUND, "dav.example.org", 8443},
	{BYTES(HEAD("\x01") NAME SRV TTL "\x00\x10" NUMBERS("\x00", "\x01", "\x01\xbb")
		"\x03" "DAV\x03" "Net" ORG_AT), RECORD_FOUND, "dav.net.org", 443},
	/* the lowest priority, and of those the most weight */
	{BYTES(HEAD("\x03")
		QUESTION_AT SRV TTL "\x00\x0a" NUMBERS("\x0a", "\x09", "\x01\xbb") "\x01" "a" ORG_AT
		QUESTION_AT SRV TTL "\x00\x0a" NUMBERS("\x05", "\x01", "\x01\xbb") "\x01" "b" ORG_AT
		QUESTION_AT SRV TTL "\x00\x0a" NUMBERS("\x05", "\x02", "\x01\xbc") "\x01" "c" ORG_AT),
		RECORD_FOUND, "c.org", 444},
	/* after an alias, and beside what was not asked for */
	{BYTES(HEAD("\x02") QUESTION_AT "\x00\x05\x00\x01" TTL "\x00\x04" "\x01" "x" ORG_AT
		"\xc0\x37" SRV TTL "\x00\x0a" NUMBERS("\x00", "\x00", "\x01\xbb") "\x01" "a" ORG_AT),
		RECORD_FOUND, "a.org", 443},
	/* told that there is none */
	{BYTES(ID "\x81\x83" COUNTS("\x00") NAME SRV), RECORD_NONE, NULL, 0},
	{BYTES(HEAD("\x00")), RECORD_NONE, NULL, 0},
	{BYTES(HEAD("\x01") QUESTION_AT SRV TTL "\x00\x07" NUMBERS("\x00", "\x00", "\x00\x00") "\x00"),
		RECORD_NONE, NULL, 0},
	{BYTES(HEAD("\x01") QUESTION_AT SRV TTL "\x00\x07" NUMBERS("\x00", "\x00", "\x01\xbb") "\x00"),
		RECORD_NONE, NULL, 0},
	{BYTES(HEAD("\x01") QUESTION_AT "\x00\x21\x00\x03" TTL "\x00\x0a"
		NUMBERS("\x00", "\x01", "\x01\xbb") "\x01" "a" ORG_AT), RECORD_NONE, NULL, 0},
	/* names that no host has: blank, slash, NUL, at sign, dot */
	{BYTES(HEAD("\x01") QUESTION_AT SRV TTL "\x00\x0c" NUMBERS("\x00", "\x01", "\x01\xbb")
		"\x03" "a b" ORG_AT), RECORD_NONE, NULL, 0},
	{BYTES(HEAD("\x01") QUESTION_AT SRV TTL "\x00\x0c" NUMBERS("\x00", "\x01", "\x01\xbb")
		"\x03" "a/b" ORG_AT), RECORD_NONE, NULL, 0},
	{BYTES(HEAD("\x01") QUESTION_AT SRV TTL "\x00\x0c" NUMBERS("\x00", "\x01", "\x01\xbb")
		"\x03" "a\x00" "b" ORG_AT), RECORD_NONE, NULL, 0},
	{BYTES(HEAD("\x02")
		QUESTION_AT SRV TTL "\x00\x0c" NUMBERS("\x00", "\x01", "\x01\xbb") "\x03" "a.b" ORG_AT
		QUESTION_AT SRV TTL "\x00\x0a" NUMBERS("\x09", "\x01", "\x01\xbb") "\x01" "c" ORG_AT),
		RECORD_FOUND, "c.org", 443},
	/* the server failed, or will not */
	{BYTES(ID "\x81\x82" COUNTS("\x00") NAME SRV), RECORD_TROUBLE, NULL, 0},
	{BYTES(ID "\x81\x85" COUNTS("\x00") NAME SRV), RECORD_TROUBLE, NULL, 0},
	/* cut anywhere in the record */
	{BYTES(HEAD("\x01")), RECORD_TROUBLE, NULL, 0},
	{BYTES(HEAD("\x01") "\xc0"), RECORD_TROUBLE, NULL, 0},
	{BYTES(HEAD("\x01") QUESTION_AT "\x00"), RECORD_TROUBLE, NULL, 0},
	{BYTES(HEAD("\x01") QUESTION_AT SRV TTL "\x00"), RECORD_TROUBLE, NULL, 0},
	{BYTES(HEAD("\x01") QUESTION_AT SRV TTL "\x00\x0a"), RECORD_TROUBLE, NULL, 0},
	{BYTES(HEAD("\x01") QUESTION_AT SRV TTL "\x00\x0a" NUMBERS("\x00", "\x01", "\x01\xbb") "\x01" "a\xc0"),
		RECORD_TROUBLE, NULL, 0},
	{BYTES(HEAD("\x02") QUESTION_AT SRV TTL "\x00\x0a" NUMBERS("\x00", "\x01", "\x01\xbb") "\x01" "a" ORG_AT),
		RECORD_TROUBLE, NULL, 0},
	{BYTES(ID FLAGS "\x00\x01\xff\xff\x00\x00\x00\x00" NAME SRV), RECORD_TROUBLE, NULL, 0},
	/* lengths that do not fit what is inside */
	{BYTES(HEAD("\x01") QUESTION_AT SRV TTL "\x00\x09" NUMBERS("\x00", "\x01", "\x01\xbb") "\x01" "a" ORG_AT),
		RECORD_TROUBLE, NULL, 0},
	{BYTES(HEAD("\x01") QUESTION_AT SRV TTL "\x00\x0b" NUMBERS("\x00", "\x01", "\x01\xbb") "\x01" "a" ORG_AT "x"),
		RECORD_TROUBLE, NULL, 0},
	{BYTES(HEAD("\x01") QUESTION_AT SRV TTL "\x00\x00"), RECORD_TROUBLE, NULL, 0},
	{BYTES(HEAD("\x01") QUESTION_AT SRV TTL "\xff\xff" NUMBERS("\x00", "\x01", "\x01\xbb") "\x01" "a" ORG_AT),
		RECORD_TROUBLE, NULL, 0},
	/* names in circles: to itself, to each other, forwards, past the end */
	{BYTES(HEAD("\x01") "\xc0\x2b" SRV TTL "\x00\x00"), RECORD_TROUBLE, NULL, 0},
	{BYTES(HEAD("\x01") QUESTION_AT SRV TTL "\x00\x08" NUMBERS("\x00", "\x01", "\x01\xbb") "\xc0\x3d"),
		RECORD_TROUBLE, NULL, 0},
	{BYTES(HEAD("\x01") QUESTION_AT SRV TTL "\x00\x0a" NUMBERS("\x00", "\x01", "\x01\xbb") "\x01" "a\xc0\x3d"),
		RECORD_TROUBLE, NULL, 0},
	{BYTES(HEAD("\x01") "\xc0\x50" SRV TTL "\x00\x00"), RECORD_TROUBLE, NULL, 0},
	{BYTES(HEAD("\x01") "\xff\xff" SRV TTL "\x00\x00"), RECORD_TROUBLE, NULL, 0},
	/* the two kinds of labels that are not in use */
	{BYTES(HEAD("\x01") "\x41" "a\x00" SRV TTL "\x00\x00"), RECORD_TROUBLE, NULL, 0},
	{BYTES(HEAD("\x01") "\x81" "a\x00" SRV TTL "\x00\x00"), RECORD_TROUBLE, NULL, 0},
	/* not for this question */
	{BYTES("\x12\x35" FLAGS COUNTS("\x00") NAME SRV), RECORD_FOREIGN, NULL, 0},
	{BYTES(ID "\x01\x00" COUNTS("\x00") NAME SRV), RECORD_FOREIGN, NULL, 0},
	{BYTES(ID "\x91\x80" COUNTS("\x00") NAME SRV), RECORD_FOREIGN, NULL, 0},
	{BYTES(ID FLAGS "\x00\x00\x00\x00\x00\x00\x00\x00" NAME SRV), RECORD_FOREIGN, NULL, 0},
	{BYTES(ID FLAGS COUNTS("\x00") NAME TXT), RECORD_FOREIGN, NULL, 0},
	{BYTES(ID FLAGS COUNTS("\x00") "\x08_caldavs\x04_tcp\x07" "axample\x03" "org\x00" SRV),
		RECORD_FOREIGN, NULL, 0},
	{BYTES(ID FLAGS COUNTS("\x00")), RECORD_FOREIGN, NULL, 0},
	{BYTES(ID), RECORD_FOREIGN, NULL, 0},
	{BYTES(""), RECORD_FOREIGN, NULL, 0},
};

static const struct {
	struct str packet;
	enum record_verdict verdict;
	const char *path;
} text_rows[] = {
	{BYTES(TEXT_HEAD("\x01") QUESTION_AT TXT TTL "\x00\x0d" "\x0c" "path=/caldav"), RECORD_FOUND, "/caldav"},
	{BYTES(TEXT_HEAD("\x01") QUESTION_AT TXT TTL "\x00\x12" "\x04" "v=1a\x0c" "PATH=/caldav"),
		RECORD_FOUND, "/caldav"},
	{BYTES(TEXT_HEAD("\x02") QUESTION_AT TXT TTL "\x00\x04" "\x03" "abc"
		QUESTION_AT TXT TTL "\x00\x07" "\x06" "path=/"), RECORD_FOUND, "/"},
	{BYTES(TEXT_HEAD("\x01") QUESTION_AT TXT TTL "\x00\x01" "\x00"), RECORD_NONE, NULL},
	{BYTES(TEXT_HEAD("\x01") QUESTION_AT TXT TTL "\x00\x00"), RECORD_NONE, NULL},
	{BYTES(TEXT_HEAD("\x01") QUESTION_AT TXT TTL "\x00\x06" "\x05" "path="), RECORD_NONE, NULL},
	{BYTES(TEXT_HEAD("\x01") QUESTION_AT TXT TTL "\x00\x0c" "\x0b" "path=caldav"), RECORD_NONE, NULL},
	{BYTES(TEXT_HEAD("\x01") QUESTION_AT TXT TTL "\x00\x0a" "\x09" "path=/a b"), RECORD_NONE, NULL},
	{BYTES(TEXT_HEAD("\x01") QUESTION_AT TXT TTL "\x00\x0a" "\x09" "path=/a\r\n"), RECORD_NONE, NULL},
	{BYTES(TEXT_HEAD("\x01") QUESTION_AT TXT TTL "\x00\x0a" "\x09" "path=/\xc3\xa4\x00"), RECORD_NONE, NULL},
	/* longer than there is room for */
	{BYTES(TEXT_HEAD("\x01") QUESTION_AT TXT TTL "\x00\x1f" "\x1e" "path=/aaaaaaaaaaaaaaaaaaaaaaaa"),
		RECORD_NONE, NULL},
	/* a text that goes on past its record */
	{BYTES(TEXT_HEAD("\x01") QUESTION_AT TXT TTL "\x00\x0d" "\x0d" "path=/caldavx"), RECORD_TROUBLE, NULL},
	{BYTES(TEXT_HEAD("\x01") QUESTION_AT TXT TTL "\x00\x0d" "\x0c" "path="), RECORD_TROUBLE, NULL},
	{BYTES(HEAD("\x00")), RECORD_FOREIGN, NULL},
};
/* clang-format on */

static void reads_services(void **state)
{
	SCOPED(buf) question = asked(RECORD_SRV);
	(void)state;

	for (size_t i = 0; i < COUNT_OF(service_rows); i++) {
		struct service_record s = {.host = "untouched", .port = 7};
		const enum record_verdict v =
			record_service(service_rows[i].packet, buf_view(&question), &s);
		if (v != service_rows[i].verdict)
			fail_msg("row %zu: verdict %d", i, (int)v);
		const char *host = service_rows[i].host;
		assert_string_equal(s.host, host ? host : "untouched");
		assert_int_equal(s.port, host ? service_rows[i].port : 7);
	}
}

static void reads_paths(void **state)
{
	SCOPED(buf) question = asked(RECORD_TXT);
	(void)state;

	for (size_t i = 0; i < COUNT_OF(text_rows); i++) {
		char path[20] = "untouched";
		const enum record_verdict v = record_path(text_rows[i].packet,
			buf_view(&question), path, sizeof(path));
		if (v != text_rows[i].verdict)
			fail_msg("row %zu: verdict %d", i, (int)v);
		assert_string_equal(path,
			text_rows[i].path ? text_rows[i].path : "untouched");
	}
}

static char *copy(struct str bytes)
{
	char *out = xmalloc(bytes.len ? bytes.len : 1);

	memcpy(out, bytes.ptr, bytes.len);
	return out;
}

/* Every packet, cut at every byte and with every byte changed, is read without harm:
 * the copy ends where the packet does, so that a sanitizer sees a step too far. */
static void survives_any_packet(void **state)
{
	SCOPED(buf) question = asked(RECORD_SRV);
	(void)state;

	for (size_t i = 0; i < COUNT_OF(service_rows); i++)
		for (size_t at = 0; at < service_rows[i].packet.len; at++) {
			const struct str whole = service_rows[i].packet;
			struct service_record s = {0};
			AUTO_FREE char *cut = copy(str_slice(whole, 0, at));
			AUTO_FREE char *bent = copy(whole);
			bent[at] = (char)(bent[at] ^ 0xff);
			(void)!record_service((struct str){cut, at},
				buf_view(&question), &s);
			(void)!record_service((struct str){bent, whole.len},
				buf_view(&question), &s);
			assert_true(strlen(s.host) < sizeof(s.host));
		}
}

/* A thousand pointers, each to the one before: no name, and no long work either. */
static void gives_up_on_chains(void **state)
{
	static const struct str head = BYTES(HEAD("\x01"));
	SCOPED(buf) question = asked(RECORD_SRV);
	SCOPED(buf) packet = buf_with_max(RECORDS_PACKET_MAX);
	struct service_record s = {0};
	(void)state;

	buf_add(&packet, head);
	while (packet.len < RECORDS_PACKET_MAX - 2) {
		const size_t back = packet.len - 2;
		buf_char(&packet, (char)(0xc0 | back >> 8));
		buf_char(&packet, (char)(back & 0xff));
	}
	assert_int_equal(record_service(buf_view(&packet), buf_view(&question), &s),
		RECORD_TROUBLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asks_as_rfc_1035_says),
		cmocka_unit_test(asks_only_for_names),
		cmocka_unit_test(reads_services),
		cmocka_unit_test(reads_paths),
		cmocka_unit_test(survives_any_packet),
		cmocka_unit_test(gives_up_on_chains),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
