#include <config.h>

#include "ui/list.h"

static enum key meaning(const struct key_press *key)
{
	if (key->key != KEY_CHAR)
		return key->key;
	if (key->ch == 'k')
		return KEY_UP_;
	return key->ch == 'j' ? KEY_DOWN_ : KEY_NONE_;
}

size_t list_move(size_t count, size_t at, size_t step, const struct key_press *key)
{
	if (!count)
		return LIST_NONE;
	const size_t last = count - 1;
	const enum key wanted = meaning(key);

	if (wanted == KEY_UP_)
		return at ? at - 1 : LIST_NONE;
	if (wanted == KEY_DOWN_)
		return at < last ? at + 1 : LIST_NONE;
	if (wanted == KEY_HOME_)
		return 0;
	if (wanted == KEY_END_)
		return last;
	if (wanted == KEY_PAGE_UP)
		return at > step ? at - step : 0;
	if (wanted == KEY_PAGE_DOWN)
		return last - at > step ? at + step : last;
	return LIST_NONE;
}
