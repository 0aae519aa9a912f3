#include <config.h>

#include "store/vault.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/mem.h"
#include "store/private_file.h"
#include "store/vault_image.h"

#define LOCK_FILE ".lock"
#define LOCK_WAIT_MS 5000
#define TEMPORARY_SIZE 32

#define KDF_OPS 3U
#define KDF_MEM (256ULL << 20)
#define KDF_MEM_SHORT (64ULL << 20)

struct vault {
	struct vault_head
		head;       /* generation as last opened or saved; 0 = never saved */
	struct secret *dek; /* owns */
	bool on_disk;       /* a save replaces the file with this digest */
	struct digest file;
};

void vault_free(struct vault *v)
{
	if (!v)
		return;
	secret_free(v->dek);
	free(v);
}

struct vault *vault_new(void)
{
	struct vault *v = xcalloc(1, sizeof(*v));

	v->dek = secret_new(VAULT_DEK_SIZE);
	random_bytes(v->head.vault_id, sizeof(v->head.vault_id));
	random_bytes(secret_open(v->dek), VAULT_DEK_SIZE);
	secret_set_len(v->dek, VAULT_DEK_SIZE);
	secret_close(v->dek);
	return v;
}

const unsigned char *vault_id(const struct vault *v)
{
	return v->head.vault_id;
}

uint64_t vault_generation(const struct vault *v)
{
	return v->head.generation;
}

size_t vault_slot_count(const struct vault *v)
{
	return v->head.n_slots;
}

static bool slot_id_taken(const struct vault_head *h, unsigned id)
{
	for (size_t i = 0; i < h->n_slots; i++)
		if (h->slots[i].id == id)
			return true;
	return false;
}

static unsigned char free_slot_id(const struct vault_head *h)
{
	unsigned id = 1;

	while (slot_id_taken(h, id))
		id++;
	return (unsigned char)id; /* eight slots never reach 255 */
}

/* A memory-capped unit or container cannot give the usual amount; the smaller one is
 * the second recommendation of RFC 9106 section 4. */
static bool wrap_passphrase(struct vault_slot *s, const struct vault *v,
	const struct vault_unlock *u, struct err *e)
{
	struct err first = {0};

	s->opslimit = KDF_OPS;
	s->memlimit = KDF_MEM;
	if (vault_slot_wrap(s, v->head.vault_id, v->dek, u, &first))
		return true;
	s->memlimit = KDF_MEM_SHORT;
	return vault_slot_wrap(s, v->head.vault_id, v->dek, u, e);
}

bool vault_add_slot(struct vault *v, const char *label, const struct vault_unlock *u,
	int64_t created, struct err *e)
{
	struct vault_slot s = {.kind = u->key ? SLOT_KEY : SLOT_PASSPHRASE,
		.id = free_slot_id(&v->head),
		.created = created};

	assert(!u->key != !u->passphrase);
	if (!vault_label_ok(str_of(label)))
		return err_set(e, ERR_USAGE,
			"the name of a way to unlock is up to 15 of a-z, 0-9 and -");
	if (v->head.n_slots == VAULT_SLOTS_MAX)
		return err_set(e, ERR_USAGE,
			"there are %d ways to unlock already; remove one first",
			VAULT_SLOTS_MAX);
	if (u->passphrase && !secret_len(u->passphrase))
		return err_set(e, ERR_USAGE, "the passphrase is empty");
	memcpy(s.label, label, strlen(label));
	random_bytes(s.salt, sizeof(s.salt));
	random_bytes(s.nonce, sizeof(s.nonce));
	if (!(u->key ? vault_slot_wrap(&s, v->head.vault_id, v->dek, u, e)
		     : wrap_passphrase(&s, v, u, e)))
		return false;
	v->head.slots[v->head.n_slots++] = s;
	return true;
}

bool vault_open_image(struct vault **v, struct secret **text, struct str image,
	const struct vault_unlock *u, struct err *e)
{
	struct vault_head head;
	AUTO(secret) *dek = NULL;

	if (!vault_head_read(&head, image, e) ||
		!vault_head_unlock(&head, u, &dek, e) ||
		!vault_image_open(&head, image, dek, text, e))
		return false;
	struct vault *opened = xcalloc(1, sizeof(*opened));
	opened->head = head;
	opened->dek = take(&dek);
	opened->on_disk = true;
	opened->file = digest_of(image);
	*v = opened;
	return true;
}

bool vault_seal(struct vault *v, struct secret *text, struct buf *image, struct err *e)
{
	struct vault_head next = v->head;
	unsigned char nonce[VAULT_NONCE_SIZE];

	if (!next.n_slots)
		return err_set(e, ERR_INTERNAL,
			"nothing could open the settings again");
	if (next.generation == UINT64_MAX)
		return err_set(e, ERR_CONFIG,
			"the settings cannot be saved any more; remove them and run "
			"calwiz");
	next.generation++;
	random_bytes(nonce, sizeof(nonce));
	return vault_image_seal(&next, v->dek, text, nonce, image, e);
}

static bool check_folder(int dirfd, const char *shown, struct err *e)
{
	const char *slash = strrchr(shown, '/');
	AUTO_FREE char *folder =
		slash ? xstrndup(shown, (size_t)(slash - shown)) : xstrdup(".");
	struct stat st;

	if (fstat(dirfd, &st) < 0)
		return err_errno(e, "look at %s", folder);
	if (st.st_uid != geteuid())
		return err_set(e, ERR_CONFIG,
			"the folder %s belongs to another user; run: sudo chown %lu "
			"'%s'",
			folder, (unsigned long)geteuid(), folder);
	if (st.st_mode & 022)
		return err_set(e, ERR_CONFIG,
			"others may write to the folder %s; run: chmod 700 '%s'",
			folder, folder);
	return true;
}

/* A run that ended between linking config.cwv.prev and renaming leaves two names of one
 * file, both ours. Any further name may be in a folder that others read. */
static bool check_links(int fd, int dirfd, const char *shown, struct err *e)
{
	struct stat st;
	struct stat prev;

	if (fstat(fd, &st) < 0)
		return err_errno(e, "look at %s", shown);
	const bool ours =
		fstatat(dirfd, VAULT_PREV_FILE, &prev, AT_SYMLINK_NOFOLLOW) == 0 &&
		prev.st_ino == st.st_ino && prev.st_dev == st.st_dev;
	if (st.st_nlink <= (ours ? 2U : 1U))
		return true;
	return err_set(e, ERR_CONFIG,
		"%s has another name somewhere (a hard link); run: cp -p '%s' '%s.new' "
		"&& mv "
		"'%s.new' '%s'",
		shown, shown, shown, shown, shown);
}

static bool read_image(int dirfd, const char *name, const char *shown,
	struct buf *image, struct err *e)
{
	AUTO_CLOSE int fd = -1;
	AUTO_FREE char *bytes = NULL;
	size_t len = 0;

	if (!check_folder(dirfd, shown, e) ||
		!private_open(dirfd, name, shown, &fd, e) ||
		!check_links(fd, dirfd, shown, e))
		return false;
	bytes = xmalloc(VAULT_IMAGE_MAX + 1);
	if (!private_read(fd, shown, bytes, VAULT_IMAGE_MAX + 1, &len, e))
		return false;
	buf_add(image, (struct str){bytes, len});
	return buf_ok(image) || err_set(e, ERR_CONFIG, "%s is too large", shown);
}

bool vault_load(struct vault **v, struct secret **text, int dirfd, const char *shown,
	const struct vault_unlock *u, struct err *e)
{
	SCOPED(buf) image = buf_with_max(VAULT_IMAGE_MAX + 1);

	if (!read_image(dirfd, VAULT_FILE, shown, &image, e))
		return false;
	return vault_open_image(v, text, buf_view(&image), u, e) ||
	       err_wrap(e, "%s", shown);
}

/* What is on disk now; *there is false when there is nothing. */
static bool look_at_disk(int dirfd, bool *there, struct digest *file, struct err *e)
{
	SCOPED(buf) image = buf_with_max(VAULT_IMAGE_MAX + 1);
	struct err why = {0};

	*there = read_image(dirfd, VAULT_FILE, VAULT_FILE, &image, &why);
	if (*there)
		*file = digest_of(buf_view(&image));
	else if (why.code != ERR_NO_INPUT)
		return err_set(e, why.code, "%s", why.message);
	return true;
}

bool vault_replace(struct vault *v, int dirfd, struct err *e)
{
	return look_at_disk(dirfd, &v->on_disk, &v->file, e);
}

bool vault_forget_prev(int dirfd, struct err *e)
{
	if (unlinkat(dirfd, VAULT_PREV_FILE, 0) < 0 && errno != ENOENT)
		return err_errno(e, "remove %s", VAULT_PREV_FILE);
	return file_sync(dirfd, VAULT_PREV_FILE, e);
}

static bool check_unchanged(const struct vault *v, int dirfd, struct err *e)
{
	struct digest file = {0};
	bool there = false;

	if (!look_at_disk(dirfd, &there, &file, e))
		return false;
	if (there != v->on_disk || (there && !digest_equal(&file, &v->file)))
		return err_set(e, ERR_BUSY,
			"the settings were changed by another run; open them again");
	return true;
}

static void temporary_name(char out[TEMPORARY_SIZE])
{
	unsigned char salt[8];

	random_bytes(salt, sizeof(salt));
	(void)snprintf(out, TEMPORARY_SIZE, ".%s.%016llx", VAULT_FILE,
		(unsigned long long)le_get(salt, sizeof(salt)));
}

static bool write_temporary(int dirfd, const char *name, struct str bytes,
	struct err *e)
{
	AUTO_CLOSE int fd = openat(dirfd, name,
		O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0) {
		(void)err_errno(e, "make a file");
		if (e && e->code == ERR_CONFIG)
			e->code = ERR_CREATE;
		return false;
	}
	return file_write_all(fd, bytes, e) && file_sync(fd, name, e);
}

/* Opened with what will unlock it later, not with the data key at hand: a vault that
 * its own key does not open must never replace one that it does. */
static bool read_back(struct secret *text, int dirfd, const char *name,
	const struct vault_unlock *u, struct err *e)
{
	SCOPED(buf) image = buf_with_max(VAULT_IMAGE_MAX + 1);
	AUTO(vault) *again = NULL;
	AUTO(secret) *same = NULL;

	if (!read_image(dirfd, name, name, &image, e) ||
		!vault_open_image(&again, &same, buf_view(&image), u, e))
		return err_wrap(e, "read back");
	if (!secret_equal(text, same))
		return err_set(e, ERR_LOCAL, "read back: the disk gave something else");
	return true;
}

/* Some file systems have no hard links; there the copy is missed, not the save. */
static bool no_links_here(int number)
{
	return number == EPERM || number == EOPNOTSUPP || number == ENOSYS ||
	       number == EMLINK;
}

static bool keep_previous(const struct vault *v, int dirfd, struct err *e)
{
	if (!v->on_disk)
		return true;
	if (unlinkat(dirfd, VAULT_PREV_FILE, 0) < 0 && errno != ENOENT)
		return err_errno(e, "remove %s", VAULT_PREV_FILE);
	if (linkat(dirfd, VAULT_FILE, dirfd, VAULT_PREV_FILE, 0) < 0 &&
		!no_links_here(errno))
		return err_errno(e, "keep %s", VAULT_PREV_FILE);
	/* A folder that cannot be synced is found out while the old file is in place.
	 */
	return file_sync(dirfd, VAULT_PREV_FILE, e);
}

static bool put_in_place(int dirfd, const char *temporary, struct err *e)
{
	return renameat(dirfd, temporary, dirfd, VAULT_FILE) == 0 ||
	       err_errno(e, "rename");
}

bool vault_save(struct vault *v, struct secret *text, int dirfd,
	const struct vault_unlock *u, struct err *e)
{
	AUTO_CLOSE int lock = -1;
	SCOPED(buf) image = buf_with_max(VAULT_IMAGE_MAX);
	char temporary[TEMPORARY_SIZE];

	if (!file_lock(dirfd, LOCK_FILE, LOCK_WAIT_MS, &lock, e) ||
		!check_unchanged(v, dirfd, e) || !vault_seal(v, text, &image, e))
		return err_wrap(e, "save the settings");
	temporary_name(temporary);
	if (!write_temporary(dirfd, temporary, buf_view(&image), e) ||
		!read_back(text, dirfd, temporary, u, e) ||
		!keep_previous(v, dirfd, e) || !put_in_place(dirfd, temporary, e)) {
		(void)unlinkat(dirfd, temporary, 0);
		return err_wrap(e, "save the settings");
	}
	v->head.generation++;
	v->on_disk = true;
	v->file = digest_of(buf_view(&image));
	return file_sync(dirfd, VAULT_FILE, e) || err_wrap(e, "save the settings");
}
