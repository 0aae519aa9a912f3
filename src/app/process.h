/*
 * What the process does to itself before anything else: no core dumps, not traceable,
 * private files, an environment without switches that leak.
 */
#ifndef APP_PROCESS_H
#define APP_PROCESS_H

#include "base/err.h"

/*
 * RLIMIT_CORE 0, PR_SET_DUMPABLE 0, umask 077; descriptors 0 to 2 are opened on
 * /dev/null when closed; SIGPIPE and SIGXFSZ ignored; SSLKEYLOGFILE, OPENSSL_CONF and
 * the proxy variables leave the environment; LC_CTYPE is set, with C.UTF-8 where the
 * named UTF-8 locale is not installed. Also starts the cryptographic library.
 */
bool process_prepare(struct err *e) MUST_USE;

#endif
