/*
 * Private to net/: libcurl's transfers in the loop.
 *
 * A transfer is one easy handle while it is in the loop's multi handle. `ended` comes
 * exactly once, when the handle is out again, and never from within one of libcurl's
 * own callbacks: so it may release the handle, and start the next transfer.
 */
#ifndef NET_LOOP_CURL_H
#define NET_LOOP_CURL_H

#include <curl/curl.h>

#include "net/loop.h"

struct loop_transfer;

/* TLS sessions that all transfers resume; lent until loop_free(). */
CURLSH *loop_curl_share(struct loop *l);

/* Starts one. The handle is borrowed until `ended`; its CURLOPT_PRIVATE is the loop's.
 * Not to be called from within libcurl's callbacks, which it forbids. */
struct loop_transfer *loop_transfer_start(struct loop *l, CURL *easy,
	void (*ended)(void *ctx, CURLcode result), void *ctx);

/*
 * Ends one early: `ended` comes with CURLE_ABORTED_BY_CALLBACK, as a rule before this
 * returns. libcurl does not allow that while it calls back (from a header, a body,
 * ...); then the transfer is only marked, and ends when libcurl has returned, in the
 * same turn.
 */
void loop_transfer_stop(struct loop *l, struct loop_transfer *t);

#endif
