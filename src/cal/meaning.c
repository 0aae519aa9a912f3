#include <config.h>

#include "cal/meaning.h"

#include "cal/tree.h"

struct digest cal_meaning(struct str ics)
{
	AUTO(cal_tree) *tree = cal_tree_read(ics);

	return tree ? tree->components[0].meaning : digest_of(ics);
}
