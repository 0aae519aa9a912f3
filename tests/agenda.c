/*
 * agenda FOLDER...: the next five occurrences of all .ics files below the folders, one
 * a line. Shows at a glance that what was synced is what a calendar program will see.
 * Exits 1 when a folder cannot be read or there is nothing to show.
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "cal/agenda.h"
#include "cal/scan.h"

enum { SHOWN = 5, DAYS_AHEAD = 400 };

static bool add_file(struct cal_agenda *agenda, const char *path, struct err *e)
{
	SCOPED(buf) body = buf_with_max(CAL_BYTES_MAX);
	struct cal_scan scan;

	if (!file_read(AT_FDCWD, path, CAL_BYTES_MAX, &body, e))
		return false;
	enum cal_fault fault = cal_scan(buf_view(&body), &scan);
	if (fault != CAL_OK)
		return err_set(e, ERR_LOCAL, "%s: %s", safe(str_of(path)).text,
			cal_fault_text(fault));
	cal_agenda_add(agenda, buf_view(&body));
	return true;
}

static bool add_entry(struct cal_agenda *agenda, FTS *tree, FTSENT *entry,
	struct err *e)
{
	switch (entry->fts_info) {
	case FTS_D:
		/* Kept copies and the trash are in folders with a leading dot. */
		if (entry->fts_level > 0 && entry->fts_name[0] == '.')
			(void)fts_set(tree, entry, FTS_SKIP);
		return true;
	case FTS_F:
		if (entry->fts_name[0] == '.' ||
			!str_ends(str_of(entry->fts_name), STR(".ics")))
			return true;
		return add_file(agenda, entry->fts_path, e);
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		errno = entry->fts_errno;
		return err_errno(e, "%s", safe(str_of(entry->fts_path)).text);
	default: /* the second visit of a folder, and what is not a file */
		return true;
	}
}

static bool add_folders(struct cal_agenda *agenda, char **folders, struct err *e)
{
	FTS *tree = fts_open(folders, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	if (!tree)
		return err_errno(e, "fts_open");
	bool ok = true;
	FTSENT *entry;
	while (ok && (entry = fts_read(tree)))
		ok = add_entry(agenda, tree, entry, e);
	(void)fts_close(tree);
	return ok;
}

int main(int argc, char **argv)
{
	const struct clock clock = clock_system();
	const int64_t now = clock_wall_ms(&clock) / 1000;
	AUTO(cal_agenda) *agenda =
		cal_agenda_new(now, now + DAYS_AHEAD * INT64_C(86400), SHOWN);
	struct err e = {0};

	/* Names in all scripts must come through even where no locale is set. */
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		(void)setlocale(LC_CTYPE, "");
	if (argc < 2) {
		fprintf(stderr, "usage: %s FOLDER...\n", argv[0]);
		return EXIT_USAGE;
	}
	if (!add_folders(agenda, argv + 1, &e)) {
		fprintf(stderr, "agenda: %s\n", e.message);
		return 1;
	}
	for (size_t i = 0; i < cal_agenda_count(agenda); i++) {
		AUTO_FREE char *line = cal_occurrence_text(cal_agenda_at(agenda, i));
		puts(line);
	}
	return cal_agenda_count(agenda) > 0 ? 0 : 1;
}
