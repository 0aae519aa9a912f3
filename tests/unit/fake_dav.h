/*
 * A little CalDAV server in memory, behind struct transport: one home (/ada/) with
 * calendars, sync-collection with tokens, multiget, GET, PUT, DELETE. Answers come one
 * at a time when fake_answer_one() is called, so a test decides when. Misbehaviour is
 * switched on by fields, or for single requests by faults.
 */
#ifndef TESTS_UNIT_FAKE_DAV_H
#define TESTS_UNIT_FAKE_DAV_H

#include "dav/transport.h"

#define FAKE_ORIGIN "http://127.0.0.1:8080"
#define FAKE_HOME FAKE_ORIGIN "/ada/"

/* A PUT or DELETE that is answered with a status is not carried out; one that fails is:
 * only its answer is lost. Applies to requests of this method whose path or body
 * contains the text. */
struct fake_fault {
	const char *method;
	const char *contains; /* NULL = any */
	unsigned skip;        /* lets so many pass first */
	unsigned times;       /* 0 = always */
	enum dav_failure failure;
	int status;       /* answered in place of the real answer; 0 = the real one */
	const char *body; /* with status; NULL = empty */
	size_t cut_after; /* bytes of the real answer, which then ends; 0 = whole */
};
#define FAKE_FAULTS_MAX 8

struct fake_object {
	char *name; /* as the server writes it in hrefs */
	char *body;
	unsigned version; /* makes the entity tag */
	unsigned since;   /* revision of the calendar that last touched it */
	bool deleted;
	bool hidden;   /* not listed, but GET and multiget have it */
	bool withheld; /* listed, but neither GET nor multiget has it */
	bool skipped;  /* multiget leaves it out, GET has it */
};

struct fake_calendar {
	char *name; /* path segment */
	char *displayname;
	struct fake_object *objects;
	size_t count;
	size_t cap;
	size_t last; /* index of the one found last */
	unsigned revision;
	unsigned oldest; /* tokens before this one are refused */
	bool gone;
	bool unlisted; /* not in the home, but there */
	bool read_only;
	bool lists_nothing;
	bool lists_failed; /* every member with a 403 in its propstat */
};

struct fake_dav {
	struct transport transport; /* first: it is the transport */
	struct fake_calendar *calendars[8];
	size_t n_calendars;
	const char *home; /* path; "/ada/" */

	bool no_tokens;     /* no sync-token, sync-collection refused */
	bool inline_data;   /* bodies in sync-collection */
	bool data_refused;  /* 404 for calendar-data there */
	bool whole_for_bad; /* a bad token gets the whole list, without a sign (DAViCal)
	                     */
	int bad_token;      /* status for one; 403 */
	bool bad_token_body; /* with the precondition */
	size_t multiget_max; /* more hrefs: 403; 0 = no limit */
	unsigned page;       /* changes told at once, then 507; 0 = all */
	bool folds; /* calendar-data with LF line ends, as an XML parser leaves them */

	struct fake_fault faults[FAKE_FAULTS_MAX];
	size_t n_faults;

	/* what becomes of a PUT */
	bool rewrites;    /* adds a property of its own */
	bool no_etag;     /* tells none in the answer */
	bool weak;        /* all entity tags are weak */
	bool unique_uids; /* 412 to a UID another calendar has (iCloud) */
	bool wants_end;   /* 404 to an event without DTEND (iCloud) */
	bool calls_it_html; /* what is no multistatus: empty answers and 404 (PHP, Cyrus) */
	bool inside;      /* refusals come as 207 with the status inside (Xandikos) */
	const char *log;  /* file to which writes are added, for fake_replay() */

	unsigned replayed; /* writes, by the last fake_replay() */

	unsigned puts;
	unsigned deletes;
	unsigned requests;
	unsigned gets;
	unsigned multigets;
	unsigned hrefs; /* asked for by multigets */
	unsigned cancelled;

	struct dav_exchange *first; /* in the order of starting */
};

struct fake_dav *fake_new(void) MUST_USE;
void fake_free(struct fake_dav *f);

struct fake_calendar *fake_add_calendar(struct fake_dav *f, const char *name);
struct fake_object *fake_put(struct fake_calendar *c, const char *name,
	const char *body);
struct fake_object *fake_find(struct fake_calendar *c, const char *name);
void fake_delete(struct fake_calendar *c, const char *name);
void fake_retag(struct fake_calendar *c, const char *name); /* same body, new tag */
void fake_forget_tokens(struct fake_calendar *c);
void fake_add_fault(struct fake_dav *f, const struct fake_fault *fault);
void fake_reset_counts(struct fake_dav *f);

/* What a request is answered with, before any fault. */
struct fake_answer {
	int status;
	struct buf body;
	char etag[64];
};
void fake_respond(struct fake_dav *f, const struct dav_request *request,
	struct fake_answer *a);

/* Answers the oldest request; false when there is none. */
bool fake_answer_one(struct fake_dav *f);

/* Repeats the writes another process was asked for. */
void fake_replay(struct fake_dav *f);

/* "BEGIN:VCALENDAR ... END:VCALENDAR" with CR LF; the caller's. */
char *fake_event(const char *uid, const char *summary);

#endif
