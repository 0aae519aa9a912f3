/*
 * What is remembered of an account's runs, in the state's small values: when it last
 * ran, how it ended, since when it fails, what was told to the person, and the pauses
 * that a refused password or a busy server ask for.
 */
#ifndef APP_OUTCOME_H
#define APP_OUTCOME_H

#include <stdint.h>

#include "base/err.h"
#include "store/state.h"
#include "sync/run.h"

/* A refused password is tried at most once in this time until the settings change: more
 * could lock the person's Apple Account. */
#define REFUSED_PAUSE_SECONDS (6 * 3600)
#define TELL_AGAIN_SECONDS (24 * 3600)

/* Times are Unix seconds; 0 = never. */
struct outcome {
	int64_t last_start;
	int64_t last_end;
	int64_t last_good; /* end of the last run with 0 or 65 */
	int64_t last_exit;
	int64_t failing_since;
	int64_t refused_at;
	int64_t refused_generation; /* of the vault whose password was refused */
	int64_t not_before;         /* the server asked to wait until then */
	int64_t told_at;
	int64_t told_exit;
	int64_t vault_generation; /* the highest seen */
	char message[480];        /* of the last failure, "" = none */
};

bool outcome_load(struct outcome *o, struct state *s, struct err *e) MUST_USE;
bool outcome_save(const struct outcome *o, struct state *s, struct err *e) MUST_USE;

/* May a run without a person start now? False with ERR_AUTH or ERR_BUSY. A wall clock
 * that went back, or a pause over a week ahead, is not obeyed. */
bool outcome_may_start(const struct outcome *o, int64_t now, uint64_t generation,
	struct err *e) MUST_USE;

/* Takes a finished run in. */
void outcome_take(struct outcome *o, const struct run_result *r, int64_t started,
	int64_t ended, uint64_t generation);

/* Should this result be told to somebody who reads mail from cron? On a change, and
 * once a day while it lasts. Remembers that it was. */
bool outcome_tell(struct outcome *o, int exit, int64_t now);

#endif
