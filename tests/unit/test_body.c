#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dav/multistatus.h"
#include "tests/unit/data.h"

#define XML "<?xml version='1.0' encoding='utf-8'?>"

static void reads_errors(void **state)
{
	static const struct {
		const char *xml;
		unsigned found;
	} rows[] = {
		{"<error xmlns='DAV:'><valid-sync-token/></error>",
			DAV_VALID_SYNC_TOKEN},
		{XML "\n<d:error xmlns:d='DAV:'><d:valid-sync-token/>"
		     "<d:responsedescription>old</d:responsedescription></d:error>",
			DAV_VALID_SYNC_TOKEN},
		{"<error xmlns='DAV:'><number-of-matches-within-limits/></error>",
			DAV_MATCHES_WITHIN_LIMITS},
		{"<error xmlns='DAV:'><C:no-uid-conflict "
		 "xmlns:C='urn:ietf:params:xml:ns:"
		 "caldav'><href>/a</href></C:no-uid-conflict></error>",
			DAV_NO_UID_CONFLICT},
		{"<error xmlns='DAV:'><supported-report/><valid-sync-token/></error>",
			DAV_SUPPORTED_REPORT | DAV_VALID_SYNC_TOKEN},
		{"<error xmlns='DAV:'><x><valid-sync-token/></x></error>", 0},
		{"<error xmlns='urn:x'><valid-sync-token/></error>", 0},
		{"<valid-sync-token xmlns='DAV:'/>", 0},
		{"<error xmlns='DAV:'><valid-sync-token/>", 0},
		{"<!DOCTYPE x><error xmlns='DAV:'><valid-sync-token/></error>", 0},
		{"Forbidden", 0},
		{"", 0},
	};
	(void)state;

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_int_equal(dav_error_read(str_of(rows[i].xml)), rows[i].found);
	SCOPED(buf) token = data_read("icloud_bad_token.xml");
	SCOPED(buf) conflict = data_read("xandikos_conflict.xml");
	assert_int_equal(dav_error_read(buf_view(&token)), DAV_VALID_SYNC_TOKEN);
	assert_int_equal(dav_error_read(buf_view(&conflict)), DAV_NO_UID_CONFLICT);
}

static void knows_web_pages(void **state)
{
	static const struct {
		const char *body;
		const char *type;
		bool page;
	} rows[] = {
		{"<!DOCTYPE html><html>", "text/html; charset=utf-8", true},
		{" \r\n<!doctype HTML>", "", true},
		{"\xef\xbb\xbf<html lang='en'>", "", true},
		{"<HTML>", "text/xml", true},
		{"<?xml version='1.0'?>\n<!DOCTYPE html PUBLIC 'x'>", "text/xml", true},
		{"<?xml version='1.0'?><html xmlns='x'>", "application/xhtml+xml",
			true},
		{"Please sign in", "text/html", true},
		{"", "text/html", true},
		{"", "", false},
		{"Please sign in", "text/plain", false},
		{"<?xml version='1.0'?><multistatus xmlns='DAV:'/>", "text/html",
			false},
		{"<d:multistatus xmlns:d='DAV:'/>", "text/html", false},
		{"<?xml version='1.0'?><error xmlns='DAV:'/>", "application/xml",
			false},
		{"<?xml", "text/xml", false},
	};
	(void)state;

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (dav_is_web_page(str_of(rows[i].body), rows[i].type) != rows[i].page)
			fail_msg("%s as %s", rows[i].body, rows[i].type);
	SCOPED(buf) page = data_read("webpage.html");
	assert_true(dav_is_web_page(buf_view(&page), ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_errors),
		cmocka_unit_test(knows_web_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
