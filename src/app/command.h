/*
 * The unlock command: a program of the person's own that prints what opens the settings
 * (from a password manager, a smart card, a keyring).
 *
 * The file `unlock` in the configuration folder says what to run: one argument a line,
 * the first the absolute path of the program. It holds no secret. What the program
 * prints is the line of a key file, the 32 bytes of a key, or a passphrase; one line
 * end behind it is not part of it. It goes into protected memory directly.
 */
#ifndef APP_COMMAND_H
#define APP_COMMAND_H

#include "base/err.h"
#include "base/secret.h"
#include "base/text.h"
#include "store/keyfile.h"

#define COMMAND_FILE "unlock"
#define COMMAND_OUTPUT_MAX (64U * 1024U)

/* A build for tests does not wait that long. */
#ifdef CALWIZ_FAULTS
#define COMMAND_LIMIT_MS 1000
#else
#define COMMAND_LIMIT_MS 30000
#endif

/* What it printed; one of the two is set. */
struct command_answer {
	struct vault_key key;      /* owned */
	struct secret *passphrase; /* owned */
	struct safe_text said;     /* the first line on its standard error, or "" */
};
void command_answer_clear(struct command_answer *a);

/*
 * Runs what `unlock` in dirfd names. Without that file *found is false and nothing
 * happens. Otherwise *found is true and a failure is final: ERR_CONFIG when the file or
 * the program is not to be trusted (others could change it), when it fails or when what
 * it prints cannot be a key; ERR_BUSY when it does not end in time. `shown` is the path
 * of the file for messages.
 *
 * The program gets nothing on its standard input and, of the environment, PATH, HOME,
 * USER, LOGNAME, LANG, XDG_RUNTIME_DIR, DBUS_SESSION_BUS_ADDRESS, GNUPGHOME and
 * SSH_AUTH_SOCK alone.
 */
bool command_unlock(int dirfd, const char *shown, int limit_ms, bool *found,
	struct command_answer *out, struct err *e) MUST_USE;

#endif
