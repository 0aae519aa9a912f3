#include <config.h>

#include "tests/fake/xml.h"

#include <assert.h>
#include <string.h>

#include "tests/fake/query.h"

static const struct {
	const char *space;
	const char *prefix;
} prefixes[] = {
	{NS_DAV, "D"},
	{NS_CALDAV, "C"},
	{NS_SERVER, "CS"},
	{NS_APPLE, "A"},
};

static const char *prefix_of(const char *space)
{
	for (size_t i = 0; i < COUNT_OF(prefixes); i++)
		if (!strcmp(prefixes[i].space, space))
			return prefixes[i].prefix;
	return NULL;
}

/* iCloud's template leaves runs of empty lines. */
static void gap(struct xml *x)
{
	if (x->style == XML_APPLE)
		buf_text(x->out, "\n\n\n    ");
	else
		buf_char(x->out, '\n');
}

void xml_begin(struct xml *x, struct buf *out, enum xml_style style)
{
	*x = (struct xml){.out = out, .style = style};
	if (style == XML_APPLE) {
		buf_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\" "
			      "standalone=\"yes\"?>\n<multistatus xmlns=\"DAV:\">");
		return;
	}
	buf_text(out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<D:multistatus");
	for (size_t i = 0; i < COUNT_OF(prefixes); i++)
		buf_printf(out, " xmlns:%s=\"%s\"", prefixes[i].prefix,
			prefixes[i].space);
	buf_char(out, '>');
}

/* A name of our own vocabulary, below what always is {DAV:}. */
static void plain(struct xml *x, const char *name, struct str text)
{
	const char *prefix = x->style == XML_APPLE ? "" : "D:";

	buf_printf(x->out, "<%s%s>", prefix, name);
	buf_xml(x->out, text);
	buf_printf(x->out, "</%s%s>", prefix, name);
}

static void tag(struct xml *x, const char *name, bool end)
{
	buf_printf(x->out, "<%s%s%s>", end ? "/" : "",
		x->style == XML_APPLE ? "" : "D:", name);
}

void xml_end(struct xml *x, const char *sync_token)
{
	gap(x);
	if (sync_token) {
		plain(x, "sync-token", str_of(sync_token));
		buf_char(x->out, '\n');
	}
	tag(x, "multistatus", true);
}

void xml_response(struct xml *x, struct str href)
{
	gap(x);
	if (x->style == XML_APPLE)
		buf_text(x->out, "<response xmlns=\"DAV:\">\n        ");
	else
		tag(x, "response", false);
	plain(x, "href", href);
}

void xml_response_end(struct xml *x)
{
	gap(x);
	tag(x, "response", true);
}

void xml_status(struct xml *x, int status)
{
	static const struct {
		int status;
		const char *line;
	} lines[] = {
		{200, "HTTP/1.1 200 OK"},
		{403, "HTTP/1.1 403 Forbidden"},
		{404, "HTTP/1.1 404 Not Found"},
		{507, "HTTP/1.1 507 Insufficient Storage"},
	};

	for (size_t i = 0; i < COUNT_OF(lines); i++)
		if (lines[i].status == status)
			plain(x, "status", str_of(lines[i].line));
}

void xml_propstat(struct xml *x)
{
	gap(x);
	tag(x, "propstat", false);
	tag(x, "prop", false);
}

void xml_propstat_end(struct xml *x, int status)
{
	tag(x, "prop", true);
	gap(x);
	xml_status(x, status);
	tag(x, "propstat", true);
}

/* iCloud repeats the namespace on each property, and within one only where it is
 * another; its hrefs always have it. */
static void declare(struct xml *x, const char *space, const char *name)
{
	const bool same = x->depth && !strcmp(x->space[x->depth - 1], space);

	if (!same || !strcmp(name, "href"))
		buf_printf(x->out, " xmlns=\"%s\"", space);
}

static void start(struct xml *x, const char *space, const char *name)
{
	const char *prefix = x->style == XML_APPLE ? NULL : prefix_of(space);

	buf_printf(x->out, "<%s%s%s", prefix ? prefix : "", prefix ? ":" : "", name);
	if (!prefix)
		declare(x, space, name);
}

void xml_open(struct xml *x, const char *space, const char *name)
{
	assert(x->depth < XML_NEST);
	start(x, space, name);
	buf_char(x->out, '>');
	x->open[x->depth] = name;
	x->space[x->depth++] = space;
}

void xml_close(struct xml *x)
{
	assert(x->depth > 0);
	x->depth--;
	const char *prefix =
		x->style == XML_APPLE ? NULL : prefix_of(x->space[x->depth]);
	buf_printf(x->out, "</%s%s%s>", prefix ? prefix : "", prefix ? ":" : "",
		x->open[x->depth]);
}

void xml_empty(struct xml *x, const char *space, const char *name)
{
	start(x, space, name);
	buf_text(x->out, "/>");
}

void xml_text(struct xml *x, struct str text)
{
	buf_xml(x->out, text);
}

void xml_href(struct xml *x, struct str href)
{
	xml_open(x, NS_DAV, "href");
	xml_text(x, href);
	xml_close(x);
}

void xml_component(struct xml *x, const char *name)
{
	if (x->style == XML_APPLE)
		buf_printf(x->out, "<comp name='%s' xmlns='%s'/>", name, NS_CALDAV);
	else
		buf_printf(x->out, "<C:comp name=\"%s\"/>", name);
}

void xml_color(struct xml *x, struct str color)
{
	if (x->style == XML_APPLE)
		buf_printf(x->out,
			"<calendar-color xmlns=\"%s\" "
			"symbolic-color=\"custom\">" STR_FMT "</calendar-color>",
			NS_APPLE, STR_ARG(color));
	else
		buf_printf(x->out, "<A:calendar-color>" STR_FMT "</A:calendar-color>",
			STR_ARG(color));
}

/* The end of a section inside of the text is cut in two. */
void xml_cdata(struct xml *x, struct str text)
{
	buf_text(x->out, "<![CDATA[");
	for (size_t at; (at = str_find(text, STR("]]>"))) != STR_NONE;) {
		buf_add(x->out, str_slice(text, 0, at + 2));
		buf_text(x->out, "]]><![CDATA[");
		text = str_from(text, at + 2);
	}
	buf_add(x->out, text);
	buf_text(x->out, "]]>");
}
