#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/vdir.h"
#include "store/vdir_impl.h"

#define KEEP_VARIANTS 1000U

static bool holds(int dirfd, const char *name, struct str body)
{
	SCOPED(buf) bytes = buf_with_max(0);

	return file_read(dirfd, name, body.len + 1, &bytes, NULL) &&
	       str_eq(buf_view(&bytes), body);
}

static bool exists(int dirfd, const char *name)
{
	return faccessat(dirfd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* By a temporary, so that a run that ends here leaves no half version behind. */
static bool write_kept(int dirfd, const char *name, struct str body, struct err *e)
{
	char temporary[VDIR_TEMPORARY_SIZE];
	struct vdir_stat written;

	vdir_temporary_name(temporary);
	if (!vdir_write_new(dirfd, temporary, body, true, &written, e))
		return false;
	if (vdir_move_new(dirfd, temporary, dirfd, name) == 0)
		return file_sync(dirfd, name, e);
	(void)err_errno(e, "keep %s", safe(str_of(name)).text);
	(void)unlinkat(dirfd, temporary, 0);
	return vdir_local(e);
}

static bool keep(int dirfd, const char *name, struct str body, char kept[NAME_MAX + 1],
	struct err *e)
{
	for (unsigned n = 0; n < KEEP_VARIANTS; n++) {
		vdir_variant(name, n, kept);
		if (!exists(dirfd, kept))
			return write_kept(dirfd, kept, body, e);
		if (holds(dirfd, kept, body))
			return true;
	}
	return err_set(e, ERR_LOCAL, "too many versions of %s are kept",
		safe(str_of(name)).text);
}

bool vdir_keep(struct vdir *v, const char *run, const char *name, struct str body,
	struct err *e)
{
	AUTO_CLOSE int fd = -1;
	char kept[NAME_MAX + 1];

	return vdir_trash_open(v, run, &fd, e) && keep(fd, name, body, kept, e);
}

bool vdir_keep_lost(struct vdir *v, const char *name, struct str body, char **kept,
	struct err *e)
{
	AUTO_CLOSE int fd = -1;
	char file[NAME_MAX + 1];

	if (!vdir_lost_open(v, &fd, e) || !keep(fd, name, body, file, e))
		return false;
	*kept = xasprintf("%s/%s", v->folder, file);
	return true;
}
