/*
 * The properties: which places have them, and what they say.
 */
#ifndef TESTS_FAKE_PROPS_H
#define TESTS_FAKE_PROPS_H

#include "tests/fake/server.h"

bool prop_is(const struct exchange *x, const struct place *p, enum prop prop,
	bool with_data);

/* The whole element, of a property that is there. */
void prop_write(struct exchange *x, struct xml *xml, const struct place *p,
	enum prop prop);

#endif
