#include <config.h>

#include "sync/plan.h"

#define DO(what)                                                                       \
	{                                                                              \
		.action = PLAN_##what                                                  \
	}
#define TELL(what)                                                                     \
	{                                                                              \
		.action = PLAN_##what, .told = true                                    \
	}

/* clang-format off */
/* Rows: here absent, same, changed. Columns: there absent, same, changed. An edit beats a
 * deletion on either side. */
static const struct plan_step table[PLAN_DIRECTIONS][PLAN_BASES][PLAN_SIDES][PLAN_SIDES] = {
	[PLAN_BOTH] = {
		[PLAN_BASE_NONE] = {
			{DO(NOTHING),        DO(CREATE_HERE),   DO(CREATE_HERE)},
			{DO(CREATE_THERE),   DO(ADOPT),         TELL(CLASH)},
			{DO(CREATE_THERE),   TELL(CLASH),       TELL(CLASH)},
		},
		[PLAN_BASE_AGREED] = {
			{DO(FORGET),         DO(REMOVE_THERE),  TELL(CREATE_HERE)},
			{DO(REMOVE_HERE),    DO(NOTHING),       DO(REPLACE_HERE)},
			{TELL(CREATE_THERE), DO(REPLACE_THERE), TELL(CLASH)},
		},
		[PLAN_BASE_BEHIND] = {
			{DO(FORGET),         TELL(CREATE_HERE), TELL(CREATE_HERE)},
			{DO(REMOVE_HERE),    DO(REPLACE_HERE),  DO(REPLACE_HERE)},
			{TELL(CREATE_THERE), TELL(CLASH),       TELL(CLASH)},
		},
	},
	[PLAN_FROM_SERVER] = {
		[PLAN_BASE_NONE] = {
			{DO(NOTHING),        DO(CREATE_HERE),   DO(CREATE_HERE)},
			{TELL(LEAVE),        DO(ADOPT),         TELL(LEAVE)},
			{TELL(LEAVE),        TELL(LEAVE),     TELL(LEAVE)},
		},
		[PLAN_BASE_AGREED] = {
			{DO(FORGET),         TELL(LEAVE),     TELL(CREATE_HERE)},
			{DO(REMOVE_HERE),    DO(NOTHING),       DO(REPLACE_HERE)},
			{TELL(LEAVE),        TELL(LEAVE),     TELL(LEAVE)},
		},
		[PLAN_BASE_BEHIND] = {
			{DO(FORGET),         TELL(CREATE_HERE), TELL(CREATE_HERE)},
			{DO(REMOVE_HERE),    DO(REPLACE_HERE),  DO(REPLACE_HERE)},
			{TELL(LEAVE),        TELL(LEAVE),     TELL(LEAVE)},
		},
	},
	[PLAN_READ_ONLY] = {
		[PLAN_BASE_NONE] = {
			{DO(NOTHING),        DO(CREATE_HERE),   DO(CREATE_HERE)},
			{TELL(LEAVE),        DO(ADOPT),         TELL(RESTORE)},
			{TELL(LEAVE),        TELL(RESTORE),     TELL(RESTORE)},
		},
		[PLAN_BASE_AGREED] = {
			{DO(FORGET),         TELL(RESTORE),     TELL(CREATE_HERE)},
			{DO(REMOVE_HERE),    DO(NOTHING),       DO(REPLACE_HERE)},
			{TELL(LEAVE),        TELL(RESTORE),     TELL(RESTORE)},
		},
		[PLAN_BASE_BEHIND] = {
			{DO(FORGET),         TELL(CREATE_HERE), TELL(CREATE_HERE)},
			{DO(REMOVE_HERE),    DO(REPLACE_HERE),  DO(REPLACE_HERE)},
			{TELL(LEAVE),        TELL(RESTORE),     TELL(RESTORE)},
		},
	},
};
/* clang-format on */

static const char *const verbs[PLAN_ACTIONS] = {
	[PLAN_NOTHING] = "",
	[PLAN_ADOPT] = "",
	[PLAN_CREATE_HERE] = "add",
	[PLAN_REPLACE_HERE] = "change",
	[PLAN_REMOVE_HERE] = "remove",
	[PLAN_FORGET] = "",
	[PLAN_CREATE_THERE] = "send",
	[PLAN_REPLACE_THERE] = "send",
	[PLAN_REMOVE_THERE] = "remove from the server",
	[PLAN_CLASH] = "merge",
	[PLAN_RESTORE] = "restore",
	[PLAN_LEAVE] = "keep",
};

struct plan_step plan_decide(enum plan_direction direction, enum plan_base base,
	enum plan_side here, enum plan_side there)
{
	return table[direction][base][here][there];
}

const char *plan_verb(enum plan_action action)
{
	return verbs[action];
}
