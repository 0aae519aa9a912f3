/*
 * DNS packets (RFC 1035) about where a domain keeps its calendars (RFC 6764): the
 * questions, and the two kinds of records that answer them. Pure: bytes in, values out.
 *
 * An answer is believed only for the very question it repeats. Names are what hosts may
 * be called, in lower case; a pointer inside a packet may only point backwards, so none
 * leads in circles.
 */
#ifndef NET_RECORDS_H
#define NET_RECORDS_H

#include "base/buf.h"

#define RECORDS_PACKET_MAX 1232

enum record_type { RECORD_TXT = 16, RECORD_SRV = 33 };

/* What follows from a packet. */
enum record_verdict {
	RECORD_FOREIGN, /* not the answer to this question: as if it had not come */
	RECORD_TROUBLE, /* the server failed, or what it says cannot be read */
	RECORD_NONE,    /* there is no such record */
	RECORD_FOUND,
};

struct service_record {
	char host[254];
	uint16_t port;
	uint16_t priority;
	uint16_t weight;
};

/* Appends the packet that asks for "_caldavs._tcp.DOMAIN". False when the domain is not
 * a name with a dot in it that DNS could know. */
bool record_ask(struct buf *out, uint16_t id, const char *domain,
	enum record_type type) MUST_USE;

/* `asked` is the packet that was sent. The record to take: of the lowest priority the
 * weightiest (RFC 2782 would draw lots; one person's client need not spread load). */
enum record_verdict record_service(struct str packet, struct str asked,
	struct service_record *out) MUST_USE;

/* RFC 6764, section 4: the "path" of a TXT record; begins with a slash. */
enum record_verdict record_path(struct str packet, struct str asked, char *out,
	size_t size) MUST_USE;

#endif
