#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "dav/request.h"
#include "sync/pass_impl.h"

#define PAGES_MAX 10000 /* of a list the server tells in parts */

bool pass_member(struct pass *p, const struct uri *from, struct str href,
	char **segment, char **path, bool *self)
{
	SCOPED(uri) at = {0};
	struct str last;

	*self = false;
	if (!uri_resolve(&at, from, href, NULL) || !gate_allows(p->o.gate, &at, NULL))
		return false;
	AUTO_FREE char *key = href_key(str_of(at.path));
	if (!href_member(str_of(p->key_path), str_of(key), &last)) {
		const struct str bare =
			str_slice(str_of(p->key_path), 0, strlen(p->key_path) - 1);
		*self = !strcmp(key, p->key_path) || str_is(bare, key);
		return false;
	}
	*segment = str_dup(last);
	*path = take(&at.path);
	return true;
}

static bool listed_kind(const struct dav_response *r, enum there_kind *kind)
{
	if (r->status == 404 || r->status == 410)
		*kind = THERE_REMOVED;
	else if (r->status >= 300 || (r->failed && !(r->found & DAV_P_ETAG)))
		*kind = THERE_FAILED;
	else
		*kind = THERE_PRESENT;
	return *kind == THERE_PRESENT;
}

/* 507 on the calendar itself: RFC 6578, 3.6, the list goes on behind the token. */
static bool take_self(struct pass *p, const struct dav_response *r)
{
	p->cut_short |= r->status == 507;
	return true;
}

static bool take_data(struct pass *p, const struct dav_response *r, const char *segment,
	const char *href, const char *etag, struct err *e)
{
	if (!p->with_data)
		return true;
	p->data_absent |= !(r->found & DAV_P_DATA);
	if (!(r->found & DAV_P_DATA) || !r->data.len)
		return true;
	p->data_came = true;
	const struct arrival a = {segment, href, etag, r->data};
	return pass_apply(p, &a, e) && pass_commit_if_full(p, e);
}

static bool on_row(void *ctx, const struct uri *from, const struct dav_response *r,
	struct err *e)
{
	struct pass *p = ctx;
	AUTO_FREE char *segment = NULL;
	AUTO_FREE char *href = NULL;
	bool self = false;
	struct there t = {0};

	if (!r->href.len || r->malformed) {
		p->odd_rows = true;
		return true;
	}
	if (!pass_member(p, from, r->href, &segment, &href, &self)) {
		p->strange_hrefs += !self;
		return self ? take_self(p, r) : true;
	}
	if (r->resource & DAV_COLLECTION)
		return true;
	AUTO_FREE char *etag = str_dup(r->etag);
	t.segment = segment;
	t.href = href;
	t.etag = etag;
	const bool present = listed_kind(r, &t.kind);
	if (!there_add(p->o.state, &t, e))
		return false;
	return !present || take_data(p, r, segment, href, etag, e);
}

static void on_done(void *ctx, const struct ask_answer *a);

static void ask_for_list(struct pass *p)
{
	const struct ask_handler handler = {.ctx = p, .row = on_row, .done = on_done};
	const bool from_token = p->mode == LIST_CHANGES || p->token;
	const char *token = p->token ? p->token : p->cal.token;
	struct dav_request request = {0};

	if (p->mode == LIST_PLAIN)
		dav_ask_listing(&request, p->o.uri);
	else
		dav_ask_changes(&request, p->o.uri,
			from_token ? str_of(token) : STR(""), p->with_data);
	p->cut_short = false;
	p->ask = ask_list(p->o.transport, &request, "list the events", &handler);
}

/* A whole list with bodies would bring again what is here already, so they are asked
 * for only where most of them are news. */
static bool wants_data(const struct pass *p)
{
	if (p->cal.inline_data == STATE_NO || p->mode == LIST_PLAIN)
		return false;
	return p->mode == LIST_CHANGES || p->base == 0;
}

static void begin_list(struct pass *p, enum list_mode mode)
{
	struct err e = {0};

	p->mode = mode;
	p->with_data = wants_data(p);
	p->listing = true;
	p->odd_rows = p->data_came = p->data_absent = false;
	free(take(&p->token));
	if (!there_begin(p->o.state, &e)) {
		pass_fail(p, &e);
		return;
	}
	log_line(p->o.log, LOG_DEBUG, "sync: list calendar=%s mode=%d data=%d",
		safe(str_of(p->o.listed->path)).text, (int)mode, p->with_data);
	ask_for_list(p);
}

/* Which statuses mean that this way of asking is not for this server or this token.
 * Xandikos answers 500 to a token it does not know. */
static bool way_refused(const struct ask_answer *a)
{
	static const int statuses[] = {400, 403, 405, 409, 410, 412, 415, 500, 501,
		507};

	if (a->reply->failure != DAV_ANSWERED)
		return false;
	for (size_t i = 0; i < COUNT_OF(statuses); i++)
		if (a->reply->status == statuses[i])
			return true;
	return false;
}

static void list_failed(struct pass *p, const struct ask_answer *a)
{
	struct err e = a->err;

	if (way_refused(a) && p->mode == LIST_CHANGES) {
		begin_list(p, LIST_ALL);
		return;
	}
	if (way_refused(a) && p->mode == LIST_ALL && p->with_data) {
		p->cal.inline_data = STATE_NO;
		begin_list(p, LIST_ALL);
		return;
	}
	if (way_refused(a) && p->mode == LIST_ALL) {
		begin_list(p, LIST_PLAIN);
		return;
	}
	p->stops_account = pass_ends_account(&e);
	p->diagnosis = diagnose_reply(a->reply, p->o.gate->provider, false);
	/* The home has just named it, so this is a fault, not the end of the calendar.
	 */
	if (e.code == ERR_GONE)
		e.code = ERR_NETWORK;
	if (a->reply->status == 403)
		p->stops_account = false;
	if (a->web_page)
		e.code = ERR_NETWORK;
	pass_void(p, &e);
}

/* DAViCal answers a token it does not know with the whole list, without tombstones and
 * without a sign. A list of changes that names half of what did not change is no such.
 */
static bool is_whole_in_disguise(const struct pass *p)
{
	const struct there_counts *c = &p->counts;

	return p->mode == LIST_CHANGES && c->same > 0 && c->same * 2 >= c->known;
}

static bool nothing_usable(const struct pass *p)
{
	return p->counts.present == 0 && p->counts.failed > 0;
}

static void note_data(struct pass *p)
{
	if (!p->with_data)
		return;
	if (p->data_came)
		p->cal.inline_data = STATE_YES;
	else if (p->data_absent)
		p->cal.inline_data = STATE_NO;
}

/* What must be looked at though the list may not name it. */
static bool add_own_wishes(struct pass *p, struct err *e)
{
	struct state *s = p->o.state;

	if (!p->o.both)
		return there_add_behind(s, p->cal.id, e);
	return there_add_unsure(s, p->cal.id, true, e);
}

static void list_arrived(struct pass *p)
{
	struct err e = {0};

	p->listing = false;
	p->listed = true;
	p->complete = p->mode != LIST_CHANGES && !p->odd_rows;
	p->unfinished |= p->odd_rows;
	note_data(p);
	if (!there_count(p->o.state, p->cal.id, &p->counts, &e)) {
		pass_fail(p, &e);
		return;
	}
	if (is_whole_in_disguise(p)) {
		p->listed = false;
		begin_list(p, LIST_ALL);
		return;
	}
	p->unfinished |= p->counts.failed > 0;
	if (nothing_usable(p)) {
		(void)err_set(&e, ERR_NETWORK,
			"the server could not tell about its events");
		pass_void(p, &e);
		return;
	}
	if ((p->check_all && !there_add_unfit(p->o.state, p->cal.id, &e)) ||
		!pass_commit(p, &e) || !add_own_wishes(p, &e)) {
		pass_fail(p, &e);
		return;
	}
	pass_fetch(p);
}

static void on_done(void *ctx, const struct ask_answer *a)
{
	struct pass *p = ctx;
	struct err e = {0};

	ask_free(take(&p->ask));
	if (!a->ok) {
		list_failed(p, a);
		return;
	}
	const char *next = a->end->sync_token;
	const bool again = p->cut_short && next;
	if (p->cut_short && (!next || (p->token && !strcmp(next, p->token)) ||
				    ++p->pages > PAGES_MAX)) {
		(void)err_set(&e, ERR_PROTOCOL,
			"the server's list of events does not end");
		pass_void(p, &e);
		return;
	}
	free(p->token);
	p->token = xstrdup_or_null(next);
	if (again)
		ask_for_list(p);
	else
		list_arrived(p);
}

static bool same_text(const char *a, const char *b)
{
	return a && b && !strcmp(a, b);
}

static bool nothing_changed(const struct pass *p)
{
	return same_text(p->cal.token, p->o.listed->token) ||
	       same_text(p->cal.ctag, p->o.listed->ctag);
}

static void skip_list(struct pass *p)
{
	struct err e = {0};
	int64_t wanted = 0;

	p->mode = LIST_NONE;
	if (!there_begin(p->o.state, &e) || !add_own_wishes(p, &e) ||
		!there_count_wanted(p->o.state, p->cal.id, &wanted, &e)) {
		pass_fail(p, &e);
		return;
	}
	p->o.result->unchanged = wanted == 0;
	if (wanted)
		pass_fetch(p);
	else
		pass_send(p);
}

void pass_list(struct pass *p)
{
	const bool all = p->check_all || (!p->cal.token && !p->cal.ctag);

	p->check_all = all;
	if (!all && nothing_changed(p))
		skip_list(p);
	else if (!p->o.listed->token)
		begin_list(p, LIST_PLAIN);
	else
		begin_list(p, all || !p->cal.token ? LIST_ALL : LIST_CHANGES);
}
