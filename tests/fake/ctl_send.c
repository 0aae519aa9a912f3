#include <config.h>

#include <arpa/inet.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/file.h"
#include "tests/fake/ctl.h"

/* Words with blanks keep together. A word that names a file does so for the server, so
 * it becomes a path from the root. */
static void add_word(struct buf *line, const char *word)
{
	char path[PATH_MAX];
	const bool file = strchr(word, '/') && word[0] != '/' &&
	                  access(word, R_OK) == 0 && realpath(word, path);

	buf_printf(line, "%s\"%s\"", line->len ? " " : "", file ? path : word);
}

/* A rule is one text with quotes of its own. */
static void add_words(struct buf *line, int count, char **words)
{
	if (count > 1 && !strcmp(words[0], "fault")) {
		buf_printf(line, "fault %s\n", words[1]);
		return;
	}
	for (int i = 0; i < count; i++)
		add_word(line, words[i]);
	buf_char(line, '\n');
}

static bool talk(int port, struct str line, struct buf *answer, struct err *e)
{
	const struct sockaddr_in to = {.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	AUTO_CLOSE int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char bytes[4096];
	ssize_t n = 0;

	if (fd < 0 || connect(fd, (const struct sockaddr *)&to, sizeof(to)) < 0)
		return err_errno(e, "reach port %d", port);
	if (!file_write_all(fd, line, e))
		return false;
	while ((n = read(fd, bytes, sizeof(bytes))) > 0)
		buf_add(answer, (struct str){bytes, (size_t)n});
	return n == 0 || err_errno(e, "read from port %d", port);
}

int ctl_send(int port, int count, char **words)
{
	SCOPED(buf) line = buf_with_max(0);
	SCOPED(buf) answer = buf_with_max(0);
	struct err e = {0};

	add_words(&line, count, words);
	if (!talk(port, buf_view(&line), &answer, &e)) {
		(void)fprintf(stderr, "davd: %s\n", e.message);
		return 1;
	}
	const bool refused = str_starts(buf_view(&answer), STR("error:"));
	(void)fputs(buf_cstr(&answer), refused ? stderr : stdout);
	return refused;
}
