#include <config.h>

#include <string.h>

#include "cal/merge_group.h"

/* --- what changed --- */

void merge_find_states(struct merge_group *g)
{
	size_t i = 0;

	for (size_t side = 0; side < MERGE_SIDES; side++) {
		SCOPED(buf) set = buf_with_max(0);
		for (g->from[side] = i; i < g->count && g->refs[i].side == side; i++)
			cal_set_add(&set, &g->refs[i].meaning);
		g->state[side] = cal_set_digest(&set);
	}
	g->from[MERGE_SIDES] = g->count;
}

static bool same(const struct merge_group *g, enum merge_side a, enum merge_side b)
{
	return digest_equal(&g->state[a], &g->state[b]);
}

/* Calls `each` for every value of side a that side b has not. */
static void each_missing(struct merge_group *g, enum merge_side a, enum merge_side b,
	void (*each)(struct merge_group *g, struct merge_ref *ref, void *ctx),
	void *ctx)
{
	size_t other = g->from[b];

	for (size_t i = g->from[a]; i < g->from[a + 1]; i++) {
		const unsigned char *wanted = g->refs[i].meaning.bytes;
		while (other < g->from[b + 1] &&
			memcmp(g->refs[other].meaning.bytes, wanted, DIGEST_SIZE) < 0)
			other++;
		if (other < g->from[b + 1] &&
			!memcmp(g->refs[other].meaning.bytes, wanted, DIGEST_SIZE))
			continue;
		each(g, &g->refs[i], ctx);
	}
}

static void note_ref(struct merge_group *g, struct merge_ref *ref, void *ctx)
{
	struct merge_names *names = ctx;

	merge_note(g->m, names, merge_entry(g->m, ref)->name);
}

static void note_changes(struct merge_group *g, enum merge_side side,
	struct merge_names *names)
{
	each_missing(g, side, MERGE_FROM_BASE, note_ref, names);
	each_missing(g, MERGE_FROM_BASE, side, note_ref, names);
}

/* --- an occurrence edited on one side and excluded on the other --- */

static bool is_master(const struct merge_group *g)
{
	const struct merge_match *masters = &g->m->masters;

	return masters->at[MERGE_FROM_THERE] == g->c->at[MERGE_FROM_THERE] &&
	       masters->at[MERGE_FROM_HERE] == g->c->at[MERGE_FROM_HERE];
}

/* Whether `ref` excludes what the other side edited. */
static bool hides_edit(struct merge_group *g, const struct merge_ref *ref,
	enum merge_side other)
{
	if (!str_is(g->unit, "EXDATE") || !g->m->edited[other].len || !is_master(g))
		return false;
	const struct digest moment = merge_occurrence(g->m,
		merge_entry(g->m, ref)->params, merge_element(g->m, ref)->value);
	if (!merge_is_edited(g->m, other, &moment))
		return false;
	merge_note(g->m, &g->m->report->clashes, g->unit);
	return true;
}

static void take_value(struct merge_group *g, struct merge_ref *ref, void *ctx)
{
	(void)ctx;
	if (!hides_edit(g, ref, MERGE_FROM_THERE))
		merge_element(g->m, ref)->marked = true;
}

static void drop_value(struct merge_group *g, struct merge_ref *ref, void *ctx)
{
	(void)ctx;
	merge_element(g->m, ref)->marked = true;
}

static void refuse_exclusion(struct merge_group *g, struct merge_ref *ref, void *ctx)
{
	(void)ctx;
	if (hides_edit(g, ref, MERGE_FROM_HERE))
		merge_element(g->m, ref)->marked = true;
}

/* --- the three-way decision --- */

static bool is_locked(const struct merge_group *g)
{
	static const char *const units[] = {"DTSTART", "RRULE", "EXDATE", "RDATE"};

	if (!g->m->locked || !is_master(g))
		return false;
	for (size_t i = 0; i < COUNT_OF(units); i++)
		if (str_is(g->unit, units[i]))
			return true;
	return false;
}

static void take_here(struct merge_group *g)
{
	each_missing(g, MERGE_FROM_HERE, MERGE_FROM_THERE, take_value, NULL);
	each_missing(g, MERGE_FROM_THERE, MERGE_FROM_HERE, drop_value, NULL);
}

void merge_values(struct merge_group *g)
{
	struct merge_report *report = g->m->report;

	if (is_locked(g) || same(g, MERGE_FROM_HERE, MERGE_FROM_THERE))
		return;
	if (same(g, MERGE_FROM_BASE, MERGE_FROM_HERE)) {
		note_changes(g, MERGE_FROM_THERE, &report->there);
		each_missing(g, MERGE_FROM_THERE, MERGE_FROM_BASE, refuse_exclusion,
			NULL);
	} else if (same(g, MERGE_FROM_BASE, MERGE_FROM_THERE)) {
		note_changes(g, MERGE_FROM_HERE, &report->here);
		take_here(g);
	} else {
		note_changes(g, MERGE_FROM_HERE, &report->clashes);
		note_changes(g, MERGE_FROM_THERE, &report->clashes);
	}
}

static int order_stamps(struct str a, struct str b)
{
	int64_t first = 0;
	int64_t second = 0;

	a = str_trim(a);
	b = str_trim(b);
	if (str_to_int(a, 0, INT64_MAX, &first) && str_to_int(b, 0, INT64_MAX, &second))
		return first < second ? -1 : first > second;
	return str_cmp(a, b);
}

static const struct merge_ref *latest(const struct merge_group *g, enum merge_side side)
{
	const struct merge_ref *best = NULL;

	for (size_t i = g->from[side]; i < g->from[side + 1]; i++)
		if (!best || order_stamps(merge_element(g->m, &g->refs[i])->value,
				     merge_element(g->m, best)->value) > 0)
			best = &g->refs[i];
	return best;
}

/* iCloud writes DTSTAMP twice: whichever side has the later one, its lines stay so. */
void merge_latest(struct merge_group *g)
{
	const struct merge_ref *here = latest(g, MERGE_FROM_HERE);
	const struct merge_ref *there = latest(g, MERGE_FROM_THERE);
	bool take = false;

	if (here && there)
		take = order_stamps(merge_element(g->m, here)->value,
			       merge_element(g->m, there)->value) > 0;
	else if (here)
		take = !same(g, MERGE_FROM_BASE, MERGE_FROM_HERE);
	else
		take = there && same(g, MERGE_FROM_BASE, MERGE_FROM_THERE);
	if (take)
		take_here(g);
}
