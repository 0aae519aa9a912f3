#include <config.h>

#include "ui/term_guard.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ALT_STACK_SIZE 65536

static struct {
	volatile sig_atomic_t armed;
	int fd;
	struct termios before;
	char restore[256];
	size_t len;
	char stack[ALT_STACK_SIZE]; /* for the overflow of the ordinary one */
	bool installed;
} guard;

/* Async-signal-safe: write() and tcsetattr() only. */
static void restore(void)
{
	if (!guard.armed)
		return;
	guard.armed = 0;
	(void)!write(guard.fd, guard.restore, guard.len);
	(void)tcsetattr(guard.fd, TCSANOW, &guard.before);
}

static void on_fatal(int number)
{
	restore();
	/* SA_RESETHAND has put the default action back: it ends the program as it would
	 * have without us. */
	(void)raise(number);
}

static void install(void)
{
	static const int fatal[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGQUIT,
		SIGSYS, SIGTRAP};
	struct sigaction action = {.sa_handler = on_fatal};
	const stack_t stack = {.ss_sp = guard.stack, .ss_size = sizeof(guard.stack)};

	(void)sigaltstack(&stack, NULL);
	(void)sigemptyset(&action.sa_mask);
	action.sa_flags = (int)(SA_RESETHAND | SA_NODEFER | SA_ONSTACK);
	for (size_t i = 0; i < COUNT_OF(fatal); i++)
		(void)sigaction(fatal[i], &action, NULL);
	(void)atexit(restore);
	guard.installed = true;
}

void term_guard_arm(int fd, const struct termios *before, struct str bytes)
{
	guard.fd = fd;
	guard.before = *before;
	guard.len =
		bytes.len < sizeof(guard.restore) ? bytes.len : sizeof(guard.restore);
	memcpy(guard.restore, bytes.ptr, guard.len);
	guard.armed = 1;
	if (!guard.installed)
		install();
}

void term_guard_disarm(void)
{
	guard.armed = 0;
}
