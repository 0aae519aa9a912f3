#include <config.h>

#include "dav/multistatus.h"

#include <string.h>

#include "dav/xml_reader.h"

static const struct {
	enum xml_space space;
	const char *name;
	enum dav_precondition bit;
} preconditions[] = {
	{XML_DAV, "valid-sync-token", DAV_VALID_SYNC_TOKEN},
	{XML_DAV, "number-of-matches-within-limits", DAV_MATCHES_WITHIN_LIMITS},
	{XML_CALDAV, "no-uid-conflict", DAV_NO_UID_CONFLICT},
	{XML_DAV, "supported-report", DAV_SUPPORTED_REPORT},
};

/* Xandikos answers a refused PUT with a multistatus that holds the error: so it counts
 * wherever it stands. */
struct error_reading {
	int depth;
	int error_at; /* depth of {DAV:}error; 0 = not inside one */
	unsigned found;
};

static bool on_start(void *ctx, const struct xml_element *el, struct err *e)
{
	struct error_reading *r = ctx;

	(void)e;
	r->depth++;
	if (!r->error_at && el->space == XML_DAV && !strcmp(el->name, "error"))
		r->error_at = r->depth;
	if (r->depth != r->error_at + 1 || !r->error_at)
		return true;
	for (size_t i = 0; i < COUNT_OF(preconditions); i++)
		if (preconditions[i].space == el->space &&
			!strcmp(preconditions[i].name, el->name))
			r->found |= preconditions[i].bit;
	return true;
}

static bool on_end(void *ctx, struct err *e)
{
	struct error_reading *r = ctx;

	(void)e;
	if (r->depth-- == r->error_at)
		r->error_at = 0;
	return true;
}

static bool on_text(void *ctx, struct str text, struct err *e)
{
	(void)ctx, (void)text, (void)e;
	return true;
}

unsigned dav_error_read(struct str body)
{
	struct error_reading reading = {0};
	const struct xml_handler handler = {.ctx = &reading,
		.start = on_start,
		.text = on_text,
		.end = on_end};
	AUTO(xml_reader) *reader = xml_reader_new(&handler);

	if (!xml_reader_feed(reader, body, NULL) || !xml_reader_finish(reader, NULL))
		return 0;
	return reading.found;
}

static bool begins_like_html(struct str s)
{
	static const struct str openings[] = {{"<!doctype html", 14}, {"<html", 5},
		{"<head", 5}, {"<body", 5}};

	for (size_t i = 0; i < COUNT_OF(openings); i++)
		if (str_starts_nocase(s, openings[i]))
			return true;
	return false;
}

/* XHTML has its declaration first; the type of the document follows. */
static struct str skip_declaration(struct str s)
{
	if (!str_starts(s, STR("<?xml")))
		return s;
	const size_t end = str_find(s, STR("?>"));
	return end == STR_NONE ? s : str_trim(str_from(s, end + 2));
}

/* Servers of calendars call their XML text/html at times, so the bytes come first. */
bool dav_is_web_page(struct str body, const char *content_type)
{
	const bool html =
		str_starts_nocase(str_of(content_type), STR("text/html")) ||
		str_starts_nocase(str_of(content_type), STR("application/xhtml"));

	if (str_starts(body, STR("\xef\xbb\xbf")))
		body = str_from(body, 3);
	body = str_trim(body);
	if (begins_like_html(skip_declaration(body)))
		return true;
	const bool xml = str_starts(body, STR("<")) && !str_starts(body, STR("<!"));
	return html && !xml;
}
