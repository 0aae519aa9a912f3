/*
 * What an exchange meant for a person: a diagnosis, its likely causes and the way out.
 */
#ifndef DAV_DIAGNOSE_H
#define DAV_DIAGNOSE_H

#include "dav/transport.h"

enum diagnosis {
	DIAGNOSIS_NONE,
	DIAGNOSIS_NET_DNS,      /* net.dns */
	DIAGNOSIS_NET_DOWN,     /* net.down */
	DIAGNOSIS_NET_TIME,     /* net.time */
	DIAGNOSIS_NET_PROXY,    /* net.proxy */
	DIAGNOSIS_NET_PORTAL,   /* net.portal: a web page answered (hotel network) */
	DIAGNOSIS_TLS_NAME,     /* tls.name */
	DIAGNOSIS_TLS_CLOCK,    /* tls.clock */
	DIAGNOSIS_TLS_OTHER,    /* tls.version */
	DIAGNOSIS_AUTH_REFUSED, /* auth.refused */
	DIAGNOSIS_AUTH_KIND, /* auth.kind: refused, and it looked like a normal password
	                      */
	DIAGNOSIS_AUTH_LOCKED, /* auth.locked */
	DIAGNOSIS_SVC_BUSY,    /* svc.busy */
	DIAGNOSIS_SVC_ERROR,   /* svc.error: 5xx, garbage, a cut or broken answer */
	DIAGNOSIS_SVC_MOVED,   /* svc.moved: redirected to a host that is not allowed */
	DIAGNOSIS_SVC_NOT_DAV, /* svc.caldav: answers, but not as a CalDAV server */
	DIAGNOSIS_SVC_NONE,    /* svc.none */
	DIAGNOSIS_CAL_EMPTY,   /* cal.empty */
	DIAGNOSIS_CAL_READ_ONLY, /* cal.ro: a note, not a failure */
	DIAGNOSES,
};

/* What may be done about it; the first of a diagnosis gets the focus. */
enum way_out {
	WAY_NONE,
	WAY_TRY_AGAIN,
	WAY_SIGN_IN,      /* enter the password again */
	WAY_NEW_PASSWORD, /* back to the instructions */
	WAY_ICLOUD_CHECK,
	WAY_SERVER, /* change the address */
	WAY_CONTINUE,
};

#define CAUSES_MAX 4
#define WAYS_MAX 3

struct diagnosis_words {
	const char *id; /* "auth.refused" */
	char headline[120];
	char causes[CAUSES_MAX][120]; /* most common first; "" ends */
	char advice[240];
	enum way_out ways[WAYS_MAX]; /* WAY_NONE ends */
	enum err_code code;          /* what it means for a headless run */
};

/* From an answer that is not the one asked for. `format_doubt`: the password did not
 * look like an app-specific one. */
enum diagnosis diagnose_reply(const struct dav_reply *reply, enum provider provider,
	bool format_doubt);

/* Fills the words. host is shown, cut to 30 columns; causes fit 70 columns, the advice
 * two lines of 70. The id has static storage. */
void diagnosis_describe(enum diagnosis d, enum provider provider, const char *host,
	struct diagnosis_words *out);

/* The same in the light of the answer that led to it (may be NULL): what this
 * computer's clock says, whether Apple knows the account, which host was pointed to,
 * and whether an svc.error may pass by itself (ERR_NETWORK) or the answer made no
 * sense. */
void diagnosis_describe_reply(enum diagnosis d, enum provider provider,
	const char *host, const struct dav_reply *reply, struct diagnosis_words *out);

/* "answered 401", "no answer", ... for the right edge of the failed step. */
void diagnosis_detail(const struct dav_reply *reply, char *out, size_t size);

#endif
