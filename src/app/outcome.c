#include <config.h>

#include "app/outcome.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

#define WEEK_SECONDS (7 * 24 * 3600)

static const struct {
	const char *key;
	size_t offset;
} numbers[] = {
	{"last-start", offsetof(struct outcome, last_start)},
	{"last-end", offsetof(struct outcome, last_end)},
	{"last-good", offsetof(struct outcome, last_good)},
	{"last-exit", offsetof(struct outcome, last_exit)},
	{"failing-since", offsetof(struct outcome, failing_since)},
	{"refused-at", offsetof(struct outcome, refused_at)},
	{"refused-generation", offsetof(struct outcome, refused_generation)},
	{"not-before", offsetof(struct outcome, not_before)},
	{"told-at", offsetof(struct outcome, told_at)},
	{"told-exit", offsetof(struct outcome, told_exit)},
	{"vault-generation", offsetof(struct outcome, vault_generation)},
};

#define MESSAGE_KEY "last-message"

static int64_t *number_at(struct outcome *o, size_t i)
{
	return (int64_t *)(void *)((char *)o + numbers[i].offset);
}

bool outcome_load(struct outcome *o, struct state *s, struct err *e)
{
	struct outcome loaded = {0};
	AUTO_FREE char *message = NULL;

	for (size_t i = 0; i < COUNT_OF(numbers); i++) {
		AUTO_FREE char *text = NULL;
		if (!state_meta_get(s, numbers[i].key, &text, e))
			return false;
		if (text && !str_to_int(str_of(text), INT64_MIN, INT64_MAX,
				    number_at(&loaded, i)))
			continue;
	}
	if (!state_meta_get(s, MESSAGE_KEY, &message, e))
		return false;
	(void)snprintf(loaded.message, sizeof(loaded.message), "%s",
		message ? message : "");
	*o = loaded;
	return true;
}

bool outcome_save(const struct outcome *o, struct state *s, struct err *e)
{
	struct outcome copy = *o;

	if (!state_begin(s, e))
		return false;
	for (size_t i = 0; i < COUNT_OF(numbers); i++) {
		AUTO_FREE char *text =
			xasprintf("%lld", (long long)*number_at(&copy, i));
		if (!state_meta_set(s, numbers[i].key, text, e)) {
			state_rollback(s);
			return false;
		}
	}
	if (!state_meta_set(s, MESSAGE_KEY, copy.message[0] ? copy.message : NULL, e)) {
		state_rollback(s);
		return false;
	}
	return state_commit(s, e);
}

/* A pause that is still on: it ends in the future, but not further than it could. */
static bool lasts(int64_t until, int64_t now)
{
	return until > now && until - now <= WEEK_SECONDS;
}

bool outcome_may_start(const struct outcome *o, int64_t now, uint64_t generation,
	struct err *e)
{
	char until[CLOCK_STAMP_SIZE];

	if (o->refused_at && (uint64_t)o->refused_generation == generation &&
		o->refused_at <= now &&
		lasts(o->refused_at + REFUSED_PAUSE_SECONDS, now)) {
		clock_stamp(o->refused_at + REFUSED_PAUSE_SECONDS, until);
		return err_set(e, ERR_AUTH,
			"the password was refused before; it is not tried again until "
			"%s or "
			"until a new one is entered",
			until);
	}
	if (lasts(o->not_before, now)) {
		clock_stamp(o->not_before, until);
		return err_set(e, ERR_BUSY, "the server asked to wait until %s", until);
	}
	return true;
}

static const struct err *worst_error(const struct run_result *r)
{
	if (r->err.code != ERR_NONE)
		return &r->err;
	for (size_t i = 0; i < r->n_calendars; i++)
		if (r->calendars[i].exit == r->exit &&
			r->calendars[i].err.code != ERR_NONE)
			return &r->calendars[i].err;
	return NULL;
}

void outcome_take(struct outcome *o, const struct run_result *r, int64_t started,
	int64_t ended, uint64_t generation)
{
	const bool good = r->exit == EXIT_OK || r->exit == EXIT_ATTENTION;
	const struct err *worst = worst_error(r);

	o->last_start = started;
	o->last_end = ended;
	o->last_exit = r->exit;
	o->message[0] = '\0';
	if (worst)
		(void)snprintf(o->message, sizeof(o->message), "%s", worst->message);
	if (good)
		o->last_good = ended;
	o->failing_since = good ? 0 : o->failing_since ? o->failing_since : ended;
	const bool refused = r->err.code == ERR_AUTH;
	o->refused_at = refused ? ended : 0;
	o->refused_generation = refused ? (int64_t)generation : 0;
	o->not_before = worst && worst->code == ERR_BUSY && worst->retry_after > 0
	                        ? ended + worst->retry_after
	                        : 0;
}

bool outcome_tell(struct outcome *o, int exit, int64_t now)
{
	const bool changed = o->told_exit != exit;
	const bool due = exit != EXIT_OK &&
	                 (now - o->told_at >= TELL_AGAIN_SECONDS || now < o->told_at);

	if (!changed && !due)
		return false;
	o->told_exit = exit;
	o->told_at = now;
	return true;
}
