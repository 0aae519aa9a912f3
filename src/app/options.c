#include <config.h>

#include "app/options.h"

#include <getopt.h>
#include <limits.h>
#include <stdint.h>

#include "base/str.h"
#include "base/text.h"

enum {
	OPT_SETUP = 256,
	OPT_HEADLESS,
	OPT_STATUS,
	OPT_CHECK,
	OPT_HELP,
	OPT_VERSION,
	OPT_ACCOUNT,
	OPT_CALENDAR,
	OPT_DRY_RUN,
	OPT_FULL,
	OPT_JSON,
	OPT_QUIET,
	OPT_MAX_AGE,
	OPT_PASSWORD_FD,
	OPT_PASSWORD_FILE,
	OPT_KEY_FD,
	OPT_KEY_FILE,
	OPT_PLAIN,
	OPT_ASCII,
	OPT_NO_COLOR,
	OPT_NO_SANDBOX,
};

static const struct option table[] = {
	{"setup", required_argument, NULL, OPT_SETUP},
	{"headless", no_argument, NULL, OPT_HEADLESS},
	{"status", no_argument, NULL, OPT_STATUS},
	{"check", no_argument, NULL, OPT_CHECK},
	{"help", no_argument, NULL, OPT_HELP},
	{"version", no_argument, NULL, OPT_VERSION},
	{"account", required_argument, NULL, OPT_ACCOUNT},
	{"calendar", required_argument, NULL, OPT_CALENDAR},
	{"dry-run", no_argument, NULL, OPT_DRY_RUN},
	{"full", no_argument, NULL, OPT_FULL},
	{"json", no_argument, NULL, OPT_JSON},
	{"verbose", no_argument, NULL, 'v'},
	{"quiet", no_argument, NULL, OPT_QUIET},
	{"max-age", required_argument, NULL, OPT_MAX_AGE},
	{"password-fd", required_argument, NULL, OPT_PASSWORD_FD},
	{"password-file", required_argument, NULL, OPT_PASSWORD_FILE},
	{"key-fd", required_argument, NULL, OPT_KEY_FD},
	{"key-file", required_argument, NULL, OPT_KEY_FILE},
	{"plain", no_argument, NULL, OPT_PLAIN},
	{"ascii", no_argument, NULL, OPT_ASCII},
	{"no-color", no_argument, NULL, OPT_NO_COLOR},
	{"no-sandbox", no_argument, NULL, OPT_NO_SANDBOX},
	{NULL, 0, NULL, 0},
};

static const char help[] =
	"Usage: calwiz [OPTION]...\n"
	"Keeps a folder of calendar files in step with iCloud or any CalDAV server.\n"
	"\n"
	"  calwiz                 set it up; once set up, the menu to change it\n"
	"  calwiz --plain         the same in plain lines, for screen readers\n"
	"  calwiz --setup FILE    set it up from an answers file (\"-\" = standard "
	"input)\n"
	"  calwiz --headless      one sync of every account, without a question\n"
	"  calwiz --status        is everything all right?\n"
	"  calwiz --check         test everything and change nothing\n"
	"\n"
	"  --account NAME         only this account\n"
	"  --calendar NAME        only this calendar\n"
	"  --dry-run              with --headless: show the plan, change nothing\n"
	"  --full                 with --headless: compare everything\n"
	"  --json                 one JSON object a line (headless, status, check)\n"
	"  --max-age TIME         with --status: fail when the last good sync is "
	"older;\n"
	"                         TIME like 90m, 6h or 2d\n"
	"  --password-fd N, --password-file FILE\n"
	"                         where --setup reads the password (file mode 0600)\n"
	"  --key-fd N, --key-file FILE\n"
	"                         the key that unlocks the settings\n"
	"  -v, -vv                say more, on standard error\n"
	"  --quiet                say nothing but errors\n"
	"  --no-sandbox           with --headless: without the fence around the run\n"
	"  --ascii, --no-color    simple characters, no colours\n"
	"  --help, --version\n"
	"\n"
	"Exit status: 0 all right, 65 something waits for you, 75 try later, 77 "
	"sign-in\n"
	"refused, 78 settings, 79 deletions held; the others are in calwiz(1).\n";

const char *options_help(void)
{
	return help;
}

bool duration_parse(const char *text, int *seconds)
{
	static const struct {
		char unit;
		int seconds;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
	struct str s = str_of(text);
	int factor = 1;
	int64_t number = 0;

	for (size_t i = 0; i < COUNT_OF(units) && s.len; i++) {
		if (s.ptr[s.len - 1] == units[i].unit) {
			factor = units[i].seconds;
			s.len--;
			break;
		}
	}
	if (!str_to_int(s, 1, INT_MAX / factor, &number))
		return false;
	*seconds = (int)number * factor;
	return true;
}

static bool descriptor(int *fd, const char *name, struct err *e)
{
	int64_t number = 0;

	if (!str_to_int(str_of(optarg), 0, INT_MAX, &number))
		return err_set(e, ERR_USAGE,
			"--%s takes the number of an open file, not %s", name,
			safe(str_of(optarg)).text);
	*fd = (int)number;
	return true;
}

static bool set_mode(struct options *o, enum mode mode, struct err *e)
{
	if (o->mode != MODE_WIZARD && o->mode != mode)
		return err_set(e, ERR_USAGE,
			"only one of --setup, --headless, --status, --check at a time");
	o->mode = mode;
	return true;
}

static bool take_value(struct options *o, int option, struct err *e)
{
	switch (option) {
	case OPT_SETUP:
		o->setup_file = optarg;
		return set_mode(o, MODE_SETUP, e);
	case OPT_ACCOUNT:
		o->account = optarg;
		return true;
	case OPT_CALENDAR:
		o->calendar = optarg;
		return true;
	case OPT_MAX_AGE:
		if (!duration_parse(optarg, &o->max_age_seconds))
			return err_set(e, ERR_USAGE,
				"--max-age takes a time like 90m, 6h or 2d, not %s",
				safe(str_of(optarg)).text);
		return true;
	case OPT_PASSWORD_FD:
		return descriptor(&o->password_fd, "password-fd", e);
	case OPT_PASSWORD_FILE:
		o->password_file = optarg;
		return true;
	case OPT_KEY_FD:
		return descriptor(&o->key_fd, "key-fd", e);
	case OPT_KEY_FILE:
		o->key_file = optarg;
		return true;
	default:
		return err_set(e, ERR_INTERNAL, "option %d has no meaning", option);
	}
}

static bool take_switch(struct options *o, int option, struct err *e)
{
	switch (option) {
	case OPT_HEADLESS:
		return set_mode(o, MODE_HEADLESS, e);
	case OPT_STATUS:
		return set_mode(o, MODE_STATUS, e);
	case OPT_HELP:
		o->mode = MODE_HELP;
		return true;
	case OPT_VERSION:
		o->mode = MODE_VERSION;
		return true;
	case OPT_CHECK:
		return o->check = true;
	case OPT_DRY_RUN:
		return o->dry_run = true;
	case OPT_FULL:
		return o->full = true;
	case OPT_JSON:
		return o->json = true;
	case 'v':
		o->verbose++;
		return true;
	case OPT_QUIET:
		return o->quiet = true;
	case OPT_PLAIN:
		return o->plain = true;
	case OPT_ASCII:
		return o->ascii = true;
	case OPT_NO_COLOR:
		return o->no_color = true;
	case OPT_NO_SANDBOX:
		return o->no_sandbox = true;
	default:
		return take_value(o, option, e);
	}
}

static bool unknown(int option, char **argv, struct err *e)
{
	const struct safe_text word = safe(str_of(argv[optind - 1]));

	if (option == ':')
		return err_set(e, ERR_USAGE, "%s needs a value", word.text);
	if (optopt && optopt < 256)
		return err_set(e, ERR_USAGE, "unknown option -%c",
			ascii_is_alnum((char)optopt) ? optopt : '?');
	if (optopt)
		return err_set(e, ERR_USAGE, "%s takes no value", word.text);
	return err_set(e, ERR_USAGE, "unknown option %s", word.text);
}

static bool options_agree(struct options *o, struct err *e)
{
	if (o->mode == MODE_HELP || o->mode == MODE_VERSION)
		return true;
	if (o->check && o->mode == MODE_WIZARD)
		o->mode = MODE_CHECK;
	if (o->check && o->mode != MODE_CHECK && o->mode != MODE_SETUP)
		return err_set(e, ERR_USAGE, "--check goes alone or with --setup");
	if ((o->dry_run || o->full) && o->mode != MODE_HEADLESS)
		return err_set(e, ERR_USAGE, "--%s goes with --headless",
			o->dry_run ? "dry-run" : "full");
	if (o->no_sandbox && o->mode != MODE_HEADLESS)
		return err_set(e, ERR_USAGE, "--no-sandbox goes with --headless");
	if (o->plain && o->mode != MODE_WIZARD)
		return err_set(e, ERR_USAGE, "--plain goes with the wizard only");
	if (o->max_age_seconds && o->mode != MODE_STATUS)
		return err_set(e, ERR_USAGE, "--max-age goes with --status");
	if ((o->password_fd >= 0 || o->password_file) && o->mode != MODE_SETUP)
		return err_set(e, ERR_USAGE, "a password is read with --setup only");
	if (o->password_fd >= 0 && o->password_file)
		return err_set(e, ERR_USAGE,
			"--password-fd or --password-file, not both");
	if (o->json && o->mode != MODE_STATUS && o->mode != MODE_CHECK &&
		o->mode != MODE_HEADLESS)
		return err_set(e, ERR_USAGE,
			"--json goes with --headless, --status or --check");
	return true;
}

bool options_parse(struct options *o, int argc, char **argv, struct err *e)
{
	*o = (struct options){.password_fd = -1, .key_fd = -1};
	opterr = 0;
	optind = 0; /* also forgets where an earlier line stopped (a GNU extension) */
	for (;;) {
		const int option = getopt_long(argc, argv, ":v", table, NULL);
		if (option < 0)
			break;
		if (option == '?' || option == ':')
			return unknown(option, argv, e);
		if (!take_switch(o, option, e))
			return false;
	}
	if (optind < argc)
		return err_set(e, ERR_USAGE, "unexpected word %s",
			safe(str_of(argv[optind])).text);
	return options_agree(o, e);
}
