#include <config.h>

#include "app/process.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/secret.h"
#include "base/str.h"

static bool open_standard_descriptors(struct err *e)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
			continue;
		if (open("/dev/null", fd ? O_WRONLY : O_RDONLY) != fd)
			return err_errno(e, "open /dev/null");
	}
	return true;
}

static void ignore(int number)
{
	struct sigaction action = {.sa_handler = SIG_IGN};

	(void)sigemptyset(&action.sa_mask);
	(void)sigaction(number, &action, NULL);
}

static void clean_environment(void)
{
	static const char *const names[] = {"SSLKEYLOGFILE", "OPENSSL_CONF",
		"OPENSSL_MODULES", "OPENSSL_ENGINES", "http_proxy", "https_proxy",
		"HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "ftp_proxy",
		"FTP_PROXY", "no_proxy", "NO_PROXY", "CURL_HOME", "NETRC",
		"XML_CATALOG_FILES", "SGML_CATALOG_FILES", "SQLITE_TMPDIR"};

	for (size_t i = 0; i < COUNT_OF(names); i++)
		(void)unsetenv(names[i]);
}

/* Over SSH the locale's name often travels to a machine that does not have it; the
 * terminal is a UTF-8 one all the same. */
static void choose_locale(void)
{
	static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};

	if (setlocale(LC_CTYPE, ""))
		return;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		const char *value = getenv(names[i]);
		if (!value || !value[0])
			continue;
		if (strcasestr(value, "utf-8") || strcasestr(value, "utf8"))
			(void)setlocale(LC_CTYPE, "C.UTF-8");
		return;
	}
}

bool process_prepare(struct err *e)
{
	const struct rlimit none = {0, 0};

	if (!open_standard_descriptors(e))
		return false;
	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	(void)umask(077);
	ignore(SIGPIPE);
	ignore(SIGXFSZ);
	clean_environment();
	choose_locale();
	return secrets_init(e);
}
