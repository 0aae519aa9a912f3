#include <config.h>

#include "base/auto.h"
#include "store/state_db.h"

/* base_local: NULL = the same as base_remote, zero bytes = never agreed. */
static const char version_1[] =
	"CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL)"
	" STRICT, WITHOUT ROWID;"
	"CREATE TABLE calendar("
	" id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, folder TEXT NOT NULL,"
	" owner TEXT NOT NULL, identity TEXT, ctag TEXT, token TEXT,"
	" listed INTEGER NOT NULL DEFAULT 0, last_full INTEGER NOT NULL DEFAULT 0,"
	" last_good INTEGER NOT NULL DEFAULT 0, gone_since INTEGER NOT NULL DEFAULT 0,"
	" batch INTEGER NOT NULL DEFAULT 0, inline_data INTEGER NOT NULL DEFAULT 0,"
	" held_code TEXT, held INTEGER NOT NULL DEFAULT 0,"
	" held_since INTEGER NOT NULL DEFAULT 0,"
	" approved TEXT, approved_until INTEGER NOT NULL DEFAULT 0) STRICT;"
	"CREATE TABLE item("
	" id INTEGER PRIMARY KEY, calendar INTEGER NOT NULL, uid TEXT NOT NULL,"
	" segment TEXT NOT NULL, href TEXT NOT NULL, etag TEXT NOT NULL,"
	" base_remote BLOB NOT NULL, base_local BLOB, behind INTEGER NOT NULL,"
	" name TEXT NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,"
	" ctime_ns INTEGER NOT NULL, inode INTEGER NOT NULL) STRICT;"
	"CREATE UNIQUE INDEX item_uid ON item(calendar, uid);"
	"CREATE UNIQUE INDEX item_segment ON item(calendar, segment);"
	"CREATE INDEX item_name ON item(calendar, name COLLATE NOCASE);"
	"CREATE TABLE quarantine("
	" calendar INTEGER NOT NULL, local INTEGER NOT NULL, what TEXT NOT NULL,"
	" other INTEGER NOT NULL, uid TEXT NOT NULL, reason TEXT NOT NULL,"
	" etag TEXT NOT NULL, since INTEGER NOT NULL, tries INTEGER NOT NULL,"
	" PRIMARY KEY(calendar, local, what)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE held("
	" calendar INTEGER NOT NULL, uid TEXT NOT NULL, name TEXT NOT NULL,"
	" PRIMARY KEY(calendar, uid)) STRICT, WITHOUT ROWID;";

/* The version both sides agreed on, what is on its way to the server, what was kept of
 * a clash; and deletions held back towards the server beside those from it. */
static const char version_2[] =
	"CREATE TABLE body(item INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;"
	"CREATE TABLE intent("
	" id INTEGER PRIMARY KEY, calendar INTEGER NOT NULL, op INTEGER NOT NULL,"
	" uid TEXT NOT NULL, segment TEXT NOT NULL, href TEXT NOT NULL,"
	" name TEXT NOT NULL, condition TEXT NOT NULL, base BLOB NOT NULL,"
	" sent BLOB NOT NULL, bytes BLOB NOT NULL) STRICT;"
	"CREATE UNIQUE INDEX intent_uid ON intent(calendar, uid);"
	"CREATE TABLE conflict("
	" calendar INTEGER NOT NULL, kept TEXT NOT NULL, uid TEXT NOT NULL,"
	" name TEXT NOT NULL, since INTEGER NOT NULL,"
	" PRIMARY KEY(calendar, kept)) STRICT, WITHOUT ROWID;"
	"ALTER TABLE held ADD COLUMN there INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE calendar ADD COLUMN bodies INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE calendar ADD COLUMN there_code TEXT;"
	"ALTER TABLE calendar ADD COLUMN there_held INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE calendar ADD COLUMN there_since INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE calendar ADD COLUMN there_approved TEXT;"
	"ALTER TABLE calendar ADD COLUMN there_until INTEGER NOT NULL DEFAULT 0;";

static const char temporary[] =
	"CREATE TEMP TABLE here("
	" kind INTEGER NOT NULL, uid TEXT NOT NULL, name TEXT NOT NULL,"
	" reason TEXT NOT NULL, digest BLOB NOT NULL, size INTEGER NOT NULL,"
	" mtime_ns INTEGER NOT NULL, ctime_ns INTEGER NOT NULL,"
	" inode INTEGER NOT NULL) STRICT;"
	"CREATE INDEX temp.here_uid ON here(uid);"
	"CREATE INDEX temp.here_name ON here(name COLLATE NOCASE);"
	"CREATE TEMP TABLE there("
	" segment TEXT PRIMARY KEY, kind INTEGER NOT NULL, href TEXT NOT NULL,"
	" etag TEXT NOT NULL, forced INTEGER NOT NULL DEFAULT 0)"
	" STRICT, WITHOUT ROWID;";

static const char *const steps[] = {version_1, version_2};

/* Not the bodies: they are most of the file, and read one at a time. */
static const char *const checked[] = {"meta", "calendar", "item", "quarantine", "held",
	"intent", "conflict", NULL};

const struct db_schema state_schema = {
	.application = 0x63616c77, /* "calw" */
	.steps = steps,
	.n_steps = COUNT_OF(steps),
	.connection = temporary,
	.checked = checked,
};
