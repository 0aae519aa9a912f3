#include <config.h>

#include "store/keyfile.h"
#include "tests/fuzz/fuzz.h"

/* The line form of a key read from it is that key again; raw bytes name no vault. */
static void check_key(struct vault_key *k)
{
	AUTO(secret) *line = vault_key_format(k);
	struct vault_key again = {0};
	struct err e = {0};

	must(secret_len(k->key) == KEY_SIZE);
	must(secret_len(line) == KEYFILE_LEN + 1);
	const bool done = vault_key_parse(&again, secret_view(line), &e);
	secret_close(line);
	must(done);
	must(!again.any_vault);
	must(!memcmp(again.vault_id, k->vault_id, VAULT_ID_SIZE));
	must(secret_equal(again.key, k->key));
	vault_key_clear(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vault_key k = {0};
	struct err e = {0};

	must(secrets_init(NULL));
	const bool done = vault_key_parse(&k, input_of(data, size), &e);
	must_tell(done, &e, ERR_CONFIG);
	if (!done) {
		must(!k.key);
		return 0;
	}
	must(k.any_vault == (size == KEY_SIZE));
	check_key(&k);
	vault_key_clear(&k);
	return 0;
}
