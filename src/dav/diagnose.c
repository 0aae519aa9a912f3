#include <config.h>

#include "dav/diagnose.h"

#include <stdio.h>

#include "dav/multistatus.h"

static enum diagnosis of_failure(enum dav_failure failure, enum provider provider)
{
	static const enum diagnosis table[] = {
		[DAV_ANSWERED] = DIAGNOSIS_NONE,
		[DAV_NO_HOST] = DIAGNOSIS_NET_DNS,
		[DAV_NO_CONNECTION] = DIAGNOSIS_NET_DOWN,
		[DAV_TIMEOUT] = DIAGNOSIS_NET_TIME,
		[DAV_PROXY] = DIAGNOSIS_NET_PROXY,
		[DAV_TLS_NAME] = DIAGNOSIS_TLS_NAME,
		[DAV_TLS_CLOCK] = DIAGNOSIS_TLS_CLOCK,
		[DAV_TLS_OTHER] = DIAGNOSIS_TLS_OTHER,
		[DAV_CUT] = DIAGNOSIS_SVC_ERROR,
		[DAV_TOO_LARGE] = DIAGNOSIS_SVC_ERROR,
		[DAV_NOT_HTTP] = DIAGNOSIS_SVC_ERROR,
		[DAV_FOREIGN_HOST] = DIAGNOSIS_SVC_MOVED,
		[DAV_REDIRECTS] = DIAGNOSIS_SVC_ERROR,
		[DAV_STOPPED] = DIAGNOSIS_SVC_ERROR,
	};

	/* Another kind of service may listen where a person's address points to. */
	if (failure == DAV_NOT_HTTP && provider == PROVIDER_CALDAV)
		return DIAGNOSIS_SVC_NOT_DAV;
	return table[failure];
}

/* Statuses that mean the same whoever answers. */
static enum diagnosis of_status(int status)
{
	static const struct {
		int status;
		enum diagnosis diagnosis;
	} table[] = {
		{401, DIAGNOSIS_AUTH_REFUSED},
		{402, DIAGNOSIS_AUTH_LOCKED},
		{403, DIAGNOSIS_AUTH_LOCKED},
		{407, DIAGNOSIS_NET_PROXY},
		{421, DIAGNOSIS_SVC_ERROR},
		{423, DIAGNOSIS_AUTH_LOCKED},
		{429, DIAGNOSIS_SVC_BUSY},
		{451, DIAGNOSIS_AUTH_LOCKED},
		{503, DIAGNOSIS_SVC_BUSY},
		{511, DIAGNOSIS_NET_PORTAL},
	};

	for (size_t i = 0; i < COUNT_OF(table); i++)
		if (table[i].status == status)
			return table[i].diagnosis;
	return DIAGNOSIS_NONE;
}

/* The rest is Apple's trouble at iCloud, and a wrong address elsewhere. */
static enum diagnosis of_class(const struct dav_reply *reply, enum provider provider)
{
	const bool success = reply->status >= 200 && reply->status < 300;
	const bool server = reply->status >= 500 && reply->status != 501;

	if (provider == PROVIDER_CALDAV)
		return server ? DIAGNOSIS_SVC_ERROR : DIAGNOSIS_SVC_NOT_DAV;
	if (success && dav_is_web_page(reply->error_body, reply->content_type))
		return DIAGNOSIS_NET_PORTAL;
	return DIAGNOSIS_SVC_ERROR;
}

/* Only a device of the network would send Apple's visitors to another company. */
static bool is_apple(const char *host)
{
	static const struct str domains[] = {{".apple.com", 10}, {".icloud.com", 11},
		{".apple.com.cn", 13}, {".icloud.com.cn", 14}};

	for (size_t i = 0; i < COUNT_OF(domains); i++)
		if (str_ends(str_of(host), domains[i]))
			return true;
	return false;
}

static enum diagnosis of_trouble(const struct dav_reply *reply, enum provider provider)
{
	if (reply->failure == DAV_FOREIGN_HOST && provider == PROVIDER_ICLOUD &&
		reply->foreign[0] && !is_apple(reply->foreign))
		return DIAGNOSIS_NET_PORTAL;
	return of_failure(reply->failure, provider);
}

enum diagnosis diagnose_reply(const struct dav_reply *reply, enum provider provider,
	bool format_doubt)
{
	if (reply->failure != DAV_ANSWERED)
		return of_trouble(reply, provider);
	const enum diagnosis plain = of_status(reply->status);
	if (plain == DIAGNOSIS_NONE)
		return of_class(reply, provider);
	if (plain == DIAGNOSIS_AUTH_REFUSED && format_doubt &&
		provider == PROVIDER_ICLOUD)
		return DIAGNOSIS_AUTH_KIND;
	return plain;
}

void diagnosis_detail(const struct dav_reply *reply, char *out, size_t size)
{
	static const char *const words[] = {
		[DAV_ANSWERED] = "answered",
		[DAV_NO_HOST] = "name not found",
		[DAV_NO_CONNECTION] = "no connection",
		[DAV_TIMEOUT] = "no answer",
		[DAV_PROXY] = "stopped by a proxy",
		[DAV_TLS_NAME] = "certificate refused",
		[DAV_TLS_CLOCK] = "certificate out of date",
		[DAV_TLS_OTHER] = "no secure connection",
		[DAV_CUT] = "answer cut short",
		[DAV_TOO_LARGE] = "answer too large",
		[DAV_NOT_HTTP] = "not a web server",
		[DAV_FOREIGN_HOST] = "sent elsewhere",
		[DAV_REDIRECTS] = "sent in a circle",
		[DAV_STOPPED] = "answer unreadable",
	};

	if (reply->failure == DAV_ANSWERED)
		(void)snprintf(out, size, "answered %d", reply->status);
	else
		(void)snprintf(out, size, "%s", words[reply->failure]);
}
