#include <config.h>

#include "app/sandbox_landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"

/* The numbers are those of the kernel's interface (linux/landlock.h), written out
 * because the headers of Debian 12 end at the second version. */
#ifndef __NR_landlock_create_ruleset
#define __NR_landlock_create_ruleset 444
#define __NR_landlock_add_rule 445
#define __NR_landlock_restrict_self 446
#endif

enum { ASK_VERSION = 1, RULE_PATH = 1, RULE_PORT = 2 };

#define FS_EXECUTE (1ULL << 0)
#define FS_WRITE_FILE (1ULL << 1)
#define FS_READ_FILE (1ULL << 2)
#define FS_READ_DIR (1ULL << 3)
#define FS_REMOVE_DIR (1ULL << 4)
#define FS_REMOVE_FILE (1ULL << 5)
#define FS_MAKE_DIR (1ULL << 7)
#define FS_MAKE_REG (1ULL << 8)
#define FS_REFER (1ULL << 13)
#define FS_TRUNCATE (1ULL << 14)     /* version 3 */
#define FS_IOCTL_DEV (1ULL << 15)    /* version 5 */
#define FS_SECOND ((1ULL << 14) - 1) /* all that versions 1 and 2 know */
#define NET_BIND_TCP (1ULL << 0)     /* version 4 */
#define NET_CONNECT_TCP (1ULL << 1)
#define SCOPE_ABSTRACT_UNIX (1ULL << 0) /* version 6 */
#define SCOPE_SIGNAL (1ULL << 1)

#define READ (FS_READ_FILE | FS_READ_DIR)
#define CHANGE                                                                         \
	(READ | FS_WRITE_FILE | FS_REMOVE_DIR | FS_REMOVE_FILE | FS_MAKE_DIR |         \
		FS_MAKE_REG | FS_REFER | FS_TRUNCATE)
#define OF_FILES                                                                       \
	(FS_EXECUTE | FS_WRITE_FILE | FS_READ_FILE | FS_TRUNCATE | FS_IOCTL_DEV)

#define FIRST_WITH_REFER 2
#define FIRST_WITH_TRUNCATE 3
#define FIRST_WITH_PORTS 4
#define FIRST_WITH_IOCTL 5
#define FIRST_WITH_SCOPES 6

struct ruleset {
	uint64_t files;
	uint64_t net;
	uint64_t scoped;
};

struct path_rule {
	uint64_t allowed;
	int32_t parent;
} __attribute__((packed));

struct port_rule {
	uint64_t allowed;
	uint64_t port;
};

/* What every run reads: libraries, certificates, time zones, the resolver's settings
 * and sockets. A name that is not there is left out. */
static const struct {
	const char *path;
	uint64_t access;
} system_paths[] = {
	{"/etc", READ}, {"/usr", READ}, {"/lib", READ}, {"/lib32", READ},
	{"/lib64", READ}, {"/run/systemd/resolve", READ}, {"/run/resolvconf", READ},
	{"/run/NetworkManager", READ}, {"/run/nscd", READ}, {"/var/run/nscd", READ},
	{"/dev/null", FS_READ_FILE | FS_WRITE_FILE | FS_TRUNCATE},
	{"/dev/urandom", FS_READ_FILE}, {"/dev/random", FS_READ_FILE},
#if defined(__SANITIZE_ADDRESS__)
	{"/proc", READ}, /* its leak check looks at its own threads */
#endif
};

/* HTTPS; the name service, in clear and over TLS. */
static const uint16_t system_ports[] = {443, 53, 853};

int landlock_abi(void)
{
	const long abi =
		syscall(__NR_landlock_create_ruleset, NULL, (size_t)0, ASK_VERSION);

	return abi >= FIRST_WITH_REFER ? (int)abi : 0;
}

bool landlock_has_ports(int abi)
{
	return abi >= FIRST_WITH_PORTS;
}

static struct ruleset known_to(int abi)
{
	struct ruleset r = {.files = FS_SECOND};

	if (abi >= FIRST_WITH_TRUNCATE)
		r.files |= FS_TRUNCATE;
	if (abi >= FIRST_WITH_PORTS)
		r.net = NET_BIND_TCP | NET_CONNECT_TCP;
	if (abi >= FIRST_WITH_IOCTL)
		r.files |= FS_IOCTL_DEV;
	if (abi >= FIRST_WITH_SCOPES)
		r.scoped = SCOPE_ABSTRACT_UNIX | SCOPE_SIGNAL;
	return r;
}

static bool allow_open(int rules, int fd, uint64_t access)
{
	struct path_rule rule = {.allowed = access, .parent = fd};
	struct stat st;

	if (fstat(fd, &st) < 0)
		return false;
	if (!S_ISDIR(st.st_mode))
		rule.allowed &= OF_FILES;
	return syscall(__NR_landlock_add_rule, rules, RULE_PATH, &rule, 0) == 0;
}

/* What is not there needs no rule. */
static bool allow_path(int rules, const char *path, uint64_t access)
{
	AUTO_CLOSE int fd = open(path, O_PATH | O_CLOEXEC);

	return fd < 0 || allow_open(rules, fd, access);
}

/* A folder that the first sync will make lies below one that is there. If that were the
 * root, the rule would be no fence. */
static bool allow_folder(int rules, const char *path, uint64_t access)
{
	AUTO_FREE char *part = xstrdup(path);

	for (size_t len = strlen(part); len > 1; len--) {
		if (part[len] && part[len] != '/')
			continue;
		part[len] = '\0';
		AUTO_CLOSE int fd = open(part, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (fd >= 0)
			return allow_open(rules, fd, access);
		if (errno != ENOENT)
			return errno ==
			       EACCES; /* nor could we use it without a fence */
	}
	return false;
}

static bool allow_port(int rules, uint16_t port)
{
	const struct port_rule rule = {.allowed = NET_CONNECT_TCP, .port = port};

	return syscall(__NR_landlock_add_rule, rules, RULE_PORT, &rule, 0) == 0;
}

/* /etc/resolv.conf often leads to a folder below /run, where it is replaced as networks
 * come and go; so it is the folder that is allowed. */
static bool allow_resolver(int rules, uint64_t access)
{
	AUTO_FREE char *real = realpath("/etc/resolv.conf", NULL);

	if (!real)
		return true;
	if (str_starts(str_of(real), STR("/run/")))
		*strrchr(real, '/') = '\0';
	return !strcmp(real, "/run") || allow_path(rules, real, access);
}

static bool add_rules(int rules, const struct ruleset *known,
	const struct sandbox_plan *plan)
{
	bool done = allow_resolver(rules, READ & known->files);

	for (size_t i = 0; i < COUNT_OF(system_paths) && done; i++)
		done = allow_path(rules, system_paths[i].path,
			system_paths[i].access & known->files);
	for (size_t i = 0; i < plan->n_folders && done; i++)
		done = allow_folder(rules, plan->folders[i], CHANGE & known->files);
	for (size_t i = 0; known->net && i < COUNT_OF(system_ports) && done; i++)
		done = allow_port(rules, system_ports[i]);
	for (size_t i = 0; known->net && i < plan->n_ports && done; i++)
		done = allow_port(rules, plan->ports[i]);
	return done;
}

bool landlock_enter(int abi, const struct sandbox_plan *plan)
{
	const struct ruleset known = known_to(abi);
	AUTO_CLOSE int rules =
		(int)syscall(__NR_landlock_create_ruleset, &known, sizeof(known), 0);

	return rules >= 0 && add_rules(rules, &known, plan) &&
	       syscall(__NR_landlock_restrict_self, rules, 0) == 0;
}
