#include <config.h>

#include "sync/run_impl.h"

/*
 * An event moved from one calendar's folder to another's is a new file there and a
 * missing one here. It is put there first, and deleted here when all calendars have had
 * their turn, so that a run that ends anywhere leaves it on the server. iCloud takes a
 * UID only once in an account: there the deletion comes first, the file waits, and is
 * sent in a third round.
 */
#define ROUND_REMOVALS 1
#define ROUND_ELSEWHERE 2

static bool is_both(const struct run *r, size_t index)
{
	return r->choices[index]->direction == DIRECTION_BOTH;
}

bool run_another_round(const struct run *r)
{
	size_t both = 0;

	for (size_t i = 0; i < r->result.n_calendars; i++)
		both += is_both(r, i);
	return r->round < ROUND_ELSEWHERE && both > 1 && !r->o.dry_run;
}

bool run_removals_later(const struct run *r)
{
	return r->round == 0 && run_another_round(r);
}

static bool another_failed(const struct run *r)
{
	for (size_t i = 0; i < r->result.n_calendars; i++)
		if (i != r->next && is_both(r, i) && r->later[i].failed)
			return true;
	return false;
}

bool run_takes_part(const struct run *r)
{
	const struct again *a = &r->later[r->next];

	if (r->round == ROUND_REMOVALS)
		return a->removals && !another_failed(r);
	return r->round == 0 || a->elsewhere;
}

bool run_next_round(struct run *r)
{
	while (r->round < ROUND_ELSEWHERE) {
		r->round++;
		for (r->next = 0; r->next < r->result.n_calendars; r->next++)
			if (run_takes_part(r))
				return true;
	}
	return false;
}

void run_note_again(struct run *r, const struct pass *p)
{
	struct calendar_result *c = run_current(r);
	struct again *a = &r->later[r->next];

	a->failed = c->exit == EXIT_TRY_LATER || c->exit == EXIT_UNAVAILABLE ||
	            c->exit == EXIT_LOCAL_IO || c->exit == EXIT_PROTOCOL;
	if (r->round) {
		c->unchanged = false;
		return;
	}
	a->removals = pass_has_removals(p);
	a->elsewhere = pass_waits_elsewhere(p);
}
