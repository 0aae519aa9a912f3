/*
 * Commands to the running server: what another device, a person at the service, or the
 * network does. One line each; a word with blanks stands in "".
 *
 *	calendar NAME DISPLAY COLOR [FLAG...]   FLAG: VTODO read-only shared
 *shared-owner inbox outbox notification unlisted order=N source=URL; "-" = no colour,
 *no name put CALENDAR NAME FILE                  an object from a file event CALENDAR
 *NAME SUMMARY [START]     a small object; its UID is NAME without .ics fill CALENDAR
 *COUNT                     so many of them, fill-1.ics and on delete CALENDAR NAME
 *	retag CALENDAR NAME                     a new entity tag for the same body
 *	empty CALENDAR                          deletes all objects
 *	rename CALENDAR DISPLAY
 *	color CALENDAR COLOR
 *	privileges CALENDAR read|write
 *	list CALENDAR | unlist CALENDAR         in the home, or there but not in it
 *	remove CALENDAR
 *	expire CALENDAR                         all tokens there are, from now on
 *	set SWITCH VALUE                        see switches.h
 *	fault RULE                              see faults.h
 *	faults clear
 *	revoke | restore                        the password
 *	account LOGIN PASSWORD
 *	partition N
 *	log | log clear                         the requests, see server.h
 *	count [PATTERN]                         how many lines of the log match
 *	objects CALENDAR                        NAME ETAG of each
 *	body CALENDAR NAME
 *	do FILE                                 commands from a file, files beside it
 *
 * An answer that begins with "error:" is a refusal.
 */
#ifndef TESTS_FAKE_CTL_H
#define TESTS_FAKE_CTL_H

#include "tests/fake/server.h"

bool ctl_command(struct server *s, struct str line, struct buf *out,
	struct err *e) MUST_USE;

/* All lines of a file; the message names the one that is wrong. */
bool ctl_file(struct server *s, const char *path, struct buf *out,
	struct err *e) MUST_USE;

/* The other end: sends one command to a port of this computer, prints the answer, and
 * gives the exit status. */
int ctl_send(int port, int count, char **words);

#endif
