#include <config.h>

#include <stdlib.h>

#include "base/mem.h"
#include "sync/pass_impl.h"

static void take_want(void *ctx, const struct there *t)
{
	wants_add(ctx, t);
}

bool fetch_next(struct pass *p, struct wants *out, struct err *e)
{
	if (!there_wanted(p->o.state, p->cal.id, p->cursor, (size_t)p->cal.batch,
		    take_want, out, e))
		return false;
	if (!out->count) {
		p->exhausted = true;
		return true;
	}
	free(p->cursor);
	p->cursor = xstrdup(out->items[out->count - 1].segment);
	return true;
}

bool fetch_take(struct pass *p, struct want *w, struct str etag, struct str body,
	struct err *e)
{
	AUTO_FREE char *own_etag = str_dup(etag);
	const struct arrival a = {
		.segment = w->segment,
		.href = w->href,
		.etag = etag.len ? own_etag : w->etag,
		.body = body,
	};

	w->done = true;
	if (!pass_apply(p, &a, e))
		return false;
	p->handled++;
	return pass_commit_if_full(p, e);
}

/* Listed, and not to be had: some servers list what is not there yet, or not any more.
 */
bool fetch_missing(struct pass *p, struct want *w, struct err *e)
{
	enum there_kind kind = THERE_PRESENT;
	bool listed = false;
	int64_t tries = 0;

	w->done = true;
	if (p->looking) {
		send_missing(p, w->segment);
		return true;
	}
	if (!there_find(p->o.state, w->segment, &kind, &listed, e))
		return false;
	if (!listed || kind != THERE_PRESENT)
		return true;
	if (!state_quarantine_tries(p->o.state, p->cal.id, w->segment, w->etag, &tries,
		    e))
		return false;
	const struct arrival a = {.segment = w->segment,
		.href = w->href,
		.etag = w->etag,
		.body = STR("")};
	pass_quarantine(p, &a, "the server lists it, but does not deliver it",
		tries + 1);
	if (tries + 1 < STATE_TRIES) {
		p->unfinished = true;
		p->undelivered++;
	}
	if (++p->n_singles <= SINGLES_MAX)
		return true;
	return err_set(e, ERR_NETWORK,
		"the server lists events but does not deliver them (%zu so far)",
		p->n_singles);
}

void fetch_over(struct pass *p)
{
	struct err e = {0};

	if (!pass_commit(p, &e)) {
		pass_fail(p, &e);
		return;
	}
	if (p->looking)
		send_looked(p);
	else
		pass_check_gone(p);
}

void pass_fetch(struct pass *p)
{
	struct err e = {0};
	int64_t wanted = 0;

	if (!there_count_wanted(p->o.state, p->cal.id, &wanted, &e)) {
		pass_fail(p, &e);
		return;
	}
	p->total += (size_t)wanted;
	if (!p->cal.batch)
		p->cal.batch = BATCH_FIRST;
	free(p->cursor);
	p->cursor = xstrdup("");
	p->exhausted = wanted == 0;
	pass_progress(p, PROGRESS_RUNNING);
	slots_pump(p);
}
