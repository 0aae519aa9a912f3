/*
 * The composition root: options, then the wizard or one of the modes without a person.
 */
#include <config.h>

#include <stdio.h>

#include "app/check.h"
#include "app/headless.h"
#include "app/options.h"
#include "app/process.h"
#include "app/setup.h"
#include "app/status.h"
#include "base/clock.h"
#include "base/err.h"
#include "net/loop.h"
#include "ui/session.h"

static int complain(const struct err *e)
{
	(void)fprintf(stderr, "calwiz: %s. %s\n", e->message, err_advice(e->code));
	return err_exit_status(e->code);
}

static int run_mode(const struct options *o, struct loop *loop)
{
	switch (o->mode) {
	case MODE_WIZARD:
		return session_run(o, loop);
	case MODE_SETUP:
		return setup_run(o, loop);
	case MODE_HEADLESS:
		return headless_run(o, loop);
	case MODE_STATUS:
		return status_run(o);
	case MODE_CHECK:
		return check_run(o, loop);
	case MODE_HELP:
		(void)fputs(options_help(), stdout);
		return EXIT_OK;
	case MODE_VERSION:
		printf("calwiz %s\n", VERSION);
		return EXIT_OK;
	}
	return EXIT_INTERNAL;
}

/* What could not be printed is a failure too: a full disk behind "> file". */
static int finish(int status)
{
	if (fflush(stdout) != 0 || ferror(stdout))
		return exit_worse(status, EXIT_LOCAL_IO);
	return status;
}

int main(int argc, char **argv)
{
	const struct clock clock = clock_system();
	struct options o;
	struct err e = {0};

	if (!process_prepare(&e) || !options_parse(&o, argc, argv, &e))
		return complain(&e);
	AUTO(loop) *loop = loop_new(&clock, &e);
	if (!loop)
		return complain(&e);
	return finish(run_mode(&o, loop));
}
