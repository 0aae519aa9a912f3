#include <config.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

#include "base/file.h"
#include "base/mem.h"
#include "store/vault.h"
#include "store/vault_image.h"

#define SHOWN "/etc/calwiz-test/config.cwv"
#define TEXT_1 "calwiz-config 1\nanswer 1\nend\n"
#define TEXT_2 "calwiz-config 1\nanswer 2\nend\n"

/*
 * System calls under our own names, which fail when told to: the countdown reaches 1 at
 * the call that does. 0 = never.
 */
enum call { CALL_WRITE, CALL_FSYNC, CALL_LINK, CALL_RENAME, CALLS };
static int countdown[CALLS];
static int fault_errno; /* negative: the process ends there */
#define KILLED 99

static bool fault(enum call call)
{
	if (countdown[call] == 0 || --countdown[call] != 0)
		return false;
	if (fault_errno < 0)
		_exit(KILLED);
	errno = fault_errno;
	return true;
}

ssize_t write(int fd, const void *bytes, size_t len)
{
	return fault(CALL_WRITE) ? -1 : (ssize_t)syscall(SYS_write, fd, bytes, len);
}

int fsync(int fd)
{
	return fault(CALL_FSYNC) ? -1 : (int)syscall(SYS_fsync, fd);
}

int linkat(int from_fd, const char *from, int to_fd, const char *to, int flags)
{
	if (fault(CALL_LINK))
		return -1;
	return (int)syscall(SYS_linkat, from_fd, from, to_fd, to, flags);
}

int renameat(int from_fd, const char *from, int to_fd, const char *to)
{
	if (fault(CALL_RENAME))
		return -1;
	return (int)syscall(SYS_renameat2, from_fd, from, to_fd, to, 0);
}

/* Waiting for a lock costs no time here. */
int nanosleep(const struct timespec *wanted, struct timespec *left)
{
	(void)wanted;
	(void)left;
	return 0;
}

/* What the slow hash was asked for; more memory than kdf_limit is refused. */
static size_t kdf_memory[8];
static unsigned kdf_calls;
static size_t kdf_limit = SIZE_MAX;

int crypto_pwhash(unsigned char *const out, unsigned long long outlen,
	const char *const passwd, unsigned long long passwdlen,
	const unsigned char *const salt, unsigned long long opslimit, size_t memlimit,
	int alg)
{
	if (kdf_calls < COUNT_OF(kdf_memory))
		kdf_memory[kdf_calls] = memlimit;
	kdf_calls++;
	if (memlimit > kdf_limit)
		return -1;
	return crypto_pwhash_argon2id(out, outlen, passwd, passwdlen, salt, opslimit,
		memlimit, alg);
}

struct fixture {
	char folder[64];
	int dirfd;
	struct vault_key key;
	struct vault_unlock unlock;
};

static int make_folder(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));
	struct err e = {0};

	assert_true(secrets_init(&e));
	(void)snprintf(f->folder, sizeof(f->folder), "/tmp/calwiz-vault-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	assert_true(dir_open_private(f->folder, false, &f->dirfd, &e));
	memset(countdown, 0, sizeof(countdown));
	kdf_calls = 0;
	kdf_limit = SIZE_MAX;
	*state = f;
	return 0;
}

static int remove_folder(void **state)
{
	struct fixture *f = *state;
	DIR *dir = opendir(f->folder);

	memset(countdown, 0, sizeof(countdown));
	assert_non_null(dir);
	for (struct dirent *d = readdir(dir); d; d = readdir(dir))
		if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0)
			(void)unlinkat(f->dirfd, d->d_name, 0);
	(void)closedir(dir);
	(void)close(f->dirfd);
	assert_int_equal(rmdir(f->folder), 0);
	vault_key_clear(&f->key);
	free(f);
	return 0;
}

/* A vault with a slot for the key of the fixture, not saved yet. */
static struct vault *new_vault(struct fixture *f)
{
	struct vault *v = vault_new();

	vault_key_clear(&f->key);
	vault_key_make(&f->key, vault_id(v));
	f->unlock = (struct vault_unlock){.key = &f->key};
	assert_true(vault_add_slot(v, "keyfile", &f->unlock, 1700000000, NULL));
	return v;
}

static bool save_text(struct vault *v, const char *text, const struct fixture *f,
	struct err *e)
{
	AUTO(secret) *s = secret_from(str_of(text));
	return vault_save(v, s, f->dirfd, &f->unlock, e);
}

/* A folder with generation 1, TEXT_1 in it. */
static struct vault *saved_vault(struct fixture *f)
{
	struct vault *v = new_vault(f);
	struct err e = {0};

	if (!save_text(v, TEXT_1, f, &e))
		fail_msg("%s", e.message);
	return v;
}

static struct vault *load(const struct fixture *f, const char *text)
{
	struct vault *v = NULL;
	AUTO(secret) *got = NULL;
	AUTO(secret) *wanted = secret_from(str_of(text));
	struct err e = {0};

	if (!vault_load(&v, &got, f->dirfd, SHOWN, &f->unlock, &e))
		fail_msg("%s", e.message);
	assert_true(secret_equal(got, wanted));
	return v;
}

static void assert_holds(const struct fixture *f, const char *text, uint64_t generation)
{
	AUTO(vault) *v = load(f, text);
	assert_int_equal(vault_generation(v), generation);
}

static void assert_load_refused(const struct fixture *f, enum err_code code,
	const char *said)
{
	struct vault *v = NULL;
	struct secret *text = NULL;
	struct err e = {0};

	assert_false(vault_load(&v, &text, f->dirfd, SHOWN, &f->unlock, &e));
	assert_int_equal(e.code, code);
	if (!strstr(e.message, said))
		fail_msg("\"%s\" does not say \"%s\"", e.message, said);
	assert_null(v);
	assert_null(text);
}

static size_t count_files(const struct fixture *f, const char *prefix)
{
	DIR *dir = opendir(f->folder);
	size_t count = 0;

	assert_non_null(dir);
	for (struct dirent *d = readdir(dir); d; d = readdir(dir))
		count += !strncmp(d->d_name, prefix, strlen(prefix));
	(void)closedir(dir);
	return count;
}

static bool exists(const struct fixture *f, const char *name)
{
	return faccessat(f->dirfd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static struct buf bytes_of(const struct fixture *f, const char *name)
{
	struct buf b = buf_with_max(VAULT_IMAGE_MAX);

	assert_true(file_read(f->dirfd, name, VAULT_IMAGE_MAX, &b, NULL));
	return b;
}

static void put_bytes(const struct fixture *f, const char *name, struct str bytes)
{
	assert_true(file_replace(f->dirfd, name, bytes, 0600, NULL));
}

static void test_new(void **state)
{
	AUTO(vault) *a = vault_new();
	AUTO(vault) *b = vault_new();

	(void)state;
	assert_int_equal(vault_generation(a), 0);
	assert_int_equal(vault_slot_count(a), 0);
	assert_memory_not_equal(vault_id(a), vault_id(b), VAULT_ID_SIZE);
}

static void test_seal_and_open(void **state)
{
	struct fixture *f = *state;
	AUTO(vault) *v = new_vault(f);
	AUTO(vault) *again = NULL;
	AUTO(secret) *text = secret_from(STR(TEXT_1));
	AUTO(secret) *same = NULL;
	SCOPED(buf) one = buf_with_max(VAULT_IMAGE_MAX);
	SCOPED(buf) two = buf_with_max(VAULT_IMAGE_MAX);

	assert_true(vault_seal(v, text, &one, NULL));
	assert_true(vault_seal(v, text, &two, NULL));
	assert_int_equal(vault_generation(v), 0);
	assert_false(
		str_eq(buf_view(&one), buf_view(&two))); /* a fresh nonce each time */
	assert_true(vault_open_image(&again, &same, buf_view(&one), &f->unlock, NULL));
	assert_true(secret_equal(text, same));
	assert_int_equal(vault_generation(again), 1);
	assert_int_equal(vault_slot_count(again), 1);
}

static void test_seal_without_slot(void **state)
{
	AUTO(vault) *v = vault_new();
	AUTO(secret) *text = secret_from(STR(TEXT_1));
	SCOPED(buf) image = buf_with_max(VAULT_IMAGE_MAX);
	struct err e = {0};

	(void)state;
	assert_false(vault_seal(v, text, &image, &e));
	assert_int_equal(e.code, ERR_INTERNAL);
	assert_int_equal(image.len, 0);
}

static void test_add_slot_refusals(void **state)
{
	struct fixture *f = *state;
	AUTO(vault) *v = new_vault(f);
	AUTO(secret) *empty = secret_new(8);
	const struct vault_unlock by_nothing = {.passphrase = empty};
	struct err e = {0};

	assert_false(vault_add_slot(v, "Key file", &f->unlock, 0, &e));
	assert_int_equal(e.code, ERR_USAGE);
	assert_false(vault_add_slot(v, "sixteen-letters-", &f->unlock, 0, &e));
	assert_false(vault_add_slot(v, "recovery", &by_nothing, 0, &e));
	assert_int_equal(vault_slot_count(v), 1);
	while (vault_slot_count(v) < VAULT_SLOTS_MAX)
		assert_true(vault_add_slot(v, "more", &f->unlock, 0, &e));
	assert_false(vault_add_slot(v, "ninth", &f->unlock, 0, &e));
	assert_int_equal(e.code, ERR_USAGE);
	assert_true(save_text(v, TEXT_1, f, &e));
	assert_holds(f, TEXT_1, 1);
}

/* 256 MiB where there is memory. */
static void test_passphrase_cost(void **state)
{
	struct fixture *f = *state;
	AUTO(vault) *v = new_vault(f);
	AUTO(secret) *words = secret_from(STR("a sentence that nobody else types"));
	const struct vault_unlock u = {.passphrase = words};

	assert_true(vault_add_slot(v, "recovery", &u, 1700000000, NULL));
	assert_int_equal(kdf_calls, 1);
	assert_int_equal(kdf_memory[0], 256 << 20);
}

/* 64 MiB where there is not; what was used is stored, so that it opens again. */
static void test_passphrase_cost_fallback(void **state)
{
	struct fixture *f = *state;
	AUTO(vault) *v = new_vault(f);
	AUTO(secret) *words = secret_from(STR("a sentence that nobody else types"));

	kdf_limit = 64 << 20;
	f->unlock = (struct vault_unlock){.passphrase = words};
	assert_true(vault_add_slot(v, "recovery", &f->unlock, 1700000000, NULL));
	assert_int_equal(kdf_calls, 2);
	assert_int_equal(kdf_memory[0], 256 << 20);
	assert_int_equal(kdf_memory[1], 64 << 20);
	kdf_limit = SIZE_MAX;
	assert_true(save_text(v, TEXT_1, f, NULL));
	assert_int_equal(kdf_calls, 3); /* the read-back really unlocks */
	assert_int_equal(kdf_memory[2], 64 << 20);
	/* No memory at all is not the same as a wrong passphrase. */
	kdf_limit = 1 << 20;
	assert_load_refused(f, ERR_SYSTEM, "64 MB of memory");
	struct err e = {0};
	assert_false(vault_add_slot(v, "another", &f->unlock, 0, &e));
	assert_int_equal(e.code, ERR_SYSTEM);
	assert_int_equal(vault_slot_count(v), 2);
}

static int child_status(pid_t child)
{
	int status = 0;

	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/* The same with a real limit on the address space, as `ulimit -v 200000` sets it. */
static void test_passphrase_under_memory_limit(void **state)
{
#ifdef __SANITIZE_ADDRESS__
	(void)state;
	skip(); /* the sanitizer's shadow alone is larger */
#else
	struct fixture *f = *state;
	const pid_t child = fork();
	if (child == 0) {
		const struct rlimit limit = {200000 * 1024, 200000 * 1024};
		struct vault *v = vault_new();
		struct secret *words = secret_from(STR("a sentence nobody types"));
		f->unlock = (struct vault_unlock){.passphrase = words};
		const bool done = setrlimit(RLIMIT_AS, &limit) == 0 &&
		                  vault_add_slot(v, "recovery", &f->unlock, 0, NULL) &&
		                  save_text(v, TEXT_1, f, NULL);
		_exit(done && kdf_calls == 3 && kdf_memory[2] == 64 << 20 ? 0 : 1);
	}
	assert_int_equal(child_status(child), 0);
#endif
}

/* Locked memory is a wish: without the right to it everything still works. */
static void test_without_locked_memory(void **state)
{
	struct fixture *f = *state;
	vault_free(saved_vault(f));
	const pid_t child = fork();

	if (child == 0) {
		const struct rlimit none = {0, 0};
		/* The limit does not bind root, so it is left behind where it is had.
		 */
		if (setrlimit(RLIMIT_MEMLOCK, &none) < 0 ||
			(geteuid() == 0 && (fchown(f->dirfd, 12345, (gid_t)-1) < 0 ||
						   fchownat(f->dirfd, VAULT_FILE, 12345,
							   (gid_t)-1, 0) < 0 ||
						   setuid(12345) < 0)))
			_exit(2);
		AUTO(vault) *again = NULL;
		AUTO(secret) *text = NULL;
		_exit(vault_load(&again, &text, f->dirfd, SHOWN, &f->unlock, NULL) ? 0
										   : 1);
	}
	const int status = child_status(child);
	if (geteuid() == 0)
		(void)!fchown(f->dirfd, 0, (gid_t)-1);
	assert_int_equal(status, 0);
}

static void test_save_and_load(void **state)
{
	struct fixture *f = *state;
	AUTO(vault) *v = saved_vault(f);
	struct stat st;

	assert_int_equal(vault_generation(v), 1);
	assert_int_equal(fstatat(f->dirfd, VAULT_FILE, &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_nlink, 1);
	assert_false(exists(f, VAULT_PREV_FILE));
	assert_holds(f, TEXT_1, 1);
	assert_true(save_text(v, TEXT_2, f, NULL));
	assert_int_equal(vault_generation(v), 2);
	assert_holds(f, TEXT_2, 2);
	assert_int_equal(count_files(f, ".config.cwv."), 0);
}

static void test_previous_is_kept(void **state)
{
	struct fixture *f = *state;
	AUTO(vault) *v = saved_vault(f);
	SCOPED(buf) before = bytes_of(f, VAULT_FILE);

	assert_true(save_text(v, TEXT_2, f, NULL));
	SCOPED(buf) prev = bytes_of(f, VAULT_PREV_FILE);
	assert_true(str_eq(buf_view(&before), buf_view(&prev)));
	assert_true(save_text(v, TEXT_1, f, NULL));
	assert_holds(f, TEXT_1, 3);
	assert_true(vault_forget_prev(f->dirfd, NULL));
	assert_false(exists(f, VAULT_PREV_FILE));
	assert_true(vault_forget_prev(f->dirfd, NULL));
}

static void test_damaged_previous_is_ignored(void **state)
{
	struct fixture *f = *state;
	AUTO(vault) *v = saved_vault(f);

	put_bytes(f, VAULT_PREV_FILE, STR("no vault at all"));
	assert_holds(f, TEXT_1, 1);
	assert_true(save_text(v, TEXT_2, f, NULL));
	assert_holds(f, TEXT_2, 2);
	SCOPED(buf) prev = bytes_of(f, VAULT_PREV_FILE);
	assert_int_equal(prev.len, 1288);
}

static void test_load_missing(void **state)
{
	struct fixture *f = *state;
	vault_free(new_vault(f));

	assert_load_refused(f, ERR_NO_INPUT, SHOWN);
	assert_int_equal(err_exit_status(ERR_NO_INPUT), 66);
}

static void test_load_plain_text(void **state)
{
	struct fixture *f = *state;
	vault_free(saved_vault(f));

	put_bytes(f, VAULT_FILE, STR(TEXT_1));
	assert_load_refused(f, ERR_CONFIG, SHOWN ": this is plain text");
}

static void test_load_damaged(void **state)
{
	struct fixture *f = *state;
	vault_free(saved_vault(f));
	SCOPED(buf) image = bytes_of(f, VAULT_FILE);

	put_bytes(f, VAULT_FILE, str_slice(buf_view(&image), 0, 700));
	assert_load_refused(f, ERR_CONFIG, "cut off; config.cwv.prev");
	image.ptr[1000] ^= 1;
	put_bytes(f, VAULT_FILE, buf_view(&image));
	assert_load_refused(f, ERR_CONFIG, "seal of the contents");
	put_bytes(f, VAULT_FILE, STR(""));
	assert_load_refused(f, ERR_CONFIG, "cut off");
}

static void test_load_too_large(void **state)
{
	struct fixture *f = *state;
	vault_free(saved_vault(f));
	AUTO_CLOSE int fd = openat(f->dirfd, VAULT_FILE, O_WRONLY);

	assert_int_equal(ftruncate(fd, VAULT_IMAGE_MAX + 1), 0);
	assert_load_refused(f, ERR_CONFIG, "too large");
	assert_int_equal(ftruncate(fd, 5LL << 30), 0);
	assert_load_refused(f, ERR_CONFIG, "too large");
}

static void test_load_other_key(void **state)
{
	struct fixture *f = *state;
	vault_free(saved_vault(f));
	vault_free(new_vault(f));

	assert_load_refused(f, ERR_CONFIG, "the key belongs to another vault");
}

static void test_load_rights(void **state)
{
	static const mode_t modes[] = {0644, 0660, 0604, 0640, 0620, 0602, 0777};
	struct fixture *f = *state;
	vault_free(saved_vault(f));
	struct stat st;

	for (size_t i = 0; i < COUNT_OF(modes); i++) {
		assert_int_equal(fchmodat(f->dirfd, VAULT_FILE, modes[i], 0), 0);
		assert_load_refused(f, ERR_CONFIG, "chmod 600 '" SHOWN "'");
		assert_int_equal(fstatat(f->dirfd, VAULT_FILE, &st, 0), 0);
		assert_int_equal(st.st_mode & 07777, modes[i]); /* never mended here */
	}
	assert_int_equal(fchmodat(f->dirfd, VAULT_FILE, 0400, 0), 0);
	assert_holds(f, TEXT_1, 1);
}

static void test_load_folder_rights(void **state)
{
	struct fixture *f = *state;
	vault_free(saved_vault(f));
	struct stat st;

	assert_int_equal(fchmod(f->dirfd, 0777), 0);
	assert_load_refused(f, ERR_CONFIG, "chmod 700 '/etc/calwiz-test'");
	assert_int_equal(fstat(f->dirfd, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0777);
	assert_int_equal(fchmod(f->dirfd, 0720), 0);
	assert_load_refused(f, ERR_CONFIG, "chmod 700");
	assert_int_equal(fchmod(f->dirfd, 0755), 0);
	assert_holds(f, TEXT_1, 1);
}

static void test_load_foreign_owner(void **state)
{
	struct fixture *f = *state;
	vault_free(saved_vault(f));

	if (geteuid() != 0)
		skip();
	assert_int_equal(fchownat(f->dirfd, VAULT_FILE, 12345, (gid_t)-1, 0), 0);
	assert_load_refused(f, ERR_CONFIG, "belongs to another user");
	assert_int_equal(fchownat(f->dirfd, VAULT_FILE, 0, (gid_t)-1, 0), 0);
	assert_int_equal(fchown(f->dirfd, 12345, (gid_t)-1), 0);
	assert_load_refused(f, ERR_CONFIG, "chown 0 '/etc/calwiz-test'");
	assert_int_equal(fchown(f->dirfd, 0, (gid_t)-1), 0);
}

static void test_load_symlink(void **state)
{
	struct fixture *f = *state;
	vault_free(saved_vault(f));

	assert_int_equal(renameat(f->dirfd, VAULT_FILE, f->dirfd, "target"), 0);
	assert_int_equal(symlinkat("target", f->dirfd, VAULT_FILE), 0);
	assert_load_refused(f, ERR_CONFIG, "symbolic link");
}

static void test_load_fifo(void **state)
{
	struct fixture *f = *state;
	vault_free(new_vault(f));

	assert_int_equal(mkfifoat(f->dirfd, VAULT_FILE, 0600), 0);
	assert_load_refused(f, ERR_CONFIG, "not a plain file");
}

static void test_load_hard_link(void **state)
{
	struct fixture *f = *state;
	vault_free(saved_vault(f));

	assert_int_equal(linkat(f->dirfd, VAULT_FILE, f->dirfd, "shared", 0), 0);
	assert_load_refused(f, ERR_CONFIG, "cp -p '" SHOWN "' '" SHOWN ".new' && mv");
	/* The same with our own second name beside the foreign one. */
	assert_int_equal(linkat(f->dirfd, VAULT_FILE, f->dirfd, VAULT_PREV_FILE, 0), 0);
	assert_load_refused(f, ERR_CONFIG, "another name");
}

/* What a crash between linking config.cwv.prev and renaming leaves behind is no fault.
 */
static void test_crash_after_link(void **state)
{
	struct fixture *f = *state;
	AUTO(vault) *v = saved_vault(f);

	assert_int_equal(linkat(f->dirfd, VAULT_FILE, f->dirfd, VAULT_PREV_FILE, 0), 0);
	assert_holds(f, TEXT_1, 1);
	assert_true(save_text(v, TEXT_2, f, NULL));
	assert_holds(f, TEXT_2, 2);
}

static void assert_busy(const struct fixture *f, struct vault *v, const char *text)
{
	struct err e = {0};

	assert_false(save_text(v, text, f, &e));
	assert_int_equal(e.code, ERR_BUSY);
	assert_non_null(strstr(e.message, "changed by another run"));
	assert_int_equal(count_files(f, ".config.cwv."), 0);
}

static void test_two_writers(void **state)
{
	struct fixture *f = *state;
	AUTO(vault) *first = saved_vault(f);
	AUTO(vault) *second = load(f, TEXT_1);

	assert_true(save_text(second, TEXT_2, f, NULL));
	assert_busy(f, first, TEXT_1);
	assert_holds(f, TEXT_2, 2);
	AUTO(vault) *again = load(f, TEXT_2);
	assert_true(save_text(again, TEXT_1, f, NULL));
	assert_holds(f, TEXT_1, 3);
}

/* Two first set-ups at once: the second is told, too. */
static void test_two_new_vaults(void **state)
{
	struct fixture *f = *state;
	vault_free(saved_vault(f));
	struct vault_key first_key = f->key;

	f->key = (struct vault_key){0};
	AUTO(vault) *second = new_vault(f);
	assert_busy(f, second, TEXT_2);
	vault_key_clear(&f->key);
	f->key = first_key;
	assert_holds(f, TEXT_1, 1);
}

static void test_file_removed_meanwhile(void **state)
{
	struct fixture *f = *state;
	AUTO(vault) *v = saved_vault(f);

	assert_int_equal(unlinkat(f->dirfd, VAULT_FILE, 0), 0);
	assert_busy(f, v, TEXT_2);
	assert_false(exists(f, VAULT_FILE));
}

static void test_lock_held(void **state)
{
	struct fixture *f = *state;
	AUTO(vault) *v = saved_vault(f);
	AUTO_CLOSE int lock = -1;

	assert_true(file_lock(f->dirfd, ".lock", 0, &lock, NULL));
	struct err e = {0};
	assert_false(save_text(v, TEXT_2, f, &e));
	assert_int_equal(e.code, ERR_BUSY);
	assert_holds(f, TEXT_1, 1);
}

/* A new data key, id and key file after a slot was removed or a key was lost. The copy
 * of the old vault opens with the old key; the new one does not. */
static void test_replace(void **state)
{
	struct fixture *f = *state;
	AUTO(vault) *old = saved_vault(f);
	SCOPED(buf) old_image = bytes_of(f, VAULT_FILE);
	SCOPED(vault_key) old_key = f->key;
	const struct vault_unlock by_old = {.key = &old_key};
	struct err e = {0};

	f->key = (struct vault_key){0};
	AUTO(vault) *fresh = new_vault(f);
	assert_true(vault_replace(fresh, f->dirfd, &e));
	assert_true(save_text(fresh, TEXT_2, f, &e));
	assert_holds(f, TEXT_2, 1);
	assert_busy(f, old, TEXT_1);
	AUTO(vault) *v = NULL;
	AUTO(secret) *text = NULL;
	assert_false(vault_load(&v, &text, f->dirfd, SHOWN, &by_old, &e));
	assert_true(vault_open_image(&v, &text, buf_view(&old_image), &by_old, &e));
}

static void test_replace_is_not_blind(void **state)
{
	struct fixture *f = *state;
	AUTO(vault) *old = saved_vault(f);
	SCOPED(vault_key) old_key = f->key;
	const struct vault_unlock by_old = {.key = &old_key};
	AUTO(secret) *text = secret_from(STR(TEXT_2));

	f->key = (struct vault_key){0};
	AUTO(vault) *fresh = new_vault(f);
	assert_true(vault_replace(fresh, f->dirfd, NULL));
	assert_true(vault_save(old, text, f->dirfd, &by_old, NULL));
	assert_busy(f, fresh, TEXT_1);
}

/* The wizard opens config.cwv.prev because the file itself is damaged. */
static void test_restore_from_previous(void **state)
{
	struct fixture *f = *state;
	AUTO(vault) *v = saved_vault(f);
	AUTO(vault) *prev = NULL;
	AUTO(secret) *text = NULL;

	assert_true(save_text(v, TEXT_2, f, NULL));
	SCOPED(buf) image = bytes_of(f, VAULT_PREV_FILE);
	put_bytes(f, VAULT_FILE, STR("damaged"));
	assert_true(vault_open_image(&prev, &text, buf_view(&image), &f->unlock, NULL));
	assert_busy(f, prev, TEXT_1);
	assert_true(vault_replace(prev, f->dirfd, NULL));
	assert_true(save_text(prev, TEXT_1, f, NULL));
	assert_holds(f, TEXT_1, 2);
}

/* The read-back goes through the key that will be used later. One that does not fit
 * must not shut the person out. */
static void test_save_with_wrong_key(void **state)
{
	struct fixture *f = *state;
	AUTO(vault) *v = saved_vault(f);
	SCOPED(vault_key) wrong = {0};
	const struct vault_unlock by_wrong = {.key = &wrong};
	AUTO(secret) *text = secret_from(STR(TEXT_2));
	struct err e = {0};

	vault_key_make(&wrong, vault_id(v));
	assert_false(vault_save(v, text, f->dirfd, &by_wrong, &e));
	assert_int_equal(e.code, ERR_CONFIG);
	assert_non_null(strstr(e.message, "read back"));
	assert_int_equal(count_files(f, ".config.cwv."), 0);
	assert_false(exists(f, VAULT_PREV_FILE));
	assert_holds(f, TEXT_1, 1);
	assert_true(save_text(v, TEXT_2, f, &e));
}

static void test_faults(void **state)
{
	static const struct {
		enum call call;
		int at;
		int number;
	} cases[] = {
		{CALL_WRITE, 1, ENOSPC},
		{CALL_WRITE, 1, EDQUOT},
		{CALL_WRITE, 1, EIO},
		{CALL_FSYNC, 1, ENOSPC}, /* of the temporary */
		{CALL_FSYNC, 1, EIO},
		{CALL_FSYNC, 2, EIO}, /* of the folder, before the rename */
		{CALL_LINK, 1, ENOSPC},
		{CALL_LINK, 1, EIO},
		{CALL_RENAME, 1, ENOSPC},
		{CALL_RENAME, 1, EIO},
	};
	struct fixture *f = *state;
	AUTO(vault) *v = saved_vault(f);
	SCOPED(buf) before = bytes_of(f, VAULT_FILE);

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct err e = {0};
		countdown[cases[i].call] = cases[i].at;
		fault_errno = cases[i].number;
		assert_false(save_text(v, TEXT_2, f, &e));
		assert_int_equal(countdown[cases[i].call], 0); /* it did happen */
		assert_int_equal(err_exit_status(e.code), 74);
		assert_non_null(strstr(e.message, "save the settings"));
		SCOPED(buf) after = bytes_of(f, VAULT_FILE);
		assert_true(str_eq(buf_view(&before), buf_view(&after)));
		assert_int_equal(count_files(f, ".config.cwv."), 0);
		assert_holds(f, TEXT_1, 1);
	}
	/* And then another attempt, when there is room again. */
	assert_true(save_text(v, TEXT_2, f, NULL));
	assert_holds(f, TEXT_2, 2);
}

/* The last sync fails when the new file is in place already; the vault knows it. */
static void test_last_sync_fails(void **state)
{
	struct fixture *f = *state;
	AUTO(vault) *v = saved_vault(f);
	struct err e = {0};

	countdown[CALL_FSYNC] = 3;
	fault_errno = EIO;
	assert_false(save_text(v, TEXT_2, f, &e));
	assert_int_equal(e.code, ERR_LOCAL);
	assert_holds(f, TEXT_2, 2);
	assert_true(save_text(v, TEXT_1, f, &e));
	assert_holds(f, TEXT_1, 3);
}

static void test_no_hard_links(void **state)
{
	struct fixture *f = *state;
	AUTO(vault) *v = saved_vault(f);

	countdown[CALL_LINK] = 1;
	fault_errno = EPERM;
	assert_true(save_text(v, TEXT_2, f, NULL));
	assert_holds(f, TEXT_2, 2);
	assert_false(exists(f, VAULT_PREV_FILE));
}

static void test_first_save_faults(void **state)
{
	struct fixture *f = *state;
	AUTO(vault) *v = new_vault(f);
	struct err e = {0};

	countdown[CALL_RENAME] = 1;
	fault_errno = EIO;
	assert_false(save_text(v, TEXT_1, f, &e));
	assert_false(exists(f, VAULT_FILE));
	assert_int_equal(count_files(f, ".config.cwv."), 0);
	assert_int_equal(vault_generation(v), 0);
	assert_true(save_text(v, TEXT_1, f, &e));
	assert_holds(f, TEXT_1, 1);
}

/* A real limit on the size of files: part of the temporary is written, then no more. */
static void test_file_size_limit(void **state)
{
	struct fixture *f = *state;
	AUTO(vault) *v = saved_vault(f);
	const pid_t child = fork();

	if (child == 0) {
		const struct rlimit limit = {512, 512};
		const struct sigaction ignore = {.sa_handler = SIG_IGN};
		struct err e = {0};
		if (sigaction(SIGXFSZ, &ignore, NULL) < 0 ||
			setrlimit(RLIMIT_FSIZE, &limit) < 0)
			_exit(2);
		const bool done = save_text(v, TEXT_2, f, &e);
		_exit(!done && e.code == ERR_LOCAL ? 0 : 1);
	}
	assert_int_equal(child_status(child), 0);
	assert_int_equal(count_files(f, ".config.cwv."), 0);
	assert_holds(f, TEXT_1, 1);
}

/* Killed at each system call that changes the disk: always one of the two is there, and
 * the next run saves. */
static void test_killed_at_each_step(void **state)
{
	static const struct {
		enum call call;
		int at;
	} cases[] = {{CALL_WRITE, 1}, {CALL_FSYNC, 1}, {CALL_FSYNC, 2}, {CALL_FSYNC, 3},
		{CALL_LINK, 1}, {CALL_RENAME, 1}};
	struct fixture *f = *state;
	AUTO(vault) *v = saved_vault(f);

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const pid_t child = fork();
		if (child == 0) {
			countdown[cases[i].call] = cases[i].at;
			fault_errno = -1;
			(void)!save_text(v, TEXT_2, f, NULL);
			_exit(0);
		}
		assert_int_equal(child_status(child), KILLED);
		AUTO(vault) *next = NULL;
		AUTO(secret) *text = NULL;
		struct err e = {0};
		if (!vault_load(&next, &text, f->dirfd, SHOWN, &f->unlock, &e))
			fail_msg("case %zu: %s", i, e.message);
		assert_true(save_text(next, TEXT_1, f, &e));
		vault_free(v);
		v = take(&next);
	}
}

#define IN_FOLDER(test)                                                                \
	cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(test_new),
		IN_FOLDER(test_seal_and_open),
		IN_FOLDER(test_seal_without_slot),
		IN_FOLDER(test_add_slot_refusals),
		IN_FOLDER(test_passphrase_cost),
		IN_FOLDER(test_passphrase_cost_fallback),
		IN_FOLDER(test_passphrase_under_memory_limit),
		IN_FOLDER(test_without_locked_memory),
		IN_FOLDER(test_save_and_load),
		IN_FOLDER(test_previous_is_kept),
		IN_FOLDER(test_damaged_previous_is_ignored),
		IN_FOLDER(test_load_missing),
		IN_FOLDER(test_load_plain_text),
		IN_FOLDER(test_load_damaged),
		IN_FOLDER(test_load_too_large),
		IN_FOLDER(test_load_other_key),
		IN_FOLDER(test_load_rights),
		IN_FOLDER(test_load_folder_rights),
		IN_FOLDER(test_load_foreign_owner),
		IN_FOLDER(test_load_symlink),
		IN_FOLDER(test_load_fifo),
		IN_FOLDER(test_load_hard_link),
		IN_FOLDER(test_crash_after_link),
		IN_FOLDER(test_two_writers),
		IN_FOLDER(test_two_new_vaults),
		IN_FOLDER(test_file_removed_meanwhile),
		IN_FOLDER(test_lock_held),
		IN_FOLDER(test_replace),
		IN_FOLDER(test_replace_is_not_blind),
		IN_FOLDER(test_restore_from_previous),
		IN_FOLDER(test_save_with_wrong_key),
		IN_FOLDER(test_faults),
		IN_FOLDER(test_last_sync_fails),
		IN_FOLDER(test_no_hard_links),
		IN_FOLDER(test_first_save_faults),
		IN_FOLDER(test_file_size_limit),
		IN_FOLDER(test_killed_at_each_step),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
