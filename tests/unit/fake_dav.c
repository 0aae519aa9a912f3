#include <config.h>

#include "tests/unit/fake_dav.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct dav_exchange {
	struct fake_dav *fake;
	struct dav_request request;
	struct dav_sink sink;
	struct dav_exchange *next;
};

static struct dav_exchange *start(struct transport *t, struct dav_request *request,
	const struct dav_sink *sink)
{
	struct fake_dav *f = (struct fake_dav *)(void *)t;
	struct dav_exchange *x = xcalloc(1, sizeof(*x));
	struct dav_exchange **last = &f->first;

	*x = (struct dav_exchange){.fake = f, .request = *request, .sink = *sink};
	*request = (struct dav_request){.depth = DEPTH_NONE};
	while (*last)
		last = &(*last)->next;
	*last = x;
	f->requests++;
	return x;
}

static void unlink_exchange(struct dav_exchange *x)
{
	struct dav_exchange **at = &x->fake->first;

	while (*at && *at != x)
		at = &(*at)->next;
	if (*at)
		*at = x->next;
}

static void free_exchange(struct dav_exchange *x)
{
	dav_request_clear(&x->request);
	free(x);
}

static void cancel(struct dav_exchange *x)
{
	x->fake->cancelled++;
	unlink_exchange(x);
	free_exchange(x);
}

struct fake_dav *fake_new(void)
{
	static const struct transport_ops ops = {.start = start, .cancel = cancel};
	struct fake_dav *f = xcalloc(1, sizeof(*f));

	f->transport.ops = &ops;
	f->home = "/ada/";
	f->bad_token = 403;
	f->bad_token_body = true;
	f->data_refused = true;
	return f;
}

void fake_free(struct fake_dav *f)
{
	if (!f)
		return;
	while (f->first)
		cancel(f->first);
	for (size_t i = 0; i < f->n_calendars; i++) {
		struct fake_calendar *c = f->calendars[i];
		for (size_t n = 0; n < c->count; n++) {
			free(c->objects[n].name);
			free(c->objects[n].body);
		}
		free(c->objects);
		free(c->name);
		free(c->displayname);
		free(c);
	}
	free(f);
}

struct fake_calendar *fake_add_calendar(struct fake_dav *f, const char *name)
{
	struct fake_calendar *c = xcalloc(1, sizeof(*c));

	c->name = xstrdup(name);
	c->displayname = xasprintf("The %s", name);
	c->revision = 1;
	f->calendars[f->n_calendars++] = c;
	return c;
}

struct fake_object *fake_find(struct fake_calendar *c, const char *name)
{
	/* Mostly asked for in order: begin behind the last one. */
	for (size_t n = 0; n < c->count; n++) {
		const size_t i = (c->last + 1 + n) % c->count;
		if (strcmp(c->objects[i].name, name) != 0)
			continue;
		c->last = i;
		return &c->objects[i];
	}
	return NULL;
}

static struct fake_object *must_find(struct fake_calendar *c, const char *name)
{
	struct fake_object *o = fake_find(c, name);

	if (!o)
		abort();
	return o;
}

static void touch(struct fake_calendar *c, struct fake_object *o)
{
	o->version = ++c->revision;
	o->since = c->revision;
}

struct fake_object *fake_put(struct fake_calendar *c, const char *name,
	const char *body)
{
	struct fake_object *o = fake_find(c, name);

	if (!o) {
		c->objects = xgrow(c->objects, c->count, &c->cap, sizeof(*c->objects));
		o = &c->objects[c->count++];
		*o = (struct fake_object){.name = xstrdup(name)};
	}
	free(o->body);
	o->body = xstrdup(body);
	o->deleted = false;
	touch(c, o);
	return o;
}

void fake_delete(struct fake_calendar *c, const char *name)
{
	struct fake_object *o = must_find(c, name);

	o->deleted = true;
	touch(c, o);
}

void fake_retag(struct fake_calendar *c, const char *name)
{
	touch(c, must_find(c, name));
}

void fake_forget_tokens(struct fake_calendar *c)
{
	c->revision++;
	c->oldest = c->revision;
}

void fake_add_fault(struct fake_dav *f, const struct fake_fault *fault)
{
	f->faults[f->n_faults++] = *fault;
}

void fake_reset_counts(struct fake_dav *f)
{
	f->requests = f->gets = f->multigets = f->hrefs = 0;
	f->puts = f->deletes = 0;
}

char *fake_event(const char *uid, const char *summary)
{
	return xasprintf("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//EN\r\n"
			 "BEGIN:VEVENT\r\nUID:%s\r\nDTSTAMP:20260101T000000Z\r\n"
			 "DTSTART:20260304T091500Z\r\nDTEND:20260304T101500Z\r\n"
			 "SUMMARY:%s\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
		uid, summary);
}

static struct str path_of(const struct dav_exchange *x)
{
	return str_of(x->request.uri.path);
}

static struct fake_fault *fault_for(struct dav_exchange *x)
{
	struct fake_dav *f = x->fake;

	for (size_t i = 0; i < f->n_faults; i++) {
		struct fake_fault *fault = &f->faults[i];
		const struct str text = str_of(fault->contains);
		if (strcmp(fault->method, x->request.method) != 0 ||
			fault->times == UINT32_MAX)
			continue;
		if (str_find(path_of(x), text) == STR_NONE &&
			str_find(buf_view(&x->request.body), text) == STR_NONE)
			continue;
		if (fault->skip) {
			fault->skip--;
			continue;
		}
		if (fault->times && --fault->times == 0)
			fault->times = UINT32_MAX; /* used up after this one */
		return fault;
	}
	return NULL;
}

static void spoil(const struct fake_fault *fault, struct fake_answer *a,
	struct dav_reply *reply)
{
	reply->failure = fault->failure;
	if (fault->failure != DAV_ANSWERED)
		(void)err_set(&reply->err, ERR_NETWORK, "no connection");
	if (fault->status) {
		buf_reset(&a->body);
		buf_text(&a->body, fault->body ? fault->body : "");
		a->status = fault->status;
	}
	if (fault->cut_after && a->body.len > fault->cut_after) {
		a->body.len = fault->cut_after;
		a->body.ptr[a->body.len] = '\0';
	}
}

/* In pieces, as a network would. */
static bool send_body(struct dav_exchange *x, const struct fake_answer *a,
	struct dav_reply *reply)
{
	struct str rest = buf_view(&a->body);

	while (rest.len && x->sink.body) {
		const struct str piece = str_slice(rest, 0, 4000);
		if (!x->sink.body(x->sink.ctx, reply, piece, &reply->err))
			return false;
		rest = str_from(rest, piece.len);
	}
	return true;
}

bool fake_answer_one(struct fake_dav *f)
{
	struct dav_exchange *x = f->first;
	struct dav_reply reply = {.retry_after = -1};
	struct fake_answer a = {.body = buf_with_max(0)};

	if (!x)
		return false;
	const struct fake_fault *fault = fault_for(x);
	const bool writes = !strcmp(x->request.method, "PUT") ||
	                    !strcmp(x->request.method, "DELETE");
	if (!fault || !fault->status || !writes)
		fake_respond(f, &x->request, &a);
	uri_copy(&reply.uri, &x->request.uri);
	if (fault)
		spoil(fault, &a, &reply);
	const bool answered = reply.failure == DAV_ANSWERED;
	reply.status = answered ? a.status : 0;
	(void)snprintf(reply.etag, sizeof(reply.etag), "%s", a.etag);
	if (f->calls_it_html && a.status != 207)
		(void)snprintf(reply.content_type, sizeof(reply.content_type),
			"text/html; charset=UTF-8");
	const bool success = a.status >= 200 && a.status < 300;
	if (answered && !success)
		reply.error_body = buf_view(&a.body);
	else if (success && !send_body(x, &a, &reply))
		reply.failure = DAV_STOPPED;
	if (reply.failure != DAV_ANSWERED)
		reply.status = 0;
	unlink_exchange(x);
	x->sink.done(x->sink.ctx, &reply);
	free_exchange(x);
	buf_clear(&a.body);
	uri_clear(&reply.uri);
	return true;
}

static struct fake_calendar *calendar_named(struct fake_dav *f, const char *name)
{
	for (size_t i = 0; i < f->n_calendars; i++)
		if (!strcmp(f->calendars[i]->name, name))
			return f->calendars[i];
	abort();
}

void fake_replay(struct fake_dav *f)
{
	FILE *file = fopen(f->log, "r");
	char verb = 0;
	char calendar[64];
	char name[256];
	size_t size = 0;

	f->replayed = 0;
	if (!file)
		return;
	while (fscanf(file, "%c %63s %255s %zu", &verb, calendar, name, &size) == 4) {
		char *body = xcalloc(1, size + 1);
		(void)fgetc(file);
		if (fread(body, 1, size, file) != size)
			abort();
		(void)fgetc(file);
		struct fake_calendar *c = calendar_named(f, calendar);
		f->replayed++;
		if (verb == 'P')
			(void)fake_put(c, name, body);
		else
			fake_delete(c, name);
		free(body);
	}
	(void)fclose(file);
	(void)remove(f->log);
}
