#include <config.h>

#include "dav/calendar.h"

#include <limits.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

static void calendar_clear(struct dav_calendar *c)
{
	free(c->path);
	free(c->key);
	free(c->name);
	free(c->color);
	free(c->ctag);
	free(c->token);
}

void dav_calendars_clear(struct dav_calendars *list)
{
	for (size_t i = 0; i < list->count; i++)
		calendar_clear(&list->items[i]);
	free(list->items);
	*list = (struct dav_calendars){0};
}

void dav_calendars_cut(struct dav_calendars *list, size_t count)
{
	while (list->count > count)
		calendar_clear(&list->items[--list->count]);
}

/* SOGo's first calendar is an outbox too, so being a calendar decides before that. */
static enum calendar_hidden hidden_of(const struct dav_response *r)
{
	if (r->resource & DAV_SUBSCRIBED)
		return CALENDAR_SUBSCRIBED;
	if (r->resource & DAV_CALENDAR) {
		const bool events = !r->components || (r->components & DAV_VEVENT);
		return events ? CALENDAR_SHOWN : CALENDAR_TASKS;
	}
	if (r->resource & (DAV_SCHEDULE_INBOX | DAV_SCHEDULE_OUTBOX))
		return CALENDAR_SCHEDULING;
	if (r->resource & DAV_NOTIFICATION)
		return CALENDAR_NOTIFICATIONS;
	return CALENDAR_NOT_ONE;
}

/* DAViCal escapes names twice, so that "&amp;" arrives where "&" was meant. */
static char *unescape(struct str s)
{
	static const struct {
		struct str entity;
		char c;
	} entities[] = {{{"&amp;", 5}, '&'}, {{"&lt;", 4}, '<'}, {{"&gt;", 4}, '>'},
		{{"&quot;", 6}, '"'}, {{"&#039;", 6}, '\''}, {{"&apos;", 6}, '\''}};
	SCOPED(buf) out = buf_with_max(0);

	while (s.len) {
		size_t used = 1;
		char c = s.ptr[0];
		for (size_t i = 0; c == '&' && i < COUNT_OF(entities); i++) {
			if (!str_starts(s, entities[i].entity))
				continue;
			used = entities[i].entity.len;
			c = entities[i].c;
			break;
		}
		buf_char(&out, c);
		s = str_from(s, used);
	}
	return buf_take(&out);
}

static char *last_segment(const char *key)
{
	struct str rest = str_of(key);
	struct str part;
	struct str last = STR("");

	while (str_split(&rest, '/', &part))
		if (part.len)
			last = part;
	return str_dup(last);
}

static char *with_slash(const char *path)
{
	return str_ends(str_of(path), STR("/")) ? xstrdup(path)
	                                        : xasprintf("%s/", path);
}

static char *dup_or_null(struct str s)
{
	return s.len ? str_dup(s) : NULL;
}

static int order_of(struct str text)
{
	int64_t order = 0;

	return str_to_int(text, 0, INT_MAX - 1, &order) ? (int)order : INT_MAX;
}

/* A server that tells no privileges is believed to allow it; a 403 tells better later.
 */
static bool is_writable(const struct dav_response *r)
{
	return !(r->found & DAV_P_PRIVILEGES) ||
	       (r->privileges & DAV_MAY_WRITE_CONTENT);
}

static void fill(struct dav_calendar *c, const struct uri *at,
	const struct dav_response *r)
{
	*c = (struct dav_calendar){
		.path = with_slash(at->path),
		.color = calendar_color(r->color),
		.ctag = dup_or_null(r->ctag),
		.token = dup_or_null(r->sync_token),
		.order = order_of(r->order),
		.writable = is_writable(r),
		.shared = r->resource & DAV_SHARED,
		.hidden = hidden_of(r),
	};
	c->key = href_key(str_of(c->path));
	c->name = r->displayname.len ? unescape(r->displayname) : last_segment(c->key);
}

static bool says_nothing(const struct dav_response *r)
{
	return r->malformed || r->status || !(r->found & DAV_P_RESOURCETYPE);
}

void dav_calendars_add(struct dav_calendars *list, const struct uri *home,
	const struct gate *gate, const struct dav_response *r)
{
	SCOPED(uri) at = {0};
	struct dav_calendar c;

	if (list->count >= DAV_CALENDARS_MAX || says_nothing(r) ||
		!uri_resolve(&at, home, r->href, NULL) || !gate_allows(gate, &at, NULL))
		return;
	fill(&c, &at, r);
	if (dav_calendars_find(list, c.key)) {
		calendar_clear(&c);
		return;
	}
	list->items = xgrow(list->items, list->count, &list->cap, sizeof(*list->items));
	list->items[list->count++] = c;
}

static int compare_names(const char *a, const char *b)
{
	while (*a && ascii_lower(*a) == ascii_lower(*b))
		a++, b++;
	const unsigned char left = (unsigned char)ascii_lower(*a);
	const unsigned char right = (unsigned char)ascii_lower(*b);
	return left < right ? -1 : left > right;
}

static int compare(const void *left, const void *right)
{
	const struct dav_calendar *a = left;
	const struct dav_calendar *b = right;

	if (a->order != b->order)
		return a->order < b->order ? -1 : 1;
	const int by_name = compare_names(a->name, b->name);
	return by_name ? by_name : strcmp(a->key, b->key);
}

void dav_calendars_sort(struct dav_calendars *list)
{
	if (list->count)
		qsort(list->items, list->count, sizeof(*list->items), compare);
}

const struct dav_calendar *dav_calendars_find(const struct dav_calendars *list,
	const char *key)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->items[i].key, key))
			return &list->items[i];
	return NULL;
}

const char *calendar_hidden_text(enum calendar_hidden hidden)
{
	static const char *const texts[] = {
		[CALENDAR_SHOWN] = "",
		[CALENDAR_NOT_ONE] = "is not a calendar",
		[CALENDAR_TASKS] = "holds reminders or tasks, not events",
		[CALENDAR_SCHEDULING] = "is the box for invitations",
		[CALENDAR_NOTIFICATIONS] = "is the box for notices of the server",
		[CALENDAR_SUBSCRIBED] =
			"is a subscription, kept by whoever publishes it",
	};

	return texts[hidden];
}

char *calendar_color(struct str raw)
{
	raw = str_trim(raw);
	if ((raw.len != 7 && raw.len != 9) || raw.ptr[0] != '#')
		return NULL;
	char *color = xstrdup("#RRGGBB");
	for (size_t i = 1; i < raw.len; i++) {
		const int digit = ascii_hex(raw.ptr[i]);
		if (digit < 0) {
			free(color);
			return NULL;
		}
		if (i < 7)
			color[i] = "0123456789ABCDEF"[digit];
	}
	return color;
}
