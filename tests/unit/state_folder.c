#include <config.h>

#include "tests/unit/state_folder.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/secret.h"

static const struct state_identity home = {"ada", "/ada/home/", "/home/ada/cal/home"};

int state_folder_setup(void **state)
{
	struct state_folder *f = xcalloc(1, sizeof(*f));

	assert_true(secrets_init(NULL));
	(void)snprintf(f->path, sizeof(f->path), "/tmp/calwiz-state-XXXXXX");
	assert_non_null(mkdtemp(f->path));
	(void)snprintf(f->file, sizeof(f->file), "%s/personal.db", f->path);
	*state = f;
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

int state_folder_teardown(void **state)
{
	struct state_folder *f = *state;

	state_calendar_clear(&f->cal);
	state_free(f->s);
	(void)nftw(f->path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(f);
	return 0;
}

void state_folder_reopen(struct state_folder *f)
{
	struct err e = {0};

	state_free(f->s);
	f->s = NULL;
	if (!state_open(&f->s, f->path, "personal", &e))
		fail_msg("%s", e.message);
}

void state_folder_home(struct state_folder *f)
{
	struct err e = {0};

	state_calendar_clear(&f->cal);
	if (!state_calendar_open(f->s, &home, false, &f->cal, &e))
		fail_msg("%s", e.message);
}

struct state_item state_folder_item(const char *uid)
{
	return (struct state_item){.uid = uid,
		.segment = uid,
		.href = uid,
		.etag = "\"1\"",
		.name = uid,
		.base_remote = digest_of(str_of(uid)),
		.base_local = digest_of(str_of(uid)),
		.has_base = true,
		.stat = {1, 2, 3, UINT64_MAX}};
}

void state_folder_put(struct state_folder *f, const char *uid)
{
	const struct state_item i = state_folder_item(uid);

	assert_true(state_item_put(f->s, f->cal.id, &i, NULL));
}
