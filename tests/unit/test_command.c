#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/command.h"
#include "base/file.h"
#include "base/mem.h"

#define LONG_ENOUGH 20000
#define SOON 200
#define STRANGER 12345
#define SHOWN "the unlock file"

/* A folder with the file `unlock` and the program it names. */
struct place {
	char path[64];
	char program[96];
	int fd;
};

static int set_up(void **state)
{
	struct place *p = xcalloc(1, sizeof(*p));

	(void)snprintf(p->path, sizeof(p->path), "/tmp/calwiz-test-command-XXXXXX");
	if (!mkdtemp(p->path))
		return -1;
	(void)snprintf(p->program, sizeof(p->program), "%s/program", p->path);
	p->fd = open(p->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*state = p;
	return p->fd < 0 ? -1 : 0;
}

static int remove_one(const char *path, UNUSED const struct stat *st, UNUSED int type,
	UNUSED struct FTW *ftw)
{
	return remove(path);
}

static int tear_down(void **state)
{
	struct place *p = *state;

	(void)close(p->fd);
	const int done = nftw(p->path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(p);
	return done;
}

static void write_file(const struct place *p, const char *name, struct str text,
	mode_t mode)
{
	const int fd =
		openat(p->fd, name, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0700);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text.ptr, text.len), (ssize_t)text.len);
	assert_int_equal(fchmod(fd, mode), 0);
	assert_int_equal(close(fd), 0);
}

static void write_program(const struct place *p, const char *script)
{
	AUTO_FREE char *text = xasprintf("#!/bin/sh\n%s\n", script);

	write_file(p, "program", str_of(text), 0700);
}

static void name_program(const struct place *p)
{
	AUTO_FREE char *text = xasprintf("%s\n", p->program);

	write_file(p, COMMAND_FILE, str_of(text), 0600);
}

static bool unlock(const struct place *p, int limit_ms, struct command_answer *a,
	struct err *e)
{
	bool found = false;
	const bool done = command_unlock(p->fd, SHOWN, limit_ms, &found, a, e);

	assert_true(found);
	return done;
}

static void expect_refused(const struct place *p, enum err_code code, const char *says)
{
	struct command_answer a = {0};
	struct err e = {0};

	if (unlock(p, LONG_ENOUGH, &a, &e))
		fail_msg("was not refused: %s", says);
	assert_int_equal(e.code, code);
	if (!strstr(e.message, says))
		fail_msg("\"%s\" does not say \"%s\"", e.message, says);
	assert_null(a.key.key);
	assert_null(a.passphrase);
}

static void expect_passphrase(const struct place *p, const char *expected)
{
	struct command_answer a = {0};
	struct err e = {0};

	if (!unlock(p, LONG_ENOUGH, &a, &e))
		fail_msg("%s", e.message);
	assert_null(a.key.key);
	assert_non_null(a.passphrase);
	const struct str got = secret_view(a.passphrase);
	assert_true(str_is(got, expected));
	secret_close(a.passphrase);
	command_answer_clear(&a);
}

/* What the program does, and the refusal, or the passphrase it makes. */
static const struct {
	const char *script;
	const char *passphrase;
	const char *says;
} answers[] = {
	{"echo correct horse", "correct horse", NULL},
	{"printf 'no line end'", "no line end", NULL},
	{"printf 'with cr\\r\\n'", "with cr", NULL},
	{"printf ' blanks stay \\n'", " blanks stay ", NULL},
	{"printf 'pass\\303\\251\\n'", "pass\xc3\xa9", NULL},
	{"printf '%031d\\n' 7", "0000000000000000000000000000007", NULL},
	{"printf '%032d' 7", "00000000000000000000000000000007", NULL},
	{"cat; echo end of input", "end of input", NULL},
	{"echo to the terminal >&2; echo x", "x", NULL},
	{"exit 1", NULL, "status 1"},
	{"echo 'no such entry' >&2; exit 4", NULL, "status 4: no such entry"},
	{"printf 'bad\\033[31m words' >&2; exit 1", NULL, "bad"},
	{"echo half an answer; exit 1", NULL, "status 1"},
	{"kill -KILL $$", NULL, "signal 9"},
	{"true", NULL, "printed nothing"},
	{"echo", NULL, "printed nothing"},
	{"printf '\\r\\n'", NULL, "printed nothing"},
	{"printf 'one\\ntwo\\n'", NULL, "neither one line"},
	{"printf 'one\\n\\n'", NULL, "neither one line"},
	{"printf 'a\\rb'", NULL, "neither one line"},
	{"printf 'a\\000b'", NULL, "neither one line"},
	{"head -c 10000000 /dev/zero", NULL, "more than 65536"},
	{"echo CALWIZ-KEY-1:short", NULL, "damaged"},
	{"echo CALWIZ-KEY-2:x", NULL, "newer"},
};

static void test_answers(void **state)
{
	const struct place *p = *state;

	name_program(p);
	for (size_t i = 0; i < COUNT_OF(answers); i++) {
		write_program(p, answers[i].script);
		if (answers[i].passphrase)
			expect_passphrase(p, answers[i].passphrase);
		else
			expect_refused(p, ERR_CONFIG, answers[i].says);
	}
}

static void test_no_escapes_in_messages(void **state)
{
	const struct place *p = *state;
	struct command_answer a = {0};
	struct err e = {0};

	name_program(p);
	write_program(p, "printf 'bad\\033[31m\\007words\\n' >&2; exit 1");
	assert_false(unlock(p, LONG_ENOUGH, &a, &e));
	for (const char *c = e.message; *c; c++)
		assert_true((unsigned char)*c >= 0x20);
	write_program(p, "printf 'touch\\033 it\\n' >&2; echo x");
	assert_true(unlock(p, LONG_ENOUGH, &a, &e));
	assert_non_null(strstr(a.said.text, "touch"));
	assert_null(strchr(a.said.text, 033));
	command_answer_clear(&a);
}

static void expect_key(const struct place *p, bool any_vault, const char *key)
{
	struct command_answer a = {0};
	struct err e = {0};

	if (!unlock(p, LONG_ENOUGH, &a, &e))
		fail_msg("%s", e.message);
	assert_null(a.passphrase);
	assert_non_null(a.key.key);
	assert_int_equal(a.key.any_vault, any_vault);
	const struct str got = secret_view(a.key.key);
	assert_int_equal(got.len, KEY_SIZE);
	assert_memory_equal(got.ptr, key, KEY_SIZE);
	secret_close(a.key.key);
	command_answer_clear(&a);
}

static void test_keys(void **state)
{
	static const char raw[] = "\x01\0\n\r\xff"
				  "6789012345678901234567890\n\0";
	const struct place *p = *state;
	const unsigned char id[VAULT_ID_SIZE] = {1, 2, 3};
	struct vault_key made;
	AUTO_FREE char *script = xasprintf("cat %s/key", p->path);

	assert_int_equal(sizeof(raw) - 1, KEY_SIZE);
	name_program(p);
	write_program(p, script);
	write_file(p, "key", (struct str){raw, KEY_SIZE}, 0600);
	expect_key(p, true, raw);
	vault_key_make(&made, id);
	assert_true(vault_key_save(&made, p->fd, "key", NULL));
	const char *key = secret_open(made.key);
	expect_key(p, false, key);
	secret_close(made.key);
	vault_key_clear(&made);
}

static void test_arguments(void **state)
{
	const struct place *p = *state;
	AUTO_FREE char *text = xasprintf("%s\na b\n$HOME;'\n*", p->program);

	write_program(p, "printf '%s|' \"$@\"");
	write_file(p, COMMAND_FILE, str_of(text), 0600); /* no end of the last line */
	expect_passphrase(p, "a b|$HOME;'|*|");
}

static void test_environment(void **state)
{
	static const char *const passed[] = {"HOME", "USER", "LOGNAME", "LANG",
		"XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "GNUPGHOME",
		"SSH_AUTH_SOCK"};
	const struct place *p = *state;
	SCOPED(buf) expected = {0};

	buf_printf(&expected, "PATH=%s ", getenv("PATH"));
	for (size_t i = 0; i < COUNT_OF(passed); i++) {
		(void)setenv(passed[i], "/passed", 1);
		buf_printf(&expected, "%s=/passed ", passed[i]);
	}
	(void)setenv("CALWIZ_SECRET", "not passed", 1);
	(void)setenv("LD_LIBRARY_PATH", "/nowhere", 1);
	/* What the kernel gave it, before the shell added its own. */
	write_program(p, "tr '\\0' ' ' </proc/$$/environ");
	name_program(p);
	expect_passphrase(p, buf_cstr(&expected));
	(void)unsetenv("LD_LIBRARY_PATH");
}

static void test_too_long(void **state)
{
	static const char *const scripts[] = {"sleep 600",
		"echo x; exec >&-; sleep 600", "sleep 600 & echo x"};
	const struct place *p = *state;

	name_program(p);
	for (size_t i = 0; i < COUNT_OF(scripts); i++) {
		struct command_answer a = {0};
		struct err e = {0};
		write_program(p, scripts[i]);
		assert_false(unlock(p, SOON, &a, &e));
		assert_int_equal(e.code, ERR_BUSY);
	}
}

static void test_no_file(void **state)
{
	const struct place *p = *state;
	struct command_answer a = {0};
	bool found = true;

	assert_true(command_unlock(p->fd, SHOWN, LONG_ENOUGH, &found, &a, NULL));
	assert_false(found);
}

static void test_bad_files(void **state)
{
	static const struct {
		struct str text;
		const char *says;
	} rows[] = {
		{{"", 0}, "absolute path"},
		{{"program\n", 8}, "absolute path"},
		{{"./program\n", 10}, "absolute path"},
		{{"~/program\n", 10}, "absolute path"},
		{{" /bin/true\n", 11}, "absolute path"},
		{{"\n/bin/true\n", 11}, "line 1 is empty"},
		{{"/bin/true\n\nx\n", 13}, "line 2 is empty"},
		{{"/bin/true\0x\n", 12}, "not text"},
		{{"/nowhere/at/all\n", 16}, "/nowhere/at/all"},
		{{"/etc\n", 5}, "not a program"},
	};
	const struct place *p = *state;
	SCOPED(buf) many = {0};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		write_file(p, COMMAND_FILE, rows[i].text, 0600);
		expect_refused(p, ERR_CONFIG, rows[i].says);
	}
	buf_text(&many, "/bin/true\n");
	for (int i = 0; i < 64; i++)
		buf_text(&many, "x\n");
	write_file(p, COMMAND_FILE, buf_view(&many), 0600);
	expect_refused(p, ERR_CONFIG, "more than 64 lines");
	for (int i = 0; i < 10000; i++)
		buf_text(&many, "x\n");
	write_file(p, COMMAND_FILE, buf_view(&many), 0600);
	expect_refused(p, ERR_CONFIG, "larger than");
}

static void test_file_of_others(void **state)
{
	const struct place *p = *state;

	write_program(p, "echo x");
	name_program(p);
	assert_int_equal(fchmodat(p->fd, COMMAND_FILE, 0660, 0), 0);
	expect_refused(p, ERR_CONFIG, "chmod 600");
	assert_int_equal(fchmodat(p->fd, COMMAND_FILE, 0644, 0), 0);
	expect_passphrase(p, "x"); /* it is no secret */
	assert_int_equal(renameat(p->fd, COMMAND_FILE, p->fd, "real"), 0);
	assert_int_equal(symlinkat("real", p->fd, COMMAND_FILE), 0);
	expect_refused(p, ERR_CONFIG, "not a plain file");
	assert_int_equal(unlinkat(p->fd, COMMAND_FILE, 0), 0);
	assert_int_equal(mkfifoat(p->fd, COMMAND_FILE, 0600), 0);
	expect_refused(p, ERR_CONFIG, "not a plain file");
}

static void test_program_of_others(void **state)
{
	const struct place *p = *state;

	write_program(p, "echo x");
	name_program(p);
	expect_passphrase(p, "x");
	assert_int_equal(chmod(p->program, 0770), 0);
	expect_refused(p, ERR_CONFIG, "others may change");
	assert_int_equal(chmod(p->program, 0600), 0);
	expect_refused(p, ERR_CONFIG, "not a program");
	assert_int_equal(chmod(p->program, 0700), 0);
	assert_int_equal(chmod(p->path, 0777), 0);
	expect_refused(p, ERR_CONFIG, "others may change");
	assert_int_equal(chmod(p->path, 01777), 0); /* like /tmp */
	expect_passphrase(p, "x");
	assert_int_equal(chmod(p->path, 0700), 0);
	if (geteuid() != 0)
		return;
	assert_int_equal(chown(p->program, STRANGER, STRANGER), 0);
	expect_refused(p, ERR_CONFIG, "others may change");
}

/* A link is followed; what it leads to, and where it lies, are judged as well. */
static void test_links(void **state)
{
	const struct place *p = *state;
	AUTO_FREE char *real = xasprintf("%s/open/program", p->path);

	write_program(p, "echo x");
	assert_int_equal(mkdirat(p->fd, "open", 0700), 0);
	assert_int_equal(renameat(p->fd, "program", p->fd, "open/program"), 0);
	assert_int_equal(symlinkat(real, p->fd, "program"), 0);
	name_program(p);
	expect_passphrase(p, "x");
	assert_int_equal(fchmodat(p->fd, "open", 0777, 0), 0);
	expect_refused(p, ERR_CONFIG, "others may change");
	assert_int_equal(fchmodat(p->fd, "open", 0700, 0), 0);
	assert_int_equal(chmod(p->path, 0777), 0);
	expect_refused(p, ERR_CONFIG, "others may change");
	assert_int_equal(chmod(p->path, 0700), 0);
}

#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PLACE(test_answers),
		IN_PLACE(test_no_escapes_in_messages),
		IN_PLACE(test_keys),
		IN_PLACE(test_arguments),
		IN_PLACE(test_environment),
		IN_PLACE(test_too_long),
		IN_PLACE(test_no_file),
		IN_PLACE(test_bad_files),
		IN_PLACE(test_file_of_others),
		IN_PLACE(test_program_of_others),
		IN_PLACE(test_links),
	};

	return secrets_init(NULL) ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
