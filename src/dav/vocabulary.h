/*
 * The elements of a multistatus answer that are understood, each only in its place.
 * What is not here, and everything inside it, is not looked at.
 */
#ifndef DAV_VOCABULARY_H
#define DAV_VOCABULARY_H

#include "dav/xml_reader.h"

enum tag {
	TAG_DOCUMENT,
	TAG_OTHER, /* and everything inside: not looked at */
	TAG_MULTISTATUS,
	TAG_END_TOKEN,
	TAG_RESPONSE,
	TAG_HREF,
	TAG_RESPONSE_STATUS,
	TAG_PROPSTAT,
	TAG_STATUS,
	TAG_PROP,
	TAG_TEXT, /* a property that is a text: row->field */
	TAG_RESOURCETYPE,
	TAG_TYPE,
	TAG_PRIVILEGES,
	TAG_PRIVILEGE,
	TAG_MAY,
	TAG_COMPONENTS,
	TAG_COMPONENT,
	TAG_PRINCIPAL,
	TAG_PRINCIPAL_HREF,
	TAG_HOME,
	TAG_HOME_HREF,
};

/* The properties that are kept as text. */
enum field {
	FIELD_DISPLAYNAME,
	FIELD_CTAG,
	FIELD_SYNC_TOKEN,
	FIELD_COLOR,
	FIELD_ORDER,
	FIELD_ETAG,
	FIELD_DATA,
	FIELD_PRINCIPAL,
	FIELDS,
};

struct row {
	enum tag parent;
	enum xml_space space;
	const char *name;
	enum tag tag;
	unsigned bits;    /* the property, resource type or privileges it stands for */
	enum field field; /* of a TAG_TEXT */
};

/* The row of an element below `parent`; one with TAG_OTHER when there is none. */
const struct row *vocabulary_row(enum tag parent, const struct xml_element *el);

/* The document itself: where reading begins. */
const struct row *vocabulary_root(void);

/* The enum dav_prop a field belongs to. */
unsigned vocabulary_prop(enum field field);

/* The enum dav_component of a name; 0 for others. */
unsigned vocabulary_component(struct str name);

#endif
