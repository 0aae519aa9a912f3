#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/multistatus_text.h"

#define T "HwoQEgwAAAAAAAAq3wAAAAAYARgAIhUI5NjGtc2w9P8EEPzkqNf0zYT3vwEoAA=="
#define HOME "/20481632641/calendars/"

static void reads_icloud(void **state)
{
	(void)state;
	check_file("icloud_principal.xml",
		"/ found=400 absent=1 principal=/20481632641/principal/\nend 1 -\n");
	check_file("icloud_home.xml", "/principal/ found=800 "
				      "home=https://p77-caldav.icloud.com:443/"
				      "20481632641/calendars/\nend 1 -\n");
	check_file("icloud_unchanged.xml", "end 0 " T "\n");
	check_file("icloud_changes.xml", HOME
		"work/ found=100 etag=\"ldp3blyq\"\n" HOME
		"work/18931BE2-FBB9-4D65-9BC0-2C401E3B9870.ics found=100 "
		"etag=\"lnbuozw4\"\n" HOME "work/gone.ics status=404\nend 3 " T "\n");
}

static void reads_icloud_calendars(void **state)
{
	(void)state;
	check_file("icloud_calendars.xml", HOME
		" found=c7 absent=38 resource=1 may=f comp=b name=Ada Example ctag=" T
		"\n" HOME "4D24D1CF-0000-4130-BFB7-F9E0B616E6FE/ found=ff "
		"resource=83 may=f comp=1 name=Family ctag=" T " token=" T
		" color=#1BADF8FF order=2\n" HOME
		"inbox/ found=c1 absent=12 resource=5 may=1 comp=1\n" HOME
		"outbox/ found=c1 absent=12 resource=9 may=1 comp=3\n" HOME
		"notification/ found=81 absent=52 resource=11 may=9\n" HOME
		"tasks/ found=df absent=20 resource=3 may=f comp=2 name=Reminders "
		"ctag=" T " token=" T " color=#FF9500FF\n" HOME
		"work/ found=ff resource=3 may=f comp=1 name=Work & travel ctag=" T
		" token=" T " color=#63da38ff order=1\n" HOME
		"home/ found=ff resource=3 may=f comp=1 name=Home ctag=" T " token=" T
		" color=#CC73E1FF order=0\n" HOME
		"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08/ "
		"found=df absent=20 resource=43 may=1 comp=1 "
		"name=Bob\xe2\x80\x99s club ctag=" T " token=" T
		" color=#FFCC00FF\n" HOME "0A1B2C3D-1111-4222-8333-444455556666/ "
		"found=c3 absent=8 resource=21 may=f comp=1 name=Holidays\n"
		"end 10 -\n");
}

static void reads_objects(void **state)
{
	(void)state;
	check_file("icloud_objects.xml",
		HOME "work/18931BE2-FBB9-4D65-9BC0-2C401E3B9870.ics found=300 "
		     "etag=\"lnbuozw4\" data=BEGIN:VCALENDAR\nVERSION:2.0\n"
		     "PRODID:-//Apple Inc.//iOS 17.0//EN\nBEGIN:VEVENT\n"
		     "UID:18931BE2-FBB9-4D65-9BC0-2C401E3B9870\n"
		     "DTSTART:20260304T090000Z\nDTEND:20260304T100000Z\n"
		     "SUMMARY:Caf\xc3\xa9 & <tea>]]>\n"
		     "X-ALT-DESC;FMTTYPE=text/html:<!DOCTYPE HTML PUBLIC "
		     "\"-//W3C//DTD HTML 3.2//E\n N\"><html></html>\n"
		     "END:VEVENT\nEND:VCALENDAR\n\n" HOME "work/ghost.ics status=404\n"
		     "end 2 -\n");
}

static void reads_other_servers(void **state)
{
	(void)state;
	check_file("radicale_calendars.xml",
		"/ada/ found=81 absent=7e resource=101 may=f\n"
		"/ada/6f1c9d6e-calendar/ found=df absent=20 resource=3 may=f comp=3 "
		"name=Private ctag=\"8d3a\" token=http://radicale.org/ns/sync/8d3a "
		"color=#00ff00ff\n"
		"/ada/addresses/ found=3 resource=1 name=People\nend 3 -\n");
	check_file("xandikos_calendars.xml",
		"/ada/calendars/calendar/ found=cf absent=30 resource=3 may=f comp=f "
		"name=calendar ctag=5f0c1a token=5f0c1a\nend 1 -\n");
	check_file("xandikos_missing.xml",
		"http%3A//127.0.0.1%3A8000/nowhere/ status=404\nend 1 -\n");
	check_file("cyrus_root.xml", "/ found=400\nend 1 -\n");
	check_file("cyrus_calendars.xml",
		"/dav/calendars/user/ada/ found=1 resource=1\n"
		"/dav/calendars/user/ada/Default/ found=cf absent=30 resource=3 may=f "
		"comp=7 name=personal ctag=1580-3 token=data:,1580-3\nend 2 -\n");
	check_file("sogo_calendars.xml",
		"/SOGo/dav/ada/Calendar/ found=1 resource=5\n"
		"/SOGo/dav/ada/Calendar/personal/ found=7f resource=b comp=b "
		"name=Personal Calendar ctag=-1 token=-1 color=#AAAAAAFF order=1\n"
		"end 2 -\n");
	check_file("davical_calendars.xml",
		"/caldav.php/ada/ found=3 resource=101 name=Ada Example\n"
		"/caldav.php/ada/calendar-proxy-read/ found=1 resource=100\n"
		"/caldav.php/ada/garden/ found=cf resource=3 may=f comp=3 "
		"name=House &amp; garden ctag=\"f3c2\" token=data:,12\nend 3 -\n");
}

static void reads_shapes(void **state)
{
	static const struct {
		const char *xml;
		const char *expected;
	} rows[] = {
		{OPEN CLOSE, "end 0 -\n"},
		{XML "\n\n" OPEN "\n" CLOSE "\n\n<!-- bye -->\n", "end 0 -\n"},
		{"\r\n\n  " XML OPEN CLOSE, "end 0 -\n"},
		{"\xef\xbb\xbf" XML OPEN CLOSE, "end 0 -\n"},
		{"<?xml version='1.0' encoding = \"US-ASCII\" standalone='no' ?>" OPEN
				CLOSE,
			"end 0 -\n"},
		{"<?xml version='1.0'?>" PROP("<getetag>\"1\"</getetag>"),
			"/a found=100 etag=\"1\"\nend 1 -\n"},
		/* another prefix, and a default that is not DAV: */
		{"<d:multistatus xmlns:d='DAV:' xmlns='urn:x'><d:response><d:href>/a"
		 "</d:href><d:propstat><d:prop><getetag>no</getetag><d:getetag>yes"
		 "</d:getetag></d:prop><d:status>HTTP/1.1 200 "
		 "OK</d:status></d:propstat>"
		 "</d:response></d:multistatus>",
			"/a found=100 etag=yes\nend 1 -\n"},
		/* a good value, then a 404 with an empty element, and the other way
	           round */
		{ITEM("<propstat><prop><getetag>1</getetag></prop>" OK "</propstat>"
		      "<propstat><prop><getetag/><displayname/></prop>" NO
		      "</propstat>"),
			"/a found=100 absent=2 etag=1\nend 1 -\n"},
		{ITEM("<propstat>" NO "<prop><getetag>x</getetag></prop></propstat>"
		      "<propstat><prop><getetag>1</getetag></prop>" OK "</propstat>"),
			"/a found=100 etag=1\nend 1 -\n"},
		{ITEM("<propstat><prop/>" OK "</propstat><propstat><prop>"
		      "<C:calendar-data/></prop>" NO "</propstat>"),
			"/a absent=200\nend 1 -\n"},
		{ITEM("<propstat><prop><getetag>1</getetag></prop>"
		      "<status>HTTP/1.1 403 No</status></propstat>"),
			"/a failed=403\nend 1 -\n"},
		{ITEM("<propstat><prop><C:calendar-data/></prop><status>HTTP/1.1 507 X"
		      "</status></propstat><propstat><prop><getetag>1</getetag></prop>"
		      "<status>HTTP/1.1 500 X</status></propstat>"),
			"/a failed=507\nend 1 -\n"},
		{ITEM("<status>HTTP/1.1 507 Insufficient Storage</status><error>"
		      "<number-of-matches-within-limits/></error>"),
			"/a status=507\nend 1 -\n"},
		{ITEM("<status>HTTP/2 404</status>"), "/a status=404\nend 1 -\n"},
		{ITEM("<status> http/1.1  404  Gone </status>"),
			"/a status=404\nend 1 -\n"},
		/* what stands after the properties still counts */
		{OPEN "<response><propstat><prop><getetag>x</getetag></prop>" NO
		      "</propstat>"
		      "<propstat>" OK "<prop><getetag>1</getetag></prop></propstat>"
		      "<href> /late\n</href></response>" CLOSE,
			"/late found=100 etag=1\nend 1 -\n"},
		/* malformed responses are told, not guessed at */
		{ITEM(NO "<propstat><prop><getetag>1</getetag></prop>" OK
			 "</propstat>"),
			"/a malformed status=404 found=100 etag=1\nend 1 -\n"},
		{OPEN "<response>" NO "</response>" CLOSE,
			" malformed status=404\nend 1 -\n"},
		{OPEN "<response><href/>" NO "</response>" CLOSE,
			" malformed status=404\nend 1 -\n"},
		{ITEM("<href>/b</href>" NO), "/a malformed status=404\nend 1 -\n"},
		{ITEM("<propstat><prop><getetag>1</getetag></prop></propstat>"),
			"/a malformed\nend 1 -\n"},
		{ITEM("<status>nonsense</status>"), "/a malformed\nend 1 -\n"},
		{ITEM("<status>HTTP/1.1 20000 OK</status>"), "/a malformed\nend 1 -\n"},
		{ITEM(NO NO), "/a malformed status=404\nend 1 -\n"},
		{ITEM("<propstat>" NO OK "</propstat>"), "/a malformed\nend 1 -\n"},
		/* an empty status beside good properties is as if absent */
		{ITEM("<status></status><propstat><prop><getetag>1</getetag></prop>" OK
		      "</propstat>"),
			"/a found=100 etag=1\nend 1 -\n"},
		/* text in pieces */
		{PROP("<displayname> one<!-- x --> two<?pi y?><![CDATA[ <3> ]]>&amp;"
		      "<![CDATA[]]>&#x41;&#66;\xc3\xa9\xf0\x9f\x8e\x88 </displayname>"),
			"/a found=2 name=one two <3> &AB\xc3\xa9\xf0\x9f\x8e\x88\nend "
			"1 -\n"},
		{PROP("<displayname>a<b>not this</b>c</displayname>"),
			"/a found=2 name=ac\nend 1 -\n"},
		{PROP("<displayname>a]]&gt;b]</displayname>"),
			"/a found=2 name=a]]>b]\nend 1 -\n"},
		{PROP("<C:calendar-data>\n a&#13;\n\tb \n</C:calendar-data>"),
			"/a found=200 data=\n a\r\n\tb \n\nend 1 -\n"},
		{PROP("<C:calendar-data><![CDATA[ ]] > </C:calendar-data>]]]>"
		      "</C:calendar-data>"),
			"/a found=200 data= ]] > </C:calendar-data>]\nend 1 -\n"},
		{PROP("<C:calendar-data/>"), "/a found=200\nend 1 -\n"},
		{PROP("<displayname><![CDATA[a]]><![CDATA[><!DOCTYPE "
		      "x>]]></displayname>"),
			"/a found=2 name=a><!DOCTYPE x>\nend 1 -\n"},
		/* attributes with everything that ends a tag elsewhere */
		{PROP("<getetag x='>' y=\"'>\" z='\"'>1</getetag>"),
			"/a found=100 etag=1\nend 1 -\n"},
		{PROP("<!-- > -> <!DOCTYPE x> ]]> --><getetag>1</getetag><?x > ?>"),
			"/a found=100 etag=1\nend 1 -\n"},
		/* elements elsewhere than they belong are not looked at */
		{OPEN "<href>/x</href><propstat/><getetag>1</getetag><response><href>/"
		      "a</href>"
		      "<prop><getetag>1</getetag></prop><x><href>/y</href>" NO "</x>"
		      "</response>" CLOSE,
			"/a\nend 1 -\n"},
		{PROP("<resourcetype><x><collection/></x><C:collection/></"
		      "resourcetype>"),
			"/a found=1\nend 1 -\n"},
		{PROP("<C:supported-calendar-component-set><C:comp name='vevent'/>"
		      "<C:comp x='VTODO'/><C:comp name='VPOLL'/>"
		      "</C:supported-calendar-component-set>"),
			"/a found=40 comp=1\nend 1 -\n"},
		{PROP("<current-user-privilege-set><privilege><read/></"
		      "privilege><privilege>"
		      "<write-content/></privilege><privilege><bind/></privilege>"
		      "</current-user-privilege-set>"),
			"/a found=80 may=7\nend 1 -\n"},
		{PROP("<C:calendar-home-set><href>/1</href><href/><href>/2</href>"
		      "<href>/3</href><href>/4</href><href>/5</href></"
		      "C:calendar-home-set>"),
			"/a found=800 home=/1 home=/2 home=/3 home=/4\nend 1 -\n"},
		{PROP("<current-user-principal><unauthenticated/></"
		      "current-user-principal>"),
			"/a found=400\nend 1 -\n"},
	};
	(void)state;

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		check(str_of(rows[i].xml), rows[i].expected);
}

static void reads_tokens(void **state)
{
	SCOPED(buf) xml = buf_with_max(0);
	(void)state;

	check(STR(OPEN "<sync-token> a+/= </sync-token>" CLOSE), "end 0 a+/=\n");
	check(STR(OPEN "<sync-token/>" CLOSE), "end 0 -\n");
	check(STR(OPEN "<sync-token>1</sync-token><sync-token>2</sync-token>" CLOSE),
		"end 0 -\n");
	check(STR(PROP("<sync-token>in a prop</sync-token>")),
		"/a found=8 token=in a prop\nend 1 -\n");
	for (size_t size = 4096; size <= 10240; size += 6144) {
		buf_reset(&xml);
		buf_text(&xml, OPEN "<sync-token>");
		for (size_t i = 0; i < size; i++)
			buf_char(&xml, 'x');
		buf_text(&xml, "</sync-token>" CLOSE);
		SCOPED(buf) out = buf_with_max(0);
		assert_true(read_in(buf_view(&xml), 100, 100, &out, NULL));
		if (size > 4096)
			assert_string_equal(buf_cstr(&out), "end 0 -\n");
		else
			assert_int_equal(out.len, 4096 + strlen("end 0 \n"));
	}
}

static void replaces_control_characters(void **state)
{
	(void)state;
	check(STR(PROP("<displayname>a\x0b\x01 b</displayname>")),
		"/a found=2 name=a   b\nend 1 stripped -\n");
	check(STR(PROP("<displayname>a&#11;b&#x1B;c&#x9;d</displayname>")),
		"/a found=2 name=a     b      c\td\nend 1 stripped -\n");
	check(STR(PROP("<displayname>a<![CDATA[\x1b&#11;]]></displayname>")),
		"/a found=2 name=a &#11;\nend 1 stripped -\n");
	check(STR(PROP("<displayname>a&#13;b\x7f&amp;#11;</displayname>")),
		"/a found=2 name=a\rb\x7f&#11;\nend 1 -\n");
}

/* Text nobody asked for may be of any size: it is not kept. */
static void skips_foreign_text(void **state)
{
	SCOPED(buf) xml = buf_with_max(0);
	SCOPED(buf) out = buf_with_max(0);
	(void)state;

	buf_text(&xml, OPEN "<response><x>");
	repeat(&xml, "0123456789", 1100000);
	buf_text(&xml, "</x><href>/a</href>" NO "</response>" CLOSE);
	assert_true(read_in(buf_view(&xml), 16384, 16384, &out, NULL));
	assert_string_equal(buf_cstr(&out), "/a status=404\nend 1 -\n");
}

static bool stop_at_second(void *ctx, const struct dav_response *r, struct err *e)
{
	unsigned *seen = ctx;

	(void)r;
	if (++*seen < 2)
		return true;
	return err_set(e, ERR_CANCELLED, "enough");
}

static void obeys_the_sink(void **state)
{
	SCOPED(buf) bytes = data_read("icloud_changes.xml");
	unsigned seen = 0;
	const struct multistatus_sink sink = {.ctx = &seen, .response = stop_at_second};
	AUTO(multistatus) *m = multistatus_new(&sink);
	struct multistatus_end end = {0};
	struct err e = {0};
	(void)state;

	assert_false(multistatus_feed(m, buf_view(&bytes), &e));
	assert_int_equal(e.code, ERR_CANCELLED);
	assert_int_equal(seen, 2);
	e = (struct err){0};
	assert_false(multistatus_feed(m, STR("more"), &e));
	assert_string_equal(e.message, "enough");
	assert_false(multistatus_finish(m, &end, NULL));
	assert_null(end.sync_token);
	assert_int_equal(seen, 2);
}

struct tally {
	size_t count;
	size_t bytes;
};

static bool tally(void *ctx, const struct dav_response *r, struct err *e)
{
	struct tally *t = ctx;

	(void)e;
	assert_false(r->malformed);
	assert_int_equal(r->found, DAV_P_ETAG | DAV_P_DATA);
	t->count++;
	t->bytes += r->data.len;
	return true;
}

static void reads_a_hundred_thousand(void **state)
{
	enum { COUNT = 100000 };
	struct tally t = {0};
	const struct multistatus_sink sink = {.ctx = &t, .response = tally};
	AUTO(multistatus) *m = multistatus_new(&sink);
	struct multistatus_end end = {0};
	SCOPED(buf) xml = buf_with_max(0);
	const long before = peak_kilobytes();
	(void)state;

	assert_true(multistatus_feed(m, STR(XML OPEN), NULL));
	for (unsigned i = 0; i < COUNT; i++) {
		buf_reset(&xml);
		buf_printf(&xml,
			"<response><href>/home/cal/%08x.ics</href><propstat><prop>"
			"<getetag>\"%x\"</"
			"getetag><C:calendar-data><![CDATA[BEGIN:VCALENDAR\n"
			"BEGIN:VEVENT\nUID:%08x\nEND:VEVENT\nEND:VCALENDAR\n]]>"
			"</C:calendar-data></prop>" OK "</propstat></response>",
			i, i, i);
		assert_true(multistatus_feed(m, buf_view(&xml), NULL));
	}
	assert_true(multistatus_feed(m, STR("<sync-token>t</sync-token>" CLOSE), NULL));
	assert_true(multistatus_finish(m, &end, NULL));
	assert_int_equal(t.count, COUNT);
	assert_int_equal(end.responses, COUNT);
	assert_int_equal(t.bytes, (size_t)COUNT * 67);
	assert_string_equal(end.sync_token, "t");
	multistatus_end_clear(&end);
	assert_true(peak_kilobytes() - before < 8 * 1024);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_hundred_thousand),
		cmocka_unit_test(reads_icloud),
		cmocka_unit_test(reads_icloud_calendars),
		cmocka_unit_test(reads_objects),
		cmocka_unit_test(reads_other_servers),
		cmocka_unit_test(reads_shapes),
		cmocka_unit_test(reads_tokens),
		cmocka_unit_test(replaces_control_characters),
		cmocka_unit_test(skips_foreign_text),
		cmocka_unit_test(obeys_the_sink),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
