/*
 * Checking access to an account, step by step: reach, secure, sign in, find, list,
 * rights. The wizard's check page and `calwiz --check` both watch it. Reads only, and
 * shows the password to a server that refuses it once.
 */
#ifndef APP_LINK_H
#define APP_LINK_H

#include "base/log.h"
#include "dav/discover.h"
#include "net/loop.h"
#include "store/settings.h"

/* In order. */
enum link_step {
	LINK_REACH,
	LINK_SECURE,
	LINK_SIGN_IN,
	LINK_FIND,
	LINK_LIST,
	LINK_RIGHTS,
	LINK_STEPS,
};

enum link_state { LINK_RUNNING, LINK_OK, LINK_FAILED };

/* One step changed; lent. */
struct link_news {
	enum link_step step;
	enum link_state state;
	int64_t ms;         /* how long it took, once it ended */
	const char *detail; /* with LINK_FAILED: "answered 401"; else "" */
};

/* The end; lent for the callback. */
struct link_result {
	enum diagnosis diagnosis; /* NONE, or a note (calendars may still be there) */
	bool failed;
	struct diagnosis_words words; /* unless NONE */
	struct err err;               /* when failed, for a headless caller */
	const struct dav_calendars *calendars;
	const char *home; /* absolute address, of several homes with a blank between
	                     them; NULL when failed */
	const char *principal; /* path; may be NULL */
	/* A host whose calendars are not among them, because the account's others are
	 * elsewhere; "" = none. */
	const char *left_out;
};

struct link_options {
	struct loop *loop; /* borrowed */
	const struct account
		*account;      /* borrowed: provider, server, login, password, home */
	const struct log *log; /* borrowed, may be NULL */
	int64_t deadline_ms;   /* how long it may take; 0 = 60 s */
	void *ctx;
	void (*step)(void *ctx, const struct link_news *news);     /* optional */
	void (*done)(void *ctx, const struct link_result *result); /* once, last */
};

struct link_check;

/* NULL with *e set only when the account's address is not one. Release with
 * link_check_free() after (not in) done, or at any time to stop it. */
struct link_check *link_check_start(const struct link_options *o,
	struct err *e) MUST_USE;
void link_check_free(struct link_check *c);
AUTO_DEFINE(link_check)

/* The address an account starts from, and the gate for its requests, which also lets
 * through to the hosts of the homes that were found when it was set up. ERR_CONFIG. */
bool account_entry(const struct account *a, struct uri *entry, struct gate *gate,
	struct err *e) MUST_USE;

#endif
