#include <config.h>

#include "app/sandbox_filter.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/auto.h"

#if defined(__x86_64__)
#define THIS_MACHINE AUDIT_ARCH_X86_64
#define SECOND_NUMBERS 0x40000000U /* the x32 calls, which would go round the list */
#elif defined(__aarch64__)
#define THIS_MACHINE AUDIT_ARCH_AARCH64
#endif

#ifdef THIS_MACHINE

#define LOAD(field)                                                                    \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(what) BPF_STMT(BPF_RET | BPF_K, (what))
#define REFUSE RETURN(SECCOMP_RET_ERRNO | EPERM)
#define DENY(name) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 1), REFUSE

/*
 * A list of what is refused, because the C library, the resolver and OpenSSL may use
 * anything else, and more of it in their next version. clone and clone3 start the
 * resolver's threads. truncate is here because the second version of Landlock does not
 * see it.
 */
static const struct sock_filter program[] = {
	LOAD(arch),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, THIS_MACHINE, 1, 0),
	REFUSE,
	LOAD(nr),
#ifdef SECOND_NUMBERS
	BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, SECOND_NUMBERS, 0, 1),
	REFUSE,
#endif
	/* other programs */
	DENY(execve),
	DENY(execveat),
#ifdef __NR_fork
	DENY(fork),
	DENY(vfork),
#endif
	DENY(memfd_create),
/* other processes */
#if !defined(__SANITIZE_ADDRESS__) /* whose leak check stops its own threads with it   \
                                    */
	DENY(ptrace),
#endif
	DENY(process_vm_readv),
	DENY(process_vm_writev),
	DENY(kcmp),
	/* connections from outside */
	DENY(listen),
	DENY(accept),
	DENY(accept4),
	/* files behind the back of Landlock */
	DENY(truncate),
	DENY(open_by_handle_at),
	DENY(io_uring_setup),
	DENY(io_uring_enter),
	DENY(io_uring_register),
	/* another view of the system */
	DENY(unshare),
	DENY(setns),
	DENY(mount),
	DENY(umount2),
	DENY(pivot_root),
	DENY(chroot),
	DENY(open_tree),
	DENY(move_mount),
	DENY(fsopen),
	DENY(fspick),
	/* doors into the kernel */
	DENY(bpf),
	DENY(perf_event_open),
	DENY(userfaultfd),
	DENY(add_key),
	DENY(request_key),
	DENY(keyctl),
	DENY(init_module),
	DENY(finit_module),
	DENY(delete_module),
	DENY(kexec_load),
	DENY(kexec_file_load),
	DENY(reboot),
	DENY(swapon),
	DENY(swapoff),
	RETURN(SECCOMP_RET_ALLOW),
};

bool filter_offered(void)
{
	const unsigned action = SECCOMP_RET_ERRNO;

	return syscall(__NR_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

bool filter_enter(void)
{
	struct sock_filter copy[COUNT_OF(program)]; /* the interface knows no const */
	const struct sock_fprog whole = {.len = COUNT_OF(program), .filter = copy};

	memcpy(copy, program, sizeof(copy));
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &whole) == 0;
}

#else

bool filter_offered(void)
{
	return false;
}

bool filter_enter(void)
{
	return false;
}

#endif
