#include <config.h>

#include "tests/fake/switches.h"

#include <stddef.h>
#include <string.h>

#define NUMBER(field)                                                                  \
	{                                                                              \
#field, offsetof(struct switches, field), false                        \
	}
#define TEXT(field)                                                                    \
	{                                                                              \
#field, offsetof(struct switches, field), true                         \
	}

struct row {
	const char *name;
	size_t offset;
	bool text;
};

static const struct row rows[] = {
	NUMBER(edge),
	NUMBER(unknown_partition),
	NUMBER(service_off),
	NUMBER(redirect),
	TEXT(home),
	NUMBER(rotate),
	TEXT(hrefs),
	NUMBER(self_empty),
	NUMBER(no_self),
	NUMBER(bad_token),
	NUMBER(duplicates),
	NUMBER(partial),
	NUMBER(ghost),
	NUMBER(nameless),
	NUMBER(page),
	NUMBER(no_sync),
	NUMBER(no_inline),
	NUMBER(etags),
	NUMBER(refused_rows),
	NUMBER(lag),
	NUMBER(lag_404),
	NUMBER(empty_hrefs),
	NUMBER(multiget_max),
	NUMBER(withheld),
	NUMBER(plain_data),
	NUMBER(escaped_at),
	NUMBER(put_etag),
	NUMBER(rewrite),
	NUMBER(options),
	NUMBER(http10),
	NUMBER(gzip),
};

static const struct row *find(struct str name)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (str_is(name, rows[i].name))
			return &rows[i];
	return NULL;
}

bool switches_know(struct str name)
{
	return find(name) != NULL;
}

bool switches_set(struct switches *s, struct str name, struct str value, struct err *e)
{
	const struct row *row = find(name);

	if (!row)
		return err_set(e, ERR_USAGE, "no switch \"" STR_FMT "\"",
			STR_ARG(name));
	char *at = (char *)s + row->offset;
	if (row->text && value.len < SWITCH_TEXT) {
		memcpy(at, value.ptr, value.len);
		at[value.len] = '\0';
		return true;
	}
	int64_t number = 0;
	if (row->text || !str_to_int(value, 0, INT32_MAX, &number))
		return err_set(e, ERR_USAGE, "\"" STR_FMT "\" is no value for %s",
			STR_ARG(value), row->name);
	memcpy(at, &number, sizeof(number));
	return true;
}
