#include <config.h>

#include "tests/fake/place.h"

#include <string.h>

#include "base/mem.h"
#include "tests/fake/message.h"
#include "tests/fake/server.h"

static struct str path_of(struct str href)
{
	const size_t scheme = str_find(href, STR("://"));

	if (scheme == STR_NONE)
		return href;
	const struct str rest = str_from(href, scheme + 3);
	const size_t slash = str_find_char(rest, '/');
	return slash == STR_NONE ? STR("/") : str_from(rest, slash);
}

static bool is_at(struct str path, const char *where)
{
	const size_t bare = strlen(where) - 1;

	return str_is(path, where) ||
	       str_eq(path, (struct str){where, bare ? bare : 1});
}

static void find_below_home(struct place *p, const struct store *s, struct str rest)
{
	struct str segment;

	if (!str_split(&rest, '/', &segment))
		return;
	p->name = percent_decode(segment);
	p->calendar = store_calendar(s, str_of(p->name));
	p->kind = p->calendar ? PLACE_CALENDAR : PLACE_NOWHERE;
	if (!rest.len || !p->calendar)
		return;
	free(p->name);
	p->name = percent_decode(rest);
	p->kind = str_find_char(rest, '/') == STR_NONE ? PLACE_OBJECT : PLACE_NOWHERE;
	p->object = store_object(p->calendar, str_of(p->name));
}

void place_find(struct place *p, const struct dialect *d, const struct store *s,
	struct str href)
{
	const struct str path = path_of(href);
	const struct str home = str_of(d->home);

	*p = (struct place){0};
	if (str_is(path, "/"))
		p->kind = PLACE_ROOT;
	else if (is_at(path, "/.well-known/caldav/"))
		p->kind = PLACE_WELL_KNOWN;
	else if (is_at(path, d->principal))
		p->kind = PLACE_PRINCIPAL;
	else if (is_at(path, d->home))
		p->kind = PLACE_HOME;
	else if (str_starts(path, home))
		find_below_home(p, s, str_from(path, home.len));
}

void place_clear(struct place *p)
{
	free(p->name);
	*p = (struct place){0};
}

void place_path(struct buf *out, const struct dialect *d, const struct calendar *c,
	const char *member)
{
	buf_text(out, d->home);
	percent_encode(out, str_of(c->name));
	buf_char(out, '/');
	if (member)
		percent_encode(out, str_of(member));
}
