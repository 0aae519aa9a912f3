/*
 * The seccomp filter: system calls no sync needs answer EPERM.
 */
#ifndef APP_SANDBOX_FILTER_H
#define APP_SANDBOX_FILTER_H

#include <stdbool.h>

/* Is there a filter for this machine, and does the kernel take one? */
bool filter_offered(void);

/* For this thread and all it starts. Needs PR_SET_NO_NEW_PRIVS. */
bool filter_enter(void);

#endif
