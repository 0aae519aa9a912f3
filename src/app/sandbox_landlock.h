/*
 * Landlock as the kernel knows it: files below which folders may be used, and ports
 * that may be connected to. Calls the kernel directly; headers and C libraries of
 * stable distributions do not have all of it.
 */
#ifndef APP_SANDBOX_LANDLOCK_H
#define APP_SANDBOX_LANDLOCK_H

#include "app/sandbox.h"

/* 0 = not there, switched off, or too old to allow a rename across folders. */
int landlock_abi(void);
bool landlock_has_ports(int abi);

/* Restricts this thread; false when it could not be done, and then nothing is
 * restricted. Needs PR_SET_NO_NEW_PRIVS. */
bool landlock_enter(int abi, const struct sandbox_plan *plan);

#endif
