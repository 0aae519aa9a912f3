#include <config.h>

#include "dav/discover_impl.h"

static const char *const errands[] = {
	[DISCOVER_SERVICE] = "look for the server",
	[DISCOVER_PRINCIPAL] = "sign in",
	[DISCOVER_HOME] = "look for the calendars",
	[DISCOVER_CALENDARS] = "list the calendars",
	[DISCOVER_DONE] = "",
	[DISCOVER_FAILED] = "",
};

/* A domain's website need not be there for its calendars to be. */
static bool is_unreachable(enum dav_failure failure)
{
	static const enum dav_failure list[] = {DAV_NO_HOST, DAV_NO_CONNECTION,
		DAV_TIMEOUT, DAV_TLS_NAME, DAV_TLS_OTHER};

	for (size_t i = 0; i < COUNT_OF(list); i++)
		if (list[i] == failure)
			return true;
	return false;
}

static struct judgement judge_failure(const struct discover *d,
	const struct dav_reply *reply)
{
	struct judgement j = {
		.elsewhere = reply->failure == DAV_FOREIGN_HOST ||
	                     reply->failure == DAV_REDIRECTS,
		.unreachable = is_unreachable(reply->failure),
		.diagnosis = diagnose_reply(reply, d->gate.provider, false),
	};

	(void)dav_reply_error(reply, errands[d->step], &j.err);
	return j;
}

static struct judgement judge_status(const struct discover *d,
	const struct dav_reply *reply, int status)
{
	static const int about_address[] = {400, 403, 404, 405, 410, 501};
	struct dav_reply told = *reply;
	struct judgement j = {0};

	told.status = status;
	j.diagnosis = diagnose_reply(&told, d->gate.provider, false);
	(void)dav_reply_error(&told, errands[d->step], &j.err);
	/* A hiccup on Apple's side that fires for whole accounts and passes. */
	if (status == 400 && d->gate.provider == PROVIDER_ICLOUD)
		j.err.code = ERR_NETWORK;
	for (size_t i = 0; i < COUNT_OF(about_address); i++)
		j.elsewhere |= status == about_address[i];
	if (d->step == DISCOVER_CALENDARS && (status == 404 || status == 410))
		j.diagnosis = DIAGNOSIS_SVC_NONE;
	return j;
}

/* Somebody meant to speak CalDAV, and it came out wrong. */
static bool is_meant_for_us(const struct discover *d, const struct dav_reply *reply)
{
	const struct str head = {d->head, d->n_head};

	return reply->status == 207 || str_find(head, STR("multistatus")) != STR_NONE ||
	       str_find(head, STR("<!DOCTYPE")) != STR_NONE;
}

static enum diagnosis diagnose_broken(const struct discover *d,
	const struct dav_reply *reply)
{
	const bool page =
		dav_is_web_page((struct str){d->head, d->n_head}, reply->content_type);
	const bool icloud = d->gate.provider == PROVIDER_ICLOUD;

	if (page)
		return icloud || d->expected ? DIAGNOSIS_NET_PORTAL
		                             : DIAGNOSIS_SVC_NOT_DAV;
	if (d->step == DISCOVER_PRINCIPAL && !icloud && !is_meant_for_us(d, reply))
		return DIAGNOSIS_SVC_NOT_DAV;
	return DIAGNOSIS_SVC_ERROR;
}

static struct judgement judge_broken(const struct discover *d,
	const struct dav_reply *reply)
{
	struct judgement j = {.elsewhere = true,
		.diagnosis = diagnose_broken(d, reply),
		.err = d->broken_err};

	(void)err_wrap(&j.err, "%s", errands[d->step]);
	return j;
}

static bool read_whole(struct discover *d)
{
	struct multistatus_end end = {0};

	if (d->broken)
		return false;
	if (!multistatus_finish(d->reader, &end, &d->broken_err)) {
		d->broken = true;
		return false;
	}
	multistatus_end_clear(&end);
	return true;
}

struct judgement discover_judge(struct discover *d, const struct dav_reply *reply)
{
	const bool success = reply->failure == DAV_ANSWERED && reply->status >= 200 &&
	                     reply->status < 300;

	if (reply->failure == DAV_STOPPED && d->broken)
		return judge_broken(d, reply);
	if (reply->failure != DAV_ANSWERED)
		return judge_failure(d, reply);
	if (!success)
		return judge_status(d, reply, reply->status);
	if (!read_whole(d))
		return judge_broken(d, reply);
	/* Xandikos answers 207 with a 404 inside for a collection it does not have. */
	if (d->found.responses == 1 && d->found.status)
		return judge_status(d, reply, d->found.status);
	return (struct judgement){.good = true};
}

/* Cyrus answers 207 to anybody at its root, with {DAV:}unauthenticated for a principal.
 */
struct judgement discover_no_principal(const struct discover *d)
{
	struct judgement j = {.elsewhere = true};

	if (d->found.asked_who) {
		j.diagnosis = DIAGNOSIS_AUTH_REFUSED;
		(void)err_set(&j.err, ERR_AUTH, "the server did not take the sign-in");
	} else if (d->gate.provider == PROVIDER_ICLOUD) {
		j.diagnosis = DIAGNOSIS_SVC_NONE;
		(void)err_set(&j.err, ERR_CONFIG,
			"the account has no calendar service");
	} else {
		j.diagnosis = DIAGNOSIS_SVC_NOT_DAV;
		(void)err_set(&j.err, ERR_PROTOCOL,
			"the server tells no calendar account");
	}
	return j;
}

enum diagnosis discover_verdict(const struct dav_calendars *list)
{
	bool any = false;
	bool writable = false;

	for (size_t i = 0; i < list->count; i++) {
		if (list->items[i].hidden != CALENDAR_SHOWN)
			continue;
		any = true;
		writable |= list->items[i].writable;
	}
	if (!any)
		return DIAGNOSIS_CAL_EMPTY;
	return writable ? DIAGNOSIS_NONE : DIAGNOSIS_CAL_READ_ONLY;
}
