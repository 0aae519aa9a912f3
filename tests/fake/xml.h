/*
 * Writes multistatus answers in the manner of a dialect: with prefixes declared once,
 * or as iCloud does, without any, each element with a namespace of its own, and with
 * much white space between.
 *
 * Elements nest and are closed in order; xml_prop() opens what xml_close() closes.
 */
#ifndef TESTS_FAKE_XML_H
#define TESTS_FAKE_XML_H

#include "base/buf.h"

enum xml_style { XML_PREFIXES, XML_APPLE };

#define XML_NEST 8

struct xml {
	struct buf *out; /* borrowed */
	enum xml_style style;
	const char *open[XML_NEST]; /* names to close */
	const char *space[XML_NEST];
	size_t depth;
};

void xml_begin(struct xml *x, struct buf *out, enum xml_style style);
void xml_end(struct xml *x, const char *sync_token); /* NULL = none */

void xml_response(struct xml *x, struct str href);
void xml_response_end(struct xml *x);
void xml_status(struct xml *x, int status);

/* All properties between are of this status. */
void xml_propstat(struct xml *x);
void xml_propstat_end(struct xml *x, int status);

/* Name and space live until the element is closed. */
void xml_open(struct xml *x, const char *space, const char *name);
void xml_close(struct xml *x);
void xml_empty(struct xml *x, const char *space, const char *name);
void xml_text(struct xml *x, struct str text);
void xml_href(struct xml *x, struct str href); /* {DAV:}href as a value */
void xml_component(struct xml *x, const char *name);
void xml_color(struct xml *x, struct str color); /* {apple}calendar-color */
void xml_cdata(struct xml *x, struct str text);

#endif
