#include <config.h>

#include "sync/guard.h"

#include <string.h>

#define MANY 100
#define SHARE_FLOOR 5
#define REWRITTEN_FLOOR 20
#define PEOPLE_FLOOR 3

static bool side_is_empty(const struct guard_input *in)
{
	if (in->complete)
		return in->left == 0 && in->strangers == 0;
	return in->deletions >= in->base;
}

static enum guard_reason danger(const struct guard_input *in)
{
	if (in->folder_missing)
		return GUARD_FOLDER;
	if (side_is_empty(in))
		return GUARD_EMPTY;
	if (in->complete && in->left == 0)
		return GUARD_STRANGER;
	if (in->deletions > MANY)
		return GUARD_MANY;
	if (in->deletions >= SHARE_FLOOR && in->deletions * 4 > in->base)
		return GUARD_SHARE;
	if (in->complete && in->left >= REWRITTEN_FLOOR && in->changed >= in->left)
		return GUARD_REWRITTEN;
	if (in->to_server && in->invited >= PEOPLE_FLOOR)
		return GUARD_PEOPLE;
	return GUARD_FREE;
}

enum guard_reason guard_judge(const struct guard_input *in)
{
	if (in->base == 0 || in->deletions == 0)
		return GUARD_FREE;
	const enum guard_reason reason = danger(in);
	/* A missing folder is nothing a person can allow: it has to come back. */
	if (reason == GUARD_FREE || reason == GUARD_FOLDER)
		return reason;
	if (in->approved && in->code && !strcmp(in->approved, in->code))
		return GUARD_APPROVED;
	return reason;
}

bool guard_passes(enum guard_reason reason)
{
	return reason == GUARD_FREE || reason == GUARD_APPROVED;
}

const char *guard_text(enum guard_reason reason)
{
	static const char *const texts[GUARD_REASONS] = {
		[GUARD_FREE] = "",
		[GUARD_APPROVED] = "",
		[GUARD_FOLDER] = "the calendar folder is missing",
		[GUARD_EMPTY] = "nothing at all is left of it",
		[GUARD_STRANGER] =
			"what is there now has nothing in common with before",
		[GUARD_MANY] = "that is more than 100 events at once",
		[GUARD_SHARE] = "that is more than a quarter of the calendar at once",
		[GUARD_REWRITTEN] = "every other event changed at the same time",
		[GUARD_PEOPLE] = "people who were invited would get mail",
	};

	return texts[reason];
}

struct guard_code guard_code_start(struct str calendar_key)
{
	return (struct guard_code){digest_of(calendar_key)};
}

void guard_code_add(struct guard_code *c, struct str uid)
{
	unsigned char both[2 * DIGEST_SIZE];
	const struct digest next = digest_of(uid);

	memcpy(both, c->running.bytes, DIGEST_SIZE);
	memcpy(both + DIGEST_SIZE, next.bytes, DIGEST_SIZE);
	c->running = digest_of((struct str){(const char *)both, sizeof(both)});
}

void guard_code_text(const struct guard_code *c, char out[GUARD_CODE_SIZE])
{
	digest_hex(&c->running, (GUARD_CODE_SIZE - 1) / 2, out);
}
