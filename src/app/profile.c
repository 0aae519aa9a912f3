#include <config.h>

#include "app/profile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "app/command.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

#define KEY_INPUT_MAX 4096
#define HOST_FILE "host"
#define CREDENTIAL_NAME "calwiz.key"

/* Reads a key from a descriptor straight into protected memory. */
static bool read_key(struct vault_key *key, int fd, const char *shown, struct err *e)
{
	AUTO(secret) *text = secret_new(KEY_INPUT_MAX);
	char *bytes = secret_open(text);
	size_t len = 0;
	ssize_t got = 1;

	while (got > 0 && len < KEY_INPUT_MAX) {
		got = read(fd, bytes + len, KEY_INPUT_MAX - len);
		if (got > 0)
			len += (size_t)got;
		else if (got < 0 && errno == EINTR)
			got = 1;
	}
	bool ok = got == 0;
	if (got < 0)
		(void)err_errno(e, "read the key from %s", shown);
	else if (got > 0)
		(void)err_set(e, ERR_CONFIG, "%s is too large for a key", shown);
	secret_set_len(text, len);
	if (ok)
		ok = vault_key_parse(key, (struct str){bytes, len}, e) ||
		     err_wrap(e, "%s", shown);
	secret_close(text);
	return ok;
}

static bool key_from_descriptor(struct profile *p, int fd, struct err *e)
{
	if (fcntl(fd, F_GETFD) < 0)
		return err_set(e, ERR_USAGE, "--key-fd %d is not an open file", fd);
	p->unlocked_by = "--key-fd";
	return read_key(&p->key, fd, "--key-fd", e);
}

static bool key_from_file(struct profile *p, const char *path, struct err *e)
{
	p->unlocked_by = "--key-file";
	return vault_key_load(&p->key, AT_FDCWD, path, path, e);
}

static bool key_from_credential(struct profile *p, bool *found, struct err *e)
{
	*found = false;
	if (!p->paths.credentials)
		return true;
	AUTO_FREE char *path = xasprintf("%s/" CREDENTIAL_NAME, p->paths.credentials);
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return true;
	*found = true;
	p->unlocked_by = "systemd credential";
	return read_key(&p->key, fd, path, e);
}

static bool key_from_command(struct profile *p, bool *found, struct err *e)
{
	AUTO_FREE char *shown = xasprintf("%s/" COMMAND_FILE, p->paths.config);
	struct command_answer answer = {0};

	p->unlocked_by = "unlock command";
	if (!command_unlock(p->config_dir, shown, COMMAND_LIMIT_MS, found, &answer, e))
		return false;
	p->key = answer.key;
	p->passphrase = answer.passphrase;
	p->unlock_said = answer.said;
	return true;
}

static bool no_key(const struct profile *p, struct err *e)
{
	return err_set(e, ERR_CONFIG,
		"the settings are locked and there is no key: not %s/" KEY_FILE_NAME
		", not %s/" COMMAND_FILE ", not a systemd credential " CREDENTIAL_NAME
		", no --key-file and no --key-fd",
		p->paths.state, p->paths.config);
}

static bool key_from_state(struct profile *p, struct err *e)
{
	AUTO_FREE char *shown = xasprintf("%s/" KEY_FILE_NAME, p->paths.state);
	struct err why = {0};

	if (p->state_dir < 0)
		return no_key(p, e);
	p->unlocked_by = "key file";
	if (vault_key_load(&p->key, p->state_dir, KEY_FILE_NAME, shown, &why))
		return true;
	if (why.code == ERR_NO_INPUT)
		return no_key(p, e);
	return err_set(e, why.code, "%s", why.message);
}

static bool find_key(struct profile *p, const struct options *o, struct err *e)
{
	bool found = false;

	if (o->key_fd >= 0)
		return key_from_descriptor(p, o->key_fd, e);
	if (o->key_file)
		return key_from_file(p, o->key_file, e);
	if (!key_from_credential(p, &found, e))
		return false;
	if (!found && !key_from_command(p, &found, e))
		return false;
	return found || key_from_state(p, e);
}

static struct vault_unlock unlock_of(const struct profile *p)
{
	return p->passphrase ? (struct vault_unlock){.passphrase = p->passphrase}
	                     : (struct vault_unlock){.key = &p->key};
}

/* Opens a folder that may not be there yet; then *fd stays -1. */
static bool open_if_there(const char *path, int *fd, struct err *e)
{
	struct stat st;

	if (lstat(path, &st) < 0 && errno == ENOENT)
		return true;
	return dir_open_private(path, false, fd, e);
}

/* A name for this installation that survives the loss of our own files: derived from
 * the machine's id where there is one. */
static bool read_machine(struct buf *id)
{
	AUTO_CLOSE int etc = open("/etc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return etc >= 0 && file_read(etc, "machine-id", 256, id, NULL) && id->len >= 32;
}

/* Where there is none, a random one of our own, kept in the state folder. */
static void own_machine(const struct profile *p, struct buf *id)
{
	unsigned char fresh[16];
	char hex[2 * DIGEST_SIZE + 1];

	if (p->state_dir >= 0 && file_read(p->state_dir, HOST_FILE, 256, id, NULL))
		return;
	random_bytes(fresh, sizeof(fresh));
	const struct digest d = digest_of((struct str){(char *)fresh, sizeof(fresh)});
	digest_hex(&d, DIGEST_SIZE, hex);
	buf_text(id, hex);
	if (p->state_dir >= 0)
		(void)!file_replace(p->state_dir, HOST_FILE, buf_view(id), 0600, NULL);
}

static void find_host_id(struct profile *p)
{
	SCOPED(buf) seed = buf_with_max(1024);

	if (!read_machine(&seed)) {
		buf_reset(&seed);
		own_machine(p, &seed);
	}
	buf_text(&seed, "/calwiz-host");
	const struct digest id = digest_of(buf_view(&seed));
	digest_hex(&id, 16, p->host_id);
}

static bool open_vault(struct profile *p, const struct options *o, struct err *e)
{
	AUTO_FREE char *shown = xasprintf("%s/" VAULT_FILE, p->paths.config);
	AUTO(secret) *text = NULL;

	if (p->config_dir < 0 ||
		faccessat(p->config_dir, VAULT_FILE, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		return err_set(e, ERR_NO_INPUT,
			"nothing is configured yet: there is no %s", shown);
	if (!find_key(p, o, e))
		return false;
	const struct vault_unlock unlock = unlock_of(p);
	return vault_load(&p->vault, &text, p->config_dir, shown, &unlock, e) &&
	       settings_parse(&p->settings, text, e);
}

bool profile_open(struct profile *p, const struct options *o, struct err *e)
{
	*p = (struct profile){.config_dir = -1, .state_dir = -1};
	if (!paths_init(&p->paths, e) ||
		!open_if_there(p->paths.config, &p->config_dir, e) ||
		!open_if_there(p->paths.state, &p->state_dir, e))
		return false;
	find_host_id(p);
	return open_vault(p, o, e);
}

void profile_clear(struct profile *p)
{
	settings_clear(&p->settings);
	vault_free(p->vault);
	vault_key_clear(&p->key);
	secret_free(p->passphrase);
	if (p->config_dir >= 0)
		(void)close(p->config_dir);
	if (p->state_dir >= 0)
		(void)close(p->state_dir);
	paths_clear(&p->paths);
	*p = (struct profile){.config_dir = -1, .state_dir = -1};
}

static void tell(const struct profile_sink *sink, const char *step, bool done,
	const char *detail)
{
	const struct profile_news news = {.step = step, .done = done, .detail = detail};

	if (sink && sink->news)
		sink->news(sink->ctx, &news);
}

static bool need_folder(const char *path, int *fd, struct err *e)
{
	return *fd >= 0 || dir_open_private(path, true, fd, e);
}

/* The first save: key first, so that a vault without its key cannot exist. An unlock
 * command from before would be asked at the next run and bring a key that is not its.
 */
static bool make_vault(struct profile *p, struct err *e)
{
	AUTO(vault) *v = vault_new();

	if (faccessat(p->config_dir, COMMAND_FILE, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return err_set(e, ERR_CONFIG,
			"%s/" COMMAND_FILE
			" names a command that unlocks earlier settings; remove it "
			"first",
			p->paths.config);
	vault_key_clear(&p->key);
	vault_key_make(&p->key, vault_id(v));
	const struct vault_unlock unlock = {.key = &p->key};
	if (!vault_add_slot(v, "keyfile", &unlock, (int64_t)time(NULL), e) ||
		!vault_key_save(&p->key, p->state_dir, KEY_FILE_NAME, e))
		return false;
	p->unlocked_by = "key file";
	p->vault = take(&v);
	return true;
}

bool profile_save(struct profile *p, const struct profile_sink *sink, struct err *e)
{
	tell(sink, "Settings encrypted and written", false, "");
	if (!need_folder(p->paths.config, &p->config_dir, e) ||
		!need_folder(p->paths.state, &p->state_dir, e))
		return false;
	find_host_id(p);
	if (!p->vault && !make_vault(p, e))
		return false;
	AUTO(secret) *text = settings_format(&p->settings);
	SCOPED(settings) readable = {0};
	if (!settings_parse(&readable, text, e))
		return err_wrap(e, "these settings would not be readable again");
	const struct vault_unlock unlock = unlock_of(p);
	if (!vault_save(p->vault, text, p->config_dir, &unlock, e))
		return false;
	struct stat st = {0};
	(void)fstatat(p->config_dir, VAULT_FILE, &st, 0);
	AUTO_FREE char *size = xasprintf("%ld bytes", (long)st.st_size);
	tell(sink, "Settings encrypted and written", true, size);
	tell(sink, "Read back and compared", true, "");
	return true;
}

static void unlink_state(const struct profile *p, const char *account)
{
	static const char *const endings[] = {".db", ".db-journal", ".lock"};

	for (size_t i = 0; i < COUNT_OF(endings); i++) {
		AUTO_FREE char *name = xasprintf("%s%s", account, endings[i]);
		(void)unlinkat(p->state_dir, name, 0);
	}
}

bool profile_forget(struct profile *p, const char *account, struct err *e)
{
	AUTO_FREE char *name = xstrdup(account);

	for (size_t i = 0; i < p->settings.n_accounts; i++) {
		if (strcmp(p->settings.accounts[i].name, name) != 0)
			continue;
		settings_remove(&p->settings, i);
		if (p->settings.n_accounts) {
			if (!profile_save(p, NULL, e))
				return false;
		} else {
			static const char *const files[] = {VAULT_FILE,
				VAULT_FILE ".prev"};
			for (size_t f = 0; f < COUNT_OF(files); f++)
				if (unlinkat(p->config_dir, files[f], 0) < 0 &&
					errno != ENOENT)
					return err_errno(e, "remove %s", files[f]);
			(void)unlinkat(p->state_dir, KEY_FILE_NAME, 0);
			(void)unlinkat(p->state_dir, "status.json", 0);
			(void)unlinkat(p->state_dir, "sandbox", 0);
		}
		unlink_state(p, name);
		return true;
	}
	return err_set(e, ERR_USAGE, "there is no account %s", safe(str_of(name)).text);
}
