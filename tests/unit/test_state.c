#include <config.h>

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "tests/unit/state_folder.h"

static void write_file(const char *path, const void *bytes, size_t len)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static size_t count_aside(const struct state_folder *f)
{
	DIR *dir = opendir(f->path);
	size_t n = 0;

	assert_non_null(dir);
	for (struct dirent *d = readdir(dir); d; d = readdir(dir))
		n += strstr(d->d_name, ".aside-") != NULL;
	(void)closedir(dir);
	return n;
}

static void test_fresh(void **state)
{
	struct state_folder *f = *state;
	struct stat st;
	AUTO_FREE char *value = NULL;

	state_folder_reopen(f);
	assert_false(state_was_lost(f->s));
	assert_null(state_aside(f->s));
	assert_int_equal(stat(f->file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_true(state_meta_get(f->s, "generation", &value, NULL));
	assert_null(value);
	assert_true(state_meta_set(f->s, "generation", "41", NULL));
	assert_true(state_meta_set(f->s, "generation", "42", NULL));
	state_folder_reopen(f);
	assert_true(state_meta_get(f->s, "generation", &value, NULL));
	assert_string_equal(value, "42");
	free(take(&value));
	assert_true(state_meta_set(f->s, "generation", NULL, NULL));
	assert_true(state_meta_get(f->s, "generation", &value, NULL));
	assert_null(value);
}

/* A file that is no good is kept under another name, and a fresh one made. */
static void expect_lost(struct state_folder *f, const void *bytes, size_t len)
{
	const size_t before = count_aside(f);

	write_file(f->file, bytes, len);
	state_folder_reopen(f);
	assert_true(state_was_lost(f->s));
	assert_non_null(state_aside(f->s));
	assert_int_equal(count_aside(f), before + 1);
	AUTO_FREE char *kept = xasprintf("%s/%s", f->path, state_aside(f->s));
	struct stat st;
	assert_int_equal(stat(kept, &st), 0);
	assert_int_equal(st.st_size, len);
	state_folder_reopen(f);
	assert_false(state_was_lost(f->s));
}

/* Overwrites the start of the page that holds this text. */
static void damage_page_of(const struct state_folder *f, const char *text)
{
	SCOPED(buf) bytes = buf_with_max(0);

	assert_true(file_read(AT_FDCWD, f->file, 64U << 20, &bytes, NULL));
	const size_t at = str_find(buf_view(&bytes), str_of(text));
	assert_true(at != STR_NONE);
	memset(bytes.ptr + at / 4096 * 4096, 0xff, 64);
	FILE *file = fopen(f->file, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, file), bytes.len);
	assert_int_equal(fclose(file), 0);
}

/* The large table is not checked at each start; damage in it is found when it is read,
 * and the next start then looks at everything. */
static void test_damaged_body(void **state)
{
	struct state_folder *f = *state;
	SCOPED(buf) body = buf_with_max(0);
	bool found = false;
	bool good = true;

	state_folder_reopen(f);
	state_folder_home(f);
	for (unsigned i = 0; i < 40; i++) {
		AUTO_FREE char *uid = xasprintf("u%u", i);
		AUTO_FREE char *text = xasprintf("body-%u-%01500u", i, i);
		const struct state_item item = state_folder_item(uid);
		assert_true(state_item_put_body(f->s, f->cal.id, &item, str_of(text),
			NULL));
	}
	assert_true(state_body_get(f->s, 1, &body, &found, NULL));
	assert_true(found && str_starts(buf_view(&body), STR("body-0-0")));
	state_folder_reopen(f);
	state_free(f->s);
	f->s = NULL;
	damage_page_of(f, "body-20-");
	state_folder_reopen(f);
	assert_false(state_was_lost(f->s));
	for (int64_t id = 1; id <= 40; id++)
		good &= state_body_get(f->s, id, &body, &found, NULL);
	assert_false(good);
	state_folder_reopen(f);
	assert_true(state_was_lost(f->s));
	state_folder_reopen(f);
	assert_false(state_was_lost(f->s));
}

static void test_lost(void **state)
{
	struct state_folder *f = *state;
	SCOPED(buf) bytes = buf_with_max(0);

	expect_lost(f, "", 0);
	expect_lost(f, "SQLite format 3", 15);
	expect_lost(f, "a letter to a friend, in plain words, and longer than a page",
		60);
	state_folder_home(f);
	for (unsigned i = 0; i < 300; i++) {
		AUTO_FREE char *uid = xasprintf("uid-%u@example.org", i);
		state_folder_put(f, uid);
	}
	state_free(take(&f->s));
	assert_true(file_read(AT_FDCWD, f->file, 64U << 20, &bytes, NULL));
	expect_lost(f, bytes.ptr, bytes.len / 2); /* torn in half */
	memset(bytes.ptr + 8192, 0x5a, 4096);
	expect_lost(f, bytes.ptr, bytes.len); /* one page overwritten */
}

static void run_sql(const char *path, const char *sql)
{
	sqlite3 *raw = NULL;

	assert_int_equal(sqlite3_open(path, &raw), SQLITE_OK);
	assert_int_equal(sqlite3_exec(raw, sql, NULL, NULL, NULL), SQLITE_OK);
	(void)sqlite3_close(raw);
}

static void test_foreign(void **state)
{
	struct state_folder *f = *state;

	run_sql(f->file, "CREATE TABLE t(x); PRAGMA application_id=7");
	state_folder_reopen(f);
	assert_true(state_was_lost(f->s));
	state_free(take(&f->s));
	(void)remove(f->file);
	run_sql(f->file, "CREATE TABLE item(x)"); /* no id at all, but tables */
	state_folder_reopen(f);
	assert_true(state_was_lost(f->s));
	assert_int_equal(count_aside(f), 2);
}

static void test_newer(void **state)
{
	struct state_folder *f = *state;
	struct err e = {0};
	struct state *s = NULL;

	state_folder_reopen(f);
	state_free(take(&f->s));
	run_sql(f->file, "PRAGMA user_version=99");
	assert_false(state_open(&s, f->path, "personal", &e));
	assert_int_equal(e.code, ERR_CONFIG);
	assert_null(s);
	assert_int_equal(count_aside(f), 0);
}

/* The file was made, and the run ended before there was a table in it. */
static void test_interrupted_first_run(void **state)
{
	struct state_folder *f = *state;

	run_sql(f->file, "VACUUM");
	state_folder_reopen(f);
	state_folder_home(f);
	assert_int_equal(f->cal.items, 0);
}

static void test_busy(void **state)
{
	struct state_folder *f = *state;
	struct err e = {0};
	sqlite3 *raw = NULL;

	state_folder_reopen(f);
	assert_int_equal(sqlite3_open(f->file, &raw), SQLITE_OK);
	assert_int_equal(sqlite3_exec(raw, "BEGIN EXCLUSIVE", NULL, NULL, NULL),
		SQLITE_OK);
	/* Reading is enough, and is tried for as long as SQLite is told to. */
	assert_false(state_meta_set(f->s, "x", "y", &e));
	assert_int_equal(e.code, ERR_BUSY);
	(void)sqlite3_close(raw);
	assert_true(state_meta_set(f->s, "x", "y", NULL));
}

static void test_identity(void **state)
{
	static const struct state_identity others[] = {
		{"bob", "/ada/home/", "/home/ada/cal/home"},
		{"ada", "/ada/home/", "/home/ada/elsewhere/home"},
	};
	struct state_folder *f = *state;
	struct state_calendar look = {0};

	state_folder_reopen(f);
	for (size_t i = 0; i < COUNT_OF(others); i++) {
		state_folder_home(f);
		state_folder_put(f, "a");
		state_folder_home(f);
		assert_int_equal(f->cal.items, 1);
		/* Looking tells nothing of another's, and forgets nothing. */
		assert_true(state_calendar_open(f->s, &others[i], true, &look, NULL));
		assert_int_equal(look.id, 0);
		assert_int_equal(look.items, 0);
		state_calendar_clear(&look);
		state_folder_home(f);
		assert_int_equal(f->cal.items, 1);
		assert_true(state_calendar_open(f->s, &others[i], false, &look, NULL));
		assert_true(look.id != 0);
		assert_int_equal(look.items, 0);
		state_calendar_clear(&look);
		state_folder_home(f);
		assert_int_equal(f->cal.items, 0);
	}
}

static void test_calendar_roundtrip(void **state)
{
	struct state_folder *f = *state;

	state_folder_reopen(f);
	state_folder_home(f);
	f->cal.token = xstrdup("t1");
	f->cal.ctag = xstrdup("c1");
	f->cal.last_good = 1772615700;
	f->cal.batch = 200;
	f->cal.inline_data = STATE_NO;
	assert_true(state_calendar_save(f->s, &f->cal, NULL));
	state_folder_reopen(f);
	state_folder_home(f);
	assert_string_equal(f->cal.token, "t1");
	assert_string_equal(f->cal.ctag, "c1");
	assert_int_equal(f->cal.last_good, 1772615700);
	assert_int_equal(f->cal.batch, 200);
	assert_int_equal(f->cal.inline_data, STATE_NO);
	bool known = true;
	assert_true(state_knows_folder(f->s, "/home/ada/cal", &known, NULL));
	assert_false(known); /* no items yet */
	state_folder_put(f, "a");
	assert_true(state_knows_folder(f->s, "/home/ada/cal", &known, NULL));
	assert_true(known);
	assert_true(state_knows_folder(f->s, "/home/ada/ca", &known, NULL));
	assert_false(known);
}

static void test_item_roundtrip(void **state)
{
	struct state_folder *f = *state;
	struct state_item i = state_folder_item("a@example.org");
	struct state_item got = {0};
	bool found = false;

	state_folder_reopen(f);
	state_folder_home(f);
	assert_true(state_item_put(f->s, f->cal.id, &i, NULL));
	assert_true(state_item_by_uid(f->s, f->cal.id, i.uid, &got, &found, NULL));
	assert_true(found);
	assert_true(got.has_base);
	assert_true(digest_equal(&got.base_local, &i.base_local));
	assert_true(vdir_stat_equal(&got.stat, &i.stat));
	i.id = got.id;
	state_item_clear(&got);
	i.base_remote = digest_of(STR("newer"));
	i.behind = true;
	assert_true(state_item_put(f->s, f->cal.id, &i, NULL));
	assert_true(
		state_item_by_segment(f->s, f->cal.id, i.segment, &got, &found, NULL));
	assert_true(digest_equal(&got.base_local, &i.base_local));
	assert_true(digest_equal(&got.base_remote, &i.base_remote));
	assert_true(got.behind && got.has_base);
	state_item_clear(&got);
	i.has_base = false;
	assert_true(state_item_put(f->s, f->cal.id, &i, NULL));
	assert_true(state_item_by_uid(f->s, f->cal.id, i.uid, &got, &found, NULL));
	assert_false(got.has_base);
	state_item_clear(&got);
	bool taken = false;
	assert_true(state_name_taken(f->s, f->cal.id, "A@EXAMPLE.ORG", &taken, NULL));
	assert_true(taken);
	assert_true(state_item_forget(f->s, i.id, NULL));
	assert_true(state_item_by_uid(f->s, f->cal.id, i.uid, &got, &found, NULL));
	assert_false(found);
	/* One calendar's UID is no other's. */
	assert_true(state_name_taken(f->s, f->cal.id, "A@EXAMPLE.ORG", &taken, NULL));
	assert_false(taken);
}

struct told {
	size_t count;
	char last[64];
	int64_t held;
};

static void on_quarantined(void *ctx, const struct state_quarantined *q)
{
	struct told *t = ctx;

	t->count++;
	(void)snprintf(t->last, sizeof(t->last), "%s: %s", q->what, q->reason);
}

static void on_held(void *ctx, const struct state_held *h)
{
	struct told *t = ctx;

	t->held += h->uid[0] != '\0';
}

static void on_calendar(void *ctx, const struct state_calendar *c)
{
	struct told *t = ctx;

	t->count += (size_t)c->quarantined;
	t->held += c->held;
}

static void quarantine(struct state_folder *f, const char *what, enum state_side side,
	int64_t tries)
{
	const struct state_quarantined q = {.side = side,
		.what = what,
		.uid = "",
		.reason = "it has no UID",
		.etag = "\"1\"",
		.since = 5,
		.tries = tries};

	assert_true(state_quarantine_put(f->s, f->cal.id, &q, NULL));
}

static void test_status(void **state)
{
	struct state_folder *f = *state;
	struct told listed = {0};
	struct told all = {0};
	int64_t n = 0;
	bool known = false;

	state_folder_reopen(f);
	state_folder_home(f);
	quarantine(f, "bad.ics", STATE_SERVER, 0);
	quarantine(f, "todo.ics", STATE_OTHER, 0);
	quarantine(f, "late.ics", STATE_SERVER, 1);
	quarantine(f, "never.ics", STATE_SERVER, STATE_TRIES);
	assert_true(state_quarantine_count(f->s, f->cal.id, &n, NULL));
	assert_int_equal(n, 2);
	assert_true(
		state_each_quarantined(f->s, f->cal.id, on_quarantined, &listed, NULL));
	assert_int_equal(listed.count, 2);
	assert_true(state_held_add(f->s, f->cal.id,
		&(struct state_held){"a", "a.ics", false}, NULL));
	assert_true(state_held_add(f->s, f->cal.id,
		&(struct state_held){"b", "b.ics", false}, NULL));
	f->cal.held = 2;
	f->cal.held_code = xstrdup("1a2b3c4d");
	assert_true(state_calendar_save(f->s, &f->cal, NULL));
	assert_true(state_each_held(f->s, f->cal.id, on_held, &listed, NULL));
	assert_int_equal(listed.held, 2);
	assert_true(state_each_calendar(f->s, on_calendar, &all, NULL));
	assert_int_equal(all.count, 2);
	assert_int_equal(all.held, 2);
	assert_true(state_approve(f->s, "ffffffff", 9, &known, NULL));
	assert_false(known);
	assert_true(state_approve(f->s, "1a2b3c4d", 9, &known, NULL));
	assert_true(known);
	state_folder_home(f);
	assert_string_equal(f->cal.approved, "1a2b3c4d");
	assert_int_equal(f->cal.approved_until, 9);
	assert_true(
		state_quarantine_drop(f->s, f->cal.id, STATE_SERVER, "bad.ics", NULL));
	assert_true(state_quarantine_count(f->s, f->cal.id, &n, NULL));
	assert_int_equal(n, 1);
}

static void test_rollback(void **state)
{
	struct state_folder *f = *state;

	state_folder_reopen(f);
	state_folder_home(f);
	assert_true(state_begin(f->s, NULL));
	state_folder_put(f, "a");
	state_rollback(f->s);
	state_folder_home(f);
	assert_int_equal(f->cal.items, 0);
}

/* The folder may be reached through a symbolic link, as many homes are. */
static void test_linked_folder(void **state)
{
	struct state_folder *f = *state;
	AUTO_FREE char *link = xasprintf("%s/link", f->path);
	AUTO_FREE char *real = xasprintf("%s/real", f->path);
	struct err e = {0};

	assert_int_equal(mkdir(real, 0700), 0);
	assert_int_equal(symlink(real, link), 0);
	if (!state_open(&f->s, link, "personal", &e))
		fail_msg("%s", e.message);
}

#define TEST(name)                                                                     \
	cmocka_unit_test_setup_teardown(test_##name, state_folder_setup,               \
		state_folder_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(fresh),
		TEST(lost),
		TEST(damaged_body),
		TEST(foreign),
		TEST(newer),
		TEST(interrupted_first_run),
		TEST(identity),
		TEST(calendar_roundtrip),
		TEST(item_roundtrip),
		TEST(status),
		TEST(rollback),
		TEST(linked_folder),
		TEST(busy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
