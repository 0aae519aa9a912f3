#include <config.h>

#include "store/settings.h"
#include "tests/fuzz/fuzz.h"

static void check_account_is_whole(const struct account *a)
{
	must(a->name && a->name[0] && a->login && a->login[0] && a->password);
	must(a->folder && a->folder[0] == '/');
	must(a->provider == PROVIDER_ICLOUD || a->server);
	for (size_t i = 0; i < a->n_calendars; i++) {
		const struct calendar_choice *c = &a->calendars[i];
		must(c->path && c->name && c->folder);
		must(!strchr(c->folder, '/') && c->folder[0] != '.');
	}
}

/* What is written is read back as the same settings, and is written the same again. */
static void check_round_trip(const struct settings *s)
{
	AUTO(secret) *text = settings_format(s);
	SCOPED(settings) again = {0};
	struct err e = {0};

	const bool done = settings_parse(&again, text, &e);
	must_tell(done, &e, ERR_CONFIG);
	must(done);
	must(again.n_accounts == s->n_accounts && again.n_unknown == s->n_unknown);
	for (size_t i = 0; i < s->n_accounts; i++)
		must(account_equal(&s->accounts[i], &again.accounts[i]));
	AUTO(secret) *text_again = settings_format(&again);
	must(secret_equal(text, text_again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	must(secrets_init(NULL));
	AUTO(secret) *text = secret_from(input_of(data, size));
	SCOPED(settings) s = {0};
	struct err e = {0};

	const bool done = settings_parse(&s, text, &e);
	must_tell(done, &e, ERR_CONFIG);
	if (!done) {
		must(!s.accounts && !s.unknown);
		return 0;
	}
	for (size_t i = 0; i < s.n_accounts; i++)
		check_account_is_whole(&s.accounts[i]);
	check_round_trip(&s);
	return 0;
}
