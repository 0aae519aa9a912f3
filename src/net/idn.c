#include <config.h>

#include "net/idn.h"

#include <curl/curl.h>

#include "base/mem.h"

static bool is_ascii(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] > 0x7f)
			return false;
	return true;
}

/* Where the host begins and ends: behind a scheme and a mail name, before a port. */
static struct str host_of(struct str typed)
{
	const size_t scheme = str_find(typed, STR("://"));
	struct str host = scheme == STR_NONE ? typed : str_from(typed, scheme + 3);

	for (size_t i = 0; i < host.len; i++)
		if (host.ptr[i] == '/' || host.ptr[i] == '?' || host.ptr[i] == '#')
			host = str_slice(host, 0, i);
	const size_t name = str_find_char(host, '@');
	if (name != STR_NONE)
		host = str_from(host, name + 1);
	return str_slice(host, 0, str_find_char(host, ':'));
}

static char *host_ascii(struct str host)
{
	AUTO_FREE char *text = str_dup(host);
	CURLU *url = curl_url();
	char *found = NULL;
	char *out = NULL;

	if (url && curl_url_set(url, CURLUPART_HOST, text, 0) == CURLUE_OK &&
		curl_url_get(url, CURLUPART_HOST, &found, CURLU_PUNYCODE) ==
			CURLUE_OK &&
		is_ascii(str_of(found)))
		out = xstrdup(found);
	curl_free(found);
	curl_url_cleanup(url);
	return out;
}

char *idn_address(struct str typed)
{
	const struct str host = host_of(typed);

	if (is_ascii(host))
		return str_dup(typed);
	AUTO_FREE char *ascii = host_ascii(host);
	if (!ascii)
		return NULL;
	const struct str before = str_slice(typed, 0, (size_t)(host.ptr - typed.ptr));
	const struct str after = str_from(typed, before.len + host.len);
	return xasprintf(STR_FMT "%s" STR_FMT, STR_ARG(before), ascii, STR_ARG(after));
}
