/*
 * Asks the name servers of this computer where a domain keeps its calendars (RFC 6764:
 * SRV and TXT of _caldavs._tcp), without blocking: one UDP socket in the event loop,
 * each server in turn, five seconds in all. Every attempt has a port and numbers of its
 * own, and only what comes from the server that was asked is looked at.
 */
#ifndef NET_RESOLVE_H
#define NET_RESOLVE_H

#include "dav/discover.h"
#include "net/loop.h"

struct resolve_options {
	const char *domain; /* copied */
	/* The text of resolv.conf(5); NULL = the system's. Copied. */
	const char *servers;
	uint16_t port; /* of the servers; 0 = 53 */
	void *ctx;
	/* Once, from a turn of the loop; lent. NULL = the domain tells none, or nobody
	 * answered. */
	void (*done)(void *ctx, const struct dav_service *found);
};

struct resolve;

struct resolve *resolve_start(struct loop *l, const struct resolve_options *o) MUST_USE;

/* After (not in) done, or at any time to stop it; accepts NULL. */
void resolve_free(struct resolve *r);
AUTO_DEFINE(resolve)

#endif
