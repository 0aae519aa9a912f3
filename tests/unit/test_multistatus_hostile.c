#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/multistatus_text.h"

/* Feeds what was built in chunks as they come from a network. */
static void refuse_built(const struct buf *xml, const char *words)
{
	SCOPED(buf) out = buf_with_max(0);
	struct err e = {0};

	assert_false(read_in(buf_view(xml), 16384, 16384, &out, &e));
	assert_int_equal(e.code, ERR_PROTOCOL);
	if (!strstr(e.message, words))
		fail_msg("%s, not %s", e.message, words);
}

static void refuses_hostile_files(void **state)
{
	const long before = peak_kilobytes();
	(void)state;

	refuse_file("xxe.xml", "declares");
	refuse_file("xxe_parameter.xml", "declares");
	refuse_file("xxe_external.xml", "declares");
	refuse_file("billion_laughs.xml", "declares");
	refuse_file("quadratic.xml", "declares");
	assert_true(peak_kilobytes() - before < 20 * 1024);
	refuse_file("entity_undeclared.xml", "well-formed");
	refuse_file("latin1.xml", "UTF-8");
	refuse_file("utf7.xml", "UTF-8");
	refuse_file("utf16.xml", "refused");
	refuse_file("bad_utf8.xml", "well-formed");
	refuse_file("wrong_namespace.xml", "list of resources");
	refuse_file("icloud_bad_token.xml", "list of resources");
	refuse_file("webpage.html", "declares");
}

static void refuses_shapes(void **state)
{
	static const struct {
		const char *xml;
		const char *words;
	} rows[] = {
		{"", "empty"},
		{"  \n", "empty"},
		{"hello", "not XML"},
		{"\xef\xbbx", "not XML"},
		{"\xef\xbb<a/>", "not XML"},
		{"{\"a\":1}", "not XML"},
		{"<multistatus/>", "list of resources"},
		{"<html xmlns='DAV:'/>", "list of resources"},
		{OPEN, "ended early"},
		{OPEN "<response>", "ended early"},
		{ITEM("") "x", "well-formed"},
		{ITEM("") "&", "ended early"},
		{ITEM("") "<", "ended early"},
		{ITEM("") "<x/>", "well-formed"},
		{OPEN "</response>" CLOSE, "well-formed"},
		{ITEM("<a b=1/>"), "well-formed"},
		{ITEM("<a b='1' b='2'/>"), "well-formed"},
		{ITEM("&#0;"), "well-formed"},
		{ITEM("&#xd800;"), "well-formed"},
		{ITEM("&#xffff;"), "well-formed"},
		{ITEM("&copy;"), "well-formed"},
		{ITEM("&amp"), "ended early"},
		{ITEM("a ]]> b"), "well-formed"},
		{ITEM("\xc3\x28"), "well-formed"},
		{ITEM("\xed\xa0\x80"), "well-formed"},
		{ITEM("<!-- a -- b -->"), "well-formed"},
		{ITEM("<!-->"), "ended early"},
		{ITEM("<![CDATA[ "), "ended early"},
		{ITEM("<!ELEMENT x>"), "declares"},
		{ITEM("<!ENTITY x 'y'>"), "declares"},
		{ITEM("<!DOCTYPE x>"), "declares"},
		{ITEM("<!doctype x>"), "declares"},
		{ITEM("<![INCLUDE[x]]>"), "declares"},
		{"<!DOCTYPE multistatus>" OPEN CLOSE, "declares"},
		{"<!-- x --><!DOCTYPE multistatus>" OPEN CLOSE, "declares"},
		{"<!--><!DOCTYPE x><a>--><!DOCTYPE x>" OPEN CLOSE, "the answer"},
		{"<?xml version='1.0' encoding='UTF-16'?>" OPEN CLOSE, "UTF-8"},
		{"<?xml version='1.0' encoding=utf-8?>" OPEN CLOSE, "UTF-8"},
		{"<?xml version='1.0' encoding='utf-8' encoding='utf-16'?>" OPEN CLOSE,
			"UTF-8"},
		{XML XML OPEN CLOSE, "well-formed"},
		{"<?x y?>" XML OPEN CLOSE, "well-formed"},
	};
	(void)state;

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		refuse(str_of(rows[i].xml), rows[i].words);
	refuse(STR(OPEN "\0" CLOSE), "NUL");
	refuse(STR("<\0m\0"), "NUL");
}

/* Every document that was cut is refused, wherever the cut is. */
static void refuses_cut_answers(void **state)
{
	SCOPED(buf) bytes = data_read("icloud_changes.xml");
	const struct str whole = str_trim(buf_view(&bytes));
	(void)state;

	for (size_t len = 0; len < whole.len; len++) {
		SCOPED(buf) out = buf_with_max(0);
		struct err e = {0};
		const struct str cut = str_slice(whole, 0, len);
		assert_false(read_in(cut, len, len, &out, &e));
		assert_int_equal(e.code, ERR_PROTOCOL);
	}
}

static void refuses_sizes(void **state)
{
	static const struct {
		const char *before;
		const char *again;
		size_t count;
		const char *words;
	} rows[] = {
		{OPEN, "<a>", 300, "nested"},
		{OPEN, "<a>", 100000, "nested"},
		{OPEN "<a ", "x", 70000, "64 KiB"},
		{OPEN "<a x='", ">", 70000, "64 KiB"},
		{OPEN "<a x=\"", "'>", 40000, "64 KiB"},
		{OPEN "</a", " ", 70000, "64 KiB"},
		{OPEN "<!--", "x", 70000, "64 KiB"},
		{OPEN "<?x ", "x", 70000, "64 KiB"},
		{"<?xml version='1.0' ", " ", 600, "declaration"},
		{OPEN "<response>", "<a/>", 30000, "too many elements"},
		{OPEN, "<a/>", 30000, "too many elements"},
		{OPEN "<response><href>", "x", 9000, "too long"},
		{OPEN "<response><propstat><prop><displayname>", "x", 9000, "too long"},
		{OPEN "<response><propstat><prop><C:calendar-data>", "0123456789",
			1100000, "too long"},
		{OPEN "<response><propstat><prop><C:calendar-data><![CDATA[",
			"0123456789", 1100000, "too long"},
		{OPEN "<response><propstat><prop>",
			"<displayname>"
			"0123456789012345678901234567890123456789012345678901"
			"01234567890123456789012345678901234567890123456789012345678901"
			"23"
			"01234567890123456789012345678901234567890123456789012345678901"
			"23"
			"01234567890123456789012345678901234567890123456789012345678901"
			"23"
			"</displayname>",
			19000, "too long"},
	};
	(void)state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		SCOPED(buf) xml = buf_with_max(0);
		buf_text(&xml, rows[i].before);
		repeat(&xml, rows[i].again, rows[i].count);
		buf_text(&xml, rows[i].words[0] == 'd' ? "?>" : "");
		refuse_built(&xml, rows[i].words);
	}
}

static void refuses_many_attributes(void **state)
{
	SCOPED(buf) xml = buf_with_max(0);
	(void)state;

	buf_text(&xml, OPEN "<a");
	for (unsigned i = 0; i < 100000; i++)
		buf_printf(&xml, " a%u='>'", i);
	buf_text(&xml, "/>" CLOSE);
	refuse_built(&xml, "64 KiB");
	buf_reset(&xml);
	buf_text(&xml, OPEN "<a");
	for (unsigned i = 0; i < 20000; i++)
		buf_printf(&xml, " xmlns:a%u='urn:%u'", i, i);
	refuse_built(&xml, "64 KiB");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_hostile_files),
		cmocka_unit_test(refuses_shapes),
		cmocka_unit_test(refuses_cut_answers),
		cmocka_unit_test(refuses_sizes),
		cmocka_unit_test(refuses_many_attributes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
