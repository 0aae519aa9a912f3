/*
 * What is saved on this computer for one person: the vault with the settings, and the
 * key that opens it.
 */
#ifndef APP_PROFILE_H
#define APP_PROFILE_H

#include "app/options.h"
#include "base/paths.h"
#include "base/text.h"
#include "store/settings.h"
#include "store/vault.h"

#define KEY_FILE_NAME "vault.key"

struct profile {
	struct paths paths;
	int config_dir; /* -1 = not there yet */
	int state_dir;
	struct vault *vault;       /* owned; NULL = nothing saved yet */
	struct vault_key key;      /* owned; what opened the vault, unless it was a */
	struct secret *passphrase; /* owned, or NULL */
	const char *unlocked_by;   /* "key file", "systemd credential", ...; static */
	struct safe_text unlock_said; /* what the unlock command had to say, or "" */
	struct settings settings;
	char host_id[33]; /* this installation, for the folders' markers */
};

/*
 * Opens what is there. ERR_NO_INPUT when nothing is configured yet: then the profile is
 * still usable for profile_save(). Unlocks, in this order, with the first that is
 * configured: --key-fd, --key-file, $CREDENTIALS_DIRECTORY/calwiz.key, the unlock
 * command, the key file. A wrong key is an error, never a reason to try the next.
 * Always profile_clear() it.
 */
bool profile_open(struct profile *p, const struct options *o, struct err *e) MUST_USE;
void profile_clear(struct profile *p);

/* What saving does, step by step, for the wizard's page; optional. Lent. */
struct profile_news {
	const char *step; /* "Settings written" */
	bool done;
	const char *detail;
};
struct profile_sink {
	void *ctx;
	void (*news)(void *ctx, const struct profile_news *n);
};

/*
 * Saves p->settings: makes the folders and, the first time, the key file (before the
 * vault, so that a vault without its key cannot exist) and the vault; reads back and
 * compares. ERR_BUSY when another run changed the vault since it was opened.
 */
bool profile_save(struct profile *p, const struct profile_sink *sink,
	struct err *e) MUST_USE;

/* Removes the account's settings and secret (and, with the last one, vault and key) and
 * its sync state. The calendar files stay. */
bool profile_forget(struct profile *p, const char *account, struct err *e) MUST_USE;

#endif
