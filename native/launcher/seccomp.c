/*
 * A list of what is refused inside a known range, and nothing beyond the range: a call that the
 * kernel learned after this file was written answers ENOSYS, as on a kernel that lacks it, and
 * programs fall back. What is refused answers EPERM, as it does without capabilities.
 * Calls whose arguments are not looked at stay in the kernel's bitmap and cost nothing.
 */
#define _GNU_SOURCE
#include "seccomp.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/utsname.h>

#include "sys.h"

#if defined(__x86_64__)
#define THIS_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define THIS_ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "the filter knows x86_64 and aarch64"
#endif

/* The last call of Linux 6.18; numbers from 424 on are the same on every architecture. */
#define CALL_LAST 469
#define CALL_CLONE3 435
#define INSTRUCTIONS_MAX 512
#define NAMESPACE_FLAGS 0x7E020000u
#define NETLINK_ROUTE_PROTOCOL 0u
#define PRCTL_SCHED_CORE 62
#define TIOCSTI_REQUEST 0x5412u
#define TIOCLINUX_REQUEST 0x541Cu

static const int refused_calls[] = {
    /* The tree of mounts, and files by other ways than their paths. */
    SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, 428, 429, 430, 431, 432, 433, 442,
    457, 458, 467, SYS_name_to_handle_at, SYS_open_by_handle_at, SYS_quotactl, 443, SYS_acct,
    SYS_swapon, SYS_swapoff, SYS_fanotify_init, SYS_fanotify_mark,
    /* Namespaces (clone's flags are looked at below). */
    SYS_setns, SYS_unshare,
    /* The kernel itself: code into it, its clock, its name, its log. */
    SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_kexec_load, SYS_bpf, SYS_reboot,
    SYS_perf_event_open, SYS_userfaultfd, SYS_syslog, SYS_settimeofday, SYS_clock_settime,
    SYS_clock_adjtime, SYS_adjtimex, SYS_sethostname, SYS_setdomainname, SYS_vhangup,
#ifdef SYS_kexec_file_load
    SYS_kexec_file_load,
#endif
    /* Rings carry calls past this filter. */
    425, 426, 427,
    /* Keys are kept per user and outlive a process. */
    SYS_keyctl, SYS_add_key, SYS_request_key,
    /* Other processes' memory and descriptors. */
    SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_kcmp, 438, 440,
    SYS_move_pages, SYS_migrate_pages, SYS_lookup_dcookie,
#ifdef __x86_64__
    SYS_iopl, SYS_ioperm, SYS_modify_ldt, SYS_create_module, SYS_get_kernel_syms,
    SYS_query_module, SYS_uselib, SYS_ustat, SYS_sysfs, SYS__sysctl, SYS_nfsservctl,
#endif
};

struct program {
  struct sock_filter code[INSTRUCTIONS_MAX];
  unsigned short length;
};

static void emit(struct program *program, struct sock_filter instruction) {
  if (program->length < INSTRUCTIONS_MAX) program->code[program->length++] = instruction;
}

static void load(struct program *program, size_t offset) {
  emit(program, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)offset));
}

static void load_argument(struct program *program, unsigned index) {
  /* The low half: both architectures are little-endian, and these arguments are 32 bits. */
  load(program, offsetof(struct seccomp_data, args) + index * sizeof(uint64_t));
}

static void answer(struct program *program, unsigned action) {
  emit(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action));
}

/* Skips `count` instructions when the comparison does not hold. */
static void unless(struct program *program, unsigned comparison, unsigned value, unsigned count) {
  unsigned short code = (unsigned short)(BPF_JMP | comparison | BPF_K);
  emit(program, (struct sock_filter)BPF_JUMP(code, value, 0, (unsigned char)count));
}

static void when_call_answer(struct program *program, int call, unsigned action) {
  unless(program, BPF_JEQ, (unsigned)call, 1);
  answer(program, action);
}

/* By a call's first argument: `action` where the comparison holds, else `otherwise`. */
static void when_first_argument(struct program *program, int call, unsigned comparison,
                                unsigned value, unsigned action, unsigned otherwise) {
  unless(program, BPF_JEQ, (unsigned)call, 4);
  load_argument(program, 0);
  unless(program, comparison, value, 1);
  answer(program, action);
  answer(program, otherwise);
}

static const unsigned allow = SECCOMP_RET_ALLOW;
static const unsigned refuse = SECCOMP_RET_ERRNO | EPERM;
static const unsigned missing = SECCOMP_RET_ERRNO | ENOSYS;
/* Nothing is done, and it went well. */
static const unsigned pretend = SECCOMP_RET_ERRNO | 0;

static void emit_range(struct program *program) {
  load(program, offsetof(struct seccomp_data, arch));
  emit(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, THIS_ARCHITECTURE, 1, 0));
  answer(program, SECCOMP_RET_KILL_PROCESS);
  load(program, offsetof(struct seccomp_data, nr));
  /* Also the second table of x86_64 (x32), whose numbers have bit 30 set. */
  unless(program, BPF_JGT, CALL_LAST, 1);
  answer(program, missing);
  /* Its flags lie in memory that a filter can not read; libc falls back to clone. */
  when_call_answer(program, CALL_CLONE3, missing);
  /* The machine has so many operations (aio-max-nr), of which one function could have all. */
  when_call_answer(program, SYS_io_setup, missing);
  /* All disks of the machine would be written to, and /tmp is gone before anybody could read it there. */
  when_call_answer(program, SYS_sync, pretend);
  when_call_answer(program, SYS_syncfs, pretend);
  for (size_t i = 0; i < sizeof refused_calls / sizeof refused_calls[0]; i++) {
    when_call_answer(program, refused_calls[i], refuse);
  }
}

static void emit_clone(struct program *program) {
  when_first_argument(program, SYS_clone, BPF_JSET, NAMESPACE_FLAGS, refuse, allow);
}

/* A pair of another family is made and thrown away again: even that loads the family's module. */
static void emit_socketpair(struct program *program) {
  when_first_argument(program, SYS_socketpair, BPF_JEQ, AF_UNIX, allow,
                      SECCOMP_RET_ERRNO | EAFNOSUPPORT);
}

/* Local sockets, TCP and UDP by IPv4 and IPv6, and netlink's routes for getifaddrs. */
static void emit_socket(struct program *program, unsigned of_routes) {
  static const unsigned protocols[] = {0, IPPROTO_TCP, IPPROTO_UDP};
  unless(program, BPF_JEQ, SYS_socket, 23);
  load_argument(program, 0);
  unless(program, BPF_JEQ, AF_UNIX, 1);
  answer(program, allow);
  unless(program, BPF_JEQ, AF_NETLINK, 4);
  load_argument(program, 2);
  unless(program, BPF_JEQ, NETLINK_ROUTE_PROTOCOL, 1);
  answer(program, of_routes);
  answer(program, refuse);
  emit(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET, 2, 0));
  emit(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 1, 0));
  answer(program, SECCOMP_RET_ERRNO | EAFNOSUPPORT);
  load_argument(program, 1);
  emit(program, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xf));
  unless(program, BPF_JGT, SOCK_DGRAM, 1);
  answer(program, refuse);
  load_argument(program, 2);
  for (size_t i = 0; i < sizeof protocols / sizeof protocols[0]; i++) {
    unless(program, BPF_JEQ, protocols[i], 1);
    answer(program, allow);
  }
  answer(program, SECCOMP_RET_ERRNO | EPROTONOSUPPORT);
}

/* Goes on after both halves of an argument were 0, else with the instruction `count` further. */
static void unless_zero(struct program *program, unsigned index, unsigned char count) {
  load_argument(program, index);
  unless(program, BPF_JEQ, 0, count + 2u);
  load(program, offsetof(struct seccomp_data, args) + index * sizeof(uint64_t) + sizeof(uint32_t));
  unless(program, BPF_JEQ, 0, count);
}

/*
 * The limit of core dumps stays as confine.c has set it; programs that want none hear that they have it. Whoever
 * asks in the same call what it was is refused: a filter can write no answer.
 */
static void emit_core_limit(struct program *program) {
  when_first_argument(program, SYS_setrlimit, BPF_JEQ, RLIMIT_CORE, pretend, allow);
  unless(program, BPF_JEQ, SYS_prlimit64, 13);
  load_argument(program, 1);
  unless(program, BPF_JEQ, RLIMIT_CORE, 4);
  /* Without the address of a new limit it is only asked for. */
  unless_zero(program, 2, 1);
  answer(program, allow);
  unless_zero(program, 3, 1);
  answer(program, pretend);
  answer(program, refuse);
}

/*
 * Programs for the kernel's own machine, which translates them into memory that no group is charged with, of a size
 * for all of the machine: where it is used up nobody's filter can be installed, no sandbox's and no login's either.
 * And a core of one's own (PR_SCHED_CORE), by which others would stand still on its second thread. The answers are those
 * of a kernel that has none.
 */
static void emit_programs(struct program *program) {
  const unsigned unknown = SECCOMP_RET_ERRNO | EINVAL;
  when_first_argument(program, SYS_seccomp, BPF_JEQ, SECCOMP_SET_MODE_FILTER, unknown, allow);
  unless(program, BPF_JEQ, SYS_prctl, 8);
  load_argument(program, 0);
  unless(program, BPF_JEQ, PRCTL_SCHED_CORE, 1);
  answer(program, unknown);
  unless(program, BPF_JEQ, PR_SET_SECCOMP, 3);
  load_argument(program, 1);
  unless(program, BPF_JEQ, SECCOMP_MODE_FILTER, 1);
  answer(program, unknown);
  answer(program, allow);
}

/*
 * Options by which a socket has memory that no group is charged with: programs, keys, memberships, and what is told of
 * errors and of times, as much as its buffers take: of one process some gigabytes. Whoever wants errors to be told goes on,
 * as resolvers do; nothing is told. Other protocols above TCP and UDP are nobody's need.
 */
static const struct {
  unsigned level;
  unsigned option;
  unsigned short error;
} refused_options[] = {
    {SOL_SOCKET, SO_ATTACH_FILTER, ENOPROTOOPT},
    {SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, ENOPROTOOPT},
    {SOL_SOCKET, 37 /* SO_TIMESTAMPING, and as of 2038 */, ENOPROTOOPT},
    {SOL_SOCKET, 65, ENOPROTOOPT},
    {IPPROTO_IP, 11 /* IP_RECVERR */, 0},
    {IPPROTO_IPV6, 25 /* IPV6_RECVERR */, 0},
    {IPPROTO_IPV6, 20 /* IPV6_ADD_MEMBERSHIP */, ENODEV},
    {IPPROTO_IPV6, 27 /* IPV6_JOIN_ANYCAST */, ENODEV},
    {IPPROTO_IPV6, 42 /* MCAST_JOIN_GROUP */, ENODEV},
    {IPPROTO_IPV6, 46 /* MCAST_JOIN_SOURCE_GROUP */, ENODEV},
    {IPPROTO_TCP, 14 /* TCP_MD5SIG */, ENOPROTOOPT},
    {IPPROTO_TCP, 32 /* TCP_MD5SIG_EXT */, ENOPROTOOPT},
    {IPPROTO_TCP, 38 /* TCP_AO_ADD_KEY */, ENOPROTOOPT},
    {IPPROTO_TCP, 31 /* TCP_ULP */, ENOENT},
    {IPPROTO_UDP, 100 /* UDP_ENCAP */, ENOPROTOOPT},
};

static void emit_socket_options(struct program *program) {
  size_t count = sizeof refused_options / sizeof refused_options[0];
  unless(program, BPF_JEQ, SYS_setsockopt, (unsigned)(count * 5 + 1));
  for (size_t i = 0; i < count; i++) {
    load_argument(program, 1);
    unless(program, BPF_JEQ, refused_options[i].level, 3);
    load_argument(program, 2);
    unless(program, BPF_JEQ, refused_options[i].option, 1);
    answer(program, SECCOMP_RET_ERRNO | refused_options[i].error);
  }
  answer(program, allow);
}

/* Characters pushed into a terminal's input would be typed at the operator's prompt. */
static void emit_ioctl(struct program *program) {
  unless(program, BPF_JEQ, SYS_ioctl, 6);
  load_argument(program, 1);
  unless(program, BPF_JEQ, TIOCSTI_REQUEST, 1);
  answer(program, refuse);
  unless(program, BPF_JEQ, TIOCLINUX_REQUEST, 1);
  answer(program, refuse);
  answer(program, allow);
}

/* Personalities that containers allow: Linux, Linux 32, their old uname, and asking. */
static void emit_personality(struct program *program) {
  static const unsigned allowed[] = {0x0, 0x8, 0x20000, 0x20008, 0xffffffff};
  unless(program, BPF_JEQ, SYS_personality, 12);
  load_argument(program, 0);
  for (size_t i = 0; i < 5; i++) {
    unless(program, BPF_JEQ, allowed[i], 1);
    answer(program, allow);
  }
  answer(program, refuse);
}

/* Since Linux 5.5 whoever is asked about a call can let it go on. */
static bool can_ask(void) {
  struct utsname system;
  unsigned major = 0;
  unsigned minor = 0;
  if (uname(&system) < 0 || sscanf(system.release, "%u.%u", &major, &minor) != 2) return false;
  return major > 5 || (major == 5 && minor >= 5);
}

static long install(bool asks) {
  struct program program = {.length = 0};
  emit_range(&program);
  emit_clone(&program);
  emit_socketpair(&program);
  emit_socket(&program, asks ? SECCOMP_RET_USER_NOTIF : allow);
  emit_core_limit(&program);
  emit_programs(&program);
  emit_socket_options(&program);
  emit_ioctl(&program);
  emit_personality(&program);
  answer(&program, allow);
  if (program.length == INSTRUCTIONS_MAX) return fail("the filter is longer than its room");
  struct sock_fprog filter = {.len = program.length, .filter = program.code};
  long made = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                      asks ? SECCOMP_FILTER_FLAG_NEW_LISTENER : 0, &filter);
  return made < 0 ? fail("install the filter") : made;
}

int seccomp_install(int *listener) {
  if (listener == NULL) return install(false) < 0 ? -1 : 0;
  /* One filter of a process can ask: that of a container in which all of this runs may be it. */
  *listener = can_ask() ? (int)install(true) : -1;
  return *listener >= 0 || install(false) == 0 ? 0 : -1;
}
