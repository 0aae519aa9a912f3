#include <config.h>

#include "dav/diagnose.h"

#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"

/* So that the longest line with a host in it still fits on the page. */
#define HOST_COLS 30

/* "{host}" is replaced, and "{other}" by what the answer told: a host, a date. */
struct words {
	const char *headline;
	const char *causes[CAUSES_MAX];
	const char *advice;
	enum way_out ways[WAYS_MAX];
};

#define PORTAL_CAUSE "the network wants you to sign in first (hotel, train, office)"

/* clang-format off */
static const struct words icloud_words[DIAGNOSES] = {
	[DIAGNOSIS_NONE] = {"", {""}, "", {WAY_NONE}},
	[DIAGNOSIS_NET_DNS] = {
		"This computer cannot find icloud.com",
		{"this computer is offline", PORTAL_CAUSE,
		 "the name server (DNS) of this network does not work"},
		"Check the network, then try again. If a browser opens a page you have "
		"not seen before, the network is fine.",
		{WAY_TRY_AGAIN}},
	[DIAGNOSIS_NET_DOWN] = {
		"No connection to Apple's server",
		{"this computer is offline", "a firewall lets only browsers out",
		 "IPv6 is set up on this network, but does not work"},
		"Check the network, then try again. Port 443 of {host} must be reachable.",
		{WAY_TRY_AGAIN}},
	[DIAGNOSIS_NET_TIME] = {
		"Apple's server does not answer",
		{"the network is slow or loses data", "a firewall drops the connection",
		 "IPv6 is set up on this network, but does not work"},
		"Wait a moment, then try again, perhaps from another network.",
		{WAY_TRY_AGAIN}},
	[DIAGNOSIS_NET_PROXY] = {
		"A proxy is in the way",
		{"this network lets programs out only through a proxy"},
		"calwiz connects directly. Use another network, or ask whoever runs this "
		"one to let {host} through.",
		{WAY_TRY_AGAIN}},
	[DIAGNOSIS_NET_PORTAL] = {
		"A web page answered instead of Apple",
		{PORTAL_CAUSE, "a filter or a security program replaces answers"},
		"Open any page in a browser, sign in to the network, then try again.",
		{WAY_TRY_AGAIN}},
	[DIAGNOSIS_TLS_NAME] = {
		"Someone else answered for icloud.com (hotel or office network?)",
		{PORTAL_CAUSE,
		 "an office network or a security program opens secure connections",
		 "the package ca-certificates is missing on this computer"},
		"Your password was not sent. Use another network, or ask whoever runs "
		"this one. There is no way past a wrong certificate.",
		{WAY_TRY_AGAIN}},
	[DIAGNOSIS_TLS_CLOCK] = {
		"This computer's clock seems to be wrong",
		{"the date or the time of this computer is wrong",
		 "the certificate of the server has run out"},
		"Compare what the command date prints with a watch, set the clock, then "
		"try again. Your password was not sent.",
		{WAY_TRY_AGAIN}},
	[DIAGNOSIS_TLS_OTHER] = {
		"No secure connection to Apple's server",
		{"a device of the network offers only old, unsafe versions of TLS",
		 "an office network or a security program opens secure connections"},
		"Your password was not sent. Try again from another network.",
		{WAY_TRY_AGAIN}},
	[DIAGNOSIS_AUTH_REFUSED] = {
		"Apple did not accept the sign-in",
		{"the password was mistyped, or deleted at account.apple.com",
		 "the Apple Account address is not the one that made the password",
		 "you changed your Apple password: that cancels all app passwords"},
		"Enter it again, or make a new one in step 2. It takes a minute.",
		{WAY_SIGN_IN, WAY_NEW_PASSWORD, WAY_TRY_AGAIN}},
	[DIAGNOSIS_AUTH_KIND] = {
		"That was your normal Apple password",
		{"Apple takes only app-specific passwords from other programs",
		 "they are 16 letters, in the form abcd-efgh-ijkl-mnop"},
		"Make one at account.apple.com; step 2 shows how. Your Apple password "
		"stays as it is.",
		{WAY_NEW_PASSWORD, WAY_SIGN_IN, WAY_TRY_AGAIN}},
	[DIAGNOSIS_AUTH_LOCKED] = {
		"Apple has locked or limited this account",
		{"new terms wait for your consent at icloud.com",
		 "too many sign-ins failed, and Apple locked it for a while",
		 "a school or company account that keeps other programs out"},
		"Sign in at icloud.com with a browser, answer what it asks, then try "
		"again.",
		{WAY_ICLOUD_CHECK, WAY_TRY_AGAIN}},
	[DIAGNOSIS_SVC_BUSY] = {
		"Apple is busy, wait a minute",
		{"many requests at once, or work on the servers"},
		"Wait a minute, then try again. Larger trouble is listed at "
		"apple.com/support/systemstatus.",
		{WAY_TRY_AGAIN}},
	[DIAGNOSIS_SVC_ERROR] = {
		"Apple's server has a problem",
		{"a fault at Apple, mostly over within the hour",
		 "the connection was cut in the middle of an answer"},
		"Try again in a few minutes. It says nothing about your password.",
		{WAY_TRY_AGAIN}},
	[DIAGNOSIS_SVC_MOVED] = {
		"Apple's server points to an address that is not Apple's",
		{"a device of the network redirects the connection",
		 "Apple uses a new host that this version does not know"},
		"Your password was not sent there. Try again from another network.",
		{WAY_TRY_AGAIN}},
	[DIAGNOSIS_SVC_NOT_DAV] = {
		"The answer did not come from a calendar server",
		{PORTAL_CAUSE, "a fault at Apple, mostly over within the hour"},
		"Try again in a few minutes, or from another network.",
		{WAY_TRY_AGAIN}},
	[DIAGNOSIS_SVC_NONE] = {
		"Calendar is not switched on at iCloud",
		{"Calendar was never opened with this Apple Account",
		 "a school or company account that leaves Calendar out"},
		"Open icloud.com/calendar once in a browser, wait a few minutes, then "
		"try again.",
		{WAY_ICLOUD_CHECK, WAY_TRY_AGAIN}},
	[DIAGNOSIS_CAL_EMPTY] = {
		"There are no calendars yet",
		{"only reminders or subscriptions are there, which cannot be synced",
		 "the account has no calendar of its own"},
		"Make one at icloud.com/calendar or on a phone, then try again.",
		{WAY_ICLOUD_CHECK, WAY_TRY_AGAIN}},
	[DIAGNOSIS_CAL_READ_ONLY] = {
		"You may read but not change these",
		{"they are shared with you for reading only"},
		"They can still be brought to this computer. The owner can give you the "
		"right to change them.",
		{WAY_CONTINUE, WAY_TRY_AGAIN}},
};

static const struct words caldav_words[DIAGNOSES] = {
	[DIAGNOSIS_NONE] = {"", {""}, "", {WAY_NONE}},
	[DIAGNOSIS_NET_DNS] = {
		"This computer cannot find {host}",
		{"the address is mistyped", "this computer is offline",
		 "the name is known only inside another network (office, VPN)"},
		"Check the address and the network, then try again.",
		{WAY_TRY_AGAIN, WAY_SERVER}},
	[DIAGNOSIS_NET_DOWN] = {
		"No connection to {host}",
		{"this computer is offline", "the server is switched off",
		 "the server listens on another port than the address says"},
		"Check the network and the address, then try again.",
		{WAY_TRY_AGAIN, WAY_SERVER}},
	[DIAGNOSIS_NET_TIME] = {
		"{host} does not answer",
		{"the network is slow or loses data", "a firewall drops the connection",
		 "the server is overloaded"},
		"Wait a moment, then try again.",
		{WAY_TRY_AGAIN, WAY_SERVER}},
	[DIAGNOSIS_NET_PROXY] = {
		"A proxy is in the way",
		{"this network lets programs out only through a proxy"},
		"calwiz connects directly. Use another network, or ask whoever runs this "
		"one to let {host} through.",
		{WAY_TRY_AGAIN, WAY_SERVER}},
	[DIAGNOSIS_NET_PORTAL] = {
		"A web page answered instead of {host}",
		{PORTAL_CAUSE, "a filter or a security program replaces answers"},
		"Open any page in a browser, sign in to the network, then try again.",
		{WAY_TRY_AGAIN, WAY_SERVER}},
	[DIAGNOSIS_TLS_NAME] = {
		"The certificate is not one for {host}",
		{"it is self-signed, or its issuer is not known to this computer",
		 "the server has a certificate for another name than this address",
		 PORTAL_CAUSE},
		"Your password was not sent. Enter the name the certificate is for, or "
		"add its issuer to this computer's certificates.",
		{WAY_TRY_AGAIN, WAY_SERVER}},
	[DIAGNOSIS_TLS_CLOCK] = {
		"This computer's clock seems to be wrong",
		{"the date or the time of this computer is wrong",
		 "the certificate of the server has run out"},
		"Compare what the command date prints with a watch, set the clock, then "
		"try again. Your password was not sent.",
		{WAY_TRY_AGAIN, WAY_SERVER}},
	[DIAGNOSIS_TLS_OTHER] = {
		"No secure connection to {host}",
		{"the server offers only old, unsafe versions of TLS",
		 "the address needs another port, or is one for plain http"},
		"Your password was not sent. Check the address, or ask whoever runs the "
		"server for TLS 1.2 or newer.",
		{WAY_TRY_AGAIN, WAY_SERVER}},
	[DIAGNOSIS_AUTH_REFUSED] = {
		"{host} did not accept the sign-in",
		{"the name or the password was mistyped",
		 "the server wants an app password from programs like this one",
		 "the sign-in name has another form there, such as the mail address"},
		"Enter it again. With two-step sign-in, make an app password in the "
		"settings of the server.",
		{WAY_SIGN_IN, WAY_SERVER, WAY_TRY_AGAIN}},
	[DIAGNOSIS_AUTH_KIND] = {
		"{host} did not accept the password",
		{"the password was mistyped",
		 "the server wants an app password from programs like this one"},
		"Enter it again. With two-step sign-in, make an app password in the "
		"settings of the server.",
		{WAY_SIGN_IN, WAY_SERVER, WAY_TRY_AGAIN}},
	[DIAGNOSIS_AUTH_LOCKED] = {
		"{host} does not let this account in",
		{"the account may not use calendars on this server",
		 "the address belongs to another account",
		 "too many sign-ins failed, and the server locked it for a while"},
		"Check the name and the address, or ask whoever runs the server.",
		{WAY_SERVER, WAY_SIGN_IN, WAY_TRY_AGAIN}},
	[DIAGNOSIS_SVC_BUSY] = {
		"{host} is busy, wait a minute",
		{"many requests at once, or work on the server"},
		"Wait a minute, then try again.",
		{WAY_TRY_AGAIN}},
	[DIAGNOSIS_SVC_ERROR] = {
		"{host} has a problem",
		{"a fault on the server's side",
		 "the connection was cut in the middle of an answer"},
		"Try again in a few minutes. If it stays, tell whoever runs the server.",
		{WAY_TRY_AGAIN, WAY_SERVER}},
	[DIAGNOSIS_SVC_MOVED] = {
		"{host} points to another server",
		{"the calendars are on another host than the one you entered",
		 "the server is set up with a wrong address for itself", PORTAL_CAUSE},
		"Your password was not sent there. If you trust the other server, enter "
		"its address.",
		{WAY_SERVER, WAY_TRY_AGAIN}},
	[DIAGNOSIS_SVC_NOT_DAV] = {
		"{host} answers, but not as a calendar server",
		{"the address is a website's, and calendars have another one",
		 "the calendars have a path of their own, such as /dav/",
		 "CalDAV is switched off on that server"},
		"Look for the CalDAV address in the settings or the help of the server, "
		"and enter it.",
		{WAY_SERVER, WAY_TRY_AGAIN}},
	[DIAGNOSIS_SVC_NONE] = {
		"{host} has no calendars for this account",
		{"calendars are not set up for the account",
		 "they are kept at another address or under another name"},
		"Check the name and the address, or ask whoever runs the server.",
		{WAY_SERVER, WAY_SIGN_IN, WAY_TRY_AGAIN}},
	[DIAGNOSIS_CAL_EMPTY] = {
		"There are no calendars yet",
		{"only task lists or subscriptions are there, which cannot be synced",
		 "the account has no calendar of its own"},
		"Make one with the server's own pages or another program, then try "
		"again.",
		{WAY_TRY_AGAIN, WAY_SERVER}},
	[DIAGNOSIS_CAL_READ_ONLY] = {
		"You may read but not change these",
		{"they are shared with you for reading only"},
		"They can still be brought to this computer. The owner can give you the "
		"right to change them.",
		{WAY_CONTINUE, WAY_TRY_AGAIN}},
};

static const struct {
	const char *id;
	enum err_code code;
} kinds[DIAGNOSES] = {
	[DIAGNOSIS_NONE] = {"", ERR_NONE},
	[DIAGNOSIS_NET_DNS] = {"net.dns", ERR_NETWORK},
	[DIAGNOSIS_NET_DOWN] = {"net.down", ERR_NETWORK},
	[DIAGNOSIS_NET_TIME] = {"net.time", ERR_NETWORK},
	[DIAGNOSIS_NET_PROXY] = {"net.proxy", ERR_NETWORK},
	[DIAGNOSIS_NET_PORTAL] = {"net.portal", ERR_PROTOCOL},
	[DIAGNOSIS_TLS_NAME] = {"tls.name", ERR_PROTOCOL},
	[DIAGNOSIS_TLS_CLOCK] = {"tls.clock", ERR_PROTOCOL},
	[DIAGNOSIS_TLS_OTHER] = {"tls.version", ERR_PROTOCOL},
	[DIAGNOSIS_AUTH_REFUSED] = {"auth.refused", ERR_AUTH},
	[DIAGNOSIS_AUTH_KIND] = {"auth.kind", ERR_AUTH},
	[DIAGNOSIS_AUTH_LOCKED] = {"auth.locked", ERR_AUTH},
	[DIAGNOSIS_SVC_BUSY] = {"svc.busy", ERR_BUSY},
	[DIAGNOSIS_SVC_ERROR] = {"svc.error", ERR_NETWORK},
	[DIAGNOSIS_SVC_MOVED] = {"svc.moved", ERR_CONFIG},
	[DIAGNOSIS_SVC_NOT_DAV] = {"svc.caldav", ERR_PROTOCOL},
	[DIAGNOSIS_SVC_NONE] = {"svc.none", ERR_CONFIG},
	[DIAGNOSIS_CAL_EMPTY] = {"cal.empty", ERR_CONFIG},
	[DIAGNOSIS_CAL_READ_ONLY] = {"cal.ro", ERR_NONE},
};

/* What is said instead once the answer told more. */
enum light { LIGHT_NONE, LIGHT_CLOCK, LIGHT_KNOWN, LIGHT_UNKNOWN, LIGHT_MOVED, LIGHTS };

static const struct words icloud_light[LIGHTS] = {
	[LIGHT_CLOCK] = {
		"This computer's clock seems to be wrong: it says {other}",
		{"the date or the time of this computer is wrong",
		 "the certificate of the server has run out"},
		"Compare that with a watch, set the clock, then try again. Your password "
		"was not sent.",
		{WAY_TRY_AGAIN}},
	[LIGHT_KNOWN] = {
		"Apple knows this account, but refused the password",
		{"the password was mistyped, or deleted at account.apple.com",
		 "you changed your Apple password: that cancels all app passwords",
		 "the password was made with another Apple Account"},
		"Enter it again, or make a new one in step 2. It takes a minute.",
		{WAY_SIGN_IN, WAY_NEW_PASSWORD, WAY_TRY_AGAIN}},
	[LIGHT_UNKNOWN] = {
		"Apple did not accept the sign-in",
		{"the address is not the one you sign in with at account.apple.com",
		 "the password was mistyped, or deleted at account.apple.com",
		 "you changed your Apple password: that cancels all app passwords"},
		"Check the address, then the password. An alias or a telephone number "
		"does not work here.",
		{WAY_SIGN_IN, WAY_NEW_PASSWORD, WAY_TRY_AGAIN}},
	[LIGHT_MOVED] = {
		"Apple's server points to {other}",
		{"a device of the network redirects the connection",
		 "Apple uses a new host that this version does not know"},
		"Your password was not sent there. Try again from another network.",
		{WAY_TRY_AGAIN}},
};

static const struct words caldav_light[LIGHTS] = {
	[LIGHT_CLOCK] = {
		"This computer's clock seems to be wrong: it says {other}",
		{"the date or the time of this computer is wrong",
		 "the certificate of the server has run out"},
		"Compare that with a watch, set the clock, then try again. Your password "
		"was not sent.",
		{WAY_TRY_AGAIN, WAY_SERVER}},
	[LIGHT_MOVED] = {
		"{host} points to {other}",
		{"the calendars are on another host than the one you entered",
		 "the server is set up with a wrong address for itself", PORTAL_CAUSE},
		"Your password was not sent there. If you trust {other}, enter that as "
		"the address.",
		{WAY_SERVER, WAY_TRY_AGAIN}},
};
/* clang-format on */

static size_t next_mark(struct str s, struct str *mark)
{
	static const struct str marks[] = {{"{host}", 6}, {"{other}", 7}};
	size_t first = STR_NONE;

	for (size_t i = 0; i < COUNT_OF(marks); i++) {
		const size_t at = str_find(s, marks[i]);
		if (at < first) {
			first = at;
			*mark = marks[i];
		}
	}
	return first;
}

struct names {
	const char *host;
	const char *other;
};

static void put(char *out, size_t size, const char *text, const struct names *n)
{
	SCOPED(buf) line = buf_with_max(size - 1);
	struct str rest = str_of(text);
	struct str mark = {0};

	for (size_t at = next_mark(rest, &mark); at != STR_NONE;
		at = next_mark(rest, &mark)) {
		buf_add(&line, str_slice(rest, 0, at));
		buf_text(&line, mark.ptr[1] == 'h' ? n->host : n->other);
		rest = str_from(rest, at + mark.len);
	}
	buf_add(&line, rest);
	memcpy(out, buf_cstr(&line), line.len + 1);
}

static void fill(struct diagnosis_words *out, const struct words *w,
	const struct names *n)
{
	put(out->headline, sizeof(out->headline), w->headline, n);
	for (size_t i = 0; i < CAUSES_MAX; i++)
		put(out->causes[i], sizeof(out->causes[i]),
			w->causes[i] ? w->causes[i] : "", n);
	put(out->advice, sizeof(out->advice), w->advice, n);
	memcpy(out->ways, w->ways, sizeof(out->ways));
}

void diagnosis_describe(enum diagnosis d, enum provider provider, const char *host,
	struct diagnosis_words *out)
{
	diagnosis_describe_reply(d, provider, host, NULL, out);
}

/* Another port of the same host is told without naming it twice. */
static enum light light_of(enum diagnosis d, enum provider provider, const char *host,
	const struct dav_reply *r)
{
	const bool refused = r->failure == DAV_ANSWERED && r->status == 401;

	if (d == DIAGNOSIS_TLS_CLOCK && r->local_date)
		return LIGHT_CLOCK;
	if (d == DIAGNOSIS_AUTH_REFUSED && refused && provider == PROVIDER_ICLOUD)
		return r->known_account ? LIGHT_KNOWN : LIGHT_UNKNOWN;
	if (d == DIAGNOSIS_SVC_MOVED && r->foreign[0] && strcmp(r->foreign, host) != 0)
		return LIGHT_MOVED;
	return LIGHT_NONE;
}

/* "4 March 2026" */
static char *date_text(int64_t unix_seconds)
{
	static const char *const months[] = {"January", "February", "March", "April",
		"May", "June", "July", "August", "September", "October", "November",
		"December"};
	const time_t t = (time_t)unix_seconds;
	struct tm tm = {0};

	if (!gmtime_r(&t, &tm))
		return xstrdup("no date at all");
	return xasprintf("%d %s %d", tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900);
}

/* Of an svc.error: a fault may pass, nonsense will not be believed. */
static enum err_code error_code(const struct dav_reply *r, enum provider provider)
{
	struct err e = {0};

	if (r->status == 400 && provider == PROVIDER_ICLOUD)
		return ERR_NETWORK;
	(void)dav_reply_error(r, "", &e);
	return e.code == ERR_PROTOCOL || e.code == ERR_UNAVAILABLE ? e.code
	                                                           : ERR_NETWORK;
}

void diagnosis_describe_reply(enum diagnosis d, enum provider provider,
	const char *host, const struct dav_reply *reply, struct diagnosis_words *out)
{
	const bool icloud = provider == PROVIDER_ICLOUD;
	const enum light light =
		reply ? light_of(d, provider, host, reply) : LIGHT_NONE;
	const struct words *plain = icloud ? &icloud_words[d] : &caldav_words[d];
	const struct words *lit = icloud ? &icloud_light[light] : &caldav_light[light];
	AUTO_FREE char *shown = text_safe(str_of(host), HOST_COLS, TEXT_ASCII);
	AUTO_FREE char *other = light == LIGHT_CLOCK
	                                ? date_text(reply->local_date)
	                                : text_safe(str_of(reply ? reply->foreign : ""),
						  HOST_COLS, TEXT_ASCII);

	*out = (struct diagnosis_words){.id = kinds[d].id, .code = kinds[d].code};
	if (d == DIAGNOSIS_SVC_ERROR && reply)
		out->code = error_code(reply, provider);
	fill(out, lit->headline ? lit : plain, &(struct names){shown, other});
}
