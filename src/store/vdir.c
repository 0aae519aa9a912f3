#include <config.h>

#include "store/vdir.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/vdir_impl.h"

#define MARKER_MAX 16384U
#define META_MAX 65536U
#define DIR_FLAGS (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

/* A line of a marker: its word, the value it must have, and the error when it has not.
 */
struct marker_line {
	const char *word;
	const char *value;
	const char *refusal;
};

struct marker {
	int dirfd;
	const char *name;
	const char *shown; /* path of the folder, for messages */
	struct marker_line lines[2];
	size_t count;
};

bool vdir_local(struct err *e)
{
	if (e && e->code == ERR_CONFIG)
		e->code = ERR_LOCAL;
	return false;
}

bool vdir_segment_ok(const char *name, bool ics)
{
	const struct str s = str_of(name);

	return s.len && s.len <= VDIR_NAME_MAX && s.ptr[0] != '.' &&
	       str_find_char(s, '/') == STR_NONE && (!ics || str_ends(s, STR(".ics")));
}

static bool is_missing(int number)
{
	return number == ENOENT || number == ENOTDIR || number == ELOOP;
}

static bool held(const char *shown, struct err *e)
{
	return err_set(e, ERR_HELD,
		"the folder %s is not what it was: it or its marker is missing (is a "
		"disk "
		"not mounted?); nothing was deleted because of it",
		safe(str_of(shown)).text);
}

/* Opens what must be there already, or fails the way that expect_marker asks for. */
static bool open_existing(int dirfd, const char *name, int flags, bool expect, int *fd,
	struct err *e)
{
	const int opened = openat(dirfd, name, DIR_FLAGS | flags);

	if (opened < 0 && expect && is_missing(errno))
		return held(name, e);
	if (opened < 0 && errno == ENOENT)
		return err_set(e, ERR_NO_INPUT, "there is no folder %s",
			safe(str_of(name)).text);
	if (opened < 0 && is_missing(errno))
		return err_errno(e, "open the folder %s", safe(str_of(name)).text);
	if (opened < 0) {
		(void)err_errno(e, "open the folder %s", safe(str_of(name)).text);
		return vdir_local(e);
	}
	*fd = opened;
	return true;
}

/* A value on one line: what would end the line early becomes a question mark. */
static char *one_line(const char *value)
{
	char *line = xstrdup(value);

	for (char *c = line; *c; c++)
		if ((unsigned char)*c < 0x20)
			*c = '?';
	return line;
}

static bool marker_write(const struct marker *m, struct err *e)
{
	SCOPED(buf) text = buf_with_max(MARKER_MAX);

	buf_text(&text,
		"# Tells calwiz that this folder is the right one: leave it here.\n");
	for (size_t i = 0; i < m->count; i++) {
		AUTO_FREE char *value = one_line(m->lines[i].value);
		buf_printf(&text, "%s %s\n", m->lines[i].word, value);
	}
	if (!buf_ok(&text))
		return err_set(e, ERR_CONFIG, "the marker of %s would be too long",
			safe(str_of(m->shown)).text);
	return vdir_write_own(m->dirfd, m->name, buf_view(&text), e);
}

static bool marker_has(struct str text, const struct marker_line *wanted)
{
	AUTO_FREE char *value = one_line(wanted->value);
	AUTO_FREE char *line = xasprintf("%s %s", wanted->word, value);
	struct str found;

	while (str_line(&text, &found))
		if (str_is(found, line))
			return true;
	return false;
}

static bool marker_check(const struct marker *m, struct str text, struct err *e)
{
	for (size_t i = 0; i < m->count; i++)
		if (!marker_has(text, &m->lines[i]))
			return err_set(e, ERR_CONFIG, "the folder %s %s",
				safe(str_of(m->shown)).text, m->lines[i].refusal);
	return true;
}

/* Reads and compares the marker, or writes it where that is asked for. *marked tells
 * whether there is one now. */
static bool marker_settle(const struct marker *m, bool create, bool expect,
	bool *marked, struct err *e)
{
	SCOPED(buf) text = buf_with_max(MARKER_MAX);
	struct err inner = {0};

	*marked = true;
	if (file_read(m->dirfd, m->name, MARKER_MAX, &text, &inner))
		return marker_check(m, buf_view(&text), e);
	if (inner.code != ERR_NO_INPUT)
		return err_set(e, inner.code, "the marker of %s: %s",
			safe(str_of(m->shown)).text, inner.message);
	if (expect)
		return held(m->shown, e);
	*marked = create;
	return !create || marker_write(m, e);
}

static bool root_marker(const struct vdir_root *r, const struct vdir_root_options *o,
	struct err *e)
{
	struct marker m = {
		.dirfd = -1,
		.name = "marker",
		.shown = r->path,
		.lines = {{"account", o->account,
				  "is in use for another account; choose another "
				  "folder"},
			{"computer", o->host_id,
				"is in use by another computer; choose another folder, "
				"or, "
				"if that computer is gone, delete the file "
				".calwiz/marker "
				"in it"}},
		.count = 2,
	};
	AUTO_CLOSE int fd = openat(r->fd, VDIR_OWN, DIR_FLAGS | O_NOFOLLOW);
	bool marked = false;

	if (fd < 0 && errno == ENOENT && o->expect_marker)
		return held(r->path, e);
	if (fd < 0 && errno == ENOENT && !o->create)
		return true;
	if (fd < 0 && !dir_open_at(r->fd, VDIR_OWN, o->create, &fd, e))
		return false;
	m.dirfd = fd;
	if (!marker_settle(&m, o->create, o->expect_marker, &marked, e))
		return false;
	return !o->create || o->expect_marker || file_sync(r->fd, r->path, e);
}

static bool root_identify(struct vdir_root *r, struct err *e)
{
	struct stat st;

	if (fstat(r->fd, &st) < 0) {
		(void)err_errno(e, "look at the folder %s", safe(str_of(r->path)).text);
		return vdir_local(e);
	}
	r->device = st.st_dev;
	(void)snprintf(r->identity, sizeof(r->identity), "%ju:%ju",
		(uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
	return true;
}

bool vdir_root_open(struct vdir_root **out, const struct vdir_root_options *o,
	struct err *e)
{
	AUTO(vdir_root) *r = xcalloc(1, sizeof(*r));

	assert(o->path[0] == '/');
	r->fd = -1;
	r->path = xstrdup(o->path);
	if (o->create && !o->expect_marker) {
		if (!dir_open(o->path, true, &r->fd, e))
			return false;
	} else if (!open_existing(AT_FDCWD, o->path, 0, o->expect_marker, &r->fd, e)) {
		return false;
	}
	if (!root_identify(r, e) || !root_marker(r, o, e))
		return false;
	*out = take(&r);
	return true;
}

void vdir_root_free(struct vdir_root *r)
{
	if (!r)
		return;
	if (r->fd >= 0)
		(void)close(r->fd);
	free(r->path);
	free(r);
}

const char *vdir_root_identity(const struct vdir_root *r)
{
	return r->identity;
}

/* The trash is moved into by rename, which does not cross file systems. */
static bool same_file_system(const struct vdir *v, struct err *e)
{
	struct stat st;

	if (fstat(v->fd, &st) < 0) {
		(void)err_errno(e, "look at the folder %s",
			safe(str_of(v->folder)).text);
		return vdir_local(e);
	}
	if (st.st_dev != v->root->device)
		return err_set(e, ERR_CONFIG, "%s is on another file system than %s",
			safe(str_of(v->folder)).text, safe(str_of(v->root->path)).text);
	return true;
}

static bool calendar_marker(struct vdir *v, const struct vdir_options *o, struct err *e)
{
	const struct marker m = {
		.dirfd = v->fd,
		.name = VDIR_OWN,
		.shown = v->folder,
		.lines = {{"calendar", o->key,
			"is in use for another calendar; choose another folder"}},
		.count = 1,
	};
	return marker_settle(&m, o->create, o->expect_marker, &v->marked, e);
}

static bool open_folder(struct vdir *v, const struct vdir_options *o, struct err *e)
{
	if (!o->create || o->expect_marker)
		return open_existing(v->root->fd, o->folder, O_NOFOLLOW,
			o->expect_marker, &v->fd, e);
	return dir_open_at(v->root->fd, o->folder, true, &v->fd, e) &&
	       file_sync(v->root->fd, v->root->path, e);
}

/* An interrupted run left the flag behind; without it there is nothing to look for, and
 * a large folder need not be read twice. */
static bool clean_up(struct vdir *v, struct err *e)
{
	if (faccessat(v->fd, VDIR_STAGING, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		return true;
	if (!vdir_sweep(v, e))
		return false;
	(void)unlinkat(v->fd, VDIR_STAGING, 0);
	return true;
}

bool vdir_open(struct vdir **out, struct vdir_root *root, const struct vdir_options *o,
	struct err *e)
{
	if (!vdir_segment_ok(o->folder, false))
		return err_set(e, ERR_CONFIG, "\"%s\" cannot be the name of a folder",
			safe(str_of(o->folder)).text);
	AUTO(vdir) *v = xcalloc(1, sizeof(*v));

	v->root = root;
	v->fd = -1;
	v->folder = xstrdup(o->folder);
	if (!open_folder(v, o, e) || !same_file_system(v, e) ||
		!calendar_marker(v, o, e) || !clean_up(v, e))
		return false;
	*out = take(&v);
	return true;
}

void vdir_free(struct vdir *v)
{
	if (!v)
		return;
	vdir_discard(v);
	if (v->fd >= 0)
		(void)close(v->fd);
	free(v->folder);
	free(v);
}

/* UTF-8 on one line: the readers show it as it is, so no controls and no broken bytes.
 */
static void clean_text(struct str in, struct buf *out)
{
	while (in.len) {
		size_t used = 0;
		const uint32_t c = utf8_next(in, &used);
		if (c == UTF8_BAD)
			buf_text(out, "\xef\xbf\xbd");
		else if (c < 0x20 || (c >= 0x7f && c < 0xa0))
			buf_char(out, ' ');
		else
			buf_add(out, str_slice(in, 0, used));
		in = str_from(in, used);
	}
}

static bool describe(struct vdir *v, const char *file, const char *value, struct err *e)
{
	SCOPED(buf) there = buf_with_max(META_MAX);
	SCOPED(buf) wanted = buf_with_max(META_MAX);

	clean_text(str_of(value), &wanted);
	if (!buf_ok(&wanted))
		return err_set(e, ERR_PROTOCOL, "the %s of the calendar is too long",
			file);
	const struct str text = str_trim(buf_view(&wanted));
	if (!text.len) {
		if (unlinkat(v->fd, file, 0) == 0)
			return file_sync(v->fd, file, e);
		if (errno == ENOENT)
			return true;
		(void)err_errno(e, "remove %s", file);
		return vdir_local(e);
	}
	/* An editor ends the line, vdirsyncer does not: both are the same value. */
	if (file_read(v->fd, file, META_MAX, &there, NULL) &&
		str_eq(str_trim(buf_view(&there)), text))
		return true;
	return vdir_write_own(v->fd, file, text, e);
}

bool vdir_describe(struct vdir *v, const char *displayname, const char *color,
	struct err *e)
{
	return describe(v, "displayname", displayname, e) &&
	       describe(v, "color", color, e);
}
