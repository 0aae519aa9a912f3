/*
 *   measure FILE COMMAND [ARGUMENT...]
 *
 * Runs a command and writes "wall=S cpu=S rss=KB status=N" to FILE. It exists because
 * the kernel counts what a process was before it became the command: started from a
 * large interpreter, every command would have at least the interpreter's peak.
 */
#include <config.h>

#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static double now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	struct rusage usage = {0};
	int status = 0;

	if (argc < 3)
		return 64;
	const double start = now();
	const pid_t child = fork();
	if (child == 0) {
		(void)execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	if (child < 0 || wait4(child, &status, 0, &usage) < 0)
		return 1;
	const double wall = now() - start;
	FILE *out = fopen(argv[1], "we");
	if (!out)
		return 1;
	(void)fprintf(out, "wall=%.6f cpu=%.6f rss=%ld status=%d\n", wall,
		seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss,
		WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	return fclose(out) ? 1 : 0;
}
