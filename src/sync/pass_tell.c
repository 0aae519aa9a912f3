#include <config.h>

#include "base/mem.h"
#include "base/text.h"
#include "cal/change.h"
#include "cal/object.h"
#include "sync/pass_impl.h"

void pass_tell(struct pass *p, const char *verb, struct str body, const char *name)
{
	if (!p->o.planned || !verb[0])
		return;
	AUTO_FREE char *title = body.len ? cal_object_title(body) : xstrdup(name);
	const struct safe_text safe_title = safe(str_of(title));
	p->o.planned(p->o.planned_ctx, &(struct planned){.calendar = p->o.result->name,
					       .verb = verb,
					       .title = safe_title.text});
}

void pass_tell_change(struct pass *p, const char *verb, struct str before,
	struct str after)
{
	if (!p->o.planned)
		return;
	AUTO_FREE char *text = cal_change_text(before, after);
	const struct safe_text safe_title = safe(str_of(text));
	p->o.planned(p->o.planned_ctx, &(struct planned){.calendar = p->o.result->name,
					       .verb = verb,
					       .title = safe_title.text});
}

void pass_quarantine(struct pass *p, const struct arrival *a, const char *reason,
	int64_t tries)
{
	const struct pending q = {
		.kind = PENDING_QUARANTINE,
		.item = {.uid = p->scan.uid,
			.segment = a->segment,
			.href = a->href,
			.etag = a->etag},
		.reason = reason,
		.side = STATE_SERVER,
		.tries = tries,
	};

	if (tries)
		p->scan.uid[0] = '\0';
	pendings_add(&p->pending, &q);
	pass_tell(p, "skip", STR(""), a->segment);
}

/* To-dos and journals in a calendar of events: not worth a word, but not fetched again.
 */
void pass_leave_out(struct pass *p, const struct arrival *a)
{
	const struct pending q = {
		.kind = PENDING_QUARANTINE,
		.item = {.uid = p->scan.uid,
			.segment = a->segment,
			.href = a->href,
			.etag = a->etag},
		.reason = "it is not an event",
		.side = STATE_OTHER,
	};

	pendings_add(&p->pending, &q);
}
