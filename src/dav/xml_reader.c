#include <config.h>

#include "dav/xml_reader.h"

#include <libxml/parser.h>
#include <string.h>

#include "base/mem.h"
#include "dav/xml_guard.h"

/* The parser looks at what it holds again with every push; small pushes keep that
 * short. */
#define PUSH_MAX (16U * 1024)

struct xml_reader {
	struct xml_handler handler;
	struct xml_guard guard;
	xmlParserCtxtPtr parser;
	int depth;
	bool began;  /* there was a root element */
	bool failed; /* err says why */
	struct err err;
};

static void stop(struct xml_reader *r)
{
	r->failed = true;
	xmlStopParser(r->parser);
}

static const struct {
	const char *uri;
	enum xml_space space;
} spaces[] = {
	{"DAV:", XML_DAV},
	{"urn:ietf:params:xml:ns:caldav", XML_CALDAV},
	{"http://calendarserver.org/ns/", XML_SERVER},
	{"http://apple.com/ns/ical/", XML_APPLE},
};

static enum xml_space space_of(const xmlChar *uri)
{
	for (size_t i = 0; uri && i < COUNT_OF(spaces); i++)
		if (!strcmp((const char *)uri, spaces[i].uri))
			return spaces[i].space;
	return XML_OTHER;
}

static void on_start(void *ctx, const xmlChar *name, const xmlChar *prefix,
	const xmlChar *uri, int n_spaces, const xmlChar **declared, int n_attributes,
	int n_defaulted, const xmlChar **attributes)
{
	struct xml_reader *r = ctx;
	const struct xml_element el = {
		.space = space_of(uri),
		.name = (const char *)name,
		.attributes_ = attributes,
		.n_attributes_ = n_attributes,
	};

	(void)prefix, (void)n_spaces, (void)declared, (void)n_defaulted;
	if (r->failed)
		return;
	r->began = true;
	if (++r->depth > XML_DEPTH_MAX) {
		(void)err_set(&r->err, ERR_PROTOCOL,
			"the answer is refused: its elements are nested too deeply");
		stop(r);
	} else if (!r->handler.start(r->handler.ctx, &el, &r->err)) {
		stop(r);
	}
}

static void on_end(void *ctx, const xmlChar *name, const xmlChar *prefix,
	const xmlChar *uri)
{
	struct xml_reader *r = ctx;

	(void)name, (void)prefix, (void)uri;
	if (r->failed)
		return;
	r->depth--;
	if (!r->handler.end(r->handler.ctx, &r->err))
		stop(r);
}

static void on_text(void *ctx, const xmlChar *text, int len)
{
	struct xml_reader *r = ctx;

	if (r->failed || len <= 0)
		return;
	if (!r->handler.text(r->handler.ctx,
		    (struct str){(const char *)text, (size_t)len}, &r->err))
		stop(r);
}

/* Second line behind the guard, should the two ever disagree about what a DOCTYPE is.
 */
static void on_doctype(void *ctx, const xmlChar *name, const xmlChar *external,
	const xmlChar *system)
{
	struct xml_reader *r = ctx;

	(void)name, (void)external, (void)system;
	(void)err_set(&r->err, ERR_PROTOCOL,
		"the answer is refused: it declares a document type or an entity");
	stop(r);
}

/* The parser's words quote the server; what matters is asked for after each push. */
static void on_error(void *ctx, xmlErrorPtr error)
{
	(void)ctx, (void)error;
}

struct xml_reader *xml_reader_new(const struct xml_handler *handler)
{
	xmlSAXHandler sax = {
		.initialized = XML_SAX2_MAGIC,
		.startElementNs = on_start,
		.endElementNs = on_end,
		.characters = on_text,
		.ignorableWhitespace = on_text,
		.cdataBlock = on_text,
		.internalSubset = on_doctype,
		.serror = on_error,
	};
	struct xml_reader *r = xcalloc(1, sizeof(*r));

	r->handler = *handler;
	r->parser = xmlCreatePushParserCtxt(&sax, r, NULL, 0, NULL);
	if (!r->parser) {
		r->failed = true;
		(void)err_set(&r->err, ERR_SYSTEM, "no memory to read the answer");
		return r;
	}
	/* Never NOENT, HUGE, RECOVER, DTDLOAD or XINCLUDE: the first reads files even
	 * with NONET, RECOVER turns a cut listing into a short one. */
	(void)xmlCtxtUseOptions(r->parser,
		XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	return r;
}

void xml_reader_free(struct xml_reader *r)
{
	if (!r)
		return;
	xmlFreeParserCtxt(r->parser);
	xml_guard_clear(&r->guard);
	free(r);
}

static bool push(struct xml_reader *r, struct str bytes, bool last)
{
	const int code = xmlParseChunk(r->parser, bytes.ptr, (int)bytes.len, last);

	if (r->failed)
		return false;
	if (!code && r->parser->wellFormed)
		return true;
	r->failed = true;
	if (last && r->depth)
		return err_set(&r->err, ERR_PROTOCOL, "the answer ended early");
	return err_set(&r->err, ERR_PROTOCOL,
		"the answer is not well-formed XML (line %d)",
		r->parser->lastError.line);
}

static bool fail(struct xml_reader *r, struct err *e)
{
	r->failed = true;
	if (e)
		*e = r->err;
	return false;
}

bool xml_reader_feed(struct xml_reader *r, struct str bytes, struct err *e)
{
	while (bytes.len && !r->failed) {
		struct str part = str_slice(bytes, 0, PUSH_MAX);
		bytes = str_from(bytes, part.len);
		if (!xml_guard_pass(&r->guard, part, &part, &r->err))
			return fail(r, e);
		if (part.len && !push(r, part, false))
			return fail(r, e);
	}
	return !r->failed || fail(r, e);
}

bool xml_reader_finish(struct xml_reader *r, struct err *e)
{
	if (r->failed)
		return fail(r, e);
	if (!r->began) {
		(void)err_set(&r->err, ERR_PROTOCOL, "the answer is empty");
		return fail(r, e);
	}
	if (r->guard.where != XML_TEXT || r->guard.n_carry) {
		(void)err_set(&r->err, ERR_PROTOCOL, "the answer ended early");
		return fail(r, e);
	}
	return push(r, STR(""), true) || fail(r, e);
}

bool xml_reader_stripped(const struct xml_reader *r)
{
	return r->guard.stripped;
}

struct str xml_attribute(const struct xml_element *el, const char *name)
{
	/* Five pointers each: local name, prefix, namespace, begin and end of the
	 * value. */
	const xmlChar *const *at = el->attributes_;

	for (int i = 0; i < el->n_attributes_; i++, at += 5)
		if (!at[1] && !strcmp((const char *)at[0], name))
			return (struct str){(const char *)at[3],
				(size_t)(at[4] - at[3])};
	return STR("");
}
