#include <config.h>

#include <string.h>

#include "base/mem.h"
#include "tests/fake/faults.h"

void effect_clear(struct effect *x)
{
	buf_clear(&x->body);
	buf_clear(&x->headers);
	free(x->type);
	*x = (struct effect){0};
}

static bool wrong(struct str value, const char *action, struct err *e)
{
	return err_set(e, ERR_USAGE, "\"" STR_FMT "\" is no value for %s",
		STR_ARG(value), action);
}

static bool set_status(struct effect *x, struct str value, struct err *e)
{
	return str_to_int(value, 100, 999, &x->status) || wrong(value, "status", e);
}

static bool set_body(struct effect *x, struct str value, struct err *e)
{
	static const struct {
		const char *word;
		const char *text;
	} bodies[] = {
		{"empty", ""},
		{"html", "<!DOCTYPE html>\n<html><head><title>Welcome</title></head>"
			 "<body>Please log in to this network.</body></html>\n"},
		{"nginx", "<html>\r\n<head><title>400 Bad Request</title></head>\r\n"
			  "<body>\r\n<center><h1>400 Bad Request</h1></center>\r\n"
			  "<hr><center>AppleHttpServer/5f2c9a71e0b4</center>\r\n"
			  "</body>\r\n</html>\r\n"},
		{"valid-sync-token",
			"<?xml version='1.0' encoding='UTF-8'?>\n<error xmlns='DAV:'>\n"
			"<valid-sync-token/>\n</error>"},
	};

	(void)e;
	x->has_body = true;
	buf_reset(&x->body);
	for (size_t i = 0; i < COUNT_OF(bodies); i++)
		if (str_is(value, bodies[i].word)) {
			buf_text(&x->body, bodies[i].text);
			return true;
		}
	buf_add(&x->body, value);
	return true;
}

static bool set_type(struct effect *x, struct str value, struct err *e)
{
	(void)e;
	free(x->type);
	x->type = str_dup(value);
	return true;
}

static bool set_header(struct effect *x, struct str value, struct err *e)
{
	(void)e;
	buf_printf(&x->headers, STR_FMT "\r\n", STR_ARG(value));
	return true;
}

static bool set_retry_after(struct effect *x, struct str value, struct err *e)
{
	(void)e;
	buf_printf(&x->headers, "Retry-After: " STR_FMT "\r\n", STR_ARG(value));
	return true;
}

static bool set_location(struct effect *x, struct str value, struct err *e)
{
	(void)e;
	buf_printf(&x->headers, "Location: " STR_FMT "\r\n", STR_ARG(value));
	return true;
}

static bool set_drop(struct effect *x, struct str value, struct err *e)
{
	x->delivery.drop = true;
	x->drop_before = !str_is(value, "after");
	x->delivery.reset = str_is(value, "reset");
	return str_is(value, "before") || str_is(value, "after") || x->delivery.reset ||
	       wrong(value, "drop", e);
}

static bool read_amount(struct str value, struct amount *a)
{
	a->percent = str_ends(value, STR("%"));
	a->set = true;
	return str_to_int(str_slice(value, 0, value.len - a->percent), 0, INT32_MAX,
		&a->n);
}

static bool set_cut(struct effect *x, struct str value, struct err *e)
{
	return read_amount(value, &x->delivery.cut) || wrong(value, "truncate", e);
}

static bool set_shorten(struct effect *x, struct str value, struct err *e)
{
	return read_amount(value, &x->shorten) || wrong(value, "shorten", e);
}

static bool set_slow(struct effect *x, struct str value, struct err *e)
{
	struct str rest = value;
	struct str bytes;

	if (!str_split(&rest, ',', &bytes) ||
		!str_to_int(bytes, 1, INT32_MAX, &x->delivery.slow_bytes) ||
		!str_to_int(rest, 0, 600000, &x->delivery.slow_ms))
		return wrong(value, "slow", e);
	return true;
}

static bool set_bomb(struct effect *x, struct str value, struct err *e)
{
	return str_to_int(value, 1, 4096, &x->delivery.bomb) || wrong(value, "bomb", e);
}

static const struct {
	const char *name;
	bool (*set)(struct effect *x, struct str value, struct err *e);
} with_value[] = {
	{"status", set_status},
	{"body", set_body},
	{"type", set_type},
	{"header", set_header},
	{"retry-after", set_retry_after},
	{"location", set_location},
	{"drop", set_drop},
	{"truncate", set_cut},
	{"shorten", set_shorten},
	{"slow", set_slow},
	{"bomb", set_bomb},
};

static bool add_flag(struct effect *x, struct str word, struct err *e)
{
	const struct {
		const char *name;
		bool *flag;
	} flags[] = {
		{"after", &x->after},
		{"hang", &x->delivery.hang},
		{"endless", &x->delivery.endless},
		{"close", &x->delivery.close},
		{"http10", &x->delivery.http10},
		{"gzip", &x->delivery.gzip},
		{"doctype", &x->doctype},
	};

	for (size_t i = 0; i < COUNT_OF(flags); i++) {
		if (!str_is(word, flags[i].name))
			continue;
		*flags[i].flag = true;
		return true;
	}
	return err_set(e, ERR_USAGE, "no action \"" STR_FMT "\"", STR_ARG(word));
}

bool effect_add(struct effect *x, struct str action, struct err *e)
{
	const size_t equals = str_find_char(action, '=');
	const struct str name = str_slice(action, 0, equals);

	if (equals == STR_NONE)
		return add_flag(x, action, e);
	const struct str value = str_from(action, equals + 1);
	for (size_t i = 0; i < COUNT_OF(with_value); i++)
		if (str_is(name, with_value[i].name))
			return with_value[i].set(x, value, e);
	return switches_set(&x->switches, name, value, e);
}
