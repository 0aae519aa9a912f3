#include <config.h>

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "dav/calendar.h"
#include "tests/unit/data.h"

struct account {
	struct dav_calendars list;
	struct uri home;
	struct gate gate;
};

static struct account account_at(const char *home, enum provider provider)
{
	struct account a = {0};

	assert_true(uri_parse(&a.home, str_of(home), NULL));
	a.gate = (struct gate){.provider = provider, .home = a.home.origin};
	return a;
}

static void account_clear(struct account *a)
{
	dav_calendars_clear(&a->list);
	uri_clear(&a->home);
}

static bool add(void *ctx, const struct dav_response *r, struct err *e)
{
	struct account *a = ctx;

	(void)e;
	dav_calendars_add(&a->list, &a->home, &a->gate, r);
	return true;
}

static struct account account_from(const char *file, const char *home,
	enum provider provider)
{
	struct account a = account_at(home, provider);
	SCOPED(buf) xml = data_read(file);
	const struct multistatus_sink sink = {.ctx = &a, .response = add};
	AUTO(multistatus) *m = multistatus_new(&sink);
	struct multistatus_end end = {0};

	assert_true(multistatus_feed(m, buf_view(&xml), NULL));
	assert_true(multistatus_finish(m, &end, NULL));
	multistatus_end_clear(&end);
	dav_calendars_sort(&a.list);
	return a;
}

struct expected {
	const char *name;
	enum calendar_hidden hidden;
	bool writable;
	bool shared;
	const char *color;
};

static void check(const struct dav_calendars *list, const struct expected *rows,
	size_t count)
{
	assert_int_equal(list->count, count);
	for (size_t i = 0; i < count; i++) {
		const struct dav_calendar *c = &list->items[i];
		assert_string_equal(c->name, rows[i].name);
		assert_int_equal(c->hidden, rows[i].hidden);
		assert_int_equal(c->writable, rows[i].writable);
		assert_int_equal(c->shared, rows[i].shared);
		assert_int_equal(c->color != NULL, rows[i].color != NULL);
		if (c->color)
			assert_string_equal(c->color, rows[i].color);
	}
}

static void lists_icloud(void **state)
{
	static const struct expected rows[] = {
		{"Home", CALENDAR_SHOWN, true, false, "#CC73E1"},
		{"Work & travel", CALENDAR_SHOWN, true, false, "#63DA38"},
		{"Family", CALENDAR_SHOWN, true, false, "#1BADF8"},
		{"Ada Example", CALENDAR_NOT_ONE, true, false, NULL},
		{"Bob\xe2\x80\x99s club", CALENDAR_SHOWN, false, true, "#FFCC00"},
		{"Holidays", CALENDAR_SUBSCRIBED, true, false, NULL},
		{"inbox", CALENDAR_SCHEDULING, false, false, NULL},
		{"notification", CALENDAR_NOTIFICATIONS, false, false, NULL},
		{"outbox", CALENDAR_SCHEDULING, false, false, NULL},
		{"Reminders", CALENDAR_TASKS, true, false, "#FF9500"},
	};
	struct account a = account_from("icloud_calendars.xml",
		"https://p77-caldav.icloud.com/20481632641/calendars/",
		PROVIDER_ICLOUD);
	(void)state;

	check(&a.list, rows, COUNT_OF(rows));
	const struct dav_calendar *family = dav_calendars_find(&a.list,
		"/20481632641/calendars/4D24D1CF-0000-4130-BFB7-F9E0B616E6FE/");
	assert_non_null(family);
	assert_string_equal(family->path, family->key);
	assert_int_equal(family->order, 2);
	assert_string_equal(family->ctag, family->token);
	assert_int_equal(strncmp(family->token, "HwoQEgwAA", 9), 0);
	assert_null(dav_calendars_find(&a.list, "/nowhere/"));
	account_clear(&a);
}

static void lists_other_servers(void **state)
{
	static const struct expected radicale[] = {
		{"ada", CALENDAR_NOT_ONE, true, false, NULL},
		{"People", CALENDAR_NOT_ONE, true, false, NULL},
		{"Private", CALENDAR_SHOWN, true, false, "#00FF00"},
	};
	static const struct expected sogo[] = {
		{"Personal Calendar", CALENDAR_SHOWN, true, false, "#AAAAAA"},
		{"Calendar", CALENDAR_SCHEDULING, true, false, NULL},
	};
	static const struct expected davical[] = {
		{"Ada Example", CALENDAR_NOT_ONE, true, false, NULL},
		{"calendar-proxy-read", CALENDAR_NOT_ONE, true, false, NULL},
		{"House & garden", CALENDAR_SHOWN, true, false, NULL},
	};
	static const struct expected xandikos[] = {
		{"calendar", CALENDAR_SHOWN, true, false, NULL},
	};
	static const struct expected cyrus[] = {
		{"ada", CALENDAR_NOT_ONE, true, false, NULL},
		{"personal", CALENDAR_SHOWN, true, false, NULL},
	};
	static const struct {
		const char *file;
		const struct expected *rows;
		size_t count;
	} servers[] = {
		{"radicale_calendars.xml", radicale, COUNT_OF(radicale)},
		{"sogo_calendars.xml", sogo, COUNT_OF(sogo)},
		{"davical_calendars.xml", davical, COUNT_OF(davical)},
		{"xandikos_calendars.xml", xandikos, COUNT_OF(xandikos)},
		{"cyrus_calendars.xml", cyrus, COUNT_OF(cyrus)},
	};
	(void)state;

	for (size_t i = 0; i < COUNT_OF(servers); i++) {
		struct account a = account_from(servers[i].file,
			"http://127.0.0.1:5232/ada/", PROVIDER_CALDAV);
		check(&a.list, servers[i].rows, servers[i].count);
		account_clear(&a);
	}
}

/* A calendar as a server that says little tells it. */
static struct dav_response calendar(const char *href)
{
	return (struct dav_response){
		.href = str_of(href),
		.found = DAV_P_RESOURCETYPE,
		.resource = DAV_COLLECTION | DAV_CALENDAR,
	};
}

static void fills_gaps(void **state)
{
	struct account a = account_at("https://dav.example.org/home/", PROVIDER_CALDAV);
	struct dav_response r =
		calendar("https://dav.example.org:443/home/caf%c3%a9%20x");
	(void)state;

	dav_calendars_add(&a.list, &a.home, &a.gate, &r);
	assert_int_equal(a.list.count, 1);
	const struct dav_calendar *c = &a.list.items[0];
	assert_string_equal(c->path, "/home/caf%c3%a9%20x/");
	assert_string_equal(c->key, "/home/caf\xc3\xa9 x/");
	assert_string_equal(c->name, "caf\xc3\xa9 x");
	assert_null(c->color);
	assert_null(c->ctag);
	assert_null(c->token);
	assert_int_equal(c->order, INT_MAX);
	assert_true(c->writable);
	assert_int_equal(c->hidden, CALENDAR_SHOWN);
	account_clear(&a);
}

static void leaves_out(void **state)
{
	static const char *const hrefs[] = {
		"http://169.254.169.254/x/",
		"https://localhost/x/",
		"//evil.example/x/",
		"https://dav.example.org:8443/home/x/",
		"http://dav.example.org/home/x/",
		"https:\\\\evil.example/x/",
		"/home/x%00/",
		"/home/x%0d%0a/",
		"/home/../x/",
		"/home/%2e%2e/x/",
		"/home/x/#y",
		"",
	};
	struct account a = account_at("https://dav.example.org/home/", PROVIDER_CALDAV);
	struct dav_response r;
	(void)state;

	for (size_t i = 0; i < COUNT_OF(hrefs); i++) {
		r = calendar(hrefs[i]);
		dav_calendars_add(&a.list, &a.home, &a.gate, &r);
		if (a.list.count)
			fail_msg("took %s", hrefs[i]);
	}
	r = calendar("/home/x/");
	r.malformed = true;
	dav_calendars_add(&a.list, &a.home, &a.gate, &r);
	r = calendar("/home/x/");
	r.status = 403;
	dav_calendars_add(&a.list, &a.home, &a.gate, &r);
	r = calendar("/home/x/");
	r.found = 0;
	dav_calendars_add(&a.list, &a.home, &a.gate, &r);
	assert_int_equal(a.list.count, 0);
	account_clear(&a);
}

static void takes_one_of_two(void **state)
{
	static const char *const hrefs[] = {"/home/a@b/", "/home/a%40b/", "/home/a@b",
		"https://dav.example.org/home/%61@b/"};
	struct account a = account_at("https://dav.example.org/home/", PROVIDER_CALDAV);
	(void)state;

	for (size_t i = 0; i < COUNT_OF(hrefs); i++) {
		const struct dav_response r = calendar(hrefs[i]);
		dav_calendars_add(&a.list, &a.home, &a.gate, &r);
	}
	assert_int_equal(a.list.count, 1);
	assert_string_equal(a.list.items[0].path, "/home/a@b/");
	account_clear(&a);
}

static void stops_at_a_limit(void **state)
{
	struct account a = account_at("https://dav.example.org/home/", PROVIDER_CALDAV);
	(void)state;

	for (unsigned i = 0; i < DAV_CALENDARS_MAX + 5; i++) {
		AUTO_FREE char *href = xasprintf("/home/%u/", i);
		const struct dav_response r = calendar(href);
		dav_calendars_add(&a.list, &a.home, &a.gate, &r);
	}
	assert_int_equal(a.list.count, DAV_CALENDARS_MAX);
	account_clear(&a);
}

static void judges_kinds(void **state)
{
	static const struct {
		unsigned resource;
		unsigned components;
		enum calendar_hidden hidden;
	} rows[] = {
		{DAV_COLLECTION, 0, CALENDAR_NOT_ONE},
		{0, 0, CALENDAR_NOT_ONE},
		{DAV_COLLECTION, DAV_VEVENT, CALENDAR_NOT_ONE},
		{DAV_PRINCIPAL, 0, CALENDAR_NOT_ONE},
		{DAV_CALENDAR, 0, CALENDAR_SHOWN},
		{DAV_CALENDAR, DAV_VEVENT, CALENDAR_SHOWN},
		{DAV_CALENDAR, DAV_VEVENT | DAV_VTODO, CALENDAR_SHOWN},
		{DAV_CALENDAR, DAV_VTODO, CALENDAR_TASKS},
		{DAV_CALENDAR, DAV_VJOURNAL | DAV_VFREEBUSY, CALENDAR_TASKS},
		{DAV_CALENDAR | DAV_SCHEDULE_OUTBOX, DAV_VEVENT, CALENDAR_SHOWN},
		{DAV_SCHEDULE_INBOX, DAV_VEVENT, CALENDAR_SCHEDULING},
		{DAV_SCHEDULE_OUTBOX, DAV_VEVENT, CALENDAR_SCHEDULING},
		{DAV_NOTIFICATION, 0, CALENDAR_NOTIFICATIONS},
		{DAV_SUBSCRIBED, DAV_VEVENT, CALENDAR_SUBSCRIBED},
		{DAV_SUBSCRIBED | DAV_CALENDAR, DAV_VEVENT, CALENDAR_SUBSCRIBED},
	};
	(void)state;

	assert_string_equal(calendar_hidden_text(CALENDAR_TASKS),
		"holds reminders or tasks, not events");
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct account a =
			account_at("https://dav.example.org/home/", PROVIDER_CALDAV);
		struct dav_response r = calendar("/home/x/");
		r.resource = rows[i].resource;
		r.components = rows[i].components;
		dav_calendars_add(&a.list, &a.home, &a.gate, &r);
		assert_int_equal(a.list.count, 1);
		assert_int_equal(a.list.items[0].hidden, rows[i].hidden);
		assert_int_equal(*calendar_hidden_text(rows[i].hidden) == '\0',
			rows[i].hidden == CALENDAR_SHOWN);
		account_clear(&a);
	}
}

static void judges_rights(void **state)
{
	static const struct {
		unsigned found;
		unsigned privileges;
		bool writable;
	} rows[] = {
		{0, 0, true},
		{DAV_P_PRIVILEGES, 0, false},
		{DAV_P_PRIVILEGES, DAV_MAY_READ, false},
		{DAV_P_PRIVILEGES, DAV_MAY_READ | DAV_MAY_UNBIND, false},
		{DAV_P_PRIVILEGES, DAV_MAY_READ | DAV_MAY_WRITE_CONTENT, true},
	};
	(void)state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct account a =
			account_at("https://dav.example.org/home/", PROVIDER_CALDAV);
		struct dav_response r = calendar("/home/x/");
		r.found |= rows[i].found;
		r.privileges = rows[i].privileges;
		dav_calendars_add(&a.list, &a.home, &a.gate, &r);
		assert_int_equal(a.list.items[0].writable, rows[i].writable);
		account_clear(&a);
	}
}

static void sorts(void **state)
{
	static const struct {
		const char *href;
		const char *name;
		const char *order;
	} rows[] = {
		{"/home/1/", "zebra", ""},
		{"/home/2/", "Apple", ""},
		{"/home/3/", "late", "10"},
		{"/home/4/", "early", "2"},
		{"/home/6/", "apple", ""},
		{"/home/5/", "apple", "nonsense"},
		{"/home/7/", "minus", "-1"},
	};
	static const char sorted[] = "4325671";
	struct account a = account_at("https://dav.example.org/home/", PROVIDER_CALDAV);
	(void)state;

	dav_calendars_sort(&a.list);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct dav_response r = calendar(rows[i].href);
		r.displayname = str_of(rows[i].name);
		r.order = str_of(rows[i].order);
		dav_calendars_add(&a.list, &a.home, &a.gate, &r);
	}
	dav_calendars_sort(&a.list);
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_int_equal(a.list.items[i].path[6], sorted[i]);
	account_clear(&a);
}

static void unescapes_names(void **state)
{
	static const struct {
		const char *sent;
		const char *name;
	} rows[] = {
		{"Tom & Bob", "Tom & Bob"},
		{"Tom &amp; Bob", "Tom & Bob"},
		{"&lt;b&gt; &quot;x&quot; &#039;", "<b> \"x\" '"},
		{"&amp;amp;", "&amp;"},
		{"AT&T; &", "AT&T; &"},
	};
	(void)state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct account a =
			account_at("https://dav.example.org/home/", PROVIDER_CALDAV);
		struct dav_response r = calendar("/home/x/");
		r.displayname = str_of(rows[i].sent);
		dav_calendars_add(&a.list, &a.home, &a.gate, &r);
		assert_string_equal(a.list.items[0].name, rows[i].name);
		account_clear(&a);
	}
}

static void reads_colors(void **state)
{
	static const struct {
		const char *raw;
		const char *color;
	} rows[] = {
		{"#1BADF8FF", "#1BADF8"},
		{"#1badf8", "#1BADF8"},
		{" #000000 ", "#000000"},
		{"", NULL},
		{"1BADF8", NULL},
		{"#1BADF", NULL},
		{"#1BADF8F", NULL},
		{"#1BADF8FF0", NULL},
		{"#GGGGGG", NULL},
		{"#1BADF8GG", NULL},
		{"red", NULL},
	};
	(void)state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_FREE char *color = calendar_color(str_of(rows[i].raw));
		assert_int_equal(color != NULL, rows[i].color != NULL);
		if (color)
			assert_string_equal(color, rows[i].color);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_icloud),
		cmocka_unit_test(lists_other_servers),
		cmocka_unit_test(fills_gaps),
		cmocka_unit_test(leaves_out),
		cmocka_unit_test(takes_one_of_two),
		cmocka_unit_test(stops_at_a_limit),
		cmocka_unit_test(judges_kinds),
		cmocka_unit_test(judges_rights),
		cmocka_unit_test(sorts),
		cmocka_unit_test(unescapes_names),
		cmocka_unit_test(reads_colors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
