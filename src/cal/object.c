#include <config.h>

#include "cal/object.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "cal/event.h"

#define TITLE_COLS 72

static const struct cal_event *speaker(const struct cal_events *events)
{
	for (size_t i = 0; i < events->count; i++)
		if (!events->items[i].has_replaces)
			return &events->items[i];
	return events->count ? &events->items[0] : NULL;
}

static void date_text(const struct cal_event *event, struct buf *out)
{
	const bool due = event->kind == CAL_TODO && event->has_end && !event->has_start;
	const struct cal_moment *when = due ? &event->end : &event->start;

	if (!due && !event->has_start)
		return;
	buf_text(out, ", ");
	if (when->all_day)
		cal_day_text(when->day, out);
	else
		cal_time_text(cal_moment_unix(when), false, out);
}

char *cal_object_title(struct str ics)
{
	AUTO(cal_events) *events = cal_events_read(ics);
	const struct cal_event *event = events ? speaker(events) : NULL;
	SCOPED(buf) date = buf_with_max(0);

	if (!event)
		return xstrdup("(no title)");
	date_text(event, &date);
	const int room = TITLE_COLS - (int)buf_view(&date).len;
	AUTO_FREE char *title = cal_event_title(event, room);
	return xasprintf("%s%s", title, buf_cstr(&date));
}
