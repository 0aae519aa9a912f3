/*
 * Host names beyond a to z, as a person types them: their form for DNS (IDNA,
 * punycode).
 */
#ifndef NET_IDN_H
#define NET_IDN_H

#include "base/str.h"

/*
 * A host name, URL or e-mail address with its host in ASCII: "kalender.exämple" becomes
 * "kalender.xn--exmple-cua"; what is ASCII already stays as it is. NULL when the host
 * has no such form, or libcurl was built without it. LC_CTYPE must be UTF-8. The
 * caller's.
 */
char *idn_address(struct str typed) MUST_USE;

#endif
