/*
 * Runs a fuzz target over every file of the folders given, without libFuzzer: so the
 * corpus is a test of its own, with any compiler.
 *
 *   replay_PARSER [FOLDER...]
 *
 * Without a folder it is tests/fuzz/corpus/PARSER below $srcdir, which automake sets.
 * An empty or missing folder is a failure: a test that read nothing proved nothing.
 */
#include <config.h>

#include <dirent.h>
#include <fcntl.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "tests/fuzz/fuzz.h"

#define INPUT_MAX (8U * 1024 * 1024)

static int plain_name(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* A copy of just that size, so that a read behind the end is seen. */
static void run(struct str bytes)
{
	AUTO_FREE char *copy = xmalloc(bytes.len ? bytes.len : 1);

	if (bytes.len)
		memcpy(copy, bytes.ptr, bytes.len);
	(void)LLVMFuzzerTestOneInput((const uint8_t *)copy, bytes.len);
}

static bool replay_file(int folder, const char *name, struct err *e)
{
	SCOPED(buf) bytes = buf_with_max(INPUT_MAX);

	if (!file_read(folder, name, INPUT_MAX, &bytes, e))
		return err_wrap(e, "%s", name);
	run(buf_view(&bytes));
	return true;
}

static bool replay_folder(const char *path, struct err *e)
{
	AUTO_CLOSE int folder = -1;
	struct dirent **names = NULL;
	bool good = true;

	if (!dir_open(path, false, &folder, e))
		return false;
	const int count = scandir(path, &names, plain_name, alphasort);
	if (count <= 0)
		return err_set(e, ERR_NO_INPUT, "%s holds no file", path);
	for (int i = 0; i < count; i++) {
		good = good && replay_file(folder, names[i]->d_name, e);
		free(names[i]);
	}
	free(names);
	if (good)
		(void)printf("%s: %d files\n", path, count);
	return good;
}

static char *own_folder(const char *program)
{
	const char *slash = strrchr(program, '/');
	const char *parser = strchr(slash ? slash : program, '_');
	const char *source = getenv("srcdir");

	return xasprintf("%s/tests/fuzz/corpus/%s", source && *source ? source : ".",
		parser ? parser + 1 : "");
}

int main(int argc, char **argv)
{
	AUTO_FREE char *own = own_folder(argv[0]);
	struct err e = {0};
	bool good = argc > 1 || replay_folder(own, &e);

	run(STR(""));
	for (int i = 1; i < argc && good; i++)
		good = replay_folder(argv[i], &e);
	if (!good)
		(void)fprintf(stderr, "%s\n", e.message);
	return good ? 0 : 1;
}
