/*
 * A linear look at XML bytes before the parser sees them, in chunks of any size.
 *
 * Refused (ERR_PROTOCOL): NUL, anything that does not begin with "<" (blanks and a
 * UTF-8 byte order mark before it are dropped), a declared encoding other than UTF-8
 * and US-ASCII, every "<!" but comments and CDATA sections (so DOCTYPE and ENTITY), and
 * a tag, comment or instruction of more than 64 KiB, because the parser's cost for a
 * tag grows with the square of its length. Inside comments and CDATA such words are
 * text.
 *
 * Control characters that XML 1.0 forbids, raw or as a numeric reference, become
 * blanks: some servers send what was once stored in an event.
 */
#ifndef DAV_XML_GUARD_H
#define DAV_XML_GUARD_H

#include "base/buf.h"
#include "base/err.h"

#define XML_MARKUP_MAX (64U * 1024)
#define XML_SECTION_MAX (4U * 1024 * 1024 + 64)

enum xml_where {
	XML_BEFORE, /* nothing but blanks and a byte order mark so far */
	XML_TEXT,
	XML_OPEN, /* behind "<", and it is not clear yet of what */
	XML_TAG,
	XML_TAG_SINGLE, /* inside an attribute value */
	XML_TAG_DOUBLE,
	XML_COMMENT,
	XML_CDATA,
	XML_INSTRUCTION,
};

/* Zeroed to begin with. */
struct xml_guard {
	enum xml_where where;
	size_t markup; /* bytes since "<" */
	char head[16]; /* the first of them */
	size_t bom;    /* bytes of the byte order mark seen */
	char last[2];  /* the last two bytes of a comment, section or instruction */
	bool declared; /* the first instruction is over */
	struct buf declaration;
	bool after_cr;  /* the last byte was a CR, told as LF */
	char carry[16]; /* an unfinished reference, held back for the next chunk */
	size_t n_carry;
	struct buf out;
	bool stripped; /* something was replaced */
};

void xml_guard_clear(struct xml_guard *g);

/* Looks at the next chunk. *safe is what the parser may see of it, lent until the next
 * call; a few bytes may be held back until then. */
bool xml_guard_pass(struct xml_guard *g, struct str bytes, struct str *safe,
	struct err *e) MUST_USE;

#endif
