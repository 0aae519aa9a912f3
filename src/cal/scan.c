#include <config.h>

#include "cal/scan.h"

#include <string.h>

#include "base/text.h"
#include "cal/line.h"

static const struct str byte_order_mark = {"\xef\xbb\xbf", 3};

struct scanner {
	struct cal_scan *out;
	struct str open[CAL_NESTING_MAX]; /* raw names of the components we are in */
	unsigned depth;
	unsigned components;
	unsigned properties;
	unsigned wanted; /* components at the top that carry a UID */
	bool inside;     /* in one of them */
	bool named;      /* and it has had its UID */
	bool replaces;   /* and its RECURRENCE-ID */
	bool closed;     /* END:VCALENDAR was read */
	bool has_method;
	bool uid_missing;
	bool uid_differs;
	bool uid_too_long;
};

/* A fold may stand inside a character, so UTF-8 is checked as it reads unfolded. */
static bool is_utf8(struct str raw)
{
	for (int c = cal_line_byte(&raw); c >= 0; c = cal_line_byte(&raw)) {
		const size_t len = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
		char bytes[4] = {(char)c};
		for (size_t i = 1; i < len; i++) {
			const int next = cal_line_byte(&raw);
			bytes[i] = next < 0 ? '\0' : (char)next;
		}
		size_t used = 0;
		if (utf8_next((struct str){bytes, len}, &used) == UTF8_BAD)
			return false;
	}
	return true;
}

static bool is_control(struct str raw, size_t i)
{
	const unsigned char c = (unsigned char)raw.ptr[i];

	if (c == '\r') /* belongs to a line end, or is an old Macintosh line end */
		return i + 1 == raw.len || raw.ptr[i + 1] != '\n';
	return (c < 0x20 && c != '\t' && c != '\n') || c == 0x7f;
}

static enum cal_fault check_bytes(struct str raw)
{
	bool ascii = true;
	size_t line = 0;

	for (size_t i = 0; i < raw.len; i++) {
		line = raw.ptr[i] == '\n' ? 0 : line + 1;
		if (line > CAL_LINE_MAX)
			return CAL_LINE_TOO_LONG;
		if (is_control(raw, i))
			return CAL_CONTROL;
		ascii = ascii && !((unsigned char)raw.ptr[i] & 0x80);
	}
	return ascii || is_utf8(raw) ? CAL_OK : CAL_NOT_UTF8;
}

static void read_uid(struct scanner *s, struct str value)
{
	char uid[CAL_UID_MAX + 1];
	size_t len = 0;

	for (int c = cal_line_byte(&value); c >= 0; c = cal_line_byte(&value)) {
		if (len == CAL_UID_MAX) {
			s->uid_too_long = true;
			s->named = true;
			return;
		}
		uid[len++] = (char)c;
	}
	if (!str_trim((struct str){uid, len}).len)
		return;
	uid[len] = '\0';
	s->named = true;
	if (!s->out->uid[0])
		memcpy(s->out->uid, uid, len + 1);
	else if (strcmp(s->out->uid, uid) != 0)
		s->uid_differs = true;
}

static void read_recurrence_id(struct scanner *s, struct str value)
{
	(void)value;
	s->replaces = true;
}

static void read_attendee(struct scanner *s, struct str value)
{
	(void)value;
	s->out->has_attendee = true;
}

static void read_end(struct scanner *s, struct str value)
{
	(void)value;
	s->out->has_end = true;
}

/* A property of a component at the top; those of an alarm inside it do not count. */
static void read_property(struct scanner *s, const struct cal_parts *parts)
{
	static const struct {
		const char *name;
		void (*read)(struct scanner *s, struct str value);
	} properties[] = {
		{"UID", read_uid},
		{"RECURRENCE-ID", read_recurrence_id},
		{"ATTENDEE", read_attendee},
		{"DTEND", read_end},
		{"DURATION", read_end},
	};

	for (size_t i = 0; i < COUNT_OF(properties); i++)
		if (cal_line_is(parts->name, properties[i].name))
			properties[i].read(s, parts->value);
}

/* False for time zones and for components nobody knows: those have no UID of ours. */
static bool kind_of(struct str name, enum cal_kind *kind)
{
	static const struct {
		const char *name;
		enum cal_kind kind;
	} kinds[] = {
		{"VEVENT", CAL_EVENT},
		{"VTODO", CAL_TODO},
		{"VJOURNAL", CAL_JOURNAL},
		{"VFREEBUSY", CAL_OTHER},
		{"VAVAILABILITY", CAL_OTHER},
	};

	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		if (cal_line_is(name, kinds[i].name)) {
			*kind = kinds[i].kind;
			return true;
		}
	}
	return false;
}

static enum cal_fault begin(struct scanner *s, struct str name)
{
	enum cal_kind kind = CAL_OTHER;

	if (s->depth == CAL_NESTING_MAX)
		return CAL_TOO_DEEP;
	if (++s->components > CAL_COMPONENTS_MAX)
		return CAL_TOO_MANY;
	s->open[s->depth++] = name;
	if (s->depth != 2 || !kind_of(name, &kind))
		return CAL_OK;
	if (!s->wanted++)
		s->out->kind = kind;
	s->inside = true;
	s->named = false;
	s->replaces = false;
	return CAL_OK;
}

static enum cal_fault end(struct scanner *s, struct str name)
{
	if (!cal_line_same(s->open[s->depth - 1], name))
		return CAL_UNBALANCED;
	s->depth--;
	s->closed = s->depth == 0;
	if (s->depth != 1 || !s->inside)
		return CAL_OK;
	s->inside = false;
	s->uid_missing = s->uid_missing || !s->named;
	s->out->masters += !s->replaces;
	s->out->overrides += s->replaces;
	return CAL_OK;
}

static enum cal_fault read_line(struct scanner *s, struct str raw)
{
	struct cal_parts parts;

	if (!str_trim(raw).len)
		return CAL_OK;
	if (s->closed)
		return CAL_UNBALANCED;
	const bool property = cal_line_parts(raw, &parts);
	/* Blanks behind a component's name are seen in objects of iCloud. */
	if (property && cal_line_is(parts.name, "BEGIN"))
		return begin(s, str_trim(parts.value));
	if (property && cal_line_is(parts.name, "END"))
		return end(s, str_trim(parts.value));
	if (++s->properties > CAL_PROPERTIES_MAX)
		return CAL_TOO_MANY;
	if (property && s->depth == 1 && cal_line_is(parts.name, "METHOD"))
		s->has_method = true;
	if (property && s->depth == 2 && s->inside)
		read_property(s, &parts);
	return CAL_OK;
}

/* What only the whole object can tell, the worst first. */
static enum cal_fault judge(const struct scanner *s)
{
	const struct {
		bool found;
		enum cal_fault fault;
	} faults[] = {
		{!s->closed, CAL_UNBALANCED},
		{!s->wanted, CAL_NO_COMPONENT},
		{s->has_method, CAL_METHOD},
		{s->uid_missing, CAL_NO_UID},
		{s->uid_too_long, CAL_UID_TOO_LONG},
		{s->uid_differs, CAL_MANY_UIDS},
	};

	for (size_t i = 0; i < COUNT_OF(faults); i++)
		if (faults[i].found)
			return faults[i].fault;
	return CAL_OK;
}

static bool begins_calendar(struct str raw)
{
	struct cal_parts parts;

	return cal_line_parts(raw, &parts) && cal_line_is(parts.name, "BEGIN") &&
	       cal_line_is(str_trim(parts.value), "VCALENDAR");
}

enum cal_fault cal_scan(struct str bytes, struct cal_scan *out)
{
	struct scanner s = {.out = out};
	struct str raw;

	*out = (struct cal_scan){.kind = CAL_OTHER};
	if (bytes.len > CAL_BYTES_MAX)
		return CAL_TOO_LARGE;
	if (str_starts(bytes, byte_order_mark))
		bytes = str_from(bytes, byte_order_mark.len);
	if (!str_trim(bytes).len)
		return CAL_EMPTY;
	if (!str_starts_nocase(bytes, STR("BEGIN")))
		return CAL_NOT_CALENDAR;
	while (cal_line_next(&bytes, &raw)) {
		enum cal_fault fault = check_bytes(raw);
		if (fault == CAL_OK && !s.components && !begins_calendar(raw))
			fault = CAL_NOT_CALENDAR;
		if (fault == CAL_OK)
			fault = read_line(&s, raw);
		if (fault != CAL_OK)
			return fault;
	}
	return judge(&s);
}

const char *cal_fault_text(enum cal_fault fault)
{
	static const char *const texts[CAL_FAULTS] = {
		[CAL_OK] = "nothing is wrong with it",
		[CAL_EMPTY] = "it is empty",
		[CAL_NOT_CALENDAR] = "it is not a calendar object",
		[CAL_UNBALANCED] = "it is cut off or its BEGIN and END do not match",
		[CAL_TOO_LARGE] = "it is larger than 1 MiB",
		[CAL_LINE_TOO_LONG] = "one of its lines is longer than 64 KiB",
		[CAL_TOO_DEEP] = "its parts are nested more than 8 deep",
		[CAL_TOO_MANY] = "it has more than 2000 parts or 20000 properties",
		[CAL_NOT_UTF8] = "it is not UTF-8 text",
		[CAL_CONTROL] = "it contains control characters",
		[CAL_NO_COMPONENT] = "it has no event and no task",
		[CAL_NO_UID] = "it has no UID",
		[CAL_MANY_UIDS] = "it has more than one UID",
		[CAL_UID_TOO_LONG] = "its UID is longer than 1024 bytes",
		[CAL_METHOD] =
			"it is an invitation message (METHOD), which servers refuse",
	};

	if ((unsigned)fault >= CAL_FAULTS)
		return "it is not readable";
	return texts[fault];
}
