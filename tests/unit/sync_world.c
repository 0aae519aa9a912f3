#include <config.h>

#include "tests/unit/sync_world.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/secret.h"

#define FIRST_MS INT64_C(1772615700000) /* 2026-03-04T09:15:00Z */

static int64_t wall(void *ctx)
{
	return ((struct world *)ctx)->wall_ms;
}

static int64_t mono(void *ctx)
{
	return ((struct world *)ctx)->mono_ms++;
}

static void add_choice(struct world *w, const char *name)
{
	struct calendar_choice *c = account_add_calendar(&w->account);

	c->path = xasprintf("/ada/%s/", name);
	c->name = xstrdup(name);
	c->folder = xstrdup(name);
	c->direction = DIRECTION_BOTH;
	c->writable = true;
}

int world_setup(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));
	struct uri home = {0};

	assert_true(secrets_init(NULL));
	(void)snprintf(w->base, sizeof(w->base), "/tmp/calwiz-sync-XXXXXX");
	assert_non_null(mkdtemp(w->base));
	(void)snprintf(w->folder, sizeof(w->folder), "%s/Calendars", w->base);
	(void)snprintf(w->state_dir, sizeof(w->state_dir), "%s/state", w->base);
	w->fake = fake_new();
	w->home = fake_add_calendar(w->fake, "home");
	w->account.name = xstrdup("personal");
	w->account.provider = PROVIDER_CALDAV;
	w->account.login = xstrdup("ada");
	w->account.server = xstrdup(FAKE_ORIGIN "/");
	w->account.home = xstrdup(FAKE_HOME);
	w->account.folder = xstrdup(w->folder);
	add_choice(w, "home");
	assert_true(uri_parse(&home, STR(FAKE_HOME), NULL));
	w->gate = (struct gate){.provider = PROVIDER_CALDAV, .home = home.origin};
	uri_clear(&home);
	w->wall_ms = FIRST_MS;
	w->clock = (struct clock){wall, mono, w};
	*state = w;
	return 0;
}

void world_add_work(struct world *w)
{
	w->work = fake_add_calendar(w->fake, "work");
	add_choice(w, "work");
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

int world_teardown(void **state)
{
	struct world *w = *state;

	fake_free(w->fake);
	account_clear(&w->account);
	(void)nftw(w->base, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(w);
	return 0;
}

static void on_planned(void *ctx, const struct planned *p)
{
	struct world *w = ctx;
	const size_t used = strlen(w->planned);

	(void)snprintf(w->planned + used, sizeof(w->planned) - used, "%s %s\n", p->verb,
		p->title);
}

static void on_progress(void *ctx, const struct progress *p)
{
	struct world *w = ctx;

	assert_non_null(p->name);
	assert_true(p->done <= p->total || !p->total);
	w->progress_calls++;
}

static void on_done(void *ctx, const struct run_result *r)
{
	struct world *w = ctx;

	w->dones++;
	w->exit = r->exit;
	w->err = r->err;
	w->diagnosis = r->diagnosis;
	w->cancelled = r->cancelled;
	w->new_calendars = r->new_calendars;
	w->n_calendars = r->n_calendars;
	(void)snprintf(w->new_home, sizeof(w->new_home), "%s",
		r->new_home ? r->new_home : "");
	for (size_t i = 0; i < r->n_calendars && i < COUNT_OF(w->calendars); i++) {
		const struct calendar_result *c = &r->calendars[i];
		w->calendars[i] = (struct world_calendar){c->exit, c->err, c->events,
			c->added, c->changed, c->removed, c->quarantined, c->edited,
			c->held, c->sent_new, c->sent_changed, c->sent_removed,
			c->conflicts, c->unchanged};
	}
}

static void turn_until_done(struct world *w, struct run *r)
{
	unsigned answers = 0;

	while (!w->dones) {
		if (w->cancel_after && answers == w->cancel_after) {
			run_cancel(r);
			break;
		}
		if (!fake_answer_one(w->fake))
			fail_msg("nothing in flight and not done");
		if (++answers > 20000)
			fail_msg("no end of requests");
	}
}

int world_sync(struct world *w)
{
	AUTO(state) *state = NULL;
	struct err e = {0};

	w->dones = 0;
	w->planned[0] = '\0';
	if (!state_open(&state, w->state_dir, "personal", &e))
		fail_msg("%s", e.message);
	const struct run_options o = {
		.account = &w->account,
		.state = state,
		.transport = &w->fake->transport,
		.gate = &w->gate,
		.clock = &w->clock,
		.host_id = "00112233445566778899aabbccddeeff",
		.only_calendar = w->only,
		.dry_run = w->dry_run,
		.full = w->full,
		.progress = {w, on_progress},
		.ctx = w,
		.planned = on_planned,
		.done = on_done,
	};
	AUTO(run) *r = run_start(&o);
	assert_int_equal(w->dones, 0);
	turn_until_done(w, r);
	assert_int_equal(w->dones, 1);
	assert_null(w->fake->first);
	return w->exit;
}

void world_fill(struct world *w, unsigned n)
{
	for (unsigned i = 1; i <= n; i++) {
		AUTO_FREE char *name = xasprintf("e%04u.ics", i);
		AUTO_FREE char *uid = xasprintf("e%04u@example.org", i);
		AUTO_FREE char *title = xasprintf("Event %u", i);
		AUTO_FREE char *body = fake_event(uid, title);
		(void)fake_put(w->home, name, body);
	}
}

void world_put(struct world *w, const char *name, const char *uid, const char *summary)
{
	AUTO_FREE char *body = fake_event(uid, summary);

	(void)fake_put(w->home, name, body);
}

void world_edit(struct world *w, const char *name, const char *uid, const char *summary)
{
	AUTO_FREE char *body = fake_event(uid, summary);

	world_write(w, name, body);
}

void world_synced(struct world *w, unsigned n)
{
	world_fill(w, n);
	assert_int_equal(world_sync(w), EXIT_OK);
	assert_int_equal(world_count(w, "home"), n);
	fake_reset_counts(w->fake);
}

void world_assert_quiet(struct world *w, int expected)
{
	const struct digest folder = world_folder_digest(w);
	const struct digest state = world_state_digest(w);

	fake_reset_counts(w->fake);
	assert_int_equal(world_sync(w), expected);
	const struct digest folder_after = world_folder_digest(w);
	const struct digest state_after = world_state_digest(w);
	assert_int_equal(w->fake->requests, 1);
	assert_true(digest_equal(&folder, &folder_after));
	assert_true(digest_equal(&state, &state_after));
}

static char *path_of(const struct world *w, const char *name)
{
	return strchr(name, '/') ? xasprintf("%s/%s", w->folder, name)
	                         : xasprintf("%s/home/%s", w->folder, name);
}

static bool read_path(const char *path, struct buf *out)
{
	return file_read(AT_FDCWD, path, 64U << 20, out, NULL);
}

char *world_read(const struct world *w, const char *name)
{
	AUTO_FREE char *path = path_of(w, name);
	SCOPED(buf) text = buf_with_max(0);

	return read_path(path, &text) ? buf_take(&text) : NULL;
}

bool world_has(const struct world *w, const char *name, const char *contained)
{
	AUTO_FREE char *text = world_read(w, name);

	return text && strstr(text, contained);
}

void world_write(const struct world *w, const char *name, const char *text)
{
	AUTO_FREE char *path = path_of(w, name);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

void world_remove(const struct world *w, const char *name)
{
	AUTO_FREE char *path = path_of(w, name);

	assert_int_equal(unlink(path), 0);
}

size_t world_count(const struct world *w, const char *calendar)
{
	AUTO_FREE char *path = xasprintf("%s/%s", w->folder, calendar);
	DIR *dir = opendir(path);
	size_t n = 0;

	if (!dir)
		return 0;
	for (struct dirent *d = readdir(dir); d; d = readdir(dir))
		n += str_ends(str_of(d->d_name), STR(".ics"));
	(void)closedir(dir);
	return n;
}

/* nftw() has no context to hand through. */
static struct buf *walked;
static size_t counted;

static int count_file(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)path;
	(void)st;
	(void)at;
	counted += type == FTW_F;
	return 0;
}

size_t world_trash(const struct world *w)
{
	AUTO_FREE char *path = xasprintf("%s/.calwiz/trash", w->folder);

	counted = 0;
	(void)nftw(path, count_file, 16, FTW_PHYS);
	return counted;
}

size_t world_kept(const struct world *w)
{
	AUTO_FREE char *path = xasprintf("%s/.calwiz/conflicts", w->folder);

	counted = 0;
	(void)nftw(path, count_file, 16, FTW_PHYS);
	return counted;
}

static const char *looked_for;

static int look_for(const char *path, const struct stat *st, int type, struct FTW *at)
{
	SCOPED(buf) text = buf_with_max(0);

	(void)st;
	(void)at;
	return type == FTW_F && read_path(path, &text) &&
	       strstr(buf_cstr(&text), looked_for);
}

static bool folder_has(const struct world *w, const char *folder, const char *contained)
{
	AUTO_FREE char *path = xasprintf("%s/.calwiz/%s", w->folder, folder);

	looked_for = contained;
	return nftw(path, look_for, 16, FTW_PHYS) == 1;
}

bool world_lost_has(const struct world *w, const char *contained)
{
	return folder_has(w, "conflicts", contained);
}

bool world_trash_has(const struct world *w, const char *contained)
{
	return folder_has(w, "trash", contained);
}

const char *world_there(const struct world *w, const char *name)
{
	const struct fake_object *o = fake_find(w->home, name);

	return o && !o->deleted ? o->body : NULL;
}

bool world_there_has(const struct world *w, const char *name, const char *contained)
{
	const char *body = world_there(w, name);

	return body && strstr(body, contained);
}

size_t world_count_there(const struct fake_calendar *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->count; i++)
		n += !c->objects[i].deleted;
	return n;
}

void world_assert_settled(struct world *w, int expected)
{
	fake_reset_counts(w->fake);
	assert_int_equal(world_sync(w), expected);
	assert_int_equal(w->fake->puts + w->fake->deletes, 0);
	assert_int_equal(w->fake->gets + w->fake->multigets, 0);
	world_assert_quiet(w, expected);
}

static int note_file(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)at;
	buf_printf(walked, "%s %d %lld %lld.%09ld %llu\n", path, type,
		(long long)st->st_size, (long long)st->st_mtim.tv_sec,
		st->st_mtim.tv_nsec, (unsigned long long)st->st_ino);
	return 0;
}

static int by_line(const void *a, const void *b)
{
	const struct str *x = a;
	const struct str *y = b;

	return str_cmp(*x, *y);
}

struct digest world_folder_digest(const struct world *w)
{
	SCOPED(buf) lines = buf_with_max(0);
	SCOPED(buf) sorted = buf_with_max(0);
	struct str list[512];
	size_t n = 0;

	walked = &lines;
	(void)nftw(w->folder, note_file, 16, FTW_PHYS);
	struct str rest = buf_view(&lines);
	while (n < COUNT_OF(list) && str_line(&rest, &list[n]))
		n++;
	if (n)
		qsort(list, n, sizeof(list[0]), by_line);
	for (size_t i = 0; i < n; i++)
		buf_add(&sorted, list[i]);
	return digest_of(buf_view(&sorted));
}

struct digest world_state_digest(const struct world *w)
{
	AUTO_FREE char *path = xasprintf("%s/personal.db", w->state_dir);
	SCOPED(buf) bytes = buf_with_max(0);

	(void)read_path(path, &bytes);
	return digest_of(buf_view(&bytes));
}
