#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cal/line.h"
#include "cal/merge_impl.h"
#include "cal/moment.h"

#define PARAMS_MAX 1024 /* looked through for a zone, once for each value of a list */

/* One exception of a series, of whatever side. */
struct exception {
	struct digest moment;
	struct digest meaning;
};

struct exceptions {
	struct exception *items;
	size_t count;
	size_t cap;
};

/* The base comes first, so that the answer does not depend on which side is which. */
static const struct cal_zone *zone_of(struct merge *m, struct str tzid)
{
	const struct cal_zone *zone = NULL;

	for (size_t side = 0; side < MERGE_SIDES && !zone; side++)
		zone = cal_zones_find(m->zones[side], tzid);
	return zone;
}

static void name_moment(const struct cal_moment *moment, struct str tzid,
	struct buf *out)
{
	if (moment->all_day)
		buf_printf(out, "day %lld", (long long)moment->day);
	else if (moment->place != CAL_PLACE_LOCAL)
		buf_printf(out, "unix %lld", (long long)cal_moment_unix(moment));
	else
		buf_printf(out, "wall %lld %d " STR_FMT, (long long)moment->day,
			moment->seconds, STR_ARG(tzid));
}

struct digest merge_occurrence(struct merge *m, struct str params, struct str value)
{
	struct str tzid = STR("");
	struct cal_moment moment;
	SCOPED(buf) name = buf_with_max(0);

	params = str_slice(params, 0, PARAMS_MAX);
	const bool zoned = cal_param(params, "TZID", &tzid);
	const struct cal_zone *zone = zoned ? zone_of(m, tzid) : NULL;
	value = str_trim(value);
	if (cal_moment_read(value, zone, &moment)) {
		name_moment(&moment, tzid, &name);
	} else {
		buf_text(&name, "text ");
		buf_add(&name, value);
	}
	return digest_of(buf_view(&name));
}

static int order_digests(const void *a, const void *b)
{
	return memcmp(a, b, DIGEST_SIZE);
}

bool merge_is_edited(const struct merge *m, enum merge_side side,
	const struct digest *occurrence)
{
	const struct buf *edited = &m->edited[side];

	return edited->len &&
	       bsearch(occurrence->bytes, edited->ptr, edited->len / DIGEST_SIZE,
		       DIGEST_SIZE, order_digests);
}

static int order_exceptions(const void *first, const void *second)
{
	const struct exception *a = first;
	const struct exception *b = second;

	return memcmp(a->moment.bytes, b->moment.bytes, DIGEST_SIZE);
}

static void collect(struct merge *m, enum merge_side side, struct exceptions *all)
{
	const struct cal_tree *t = m->trees[side];

	for (size_t i = 0; i < t->component_count; i++) {
		if (!cal_tree_is_main(t, i))
			continue;
		const struct cal_entry *id = cal_tree_find(t, i, "RECURRENCE-ID");
		if (!id)
			continue;
		all->items =
			xgrow(all->items, all->count, &all->cap, sizeof(*all->items));
		all->items[all->count++] =
			(struct exception){merge_occurrence(m, id->params, id->value),
				t->components[i].meaning};
	}
	if (all->count)
		qsort(all->items, all->count, sizeof(*all->items), order_exceptions);
}

static void find_edited(struct merge *m, enum merge_side side,
	const struct exceptions *base)
{
	struct exceptions all = {.items = NULL};

	collect(m, side, &all);
	for (size_t i = 0; i < all.count; i++) {
		const struct exception *before =
			base->count ? bsearch(&all.items[i], base->items, base->count,
					      sizeof(*base->items), order_exceptions)
				    : NULL;
		if (!before || !digest_equal(&before->meaning, &all.items[i].meaning))
			cal_set_add(&m->edited[side], &all.items[i].moment);
	}
	(void)cal_set_digest(&m->edited[side]);
	free(all.items);
}

static void add_values(const struct cal_tree *t, size_t component, const char *name,
	struct buf *set)
{
	for (size_t i = cal_tree_first(t, component); i != CAL_NONE;
		i = cal_tree_next(t, component, i)) {
		const struct cal_entry *entry = &t->entries[i];
		for (size_t n = 0; n < entry->count && str_is(entry->name, name); n++)
			cal_set_add(set, &t->elements[entry->elements + n].meaning);
	}
}

static struct digest start_of(const struct merge *m, enum merge_side side)
{
	SCOPED(buf) set = buf_with_max(0);

	add_values(m->trees[side], m->masters.at[side], "DTSTART", &set);
	return cal_set_digest(&set);
}

/* What names occurrences by their start: the rule, what it leaves out, exceptions. */
static struct digest pattern_of(const struct merge *m, enum merge_side side)
{
	static const char *const names[] = {"RRULE", "EXRULE", "EXDATE", "RDATE"};
	const struct cal_tree *t = m->trees[side];
	SCOPED(buf) set = buf_with_max(0);

	for (size_t i = 0; i < COUNT_OF(names); i++)
		add_values(t, m->masters.at[side], names[i], &set);
	for (size_t i = 0; i < t->component_count; i++)
		if (cal_tree_is_main(t, i) && cal_tree_find(t, i, "RECURRENCE-ID"))
			cal_set_add(&set, &t->components[i].meaning);
	return cal_set_digest(&set);
}

static bool moved_apart(const struct merge *m)
{
	struct digest start[MERGE_SIDES];
	struct digest pattern[MERGE_SIDES];
	bool moved[MERGE_SIDES];
	bool changed[MERGE_SIDES];

	for (size_t side = 0; side < MERGE_SIDES; side++) {
		if (m->masters.at[side] == CAL_NONE)
			return false;
		start[side] = start_of(m, (enum merge_side)side);
		pattern[side] = pattern_of(m, (enum merge_side)side);
		moved[side] = !digest_equal(&start[side], &start[MERGE_FROM_BASE]);
		changed[side] =
			!digest_equal(&pattern[side], &pattern[MERGE_FROM_BASE]);
	}
	if (digest_equal(&start[MERGE_FROM_HERE], &start[MERGE_FROM_THERE]))
		return false;
	return (moved[MERGE_FROM_HERE] && changed[MERGE_FROM_THERE]) ||
	       (moved[MERGE_FROM_THERE] && changed[MERGE_FROM_HERE]);
}

void merge_series(struct merge *m)
{
	struct exceptions base = {.items = NULL};

	for (size_t side = 0; side < MERGE_SIDES; side++)
		m->masters.at[side] = cal_tree_master(m->trees[side]);
	collect(m, MERGE_FROM_BASE, &base);
	find_edited(m, MERGE_FROM_HERE, &base);
	find_edited(m, MERGE_FROM_THERE, &base);
	free(base.items);
	m->locked = moved_apart(m);
	if (m->locked)
		merge_note(m, &m->report->clashes, STR("DTSTART"));
}
