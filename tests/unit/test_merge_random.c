/* Merges of objects that were changed at random on both sides, always the same ones. */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/mem.h"
#include "cal/meaning.h"
#include "cal/merge.h"
#include "cal/scan.h"
#include "cal/tree.h"

#define STEPS 20000
#define SEED 0x9e3779b97f4a7c15U
#define OBJECTS_MAX 200

struct world {
	struct buf objects[OBJECTS_MAX];
	size_t count;
	uint64_t random;
	unsigned results[MERGE_IMPOSSIBLE + 1];
};

static size_t pick(struct world *w, size_t below)
{
	w->random ^= w->random << 13;
	w->random ^= w->random >> 7;
	w->random ^= w->random << 17;
	return (size_t)(w->random >> 11) % below;
}

/* --- the objects --- */

static void read_file(const char *path, struct buf *out)
{
	char chunk[4096];
	FILE *file = fopen(path, "rbe");

	if (!file)
		fail_msg("cannot read %s", path);
	*out = buf_with_max(0);
	for (size_t n = fread(chunk, 1, sizeof(chunk), file); n;
		n = fread(chunk, 1, sizeof(chunk), file))
		buf_add(out, (struct str){chunk, n});
	(void)fclose(file);
}

static int is_object(const struct dirent *entry)
{
	return str_ends(str_of(entry->d_name), STR(".ics"));
}

static void read_folder(struct world *w, const char *name)
{
	const char *source = getenv("srcdir");
	AUTO_FREE char *folder =
		xasprintf("%s/assets/demo/%s", source && *source ? source : ".", name);
	struct dirent **names = NULL;

	const int count = scandir(folder, &names, is_object, alphasort);
	if (count <= 0)
		fail_msg("no objects in %s", folder);
	for (int i = 0; i < count; i++) {
		AUTO_FREE char *path = xasprintf("%s/%s", folder, names[i]->d_name);
		assert_true(w->count < OBJECTS_MAX);
		read_file(path, &w->objects[w->count++]);
		free(names[i]);
	}
	free(names);
}

/* --- changing one --- */

#define LINES_MAX 600

struct lines {
	struct str items[LINES_MAX];
	size_t count;
};

static void split(struct str text, struct lines *lines)
{
	lines->count = 0;
	while (lines->count < LINES_MAX && text.len) {
		const size_t lf = str_find_char(text, '\n');
		const size_t end = lf == STR_NONE ? text.len : lf + 1;
		lines->items[lines->count++] = str_slice(text, 0, end);
		text = str_from(text, end);
	}
}

static void join(const struct lines *lines, struct buf *out)
{
	for (size_t i = 0; i < lines->count; i++)
		buf_add(out, lines->items[i]);
}

static bool is_frame(struct str line)
{
	return str_starts(line, STR("BEGIN:")) || str_starts(line, STR("END:")) ||
	       str_starts(line, STR("UID:"));
}

static size_t pick_property(struct world *w, const struct lines *lines)
{
	for (int tries = 0; tries < 50; tries++) {
		const size_t i = pick(w, lines->count);
		if (!is_frame(lines->items[i]))
			return i;
	}
	return 0;
}

static void remove_lines(struct lines *lines, size_t from, size_t count)
{
	memmove(&lines->items[from], &lines->items[from + count],
		(lines->count - from - count) * sizeof(lines->items[0]));
	lines->count -= count;
}

static void insert_line(struct lines *lines, size_t at, struct str line)
{
	if (lines->count == LINES_MAX)
		return;
	memmove(&lines->items[at + 1], &lines->items[at],
		(lines->count - at) * sizeof(lines->items[0]));
	lines->items[at] = line;
	lines->count++;
}

static const char *const pool[] = {
	"SUMMARY:One\r\n",
	"SUMMARY;LANGUAGE=de:Two\r\n",
	"LOCATION:One\r\n",
	"DESCRIPTION:A text that is\r\n  folded\r\n",
	"CATEGORIES:a,b\r\n",
	"CATEGORIES:b\r\n",
	"COMMENT:One\r\n",
	"COMMENT:Two\r\n",
	"ATTENDEE;PARTSTAT=ACCEPTED:mailto:ada@example.org\r\n",
	"ATTENDEE:mailto:bob@example.org\r\n",
	"EXDATE;TZID=Europe/Berlin:20261222T180000,20261224T180000\r\n",
	"EXDATE:20261222T170000Z\r\n",
	"DTSTART:20261222T170000Z\r\n",
	"DTEND;TZID=Asia/Tokyo:20261222T170000\r\n",
	"RRULE:FREQ=WEEKLY\r\n",
	"RECURRENCE-ID:20261222T170000Z\r\n",
	"SEQUENCE:7\r\n",
	"DTSTAMP:20270101T000000Z\r\n",
	"STATUS:TENTATIVE\r\n",
	"X-ONE:1\r\n",
	"X-ONE:2\r\n",
	"X-APPLE-STRUCTURED-LOCATION;X-TITLE=\"Street\r\n1210 Town\":geo:1,2\r\n",
	"just some words\r\n",
	"\r\n",
	"BEGIN:VALARM\r\nTRIGGER:-PT5M\r\nACTION:AUDIO\r\nEND:VALARM\r\n",
	"BEGIN:VALARM\r\nUID:1\r\nTRIGGER:-PT5M\r\nACTION:DISPLAY\r\nEND:VALARM\r\n",
	"BEGIN:VALARM\r\nUID:1\r\nTRIGGER:-PT9M\r\nACTION:DISPLAY\r\nEND:VALARM\r\n",
};

static void change_insert(struct world *w, struct lines *lines)
{
	const struct str line = str_of(pool[pick(w, COUNT_OF(pool))]);

	for (int tries = 0; tries < 50; tries++) {
		const size_t at = 1 + pick(w, lines->count - 1);
		if (!str_starts(lines->items[at - 1], STR("UID:")))
			continue;
		insert_line(lines, at, line);
		return;
	}
}

static void change_remove(struct world *w, struct lines *lines)
{
	const size_t at = pick_property(w, lines);

	if (at)
		remove_lines(lines, at, 1);
}

static void change_replace(struct world *w, struct lines *lines)
{
	change_remove(w, lines);
	change_insert(w, lines);
}

static void change_swap(struct world *w, struct lines *lines)
{
	const size_t a = pick_property(w, lines);
	const size_t b = a + 1;

	if (!a || b >= lines->count || is_frame(lines->items[b]))
		return;
	const struct str line = lines->items[a];
	lines->items[a] = lines->items[b];
	lines->items[b] = line;
}

/* A line from anywhere to anywhere: values of one component come into another. */
static void change_copy(struct world *w, struct lines *lines)
{
	const size_t from = pick_property(w, lines);
	const size_t to = pick_property(w, lines);

	if (from && to)
		insert_line(lines, to, lines->items[from]);
}

/* The components directly in the calendar. */
static bool pick_component(struct world *w, const struct lines *lines, size_t *from,
	size_t *count)
{
	const size_t start = pick(w, lines->count);

	for (size_t i = start; i < lines->count; i++) {
		if (!str_starts(lines->items[i], STR("BEGIN:VEVENT")))
			continue;
		for (size_t n = i; n < lines->count; n++) {
			if (!str_starts(lines->items[n], STR("END:VEVENT")))
				continue;
			*from = i;
			*count = n + 1 - i;
			return true;
		}
	}
	return false;
}

static void change_add_exception(struct world *w, struct lines *lines)
{
	static const char *const ids[] = {
		"RECURRENCE-ID;TZID=Europe/Berlin:20261222T180000\r\n",
		"RECURRENCE-ID:20261222T170000Z\r\n",
		"RECURRENCE-ID:20261224T170000Z\r\n",
	};
	size_t from = 0;
	size_t count = 0;

	if (!pick_component(w, lines, &from, &count) ||
		lines->count + count + 1 > LINES_MAX)
		return;
	const size_t to = from + count;
	for (size_t i = 0; i < count; i++)
		insert_line(lines, to + i, lines->items[from + i]);
	insert_line(lines, to + 1, str_of(ids[pick(w, COUNT_OF(ids))]));
}

static void change_remove_component(struct world *w, struct lines *lines)
{
	size_t from = 0;
	size_t count = 0;

	if (pick_component(w, lines, &from, &count))
		remove_lines(lines, from, count);
}

static void change_nothing(struct world *w, struct lines *lines)
{
	(void)w;
	(void)lines;
}

static void break_byte(struct world *w, struct buf *text)
{
	if (pick(w, 12) == 0)
		text->ptr[pick(w, text->len)] =
			(char)(pick(w, 6) ? pick(w, 127) : 0xc3);
}

static void mutate(struct world *w, struct str base, struct buf *out)
{
	static void (*const changes[])(struct world * w, struct lines * lines) = {
		change_insert,
		change_insert,
		change_remove,
		change_replace,
		change_replace,
		change_swap,
		change_copy,
		change_add_exception,
		change_remove_component,
		change_nothing,
	};
	AUTO_FREE struct lines *lines = xmalloc(sizeof(*lines));

	split(base, lines);
	for (size_t left = 1 + pick(w, 4); left; left--)
		changes[pick(w, COUNT_OF(changes))](w, lines);
	join(lines, out);
	break_byte(w, out);
}

/* --- what has to hold --- */

static size_t count_of(const struct cal_tree *t, const struct digest *meaning)
{
	size_t count = 0;

	for (size_t i = 0; i < t->element_count; i++)
		count += digest_equal(&t->elements[i].meaning, meaning);
	return count;
}

/* The same in components of that depth. */
static size_t count_at(const struct cal_tree *t, const struct digest *meaning,
	unsigned depth)
{
	size_t count = 0;

	for (size_t i = 0; i < t->element_count; i++) {
		const struct cal_entry *entry = &t->entries[t->elements[i].entry];
		count += t->components[entry->component].depth == depth &&
		         digest_equal(&t->elements[i].meaning, meaning);
	}
	return count;
}

/* In whose result is the value not just that of one side? */
static bool is_joined(const struct cal_tree *t, const struct cal_element *element)
{
	static const char *const names[] = {"DTSTAMP", "LAST-MODIFIED", "CREATED",
		"PRODID", "SEQUENCE", "ACKNOWLEDGED", "X-MOZ-LASTACK"};
	const struct cal_entry *entry = &t->entries[element->entry];
	size_t component = entry->component;

	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (str_is(entry->name, names[i]))
			return true;
	for (; t->components[component].parent != CAL_NONE;
		component = t->components[component].parent)
		if (cal_tree_is_zone(t, component))
			return true;
	return false;
}

/* Nothing that one side added is lost. */
static void must_have_additions(const struct cal_tree *base,
	const struct cal_tree *side, const struct cal_tree *merged)
{
	for (size_t i = 0; i < side->element_count; i++) {
		const struct cal_element *element = &side->elements[i];
		if (is_joined(side, element) || count_of(base, &element->meaning))
			continue;
		assert_true(count_of(merged, &element->meaning));
	}
}

static size_t identities(const struct cal_tree *t)
{
	size_t count = 0;

	for (size_t i = 0; i < t->component_count; i++)
		count += cal_tree_is_main(t, i) &&
		         cal_tree_find(t, i, "RECURRENCE-ID") != NULL;
	return count;
}

/* Nothing that one side removed comes back. With exceptions, what is the same line may
 * stand in several components, so those are left out. */
static void must_lack_removals(const struct cal_tree *base, const struct cal_tree *side,
	const struct cal_tree *other, const struct cal_tree *merged)
{
	if (identities(base) + identities(side) + identities(other))
		return;
	for (size_t i = 0; i < base->element_count; i++) {
		const struct cal_element *element = &base->elements[i];
		const struct digest *meaning = &element->meaning;
		const size_t component = base->entries[element->entry].component;
		const unsigned depth = base->components[component].depth;
		if (is_joined(base, element) || depth > 1 ||
			count_at(side, meaning, depth) ||
			count_at(other, meaning, depth) !=
				count_at(base, meaning, depth))
			continue;
		assert_false(count_at(merged, meaning, depth));
	}
}

/* A broken line belongs to whatever it comes to stand behind. */
static bool has_nameless(const struct cal_tree *t)
{
	for (size_t i = 0; i < t->entry_count; i++)
		if (t->entries[i].kind == CAL_ENTRY_PROPERTY && !t->entries[i].name.len)
			return true;
	return false;
}

static void check_done(struct str base, struct str here, struct str there,
	struct str merged)
{
	AUTO(cal_tree) *b = cal_tree_read(base);
	AUTO(cal_tree) *h = cal_tree_read(here);
	AUTO(cal_tree) *t = cal_tree_read(there);
	AUTO(cal_tree) *m = cal_tree_read(merged);

	assert_true(b && h && t && m);
	if (has_nameless(h) || has_nameless(t))
		return;
	must_have_additions(b, h, m);
	must_have_additions(b, t, m);
	must_lack_removals(b, h, t, m);
	must_lack_removals(b, t, h, m);
}

static void check_written(struct str there, struct str merged)
{
	AUTO_FREE struct cal_scan *before = xmalloc(sizeof(*before));
	AUTO_FREE struct cal_scan *after = xmalloc(sizeof(*after));

	assert_int_equal(cal_scan(there, before), CAL_OK);
	assert_int_equal(cal_scan(merged, after), CAL_OK);
	assert_string_equal(before->uid, after->uid);
	for (size_t i = 0; i < merged.len; i++)
		assert_true(merged.ptr[i] != '\n' || (i && merged.ptr[i - 1] == '\r'));
}

/* Of two equal latest ones, the server's lines stay; so when it is doubled, which side
 * is which matters. */
static bool has_double_sequence(struct str ics)
{
	AUTO(cal_tree) *t = cal_tree_read(ics);
	size_t last = CAL_NONE;

	for (size_t i = 0; t && i < t->entry_count; i++) {
		if (!str_is(t->entries[i].name, "SEQUENCE"))
			continue;
		if (last == t->entries[i].component)
			return true;
		last = t->entries[i].component;
	}
	return false;
}

static enum merge_result mirrored(enum merge_result result)
{
	if (result == MERGE_HERE || result == MERGE_THERE)
		return result == MERGE_HERE ? MERGE_THERE : MERGE_HERE;
	return result;
}

static void step(struct world *w)
{
	const struct str base = buf_view(&w->objects[pick(w, w->count)]);
	SCOPED(buf) here = buf_with_max(0);
	SCOPED(buf) there = buf_with_max(0);
	SCOPED(buf) out = buf_with_max(0);
	SCOPED(buf) turned = buf_with_max(0);
	struct merge_report report;

	mutate(w, base, &here);
	mutate(w, base, &there);
	const enum merge_result result =
		cal_merge(base, buf_view(&here), buf_view(&there), &out, &report);
	w->results[result]++;
	assert_int_equal(report.clashes.count > 0, result == MERGE_CLASH);
	assert_int_equal(out.len > 0, result == MERGE_DONE || result == MERGE_CLASH);
	if (out.len)
		check_written(buf_view(&there), buf_view(&out));
	const enum merge_result other =
		cal_merge(base, buf_view(&there), buf_view(&here), &turned, &report);
	if (result == MERGE_DONE)
		check_done(base, buf_view(&here), buf_view(&there), buf_view(&out));
	if (has_double_sequence(buf_view(&here)) ||
		has_double_sequence(buf_view(&there)))
		return;
	assert_int_equal(other, mirrored(result));
	if (result != MERGE_DONE)
		return;
	const struct digest a = cal_meaning(buf_view(&out));
	const struct digest b = cal_meaning(buf_view(&turned));
	assert_true(digest_equal(&a, &b));
}

static void test_random_edits(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < STEPS; i++)
		step(w);
	/* Every way was gone often, or the mutations prove nothing. */
	for (size_t i = 0; i < COUNT_OF(w->results); i++)
		assert_true(w->results[i] > STEPS / 100);
}

static int set_up(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));

	(void)setenv("TZ", "Europe/Berlin", 1);
	tzset();
	*state = w;
	w->random = SEED;
	read_folder(w, "football");
	read_folder(w, "home");
	read_folder(w, "work");
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < w->count; i++)
		buf_clear(&w->objects[i]);
	free(w);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_edits),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
