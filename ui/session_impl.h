/*
 * One session: what its parts share. Private to ui/session*.c.
 */
#ifndef UI_SESSION_IMPL_H
#define UI_SESSION_IMPL_H

#include "app/job.h"
#include "app/link.h"
#include "app/profile.h"
#include "ui/face.h"
#include "ui/session.h"

struct session {
	const struct options *o;
	struct loop *loop;
	struct profile profile;
	struct face *face;     /* owned */
	struct wizard *wizard; /* owned */
	struct loop_watch *keys;
	struct loop_timer *tick;
	struct link_check *link; /* owned */
	bool link_over;
	struct job *job; /* owned */
	bool job_over;
	enum { CLEAN, DIRTY_SLOWLY, DIRTY } dirty;
	int64_t painted_at;
	bool finished;
	int status;
};

/* session.c */

int64_t session_now(const struct session *s);

/* Gives an event to the wizard and carries out what follows from it. */
void session_feed(struct session *s, const struct wizard_event *event);
void session_touch(struct session *s); /* there is something new to show */

/* The same where it may run by itself, step by step: plain lines hear of every step,
 * the screen may skip some. */
void session_news(struct session *s, bool slowly);

/* session_effects.c: what the wizard wants done outside of it. */

void session_start_link(struct session *s);
void session_stop_link(struct session *s);
void session_look_at_folder(struct session *s);
void session_save(struct session *s);
void session_forget(struct session *s);
void session_start_sync(struct session *s);

#endif
