/*
 * A streaming reader of XML from a server: bytes in, elements and text out. Every byte
 * passes xml_guard first; no tree, no entity but the five of XML, no other file or
 * address, nothing printed. Nesting over 32 is refused.
 *
 * Only this module knows the parser library.
 */
#ifndef DAV_XML_READER_H
#define DAV_XML_READER_H

#include "base/err.h"
#include "base/str.h"

#define XML_DEPTH_MAX 32

/* The namespaces calendars speak; a prefix never matters. */
enum xml_space { XML_OTHER, XML_DAV, XML_CALDAV, XML_SERVER, XML_APPLE };

struct xml_element {
	enum xml_space space;
	const char *name;        /* local name, lent for the call */
	const void *attributes_; /* for xml_attribute() */
	int n_attributes_;
};

/* The value of an attribute without prefix; empty when it has none. Lent for the call.
 */
struct str xml_attribute(const struct xml_element *el, const char *name);

/* Each returns false with *e set to stop the reading. Text may come in pieces. */
struct xml_handler {
	void *ctx; /* borrowed */
	bool (*start)(void *ctx, const struct xml_element *el, struct err *e);
	bool (*text)(void *ctx, struct str text, struct err *e);
	bool (*end)(void *ctx, struct err *e);
};

struct xml_reader;

struct xml_reader *xml_reader_new(const struct xml_handler *handler) MUST_USE;
void xml_reader_free(struct xml_reader *r);
AUTO_DEFINE(xml_reader)

/* ERR_PROTOCOL, or what the handler said. After a failure every call fails the same
 * way. */
bool xml_reader_feed(struct xml_reader *r, struct str bytes, struct err *e) MUST_USE;

/* After the last byte: true only if one whole document was read. */
bool xml_reader_finish(struct xml_reader *r, struct err *e) MUST_USE;

/* Were control characters replaced so far? */
bool xml_reader_stripped(const struct xml_reader *r);

#endif
