#include <config.h>

#include "cal/zone.h"

#include <libical/ical.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "cal/day.h"
#include "cal/line.h"
#include "cal/moment.h"
#include "cal/walk.h"

/* libical works through each rule of a zone year by year when it is first asked, which
 * costs 10 microseconds a year: so much for all zones of an object, and from then on.
 */
#define RULES_MAX 32
#define FIRST_YEAR 1600
#define ONSETS_MAX 1000 /* RDATEs */
#define RULE_BYTES_MAX 250
#define NAME_BYTES_MAX 200

struct cal_zone {
	char *tzid;
	icaltimezone *zone; /* owned when `own`, else libical's; NULL = unknown */
	bool own;
};

struct cal_zones {
	struct str ics;
	struct cal_zone found[CAL_ZONES_MAX];
	size_t count;
	unsigned rules; /* handed to libical so far */
};

struct cal_zones *cal_zones_new(struct str ics)
{
	struct cal_zones *z = xcalloc(1, sizeof(*z));

	z->ics = ics;
	return z;
}

void cal_zones_free(struct cal_zones *z)
{
	if (!z)
		return;
	for (size_t i = 0; i < z->count; i++) {
		free(z->found[i].tzid);
		if (z->found[i].own)
			icaltimezone_free(z->found[i].zone, 1);
	}
	free(z);
}

/* Writes one VTIMEZONE anew while the object's lines go by. */
struct writer {
	struct str tzid; /* wanted */
	struct buf out;
	struct buf line; /* the current line, unfolded */
	bool inside;     /* in a VTIMEZONE */
	bool matches;    /* whose TZID is the wanted one */
	unsigned rules;
	unsigned rules_max;
	unsigned onsets;
};

static void write_onset(struct writer *w, const char *name, struct str value)
{
	struct cal_moment m;

	if (w->onsets == ONSETS_MAX || !cal_moment_read(value, NULL, &m) || m.all_day ||
		m.day < cal_day(FIRST_YEAR, 1, 1))
		return;
	w->onsets++;
	buf_printf(&w->out, "%s:" STR_FMT "\n", name, STR_ARG(value));
}

static void write_start(struct writer *w, struct str value)
{
	write_onset(w, "DTSTART", value);
}

static void write_dates(struct writer *w, struct str value)
{
	struct str item;

	while (str_split(&value, ',', &item))
		write_onset(w, "RDATE", item);
}

static void write_offset(struct writer *w, const char *name, struct str value)
{
	int64_t number = 0;
	const bool sign = value.len && (value.ptr[0] == '-' || value.ptr[0] == '+');

	if (sign && (value.len == 5 || value.len == 7) &&
		str_to_int(str_from(value, 1), 0, 235959, &number))
		buf_printf(&w->out, "%s:" STR_FMT "\n", name, STR_ARG(value));
}

static void write_from(struct writer *w, struct str value)
{
	write_offset(w, "TZOFFSETFROM", value);
}

static void write_to(struct writer *w, struct str value)
{
	write_offset(w, "TZOFFSETTO", value);
}

/* What a zone changes by, and what libical's iterator is quick on. */
static bool is_once_a_year(const struct cal_rule *rule)
{
	struct cal_rule endless = *rule;
	struct cal_walk walk;
	int64_t day = 0;
	int days = 0;

	endless.count = 0;
	const int64_t start = cal_day(2000, 1, 1);
	cal_walk_init(&walk, &endless, start, start, cal_day(2009, 12, 31));
	while (days <= 10 && cal_walk_next(&walk, &day))
		days++;
	return days >= 1 && days <= 10;
}

static void write_rule(struct writer *w, struct str value)
{
	struct cal_rule rule;

	if (value.len > RULE_BYTES_MAX || w->rules == w->rules_max ||
		!cal_rule_read(value, &rule) || rule.frequency != CAL_YEARLY ||
		!is_once_a_year(&rule))
		return;
	w->rules++;
	buf_printf(&w->out, "RRULE:" STR_FMT "\n", STR_ARG(value));
}

static void write_tzid(struct writer *w, struct str value)
{
	w->matches = w->matches || str_eq(value, w->tzid);
}

/* The name itself is not written: any will do, and this one came from outside. */
static void write_frame(struct writer *w, const char *verb, struct str name)
{
	if (str_eq_nocase(name, STR("VTIMEZONE")) && verb[0] == 'B') {
		buf_reset(&w->out);
		buf_text(&w->out, "BEGIN:VTIMEZONE\nTZID:own\n");
		w->inside = true;
		w->matches = false;
		w->rules = 0;
		w->onsets = 0;
	} else if (str_eq_nocase(name, STR("VTIMEZONE"))) {
		buf_text(&w->out, "END:VTIMEZONE\n");
		w->inside = false;
	} else if (str_eq_nocase(name, STR("STANDARD"))) {
		buf_printf(&w->out, "%s:STANDARD\n", verb);
	} else if (str_eq_nocase(name, STR("DAYLIGHT"))) {
		buf_printf(&w->out, "%s:DAYLIGHT\n", verb);
	}
}

static void write_begin(struct writer *w, struct str value)
{
	write_frame(w, "BEGIN", str_trim(value));
}

static void write_end(struct writer *w, struct str value)
{
	write_frame(w, "END", str_trim(value));
}

static void write_line(struct writer *w, struct str raw)
{
	static const struct {
		const char *name;
		void (*write)(struct writer *w, struct str value);
	} properties[] = {
		{"END", write_end},
		{"TZID", write_tzid},
		{"DTSTART", write_start},
		{"RDATE", write_dates},
		{"RRULE", write_rule},
		{"TZOFFSETFROM", write_from},
		{"TZOFFSETTO", write_to},
	};
	struct cal_parts parts;

	if (!cal_line_parts(raw, &parts))
		return;
	if (cal_line_is(parts.name, "BEGIN") &&
		(w->inside || cal_line_is(str_trim(parts.value), "VTIMEZONE"))) {
		write_begin(w, parts.value);
		return;
	}
	for (size_t i = 0; w->inside && i < COUNT_OF(properties); i++) {
		if (!cal_line_is(parts.name, properties[i].name))
			continue;
		buf_reset(&w->line);
		cal_line_unfold(parts.value, &w->line);
		properties[i].write(w, buf_view(&w->line));
	}
}

/* The object's own zone of that name, written anew; false when it has none. */
static bool write_zone(struct str ics, struct writer *w)
{
	struct str raw;

	while (cal_line_next(&ics, &raw)) {
		const bool before = w->inside;
		write_line(w, raw);
		if (before && !w->inside && w->matches)
			return true;
	}
	return false;
}

static icaltimezone *own_zone(struct cal_zones *z, struct str tzid)
{
	struct writer w = {.tzid = tzid, .rules_max = RULES_MAX - z->rules};
	icalcomponent *c = NULL;

	if (write_zone(z->ics, &w)) {
		z->rules += w.rules;
		c = icalparser_parse_string(buf_cstr(&w.out));
	}
	buf_clear(&w.out);
	buf_clear(&w.line);
	if (!c)
		return NULL;
	icaltimezone *zone = icaltimezone_new();
	if (icaltimezone_set_component(zone, c))
		return zone;
	icaltimezone_free(zone, 1);
	icalcomponent_free(c);
	return NULL;
}

const struct cal_zone *cal_zones_find(struct cal_zones *z, struct str tzid)
{
	for (size_t i = 0; i < z->count; i++)
		if (str_is(tzid, z->found[i].tzid))
			return z->found[i].zone ? &z->found[i] : NULL;
	if (z->count == CAL_ZONES_MAX || !tzid.len || tzid.len > NAME_BYTES_MAX)
		return NULL;
	/* libical is built to abort on the first mistake unless told otherwise. */
	icalerror_set_errors_are_fatal(0);
	struct cal_zone *found = &z->found[z->count++];
	found->tzid = str_dup(tzid);
	found->zone = own_zone(z, tzid);
	found->own = found->zone != NULL;
	if (!found->zone)
		found->zone = icaltimezone_get_builtin_timezone(found->tzid);
	return found->zone ? found : NULL;
}

int64_t cal_zone_unix(const struct cal_zone *zone, int64_t day, int seconds)
{
	const struct cal_date d = cal_date_of(day);
	struct icaltimetype wall = icaltime_null_time();
	int is_daylight = 0;

	wall.year = d.year;
	wall.month = d.month;
	wall.day = d.day;
	wall.hour = seconds / 3600;
	wall.minute = seconds / 60 % 60;
	wall.second = seconds % 60;
	return day * DAY_SECONDS + seconds -
	       icaltimezone_get_utc_offset(zone->zone, &wall, &is_daylight);
}
