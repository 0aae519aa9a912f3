#include <config.h>

#include <string.h>

#include "base/mem.h"
#include "ui/wizard_impl.h"

bool wizard_is_icloud(const struct wizard *w)
{
	return w->account.provider == PROVIDER_ICLOUD;
}

enum size_class wizard_size(const struct wizard *w)
{
	return w->width > 0 ? size_class(w->width, w->height) : SIZE_NORMAL;
}

const char *words_place(const struct wizard *w)
{
	return wizard_is_icloud(w) ? "iCloud" : "the server";
}

const char *words_owner(const struct wizard *w)
{
	return wizard_is_icloud(w) ? "Apple" : "the server";
}

const char *words_host(const struct wizard *w)
{
	if (wizard_is_icloud(w))
		return "caldav.icloud.com";
	return w->host ? w->host : "the server";
}

void wizard_name_host(struct wizard *w, const char *server)
{
	SCOPED(uri) u = {0};

	free(w->host);
	w->host = NULL;
	if (!server || !uri_from_person(&u, str_of(server), NULL))
		return;
	w->host = xstrdup(u.origin.host);
	w->plain = !u.origin.tls;
}

const char *words_direction(const struct wizard *w, enum direction direction,
	bool writable)
{
	if (!writable)
		return "read-only";
	if (direction == DIRECTION_BOTH)
		return "both ways";
	return wizard_is_icloud(w) ? "from iCloud" : "from server";
}

const char *words_how(const struct wizard *w, const char *keys, const char *lines)
{
	return w->lines ? lines : keys;
}

const char *words_path(const struct wizard *w, struct page *p, const char *path)
{
	const size_t len = strlen(w->home);

	if (!path)
		return "";
	if (len && !strncmp(path, w->home, len) && (path[len] == '/' || !path[len]))
		return page_format(p, "~%s", path + len);
	return page_copy(p, path);
}

const char *words_schedule(struct page *p, int minutes)
{
	if (minutes <= 0)
		return "only by hand";
	if (minutes == 60)
		return "every hour";
	if (minutes % 60 == 0)
		return page_format(p, "every %d hours", minutes / 60);
	return page_format(p, "every %d minutes", minutes);
}

const char *words_conflict(const struct wizard *w, enum conflict_rule rule)
{
	switch (rule) {
	case CONFLICT_MERGE:
		return "merge where possible";
	case CONFLICT_SERVER:
		return wizard_is_icloud(w) ? "iCloud wins" : "the server wins";
	case CONFLICT_LOCAL:
		return "this computer wins";
	}
	return "";
}

const char *words_account(const struct wizard *w, struct page *p)
{
	return page_format(p, "%s, %s", wizard_is_icloud(w) ? "iCloud" : words_host(w),
		w->account.login ? w->account.login : "");
}

const char *words_count(struct page *p, size_t n, const char *one, const char *many)
{
	return page_format(p, "%zu %s", n, n == 1 ? one : many);
}

const char *words_sentence(struct page *p, const char *message)
{
	const size_t len = strlen(message);
	char *out = page_room(p, len + 2);

	memcpy(out, message, len);
	/* Not "iCloud": a capital inside the word says that it begins as it should. */
	if (len > 1 && ascii_lower(out[1]) == out[1] && ascii_lower(out[0]) == out[0] &&
		ascii_is_alnum(out[0]) && out[0] > '9')
		out[0] = (char)(out[0] - 'a' + 'A');
	if (len && out[len - 1] != '.')
		out[len] = '.';
	return out;
}

void words_hint(struct page *p, unsigned indent, const char *text)
{
	struct block *b = page_add(p, BLOCK_TEXT, text);

	b->role = ROLE_MUTED;
	b->indent = indent;
	b->spare = true;
}
